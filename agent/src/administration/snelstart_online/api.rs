//! One call: both keys, the limiter, the token's renewal, and which refusals are tried again.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Method, header::CONTENT_TYPE};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Tuning, address, http,
    refusal::{self, Answer, Attempt},
    token::Tokens,
};
use crate::{
    administration::limiter::{Limiter, Refused},
    clock::SharedClock,
    failure::{Class, Effect, Failure, Result},
    journal::Journal,
    outward::is_loopback,
    profile::{Secret, settings},
    stop::Stop,
    text,
};

/// A call refused for its number is repeated so often; every time the limiter made it wait.
const TOO_MANY_TRIES: u32 = 4;
/// A read that met a fault is repeated after so long each.
const READ_WAITS: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_millis(1000),
    Duration::from_millis(3000),
];

/// What joins a profile to SnelStart.
pub struct Keys {
    /// Koppelsleutel.
    pub connection: Secret,
    /// Subscription key.
    pub subscription: Secret,
}

/// SnelStart's API with both keys.
pub struct Api {
    client: Client,
    base: Url,
    subscription: Secret,
    tokens: Arc<Tokens>,
    limiter: Arc<Limiter>,
    clock: SharedClock,
    stop: Stop,
}

impl Api {
    /// After `[administration]` of a profile.
    ///
    /// # Errors
    /// An address that may not be called; the journal cannot be read.
    pub fn new(
        settings: &settings::Administration,
        keys: Keys,
        journal: &Journal,
        clock: SharedClock,
        stop: Stop,
        tuning: Tuning,
    ) -> Result<Self> {
        let base = address::read("api_url", &settings.api_url)?;
        let auth = address::read("auth_url", &settings.auth_url)?;
        let loopback = is_loopback(&base) && is_loopback(&auth);
        let name = name(&base, &keys);
        Ok(Self {
            client: http::client(loopback, tuning.patience)?,
            base,
            subscription: keys.subscription,
            tokens: super::token::shared(&name, auth, keys.connection, &clock),
            limiter: Limiter::shared(&name, tuning.rates, &clock, journal)?,
            clock,
            stop,
        })
    }

    /// The limiter every call goes through.
    #[must_use]
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// What the token may do, where it says so.
    ///
    /// # Errors
    /// The key is refused, or the host cannot be reached.
    pub async fn scopes(&self) -> Result<Option<Vec<String>>> {
        let token = self.tokens.get(&self.client, None).await?;
        Ok(token.scopes())
    }

    /// Reads; tried again when SnelStart is disturbed.
    ///
    /// # Errors
    /// What SnelStart says, or that it cannot be reached.
    pub async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        attempt: Attempt,
    ) -> Result<Answer> {
        let mut waits = READ_WAITS.iter();
        loop {
            let failure = match self.call(Method::GET, path, query, None, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let again = failure.class == Class::Transient && failure.retry_after.is_none();
            match waits.next().filter(|_| again) {
                Some(wait) => self.unless_stopped(self.clock.sleep(*wait)).await?,
                None => return Err(failure),
            }
        }
    }

    /// Writes; never repeated once it may have taken effect.
    ///
    /// # Errors
    /// What SnelStart says; effect unknown for time-outs, cut connections and disturbances.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        body: String,
        attempt: Attempt,
    ) -> Result<Answer> {
        let failure = match self
            .call(method.clone(), path, &[], Some(&body), attempt)
            .await
        {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        // A connection that never came about sent nothing: once more, then the caller waits.
        if failure.connection && failure.effect == Effect::None {
            return self.call(method, path, &[], Some(&body), attempt).await;
        }
        Err(failure)
    }

    /// Deletes; doing so again is no harm.
    ///
    /// # Errors
    /// As [`Api::write`].
    pub async fn delete(&self, path: &str, attempt: Attempt) -> Result<Answer> {
        self.call(Method::DELETE, path, &[], None, attempt).await
    }

    /// One call, repeated where that is safe: refused for its number (the gateway let nothing
    /// through), or with a token that had died.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&str>,
        attempt: Attempt,
    ) -> Result<Answer> {
        let mut refused_token = None;
        let mut tries = 0;
        loop {
            let token = self
                .tokens
                .get(&self.client, refused_token.as_ref())
                .await?;
            let answer = {
                let _permit = self.unless_stopped(self.limiter.permit()).await??;
                let answer = self
                    .send(&method, path, query, body, &token.text, attempt)
                    .await?;
                self.count(&answer);
                answer
            };
            match answer.status {
                200..=299 => return Ok(answer),
                401 if refused_token.is_none() && !refusal::is_subscription(&answer) => {
                    refused_token = Some(token);
                }
                429 if tries < TOO_MANY_TRIES => tries += 1,
                _ => return Err(refusal::failure(attempt, &answer)),
            }
        }
    }

    /// Waits for something before a call, unless somebody asks to stop meanwhile. Nothing was sent.
    async fn unless_stopped<T>(&self, wait: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            biased;
            done = wait => Ok(done),
            () = self.stop.asked() => Err(Failure::transient(
                "stopped",
                text!("Gestopt op verzoek.", "Stopped on request."),
            )),
        }
    }

    fn count(&self, answer: &Answer) {
        if answer.status == 429 {
            self.limiter.refused(Refused::TooMany(answer.retry_after));
        } else if refusal::is_quota(answer) {
            let wait = refusal::failure(Attempt::reading("", ""), answer).retry_after;
            self.limiter
                .refused(Refused::Quota(wait.unwrap_or_default()));
        } else {
            self.limiter.accepted();
        }
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&str>,
        token: &Secret,
        attempt: Attempt,
    ) -> Result<Answer> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(path.split('/').filter(|part| !part.is_empty()));
        }
        url.set_query(written(query).as_deref());
        let mut request = self
            .client
            .request(method.clone(), url)
            .header(
                "Ocp-Apim-Subscription-Key",
                self.subscription.expose().trim(),
            )
            .header("Accept", "application/json")
            .bearer_auth(token.expose());
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_owned());
        }
        http::send(request, attempt).await
    }
}

/// Query options, their values percent-encoded (a space as `%20`, which every server reads).
fn written(query: &[(&str, &str)]) -> Option<String> {
    let encoded = |text: &str| {
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        form.replace('+', "%20")
    };
    let options: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    (!options.is_empty()).then(|| options.join("&"))
}

/// The limiter's and the token's name: administration and subscription key, as a digest.
fn name(base: &Url, keys: &Keys) -> String {
    let text = format!(
        "{base}\n{}\n{}",
        keys.connection.expose().trim(),
        keys.subscription.expose().trim()
    );
    hex::encode(Sha256::digest(text)).chars().take(32).collect()
}

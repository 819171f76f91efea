//! One question to the shop: signed, counted, sent, and its answer taken apart into text or a named
//! failure. Counters reach the shop in their order: one question at a time.

use std::time::Duration;

use backon::Retryable;
use jiff::Timestamp;
use reqwest::{
    StatusCode,
    header::{DATE, LOCATION},
};
use tokio::sync::Mutex;
use url::Url;

use super::{
    answer,
    counter::Counter,
    diagnosis,
    token::{self, Said},
};
use crate::{
    clock::SharedClock,
    failure::{Class, Failure, Result},
    profile::{Secret, settings},
    shop::{
        http::{Http, Reply, shop_address},
        patience::Patience,
    },
};

/// The path of the API below the shop's address on Magento and its like.
pub const PATH: &str = "sconnect";
/// The same on WooCommerce.
pub const WOOCOMMERCE_PATH: &str = "wp-json/sforsoftware/sconnect";
/// How often a counter that another process overtook on the way is taken anew.
const OVERTAKEN: usize = 5;
/// Before a question is asked again for the first time.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Command.
    pub command: &'static str,
    /// The query beside the command.
    pub query: Vec<(&'static str, String)>,
    /// JSON to post; none = GET.
    pub body: Option<String>,
}

impl Question {
    /// A command that reads.
    #[must_use]
    pub fn get(command: &'static str, query: Vec<(&'static str, String)>) -> Self {
        Self {
            command,
            query,
            body: None,
        }
    }

    /// A command that writes.
    #[must_use]
    pub fn post(command: &'static str, body: String) -> Self {
        Self {
            command,
            query: Vec::new(),
            body: Some(body),
        }
    }

    const fn method(&self) -> &'static str {
        if self.body.is_some() { "POST" } else { "GET" }
    }
}

/// An answer that is the shop's.
#[derive(Debug, Clone)]
pub struct Answer {
    /// JSON, checked for size, depth and encoding.
    pub text: String,
    /// The shop's clock minus ours, in seconds; 0 when it does not tell.
    pub offset: i64,
}

/// The wire to one shop.
pub struct Wire {
    http: Http,
    url: Url,
    token: Secret,
    counter: Counter,
    clock: SharedClock,
    patience: Patience,
    turn: Mutex<()>,
}

/// The API's address: the shop's with `sconnect` behind it, or as it is when it ends so already.
///
/// # Errors
/// As [`shop_address`].
pub fn api_address(shop: &settings::Shop) -> Result<Url> {
    let mut url = shop_address(shop)?;
    let path = url.path().trim_end_matches('/').to_owned();
    if path.rsplit('/').next() == Some(PATH) {
        url.set_path(&path);
    } else {
        url.set_path(&format!("{path}/{PATH}"));
    }
    Ok(url)
}

impl Wire {
    /// A wire to that address.
    #[must_use]
    pub fn new(http: Http, url: Url, token: Secret, counter: Counter, clock: SharedClock) -> Self {
        Self {
            http,
            url,
            token,
            counter,
            clock,
            patience: Patience {
                wait: FIRST_WAIT,
                ..Patience::default()
            },
            turn: Mutex::new(()),
        }
    }

    /// With another patience.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The API's address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Asks. Reads are tried again after transient failures; what writes is sent once, and its
    /// failure says whether it may have had an effect.
    ///
    /// # Errors
    /// See [`diagnosis`].
    pub async fn ask(&self, question: &Question) -> Result<Answer> {
        if question.body.is_some() {
            return self
                .ask_once(question)
                .await
                .map_err(|failure| match failure.class {
                    // A refusal is given before anything is done.
                    Class::Credentials => failure,
                    _ if failure.connection && failure.effect == crate::failure::Effect::None => {
                        failure
                    }
                    _ => failure.outcome_unknown(),
                });
        }
        let waits = self.patience.waits();
        (|| self.ask_once(question))
            .retry(waits)
            .when(|failure: &Failure| {
                failure.class == Class::Transient && failure.retry_after.is_none()
            })
            .await
            .map_err(|mut failure| {
                failure.effect = crate::failure::Effect::None;
                failure
            })
    }

    async fn ask_once(&self, question: &Question) -> Result<Answer> {
        let _turn = self.turn.lock().await;
        let mut leapt = false;
        let mut overtaken = 0;
        let mut counter = self.counter.next()?;
        loop {
            let reply = self.send(&self.url, question, counter).await?;
            if !is_refusal(&reply) {
                return self.read(&reply).await;
            }
            if self.counter.last()? > counter && overtaken < OVERTAKEN {
                overtaken += 1;
                counter = self.counter.next()?;
            } else if !leapt {
                // 403 says "wrong token" and "counter seen before" alike.
                leapt = true;
                counter = self.counter.leap()?;
            } else {
                return Err(diagnosis::refused(self.offset(&reply)));
            }
        }
    }

    /// Is it the counter of a program that counted in ticks that the shop holds against us? Then
    /// ours goes on from there.
    ///
    /// # Errors
    /// No connection.
    pub async fn accepts_ticks(&self, question: &Question) -> Result<bool> {
        let _turn = self.turn.lock().await;
        let ticks = self.counter.ticks();
        let reply = self.send(&self.url, question, ticks).await?;
        let accepted = reply.status.is_success() && answer::read(&reply).is_ok();
        if accepted {
            self.counter.keep(ticks)?;
        }
        Ok(accepted)
    }

    /// Does the API answer at another path of this shop?
    pub async fn found_at(&self, path: &str, question: &Question) -> Option<Url> {
        let base = self.url.path().strip_suffix(PATH)?;
        let mut url = self.url.clone();
        url.set_path(&format!("{base}{path}"));
        let counter = self.counter.next().ok()?;
        let reply = self.send(&url, question, counter).await.ok()?;
        let ours =
            is_refusal(&reply) || (reply.status.is_success() && answer::read(&reply).is_ok());
        ours.then_some(url)
    }

    async fn send(&self, url: &Url, question: &Question, counter: i64) -> Result<Reply> {
        let mut url = url.clone();
        let parameter = {
            let mut query = url.query_pairs_mut();
            query.clear();
            for (name, value) in &question.query {
                query.append_pair(name, value);
            }
            drop(query);
            url.query().unwrap_or_default().to_owned()
        };
        let whole = if parameter.is_empty() {
            format!("command={}", question.command)
        } else {
            format!("command={}&{parameter}", question.command)
        };
        url.set_query(Some(&whole));
        let time = self.clock.now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let signature = token::sign(
            &self.token,
            &Said {
                method: question.method(),
                command: question.command,
                parameter: &parameter,
                time: &time,
                counter,
            },
        );
        let counter = counter.to_string();
        let mut headers = vec![
            ("Accept", "application/json"),
            ("X-SFS-Parameter", parameter.as_str()),
            ("X-SFS-Time", time.as_str()),
            ("X-SFS-RequestCounter", counter.as_str()),
            ("X-SFS-Signature", signature.as_str()),
        ];
        match &question.body {
            Some(body) => {
                headers.push(("Content-Type", "application/json"));
                self.http
                    .post(&url, &headers, body.clone().into_bytes())
                    .await
            }
            None => self.http.get_with(&url, &headers).await,
        }
    }

    async fn read(&self, reply: &Reply) -> Result<Answer> {
        if reply.status.is_redirection() {
            let end = self.http.final_address(&self.url).await;
            let next = reply.header(LOCATION.as_str()).to_owned();
            let shown = end.map(|mut url| {
                url.set_query(None);
                url.to_string()
            });
            let shown = shown.or((!next.is_empty()).then_some(next));
            return Err(diagnosis::redirected(shown.as_deref()));
        }
        Ok(Answer {
            text: answer::read(reply)?,
            offset: self.offset(reply),
        })
    }

    fn offset(&self, reply: &Reply) -> i64 {
        jiff::fmt::rfc2822::parse(reply.header(DATE.as_str())).map_or(0, |at| {
            at.timestamp().as_second() - self.clock.now().as_second()
        })
    }

    /// The shop's time now, as far as its answers tell.
    #[must_use]
    pub fn shop_now(&self, offset: i64) -> Timestamp {
        let now = self.clock.now();
        now.checked_add(jiff::SignedDuration::from_secs(offset))
            .unwrap_or(now)
    }
}

/// The plug-in's own refusal: 403 with nothing in it (WooCommerce writes an empty JSON text).
fn is_refusal(reply: &Reply) -> bool {
    reply.status == StatusCode::FORBIDDEN
        && matches!(
            reply.body.trim_ascii(),
            b"" | b"\"\"" | b"null" | b"{\"data\":[]}"
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shop_s_address_leads_to_the_api_and_a_whole_address_is_kept() {
        for (given, wanted) in [
            ("https://winkel.nl", "https://winkel.nl/sconnect"),
            ("https://winkel.nl/nl/", "https://winkel.nl/nl/sconnect"),
            (
                "https://winkel.nl/wp-json/sforsoftware/sconnect",
                "https://winkel.nl/wp-json/sforsoftware/sconnect",
            ),
            ("https://winkel.nl/sconnect/", "https://winkel.nl/sconnect"),
        ] {
            let shop: settings::Shop =
                toml::from_str(&format!("kind = \"sconnect\"\nurl = \"{given}\"")).unwrap();
            assert_eq!(api_address(&shop).unwrap().as_str(), wanted);
        }
    }
}

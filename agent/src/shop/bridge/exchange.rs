//! One question and its proven answer: signing, sending, the clock, and asking again when that is
//! safe. What the records mean is not known here.

use std::sync::atomic::{AtomicI64, Ordering};

use backon::Retryable;
use url::Url;
use winkelbrug_protocol::{
    answer::{self, Answer, Caps, Reading},
    key::UploadKeys,
    operation::Operation,
    request::{CONTENT_TYPE, Request},
};

use super::{
    diagnosis,
    waiting::{self, Waiting},
};
use crate::{
    clock::SharedClock,
    failure::{Class, Failure, Result},
    shop::{
        Awaited,
        http::{BODY_CAP, Http},
    },
    text,
};

pub use crate::shop::patience::Patience;

/// Largest clock difference that is used without asking the owner.
const LARGEST_OFFSET: i64 = 24 * 3600;
/// The bridge's major versions this program knows.
const MAJORS: [&str; 1] = ["0"];

/// The wire to one bridge.
pub struct Exchange {
    http: Http,
    url: Url,
    keys: UploadKeys,
    reader: String,
    clock: SharedClock,
    offset: AtomicI64,
    patience: Patience,
    waiting: Waiting,
}

impl Exchange {
    /// A wire to the bridge at `url`, whose keys these are. `reader` is this agent's own name.
    #[must_use]
    pub fn new(http: Http, url: Url, keys: UploadKeys, reader: String, clock: SharedClock) -> Self {
        Self {
            http,
            url,
            keys,
            reader,
            clock,
            offset: AtomicI64::new(0),
            patience: Patience::default(),
            waiting: Waiting::default(),
        }
    }

    /// The question that is without an answer now.
    #[must_use]
    pub fn awaits(&self) -> Option<Awaited> {
        self.waiting.now()
    }

    /// With another patience.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Server's clock minus ours, in seconds.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Starts from an offset learnt earlier.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }

    /// The upload's id.
    #[must_use]
    pub fn bridge_id(&self) -> &str {
        self.keys.bridge_id()
    }

    /// The bridge's address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The HTTP client, for a plain GET.
    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Asks, and gives the proven answer. Reads are tried again after transient failures; what
    /// changes something is sent once, and its failure says whether it may have had an effect.
    ///
    /// # Errors
    /// See [`diagnosis`].
    pub async fn ask(&self, operation: &Operation) -> Result<Answer> {
        if !operation.reads_only() {
            return self.ask_once(operation).await;
        }
        let waits = self.patience.waits();
        (|| self.ask_once(operation))
            .retry(waits)
            .when(|failure: &Failure| {
                // Who asked us to wait is not asked again within seconds, and who was silent for so
                // long is as silent the next time.
                failure.class == Class::Transient
                    && failure.retry_after.is_none()
                    && failure.code != waiting::TIMEOUT
            })
            .await
            .map_err(|mut failure| {
                failure.effect = crate::failure::Effect::None;
                failure
            })
    }

    async fn ask_once(&self, operation: &Operation) -> Result<Answer> {
        let reading = match self.read_one(operation).await? {
            Reading::Clock(server) => {
                self.learn(server)?;
                self.read_one(operation).await?
            }
            reading => reading,
        };
        match reading {
            Reading::Answer(answer) => known_version(answer),
            Reading::Error(error) => Err(diagnosis::reported(&error)),
            Reading::Refusal => Err(diagnosis::refusal()),
            Reading::Replay => Err(diagnosis::replayed()),
            Reading::Clock(server) => Err(diagnosis::clock_differs(server - self.now())),
        }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The offset comes only from a sealed clock answer to a nonce of ours.
    fn learn(&self, server: i64) -> Result<()> {
        let offset = server - self.now();
        if offset.abs() > LARGEST_OFFSET {
            return Err(diagnosis::clock_differs(offset));
        }
        self.set_offset(offset);
        Ok(())
    }

    async fn read_one(&self, operation: &Operation) -> Result<Reading> {
        let nonce = hex::encode(rand::random::<[u8; 16]>());
        let time = self.now() + self.offset();
        let request =
            Request::new(&self.keys, &self.reader, operation, time, &nonce).map_err(unsendable)?;
        let mut headers = vec![("Content-Type", CONTENT_TYPE)];
        headers.extend(request.headers());
        let until = self.waiting.begin(operation);
        let reply = self
            .http
            .post(&self.url, &headers, request.body.clone())
            .await
            .map_err(|failure| waiting::named(failure, operation))?;
        drop(until);
        if reply.status.is_redirection() {
            return Err(diagnosis::redirect(&self.http, &self.url, &reply).await);
        }
        let caps = Caps {
            bytes: BODY_CAP,
            ..Caps::default()
        };
        answer::read(&self.keys, &request, operation.name(), &reply.body, &caps)
            .map_err(|defect| diagnosis::unproven(&reply, &defect).source(defect))
    }
}

fn known_version(answer: Answer) -> Result<Answer> {
    let major = answer.version.split('.').next().unwrap_or_default();
    if MAJORS.contains(&major) {
        Ok(answer)
    } else {
        Err(diagnosis::unknown_major(&answer.version))
    }
}

fn unsendable(error: winkelbrug_protocol::request::RequestError) -> Failure {
    Failure::bug(
        "request-unsendable",
        text!(
            "De vraag aan de winkel is niet te versturen: {error}",
            "The request to the shop cannot be sent: {error}"
        ),
    )
    .source(error)
}

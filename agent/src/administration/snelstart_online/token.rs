//! The bearer token: asked for with the connection key (grant `clientkey`, form body), kept while
//! it lives, dropped when a call is refused with it.

use std::{
    collections::HashMap,
    sync::{self, Arc, LazyLock, PoisonError, Weak},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, header::CONTENT_TYPE};
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::{
    fields::Fields,
    http,
    refusal::{self, Attempt},
};
use crate::{clock::SharedClock, failure::Result, profile::Secret};

const ASKING: Attempt = Attempt::reading("het aanmelden", "signing in");
/// Renewed so long before its end.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// What a token lives when SnelStart does not say (3599 was measured).
const LIFE: i64 = 3599;

/// A token and which one it is.
#[derive(Clone)]
pub struct Token {
    /// Its text.
    pub text: Secret,
    serial: u64,
    renew_at: Timestamp,
}

impl Token {
    /// What it may do, as its own text says (the claim `scopes` of a JWT: a list, or a text with
    /// spaces; measured, not documented). None when it does not say.
    #[must_use]
    pub fn scopes(&self) -> Option<Vec<String>> {
        let claims = self.text.expose().split('.').nth(1)?;
        let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
        let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
        let scopes: Vec<String> = match claims.get("scopes")? {
            serde_json::Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
            serde_json::Value::Array(list) => list
                .iter()
                .filter_map(|scope| scope.as_str().map(str::to_owned))
                .collect(),
            _ => return None,
        };
        (!scopes.is_empty()).then_some(scopes)
    }
}

/// Keeps the token of one connection key, for all profiles that use it.
pub struct Tokens {
    url: Url,
    key: Secret,
    clock: SharedClock,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    handed_out: u64,
}

impl Tokens {
    /// Tokens for this connection key.
    #[must_use]
    pub fn new(url: Url, key: Secret, clock: SharedClock) -> Self {
        Self {
            url,
            key,
            clock,
            kept: Mutex::default(),
        }
    }

    /// The token to use; a new one when there is none or the old one ends soon. `refused` is the
    /// one a call was just refused with: it is never handed out again.
    ///
    /// # Errors
    /// The key is refused (`connection-key-refused`), or the host cannot be reached.
    pub async fn get(&self, client: &Client, refused: Option<&Token>) -> Result<Token> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        let usable = kept.token.clone().filter(|token| {
            now < token.renew_at && refused.is_none_or(|refused| refused.serial != token.serial)
        });
        if let Some(token) = usable {
            return Ok(token);
        }
        kept.token = None;
        let (text, life) = self.ask(client).await?;
        kept.handed_out += 1;
        let margin = MARGIN.min(SignedDuration::from_secs(life / 10));
        let token = Token {
            text,
            serial: kept.handed_out,
            renew_at: now
                .saturating_add(SignedDuration::from_secs(life) - margin)
                .unwrap_or(now),
        };
        kept.token = Some(token.clone());
        Ok(token)
    }

    async fn ask(&self, client: &Client) -> Result<(Secret, i64)> {
        // The key holds `+`, `/` and `=`: unencoded, a `+` would arrive as a space.
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "clientkey")
            .append_pair("clientkey", self.key.expose().trim())
            .finish();
        let request = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let answer = http::send(request, ASKING).await?;
        match answer.status {
            200..=299 => {}
            400 | 401 | 403 => return Err(refusal::connection_key_refused()),
            _ => return Err(refusal::failure(ASKING, &answer)),
        }
        let reply = Fields::read(&answer.body).unwrap_or_default();
        let text = reply.text("access_token");
        if !text.is_empty() {
            let life = reply.whole("expires_in").filter(|life| *life > 0);
            return Ok((Secret::new(text), life.unwrap_or(LIFE)));
        }
        Err(if reply.text("error").is_empty() {
            refusal::unreadable(ASKING)
        } else {
            refusal::connection_key_refused()
        })
    }
}

type Known = sync::Mutex<HashMap<String, Weak<Tokens>>>;

/// One token for all profiles with the same keys: a new one may end the one before.
#[must_use]
pub fn shared(name: &str, url: Url, key: Secret, clock: &SharedClock) -> Arc<Tokens> {
    static ALL: LazyLock<Known> = LazyLock::new(Known::default);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, tokens| tokens.strong_count() > 0);
    if let Some(tokens) = all.get(name).and_then(Weak::upgrade) {
        return tokens;
    }
    let tokens = Arc::new(Tokens::new(url, key, clock.clone()));
    all.insert(name.to_owned(), Arc::downgrade(&tokens));
    tokens
}

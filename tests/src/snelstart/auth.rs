//! The two keys and the tokens: subscription key at the gateway, connection key at the token host,
//! bearer tokens with scopes (SnelStart B2B v2, section "Authentication").

use std::{collections::HashMap, time::Duration};

use base64::{Engine, engine::general_purpose};
use jiff::Timestamp;
use rand::Rng;
use sha2::{Digest, Sha256};

use super::{
    answer::Answer,
    json::{Json, object},
};

/// What the gateway says to a wrong or expired subscription key.
pub const INVALID_SUBSCRIPTION: &str = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.";
/// Path of the token request on its host.
pub const TOKEN_PATH: &str = "/b2b/token";

/// Scopes a real token carried (measured by client code), with the one the definition adds.
pub const SCOPES: &[&str] = &[
    "artikelen:read",
    "artikelen:write",
    "bankieren:read",
    "bankieren:write",
    "boekhouden:read",
    "boekhouden:write",
    "btwaangiftes:read",
    "btwaangiftes:write",
    "documenten:read",
    "documenten:write",
    "kas:read",
    "kas:write",
    "memoriaal:read",
    "memoriaal:write",
    "orders:read",
    "orders:write",
    "rapportage",
    "relaties:read",
    "relaties:write",
    "settings:read",
    "settings:write",
];

/// Keys and tokens of one administration.
#[derive(Debug)]
pub struct Keys {
    subscription: String,
    subscription_valid: bool,
    user: String,
    password: String,
    connection_valid: bool,
    secret: String,
    tokens: HashMap<String, Token>,
    scopes: Vec<String>,
    handed_out: usize,
}

#[derive(Debug, Clone)]
struct Token {
    until: Timestamp,
    scopes: Vec<String>,
}

/// Why a call is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// 401 of the gateway: the subscription key.
    Subscription(&'static str),
    /// 401: the bearer token.
    Bearer,
    /// 403: the token lacks the scope.
    Scope,
}

impl Keys {
    /// New random keys with every scope.
    #[must_use]
    pub fn random() -> Keys {
        Keys {
            subscription: random_hex(16),
            subscription_valid: true,
            user: general_purpose::STANDARD.encode(random_bytes(48)),
            password: general_purpose::STANDARD.encode(random_bytes(160)),
            connection_valid: true,
            secret: random_hex(32),
            tokens: HashMap::new(),
            scopes: SCOPES.iter().map(ToString::to_string).collect(),
            handed_out: 0,
        }
    }

    /// The subscription key.
    #[must_use]
    pub fn subscription(&self) -> &str {
        &self.subscription
    }

    /// The connection key: base64 of `user:password`, with `+`, `/` and `=` inside as real ones have.
    #[must_use]
    pub fn connection(&self) -> String {
        general_purpose::STANDARD.encode(format!("{}:{}", self.user, self.password))
    }

    /// Revokes or restores the connection key. Revoking ends every token.
    pub fn set_connection_valid(&mut self, valid: bool) {
        self.connection_valid = valid;
        if !valid {
            self.tokens.clear();
        }
    }

    /// Expires or restores the subscription key.
    pub fn set_subscription_valid(&mut self, valid: bool) {
        self.subscription_valid = valid;
    }

    /// Scopes of tokens handed out from now on.
    pub fn set_scopes(&mut self, scopes: &[&str]) {
        self.scopes = scopes.iter().map(ToString::to_string).collect();
    }

    /// Ends every token, as if all died early.
    pub fn end_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Ends one token.
    pub fn end_token(&mut self, authorization: Option<&str>) {
        if let Some(token) = bearer(authorization) {
            self.tokens.remove(token);
        }
    }

    /// How many tokens were handed out.
    #[must_use]
    pub fn handed_out(&self) -> usize {
        self.handed_out
    }

    /// Serves a token request: form fields in, answer out.
    pub fn token(
        &mut self,
        form: &[(String, String)],
        now: Timestamp,
        life: Duration,
        ends_old: bool,
    ) -> Answer {
        let field = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let right = match field("grant_type") {
            Some("clientkey") => field("clientkey") == Some(self.connection().as_str()),
            Some("password") => {
                field("username") == Some(&self.user) && field("password") == Some(&self.password)
            }
            _ => return token_refused("GrantType is missing or not supported"),
        };
        if !right || !self.connection_valid {
            return token_refused(
                "GrantType clientkey was found. Parameter clientkey does not contain a valid value",
            );
        }
        if ends_old {
            self.tokens.clear();
        }
        let until = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        let token = self.sign(until);
        self.tokens.insert(
            token.clone(),
            Token {
                until,
                scopes: self.scopes.clone(),
            },
        );
        self.handed_out += 1;
        let seconds = i64::try_from(life.as_secs()).unwrap_or(3599);
        Answer::json(
            200,
            &object! { "access_token": token, "token_type": "bearer", "expires_in": seconds },
        )
    }

    /// A token in the form of a JWT.
    fn sign(&self, until: Timestamp) -> String {
        let part = |json: &Json| general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
        let head = part(&object! { "alg": "HS256", "typ": "JWT" });
        let claims = part(&object! {
            "scopes": self.scopes.join(" "),
            "exp": until.as_second(),
            "jti": random_hex(16),
        });
        let signature = Sha256::digest(format!("{}{head}.{claims}", self.secret));
        format!(
            "{head}.{claims}.{}",
            general_purpose::URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// Is the subscription key right? The gateway looks at it first.
    ///
    /// # Errors
    /// Missing, or not the one.
    pub fn admit_subscription(&self, key: Option<&str>) -> Result<(), Refused> {
        match key {
            None => Err(Refused::Subscription(
                "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.",
            )),
            Some(key) if key == self.subscription && self.subscription_valid => Ok(()),
            Some(_) => Err(Refused::Subscription(INVALID_SUBSCRIPTION)),
        }
    }

    /// May this token do what needs these scopes?
    ///
    /// # Errors
    /// No token, an ended one, or one without the scope.
    pub fn admit_token(
        &self,
        authorization: Option<&str>,
        scopes: &[&str],
        now: Timestamp,
    ) -> Result<(), Refused> {
        let token = bearer(authorization).and_then(|token| self.tokens.get(token));
        let token = token
            .filter(|token| now < token.until)
            .ok_or(Refused::Bearer)?;
        if scopes
            .iter()
            .all(|scope| token.scopes.iter().any(|has| has == scope))
        {
            Ok(())
        } else {
            Err(Refused::Scope)
        }
    }
}

fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (kind, token) = authorization?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn token_refused(text: &str) -> Answer {
    Answer::json(400, &object! { "error": text })
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    rand::rng().fill(bytes.as_mut_slice());
    bytes
}

fn random_hex(bytes: usize) -> String {
    hex::encode(random_bytes(bytes))
}

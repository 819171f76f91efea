//! The one error of the program: its class says what the program does next, its text what the
//! owner can do. Rooms make it with the constructors below and `text!`.

use std::{error::Error, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What a failure means for the work at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Network, time-out, 429, 5xx: back off and try again.
    Transient,
    /// The foreign system refuses this record: hold it, go on with the next.
    Refused,
    /// Key, password or scope refused: stop the profile, ask the owner.
    Credentials,
    /// A setting does not fit what is there: stop the task, name the setting.
    Misconfigured,
    /// We sent or got something we should not have: stop the task, keep the evidence.
    Bug,
}

/// Did a foreign write take effect?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Certainly not.
    None,
    /// Unknown: search before anything is repeated.
    Unknown,
}

/// A failure: class, stable code, what was attempted and went wrong, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    /// Class.
    pub class: Class,
    /// Stable, kebab-case: `btw-wijkt-af`, `ftp-password-refused`, `VOR-0010`.
    pub code: String,
    /// What is wrong.
    pub text: Text,
    /// What to do; may be empty.
    pub hint: Text,
    /// Did a write take effect?
    pub effect: Effect,
    /// The foreign side's own wish.
    pub retry_after: Option<Duration>,
    /// Could we reach the other side at all? Decides exit code 3.
    pub connection: bool,
    /// The address a shop that redirects may be given at `[shop] url` instead.
    pub leads_to: Option<String>,
    /// The error behind it. Never holds a secret.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// What nearly every function of the agent returns.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure of that class, without hint, source or effect.
    #[must_use]
    pub fn new(class: Class, code: impl Into<String>, text: Text) -> Self {
        Self {
            class,
            code: code.into(),
            text,
            hint: Text::default(),
            effect: Effect::None,
            retry_after: None,
            connection: false,
            leads_to: None,
            source: None,
        }
    }

    /// [`Class::Transient`].
    #[must_use]
    pub fn transient(code: impl Into<String>, text: Text) -> Self {
        Self::new(Class::Transient, code, text)
    }

    /// [`Class::Refused`].
    #[must_use]
    pub fn refused(code: impl Into<String>, text: Text) -> Self {
        Self::new(Class::Refused, code, text)
    }

    /// [`Class::Credentials`].
    #[must_use]
    pub fn credentials(code: impl Into<String>, text: Text) -> Self {
        Self::new(Class::Credentials, code, text)
    }

    /// [`Class::Misconfigured`].
    #[must_use]
    pub fn misconfigured(code: impl Into<String>, text: Text) -> Self {
        Self::new(Class::Misconfigured, code, text)
    }

    /// [`Class::Bug`].
    #[must_use]
    pub fn bug(code: impl Into<String>, text: Text) -> Self {
        Self::new(Class::Bug, code, text)
    }

    /// With advice.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = hint;
        self
    }

    /// With the error behind it.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The write may have taken effect.
    #[must_use]
    pub fn outcome_unknown(mut self) -> Self {
        self.effect = Effect::Unknown;
        self
    }

    /// The other side asked to wait so long.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// The shop answers at that address.
    #[must_use]
    pub fn leads_to(mut self, address: impl Into<String>) -> Self {
        self.leads_to = Some(address.into());
        self
    }

    /// The other side could not be reached (exit code 3).
    #[must_use]
    pub fn no_connection(mut self) -> Self {
        self.connection = true;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.text.en, self.code)?;
        if !self.hint.en.is_empty() {
            write!(f, " {}", self.hint.en)?;
        }
        Ok(())
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn Error + 'static))
    }
}

//! One step of a test of the connection: what was looked at, and what came of it. Rooms that can
//! be tested return a list of these, in the order the owner should read them.

use serde::{Deserialize, Serialize};

use crate::{
    failure::{Class, Failure},
    text::Text,
};

/// A step and how it went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// Stable, kebab-case: `upload-login`, `bridge-hello`, `books-company`, `revenue-groups`.
    pub name: String,
    /// Did it go well? A step that went well may still have a hint.
    pub ok: bool,
    /// It went well, and still asks for a person's eyes: a danger that no failure shows.
    #[serde(default)]
    pub attention: bool,
    /// What was found.
    pub message: Text,
    /// What to do; may be empty.
    pub hint: Text,
    /// The failure's code, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The failure's class, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// The other side could not be reached.
    #[serde(default)]
    pub no_connection: bool,
    /// The address a shop that redirects may be given instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}

impl Step {
    /// It went well.
    #[must_use]
    pub fn passed(name: impl Into<String>, message: Text) -> Self {
        Self {
            name: name.into(),
            ok: true,
            attention: false,
            message,
            hint: Text::default(),
            code: None,
            class: None,
            no_connection: false,
            leads_to: None,
        }
    }

    /// Nothing failed, but the owner has to look at it.
    #[must_use]
    pub fn attention(name: impl Into<String>, message: Text) -> Self {
        Self {
            attention: true,
            ..Self::passed(name, message)
        }
    }

    /// It failed, for this reason.
    #[must_use]
    pub fn failed(name: impl Into<String>, failure: &Failure) -> Self {
        Self {
            name: name.into(),
            ok: false,
            attention: false,
            message: failure.text.clone(),
            hint: failure.hint.clone(),
            code: Some(failure.code.clone()),
            class: Some(failure.class),
            no_connection: failure.connection,
            leads_to: failure.leads_to.clone(),
        }
    }

    /// With advice.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = hint;
        self
    }
}

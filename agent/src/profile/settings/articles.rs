//! `[articles]`: what becomes of articles that orders name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a record may be added to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// Only what is missing.
    Add,
    /// Missing ones added, known ones brought up to date.
    AddAndUpdate,
    /// Never; the owner does it.
    Manual,
}

/// `[articles]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Articles {
    /// Field of the books that holds the shop's code.
    pub code_field: String,
    /// Add, update, manual.
    pub handling: Handling,
    /// Shop tax class (name or id) -> revenue group (name or number).
    pub revenue_groups: BTreeMap<String, String>,
    /// Shop category (name or id) -> revenue group (name or number); goes before the tax class.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub revenue_groups_by_category: BTreeMap<String, String>,
}

impl Articles {
    /// Is the shop's code kept in an extra field of the article?
    #[must_use]
    pub fn code_in_extra_field(&self) -> bool {
        !self.is_code_field("artikelcode") && !self.code_in_description()
    }

    /// Is it kept in the article's text (omschrijving)?
    #[must_use]
    pub fn code_in_description(&self) -> bool {
        self.is_code_field("omschrijving")
    }

    fn is_code_field(&self, name: &str) -> bool {
        self.code_field.trim().eq_ignore_ascii_case(name)
    }
}

impl Default for Articles {
    fn default() -> Self {
        Self {
            code_field: "artikelcode".to_owned(),
            handling: Handling::Add,
            revenue_groups: BTreeMap::new(),
            revenue_groups_by_category: BTreeMap::new(),
        }
    }
}

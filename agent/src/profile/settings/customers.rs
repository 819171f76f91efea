//! `[customers]`: how a buyer is recognised, and what a new customer gets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Handling;

/// `[customers]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Customers {
    /// How a buyer is recognised.
    pub recognition: Recognition,
    /// Extra field of the shop that holds the customer code; empty = the shop's own customer id.
    pub code_field: String,
    /// Add, update, manual.
    pub handling: Handling,
    /// Customer code when none is found (or always, in manual mode).
    pub default_code: String,
    /// The same per kind of customer: a country (`NL`, `DE`), `EU`, `outside-EU`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub default_codes: BTreeMap<String, String>,
    /// Payment term of new customers.
    pub payment_term_days: u32,
    /// Invoices by e-mail for new customers.
    pub invoice_by_email: bool,
    /// Reminders by e-mail for new customers.
    pub reminder_by_email: bool,
    /// What a guest becomes.
    pub guests: Guests,
}

impl Default for Customers {
    fn default() -> Self {
        Self {
            recognition: Recognition::EmailAndPostcode,
            code_field: String::new(),
            handling: Handling::Add,
            default_code: String::new(),
            default_codes: BTreeMap::new(),
            payment_term_days: 14,
            invoice_by_email: false,
            reminder_by_email: false,
            guests: Guests::ByRecognition,
        }
    }
}

/// `customers.recognition`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recognition {
    /// Customer code.
    Code,
    /// E-mail.
    Email,
    /// Code, else e-mail.
    CodeOrEmail,
    /// E-mail and delivery postcode.
    EmailAndPostcode,
    /// Code, else e-mail and postcode.
    CodeOrEmailAndPostcode,
    /// Scored (Slim).
    Smart,
}

/// `customers.guests`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guests {
    /// Like anybody else.
    ByRecognition,
    /// All on the default code.
    OneRelation,
    /// A new one each time.
    AlwaysNew,
}

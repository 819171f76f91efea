//! What public registers say: who holds a VAT number (VIES), and what a currency was worth (ECB).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What the register of VAT numbers said of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatCheck {
    /// Letters and digits, with the country's prefix.
    pub number: String,
    /// What it said.
    pub verdict: Verdict,
    /// The day it was asked.
    pub day: Date,
    /// Who holds the number; empty where the country does not tell.
    pub name: String,
    /// The register's proof that it was asked (consultation number); empty without a number of the
    /// asker's own.
    pub consultation: String,
}

/// An answer of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Somebody holds it.
    Valid,
    /// Nobody holds it.
    Invalid,
    /// It could not be asked: no connection, or the country's own register is out of order.
    Unreachable,
}

impl Verdict {
    /// Its name, in the journal and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unreachable => "unreachable",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Valid, Self::Invalid, Self::Unreachable]
            .into_iter()
            .find(|verdict| verdict.name() == name)
    }
}

/// A rate the European Central Bank published, offered to the owner and never used by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRate {
    /// ISO code.
    pub currency: String,
    /// Units of that currency for one euro.
    pub rate: Decimal,
    /// The day it was published for: the order's, or the last working day before.
    pub day: Date,
}

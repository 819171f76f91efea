//! What was paid on a booked invoice: the daybooks (dagboeken) money comes in by, what is written
//! into one, and what the books hold of it.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Which kind of entry a daybook takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Till {
    /// A bank account (bankboeking).
    Bank,
    /// Cash (kasboeking).
    Cash,
}

impl Till {
    /// Its name in Winkelbrug's journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Cash => "cash",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Bank, Self::Cash]
            .into_iter()
            .find(|till| till.name() == name)
    }
}

/// A daybook (dagboek).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Daybook {
    /// Id in the administration.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// What money comes in by it; none = it is of another kind (sales, purchases, memorial).
    pub till: Option<Till>,
    /// May still be used.
    pub active: bool,
}

impl Daybook {
    /// Is it the one an owner means by that number or name?
    #[must_use]
    pub fn is_called(&self, wanted: &str) -> bool {
        let wanted = wanted.trim().to_lowercase();
        self.number.to_string() == wanted || self.name.trim().to_lowercase() == wanted
    }
}

/// A payment to write: one entry that settles one booked invoice, or its credit, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDraft {
    /// Bank or cash.
    pub till: Till,
    /// Id of the daybook.
    pub daybook: String,
    /// Day.
    pub date: Date,
    /// Description (at most 250), by which it is found again together with the booking.
    pub description: String,
    /// Id of the booking it settles.
    pub booking: String,
    /// What was received; below zero what was paid back, on a credit. Never zero.
    pub amount: Decimal,
}

/// A payment as the books hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Id of the entry.
    pub id: String,
    /// Description.
    pub description: String,
    /// Day.
    pub date: Option<Date>,
    /// Id of the daybook.
    #[serde(default)]
    pub daybook: String,
    /// Ids of the bookings it settles.
    pub bookings: Vec<String>,
    /// What was received; below zero what was paid.
    pub amount: Decimal,
}

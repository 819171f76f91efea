//! A credit as the journal keeps it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    books::plan::{Plan, Reason},
    journal::OrderId,
    profile::settings::Form,
};

/// How far a credit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditState {
    /// Found, not prepared yet.
    New,
    /// Waits for the owner: for his yes, a rate, or something that is wrong.
    Waits,
    /// To be written.
    Approved,
    /// Being written.
    Writing,
    /// In the books.
    Written,
    /// The owner looked at it and wants none.
    Dismissed,
}

impl CreditState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waits => "waits",
            Self::Approved => "approved",
            Self::Writing => "writing",
            Self::Written => "written",
            Self::Dismissed => "dismissed",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        [
            Self::New,
            Self::Approved,
            Self::Writing,
            Self::Written,
            Self::Dismissed,
        ]
        .into_iter()
        .find(|state| state.name() == name)
        .unwrap_or(Self::Waits)
    }
}

/// A credit.
#[derive(Debug, Clone)]
pub struct Credit {
    /// Its row.
    pub id: i64,
    /// The order.
    pub order: OrderId,
    /// The shop's refund id, or [`CANCELLED`].
    pub refund: String,
    /// Which of the order's, from 1.
    pub n: u32,
    /// How far it came.
    pub state: CreditState,
    /// No yes is asked for.
    pub unasked: bool,
    /// The owner's rate.
    pub rate: Option<Decimal>,
    /// What it waits for.
    pub reason: Option<Reason>,
    /// What is or was to be written.
    pub plan: Option<Plan>,
    /// Number in the books.
    pub booked_number: Option<String>,
    /// A write of it was tried: only the owner has it tried again.
    pub attempted: bool,
    /// Its total in the books, below zero, once written.
    pub total: Option<Decimal>,
    /// Digest of the refund as the owner saw it; none = it was never shown to him.
    pub seen: Option<String>,
    /// Digest of the refund it was written of.
    pub content: Option<String>,
    /// What it gives back is not booked by us as paid back.
    pub no_money: bool,
}

impl Credit {
    /// Is it in the books, or may it be?
    #[must_use]
    pub const fn is_in_books(&self) -> bool {
        matches!(self.state, CreditState::Writing | CreditState::Written)
    }

    /// What people know it by: its reference where that is known, else its number.
    #[must_use]
    pub fn name(&self) -> String {
        let planned = self.plan.as_ref().map(|plan| plan.name().to_owned());
        planned
            .or_else(|| self.booked_number.clone())
            .unwrap_or_else(|| self.n.to_string())
    }

    /// What it gives back, above zero; none while that is not known.
    #[must_use]
    pub fn gives_back(&self) -> Option<Decimal> {
        let planned = self.plan.as_ref().map(|plan| plan.expected.incl);
        self.total.or(planned).map(|total| -total)
    }
}

/// What a credit needs to know of the order it is for.
#[derive(Debug, Clone)]
pub struct CreditedOrder {
    /// Id in the books.
    pub booked: String,
    /// Relation id.
    pub relation: String,
    /// Customer code.
    pub relation_code: Option<i64>,
    /// Payment reference, or invoice number of a booking.
    pub reference: String,
    /// As what it was written.
    pub form: Form,
    /// Its total with VAT in the books.
    pub total: Option<Decimal>,
}

//! What is to be written into the books: every field exactly as it will be sent.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{BookAddress, ProcessStage};

/// A relation to create or update.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationDraft {
    /// Customer code: none while planning; the agent chooses and commits it before the write.
    pub code: Option<i64>,
    /// Name (at most 50).
    pub name: String,
    /// E-mail (at most 250).
    pub email: String,
    /// Telephone (at most 25).
    pub phone: String,
    /// VAT number, letters and digits only; empty = none.
    pub vat_number: String,
    /// Chamber of Commerce number; empty = none.
    pub chamber_of_commerce: String,
    /// Business address.
    pub address: BookAddress,
    /// Payment term in days.
    pub payment_term: Option<i64>,
    /// Mail invoices to this address.
    pub invoice_email: Option<String>,
    /// Mail reminders to this address.
    pub reminder_email: Option<String>,
    /// Which reminders he gets; none = left as the books have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder_kind: Option<ReminderKind>,
    /// Memo.
    pub memo: String,
    /// Extra fields to fill, by name; written after the record itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

/// Whom a reminder is worded for (SnelStart: aanmaningsoort).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReminderKind {
    /// A business.
    Business,
    /// A private person.
    Consumer,
}

/// An article to create or update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleDraft {
    /// Code.
    pub code: String,
    /// Text (at most 250).
    pub description: String,
    /// Revenue group id.
    pub revenue_group: String,
    /// Sales price in the article file's own VAT mode.
    pub price: Decimal,
    /// Keep stock?
    pub keeps_stock: bool,
    /// Extra fields to fill, by name; written after the record itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

/// Which article a line names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleRef {
    /// One that exists, by id.
    Existing(String),
    /// One the same plan creates first, by code.
    Planned(String),
}

/// Are unit prices with or without VAT (verkooporderBtwIngaveModel)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriceMode {
    /// With VAT.
    Inclusief,
    /// Without VAT.
    Exclusief,
}

/// One line of an order to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDraft {
    /// The article; none = text line.
    pub article: Option<ArticleRef>,
    /// Its code, for people.
    pub code: String,
    /// Text (at most 250).
    pub description: String,
    /// Quantity.
    pub quantity: Decimal,
    /// Unit price in the order's mode, whole cents unless the mode or quantity demands otherwise.
    pub unit_price: Decimal,
    /// Line discount; 0 unless the plan uses it, always sent.
    pub discount_percent: Decimal,
    /// A line of text that goes with the line below it, as the name of a bundle; any other goes with
    /// the line above it.
    #[serde(default)]
    pub above: bool,
}

/// A sales order to write, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDraft {
    /// Order date: the shop's local day.
    pub date: Date,
    /// Payment reference (betalingskenmerk) exactly as the administration will hold it; empty = none.
    pub payment_reference: String,
    /// Customer's reference (orderreferentie, at most 50).
    pub order_reference: String,
    /// Description (at most 50).
    pub description: String,
    /// Template id; none = the administration's default.
    pub template: Option<String>,
    /// Stage.
    pub stage: ProcessStage,
    /// Blocked (geblokkeerd); none = as the template says.
    #[serde(default)]
    pub blocked: Option<bool>,
    /// Cost centre id.
    pub cost_centre: Option<String>,
    /// Payment term in days; none = the relation's.
    pub payment_term: Option<i64>,
    /// Price mode.
    pub price_mode: PriceMode,
    /// Invoice address; none = neither shop nor customer card has one, or it is another relation's.
    pub invoice_address: Option<BookAddress>,
    /// Delivery address; none = as the invoice address.
    pub delivery_address: Option<BookAddress>,
    /// Memo.
    pub memo: String,
    /// Invoice discount in percent; 0 unless the plan uses it, always sent.
    pub invoice_discount: Decimal,
    /// Lines.
    pub lines: Vec<LineDraft>,
}

//! Accounts, products and stock, and what came of writing them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Address, CustomField, Customer, Named, trimmed};

/// A customer account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopCustomer {
    /// The platform's id.
    pub id: String,
    /// RFC 3339 UTC.
    pub changed_at: String,
    /// The platform's own stamp text.
    pub stamp: String,
    /// Names, e-mail, group, numbers.
    pub customer: Customer,
    /// Default address.
    pub address: Option<Address>,
    /// May log in?
    pub active: bool,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The platform's id.
    pub id: String,
    /// RFC 3339 UTC.
    pub changed_at: String,
    /// The platform's own stamp text.
    pub stamp: String,
    /// The article code ([`Line::code`]'s counterpart).
    #[serde(deserialize_with = "trimmed")]
    pub code: String,
    /// SKU.
    pub sku: Option<String>,
    /// EAN.
    pub ean: Option<String>,
    /// Name in the shop's default language.
    pub name: String,
    /// Price without VAT; none where the shop does not tell it.
    pub price: Option<Decimal>,
    /// Tax class.
    pub tax_class: Named,
    /// Stock figure; none when stock is not kept.
    pub quantity: Option<Decimal>,
    /// On sale?
    pub active: bool,
    /// Option values that keep stock.
    pub options: Vec<StockLevel>,
    /// `simple`, `variant`, `configurable`, `grouped`, `bundle`, `virtual`, `download`; empty where
    /// the platform has one kind only.
    #[serde(default)]
    pub kind: String,
    /// [`Product::id`] of the product this is a variant of.
    #[serde(default)]
    pub parent_id: Option<String>,
    /// The price with VAT, where the shop keeps its prices with VAT; `price` is without all the same.
    #[serde(default)]
    pub price_incl: Option<Decimal>,
    /// Weight in the shop's own unit.
    #[serde(default)]
    pub weight: Option<Decimal>,
    /// Categories it is in.
    #[serde(default)]
    pub categories: Vec<Named>,
    /// Extra values the shop keeps with the product.
    #[serde(default)]
    pub custom_fields: Vec<CustomField>,
}

/// One thing that keeps stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// `p:<product id>`, `o:<option value id>` (OpenCart), `c:<combination id>` (PrestaShop): what
    /// `stock_set` takes.
    pub key: String,
    /// Article code without outer space; empty when it has none (an option value in plain OpenCart).
    #[serde(deserialize_with = "trimmed")]
    pub code: String,
    /// SKU, when it differs from the code.
    pub sku: Option<String>,
    /// Name for a person.
    pub name: String,
    /// Quantity now.
    pub quantity: Decimal,
    /// Does the shop keep this stock (`subtract`)?
    pub tracked: bool,
    /// For an option value: the product's key.
    pub parent: Option<String>,
}

/// What became of one stock write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockOutcome {
    /// Written (or nothing to change).
    Done,
    /// No such key.
    Unknown,
    /// The shop does not keep this stock.
    NotTracked,
    /// Sales kept coming between read and write; try again next time.
    Busy,
    /// The figure is not one this shop can hold (decimals, range).
    Refused,
}

/// One stock write's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockResult {
    /// The row's key.
    pub key: String,
    /// What became of it.
    pub outcome: StockOutcome,
    /// Quantity just before.
    pub before: Option<Decimal>,
    /// Quantity after.
    pub after: Option<Decimal>,
}

/// What became of one write to an order, product or customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteOutcome {
    /// Written.
    Done,
    /// It was so already.
    Unchanged,
    /// No such record.
    Unknown,
    /// The shop's own program would do more at such a change than may be done from outside, or the
    /// value is not one it can hold; [`WriteResult::reason`] says which.
    Refused,
    /// Somebody else was changing it; read and try again.
    Busy,
}

/// One write's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteResult {
    /// The row's id.
    pub id: String,
    /// What became of it.
    pub outcome: WriteOutcome,
    /// The values that were changed, as they were before: field to text.
    pub before: std::collections::BTreeMap<String, String>,
    /// Why it was refused, in one word (`status`, `restocks`, `payment`, `mail`, `hooks`, `value`, …: the list is in
    /// `docs/protocol.md`); else empty.
    pub reason: String,
}

/// Answer of `remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The state table is gone.
    pub table: bool,
    /// The file is gone (PHP often may not; then the agent deletes it by FTP).
    pub file: bool,
}

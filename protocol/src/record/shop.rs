//! Which shop answers, and the lists its settings are made of.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Answer of `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Always `winkelbrug-bridge`.
    pub bridge: String,
    /// The bridge's version, `major.minor.patch`; an unknown major is refused.
    pub version: String,
    /// SHA-256 hex of the file that is running.
    pub digest: String,
    /// `opencart`, `woocommerce`, `prestashop`, `magento1` or `magento2`.
    pub platform: String,
    /// The shop program's version as found, e.g. `3.0.5.1`; empty when not found.
    pub platform_version: String,
    /// PHP's version.
    pub php: String,
    /// `mysqli` or `pdo`.
    pub database_driver: String,
    /// The database server's version text.
    pub database_version: String,
    /// Table prefix in use.
    pub table_prefix: String,
    /// Which shop this is.
    pub shop: ShopIdentity,
    /// The other installation id that read last, and when; none when nobody else did.
    pub other_reader: Option<OtherReader>,
    /// Operations this bridge serves (within its scopes).
    pub operations: Vec<String>,
    /// `stock_write`, `option_stock`, `read_only_session`, …: what it can do here.
    pub capabilities: Vec<String>,
    /// Decimals of a stock figure in this shop.
    pub stock_decimals: u32,
    /// Seconds and bytes the bridge allows itself for a page.
    pub limits: Limits,
    /// IANA zone the shop stores its times in, or an offset like `+01:00`.
    pub time_zone: String,
    /// Where the zone came from: `setting`, `database`, `profile`.
    pub time_zone_source: String,
    /// The shop's base currency.
    pub currency: String,
    /// Server clock, RFC 3339 UTC.
    pub now: String,
    /// Rows: orders (real ones and abandoned ones apart), products, customers.
    pub counts: Counts,
}

/// Which shop this is: to notice a copy, a move or a restored backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopIdentity {
    /// The shop's name.
    pub name: String,
    /// Address from the shop's own configuration.
    pub url: String,
    /// The host that was asked for (`Host` header).
    pub host: String,
    /// SHA-256 hex over bridge id and database name.
    pub database: String,
}

/// Somebody else who reads this shop with the same kind of agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReader {
    /// Installation id.
    pub reader: String,
    /// RFC 3339 UTC.
    pub at: String,
}

/// The bridge's own budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds a page may take.
    pub seconds: u32,
    /// Bytes of memory a page may take.
    pub memory: u64,
}

/// Counts of rows in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Orders that are orders.
    pub orders: u64,
    /// Abandoned checkouts.
    pub abandoned: u64,
    /// Products.
    pub products: u64,
    /// Customer accounts.
    pub customers: u64,
}

/// Answer of `lookups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookups {
    /// Order statuses, with the shop's meaning.
    pub order_statuses: Vec<Status>,
    /// Payment methods seen in orders or switched on.
    pub payment_methods: Vec<Named>,
    /// Shipping methods seen in orders or switched on.
    pub shipping_methods: Vec<Named>,
    /// Tax classes; id `0` (name empty) is "no class".
    pub tax_classes: Vec<TaxClass>,
    /// Tax rates.
    pub tax_rates: Vec<TaxRate>,
    /// Languages.
    pub languages: Vec<Named>,
    /// Stores (views).
    pub stores: Vec<Named>,
    /// Customer groups.
    pub customer_groups: Vec<Named>,
    /// The shop's own country, ISO two letters.
    pub country: String,
}

/// An id and its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The platform's id or code.
    pub id: String,
    /// The name a person sees.
    pub name: String,
}

/// What a status means, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKind {
    /// Not an order: an abandoned checkout or a draft.
    Abandoned,
    /// Placed, not yet paid or accepted.
    Pending,
    /// Paid or accepted; being worked on.
    Processing,
    /// Shipped or completed.
    Complete,
    /// Cancelled, voided or expired.
    Cancelled,
    /// Denied or failed payment.
    Failed,
    /// Refunded or charged back.
    Refunded,
    /// Stopped by the shop itself until somebody looks: put on hold, under review, suspected of fraud.
    OnHold,
    /// The bridge cannot tell (a status the shop made itself).
    #[serde(other)]
    Other,
}

/// An order status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The platform's id.
    pub id: String,
    /// Its name in the shop's default language.
    pub name: String,
    /// Its meaning.
    pub kind: StatusKind,
}

/// A tax class with the rates it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxClass {
    /// The platform's id; `0` = none.
    pub id: String,
    /// Its title.
    pub name: String,
    /// Ids of its rates.
    pub rate_ids: Vec<String>,
}

/// Percent of the net amount, or a fixed amount per piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// `rate` is a percentage.
    Percent,
    /// `rate` is an amount per piece (a levy).
    Fixed,
}

/// A tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// The platform's id.
    pub id: String,
    /// Its name, as it stands on orders.
    pub name: String,
    /// Percentage or amount.
    pub rate: Decimal,
    /// Which of the two.
    pub kind: RateKind,
    /// ISO two-letter countries it holds in; empty = unknown.
    pub countries: Vec<String>,
}

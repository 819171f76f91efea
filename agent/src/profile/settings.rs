//! The profile TOML as types. Every key has a default; names are fixed. What a value does is
//! found where its enum is used; `docs/settings.md` has a paragraph on each.

mod articles;
mod customers;
mod shop;
mod stock;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::{
    articles::{Articles, Handling},
    customers::{Customers, Guests, Recognition},
    shop::{Shop, ShopKind, Upload, UploadProtocol},
    stock::{Stock, StockDecimals, StockSource},
};
pub use super::order_header::{Blocked, InvoicedBy, OrderFields, Recipes, SaleKind, TemplateRule};
use super::vat::Vat;
use crate::books::{ProcessStage, Recipe, VatKind};

/// A whole profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Format of this file; 1.
    pub format: u32,
    /// Profile name.
    pub name: String,
    /// The shop's side.
    pub shop: Shop,
    /// The books' side.
    pub administration: Administration,
    /// How orders are written.
    #[serde(default)]
    pub sales: Sales,
    /// VAT where shop and books do not say it.
    #[serde(default)]
    pub vat: Vat,
    /// Articles from orders.
    #[serde(default)]
    pub articles: Articles,
    /// Customers from orders.
    #[serde(default)]
    pub customers: Customers,
    /// Values of the shop that go to fields of the books.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapping: Vec<Mapping>,
    /// Stock to the shop.
    #[serde(default)]
    pub stock: Stock,
    /// Tasks and when they run, by task name.
    #[serde(default)]
    pub planning: BTreeMap<String, Rhythm>,
    /// How long personal data and logs are kept.
    #[serde(default)]
    pub retention: Retention,
}

/// `[administration]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Administration {
    /// Which books.
    pub kind: AdministrationKind,
    /// With `/v2`.
    #[serde(default = "default_api_url")]
    pub api_url: String,
    /// The whole token URL.
    #[serde(default = "default_auth_url")]
    pub auth_url: String,
}

fn default_api_url() -> String {
    "https://b2bapi.snelstart.nl/v2".to_owned()
}

fn default_auth_url() -> String {
    "https://auth.snelstart.nl/b2b/token".to_owned()
}

/// `administration.kind`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdministrationKind {
    /// SnelStart B2B API v2.
    SnelstartOnline,
    /// SnelStart's SQL Server or MDB database.
    SnelstartLocal,
    /// Visma.net ERP.
    VismaNet,
    /// Import files.
    Files,
    /// The embedded trial administration.
    Trial,
}

/// One code for every VAT kind, or one per kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerVatKind {
    /// The same code whatever the kind; empty = not set.
    One(String),
    /// `{ hoog = "…", laag = "…", geen = "…" }`.
    Each(BTreeMap<VatKind, String>),
}

impl Default for PerVatKind {
    fn default() -> Self {
        Self::One(String::new())
    }
}

impl PerVatKind {
    /// The code for that kind, if one is set. A single code serves every kind by name; whether
    /// its revenue group fits is checked where the line is made.
    #[must_use]
    pub fn get(&self, kind: VatKind) -> Option<&str> {
        match self {
            Self::One(code) => Some(code.as_str()),
            Self::Each(codes) => codes.get(&kind).map(String::as_str),
        }
        .filter(|code| !code.is_empty())
    }

    /// Every code that is set.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let codes: Vec<&str> = match self {
            Self::One(code) => vec![code],
            Self::Each(codes) => codes.values().map(String::as_str).collect(),
        };
        codes.into_iter().filter(|code| !code.is_empty())
    }
}

/// `[sales]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sales {
    /// Order or booking.
    pub form: Form,
    /// What the number of a booked invoice is.
    pub booking_number: BookingNumber,
    /// Which day a booked invoice bears.
    pub booking_date: BookingDate,
    /// Ledger of sales to businesses elsewhere in the EU, by number or name; empty = the only one
    /// of that function.
    pub eu_ledger: String,
    /// Ledger of sales outside the EU, likewise.
    pub export_ledger: String,
    /// Refunds of orders that are in the books.
    pub refunds: Refunds,
    /// Orders cancelled after they were written.
    pub cancelled: Cancelled,
    /// Sales template by name or id; empty = the administration's default.
    pub template: String,
    /// Template of the relation's latest order.
    pub template_follow_last: bool,
    /// Stage new orders are written in.
    pub process_stage: ProcessStage,
    /// Are new orders blocked (geblokkeerd)?
    pub blocked: Blocked,
    /// Who invoices; none = not said, which is SnelStart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoiced_by: Option<InvoicedBy>,
    /// Cost centre by number or name.
    pub cost_centre: String,
    /// What fills the payment reference.
    pub payment_reference: PaymentReference,
    /// Put before it.
    pub payment_reference_prefix: String,
    /// A reference already in the books is never written twice.
    pub payment_reference_unique: bool,
    /// What the order is called: `generated`, `empty`, `profile-name`, `webshop-order` or
    /// `template:… {number} …`.
    pub description: String,
    /// From the shop or left to the customer card.
    pub addresses: Addresses,
    /// How much of a line the shop decides.
    pub lines: Lines,
    /// Where chosen options go.
    pub options: Options,
    /// Articles made of others.
    pub recipes: Recipes,
    /// Article for shipping.
    pub shipping_article: PerVatKind,
    /// Article for discounts.
    pub discount_article: PerVatKind,
    /// Article for payment costs.
    pub payment_cost_article: PerVatKind,
    /// Article for other fees.
    pub fee_article: PerVatKind,
    /// Article for fixed levies.
    pub levy_article: PerVatKind,
    /// Article for gift cards sold and redeemed.
    pub gift_card_article: PerVatKind,
    /// Article for store credit used.
    pub store_credit_article: PerVatKind,
    /// Article for roundings the shop itself shows.
    pub rounding_article: PerVatKind,
    /// Article for the total difference.
    pub total_difference_article: PerVatKind,
    /// Largest total difference that is booked.
    pub total_difference_limit: Decimal,
    /// Article for lines without a code.
    pub default_article: PerVatKind,
    /// Templates by what the order is; the first that fits.
    pub templates: Vec<TemplateRule>,
    /// What the shop says of an order in fields of its own.
    pub order_fields: OrderFields,
    /// Articles made of others for which something else holds than `recipes` says, by code.
    pub recipe: BTreeMap<String, Recipe>,
    /// One table per shop payment method (code or title).
    pub payment: BTreeMap<String, Payment>,
}

impl Default for Sales {
    fn default() -> Self {
        Self {
            form: Form::Order,
            booking_number: BookingNumber::InvoiceNumber,
            booking_date: BookingDate::InvoiceDate,
            eu_ledger: String::new(),
            export_ledger: String::new(),
            refunds: Refunds::Propose,
            cancelled: Cancelled::Block,
            template: String::new(),
            template_follow_last: false,
            process_stage: ProcessStage::Order,
            blocked: Blocked::default(),
            invoiced_by: None,
            cost_centre: String::new(),
            payment_reference: PaymentReference::OrderNumber,
            payment_reference_prefix: String::new(),
            payment_reference_unique: true,
            description: "generated".to_owned(),
            addresses: Addresses::Shop,
            lines: Lines::Full,
            options: Options::OnLine,
            recipes: Recipes::Respected(true),
            shipping_article: PerVatKind::default(),
            discount_article: PerVatKind::default(),
            payment_cost_article: PerVatKind::default(),
            fee_article: PerVatKind::default(),
            levy_article: PerVatKind::default(),
            gift_card_article: PerVatKind::default(),
            store_credit_article: PerVatKind::default(),
            rounding_article: PerVatKind::default(),
            total_difference_article: PerVatKind::default(),
            total_difference_limit: Decimal::new(5, 2),
            default_article: PerVatKind::default(),
            templates: Vec::new(),
            order_fields: OrderFields::default(),
            recipe: BTreeMap::new(),
            payment: BTreeMap::new(),
        }
    }
}

/// `sales.form`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Sales order.
    Order,
    /// Booked invoice (verkoopboeking).
    Booking,
}

/// `sales.booking_number`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookingNumber {
    /// The shop's own invoice number; an order without one waits.
    InvoiceNumber,
    /// The order's number, with the prefix of the payment reference.
    OrderNumber,
}

/// `sales.booking_date`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookingDate {
    /// That of the shop's own invoice; where the shop tells none, that of the order.
    InvoiceDate,
    /// That of the order.
    OrderDate,
}

/// `sales.refunds`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refunds {
    /// The credit is prepared and waits for the owner's yes.
    Propose,
    /// It is written.
    Write,
}

/// `sales.cancelled`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cancelled {
    /// Blocked while it is not invoiced.
    Block,
    /// Only reported.
    Report,
}

/// `sales.payment_reference`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentReference {
    /// The order's number.
    OrderNumber,
    /// The reference the buyer sees elsewhere.
    ShopReference,
    /// The shop's invoice number.
    InvoiceNumber,
    /// None.
    None,
}

/// `sales.addresses`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addresses {
    /// The order's own.
    Shop,
    /// The customer card's.
    CustomerCard,
}

/// `sales.lines`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lines {
    /// Price and text from the shop (volledig overnemen).
    Full,
    /// Only code and quantity; price and text from the article.
    CodeAndQuantity,
    /// Price from the shop, text from the article.
    DescriptionFromArticle,
}

/// `sales.options`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Options {
    /// A text line of their own.
    OwnLine,
    /// Behind the article's text.
    OnLine,
    /// Left out.
    Ignore,
}

/// `[sales.payment."method"]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payment {
    /// When orders of this method come in; none = by kind of method (bank transfer and cash on
    /// delivery always, all others when paid).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<PaymentImport>,
    /// Skipped after so many days unpaid.
    pub give_up_days: u32,
    /// Payment term of such orders; none = the relation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_days: Option<u32>,
    /// Journal (dagboek, number or name) a payment is booked in once the shop says paid; empty = none
    /// is booked. With bookings only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub journal: String,
    /// Who books what the shop refunds as paid back.
    #[serde(skip_serializing_if = "PayBack::is_usual")]
    pub pay_back: PayBack,
}

impl Payment {
    /// The journal payments of this method go into.
    #[must_use]
    pub fn books_in(&self) -> Option<&str> {
        Some(self.journal.trim()).filter(|journal| !journal.is_empty())
    }
}

impl Default for Payment {
    fn default() -> Self {
        Self {
            import: None,
            give_up_days: 14,
            term_days: None,
            journal: String::new(),
            pay_back: PayBack::Journal,
        }
    }
}

/// `pay_back` of a payment method
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayBack {
    /// Winkelbrug, out of the method's journal.
    Journal,
    /// The owner.
    ByHand,
}

impl PayBack {
    fn is_usual(&self) -> bool {
        *self == Self::Journal
    }
}

/// `import` of a payment method
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentImport {
    /// At once.
    Always,
    /// When the shop says paid (status processing or complete).
    Paid,
    /// When authorised (any status but pending).
    Authorised,
    /// Never.
    Never,
}

/// `[[mapping]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where the value is taken from; of several the first that is not empty.
    #[serde(deserialize_with = "one_or_more")]
    pub from: Vec<String>,
    /// The field of the books it goes to.
    pub to: String,
    /// What is done to it on the way, in this order.
    #[serde(
        default,
        deserialize_with = "one_or_more",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub change: Vec<String>,
}

/// A text, or a list of texts.
fn one_or_more<'de, D>(deserializer: D) -> Result<Vec<String>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        More(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::One(text) => vec![text],
        Written::More(texts) => texts,
    })
}

/// When a task runs: `{ every = "15m" }` or `{ at = ["07:00", "17:00"] }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// Interval (`15m`, `2h`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Clock times in the owner's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Vec<String>>,
}

/// `[retention]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Raw orders.
    pub raw_days: u32,
    /// Logs.
    pub log_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            raw_days: 400,
            log_days: 90,
        }
    }
}

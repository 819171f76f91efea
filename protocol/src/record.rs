//! The records a bridge answers with: the shop in one canonical form, whatever the platform.
//!
//! Amounts are decimal strings with the shop's own precision, **without VAT unless the name says
//! otherwise**, in [`Money::code`] of the order. Times are RFC 3339 UTC; `*_local` is the shop's
//! own text. Text is UTF-8, unescaped once where the platform stores it escaped. Unknown extra
//! fields are ignored, so that an older agent reads a newer bridge.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A code as it is meant: whoever typed a space before or behind it did not see it.
fn trimmed<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: serde::Deserializer<'de>,
{
    String::deserialize(deserializer).map(|code| code.trim().to_owned())
}

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

/// An order's place in the list of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderHead {
    /// The platform's id.
    pub id: String,
    /// When it changed, RFC 3339 UTC.
    pub changed_at: String,
    /// The platform's own stamp text, handed back as [`crate::operation::Position::stamp`].
    pub stamp: String,
    /// [`Order::hash`].
    pub hash: String,
}

/// One order, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The platform's id.
    pub id: String,
    /// The number the customer sees.
    pub number: String,
    /// SHA-256 hex over the order's own stored content (not over what is looked up in products).
    pub hash: String,
    /// Store view.
    pub store: Named,
    /// When placed, RFC 3339 UTC.
    pub placed_at: String,
    /// When placed, the shop's local text `YYYY-MM-DDTHH:MM:SS`: its day is the order date.
    pub placed_local: String,
    /// When last changed, RFC 3339 UTC.
    pub changed_at: String,
    /// Status now.
    pub status: Status,
    /// Language code of the buyer (`nl-nl`).
    pub language: String,
    /// Currency of the amounts, and of the buyer.
    pub money: Money,
    /// Who bought.
    pub customer: Customer,
    /// Invoice address.
    pub invoice_address: Address,
    /// Delivery address; none when nothing is shipped.
    pub delivery_address: Option<Address>,
    /// How it is paid.
    pub payment: Method,
    /// How it is shipped; none when nothing is.
    pub shipping: Option<Method>,
    /// The customer's note.
    pub comment: String,
    /// The shop's own invoice number, if it made one.
    pub invoice_number: Option<String>,
    /// Reference the buyer sees elsewhere (bank transfer page), when it differs from the number.
    pub shop_reference: Option<String>,
    /// Goods, as sold.
    pub lines: Vec<Line>,
    /// Gift cards sold.
    pub gift_cards: Vec<GiftCard>,
    /// Every row of the order's total block, in its order, the last being the total.
    pub totals: Vec<TotalRow>,
    /// The total to pay, with VAT, in `money.code`.
    pub total: Decimal,
    /// History, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Money given back on this order so far, oldest first; empty where the platform keeps no such
    /// documents.
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// Number of the order this one took the place of (an edit in Magento's admin).
    #[serde(default)]
    pub replaces: Option<String>,
    /// Is it paid in full, by the shop's own record of payments; none where only the status tells.
    #[serde(default)]
    pub paid: Option<bool>,
    /// Extra values the shop keeps with the order.
    #[serde(default)]
    pub custom_fields: Vec<CustomField>,
    /// What the bridge had to mend or could not read (`latin1_repaired:lastname`, …).
    pub remarks: Vec<String>,
}

/// Currency of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// ISO code of every amount in this record.
    pub code: String,
    /// ISO code the buyer saw and paid in.
    pub order_code: String,
    /// Units of `order_code` for one unit of `code`.
    pub rate: Decimal,
    /// Total in `order_code`, rounded as the shop shows it.
    pub order_total: Decimal,
}

/// Who bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Account id; none for a guest.
    pub id: Option<String>,
    /// Customer group.
    pub group: Named,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail.
    pub email: String,
    /// Telephone.
    pub telephone: String,
    /// VAT number, where the platform or a field named so has one.
    pub vat_number: Option<String>,
    /// Chamber of Commerce (KvK) number, likewise.
    pub chamber_of_commerce: Option<String>,
    /// All custom fields of the account part.
    pub custom_fields: Vec<CustomField>,
}

/// A field the shop added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// The platform's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its value as text; several values joined by `, `.
    pub value: String,
}

/// An address as copied onto the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Company.
    pub company: String,
    /// First line: street and number.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// State or province.
    pub zone: String,
    /// ISO two letters; empty when unknown.
    pub country: String,
    /// The country's name as the shop has it.
    pub country_name: String,
    /// Custom fields of this address.
    pub custom_fields: Vec<CustomField>,
}

/// A payment or shipping method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// The platform's code (`bank_transfer`).
    pub code: String,
    /// The title on the order.
    pub title: String,
}

/// One line of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The platform's line id (may change when the order is edited).
    pub id: String,
    /// Product id; none when the line names none.
    pub product_id: Option<String>,
    /// The code that names the article: what the platform keeps on the line (OpenCart: the model),
    /// without outer space; empty when it has none.
    #[serde(deserialize_with = "trimmed")]
    pub code: String,
    /// The product's SKU today; none when the product is gone or has none.
    pub sku: Option<String>,
    /// The product's EAN today.
    pub ean: Option<String>,
    /// Name on the line.
    pub name: String,
    /// Quantity.
    pub quantity: Decimal,
    /// Price of one piece without VAT, before order-wide discounts.
    pub price: Decimal,
    /// All tax on one piece (percentages and levies), before order-wide discounts.
    pub tax: Decimal,
    /// Line total without VAT.
    pub total: Decimal,
    /// Tax class of the product today; none when the product is gone.
    pub tax_class: Option<Named>,
    /// Options chosen, in the order of entry.
    pub options: Vec<LineOption>,
    /// VAT percentage the shop recorded on this line; none where it records none (OpenCart).
    #[serde(default)]
    pub percent: Option<Decimal>,
    /// Line total with VAT as the shop recorded it, before order-wide discounts and without levies;
    /// none where it keeps only amounts without VAT. Where it is there it is exact, and `total` may
    /// be rounded from it.
    #[serde(default)]
    pub total_incl: Option<Decimal>,
    /// A heading without an amount of its own: what it holds stands in the lines after it (a bundle
    /// whose parts carry the prices).
    #[serde(default)]
    pub heading: bool,
    /// Extra values the shop keeps with the line.
    #[serde(default)]
    pub custom_fields: Vec<CustomField>,
    /// The fixed levy that is part of the line's amounts, of all its pieces together (PrestaShop's
    /// ecotax); none where the shop charges no such levy, or as a row of its own.
    #[serde(default)]
    pub levy: Option<RatePart>,
}

/// A share of an amount at one VAT rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatePart {
    /// VAT percentage.
    pub percent: Decimal,
    /// Amount without VAT.
    pub net: Decimal,
    /// VAT on it.
    pub vat: Decimal,
}

/// Money given back: a refund, credit slip or credit memo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The platform's id.
    pub id: String,
    /// The number people see, where it has one.
    pub number: Option<String>,
    /// RFC 3339 UTC.
    pub at: String,
    /// The shop's local text `YYYY-MM-DDTHH:MM:SS`: its day is the credit's date.
    pub at_local: String,
    /// Given back with VAT, above zero, in [`Money::code`] of the order.
    pub total: Decimal,
    /// The reason given.
    pub comment: String,
    /// Goods given back.
    pub lines: Vec<RefundLine>,
    /// Shipping given back, by rate; empty when none.
    pub shipping: Vec<RatePart>,
    /// Given back beyond goods and shipping, without any VAT recorded; below zero where the shop
    /// kept something back.
    pub adjustment: Decimal,
}

/// Goods of one line given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// [`Line::id`] it belongs to.
    pub line_id: String,
    /// Pieces; 0 when only money was given back.
    pub quantity: Decimal,
    /// Amount and VAT given back, by rate, above zero.
    pub parts: Vec<RatePart>,
}

/// A chosen option or a text the buyer typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineOption {
    /// Its label.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The platform's kind (`select`, `text`, `file`, …).
    pub kind: String,
    /// Id of the option value that keeps stock of its own; none for free text.
    pub value_id: Option<String>,
    /// A code of its own, where an extension gives it one.
    pub code: Option<String>,
}

/// A gift card sold with the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftCard {
    /// The platform's id.
    pub id: String,
    /// Its description on the order.
    pub description: String,
    /// Its value.
    pub amount: Decimal,
}

/// What a row of the total block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalKind {
    /// Sum of the goods (information).
    SubTotal,
    /// Shipping.
    Shipping,
    /// One tax rate's amount.
    Tax,
    /// Coupon or other discount that lowers the tax.
    Discount,
    /// Reward points: a discount too.
    Reward,
    /// Gift card redeemed: a means of payment.
    GiftCard,
    /// Store credit: a means of payment.
    StoreCredit,
    /// Handling, payment or small-order fee.
    Fee,
    /// A fixed levy per piece, with or without VAT on it (Magento's fixed product tax).
    Levy,
    /// A rounding the shop shows as a row.
    Rounding,
    /// The grand total.
    Total,
    /// A code of a third party; the sign tells surcharge or discount.
    #[serde(other)]
    Other,
}

/// One row of the order's total block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalRow {
    /// The platform's code (`coupon`).
    pub code: String,
    /// What it is.
    pub kind: TotalKind,
    /// Title on the order.
    pub title: String,
    /// Amount without VAT (a tax row: the tax).
    pub amount: Decimal,
    /// For tax rows: the rate, when a rate of that name exists.
    pub rate: Option<RowRate>,
    /// For fees and shipping: the tax class the shop's settings give it today.
    pub tax_class: Option<Named>,
    /// How `amount` is shared over VAT rates, where the shop recorded it; empty where it did not,
    /// and on tax rows. The signs are those of `amount`.
    #[serde(default)]
    pub parts: Vec<RatePart>,
}

/// The rate behind a tax row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRate {
    /// Percentage or amount per piece.
    pub rate: Decimal,
    /// Which of the two.
    pub kind: RateKind,
}

/// One entry of an order's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// RFC 3339 UTC.
    pub at: String,
    /// Status then.
    pub status: Status,
    /// Comment.
    pub comment: String,
    /// Was the customer told?
    pub notified: bool,
}

/// Count and sum per local day and status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotal {
    /// Local day of placing, `YYYY-MM-DD`.
    pub day: String,
    /// Status id.
    pub status_id: String,
    /// Orders.
    pub count: u64,
    /// Sum of totals in the base currency.
    pub total: Decimal,
}

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
    /// Price without VAT.
    pub price: Decimal,
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

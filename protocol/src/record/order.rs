//! Orders: heads, bodies with all that is in them, and their totals per day.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Named, RateKind, Status, trimmed};

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
    /// The day that invoice bears, the shop's local calendar day `YYYY-MM-DD`; none where the shop made
    /// no invoice or keeps no day of it.
    #[serde(default)]
    pub invoice_date: Option<String>,
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
    /// The day it was paid in full by the shop's own record, the shop's local calendar day `YYYY-MM-DD`;
    /// none where it is not, or no day is kept.
    #[serde(default)]
    pub paid_on: Option<String>,
    /// What was received of it so far, where that is something and not all, in `money.code`; none where
    /// the shop records no amounts.
    #[serde(default)]
    pub received: Option<Decimal>,
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
    /// Given as a voucher to spend later, where the shop records that: no money went back.
    #[serde(default)]
    pub voucher: bool,
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

//! The form of Magento's `truth.json`, as far as it is read. Both generations' names of a column lead
//! to one field; numbers and texts of numbers are both taken.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Truth {
    pub(super) stores: Vec<StoreRow>,
    pub(super) customer_groups: Vec<GroupRow>,
    pub(super) tax_classes: Vec<ClassRow>,
    pub(super) order_statuses: Vec<StatusRow>,
    pub(super) orders: Vec<OrderRow>,
    pub(super) products: Vec<ProductRow>,
}

#[derive(Deserialize)]
pub(super) struct StoreRow {
    #[serde(deserialize_with = "text")]
    pub(super) store_id: String,
    pub(super) name: String,
    pub(super) locale: String,
}

#[derive(Deserialize)]
pub(super) struct GroupRow {
    #[serde(deserialize_with = "text")]
    pub(super) customer_group_id: String,
    pub(super) customer_group_code: String,
}

#[derive(Deserialize)]
pub(super) struct ClassRow {
    #[serde(deserialize_with = "text")]
    pub(super) class_id: String,
    pub(super) class_name: String,
}

#[derive(Deserialize)]
pub(super) struct StatusRow {
    pub(super) status: String,
    pub(super) label: String,
    pub(super) state: Option<String>,
}

/// Magento 1 has everything beside `model`, Magento 2 most of it within `rest`.
#[derive(Deserialize)]
pub(super) struct OrderRow {
    pub(super) key: String,
    pub(super) created_at_shop: String,
    pub(super) status_label: String,
    pub(super) payment_title: String,
    #[serde(alias = "rest")]
    pub(super) model: ModelRow,
    #[serde(default)]
    pub(super) items: Vec<ItemRow>,
    #[serde(default)]
    pub(super) items_status: Vec<ItemStatusRow>,
    pub(super) billing_address: Option<AddressRow>,
    pub(super) shipping_address: Option<AddressRow>,
    pub(super) payment: Option<PaymentRow>,
    #[serde(default)]
    pub(super) status_history: Vec<HistoryRow>,
    #[serde(default)]
    pub(super) taxes: Vec<TaxRow>,
    #[serde(default)]
    pub(super) invoices: Vec<InvoiceRow>,
    #[serde(default)]
    pub(super) creditmemos: Vec<CreditRow>,
    pub(super) gift_message: Option<MessageRow>,
}

#[derive(Deserialize)]
pub(super) struct ModelRow {
    #[serde(deserialize_with = "text")]
    pub(super) entity_id: String,
    pub(super) increment_id: String,
    pub(super) state: String,
    pub(super) status: String,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    #[serde(deserialize_with = "text")]
    pub(super) store_id: String,
    #[serde(default, deserialize_with = "maybe_text")]
    pub(super) customer_id: Option<String>,
    #[serde(default, deserialize_with = "maybe_text")]
    pub(super) customer_group_id: Option<String>,
    pub(super) customer_email: String,
    pub(super) customer_prefix: Option<String>,
    pub(super) customer_firstname: Option<String>,
    pub(super) customer_middlename: Option<String>,
    pub(super) customer_lastname: Option<String>,
    pub(super) customer_taxvat: Option<String>,
    pub(super) customer_note: Option<String>,
    pub(super) coupon_code: Option<String>,
    pub(super) discount_description: Option<String>,
    pub(super) shipping_description: Option<String>,
    pub(super) shipping_method: Option<String>,
    pub(super) relation_parent_real_id: Option<String>,
    pub(super) base_currency_code: String,
    pub(super) order_currency_code: String,
    pub(super) base_to_order_rate: Decimal,
    pub(super) grand_total: Decimal,
    pub(super) base_grand_total: Decimal,
    pub(super) base_total_paid: Option<Decimal>,
    pub(super) base_total_canceled: Option<Decimal>,
    pub(super) total_canceled: Option<Decimal>,
    pub(super) base_shipping_amount: Option<Decimal>,
    pub(super) base_shipping_incl_tax: Option<Decimal>,
    pub(super) base_shipping_tax_amount: Option<Decimal>,
    pub(super) base_discount_amount: Option<Decimal>,
    pub(super) base_shipping_discount_amount: Option<Decimal>,
    #[serde(
        alias = "base_shipping_hidden_tax_amnt",
        alias = "base_shipping_discount_tax_compensation_amnt"
    )]
    pub(super) base_shipping_compensation: Option<Decimal>,
    // Within `rest` only.
    #[serde(default)]
    pub(super) items: Vec<ItemRow>,
    pub(super) billing_address: Option<AddressRow>,
    pub(super) payment: Option<PaymentRow>,
    #[serde(default)]
    pub(super) status_histories: Vec<HistoryRow>,
    #[serde(default)]
    pub(super) extension_attributes: Value,
}

impl ModelRow {
    /// How it was shipped, which Magento 2's service tells within its assignments.
    pub(super) fn shipped_by(&self) -> Option<&str> {
        let assigned = &self.extension_attributes["shipping_assignments"][0]["shipping"];
        self.shipping_method
            .as_deref()
            .or_else(|| assigned["method"].as_str())
    }
}

#[derive(Deserialize)]
pub(super) struct ItemRow {
    #[serde(deserialize_with = "text")]
    pub(super) item_id: String,
    #[serde(default, deserialize_with = "maybe_text")]
    pub(super) parent_item_id: Option<String>,
    #[serde(default, deserialize_with = "maybe_text")]
    pub(super) product_id: Option<String>,
    pub(super) product_type: String,
    pub(super) sku: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) product_options: Value,
    pub(super) qty_ordered: Decimal,
    pub(super) qty_canceled: Option<Decimal>,
    pub(super) base_price: Option<Decimal>,
    pub(super) base_row_total: Option<Decimal>,
    pub(super) base_row_total_incl_tax: Option<Decimal>,
    pub(super) tax_percent: Option<Decimal>,
    pub(super) base_tax_amount: Option<Decimal>,
    pub(super) base_discount_amount: Option<Decimal>,
    #[serde(
        alias = "base_hidden_tax_amount",
        alias = "base_discount_tax_compensation_amount"
    )]
    pub(super) base_compensation: Option<Decimal>,
    /// Magento 2's, JSON in a text.
    #[serde(default)]
    pub(super) weee_tax_applied: Option<String>,
    /// Magento 1's.
    #[serde(default, rename = "weee_tax_applied__unserialized")]
    pub(super) levies_of_one: Vec<LevyRow>,
}

#[derive(Deserialize)]
pub(super) struct ItemStatusRow {
    #[serde(deserialize_with = "text")]
    pub(super) item_id: String,
    pub(super) product_options: Value,
}

#[derive(Deserialize)]
pub(super) struct LevyRow {
    pub(super) title: String,
    pub(super) base_row_amount: Decimal,
    pub(super) base_row_amount_incl_tax: Decimal,
}

#[derive(Deserialize, Clone)]
pub(super) struct AddressRow {
    pub(super) firstname: String,
    pub(super) middlename: Option<String>,
    pub(super) lastname: String,
    pub(super) company: Option<String>,
    #[serde(alias = "street_lines")]
    pub(super) lines: Option<Vec<String>>,
    pub(super) street: Value,
    pub(super) postcode: Option<String>,
    pub(super) city: String,
    pub(super) region: Option<String>,
    pub(super) country_id: String,
    pub(super) telephone: Option<String>,
    pub(super) vat_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PaymentRow {
    pub(super) method: String,
    pub(super) po_number: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct HistoryRow {
    #[serde(deserialize_with = "text")]
    pub(super) entity_id: String,
    pub(super) comment: Option<String>,
    pub(super) status: Option<String>,
    pub(super) created_at: String,
    #[serde(default, deserialize_with = "maybe_text")]
    pub(super) is_customer_notified: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct TaxRow {
    pub(super) title: String,
    pub(super) percent: Decimal,
    pub(super) base_amount: Decimal,
}

#[derive(Deserialize)]
pub(super) struct InvoiceRow {
    pub(super) increment_id: String,
    pub(super) created_at: String,
    /// 2 = paid.
    pub(super) state: u8,
}

#[derive(Deserialize)]
pub(super) struct CreditRow {
    #[serde(deserialize_with = "text")]
    pub(super) entity_id: String,
    pub(super) increment_id: String,
    pub(super) created_at: String,
    pub(super) base_grand_total: Decimal,
    pub(super) base_shipping_tax_amount: Option<Decimal>,
    pub(super) base_adjustment: Option<Decimal>,
    pub(super) items: Vec<CreditItemRow>,
    #[serde(default)]
    pub(super) comments: Vec<CommentRow>,
}

#[derive(Deserialize)]
pub(super) struct CommentRow {
    pub(super) comment: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CreditItemRow {
    #[serde(deserialize_with = "text")]
    pub(super) order_item_id: String,
    pub(super) qty: Decimal,
    pub(super) base_row_total: Option<Decimal>,
    pub(super) base_tax_amount: Option<Decimal>,
    pub(super) base_discount_amount: Option<Decimal>,
    #[serde(
        alias = "base_hidden_tax_amount",
        alias = "base_discount_tax_compensation_amount"
    )]
    pub(super) base_compensation: Option<Decimal>,
}

#[derive(Deserialize)]
pub(super) struct MessageRow {
    pub(super) sender: String,
    pub(super) recipient: String,
    pub(super) message: String,
}

#[derive(Deserialize)]
pub(super) struct ProductRow {
    #[serde(deserialize_with = "text")]
    pub(super) entity_id: String,
    pub(super) sku: String,
    pub(super) type_id: String,
    pub(super) tax_class: Option<String>,
    #[serde(alias = "rest")]
    pub(super) model: ProductModelRow,
    #[serde(default)]
    pub(super) attribute_text: Value,
    pub(super) stock_item: StockRow,
    /// Magento 2: what can be sold, by stock.
    #[serde(default)]
    pub(super) salable_qty: Value,
}

#[derive(Deserialize)]
pub(super) struct ProductModelRow {
    pub(super) name: String,
    #[serde(default)]
    pub(super) price: Option<Decimal>,
    #[serde(default)]
    pub(super) weight: Option<Decimal>,
    #[serde(deserialize_with = "text")]
    pub(super) status: String,
}

#[derive(Deserialize)]
pub(super) struct StockRow {
    pub(super) qty: Decimal,
    #[serde(deserialize_with = "text")]
    pub(super) manage_stock: String,
}

/// An id or flag, a number in one recording and a text in another.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(maybe_text(deserializer)?.unwrap_or_default())
}

fn maybe_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(u8::from(flag).to_string()),
        other => Some(other.to_string()),
    })
}

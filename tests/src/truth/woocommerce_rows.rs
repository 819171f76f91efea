//! The rows of WooCommerce's `truth.json`: what its own REST interface answers.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The whole recording, as far as it is compared.
#[derive(Debug, Deserialize)]
pub(super) struct Truth {
    pub tax_classes: Vec<ClassRow>,
    pub tax_rates: Vec<RateRow>,
    pub orders: Vec<RecordedOrder>,
    pub products: Vec<RecordedProduct>,
    pub customers: Vec<CustomerRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ClassRow {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RateRow {
    pub id: u64,
    pub country: String,
    pub rate: Decimal,
    pub name: String,
    pub class: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RecordedOrder {
    pub rest_dp6: OrderRow,
    pub refunds: Vec<RefundRow>,
    pub notes: Vec<NoteRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OrderRow {
    pub id: u64,
    pub number: String,
    pub status: String,
    pub currency: String,
    pub date_created: String,
    pub date_created_gmt: String,
    pub date_modified_gmt: String,
    pub date_paid: Option<String>,
    pub date_paid_gmt: Option<String>,
    pub total: Decimal,
    pub customer_id: u64,
    pub billing: AddressRow,
    pub shipping: AddressRow,
    pub payment_method: String,
    pub payment_method_title: String,
    pub customer_note: String,
    pub meta_data: Vec<MetaRow>,
    pub line_items: Vec<ItemRow>,
    pub tax_lines: Vec<TaxRow>,
    pub shipping_lines: Vec<CostRow>,
    pub fee_lines: Vec<CostRow>,
    pub coupon_lines: Vec<CouponRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddressRow {
    pub first_name: String,
    pub last_name: String,
    pub company: String,
    pub address_1: String,
    pub address_2: String,
    pub city: String,
    pub state: String,
    pub postcode: String,
    pub country: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct MetaRow {
    pub key: String,
    pub value: Value,
    #[serde(default)]
    pub display_key: String,
    #[serde(default)]
    pub display_value: Value,
}

/// A line; of a refund, with figures below zero.
#[derive(Debug, Deserialize)]
pub(super) struct ItemRow {
    pub id: u64,
    pub name: String,
    pub product_id: u64,
    pub variation_id: u64,
    pub quantity: Decimal,
    pub subtotal: Decimal,
    pub subtotal_tax: Decimal,
    pub total: Decimal,
    pub total_tax: Decimal,
    pub taxes: Vec<ShareRow>,
    pub meta_data: Vec<MetaRow>,
    #[serde(default, deserialize_with = "text")]
    pub sku: String,
    #[serde(default, deserialize_with = "text")]
    pub global_unique_id: String,
}

/// VAT of a row at one rate.
#[derive(Debug, Deserialize)]
pub(super) struct ShareRow {
    pub id: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaxRow {
    pub rate_id: u64,
    pub label: String,
    pub tax_total: Decimal,
    pub shipping_tax_total: Decimal,
    pub rate_percent: Decimal,
    pub compound: bool,
}

/// Shipping or a fee.
#[derive(Debug, Deserialize)]
pub(super) struct CostRow {
    #[serde(default)]
    pub method_title: String,
    #[serde(default)]
    pub method_id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub tax_class: String,
    #[serde(default)]
    pub tax_status: String,
    pub total: Decimal,
    pub total_tax: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct CouponRow {
    pub code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RefundRow {
    pub id: u64,
    pub date_created: String,
    pub date_created_gmt: String,
    pub amount: Decimal,
    pub reason: String,
    pub line_items: Vec<ItemRow>,
    pub shipping_lines: Vec<CostRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NoteRow {
    pub date_created_gmt: String,
    pub note: String,
    pub customer_note: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct RecordedProduct {
    pub rest: ProductRow,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProductRow {
    pub id: u64,
    /// Of a variation only newer versions say it.
    #[serde(default)]
    pub name: String,
    pub date_modified_gmt: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    pub status: String,
    pub sku: String,
    pub regular_price: String,
    pub price: String,
    pub r#virtual: bool,
    pub downloadable: bool,
    pub tax_status: String,
    pub tax_class: String,
    pub manage_stock: Value,
    pub stock_quantity: Option<Decimal>,
    pub weight: String,
    #[serde(default)]
    pub categories: Vec<CategoryRow>,
    #[serde(default)]
    pub global_unique_id: String,
    #[serde(default, rename = "_variations")]
    pub variations: Vec<ProductRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CategoryRow {
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerRow {
    pub id: u64,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: String,
    pub billing: AddressRow,
}

/// A text where the interface says null for none.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

//! The form of OpenCart's `truth.json`, as far as it is read.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Truth {
    pub(super) shop: ShopRow,
    pub(super) order_statuses: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) customer_groups: BTreeMap<String, String>,
    pub(super) custom_fields: BTreeMap<String, FieldRow>,
    pub(super) tax_rates: Vec<RateRow>,
    pub(super) tax_classes: BTreeMap<String, ClassRow>,
    pub(super) orders: Vec<OrderRow>,
    pub(super) products: Vec<ProductRow>,
}

#[derive(Deserialize)]
pub(super) struct ShopRow {
    pub(super) store_name: String,
    pub(super) default_currency: String,
    pub(super) time_zone: String,
    pub(super) languages: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct FieldRow {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct RateRow {
    pub(super) tax_rate_id: String,
    pub(super) name: String,
    pub(super) rate: Decimal,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) geo_zone: String,
}

#[derive(Deserialize)]
pub(super) struct ClassRow {
    pub(super) title: String,
    pub(super) rules: Vec<RuleRow>,
}

#[derive(Deserialize)]
pub(super) struct RuleRow {
    pub(super) tax_rate_id: String,
}

#[derive(Deserialize)]
pub(super) struct ProductRow {
    pub(super) product_id: String,
    /// OpenCart 4 only.
    pub(super) master_id: Option<String>,
    pub(super) model: String,
    pub(super) sku: String,
    pub(super) ean: String,
    pub(super) name: BTreeMap<String, String>,
    pub(super) price: Decimal,
    pub(super) tax_class_id: String,
    pub(super) quantity: Decimal,
    pub(super) subtract: String,
    pub(super) status: String,
    pub(super) weight: Decimal,
    pub(super) date_modified: String,
    pub(super) options: Vec<ProductOptionRow>,
}

#[derive(Deserialize)]
pub(super) struct ProductOptionRow {
    #[serde(default)]
    pub(super) values: Vec<OptionValueRow>,
}

#[derive(Deserialize)]
pub(super) struct OptionValueRow {
    pub(super) product_option_value_id: String,
    pub(super) quantity: Decimal,
    pub(super) subtract: String,
}

#[derive(Deserialize)]
pub(super) struct OrderRow {
    pub(super) order_id: String,
    pub(super) number: String,
    pub(super) invoice_number: String,
    pub(super) store_id: String,
    pub(super) order_status_id: String,
    pub(super) date_added: String,
    pub(super) clock_utc_at_checkout: Option<String>,
    pub(super) language_code: String,
    pub(super) currency_code: String,
    pub(super) currency_value: Decimal,
    pub(super) total: Decimal,
    pub(super) customer: CustomerRow,
    pub(super) payment: AddressRow,
    pub(super) shipping: AddressRow,
    pub(super) comment: String,
    pub(super) lines: Vec<LineRow>,
    #[serde(default)]
    pub(super) voucher_lines: Vec<VoucherRow>,
    pub(super) totals: Vec<TotalRowRow>,
    #[serde(default)]
    pub(super) history: Vec<HistoryRow>,
}

#[derive(Deserialize)]
pub(super) struct CustomerRow {
    pub(super) customer_id: String,
    pub(super) customer_group_id: String,
    pub(super) firstname: String,
    pub(super) lastname: String,
    pub(super) email: String,
    pub(super) telephone: String,
    pub(super) custom_field: Value,
}

#[derive(Deserialize)]
pub(super) struct AddressRow {
    pub(super) firstname: String,
    pub(super) lastname: String,
    pub(super) company: String,
    pub(super) address_1: String,
    pub(super) address_2: String,
    pub(super) postcode: String,
    pub(super) city: String,
    pub(super) zone: String,
    pub(super) country: String,
    pub(super) iso_code_2: String,
    pub(super) custom_field: Value,
    pub(super) method: String,
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct LineRow {
    pub(super) order_product_id: String,
    pub(super) product_id: String,
    pub(super) model: String,
    pub(super) name: String,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) tax_per_unit: Decimal,
    pub(super) total: Decimal,
    pub(super) product_now: Option<NowRow>,
    pub(super) options: Vec<OptionRow>,
}

#[derive(Deserialize)]
pub(super) struct NowRow {
    pub(super) sku: String,
    pub(super) ean: String,
}

#[derive(Deserialize)]
pub(super) struct OptionRow {
    pub(super) product_option_value_id: String,
    pub(super) name: String,
    pub(super) value: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct VoucherRow {
    pub(super) code: String,
    pub(super) description: String,
    pub(super) amount: Decimal,
}

#[derive(Deserialize)]
pub(super) struct TotalRowRow {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) value: Decimal,
}

#[derive(Deserialize)]
pub(super) struct HistoryRow {
    pub(super) date_added: String,
    #[serde(alias = "order_status")]
    pub(super) status: Option<String>,
    pub(super) comment: String,
    pub(super) notify: String,
}

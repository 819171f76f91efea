//! `truth.json` of a recorded PrestaShop as it is written: what its webservice and its classes said.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

/// The file.
#[derive(Debug, Deserialize)]
pub(super) struct Truth {
    pub settings: BTreeMap<String, String>,
    pub languages: Vec<LanguageRow>,
    pub currencies: Vec<CurrencyRow>,
    pub groups: Vec<NamedRow>,
    pub taxes: Vec<TaxRow>,
    pub tax_rule_groups: Vec<TitledRow>,
    pub carriers: Vec<CarrierRow>,
    pub order_states: Vec<NamedRow>,
    pub countries: Vec<CountryRow>,
    pub products: Vec<ProductRow>,
    pub orders: Vec<OrderRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LanguageRow {
    pub id: u64,
    pub language_code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CurrencyRow {
    pub id: u64,
    pub iso_code: String,
}

/// A text by language.
#[derive(Debug, Deserialize)]
pub(super) struct Translated {
    pub id: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct NamedRow {
    pub id: u64,
    pub name: Vec<Translated>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaxRow {
    pub id: u64,
    pub rate: Decimal,
    pub name: Vec<Translated>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TitledRow {
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CarrierRow {
    pub id: u64,
    pub id_reference: String,
    pub name: String,
    pub id_tax_rules_group: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct CountryRow {
    pub id: u64,
    pub iso_code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProductRow {
    #[serde(rename = "webservice_product")]
    pub product: ProductItem,
    #[serde(rename = "webservice_combinations")]
    pub combinations: Vec<CombinationRow>,
    #[serde(rename = "webservice_stock_availables")]
    pub stock: Vec<StockRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProductItem {
    pub id: u64,
    pub reference: String,
    pub ean13: String,
    pub price: Decimal,
    pub weight: Decimal,
    pub id_tax_rules_group: String,
    pub product_type: String,
    pub active: String,
    pub name: Vec<Translated>,
    pub date_upd: String,
    pub associations: Associations,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Associations {
    #[serde(default)]
    pub categories: Vec<IdRow>,
    #[serde(default)]
    pub order_slip_details: Vec<SlipLineRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct IdRow {
    pub id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CombinationRow {
    pub id: u64,
    pub reference: String,
    pub ean13: String,
    pub price: Decimal,
    pub weight: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct StockRow {
    pub id_product_attribute: String,
    pub quantity: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct OrderRow {
    #[serde(rename = "webservice_order")]
    pub order: OrderItem,
    #[serde(rename = "webservice_order_details")]
    pub lines: Vec<LineRow>,
    #[serde(rename = "webservice_order_histories")]
    pub histories: Vec<HistoryRow>,
    #[serde(rename = "webservice_order_payments")]
    pub payments: Vec<PaymentRow>,
    #[serde(rename = "webservice_order_slips")]
    pub slips: Vec<SlipRow>,
    #[serde(rename = "webservice_order_cart_rules")]
    pub rules: Vec<RuleRow>,
    #[serde(rename = "webservice_customer")]
    pub customer: CustomerRow,
    #[serde(rename = "webservice_invoice_address")]
    pub invoice: AddressRow,
    #[serde(rename = "webservice_delivery_address")]
    pub delivery: AddressRow,
    pub classes: Classes,
}

#[derive(Debug, Deserialize)]
pub(super) struct OrderItem {
    pub id: u64,
    pub reference: String,
    pub id_shop: String,
    pub id_lang: String,
    pub id_currency: String,
    pub id_carrier: String,
    pub current_state: String,
    pub module: String,
    pub payment: String,
    pub conversion_rate: Decimal,
    pub invoice_number: String,
    pub invoice_date: String,
    pub date_add: String,
    pub total_paid: Decimal,
    pub total_products: Decimal,
    pub total_shipping_tax_incl: Decimal,
    pub total_shipping_tax_excl: Decimal,
    pub total_wrapping_tax_incl: Decimal,
    pub total_wrapping_tax_excl: Decimal,
    pub carrier_tax_rate: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct LineRow {
    pub id: u64,
    pub product_id: String,
    pub product_attribute_id: String,
    pub product_reference: String,
    pub id_tax_rules_group: String,
    pub product_name: String,
    pub product_quantity: Decimal,
    pub unit_price_tax_excl: Decimal,
    pub unit_price_tax_incl: Decimal,
    pub total_price_tax_excl: Decimal,
    pub total_price_tax_incl: Decimal,
    pub tax_computation_method: String,
    pub ecotax: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct HistoryRow {
    pub id: u64,
    pub id_order_state: String,
    pub date_add: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentRow {
    pub amount: Decimal,
    pub date_add: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct SlipRow {
    pub id: u64,
    pub total_shipping_tax_excl: Decimal,
    pub total_shipping_tax_incl: Decimal,
    pub date_add: String,
    pub associations: Associations,
}

#[derive(Debug, Deserialize)]
pub(super) struct SlipLineRow {
    pub id_order_detail: String,
    pub product_quantity: Decimal,
    pub amount_tax_excl: Decimal,
    pub amount_tax_incl: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct RuleRow {
    pub name: String,
    pub value_tax_excl: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerRow {
    pub id: u64,
    pub is_guest: String,
    pub id_default_group: String,
    pub firstname: String,
    pub lastname: String,
    pub email: String,
    pub company: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddressRow {
    pub firstname: String,
    pub lastname: String,
    pub company: String,
    pub address1: String,
    pub address2: String,
    pub postcode: String,
    pub city: String,
    pub id_country: String,
    pub vat_number: String,
    pub dni: String,
    pub other: String,
    pub phone: String,
    pub phone_mobile: String,
}

/// What only the shop's classes tell.
#[derive(Debug, Deserialize)]
pub(super) struct Classes {
    pub gift: Value,
    pub gift_message: String,
    pub first_message: Value,
    pub line_taxes: BTreeMap<String, Vec<LineTaxRow>>,
    pub customized: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct LineTaxRow {
    pub id_tax: String,
    pub total_amount: Decimal,
}

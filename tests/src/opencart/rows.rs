//! Rows on their way into the shop's tables, many in one statement.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::servers::quoted;

/// Columns of each table, in the order the rows give them.
const COLUMNS: &[(&str, &str)] = &[
    (
        "order",
        "order_id, invoice_no, invoice_prefix, store_id, store_name, store_url, customer_id, \
         customer_group_id, firstname, lastname, email, telephone, custom_field, \
         payment_firstname, payment_lastname, payment_company, payment_address_1, \
         payment_address_2, payment_city, payment_postcode, payment_country, payment_country_id, \
         payment_zone, payment_zone_id, payment_custom_field, payment_method, payment_code, \
         shipping_firstname, shipping_lastname, shipping_company, shipping_address_1, \
         shipping_address_2, shipping_city, shipping_postcode, shipping_country, \
         shipping_country_id, shipping_zone, shipping_zone_id, shipping_custom_field, \
         shipping_method, shipping_code, comment, total, order_status_id, tracking, language_id, \
         currency_id, currency_code, currency_value, date_added, date_modified",
    ),
    (
        "order_product",
        "order_product_id, order_id, product_id, name, model, quantity, price, total, tax, reward",
    ),
    (
        "order_option",
        "order_id, order_product_id, product_option_id, product_option_value_id, name, value, type",
    ),
    ("order_total", "order_id, code, title, value, sort_order"),
    (
        "order_voucher",
        "order_id, voucher_id, description, code, amount",
    ),
    (
        "order_history",
        "order_id, order_status_id, notify, comment, date_added",
    ),
];

/// A value of a row.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Number(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value {
            fn from(number: $kind) -> Self {
                Self::Number(number.to_string())
            }
        }
    )*};
}
numbers!(u32, u64, rust_decimal::Decimal);

/// Rows per table.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<&'static str, Vec<String>>);

impl Rows {
    pub(super) fn push(&mut self, table: &'static str, values: Vec<Value>) {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| match value {
                Value::Text(text) => quoted(&text),
                Value::Number(number) => number,
            })
            .collect();
        self.0
            .entry(table)
            .or_default()
            .push(format!("({})", values.join(",")));
    }

    /// The statements. The order itself comes last: MyISAM has no transactions, and a reader must
    /// not find an order without its lines.
    pub(super) fn into_sql(mut self) -> String {
        // OpenCart's tables have columns without default that the shop leaves out.
        let mut sql = String::from("SET SESSION sql_mode = '';\n");
        for (table, columns) in COLUMNS.iter().rev() {
            for rows in self.0.remove(table).unwrap_or_default().chunks(500) {
                let _ = writeln!(
                    sql,
                    "INSERT INTO `oc_{table}` ({columns}) VALUES\n{};",
                    rows.join(",\n")
                );
            }
        }
        sql
    }
}

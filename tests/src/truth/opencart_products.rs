//! OpenCart's `truth.json` as canonical products.

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Product, StockLevel};

use super::{
    opencart::plain,
    opencart_rows::{OptionValueRow, ProductRow, Truth},
};

impl Truth {
    /// The products as the shop lists them today; names of option values and categories, which it
    /// does not list, are empty.
    pub(super) fn products(&self) -> Result<Vec<Product>> {
        self.products
            .iter()
            .map(|row| self.product(row).with_context(|| row.product_id.clone()))
            .collect()
    }

    fn product(&self, row: &ProductRow) -> Result<Product> {
        let text = |value: &String| Some(plain(value)).filter(|value| !value.is_empty());
        let values = row.options.iter().flat_map(|option| &option.values);
        // One that was never edited: when it was added is not in the recording.
        let edited = !row.date_modified.starts_with("0000");
        let (changed_at, stamp) = match edited {
            true => (self.utc(&row.date_modified)?, row.date_modified.clone()),
            false => (String::new(), String::new()),
        };
        Ok(Product {
            id: row.product_id.clone(),
            changed_at,
            stamp,
            code: plain(&row.model),
            sku: text(&row.sku),
            ean: text(&row.ean),
            name: plain(row.name.get("en-gb").context("no English name")?),
            price: Some(row.price),
            tax_class: self.class(&row.tax_class_id),
            quantity: Some(row.quantity).filter(|_| row.subtract == "1"),
            active: row.status == "1",
            options: values.map(|value| level(row, value)).collect(),
            kind: self.kind(row).to_owned(),
            parent_id: row.master_id.clone().filter(|master| master != "0"),
            price_incl: None,
            weight: Some(row.weight).filter(|weight| *weight != Decimal::ZERO),
            categories: Vec::new(),
            custom_fields: Vec::new(),
        })
    }

    fn kind(&self, row: &ProductRow) -> &'static str {
        let is_master = || {
            self.products
                .iter()
                .any(|product| product.master_id.as_ref() == Some(&row.product_id))
        };
        match row.master_id.as_deref() {
            None => "",
            Some("0") if is_master() => "configurable",
            Some("0") => "simple",
            Some(_) => "variant",
        }
    }
}

fn level(product: &ProductRow, value: &OptionValueRow) -> StockLevel {
    StockLevel {
        key: format!("o:{}", value.product_option_value_id),
        code: String::new(),
        sku: None,
        name: String::new(),
        quantity: value.quantity,
        tracked: value.subtract == "1",
        parent: Some(format!("p:{}", product.product_id)),
    }
}

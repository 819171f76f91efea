//! What the shop's checkout looks up: products, options and the tax rates that hold for a buyer.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rust_decimal::Decimal;

use super::OpenCartShop;

/// A product as the checkout sees it.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub id: u64,
    pub model: String,
    /// Names by language id, escaped as stored.
    pub names: BTreeMap<u32, String>,
    pub price: Decimal,
    pub tax_class: u32,
    pub shipping: bool,
}

/// One choice of an option.
#[derive(Debug, Clone)]
pub(super) struct OptionChoice {
    pub product: u64,
    pub product_option: u64,
    pub product_option_value: u64,
    /// Option and value names by language id.
    pub names: BTreeMap<u32, (String, String)>,
    pub kind: String,
    pub price: Decimal,
}

/// A tax rate, and for whom it holds.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    pub id: u32,
    pub class: u32,
    pub name: String,
    pub rate: Decimal,
    pub fixed: bool,
    pub group: u32,
    pub country: String,
}

/// Everything an order needs of the shop.
#[derive(Debug, Clone)]
pub(super) struct Catalogue {
    pub products: BTreeMap<String, Product>,
    pub choices: Vec<OptionChoice>,
    pub rates: Vec<Rate>,
    /// Country names and ids by ISO code.
    pub countries: BTreeMap<String, (u32, String)>,
    pub settings: BTreeMap<String, String>,
}

impl Catalogue {
    pub(super) fn load(shop: &OpenCartShop) -> Result<Self> {
        Ok(Self {
            products: products(shop)?,
            choices: choices(shop)?,
            rates: rates(shop)?,
            countries: countries(shop)?,
            settings: shop
                .query("SELECT `key`, value FROM `oc_setting` WHERE store_id = 0")?
                .into_iter()
                .filter_map(|row| Some((row.first()?.clone(), row.get(1)?.clone())))
                .collect(),
        })
    }

    /// Rates of a class for a buyer, in the order the shop applies them.
    pub(super) fn rates_for(&self, class: u32, country: &str, group: u32) -> Vec<&Rate> {
        self.rates
            .iter()
            .filter(|rate| rate.class == class && rate.country == country && rate.group == group)
            .collect()
    }

    /// A setting as a number; 0 when it is not there.
    pub(super) fn number(&self, key: &str) -> Decimal {
        self.settings
            .get(key)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    }

    pub(super) fn product(&self, model: &str) -> Result<&Product> {
        self.products
            .get(model)
            .with_context(|| format!("the shop has no product {model}"))
    }
}

fn cell(row: &[String], at: usize) -> Result<&str> {
    row.get(at)
        .map(String::as_str)
        .context("a column is missing")
}

fn products(shop: &OpenCartShop) -> Result<BTreeMap<String, Product>> {
    let mut products: BTreeMap<String, Product> = BTreeMap::new();
    for row in shop.query(
        "SELECT p.product_id, p.model, d.language_id, d.name, p.price, p.tax_class_id, p.shipping \
         FROM `oc_product` p JOIN `oc_product_description` d USING (product_id)",
    )? {
        let model = cell(&row, 1)?.to_owned();
        let product = Product {
            id: cell(&row, 0)?.parse()?,
            model: model.clone(),
            names: BTreeMap::new(),
            price: cell(&row, 4)?.parse()?,
            tax_class: cell(&row, 5)?.parse()?,
            shipping: cell(&row, 6)? == "1",
        };
        products
            .entry(model)
            .or_insert(product)
            .names
            .insert(cell(&row, 2)?.parse()?, cell(&row, 3)?.to_owned());
    }
    Ok(products)
}

fn choices(shop: &OpenCartShop) -> Result<Vec<OptionChoice>> {
    let mut choices: BTreeMap<(u64, u64), OptionChoice> = BTreeMap::new();
    for row in shop.query(
        "SELECT po.product_id, po.product_option_id, IFNULL(v.product_option_value_id, 0), \
         o.type, od.language_id, od.name, IFNULL(vd.name, ''), \
         IFNULL(IF(v.price_prefix = '-', -v.price, v.price), 0) \
         FROM `oc_product_option` po JOIN `oc_option` o USING (option_id) \
         JOIN `oc_option_description` od USING (option_id) \
         LEFT JOIN `oc_product_option_value` v USING (product_option_id) \
         LEFT JOIN `oc_option_value_description` vd ON vd.option_value_id = v.option_value_id \
         AND vd.language_id = od.language_id",
    )? {
        let option: u64 = cell(&row, 1)?.parse()?;
        let value: u64 = cell(&row, 2)?.parse()?;
        let choice = OptionChoice {
            product: cell(&row, 0)?.parse()?,
            product_option: option,
            product_option_value: value,
            names: BTreeMap::new(),
            kind: cell(&row, 3)?.to_owned(),
            price: cell(&row, 7)?.parse()?,
        };
        choices
            .entry((option, value))
            .or_insert(choice)
            .names
            .insert(
                cell(&row, 4)?.parse()?,
                (cell(&row, 5)?.to_owned(), cell(&row, 6)?.to_owned()),
            );
    }
    Ok(choices.into_values().collect())
}

fn rates(shop: &OpenCartShop) -> Result<Vec<Rate>> {
    shop.query(
        "SELECT r.tax_rate_id, u.tax_class_id, r.name, r.rate, r.type, g.customer_group_id, \
         c.iso_code_2 FROM `oc_tax_rule` u JOIN `oc_tax_rate` r USING (tax_rate_id) \
         JOIN `oc_tax_rate_to_customer_group` g USING (tax_rate_id) \
         JOIN `oc_zone_to_geo_zone` z USING (geo_zone_id) JOIN `oc_country` c USING (country_id) \
         WHERE u.based = 'shipping' AND z.zone_id = 0 ORDER BY u.priority, r.tax_rate_id",
    )?
    .into_iter()
    .map(|row| {
        Ok(Rate {
            id: cell(&row, 0)?.parse()?,
            class: cell(&row, 1)?.parse()?,
            name: cell(&row, 2)?.to_owned(),
            rate: cell(&row, 3)?.parse()?,
            fixed: cell(&row, 4)? == "F",
            group: cell(&row, 5)?.parse()?,
            country: cell(&row, 6)?.to_owned(),
        })
    })
    .collect()
}

fn countries(shop: &OpenCartShop) -> Result<BTreeMap<String, (u32, String)>> {
    shop.query("SELECT iso_code_2, country_id, name FROM `oc_country`")?
        .into_iter()
        .map(|row| {
            Ok((
                cell(&row, 0)?.to_owned(),
                (cell(&row, 1)?.parse()?, cell(&row, 2)?.to_owned()),
            ))
        })
        .collect()
}

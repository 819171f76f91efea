//! PrestaShop's `truth.json` as canonical orders and products.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use serde_json::Value;
use winkelbrug_protocol::record::{
    Address, CustomField, Customer, HistoryEntry, Line, LineOption, Method, Money, Named, Order,
    Product, RatePart, Status, StatusKind,
};

use super::prestashop_rows::{
    AddressRow, LineRow, LineTaxRow, OrderRow, ProductRow, Translated, Truth,
};

/// The language the recorded shop's owner sees.
const LANGUAGE: &str = "1";
/// A combination's record id: its product's, then its own in nine digits.
const APART: u64 = 1_000_000_000;

/// A recorded shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its orders, in order of id. Parts of total rows are left empty: they are checked by what they add up to.
    pub orders: Vec<Order>,
    /// Its products and combinations; without categories' names.
    pub products: Vec<Product>,
    /// VAT after cart rules by order and percentage, as the shop recorded it with the lines.
    pub recorded_vat: BTreeMap<String, BTreeMap<Decimal, Decimal>>,
}

/// Reads `truth.json`.
///
/// # Errors
/// No such file, or not of the form PrestaShop's recordings have.
pub fn read(file: &Path) -> Result<Shop> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let truth: Truth = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let orders = truth
        .orders
        .iter()
        .map(|row| {
            truth
                .order(row)
                .with_context(|| row.order.reference.clone())
        })
        .collect::<Result<_>>()?;
    let products = truth.products.iter().flat_map(|row| truth.products_of(row));
    let recorded = truth
        .orders
        .iter()
        .map(|row| (row.order.id.to_string(), truth.recorded_vat(row)))
        .collect();
    Ok(Shop {
        orders,
        products: products.collect(),
        recorded_vat: recorded,
    })
}

impl Truth {
    fn order(&self, row: &OrderRow) -> Result<Order> {
        let order = &row.order;
        let currency = self
            .currencies
            .iter()
            .find(|currency| currency.id.to_string() == order.id_currency)
            .context("no currency")?;
        let ships = order.id_carrier != "0";
        let placed_at = self.utc(&order.date_add)?;
        Ok(Order {
            id: order.id.to_string(),
            number: order.id.to_string(),
            hash: String::new(),
            store: named(&order.id_shop, self.setting("PS_SHOP_NAME")),
            placed_at: placed_at.clone(),
            placed_local: order.date_add.replace(' ', "T"),
            changed_at: placed_at,
            status: self.status(&order.current_state),
            language: self
                .languages
                .iter()
                .find(|language| language.id.to_string() == order.id_lang)
                .map(|language| language.language_code.clone())
                .unwrap_or_default(),
            money: Money {
                code: currency.iso_code.clone(),
                order_code: currency.iso_code.clone(),
                rate: Decimal::ONE,
                order_total: order.total_paid,
            },
            customer: self.customer(row),
            invoice_address: self.address(&row.invoice),
            delivery_address: ships.then(|| self.address(&row.delivery)),
            payment: Method {
                code: order.module.clone(),
                title: order.payment.clone(),
            },
            shipping: ships.then(|| self.carrier(&order.id_carrier)),
            comment: row
                .classes
                .first_message
                .as_str()
                .unwrap_or_default()
                .replace("\r\n", "\n"),
            invoice_number: (order.invoice_number != "0")
                .then(|| format!("#IN{:0>6}", order.invoice_number)),
            invoice_date: (order.invoice_number != "0")
                .then(|| order.invoice_date.chars().take(10).collect()),
            shop_reference: Some(order.reference.clone()),
            lines: row.lines.iter().map(|line| self.line(row, line)).collect(),
            gift_cards: Vec::new(),
            totals: self.totals(row),
            total: order.total_paid,
            history: self.history(row)?,
            refunds: row
                .slips
                .iter()
                .map(|slip| self.refund(row, slip))
                .collect::<Result<_>>()?,
            replaces: None,
            paid: Some(self.paid(row)),
            paid_on: self.paid_on(row),
            received: self.received(row),
            custom_fields: order_fields(row),
            remarks: Vec::new(),
        })
    }

    pub(super) fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// The shop's local time as a moment; the earlier one where it repeats.
    pub(super) fn utc(&self, local: &str) -> Result<String> {
        if local.starts_with("0000") {
            return Ok("1970-01-01T00:00:00Z".to_owned());
        }
        let local: jiff::civil::DateTime = local.parse()?;
        Ok(local
            .in_tz(self.setting("PS_TIMEZONE"))?
            .timestamp()
            .to_string())
    }

    fn status(&self, id: &str) -> Status {
        let found = self
            .order_states
            .iter()
            .find(|state| state.id.to_string() == id);
        let name = found.map_or(String::new(), |state| translated(&state.name));
        let kind = match name.as_str() {
            "Canceled" => StatusKind::Cancelled,
            "Refunded" => StatusKind::Refunded,
            "Payment error" => StatusKind::Failed,
            "Shipped" | "Delivered" => StatusKind::Complete,
            name if name.starts_with("Awaiting") || name.ends_with("(not paid)") => {
                StatusKind::Pending
            }
            _ => StatusKind::Processing,
        };
        Status {
            id: id.to_owned(),
            name,
            kind,
        }
    }

    fn customer(&self, row: &OrderRow) -> Customer {
        let (customer, address) = (&row.customer, &row.invoice);
        let group = self
            .groups
            .iter()
            .find(|group| group.id.to_string() == customer.id_default_group);
        let company = customer.company.clone().filter(|name| !name.is_empty());
        Customer {
            id: (customer.is_guest != "1").then(|| customer.id.to_string()),
            group: named(
                &customer.id_default_group,
                &group.map_or(String::new(), |group| translated(&group.name)),
            ),
            first_name: customer.firstname.clone(),
            last_name: customer.lastname.clone(),
            email: customer.email.clone(),
            telephone: [
                &address.phone,
                &address.phone_mobile,
                &row.delivery.phone,
                &row.delivery.phone_mobile,
            ]
            .into_iter()
            .find(|phone| !phone.is_empty())
            .cloned()
            .unwrap_or_default(),
            vat_number: Some(address.vat_number.clone()).filter(|number| !number.is_empty()),
            chamber_of_commerce: Some(address.dni.clone()).filter(|number| !number.is_empty()),
            custom_fields: company
                .into_iter()
                .map(|name| field("company", &name))
                .collect(),
        }
    }

    fn address(&self, row: &AddressRow) -> Address {
        let country = self
            .countries
            .iter()
            .find(|country| country.id.to_string() == row.id_country);
        let fields = [
            ("vat_number", &row.vat_number),
            ("dni", &row.dni),
            ("other", &row.other),
        ];
        Address {
            first_name: row.firstname.clone(),
            last_name: row.lastname.clone(),
            company: row.company.clone(),
            line1: row.address1.clone(),
            line2: row.address2.clone(),
            postcode: row.postcode.clone(),
            city: row.city.clone(),
            zone: String::new(),
            country: country.map_or(String::new(), |country| country.iso_code.clone()),
            country_name: String::new(),
            custom_fields: fields
                .into_iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| field(name, &value.replace("\r\n", "\n")))
                .collect(),
        }
    }

    pub(super) fn carrier(&self, id: &str) -> Method {
        let found = self
            .carriers
            .iter()
            .find(|carrier| carrier.id.to_string() == id);
        found.map_or_else(Method::default, |carrier| Method {
            code: carrier.id_reference.clone(),
            title: carrier.name.clone(),
        })
    }

    pub(super) fn class(&self, id: &str) -> Named {
        let found = self
            .tax_rule_groups
            .iter()
            .find(|group| group.id.to_string() == id);
        named(id, found.map_or("", |group| group.name.as_str()))
    }

    /// Percentage of a line from the taxes recorded with it: added up, or one after another.
    pub(super) fn percent(&self, row: &OrderRow, line: &LineRow) -> Decimal {
        if line.unit_price_tax_excl == line.unit_price_tax_incl
            && !line.unit_price_tax_excl.is_zero()
        {
            return Decimal::ZERO;
        }
        let mut percent = Decimal::ZERO;
        for rate in self.taxes_of(row, line).map(|(rate, _)| rate) {
            let on_top = line.tax_computation_method == "2";
            percent += rate
                + if on_top {
                    percent * rate / Decimal::ONE_HUNDRED
                } else {
                    Decimal::ZERO
                };
        }
        percent.round_dp(3).normalize()
    }

    pub(super) fn taxes_of<'a>(
        &'a self,
        row: &'a OrderRow,
        line: &LineRow,
    ) -> impl Iterator<Item = (Decimal, &'a LineTaxRow)> {
        let rows = row.classes.line_taxes.get(&line.id.to_string());
        rows.into_iter().flatten().filter_map(|tax| {
            let found = self
                .taxes
                .iter()
                .find(|rate| rate.id.to_string() == tax.id_tax);
            found.map(|rate| (rate.rate, tax))
        })
    }

    pub(super) fn recorded_vat(&self, row: &OrderRow) -> BTreeMap<Decimal, Decimal> {
        let mut recorded = BTreeMap::new();
        for line in &row.lines {
            let vat: Decimal = self
                .taxes_of(row, line)
                .map(|(_, tax)| tax.total_amount)
                .sum();
            *recorded.entry(self.percent(row, line)).or_default() += vat;
        }
        recorded
    }

    fn line(&self, row: &OrderRow, line: &LineRow) -> Line {
        let now = self.now(line);
        let present = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let (reference, ean) = now.map_or((None, None), |now| {
            let own = now
                .combinations
                .iter()
                .find(|own| own.id.to_string() == line.product_attribute_id);
            let single = line.product_attribute_id == "0";
            let of_product = present(&now.product.ean13).filter(|_| single);
            (
                own.and_then(|own| present(&own.reference))
                    .or_else(|| present(&now.product.reference)),
                own.and_then(|own| present(&own.ean13)).or(of_product),
            )
        });
        Line {
            id: line.id.to_string(),
            product_id: Some(line.product_id.clone()),
            code: line.product_reference.trim().to_owned(),
            sku: reference,
            ean,
            name: line.product_name.clone(),
            quantity: line.product_quantity,
            price: line.unit_price_tax_excl,
            tax: line.unit_price_tax_incl - line.unit_price_tax_excl,
            total: line.total_price_tax_excl,
            // Of a product that is gone the class it was sold in.
            tax_class: Some(self.class(now.map_or(&line.id_tax_rules_group, |now| {
                &now.product.id_tax_rules_group
            }))),
            options: options(&row.classes.customized, &line.product_id),
            percent: Some(self.percent(row, line)),
            total_incl: Some(line.total_price_tax_incl),
            heading: false,
            custom_fields: Vec::new(),
            levy: self.ecotax(row, line),
        }
    }

    /// The ecotax in the price of a line, which this shop charges at the rate of the goods.
    fn ecotax(&self, row: &OrderRow, line: &LineRow) -> Option<RatePart> {
        let net = line.ecotax * line.product_quantity;
        let percent = self.percent(row, line);
        (!net.is_zero()).then(|| RatePart {
            percent,
            net,
            vat: (net * percent / Decimal::ONE_HUNDRED)
                .round_dp_with_strategy(6, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
        })
    }

    fn now(&self, line: &LineRow) -> Option<&ProductRow> {
        self.products
            .iter()
            .find(|product| product.product.id.to_string() == line.product_id)
    }

    fn history(&self, row: &OrderRow) -> Result<Vec<HistoryEntry>> {
        let mut rows: Vec<_> = row.histories.iter().collect();
        rows.sort_by_key(|entry| entry.id);
        rows.into_iter()
            .map(|entry| {
                Ok(HistoryEntry {
                    at: self.utc(&entry.date_add)?,
                    status: self.status(&entry.id_order_state),
                    comment: String::new(),
                    notified: false,
                })
            })
            .collect()
    }

    fn products_of(&self, row: &ProductRow) -> Vec<Product> {
        let item = &row.product;
        let level = |combination: &str| {
            row.stock
                .iter()
                .find(|stock| stock.id_product_attribute == combination)
                .map(|stock| stock.quantity)
        };
        let kind = match item.product_type.as_str() {
            "combinations" => "configurable",
            "pack" => "bundle",
            "virtual" if item.reference == "DL-1" => "download",
            "virtual" => "virtual",
            _ => "simple",
        };
        let present = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let product = Product {
            id: item.id.to_string(),
            changed_at: self.utc(&item.date_upd).unwrap_or_default(),
            stamp: item.date_upd.clone(),
            code: item.reference.trim().to_owned(),
            sku: present(&item.reference),
            ean: present(&item.ean13),
            name: translated(&item.name),
            price: Some(item.price),
            tax_class: self.class(&item.id_tax_rules_group),
            quantity: level("0"),
            active: item.active == "1",
            options: Vec::new(),
            kind: kind.to_owned(),
            parent_id: None,
            price_incl: None,
            weight: Some(item.weight),
            categories: item
                .associations
                .categories
                .iter()
                .map(|category| named(&category.id, ""))
                .collect(),
            custom_fields: Vec::new(),
        };
        let variants = row.combinations.iter().map(|own| Product {
            id: (item.id * APART + own.id).to_string(),
            code: own.reference.trim().to_owned(),
            sku: present(&own.reference),
            ean: present(&own.ean13),
            price: Some(item.price + own.price),
            quantity: level(&own.id.to_string()),
            kind: "variant".to_owned(),
            parent_id: Some(product.id.clone()),
            weight: Some(item.weight + own.weight),
            ..product.clone()
        });
        let variants: Vec<Product> = variants.collect();
        [product].into_iter().chain(variants).collect()
    }
}

/// Texts a customer typed for a product, out of the shop's own nesting.
fn options(customized: &Value, product: &str) -> Vec<LineOption> {
    let mut found = Vec::new();
    collect(customized.get(product).unwrap_or(&Value::Null), &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<LineOption>) {
    if let (Some(name), Some(text)) = (value.get("name"), value.get("value")) {
        found.push(LineOption {
            name: name.as_str().unwrap_or_default().to_owned(),
            value: text.as_str().unwrap_or_default().to_owned(),
            kind: "text".to_owned(),
            value_id: None,
            code: None,
        });
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|inner| collect(inner, found)),
        Value::Object(map) => map.values().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

fn order_fields(row: &OrderRow) -> Vec<CustomField> {
    let mut fields = Vec::new();
    if row.classes.gift == 1 && !row.classes.gift_message.is_empty() {
        fields.push(field("gift_message", &row.classes.gift_message));
    }
    if row.order.conversion_rate != Decimal::ONE {
        let rate = row.order.conversion_rate.to_string();
        fields.push(field("conversion_rate", &rate));
    }
    fields
}

fn field(name: &str, value: &str) -> CustomField {
    CustomField {
        id: name.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

pub(super) fn translated(texts: &[Translated]) -> String {
    let own = texts.iter().find(|text| text.id == LANGUAGE);
    own.map_or_else(String::new, |text| text.value.clone())
}

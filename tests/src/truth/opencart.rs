//! OpenCart's `truth.json`, of any version, as canonical orders and lookups.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde_json::Value;
use winkelbrug_protocol::record::{
    Address, CustomField, Customer, GiftCard, HistoryEntry, Line, LineOption, Lookups, Method,
    Money, Named, Order, Product, RateKind, RowRate, Status, StatusKind, TaxClass, TaxRate,
    TotalKind, TotalRow,
};

use super::opencart_rows::{
    AddressRow, CustomerRow, HistoryRow, LineRow, NowRow, OptionRow, OrderRow, RateRow,
    TotalRowRow, Truth, VoucherRow,
};

/// Tax class of shipping, handling and the low-order fee in the recorded shop's settings.
const COST_CLASS: &str = "9";

/// A recorded shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its orders, in order of number.
    pub orders: Vec<Order>,
    /// Its names and rates.
    pub lookups: Lookups,
    /// Its products, in order of number.
    pub products: Vec<Product>,
}

/// Reads `truth.json`.
///
/// # Errors
/// No such file, or not of the form OpenCart's recordings have.
pub fn read(file: &Path) -> Result<Shop> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let truth: Truth = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let lookups = truth.lookups()?;
    let orders = truth
        .orders
        .iter()
        .map(|order| {
            truth
                .order(order, &lookups)
                .with_context(|| order.order_id.clone())
        })
        .collect::<Result<_>>()?;
    let products = truth.products()?;
    Ok(Shop {
        orders,
        lookups,
        products,
    })
}

impl Truth {
    fn lookups(&self) -> Result<Lookups> {
        let named = |map: &BTreeMap<String, String>| {
            map.iter()
                .map(|(id, name)| entry(id, name))
                .collect::<Vec<_>>()
        };
        Ok(Lookups {
            // Both languages: the shop's owner may know a status by either name.
            order_statuses: self
                .order_statuses
                .iter()
                .flat_map(|(id, names)| names.values().map(move |name| status(id, name, names)))
                .collect(),
            payment_methods: self.methods(|order| &order.payment),
            shipping_methods: self.methods(|order| &order.shipping),
            tax_classes: self.tax_classes(),
            tax_rates: self.tax_rates.iter().map(rate).collect::<Result<_>>()?,
            languages: named(&self.shop.languages),
            stores: vec![entry("0", &self.shop.store_name)],
            customer_groups: named(&self.customer_groups),
            country: "NL".to_owned(),
        })
    }

    fn methods(&self, side: impl Fn(&OrderRow) -> &AddressRow) -> Vec<Named> {
        let methods: BTreeMap<&str, &str> = self
            .orders
            .iter()
            .map(&side)
            .filter(|method| !method.code.is_empty())
            .map(|method| (method.code.as_str(), method.method.as_str()))
            .collect();
        methods
            .into_iter()
            .map(|(code, title)| entry(code, title))
            .collect()
    }

    fn tax_classes(&self) -> Vec<TaxClass> {
        let none = TaxClass {
            id: "0".to_owned(),
            name: String::new(),
            rate_ids: Vec::new(),
        };
        let classes = self.tax_classes.iter().map(|(id, class)| TaxClass {
            id: id.clone(),
            name: plain(&class.title),
            rate_ids: class
                .rules
                .iter()
                .map(|rule| rule.tax_rate_id.clone())
                .collect(),
        });
        [none].into_iter().chain(classes).collect()
    }

    fn order(&self, row: &OrderRow, lookups: &Lookups) -> Result<Order> {
        let placed_at = match &row.clock_utc_at_checkout {
            Some(moment) => moment.clone(),
            None => self.utc(&row.date_added)?,
        };
        let in_order_currency = (row.total * row.currency_value).round_dp(2);
        Ok(Order {
            id: row.order_id.clone(),
            number: row.number.clone(),
            hash: String::new(),
            store: entry(&row.store_id, &self.shop.store_name),
            placed_at: placed_at.clone(),
            placed_local: row.date_added.replace(' ', "T"),
            changed_at: placed_at,
            status: self.status(&row.order_status_id),
            language: row.language_code.clone(),
            money: Money {
                code: self.shop.default_currency.clone(),
                order_code: row.currency_code.clone(),
                rate: row.currency_value.normalize(),
                order_total: in_order_currency,
            },
            customer: self.customer(&row.customer),
            invoice_address: self.address(payer(row)),
            delivery_address: (!row.shipping.code.is_empty()).then(|| self.address(&row.shipping)),
            payment: method(&row.payment),
            shipping: (!row.shipping.code.is_empty()).then(|| method(&row.shipping)),
            comment: plain(&row.comment),
            invoice_number: Some(row.invoice_number.clone()).filter(|number| !number.is_empty()),
            invoice_date: None,
            shop_reference: None,
            lines: row.lines.iter().map(|line| self.line(line)).collect(),
            gift_cards: row.voucher_lines.iter().map(gift_card).collect(),
            totals: row
                .totals
                .iter()
                .map(|total| self.total(total, lookups))
                .collect(),
            total: row.total,
            history: self.histories(&row.history),
            remarks: Vec::new(),
            refunds: Vec::new(),
            replaces: None,
            paid: None,
            paid_on: None,
            received: None,
            custom_fields: Vec::new(),
        })
    }

    /// The shop's local time as a moment; the earlier one where it repeats.
    pub(super) fn utc(&self, local: &str) -> Result<String> {
        let local: jiff::civil::DateTime = local.parse()?;
        Ok(local.in_tz(&self.shop.time_zone)?.timestamp().to_string())
    }

    fn status(&self, id: &str) -> Status {
        match self.order_statuses.get(id) {
            Some(names) => {
                let name = names.get("en-gb").map_or("", String::as_str);
                status(id, name, names)
            }
            None => Status {
                id: id.to_owned(),
                name: String::new(),
                kind: StatusKind::Abandoned,
            },
        }
    }

    fn customer(&self, row: &CustomerRow) -> Customer {
        let fields = self.fields(&row.custom_field);
        let named = |name: &str| {
            fields
                .iter()
                .find(|field| field.name == name)
                .map(|field| field.value.clone())
                .filter(|value| !value.is_empty())
        };
        Customer {
            id: Some(row.customer_id.clone()).filter(|id| id != "0"),
            group: entry(
                &row.customer_group_id,
                self.customer_groups
                    .get(&row.customer_group_id)
                    .map_or("", String::as_str),
            ),
            first_name: plain(&row.firstname),
            last_name: plain(&row.lastname),
            email: plain(&row.email),
            telephone: plain(&row.telephone),
            vat_number: named("VAT number"),
            chamber_of_commerce: named("Chamber of Commerce"),
            custom_fields: fields,
        }
    }

    fn fields(&self, values: &Value) -> Vec<CustomField> {
        // OpenCart 2 keeps a guest's one step deeper.
        let Some(values) = values.get("address").unwrap_or(values).as_object() else {
            return Vec::new();
        };
        values
            .iter()
            .map(|(id, value)| CustomField {
                id: id.clone(),
                name: self
                    .custom_fields
                    .get(id)
                    .map_or_else(String::new, |field| plain(&field.name)),
                value: plain(value.as_str().unwrap_or_default()),
            })
            .collect()
    }

    fn address(&self, row: &AddressRow) -> Address {
        Address {
            first_name: plain(&row.firstname),
            last_name: plain(&row.lastname),
            company: plain(&row.company),
            line1: plain(&row.address_1),
            line2: plain(&row.address_2),
            postcode: plain(&row.postcode),
            city: plain(&row.city),
            zone: plain(&row.zone),
            country: row.iso_code_2.clone(),
            country_name: plain(&row.country),
            custom_fields: self.fields(&row.custom_field),
        }
    }

    fn line(&self, row: &LineRow) -> Line {
        let product = self
            .products
            .iter()
            .find(|product| product.product_id == row.product_id);
        let now = |value: fn(&NowRow) -> &String| {
            row.product_now
                .as_ref()
                .map(value)
                .filter(|v| !v.is_empty())
                .cloned()
        };
        Line {
            id: row.order_product_id.clone(),
            product_id: Some(row.product_id.clone()),
            code: plain(&row.model),
            sku: now(|product| &product.sku),
            ean: now(|product| &product.ean),
            name: plain(&row.name),
            quantity: row.quantity,
            price: row.price,
            tax: row.tax_per_unit,
            total: row.total,
            tax_class: product.map(|product| self.class(&product.tax_class_id)),
            options: row.options.iter().map(option).collect(),
            percent: None,
            total_incl: None,
            levy: None,
            heading: false,
            custom_fields: Vec::new(),
        }
    }

    pub(super) fn class(&self, id: &str) -> Named {
        entry(
            id,
            self.tax_classes.get(id).map_or("", |class| &class.title),
        )
    }

    fn total(&self, row: &TotalRowRow, lookups: &Lookups) -> TotalRow {
        let kind = kind(&row.code);
        let title = plain(&row.title);
        let rate = lookups
            .tax_rates
            .iter()
            .find(|rate| kind == TotalKind::Tax && rate.name == title)
            .map(|rate| RowRate {
                rate: rate.rate,
                kind: rate.kind,
            });
        let cost = matches!(kind, TotalKind::Shipping | TotalKind::Fee);
        TotalRow {
            code: row.code.clone(),
            kind,
            title,
            amount: row.value,
            rate,
            tax_class: cost.then(|| self.class(COST_CLASS)),
            parts: Vec::new(),
        }
    }

    /// Oldest first; OpenCart 2 lists them the other way round.
    fn histories(&self, rows: &[HistoryRow]) -> Vec<HistoryEntry> {
        let mut entries: Vec<_> = rows.iter().map(|row| self.history(row)).collect();
        if let [first, .., last] = entries.as_slice()
            && first.at > last.at
        {
            entries.reverse();
        }
        entries
    }

    fn history(&self, row: &HistoryRow) -> HistoryEntry {
        let name = row.status.as_deref().unwrap_or_default();
        let known = self
            .order_statuses
            .iter()
            .find(|(_, names)| names.values().any(|known| known == name));
        HistoryEntry {
            at: row.date_added.clone(),
            status: match known {
                Some((id, _)) => self.status(id),
                None => self.status("0"),
            },
            comment: plain(&row.comment),
            notified: row.notify == "1",
        }
    }
}

fn status(id: &str, name: &str, names: &BTreeMap<String, String>) -> Status {
    let kind = match names.get("en-gb").map(String::as_str) {
        Some("Pending") => StatusKind::Pending,
        Some("Processing" | "Processed" | "Canceled Reversal") => StatusKind::Processing,
        Some("Shipped" | "Complete") => StatusKind::Complete,
        Some("Canceled" | "Expired" | "Voided") => StatusKind::Cancelled,
        Some("Denied" | "Failed") => StatusKind::Failed,
        Some("Refunded" | "Reversed" | "Chargeback") => StatusKind::Refunded,
        _ => StatusKind::Other,
    };
    Status {
        id: id.to_owned(),
        name: plain(name),
        kind,
    }
}

fn rate(row: &RateRow) -> Result<TaxRate> {
    let countries: &[&str] = match row.geo_zone.as_str() {
        "NL/BE/DE" => &["NL", "BE", "DE"],
        "UK VAT Zone" => &["GB"],
        other => anyhow::bail!("unknown geo zone {other}"),
    };
    Ok(TaxRate {
        id: row.tax_rate_id.clone(),
        name: plain(&row.name),
        rate: row.rate,
        kind: if row.kind == "F" {
            RateKind::Fixed
        } else {
            RateKind::Percent
        },
        countries: countries
            .iter()
            .map(|&country| country.to_owned())
            .collect(),
    })
}

/// OpenCart's own total codes.
fn kind(code: &str) -> TotalKind {
    match code {
        "sub_total" => TotalKind::SubTotal,
        "shipping" => TotalKind::Shipping,
        "tax" => TotalKind::Tax,
        "coupon" => TotalKind::Discount,
        "reward" => TotalKind::Reward,
        "voucher" => TotalKind::GiftCard,
        "credit" => TotalKind::StoreCredit,
        "handling" | "low_order_fee" => TotalKind::Fee,
        "total" => TotalKind::Total,
        _ => TotalKind::Other,
    }
}

/// OpenCart 4 need not ask for a payment address; then the delivery address is all there is.
fn payer(row: &OrderRow) -> &AddressRow {
    if row.payment.firstname.is_empty() && row.payment.country.is_empty() {
        &row.shipping
    } else {
        &row.payment
    }
}

fn gift_card(row: &VoucherRow) -> GiftCard {
    GiftCard {
        id: row.code.clone(),
        description: plain(&row.description),
        amount: row.amount,
    }
}

fn option(row: &OptionRow) -> LineOption {
    LineOption {
        name: plain(&row.name),
        value: plain(&row.value),
        kind: row.kind.clone(),
        value_id: Some(row.product_option_value_id.clone()).filter(|id| id != "0"),
        code: None,
    }
}

fn method(row: &AddressRow) -> Method {
    Method {
        code: row.code.clone(),
        title: plain(&row.method),
    }
}

fn entry(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: plain(name),
    }
}

/// OpenCart stores what came in through a form with these four escaped, once.
pub(super) fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

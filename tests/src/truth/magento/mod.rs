//! Magento's `truth.json`, of either generation, as canonical orders: what the shop's own models say,
//! put into the form a bridge answers in.

mod lines;
mod rows;
mod totals;

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use serde_json::Value;
use winkelbrug_protocol::record::{
    Address, CustomField, Customer, HistoryEntry, Method, Money, Named, Order, Status, StatusKind,
};

use self::{
    rows::{AddressRow, HistoryRow, OrderRow, PaymentRow, ProductRow, Truth},
    totals::refund,
};

/// A recorded shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its orders.
    pub orders: Vec<Recorded>,
    /// Its products.
    pub products: Vec<RecordedProduct>,
}

/// An order with the name of what it shows.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// `credit_partial`, …
    pub key: String,
    /// The order, without its hash.
    pub order: Order,
}

/// What a shop says of a product.
#[derive(Debug, Clone)]
pub struct RecordedProduct {
    /// Id.
    pub id: String,
    /// SKU.
    pub sku: String,
    /// Magento's kind.
    pub kind: String,
    /// Name for all stores.
    pub name: String,
    /// Price as kept (with VAT in these shops).
    pub price: Option<Decimal>,
    /// Weight.
    pub weight: Option<Decimal>,
    /// Tax class.
    pub tax_class: Option<String>,
    /// EAN.
    pub ean: Option<String>,
    /// On sale?
    pub active: bool,
    /// Pieces that can be sold; none where the shop keeps no stock of it.
    pub stock: Option<Decimal>,
}

/// Reads `truth.json`.
///
/// # Errors
/// No such file, or not of the form Magento's recordings have.
pub fn read(file: &Path) -> Result<Shop> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let truth: Truth = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    Ok(Shop {
        orders: truth
            .orders
            .iter()
            .map(|row| {
                let order = truth.order(row).with_context(|| row.key.clone())?;
                Ok(Recorded {
                    key: row.key.clone(),
                    order,
                })
            })
            .collect::<Result<_>>()?,
        products: truth.products.iter().map(product).collect(),
    })
}

impl Truth {
    fn order(&self, row: &OrderRow) -> Result<Order> {
        let model = &row.model;
        let items = if model.items.is_empty() {
            &row.items
        } else {
            &model.items
        };
        let cancelled = model.state == "canceled";
        let sold = self.sold(row, items, cancelled)?;
        let kept = |gone: Option<Decimal>| {
            if cancelled {
                Decimal::ZERO
            } else {
                gone.unwrap_or_default()
            }
        };
        let total = model.base_grand_total - kept(model.base_total_canceled);
        let billing = row
            .billing_address
            .as_ref()
            .or(model.billing_address.as_ref())
            .context("no invoice address")?;
        let delivery = match &row.shipping_address {
            Some(address) => Some(address.clone()),
            None => serde_json::from_value(
                model.extension_attributes["shipping_assignments"][0]["shipping"]["address"]
                    .clone(),
            )?,
        };
        let payment = row
            .payment
            .as_ref()
            .or(model.payment.as_ref())
            .context("no payment")?;
        let paid = model.base_total_paid.unwrap_or_default();
        let is_paid = total.is_zero() || paid > Decimal::ZERO && paid >= total;
        Ok(Order {
            id: model.entity_id.clone(),
            number: model.increment_id.clone(),
            hash: String::new(),
            store: self.store(&model.store_id),
            placed_at: utc(&model.created_at),
            placed_local: local(&row.created_at_shop),
            changed_at: utc(&model.updated_at),
            status: Status {
                id: model.status.clone(),
                name: row.status_label.clone(),
                kind: kind(&model.state),
            },
            language: self.language(&model.store_id),
            money: Money {
                code: model.base_currency_code.clone(),
                order_code: model.order_currency_code.clone(),
                rate: model.base_to_order_rate,
                order_total: model.grand_total - kept(model.total_canceled),
            },
            customer: self.customer(row, billing),
            invoice_address: address(billing),
            delivery_address: delivery.as_ref().map(address),
            payment: Method {
                code: payment.method.clone(),
                title: row.payment_title.clone(),
            },
            shipping: model.shipped_by().map(|code| Method {
                code: code.to_owned(),
                title: model.shipping_description.clone().unwrap_or_default(),
            }),
            comment: note(model.customer_note.as_deref()),
            invoice_number: row
                .invoices
                .first()
                .map(|invoice| invoice.increment_id.clone()),
            invoice_date: row
                .invoices
                .first()
                .map(|invoice| amsterdam(&invoice.created_at))
                .transpose()?
                .map(|local| local[..10].to_owned()),
            shop_reference: None,
            lines: self.lines(row, &sold),
            gift_cards: Vec::new(),
            totals: self.totals(row, &sold, total),
            total,
            history: self.history(row),
            refunds: row
                .creditmemos
                .iter()
                .map(|memo| refund(memo, &sold))
                .collect::<Result<_>>()?,
            replaces: model.relation_parent_real_id.clone(),
            paid: Some(is_paid),
            paid_on: Some(row)
                .filter(|_| is_paid)
                .and_then(|row| {
                    let paid = row.invoices.iter().filter(|invoice| invoice.state == 2);
                    paid.map(|invoice| &invoice.created_at).max()
                })
                .map(|at| amsterdam(at))
                .transpose()?
                .map(|local| local[..10].to_owned()),
            received: None,
            custom_fields: fields(row, payment),
            remarks: Vec::new(),
        })
    }

    fn store(&self, id: &str) -> Named {
        let name = self
            .stores
            .iter()
            .find(|store| store.store_id == id)
            .map(|store| store.name.clone());
        named(id, &name.unwrap_or_default())
    }

    fn language(&self, id: &str) -> String {
        let locale = self
            .stores
            .iter()
            .find(|store| store.store_id == id)
            .map(|store| store.locale.replace('_', "-").to_lowercase());
        locale.unwrap_or_default()
    }

    fn customer(&self, row: &OrderRow, billing: &AddressRow) -> Customer {
        let model = &row.model;
        let group = model.customer_group_id.clone().unwrap_or_default();
        let name = self
            .customer_groups
            .iter()
            .find(|known| known.customer_group_id == group)
            .map(|known| known.customer_group_code.clone());
        let (first, middle, last) = match &model.customer_lastname {
            Some(last) => (
                &model.customer_firstname,
                &model.customer_middlename,
                last.clone(),
            ),
            None => (
                &Some(billing.firstname.clone()),
                &billing.middlename,
                billing.lastname.clone(),
            ),
        };
        Customer {
            id: model.customer_id.clone(),
            group: named(&group, &name.unwrap_or_default()),
            first_name: first.clone().unwrap_or_default(),
            last_name: joined(middle.as_deref(), &last),
            email: model.customer_email.clone(),
            telephone: billing.telephone.clone().unwrap_or_default(),
            vat_number: billing
                .vat_id
                .clone()
                .or_else(|| model.customer_taxvat.clone()),
            chamber_of_commerce: None,
            custom_fields: model
                .customer_prefix
                .iter()
                .map(|prefix| field("prefix", prefix))
                .collect(),
        }
    }

    fn history(&self, row: &OrderRow) -> Vec<HistoryEntry> {
        let mut entries: Vec<&HistoryRow> = row
            .status_history
            .iter()
            .chain(&row.model.status_histories)
            .collect();
        entries.sort_by_key(|entry| {
            (
                entry.created_at.clone(),
                entry.entity_id.parse::<u64>().unwrap_or_default(),
            )
        });
        entries
            .into_iter()
            .map(|entry| HistoryEntry {
                at: utc(&entry.created_at),
                status: self.status(entry.status.as_deref().unwrap_or_default()),
                comment: note(entry.comment.as_deref()),
                notified: entry.is_customer_notified.as_deref() == Some("1"),
            })
            .collect()
    }

    fn status(&self, code: &str) -> Status {
        let known = self
            .order_statuses
            .iter()
            .find(|known| known.status == code);
        Status {
            id: code.to_owned(),
            name: known.map_or_else(|| code.to_owned(), |known| known.label.clone()),
            kind: known
                .and_then(|known| known.state.as_deref())
                .map_or(StatusKind::Other, kind),
        }
    }
}

fn fields(row: &OrderRow, payment: &PaymentRow) -> Vec<CustomField> {
    let mut fields = Vec::new();
    if let Some(number) = &payment.po_number {
        fields.push(field("po_number", number));
    }
    if let Some(code) = &row.model.coupon_code {
        fields.push(field("coupon_code", code));
    }
    if let Some(message) = &row.gift_message {
        let text = format!(
            "{} > {}: {}",
            message.sender, message.recipient, message.message
        );
        fields.push(field("gift_message", &text));
    }
    fields
}

fn address(row: &AddressRow) -> Address {
    let lines: Vec<String> = match (&row.lines, &row.street) {
        (Some(lines), _) => lines.clone(),
        (None, Value::Array(lines)) => lines
            .iter()
            .filter_map(|line| line.as_str().map(str::to_owned))
            .collect(),
        (None, other) => other
            .as_str()
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect(),
    };
    Address {
        first_name: row.firstname.clone(),
        last_name: joined(row.middlename.as_deref(), &row.lastname),
        company: row.company.clone().unwrap_or_default(),
        line1: lines.first().cloned().unwrap_or_default(),
        line2: lines.get(1..).unwrap_or_default().join(" "),
        postcode: row.postcode.clone().unwrap_or_default(),
        city: row.city.clone(),
        zone: row.region.clone().unwrap_or_default(),
        country: row.country_id.clone(),
        // Names of countries come with the program, not from its database.
        country_name: String::new(),
        custom_fields: Vec::new(),
    }
}

fn product(row: &ProductRow) -> RecordedProduct {
    let own = ["simple", "virtual", "downloadable"].contains(&row.type_id.as_str());
    let salable = row.salable_qty["1"]
        .as_f64()
        .and_then(|quantity| quantity.to_string().parse().ok());
    RecordedProduct {
        id: row.entity_id.clone(),
        sku: row.sku.clone(),
        kind: row.type_id.clone(),
        name: row.model.name.clone(),
        price: row.model.price,
        weight: row.model.weight,
        tax_class: row.tax_class.clone(),
        ean: ean(row),
        active: row.model.status == "1",
        stock: (own && row.stock_item.manage_stock == "1")
            .then(|| salable.unwrap_or(row.stock_item.qty)),
    }
}

fn ean(row: &ProductRow) -> Option<String> {
    row.attribute_text["ean"].as_str().map(str::to_owned)
}

fn kind(state: &str) -> StatusKind {
    match state {
        "new" | "pending_payment" => StatusKind::Pending,
        "payment_review" | "holded" => StatusKind::OnHold,
        "processing" => StatusKind::Processing,
        "complete" => StatusKind::Complete,
        "closed" => StatusKind::Refunded,
        "canceled" => StatusKind::Cancelled,
        _ => StatusKind::Other,
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn field(name: &str, value: &str) -> CustomField {
    CustomField {
        id: name.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn joined(middle: Option<&str>, last: &str) -> String {
    match middle.filter(|middle| !middle.is_empty()) {
        Some(middle) => format!("{middle} {last}"),
        None => last.to_owned(),
    }
}

/// A note with one kind of line end, as a bridge sends it.
fn note(text: Option<&str>) -> String {
    text.unwrap_or_default().replace("\r\n", "\n")
}

/// The database's UTC text as RFC 3339.
fn utc(text: &str) -> String {
    format!("{}Z", text.replace(' ', "T"))
}

/// `2026-03-02 11:15:00 +01:00` without its offset.
fn local(text: &str) -> String {
    text.get(..19).unwrap_or_default().replace(' ', "T")
}

fn amsterdam(text: &str) -> Result<String> {
    let moment: jiff::Timestamp = utc(text).parse()?;
    let local = moment.in_tz("Europe/Amsterdam")?;
    Ok(local.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

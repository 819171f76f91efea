//! WooCommerce's `truth.json` as canonical records.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::Value;
use winkelbrug_protocol::record::{
    Address, CustomField, Customer, HistoryEntry, Line, LineOption, Method, Money, Named, Order,
    Product, RateKind, RatePart, Refund, RefundLine, RowRate, Status, StatusKind, TaxClass,
    TaxRate, TotalKind, TotalRow,
};

use super::woocommerce_fields::{fields, paid};
use super::woocommerce_rows::{
    AddressRow, CostRow, ItemRow, MetaRow, OrderRow, ProductRow, RecordedOrder, RefundRow, TaxRow,
    Truth,
};

/// A recorded shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its orders, in order of id.
    pub orders: Vec<Order>,
    /// Its products and variations.
    pub products: Vec<Product>,
    /// Its tax classes, `0` first.
    pub tax_classes: Vec<TaxClass>,
    /// Its tax rates.
    pub tax_rates: Vec<TaxRate>,
    /// Accounts of customers: id, e-mail, names and the invoice address's city.
    pub customers: Vec<[String; 5]>,
}

/// Reads `truth.json`. Of an order everything is filled in but the hash, remarks and
/// the status of history entries, which the recording does not have; shares by rate are given where
/// a row has one rate.
///
/// # Errors
/// No such file, or not of the form WooCommerce's recordings have.
pub fn read(file: &Path) -> Result<Shop> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let truth: Truth = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let whole = &truth;
    let products = whole.products.iter().flat_map(|product| {
        let parent = &product.rest;
        let variants = parent.variations.iter();
        std::iter::once(whole.product(parent, None))
            .chain(variants.map(move |variant| whole.product(variant, Some(parent))))
    });
    let customers = truth.customers.iter().filter(|row| row.role == "customer");
    let mut shop = Shop {
        orders: truth.orders.iter().map(|row| truth.order(row)).collect(),
        products: products.collect(),
        tax_classes: truth.classes(),
        tax_rates: truth.rates(),
        customers: customers
            .map(|row| {
                [
                    row.id.to_string(),
                    row.email.clone(),
                    row.first_name.clone(),
                    row.last_name.clone(),
                    row.billing.city.clone(),
                ]
            })
            .collect(),
    };
    shop.orders
        .sort_by_key(|order| order.id.parse::<u64>().ok());
    Ok(shop)
}

impl Truth {
    fn classes(&self) -> Vec<TaxClass> {
        let classes = self.tax_classes.iter().map(|class| TaxClass {
            id: class.slug.clone(),
            name: class.name.clone(),
            rate_ids: self
                .tax_rates
                .iter()
                .filter(|rate| rate.class == class.slug)
                .map(|rate| rate.id.to_string())
                .collect(),
        });
        std::iter::once(TaxClass {
            id: "0".to_owned(),
            name: String::new(),
            rate_ids: Vec::new(),
        })
        .chain(classes)
        .collect()
    }

    fn rates(&self) -> Vec<TaxRate> {
        let rates = self.tax_rates.iter().map(|rate| TaxRate {
            id: rate.id.to_string(),
            name: rate.name.clone(),
            rate: rate.rate,
            kind: RateKind::Percent,
            countries: vec![rate.country.clone()],
        });
        rates.collect()
    }

    fn class(&self, slug: &str) -> Named {
        let slug = if slug.is_empty() { "standard" } else { slug };
        let class = self.tax_classes.iter().find(|class| class.slug == slug);
        named(slug, class.map_or("", |class| &class.name))
    }

    fn order(&self, recorded: &RecordedOrder) -> Order {
        let row = &recorded.rest_dp6;
        let ships = row.shipping_lines.first();
        let shipped_to = [
            &row.shipping.first_name,
            &row.shipping.last_name,
            &row.shipping.address_1,
            &row.shipping.city,
        ];
        let ships_elsewhere = ships.is_some() && shipped_to.iter().any(|text| !text.is_empty());
        Order {
            id: row.id.to_string(),
            number: row.number.clone(),
            hash: String::new(),
            store: named("0", "Proefwinkel d’Arc & Zn."),
            placed_at: format!("{}Z", row.date_created_gmt),
            placed_local: row.date_created.clone(),
            changed_at: format!("{}Z", row.date_modified_gmt),
            status: status(&row.status),
            language: "en-us".to_owned(),
            money: Money {
                code: row.currency.clone(),
                order_code: row.currency.clone(),
                rate: Decimal::ONE,
                order_total: row.total.normalize(),
            },
            customer: customer(row),
            invoice_address: address(&row.billing, fields(row, "billing")),
            delivery_address: ships_elsewhere
                .then(|| address(&row.shipping, fields(row, "shipping"))),
            payment: Method {
                code: row.payment_method.clone(),
                title: row.payment_method_title.clone(),
            },
            shipping: ships.map(|cost| Method {
                code: cost.method_id.clone(),
                title: plain(&cost.method_title),
            }),
            comment: plain(&row.customer_note),
            invoice_number: None,
            invoice_date: None,
            shop_reference: None,
            lines: row.line_items.iter().map(|item| line(row, item)).collect(),
            gift_cards: Vec::new(),
            totals: self.totals(row),
            total: row.total.normalize(),
            history: recorded
                .notes
                .iter()
                .map(|note| HistoryEntry {
                    at: format!("{}Z", note.date_created_gmt),
                    status: status(""),
                    comment: plain(&note.note),
                    notified: note.customer_note,
                })
                .collect(),
            refunds: refunds(recorded),
            replaces: None,
            paid: paid(row),
            paid_on: row.date_paid.as_ref().map(|local| local[..10].to_owned()),
            received: None,
            custom_fields: fields(row, ""),
            remarks: Vec::new(),
        }
    }

    /// The total block: goods, discount, fees, shipping, VAT, total.
    fn totals(&self, row: &OrderRow) -> Vec<TotalRow> {
        let goods: Decimal = row.line_items.iter().map(|item| sold(item).0).sum();
        let paid: Decimal = row.line_items.iter().map(|item| item.total).sum();
        let mut rows = vec![total_row("sub_total", TotalKind::SubTotal, "", goods)];
        if goods != paid {
            let codes: Vec<&str> = row
                .coupon_lines
                .iter()
                .map(|coupon| coupon.code.as_str())
                .collect();
            let code = if codes.is_empty() {
                "discount"
            } else {
                "coupon"
            };
            rows.push(total_row(
                code,
                TotalKind::Discount,
                &codes.join(", "),
                paid - goods,
            ));
        }
        for fee in &row.fee_lines {
            let kind = if fee.total < Decimal::ZERO {
                TotalKind::Discount
            } else {
                TotalKind::Fee
            };
            let mut fee_row = total_row("fee", kind, &plain(&fee.name), fee.total);
            fee_row.tax_class = Some(if fee.tax_status == "none" {
                named("0", "")
            } else {
                self.class(&fee.tax_class)
            });
            rows.push(fee_row);
        }
        rows.extend(row.shipping_lines.iter().map(|cost| {
            let title = plain(&cost.method_title);
            total_row(&cost.method_id, TotalKind::Shipping, &title, cost.total)
        }));
        rows.extend(row.tax_lines.iter().map(tax_row));
        rows.push(total_row("total", TotalKind::Total, "", row.total));
        rows
    }

    fn product(&self, row: &ProductRow, parent: Option<&ProductRow>) -> Product {
        let kind = match (parent, row.kind.as_str()) {
            (Some(_), _) => "variant",
            (None, "variable") => "configurable",
            (None, "grouped") => "grouped",
            (None, _) if row.downloadable => "download",
            (None, _) if row.r#virtual => "virtual",
            (None, _) => "simple",
        };
        let publish = |row: &ProductRow| row.status == "publish";
        Product {
            id: row.id.to_string(),
            changed_at: format!("{}Z", row.date_modified_gmt),
            stamp: row.date_modified_gmt.replace('T', " "),
            code: plain(&row.sku).trim().to_owned(),
            sku: some(&plain(&row.sku)),
            ean: some(&row.global_unique_id),
            name: plain(&row.name),
            price: Some(amount(if row.regular_price.is_empty() {
                &row.price
            } else {
                &row.regular_price
            })),
            tax_class: if row.tax_status == "none" {
                named("0", "")
            } else {
                self.class(&row.tax_class)
            },
            quantity: match &row.manage_stock {
                Value::Bool(false) => None,
                _ => row.stock_quantity.map(|quantity| quantity.normalize()),
            },
            active: publish(row) && parent.is_none_or(publish),
            options: Vec::new(),
            kind: kind.to_owned(),
            parent_id: parent.map(|parent| parent.id.to_string()),
            price_incl: None,
            weight: row.weight.parse().ok(),
            categories: parent
                .unwrap_or(row)
                .categories
                .iter()
                .map(|category| named(&category.id.to_string(), &plain(&category.name)))
                .collect(),
            custom_fields: Vec::new(),
        }
    }
}

fn customer(row: &OrderRow) -> Customer {
    let of = |names: &[&str]| {
        let found = row
            .meta_data
            .iter()
            .find(|meta| names.contains(&meta.key.as_str()));
        found
            .and_then(|meta| meta.value.as_str())
            .map(str::to_owned)
    };
    Customer {
        id: Some(row.customer_id)
            .filter(|id| *id != 0)
            .map(|id| id.to_string()),
        group: if row.customer_id == 0 {
            named("", "")
        } else {
            named("customer", "customer")
        },
        first_name: row.billing.first_name.clone(),
        last_name: row.billing.last_name.clone(),
        email: row.billing.email.clone(),
        telephone: row.billing.phone.clone(),
        vat_number: of(&[
            "_vat_number",
            "_billing_vat_number",
            "_wc_billing/proef/btw-nummer",
        ]),
        chamber_of_commerce: of(&["_billing_kvk"]),
        custom_fields: Vec::new(),
    }
}

fn address(row: &AddressRow, custom_fields: Vec<CustomField>) -> Address {
    Address {
        first_name: plain(&row.first_name),
        last_name: plain(&row.last_name),
        company: plain(&row.company),
        line1: plain(&row.address_1),
        line2: plain(&row.address_2),
        postcode: row.postcode.clone(),
        city: plain(&row.city),
        zone: row.state.clone(),
        country: row.country.clone(),
        country_name: String::new(),
        custom_fields,
    }
}

/// Net and VAT of a line before the order's discounts: what was paid, where a price was raised by hand.
fn sold(item: &ItemRow) -> (Decimal, Decimal) {
    if item.total.abs() >= item.subtotal.abs() {
        (item.total, item.total_tax)
    } else {
        (item.subtotal, item.subtotal_tax)
    }
}

fn line(row: &OrderRow, item: &ItemRow) -> Line {
    let (net, vat) = sold(item);
    let product = if item.variation_id == 0 {
        item.product_id
    } else {
        item.variation_id
    };
    let each = |amount: Decimal| {
        let share = amount.checked_div(item.quantity).unwrap_or_default();
        share
            .round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero)
            .normalize()
    };
    Line {
        id: item.id.to_string(),
        product_id: (product != 0).then(|| product.to_string()),
        code: item.sku.trim().to_owned(),
        sku: some(&item.sku),
        ean: some(&item.global_unique_id),
        name: plain(&item.name),
        quantity: item.quantity.normalize(),
        price: each(net),
        tax: each(vat),
        total: net.normalize(),
        tax_class: None,
        options: item.meta_data.iter().filter_map(option).collect(),
        percent: Some(percent(&row.tax_lines, item)),
        total_incl: None,
        levy: None,
        heading: false,
        custom_fields: Vec::new(),
    }
}

/// The rates of a line together; a compound one stands on the others.
fn percent(rates: &[TaxRow], item: &ItemRow) -> Decimal {
    let of = |compound: bool| -> Decimal {
        let shares = item.taxes.iter();
        shares
            .filter_map(|share| rates.iter().find(|rate| rate.rate_id == share.id))
            .filter(|rate| rate.compound == compound)
            .map(|rate| rate.rate_percent)
            .sum()
    };
    (of(false) + of(true) * (Decimal::ONE + of(false) / dec!(100))).normalize()
}

fn option(meta: &MetaRow) -> Option<LineOption> {
    if meta.key.starts_with('_') {
        return None;
    }
    let value = match &meta.display_value {
        Value::String(text) => plain(text),
        Value::Object(values) => values
            .values()
            .map(|value| value.to_string().trim_matches('"').to_owned())
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    Some(LineOption {
        name: plain(&meta.display_key),
        value,
        kind: if meta.key.starts_with("pa_") || meta.display_key != meta.key {
            "select".to_owned()
        } else {
            "text".to_owned()
        },
        value_id: None,
        code: None,
    })
}

fn total_row(code: &str, kind: TotalKind, title: &str, amount: Decimal) -> TotalRow {
    TotalRow {
        code: code.to_owned(),
        kind,
        title: title.to_owned(),
        amount: amount.normalize(),
        rate: None,
        tax_class: None,
        parts: Vec::new(),
    }
}

fn tax_row(row: &TaxRow) -> TotalRow {
    TotalRow {
        rate: Some(RowRate {
            rate: row.rate_percent.normalize(),
            kind: RateKind::Percent,
        }),
        ..total_row(
            "tax",
            TotalKind::Tax,
            &row.label,
            row.tax_total + row.shipping_tax_total,
        )
    }
}

/// Oldest first. Goods and shipping of each refund as it was made; of one without any row that gave
/// everything back, what was sold.
fn refunds(recorded: &RecordedOrder) -> Vec<Refund> {
    let row = &recorded.rest_dp6;
    let mut refunds: Vec<Refund> = recorded
        .refunds
        .iter()
        .map(|refund| give_back(row, refund))
        .collect();
    refunds.sort_by_key(|refund| refund.id.parse::<u64>().ok());
    refunds
}

fn give_back(row: &OrderRow, refund: &RefundRow) -> Refund {
    let bare = refund.line_items.is_empty() && refund.shipping_lines.is_empty();
    let whole = bare && refund.amount == row.total;
    let (items, costs) = if whole {
        (&row.line_items, &row.shipping_lines)
    } else {
        (&refund.line_items, &refund.shipping_lines)
    };
    let lines: Vec<RefundLine> = items.iter().map(|item| refund_line(row, item)).collect();
    let shipping: Vec<RatePart> = costs
        .iter()
        .filter_map(|cost| cost_part(row, cost))
        .collect();
    let given = lines.iter().flat_map(|line| &line.parts).chain(&shipping);
    let given: Decimal = given.map(|part| part.net + part.vat).sum();
    let rest = (refund.amount - given).round_dp(2);
    Refund {
        id: refund.id.to_string(),
        number: None,
        at: format!("{}Z", refund.date_created_gmt),
        at_local: refund.date_created.clone(),
        total: refund.amount.normalize(),
        comment: plain(&refund.reason),
        lines,
        shipping,
        adjustment: if whole {
            Decimal::ZERO
        } else {
            rest.normalize()
        },
        voucher: false,
    }
}

fn refund_line(row: &OrderRow, item: &ItemRow) -> RefundLine {
    let refunded = item
        .meta_data
        .iter()
        .find(|meta| meta.key == "_refunded_item_id");
    let of = refunded.and_then(|meta| meta.value.as_str().map(str::to_owned));
    RefundLine {
        line_id: of.unwrap_or_else(|| item.id.to_string()),
        quantity: item.quantity.abs().normalize(),
        parts: vec![RatePart {
            percent: percent(&row.tax_lines, item),
            net: item.total.abs().normalize(),
            vat: item.total_tax.abs().normalize(),
        }],
    }
}

/// Shipping is all at the highest rate in these recordings.
fn cost_part(row: &OrderRow, cost: &CostRow) -> Option<RatePart> {
    let percent = row.tax_lines.iter().map(|rate| rate.rate_percent).max()?;
    (!cost.total.is_zero()).then(|| RatePart {
        percent,
        net: cost.total.abs().normalize(),
        vat: cost.total_tax.abs().normalize(),
    })
}

fn status(code: &str) -> Status {
    let (name, kind) = match code {
        "pending" => ("Pending payment", StatusKind::Pending),
        "processing" => ("Processing", StatusKind::Processing),
        "on-hold" => ("On hold", StatusKind::Pending),
        "completed" => ("Completed", StatusKind::Complete),
        "cancelled" => ("Cancelled", StatusKind::Cancelled),
        "refunded" => ("Refunded", StatusKind::Refunded),
        "failed" => ("Failed", StatusKind::Failed),
        "trash" => ("Trash", StatusKind::Cancelled),
        "checkout-draft" | "auto-draft" | "draft" => ("Draft", StatusKind::Abandoned),
        "verzonden" => ("Verzonden", StatusKind::Complete),
        _ => ("", StatusKind::Other),
    };
    Status {
        id: code.to_owned(),
        name: name.to_owned(),
        kind,
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn amount(text: &str) -> Decimal {
    text.parse::<Decimal>().unwrap_or_default().normalize()
}

/// Text as a person reads it: the interface gives some of it escaped, and lines with their own ends.
fn plain(text: &str) -> String {
    let pairs = [
        ("\r\n", "\n"),
        ("&rarr;", "→"),
        ("&times;", "×"),
        ("&ndash;", "–"),
        ("&hellip;", "…"),
        ("&#039;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

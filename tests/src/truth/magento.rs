//! Magento's `truth.json`, of either generation, as canonical orders: what the shop's own models say,
//! put into the form a bridge answers in.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use serde_json::Value;
use winkelbrug_protocol::record::{
    Address, CustomField, Customer, HistoryEntry, Line, LineOption, Method, Money, Named, Order,
    RateKind, RatePart, Refund, RefundLine, RowRate, Status, StatusKind, TotalKind, TotalRow,
};

use super::magento_rows::{
    AddressRow, CreditRow, HistoryRow, ItemRow, LevyRow, OrderRow, PaymentRow, ProductRow, Truth,
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

/// A row that counts, with its amounts.
struct Sold<'a> {
    item: &'a ItemRow,
    children: Vec<&'a ItemRow>,
    heading: bool,
    quantity: Decimal,
    net: Decimal,
    vat: Decimal,
    discount: (Decimal, Decimal),
    levies: Vec<(String, Decimal, Decimal)>,
}

impl Sold<'_> {
    fn percent(&self) -> Decimal {
        self.item.tax_percent.unwrap_or_default()
    }
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
            shipping: model.shipping_method.as_ref().map(|code| Method {
                code: code.clone(),
                title: model.shipping_description.clone().unwrap_or_default(),
            }),
            comment: lines(model.customer_note.as_deref()),
            invoice_number: row
                .invoices
                .first()
                .map(|invoice| invoice.increment_id.clone()),
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
            paid: Some(total.is_zero() || paid > Decimal::ZERO && paid >= total),
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

    /// Rows that were sold: Magento's own rule of which of parent and children counts.
    fn sold<'a>(
        &self,
        row: &'a OrderRow,
        items: &'a [ItemRow],
        whole: bool,
    ) -> Result<Vec<Sold<'a>>> {
        let mut sold = Vec::new();
        for item in items.iter().filter(|item| item.parent_item_id.is_none()) {
            let children: Vec<&ItemRow> = items
                .iter()
                .filter(|child| child.parent_item_id.as_ref() == Some(&item.item_id))
                .collect();
            let calculated = &options(row, item)["product_calculations"];
            let by_parts = !children.is_empty()
                && calculated
                    .as_i64()
                    .or_else(|| calculated.as_str()?.parse().ok())
                    == Some(0);
            sold.push(amounts(item, children.clone(), by_parts, whole)?);
            if by_parts {
                for child in children {
                    sold.push(amounts(child, Vec::new(), false, whole)?);
                }
            }
        }
        Ok(sold)
    }

    fn lines(&self, row: &OrderRow, sold: &[Sold<'_>]) -> Vec<Line> {
        sold.iter()
            .filter(|sold| !sold.quantity.is_zero())
            .map(|sold| self.line(row, sold))
            .collect()
    }

    fn line(&self, row: &OrderRow, sold: &Sold<'_>) -> Line {
        let item = sold.item;
        let variant = match sold.children.as_slice() {
            [child] if item.product_type == "configurable" => child,
            _ => item,
        };
        let find = |id: &Option<String>| {
            self.products
                .iter()
                .find(|product| Some(&product.entity_id) == id.as_ref())
        };
        let now = find(&variant.product_id);
        let cancelled = item.qty_ordered - sold.quantity;
        let mut custom_fields = Vec::new();
        if !cancelled.is_zero() {
            custom_fields = vec![
                field("qty_ordered", &format!("{:.4}", item.qty_ordered)),
                field("qty_canceled", &format!("{cancelled:.4}")),
            ];
        }
        let goods = !sold.heading;
        Line {
            id: item.item_id.clone(),
            product_id: variant.product_id.clone(),
            code: item.sku.clone(),
            sku: now.map(|product| product.sku.clone()),
            ean: now.filter(|_| goods).and_then(ean),
            name: item.name.clone(),
            quantity: sold.quantity,
            price: goods
                .then_some(item.base_price)
                .flatten()
                .unwrap_or_default(),
            tax: (sold.vat / sold.quantity)
                .round_dp_with_strategy(4, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
            total: sold.net,
            tax_class: find(&item.product_id)
                .filter(|_| goods)
                .map(|product| self.class(product.tax_class.as_deref())),
            options: self.chosen(row, sold),
            percent: goods.then(|| sold.percent()),
            total_incl: goods.then(|| sold.net + sold.vat),
            heading: sold.heading,
            custom_fields,
        }
    }

    fn class(&self, name: Option<&str>) -> Named {
        self.tax_classes
            .iter()
            .find(|class| Some(class.class_name.as_str()) == name)
            .map_or_else(
                || named("0", ""),
                |class| named(&class.class_id, &class.class_name),
            )
    }

    fn chosen(&self, row: &OrderRow, sold: &Sold<'_>) -> Vec<LineOption> {
        let stored = options(row, sold.item);
        let list = |name: &str| stored[name].as_array().cloned().unwrap_or_default();
        let mut chosen = Vec::new();
        for entry in list("attributes_info") {
            chosen.push(option(&entry, "value", "attribute"));
        }
        for entry in list("options") {
            let kind = entry["option_type"].as_str().unwrap_or_default();
            chosen.push(option(&entry, "print_value", kind));
        }
        if sold.item.product_type == "bundle" && !sold.heading {
            for child in &sold.children {
                let each = (child.qty_ordered / sold.item.qty_ordered).normalize();
                chosen.push(LineOption {
                    name: bundle_label(&options(row, child)),
                    value: format!("{each} x {}", child.name),
                    kind: "bundle".to_owned(),
                    value_id: None,
                    code: Some(child.sku.clone()),
                });
            }
        }
        chosen
    }

    fn totals(&self, row: &OrderRow, sold: &[Sold<'_>], total: Decimal) -> Vec<TotalRow> {
        let model = &row.model;
        let goods: Decimal = sold.iter().map(|sold| sold.net).sum();
        let mut rows = vec![total_row(
            "subtotal",
            TotalKind::SubTotal,
            "",
            goods,
            Vec::new(),
        )];
        let shipping = model.base_shipping_amount.unwrap_or_default();
        let shipping_vat = model.base_shipping_incl_tax.unwrap_or_default() - shipping;
        // Every recorded shop ships at its country's standard rate, or without VAT.
        let standard = row
            .taxes
            .iter()
            .map(|tax| tax.percent)
            .max()
            .unwrap_or_default();
        let shipping_rate = if shipping_vat.is_zero() {
            Decimal::ZERO
        } else {
            standard
        };
        let on_lines: Decimal = sold
            .iter()
            .map(|sold| sold.item.base_discount_amount.unwrap_or_default())
            .sum();
        // The order's own sum, where shipping had a share: Magento 1 keeps that share unrounded.
        let on_shipping = match model.base_shipping_discount_amount {
            Some(share) if !share.is_zero() => {
                -model.base_discount_amount.unwrap_or_default() - on_lines
            }
            _ => Decimal::ZERO,
        };
        let lost_vat = model.base_shipping_tax_amount.unwrap_or_default() - shipping_vat;
        let mut discount = Parts::default();
        let compensation = model.base_shipping_compensation.unwrap_or_default();
        discount.add(shipping_rate, compensation - on_shipping, lost_vat);
        for sold in sold {
            discount.add(sold.percent(), sold.discount.0, sold.discount.1);
        }
        if !discount.list().is_empty() {
            let title = model
                .discount_description
                .clone()
                .or(model.coupon_code.clone());
            rows.push(total_row(
                "discount",
                TotalKind::Discount,
                &title.unwrap_or_default(),
                discount.net(),
                discount.list(),
            ));
        }
        if model.shipping_method.is_some() {
            let mut parts = Parts::default();
            parts.add(shipping_rate, shipping, shipping_vat);
            let title = model.shipping_description.clone().unwrap_or_default();
            let mut row = total_row(
                "shipping",
                TotalKind::Shipping,
                &title,
                shipping,
                parts.list(),
            );
            row.tax_class = self
                .tax_classes
                .iter()
                .find(|class| ["Verzending", "Shipping"].contains(&class.class_name.as_str()))
                .map(|class| named(&class.class_id, &class.class_name));
            rows.push(row);
        }
        for sold in sold {
            for (title, net, vat) in &sold.levies {
                let mut parts = Parts::default();
                parts.add(sold.percent(), *net, *vat);
                rows.push(total_row(
                    "weee",
                    TotalKind::Levy,
                    title,
                    *net,
                    parts.list(),
                ));
            }
        }
        rows.extend(self.tax_rows(row, sold));
        rows.push(total_row(
            "grand_total",
            TotalKind::Total,
            "",
            total,
            Vec::new(),
        ));
        rows
    }

    /// The shop's own rows by rate, less the VAT of what was cancelled before it was invoiced.
    fn tax_rows(&self, row: &OrderRow, sold: &[Sold<'_>]) -> Vec<TotalRow> {
        let mut rows = Vec::new();
        for tax in &row.taxes {
            let mut lost = Decimal::ZERO;
            for sold in sold.iter().filter(|sold| sold.percent() == tax.percent) {
                if sold.quantity != sold.item.qty_ordered && !sold.heading {
                    lost +=
                        sold.item.base_tax_amount.unwrap_or_default() - sold.vat - sold.discount.1;
                }
            }
            let mut row = total_row(
                "tax",
                TotalKind::Tax,
                &tax.title,
                tax.base_amount - lost,
                Vec::new(),
            );
            row.rate = Some(RowRate {
                rate: tax.percent,
                kind: RateKind::Percent,
            });
            rows.push(row);
        }
        rows
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
                comment: lines(entry.comment.as_deref()),
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

/// Shares by rate.
#[derive(Default)]
struct Parts(BTreeMap<Decimal, (Decimal, Decimal)>);

impl Parts {
    fn add(&mut self, percent: Decimal, net: Decimal, vat: Decimal) {
        let so = self.0.entry(percent).or_default();
        so.0 += net;
        so.1 += vat;
    }

    fn net(&self) -> Decimal {
        self.0.values().map(|part| part.0).sum()
    }

    fn list(&self) -> Vec<RatePart> {
        self.0
            .iter()
            .filter(|(_, part)| !part.0.is_zero() || !part.1.is_zero())
            .map(|(percent, part)| RatePart {
                percent: *percent,
                net: part.0,
                vat: part.1,
            })
            .collect()
    }
}

fn amounts<'a>(
    item: &'a ItemRow,
    children: Vec<&'a ItemRow>,
    heading: bool,
    whole: bool,
) -> Result<Sold<'a>> {
    let gone = if whole {
        Decimal::ZERO
    } else {
        item.qty_canceled.unwrap_or_default()
    };
    let quantity = item.qty_ordered - gone;
    if heading {
        return Ok(Sold {
            item,
            children,
            heading,
            quantity,
            net: Decimal::ZERO,
            vat: Decimal::ZERO,
            discount: Default::default(),
            levies: Vec::new(),
        });
    }
    let part = |amount: Decimal| {
        if gone.is_zero() {
            amount
        } else {
            (amount * quantity / item.qty_ordered).round_dp(2)
        }
    };
    let net = item.base_row_total.unwrap_or_default();
    let incl = item.base_row_total_incl_tax.unwrap_or(net);
    let mut tax = item.base_tax_amount.unwrap_or_default();
    let mut applied: Vec<LevyRow> = Vec::new();
    if let Some(json) = item
        .weee_tax_applied
        .as_ref()
        .filter(|t| t.starts_with('['))
    {
        applied = serde_json::from_str(json)?;
    }
    let mut levies = Vec::new();
    for levy in &applied {
        levies.push(levy_of(levy));
    }
    for levy in &item.levies_of_one {
        // Magento 1 counts the VAT on levies into the row's tax.
        tax -= levy.base_row_amount_incl_tax - levy.base_row_amount;
        levies.push(levy_of(levy));
    }
    let discount =
        item.base_discount_amount.unwrap_or_default() - item.base_compensation.unwrap_or_default();
    let lost = tax - (incl - net);
    let kept = part(net);
    let off = part(-discount);
    Ok(Sold {
        item,
        children,
        heading,
        quantity,
        net: kept,
        vat: part(incl) - kept,
        discount: (off, part(lost - discount) - off),
        levies,
    })
}

fn levy_of(levy: &LevyRow) -> (String, Decimal, Decimal) {
    (
        levy.title.clone(),
        levy.base_row_amount,
        levy.base_row_amount_incl_tax - levy.base_row_amount,
    )
}

fn refund(memo: &CreditRow, sold: &[Sold<'_>]) -> Result<Refund> {
    let adjustment = memo.base_adjustment.unwrap_or_default();
    let mut rest = memo.base_grand_total - adjustment;
    let mut lines = Vec::new();
    for item in &memo.items {
        let line = sold
            .iter()
            .find(|sold| sold.item.item_id == item.order_item_id)
            .context("refund of a row that does not count")?;
        let net = item.base_row_total.unwrap_or_default()
            - item.base_discount_amount.unwrap_or_default()
            + item.base_compensation.unwrap_or_default();
        let mut parts = Parts::default();
        parts.add(
            line.percent(),
            net,
            item.base_tax_amount.unwrap_or_default(),
        );
        rest -= net + item.base_tax_amount.unwrap_or_default();
        lines.push(RefundLine {
            line_id: item.order_item_id.clone(),
            quantity: item.qty,
            parts: parts.list(),
        });
    }
    let vat = memo.base_shipping_tax_amount.unwrap_or_default();
    let mut shipping = Parts::default();
    shipping.add(Decimal::from(21), rest - vat, vat);
    let comments: Vec<String> = memo
        .comments
        .iter()
        .filter_map(|comment| comment.comment.clone())
        .collect();
    Ok(Refund {
        id: memo.entity_id.clone(),
        number: Some(memo.increment_id.clone()),
        at: utc(&memo.created_at),
        at_local: amsterdam(&memo.created_at)?,
        total: memo.base_grand_total,
        comment: comments.join("\n"),
        lines,
        shipping: shipping.list(),
        adjustment,
    })
}

/// Options of a row, wherever the recording has them.
fn options(row: &OrderRow, item: &ItemRow) -> Value {
    row.items_status
        .iter()
        .find(|status| status.item_id == item.item_id)
        .map_or_else(
            || item.product_options.clone(),
            |status| status.product_options.clone(),
        )
}

fn option(entry: &Value, value: &str, kind: &str) -> LineOption {
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    LineOption {
        name: text("label"),
        value: text(value),
        kind: kind.to_owned(),
        value_id: None,
        code: None,
    }
}

/// The option a part of a bundle was chosen for, out of JSON or PHP's own notation.
fn bundle_label(options: &Value) -> String {
    let text = options["bundle_selection_attributes"]
        .as_str()
        .unwrap_or_default();
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        return json["option_label"].as_str().unwrap_or_default().to_owned();
    }
    let after = text.split("\"option_label\";").nth(1).unwrap_or_default();
    after.split('"').nth(1).unwrap_or_default().to_owned()
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
        "new" | "pending_payment" | "payment_review" | "holded" => StatusKind::Pending,
        "processing" => StatusKind::Processing,
        "complete" => StatusKind::Complete,
        "closed" => StatusKind::Refunded,
        "canceled" => StatusKind::Cancelled,
        _ => StatusKind::Other,
    }
}

fn total_row(
    code: &str,
    kind: TotalKind,
    title: &str,
    amount: Decimal,
    parts: Vec<RatePart>,
) -> TotalRow {
    TotalRow {
        code: code.to_owned(),
        kind,
        title: title.to_owned(),
        amount,
        rate: None,
        tax_class: None,
        parts,
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
fn lines(text: Option<&str>) -> String {
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

//! Which rows of a recorded order were sold, and the lines they make.

use anyhow::Result;
use rust_decimal::Decimal;
use serde_json::Value;
use winkelbrug_protocol::record::{Line, LineOption, Named};

use super::{
    ean, field, named,
    rows::{ItemRow, LevyRow, OrderRow, Truth},
};

/// A row that counts, with its amounts.
pub(super) struct Sold<'a> {
    pub(super) item: &'a ItemRow,
    pub(super) children: Vec<&'a ItemRow>,
    pub(super) heading: bool,
    pub(super) quantity: Decimal,
    pub(super) net: Decimal,
    pub(super) vat: Decimal,
    pub(super) discount: (Decimal, Decimal),
    pub(super) levies: Vec<(String, Decimal, Decimal)>,
}

impl Sold<'_> {
    pub(super) fn percent(&self) -> Decimal {
        self.item.tax_percent.unwrap_or_default()
    }
}

impl Truth {
    /// Rows that were sold: Magento's own rule of which of parent and children counts.
    pub(super) fn sold<'a>(
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

    pub(super) fn lines(&self, row: &OrderRow, sold: &[Sold<'_>]) -> Vec<Line> {
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
            levy: None,
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

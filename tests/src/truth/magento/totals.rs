//! The total block and the refunds of a recorded order.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{
    RateKind, RatePart, Refund, RefundLine, RowRate, TotalKind, TotalRow,
};

use super::{
    amsterdam,
    lines::Sold,
    named,
    rows::{CreditRow, OrderRow, Truth},
    utc,
};

impl Truth {
    pub(super) fn totals(
        &self,
        row: &OrderRow,
        sold: &[Sold<'_>],
        total: Decimal,
    ) -> Vec<TotalRow> {
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
        if model.shipped_by().is_some() {
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

pub(super) fn refund(memo: &CreditRow, sold: &[Sold<'_>]) -> Result<Refund> {
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
        voucher: false,
    })
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

//! What a recorded PrestaShop says of an order's money: total block, VAT by rate, credit slips.

use std::collections::BTreeMap;

use anyhow::Result;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{
    RateKind, RatePart, Refund, RefundLine, RowRate, TotalKind, TotalRow,
};

use super::{
    prestashop::translated,
    prestashop_rows::{OrderRow, SlipRow, Truth},
};

impl Truth {
    pub(super) fn totals(&self, row: &OrderRow) -> Vec<TotalRow> {
        let order = &row.order;
        let mut rows = vec![total(
            "total_products",
            TotalKind::SubTotal,
            "Products",
            order.total_products,
        )];
        // A rule is rounded to whole cents; here they add up to the order's discount as they are.
        rows.extend(row.rules.iter().map(|rule| {
            let net = rounded(rule.value_tax_excl);
            total("cart_rule", TotalKind::Discount, &rule.name, -net)
        }));
        if order.id_carrier != "0" {
            let title = self.carrier(&order.id_carrier).title;
            let class = self
                .carriers
                .iter()
                .find(|carrier| carrier.id.to_string() == order.id_carrier)
                .map(|carrier| self.class(&carrier.id_tax_rules_group.to_string()));
            let net = order.total_shipping_tax_excl;
            rows.push(TotalRow {
                tax_class: class,
                ..total("shipping", TotalKind::Shipping, &title, net)
            });
        }
        if !order.total_wrapping_tax_excl.is_zero() {
            let net = order.total_wrapping_tax_excl;
            rows.push(TotalRow {
                tax_class: Some(self.class(self.setting("PS_GIFT_WRAPPING_TAX_RULES_GROUP"))),
                ..total("wrapping", TotalKind::Fee, "Gift wrapping", net)
            });
        }
        rows.extend(self.tax_rows(row));
        rows.push(total(
            "total_paid",
            TotalKind::Total,
            "Total",
            order.total_paid,
        ));
        rows
    }

    /// VAT by rate: of the lines (after cart rules, as recorded, where there are any), of shipping
    /// and of wrapping, both at the carrier's rate in this shop.
    fn tax_rows(&self, row: &OrderRow) -> Vec<TotalRow> {
        let order = &row.order;
        let mut vat: BTreeMap<Decimal, Decimal> = if row.rules.is_empty() {
            let mut vat = BTreeMap::new();
            for line in &row.lines {
                *vat.entry(self.percent(row, line)).or_default() +=
                    line.total_price_tax_incl - line.total_price_tax_excl;
            }
            vat
        } else {
            self.recorded_vat(row)
        };
        let costs = order.total_shipping_tax_incl - order.total_shipping_tax_excl
            + order.total_wrapping_tax_incl
            - order.total_wrapping_tax_excl;
        if !costs.is_zero() {
            *vat.entry(order.carrier_tax_rate.normalize()).or_default() += costs;
        }
        vat.into_iter()
            .rev()
            .filter(|(percent, _)| !percent.is_zero())
            .map(|(percent, vat)| TotalRow {
                rate: Some(RowRate {
                    rate: percent,
                    kind: RateKind::Percent,
                }),
                ..total(
                    "tax",
                    TotalKind::Tax,
                    &self.tax_title(row, percent),
                    rounded(vat),
                )
            })
            .collect()
    }

    fn tax_title(&self, row: &OrderRow, percent: Decimal) -> String {
        let line = row
            .lines
            .iter()
            .find(|line| self.percent(row, line) == percent);
        let Some(line) = line else {
            return format!("{percent}%");
        };
        let mut taxes: Vec<_> = self
            .taxes
            .iter()
            .filter(|tax| {
                self.taxes_of(row, line)
                    .any(|(_, own)| own.id_tax == tax.id.to_string())
            })
            .collect();
        taxes.sort_by_key(|tax| tax.id);
        let names: Vec<String> = taxes.iter().map(|tax| translated(&tax.name)).collect();
        names.join(" + ")
    }

    pub(super) fn refund(&self, row: &OrderRow, slip: &SlipRow) -> Result<Refund> {
        let lines: Vec<RefundLine> = slip
            .associations
            .order_slip_details
            .iter()
            .map(|given| {
                let line = row
                    .lines
                    .iter()
                    .find(|line| line.id.to_string() == given.id_order_detail);
                RefundLine {
                    line_id: given.id_order_detail.clone(),
                    quantity: given.product_quantity,
                    parts: vec![RatePart {
                        percent: line.map_or(Decimal::ZERO, |line| self.percent(row, line)),
                        net: given.amount_tax_excl,
                        vat: given.amount_tax_incl - given.amount_tax_excl,
                    }],
                }
            })
            .collect();
        let shipping = RatePart {
            percent: row.order.carrier_tax_rate.normalize(),
            net: slip.total_shipping_tax_excl,
            vat: slip.total_shipping_tax_incl - slip.total_shipping_tax_excl,
        };
        let goods: Decimal = lines
            .iter()
            .flat_map(|line| &line.parts)
            .map(|part| part.net + part.vat)
            .sum();
        Ok(Refund {
            id: slip.id.to_string(),
            number: Some(format!("{:0>6}", slip.id)),
            at: self.utc(&slip.date_add)?,
            at_local: slip.date_add.replace(' ', "T"),
            total: goods + slip.total_shipping_tax_incl,
            comment: String::new(),
            lines,
            shipping: Some(shipping)
                .filter(|part| !part.net.is_zero())
                .into_iter()
                .collect(),
            adjustment: Decimal::ZERO,
            voucher: false,
        })
    }

    /// Payments hang on the reference, which the parts of a split order share.
    pub(super) fn paid(&self, row: &OrderRow) -> bool {
        let due: Decimal = self
            .orders
            .iter()
            .filter(|other| other.order.reference == row.order.reference)
            .map(|other| other.order.total_paid)
            .sum();
        let paid: Decimal = row.payments.iter().map(|payment| payment.amount).sum();
        paid >= due
    }

    /// The day of the last payment, once all is paid.
    pub(super) fn paid_on(&self, row: &OrderRow) -> Option<String> {
        let payments = row
            .payments
            .iter()
            .filter(|payment| payment.amount > Decimal::ZERO);
        let days = payments.map(|payment| &payment.date_add[..10]);
        let last = days.max()?;
        self.paid(row).then(|| last.to_owned())
    }

    /// What came in of an order of its own reference that is not paid in full.
    pub(super) fn received(&self, row: &OrderRow) -> Option<Decimal> {
        let reference = &row.order.reference;
        let parts = self.orders.iter();
        let alone = parts
            .filter(|other| other.order.reference == *reference)
            .count()
            == 1;
        let paid: Decimal = row.payments.iter().map(|payment| payment.amount).sum();
        Some(paid).filter(|paid| alone && !self.paid(row) && *paid > Decimal::ZERO)
    }
}

fn total(code: &str, kind: TotalKind, title: &str, amount: Decimal) -> TotalRow {
    TotalRow {
        code: code.to_owned(),
        kind,
        title: title.to_owned(),
        amount,
        rate: None,
        tax_class: None,
        parts: Vec::new(),
    }
}

/// Half away from zero, as the recorded shop rounds.
fn rounded(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

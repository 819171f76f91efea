//! The lines and the total block of an order, with their VAT.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{
    Line, LineOption, Named, RateKind, RatePart, RowRate, TotalKind, TotalRow,
};

use super::{CLASSES, Sorted, class_rate, id, title};
use crate::shop::sconnect::{
    records,
    vat::{self, Given, HIGH, LOW, Prices, Row, Totals},
};

/// A code the plug-ins write where a product has none.
const NO_CODE: &str = "NIET GEVONDEN";

/// Amounts, rate by rate.
pub(super) struct Amounts {
    goods: Vec<Row>,
    costs: Vec<Row>,
    prices: Prices,
    home: bool,
    shared: vat::Shared,
    /// With VAT.
    pub total: Decimal,
}

impl Amounts {
    pub(super) fn of(sorted: &Sorted<'_>, prices: Prices, home: bool) -> Self {
        let discount: Decimal = sorted.discounts.iter().map(|(_, amount)| amount).sum();
        let goods: Vec<Row> = sorted
            .goods
            .iter()
            .map(|(_, line, _)| vat::goods(&given(line), prices, !discount.is_zero()))
            .collect();
        let costs: Vec<Row> = sorted
            .costs
            .iter()
            .map(|(line, _)| vat::costs(&given(line), prices))
            .collect();
        let totals = Totals {
            total: sorted.total.and_then(|line| line.price),
            vat: sorted.total.and_then(|line| line.vat),
            discount,
        };
        let shared = vat::shared(&goods, &costs, totals, prices);
        let net: Decimal = goods.iter().chain(&costs).map(|row| row.net).sum();
        let vat: Decimal = shared.vat.values().sum();
        let total = totals
            .total
            .unwrap_or_else(|| (net + vat - shared.discount).round_dp(2));
        // PHP writes four decimals where there are two.
        let mut total = total.normalize();
        total.rescale(total.scale().max(2));
        Self {
            goods,
            costs,
            prices,
            home,
            shared,
            total,
        }
    }

    pub(super) fn lines(&self, sorted: &Sorted<'_>) -> Vec<Line> {
        sorted
            .goods
            .iter()
            .zip(&self.goods)
            .map(|((id, line, texts), row)| Line {
                id: id.clone(),
                product_id: None,
                code: code(&line.code),
                sku: None,
                ean: None,
                name: title(line, ""),
                quantity: quantity(line),
                price: row.price,
                tax: row.tax,
                total: row.net,
                tax_class: self.class(line, row),
                options: options(line, texts),
                percent: (!row.price.is_zero()).then_some(row.percent),
                total_incl: (self.prices == Prices::With).then(|| row.gross()),
                heading: false,
                levy: None,
                custom_fields: Vec::new(),
            })
            .collect()
    }

    /// Costs, discounts, VAT per rate, and the total.
    pub(super) fn rows(&self, sorted: &Sorted<'_>) -> Vec<TotalRow> {
        let mut rows: Vec<TotalRow> = sorted
            .costs
            .iter()
            .zip(&self.costs)
            .map(|((line, kind), row)| TotalRow {
                code: line.kind.to_lowercase(),
                kind: *kind,
                title: title(line, &line.kind),
                amount: row.net,
                rate: None,
                tax_class: self.class(line, row),
                parts: vec![RatePart {
                    percent: row.percent,
                    net: row.net,
                    vat: row.vat,
                }],
            })
            .collect();
        let stated: Decimal = sorted.discounts.iter().map(|(_, amount)| amount).sum();
        for (line, amount) in &sorted.discounts {
            let share = amount.checked_div(stated).unwrap_or_default();
            let amount = (self.shared.discount * share).round_dp(6);
            rows.push(TotalRow {
                code: "kortingsbedrag".to_owned(),
                kind: TotalKind::Discount,
                title: title(line, "Korting"),
                amount: -amount,
                rate: None,
                tax_class: None,
                parts: self.parts(share),
            });
        }
        for (percent, amount) in &self.shared.vat {
            rows.push(TotalRow {
                code: "btw".to_owned(),
                kind: TotalKind::Tax,
                title: format!("Btw {percent}%"),
                amount: *amount,
                rate: Some(RowRate {
                    rate: *percent,
                    kind: RateKind::Percent,
                }),
                tax_class: None,
                parts: Vec::new(),
            });
        }
        rows.push(TotalRow {
            code: "totaal".to_owned(),
            kind: TotalKind::Total,
            title: "Totaal".to_owned(),
            amount: self.total,
            rate: None,
            tax_class: None,
            parts: Vec::new(),
        });
        rows
    }

    /// How that share of the discounts is shared over the rates.
    fn parts(&self, share: Decimal) -> Vec<RatePart> {
        let parts = self.shared.parts.iter().flatten();
        parts
            .map(|(percent, net)| {
                let net = -(*net * share).round_dp(6);
                RatePart {
                    percent: *percent,
                    net,
                    vat: (net * percent / Decimal::ONE_HUNDRED).round_dp(6),
                }
            })
            .collect()
    }

    /// The product's VAT class. A plug-in that does not know a class says "high" (Magento) or nothing
    /// (WooCommerce): VAT charged at home tells better.
    fn class(&self, line: &records::Line, row: &Row) -> Option<Named> {
        let charged = match row.percent {
            percent if self.home && percent == HIGH => Some("2"),
            percent if self.home && percent == LOW => Some("1"),
            _ => None,
        };
        let named = line
            .article
            .as_ref()
            .and_then(|article| id(&article.vat_kind));
        let id = charged.or(named)?;
        CLASSES
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(id, name)| Named {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
            })
    }
}

fn given(line: &records::Line) -> Given {
    let article = line.article.as_ref();
    let off = Decimal::ONE_HUNDRED - line.discount.unwrap_or_default();
    let off = off.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED;
    Given {
        price: line.price.unwrap_or_default() * off,
        quantity: quantity(line),
        vat: line.vat.map(|vat| vat * off),
        percent: article.and_then(|article| article.percent),
        class: article
            .and_then(|article| id(&article.vat_kind))
            .and_then(class_rate),
    }
}

/// One where the shop says nothing: costs are one piece.
fn quantity(line: &records::Line) -> Decimal {
    line.quantity.unwrap_or(Decimal::ONE).normalize()
}

fn code(given: &str) -> String {
    match given.trim() {
        NO_CODE => String::new(),
        code => code.to_owned(),
    }
}

/// Options, and the text lines that stood above the article: the name of the bundle it is part of.
fn options(line: &records::Line, texts: &[&str]) -> Vec<LineOption> {
    let option = |name: &str, value: &str| LineOption {
        name: name.to_owned(),
        value: value.to_owned(),
        kind: "text".to_owned(),
        value_id: None,
        code: None,
    };
    let texts = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| option("Tekst", text));
    let chosen = line.options.iter().flatten();
    let chosen = chosen.map(|chosen| option(chosen.label.trim(), chosen.value.trim()));
    texts.chain(chosen).collect()
}

//! Part of an order given back: what it was given back on is counted, at the rates the shop says.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Named, Order, RatePart, Refund, TotalKind, TotalRow};

use super::{
    RATE_ASKED,
    levy::{Levy, without},
    refused::line_gone,
};
use crate::{
    books::{LineDraft, VatKind},
    text,
    translate::{
        address::{clean, cut},
        articles::{Articles, Chosen, TEXT_LENGTH},
        basket::{Basket, Item},
        case::{Case, held},
        cents::{NOTHING, round, vat_inside},
        charged::Charged,
        cost::Cost,
        costs,
        explain::CostPart,
        plan::{Outcome, Plan},
        recipes, special,
        vat::{KINDS, Vat},
    },
};

/// What is given back, being counted.
pub(super) struct Counter<'c, 'a> {
    pub(super) sold: &'a Order,
    pub(super) case: &'c Case<'a>,
    pub(super) vat: &'c Vat,
    pub(super) articles: Articles<'c, 'a>,
    /// What was written of the order, where that is still known.
    pub(super) written: Option<&'c Plan>,
    /// Which credit of the order it is.
    pub(super) n: u32,
    pub(super) basket: Basket,
    pub(super) wanted: Charged,
}

impl Counter<'_, '_> {
    /// Goods, on the articles they were sold by.
    pub(super) fn goods(&mut self, refund: &Refund) -> Result<(), Outcome> {
        for given in &refund.lines {
            let sold = self.sold;
            let line = sold.lines.iter().find(|line| line.id == given.line_id);
            let Some(line) = line else {
                return line_gone(sold, &given.line_id);
            };
            let mut parts: Vec<&RatePart> =
                given.parts.iter().filter(|part| is_amount(part)).collect();
            let apart = self.told_apart(line, &parts);
            parts.retain(|part| !apart.is_some_and(|apart| std::ptr::eq(apart, *part)));
            let (pieces, several) = (given.quantity, parts.len() > 1);
            for (at, part) in parts.into_iter().enumerate() {
                let percent = self.percent(part.percent)?;
                let article = self.articles.goods(line, Some(percent))?;
                let levy = match apart {
                    Some(_) => None,
                    None => self.levy(line, part, (pieces, several), &article)?,
                };
                let back = part.net + part.vat > Decimal::ZERO;
                let made_of = if at == 0 && back && !pieces.is_zero() {
                    self.parts(line, pieces, &article)?
                } else {
                    Vec::new()
                };
                let name = clean(&line.name);
                let text = if pieces.is_zero() {
                    format!("Terugbetaling {name}")
                } else {
                    name
                };
                let quantity = if pieces.is_zero() || several {
                    Decimal::ONE
                } else {
                    pieces
                };
                let text = cut(self.case, &text, TEXT_LENGTH);
                let own = levy
                    .as_ref()
                    .map_or_else(|| part.clone(), |levy| without(part, &levy.part));
                self.add(article, text, quantity, percent, &own, true);
                if let Some(item) = self.basket.items.last_mut() {
                    item.parts = made_of;
                }
                if let Some(levy) = levy {
                    self.add_levy(levy);
                }
            }
            if let Some(part) = apart {
                self.percent(part.percent)?;
                let levy = self.levy_alone(line, part)?;
                self.add_levy(levy);
            }
        }
        Ok(())
    }

    fn add_levy(&mut self, Levy { item, part }: Levy) {
        let percent = item.percent;
        self.add(item.article, item.text, Decimal::ONE, percent, &part, false);
    }

    /// Parts that were placed on the order beside their article come back with it.
    fn parts(
        &self,
        line: &Line,
        pieces: Decimal,
        article: &Chosen,
    ) -> Result<Vec<LineDraft>, Outcome> {
        let mut back = line.clone();
        back.quantity = -pieces;
        let mut parts = recipes::parts(self.case, &back, article)?;
        if let Some(written) = self.written {
            let placed = |part: &LineDraft| {
                let mut lines = written.order.lines.iter();
                lines.any(|line| line.code == part.code && line.unit_price.is_zero())
            };
            parts.retain(placed);
        }
        Ok(parts)
    }

    /// Shipping and fees.
    pub(super) fn shipping(&mut self, refund: &Refund) -> Result<(), Outcome> {
        let mut rows = self.sold.totals.iter();
        let sold = rows.find(|row| row.kind == TotalKind::Shipping);
        let title = sold
            .map(|row| clean(&row.title))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| "Verzendkosten".to_owned());
        let class = sold.and_then(|row| row.tax_class.clone());
        for part in refund.shipping.iter().filter(|part| is_amount(part)) {
            let percent = self.percent(part.percent)?;
            let row = row(TotalKind::Shipping, &title, class.clone(), part.net);
            let article = self.cost(Cost::Shipping, &row, percent)?;
            let text = cut(self.case, &title, TEXT_LENGTH);
            self.add(article, text, Decimal::ONE, percent, part, false);
            self.last_was_sold();
        }
        Ok(())
    }

    /// Given back beyond goods and shipping, or kept back of it: at the rate the owner says.
    pub(super) fn rest(&mut self, refund: &Refund, rate: Option<Decimal>) -> Result<(), Outcome> {
        let rest = round(refund.adjustment);
        if rest.is_zero() {
            return Ok(());
        }
        let limit = self.case.settings.sales.total_difference_limit;
        if rest.abs() <= limit && rest.abs() < refund.total && rate.is_none() {
            let article = self.articles.cost(
                Cost::TotalDifference,
                &[VatKind::Geen],
                "Ordertotaalverschil",
            )?;
            let part = RatePart {
                percent: Decimal::ZERO,
                net: rest,
                vat: Decimal::ZERO,
            };
            let text = "Ordertotaalverschil".to_owned();
            self.add(article, text, Decimal::ONE, Decimal::ZERO, &part, false);
            return Ok(());
        }
        let percent = match rate {
            _ if self.vat.zero_rated() => Decimal::ZERO,
            None => return self.ask(rest),
            Some(percent) => self.percent(percent)?,
        };
        let vat = vat_inside(rest, percent);
        let part = RatePart {
            percent,
            net: rest - vat,
            vat,
        };
        let (cost, text) = if rest > Decimal::ZERO {
            (Cost::Discount, "Terugbetaling")
        } else {
            (Cost::Fee, "Ingehouden op de terugbetaling")
        };
        let row = row(TotalKind::Other, text, None, part.net);
        let article = self.cost(cost, &row, percent)?;
        self.add(
            article,
            text.to_owned(),
            Decimal::ONE,
            percent,
            &part,
            false,
        );
        self.last_was_sold();
        Ok(())
    }

    /// What was added last is part of what was sold, though no goods.
    fn last_was_sold(&mut self) {
        if let Some(item) = self.basket.items.last_mut() {
            item.supply = true;
        }
    }

    fn ask<T>(&self, rest: Decimal) -> Result<T, Outcome> {
        let number = &self.sold.number;
        let typed = text::typed(number, &self.sold.id);
        let rest = text::Amount::money(rest);
        let n = self.n;
        let rates = self.written.map(|plan| plan.expected.rates());
        let rates = rates.unwrap_or_else(|| [21, 9, 0].map(Decimal::from).to_vec());
        let example = rates.first().copied().unwrap_or_default();
        let rates = text::percentages(&rates);
        let (rates_nl, rates_en) = (rates.nl, rates.en);
        held(
            RATE_ASKED,
            text!(
                "Van bestelling {number} is {rest} terugbetaald zonder dat de winkel zegt waarvan; het btw-tarief is dus niet bekend.",
                "{rest:#} of order {number} was given back without the shop saying of what; so the VAT rate is not known."
            ),
            text!(
                "Zeg welk tarief van de bestelling het is ({rates_nl}): winkelbrug credit PROFIEL {typed} --number {n} --rate {example} --yes",
                "Say which rate of the order it is ({rates_en}): winkelbrug credit PROFILE {typed} --number {n} --rate {example} --yes"
            ),
        )
    }

    /// A percentage the books know for this sale on that day.
    pub(super) fn percent(&self, percent: Decimal) -> Result<Decimal, Outcome> {
        if self.vat.zero_rated() {
            return Ok(Decimal::ZERO);
        }
        let percent = percent.normalize();
        self.vat.known(self.case, percent)?;
        Ok(percent)
    }

    /// The article an order would have for it.
    fn cost(&self, cost: Cost, row: &TotalRow, percent: Decimal) -> Result<Chosen, Outcome> {
        let part = CostPart {
            row,
            cost,
            percent,
            gross: row.amount,
        };
        if let Some(code) = special::margin_cost(self.case, &part)? {
            return self.articles.named(code, "vat.margin", &row.title, percent);
        }
        let kinds = self.kinds(row, percent);
        self.articles.cost_at(cost, &kinds, percent, &row.title)
    }

    fn kinds(&self, row: &TotalRow, percent: Decimal) -> Vec<VatKind> {
        if !self.vat.zero_rated() {
            return self.vat.kinds(percent);
        }
        let kinds = costs::kinds_at_home(self.case, self.vat, row, &self.basket);
        if kinds.is_empty() {
            // Nothing but costs is given back: whichever article is set.
            KINDS.to_vec()
        } else {
            kinds
        }
    }

    fn add(
        &mut self,
        article: Chosen,
        text: String,
        quantity: Decimal,
        percent: Decimal,
        part: &RatePart,
        goods: bool,
    ) {
        *self.wanted.vat.entry(percent).or_default() -= part.vat;
        // What adds to the credit has fewer pieces; what is kept back has more.
        let gross = part.net + part.vat;
        let quantity = if gross < Decimal::ZERO {
            quantity
        } else {
            -quantity
        };
        self.basket.items.push(Item {
            article,
            text,
            quantity,
            percent,
            exact: -gross,
            cents: None,
            goods,
            supply: goods,
            margin: false,
            above: Vec::new(),
            below: Vec::new(),
            parts: Vec::new(),
        });
    }

    /// What was counted is what was given back.
    pub(super) fn adds_up(&self, refund: &Refund) -> Result<(), Outcome> {
        let counted = -self.basket.open_sum();
        let off = (counted - refund.total).abs();
        if self.basket.items.is_empty() || off > NOTHING * Decimal::TEN {
            let (number, total, counted) = (
                &self.sold.number,
                text::Amount::money(refund.total),
                text::Amount::money(counted),
            );
            return held(
                "credit-klopt-niet",
                text!(
                    "De winkel betaalde {total} terug van bestelling {number}, maar de delen die zij noemt komen op {counted}.",
                    "The shop gave back {total:#} of order {number}, but the parts it names come to {counted:#}."
                ),
                text!(
                    "Maak de creditfactuur met de hand.",
                    "Make the credit note by hand."
                ),
            );
        }
        Ok(())
    }

    pub(super) fn pieces(&self, refund: &Refund) -> BTreeMap<String, Decimal> {
        let mut pieces: BTreeMap<String, Decimal> = BTreeMap::new();
        for given in &refund.lines {
            let line = self.sold.lines.iter().find(|line| line.id == given.line_id);
            if let Some(line) = line.filter(|line| !line.code.is_empty()) {
                *pieces.entry(line.code.clone()).or_default() -= given.quantity;
            }
        }
        pieces.retain(|_, count| !count.is_zero());
        pieces
    }
}

fn row(kind: TotalKind, title: &str, tax_class: Option<Named>, net: Decimal) -> TotalRow {
    TotalRow {
        code: String::new(),
        kind,
        title: title.to_owned(),
        amount: net,
        rate: None,
        tax_class,
        parts: Vec::new(),
    }
}

fn is_amount(part: &RatePart) -> bool {
    !(part.net + part.vat).is_zero()
}

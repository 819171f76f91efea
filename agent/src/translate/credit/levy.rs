//! The levy in the price of a line (PrestaShop's ecotax) comes back on the article it was sold on, in
//! the proportion in which the line does.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Order, RatePart};

use super::counter::Counter;
use crate::{
    text,
    translate::{
        basket::Item,
        case::held,
        lines::{self, with_vat},
        plan::Outcome,
    },
};

/// A levy that comes back.
pub(super) struct Levy {
    /// The item it is on a sale.
    pub item: Item,
    /// Its amount, above zero.
    pub part: RatePart,
}

/// What is left of a part beside its levy.
pub(super) fn without(part: &RatePart, levy: &RatePart) -> RatePart {
    RatePart {
        percent: part.percent,
        net: part.net - levy.net,
        vat: part.vat - levy.vat,
    }
}

impl Counter<'_, '_> {
    /// The levy's share of what is given back of a line; none where it was sold inside the price.
    pub(super) fn levy(&self, line: &Line, parts: &[&RatePart]) -> Result<Option<Levy>, Outcome> {
        let Some(whole) = line.levy.as_ref().filter(|levy| !levy.net.is_zero()) else {
            return Ok(None);
        };
        let back: Decimal = parts.iter().map(|part| part.net + part.vat).sum();
        let [part] = parts else {
            return if parts.is_empty() {
                Ok(None)
            } else {
                by_hand(self.sold, line)
            };
        };
        let untaxed = self.vat.zero_rated();
        if whole.percent.normalize() != part.percent.normalize() && !untaxed {
            return by_hand(self.sold, line);
        }
        let gross = match line.total_incl {
            Some(gross) if !untaxed => gross,
            _ if untaxed => line.total,
            _ => with_vat(line.total, part.percent),
        };
        if back <= Decimal::ZERO || gross <= Decimal::ZERO {
            return Ok(None);
        }
        let share = (back / gross).min(Decimal::ONE);
        let own = RatePart {
            percent: whole.percent,
            net: whole.net * share,
            vat: if untaxed {
                Decimal::ZERO
            } else {
                whole.vat * share
            },
        };
        let mut sold = line.clone();
        sold.levy = Some(own.clone());
        let mut articles = crate::translate::articles::Articles::new(self.case, self.vat);
        let goods = articles.goods(line, Some(self.percent(part.percent)?))?;
        let item = lines::levy(self.case, self.vat, &articles, &sold, &goods)?;
        Ok(item
            .filter(|item| self.was_sold_on(&item.article.code))
            .map(|item| Levy { item, part: own }))
    }

    /// Does the order stand in the books with that article? Where that is not known any more, as it
    /// would be written now.
    fn was_sold_on(&self, code: &str) -> bool {
        self.written.is_none_or(|written| {
            let mut lines = written.order.lines.iter();
            lines.any(|line| line.code == code)
        })
    }
}

fn by_hand<T>(sold: &Order, line: &Line) -> Result<T, Outcome> {
    let (number, name) = (&sold.number, &line.name);
    held(
        "credit-heffing",
        text!(
            "Van bestelling {number} is een deel van \"{name}\" terugbetaald, met daarin een heffing tegen een ander btw-tarief; wat daarvan heffing is, zegt de winkel niet.",
            "A part of \"{name}\" on order {number} was given back, with a levy in it at another VAT rate; the shop does not say how much of it is levy."
        ),
        text!(
            "Splits de heffing met de hand: maak de creditfactuur zelf en meld dit als bekeken (winkelbrug skip).",
            "Split the levy by hand: make the credit note yourself and report this as looked at (winkelbrug skip)."
        ),
    )
}

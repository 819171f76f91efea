//! The levy in the price of a line (PrestaShop's ecotax) comes back on the article it was sold on, in
//! the proportion in which the line does.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Order, RatePart};

use super::counter::Counter;
use crate::{
    text,
    translate::{
        articles::Chosen,
        basket::{CENT, Item},
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
    /// Which part of what is given back of a line is its levy and nothing else: the only one at a rate
    /// that the levy bears and its goods do not, and no more than was sold of it.
    pub(super) fn told_apart<'p>(
        &self,
        line: &Line,
        parts: &[&'p RatePart],
    ) -> Option<&'p RatePart> {
        let whole = self.sold_apart(line)?;
        let (levy, goods) = (whole.percent.normalize(), line.percent?.normalize());
        let at = |rate: Decimal| {
            let of_it = parts
                .iter()
                .filter(move |part| part.percent.normalize() == rate);
            of_it.copied()
        };
        let (own, others) = (at(levy).count(), at(goods).count());
        let plain = levy != goods && own == 1 && others <= 1 && own + others == parts.len();
        let within = |part: &&RatePart| part.net > Decimal::ZERO && part.net <= whole.net + CENT;
        at(levy).next().filter(|_| plain).filter(within)
    }

    /// That levy, on its article.
    pub(super) fn levy_alone(&mut self, line: &Line, part: &RatePart) -> Result<Levy, Outcome> {
        let goods = self.articles.goods(line, line.percent)?;
        let sold = Line {
            levy: Some(part.clone()),
            ..line.clone()
        };
        match lines::levy(self.case, self.vat, &self.articles, &sold, &goods)? {
            Some(item) => Ok(Levy {
                item,
                part: part.clone(),
            }),
            None => by_hand(self.sold, line),
        }
    }

    /// The levy of a line that stands on an article of its own.
    fn sold_apart<'l>(&self, line: &'l Line) -> Option<&'l RatePart> {
        let whole = line.levy.as_ref().filter(|levy| !levy.net.is_zero());
        whole.filter(|_| self.has_levies())
    }

    /// Is what is given back of so many pieces what their goods cost without the levy?
    fn goods_alone(line: &Line, whole: &RatePart, part: &RatePart, pieces: Decimal) -> bool {
        if pieces.is_zero() || line.quantity.is_zero() {
            return false;
        }
        let goods = (line.total - whole.net) * pieces / line.quantity;
        (part.net - goods).abs() <= CENT
            && (whole.net * pieces / line.quantity).abs() > CENT * Decimal::TWO
    }

    /// The levy's share of what is given back of a line, which stands on that article; none where the
    /// levy was sold inside the price, or the goods are given back without it. One of `several` parts does
    /// not say which the levy is in.
    pub(super) fn levy(
        &self,
        line: &Line,
        part: &RatePart,
        (pieces, several): (Decimal, bool),
        goods: &Chosen,
    ) -> Result<Option<Levy>, Outcome> {
        let Some(whole) = self.sold_apart(line) else {
            return Ok(None);
        };
        let untaxed = self.vat.zero_rated();
        let same_rate = whole.percent.normalize() == part.percent.normalize();
        if several || !(same_rate || untaxed) {
            let of_goods = line.percent.map(|percent| percent.normalize());
            let at_theirs = of_goods == Some(part.percent.normalize());
            if !several && at_theirs && Self::goods_alone(line, whole, part, pieces) {
                return Ok(None);
            }
            return by_hand(self.sold, line);
        }
        let back = part.net + part.vat;
        let gross = match line.total_incl {
            _ if untaxed => line.total,
            Some(gross) => gross,
            None => with_vat(line.total, part.percent),
        };
        if back <= Decimal::ZERO || gross <= Decimal::ZERO {
            return Ok(None);
        }
        let share = (back / gross).min(Decimal::ONE);
        let vat = if untaxed { Decimal::ZERO } else { whole.vat };
        let own = RatePart {
            percent: whole.percent,
            net: whole.net * share,
            vat: vat * share,
        };
        let sold = Line {
            levy: Some(own.clone()),
            ..line.clone()
        };
        let item = lines::levy(self.case, self.vat, &self.articles, &sold, goods)?;
        Ok(item.map(|item| Levy { item, part: own }))
    }

    /// Does the order stand in the books with a line on an article for levies? Where that is not known
    /// any more, as it would be written now.
    fn has_levies(&self) -> bool {
        let mut codes = self.case.settings.sales.levy_article.codes();
        self.written.is_none_or(|written| {
            let lines = &written.order.lines;
            codes.any(|code| lines.iter().any(|line| line.code == code))
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

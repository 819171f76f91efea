//! Everything that will stand on the order, in exact amounts, until it is known what each comes to
//! in whole cents.
//!
//! SnelStart B2B v2 does not say whether VAT is rounded per line or per rate: the cents are shared
//! so that both come to the shop's VAT within a cent. Cents moved between rates are in `between`, those
//! within one in `within`; the lines that come of it in `written`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    articles::Chosen,
    between::{ONE_A_LINE, Reach},
    case::{Case, held},
    cents::{apportion, from_cents, round, to_cents, vat_inside},
    charged::Charged,
    explain::PerRate,
    plan::{Outcome, TextLines},
    vat::{Vat, contradiction, no_tax_rows},
    written::decimals,
};
use crate::{
    books::{LineDraft, VatKind},
    text,
    text::{Amount, Text},
};

/// One thing on the order.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub article: Chosen,
    pub text: String,
    pub quantity: Decimal,
    /// What the books will compute on it.
    pub percent: Decimal,
    /// Its amount in the order's price mode, as the shop has it.
    pub exact: Decimal,
    /// Its amount, where that is settled already.
    pub cents: Option<i64>,
    /// A product: a discount may go inside its price.
    pub goods: bool,
    /// Sold, or part of what is paid for it: what only pays, and a difference, are not.
    pub supply: bool,
    /// Part of the price of goods under the margin scheme.
    pub margin: bool,
    /// Text lines above it.
    pub above: Vec<String>,
    /// Lines of the articles it is made of, at no price, under it.
    pub parts: Vec<LineDraft>,
    /// Text lines under it.
    pub below: Vec<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Basket {
    pub items: Vec<Item>,
}

/// Where a rounding of VAT may stand.
#[derive(Debug)]
pub(super) struct Rounding {
    /// At no price yet.
    pub item: Item,
    /// Cents it may come to.
    pub limit: i64,
}

/// A finished basket.
#[derive(Debug)]
pub(super) struct Finished {
    pub lines: Vec<LineDraft>,
    /// VAT per rate as the books will compute it, rounded per rate.
    pub vat: PerRate,
    /// Total in the order's price mode.
    pub total: Decimal,
    /// What each revenue group bears of it.
    pub shares: Vec<Share>,
}

/// What a revenue group bears of an order, at one rate.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub group: String,
    pub kind: VatKind,
    pub percent: Decimal,
    /// Something sold (not what is paid with, nor a difference): only that is a supply.
    pub supply: bool,
    /// In the order's price mode.
    pub cents: i64,
}

/// Within this the books' VAT of a rate has to be the shop's.
pub(super) const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

impl Basket {
    /// An order of nothing is no order: what it costs nobody can place.
    pub fn has_something(&self, case: &Case<'_>) -> Result<(), Outcome> {
        if !self.items.is_empty() {
            return Ok(());
        }
        let (number, total) = (&case.order.number, Amount::money(case.order.total));
        held(
            "geen-regels",
            text!(
                "Bestelling {number} heeft in de winkel geen regels en geen kosten; haar totaal is {total}.",
                "Order {number} has no lines and no costs in the shop; its total is {total:#}."
            ),
            text!(
                "Vul de regels van de bestelling in de winkel aan, voer haar met de hand in, of sla haar over.",
                "Complete the order's lines in the shop, enter the order by hand, or skip it."
            ),
        )
    }

    /// Sum of what is not settled yet.
    pub fn open_sum(&self) -> Decimal {
        self.open().map(|item| item.exact).sum()
    }

    /// Sum of what is settled.
    pub fn settled_cents(&self) -> i64 {
        self.items.iter().filter_map(|item| item.cents).sum()
    }

    /// Exact sum of the items that satisfy something.
    pub fn sum_of(&self, which: impl Fn(&Item) -> bool) -> Decimal {
        self.items
            .iter()
            .filter(|item| which(item))
            .map(|item| item.exact)
            .sum()
    }

    fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.cents.is_none())
    }

    /// Shares the cents so that what is open comes to `goal` and the VAT of every rate to the
    /// shop's, and makes lines of it.
    pub fn finish(
        self,
        case: &Case<'_>,
        vat: &Vat,
        charged: &Charged,
        goal: i64,
        rounding: Option<Rounding>,
    ) -> Result<Finished, Outcome> {
        let mut basket = self;
        let cents = if vat.zero_rated() {
            basket.by_item(goal)
        } else {
            match basket.right_cents(case, charged, goal) {
                Ok(cents) => cents,
                Err(held) => match basket.with_rounding(case, charged, goal, rounding) {
                    Some(cents) => Some(cents),
                    None => return Err(held),
                },
            }
        };
        let Some(cents) = cents else {
            return beyond_reason(case);
        };
        basket.lines(case, &cents)
    }

    /// Where the shop's rounding of VAT on every piece leaves no way between the rates: the few cents
    /// that have to leave or join a rate stand without VAT on the article for roundings.
    fn with_rounding(
        &mut self,
        case: &Case<'_>,
        charged: &Charged,
        goal: i64,
        rounding: Option<Rounding>,
    ) -> Option<Vec<i64>> {
        let decimals = decimals(case);
        let Rounding { item, limit } = rounding?;
        let by_rate = self.by_rate(goal)?;
        if !self.is_rounding(charged, &by_rate) {
            return None;
        }
        let at = self.items.len();
        self.items.push(Item {
            cents: Some(0),
            ..item
        });
        let by_rate = self.by_rate(goal)?;
        let reach = Reach {
            by_piece: true,
            rounding: Some((at, limit)),
        };
        let mut cents = self.between_rates(charged, &by_rate, reach)?;
        self.nudge(charged, &mut cents, decimals);
        if !self.is_right(charged, &cents, decimals) {
            return None;
        }
        let amount = from_cents(cents.get(at).copied()?);
        case.note(text!(
            "De winkel rondt btw anders af dan over het totaal; {amount} staat daarom zonder btw op het artikel voor afrondingen.",
            "The shop rounds VAT otherwise than on the total; so {amount} stands without VAT on the article for roundings."
        ));
        Some(cents)
    }

    fn right_cents(
        &self,
        case: &Case<'_>,
        charged: &Charged,
        goal: i64,
    ) -> Result<Option<Vec<i64>>, Outcome> {
        let decimals = decimals(case);
        let mut closest = None;
        let by_rate = self.by_rate(goal);
        let between = |reach| {
            let cents = by_rate.as_ref()?;
            self.between_rates(charged, cents, reach)
        };
        let rounds = by_rate
            .as_ref()
            .is_some_and(|cents| self.is_rounding(charged, cents));
        let by_piece = Reach {
            by_piece: true,
            rounding: None,
        };
        let ways = [
            self.by_item(goal),
            by_rate.clone(),
            between(ONE_A_LINE),
            between(by_piece).filter(|_| rounds),
        ];
        for cents in ways.into_iter().flatten() {
            let mut cents = cents;
            if self.is_right(charged, &cents, decimals) {
                return Ok(Some(cents));
            }
            self.nudge(charged, &mut cents, decimals);
            if self.is_right(charged, &cents, decimals) {
                return Ok(Some(cents));
            }
            closest = Some(cents);
        }
        match closest {
            Some(cents) => self.wrong_vat(case, charged, &cents),
            None => Ok(None),
        }
    }

    /// Cents by largest remainder over all items.
    fn by_item(&self, goal: i64) -> Option<Vec<i64>> {
        let exact: Vec<Decimal> = self.open().map(|item| item.exact).collect();
        self.spread(apportion(&exact, goal)?)
    }

    /// The same per rate first: where many small remainders would carry a rate off its cent.
    fn by_rate(&self, goal: i64) -> Option<Vec<i64>> {
        let mut rates = PerRate::new();
        for item in self.open() {
            *rates.entry(item.percent).or_default() += item.exact;
        }
        let sums: Vec<Decimal> = rates.values().copied().collect();
        let mut shares = BTreeMap::new();
        for ((percent, _), goal) in rates.iter().zip(apportion(&sums, goal)?) {
            let exact: Vec<Decimal> = self
                .open()
                .filter(|item| item.percent == *percent)
                .map(|item| item.exact)
                .collect();
            shares.insert(*percent, apportion(&exact, goal)?.into_iter());
        }
        let mut cents = Vec::new();
        for item in self.open() {
            cents.push(shares.get_mut(&item.percent)?.next()?);
        }
        self.spread(cents)
    }

    /// The cents of the open items among those that were settled.
    fn spread(&self, open: Vec<i64>) -> Option<Vec<i64>> {
        let mut open = open.into_iter();
        self.items
            .iter()
            .map(|item| item.cents.or_else(|| open.next()))
            .collect()
    }

    fn is_right(&self, charged: &Charged, cents: &[i64], decimals: u32) -> bool {
        self.percents().into_iter().all(|percent| {
            let shop = charged.at(percent);
            (self.vat_per_rate(cents, percent) - shop).abs() <= CENT
                && (self.vat_per_line(cents, percent, decimals) - shop).abs() <= CENT
        }) && charged
            .percents()
            .all(|percent| self.percents().contains(&percent) || charged.at(percent).abs() <= CENT)
    }

    /// Percentages above zero.
    pub fn percents(&self) -> Vec<Decimal> {
        let mut percents: Vec<Decimal> = self.items.iter().map(|item| item.percent).collect();
        percents.retain(|percent| !percent.is_zero());
        percents.sort_unstable();
        percents.dedup();
        percents
    }

    /// A rate's VAT as the books compute it when they round once per rate.
    pub(super) fn vat_per_rate(&self, cents: &[i64], percent: Decimal) -> Decimal {
        let gross: i64 = self
            .items
            .iter()
            .zip(cents)
            .filter(|(item, _)| item.percent == percent)
            .map(|(_, cents)| cents)
            .sum();
        round(vat_inside(from_cents(gross), percent))
    }

    /// The same when they round every line.
    pub(super) fn vat_per_line(&self, cents: &[i64], percent: Decimal, decimals: u32) -> Decimal {
        self.items
            .iter()
            .zip(cents)
            .filter(|(item, _)| item.percent == percent)
            .map(|(item, cents)| item.vat_per_line(*cents, decimals))
            .sum()
    }

    fn wrong_vat<T>(
        &self,
        case: &Case<'_>,
        charged: &Charged,
        cents: &[i64],
    ) -> Result<T, Outcome> {
        if !case.has_tax_rows() {
            return no_tax_rows(case);
        }
        let figures: Vec<String> = self
            .all_percents(charged)
            .into_iter()
            .map(|percent| {
                let (books, shop) = (self.vat_per_rate(cents, percent), charged.at(percent));
                format!("{percent}%: {books} / {shop}")
            })
            .collect();
        let figures = figures.join("; ");
        let text = text!(
            "De btw die de boekhouding zou berekenen wijkt af van wat de winkel rekende (boekhouding / winkel: {figures}).",
            "The VAT the books would compute differs from what the shop charged (books / shop: {figures})."
        );
        let Some(hint) = self.shops_rounding(charged) else {
            return contradiction(text);
        };
        held("btw-wijkt-af", text, hint)
    }

    /// What the shop's own rounding of VAT would come to, where that is what it charged: on every piece, or
    /// on every line.
    fn shops_rounding(&self, charged: &Charged) -> Option<Text> {
        let rates = self.all_percents(charged);
        let is = |vat: &dyn Fn(&Item) -> Decimal| {
            rates.iter().all(|percent| {
                let of_rate = self.items.iter().filter(|item| item.percent == *percent);
                let sum: Decimal = of_rate.map(vat).sum();
                (sum - charged.at(*percent)).abs() <= CENT
            })
        };
        let of_line = |item: &Item| round(vat_inside(item.exact, item.percent));
        let of_piece = |item: &Item| {
            let each = item.exact.checked_div(item.quantity).unwrap_or_default();
            round(vat_inside(each, item.percent)) * item.quantity
        };
        if is(&of_line) {
            return Some(text!(
                "Dit komt van de afronding: de winkel rondt btw af per regel. Laat haar die over het totaal afronden; voer deze order met de hand in.",
                "This is rounding: the shop rounds VAT on every line. Have it round VAT on the total; enter this order by hand."
            ));
        }
        is(&of_piece).then(|| text!(
            "Dit komt van de afronding: de winkel rondt btw af per stuk. Laat haar die over het totaal afronden; voer deze order met de hand in.",
            "This is rounding: the shop rounds VAT on every piece. Have it round VAT on the total; enter this order by hand."
        ))
    }

    /// Percentages above zero of what stands here, and of what the shop charged.
    fn all_percents(&self, charged: &Charged) -> Vec<Decimal> {
        let mut percents = self.percents();
        percents.extend(charged.percents());
        percents.sort_unstable();
        percents.dedup();
        percents
    }

    /// Half a cent a piece, and no more: then it is the shop's rounding.
    fn is_rounding(&self, charged: &Charged, cents: &[i64]) -> bool {
        let half = Decimal::new(5, 3);
        self.percents().into_iter().all(|percent| {
            let of_rate = self.items.iter().filter(|item| item.percent == percent);
            let pieces: Decimal = of_rate.map(|item| item.quantity.abs().ceil()).sum();
            let off = self.vat_per_rate(cents, percent) - charged.at(percent);
            off.abs() <= pieces * half + CENT
        })
    }
}

fn beyond_reason<T>(case: &Case<'_>) -> Result<T, Outcome> {
    let total = Amount::exact(case.order.total);
    held(
        "totaal-niet-verdeelbaar",
        text!(
            "Het totaal van {total} is niet over de regels te verdelen.",
            "The total of {total:#} cannot be shared over the lines."
        ),
        text!(
            "Controleer de bestelling in de winkel.",
            "Check the order in the shop."
        ),
    )
}

/// May text stand on lines of its own here?
pub(super) const fn text_lines(case: &Case<'_>) -> bool {
    matches!(case.facts.text_lines, TextLines::Allowed)
}

/// Whole cents of an amount that stands by itself.
pub(super) fn whole_cents(case: &Case<'_>, amount: Decimal) -> Result<i64, Outcome> {
    to_cents(amount).map_or_else(|| beyond_reason(case), Ok)
}

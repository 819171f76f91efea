//! What the rows of the total block are, so that they come to the shop's own tax rows: the rate of
//! each cost, and for each rate the part of the discounts that lowered it.
//!
//! A coupon lowers the tax rows, a gift card does not: whether a row is a discount or a means of
//! payment is decided by the tax rows first and by the row's code second.

mod rows;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{TotalKind, TotalRow};

use self::rows::{CostRow, Meaning, Unknown, strange_row, unknown};
pub(super) use self::rows::{fee, is_rounding};
use super::{
    case::Case,
    cents::NOTHING,
    charged::Charged,
    cost::Cost,
    goods::{self, Good},
    lines::with_vat,
    plan::Outcome,
    recorded,
    tax_rows::{at, discounted, undiscounted, unevenness},
    vat::{Vat, contradiction, no_tax_rows},
};
use crate::{
    text,
    text::{Amount, Text},
};

/// Amounts per percentage.
pub(super) type PerRate = BTreeMap<Decimal, Decimal>;

/// What the rows turned out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Story<'a> {
    /// Shipping and fees, each at one rate.
    pub costs: Vec<CostPart<'a>>,
    /// Rows that lowered the VAT.
    pub discounts: Vec<Discount<'a>>,
    /// Rows that only lower what is paid.
    pub payments: Vec<&'a TotalRow>,
}

/// A cost, or the part of one that bears that rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CostPart<'a> {
    pub row: &'a TotalRow,
    pub cost: Cost,
    pub percent: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// A discount and how it is shared over the rates, with VAT: above zero, but where the shop recorded
/// that goods taken back give up their share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discount<'a> {
    pub row: &'a TotalRow,
    pub shares: PerRate,
}

/// A reduction of a code nobody knows is a discount only where the VAT was lowered for it: what
/// untaxed goods could as well have taken in may be a payment. `discount` is without VAT.
fn shows_strange_discounts(rows: &[&TotalRow], discount: &PerRate) -> bool {
    let strange = |row: &&TotalRow| row.kind == TotalKind::Other;
    if !rows.iter().any(strange) {
        return true;
    }
    let untaxed = at(discount, Decimal::ZERO);
    let lowered = discount
        .iter()
        .any(|(percent, part)| !percent.is_zero() && *part > NOTHING);
    lowered && (untaxed.is_zero() || rows.iter().all(strange))
}

/// Each row's share of all discounts together, which are without VAT.
fn shared_out<'a>(rows: Vec<&'a TotalRow>, discount: &PerRate) -> Vec<Discount<'a>> {
    let total: Decimal = rows.iter().map(|row| -row.amount).sum();
    let share_of = |row: &TotalRow| (-row.amount).checked_div(total).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let share = share_of(row);
            let shares = discount
                .iter()
                .map(|(percent, net)| (*percent, with_vat(*net * share, *percent)))
                .collect();
            Discount { row, shares }
        })
        .collect()
}

/// Most combinations that are tried.
const TRIES: usize = 2_000;

/// Finds what the rows are.
pub(super) fn explain<'a>(
    case: &Case<'a>,
    vat: &Vat,
    charged: &Charged,
    goods: &[Good<'_>],
) -> Result<Story<'a>, Outcome> {
    if let Some(story) = recorded::story(case, goods) {
        return Ok(story);
    }
    let base = goods::nets(goods);
    let open = Open::read(case, vat, charged, &base)?;
    for way in Way::ALL {
        if let Some(story) = open.best(vat, &base, way)? {
            return Ok(story);
        }
    }
    open.unexplained(case, charged, &base)
}

/// Of several stories the best is believed when it comes this close, and closer than the next by
/// so much.
const CLOSE: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
const CLEARLY: Decimal = Decimal::from_parts(2, 0, 0, false, 3);

/// What a combination doubts: nothing, what a row's code says, what the shop's settings say of a
/// cost's rate, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    Nothing,
    Codes,
    Settings,
    Both,
}

impl Doubt {
    const ALL: [Self; 4] = [Self::Nothing, Self::Codes, Self::Settings, Self::Both];
}

/// What is tried only where nothing simpler explains the tax rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One rate for each cost.
    Plain,
    /// Costs whose VAT follows the goods.
    Follow,
    /// A discount on costs without VAT, though no setting of the shop says that they bear none.
    UntaxedCosts,
}

impl Way {
    const ALL: [Self; 3] = [Self::Plain, Self::Follow, Self::UntaxedCosts];
}

struct Open<'a> {
    rows: Vec<Unknown<'a>>,
    /// What the rows that tell their own rates are.
    told: Story<'a>,
    /// The tax rows without the VAT of those.
    charged: Charged,
    /// The shop recorded no tax row at all: nothing bore VAT.
    untaxed: bool,
}

impl<'a> Open<'a> {
    fn read(
        case: &Case<'a>,
        vat: &Vat,
        charged: &Charged,
        base: &PerRate,
    ) -> Result<Self, Outcome> {
        let mut open = Self {
            rows: Vec::new(),
            told: Story::default(),
            charged: charged.clone(),
            untaxed: !case.has_tax_rows(),
        };
        for row in &case.order.totals {
            if row.amount.is_zero() {
                continue;
            }
            if !row.parts.is_empty() && recorded::add(&mut open.told, row).is_some() {
                for part in &row.parts {
                    open.charged.lower(part.percent.normalize(), part.vat);
                }
            } else if let Some(unknown) = unknown(case, vat, charged, base, row)? {
                open.rows.push(unknown);
            }
        }
        Ok(open)
    }

    /// What settings and codes say is believed first, as far as it comes to the tax rows.
    fn best(&self, vat: &Vat, base: &PerRate, way: Way) -> Result<Option<Story<'a>>, Outcome> {
        let choices = self.choices(way);
        for doubt in Doubt::ALL {
            let mut found: Vec<(Story<'_>, Decimal)> = choices
                .iter()
                .filter(|choice| self.doubt(choice) == doubt)
                .filter_map(|choice| self.try_it(vat, base, way, choice))
                .collect();
            found.sort_by_key(|(_, error)| *error);
            match found.as_slice() {
                [] => {}
                [(only, _)] => return Ok(Some(only.clone())),
                [(best, error), (_, next), ..] if *error <= CLOSE && *next - *error >= CLEARLY => {
                    return Ok(Some(best.clone()));
                }
                _ => return self.ambiguous(),
            }
        }
        Ok(None)
    }

    /// All combinations, up to a limit; first every row as its settings and code say.
    fn choices(&self, way: Way) -> Vec<Vec<usize>> {
        let follow = way == Way::Follow;
        let mut all = vec![Vec::new()];
        for row in &self.rows {
            let choices = match row {
                Unknown::Cost(cost) => {
                    cost.percents.len() + usize::from(follow && !cost.shares.is_empty())
                }
                Unknown::Reduction(_, meanings) => meanings.len(),
            };
            all = all
                .into_iter()
                .flat_map(|before| {
                    (0..choices).map(move |choice| {
                        let mut next = before.clone();
                        next.push(choice);
                        next
                    })
                })
                .take(TRIES)
                .collect();
        }
        all
    }

    fn doubt(&self, choice: &[usize]) -> Doubt {
        let (mut codes, mut settings) = (false, false);
        for (row, choice) in self.rows.iter().zip(choice) {
            match row {
                Unknown::Cost(cost) => settings |= cost.by_setting && *choice > 0,
                Unknown::Reduction(..) => codes |= *choice > 0,
            }
        }
        match (codes, settings) {
            (false, false) => Doubt::Nothing,
            (true, false) => Doubt::Codes,
            (false, true) => Doubt::Settings,
            (true, true) => Doubt::Both,
        }
    }

    /// Does that combination come to the tax rows, and how closely?
    fn try_it(
        &self,
        vat: &Vat,
        base: &PerRate,
        way: Way,
        choice: &[usize],
    ) -> Option<(Story<'a>, Decimal)> {
        let mut story = self.told.clone();
        let mut untaxed = at(base, Decimal::ZERO);
        let mut discounts = Vec::new();
        let mut nets = base.clone();
        let mut taxed = Decimal::ZERO;
        for (row, choice) in self.rows.iter().zip(choice) {
            match row {
                Unknown::Cost(known) => {
                    let CostRow {
                        row,
                        cost,
                        percents,
                        shares,
                        ..
                    } = known;
                    if known.untaxed_by_setting(*choice)
                        || (way == Way::UntaxedCosts && known.is_untaxed(*choice))
                    {
                        untaxed += row.amount;
                    }
                    let parts = match percents.get(*choice) {
                        Some(percent) => vec![(*percent, row.amount)],
                        None => shares.iter().map(|(p, s)| (*p, row.amount * s)).collect(),
                    };
                    let bearing = parts.iter().filter(|(percent, _)| !percent.is_zero());
                    taxed += bearing.map(|(_, net)| *net).sum::<Decimal>();
                    for (percent, net) in parts {
                        *nets.entry(percent).or_default() += net;
                        story.costs.push(CostPart {
                            row,
                            cost: *cost,
                            percent,
                            gross: with_vat(net, percent),
                        });
                    }
                }
                Unknown::Reduction(row, meanings) => match meanings.get(*choice)? {
                    Meaning::Discount => discounts.push(*row),
                    Meaning::Payment => story.payments.push(row),
                },
            }
        }
        let total: Decimal = discounts.iter().map(|row| -row.amount).sum();
        // Without any tax row a cost bears VAT only where a discount takes just that off again.
        if self.untaxed && !taxed.is_zero() && (taxed - total).abs() >= NOTHING {
            return None;
        }
        let (discount, error) = if vat.zero_rated() {
            ([(Decimal::ZERO, total)].into(), Decimal::ZERO)
        } else if discounts.is_empty() {
            (PerRate::new(), undiscounted(&self.charged, &nets)?)
        } else {
            let (discount, left) = discounted(&self.charged, untaxed, &nets, total)?;
            let error = left + unevenness(base, &discount, total);
            if !shows_strange_discounts(&discounts, &discount) {
                return None;
            }
            (discount, error)
        };
        story.discounts.extend(shared_out(discounts, &discount));
        Some((story, error))
    }

    /// No combination comes to the tax rows.
    fn unexplained<T>(
        &self,
        case: &Case<'_>,
        charged: &Charged,
        base: &PerRate,
    ) -> Result<T, Outcome> {
        if let Some(row) = self.strange() {
            return strange_row(row);
        }
        if !case.has_tax_rows() {
            return no_tax_rows(case);
        }
        let Text {
            nl: shop_nl,
            en: shop_en,
        } = in_words(&charged.vat);
        let Text {
            nl: lines_nl,
            en: lines_en,
        } = in_words(base);
        let number = &case.order.number;
        contradiction(text!(
            "De btw die de winkel bij bestelling {number} rekent ({shop_nl}) volgt niet uit de regels ({lines_nl} zonder btw), de kosten en de kortingen.",
            "The VAT the shop charges on order {number} ({shop_en}) does not follow from its lines ({lines_en} without VAT), costs and discounts."
        ))
    }

    /// Several combinations come to the tax rows.
    fn ambiguous<T>(&self) -> Result<T, Outcome> {
        match self.strange() {
            Some(row) => strange_row(row),
            None => contradiction(text!(
                "Uit de btw van de winkel is niet op te maken welk tarief voor verzending en kosten geldt.",
                "The shop's VAT does not tell which rate holds for shipping and fees."
            )),
        }
    }

    /// The first row of a code nobody knows.
    fn strange(&self) -> Option<&'a TotalRow> {
        self.rows.iter().find_map(|row| match row {
            Unknown::Cost(CostRow { row, .. }) | Unknown::Reduction(row, _) => {
                (row.kind == TotalKind::Other).then_some(*row)
            }
        })
    }
}

/// Amounts per percentage, for people: `1,05 (21%), 0,90 (9%)`.
fn in_words(rates: &PerRate) -> Text {
    if rates.is_empty() {
        return Text::same("0");
    }
    let each = rates
        .iter()
        .map(|(percent, amount)| (Amount::number(*percent), Amount::money(*amount)));
    let (nl, en): (Vec<String>, Vec<String>) = each
        .map(|(percent, amount)| {
            (
                format!("{amount} ({percent}%)"),
                format!("{amount:#} ({percent:#}%)"),
            )
        })
        .unzip();
    Text {
        nl: nl.join(", "),
        en: en.join(", "),
    }
}

//! What the shop charged: its own tax rows, per percentage, and the fixed levies among them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{
    Named, RateKind, RowRate, TaxClass, TaxRate, TotalKind, TotalRow,
};

use super::{
    alike, called,
    case::{Case, held},
    plan::Outcome,
};
use crate::{text, text::Amount};

/// The shop's tax rows.
#[derive(Clone)]
pub(super) struct Charged {
    /// Percentage -> amount, unrounded. A row of another rate than 0 may be missing when a
    /// discount took all of it.
    pub vat: BTreeMap<Decimal, Decimal>,
    /// Rows of a fixed amount per piece.
    pub levies: Vec<Levy>,
}

/// A fixed levy.
#[derive(Clone)]
pub(super) struct Levy {
    pub title: String,
    pub amount: Decimal,
    pub per_piece: Decimal,
}

impl Charged {
    /// Reads the tax rows; a row whose rate nobody knows holds the order.
    pub fn read(case: &Case<'_>) -> Result<Self, Outcome> {
        let mut charged = Self {
            vat: BTreeMap::new(),
            levies: Vec::new(),
        };
        let alike = alike::rates(case);
        for (at, row) in case.order.totals.iter().enumerate() {
            if row.kind == TotalKind::Tax {
                let rate = rate_of(case, row).or_else(|| alike.get(&at).cloned());
                charged.add(row, rate)?;
            }
        }
        Ok(charged)
    }

    fn add(&mut self, row: &TotalRow, rate: Option<RowRate>) -> Result<(), Outcome> {
        let Some(rate) = rate else {
            let (title, amount) = (called::row(row), Amount::money(row.amount));
            let (nl, en) = (&title.nl, &title.en);
            return held(
                "btw-tarief-onbekend",
                text!(
                    "De winkel rekent {amount} belasting onder de naam \"{nl}\", en geen tarief in de winkel heet zo, of meer dan een.",
                    "The shop charges {amount:#} tax under the name \"{en}\", and no rate in the shop is called that, or more than one."
                ),
                text!(
                    "Geef het belastingtarief in de winkel zijn oude naam terug, of elk tarief een eigen naam, of voer de order met de hand in.",
                    "Give the shop's tax rate its old name back, or each rate a name of its own, or enter the order by hand."
                ),
            );
        };
        match rate.kind {
            RateKind::Percent => {
                *self.vat.entry(rate.rate.normalize()).or_default() += row.amount;
            }
            RateKind::Fixed => self.levies.push(Levy {
                title: row.title.clone(),
                amount: row.amount,
                per_piece: rate.rate,
            }),
        }
        Ok(())
    }

    /// The shop's VAT at that percentage.
    pub fn at(&self, percent: Decimal) -> Decimal {
        self.vat.get(&percent).copied().unwrap_or_default()
    }

    /// So much less VAT at that percentage.
    pub fn lower(&mut self, percent: Decimal, amount: Decimal) {
        *self.vat.entry(percent).or_default() -= amount;
    }

    /// Percentages above zero that occur.
    pub fn percents(&self) -> impl Iterator<Item = Decimal> {
        self.vat
            .keys()
            .copied()
            .filter(|percent| !percent.is_zero())
    }

    /// Did the shop charge VAT: in a row, or on a line whose row a discount took away?
    pub fn any(&self, case: &Case<'_>) -> bool {
        let cent = Decimal::new(5, 3);
        self.vat.values().any(|amount| amount.abs() >= cent)
            || case.order.lines.iter().any(|line| {
                let fixed = line
                    .tax_class
                    .as_ref()
                    .map_or(Decimal::ZERO, |class| self.levy_per_piece(case, class));
                line.tax - fixed >= cent
            })
    }

    /// The levies on one piece of that class, as far as this order carries them.
    pub fn levy_per_piece(&self, case: &Case<'_>, class: &Named) -> Decimal {
        class_rates(case, class)
            .filter(|rate| rate.kind == RateKind::Fixed)
            .filter(|rate| self.levies.iter().any(|levy| levy.per_piece == rate.rate))
            .map(|rate| rate.rate)
            .sum()
    }
}

/// The rate behind a tax row: as the bridge found it, by name, or by the percentage in its title.
pub(super) fn rate_of(case: &Case<'_>, row: &TotalRow) -> Option<RowRate> {
    row.rate
        .clone()
        .or_else(|| rate_named(case, &row.title))
        .or_else(|| {
            percent_in(&row.title).map(|rate| RowRate {
                rate,
                kind: RateKind::Percent,
            })
        })
        .filter(|rate| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&rate.rate))
}

/// The one rate of that name; where several bear it, the one of the country of delivery.
fn rate_named(case: &Case<'_>, title: &str) -> Option<RowRate> {
    let country = case.country();
    let named: Vec<&TaxRate> = case
        .facts
        .shop
        .tax_rates
        .iter()
        .filter(|rate| rate.name.trim().to_lowercase() == title.trim().to_lowercase())
        .collect();
    let here: Vec<&TaxRate> = named
        .iter()
        .copied()
        .filter(|rate| rate.countries.contains(&country))
        .collect();
    only(&named).or_else(|| only(&here))
}

/// What all of them agree on.
fn only(rates: &[&TaxRate]) -> Option<RowRate> {
    let (first, others) = rates.split_first()?;
    others
        .iter()
        .all(|other| other.rate == first.rate && other.kind == first.kind)
        .then_some(RowRate {
            rate: first.rate,
            kind: first.kind,
        })
}

/// `BTW 21%`, `VAT (5,5 %)`: the one number before a percent sign.
fn percent_in(title: &str) -> Option<Decimal> {
    let (before, rest) = title.split_once('%')?;
    if rest.contains('%') {
        return None;
    }
    let before = before.trim_end();
    let start = before
        .rfind(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    before.get(start..)?.replace(',', ".").parse().ok()
}

/// A tax class of the shop by what a line or cost row names.
pub(super) fn class_of<'a>(case: &Case<'a>, class: &Named) -> Option<&'a TaxClass> {
    case.facts
        .shop
        .tax_classes
        .iter()
        .find(|known| known.id == class.id)
}

/// All rates of a class.
pub(super) fn class_rates<'a>(
    case: &Case<'a>,
    class: &Named,
) -> impl Iterator<Item = &'a TaxRate> + use<'a> {
    let ids: &'a [String] = class_of(case, class).map_or(&[], |class| class.rate_ids.as_slice());
    let rates: &'a [TaxRate] = &case.facts.shop.tax_rates;
    ids.iter()
        .filter_map(move |id| rates.iter().find(|rate| rate.id == *id))
}

/// The one percentage a class leads to in a country; none when the shop's tables do not tell.
/// "No class" is 0%, and so is a class none of whose rates holds there.
pub(super) fn class_percent(case: &Case<'_>, class: &Named, country: &str) -> Option<Decimal> {
    if class.id.is_empty() || class.id == "0" {
        return Some(Decimal::ZERO);
    }
    class_of(case, class)?;
    let mut percents: Vec<Decimal> = class_rates(case, class)
        .filter(|rate| rate.kind == RateKind::Percent)
        .filter(|rate| rate.countries.is_empty() || rate.countries.iter().any(|c| c == country))
        .map(|rate| rate.rate.normalize())
        .collect();
    percents.sort_unstable();
    percents.dedup();
    match percents.as_slice() {
        [] => Some(Decimal::ZERO),
        [one] => Some(*one),
        _ => None,
    }
}

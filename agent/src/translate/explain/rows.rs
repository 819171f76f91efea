//! What a row of the total block may be, before the tax rows decide it.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{TotalKind, TotalRow};

use super::PerRate;
use crate::{
    text,
    text::Amount,
    translate::{
        called,
        case::{Case, held},
        charged::{Charged, class_percent},
        cost::Cost,
        plan::Outcome,
        vat::Vat,
    },
};

/// A cost whose rate, or a reduction whose meaning, has to be found.
pub(super) enum Unknown<'a> {
    Cost(CostRow<'a>),
    Reduction(&'a TotalRow, Vec<Meaning>),
}

impl CostRow<'_> {
    /// What that choice puts at no VAT because the shop's settings say so.
    pub(super) fn untaxed_by_setting(&self, choice: usize) -> bool {
        self.by_setting && choice == 0 && self.is_untaxed(choice)
    }

    /// Does that choice put it at no VAT?
    pub(super) fn is_untaxed(&self, choice: usize) -> bool {
        let percent = self.percents.get(choice);
        self.cost != Cost::Rounding && percent.is_some_and(Decimal::is_zero)
    }
}

pub(super) struct CostRow<'a> {
    pub(super) row: &'a TotalRow,
    pub(super) cost: Cost,
    /// Rates it may bear.
    pub(super) percents: Vec<Decimal>,
    /// The first of them is what the shop's settings say.
    pub(super) by_setting: bool,
    /// Its share of each rate of the goods, where its VAT may follow them.
    pub(super) shares: Vec<(Decimal, Decimal)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Discount,
    Payment,
}

/// What a row may be; none for rows that are information only.
pub(super) fn unknown<'a>(
    case: &Case<'_>,
    vat: &Vat,
    charged: &Charged,
    base: &PerRate,
    row: &'a TotalRow,
) -> Result<Option<Unknown<'a>>, Outcome> {
    let below_zero = row.amount.is_sign_negative();
    let cost = |cost| {
        Unknown::Cost(CostRow {
            row,
            cost,
            percents: percents(case, vat, charged, base, row),
            by_setting: setting(case, vat, row).is_some(),
            shares: if matches!(row.kind, TotalKind::Shipping | TotalKind::Fee) {
                shares(vat, base)
            } else {
                Vec::new()
            },
        })
    };
    Ok(Some(match row.kind {
        TotalKind::SubTotal | TotalKind::Tax | TotalKind::Total => return Ok(None),
        TotalKind::Shipping => cost(Cost::Shipping),
        TotalKind::Fee => cost(fee(row)),
        TotalKind::Levy => cost(Cost::Levy),
        TotalKind::Discount | TotalKind::Reward if below_zero => {
            Unknown::Reduction(row, vec![Meaning::Discount, Meaning::Payment])
        }
        TotalKind::GiftCard | TotalKind::StoreCredit if below_zero => {
            Unknown::Reduction(row, vec![Meaning::Payment, Meaning::Discount])
        }
        TotalKind::Rounding => rounding(row),
        TotalKind::Other if is_rounding(row) => rounding(row),
        TotalKind::Other if below_zero && vat.zero_rated() => return strange_row(row),
        TotalKind::Other if below_zero => Unknown::Reduction(row, vec![Meaning::Discount]),
        // Without VAT nothing shows what it is, but where the shop gives it a tax class.
        TotalKind::Other if vat.zero_rated() && setting(case, vat, row).is_none() => {
            return strange_row(row);
        }
        TotalKind::Other => cost(fee(row)),
        TotalKind::Discount | TotalKind::Reward | TotalKind::GiftCard | TotalKind::StoreCredit => {
            return strange_row(row);
        }
    }))
}

/// The part of the goods at each rate, where there is more than one: VAT on shipping that follows the
/// goods is shared like this.
fn shares(vat: &Vat, base: &PerRate) -> Vec<(Decimal, Decimal)> {
    let all: Decimal = base.values().sum();
    let even = base.values().all(|net| !net.is_sign_negative());
    let rates = base.values().filter(|net| !net.is_zero()).count();
    if vat.zero_rated() || !even || rates < 2 {
        return Vec::new();
    }
    base.iter()
        .filter(|(_, net)| !net.is_zero())
        .filter_map(|(percent, net)| Some((*percent, net.checked_div(all)?)))
        .collect()
}

/// A rounding bears no VAT.
fn rounding(row: &TotalRow) -> Unknown<'_> {
    Unknown::Cost(CostRow {
        row,
        cost: Cost::Rounding,
        percents: vec![Decimal::ZERO],
        by_setting: false,
        shares: Vec::new(),
    })
}

/// Rates a cost may bear: what the shop's settings give it first, then every other rate there is.
fn percents(
    case: &Case<'_>,
    vat: &Vat,
    charged: &Charged,
    base: &PerRate,
    row: &TotalRow,
) -> Vec<Decimal> {
    if vat.zero_rated() {
        return vec![Decimal::ZERO];
    }
    let mut percents: Vec<Decimal> = setting(case, vat, row).into_iter().collect();
    let strange = row.kind == TotalKind::Other;
    let others = charged
        .percents()
        .chain(base.keys().copied())
        .chain([Decimal::ZERO]);
    for percent in others.filter(|percent| !(strange && percent.is_zero())) {
        if !percents.contains(&percent) {
            percents.push(percent);
        }
    }
    percents
}

/// The rate the shop's settings give that row today.
fn setting(case: &Case<'_>, vat: &Vat, row: &TotalRow) -> Option<Decimal> {
    class_percent(case, row.tax_class.as_ref()?, &vat.country)
}

/// A fee is a payment cost when its code or title says so.
pub(in crate::translate) fn fee(row: &TotalRow) -> Cost {
    const WORDS: [&str; 6] = [
        "payment", "paypal", "betaal", "transact", "cod_fee", "rembours",
    ];
    let name = format!("{} {}", row.code, row.title).to_lowercase();
    if WORDS.iter().any(|word| name.contains(word)) {
        Cost::Payment
    } else {
        Cost::Fee
    }
}

/// A rounding the shop itself shows: a few cents under a name that says so.
pub(in crate::translate) fn is_rounding(row: &TotalRow) -> bool {
    let name = format!("{} {}", row.code, row.title).to_lowercase();
    row.amount.abs() <= Decimal::new(5, 2) && (name.contains("round") || name.contains("afrond"))
}

pub(super) fn strange_row<T>(row: &TotalRow) -> Result<T, Outcome> {
    let (title, code) = (called::row(row), &row.code);
    let amount = Amount::money(row.amount);
    let code = match code.trim() {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    let (nl, en) = (&title.nl, &title.en);
    held(
        "totaalregel-onbekend",
        text!(
            "De bestelling heeft een regel \"{nl}\"{code} van {amount}; uit de btw van de winkel blijkt niet wat die is.",
            "The order has a row \"{en}\"{code} of {amount:#}; the shop's VAT does not show what it is."
        ),
        text!(
            "Voer de order met de hand in, of sla haar over.",
            "Enter the order by hand, or skip it."
        ),
    )
}

//! The VAT rate the shop charged on each line of goods.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, RateKind};

use super::{
    called,
    case::{Case, held},
    charged::{Charged, class_rates},
    plan::Outcome,
    vat::Vat,
};
use crate::{text, text::Amount};

/// A line and its rate.
pub(super) struct Good<'a> {
    pub line: &'a Line,
    /// The percentage charged; none when the line cost nothing, so that no rate shows.
    pub percent: Option<Decimal>,
}

/// How far a line's tax may be from price times rate: half of the last decimal the shop keeps, for
/// shops that keep four and for shops that keep two.
const EXACT: Decimal = Decimal::from_parts(6, 0, 0, false, 4);
const COARSE: Decimal = Decimal::from_parts(6, 0, 0, false, 3);

/// The rate of every line; a rate nobody knows holds the order.
pub(super) fn rates<'a>(
    case: &Case<'a>,
    vat: &Vat,
    charged: &Charged,
) -> Result<Vec<Good<'a>>, Outcome> {
    let mut goods = Vec::new();
    for line in case.order.lines.iter().filter(|line| !line.heading) {
        let percent = rate(case, vat, charged, line)?;
        if let Some(percent) = percent.filter(|_| !vat.zero_rated()) {
            vat.known(case, percent)?;
        }
        goods.push(Good { line, percent });
    }
    Ok(goods)
}

/// Amounts without VAT per percentage.
pub(super) fn nets(goods: &[Good<'_>]) -> BTreeMap<Decimal, Decimal> {
    let mut nets = BTreeMap::new();
    for good in goods {
        *nets.entry(good.percent.unwrap_or_default()).or_default() += good.line.total;
    }
    nets
}

fn rate(
    case: &Case<'_>,
    vat: &Vat,
    charged: &Charged,
    line: &Line,
) -> Result<Option<Decimal>, Outcome> {
    if line.price.is_zero() && line.tax.is_zero() {
        return Ok(None);
    }
    if vat.zero_rated() {
        return Ok(Some(Decimal::ZERO));
    }
    if let Some(percent) = line.percent {
        return Ok(Some(percent.normalize()));
    }
    let of_class = class_percents(case, line);
    let levies = levies(case, charged, line);
    let error = |percent: Decimal| {
        levies
            .iter()
            .map(|levy| (line.tax - levy - line.price * percent / Decimal::ONE_HUNDRED).abs())
            .min()
            .unwrap_or(Decimal::MAX)
    };
    let by_error = |percents: Vec<Decimal>| percents.into_iter().min_by_key(|p| error(*p));
    // The product's own class first: on small amounts several rates come to the same cent.
    if let Some(percent) = by_error(of_class.clone()).filter(|p| error(*p) <= EXACT) {
        return Ok(Some(percent));
    }
    let mut candidates: Vec<Decimal> = charged.percents().collect();
    candidates.extend(of_class);
    candidates.push(Decimal::ZERO);
    if line.tax_class.is_none() {
        candidates.extend(all_percents(case));
    }
    match by_error(candidates).filter(|p| error(*p) <= COARSE) {
        Some(percent) => Ok(Some(percent)),
        None => unknown(case, vat, line),
    }
}

fn class_percents(case: &Case<'_>, line: &Line) -> Vec<Decimal> {
    let Some(class) = &line.tax_class else {
        return Vec::new();
    };
    class_rates(case, class)
        .filter(|rate| rate.kind == RateKind::Percent)
        .map(|rate| rate.rate.normalize())
        .collect()
}

fn all_percents(case: &Case<'_>) -> Vec<Decimal> {
    case.facts
        .shop
        .tax_rates
        .iter()
        .filter(|rate| rate.kind == RateKind::Percent)
        .map(|rate| rate.rate.normalize())
        .collect()
}

/// What fixed levies may be inside the tax of one piece: those of its class; of a product that is
/// gone, any of the order's.
fn levies(case: &Case<'_>, charged: &Charged, line: &Line) -> Vec<Decimal> {
    match &line.tax_class {
        Some(class) => vec![charged.levy_per_piece(case, class), Decimal::ZERO],
        None => charged
            .levies
            .iter()
            .map(|levy| levy.per_piece)
            .chain([Decimal::ZERO])
            .collect(),
    }
}

fn unknown<T>(case: &Case<'_>, vat: &Vat, line: &Line) -> Result<T, Outcome> {
    let (country, tax, price) = (&vat.country, line.tax, line.price);
    let name = called::line(case.order, line);
    let (nl, en) = (&name.nl, &name.en);
    let percent = (tax * Decimal::ONE_HUNDRED)
        .checked_div(price)
        .unwrap_or_default()
        .round_dp(2);
    let (tax, price) = (Amount::exact(tax), Amount::exact(price));
    let percent = Amount::number(percent);
    held(
        "btw-tarief-onbekend",
        text!(
            "De winkel rekent op \"{nl}\" {tax} btw over {price}, dat is {percent}% voor {country}; dat tarief is niet bekend.",
            "The shop charges {tax:#} VAT on {price:#} for \"{en}\", which is {percent:#}% for {country}; that rate is not known."
        ),
        text!(
            "Controleer de btw-instellingen van de winkel, of voer de order met de hand in.",
            "Check the shop's VAT settings, or enter the order by hand."
        ),
    )
}

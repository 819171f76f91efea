//! The VAT the books will compute for what is left of an order: they round per order, so it may be a
//! cent off what the order and its other credits leave.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use crate::{
    books::{ArticleRef, LineDraft, PriceMode},
    text,
    text::Amount,
    translate::{
        basket::CENT,
        case::{Case, held},
        cents::{round, vat_inside},
        charged::Charged,
        explain::PerRate,
        order::by_name,
        plan::{Outcome, Plan},
        vat::Vat,
    },
};

/// The plan with the VAT the books will compute. A cent off what is left is told; more holds it. A
/// booked invoice names its VAT itself, and is as it is.
pub(super) fn foreseen(sold: &Case<'_>, mut plan: Plan) -> Result<Plan, Outcome> {
    if plan.booking.is_some() {
        return Ok(plan);
    }
    let Some(books) = by_rate(sold, &plan) else {
        return Ok(plan);
    };
    let left = &plan.expected.vat;
    let mut rates: Vec<&String> = books.keys().chain(left.keys()).collect();
    rates.sort_unstable();
    rates.dedup();
    for rate in rates {
        let of = |all: &BTreeMap<String, Decimal>| all.get(rate).copied().unwrap_or_default();
        let (books, left) = (of(&books), of(left));
        let off = (books - left).abs();
        if off > CENT {
            return beyond_a_cent(sold.order, rate, books, left);
        }
        if off.is_zero() {
            continue;
        }
        let (more_nl, more_en) = if books.abs() > left.abs() {
            ("meer", "more")
        } else {
            ("minder", "less")
        };
        let (books, left) = (Amount::money(books), Amount::money(left));
        plan.notes.push(text!(
            "De administratie rekent 1 cent {more_nl} btw van {rate}% dan er van de bestelling over is ({books} in plaats van {left}), want zij rondt per order af.",
            "The books compute 1 cent {more_en} VAT of {rate}% than is left of the order ({books:#} instead of {left:#}), for they round per order."
        ));
    }
    plan.expected.excl = plan.expected.incl - books.values().sum::<Decimal>();
    plan.expected.vat = books;
    Ok(plan)
}

/// VAT per rate of the plan's lines, rounded once a rate; none where what a line bears is not known.
fn by_rate(sold: &Case<'_>, plan: &Plan) -> Option<BTreeMap<String, Decimal>> {
    let own = Order {
        placed_local: format!("{}T12:00:00", plan.order.date),
        invoice_date: None,
        ..sold.order.clone()
    };
    let charged = Charged::read(sold).ok()?;
    let then = Vat::of(sold, &charged).ok()?;
    let case = Case::new(&own, sold.settings, sold.facts).ok()?;
    let vat = then.on(&case, &charged).ok()?;
    let percent_of = |line: &LineDraft| {
        let known = sold
            .facts
            .articles
            .iter()
            .find(|known| match &line.article {
                Some(ArticleRef::Existing(id)) => known.id == *id,
                Some(ArticleRef::Planned(code)) => known.code == *code,
                None => false,
            })?;
        let mut groups = sold.facts.lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == known.revenue_group)?;
        vat.percent_of(group)
    };
    let mut sums = PerRate::new();
    for line in plan
        .order
        .lines
        .iter()
        .filter(|line| line.article.is_some())
    {
        let whole = line.quantity * line.unit_price;
        let part = Decimal::ONE_HUNDRED - line.discount_percent;
        if whole.is_zero() {
            continue;
        }
        *sums.entry(percent_of(line)?).or_default() += round(whole * part / Decimal::ONE_HUNDRED);
    }
    let mut rates = PerRate::new();
    for (percent, sum) in sums {
        let tax = match plan.order.price_mode {
            PriceMode::Inclusief => vat_inside(sum, percent),
            _ => sum * percent / Decimal::ONE_HUNDRED,
        };
        rates.insert(percent, round(tax));
    }
    Some(by_name(&rates))
}

fn beyond_a_cent<T>(
    order: &Order,
    rate: &str,
    books: Decimal,
    left: Decimal,
) -> Result<T, Outcome> {
    let number = &order.number;
    let (books, left) = (Amount::money(books), Amount::money(left));
    held(
        "btw-wijkt-af",
        text!(
            "Van bestelling {number} is {left} btw van {rate}% over om te crediteren, maar de administratie zou {books} rekenen.",
            "{left:#} VAT of {rate}% is left to credit on order {number}, but the books would compute {books:#}."
        ),
        text!(
            "Maak de creditfactuur van wat over is met de hand, met die btw, en meld dit als bekeken (winkelbrug skip).",
            "Make the credit note of what is left by hand, with that VAT, and report this as looked at (winkelbrug skip)."
        ),
    )
}

//! Each order beside the model of the rules, and beside what a bookkeeper would check whatever both say.

use std::{cell::RefCell, collections::BTreeMap};

use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy, dec};
use testbed::truth::{
    books::{Books, COST_SETTINGS, Rounding, line_total},
    generated::{self, Strange, Wish},
};
use winkelbrug::{
    profile::Settings,
    translate::{self, NegativeLines, Outcome, Plan},
};
use winkelbrug_protocol::record::{Order, RateKind, TotalKind};

use super::wishes::{Prices, is_plain, wish_of};
use crate::{
    model::{self, Agreed},
    property,
};

pub fn settings() -> Settings {
    let text = format!(
        r#"
        format = 1
        name = "winkel"
        [shop]
        url = "https://winkel.example.com"
        [administration]
        kind = "trial"
        [sales]
        {COST_SETTINGS}
        [articles.revenue_groups]
        "Hoog" = "Omzet hoog"
        "Laag" = "Omzet laag"
        "" = "Omzet geen"
        "Hoog met bijdrage" = "Omzet hoog"
        "#
    );
    toml::from_str(&text).unwrap()
}

/// How often which reason came up.
#[derive(Default)]
pub struct Count {
    pub plain: u32,
    /// Of the plain ones that are held.
    pub plain_reasons: BTreeMap<String, u32>,
    pub surcharges: u32,
    pub surcharges_held: u32,
    pub reasons: BTreeMap<String, u32>,
    /// How they agree with the model; lines below zero that are refused are beyond it.
    pub agreed: BTreeMap<Agreed, u32>,
}

impl Count {
    pub fn plain_held(&self) -> u32 {
        self.plain_reasons.values().sum()
    }
}

pub fn run(negative_lines: NegativeLines, cases: u32) -> Count {
    run_as(negative_lines, cases, Prices::Either, generated::order)
}

/// The same with the orders as that shop keeps them.
pub fn run_as(
    negative_lines: NegativeLines,
    cases: u32,
    prices: Prices,
    kept: impl Fn(&Wish) -> Order,
) -> Count {
    let (settings, shop) = (settings(), generated::lookups());
    let books = Books {
        negative_lines,
        ..Books::default()
    };
    let count = RefCell::new(Count::default());
    property::each(cases, &wish_of(prices), |wish| {
        let order = kept(wish);
        let facts = books.facts(&order, &settings, &shop);
        let outcome = translate::order(&order, &settings, &facts);
        note(&count, wish, &order, &outcome);
        if negative_lines == NegativeLines::Allowed {
            let verdict = model::judge(&order, &settings, &facts);
            let agreed = model::compare(&verdict, &outcome, &settings, &facts);
            let agreed = agreed.map_err(TestCaseError::fail)?;
            *count.borrow_mut().agreed.entry(agreed).or_default() += 1;
        }
        match outcome {
            Outcome::Plan(plan) => check(&books, &order, &plan, wish),
            Outcome::Held(reason) => {
                let idle = reason.code == "btw-wijkt-af" && is_consistent(&order);
                prop_assert!(!idle, "held without need: {}", reason.text.en);
                Ok(())
            }
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    });
    count.into_inner()
}

/// Is the VAT of every rate the one inside the amounts the shop recorded with VAT? Then nothing keeps
/// the books from coming to it.
fn is_consistent(order: &Order) -> bool {
    let mut gross: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for line in &order.lines {
        let (Some(percent), Some(incl)) = (line.percent, line.total_incl) else {
            return false;
        };
        *gross.entry(percent).or_default() += incl;
    }
    for part in order.totals.iter().flat_map(|row| &row.parts) {
        *gross.entry(part.percent).or_default() += part.net + part.vat;
    }
    let vat = shop_vat(order);
    gross.into_iter().all(|(percent, gross)| {
        let inside = gross * percent / (dec!(100) + percent);
        let shop = vat.get(&percent).copied().unwrap_or_default();
        (inside - shop).abs() <= dec!(0.01)
    })
}

pub fn note(count: &RefCell<Count>, wish: &Wish, order: &Order, outcome: &Outcome) {
    let mut count = count.borrow_mut();
    let held = u32::from(matches!(outcome, Outcome::Held(_)));
    // Where the shop owes the buyer, were it but the cents its total is off by, there is no sale.
    let plain = is_plain(wish) && order.total >= dec!(0);
    count.plain += u32::from(plain);
    if matches!(wish.strange, Some(Strange::Surcharge(_))) && wish.hidden.abs() <= 5 {
        count.surcharges += 1;
        count.surcharges_held += held;
    }
    if let Outcome::Held(reason) = outcome {
        *count.reasons.entry(reason.code.clone()).or_default() += 1;
        if plain {
            *count.plain_reasons.entry(reason.code.clone()).or_default() += 1;
        }
    }
}

/// Is the total what the shop's rows come to, each in whole cents? Then what was hidden is their rounding.
fn of_rounded_rows(order: &Order) -> bool {
    let rows = order.totals.iter();
    let rows = rows.filter(|row| !matches!(row.kind, TotalKind::SubTotal | TotalKind::Total));
    let lines = order.lines.iter().map(|line| line.total);
    let cards = order.gift_cards.iter().map(|card| card.amount);
    let all = rows.map(|row| row.amount).chain(lines).chain(cards);
    all.map(cents).sum::<Decimal>() == cents(order.total)
}

fn check(books: &Books, order: &Order, plan: &Plan, wish: &Wish) -> Result<(), TestCaseError> {
    let total = cents(order.total);
    prop_assert_eq!(books.total(plan), total);
    prop_assert_eq!(plan.expected.incl, total);
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let mut vat = books.vat(plan, rounding);
        for (percent, tax) in shop_vat(order) {
            let ours = vat.remove(&percent).unwrap_or_default();
            prop_assert!(
                (ours - tax).abs() <= dec!(0.01),
                "{ours} instead of {tax} at {percent}% ({rounding:?})"
            );
        }
        prop_assert!(vat.values().all(|vat| vat.abs() <= dec!(0.01)));
    }
    let difference: Decimal = plan
        .order
        .lines
        .iter()
        .filter(|line| line.description == "Ordertotaalverschil")
        .map(line_total)
        .sum();
    prop_assert!(difference.abs() <= dec!(0.05));
    let rounding = plan
        .order
        .lines
        .iter()
        .filter(|line| line.description == "Afronding btw");
    prop_assert!(
        rounding
            .map(line_total)
            .all(|amount| amount.abs() <= dec!(0.05))
    );
    if wish.hidden == 0 {
        prop_assert!(
            difference.is_zero(),
            "a difference of {difference} that is none"
        );
    } else if !(difference.is_zero() && of_rounded_rows(order)) {
        prop_assert!((difference - Decimal::new(wish.hidden, 2)).abs() <= dec!(0.01));
    }
    for line in &plan.order.lines {
        prop_assert!(line.quantity != dec!(0));
        if line.code.contains('-') && line.quantity.scale() == 0 {
            prop_assert!(line.unit_price.normalize().scale() <= 2);
        }
    }
    Ok(())
}

/// The shop's own tax rows, per percentage.
fn shop_vat(order: &Order) -> BTreeMap<Decimal, Decimal> {
    let mut vat = BTreeMap::new();
    for row in order.totals.iter().filter(|row| row.kind == TotalKind::Tax) {
        let rate = row.rate.as_ref().unwrap();
        if rate.kind == RateKind::Percent {
            *vat.entry(rate.rate.normalize()).or_default() += row.amount;
        }
    }
    vat
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

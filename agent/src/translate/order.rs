//! The way of an order, top to bottom.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{
    articles::Articles,
    basket::{Basket, Finished},
    booking,
    case::Case,
    charged::Charged,
    costs, counted, credit, currency, default_code, difference, digest, discounts, eligible,
    explain::{PerRate, explain},
    goods, header, lines, needs, odd,
    plan::{Expected, Facts, Linked, Names, Outcome, Plan},
    recipes, reference, relation,
    vat::Vat,
};
use crate::{
    books::{OrderDraft, VatKind},
    profile::{Settings, settings::Form},
};

/// What is to be written for this order, or why nothing is.
#[must_use]
pub fn order(order: &Order, settings: &Settings, facts: &Facts) -> Outcome {
    let entered = currency::in_euro(order, facts);
    let made = entered.and_then(|entered| match &entered {
        Some((order, facts)) => plan(order, settings, facts),
        None => plan(order, settings, facts),
    });
    match made {
        Ok(mut plan) => {
            plan.facts_digest = digest::facts_digest(facts);
            Outcome::Plan(Box::new(plan))
        }
        Err(outcome) => outcome,
    }
}

fn plan(order: &Order, settings: &Settings, facts: &Facts) -> Result<Plan, Outcome> {
    eligible::check(order, settings, facts)?;
    odd::amounts_missing(order, settings)?;
    odd::beyond_belief(order, settings)?;
    let case = Case::new(order, settings, facts)?;
    let charged = Charged::read(&case)?;
    let vat = Vat::of_new(&case, &charged)?;
    // An order that is in the books already is linked even where its buyer is not to be told.
    let relation = relation::choose(&case, &vat);
    let reference = reference::choose(&case, relation.as_ref().ok())?;
    let relation = relation?;

    eligible::note_received(&case);
    odd::below_zero(order, settings)?;
    odd::money_for_nothing(&case)?;
    let goods = goods::rates(&case, &vat, &charged)?;
    let story = explain(&case, &vat, &charged, &goods)?;
    let mut articles = Articles::new(&case, &vat);
    let mut basket = Basket::default();
    lines::goods(&case, &vat, &mut articles, &goods, &mut basket)?;
    costs::shipping(&case, &vat, &articles, &story, &mut basket)?;
    costs::fees(&case, &vat, &articles, &story, &mut basket)?;
    costs::levies(&case, &articles, &charged, &mut basket)?;
    lines::gift_cards(&case, &articles, &mut basket)?;
    discounts::discounts(&case, &vat, &articles, &story, &mut basket)?;
    discounts::payments(&case, &articles, &story, &mut basket)?;
    basket.has_something(&case)?;
    let mut wanted = charged.clone();
    let left = difference::difference(&case, &vat, &articles, &mut wanted, &mut basket)?;
    let kinds = kinds(&basket);
    let pieces = pieces(&case, &basket);
    let sold = counted::sold(&basket);
    let rounding = costs::rounding(&case, &vat, &articles, left.limit);
    let mut finished = basket.finish(&case, &vat, &wanted, left.goal, rounding)?;
    let mut articles = articles.into_steps();
    let made = articles.clone();

    let expected = expected(&charged, &finished, pieces, kinds);
    let draft = header::draft(
        &case,
        &vat,
        &relation,
        reference,
        std::mem::take(&mut finished.lines),
    )?;
    let booking = match settings.sales.form {
        Form::Order => None,
        Form::Booking => {
            // A booking names no articles: only the revenue group of each counts.
            articles.clear();
            let number = booking::number(&case)?;
            booking::note_of_day(&case, &number);
            Some(booking::booking(&case, &vat, &draft, &finished, number)?)
        }
    };
    credit::announce(&case);
    Ok(Plan {
        names: Names {
            counted: counted::of(&case, &vat, &draft, &made, &sold),
            ..Names::of(&draft, &facts.lookups)
        },
        shop_id: order.id.clone(),
        number: order.number.clone(),
        articles,
        customer_key: needs::customer_key(order, settings)
            .filter(|_| !default_code::is_default(&case, &relation))
            // What the owner joined by hand holds by itself, and may be meant for this order alone.
            .filter(|_| !matches!(facts.linked, Some(Linked::Relation { .. }))),
        relation,
        negative_lines: has_negative(&draft),
        text_lines: draft.lines.iter().any(|line| line.article.is_none()),
        order: draft,
        booking,
        expected,
        settings_digest: digest::settings_digest(settings),
        facts_digest: String::new(),
        notes: case.into_notes(),
    })
}

pub(super) fn kinds(basket: &Basket) -> Vec<VatKind> {
    let mut kinds: Vec<VatKind> = basket.items.iter().map(|item| item.article.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

pub(super) fn has_negative(draft: &OrderDraft) -> bool {
    draft
        .lines
        .iter()
        .any(|line| line.quantity < Decimal::ZERO || line.unit_price < Decimal::ZERO)
}

/// What the order takes from stock: the articles sold, and the parts that stand on it by name.
fn pieces(case: &Case<'_>, basket: &Basket) -> BTreeMap<String, Decimal> {
    let mut pieces = lines::pieces(case.order);
    recipes::count(case, &basket.items, &mut pieces);
    pieces
}

fn expected(
    charged: &Charged,
    finished: &Finished,
    pieces: BTreeMap<String, Decimal>,
    kinds: Vec<VatKind>,
) -> Expected {
    let tax: Decimal = finished.vat.values().sum();
    Expected {
        incl: finished.total,
        excl: finished.total - tax,
        vat: by_name(&finished.vat),
        shop_vat: by_name(&charged.vat),
        pieces,
        kinds,
    }
}

pub(super) fn by_name(rates: &PerRate) -> BTreeMap<String, Decimal> {
    rates
        .iter()
        .filter(|(percent, _)| !percent.is_zero())
        .map(|(percent, amount)| (percent.normalize().to_string(), *amount))
        .collect()
}

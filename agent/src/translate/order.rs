//! The way of an order, top to bottom.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{
    articles::Articles,
    basket::{Basket, Finished},
    case::Case,
    charged::Charged,
    costs, currency, difference, digest, discounts, eligible,
    explain::{PerRate, explain},
    goods, header, lines, needs, odd,
    plan::{Expected, Facts, Outcome, Plan},
    reference, relation,
    vat::Vat,
};
use crate::{
    books::{OrderDraft, VatKind},
    profile::Settings,
};

/// What is to be written for this order, or why nothing is.
#[must_use]
pub fn order(order: &Order, settings: &Settings, facts: &Facts) -> Outcome {
    let entered = currency::in_euro(order, facts);
    let made = match &entered {
        Some((order, facts)) => plan(order, settings, facts),
        None => plan(order, settings, facts),
    };
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
    let case = Case::new(order, settings, facts)?;
    let charged = Charged::read(&case)?;
    let vat = Vat::of(&case, &charged)?;
    // An order that is in the books already is linked even where its buyer is not to be told.
    let relation = relation::choose(&case, &vat);
    let reference = reference::choose(&case, relation.as_ref().ok())?;
    let relation = relation?;

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
    let goal = difference::difference(&case, &vat, &articles, &mut wanted, &mut basket)?;
    let kinds = kinds(&basket);
    let rounding = costs::rounding(&case, &articles);
    let finished = basket.finish(&case, &vat, &wanted, goal, rounding)?;
    let articles = articles.into_steps();

    let expected = expected(&case, &charged, &finished, kinds);
    let draft = header::draft(&case, &vat, reference, finished.lines)?;
    Ok(Plan {
        shop_id: order.id.clone(),
        number: order.number.clone(),
        articles,
        customer_key: needs::customer_key(order, settings)
            .filter(|_| !relation::is_default(&case, &relation)),
        relation,
        negative_lines: has_negative(&draft),
        text_lines: draft.lines.iter().any(|line| line.article.is_none()),
        order: draft,
        expected,
        settings_digest: digest::settings_digest(settings),
        facts_digest: String::new(),
        notes: case.into_notes(),
    })
}

fn kinds(basket: &Basket) -> Vec<VatKind> {
    let mut kinds: Vec<VatKind> = basket.items.iter().map(|item| item.article.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn has_negative(draft: &OrderDraft) -> bool {
    draft
        .lines
        .iter()
        .any(|line| line.quantity < Decimal::ZERO || line.unit_price < Decimal::ZERO)
}

fn expected(
    case: &Case<'_>,
    charged: &Charged,
    finished: &Finished,
    kinds: Vec<VatKind>,
) -> Expected {
    let tax: Decimal = finished.vat.values().sum();
    Expected {
        incl: finished.total,
        excl: finished.total - tax,
        vat: by_name(&finished.vat),
        shop_vat: by_name(&charged.vat),
        pieces: lines::pieces(case.order),
        kinds,
    }
}

fn by_name(rates: &PerRate) -> BTreeMap<String, Decimal> {
    rates
        .iter()
        .filter(|(percent, _)| !percent.is_zero())
        .map(|(percent, amount)| (percent.normalize().to_string(), *amount))
        .collect()
}

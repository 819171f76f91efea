//! Discounts, per rate as the shop's tax rows were lowered; gift cards redeemed and store credit,
//! which lower what is paid and not the VAT.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::TotalKind;

use super::{
    articles::Articles,
    basket::{Basket, Item, whole_cents},
    case::{Case, held},
    cents::NOTHING,
    cost::Cost,
    costs::item,
    explain::{Discount, Story},
    lines::UNTAXED,
    plan::{NegativeLines, Outcome},
    special,
    vat::Vat,
};
use crate::{books::VatKind, text, text::Amount};

/// A part of all discounts: at that rate, on an article of one of these kinds.
pub(super) struct Part {
    pub percent: Decimal,
    pub kinds: Vec<VatKind>,
    /// In the order's price mode; below zero where goods that were taken back give up their share.
    pub exact: Decimal,
}

/// Writes each discount per rate, or inside the unit prices where lines below zero are refused.
pub(super) fn discounts(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    story: &Story<'_>,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    let mut written = Vec::new();
    for discount in &story.discounts {
        let parts = if vat.zero_rated() {
            parts_by_kind(discount, basket)
        } else {
            parts_by_rate(vat, discount)
        };
        for part in parts {
            if case.facts.negative_lines == NegativeLines::Refused {
                inside(case, vat, basket, &part)?;
                continue;
            }
            let title = &discount.row.title;
            let of_margin = of_margin(vat, basket, &part);
            if let Some(code) = special::margin_article(case).filter(|_| !of_margin.is_zero()) {
                let article = articles.named(code, "vat.margin", title, part.percent)?;
                let mut lowered = item(case, article, title, part.percent, -of_margin);
                lowered.margin = true;
                lowered.supply = true;
                written.push(lowered);
            }
            let rest = part.exact - of_margin;
            if rest.abs() >= NOTHING {
                let article = articles.cost_at(Cost::Discount, &part.kinds, part.percent, title)?;
                let mut lowered = item(case, article, title, part.percent, -rest);
                lowered.supply = true;
                written.push(lowered);
            }
        }
    }
    basket.items.extend(written);
    Ok(())
}

/// How much of a discount lowers the price of goods under the margin scheme: as much as they are of what
/// bears no VAT.
fn of_margin(vat: &Vat, basket: &Basket, part: &Part) -> Decimal {
    let bears = |item: &Item| {
        item.cents.is_none()
            && item.percent.is_zero()
            && item.exact > Decimal::ZERO
            && (!vat.zero_rated() || part.kinds.contains(&item.article.kind))
    };
    if !part.percent.is_zero() {
        return Decimal::ZERO;
    }
    let all = basket.sum_of(bears);
    let margin = basket.sum_of(|item| bears(item) && item.margin);
    let share = (part.exact * margin).checked_div(all);
    share.unwrap_or_default()
}

fn parts_by_rate(vat: &Vat, discount: &Discount<'_>) -> Vec<Part> {
    discount
        .shares
        .iter()
        .filter(|(_, gross)| gross.abs() >= NOTHING)
        .map(|(percent, gross)| Part {
            percent: *percent,
            kinds: vat.kinds(*percent),
            exact: *gross,
        })
        .collect()
}

/// Without VAT nothing tells the rates apart: each kind bears its share of the goods. A kind of which
/// more was taken back than sold bears none, or the others would bear more than the whole.
fn parts_by_kind(discount: &Discount<'_>, basket: &Basket) -> Vec<Part> {
    let total: Decimal = discount.shares.values().sum();
    let mut bases = self::bases(basket, |item| item.goods);
    if bases.is_empty() {
        bases = self::bases(basket, |_| true);
    }
    let all: Decimal = bases.values().sum();
    bases
        .into_iter()
        .filter_map(|(kind, base)| {
            let exact = total * base.checked_div(all)?;
            (exact >= NOTHING).then_some(Part {
                percent: Decimal::ZERO,
                kinds: vec![kind],
                exact,
            })
        })
        .collect()
}

/// What stands on each kind, of the kinds above zero.
fn bases(basket: &Basket, which: impl Fn(&Item) -> bool) -> BTreeMap<VatKind, Decimal> {
    let mut bases: BTreeMap<VatKind, Decimal> = BTreeMap::new();
    for item in basket.items.iter().filter(|item| which(item)) {
        *bases.entry(item.article.kind).or_default() += item.exact;
    }
    bases.retain(|_, base| *base > Decimal::ZERO);
    bases
}

/// The discount inside the unit prices of what bears its rate.
pub(super) fn inside(
    case: &Case<'_>,
    vat: &Vat,
    basket: &mut Basket,
    part: &Part,
) -> Result<(), Outcome> {
    let bears = |item: &Item| {
        item.cents.is_none()
            && item.exact > Decimal::ZERO
            && item.percent == part.percent
            && (!vat.zero_rated() || part.kinds.contains(&item.article.kind))
    };
    let base = basket.sum_of(bears);
    let factor = (base - part.exact).checked_div(base);
    let Some(factor) = factor.filter(|factor| *factor >= Decimal::ZERO) else {
        let (percent, exact) = (Amount::number(part.percent), Amount::money(part.exact));
        return held(
            "negatieve-regel-geweigerd",
            text!(
                "De administratie weigert regels onder nul, en de korting van {exact} ({percent}% btw) past niet in de prijzen.",
                "The administration refuses lines below zero, and the discount of {exact:#} ({percent:#}% VAT) does not fit into the prices."
            ),
            text!("Voer de order met de hand in.", "Enter the order by hand."),
        );
    };
    for item in basket.items.iter_mut().filter(|item| bears(item)) {
        item.exact *= factor;
    }
    let exact = Amount::money(part.exact);
    case.note(text!(
        "De korting van {exact} zit in de prijzen, omdat de administratie regels onder nul weigert.",
        "The discount of {exact:#} is inside the prices, because the administration refuses lines below zero."
    ));
    Ok(())
}

/// Gift cards redeemed and store credit.
pub(super) fn payments(
    case: &Case<'_>,
    articles: &Articles<'_, '_>,
    story: &Story<'_>,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    for row in &story.payments {
        let cost = match row.kind {
            TotalKind::GiftCard => Cost::GiftCard,
            TotalKind::StoreCredit => Cost::StoreCredit,
            _ => Cost::Discount,
        };
        let article = articles.cost(cost, &UNTAXED, &row.title)?;
        let mut payment = item(case, article, &row.title, Decimal::ZERO, row.amount);
        payment.cents = Some(whole_cents(case, row.amount)?);
        basket.items.push(payment);
    }
    Ok(())
}

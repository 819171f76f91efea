//! Goods under the margin scheme (margeregeling). On the invoice they bear no VAT, and everything the buyer pays for
//! having them belongs to their price: shipping, fees, and what a discount takes off them.

use rust_decimal::{Decimal, dec};
use winkelbrug::profile::settings::PerVatKind;
use winkelbrug_protocol::record::{Line, TotalKind, TotalRow};

use super::{
    Case,
    vat::{Sale, Treatment},
};

/// The article that bears what belongs to the price of that line; none where it is ordinary goods.
fn of_line(case: &Case<'_>, line: &Line) -> Option<String> {
    let class = line.tax_class.as_ref()?;
    let chosen = case.settings.vat.margin.iter();
    let mut named = chosen.filter(|(wanted, _)| {
        let wanted = wanted.trim().to_lowercase();
        wanted == class.name.trim().to_lowercase() || wanted == class.id.trim().to_lowercase()
    });
    named.next().map(|(_, code)| code.clone())
}

/// Lines of goods that cost something.
fn sold<'a>(case: &Case<'a>) -> Vec<&'a Line> {
    let lines = case.order.lines.iter();
    lines
        .filter(|line| !line.heading && !line.total.is_zero())
        .collect()
}

/// What no shop can have meant: VAT on them, or their sale without VAT to a business in the EU.
pub fn refuse(case: &mut Case<'_>, sale: &Sale) {
    let goods = case.order.lines.iter();
    let goods: Vec<&Line> = goods.filter(|line| of_line(case, line).is_some()).collect();
    let taxed = goods.iter().any(|line| !line.tax.is_zero());
    if taxed || (!goods.is_empty() && sale.treatment == Treatment::EuBusiness) {
        case.hold("btw-wijkt-af");
    }
}

/// The article of shipping or a fee without VAT; what bears VAT is no part of the price of margin goods, and
/// with nothing else on the order it is held.
pub fn of_cost(case: &mut Case<'_>, row: &TotalRow, percent: Decimal) -> Option<PerVatKind> {
    if !matches!(
        row.kind,
        TotalKind::Shipping | TotalKind::Fee | TotalKind::Other
    ) {
        return None;
    }
    let sold = sold(case);
    let articles: Vec<Option<String>> = sold.iter().map(|line| of_line(case, line)).collect();
    if percent.is_zero() {
        let mut articles = articles.into_iter().flatten();
        return articles.next().map(PerVatKind::One);
    }
    if !articles.is_empty() && articles.iter().all(Option::is_some) {
        case.hold("btw-wijkt-af");
    }
    None
}

/// The article of a discount on margin goods, and which part of what a discount takes off goods without VAT that
/// is.
pub fn of_discount(case: &Case<'_>) -> Option<(PerVatKind, Decimal)> {
    let untaxed = sold(case)
        .into_iter()
        .filter(|line| line.tax.is_zero() && line.percent.is_none_or(|percent| percent.is_zero()));
    let untaxed: Vec<&Line> = untaxed.filter(|line| line.total > dec!(0)).collect();
    let all: Decimal = untaxed.iter().map(|line| line.total).sum();
    let margin = untaxed
        .iter()
        .filter_map(|line| Some((of_line(case, line)?, line.total)));
    let margin: Vec<(String, Decimal)> = margin.collect();
    let part: Decimal = margin.iter().map(|(_, total)| *total).sum();
    let (code, _) = margin.into_iter().next()?;
    Some((PerVatKind::One(code), part / all))
}

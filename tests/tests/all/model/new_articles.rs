//! What a new article costs: what the shop asks for its product, whatever an order's line says.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::plan::ArticleStep,
    translate::{Facts, Plan},
};

/// Percentages an article file with VAT may bear in the Netherlands, then and now.
const HOME: [Decimal; 6] = [dec!(0), dec!(6), dec!(9), dec!(19), dec!(20), dec!(21)];

/// Does every new article cost what the one product of its code does? Of an order in another
/// currency that cannot be told.
///
/// # Errors
/// One does not.
pub fn agrees(plan: &Plan, facts: &Facts) -> Result<(), String> {
    let Some(company) = facts
        .company
        .as_ref()
        .filter(|_| facts.exchange_rate.is_none())
    else {
        return Ok(());
    };
    for step in &plan.articles {
        let ArticleStep::Create { draft, .. } = step else {
            continue;
        };
        let mut products = facts.products.iter().filter(|one| one.code == draft.code);
        let (Some(product), None) = (products.next(), products.next()) else {
            continue;
        };
        if product.price <= Decimal::ZERO {
            continue;
        }
        let costs = |percent: &Decimal| {
            let price = product.price * (dec!(1) + percent / dec!(100));
            (price - draft.price).abs() <= dec!(0.011)
        };
        let rates = if company.article_prices_exclude_vat {
            &HOME[..1]
        } else {
            &HOME[..]
        };
        if !rates.iter().any(costs) {
            let (code, asked, costs) = (&draft.code, product.price, draft.price);
            return Err(format!(
                "new article {code} costs {costs}, the product {asked}"
            ));
        }
    }
    Ok(())
}

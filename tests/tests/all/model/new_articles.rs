//! What a new article is called and costs: what the shop's own product of that code is called and
//! costs, whatever an order's line says. Only where the shop has none, the line may say it, and the
//! plan has to tell so.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{VatKind, plan::ArticleStep},
    translate::{Facts, Plan},
};
use winkelbrug_protocol::record::Product;

use super::header::tidy;

/// Percentages a price with VAT may bear in the Netherlands, then and now.
fn percentages(kind: VatKind) -> Vec<Decimal> {
    match kind {
        VatKind::Hoog => vec![dec!(21), dec!(19), dec!(20)],
        VatKind::Laag => vec![dec!(9), dec!(6)],
        VatKind::Geen | VatKind::Overig => vec![dec!(0)],
    }
}

/// Is every new article the product of its code? Of an order in another currency its price cannot be
/// told; of several products of one code it is not told here which is meant.
///
/// # Errors
/// One is not.
pub fn agrees(plan: &Plan, facts: &Facts) -> Result<(), String> {
    for step in &plan.articles {
        let ArticleStep::Create { draft, why } = step else {
            continue;
        };
        let of_line = why.nl.contains("van de bestelregel");
        let known: Vec<&Product> = facts
            .products
            .iter()
            .filter(|one| one.code == draft.code)
            .collect();
        let product = match known.as_slice() {
            [] if of_line => continue,
            [] => return Err(format!("{}: nothing says it is of the line", draft.code)),
            [product] => *product,
            _ => continue,
        };
        let (code, name) = (&draft.code, tidy(&product.name));
        if !name.starts_with(&draft.description) {
            return Err(format!(
                "new article {code} is called {}, the product {name}",
                draft.description
            ));
        }
        if facts.exchange_rate.is_some() {
            continue;
        }
        let asked = product.price.unwrap_or_default();
        let mut groups = facts.lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == draft.revenue_group);
        let kind = group.map_or(VatKind::Geen, |group| group.vat);
        let company = facts.company.as_ref();
        let rates = match company.is_some_and(|one| one.article_prices_exclude_vat) {
            true => percentages(VatKind::Geen),
            false => percentages(kind),
        };
        let costs = |percent: &Decimal| {
            let price = asked * (dec!(1) + percent / dec!(100));
            (price - draft.price).abs() <= dec!(0.011)
        };
        if of_line || !rates.iter().any(costs) {
            let costs = draft.price;
            return Err(format!(
                "new article {code} costs {costs}, the product {asked} without VAT"
            ));
        }
    }
    Ok(())
}

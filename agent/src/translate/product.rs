//! Which of the shop's products a line sold, as the shop has it now.

use winkelbrug_protocol::record::{Line, Product};

use super::case::Case;

/// The product of the line's code: the one the line names, or a variant of that (PrestaShop's lines
/// name the product, not the combination), or else the only one of that code that is no variant, as
/// where a product was made anew. None where the shop has none of that code (any more).
pub(super) fn of_code<'a>(case: &Case<'a>, line: &Line) -> Option<&'a Product> {
    let same: Vec<&Product> = case
        .facts
        .products
        .iter()
        .filter(|product| !line.code.is_empty() && product.code == line.code)
        .collect();
    let is_named = |product: &&&Product| line.product_id.as_ref() == Some(&product.id);
    let is_variant_of_named =
        |product: &&&Product| product.parent_id.is_some() && product.parent_id == line.product_id;
    let mut found = same.iter();
    let found = found.find(is_named).or_else(|| {
        let mut variants = same.iter();
        variants.find(is_variant_of_named)
    });
    found.copied().or_else(|| {
        let wholes: Vec<&Product> = same
            .iter()
            .copied()
            .filter(|product| product.parent_id.is_none())
            .collect();
        match (wholes.as_slice(), same.as_slice()) {
            ([one], _) | ([], [one]) => Some(*one),
            _ => None,
        }
    })
}

/// The same; where the shop has none of that code, the product the line names: its code may be another
/// by now, or it is what the variant that was sold belongs to.
pub(super) fn of_line<'a>(case: &Case<'a>, line: &Line) -> Option<&'a Product> {
    of_code(case, line).or_else(|| {
        let id = line.product_id.as_ref()?;
        let mut products = case.facts.products.iter();
        products.find(|product| product.id == *id)
    })
}

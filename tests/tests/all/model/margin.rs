//! Goods under the margin scheme (margeregeling): nothing that is paid for them bears VAT, wherever they go,
//! and all of it belongs to one price.

use winkelbrug_protocol::record::Line;

use super::Case;

/// The article for what is paid for the goods of that line besides; none where it is no such line.
pub fn beside(case: &Case<'_>, line: &Line) -> Option<String> {
    let class = line.tax_class.as_ref()?;
    let is = |wanted: &str, has: &str| wanted.trim().eq_ignore_ascii_case(has.trim());
    let mut set = case.settings.vat.margin.iter();
    let found = set.find(|(wanted, _)| is(wanted, &class.name) || is(wanted, &class.id));
    found.map(|(_, code)| code.clone())
}

/// The lines that cost something.
fn sold<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Line> + use<'a> {
    let lines = case.order.lines.iter();
    lines.filter(|line| !line.heading && !line.total.is_zero())
}

/// That article for the order.
pub fn article(case: &Case<'_>) -> Option<String> {
    sold(case).find_map(|line| beside(case, line))
}

/// Is nothing else sold?
pub fn only(case: &Case<'_>) -> bool {
    sold(case).all(|line| beside(case, line).is_some())
}

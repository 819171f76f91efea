//! Values of the shop that go to fields of the books as `[[mapping]]` says: no code, three small
//! steps. `source` takes the value, `change` works on it, and here it is joined to its target.

mod change;
mod source;

use std::collections::BTreeMap;

use winkelbrug_protocol::record::Line;

use super::{address::clean, case::Case};
use crate::{
    profile::mapping::{Rule, Target},
    text,
};

/// Lines for the order's memo.
pub(super) fn memo(case: &Case<'_>) -> Vec<String> {
    of_order(case, &Target::OrderMemo)
}

/// The order's description, if one is mapped.
pub(super) fn description(case: &Case<'_>) -> Option<String> {
    joined(&of_order(case, &Target::OrderDescription))
}

/// The order's reference, if one is mapped.
pub(super) fn reference(case: &Case<'_>) -> Option<String> {
    joined(&of_order(case, &Target::OrderReference))
}

/// The memo of a new relation.
pub(super) fn relation_memo(case: &Case<'_>) -> String {
    of_order(case, &Target::RelationMemo).join("\n")
}

/// Extra fields of the buyer's relation.
pub(super) fn relation_extra(case: &Case<'_>) -> BTreeMap<String, String> {
    extra(case, None, |target| match target {
        Target::RelationExtra(name) => Some(name),
        _ => None,
    })
}

/// Extra fields of a line's article.
pub(super) fn article_extra(case: &Case<'_>, line: &Line) -> BTreeMap<String, String> {
    extra(case, Some(line), |target| match target {
        Target::ArticleExtra(name) => Some(name),
        _ => None,
    })
}

/// What goes behind a line's text.
pub(super) fn line_text(case: &Case<'_>, line: &Line) -> Option<String> {
    let found: Vec<String> = case
        .rules
        .iter()
        .filter(|rule| rule.target == Target::LineDescription)
        .filter_map(|rule| value(case, rule, Some(line)))
        .collect();
    joined(&found)
}

/// Those of these fields that the books do not have yet, or all that differ where known records
/// are brought up to date.
pub(super) fn missing(
    wanted: BTreeMap<String, String>,
    known: &BTreeMap<String, String>,
    updates: bool,
) -> BTreeMap<String, String> {
    wanted
        .into_iter()
        .filter(|(name, value)| {
            let there = crate::books::extra(known, name).trim();
            there.is_empty() || (updates && there != value)
        })
        .collect()
}

fn of_order(case: &Case<'_>, target: &Target) -> Vec<String> {
    case.rules
        .iter()
        .filter(|rule| rule.target == *target)
        .filter_map(|rule| value(case, rule, None))
        .collect()
}

fn extra<'c>(
    case: &'c Case<'_>,
    line: Option<&Line>,
    name: impl Fn(&'c Target) -> Option<&'c String>,
) -> BTreeMap<String, String> {
    case.rules
        .iter()
        .filter_map(|rule| Some((name(&rule.target)?.clone(), value(case, rule, line)?)))
        .collect()
}

/// The first source that has something, changed; none when nothing is left.
fn value(case: &Case<'_>, rule: &Rule, line: Option<&Line>) -> Option<String> {
    let found = rule
        .sources
        .iter()
        .map(|source| clean(&source::value(case, source, line)))
        .find(|value| !value.is_empty())?;
    let changed = change::all(&found, &rule.changes);
    if changed.is_empty() {
        case.note(text!(
            "De waarde \"{found}\" past niet bij [[mapping]] en is weggelaten.",
            "The value \"{found}\" does not fit [[mapping]] and was left out."
        ));
        return None;
    }
    Some(changed)
}

fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(" "))
}

//! What changed at the shop after an order was written: told, never rewritten.

use winkelbrug_protocol::record::Order;

use super::place::Place;
use crate::{
    failure::Result,
    journal::{VersionId, attention::ChangedOrder},
    shop::read_order,
    text,
    translate::{self, Change},
};

/// Compares written orders that have a newer version with what was written; gives how many need a
/// look.
///
/// # Errors
/// The journal cannot be read or written.
pub fn compare(place: &Place<'_>) -> Result<u64> {
    let mut found = 0;
    for changed in place.journal.changed_after_writing(place.profile())? {
        let changes = worth_telling(place, &changed, changes(place, &changed)?)?;
        for change in &changes {
            place.note(changed.order, "attention", &change.text, None)?;
        }
        place
            .journal
            .changes_noted(&changed, &changes, place.now())?;
        found += u64::from(!changes.is_empty());
    }
    Ok(found)
}

fn changes(place: &Place<'_>, changed: &ChangedOrder) -> Result<Vec<Change>> {
    let old = read(place, changed.written)?;
    let new = read(place, changed.newest)?;
    Ok(match (old, new) {
        (Some(old), Some(new)) => translate::changes(&old, &new)
            .into_iter()
            .map(|change| change.of_profile(place.profile()))
            .collect(),
        _ => {
            let number = &changed.number;
            vec![Change {
                code: "changed".to_owned(),
                text: text!(
                    "Bestelling {number} is in de winkel gewijzigd nadat zij geboekt was; wat er precies veranderde is niet meer na te gaan.",
                    "Order {number} was changed in the shop after it was booked; what exactly changed cannot be told any more."
                ),
            }]
        }
    })
}

/// What the owner looked at comes back only when just that changed again since; that it is cancelled
/// always counts.
fn worth_telling(
    place: &Place<'_>,
    changed: &ChangedOrder,
    changes: Vec<Change>,
) -> Result<Vec<Change>> {
    let before = read(place, changed.compared)?;
    let (Some(before), Some(now)) = (before, read(place, changed.newest)?) else {
        return Ok(changes);
    };
    let since = translate::changes(&before, &now);
    let mut worth = Vec::new();
    for change in changes {
        let again = since.iter().any(|one| one.code == change.code);
        let looked_at = || place.journal.looked_at(changed.order, &change.code);
        if change.code == "cancelled" || again || !looked_at()? {
            worth.push(change);
        }
    }
    Ok(worth)
}

fn read(place: &Place<'_>, version: VersionId) -> Result<Option<Box<Order>>> {
    let raw = place.journal.raw(version)?;
    Ok(raw.and_then(|raw| read_order(&raw).ok()))
}

//! What changed at the shop after an order was written: told, never rewritten.

use winkelbrug_protocol::record::Order;

use super::place::Place;
use crate::{
    failure::Result,
    journal::{VersionId, attention::ChangedOrder},
    shop::Shop,
    text,
    translate::{self, Change},
};

/// Compares written orders that have a newer version with what was written; gives how many need a
/// look.
///
/// # Errors
/// The journal cannot be read or written.
pub fn compare(place: &Place<'_>, shop: &dyn Shop) -> Result<u64> {
    let mut found = 0;
    let reader = Reader { place, shop };
    for changed in place.journal.changed_after_writing(place.profile())? {
        let changes = reader.worth_telling(&changed, reader.changes(&changed)?)?;
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

struct Reader<'a> {
    place: &'a Place<'a>,
    shop: &'a dyn Shop,
}

impl Reader<'_> {
    fn changes(&self, changed: &ChangedOrder) -> Result<Vec<Change>> {
        let place = self.place;
        let old = self.read(changed, changed.written)?;
        let new = self.read(changed, changed.newest)?;
        Ok(match (old, new) {
            (Some(old), Some(new)) => translate::changes(&old, &new, place.settings)
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
    fn worth_telling(&self, changed: &ChangedOrder, changes: Vec<Change>) -> Result<Vec<Change>> {
        let before = self.read(changed, changed.compared)?;
        let (Some(before), Some(now)) = (before, self.read(changed, changed.newest)?) else {
            return Ok(changes);
        };
        let since = translate::changes(&before, &now, self.place.settings);
        let mut worth = Vec::new();
        for change in changes {
            let again = since.iter().any(|one| one.code == change.code);
            let journal = self.place.journal;
            let looked_at = || journal.looked_at(changed.order, &change.code);
            if change.code == "cancelled" || again || !looked_at()? {
                worth.push(change);
            }
        }
        Ok(worth)
    }

    /// A version as the shop itself reads it.
    fn read(&self, changed: &ChangedOrder, version: VersionId) -> Result<Option<Box<Order>>> {
        let raw = self.place.journal.raw(version)?;
        let id = &changed.shop_id.0;
        Ok(raw.and_then(|raw| self.shop.read(id, &raw).ok()))
    }
}

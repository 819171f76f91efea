//! Every status the settings name is one of the shop: with a mistyped one every order would be left
//! out without a word.

use winkelbrug_protocol::record::Lookups;

use super::{names, place::Place};
use crate::{failure::Result, journal::cursors::name};

/// A shop that names no statuses says nothing about them. WooCommerce names a status that a plug-in
/// added only while an order is in it, so one that it knew before is still one of its own.
///
/// # Errors
/// `Misconfigured`, code `order-statuses-unknown`, with the statuses there are; the journal cannot
/// be read or written.
pub(super) fn check(place: &Place<'_>, shop: &Lookups) -> Result<()> {
    if shop.order_statuses.is_empty() {
        return Ok(());
    }
    let (known, mut strangers) = names::known_statuses(place.settings, shop);
    let (journal, profile) = (place.journal, place.profile());
    let before = journal.cursor(profile, name::STATUSES)?.unwrap_or_default();
    strangers.retain(|name| !before.lines().any(|before| before == *name));
    if !strangers.is_empty() {
        return Err(names::unknown_statuses(place.settings, shop, &strangers));
    }
    let mut all: Vec<&str> = before.lines().collect();
    all.extend(
        known
            .iter()
            .filter(|name| !before.lines().any(|b| b == **name)),
    );
    if all.len() > before.lines().count() {
        journal.keep_cursor(profile, name::STATUSES, &all.join("\n"))?;
    }
    Ok(())
}

//! The shop's products, where the settings look at them: what changed since the last time, and all
//! of them once a day, since not every change of a product moves its stamp.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Phase, place::Place};
use crate::{failure::Result, journal::cursors::name, shop::Shop, translate::looks_at_products};

/// Changes are read again this long before the cursor, as those of orders are.
const OVERLAP: SignedDuration = SignedDuration::from_hours(2);
/// All are read again after so long.
const ALL: SignedDuration = SignedDuration::from_hours(24);

/// Brings what the journal keeps of the shop's products up to date; nothing where no setting looks
/// at it.
///
/// # Errors
/// What the shop says; pages that came until then are kept.
pub async fn refresh(place: &Place<'_>, shop: &dyn Shop) -> Result<()> {
    if !looks_at_products(place.settings) {
        return Ok(());
    }
    let (journal, profile, now) = (place.journal, place.profile(), place.now());
    let all_at = journal.moment(profile, name::PRODUCTS_ALL)?;
    let all = all_at.is_none_or(|at| now.duration_since(at).abs() >= ALL);
    let since = match journal.moment(profile, name::PRODUCTS)? {
        Some(at) if !all => Some((at - OVERLAP).to_string()),
        _ => None,
    };
    let (mut after, mut done, mut ids) = (None, 0, BTreeSet::new());
    loop {
        place.go_on()?;
        place.progress(Phase::ReadOrders, done, None);
        let mut page = shop.products(since.as_deref(), after.as_ref()).await?;
        done += page.records.len() as u64;
        for product in &mut page.records {
            // Stock moves all the time and decides nothing here.
            product.quantity = None;
            product.options.clear();
            ids.insert(product.id.clone());
        }
        journal.keep_products(profile, &page.records)?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if since.is_none() {
        journal.keep_only_products(profile, &ids)?;
    }
    journal.keep_moment(profile, name::PRODUCTS, now)?;
    if all {
        journal.keep_moment(profile, name::PRODUCTS_ALL, now)?;
    }
    Ok(())
}

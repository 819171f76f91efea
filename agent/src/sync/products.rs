//! The shop's products, where the settings look at them or an order may make an article: what changed
//! since the last time, and all of them once a day, since not every change of a product moves its
//! stamp.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Phase, place::Place};
use crate::{
    failure::{Class, Failure, Result},
    journal::cursors::name,
    shop::Shop,
    translate::looks_at_products,
};

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
    read(place, shop).await
}

/// As [`refresh`], for an order that may make an article. False where the shop cannot or may not
/// tell its products: the order then has to do without.
///
/// # Errors
/// What passes by itself: the shop cannot be reached now, or the run is to stop.
pub async fn for_new_articles(place: &Place<'_>, shop: &dyn Shop) -> Result<bool> {
    if looks_at_products(place.settings) {
        return Ok(true);
    }
    match read(place, shop).await {
        Ok(()) => Ok(true),
        Err(failure) if cannot_tell(&failure) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Does the shop not tell its products, however often it is asked: a file without that scope, a plug-in
/// without that command, or a refusal?
fn cannot_tell(failure: &Failure) -> bool {
    failure.class == Class::Refused
        || ["bridge-too-little", "shop-unsupported", "sconnect-cannot"]
            .contains(&failure.code.as_str())
}

async fn read(place: &Place<'_>, shop: &dyn Shop) -> Result<()> {
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

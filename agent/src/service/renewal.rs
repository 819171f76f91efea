//! The file in the shop has an end date; near it the agent places a new one by itself.

use jiff::SignedDuration;

use super::Workplace;
use crate::{
    failure::Result,
    shop::{
        deploy::{self, Side},
        keys,
    },
    sync::Event,
    text,
};

/// Name of the moment at which it was last tried.
const TRIED: &str = "bridge-renewal-tried";
/// Tried again no sooner: web hosts shut out who logs in wrongly again and again.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Places a new file when the one in use is near its end. That it could not be placed does not
/// stop a run: the old one still serves, and the owner is told.
///
/// # Errors
/// The journal cannot be read or written; the server showed another key than the one trusted.
pub async fn when_due(place: &Workplace, side: &Side<'_>) -> Result<()> {
    let (journal, profile) = (&place.journal, &side.settings.name);
    let now = place.clock.now();
    let tried_lately = journal.moment(profile, TRIED)?.is_some_and(|tried| {
        (SignedDuration::ZERO..AGAIN_AFTER).contains(&now.duration_since(tried))
    });
    if tried_lately || !side.renewal_due().unwrap_or(false) {
        return Ok(());
    }
    journal.keep_moment(profile, TRIED, now)?;
    let text = match deploy::renew_when_due(side).await {
        Err(failure) if keys::is_a_change(&failure.code) => return Err(failure),
        Ok(_) => text!(
            "Het koppelbestand in de winkel is vernieuwd.",
            "The file in the shop was renewed."
        ),
        Err(failure) => {
            tracing::warn!(%profile, %failure, "the file in the shop was not renewed");
            let (nl, en) = (&failure.text.nl, &failure.text.en);
            text!(
                "Het koppelbestand in de winkel verloopt binnenkort en kon niet worden vernieuwd: {nl}",
                "The file in the shop ends soon and could not be renewed: {en}",
            )
        }
    };
    place.observer.tell(Event::Note {
        at: now,
        profile: profile.clone(),
        text,
    });
    Ok(())
}

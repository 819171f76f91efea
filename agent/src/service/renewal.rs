//! The file in the shop has an end date, and may be wiped by a restored backup or an update of the
//! shop: near the one and after the other the agent places a new one by itself.

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
    text::Text,
};

/// Name of the moment at which it was last tried.
const TRIED: &str = "bridge-renewal-tried";
/// Name of the moment at which it was last placed anew because it was gone.
const MENDED: &str = "bridge-mending-tried";
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
    if tried_lately(place, profile, TRIED)? || !side.renewal_due().unwrap_or(false) {
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
                "Het koppelbestand in de winkel moet worden vernieuwd, en dat lukte niet: {nl}",
                "The file in the shop is to be renewed, and could not be: {en}",
            )
        }
    };
    tell(place, profile, text);
    Ok(())
}

/// After a run that stopped because the file is gone: places it anew when the shop is proved to be the
/// same. Is the run to be done again?
///
/// # Errors
/// The journal cannot be read or written.
pub async fn mended(place: &Workplace, side: &Side<'_>, code: &str) -> Result<bool> {
    let profile = &side.settings.name;
    if !deploy::is_mended_by_placing(code) || tried_lately(place, profile, MENDED)? {
        return Ok(false);
    }
    place
        .journal
        .keep_moment(profile, MENDED, place.clock.now())?;
    match deploy::mend(side).await {
        Ok(_) => {
            tell(
                place,
                profile,
                text!(
                    "Het koppelbestand was uit de winkel verdwenen (een teruggezette reservekopie of een update?) en is opnieuw geplaatst.",
                    "The file had gone from the shop (a restored backup or an update?) and was placed anew."
                ),
            );
            Ok(true)
        }
        Err(failure) => {
            tracing::warn!(%profile, %failure, "the file in the shop was not placed anew");
            let (nl, en) = (&failure.text.nl, &failure.text.en);
            let (hint_nl, hint_en) = (&failure.hint.nl, &failure.hint.en);
            tell(
                place,
                profile,
                text!(
                    "Het koppelbestand is uit de winkel verdwenen en kon niet opnieuw worden geplaatst: {nl}. {hint_nl}",
                    "The file has gone from the shop and could not be placed anew: {en}. {hint_en}"
                ),
            );
            Ok(false)
        }
    }
}

fn tried_lately(place: &Workplace, profile: &str, name: &str) -> Result<bool> {
    let now = place.clock.now();
    Ok(place.journal.moment(profile, name)?.is_some_and(|tried| {
        (SignedDuration::ZERO..AGAIN_AFTER).contains(&now.duration_since(tried))
    }))
}

fn tell(place: &Workplace, profile: &str, text: Text) {
    place.observer.tell(Event::Note {
        at: place.clock.now(),
        profile: profile.to_owned(),
        text,
    });
}

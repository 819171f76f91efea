//! Once a day the file in the shop is looked at as any visitor would: it must show our refusal and
//! nothing else.

use jiff::SignedDuration;

use super::Workplace;
use crate::{
    failure::Result,
    shop::deploy::{
        Side,
        exposure::{self, Look},
    },
    sync::Event,
    text::Text,
};

/// Name of the moment of the latest look.
const LOOKED: &str = "bridge-looked-at";
/// How often.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Looks when a day has gone by. Source that shows ends the use of the file, which the run that
/// follows finds; anything else that is no refusal is told.
///
/// # Errors
/// The journal cannot be read or written.
pub async fn look_when_due(place: &Workplace, side: &Side<'_>) -> Result<()> {
    let (journal, profile, now) = (&place.journal, &side.settings.name, place.clock.now());
    let lately = journal
        .moment(profile, LOOKED)?
        .is_some_and(|looked| (SignedDuration::ZERO..EVERY).contains(&now.duration_since(looked)));
    if lately {
        return Ok(());
    }
    let failure = match exposure::look(side).await? {
        // Tried again with the next run.
        Look::Unknown => return Ok(()),
        Look::Quiet => None,
        Look::Exposed(failure) | Look::Strange(failure) => Some(failure),
    };
    journal.keep_moment(profile, LOOKED, now)?;
    if let Some(failure) = failure {
        tracing::warn!(%profile, %failure, "the file in the shop shows something else than it should");
        place.observer.tell(Event::Note {
            at: now,
            profile: profile.clone(),
            text: joined(&failure.text, &failure.hint),
        });
    }
    Ok(())
}

fn joined(text: &Text, hint: &Text) -> Text {
    Text {
        nl: format!("{}. {}", text.nl, hint.nl),
        en: format!("{}. {}", text.en, hint.en),
    }
}

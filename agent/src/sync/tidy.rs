//! Once a day: erase what is too old, copy the journal.

use jiff::SignedDuration;

use super::{Phase, place::Place};
use crate::{failure::Result, journal::cursors::name};

/// How often.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Tidies up when a day has gone by since the last time.
///
/// # Errors
/// The journal cannot be written or copied.
pub fn daily(place: &Place<'_>) -> Result<()> {
    let (journal, profile, now) = (place.journal, place.profile(), place.now());
    // A new day's copy is made with the first run of that day, whichever profile's it is.
    journal.back_up_daily(place.data.path(), now)?;
    let last = journal.moment(profile, name::TIDIED)?;
    if last.is_some_and(|last| now.duration_since(last) < EVERY) {
        return Ok(());
    }
    place.progress(Phase::TidyUp, 0, None);
    let erased = journal.erase_old(profile, &place.settings.retention, now)?;
    if erased > 0 {
        tracing::info!(profile, erased, "personal data of old orders erased");
    }
    journal.keep_moment(profile, name::TIDIED, now)
}

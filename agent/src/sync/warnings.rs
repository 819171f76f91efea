//! What an owner has to know of the profile as a whole: somebody else works with the same shop, or
//! this journal took the place of one that was lost. Neither stops a run: an order that is in the
//! books already is found there by its payment reference before anything is written.

use jiff::{SignedDuration, Timestamp};

use super::{place::Place, report::Warning};
use crate::{
    failure::Result,
    journal::cursors::name,
    shop::{Shop, bridge::memory},
    text,
    text::Language,
};

/// Code of the warning of another installation.
pub(super) const OTHER_INSTALLATION: &str = "other-installation";

/// Who read within this time may still be at work: also one that runs once a week.
const STILL_AT_WORK: SignedDuration = SignedDuration::from_hours(8 * 24);

/// How long an answer to who else reads the shop holds for runs that write nothing: a poll that
/// finds nothing stays one question.
const HOLDS: SignedDuration = SignedDuration::from_hours(1);

/// Is it time to ask again?
///
/// # Errors
/// The journal cannot be read.
pub(super) fn is_due(place: &Place<'_>) -> Result<bool> {
    let asked = place.journal.moment(place.profile(), name::OTHERS_ASKED)?;
    Ok(asked.is_none_or(|asked| place.now().duration_since(asked).abs() >= HOLDS))
}

/// What was answered last.
///
/// # Errors
/// The journal cannot be read.
pub(super) fn remembered(place: &Place<'_>) -> Result<Option<Warning>> {
    let at = place.journal.moment(place.profile(), name::OTHER_READ)?;
    Ok(at.and_then(|at| other_installation(at, place.now())))
}

/// Asks the shop who else reads it, and remembers the answer.
///
/// # Errors
/// What the shop says; the journal cannot be written.
pub(super) async fn ask(place: &Place<'_>, shop: &dyn Shop) -> Result<Option<Warning>> {
    let (journal, profile) = (place.journal, place.profile());
    let other = shop.other_reader().await?;
    let at = other.and_then(|other| other.at.parse().ok());
    // Nobody is remembered as somebody long ago.
    let at = at.unwrap_or(Timestamp::UNIX_EPOCH);
    journal.keep_moment(profile, name::OTHER_READ, at)?;
    journal.keep_moment(profile, name::OTHERS_ASKED, place.now())?;
    Ok(other_installation(at, place.now()))
}

/// Another installation that read the same shop lately.
fn other_installation(at: Timestamp, now: Timestamp) -> Option<Warning> {
    if now.duration_since(at) > STILL_AT_WORK {
        return None;
    }
    let days = STILL_AT_WORK.as_hours() / 24;
    let (nl, en) = (Language::Dutch.moment(at), Language::English.moment(at));
    Some(Warning {
        code: OTHER_INSTALLATION.to_owned(),
        text: text!(
            "Een andere pc of gegevensmap met Winkelbrug werkt met dezelfde winkel (laatst: {nl}).",
            "Another PC or data folder with Winkelbrug works with the same shop (last: {en})."
        ),
        hint: text!(
            "Laat één installatie deze winkel doen en zet de andere uit: schrijven ze op hetzelfde moment, dan kan een bestelling dubbel in de boeken komen. Staat de andere al uit, dan verdwijnt deze melding {days} dagen na haar laatste vraag vanzelf.",
            "Let one installation do this shop and switch the other off: when both write at the same moment an order can come into the books twice. If the other is off already, this goes by itself {days} days after it last asked."
        ),
    })
}

/// This journal took the place of another, of which there is still a copy.
///
/// # Errors
/// The journal cannot be read.
pub(super) fn made_anew(place: &Place<'_>) -> Result<Option<Warning>> {
    let ours = memory::installation_id(place.journal)?;
    let Some(copy) = place.journal.copy_of_another(place.data.path(), &ours) else {
        return Ok(None);
    };
    let copy = copy.display();
    Ok(Some(Warning {
        code: "journal-made-anew".to_owned(),
        text: text!(
            "Het journaal is nieuw, en in de gegevensmap staat nog een kopie van een eerder journaal. Wat u daarin besloot, zoals overgeslagen bestellingen, weet dit journaal niet: zulke bestellingen worden nu geboekt.",
            "The journal is new, and the data folder still has a copy of an earlier one. What you decided there, such as orders you skipped, this journal does not know: such orders are booked now."
        ),
        hint: text!(
            "Terug naar het eerdere journaal: stop Winkelbrug, zet {copy} terug als journal.db (wis journal.db-wal en journal.db-shm) en start weer; wat intussen geboekt is, wordt teruggevonden. Wilt u dat niet, dan verdwijnt deze melding met de kopie, na zeven dagen.",
            "Back to the earlier journal: stop Winkelbrug, put {copy} back as journal.db (delete journal.db-wal and journal.db-shm) and start again; what was booked meanwhile is found. If you do not want that, this goes with the copy, after seven days."
        ),
    }))
}

//! Keys of servers that are not trusted yet: shown with their fingerprints, and trusted when the
//! owner says so, by `--trust-new-key` or on the terminal.

use super::{question, run::unexpected, screen::clean, session::Session};
use crate::{
    failure::Result,
    service::{Action, Outcome},
    shop::keys::NewKey,
    step::Step,
    text,
};

/// Trusts every key the profile's servers show now; the steps tell which, and which are other than
/// before.
///
/// # Errors
/// The journal cannot be written.
pub(super) async fn trust_all(session: &Session, profile: &str) -> Result<Vec<Step>> {
    let keys = shown(session, profile).await?;
    trust(session, profile, &keys).await
}

/// Shows the keys on a terminal and asks; none when nobody is there to be asked, or he said no.
///
/// # Errors
/// As [`trust_all`].
pub(super) async fn offer(session: &Session, profile: &str) -> Result<Option<Vec<Step>>> {
    let screen = session.screen;
    if screen.json || !super::screen::Screen::can_ask() {
        return Ok(None);
    }
    let keys = shown(session, profile).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    for key in &keys {
        screen.line(&clean(screen.words(&key.told())));
    }
    let question = text!(
        "Gaf uw webhoster u deze vingerafdruk, en wilt u hem vertrouwen?",
        "Did your web host give you this fingerprint, and do you want to trust it?"
    );
    if !question::agreed(screen, &question) {
        return Ok(None);
    }
    trust(session, profile, &keys).await.map(Some)
}

async fn shown(session: &Session, profile: &str) -> Result<Vec<NewKey>> {
    let profile = profile.to_owned();
    keys(session.perform(Action::Keys { profile }).await?)
}

/// Exactly the keys that were shown: one that appears in between is not trusted.
async fn trust(session: &Session, profile: &str, shown: &[NewKey]) -> Result<Vec<Step>> {
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let action = Action::TrustKeys {
        profile: profile.to_owned(),
        fingerprints: shown.iter().map(|key| key.fingerprint.clone()).collect(),
    };
    let trusted = keys(session.perform(action).await?)?;
    Ok(trusted.iter().map(step).collect())
}

fn keys(outcome: Outcome) -> Result<Vec<NewKey>> {
    match outcome {
        Outcome::Keys { keys } => Ok(keys),
        _ => Err(unexpected()),
    }
}

fn step(key: &NewKey) -> Step {
    Step::passed("key-trusted", key.told()).hint(text!(
        "Deze sleutel wordt vanaf nu vertrouwd; een andere niet",
        "This key is trusted from now on, and no other"
    ))
}

//! `deploy`: the bridge into the shop, or up to date.

use serde_json::json;

use super::{
    arguments, ask, check::refuse_new_key, exit::Exit, run::unexpected, screen::clean,
    session::Session,
};
use crate::{
    failure::Result,
    service::{Action, Outcome},
};

pub(super) async fn run(session: &Session, arguments: arguments::Connect) -> Result<Exit> {
    refuse_new_key(&arguments)?;
    ask::complete(session, &arguments.name, &arguments.secrets)?;
    let profile = arguments.name.clone();
    let outcome = session.perform(Action::Deploy { profile }).await?;
    show(session, &arguments.name, &outcome)?;
    Ok(Exit::Done)
}

/// What came of a deploy or a withdrawal.
pub(super) fn show(session: &Session, profile: &str, outcome: &Outcome) -> Result<()> {
    let Outcome::Changed { message, changed } = outcome else {
        return Err(unexpected());
    };
    let words = session.screen.words(message);
    if session.screen.json {
        session.screen.json(&json!({
            "profile": profile,
            "changed": changed,
            "message": words,
        }));
    } else {
        session.screen.line(&clean(words));
    }
    Ok(())
}

//! The bare program: how things are, and how to go on.

use super::{exit::Exit, session::Session, status};
use crate::{failure::Result, text};

pub(super) async fn run(session: &Session) -> Result<Exit> {
    let exit = status::run(session).await?;
    let screen = session.screen;
    if session.data.profiles().names()?.is_empty() {
        screen.say(&text!(
            "Begin met een profiel: winkelbrug profile add --from BESTAND (docs/settings.md laat een heel profiel zien).",
            "Begin with a profile: winkelbrug profile add --from FILE (docs/settings.md shows a whole one)."
        ));
    } else if session.agent()?.is_none() {
        screen.say(&text!(
            "Laat Winkelbrug zelf werken met: winkelbrug serve",
            "Let Winkelbrug work by itself with: winkelbrug serve"
        ));
    } else {
        screen.say(&text!(
            "Kijk live mee met: winkelbrug watch",
            "Follow it live with: winkelbrug watch"
        ));
    }
    screen.say(&text!(
        "Alle opdrachten: winkelbrug --help",
        "All commands: winkelbrug --help"
    ));
    Ok(exit)
}

//! The bare program: sees to it that the agent runs, and tells how things are.

use super::{background, exit::Exit, session::Session, status};
use crate::{failure::Result, service::lock, text};

pub(super) async fn run(session: &Session) -> Result<Exit> {
    let screen = session.screen;
    if !lock::agent_runs(&session.data)? {
        background::start(session).await?;
        screen.say(&text!(
            "Winkelbrug is op de achtergrond gestart en werkt door als u dit venster sluit. Stoppen: winkelbrug serve --stop",
            "Winkelbrug was started in the background and goes on when you close this window. Stop it with: winkelbrug serve --stop"
        ));
    }
    let exit = status::run(session).await?;
    if session.data.profiles().names()?.is_empty() {
        screen.say(&text!(
            "Begin met een profiel: winkelbrug profile add --from BESTAND (docs/settings.md laat een heel profiel zien).",
            "Begin with a profile: winkelbrug profile add --from FILE (docs/settings.md shows a whole one)."
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

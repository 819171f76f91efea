//! The bare program: sees to it that the agent runs, and tells how things are.

use super::{background, exit::Exit, session::Session, status};
use crate::{failure::Result, service::lock, text};

/// The least a profile can be: with it a shop's orders go to a trial administration.
const EXAMPLE: &str = r#"
  format = 1
  name = "mijnwinkel"

  [shop]
  url = "https://www.voorbeeld.nl"

  [shop.upload]
  protocol = "sftp"
  host = "ftp.voorbeeld.nl"
  user = "voorbeeld"

  [administration]
  kind = "trial"
"#;

pub(super) async fn run(session: &Session) -> Result<Exit> {
    let screen = session.screen;
    session.has_folder()?;
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
            "Begin met een profiel: winkelbrug profile add --from BESTAND. Een voorbeeld van zo'n bestand:",
            "Begin with a profile: winkelbrug profile add --from FILE. An example of such a file:"
        ));
        screen.line(EXAMPLE);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::EXAMPLE;

    #[test]
    fn the_example_is_a_profile() {
        let settings = crate::profile::read::settings(EXAMPLE).unwrap();
        assert_eq!(settings.name, "mijnwinkel");
    }
}

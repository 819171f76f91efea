//! `profile list`.

use serde_json::{Value, json};

use crate::{
    cli::{exit::Exit, session::Session, table::Table},
    failure::Result,
    text,
    text::Language,
};

pub(super) fn run(session: &Session) -> Result<Exit> {
    session.has_data()?;
    let profiles = session.data.profiles();
    let screen = session.screen;
    let headings = match screen.language {
        Language::Dutch => ["profiel", "winkel", "administratie"],
        Language::English => ["profile", "shop", "administration"],
    };
    let mut table = Table::new(headings);
    let mut objects: Vec<Value> = Vec::new();
    for name in profiles.names()? {
        match profiles.get(&name) {
            Ok(profile) => {
                let kind = json!(profile.settings.administration.kind);
                let kind_words = kind.as_str().unwrap_or_default().to_owned();
                let url = profile.settings.shop.url;
                objects.push(json!({"name": name, "shop": url, "administration": kind}));
                table.row([name, url, kind_words]);
            }
            Err(failure) => {
                let what = screen.words(&failure.text).to_owned();
                objects
                    .push(json!({"name": name, "error": {"code": failure.code, "message": what}}));
                table.row([name, String::new(), what]);
            }
        }
    }
    if screen.json {
        screen.json(&objects);
    } else if objects.is_empty() {
        let folder = profiles.folder();
        screen.say(&text!(
            "In de map {folder} is nog geen profiel. Maak er een met: winkelbrug profile add --from BESTAND",
            "There is no profile yet in the folder {folder}. Make one with: winkelbrug profile add --from FILE"
        ));
    } else {
        table.lines().iter().for_each(|line| screen.line(line));
    }
    Ok(Exit::Done)
}

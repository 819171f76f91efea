//! `profile export`: the settings as a file. Secrets are never in a profile.

use crate::{
    cli::{arguments::ProfileExport, exit::Exit, file, session::Session},
    failure::Result,
    text,
};

pub(super) fn run(session: &Session, arguments: &ProfileExport) -> Result<Exit> {
    let profile = session.data.profiles().get(&arguments.name)?;
    let Some(file) = &arguments.to else {
        if session.screen.json {
            session.screen.json(&profile.settings);
        } else {
            session.screen.verbatim(profile.source.trim_end());
        }
        return Ok(Exit::Done);
    };
    file::write(file, profile.source.as_bytes(), arguments.replace)?;
    let file = file.display();
    session.screen.say(&text!(
        "Geschreven: {file} (zonder geheimen).",
        "Written: {file} (without secrets)."
    ));
    if session.screen.json {
        session
            .screen
            .json(&serde_json::json!({"file": file.to_string()}));
    }
    Ok(Exit::Done)
}

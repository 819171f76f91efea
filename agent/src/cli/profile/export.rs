//! `profile export`: the settings as a file. Secrets are never in a profile.

use crate::{
    cli::{arguments::ProfileExport, exit::Exit, session::Session},
    failure::Result,
    profile::{durable, store},
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
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.clone());
    durable::replace(&whole, profile.source.as_bytes())
        .map_err(|error| store::disk("file-unwritable", file, error))?;
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

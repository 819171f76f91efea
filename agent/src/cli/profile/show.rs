//! `profile show`: the settings, and which secrets are kept (never the secrets).

use serde_json::json;

use crate::{
    cli::{arguments::ProfileName, ask, exit::Exit, session::Session},
    failure::Result,
    profile::Secrets,
    text,
};

pub(super) fn run(session: &Session, arguments: &ProfileName) -> Result<Exit> {
    let profile = session.data.profiles().get(&arguments.name)?;
    let vault = session.vault();
    let mut kept = Vec::new();
    let mut missing = Vec::new();
    for name in ask::needed(&profile.settings) {
        if vault.get(&arguments.name, name)?.is_some() {
            kept.push(name);
        } else {
            missing.push(name);
        }
    }
    if session.screen.json {
        session.screen.json(&json!({
            "settings": profile.settings,
            "secrets": {"kept": kept, "missing": missing},
        }));
        return Ok(Exit::Done);
    }
    session.screen.line(profile.source.trim_end());
    session.screen.line("");
    if !kept.is_empty() {
        let kept = kept.join(", ");
        session.screen.say(&text!(
            "# Geheimen bewaard: {kept}",
            "# Secrets kept: {kept}"
        ));
    }
    if !missing.is_empty() {
        let missing = missing.join(", ");
        session.screen.say(&text!(
            "# Geheimen ontbreken: {missing}",
            "# Secrets missing: {missing}"
        ));
    }
    Ok(Exit::Done)
}

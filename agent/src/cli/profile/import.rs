//! `profile import`: a profile that `profile export` wrote.

use super::{keep, read};
use crate::{
    cli::{arguments::ProfileImport, exit::Exit, session::Session},
    failure::Result,
    profile::{Profile, sound},
};

pub(super) fn run(session: &Session, arguments: &ProfileImport) -> Result<Exit> {
    let mut profile = read(&arguments.file)?;
    if let Some(name) = &arguments.name {
        sound::name(name)?;
        let mut settings = profile.settings;
        settings.name.clone_from(name);
        profile = Profile::written(settings)?;
    }
    keep(session, profile, &arguments.secrets, arguments.replace)
}

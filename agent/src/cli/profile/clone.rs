//! `profile clone`: the settings of one shop for a second. Secrets are asked anew; the bridge's
//! keys belong to one upload and are never copied.

use super::keep;
use crate::{
    cli::{arguments::ProfileClone, exit::Exit, session::Session},
    failure::Result,
    profile::{Profile, read},
};

pub(super) fn run(session: &Session, arguments: &ProfileClone) -> Result<Exit> {
    let mut settings = session.data.profiles().get(&arguments.name)?.settings;
    settings.name.clone_from(&arguments.new_name);
    settings.shop.url.clone_from(&arguments.url);
    if let Some(folder) = &arguments.folder {
        settings.shop.upload.folder.clone_from(folder);
    }
    let profile = Profile::written(settings)?;
    // The new name and address are checked like everything that is typed.
    read::settings(&profile.source)?;
    keep(session, profile, &arguments.secrets, false)
}

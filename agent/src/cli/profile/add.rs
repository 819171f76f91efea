//! `profile add`.

use super::{keep, read};
use crate::{
    cli::{arguments::ProfileAdd, exit::Exit, session::Session},
    failure::Result,
};

pub(super) fn run(session: &Session, arguments: &ProfileAdd) -> Result<Exit> {
    let profile = read(&arguments.from)?;
    keep(session, profile, &arguments.secrets, arguments.replace)
}

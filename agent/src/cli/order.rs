//! `order`.

use super::{arguments, exit::Exit, session::Session};
use crate::{failure::Result, service::work::not_yet};

pub(super) fn run(session: &Session, arguments: &arguments::Order) -> Result<Exit> {
    session.data.profiles().get(&arguments.name)?;
    Err(not_yet())
}

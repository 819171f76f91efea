//! `withdraw`: the bridge out of the shop, and nothing left behind.

use super::{arguments, deploy, exit::Exit, session::Session};
use crate::{failure::Result, service::Action};

pub(super) async fn run(session: &Session, arguments: arguments::Withdraw) -> Result<Exit> {
    let profile = arguments.name.clone();
    let outcome = session.perform(Action::Withdraw { profile }).await?;
    deploy::show(session, &arguments.name, outcome)
}

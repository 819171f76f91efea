//! `withdraw`: the bridge out of the shop, and nothing left behind.

use super::{arguments, deploy, exit::Exit, session::Session};
use crate::{failure::Result, service::Action};

pub(super) async fn run(session: &Session, arguments: arguments::Withdraw) -> Result<Exit> {
    let profile = arguments.name;
    let action = |remove_others| Action::Withdraw {
        profile: profile.clone(),
        remove_others,
    };
    let outcome = session.perform(action(arguments.remove_others)).await?;
    deploy::ended(session, &profile, outcome, action).await
}

//! A shop's address that redirects: where a browser ends is put into the profile when the owner says
//! so, on the terminal or, within the same domain, by `--use-redirect`.

use super::{
    question,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
};
use crate::{
    failure::Result,
    profile::place_of_shop::is_same_domain,
    service::{Action, Outcome},
    step::Step,
    text,
    text::Text,
};

/// Puts the address into the profile when the owner wants that; none when he does not, or nobody is
/// there to be asked. `said` is what was found, `told` whether `--use-redirect` was given.
///
/// # Errors
/// The profile cannot be read or kept, or the address may not be used.
pub(super) async fn offer(
    session: &Session,
    profile: &str,
    said: &Text,
    url: &str,
    told: bool,
) -> Result<Option<Step>> {
    let before = session.data.profiles().get(profile)?.settings.shop.url;
    // Whoever sits between can redirect to a domain of his own: that takes a look.
    let wanted = (told && is_same_domain(&before, url)) || asked(session.screen, said, url);
    if !wanted {
        return Ok(None);
    }
    let action = Action::UseAddress {
        profile: profile.to_owned(),
        url: url.to_owned(),
    };
    let Outcome::AddressKept = session.perform(action).await? else {
        return Err(unexpected());
    };
    Ok(Some(Step::passed(
        "shop-address",
        text!(
            "In het profiel staat nu [shop] url = \"{url}\"; dat was {before}",
            "The profile now has [shop] url = \"{url}\"; it was {before}"
        ),
    )))
}

fn asked(screen: Screen, said: &Text, url: &str) -> bool {
    if screen.json || !Screen::can_ask() {
        return false;
    }
    screen.line(&clean(screen.words(said)));
    let url = clean(url);
    let question = text!(
        "Voortaan {url} gebruiken, en dat in het profiel zetten?",
        "Use {url} instead, and put it into the profile?"
    );
    question::agreed(screen, &question)
}

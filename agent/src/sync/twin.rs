//! Two profiles that read one shop into one administration would book every order twice: the
//! second is stopped before it is bound to the books.

use super::place::Place;
use crate::{
    administration::Mirror,
    failure::{Failure, Result},
    profile::place_of_shop::is_same,
    shop::bridge::memory,
    text,
};

/// Refuses when another profile of this data folder writes the same shop into that administration.
/// A profile that is gone or cannot be read writes nothing.
///
/// # Errors
/// There is one: `Misconfigured`, code `profile-twice`. The journal cannot be read.
pub(super) fn refuse(place: &Place<'_>, administration: &str) -> Result<()> {
    let profiles = place.data.profiles();
    for name in profiles.names()? {
        if name == place.profile() {
            continue;
        }
        let Ok(other) = profiles.get(&name) else {
            continue;
        };
        let known = Mirror::known(place.journal, &name)?;
        if known.is_some_and(|known| known.administration() == administration)
            && same_shop(place, &name, &other.settings.shop.url)?
        {
            return Err(twice(place.profile(), &name));
        }
    }
    Ok(())
}

/// By the addresses the owner gave, or by the address that both files say is their shop's own: a
/// shop may answer under several hosts.
fn same_shop(place: &Place<'_>, other: &str, url: &str) -> Result<bool> {
    if is_same(&place.settings.shop.url, url) {
        return Ok(true);
    }
    let ours = memory::own_address(place.journal, place.profile())?;
    let theirs = memory::own_address(place.journal, other)?;
    Ok(ours
        .zip(theirs)
        .is_some_and(|(ours, theirs)| is_same(&ours, &theirs)))
}

/// What is said of two profiles on the same shop and books.
pub fn twice(profile: &str, other: &str) -> Failure {
    Failure::misconfigured(
        "profile-twice",
        text!(
            "{profile} en {other} zijn dezelfde winkel en dezelfde administratie: elke bestelling zou twee keer worden geboekt",
            "{profile} and {other} are the same shop and the same administration: every order would be booked twice"
        ),
    )
    .hint(text!(
        "Gebruik een van beide en verwijder de andere met 'winkelbrug profile remove'. Andere instellingen geeft u met: winkelbrug profile add --from BESTAND --replace",
        "Use one of them and remove the other with 'winkelbrug profile remove'. Other settings are given with: winkelbrug profile add --from FILE --replace"
    ))
}

//! Files of ours in the shop's folder that should not be there. Those this data folder knows nothing
//! of were left by an earlier installation whose journal was lost, or placed by another PC: they are
//! named, and removed only when the owner says so, for two PCs on one shop must notice each other, not
//! fight. Those it does know, and saw gone, came back with a backup.

use std::collections::BTreeMap;

use url::Url;

use super::{
    DAY, Side, clear,
    transport::{self, Transport},
    uploads::{self, Ours},
};
use crate::{failure::Result, shop::http::shop_address, step::Step, text};

/// What every bridge file says at its beginning.
const HEADER: &str = "Put here by the Winkelbrug program";

/// A file of ours that is not in this data folder's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Other {
    /// Its name.
    name: String,
    /// Folder and name on the server.
    path: String,
    /// Unix seconds after which it refuses everything; none when the file is cut off before it.
    end_date: Option<i64>,
}

impl Other {
    /// As the owner reads it.
    fn step(&self, now: i64) -> Step {
        let path = &self.path;
        let hint = text!(
            "Werkt er nog een andere pc met Winkelbrug aan deze winkel, zet die dan uit: twee installaties boeken alles dubbel. Zo niet, dan is het een overblijfsel; verwijder het met 'winkelbrug deploy NAAM --remove-others', of met 'winkelbrug withdraw NAAM --remove-others' als u met deze winkel stopt",
            "If another PC with Winkelbrug works on this shop, switch it off: two installations book everything twice. If not, it is a remainder; remove it with 'winkelbrug deploy NAME --remove-others', or with 'winkelbrug withdraw NAME --remove-others' when you are done with this shop"
        );
        let text = match self.end_date {
            Some(end) if end > now => {
                let days = (end - now + DAY - 1) / DAY;
                text!(
                    "{path} is een koppelbestand van een eerdere installatie of van een andere pc; het geldt nog {days} dagen",
                    "{path} is a bridge file of an earlier installation or of another PC; it holds for another {days} days"
                )
            }
            Some(_) => text!(
                "{path} is een verlopen koppelbestand van een eerdere installatie of van een andere pc",
                "{path} is a bridge file past its end date, of an earlier installation or of another PC"
            ),
            None => text!(
                "{path} is een afgebroken koppelbestand van een eerdere installatie of van een andere pc",
                "{path} is a bridge file that was cut off, of an earlier installation or of another PC"
            ),
        };
        Step::attention("other-file", text).hint(hint)
    }
}

/// A file of this data folder's own that was gone and is there again.
fn came_back(side: &Side<'_>, path: &str, profile: &str) -> Step {
    let step = |whose: crate::text::Text| {
        let (nl, en) = (&whose.nl, &whose.en);
        Step::attention(
            "earlier-file",
            text!(
                "{path} is een eerder bestand van {nl} dat al weg was en er weer staat, zoals na een teruggezette back-up",
                "{path} is an earlier file of {en} that was gone and is there again, as after a restored backup"
            ),
        )
    };
    if profile == side.profile() {
        return step(text!("dit profiel", "this profile")).hint(text!(
            "'winkelbrug deploy' haalt het weg",
            "'winkelbrug deploy' removes it"
        ));
    }
    step(text!("profiel {profile}", "profile {profile}")).hint(text!(
        "'winkelbrug deploy {profile}' haalt het weg",
        "'winkelbrug deploy {profile}' removes it"
    ))
}

/// Looks for them in the folder the transport is in, tells each as a step, and gives the paths of those
/// this data folder knows nothing of.
///
/// # Errors
/// The server or the journal cannot be read.
pub(super) async fn notice(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    folder: &str,
    steps: &mut Vec<Step>,
) -> Result<Vec<String>> {
    let (back, found) = look(side, transport, folder).await?;
    let now = side.now().as_second();
    steps.extend(back);
    steps.extend(found.iter().map(|other| other.step(now)));
    Ok(found.into_iter().map(|other| other.path).collect())
}

/// Looks once more after a file was placed, for those another PC put there in the meantime: of two
/// that deploy at once, the one that ends last sees the other. It fails nothing any more.
pub(super) async fn since(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    folder: &str,
    noticed: &mut Vec<String>,
    steps: &mut Vec<Step>,
) {
    let found = match look(side, transport, folder).await {
        Ok((_, found)) => found,
        Err(failure) => {
            tracing::warn!(%failure, "other bridge files could not be looked for again");
            return;
        }
    };
    let now = side.now().as_second();
    for other in found {
        if !noticed.contains(&other.path) {
            steps.push(other.step(now));
            noticed.push(other.path);
        }
    }
}

/// Steps about files of this data folder that came back, and the files it knows nothing of.
async fn look(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    folder: &str,
) -> Result<(Vec<Step>, Vec<Other>)> {
    let names = transport.list().await?;
    let known = uploads::ever(side.journal)?;
    let mut back = Vec::new();
    for name in &names {
        if let Some(ours) = known.get(name).filter(|ours| ours.gone) {
            let path = transport::path(folder, name);
            back.push(came_back(side, &path, &ours.profile));
        }
    }
    let found = unknown(transport, folder, names, &known).await?;
    Ok((back, found))
}

/// The same for a test of the connection: what cannot be looked at is no fault of the shop's.
pub(super) async fn noticed(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    folder: &str,
) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Err(failure) = notice(side, transport, folder, &mut steps).await {
        tracing::warn!(%failure, "other bridge files could not be looked for");
    }
    steps
}

async fn unknown(
    transport: &mut dyn Transport,
    folder: &str,
    names: Vec<String>,
    known: &BTreeMap<String, Ours>,
) -> Result<Vec<Other>> {
    let mut others = Vec::new();
    for name in names {
        if !is_bridge_name(&name) || known.contains_key(&name) {
            continue;
        }
        let content = transport.get(&name).await?;
        let text = String::from_utf8_lossy(&content);
        if text.contains(HEADER) {
            others.push(Other {
                path: transport::path(folder, &name),
                end_date: end_date(&text),
                name,
            });
        }
    }
    others.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(others)
}

/// Removes them and sees them gone, from both sides. Gives the paths that stay.
///
/// # Errors
/// The server or the journal cannot be read.
pub(super) async fn remove(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    folder: &str,
    steps: &mut Vec<Step>,
) -> Result<Vec<String>> {
    let http = side.http()?;
    let base = shop_address(&side.settings.shop)?;
    let mut left = Vec::new();
    let names = transport.list().await?;
    let known = uploads::ever(side.journal)?;
    for other in unknown(transport, folder, names, &known).await? {
        let removed = match base.join(&other.name) {
            Ok(url) => clear::named(&http, transport, &other.name, &url).await,
            Err(error) => Err(clear::still_there().source(error)),
        };
        match removed {
            Ok(()) => steps.push(clear::removed(&other.path)),
            Err(failure) => {
                let server = transport::server(&side.settings.shop.upload);
                steps.push(clear::stays(&other.path, &server, &failure));
                left.push(other.path);
            }
        }
    }
    Ok(left)
}

/// `winkelbrug-`, 16 hex digits, `.php`: the shape of every name we give.
fn is_bridge_name(name: &str) -> bool {
    name.strip_prefix("winkelbrug-")
        .and_then(|rest| rest.strip_suffix(".php"))
        .is_some_and(|random| {
            random.len() == 16
                && random
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
}

fn end_date(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("END_DATE = '")?;
    rest.split_once('\'')?.0.parse().ok()
}

/// Where a file of that name would be, should the profile's address be sound.
pub(super) fn address(side: &Side<'_>, name: &str) -> Option<Url> {
    shop_address(&side.settings.shop).ok()?.join(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_our_shape_are_looked_at() {
        assert!(is_bridge_name("winkelbrug-0123456789abcdef.php"));
        for name in [
            "winkelbrug-0123456789abcde.php",
            "winkelbrug-0123456789abcdeg.php",
            "winkelbrug-0123456789ABCDEF.php",
            "winkelbrug-0123456789abcdef.php.bak",
            "winkelbrug.php",
            "index.php",
        ] {
            assert!(!is_bridge_name(name), "{name}");
        }
    }
}

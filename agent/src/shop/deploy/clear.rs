//! Removing files: deleted, seen gone from outside, then the keys forgotten and the journal
//! told. What cannot be removed is named by its exact path and tried again next time.

use url::Url;

use super::{
    Side, others,
    place::shows_refusal,
    probe,
    side::secret_name,
    transport::{self, Transport},
    uploads::{self, Upload},
};
use crate::{
    failure::{Failure, Result},
    fault,
    shop::{
        bridge::{diagnosis, memory},
        http::Http,
    },
    step::Step,
    text,
};

/// Removes every file that is neither in use nor known to be gone. Gives the paths that stay. The
/// transport is in `folder`; files that were gone and came back there are removed again.
///
/// # Errors
/// The journal or the secrets cannot be written.
pub(super) async fn leftovers(
    side: &Side<'_>,
    http: &Http,
    transport: &mut dyn Transport,
    folder: &str,
    steps: &mut Vec<Step>,
) -> Result<Vec<String>> {
    // A connection that is broken is found, and told, with the first file that is to go.
    if let Ok(names) = transport.list().await {
        uploads::came_back(side.journal, side.profile(), &names)?;
    }
    let mut left = Vec::new();
    for upload in uploads::leftovers(side.journal, side.profile())? {
        let gone = reach(side, http, transport, folder, &upload).await;
        left.extend(told(side, upload, gone, steps)?);
    }
    Ok(left)
}

/// Without a connection to the server of files: whatever is already gone is struck off, the rest is named.
///
/// # Errors
/// The journal or the secrets cannot be written.
pub(super) async fn without_transport(
    side: &Side<'_>,
    http: &Http,
    steps: &mut Vec<Step>,
) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for upload in uploads::leftovers(side.journal, side.profile())? {
        let gone = seen_gone(http, &upload).await;
        left.extend(told(side, upload, gone, steps)?);
    }
    Ok(left)
}

/// Says what became of a file: one that is gone is struck off, of another the path is handed back.
fn told(
    side: &Side<'_>,
    upload: Upload,
    gone: Result<()>,
    steps: &mut Vec<Step>,
) -> Result<Option<String>> {
    match gone {
        Ok(()) => {
            forget(side, &upload)?;
            steps.push(removed(&upload.path));
            Ok(None)
        }
        Err(failure) => {
            steps.push(stays(&upload.path, &upload.server, &failure));
            Ok(Some(upload.path))
        }
    }
}

/// An upload may be in another folder than the one the transport is in, or on another server.
async fn reach(
    side: &Side<'_>,
    http: &Http,
    transport: &mut dyn Transport,
    here: &str,
    upload: &Upload,
) -> Result<()> {
    // By another protocol or account of the same host it may well be reached: whether it is gone is
    // seen from outside.
    if transport::host(&upload.server) != side.settings.shop.upload.host {
        let server = &upload.server;
        return Err(Failure::misconfigured(
            "other-server",
            text!(
                "Een eerder koppelbestand staat op {server}, een andere server dan die van het profiel",
                "An earlier file is on {server}, another server than the profile's"
            ),
        ));
    }
    let (folder, _) = transport::split(&upload.path);
    if transport::path(folder, "") == transport::path(here, "") {
        return take_away(side, http, transport, upload).await;
    }
    let mut other = side.transport(folder).await?;
    let outcome = take_away(side, http, other.as_mut(), upload).await;
    other.close().await;
    outcome
}

/// Removes one file through a transport that is in its folder, and all that is known of it.
pub(super) async fn one(
    side: &Side<'_>,
    http: &Http,
    transport: &mut dyn Transport,
    upload: &Upload,
) -> Result<()> {
    take_away(side, http, transport, upload).await?;
    forget(side, upload)
}

async fn take_away(
    side: &Side<'_>,
    http: &Http,
    transport: &mut dyn Transport,
    upload: &Upload,
) -> Result<()> {
    let (_, name) = transport::split(&upload.path);
    off_the_server(transport, name).await?;
    if upload.is_probe() {
        // It held nothing: that it is off the server is enough.
        return Ok(());
    }
    let Err(unseen) = seen_gone(http, upload).await else {
        return Ok(());
    };
    // The address it was uploaded for may have been wrong, or left since: then it answers nothing
    // any more, and where the shop is now is the place to look.
    match others::address(side, name) {
        Some(now) if now.as_str() != upload.url && unseen.code != "file-still-there" => {
            nothing_at(http, &now).await
        }
        _ => Err(unseen),
    }
}

/// Removes a file by its name alone, and sees it gone at that address.
pub(super) async fn named(
    http: &Http,
    transport: &mut dyn Transport,
    name: &str,
    url: &Url,
) -> Result<()> {
    off_the_server(transport, name).await?;
    nothing_at(http, url).await
}

async fn off_the_server(transport: &mut dyn Transport, name: &str) -> Result<()> {
    transport.delete(name).await?;
    fault::point("clear:deleted");
    if transport.exists(name).await? {
        return Err(still_there());
    }
    Ok(())
}

/// The keys go before the journal says gone, so that none is kept that nothing names.
fn forget(side: &Side<'_>, upload: &Upload) -> Result<()> {
    side.secrets
        .remove(side.profile(), &secret_name(&upload.bridge_id))?;
    fault::point("clear:keys");
    memory::forget(side.journal, &upload.bridge_id)?;
    uploads::gone(side.journal, &upload.bridge_id, side.now())?;
    fault::point("clear:gone");
    Ok(())
}

async fn seen_gone(http: &Http, upload: &Upload) -> Result<()> {
    let url = Url::parse(&upload.url).map_err(|error| still_there().source(error))?;
    nothing_at(http, &url).await
}

/// A shop may answer for missing files with a page of its own, so the status alone says little:
/// neither our refusal nor our source may show.
async fn nothing_at(http: &Http, url: &Url) -> Result<()> {
    let reply = http.get(url).await?;
    let ours = shows_refusal(&reply.body) || probe::holds_text(&reply.body);
    if ours || diagnosis::shows_source(&reply.body) {
        return Err(still_there());
    }
    let hidden = matches!(reply.status.as_u16(), 401 | 406 | 409 | 412 | 415 | 429)
        || reply.status.is_server_error();
    if hidden {
        return Err(not_to_be_seen());
    }
    Ok(())
}

fn not_to_be_seen() -> Failure {
    Failure::transient(
        "file-not-to-be-seen",
        text!(
            "Of een eerder koppelbestand weg is, is van buiten niet te zien",
            "Whether an earlier file is gone cannot be seen from outside"
        ),
    )
}

pub(super) fn still_there() -> Failure {
    Failure::transient(
        "file-still-there",
        text!(
            "Een eerder koppelbestand is nog niet weg",
            "An earlier file is not gone yet"
        ),
    )
}

/// A file is gone.
pub(super) fn removed(path: &str) -> Step {
    Step::passed(
        "file-removed",
        text!(
            "{path} is weg van de server",
            "{path} is gone from the server"
        ),
    )
}

/// A file stays.
pub(super) fn stays(path: &str, server: &str, failure: &Failure) -> Step {
    Step::failed("file-removed", failure).hint(text!(
        "Verwijder zelf het bestand {path} van {server}, of probeer het later opnieuw",
        "Delete the file {path} on {server} yourself, or try again later"
    ))
}

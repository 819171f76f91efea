//! Does the folder belong to the shop's address? A text file of a random name is put there, asked for
//! at the address, and removed, before anything of ours is installed. What comes back instead is
//! named by `not_seen`.

use url::Url;
use winkelbrug_protocol::key::sha256_hex;

use super::{
    Side, not_seen,
    place::before,
    transport::{self, Transport},
    uploads::{self, PROBE, State, Upload},
};
use crate::{
    failure::{Failure, Result},
    fault,
    shop::{
        bridge::diagnosis,
        http::{Http, Reply},
    },
    step::Step,
    text,
};

/// What the file says; to be recognised by anybody who finds it.
pub(super) const TEXT: &str = "Winkelbrug looks for a moment whether this folder belongs to the \
                               shop's address. This file may be deleted.\n";
/// Endings, each where the web server keeps those before it back: many give texts and pages to the
/// shop's own PHP and only pictures, scripts and styles as they are, some run PHP and give nothing
/// else. PHP prints a text that holds no code as it is.
const ENDS: [&str; 4] = ["txt", "html", "js", "php"];

/// A folder and the address it should belong to.
pub(super) struct Probe<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) http: &'a Http,
    pub(super) base: &'a Url,
    pub(super) folder: &'a str,
}

/// What a probe came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The file was seen at the address.
    Seen,
    /// The web server keeps such files back; another file of the folder is seen there.
    KeptBack,
}

/// Does a reply hold our text?
pub(super) fn is_ours(reply: &Reply) -> bool {
    reply.status.is_success() && holds_text(&reply.body)
}

/// Does a body hold our text, whatever a host puts around it?
pub(super) fn holds_text(body: &[u8]) -> bool {
    let text = TEXT.trim_end().as_bytes();
    body.windows(text.len()).any(|window| window == text)
}

impl Probe<'_> {
    /// Proves it, or says why it is not proved. The transport is in the folder.
    ///
    /// # Errors
    /// Each with what was asked for, what came back, and what to do.
    pub(super) async fn prove(
        &self,
        transport: &mut dyn Transport,
        steps: &mut Vec<Step>,
    ) -> Result<Proof> {
        let mut first = None;
        for end in ENDS {
            let (url, reply) = self.attempt(transport, end, steps).await?;
            if is_ours(&reply) {
                steps.push(self.seen());
                return Ok(Proof::Seen);
            }
            if let Some(failure) = not_seen::plainly(self, &url, &reply).await {
                return Err(failure);
            }
            first.get_or_insert(reply);
        }
        match first {
            Some(reply) => not_seen::after_all(self, transport, &reply).await,
            None => Ok(Proof::KeptBack),
        }
    }

    /// One file: put there, asked for, removed whatever came of it.
    async fn attempt(
        &self,
        transport: &mut dyn Transport,
        end: &str,
        steps: &mut Vec<Step>,
    ) -> Result<(Url, Reply)> {
        let upload = self.intend(end)?;
        let (_, name) = transport::split(&upload.path);
        let url = self.address(name)?;
        let looked = self.put_and_look(transport, name, &url).await;
        match (looked, self.take_away(transport, &upload).await) {
            (Err(failure), Ok(())) => Err(failure),
            (Err(failure), Err(_)) => Err(may_be_left(failure, &upload)),
            (Ok(reply), removed) => {
                // What stays is in the journal: it is removed with the next files that must go.
                if let Err(failure) = &removed {
                    tracing::warn!(%failure, path = upload.path, "a probe was not removed");
                } else if is_ours(&reply) {
                    steps.extend(self.kept_by_a_cache(&url).await);
                }
                Ok((url, reply))
            }
        }
    }

    /// One more file, there as long as it is looked at.
    ///
    /// # Errors
    /// It cannot be put there or removed.
    pub(super) async fn held<T>(
        &self,
        transport: &mut dyn Transport,
        look: impl AsyncFnOnce(&Url) -> T,
    ) -> Result<T> {
        let upload = self.intend(ENDS[0])?;
        let (_, name) = transport::split(&upload.path);
        let url = self.address(name)?;
        let put = transport.put(name, TEXT.as_bytes()).await;
        let looked = match put {
            Ok(()) => Ok(look(&url).await),
            Err(failure) => Err(failure),
        };
        self.take_away(transport, &upload).await?;
        looked
    }

    async fn take_away(&self, transport: &mut dyn Transport, upload: &Upload) -> Result<()> {
        let (_, name) = transport::split(&upload.path);
        transport.delete(name).await?;
        fault::point("probe:deleted");
        uploads::gone(self.side.journal, &upload.bridge_id, self.side.now())
    }

    fn intend(&self, end: &str) -> Result<Upload> {
        let side = self.side;
        let random = hex::encode(rand::random::<[u8; 8]>());
        let name = format!("winkelbrug-{random}.{end}");
        let upload = Upload {
            server: transport::server(&side.settings.shop.upload),
            path: transport::path(self.folder, &name),
            url: format!("{}{name}", self.base),
            bridge_id: hex::encode(rand::random::<[u8; 16]>()),
            key_id: String::new(),
            variant: PROBE.to_owned(),
            version: String::new(),
            template: String::new(),
            settings: String::new(),
            digest: sha256_hex(TEXT.as_bytes()),
            end_date: 0,
            state: State::Intended,
        };
        uploads::intend(side.journal, side.profile(), &upload, side.now())?;
        fault::point("probe:intended");
        Ok(upload)
    }

    async fn put_and_look(
        &self,
        transport: &mut dyn Transport,
        name: &str,
        url: &Url,
    ) -> Result<Reply> {
        transport.put(name, TEXT.as_bytes()).await?;
        fault::point("probe:put");
        not_seen::get(self.http, url).await
    }

    /// The address of a file in the folder, if the folder is right.
    pub(super) fn address(&self, name: &str) -> Result<Url> {
        self.base.join(name).map_err(|error| {
            Failure::misconfigured(
                "shop-url",
                text!(
                    "Het adres van de winkel deugt niet",
                    "The shop's address is not sound"
                ),
            )
            .source(error)
        })
    }

    /// A file that is gone and still seen is kept by something in front of the shop.
    async fn kept_by_a_cache(&self, url: &Url) -> Option<Step> {
        let reply = self.http.get(url).await.ok()?;
        is_ours(&reply).then(|| diagnosis::old_copies(&diagnosis::cache_name(&reply)))
    }

    fn seen(&self) -> Step {
        let base = self.base;
        let folder = super::finding::shown(self.folder);
        Step::passed(
            "folder-of-url",
            text!(
                "De map {folder} hoort bij {base}",
                "The folder {folder} belongs to {base}"
            ),
        )
    }
}

fn may_be_left(failure: Failure, upload: &Upload) -> Failure {
    let (path, server) = (&upload.path, &upload.server);
    let (nl, en) = before(&failure);
    let hint = text!(
        "{nl}Het proefbestand {path} kan nog op {server} staan: de volgende 'winkelbrug deploy' of 'withdraw' haalt het weg",
        "{en}The probe {path} may still be on {server}: the next 'winkelbrug deploy' or 'withdraw' removes it"
    );
    failure.hint(hint)
}

//! Placing one new file: intent and keys first, then the file, read back, seen from outside, and
//! asked under its own key. Nothing of it is used before all of that held; else it is removed.

use url::Url;
use winkelbrug_protocol::{
    REFUSAL,
    answer::Defect,
    key::{UploadKeys, Variant, sha256_hex},
    record::Hello,
};

use super::{
    DAY, LIFE_DAYS, Side, clear, not_seen, php,
    platform::Platform,
    probe::Proof,
    side::secret_name,
    template::{Baked, Template},
    transport::{self, Transport},
    uploads::{self, State, Upload},
};
use crate::{
    failure::{Failure, Result},
    fault,
    profile::Secret,
    shop::{
        bridge::{diagnosis, memory},
        http::{Http, Reply},
    },
    text,
};

/// A file to place.
pub(super) struct Plan<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) platform: Platform,
    /// What the probe of this folder came to.
    pub(super) proof: Proof,
    pub(super) template: &'a Template,
    /// The file for old PHP.
    pub(super) old: Option<&'a Template>,
    pub(super) baked: &'a Baked,
    pub(super) base: &'a Url,
    pub(super) folder: &'a str,
    pub(super) http: &'a Http,
    /// The new file must answer for the same shop as this one.
    pub(super) before: Option<&'a Upload>,
}

impl Plan<'_> {
    /// Places and proves a file; the caller switches over to it. Where PHP is too old for the
    /// ordinary file, the one for old PHP is tried.
    pub(super) async fn place(&self, transport: &mut dyn Transport) -> Result<Upload> {
        let failure = match self.by_either_key(transport, self.template).await {
            Err(failure) if php::may_be_old(&failure) => failure,
            other => return other,
        };
        let Some(old) = self.old else {
            return Err(failure);
        };
        self.by_either_key(transport, old).await.map_err(|other| {
            if php::may_be_old(&other) {
                failure
            } else {
                other
            }
        })
    }

    /// Where PHP has no openssl the ECDSA file refuses our requests, and the HMAC one is tried.
    async fn by_either_key(
        &self,
        transport: &mut dyn Transport,
        template: &Template,
    ) -> Result<Upload> {
        match self.attempt(transport, template, Variant::Ecdsa).await {
            Err(failure) if failure.code == "bridge-refused" => self
                .attempt(transport, template, Variant::Hmac)
                .await
                .map_err(|other| {
                    if other.code == "bridge-refused" {
                        failure
                    } else {
                        other
                    }
                }),
            other => other,
        }
    }

    async fn attempt(
        &self,
        transport: &mut dyn Transport,
        template: &Template,
        variant: Variant,
    ) -> Result<Upload> {
        let (upload, content) = self.intend(template, variant)?;
        match self.put_and_prove(transport, &upload, &content).await {
            Ok(()) => Ok(upload),
            Err(failure) => Err(self.take_back(transport, &upload, failure).await),
        }
    }

    /// Fresh name, fresh keys: first in the journal, then in the secrets, so that no key is ever
    /// kept that nothing names.
    fn intend(&self, template: &Template, variant: Variant) -> Result<(Upload, String)> {
        let side = self.side;
        let keys = UploadKeys::generate(variant);
        let name = format!("winkelbrug-{}.php", hex::encode(rand::random::<[u8; 8]>()));
        let end_date = side.now().as_second() + LIFE_DAYS * DAY;
        let content = template.fill(self.baked, &keys.file_keys(), variant, end_date)?;
        let upload = Upload {
            server: transport::server(&side.settings.shop.upload),
            path: transport::path(self.folder, &name),
            url: format!("{}{name}", self.base),
            bridge_id: keys.bridge_id().to_owned(),
            key_id: keys.key_id(),
            variant: variant.name().to_owned(),
            version: template.version().to_owned(),
            template: template.digest(),
            settings: self.baked.digest(),
            digest: sha256_hex(content.as_bytes()),
            end_date,
            state: State::Intended,
        };
        uploads::intend(side.journal, side.profile(), &upload, side.now())?;
        fault::point("deploy:intended");
        side.secrets.set(
            side.profile(),
            &secret_name(keys.bridge_id()),
            &Secret::new(keys.to_secret()),
        )?;
        fault::point("deploy:keys");
        Ok((upload, content))
    }

    async fn put_and_prove(
        &self,
        transport: &mut dyn Transport,
        upload: &Upload,
        content: &str,
    ) -> Result<()> {
        let (_, name) = transport::split(&upload.path);
        transport.put(name, content.as_bytes()).await?;
        fault::point("deploy:put");
        let size = transport.size(name).await?;
        let whole = size.is_none_or(|size| size == content.len() as u64);
        if !whole || transport.get(name).await? != content.as_bytes() {
            return Err(altered());
        }
        fault::point("deploy:read-back");
        let url = self
            .base
            .join(name)
            .map_err(|error| bad_url().source(error))?;
        self.seen_running(&url).await?;
        uploads::uploaded(self.side.journal, &upload.bridge_id)?;
        fault::point("deploy:uploaded");
        let shop = self
            .side
            .bridge(upload, self.side.keys(&upload.bridge_id)?)?;
        let hello = shop.hello_unchecked().await?;
        self.is_ours(upload, &hello)?;
        let for_old = self.old.is_some_and(|old| old.digest() == upload.template);
        if php::is_old(&hello.php) && self.old.is_some() && !for_old {
            return Err(php::too_old(Some(&hello.php)));
        }
        let now = self.side.now();
        memory::remember(self.side.journal, &upload.bridge_id, &hello.shop, now)?;
        memory::remember_offset(
            self.side.journal,
            &upload.bridge_id,
            shop.exchange().offset(),
        )?;
        fault::point("deploy:proven");
        Ok(())
    }

    /// As [`seen_from_outside`], knowing that the folder is right: then it is PHP, or the way to it.
    async fn seen_running(&self, url: &Url) -> Result<()> {
        let reply = not_seen::get(self.http, url).await?;
        if is_refusal(&reply) {
            return Ok(());
        }
        if let Some(failure) = php::too_old_by(&reply) {
            return Err(failure);
        }
        let failure = instead(self.http, url, &reply).await;
        let kept_back = matches!(
            failure.code.as_str(),
            "folder-not-of-url" | "refused-in-front" | "html-instead" | "answer-not-ours"
        );
        Err(if kept_back && self.proof == Proof::Seen {
            php::not_run(self.platform, reply.status.as_u16())
        } else {
            failure
        })
    }

    /// The running file is the one we sent, and (in a renewal) in the shop it replaces.
    fn is_ours(&self, upload: &Upload, hello: &Hello) -> Result<()> {
        if hello.digest != upload.digest {
            return Err(altered());
        }
        let Some(before) = self.before else {
            return Ok(());
        };
        match memory::known(self.side.journal, &before.bridge_id)? {
            // The database's hash holds the bridge's id, so it differs from file to file.
            Some(known) if known.url != hello.shop.url || known.host != hello.shop.host => {
                let (was, now) = (&known.url, &hello.shop.url);
                Err(Failure::misconfigured(
                    "shop-changed",
                    text!(
                        "Op dit adres antwoordt nu een andere winkel: eerst {was}, nu {now}",
                        "Another shop answers at this address: {was} before, {now} now"
                    ),
                )
                .hint(text!(
                    "Is de winkel verhuisd, plaats het koppelbestand dan zelf met 'winkelbrug deploy'",
                    "If the shop moved, place the file yourself with 'winkelbrug deploy'"
                )))
            }
            _ => Ok(()),
        }
    }

    /// What was not proven does not stay; where it cannot be removed the owner is told its path.
    async fn take_back(
        &self,
        transport: &mut dyn Transport,
        upload: &Upload,
        failure: Failure,
    ) -> Failure {
        let cleared = clear::one(self.side, self.http, transport, upload).await;
        if cleared.is_ok() {
            return failure;
        }
        let (path, server) = (&upload.path, &upload.server);
        let (nl, en) = before(&failure);
        let hint = text!(
            "{nl}Het bestand {path} kan nog op {server} staan: de volgende 'winkelbrug deploy' of 'withdraw' haalt het weg",
            "{en}The file {path} may still be on {server}: the next 'winkelbrug deploy' or 'withdraw' removes it"
        );
        failure.hint(hint)
    }
}

/// The advice of a failure, as it stands before more of it.
pub(super) fn before(failure: &Failure) -> (String, String) {
    let ended = |hint: &str| match hint.trim_end() {
        "" => String::new(),
        hint if hint.ends_with(['.', '?', '!']) => format!("{hint} "),
        hint => format!("{hint}. "),
    };
    (ended(&failure.hint.nl), ended(&failure.hint.en))
}

/// A plain GET must show our refusal and nothing else.
pub(super) async fn seen_from_outside(http: &Http, url: &Url) -> Result<()> {
    let reply = not_seen::get(http, url).await?;
    if is_refusal(&reply) {
        return Ok(());
    }
    Err(instead(http, url, &reply).await)
}

/// What a reply that is not our refusal means.
async fn instead(http: &Http, url: &Url, reply: &Reply) -> Failure {
    if reply.status.is_redirection() {
        return diagnosis::redirect(http, url, reply).await;
    }
    let empty = reply.body.trim_ascii().is_empty();
    let defect = if empty {
        Defect::Empty
    } else {
        Defect::Foreign
    };
    let failure = diagnosis::unproven(reply, &defect);
    match failure.code.as_str() {
        "bridge-missing" => folder_not_of_url(),
        _ => failure,
    }
}

/// Status 403 with the one fixed text; what a host puts around it does not matter.
pub(super) fn is_refusal(reply: &Reply) -> bool {
    reply.status.as_u16() == 403 && shows_refusal(&reply.body)
}

pub(super) fn shows_refusal(body: &[u8]) -> bool {
    let text = REFUSAL.trim_end().as_bytes();
    body.windows(text.len()).any(|window| window == text) && !diagnosis::shows_source(body)
}

fn folder_not_of_url() -> Failure {
    Failure::misconfigured(
        "folder-not-of-url",
        text!(
            "Het koppelbestand staat op de server, maar is op het adres van de winkel niet te vinden (404)",
            "The file is on the server but is not to be found at the shop's address (404)"
        ),
    )
    .hint(text!(
        "[shop.upload] folder moet de map zijn die bij [shop] url hoort: die waarin index.php van de winkel staat",
        "[shop.upload] folder must be the folder that belongs to [shop] url: the one with the shop's index.php"
    ))
}

fn altered() -> Failure {
    Failure::transient(
        "upload-altered",
        text!(
            "Het koppelbestand kwam niet ongeschonden op de server aan",
            "The file did not arrive on the server unharmed"
        ),
    )
    .hint(text!(
        "Probeer het opnieuw; blijft dit, vraag dan uw webhoster of een virusscanner bestanden verandert",
        "Try again; if it goes on, ask your web host whether a virus scanner alters files"
    ))
}

fn bad_url() -> Failure {
    Failure::misconfigured(
        "shop-url",
        text!(
            "Het adres van de winkel deugt niet",
            "The shop's address is not sound"
        ),
    )
}

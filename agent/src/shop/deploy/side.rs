//! What deploying works with: the profile, what opens the account, and the shop through the file in use.

use jiff::Timestamp;
use url::Url;
use winkelbrug_protocol::key::UploadKeys;

use super::{
    ends_soon, exposure, keys,
    template::{Templates, release},
    transport::{self, Access, Transport},
    uploads::{self, Upload},
};
use crate::{
    clock::SharedClock,
    failure::{Failure, Result},
    journal::Journal,
    profile::{Secrets, Settings, secrets},
    shop::{
        bridge::{BridgeShop, exchange::Exchange, memory},
        http::{Http, shop_address},
        keys::Known,
    },
    text,
};

/// What the shop's side of a profile works with. The caller installed rustls' provider.
#[derive(Clone)]
pub struct Side<'a> {
    /// The profile.
    pub settings: &'a Settings,
    /// Its secrets.
    pub secrets: &'a dyn Secrets,
    /// The journal.
    pub journal: &'a Journal,
    /// The clock.
    pub clock: SharedClock,
}

impl Side<'_> {
    pub(super) fn profile(&self) -> &str {
        &self.settings.name
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn http(&self) -> Result<Http> {
        let basic_auth = self
            .secrets
            .get(self.profile(), secrets::name::BASIC_AUTH)?;
        let shop = &self.settings.shop;
        let known = match shop_address(shop) {
            Ok(url) => Known::of(self.journal, &shop.fingerprint, &keys::web_place(&url))?,
            Err(_) => Known::named(&shop.fingerprint),
        };
        Http::knowing(shop, basic_auth, known)
    }

    /// What opens the account, and what is known of its server.
    ///
    /// # Errors
    /// The journal or the secrets cannot be read.
    pub fn access(&self) -> Result<Access> {
        let shop = &self.settings.shop;
        let secret = |name| self.secrets.get(self.profile(), name);
        let place = transport::place(&shop.upload);
        Ok(Access {
            password: secret(secrets::name::UPLOAD)?,
            key_passphrase: secret(secrets::name::KEY_PASSPHRASE)?,
            known: Known::of(self.journal, &shop.upload.fingerprint, &place)?,
            ca_file: shop.ca_file.clone(),
        })
    }

    pub(super) async fn transport(&self, folder: &str) -> Result<Box<dyn Transport>> {
        let upload = &self.settings.shop.upload;
        let access = self.access()?;
        if access.password.is_none() && upload.key_file.is_empty() {
            return Err(password_missing());
        }
        transport::open(upload, &access, folder).await
    }

    pub(super) fn keys(&self, bridge_id: &str) -> Result<UploadKeys> {
        self.secrets
            .get(self.profile(), &secret_name(bridge_id))?
            .and_then(|secret| UploadKeys::from_secret(secret.expose()).ok())
            .ok_or_else(|| {
                Failure::credentials(
                    "bridge-keys-missing",
                    text!(
                        "De sleutels van het koppelbestand staan niet op deze computer",
                        "The keys of the file in the shop are not on this computer"
                    ),
                )
                .hint(text!(
                    "Plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
                    "Place the file anew with 'winkelbrug deploy'"
                ))
            })
    }

    pub(super) fn bridge(&self, upload: &Upload, keys: UploadKeys) -> Result<BridgeShop> {
        let url = Url::parse(&upload.url).map_err(|error| {
            Failure::bug(
                "bridge-url",
                text!(
                    "Het adres van het koppelbestand deugt niet",
                    "The file's address is not sound"
                ),
            )
            .source(error)
        })?;
        let reader = memory::reader(self.journal)?;
        let exchange = Exchange::new(self.http()?, url, keys, reader, self.clock.clone());
        BridgeShop::new(exchange, self.journal.clone(), self.clock.clone())
            .map(|shop| shop.digest(&upload.digest))
    }

    /// The shop through the file in use.
    ///
    /// # Errors
    /// `not-deployed` when there is none; keys missing; an address that may not be used.
    pub fn open(&self) -> Result<BridgeShop> {
        let base = shop_address(&self.settings.shop)?;
        let active = uploads::active(self.journal, self.profile())?.ok_or_else(not_deployed)?;
        let (_, name) = transport::split(&active.path);
        if active.url != format!("{base}{name}") {
            return Err(address_changed());
        }
        if exposure::is_exposed(self, &active)? {
            return Err(exposure::exposed());
        }
        let keys = self.keys(&active.bridge_id)?;
        self.bridge(&active, keys)
    }

    /// Is the file in use near its end date, or older than the one this program carries?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn renewal_due(&self) -> Result<bool> {
        let active = uploads::active(self.journal, self.profile())?;
        let carried = Templates::embedded()?;
        Ok(active.is_some_and(|active| {
            ends_soon(&active, self.now()) || release(&active.version) < release(carried.version())
        }))
    }
}

fn password_missing() -> Failure {
    Failure::credentials(
        "upload-password-missing",
        text!(
            "Het wachtwoord voor het uploaden is niet bekend",
            "The upload password is not known"
        ),
    )
    .hint(text!(
        "Geef het wachtwoord als geheim 'upload'",
        "Give the password as secret 'upload'"
    ))
}

pub(super) fn secret_name(bridge_id: &str) -> String {
    format!("bridge:{bridge_id}")
}

pub(super) fn not_deployed() -> Failure {
    Failure::misconfigured(
        "not-deployed",
        text!(
            "Het koppelbestand staat nog niet in de winkel",
            "The file is not in the shop yet"
        ),
    )
    .hint(text!(
        "Plaats het met 'winkelbrug deploy'",
        "Place it with 'winkelbrug deploy'"
    ))
}

fn address_changed() -> Failure {
    Failure::misconfigured(
        "shop-url-changed",
        text!(
            "Het adres van de winkel in het profiel is veranderd sinds het koppelbestand geplaatst is",
            "The shop's address in the profile has changed since the file was placed"
        ),
    )
    .hint(text!(
        "Plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
        "Place the file anew with 'winkelbrug deploy'"
    ))
}

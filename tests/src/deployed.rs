//! A shop with the real bridge put in it by the real deployment over FTP, and the client that
//! speaks to it: for tests of what the shop answers.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use tempfile::TempDir;
use winkelbrug::{
    clock::{SharedClock, SystemClock},
    failure::{self, Failure},
    journal::Journal,
    profile::{Secret, Secrets, Settings, secrets},
    shop::{
        bridge::BridgeShop,
        deploy::{self, Side, Why, template::Templates},
    },
};

use crate::{
    hosted::Hosted,
    opencart::OpenCartShop,
    profile::{Books, ProfileText},
};

/// Secrets in memory.
#[derive(Debug, Default)]
pub struct MemorySecrets(Mutex<BTreeMap<(String, String), Secret>>);

impl MemorySecrets {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<(String, String), Secret>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Secrets for MemorySecrets {
    fn get(&self, profile: &str, name: &str) -> failure::Result<Option<Secret>> {
        let key = (profile.to_owned(), name.to_owned());
        Ok(self.with(|all| all.get(&key).cloned()))
    }

    fn set(&self, profile: &str, name: &str, secret: &Secret) -> failure::Result<()> {
        let key = (profile.to_owned(), name.to_owned());
        self.with(|all| all.insert(key, secret.clone()));
        Ok(())
    }

    fn remove(&self, profile: &str, name: &str) -> failure::Result<()> {
        let key = (profile.to_owned(), name.to_owned());
        self.with(|all| all.remove(&key));
        Ok(())
    }
}

/// A shop with the bridge in it.
pub struct DeployedShop<S = OpenCartShop> {
    /// The shop.
    pub shop: S,
    /// Settings of the profile `test`.
    pub settings: Settings,
    /// Journal in a throw-away folder.
    pub journal: Journal,
    /// Secrets.
    pub secrets: MemorySecrets,
    data: TempDir,
}

impl<S: Hosted> DeployedShop<S> {
    /// Puts the bridge into a shop.
    ///
    /// # Errors
    /// The deployment fails, or a server does not start.
    pub async fn new(shop: S) -> Result<Self> {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = crate::servers::throw_away_folder("data")?;
        let nowhere = Books {
            api_url: "http://127.0.0.1:1/v2".into(),
            auth_url: "http://127.0.0.1:1/token".into(),
            connection_key: String::new(),
            subscription_key: String::new(),
        };
        let profile = ProfileText::of("test", &shop, &nowhere)?;
        let deployed = Self {
            settings: toml::from_str(&profile.toml())?,
            journal: Journal::open(data.path()).map_err(told)?,
            secrets: MemorySecrets::default(),
            data,
            shop,
        };
        let password = Secret::new(deployed.shop.ftp()?.password());
        deployed
            .secrets
            .set("test", secrets::name::UPLOAD, &password)
            .map_err(told)?;
        let templates = Templates::embedded().map_err(told)?;
        deploy::deploy(&deployed.side(), &templates, Why::Asked)
            .await
            .map_err(told)?;
        Ok(deployed)
    }

    /// The client.
    ///
    /// # Errors
    /// The bridge is not there any more.
    pub fn open(&self) -> Result<BridgeShop> {
        self.side().open().map_err(told)
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    fn side(&self) -> Side<'_> {
        let clock: SharedClock = std::sync::Arc::new(SystemClock);
        Side {
            settings: &self.settings,
            secrets: &self.secrets,
            journal: &self.journal,
            clock,
        }
    }
}

fn told(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!("{failure} {failure:?}")
}

//! A shop, an agent's data for it, and secrets that outlive a killed process.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use testbed::opencart::{OpenCartShop, ShopOptions, WEB_FOLDER};
use winkelbrug::{
    clock::{SharedClock, SystemClock},
    failure::Result,
    journal::Journal,
    profile::{Secret, Secrets, Settings, secrets},
    shop::deploy::{
        self, Report, Side, Why,
        platform::Platform,
        template::{Template, Templates},
        uploads,
    },
};

/// That file for OpenCart, and none for others.
pub fn only(text: &str) -> Templates {
    Templates::of(Platform::OpenCart, Template::new(text).unwrap())
}

pub const BRIDGE: &str = include_str!("../../../../bridge-php/dist/opencart.php");

/// Secrets in a file, so that they outlive a killed process.
pub struct FileSecrets(pub std::path::PathBuf);

impl FileSecrets {
    pub fn all(&self) -> BTreeMap<String, String> {
        std::fs::read(&self.0)
            .map(|bytes| serde_json::from_slice(&bytes).unwrap())
            .unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut all = self.all();
        change(&mut all);
        std::fs::write(&self.0, serde_json::to_vec(&all).unwrap()).unwrap();
    }
}

impl Secrets for FileSecrets {
    fn get(&self, _profile: &str, name: &str) -> Result<Option<Secret>> {
        Ok(self.all().get(name).map(Secret::new))
    }

    fn set(&self, _profile: &str, name: &str, secret: &Secret) -> Result<()> {
        self.change(|all| {
            all.insert(name.to_owned(), secret.expose().to_owned());
        });
        Ok(())
    }

    fn remove(&self, _profile: &str, name: &str) -> Result<()> {
        self.change(|all| {
            all.remove(name);
        });
        Ok(())
    }
}

/// A shop and an agent's data for it.
pub struct Bed {
    pub shop: OpenCartShop,
    pub data: tempfile::TempDir,
    pub settings: Settings,
    pub templates: Templates,
    pub journal: Journal,
    pub clock: SharedClock,
}

impl Bed {
    pub fn new() -> Self {
        Self::with(ShopOptions::default())
    }

    pub fn with(options: ShopOptions) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shop = OpenCartShop::empty(options).unwrap();
        let data = tempfile::tempdir().unwrap();
        let ftp = shop.ftp().unwrap();
        let toml = format!(
            "format = 1\nname = \"demo\"\n[shop]\nurl = \"{}\"\n[shop.upload]\nprotocol = \"ftp\"\n\
             host = \"127.0.0.1\"\nport = {}\nuser = \"{}\"\nfolder = \"{WEB_FOLDER}\"\n\
             [administration]\nkind = \"trial\"\n",
            shop.url(),
            ftp.port(),
            ftp.user(),
        );
        std::fs::write(data.path().join("profile.toml"), &toml).unwrap();
        std::fs::write(data.path().join("template.php"), BRIDGE).unwrap();
        let bed = Self {
            settings: toml::from_str(&toml).unwrap(),
            templates: Templates::embedded().unwrap(),
            journal: Journal::open(data.path()).unwrap(),
            clock: Arc::new(SystemClock),
            shop,
            data,
        };
        let password = Secret::new(bed.shop.ftp().unwrap().password());
        bed.secrets()
            .set("demo", secrets::name::UPLOAD, &password)
            .unwrap();
        bed
    }

    pub fn secrets(&self) -> FileSecrets {
        FileSecrets(self.data.path().join("secrets.json"))
    }

    pub async fn deploy(&self) -> Result<Report> {
        let secrets = self.secrets();
        deploy::deploy(&self.side(&secrets), &self.templates, Why::Asked).await
    }

    pub async fn withdraw(&self) -> Result<Report> {
        let secrets = self.secrets();
        deploy::withdraw(&self.side(&secrets)).await
    }

    pub fn side<'a>(&'a self, secrets: &'a FileSecrets) -> Side<'a> {
        Side {
            settings: &self.settings,
            secrets,
            journal: &self.journal,
            clock: self.clock.clone(),
        }
    }

    /// Bridge files in the shop's folder.
    pub fn files(&self) -> Vec<String> {
        bridge_files(&self.shop.folder())
    }

    /// Does the shop's database hold the bridge's table?
    pub fn has_table(&self) -> bool {
        let found = self
            .shop
            .database()
            .query("SHOW TABLES LIKE '%winkelbrug%'");
        !found.unwrap().is_empty()
    }

    /// Bridge keys on this computer.
    pub fn keys(&self) -> usize {
        let all = self.secrets().all();
        all.keys()
            .filter(|name| name.starts_with("bridge:"))
            .count()
    }

    pub fn active(&self) -> Option<uploads::Upload> {
        uploads::active(&self.journal, "demo").unwrap()
    }

    pub async fn answers(&self) -> bool {
        let secrets = self.secrets();
        let shop = self.side(&secrets).open().unwrap();
        shop.hello_checked().await.is_ok()
    }
}

pub fn bridge_files(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect()
}

//! The bridge's file put straight into a shop's folder, filled in as a test wants it, and a plain
//! client that shows what crosses the wire.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Result, anyhow, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use winkelbrug_protocol::{
    answer::{self, Answer, Caps, Reading},
    key::{UploadKeys, Variant},
    request::Request,
};

use crate::hosted::Hosted;

/// The file for OpenCart as it is built, with its placeholders.
pub const BUILT: &str = include_str!("../../bridge-php/dist/opencart.php");

/// A file to be placed.
#[derive(Debug, Clone)]
pub struct BridgeFile {
    built: String,
    values: BTreeMap<&'static str, String>,
    keys: UploadKeys,
}

impl BridgeFile {
    /// A file with fresh keys, every scope, no cap and no address list.
    #[must_use]
    pub fn new(variant: Variant) -> Self {
        let keys = UploadKeys::generate(variant);
        let file = keys.file_keys();
        let values = [
            ("BRIDGE_ID", file.bridge_id()),
            ("VARIANT", variant.name()),
            ("PUBLIC_KEY", &file.public_key()),
            ("REQUEST_KEY", &file.request_key()),
            ("ANSWER_KEY", &file.answer_key()),
            (
                "SCOPES",
                "orders.read,products.read,customers.read,stock.write",
            ),
            ("END_DATE", "4000000000"),
            ("PLATFORM", "opencart"),
            ("SHOP_ROOT", "."),
            ("CONFIG_FILE", "config.php"),
            ("TABLE_PREFIX", ""),
            ("TIME_ZONE", ""),
            ("ALLOW_FROM", ""),
            ("STOCK_ZERO_CAP", "0"),
        ];
        Self {
            built: BUILT.to_owned(),
            values: values
                .into_iter()
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
            keys,
        }
    }

    /// The file of another platform, with the shop's root and its configuration file as the
    /// deployment would have found them, both relative as they stand in the file.
    ///
    /// # Errors
    /// There is no such file in `dist/`.
    pub fn of(platform: &str, root: &str, config: &str, variant: Variant) -> Result<Self> {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bridge-php/dist");
        let file = dist.join(format!("{platform}.php"));
        let built = std::fs::read_to_string(&file)
            .map_err(|error| anyhow!("{}: {error}", file.display()))?;
        let mut new = Self::new(variant);
        new.built = built;
        Ok(new
            .with("PLATFORM", platform)
            .with("SHOP_ROOT", root)
            .with("CONFIG_FILE", config))
    }

    /// With another value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.values.insert(name, value.to_owned());
        self
    }

    /// The file, filled in.
    #[must_use]
    pub fn text(&self) -> String {
        self.values
            .iter()
            .fold(self.built.clone(), |text, (name, value)| {
                text.replace(&format!("{{{{{name}}}}}"), value)
            })
    }

    /// Puts it into a shop's folder under a name of its own.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn place(&self, shop: &impl Hosted) -> Result<PlacedBridge> {
        let name = format!("winkelbrug-{:016x}.php", rand::random::<u64>());
        let path = shop.folder().join(&name);
        std::fs::write(&path, self.text())?;
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(PlacedBridge {
            url: format!("{}{name}", shop.url()),
            path,
            keys: self.keys.clone(),
            // No connection is kept: a test may start the web server again in between.
            http: reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()?,
        })
    }
}

/// A file in a shop, and who may ask it.
#[derive(Debug, Clone)]
pub struct PlacedBridge {
    /// Where it answers.
    pub url: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The keys of this upload.
    pub keys: UploadKeys,
    http: reqwest::Client,
}

/// What came back, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub content_type: String,
    /// Body.
    pub body: Vec<u8>,
}

impl PlacedBridge {
    /// A signed request of this moment.
    ///
    /// # Errors
    /// The body is too long.
    pub fn request(&self, op: &str, args: &Value) -> Result<Request> {
        let body = json!({"v": 1, "op": op, "reader": "test", "args": args}).to_string();
        let nonce = hex::encode(rand::random::<[u8; 16]>());
        let now = jiff::Timestamp::now().as_second();
        Ok(Request::sign(&self.keys, body.into_bytes(), now, &nonce)?)
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// Nothing answers.
    pub async fn send(&self, request: &Request) -> Result<Told> {
        self.send_to(&self.url, request).await
    }

    /// Sends a request to another address than the file's own.
    ///
    /// # Errors
    /// Nothing answers.
    pub async fn send_to(&self, url: &str, request: &Request) -> Result<Told> {
        let builder = request
            .headers()
            .iter()
            .fold(self.http.post(url), |builder, (name, value)| {
                builder.header(*name, *value)
            })
            .header("content-type", "application/x-www-form-urlencoded");
        let response = builder.body(request.body.clone()).send().await?;
        let content_type = response.headers().get("content-type");
        Ok(Told {
            status: response.status().as_u16(),
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            body: response.bytes().await?.to_vec(),
        })
    }

    /// Proves what came back.
    ///
    /// # Errors
    /// It is not a whole, sealed answer to this request.
    pub fn read(&self, request: &Request, op: &str, told: &Told) -> Result<Reading> {
        answer::read(&self.keys, request, op, &told.body, &Caps::default()).map_err(|defect| {
            let body = String::from_utf8_lossy(&told.body);
            anyhow!("{defect:?}: {body:.600}")
        })
    }

    /// Asks, and answers the sealed page.
    ///
    /// # Errors
    /// Anything but a page.
    pub async fn page(&self, op: &str, args: Value) -> Result<Answer> {
        let request = self.request(op, &args)?;
        let told = self.send(&request).await?;
        match self.read(&request, op, &told)? {
            Reading::Answer(answer) => Ok(answer),
            other => Err(anyhow!("{other:?}")),
        }
    }

    /// Asks, and answers the page's records.
    ///
    /// # Errors
    /// Anything but a page, or records of another kind.
    pub async fn ask<T: DeserializeOwned>(&self, op: &str, args: Value) -> Result<Vec<T>> {
        records(&self.page(op, args).await?)
    }

    /// Asks for what must be refused, and answers the error's code.
    ///
    /// # Errors
    /// Anything but a sealed error.
    pub async fn error(&self, op: &str, args: Value) -> Result<String> {
        let request = self.request(op, &args)?;
        let told = self.send(&request).await?;
        match self.read(&request, op, &told)? {
            Reading::Error(error) => {
                ensure!(told.status == 200, "status {}", told.status);
                Ok(error.code)
            }
            other => Err(anyhow!("{other:?}")),
        }
    }
}

/// A page's records.
///
/// # Errors
/// Records of another kind.
pub fn records<T: DeserializeOwned>(answer: &Answer) -> Result<Vec<T>> {
    answer
        .records()
        .map(|line| serde_json::from_str(line).map_err(|error| anyhow!("{error}: {line:.600}")))
        .collect()
}

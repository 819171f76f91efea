//! `[shop]`: the shop, and how the bridge gets onto its host.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `[shop]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shop {
    /// How the shop is spoken to.
    #[serde(default)]
    pub kind: ShopKind,
    /// Its address.
    pub url: String,
    /// Orders placed before are not read; default: the moment the profile is made (filled in then).
    #[serde(
        default,
        deserialize_with = "moment",
        skip_serializing_if = "Option::is_none"
    )]
    pub orders_from: Option<Timestamp>,
    /// Products the shop changed last before it do not change an article in the books; with `sconnect`
    /// they are not asked for.
    #[serde(
        default,
        deserialize_with = "moment",
        skip_serializing_if = "Option::is_none"
    )]
    pub articles_from: Option<Timestamp>,
    /// Names or ids; empty = all real orders.
    #[serde(default)]
    pub order_statuses: Vec<String>,
    /// Names or ids of the stores (winkels) of the installation whose orders are for the books; empty = all.
    #[serde(default)]
    pub stores: Vec<String>,
    /// Empty = found by itself.
    #[serde(default)]
    pub table_prefix: String,
    /// Empty = the shop's own setting.
    #[serde(default)]
    pub time_zone: String,
    /// Allow `http://` beyond loopback.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// Addresses the bridge answers to; empty = any.
    #[serde(default)]
    pub allow_from: Vec<String>,
    /// Web server's certificate fingerprint.
    #[serde(default)]
    pub fingerprint: String,
    /// Extra certificate authority.
    #[serde(default)]
    pub ca_file: String,
    /// Basic-auth user; its password is the secret `basic_auth`.
    #[serde(default)]
    pub basic_auth_user: String,
    /// How the bridge gets there.
    #[serde(default)]
    pub upload: Upload,
}

/// A moment as TOML writes it (a date and time of its own kind, with an offset), or as a text.
fn moment<'de, D>(deserializer: D) -> Result<Option<Timestamp>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Toml(toml::value::Datetime),
        Text(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Toml(moment) => moment.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// `shop.kind`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShopKind {
    /// Our own file in the shop's folder.
    #[default]
    Bridge,
    /// The S-Connect web-shop API.
    Sconnect,
    /// Files in a watched folder.
    Files,
}

/// `[shop.upload]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upload {
    /// Protocol.
    pub protocol: UploadProtocol,
    /// Host.
    pub host: String,
    /// Port; 0 = the protocol's own.
    pub port: u16,
    /// User; the password is the secret `upload`.
    pub user: String,
    /// Shop folder; empty = found by itself.
    pub folder: String,
    /// Private key file (sftp).
    pub key_file: String,
    /// Host key or certificate fingerprint.
    pub fingerprint: String,
}

/// `shop.upload.protocol`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UploadProtocol {
    /// Plain FTP.
    Ftp,
    /// Explicit TLS.
    Ftps,
    /// Implicit TLS.
    FtpsImplicit,
    /// SFTP.
    #[default]
    Sftp,
}

//! The profile an owner would write for the test bed's shop and administration, as TOML, with the
//! secrets that go with it.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::Result;

use crate::hosted::Hosted;

/// Where the books are and what opens them.
#[derive(Debug, Clone)]
pub struct Books {
    /// With `/v2`.
    pub api_url: String,
    /// Token URL.
    pub auth_url: String,
    /// Koppelsleutel.
    pub connection_key: String,
    /// Subscription key.
    pub subscription_key: String,
}

/// A profile to be written.
#[derive(Debug, Clone)]
pub struct ProfileText {
    /// Name.
    pub name: String,
    /// Values by table and key, as TOML.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// `[[mapping]]` tables, each as its lines.
    mappings: Vec<String>,
    /// Secrets by name.
    pub secrets: BTreeMap<String, String>,
}

impl ProfileText {
    /// A profile without a single setting.
    #[must_use]
    pub fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: BTreeMap::new(),
            mappings: Vec::new(),
            secrets: BTreeMap::new(),
        }
    }

    /// The profile of a shop and its books: every order of the last years, every cost article a
    /// code of its own.
    ///
    /// # Errors
    /// The shop's FTP server does not start.
    pub fn of(name: &str, shop: &dyn Hosted, books: &Books) -> Result<Self> {
        let ftp = shop.ftp()?;
        let mut profile = Self {
            name: name.to_owned(),
            values: BTreeMap::new(),
            mappings: Vec::new(),
            secrets: BTreeMap::from([
                ("upload".to_owned(), ftp.password().to_owned()),
                ("administration".to_owned(), books.connection_key.clone()),
                ("subscription".to_owned(), books.subscription_key.clone()),
            ]),
        };
        let port = ftp.port().to_string();
        for (table, key, value) in [
            ("shop", "kind", text("bridge")),
            ("shop", "url", text(&shop.url())),
            ("shop", "orders_from", "2020-01-01T00:00:00Z".to_owned()),
            ("shop.upload", "protocol", text("ftp")),
            ("shop.upload", "host", text("127.0.0.1")),
            ("shop.upload", "port", port),
            ("shop.upload", "user", text(ftp.user())),
            ("shop.upload", "folder", text(shop.web_folder())),
            ("administration", "kind", text("snelstart-online")),
            ("administration", "api_url", text(&books.api_url)),
            ("administration", "auth_url", text(&books.auth_url)),
            // A test asks no register but one of its own.
            ("vat", "vies_url", text("")),
            ("vat", "ecb_url", text("")),
        ] {
            profile.set(table, key, &value);
        }
        Ok(profile)
    }

    /// Sets a key, its value as TOML (`"\"Webshop\""`, `14`, `{ hoog = "1" }`).
    pub fn set(&mut self, table: &str, key: &str, value: &str) -> &mut Self {
        self.values
            .entry(table.to_owned())
            .or_default()
            .insert(key.to_owned(), value.to_owned());
        self
    }

    /// Adds a `[[mapping]]`: from where, to where, with what changes.
    pub fn map(&mut self, from: &[&str], to: &str, change: &[&str]) -> &mut Self {
        let list = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| text(word)).collect();
            format!("[{}]", words.join(", "))
        };
        self.mappings.push(format!(
            "from = {}\nto = {}\nchange = {}\n",
            list(from),
            text(to),
            list(change)
        ));
        self
    }

    /// Leaves a key out.
    pub fn leave_out(&mut self, table: &str, key: &str) -> &mut Self {
        if let Some(keys) = self.values.get_mut(table) {
            keys.remove(key);
        }
        self
    }

    /// The profile file.
    #[must_use]
    pub fn toml(&self) -> String {
        let mut toml = format!("format = 1\nname = {}\n", text(&self.name));
        for (table, keys) in &self.values {
            let _ = writeln!(toml, "\n[{table}]");
            for (key, value) in keys {
                let _ = writeln!(toml, "{} = {value}", quoted_key(key));
            }
        }
        for mapping in &self.mappings {
            let _ = write!(toml, "\n[[mapping]]\n{mapping}");
        }
        toml
    }

    /// The secrets as `--secrets -` reads them.
    #[must_use]
    pub fn secrets_json(&self) -> String {
        serde_json::json!(self.secrets).to_string()
    }
}

/// A TOML string.
#[must_use]
pub fn text(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

fn quoted_key(key: &str) -> String {
    let bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        text(key)
    }
}

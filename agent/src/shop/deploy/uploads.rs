//! Every bridge file ever meant to be uploaded, in the journal: committed before the upload, and
//! kept until the file was seen to be gone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::transport;
use crate::{failure::Result, journal::Journal};

/// The variant of a file that only shows whether a folder belongs to an address.
pub(super) const PROBE: &str = "probe";

/// Where a file is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The upload may have begun.
    Intended,
    /// It is there and was read back.
    Uploaded,
    /// Proven, and in use.
    Active,
    /// Replaced; to be deleted.
    Retired,
    /// Seen to be gone.
    Gone,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Uploaded => "uploaded",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Gone => "gone",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "uploaded" => Self::Uploaded,
            "active" => Self::Active,
            "retired" => Self::Retired,
            "gone" => Self::Gone,
            _ => Self::Intended,
        }
    }
}

/// One uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// `ftp://user@host:port`.
    pub server: String,
    /// Folder and name on the server.
    pub path: String,
    /// Its address on the web.
    pub url: String,
    /// The upload's id.
    pub bridge_id: String,
    /// Key id.
    pub key_id: String,
    /// `ecdsa` or `hmac`; `probe` for a text that holds nothing.
    pub variant: String,
    /// The bridge's version.
    pub version: String,
    /// SHA-256 hex of the file it was made from.
    pub template: String,
    /// SHA-256 hex of the settings baked in.
    pub settings: String,
    /// SHA-256 hex of the file.
    pub digest: String,
    /// Unix seconds after which it refuses everything.
    pub end_date: i64,
    /// Where it is in its life.
    pub state: State,
}

impl Upload {
    /// Is it only a text that shows whether a folder belongs to an address?
    pub(super) fn is_probe(&self) -> bool {
        self.variant == PROBE
    }
}

const COLUMNS: &str = "server, path, url, bridge_id, key_id, variant, version, template, settings, \
                       digest, end_date, state";

fn upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    let state: String = row.get(11)?;
    Ok(Upload {
        server: row.get(0)?,
        path: row.get(1)?,
        url: row.get(2)?,
        bridge_id: row.get(3)?,
        key_id: row.get(4)?,
        variant: row.get(5)?,
        version: row.get(6)?,
        template: row.get(7)?,
        settings: row.get(8)?,
        digest: row.get(9)?,
        end_date: row.get(10)?,
        state: State::from_name(&state),
    })
}

/// The file in use.
///
/// # Errors
/// The journal cannot be read.
pub fn active(journal: &Journal, profile: &str) -> Result<Option<Upload>> {
    let sql =
        format!("SELECT {COLUMNS} FROM bridge_uploads WHERE profile = ?1 AND state = 'active'");
    journal.with(|connection| connection.query_row(&sql, [profile], upload).optional())
}

/// Files of this profile that are neither in use nor gone, oldest first.
///
/// # Errors
/// The journal cannot be read.
pub fn leftovers(journal: &Journal, profile: &str) -> Result<Vec<Upload>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bridge_uploads
         WHERE profile = ?1 AND state NOT IN ('active', 'gone') ORDER BY id"
    );
    journal.with(|connection| {
        connection
            .prepare(&sql)?
            .query_map([profile], upload)?
            .collect()
    })
}

/// A file that any profile of this data folder ever put on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// Whose.
    pub profile: String,
    /// Was it seen to be gone?
    pub gone: bool,
}

/// All of them by their names, which are random and thus never given twice.
///
/// # Errors
/// The journal cannot be read.
pub fn ever(journal: &Journal) -> Result<BTreeMap<String, Ours>> {
    let all: Vec<(String, String, bool)> = journal.with(|connection| {
        connection
            .prepare("SELECT path, profile, state = 'gone' FROM bridge_uploads")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
    })?;
    Ok(all
        .into_iter()
        .map(|(path, profile, gone)| {
            let name = transport::split(&path).1.to_owned();
            (name, Ours { profile, gone })
        })
        .collect())
}

/// Files of this profile that were seen to be gone and are there again, as after a restored backup:
/// they are to be deleted once more.
///
/// # Errors
/// The journal cannot be read or written.
pub fn came_back(journal: &Journal, profile: &str, names: &[String]) -> Result<()> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        for name in names.iter().filter(|name| name.starts_with("winkelbrug-")) {
            transaction.execute(
                "UPDATE bridge_uploads SET state = 'retired', gone_at = NULL
                 WHERE profile = ?1 AND state = 'gone' AND (path = ?2 OR path LIKE '%/' || ?2)",
                params![profile, name],
            )?;
        }
        transaction.commit()
    })
}

/// Commits the intent to upload that file.
///
/// # Errors
/// The journal cannot be written.
pub fn intend(journal: &Journal, profile: &str, upload: &Upload, now: Timestamp) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "INSERT INTO bridge_uploads (profile, server, path, url, bridge_id, key_id, variant,
                 version, template, settings, digest, end_date, state, intended_at)
             VALUES (:profile, :server, :path, :url, :bridge_id, :key_id, :variant, :version,
                 :template, :settings, :digest, :end_date, 'intended', :now)",
            named_params! {
                ":profile": profile,
                ":server": upload.server,
                ":path": upload.path,
                ":url": upload.url,
                ":bridge_id": upload.bridge_id,
                ":key_id": upload.key_id,
                ":variant": upload.variant,
                ":version": upload.version,
                ":template": upload.template,
                ":settings": upload.settings,
                ":digest": upload.digest,
                ":end_date": upload.end_date,
                ":now": now.to_string(),
            },
        )?;
        Ok(())
    })
}

/// The file is there and was read back.
///
/// # Errors
/// The journal cannot be written.
pub fn uploaded(journal: &Journal, bridge_id: &str) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "UPDATE bridge_uploads SET state = ?2 WHERE bridge_id = ?1",
            params![bridge_id, State::Uploaded.name()],
        )?;
        Ok(())
    })
}

/// From now on this file is the one in use; the one before is to be deleted. One commit.
///
/// # Errors
/// The journal cannot be written.
pub fn switch_over(
    journal: &Journal,
    profile: &str,
    bridge_id: &str,
    now: Timestamp,
) -> Result<()> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        transaction.execute(
            "UPDATE bridge_uploads SET state = 'retired' WHERE profile = ?1 AND state = 'active'",
            [profile],
        )?;
        transaction.execute(
            "UPDATE bridge_uploads SET state = 'active', active_since = ?2 WHERE bridge_id = ?1",
            params![bridge_id, now.to_string()],
        )?;
        transaction.commit()
    })
}

/// The file in use is to be deleted, without another in its place.
///
/// # Errors
/// The journal cannot be written.
pub fn retire(journal: &Journal, bridge_id: &str) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "UPDATE bridge_uploads SET state = ?2 WHERE bridge_id = ?1",
            params![bridge_id, State::Retired.name()],
        )?;
        Ok(())
    })
}

/// The file was seen to be gone.
///
/// # Errors
/// The journal cannot be written.
pub fn gone(journal: &Journal, bridge_id: &str, now: Timestamp) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "UPDATE bridge_uploads SET state = ?2, gone_at = ?3 WHERE bridge_id = ?1",
            params![bridge_id, State::Gone.name(), now.to_string()],
        )?;
        Ok(())
    })
}

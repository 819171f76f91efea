//! What the journal remembers of a bridge: this agent's own name, which shop answered when the
//! file was proven, how far its clock is from ours, and when that was last looked at.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::ShopIdentity;

use crate::{failure::Result, journal::Journal};

/// What is known of a bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The host that was asked for, as the bridge saw it.
    pub host: String,
    /// The shop's address by its own configuration.
    pub url: String,
    /// Hash of bridge id and database name.
    pub database: String,
    /// Server's clock minus ours, in seconds.
    pub clock_offset: i64,
    /// When `hello` was last compared with this.
    pub checked_at: Timestamp,
}

/// This agent's name towards bridges: made once per journal, so that a second agent on the same
/// shop is noticed.
///
/// # Errors
/// The journal cannot be written.
pub fn installation_id(journal: &Journal) -> Result<String> {
    journal.with(|connection| {
        connection.execute(
            "INSERT OR IGNORE INTO installation (one, id) VALUES (1, ?1)",
            [uuid::Uuid::new_v4().to_string()],
        )?;
        connection.query_row("SELECT id FROM installation", [], |row| row.get(0))
    })
}

/// By what the shop tells one installation from another: a copy of a data folder, elsewhere on this PC or on
/// another, is another.
///
/// # Errors
/// The journal cannot be written.
pub fn reader(journal: &Journal) -> Result<String> {
    let id = installation_id(journal)?;
    let place = journal.with(|connection| Ok(connection.path().unwrap_or_default().to_owned()))?;
    let machine = std::env::var("COMPUTERNAME")
        .or_else(|_| std::fs::read_to_string("/etc/machine-id"))
        .unwrap_or_default();
    let here = hex::encode(Sha256::digest(format!("{machine}\n{place}")));
    Ok(format!("{id}-{}", here.get(..12).unwrap_or_default()))
}

/// What is known of that bridge.
///
/// # Errors
/// The journal cannot be read.
pub fn known(journal: &Journal, bridge_id: &str) -> Result<Option<Known>> {
    journal.with(|connection| {
        connection
            .query_row(
                "SELECT host, url, database, clock_offset, checked_at FROM bridge_known WHERE bridge_id = ?1",
                [bridge_id],
                |row| {
                    let checked_at: String = row.get(4)?;
                    Ok(Known {
                        host: row.get(0)?,
                        url: row.get(1)?,
                        database: row.get(2)?,
                        clock_offset: row.get(3)?,
                        checked_at: checked_at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
                    })
                },
            )
            .optional()
    })
}

/// The address that the shop behind a profile's file says is its own.
///
/// # Errors
/// The journal cannot be read.
pub fn own_address(journal: &Journal, profile: &str) -> Result<Option<String>> {
    journal.with(|connection| {
        connection
            .query_row(
                "SELECT k.url FROM bridge_known k
                    JOIN bridge_uploads u ON u.bridge_id = k.bridge_id
                 WHERE u.profile = ?1 AND u.state = 'active'",
                [profile],
                |row| row.get(0),
            )
            .optional()
    })
}

/// Remembers which shop answered.
///
/// # Errors
/// The journal cannot be written.
pub fn remember(
    journal: &Journal,
    bridge_id: &str,
    shop: &ShopIdentity,
    now: Timestamp,
) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "INSERT INTO bridge_known (bridge_id, host, url, database, checked_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (bridge_id) DO UPDATE SET host = ?2, url = ?3, database = ?4, checked_at = ?5",
            params![bridge_id, shop.host, shop.url, shop.database, now.to_string()],
        )?;
        Ok(())
    })
}

/// Remembers how far the server's clock is off. No effect on a bridge that is not known yet.
///
/// # Errors
/// The journal cannot be written.
pub fn remember_offset(journal: &Journal, bridge_id: &str, seconds: i64) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "UPDATE bridge_known SET clock_offset = ?2 WHERE bridge_id = ?1",
            params![bridge_id, seconds],
        )?;
        Ok(())
    })
}

/// Forgets a bridge that is gone.
///
/// # Errors
/// The journal cannot be written.
pub fn forget(journal: &Journal, bridge_id: &str) -> Result<()> {
    journal.with(|connection| {
        connection.execute("DELETE FROM bridge_known WHERE bridge_id = ?1", [bridge_id])?;
        Ok(())
    })
}

//! How far lists of changes were read, and other moments and marks a profile keeps.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Journal, millis, moment};
use crate::failure::Result;

/// Names of what is kept.
pub mod name {
    /// How far the shop's changed orders were read.
    pub const ORDERS: &str = "orders";
    /// From when on orders are read (`shop.orders_from`) since the latest back-fill.
    pub const ORDERS_FROM: &str = "orders-from";
    /// How far the shop's changed products were read.
    pub const PRODUCTS: &str = "products";
    /// When they were last all read.
    pub const PRODUCTS_ALL: &str = "products-all";
    /// When daily totals were last compared.
    pub const TOTALS: &str = "totals";
    /// When held orders were last all decided anew.
    pub const HELD: &str = "held";
    /// When credits and cancelled orders were last all looked at, and under which settings.
    pub const AFTER: &str = "after";
    /// The settings then.
    pub const AFTER_SETTINGS: &str = "after-settings";
    /// When erasing, copying and checking were last done.
    pub const TIDIED: &str = "tidied";
    /// Statuses of the settings that the shop once knew, one a line.
    pub const STATUSES: &str = "statuses";
    /// The last request counter sent to an S-Connect shop.
    pub const SCONNECT_COUNTER: &str = "sconnect-counter";
    /// When the shop was last asked who else reads it.
    pub const OTHERS_ASKED: &str = "others-asked";
    /// When another installation last read the shop, as it said then.
    pub const OTHER_READ: &str = "other-read";
}

impl Journal {
    /// What is kept under that name.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn cursor(&self, profile: &str, name: &str) -> Result<Option<String>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT value FROM cursors WHERE profile = ?1 AND name = ?2")?
                .query_row([profile, name], |row| row.get(0))
                .optional()?)
        })
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_cursor(&self, profile: &str, name: &str, value: &str) -> Result<()> {
        self.change("cursor", |transaction| {
            transaction.execute(
                "INSERT INTO cursors (profile, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (profile, name) DO UPDATE SET value = excluded.value",
                params![profile, name, value],
            )?;
            Ok(())
        })
    }

    /// The next of a rising count: one more than the last, and at least `least`. Committed before
    /// it is given, so that no two processes get the same and none is given twice after a crash.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn count_on(&self, profile: &str, name: &str, least: i64) -> Result<i64> {
        self.change("count", |transaction| {
            let last: Option<String> = transaction
                .prepare_cached("SELECT value FROM cursors WHERE profile = ?1 AND name = ?2")?
                .query_row([profile, name], |row| row.get(0))
                .optional()?;
            let last: i64 = last.and_then(|last| last.parse().ok()).unwrap_or(0);
            let next = last.saturating_add(1).max(least);
            transaction.execute(
                "INSERT INTO cursors (profile, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (profile, name) DO UPDATE SET value = excluded.value",
                params![profile, name, next.to_string()],
            )?;
            Ok(next)
        })
    }

    /// A moment kept under that name.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn moment(&self, profile: &str, name: &str) -> Result<Option<Timestamp>> {
        let kept = self.cursor(profile, name)?;
        Ok(kept.and_then(|millis| millis.parse().ok()).map(moment))
    }

    /// Keeps a moment.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_moment(&self, profile: &str, name: &str, at: Timestamp) -> Result<()> {
        self.keep_cursor(profile, name, &millis(at).to_string())
    }
}

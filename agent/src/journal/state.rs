//! An order's states and which may follow which. `written` is the end: what changes afterwards
//! becomes an attention item.

use serde::{Deserialize, Serialize};

/// Where an order is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Kept as it came; nothing decided.
    Seen,
    /// There is a plan.
    Planned,
    /// Its plan is being written into the books.
    Writing,
    /// It is in the books.
    Written,
    /// Waits for a person.
    Held,
    /// Not for the books (now).
    Skipped,
}

impl State {
    /// All of them, in the order of the way.
    pub const ALL: [Self; 6] = [
        Self::Seen,
        Self::Planned,
        Self::Writing,
        Self::Written,
        Self::Held,
        Self::Skipped,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Planned => "planned",
            Self::Writing => "writing",
            Self::Written => "written",
            Self::Held => "held",
            Self::Skipped => "skipped",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// May an order go from here to there? Leaving `writing` for anything but `written` also
    /// demands that no write of unknown outcome is open; the journal sees to that.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match (self, next) {
            // The end.
            (Self::Written, _) => false,
            // Decided anew: the order changed, or settings or books did.
            (Self::Seen | Self::Planned | Self::Held | Self::Skipped, Self::Writing) => {
                matches!(self, Self::Planned)
            }
            (Self::Seen | Self::Planned | Self::Held | Self::Skipped, _) => true,
            (Self::Writing, Self::Seen | Self::Skipped) => false,
            (Self::Writing, _) => true,
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl rusqlite::ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        self.name().to_sql()
    }
}

impl rusqlite::types::FromSql for State {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        Self::named(value.as_str()?).ok_or(rusqlite::types::FromSqlError::InvalidType)
    }
}

//! What happens, as it happens: one stream that the screen, the command line and tests share.
//! The tasks tell it to an [`Observer`]; they never draw.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RunReport, Task};
use crate::text::Text;

/// What a run is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading from the administration what changed there.
    ReadBooks,
    /// Reading the shop's stock before anything else.
    ReadShopStock,
    /// Reading from the shop which orders changed.
    ReadOrders,
    /// Working out what to write.
    Translate,
    /// Writing orders into the books.
    WriteOrders,
    /// Reading the stock figures of the books.
    ReadBookStock,
    /// Sending stock to the shop.
    SendStock,
    /// Comparing daily totals, cleaning up, copying the journal.
    TidyUp,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run began.
    RunStarted {
        /// When.
        at: Timestamp,
        /// Profile.
        profile: String,
        /// Task.
        task: Task,
        /// Nothing will be written.
        dry_run: bool,
    },
    /// A run got further.
    Progress {
        /// Profile.
        profile: String,
        /// Busy with.
        phase: Phase,
        /// So many done.
        done: u64,
        /// Of so many, when that is known.
        total: Option<u64>,
    },
    /// An order came into a state.
    Order {
        /// When.
        at: Timestamp,
        /// Profile.
        profile: String,
        /// Number.
        number: String,
        /// `seen`, `planned`, `writing`, `written`, `held`, `skipped`.
        state: String,
        /// Why, when held or skipped.
        reason: Option<Text>,
    },
    /// Something the owner may want to know, that is no order's state.
    Note {
        /// When.
        at: Timestamp,
        /// Profile.
        profile: String,
        /// What.
        text: Text,
    },
    /// A run ended.
    RunEnded {
        /// What it did.
        report: Box<RunReport>,
    },
    /// When tasks run has changed.
    Planned {
        /// Profile.
        profile: String,
        /// Task.
        task: Task,
        /// Next run.
        next: Timestamp,
    },
    /// The agent is stopping.
    Stopping {
        /// When.
        at: Timestamp,
    },
}

/// Who is told. Must return at once: it is called between two foreign calls.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn tell(&self, event: Event);
}

/// Tells nobody.
#[derive(Debug, Default, Clone, Copy)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn tell(&self, _event: Event) {}
}

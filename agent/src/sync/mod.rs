//! The tasks: import orders, export stock; the run of a plan; the schedule.

pub mod after;
mod after_import;
pub mod attention;
mod booked_before;
pub mod books;
pub mod decide;
pub mod event;
pub mod import;
pub mod names;
pub mod place;
mod products;
pub mod registers;
pub mod run;
pub mod schedule;
mod slow;
pub mod start;
mod statuses;
pub mod stock;
pub mod stock_targets;
pub mod tidy;
pub mod totals;
mod twin;
mod unread;
mod warnings;
pub mod would_create;
mod write;

/// What a run reports is kept by the journal.
pub use crate::journal::report;
pub use event::{Event, Observer, Phase, Unobserved};
pub use place::Place;
pub use report::{RunOutcome, RunReport, Task};
pub use run::Sides;
pub use start::{RunOptions, run, with_sides};
pub use twin::twice;

//! The tasks: import orders, export stock; the run of a plan; the schedule.

mod after_import;
pub mod attention;
pub mod books;
pub mod decide;
pub mod event;
pub mod import;
pub mod place;
pub mod registers;
pub mod report;
pub mod run;
pub mod schedule;
pub mod start;
mod statuses;
pub mod stock;
pub mod stock_targets;
pub mod tidy;
pub mod totals;
mod twin;
pub mod would_create;
mod write;

pub use event::{Event, Observer, Phase, Unobserved};
pub use place::Place;
pub use report::{RunOutcome, RunReport, Task};
pub use run::Sides;
pub use start::{RunOptions, run, with_sides};
pub use twin::twice;

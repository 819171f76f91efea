//! The tasks: import orders, export stock; the run of a plan; the schedule.

pub mod event;
pub mod report;
pub mod schedule;
pub mod stock;
pub mod stock_targets;

pub use event::{Event, Observer, Phase, Unobserved};
pub use report::{RunOutcome, RunReport, Task};

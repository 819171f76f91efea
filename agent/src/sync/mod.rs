//! The tasks: import orders, export stock; the run of a plan; the schedule.

pub mod report;

pub use report::{RunOutcome, RunReport, Task};

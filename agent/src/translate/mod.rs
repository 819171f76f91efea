//! From a shop order to what is to be written: pure functions. No I/O, no clock, no database.
//! `order` reads top to bottom the way an order goes. The worked cases are `docs/translation.md`.

pub mod plan;

pub use plan::{Facts, Needs, Outcome, Plan};

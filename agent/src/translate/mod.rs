//! From a shop order to what is to be written: pure functions. No I/O, no clock, no database.
//! `order` reads top to bottom the way an order goes. The worked cases are `docs/translation.md`.

mod changes;
mod digest;
mod eligible;
mod needs;
mod order;
pub mod plan;
mod reference;

pub use changes::{Change, changes};
pub use digest::{facts_digest, settings_digest};
pub use needs::needs;
pub use order::order;
pub use plan::{Facts, Needs, NegativeLines, Outcome, Plan, Reason, TextLines};

//! From a shop order to what is to be written: pure functions. No I/O, no clock, no database.
//! `order` reads top to bottom the way an order goes. The worked cases are `docs/translation.md`.

mod address;
mod articles;
mod basket;
mod between;
mod business;
mod case;
mod cents;
mod changes;
mod charged;
mod cost;
mod costs;
pub mod currency;
mod description;
mod difference;
mod digest;
mod discounts;
mod eligible;
mod explain;
mod foreign;
mod goods;
mod header;
mod lines;
mod needs;
mod new_relation;
mod odd;
mod order;
pub mod plan;
mod prices;
mod recorded;
mod reference;
mod relation;
mod special;
mod vat;
mod vat_number;

pub use business::{VatCheck, Verdict, vat_number_question};
pub use changes::{Change, changes};
pub use digest::{facts_digest, settings_digest};
pub use lines::pieces;
pub use needs::needs;
pub use order::order;
pub use plan::{DifferenceChoice, Facts, Needs, NegativeLines, Outcome, Plan, Reason, TextLines};
pub use prices::price_questions;

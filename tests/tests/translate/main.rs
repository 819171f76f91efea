//! Translation, setting by setting and rule by rule: what is written for an order, or why not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod articles;
mod changes;
mod desk;
mod eligible;
mod header;
mod lines;
mod references;
mod relations;
mod totals;
mod vat;

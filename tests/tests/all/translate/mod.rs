//! Translation, setting by setting and rule by rule: what is written for an order, or why not.

mod articles;
mod changes;
pub mod desk;
mod differences;
mod eligible;
mod header;
mod lines;
mod odd;
mod prices;
mod recorded;
mod references;
mod relations;
mod totals;
mod vat;

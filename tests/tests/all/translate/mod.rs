//! Translation, setting by setting and rule by rule: what is written for an order, or why not.

pub mod abroad;
mod articles;
pub mod businesses;
mod changes;
mod charged_businesses;
mod counted;
mod credits;
mod currency;
pub mod desk;
mod differences;
mod eligible;
mod header;
mod invoices;
mod lines;
mod mapping;
mod odd;
mod prices;
pub mod recipes;
mod recognition;
mod recorded;
pub mod references;
mod relations;
pub mod special;
mod templates;
mod territories;
mod totals;
pub mod vat;

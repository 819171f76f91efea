//! Translation, setting by setting and rule by rule: what is written for an order, or why not.

mod articles;
mod changes;
mod desk;
mod differences;
mod eligible;
mod header;
mod lines;
mod odd;
mod prices;
mod recorded;
mod references;
mod relations;
mod special;
mod totals;
mod vat;

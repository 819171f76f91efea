//! The simulator's own behaviour, area by area, asked over plain HTTP as a client would.
mod articles;
mod bookings;
mod client;
mod coupling;
mod definition;
mod keys;
mod lists;
mod lookups;
mod orders;
mod prices;
mod quotations;
mod relations;
mod stock;
mod trouble;
mod vat;

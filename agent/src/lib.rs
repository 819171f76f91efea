//! Winkelbrug: brings each web-shop order into the books exactly once and to the cent, and sends
//! the true stock back to the shop. `docs/architecture.md` is the map; a room depends only on
//! rooms below it:
//! `cli` -> `web` -> `service` -> `sync` -> (`shop`, `administration` -> `journal`, `translate`, `registers`) ->
//! `profile`, `books`, the protocol crate.

pub mod administration;
pub mod books;
pub mod cli;
pub mod clock;
pub mod failure;
pub mod fault;
pub mod journal;
pub mod money;
pub mod outward;
pub mod profile;
pub mod registers;
pub mod service;
pub mod shop;
pub mod step;
pub mod stop;
pub mod sync;
pub mod text;
pub mod translate;
pub mod web;

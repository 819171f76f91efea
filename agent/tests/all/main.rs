//! The agent's own tests, one module per thing it is asked to do. One program: linking dozens of
//! them would take gigabytes of disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod agent;
mod background;
mod bridge_client;
mod command_line;
mod import;
mod journal;
mod journal_file;
mod rooms;
mod schedule;
mod secrets;
mod settings;
mod stock_export;

//! Tests through real servers and the simulators, one module per promise. One program: linking
//! dozens of them would take gigabytes of disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod bad_input;
mod bridge_host;
mod bridge_orders;
mod bridge_stock;
mod conformance;
mod crash;
mod data_folder;
mod deploy;
mod documents;
mod program;
mod reading;
mod servers;
mod several_profiles;
mod simulator;
mod snelstart_client;
mod stock_wire;
mod translate;
mod translate_generated;
mod translate_opencart;
mod whole_way;

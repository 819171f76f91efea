//! Tests through real servers and the simulators, one module per promise. One program: linking
//! dozens of them would take gigabytes of disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod admitted;
mod agreed_prices;
mod attacks;
mod attacks_everywhere;
mod attacks_outward;
mod bad_input;
mod bridge_host;
mod bridge_orders;
mod bridge_stock;
mod cases;
mod conformance;
mod cost_articles;
mod crash;
mod customers;
mod data_folder;
mod decisions;
mod deploy;
mod deploy_others;
mod documents;
mod erasing;
mod exposed;
mod finding;
mod json_fields;
mod little_room;
mod mapped_fields;
mod model;
mod odd_orders;
mod order_header;
mod owner_sees;
mod php_versions;
mod program;
mod proof;
mod proving;
mod reading;
mod recognition_generated;
mod registers;
mod sconnect;
mod servers;
mod several_profiles;
mod simulator;
mod snelstart_client;
mod status_storm;
mod stock_wire;
mod towards_the_shop;
mod translate;
mod translate_generated;
mod translate_opencart;
mod translate_shops;
mod transports;
mod web_certificate;
mod web_servers;
mod whole_way;
mod whole_way_shops;

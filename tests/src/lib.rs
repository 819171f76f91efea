//! Real servers on loopback, a shop on them, and simulators of the foreign systems: what the
//! end-to-end tests, the demo and the benchmark stand on. Linux only.

pub mod agreement;
pub mod bridge_file;
pub mod deployed;
pub mod hosted;
pub mod magento;
pub mod multiply;
pub mod opencart;
pub mod platform;
pub mod prestashop;
pub mod profile;
pub mod program;
pub mod registers;
pub mod scene;
pub mod sconnect;
pub mod servers;
pub mod shared;
pub mod snelstart;
mod terminal;
pub mod truth;
pub mod woocommerce;

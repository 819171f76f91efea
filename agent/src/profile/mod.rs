//! A profile: one shop joined to one administration. Settings, secrets, validation, storage.

pub mod available;
mod countries;
pub mod durable;
pub mod edit;
mod fitting;
pub mod keys;
mod machine_key;
pub mod mapping;
mod order_header;
pub mod place_of_shop;
pub mod read;
pub mod rhythm;
pub mod secrets;
pub mod settings;
pub mod sound;
pub mod store;
pub mod vat;
pub mod vault;

pub use rhythm::Pace;
pub use secrets::{Secret, Secrets};
pub use settings::Settings;
pub use store::{DataDir, Profile, Profiles};
pub use vault::Vault;

//! A profile: one shop joined to one administration. Settings, secrets, validation, storage.

pub mod secrets;
pub mod settings;
pub mod store;

pub use secrets::{Secret, Secrets};
pub use settings::Settings;
pub use store::DataDir;

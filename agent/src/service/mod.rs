//! How the program works unattended, and how the command line and the running agent keep out of
//! each other's way: one agent a data folder, one run a profile, one list of actions for both.

pub mod action;
pub mod agent;
pub mod client;
pub mod contact;
mod cost_articles;
pub mod events;
pub mod links;
pub mod lock;
pub mod logs;
pub mod owner;
mod rates;
pub mod renewal;
mod sources;
pub mod status;
mod watchman;
pub mod work;
pub mod workplace;

pub use action::{Action, Outcome};
pub use agent::Agent;
pub use client::AgentClient;
pub use contact::Contact;
pub use workplace::Workplace;

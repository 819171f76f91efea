//! What can be typed after `profile`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SecretsFrom;

/// `profile …`
#[derive(Debug, Subcommand)]
pub enum Profile {
    /// Make a profile from a TOML file
    Add(ProfileAdd),
    /// All profiles
    List,
    /// Show a profile's settings
    Show(ProfileName),
    /// Remove a profile and its secrets, after removing Winkelbrug's file from the shop
    Remove(ProfileRemove),
    /// Make a profile for a second shop with the settings of the first
    Clone(ProfileClone),
    /// Write a profile to a file, without secrets
    Export(ProfileExport),
    /// Make a profile from an exported file
    Import(ProfileImport),
}

/// A profile.
#[derive(Debug, Args)]
pub struct ProfileName {
    /// Name of the profile
    pub name: String,
}

/// `profile add`
#[derive(Debug, Args)]
pub struct ProfileAdd {
    /// The TOML file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Take the place of the profile of that name
    #[arg(long)]
    pub replace: bool,
    /// Secrets.
    #[command(flatten)]
    pub secrets: SecretsFrom,
}

/// `profile remove`
#[derive(Debug, Args)]
pub struct ProfileRemove {
    /// Name of the profile
    pub name: String,
    /// Remove it even if the shop cannot be reached
    #[arg(long)]
    pub force: bool,
}

/// `profile clone`
#[derive(Debug, Args)]
pub struct ProfileClone {
    /// Profile to copy
    pub name: String,
    /// Name of the new profile
    pub new_name: String,
    /// Address of the second shop
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// Folder of the second shop on its server
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<String>,
    /// Secrets.
    #[command(flatten)]
    pub secrets: SecretsFrom,
}

/// `profile export`
#[derive(Debug, Args)]
pub struct ProfileExport {
    /// Name of the profile
    pub name: String,
    /// File to write; left out = the screen
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Take the place of a file that is there
    #[arg(long, requires = "to")]
    pub replace: bool,
}

/// `profile import`
#[derive(Debug, Args)]
pub struct ProfileImport {
    /// The exported file
    pub file: PathBuf,
    /// Another name for it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Take the place of the profile of that name
    #[arg(long)]
    pub replace: bool,
    /// Secrets.
    #[command(flatten)]
    pub secrets: SecretsFrom,
}

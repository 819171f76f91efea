//! Where everything of the owner's lives on this PC: the data folder and the profiles in it.

use std::path::{Path, PathBuf};

/// The data folder: `journal.db`, `profiles/<name>.toml`, `secrets/`, `logs/`, `backups/`, `trial/`.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// A data folder at that place; nothing is made yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

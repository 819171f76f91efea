//! How to reach the running agent: its address on this PC and a token, in a file that only the
//! owner can read.

use std::{fs, io, net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::lock;
use crate::{
    failure::Result,
    profile::{DataDir, durable, store},
};

/// The running agent's address and token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Contact {
    /// Where it listens.
    pub address: SocketAddr,
    /// What every request must carry.
    pub token: String,
    /// Its process.
    pub process: u32,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contact")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Contact {
    /// A contact with a new token.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            token: hex::encode(rand::random::<[u8; 32]>()),
            process: std::process::id(),
        }
    }

    /// The contact of the agent that runs on this data folder, if one does.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn find(data: &DataDir) -> Result<Option<Self>> {
        if !lock::agent_runs(data)? {
            return Ok(None);
        }
        let file = file(data);
        match fs::read(&file) {
            // An agent that is just starting writes the file in a moment.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(store::disk("contact-unreadable", &file, error)),
        }
    }

    /// Makes the agent findable.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn publish(&self, data: &DataDir) -> Result<()> {
        let file = file(data);
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        durable::replace(&file, &bytes).map_err(|error| store::disk("data-folder", &file, error))
    }

    /// The agent stops.
    pub fn withdraw(data: &DataDir) {
        // A file that stays behind is harmless: the lock says whether an agent runs.
        let _ = fs::remove_file(file(data));
    }
}

fn file(data: &DataDir) -> PathBuf {
    data.path().join("agent.json")
}

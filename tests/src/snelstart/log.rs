//! What was asked of the simulator, and what it answered. No keys: no headers are kept, no bodies of
//! token requests, and a subscription key in a query is blotted out.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// One request.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Counting from 1, over both hosts.
    pub number: usize,
    /// When it came, by the simulator's clock.
    pub at: Timestamp,
    /// Method.
    pub method: String,
    /// Path without the version, `/relaties/…`; of the token host `/b2b/token`.
    pub path: String,
    /// Query, decoded, without keys.
    pub query: String,
    /// Which operation: `GET /relaties/{id}`; `GET ?` when there is none.
    pub endpoint: String,
    /// Body; empty for token requests.
    pub body: String,
    /// What was answered.
    pub outcome: Outcome,
}

/// What a request got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Still at work, or the client went away meanwhile.
    Open,
    /// An answer of that status.
    Answered(u16),
    /// A cut connection.
    Cut,
}

/// All requests so far.
#[derive(Debug, Clone, Default)]
pub struct Log {
    entries: Vec<Logged>,
}

impl Log {
    /// Notes a request and returns its number.
    pub fn note(&mut self, mut entry: Logged) -> usize {
        entry.number = self.entries.len() + 1;
        self.entries.push(entry);
        self.entries.len()
    }

    /// Notes what a request got.
    pub fn close(&mut self, number: usize, outcome: Outcome) {
        if let Some(entry) = self.entries.get_mut(number.wrapping_sub(1)) {
            entry.outcome = outcome;
        }
    }

    /// Every request, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Logged] {
        &self.entries
    }

    /// How many requests there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Were there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many requests an endpoint got: `count("GET /relaties/{id}")`.
    #[must_use]
    pub fn count(&self, endpoint: &str) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.endpoint == endpoint)
            .count()
    }

    /// Requests per endpoint.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.endpoint.clone()).or_default() += 1;
        }
        counts
    }

    /// Calls of the API host, which is what the limits count.
    #[must_use]
    pub fn api_calls(&self) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.path != super::auth::TOKEN_PATH)
            .count()
    }
}

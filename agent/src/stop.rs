//! The wish to stop, handed down to whatever takes long: who gets it finishes the foreign call it
//! is in, commits, and returns.

use std::sync::Arc;

use tokio::sync::watch;

/// Cheap to clone; every clone is the same wish.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Nobody asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop. Cannot be taken back.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// Was it asked? To be looked at between two foreign calls.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked.
    pub async fn asked(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so the wait can only end by the wish.
        let _ = receiver.wait_for(|asked| *asked).await;
    }
}

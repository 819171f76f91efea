//! The clock as a value, so that tests can move it: time, waiting, and nothing else.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::fault;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
    /// Waits that long on this clock.
    async fn sleep(&self, time: Duration);
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        fault::shifted(Timestamp::now())
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(fault::shortened(time)).await;
    }
}

/// A clock to hand around.
pub type SharedClock = Arc<dyn Clock>;

//! How long a shop that did not answer is asked again.

use std::time::Duration;

use backon::ExponentialBuilder;

/// How often and how long a read is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries after the first.
    pub again: usize,
    /// Before the second try; doubled each time, and stirred a little.
    pub wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            again: 2,
            wait: Duration::from_secs(1),
        }
    }
}

impl Patience {
    /// The waits between the tries.
    pub(super) fn waits(self) -> ExponentialBuilder {
        ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.wait)
            .with_max_times(self.again)
    }
}

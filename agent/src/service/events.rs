//! The stream of events: told by the tasks, heard by every screen that listens.

use tokio::sync::broadcast;

use crate::sync::{Event, Observer};

/// How many events a listener may lag behind before it loses some.
const BACKLOG: usize = 1024;

/// Hands every event to all who listen. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Events {
    /// From now on hears everything.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

impl Observer for Events {
    fn tell(&self, event: Event) {
        // Nobody listening is no failure.
        let _ = self.0.send(event);
    }
}

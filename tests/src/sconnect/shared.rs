//! The shop behind its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::World;

pub(super) type Shared = Arc<Mutex<World>>;

pub(super) fn lock(shared: &Shared) -> MutexGuard<'_, World> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

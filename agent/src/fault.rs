//! Places where a test may kill the program or make it fail: compiled to nothing without the
//! feature `fault-points`.

use std::time::Duration;

use jiff::Timestamp;

/// A named place. With the feature, `WINKELBRUG_FAULT=<name>:<n>` ends the process at the n-th
/// passage with SIGKILL's suddenness (no destructor runs); `WINKELBRUG_FAULT_LOG=<file>` appends
/// each passage's name, so that a test can first learn which places a run passes.
#[inline]
pub fn point(name: &str) {
    #[cfg(feature = "fault-points")]
    enabled::point(name);
    #[cfg(not(feature = "fault-points"))]
    let _ = name;
}

/// The system clock's moment as a test wants it: with the feature,
/// `WINKELBRUG_CLOCK_OFFSET_SECONDS` is added, so that rules about minutes and days can be tried
/// without waiting.
#[must_use]
pub fn shifted(now: Timestamp) -> Timestamp {
    #[cfg(feature = "fault-points")]
    let now = enabled::shifted(now);
    now
}

/// A wait as a test wants it: with the feature, divided by `WINKELBRUG_CLOCK_SPEED`.
#[must_use]
pub fn shortened(wait: Duration) -> Duration {
    #[cfg(feature = "fault-points")]
    let wait = enabled::shortened(wait);
    wait
}

#[cfg(feature = "fault-points")]
mod enabled {
    use std::{
        collections::HashMap,
        io::Write,
        sync::{LazyLock, Mutex},
        time::Duration,
    };

    use jiff::{SignedDuration, Timestamp};

    static PASSED: LazyLock<Mutex<HashMap<String, u64>>> = LazyLock::new(Mutex::default);

    pub fn point(name: &str) {
        if let Some(path) = std::env::var_os("WINKELBRUG_FAULT_LOG")
            && let Ok(mut file) = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
        {
            let _ = writeln!(file, "{name}");
        }
        let Ok(wanted) = std::env::var("WINKELBRUG_FAULT") else {
            return;
        };
        let Some((which, n)) = wanted.rsplit_once(':') else {
            return;
        };
        if which != name {
            return;
        }
        let mut passed = PASSED
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = passed.entry(name.to_owned()).or_default();
        *count += 1;
        if n.parse() == Ok(*count) {
            kill();
        }
    }

    pub fn shifted(now: Timestamp) -> Timestamp {
        static OFFSET: LazyLock<SignedDuration> = LazyLock::new(|| {
            let seconds = from_environment("WINKELBRUG_CLOCK_OFFSET_SECONDS");
            SignedDuration::from_secs(seconds.unwrap_or(0))
        });
        now.saturating_add(*OFFSET).unwrap_or(now)
    }

    pub fn shortened(wait: Duration) -> Duration {
        static SPEED: LazyLock<u32> = LazyLock::new(|| {
            from_environment("WINKELBRUG_CLOCK_SPEED")
                .filter(|speed| *speed > 0)
                .unwrap_or(1)
        });
        wait / *SPEED
    }

    fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
        std::env::var(name).ok()?.parse().ok()
    }

    #[cfg(unix)]
    fn kill() -> ! {
        let _ = std::process::Command::new("kill")
            .args(["-9", &std::process::id().to_string()])
            .status();
        std::process::abort()
    }

    #[cfg(not(unix))]
    fn kill() -> ! {
        std::process::abort()
    }
}

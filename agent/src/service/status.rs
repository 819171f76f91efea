//! How things are: profiles, their tasks, last and next runs, what waits for the owner.

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    failure::Result,
    journal::Journal,
    profile::{DataDir, Profile, Settings},
    sync::{
        RunReport, Task,
        report::ReportedFailure,
        schedule::{self, Slot},
        stock,
    },
};

/// Everything at a glance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Where the running agent listens; none = no agent runs.
    pub agent: Option<SocketAddr>,
    /// Profiles, by name.
    pub profiles: Vec<ProfileStatus>,
}

/// A profile at a glance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProfileStatus {
    /// Name.
    pub name: String,
    /// Shop's address; empty when the profile cannot be read.
    pub shop: String,
    /// Why the profile cannot be read, if so.
    pub unreadable: Option<ReportedFailure>,
    /// Since when and why it waits for its owner, if so.
    pub stopped: Option<Stopped>,
    /// What is running now.
    pub running: Option<Task>,
    /// Its tasks.
    pub tasks: Vec<TaskStatus>,
    /// Orders per state.
    pub orders: BTreeMap<String, u64>,
    /// Written orders that need a look.
    pub attention: u64,
    /// When the oldest stock figure sent to the shop was read in the books.
    pub stock_read_at: Option<Timestamp>,
}

/// A profile waits for its owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stopped {
    /// Since.
    pub since: Timestamp,
    /// Why.
    pub why: ReportedFailure,
}

/// A task at a glance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskStatus {
    /// Task.
    pub task: Task,
    /// Rhythm: `every 15m`, `at 07:00 17:00`; empty = only by hand.
    pub pace: String,
    /// Next run; none = only by hand.
    pub next: Option<Timestamp>,
    /// The owner chose that moment himself.
    pub edited: bool,
    /// The latest run.
    pub last: Option<RunReport>,
}

/// The tasks of a profile with their next runs, settled for now.
///
/// # Errors
/// The journal cannot be read, or a rhythm cannot.
pub fn slots(journal: &Journal, settings: &Settings, now: Timestamp) -> Result<Vec<Slot>> {
    let zone = TimeZone::system();
    let kept = journal.next_runs(&settings.name)?;
    let mut paces = Vec::new();
    for (name, rhythm) in &settings.planning {
        if let Some(task) = Task::named(name) {
            paces.push((task, rhythm.pace(name)?));
        }
    }
    if paces.is_empty() {
        paces.push(schedule::by_default(settings.sales.form));
    }
    Ok(paces
        .into_iter()
        .map(|(task, pace)| Slot::settle(task, pace, kept.get(task.name()), now, &zone))
        .collect())
}

/// Looks at everything; `agent` and what runs are filled in by who knows.
///
/// # Errors
/// The data folder or the journal cannot be read.
pub fn gather(data: &DataDir, journal: &Journal, now: Timestamp) -> Result<Status> {
    let profiles = data.profiles();
    let profiles = profiles
        .names()?
        .into_iter()
        .map(|name| match profiles.get(&name) {
            Ok(profile) => readable(journal, &profile, now),
            Err(failure) => Ok(unreadable(name, ReportedFailure::from(&failure))),
        })
        .collect::<Result<_>>()?;
    Ok(Status {
        agent: None,
        profiles,
    })
}

fn readable(journal: &Journal, profile: &Profile, now: Timestamp) -> Result<ProfileStatus> {
    let settings = &profile.settings;
    let mut last = journal.last_runs(&settings.name)?;
    let mut tasks: Vec<TaskStatus> = slots(journal, settings, now)?
        .into_iter()
        .map(|slot| TaskStatus {
            task: slot.task,
            pace: schedule::written(&slot.pace),
            next: Some(slot.next),
            edited: slot.edited,
            last: last.remove(slot.task.name()),
        })
        .collect();
    tasks.extend(last.into_values().map(|report| TaskStatus {
        task: report.task,
        pace: String::new(),
        next: None,
        edited: false,
        last: Some(report),
    }));
    Ok(ProfileStatus {
        name: settings.name.clone(),
        shop: settings.shop.url.clone(),
        unreadable: None,
        stopped: journal
            .stopped_profile(&settings.name)?
            .map(|(since, why)| Stopped { since, why }),
        running: None,
        tasks,
        orders: journal.order_counts(&settings.name)?,
        attention: journal.attention_count(&settings.name)?,
        stock_read_at: stock::memory::age(journal, &settings.name)?.map(|(oldest, _)| oldest),
    })
}

fn unreadable(name: String, why: ReportedFailure) -> ProfileStatus {
    ProfileStatus {
        name,
        shop: String::new(),
        unreadable: Some(why),
        stopped: None,
        running: None,
        tasks: Vec::new(),
        orders: BTreeMap::new(),
        attention: 0,
        stock_read_at: None,
    }
}

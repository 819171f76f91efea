//! The running agent: starts tasks when they are due, answers the command line and the screen,
//! and stops when asked.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{
    Action, Contact, Outcome, Workplace,
    events::Events,
    lock::Lock,
    logs,
    status::{self, Status, slots},
};
use crate::{
    failure::{Failure, Result},
    profile::store::of_disk,
    stop::Stop,
    sync::{Event, Observer, Task, schedule},
    text,
    text::Text,
};

/// How long runs get to finish their foreign call and commit after the wish to stop. What is cut
/// off then is found again at the next start, as after a power cut.
const STOPPING: Duration = Duration::from_secs(20);

/// How long those who watch get to hear the last events.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The agent of a data folder.
pub struct Agent {
    place: Workplace,
    events: Events,
    running: std::sync::Mutex<BTreeMap<String, Task>>,
    look_again: Notify,
    address: SocketAddr,
    /// All runs have ended, after the wish to stop.
    over: Stop,
    /// How many follow the events.
    followers: watch::Sender<usize>,
}

/// Somebody who follows the events; the agent waits for him to hear the last of them.
pub struct Follower<'a>(&'a watch::Sender<usize>);

impl Drop for Follower<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Agent {
    /// Runs until it is asked to stop, under the agent's lock; `ready` is told the address once
    /// the agent answers. `place` must tell its events to `events`; `answer` answers who connects,
    /// until the agent is asked to stop.
    ///
    /// # Errors
    /// The address cannot be used, or the data folder not written: `Misconfigured`.
    pub async fn serve<Answering>(
        place: Workplace,
        events: Events,
        lock: Lock,
        listen: SocketAddr,
        answer: impl FnOnce(TcpListener, Contact, Arc<Self>) -> Answering,
        ready: impl FnOnce(SocketAddr),
    ) -> Result<()>
    where
        Answering: Future<Output = ()> + Send + 'static,
    {
        let listener = bind(listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| occupied(listen, error))?;
        let contact = Contact::new(address);
        contact.publish(&place.data)?;
        let data = place.data.clone();
        let stop = place.stop.clone();
        let agent = Arc::new(Self {
            place,
            events,
            running: std::sync::Mutex::default(),
            look_again: Notify::new(),
            address,
            over: Stop::new(),
            followers: watch::Sender::new(0),
        });
        ready(address);
        let scheduler = tokio::spawn(agent.clone().keep_schedule());
        let answering = tokio::spawn(answer(listener, contact, agent.clone()));
        stop.asked().await;
        agent.events.tell(Event::Stopping {
            at: agent.place.clock.now(),
        });
        let all = async {
            let _ = scheduler.await;
            let _ = answering.await;
        };
        if tokio::time::timeout(STOPPING, all).await.is_err() {
            tracing::warn!("stopped in the middle of a foreign call");
        }
        // Who watches hears how the runs ended before the line is closed.
        agent.over.ask();
        let mut followers = agent.followers.subscribe();
        let gone = followers.wait_for(|count| *count == 0);
        let _ = tokio::time::timeout(LAST_WORDS, gone).await;
        Contact::withdraw(&data);
        drop(lock);
        Ok(())
    }

    /// The wish to stop.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        &self.place.stop
    }

    /// Waits until everything that ran has ended after the wish to stop: no event comes any more.
    pub async fn over(&self) {
        self.over.asked().await;
    }

    /// Somebody begins to follow the events.
    pub fn follower(&self) -> Follower<'_> {
        self.followers.send_modify(|count| *count += 1);
        Follower(&self.followers)
    }

    /// The event stream.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Does an action for a command or a screen.
    ///
    /// # Errors
    /// See [`Workplace::perform`].
    pub async fn perform(&self, action: Action) -> Result<Outcome> {
        let outcome = match action {
            Action::Run {
                profile,
                task,
                dry_run,
            } => {
                let report = Box::new(self.run(&profile, task, dry_run).await?);
                Ok(Outcome::Ran { report })
            }
            other => self.place.perform(other).await,
        };
        // A plan was changed, or a profile may go on.
        self.look_again.notify_one();
        outcome
    }

    /// How things are.
    ///
    /// # Errors
    /// The data folder or the journal cannot be read.
    pub fn status(&self) -> Result<Status> {
        let mut status = status::gather(
            &self.place.data,
            &self.place.journal,
            self.place.clock.now(),
        )?;
        status.agent = Some(self.address);
        let running = self.running();
        for profile in &mut status.profiles {
            profile.running = running.get(&profile.name).copied();
        }
        Ok(status)
    }

    async fn run(
        &self,
        profile: &str,
        task: Task,
        dry_run: bool,
    ) -> Result<crate::sync::RunReport> {
        let mine = self.mark(profile, task);
        let report = self.place.run(profile, task, dry_run).await;
        if mine {
            self.running().remove(profile);
        }
        report
    }

    /// Notes that a profile is running; false when it was already.
    fn mark(&self, profile: &str, task: Task) -> bool {
        let mut running = self.running();
        let free = !running.contains_key(profile);
        if free {
            running.insert(profile.to_owned(), task);
        }
        free
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Task>> {
        self.running
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Starts what is due, then looks at the clock again, at least every half minute.
    async fn keep_schedule(self: Arc<Self>) {
        let mut runs = JoinSet::new();
        let stop = self.place.stop.clone();
        let mut today = None;
        while !stop.is_asked() {
            let now = self.place.clock.now();
            let day = now.to_zoned(TimeZone::system()).date();
            if today.replace(day) != Some(day) {
                logs::erase_old(&self.place.data);
            }
            let mut next = Vec::new();
            for name in self.profile_names() {
                match self.due(&name, now, &mut next) {
                    Ok(Some(task)) => {
                        let agent = self.clone();
                        runs.spawn(async move { agent.run_planned(&name, task).await });
                    }
                    Ok(None) => {}
                    Err(failure) => tracing::warn!(profile = name, %failure, "not planned"),
                }
            }
            let wait = schedule::wait(next.into_iter(), now);
            tokio::select! {
                () = self.place.clock.sleep(wait) => {}
                () = self.look_again.notified() => {}
                () = stop.asked() => {}
            }
            while runs.try_join_next().is_some() {}
        }
        while runs.join_next().await.is_some() {}
    }

    fn profile_names(&self) -> Vec<String> {
        self.place
            .data
            .profiles()
            .names()
            .unwrap_or_else(|failure| {
                tracing::error!(%failure, "profiles cannot be listed");
                Vec::new()
            })
    }

    /// Settles a profile's slots and marks one task that is due as running. Moments still ahead
    /// are added to `next`.
    fn due(&self, name: &str, now: Timestamp, next: &mut Vec<Timestamp>) -> Result<Option<Task>> {
        let journal = &self.place.journal;
        let settings = self.place.settings(name)?;
        if journal.stopped_profile(name)?.is_some() {
            return Ok(None);
        }
        let zone = TimeZone::system();
        let kept = journal.next_runs(name)?;
        let mut slots = slots(journal, &settings, now)?;
        slots.sort_by_key(|slot| slot.next);
        let mut started = None;
        for mut slot in slots {
            if slot.is_due(now) && started.is_none() && self.mark(name, slot.task) {
                started = Some(slot.task);
                slot = slot.after_start(now, &zone);
            }
            if slot.next > now {
                next.push(slot.next);
            }
            if kept.get(slot.task.name()) != Some(&slot.kept()) {
                journal.keep_next_run(name, slot.task, &slot.kept())?;
            }
        }
        Ok(started)
    }

    async fn run_planned(&self, name: &str, task: Task) {
        if let Err(failure) = self.place.run(name, task, false).await {
            tracing::error!(profile = name, %task, %failure, "not run");
        }
        self.running().remove(name);
        // Another task of this profile may have been waiting for this one.
        self.look_again.notify_one();
    }
}

async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    if !listen.ip().is_loopback() {
        let address = listen.ip();
        return Err(Failure::misconfigured(
            "listen-beyond-this-pc",
            text!(
                "{address} is van buiten deze pc te bereiken; Winkelbrug luistert alleen op de pc zelf.",
                "{address} can be reached from beyond this PC; Winkelbrug listens on the PC itself only."
            ),
        )
        .hint(text!(
            "Kies een adres zoals 127.0.0.1:7414.",
            "Choose an address such as 127.0.0.1:7414."
        )));
    }
    TcpListener::bind(listen)
        .await
        .map_err(|error| occupied(listen, error))
}

fn occupied(listen: SocketAddr, error: std::io::Error) -> Failure {
    let Text { nl, en } = of_disk(&error);
    Failure::misconfigured(
        "listen-address",
        text!(
            "Op {listen} kan niet worden geluisterd: {nl}.",
            "{listen} cannot be listened on: {en}."
        ),
    )
    .hint(text!(
        "Kies een andere poort, bijvoorbeeld --listen 127.0.0.1:7415.",
        "Choose another port, for instance --listen 127.0.0.1:7415."
    ))
    .source(error)
}

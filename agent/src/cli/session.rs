//! One command at work: its screen, its data folder, and the way to whoever does the work.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{
    hints,
    progress::{self, Progress},
    screen::Screen,
};
use crate::{
    clock::SystemClock,
    failure::{Failure, Result},
    journal::Journal,
    profile::{DataDir, Vault},
    service::{Action, AgentClient, Contact, Outcome, Workplace, work::Connected},
    shop::deploy::Side,
    stop::Stop,
    sync::Observer,
    text,
};

/// A command at work.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its screen.
    pub screen: Screen,
    /// Its data folder.
    pub data: DataDir,
}

impl Session {
    /// On that data folder, or the user's own.
    ///
    /// # Errors
    /// The user has no folder of his own.
    pub fn new(screen: Screen, data: Option<PathBuf>) -> Result<Self> {
        let data = match data {
            Some(folder) => DataDir::new(folder),
            None => DataDir::of_this_user()?,
        };
        Ok(Self { screen, data })
    }

    /// The secrets of this data folder.
    #[must_use]
    pub fn vault(&self) -> Vault {
        Vault::new(&self.data)
    }

    /// The running agent, if one runs.
    ///
    /// # Errors
    /// The data folder cannot be read.
    pub fn agent(&self) -> Result<Option<AgentClient>> {
        Contact::find(&self.data)?.map(AgentClient::new).transpose()
    }

    /// Whoever typed a data folder meant one there is, unless he makes a profile in it: nothing is made in
    /// its place.
    ///
    /// # Errors
    /// Nothing of Winkelbrug's is there: `Misconfigured`, code `no-data`.
    pub fn has_data(&self) -> Result<()> {
        if self.screen.folder.is_none() || self.data.holds_anything() {
            return Ok(());
        }
        Err(self.no_data())
    }

    /// Nor is a folder that is not there made by the bare program or by `serve`: who mistyped it would have a
    /// second agent run on nothing, and `serve --stop` would leave the one he meant running.
    ///
    /// # Errors
    /// The folder is not there: `Misconfigured`, code `no-data`.
    pub fn has_folder(&self) -> Result<()> {
        if self.screen.folder.is_none() || self.data.path().exists() {
            return Ok(());
        }
        Err(self.no_data())
    }

    fn no_data(&self) -> Failure {
        let folder = self.data.path().display();
        Failure::misconfigured(
            "no-data",
            text!(
                "In de map {folder} staan geen gegevens van Winkelbrug.",
                "There is no Winkelbrug data in the folder {folder}."
            ),
        )
        .hint(text!(
            "Klopt de map achter --data-dir? Een nieuw profiel in deze map maakt u met: winkelbrug profile add --from BESTAND",
            "Is the folder behind --data-dir right? A new profile in this folder is made with: winkelbrug profile add --from FILE"
        ))
    }

    /// The journal, for looking.
    ///
    /// # Errors
    /// It cannot be opened; as [`Session::has_data`].
    pub fn journal(&self) -> Result<Journal> {
        self.has_data()?;
        self.data.make()?;
        Journal::open_read_only(self.data.path())
    }

    /// Looks at what a profile's shop said, as it is kept here.
    ///
    /// # Errors
    /// No such profile; as [`Session::journal`]; what the look itself meets.
    pub fn look<T>(&self, profile: &str, look: impl FnOnce(&Side<'_>) -> Result<T>) -> Result<T> {
        let settings = self.data.profiles().get(profile)?.settings;
        let (journal, secrets) = (self.journal()?, self.vault());
        look(&Side {
            settings: &settings,
            secrets: &secrets,
            journal: &journal,
            clock: Arc::new(SystemClock),
        })
    }

    /// A workplace of this command's own, where no agent runs.
    ///
    /// # Errors
    /// The data folder cannot be opened.
    pub fn workplace(&self, observer: Arc<dyn Observer>) -> Result<Workplace> {
        Workplace::open(
            &self.data,
            Arc::new(SystemClock),
            observer,
            Arc::new(Connected),
        )
    }

    /// Has the running agent do it, or does it here when none runs; shows how it gets on.
    ///
    /// # Errors
    /// As [`Session::has_data`]; what stopped it.
    pub async fn perform(&self, action: Action) -> Result<Outcome> {
        let profile = action.profile().to_owned();
        let mut answer = self.have_done(action).await;
        hints::answered(&mut answer, &profile);
        answer
    }

    async fn have_done(&self, action: Action) -> Result<Outcome> {
        let progress = Arc::new(Progress::new(self.screen));
        if let Some(agent) = self.agent()? {
            let follow = progress::follow(&agent, progress.clone());
            let outcome = tokio::select! {
                outcome = agent.perform(&action) => outcome,
                never = follow => match never {},
            };
            progress.clear();
            return outcome;
        }
        self.has_data()?;
        let place = self.workplace(progress.clone())?;
        stop_on_signal(place.stop.clone());
        let outcome = place.perform(action).await;
        progress.clear();
        outcome
    }
}

/// Longest a command may take to stop. What is cut off then is found again at the next run, as
/// after a power cut.
const STOPPING: Duration = Duration::from_secs(30);

/// Signals within this time are one wish.
const ONE_WISH: Duration = Duration::from_secs(1);

/// Ctrl-C, and SIGTERM where there is one, become the wish to stop; asked twice, the program ends
/// where it is.
pub fn stop_on_signal(stop: Stop) {
    tokio::spawn(async move {
        asked_by_system().await;
        stop.ask();
        // One wish can come as several signals: to the process and to its group.
        tokio::time::sleep(ONE_WISH).await;
        tokio::select! {
            () = asked_by_system() => {}
            () = tokio::time::sleep(STOPPING) => {}
        }
        std::process::exit(1);
    });
}

#[cfg(unix)]
async fn asked_by_system() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        // Without the handler SIGTERM still ends the process, and nothing is lost by that.
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// Ctrl-C and Ctrl-Break; the console's window is closed, the user logs off, the machine goes down.
/// Of the last three Windows ends the process some seconds later.
#[cfg(windows)]
async fn asked_by_system() {
    use tokio::signal::windows;
    let signals = (
        windows::ctrl_break(),
        windows::ctrl_close(),
        windows::ctrl_logoff(),
        windows::ctrl_shutdown(),
    );
    let (Ok(mut pause), Ok(mut close), Ok(mut logoff), Ok(mut shutdown)) = signals else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = pause.recv() => {}
        _ = close.recv() => {}
        _ = logoff.recv() => {}
        _ = shutdown.recv() => {}
    }
}

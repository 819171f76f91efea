//! `watch`: the running agent's events, live; finds the agent again when it was restarted.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;

use super::{
    exit::Exit,
    progress::Progress,
    run::{outcome_words, show_warnings},
    screen::Screen,
    session::{Session, stop_on_signal},
};
use crate::{
    failure::Result,
    stop::Stop,
    sync::{Event, Observer},
    text,
};

/// How often an agent that is gone is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) async fn run(session: &Session) -> Result<Exit> {
    session.has_data()?;
    let stop = Stop::new();
    stop_on_signal(stop.clone());
    tokio::select! {
        ended = follow(session) => ended,
        () = stop.asked() => Ok(Exit::Done),
    }
}

async fn follow(session: &Session) -> Result<Exit> {
    let screen = session.screen;
    let progress = Arc::new(Progress::new(screen));
    let mut told = false;
    loop {
        let events = match session.agent()? {
            Some(agent) => agent.events().await.ok(),
            None => None,
        };
        if let Some(mut events) = events {
            told = false;
            screen.remark(&text!(
                "Verbonden met Winkelbrug.",
                "Connected to Winkelbrug."
            ));
            while let Some(event) = events.next().await {
                show(screen, &progress, event);
            }
            progress.clear();
        } else if !told {
            told = true;
            screen.remark(&text!(
                "Winkelbrug draait niet; ik wacht tot het start (winkelbrug serve).",
                "Winkelbrug is not running; waiting for it to start (winkelbrug serve)."
            ));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn show(screen: Screen, progress: &Progress, event: Event) {
    if screen.json {
        screen.json_line(&event);
        return;
    }
    match &event {
        Event::RunStarted {
            at, profile, task, ..
        } => {
            let at = screen.moment(*at);
            screen.line(&format!("{at} {profile} {task} …"));
        }
        Event::RunEnded { report } => {
            progress.clear();
            let (at, outcome) = (screen.moment(report.ended), outcome_words(report.outcome));
            let (profile, task) = (&report.profile, report.task);
            screen.line(&format!(
                "{at} {profile} {task}: {}",
                screen.words(&outcome)
            ));
            show_warnings(screen, &report.warnings);
        }
        Event::Planned {
            profile,
            task,
            next,
        } => {
            let next = screen.moment(*next);
            screen.say(&text!(
                "{profile} {task}: volgende keer {next}",
                "{profile} {task}: next run {next}"
            ));
        }
        Event::Stopping { .. } => {
            screen.say(&text!("Winkelbrug stopt.", "Winkelbrug is stopping."))
        }
        Event::Progress { .. } | Event::Order { .. } | Event::Note { .. } => progress.tell(event),
    }
}

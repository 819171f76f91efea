//! `serve`: the scheduler and the local API in the foreground.

use std::{net::SocketAddr, sync::Arc};

use serde_json::json;

use super::{
    arguments,
    exit::Exit,
    log,
    session::{Session, stop_on_signal},
};
use crate::{
    clock::SystemClock,
    failure::{Failure, Result},
    service::{Agent, Contact, Workplace, events::Events, lock, work::Connected},
    text, web,
};

pub(super) async fn run(session: &Session, arguments: &arguments::Serve) -> Result<Exit> {
    session.has_folder()?;
    if arguments.stop {
        return stop(session).await;
    }
    let mut listen = address(&arguments.listen)?;
    if arguments.background {
        outlive_terminal();
        if std::net::TcpListener::bind(listen).is_err() {
            listen.set_port(0);
        }
    }
    session.data.make()?;
    // Before the journal is opened: a second agent must not even look at it.
    let lock = lock::agent(&session.data).await?;
    // What an agent that was killed left behind.
    Contact::withdraw(&session.data);
    let _log = log::begin(&session.data);
    let events = Events::default();
    let place = Workplace::open(
        &session.data,
        Arc::new(SystemClock),
        Arc::new(events.clone()),
        Arc::new(Connected),
    )?;
    stop_on_signal(place.stop.clone());
    let screen = session.screen;
    Agent::serve(place, events, lock, listen, web::serve, |address| {
        if screen.json {
            screen.json_line(&json!({"event": "listening", "address": address}));
        } else {
            screen.say(&text!(
                "Winkelbrug draait (http://{address}). Stoppen: Ctrl-C.",
                "Winkelbrug is running (http://{address}). Stop it with Ctrl-C."
            ));
        }
    })
    .await?;
    screen.say(&text!("Winkelbrug is gestopt.", "Winkelbrug has stopped."));
    Ok(Exit::Done)
}

/// Has the agent of this data folder stop, and waits until it has.
async fn stop(session: &Session) -> Result<Exit> {
    let Some(agent) = session.agent()? else {
        if session.screen.json {
            session.screen.json(&json!({"event": "not-running"}));
        } else {
            session.screen.say(&text!(
                "Winkelbrug draait niet.",
                "Winkelbrug is not running."
            ));
        }
        return Ok(Exit::Done);
    };
    agent.stop().await?;
    lock::agent_gone(&session.data).await?;
    if session.screen.json {
        session.screen.json(&json!({"event": "stopped"}));
    } else {
        session
            .screen
            .say(&text!("Winkelbrug is gestopt.", "Winkelbrug has stopped."));
    }
    Ok(Exit::Done)
}

/// The terminal it was started from may close: what it then sends is heard and not obeyed.
#[cfg(unix)]
fn outlive_terminal() {
    use tokio::signal::unix::{SignalKind, signal};
    if let Ok(mut hangup) = signal(SignalKind::hangup()) {
        tokio::spawn(async move { while hangup.recv().await.is_some() {} });
    }
}

/// Started without a console, it hears nothing of one.
#[cfg(not(unix))]
fn outlive_terminal() {}

fn address(typed: &str) -> Result<SocketAddr> {
    typed
        .replace("localhost", "127.0.0.1")
        .parse()
        .map_err(|_| {
            Failure::misconfigured(
                "listen-address",
                text!(
                    "{typed} is geen adres met poort.",
                    "{typed} is no address with a port."
                ),
            )
            .hint(text!(
                "Schrijf bijvoorbeeld 127.0.0.1:7414.",
                "Write for instance 127.0.0.1:7414."
            ))
        })
}

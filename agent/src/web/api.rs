//! The local API: do an action, tell how things are, follow what happens.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    failure::Failure,
    service::{Action, Agent, client::Answer},
    sync::{Event, report::ReportedFailure},
};

/// All its addresses.
pub fn router(agent: Arc<Agent>) -> Router {
    Router::new()
        .route("/api/actions", post(perform))
        .route("/api/stop", post(stop))
        .route("/api/status", get(status))
        .route("/api/events", any(events))
        .with_state(agent)
}

/// Does an action. It goes on when the caller hangs up.
async fn perform(State(agent): State<Arc<Agent>>, Json(action): Json<Action>) -> Json<Answer> {
    let done = tokio::spawn(async move { agent.perform(action).await }).await;
    Json(match done {
        Ok(Ok(outcome)) => Answer::Done(outcome),
        Ok(Err(failure)) => Answer::Failed(ReportedFailure::from(&failure)),
        Err(_) => Answer::Failed(ReportedFailure::from(&broken())),
    })
}

fn broken() -> Failure {
    Failure::bug(
        "agent-broken",
        crate::text!(
            "Winkelbrug is hier zelf op vastgelopen; het logboek zegt waar.",
            "Winkelbrug itself broke down on this; the log says where."
        ),
    )
}

/// The wish to stop, as from Ctrl-C.
async fn stop(State(agent): State<Arc<Agent>>) -> Json<()> {
    agent.stop().ask();
    Json(())
}

async fn status(State(agent): State<Arc<Agent>>) -> Response {
    match agent.status() {
        Ok(status) => Json(status).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "no status");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn events(State(agent): State<Arc<Agent>>, upgrade: WebSocketUpgrade) -> Response {
    // Listening begins before the caller is told that it does.
    let events = agent.events().listen();
    upgrade.on_upgrade(move |socket| follow(socket, events, agent))
}

/// Sends every event as one line of JSON until the listener leaves or the agent has stopped: how
/// the runs end that were going on when it was asked to is heard too.
async fn follow(mut socket: WebSocket, mut events: Receiver<Event>, agent: Arc<Agent>) {
    let _follower = agent.follower();
    loop {
        let event = tokio::select! {
            // What was told before the end is sent before the end.
            biased;
            event = events.recv() => event,
            message = socket.recv() => match message {
                Some(Ok(_)) => continue,
                _ => return,
            },
            () = agent.over() => break,
        };
        match event {
            Ok(event) => {
                let Ok(text) = serde_json::to_string(&event) else {
                    continue;
                };
                if socket.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
            // Events were lost to a slow listener; it goes on with the next.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => break,
        }
    }
    let _ = socket.send(Message::Close(None)).await;
}

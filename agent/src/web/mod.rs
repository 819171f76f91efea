//! The running agent's face on this PC: the local API and the event stream. Only loopback, only
//! with the token, only when asked by its own name.

mod api;
mod guard;

use std::{future::IntoFuture, sync::Arc};

use tokio::net::TcpListener;

use crate::service::{Agent, Contact};

/// Answers until the agent is asked to stop.
pub async fn serve(listener: TcpListener, contact: Contact, agent: Arc<Agent>) {
    let stop = agent.stop().clone();
    let router = api::router(agent).layer(axum::middleware::from_fn_with_state(
        Arc::new(contact),
        guard::check,
    ));
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(async move { stop.asked().await })
        .into_future()
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the local API stopped");
    }
}

//! The connection itself: time-outs, certificates, how much is read, and what it means when it
//! breaks.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, header::RETRY_AFTER, redirect::Policy};

use super::refusal::{Answer, Attempt};
use crate::{
    failure::{Failure, Result},
    outward::system_tls,
    text,
    text::Text,
};

/// To connect.
const CONNECT: Duration = Duration::from_secs(15);
/// Most bytes of an answer: 500 orders with their lines stay well below.
const BODY_CAP: usize = 64 << 20;

/// A client for SnelStart's hosts; `loopback` leaves out the system's proxy.
///
/// # Errors
/// The TLS library offers no protocol version: a fault of the build.
pub fn client(loopback: bool, patience: Duration) -> Result<Client> {
    let tls = system_tls().map_err(|error| not_set_up().source(error))?;
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("Winkelbrug/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(patience)
        .pool_idle_timeout(Duration::from_secs(30));
    let builder = if loopback {
        builder.no_proxy()
    } else {
        builder
    };
    builder.build().map_err(|error| not_set_up().source(error))
}

fn not_set_up() -> Failure {
    Failure::bug(
        "http-client",
        text!(
            "De verbinding met SnelStart kan niet worden opgezet",
            "The connection to SnelStart cannot be set up"
        ),
    )
}

/// Sends and reads whole.
///
/// # Errors
/// No connection, or it broke: transient; the outcome of a write is unknown once it was sent.
pub async fn send(request: RequestBuilder, attempt: Attempt) -> Result<Answer> {
    let mut response = request
        .send()
        .await
        .map_err(|error| broken(attempt, error))?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| broken(attempt, error))?
    {
        if body.len() + chunk.len() > BODY_CAP {
            return Err(super::refusal::unreadable(attempt));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        retry_after,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn broken(attempt: Attempt, error: reqwest::Error) -> Failure {
    // The address may carry a filter with a customer's data.
    let error = error.without_url();
    let unsent = error.is_connect() || error.is_builder();
    let (code, nl, en) = if unsent {
        (
            "snelstart-unreachable",
            "SnelStart is niet te bereiken voor",
            "SnelStart cannot be reached for",
        )
    } else if error.is_timeout() {
        (
            "snelstart-timeout",
            "SnelStart antwoordt niet op tijd bij",
            "SnelStart does not answer in time about",
        )
    } else {
        (
            "connection-lost",
            "De verbinding met SnelStart viel weg bij",
            "The connection to SnelStart was lost with",
        )
    };
    let failure = Failure::transient(
        code,
        Text {
            nl: format!("{nl} {}", attempt.nl),
            en: format!("{en} {}", attempt.en),
        },
    )
    .hint(text!(
        "Controleer de internetverbinding; er wordt vanzelf opnieuw geprobeerd.",
        "Check the internet connection; it is tried again by itself."
    ))
    .source(error)
    .no_connection();
    if attempt.write && !unsent {
        failure.outcome_unknown()
    } else {
        failure
    }
}

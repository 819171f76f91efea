//! The coupling page of SnelStart Web as a stub: the customer approves at once, and the partner's
//! webhook hears of the connection key, once, without retry or signature (SnelStart B2B v2, section
//! "Coupling and the webhook").

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    Simulator,
    answer::Answer,
    gateway::{Office, lock, read_query, respond},
    json::{Json, object},
};

/// Path of the page; the last part is the partner's `appShortName`.
pub const PATH: &str = "/couplings/activate/{app}";

/// Longest reference key the page takes.
const LONGEST_REFERENCE: usize = 500;

/// Where the partner hears of keys.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its address.
    pub url: String,
    /// How the names of the three texts are written; both ways are documented.
    pub casing: Casing,
}

/// Casing of the webhook's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Casing {
    /// `KoppelSleutel`, `ActionType`, `ReferenceKey`.
    Upper,
    /// `koppelSleutel`, `actionType`, `referenceKey`.
    Lower,
}

/// What happened to a coupling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouplingAction {
    /// Made.
    Create,
    /// The key was made anew.
    Regenerate,
    /// Ended.
    Delete,
}

impl Simulator {
    /// Sets where the partner hears of keys.
    pub fn set_webhook(&self, webhook: Webhook) {
        *lock(&self.office.webhook) = Some(webhook);
    }

    /// Address of the coupling page of an app, without query.
    #[must_use]
    pub fn coupling_url(&self, app: &str) -> String {
        format!("http://{}{}", self.auth, PATH.replace("{app}", app))
    }

    /// Tells the webhook of a change of the key, once. Returns its status; none when it could not be
    /// reached or no webhook is set.
    pub async fn announce(&self, action: CouplingAction, reference: &str) -> Option<u16> {
        announce(&self.office, action, reference).await
    }
}

/// GET of the page.
pub async fn page(State(office): State<Arc<Office>>, request: Request) -> Response {
    let query = read_query(request.uri().query().unwrap_or_default());
    let reference = query.get("referenceKey").unwrap_or_default();
    if reference.is_empty() || reference.chars().count() > LONGEST_REFERENCE {
        return respond(Answer::html(400));
    }
    // Delivered or not, the page goes on: nothing is tried again.
    let _ = announce(&office, CouplingAction::Create, reference).await;
    let target = query
        .get("successUrl")
        .and_then(|url| HeaderValue::from_str(url).ok());
    let Some(target) = target else {
        return respond(Answer::html(200));
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, target);
    response
}

async fn announce(office: &Office, action: CouplingAction, reference: &str) -> Option<u16> {
    let webhook = lock(&office.webhook).clone()?;
    let body = message(
        &webhook,
        &lock(&office.keys).connection(),
        action,
        reference,
    );
    // Already installed by whoever came first: fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().ok()?;
    let request = client
        .post(&webhook.url)
        .header("Content-Type", "application/json");
    let response = request.body(body.to_string()).send().await.ok()?;
    Some(response.status().as_u16())
}

fn message(webhook: &Webhook, key: &str, action: CouplingAction, reference: &str) -> Json {
    let action = format!("{action:?}");
    match webhook.casing {
        Casing::Upper => {
            object! { "KoppelSleutel": key, "ActionType": action, "ReferenceKey": reference }
        }
        Casing::Lower => {
            object! { "koppelSleutel": key, "actionType": action, "referenceKey": reference }
        }
    }
}

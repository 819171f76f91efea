//! Speaks to the running agent.

use std::{future::ready, time::Duration};

use axum::http::header;
use futures_util::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};

use super::{Action, Contact, Outcome, status::Status};
use crate::{
    failure::{Failure, Result},
    sync::{Event, report::ReportedFailure},
    text,
};

/// How long connecting on this PC may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The agent's answer to an action.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It was done.
    Done(Outcome),
    /// It failed.
    Failed(ReportedFailure),
}

/// The running agent as seen from another process.
#[derive(Debug, Clone)]
pub struct AgentClient {
    contact: Contact,
    http: reqwest::Client,
}

impl AgentClient {
    /// Speaks to the agent at that contact.
    ///
    /// # Errors
    /// No client can be made: `Bug`.
    pub fn new(contact: Contact) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| {
                Failure::bug(
                    "agent-client",
                    text!(
                        "Er kan niet met Winkelbrug worden gesproken.",
                        "Winkelbrug cannot be spoken to."
                    ),
                )
                .source(error)
            })?;
        Ok(Self { contact, http })
    }

    /// Has the agent do it. Takes as long as it takes.
    ///
    /// # Errors
    /// What the agent says, or `Transient` when it cannot be reached.
    pub async fn perform(&self, action: &Action) -> Result<Outcome> {
        let request = self.http.post(self.url("actions")).json(action);
        match self.answer(request).await? {
            Answer::Done(outcome) => Ok(outcome),
            Answer::Failed(failure) => Err(failure.into()),
        }
    }

    /// How things are.
    ///
    /// # Errors
    /// As [`AgentClient::perform`].
    pub async fn status(&self) -> Result<Status> {
        self.answer(self.http.get(self.url("status"))).await
    }

    /// Has it stop. It finishes the foreign call it is in.
    ///
    /// # Errors
    /// As [`AgentClient::perform`].
    pub async fn stop(&self) -> Result<()> {
        self.answer(self.http.post(self.url("stop"))).await
    }

    /// What happens from now on, until the agent stops.
    ///
    /// # Errors
    /// As [`AgentClient::perform`].
    pub async fn events(&self) -> Result<BoxStream<'static, Event>> {
        let address = self.contact.address;
        let mut request = format!("ws://{address}/api/events")
            .into_client_request()
            .map_err(no_stream)?;
        if let Ok(token) = format!("Bearer {}", self.contact.token).parse() {
            request.headers_mut().insert(header::AUTHORIZATION, token);
        }
        let (stream, _) = tokio_tungstenite::connect_async(request)
            .await
            .map_err(no_stream)?;
        Ok(stream
            .take_while(|message| ready(message.is_ok()))
            .filter_map(|message| {
                let event = message
                    .ok()
                    .and_then(|message| serde_json::from_str(message.to_text().ok()?).ok());
                ready(event)
            })
            .boxed())
    }

    fn url(&self, what: &str) -> String {
        format!("http://{}/api/{what}", self.contact.address)
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T> {
        let response = request
            .bearer_auth(&self.contact.token)
            .send()
            .await
            .map_err(no_answer)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Failure::bug(
                "agent-refused",
                text!(
                    "Winkelbrug antwoordt met {status}.",
                    "Winkelbrug answers {status}."
                ),
            ));
        }
        response.json().await.map_err(no_answer)
    }
}

fn no_stream(error: tungstenite::Error) -> Failure {
    not_answering().source(error)
}

/// Nobody there, or somebody who hung up: then what was asked may have been done or not.
fn no_answer(error: reqwest::Error) -> Failure {
    if error.is_connect() {
        return not_answering().source(error);
    }
    Failure::transient(
        "agent-gone",
        text!(
            "De Winkelbrug die dit deed is onderweg gestopt.",
            "The Winkelbrug that was doing this stopped on the way."
        ),
    )
    .hint(text!(
        "Geef de opdracht nog eens: wat al gedaan was, wordt teruggevonden en niet dubbel gedaan. Start Winkelbrug weer met: winkelbrug",
        "Give the command again: what was done already is found and not done twice. Start Winkelbrug again with: winkelbrug"
    ))
    .source(error)
}

fn not_answering() -> Failure {
    Failure::transient(
        "agent-unreachable",
        text!(
            "Winkelbrug draait, maar antwoordt niet.",
            "Winkelbrug is running but does not answer."
        ),
    )
    .hint(text!(
        "Probeer het nog eens; helpt dat niet, stop Winkelbrug dan en start het opnieuw.",
        "Try again; if that does not help, stop Winkelbrug and start it again."
    ))
    .no_connection()
}

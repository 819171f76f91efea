//! Public registers for tests: VIES and the ECB's rates, with knobs for how they misbehave.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

/// What VIES does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vies {
    /// Numbers that were added are valid, all others are not.
    #[default]
    Answers,
    /// The member state's own register is out of order.
    StateUnavailable,
    /// It answers 500.
    Down,
    /// It answers something that is no JSON.
    Garbled,
    /// It refuses the asker's own number.
    RefusesAsker,
}

#[derive(Debug, Default)]
struct Knobs {
    vies: Vies,
    holders: BTreeMap<String, String>,
    asked: Vec<Value>,
    rates: Option<String>,
    rates_asked: usize,
}

/// The registers, on a port of their own until they are dropped.
#[derive(Debug)]
pub struct Registers {
    address: String,
    knobs: Arc<Mutex<Knobs>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Registers {
    /// Starts them.
    ///
    /// # Errors
    /// No port is free.
    pub fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = format!("http://{}", listener.local_addr()?);
        let knobs = Arc::new(Mutex::new(Knobs::default()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let shared = Arc::clone(&knobs);
        let thread = std::thread::Builder::new()
            .name("registers".to_owned())
            .spawn(move || serve(listener, shared, stopped))?;
        Ok(Self {
            address,
            knobs,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// `vat.vies_url`
    #[must_use]
    pub fn vies_url(&self) -> String {
        format!("{}/check-vat-number", self.address)
    }

    /// `vat.ecb_url`
    #[must_use]
    pub fn ecb_url(&self) -> String {
        format!("{}/eurofxref-hist-90d.xml", self.address)
    }

    /// What VIES does from now on.
    pub fn vies(&self, does: Vies) {
        lock(&self.knobs).vies = does;
    }

    /// Somebody holds that number.
    pub fn holds(&self, number: &str, name: &str) {
        lock(&self.knobs)
            .holders
            .insert(number.to_owned(), name.to_owned());
    }

    /// What VIES was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.knobs).asked.clone()
    }

    /// The ECB publishes so many units of a currency for one euro on that day.
    pub fn publishes(&self, day: &str, currency: &str, rate: &str) {
        lock(&self.knobs).rates = Some(format!(
            "<?xml version=\"1.0\"?><gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\">\
             <Cube><Cube time=\"{day}\"><Cube currency=\"{currency}\" rate=\"{rate}\"/></Cube></Cube>\
             </gesmes:Envelope>"
        ));
    }

    /// How often the ECB was asked.
    #[must_use]
    pub fn rates_asked(&self) -> usize {
        lock(&self.knobs).rates_asked
    }
}

impl Drop for Registers {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Shared = Arc<Mutex<Knobs>>;

fn lock(knobs: &Mutex<Knobs>) -> MutexGuard<'_, Knobs> {
    knobs.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(
    listener: std::net::TcpListener,
    knobs: Shared,
    stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return;
    };
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
            return;
        };
        let router = Router::new()
            .route("/check-vat-number", post(check))
            .route("/eurofxref-hist-90d.xml", get(rates))
            .with_state(knobs);
        let served = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let _ = served.await;
    });
}

async fn check(State(knobs): State<Shared>, Json(question): Json<Value>) -> Response {
    let mut knobs = lock(&knobs);
    knobs.asked.push(question.clone());
    let text = |name: &str| {
        question
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let problem = |error: &str| {
        Json(json!({"actionSucceed": false, "errorWrappers": [{"error": error}]})).into_response()
    };
    let own = !text("requesterNumber").is_empty();
    match knobs.vies {
        Vies::Answers => {}
        Vies::StateUnavailable => return problem("MS_UNAVAILABLE"),
        Vies::Down => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Vies::Garbled => return "<html>".into_response(),
        Vies::RefusesAsker if own => return problem("INVALID_REQUESTER_INFO"),
        Vies::RefusesAsker => {}
    }
    let number = format!("{}{}", text("countryCode"), text("vatNumber"));
    let name = knobs.holders.get(&number);
    let consultation = if own { "WAPIAAAAY5x" } else { "" };
    Json(json!({
        "countryCode": text("countryCode"),
        "vatNumber": text("vatNumber"),
        "requestDate": "2026-11-26T04:00:00.000Z",
        "valid": name.is_some(),
        "requestIdentifier": consultation,
        "name": name.map_or("---", String::as_str),
        "address": "---",
    }))
    .into_response()
}

async fn rates(State(knobs): State<Shared>) -> Response {
    let mut knobs = lock(&knobs);
    knobs.rates_asked += 1;
    match &knobs.rates {
        Some(rates) => rates.clone().into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

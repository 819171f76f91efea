//! A web server between the agent and a shop that counts what passes, and can behave as what
//! stands in front of real shops does: redirect, answer with a page of its own, lose an answer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::oneshot;

/// What the relay does with a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// Hands it on, and the answer back.
    #[default]
    Pass,
    /// Answers with a redirect to that address, as a host does that forces `www` or `https`.
    Redirect(String),
    /// Answers with a status and a page.
    Page(u16, String),
    /// Hands the request on and cuts the answer after so many bytes.
    Cut(usize),
    /// Hands the request on and changes one byte in the middle of the answer.
    Alter,
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Path and query.
    pub path: String,
    /// Bytes of the request's body.
    pub sent: usize,
    /// Bytes of the answer's body, as they crossed the wire.
    pub received: usize,
    /// Status.
    pub status: u16,
}

#[derive(Debug)]
struct Inner {
    target: String,
    client: reqwest::Client,
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Vec<Exchange>>,
}

/// A running relay; gone when dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    inner: Arc<Inner>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Stands in front of `target` (`http://127.0.0.1:<port>/`).
    ///
    /// # Errors
    /// No port is free.
    pub fn start(target: &str) -> Result<Self> {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let inner = Arc::new(Inner {
            target: target.trim_end_matches('/').to_owned(),
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_gzip()
                .no_proxy()
                .build()?,
            behaviour: Mutex::default(),
            seen: Mutex::default(),
        });
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self {
            address,
            inner,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:<port>/`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Behaves so from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *locked(&self.inner.behaviour) = behaviour;
    }

    /// What passed since the last time this was asked.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Exchange> {
        std::mem::take(&mut locked(&self.inner.seen))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let behaviour = locked(&inner.behaviour).clone();
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    match behaviour {
        Behaviour::Redirect(to) => {
            let to = format!("{}{path}", to.trim_end_matches('/'));
            (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response()
        }
        Behaviour::Page(status, page) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (
                status,
                [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                page,
            )
                .into_response()
        }
        passing => hand_on(&inner, request, path, &passing)
            .await
            .unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response()),
    }
}

async fn hand_on(
    inner: &Inner,
    request: Request,
    path: String,
    behaviour: &Behaviour,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await?;
    let sent = body.len();
    let answer = inner
        .client
        .request(parts.method, format!("{}{path}", inner.target))
        .headers(without_connection(&parts.headers))
        .body(body)
        .send()
        .await
        .context("the shop does not answer")?;
    let status = answer.status();
    let headers = without_connection(answer.headers());
    let mut bytes = answer.bytes().await?.to_vec();
    locked(&inner.seen).push(Exchange {
        path,
        sent,
        received: bytes.len(),
        status: status.as_u16(),
    });
    let middle = bytes.len() / 2;
    if *behaviour == Behaviour::Alter
        && let Some(byte) = bytes.get_mut(middle)
    {
        *byte ^= 1;
    }
    let body = match behaviour {
        Behaviour::Cut(at) => {
            bytes.truncate(*at);
            let broken = std::io::Error::other("cut");
            Body::from_stream(futures_util::stream::iter([
                Ok(Bytes::from(bytes)),
                Err(broken),
            ]))
        }
        _ => Body::from(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Headers that go along: not those of the one connection, nor the length of a body that may be cut.
fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
    ] {
        kept.remove(name);
    }
    kept
}

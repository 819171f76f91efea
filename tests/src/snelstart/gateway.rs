//! The way of a request: gateway (subscription key, limits), token, scope, trouble armed by a test,
//! operation, answer. The work itself runs in a task of its own, so that a client that gives up
//! does not undo what the books already did.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
    routing::get,
};
use jiff::Timestamp;

use super::{
    answer::{Answer, Refusal, refused},
    auth::{self, Keys, Refused, TOKEN_PATH},
    clock::MovableClock,
    collection::Query,
    coupling::{self, Webhook},
    faults::{Faults, Plain, Verdict},
    json::Json,
    knobs::Knobs,
    limits::{self, Counters},
    listener::Scissors,
    log::{Log, Logged, Outcome},
    openapi::{Definition, Violation},
    routes::{self, Call},
    world::World,
};

/// Everything behind both hosts.
pub struct Office {
    /// The administration, and writes that take effect later.
    pub books: Mutex<Books>,
    /// The switches.
    pub knobs: Mutex<Knobs>,
    /// Armed trouble.
    pub faults: Mutex<Faults>,
    /// Keys and tokens.
    pub keys: Mutex<Keys>,
    /// Requests.
    pub log: Mutex<Log>,
    /// Calls counted by the gateway.
    pub counters: Mutex<Counters>,
    /// Requests that do not match the definition.
    pub violations: Mutex<Vec<Violation>>,
    /// The API's definition, where it is there.
    pub definition: Option<Definition>,
    /// Where a partner hears of connection keys.
    pub webhook: Mutex<Option<Webhook>>,
    /// The clock.
    pub clock: MovableClock,
}

/// The administration and what is still on its way into it.
pub struct Books {
    /// What it holds now.
    pub world: World,
    late: Vec<(Timestamp, Work)>,
}

impl Books {
    /// Books without anything on its way.
    pub fn new(world: World) -> Books {
        Books {
            world,
            late: Vec::new(),
        }
    }
}

/// A request without its connection.
#[derive(Clone)]
struct Work {
    method: String,
    path: String,
    query: Query,
    body: Option<Json>,
}

/// Locks, also after a panic elsewhere: a test that failed must not hide others' findings.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Office {
    /// The books, with everything that has become due carried out.
    pub fn open_books(&self) -> MutexGuard<'_, Books> {
        let now = self.clock.now();
        let knobs = lock(&self.knobs).clone();
        let mut books = lock(&self.books);
        let (due, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut books.late)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        books.late = rest;
        for (at, work) in due {
            // Whether it succeeds nobody hears any more.
            let _ = serve(&mut books.world, &knobs, at, &work);
        }
        books
    }
}

/// Router of the API host; everything below `/v2`.
pub fn api(office: Arc<Office>) -> Router {
    Router::new()
        .fallback(api_request)
        .layer(DefaultBodyLimit::max(20 * 1024 * 1024))
        .with_state(office)
}

/// Router of the token host.
pub fn auth(office: Arc<Office>) -> Router {
    Router::new()
        .route(coupling::PATH, get(coupling::page))
        .fallback(token_request)
        .with_state(office)
}

async fn api_request(
    State(office): State<Arc<Office>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
    let task = tokio::spawn(async move {
        let path = parts
            .uri
            .path()
            .strip_prefix("/v2")
            .unwrap_or("/?")
            .to_string();
        let query = read_query(parts.uri.query().unwrap_or_default());
        let number = note(&office, parts.method.as_str(), &path, &query, &body);
        let latency = lock(&office.knobs).latency;
        let entered = enter(&office, &parts.headers, &query);
        let reply = match entered {
            Err(answer) => Reply::Now(answer),
            Ok(()) => {
                let text = std::str::from_utf8(&body)
                    .ok()
                    .filter(|t| !t.trim().is_empty());
                let parsed = text.map(Json::parse);
                let work = Work {
                    method: parts.method.to_string(),
                    path,
                    query,
                    body: parsed.clone().and_then(Result::ok),
                };
                check(&office, number, &work, &parts.headers, text.is_some());
                let unreadable = matches!(parsed, Some(Err(_)));
                let reply = handle(&office, &work, &parts.headers, unreadable);
                wait(latency).await;
                let reply = reply.settled().await;
                lock(&office.counters).leave();
                reply
            }
        };
        finish(&office, number, reply, &scissors).await
    });
    task.await.unwrap_or_else(|_| respond(Answer::html(500)))
}

async fn token_request(
    State(office): State<Arc<Office>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
    let task = tokio::spawn(async move {
        let path = parts.uri.path().to_string();
        let number = note(
            &office,
            parts.method.as_str(),
            &path,
            &Query::default(),
            &Bytes::new(),
        );
        let reply = token_reply(&office, &parts.method, &parts.headers, &path, &body);
        let reply = reply.settled().await;
        finish(&office, number, reply, &scissors).await
    });
    task.await.unwrap_or_else(|_| respond(Answer::html(500)))
}

fn token_reply(
    office: &Office,
    method: &axum::http::Method,
    headers: &HeaderMap,
    path: &str,
    body: &Bytes,
) -> Reply {
    if path != TOKEN_PATH || method != axum::http::Method::POST {
        return Reply::Now(Answer::html(404));
    }
    let verdict = {
        let mut books = office.open_books();
        lock(&office.faults).strike("POST", path, &mut books.world)
    };
    let form = header_text(headers, header::CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let answer = || {
        let fields = if form {
            read_query(&String::from_utf8_lossy(body)).0
        } else {
            Vec::new()
        };
        let knobs = lock(&office.knobs).clone();
        let now = office.clock.now();
        lock(&office.keys).token(&fields, now, knobs.token_life, knobs.new_token_ends_old)
    };
    Reply::of(office, verdict, headers, answer)
}

/// What goes back, and after how long.
enum Reply {
    Now(Answer),
    After(Duration, Answer),
    Cut(Duration),
}

impl Reply {
    /// Carries a verdict out around the work.
    fn of(
        office: &Office,
        verdict: Option<Verdict>,
        headers: &HeaderMap,
        work: impl FnOnce() -> Answer,
    ) -> Reply {
        let bearer = header_text(headers, "authorization");
        match verdict {
            None => Reply::Now(work()),
            Some(Verdict::CutBefore) => Reply::Cut(Duration::ZERO),
            Some(Verdict::CutAfter) => {
                work();
                Reply::Cut(Duration::ZERO)
            }
            Some(Verdict::StatusBefore(status, after)) => Reply::After(after, broken(status)),
            Some(Verdict::StatusAfter(status, after)) => {
                work();
                Reply::After(after, broken(status))
            }
            Some(Verdict::Late(_, status, after)) => match status {
                Some(status) => Reply::After(after, broken(status)),
                None => Reply::Cut(after),
            },
            Some(Verdict::Slow(by)) => Reply::After(by, work()),
            Some(Verdict::Plain(plain)) => Reply::Now(plain_answer(plain)),
            Some(Verdict::TokenDies) => {
                lock(&office.keys).end_token(bearer);
                Reply::Now(work())
            }
            Some(Verdict::ConnectionKeyRevoked) => {
                lock(&office.keys).set_connection_valid(false);
                Reply::Now(work())
            }
            Some(Verdict::SubscriptionExpired) => {
                lock(&office.keys).set_subscription_valid(false);
                Reply::Now(Answer::gateway(401, auth::INVALID_SUBSCRIPTION))
            }
        }
    }

    /// Waits where it has to.
    async fn settled(self) -> Reply {
        match self {
            Reply::Now(answer) => Reply::Now(answer),
            Reply::After(time, answer) => {
                wait(time).await;
                Reply::Now(answer)
            }
            Reply::Cut(time) => {
                wait(time).await;
                Reply::Cut(Duration::ZERO)
            }
        }
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

async fn finish(office: &Office, number: usize, reply: Reply, scissors: &Scissors) -> Response {
    match reply {
        Reply::Now(answer) | Reply::After(_, answer) => {
            lock(&office.log).close(number, Outcome::Answered(answer.status));
            respond(answer)
        }
        Reply::Cut(_) => {
            lock(&office.log).close(number, Outcome::Cut);
            scissors.cut();
            respond(Answer::empty(200))
        }
    }
}

/// A status without sense behind it, as proxies send it.
fn broken(status: u16) -> Answer {
    let text = StatusCode::from_u16(status)
        .ok()
        .and_then(|s| s.canonical_reason());
    Answer::gateway(status, text.unwrap_or("Error"))
}

fn plain_answer(plain: Plain) -> Answer {
    match plain {
        Plain::Empty => Answer::empty(400),
        Plain::Html => Answer::html(400),
        Plain::HtmlOk => Answer::html(200),
        Plain::TooMany(seconds) => limits::too_many(seconds),
        Plain::Quota => limits::quota(754),
    }
}

/// The gateway's part: subscription key, then the limits.
fn enter(office: &Office, headers: &HeaderMap, query: &Query) -> Result<(), Answer> {
    let header = header_text(headers, "ocp-apim-subscription-key");
    let key = header.or_else(|| query.get("subscription-key"));
    if let Err(Refused::Subscription(text)) = lock(&office.keys).admit_subscription(key) {
        return Err(Answer::gateway(401, text));
    }
    let knobs = lock(&office.knobs).clone();
    lock(&office.counters).enter(office.clock.now(), &knobs)
}

/// Token, scope, trouble, operation.
fn handle(office: &Office, work: &Work, headers: &HeaderMap, unreadable: bool) -> Reply {
    let mut books = office.open_books();
    let knobs = lock(&office.knobs).clone();
    let now = office.clock.now();
    let verdict = lock(&office.faults).strike(&work.method, &work.path, &mut books.world);
    if let Some(Verdict::Late(effect, ..)) = verdict
        && let Ok(at) = now.saturating_add(effect)
    {
        books.late.push((at, work.clone()));
    }
    Reply::of(office, verdict, headers, || {
        let bearer = header_text(headers, "authorization");
        let scopes = routes::find(&work.method, &work.path).map_or(&[][..], |(r, _)| r.scopes);
        let admitted = lock(&office.keys).admit_token(bearer, scopes, now);
        match admitted {
            Err(Refused::Scope) => refused(403, "Insufficient scope for this operation.", &knobs),
            Err(_) => refused(
                401,
                "Unauthorized. Access token is missing or invalid.",
                &knobs,
            ),
            Ok(()) if unreadable => {
                Refusal::code("ALG-0106", "De aanvraag bevat geen geldige gegevens.").answer(&knobs)
            }
            Ok(()) => serve(&mut books.world, &knobs, now, work),
        }
    })
}

/// Serves one operation on the books.
fn serve(world: &mut World, knobs: &Knobs, now: Timestamp, work: &Work) -> Answer {
    let Some((route, path)) = routes::find(&work.method, &work.path) else {
        let status = if routes::path_is_known(&work.path) {
            405
        } else {
            404
        };
        return Answer::message(
            status,
            "No HTTP resource was found that matches the request URI.",
        );
    };
    let body = work.body.clone().unwrap_or_default();
    let query = work.query.clone();
    let path = path.iter().map(|part| decode(part, false)).collect();
    let mut call = Call {
        world,
        knobs,
        now,
        path,
        query,
        body,
    };
    (route.serve)(&mut call).unwrap_or_else(|refusal| refusal.answer(knobs))
}

/// Notes what does not match the API's definition.
fn check(office: &Office, number: usize, work: &Work, headers: &HeaderMap, has_body: bool) {
    let Some(definition) = &office.definition else {
        return;
    };
    let body = work.body.as_ref();
    let mut found = definition.check(&work.method, &work.path, &work.query, body);
    let kind = header_text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let json = kind.starts_with("application/json") || kind.starts_with("text/json");
    if has_body && !json {
        found.push(format!("content type {kind:?} is not JSON"));
    }
    let endpoint = format!("{} {}", work.method, work.path);
    let found = found.into_iter().map(|what| Violation {
        request: number,
        endpoint: endpoint.clone(),
        what,
    });
    lock(&office.violations).extend(found);
}

fn note(office: &Office, method: &str, path: &str, query: &Query, body: &Bytes) -> usize {
    let endpoint = match routes::find(method, path) {
        Some((route, _)) => format!("{method} {}", route.path),
        None if path == TOKEN_PATH => format!("{method} {path}"),
        None => format!("{method} ?"),
    };
    let shown = query.0.iter().map(|(name, value)| {
        let hidden = name.eq_ignore_ascii_case("subscription-key");
        format!("{name}={}", if hidden { "***" } else { value })
    });
    let query = shown.collect::<Vec<_>>().join("&");
    lock(&office.log).note(Logged {
        number: 0,
        at: office.clock.now(),
        method: method.to_string(),
        path: path.to_string(),
        query,
        endpoint,
        body: String::from_utf8_lossy(body).into_owned(),
        outcome: Outcome::Open,
    })
}

async fn read_body(body: Body) -> Bytes {
    axum::body::to_bytes(body, 20 * 1024 * 1024)
        .await
        .unwrap_or_default()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Query options or form fields, decoded. A `+` is a space: an unencoded key breaks on it.
pub fn read_query(text: &str) -> Query {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name, true), decode(value, true))
    });
    Query(pairs.collect())
}

fn decode(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) if plus_is_space => bytes.push(b' '),
            _ => bytes.push(byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer as HTTP.
pub fn respond(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !answer.content_type.is_empty() {
        let kind = HeaderValue::from_static(answer.content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if let Some(seconds) = answer.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

//! A small bridge in Rust: checks requests as the real one does, answers truly, and then lets a
//! test spoil the answer.

use std::{
    collections::HashSet,
    fmt::Debug,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
    serve::Listener,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use winkelbrug_protocol::{
    REFUSAL,
    answer::Next,
    key::{FileKeys, UploadKeys},
    operation::Position,
    request::{Gate, HEADER_KEY, HEADER_NONCE, HEADER_SIGNATURE, HEADER_TIME, Request as Signed},
    seal::{self, Seal},
};

/// What a test does with the true answer: number of the request (from 1), its operation, the bytes.
pub type Spoil = dyn Fn(usize, &str, Vec<u8>) -> Response<Body> + Send + Sync;

pub struct Bridge {
    pub url: String,
    pub keys: UploadKeys,
    inner: Arc<Inner>,
}

struct Inner {
    keys: FileKeys,
    skew: i64,
    spoil: Box<Spoil>,
    seen: Mutex<HashSet<String>>,
    asked: Mutex<Vec<Value>>,
    headers: Mutex<Vec<HeaderMap>>,
    shop: Mutex<Value>,
    most_heads: AtomicU64,
    most_bodies: AtomicUsize,
}

/// The true answer, as it is.
pub fn true_answer(_: usize, _: &str, bytes: Vec<u8>) -> Response<Body> {
    reply(200, bytes)
}

pub fn reply(status: u16, bytes: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/x-ndjson")
        .body(bytes.into())
        .unwrap()
}

impl Bridge {
    pub async fn start(
        keys: UploadKeys,
        skew: i64,
        spoil: impl Fn(usize, &str, Vec<u8>) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        Self::serve(keys, skew, spoil, url, listener)
    }

    /// A bridge that answers truly behind that listener.
    pub fn behind(listener: impl Listener<Addr: Debug>, url: String, keys: UploadKeys) -> Self {
        Self::serve(keys, 0, true_answer, url, listener)
    }

    fn serve(
        keys: UploadKeys,
        skew: i64,
        spoil: impl Fn(usize, &str, Vec<u8>) -> Response<Body> + Send + Sync + 'static,
        url: String,
        listener: impl Listener<Addr: Debug>,
    ) -> Self {
        let inner = Arc::new(Inner {
            keys: keys.file_keys(),
            skew,
            spoil: Box::new(spoil),
            seen: Mutex::default(),
            asked: Mutex::default(),
            headers: Mutex::default(),
            shop: Mutex::new(json!({
                "name": "Winkel", "url": "https://winkel.example/", "host": "winkel.example",
                "database": "d1"
            })),
            most_heads: AtomicU64::new(5000),
            most_bodies: AtomicUsize::new(1000),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, keys, inner }
    }

    /// Bodies of the requests that came, in order.
    pub fn asked(&self) -> Vec<Value> {
        self.inner.asked.lock().unwrap().clone()
    }

    /// Operations that came, in order.
    pub fn operations(&self) -> Vec<String> {
        let asked = self.asked();
        asked
            .iter()
            .map(|body| body["op"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    pub fn headers(&self) -> Vec<HeaderMap> {
        self.inner.headers.lock().unwrap().clone()
    }

    /// A file that refuses to be asked for more heads than these.
    pub fn admits_heads(&self, most: u64) {
        self.inner.most_heads.store(most, Ordering::Relaxed);
    }

    /// A file that refuses to be asked for more bodies than these.
    pub fn admits_bodies(&self, most: usize) {
        self.inner.most_bodies.store(most, Ordering::Relaxed);
    }

    /// From now on another shop answers.
    pub fn change_shop(&self, field: &str, value: &str) {
        self.inner.shop.lock().unwrap()[field] = json!(value);
    }
}

async fn answer(
    State(bridge): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method == Method::GET {
        return reply(200, format!("<html>you are at {uri}</html>"));
    }
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let request = Signed {
        key_id: text(HEADER_KEY),
        time: text(HEADER_TIME),
        nonce: text(HEADER_NONCE),
        signature: text(HEADER_SIGNATURE),
        body: body.to_vec(),
    };
    let number = {
        let mut asked = bridge.asked.lock().unwrap();
        asked.push(serde_json::from_slice(&body).unwrap_or_default());
        bridge.headers.lock().unwrap().push(headers.clone());
        asked.len()
    };
    let now = jiff::Timestamp::now().as_second() + bridge.skew;
    let (op, bytes) = match request.check(&bridge.keys, now) {
        Gate::Refused => return reply(403, REFUSAL),
        Gate::Clock => return reply(403, seal::clock(&bridge.keys, &request, now)),
        Gate::Open => {
            if !bridge.seen.lock().unwrap().insert(request.nonce.clone()) {
                return reply(403, seal::replay(&bridge.keys, &request));
            }
            serve(&bridge, &request)
        }
    };
    (bridge.spoil)(number, &op, bytes)
}

fn serve(bridge: &Inner, request: &Signed) -> (String, Vec<u8>) {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let op = body["op"].as_str().unwrap().to_owned();
    let args = &body["args"];
    let seal = Seal::new(&bridge.keys, request, &op);
    let bytes = match op.as_str() {
        "hello" => seal
            .record(&hello(&bridge.shop.lock().unwrap()))
            .page(None),
        "orders"
            if args["limit"].as_u64() > Some(bridge.most_heads.load(Ordering::Relaxed)) =>
        {
            seal.error("bad-arguments", "limit")
        }
        "orders"
            if args["ids"]
                .as_array()
                .is_some_and(|ids| ids.len() > bridge.most_bodies.load(Ordering::Relaxed)) =>
        {
            seal.error("bad-arguments", "ids")
        }
        "orders" => orders(seal, args),
        "stock_read" => stock(seal, args),
        "stock_set" => args["rows"]
            .as_array()
            .unwrap()
            .iter()
            .fold(seal, |seal, row| {
                seal.record(&json!({
                    "key": row["key"], "outcome": "done", "before": row["read"], "after": row["target"]
                }))
            })
            .page(None),
        _ => seal.error("unknown-op", &op),
    };
    (op, bytes)
}

fn hello(shop: &Value) -> Value {
    json!({
        "bridge": "winkelbrug-bridge", "version": "0.1.0", "digest": "f00d", "platform": "opencart",
        "platform_version": "3.0.5.1", "php": "8.2", "database_driver": "mysqli",
        "database_version": "10.11", "table_prefix": "oc_", "shop": shop, "other_reader": null,
        "operations": [], "capabilities": [], "stock_decimals": 0,
        "limits": {"seconds": 10, "memory": 1000}, "time_zone": "Europe/Amsterdam",
        "time_zone_source": "setting", "currency": "EUR", "now": "2026-01-01T00:00:00Z",
        "counts": {"orders": 1, "abandoned": 0, "products": 1, "customers": 1}
    })
}

/// Heads: three pages of two. Bodies: two at a time (of many: a hundred), order `gone` missing, `odd` unreadable;
/// instead of `stranger` another comes, with more behind it.
fn orders(seal: Seal<'_>, args: &Value) -> Vec<u8> {
    let Some(ids) = args["ids"].as_array() else {
        let after: u64 = args["after"]["id"]
            .as_str()
            .map_or(0, |id| id.parse().unwrap());
        let seal = (after + 1..=after + 2).fold(seal, |seal, id| {
            seal.record(&json!({
                "id": id.to_string(), "changed_at": "2026-01-01T00:00:00Z", "stamp": "s", "hash": "h"
            }))
        });
        let next = (after + 2 < 6).then(|| {
            Next::Position(Position {
                stamp: "s".to_owned(),
                id: (after + 2).to_string(),
            })
        });
        return seal.page(next);
    };
    if ids.iter().any(|id| id == "stranger") {
        let seal = seal.record(&json!({"id": "99"}));
        return seal.page(Some(Next::Key("x".to_owned())));
    }
    let here: Vec<&Value> = ids.iter().filter(|id| *id != "gone").collect();
    let few = if here.len() > 10 { 100 } else { 2 };
    let seal = here
        .iter()
        .take(few)
        .fold(seal, |seal, id| seal.record(&json!({"id": id})));
    seal.page((here.len() > few).then(|| Next::Key("x".to_owned())))
}

fn stock(seal: Seal<'_>, args: &Value) -> Vec<u8> {
    let after: u64 = args["after"]
        .as_str()
        .map_or(0, |key| key[2..].parse().unwrap());
    let seal = (after + 1..=after + 3).fold(seal, |seal, n| {
        seal.record(&json!({
            "key": format!("p:{n}"), "code": format!("A{n}"), "sku": null, "name": "x",
            "quantity": n.to_string(), "tracked": true, "parent": null
        }))
    });
    seal.page((after + 3 < 9).then(|| Next::Key(format!("p:{}", after + 3))))
}

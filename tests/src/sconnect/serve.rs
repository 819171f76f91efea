//! The API itself: each request is checked against what is known of it, then answered as the knobs
//! say.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp, civil};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    World,
    knobs::{Charset, Counting, Echo, Flavour, Numbering, PastEnd, Start, Trouble},
    shared::{Shared, lock},
};
use crate::snelstart::listener::Scissors;

/// Most bytes of a request.
const BODY: usize = 8 << 20;

struct Asked {
    method: Method,
    command: String,
    query: BTreeMap<String, String>,
    body: Bytes,
}

pub(super) async fn answer(
    State(shared): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY).await.unwrap_or_default();
    let query: BTreeMap<String, String> = parts
        .uri
        .query()
        .map(|query| {
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect()
        })
        .unwrap_or_default();
    let asked = Asked {
        command: query.get("command").cloned().unwrap_or_default(),
        method: parts.method.clone(),
        query,
        body,
    };
    let mut world = lock(&shared);
    if parts.uri.path() != world.path {
        return plain(
            404,
            "text/html",
            "<html>Niet gevonden</html>".into(),
            world.knobs.clock,
        );
    }
    let count = world.asked.entry(asked.command.clone()).or_default();
    *count += 1;
    let count = *count;
    if let Some(at) = world
        .hooks
        .iter()
        .position(|hook| hook.command == asked.command && hook.nth == count)
    {
        let hook = world.hooks.remove(at);
        (hook.then)(&mut world);
    }
    let trouble = world
        .troubles
        .iter()
        .position(|(command, nth, _)| {
            (command.is_empty() || *command == asked.command) && nth.is_none_or(|nth| nth == count)
        })
        .map(|at| match world.troubles[at].1 {
            Some(_) => world.troubles.remove(at).2,
            None => world.troubles[at].2.clone(),
        });
    let clock = world.knobs.clock;
    match &trouble {
        Some(Trouble::Answer(status, kind, body)) => {
            return plain(*status, kind, body.clone().into_bytes(), clock);
        }
        Some(Trouble::Redirect(to)) => {
            return Response::builder()
                .status(302)
                .header("location", to)
                .body(Body::empty())
                .unwrap_or_default();
        }
        Some(Trouble::Dropped) => {
            scissors.cut();
            return Response::default();
        }
        _ => {}
    }
    if !world.admits(
        &asked,
        &parts.headers,
        parts.uri.query().unwrap_or_default(),
    ) {
        return plain(403, "application/json", Vec::new(), clock);
    }
    let (status, value) = world.perform(&asked);
    let (kind, mut bytes) = encoded(&value, world.knobs.charset);
    match trouble {
        Some(Trouble::Lost) => scissors.cut(),
        Some(Trouble::Truncated(length)) => bytes.truncate(length),
        _ => {}
    }
    plain(status, kind, bytes, clock)
}

fn plain(status: u16, kind: &str, body: Vec<u8>, clock: i64) -> Response {
    let now = Timestamp::now() + SignedDuration::from_secs(clock);
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::OK))
        .header("content-type", kind)
        .header(
            "date",
            now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        )
        .body(Body::from(body))
        .unwrap_or_default()
}

fn encoded(value: &Value, charset: Charset) -> (&'static str, Vec<u8>) {
    let text = value.to_string();
    let latin = || {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect()
    };
    match charset {
        Charset::Utf8 => ("application/json", text.into_bytes()),
        Charset::Marked => ("application/json", format!("\u{feff}{text}").into_bytes()),
        Charset::Latin1 => ("application/json; charset=ISO-8859-1", latin()),
        Charset::Latin1Unsaid => ("application/json", latin()),
    }
}

impl World {
    /// Checks the request against the API, and whether the plug-in lets it in.
    fn admits(&mut self, asked: &Asked, headers: &axum::http::HeaderMap, query: &str) -> bool {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let mut wrong = Vec::new();
        for name in [
            "x-sfs-parameter",
            "x-sfs-time",
            "x-sfs-requestcounter",
            "x-sfs-signature",
        ] {
            if header(name).is_none() {
                wrong.push(format!("no {name}"));
            }
        }
        let text = |name: &str| header(name).unwrap_or_default();
        let (time, counter) = (text("x-sfs-time"), text("x-sfs-requestcounter"));
        if time.parse::<civil::DateTime>().is_err() {
            wrong.push(format!("X-SFS-Time {time:?}"));
        }
        let counter: i64 = counter.parse().unwrap_or_else(|_| {
            wrong.push(format!("X-SFS-RequestCounter {counter:?}"));
            0
        });
        let rest: Vec<&str> = query
            .split('&')
            .filter(|part| !part.starts_with("command="))
            .collect();
        if text("x-sfs-parameter") != rest.join("&") {
            wrong.push("X-SFS-Parameter is not the query".to_owned());
        }
        wrong.extend(asked.faults());
        if self.counters.last().is_some_and(|last| *last >= counter) {
            self.fallen_back += 1;
        }
        self.counters.push(counter);
        self.violations.extend(
            wrong
                .into_iter()
                .map(|what| format!("{}: {what}", asked.command)),
        );
        let signed = format!(
            "{}|{}|{}|{}|{time}|{counter}",
            self.token,
            asked.method,
            asked.command,
            text("x-sfs-parameter")
        );
        // The counter is looked at, and kept, before the signature.
        if counter <= self.counter {
            return false;
        }
        if self.knobs.counting == Counting::Stored {
            self.counter = counter;
        }
        STANDARD.encode(Sha256::digest(signed)) == text("x-sfs-signature")
    }

    fn perform(&mut self, asked: &Asked) -> (u16, Value) {
        match asked.command.as_str() {
            "koppeling_maken" => (200, self.introduction()),
            "orders" => (200, self.orders(asked)),
            "voorraad" => {
                let stock: Vec<Value> = self
                    .stock
                    .iter()
                    .map(|(code, count)| {
                        let count = count.map_or(json!(""), |count| json!(count.to_string()));
                        json!({"Artikelcode": code, "Aantal": count})
                    })
                    .collect();
                (200, self.page(asked, self.knobs.stock, stock))
            }
            "artikelen" => {
                let articles = self.articles.clone();
                (200, self.page(asked, self.knobs.stock, articles))
            }
            "voorraad_bijwerken" => self.set_stock(&asked.body),
            "artikelen_bijwerken" => self.set_articles(&asked.body),
            _ => (403, Value::Null),
        }
    }

    fn introduction(&self) -> Value {
        let naam = match self.knobs.flavour {
            Flavour::Magento => "SConnect.API.Magento",
            Flavour::WooCommerce => "SConnect.API.WooCommerce",
        };
        json!({
            "api_informatie": {"naam": naam, "omschrijving": "Café", "bedrijf": "-",
                "copyright": "-", "version": "2.0.2.2"},
            "api_configuratie": {"methoden": self.knobs.commands, "voorraad_bijhouden": "1",
                "voorraad_decimalen": 0},
        })
    }

    fn orders(&self, asked: &Asked) -> Value {
        let from = asked
            .query
            .get("vanaf_datum_tijd")
            .cloned()
            .unwrap_or_default();
        if from.is_empty() || from == "0" {
            return json!({"aantal": 0, "data": []});
        }
        let from = match self.knobs.start {
            Start::Ignored => None,
            Start::UnixSeconds => from.parse::<i64>().ok(),
            Start::DateTime => from
                .replacen(' ', "T", 1)
                .parse::<civil::DateTime>()
                .ok()
                .and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok())
                .map(|at| at.timestamp().as_second()),
        };
        let mut listed: Vec<&super::Listed> = self
            .listed
            .iter()
            .filter(|listed| from.is_none_or(|from| listed.at >= from))
            .collect();
        listed.sort_by_key(|listed| listed.at);
        if self.knobs.newest_first {
            listed.reverse();
        }
        let orders = listed
            .into_iter()
            .map(|listed| listed.order.clone())
            .collect();
        self.page(asked, self.knobs.orders, orders)
    }

    fn page(&self, asked: &Asked, numbering: Numbering, all: Vec<Value>) -> Value {
        let number = |name: &str, default: usize| {
            asked
                .query
                .get(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let size = number("aantal", 20).min(self.knobs.cap).max(1);
        let start = number("start", 0);
        let page = match numbering {
            Numbering::FromZero => start,
            Numbering::FromOne => start.saturating_sub(1),
            Numbering::StrictlyFromOne if start == 0 => usize::MAX / size - 1,
            Numbering::StrictlyFromOne => start - 1,
        };
        let last = all.len().saturating_sub(1) / size;
        let strict = numbering == Numbering::StrictlyFromOne && start == 0;
        let page = if page > last && self.knobs.past_end == PastEnd::LastAgain && !strict {
            last
        } else {
            page
        };
        let total = all.len();
        let records: Vec<Value> = all.into_iter().skip(page * size).take(size).collect();
        let count = if self.knobs.flavour == Flavour::WooCommerce && asked.command == "orders" {
            total
        } else {
            records.len()
        };
        if self.knobs.gaps && !records.is_empty() {
            let gaps: serde_json::Map<String, Value> = records
                .into_iter()
                .enumerate()
                .map(|(n, record)| ((n * 2).to_string(), record))
                .collect();
            return json!({"aantal": count, "data": gaps});
        }
        json!({"aantal": count, "data": records})
    }

    fn set_stock(&mut self, body: &[u8]) -> (u16, Value) {
        let rows = rows(body);
        let mut echoed = Vec::new();
        for row in rows {
            let code = row["Artikelcode"].as_str().unwrap_or_default().to_owned();
            let count: Option<Decimal> = match &row["Aantal"] {
                Value::String(text) => text.parse().ok(),
                other => other.to_string().parse().ok(),
            };
            let known = self
                .stock
                .iter_mut()
                .find(|(known, kept)| *known == code && kept.is_some());
            let written = match (known, count) {
                (Some(place), Some(count)) if !self.stuck.contains(&code) => {
                    place.1 = Some(count);
                    self.stock_writes.push((code.clone(), count));
                    true
                }
                _ => false,
            };
            let said = match self.knobs.echo {
                Echo::All => true,
                Echo::Written => written,
                Echo::Nothing => false,
            };
            if said {
                echoed.push(json!({"Artikelcode": code, "Aantal": row["Aantal"]}));
            }
        }
        if echoed.is_empty() {
            return (200, json!({"data": ""}));
        }
        (200, json!({"data": echoed}))
    }

    fn set_articles(&mut self, body: &[u8]) -> (u16, Value) {
        let mut taken = Vec::new();
        for row in rows(body) {
            let code = row["Artikelcode"].as_str().unwrap_or_default();
            if code.is_empty() || self.stuck.iter().any(|stuck| stuck == code) {
                continue;
            }
            self.articles.retain(|known| known["Artikelcode"] != code);
            self.articles.push(row.clone());
            taken.push(json!({"Artikelcode": code}));
        }
        (200, json!({"data": taken, "aantal": taken.len()}))
    }
}

fn rows(body: &[u8]) -> Vec<Value> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body["data"].as_array().cloned().unwrap_or_default()
}

impl Asked {
    /// What of it is not as the API says.
    fn faults(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let posts = matches!(
            self.command.as_str(),
            "voorraad_bijwerken" | "artikelen_bijwerken"
        );
        let lists = matches!(self.command.as_str(), "orders" | "voorraad" | "artikelen");
        let method = if posts { Method::POST } else { Method::GET };
        if self.method != method {
            wrong.push(format!("method {}", self.method));
        }
        if !posts && !lists && self.command != "koppeling_maken" {
            wrong.push("no such command".to_owned());
        }
        let known = ["command", "start", "aantal", "vanaf_datum_tijd"];
        wrong.extend(
            self.query
                .keys()
                .filter(|name| !known.contains(&name.as_str()))
                .map(|name| format!("query {name}")),
        );
        for name in ["start", "aantal"] {
            let whole = self
                .query
                .get(name)
                .is_some_and(|n| n.parse::<u32>().is_ok());
            if lists && !whole {
                wrong.push(format!("no {name}"));
            }
        }
        if self.command == "orders" && !self.query.contains_key("vanaf_datum_tijd") {
            wrong.push("no vanaf_datum_tijd".to_owned());
        }
        if posts {
            let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
            let rows = rows(&self.body);
            if body["aantal"].as_u64() != Some(rows.len() as u64) {
                wrong.push("aantal is not the number of records".to_owned());
            }
            if rows.iter().any(|row| {
                row["Artikelcode"]
                    .as_str()
                    .is_none_or(|code| code.trim().is_empty())
            }) {
                wrong.push("a record without Artikelcode".to_owned());
            }
        } else if !self.body.is_empty() {
            wrong.push("a body".to_owned());
        }
        wrong
    }
}

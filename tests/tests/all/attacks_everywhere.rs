//! What an attacker may try, at every platform's recorded shop: each reads other tables and files, so
//! each has its own way to say too much.

mod secrets;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::OnceLock,
};

use serde_json::{Value, json};
use testbed::{
    bridge_file::PlacedBridge, hosted::RecordedShop, opencart::shared_folder, platform::Platform,
    servers::PhpOptions,
};
use tokio::sync::{Mutex, MutexGuard};
use winkelbrug_protocol::{
    REFUSAL,
    answer::{Next, Reading},
    key::Variant,
};

use self::secrets::{MARKER, mark};

/// A recorded shop full of markers, with the bridge in it.
struct Target {
    platform: Platform,
    shop: RecordedShop,
    bridge: PlacedBridge,
    marked: usize,
}

/// Each platform's shop, loaded once; tests take turns with it.
async fn targets() -> Vec<MutexGuard<'static, Target>> {
    static TARGETS: OnceLock<Vec<Mutex<Target>>> = OnceLock::new();
    let all = TARGETS.get_or_init(|| {
        let Some(shared) = shared_folder().unwrap() else {
            return Vec::new();
        };
        Platform::ALL
            .into_iter()
            .map(|platform| Mutex::new(Target::new(platform, &shared)))
            .collect()
    });
    let mut taken = Vec::new();
    for target in all {
        taken.push(target.lock().await);
    }
    taken
}

impl Target {
    fn new(platform: Platform, shared: &Path) -> Self {
        let shop = platform.start(shared).unwrap();
        let marked = mark(platform, &shop);
        let bridge = platform
            .bridge(Variant::Ecdsa)
            .unwrap()
            .place(&shop)
            .unwrap();
        Self {
            platform,
            shop,
            bridge,
            marked,
        }
    }

    /// Checksums of all tables but the bridge's own.
    fn tables(&self) -> BTreeMap<String, String> {
        let database = self.shop.database();
        let names = database
            .query("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
            .unwrap();
        let names: Vec<String> = names
            .iter()
            .filter(|row| !row[0].contains("winkelbrug"))
            .map(|row| format!("`{}`", row[0]))
            .collect();
        database
            .query(&format!("CHECKSUM TABLE {}", names.join(", ")))
            .unwrap()
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect()
    }

    /// All pages of an operation, as they crossed the wire.
    async fn everything(&self, op: &str, mut args: Value) -> Vec<String> {
        let mut pages = Vec::new();
        loop {
            let request = self.bridge.request(op, &args).unwrap();
            let told = self.bridge.send(&request).await.unwrap();
            let Reading::Answer(answer) = self.bridge.read(&request, op, &told).unwrap() else {
                panic!("{:?} {op}: {told:?}", self.platform);
            };
            pages.push(String::from_utf8(told.body).unwrap());
            match answer.end.next {
                Some(Next::Position(position)) => {
                    args["after"] = serde_json::to_value(position).unwrap();
                }
                Some(Next::Key(key)) => args["after"] = json!(key),
                None => return pages,
            }
        }
    }

    /// Every operation that reads, with all there is to read.
    async fn read_all(&self) -> Vec<String> {
        let mut said = Vec::new();
        for (op, args) in [
            ("hello", json!({})),
            ("lookups", json!({})),
            ("orders", json!({})),
            ("totals", json!({"from": "2000-01-01"})),
            ("products", json!({})),
            ("customers", json!({})),
            ("stock_read", json!({})),
        ] {
            said.extend(self.everything(op, args).await);
        }
        let ids: Vec<String> = said
            .iter()
            .flat_map(|page| page.lines())
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line["hash"].is_string() && line["stamp"].is_string())
            .map(|head| head["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(ids.len() > 35, "{:?}: {} orders", self.platform, ids.len());
        for some in ids.chunks(100) {
            said.extend(self.everything("orders", json!({"ids": some})).await);
        }
        for number in &ids[..5] {
            said.extend(self.everything("order", json!({"number": number})).await);
        }
        said
    }
}

/// Files with their times, sizes and modes.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let data = entry.metadata().unwrap();
            if data.is_dir() {
                folders.push(entry.path());
            }
            let what = format!(
                "{:?} {} {:?}",
                data.modified().unwrap(),
                data.len(),
                data.permissions()
            );
            found.insert(entry.path().display().to_string(), what);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_everything_writes_nothing_and_shows_no_secret_of_any_platform() {
    for target in targets().await {
        let platform = target.platform;
        assert!(target.marked >= 10, "{platform:?}: {}", target.marked);
        // The first request makes the bridge's own table.
        target.bridge.page("hello", json!({})).await.unwrap();
        let (tables, files_before) = (target.tables(), files(target.shop.account()));
        let said = target.read_all().await;
        for page in &said {
            if let Some(at) = page.find(MARKER) {
                let from = page[..at]
                    .char_indices()
                    .rev()
                    .nth(300)
                    .map_or(0, |(at, _)| at);
                panic!("{platform:?}: {}", &page[from..at + MARKER.len()]);
            }
        }
        let length: usize = said.iter().map(String::len).sum();
        assert!(length > 100_000, "{platform:?}: {length}");
        // What may be seen is: the search above looks where people are.
        assert!(said.iter().any(|page| page.contains("@example.")));
        assert_eq!(target.tables(), tables, "{platform:?}");
        assert_eq!(files(target.shop.account()), files_before, "{platform:?}");
    }
}

const EVIL: &[&str] = &[
    "'",
    "\\'",
    "1' OR '1'='1",
    "\u{bf5c}' OR 1=1 -- ",
    "1; DROP TABLE orders; -- ",
    "1 UNION SELECT user_pass FROM wp_users",
    "%' OR '%'='",
    "x` WHERE 1=1 -- ",
    "{orders}",
    "?",
    "../../../../etc/passwd",
    "php://filter/resource=config.php",
    "\0",
    "O:8:\"stdClass\":0:{}",
    "$(id)",
    "`id`",
    "{{BRIDGE_ID}}",
    "2026-01-01T00:00:00Z' AND SLEEP(9) -- ",
];

/// Arguments that each operation takes, with something hostile in the place of one.
fn hostile(evil: &str) -> Vec<(&'static str, Value)> {
    let id = "ab".repeat(16);
    vec![
        ("order", json!({"number": evil})),
        ("orders", json!({"since": evil})),
        ("orders", json!({"ids": [evil]})),
        ("orders", json!({"after": {"stamp": evil, "id": "1"}})),
        (
            "orders",
            json!({"after": {"stamp": "2026-01-01 00:00:00", "id": evil}}),
        ),
        ("totals", json!({"from": evil})),
        ("products", json!({"since": evil})),
        (
            "products",
            json!({"after": {"stamp": "2026-01-01 00:00:00", "id": evil}}),
        ),
        ("customers", json!({"since": evil})),
        (
            "customers",
            json!({"after": {"stamp": "2026-01-01 00:00:00", "id": evil}}),
        ),
        ("stock_read", json!({"keys": [evil]})),
        ("stock_read", json!({"after": evil})),
        ("stock_set", json!({"idempotency": evil, "rows": []})),
        (
            "stock_set",
            json!({"idempotency": id, "rows": [{"key": evil, "read": "1", "target": "2"}]}),
        ),
        (
            "stock_set",
            json!({"idempotency": id, "rows": [{"key": "p:1", "read": evil, "target": evil}]}),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_arguments_with_a_right_signature_stay_arguments_on_every_platform() {
    for target in targets().await {
        let platform = target.platform;
        target.bridge.page("hello", json!({})).await.unwrap();
        let (tables, files_before) = (target.tables(), files(target.shop.account()));
        for evil in EVIL {
            for (op, args) in hostile(evil) {
                let request = target.bridge.request(op, &args).unwrap();
                let told = target.bridge.send(&request).await.unwrap();
                match target.bridge.read(&request, op, &told).unwrap() {
                    Reading::Answer(answer) => {
                        let found: Vec<&str> = answer.records().collect();
                        assert!(
                            found.is_empty() || ["stock_set", "stock_read"].contains(&op),
                            "{platform:?} {op} {args}: {found:?}"
                        );
                        // A key that names nothing is a row that says so, and no figure.
                        assert!(
                            found.iter().all(|row| row.contains("missing")
                                || row.contains("unknown")
                                || row.contains("error")
                                || row.contains("null")),
                            "{platform:?} {op} {args}: {found:?}"
                        );
                    }
                    Reading::Error(error) => {
                        assert_eq!(error.code, "bad-arguments", "{platform:?} {op} {args}");
                    }
                    other => panic!("{platform:?} {op} {args}: {other:?}"),
                }
            }
        }
        assert_eq!(target.tables(), tables, "{platform:?}");
        assert_eq!(files(target.shop.account()), files_before, "{platform:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_platform_has_an_operation_that_is_not_listed() {
    for target in targets().await {
        for op in [
            "sql",
            "query",
            "exec",
            "file_get",
            "Main::run",
            "__construct",
            "",
            "phpinfo",
            "lookups\0",
        ] {
            let code = target.bridge.error(op, json!({})).await;
            assert!(
                code.as_ref()
                    .is_ok_and(|code| code == "unknown-op" || code == "bad-request"),
                "{:?} {op}: {code:?}",
                target.platform
            );
        }
        let more = json!({"table": "users", "columns": "*"});
        for op in [
            "hello",
            "lookups",
            "orders",
            "products",
            "customers",
            "totals",
            "stock_read",
            "order",
        ] {
            assert_eq!(
                target.bridge.error(op, more.clone()).await.unwrap(),
                "bad-arguments",
                "{:?} {op}",
                target.platform
            );
        }
    }
}

/// The shop's own credentials and secrets, as its configuration file has them.
fn credentials(target: &Target) -> Vec<String> {
    let database = target.shop.database();
    vec![
        database.name.clone(),
        database.user.clone(),
        database.password.clone(),
        database.server().port().to_string(),
        "00112233445566778899aabbccddeeff".to_owned(),
        MARKER.to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_file_holds_no_credential_of_the_shop_and_nothing_to_sign_with() {
    for target in targets().await {
        let text = std::fs::read_to_string(&target.bridge.path).unwrap();
        // A port of few digits is in any text.
        for secret in credentials(&target)
            .iter()
            .filter(|secret| secret.len() > 5)
        {
            assert!(
                !text.contains(secret.as_str()),
                "{:?}: {secret}",
                target.platform
            );
        }
        let own: Value = serde_json::from_str(&target.bridge.keys.to_secret()).unwrap();
        let private = own["request"].as_str().unwrap();
        assert!(
            private.len() >= 64 && !text.contains(private),
            "{:?}",
            target.platform
        );
        assert!(text.contains(&target.bridge.keys.file_keys().public_key()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_opens_the_file_sees_the_refusal_and_nothing_else_behind_any_web_server() {
    let mut shown: HashMap<&str, Vec<(String, Vec<String>)>> = HashMap::new();
    for target in targets().await {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let plain = || {
            PhpOptions::default()
                .ini("display_errors", "1")
                .ini("display_startup_errors", "1")
                .ini("html_errors", "1")
                .ini("expose_php", "On")
                .ini("error_reporting", "32767")
        };
        for (server, php) in [
            ("built in", plain()),
            ("nginx", plain().nginx()),
            ("apache", plain().apache()),
        ] {
            target.shop.restart_web(&php).unwrap();
            let url = &target.bridge.url;
            let requests = [
                http.get(url),
                http.get(format!("{url}?phpinfo=1&op=hello&XDEBUG_SESSION=1")),
                http.post(url).body("{\"v\":1,\"op\":\"hello\"}"),
                http.post(url).form(&[("op", "hello"), ("token", "1")]),
                http.request(reqwest::Method::OPTIONS, url),
            ];
            for request in requests {
                let response = request.send().await.unwrap();
                let status = response.status().as_u16();
                let mut headers: Vec<String> = response
                    .headers()
                    .iter()
                    .filter(|(name, _)| !["date", "host"].contains(&name.as_str()))
                    .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                    .collect();
                headers.sort();
                let text = response.text().await.unwrap();
                assert_eq!(
                    (status, text.as_str()),
                    (403, REFUSAL),
                    "{:?} {server}",
                    target.platform
                );
                assert!(
                    !headers
                        .iter()
                        .any(|header| header.contains("php") || header.contains("PHP")),
                    "{headers:?}"
                );
                shown.entry(server).or_default().push((text, headers));
            }
        }
        target.shop.restart_web(&PhpOptions::default()).unwrap();
    }
    // Nobody can tell by it which platform it is.
    for (server, seen) in shown {
        assert!(seen.iter().all(|one| *one == seen[0]), "{server}: {seen:?}");
    }
}

//! The bridge under attack: who has no key gets one and the same refusal and reaches nothing; who
//! has caught a request cannot use it again, elsewhere or otherwise.
use std::{collections::BTreeMap, path::Path, process::Command};

use futures_util::future::join_all;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use testbed::{
    deployed::DeployedShop,
    opencart::{OpenCartShop, ShopOptions},
    servers::PhpOptions,
};
use winkelbrug::{profile::Secrets, shop::deploy::uploads};
use winkelbrug_protocol::{
    REFUSAL,
    answer::{self, Caps, Reading},
    key::{UploadKeys, Variant},
    request::Request,
};

/// A shop with the bridge in it, and everything its own agent knows.
struct Target {
    bed: DeployedShop,
    url: String,
    keys: UploadKeys,
    http: reqwest::Client,
}

/// What came back: status, the headers that do not change by themselves, body.
type Told = (u16, BTreeMap<String, String>, String);

impl Target {
    async fn new() -> Self {
        Self::of(OpenCartShop::demo().unwrap()).await
    }

    async fn of(shop: OpenCartShop) -> Self {
        let bed = DeployedShop::new(shop).await.unwrap();
        let upload = uploads::active(&bed.journal, "test").unwrap().unwrap();
        let name = format!("bridge:{}", upload.bridge_id);
        let secret = bed.secrets.get("test", &name).unwrap().unwrap();
        Self {
            keys: UploadKeys::from_secret(secret.expose()).unwrap(),
            url: upload.url,
            http: reqwest::Client::new(),
            bed,
        }
    }

    fn signed(&self, op: &str, args: &Value) -> Request {
        self.signed_at(op, args, jiff::Timestamp::now().as_second())
    }

    fn signed_at(&self, op: &str, args: &Value, time: i64) -> Request {
        let body = json!({"v": 1, "op": op, "reader": "attacker", "args": args});
        let nonce = hex::encode(rand::random::<[u8; 16]>());
        Request::sign(&self.keys, body.to_string().into_bytes(), time, &nonce).unwrap()
    }

    async fn send(&self, request: &Request) -> Told {
        self.send_to(&self.url, request, &[]).await
    }

    async fn send_to(&self, url: &str, request: &Request, more: &[(&str, &str)]) -> Told {
        let fields = request.headers();
        let all = fields.iter().chain(more);
        let builder = all.fold(self.http.post(url), |builder, (name, value)| {
            builder.header(*name, *value)
        });
        let builder = builder.header("content-type", "application/x-www-form-urlencoded");
        told(builder.body(request.body.clone())).await
    }

    fn read(&self, request: &Request, op: &str, told: &Told) -> Reading {
        let caps = Caps::default();
        answer::read(&self.keys, request, op, told.2.as_bytes(), &caps).unwrap()
    }

    /// Asks with a right signature and gives the records, or the bridge's error code.
    async fn ask(&self, op: &str, args: &Value) -> Result<Vec<Value>, String> {
        let request = self.signed(op, args);
        let told = self.send(&request).await;
        match self.read(&request, op, &told) {
            Reading::Answer(answer) => Ok(answer
                .records()
                .map(|record| serde_json::from_str(record).unwrap())
                .collect()),
            Reading::Error(error) => Err(error.code),
            other => panic!("{other:?}"),
        }
    }

    /// Checksums of all tables but the bridge's own.
    fn tables(&self) -> Vec<Vec<String>> {
        let database = self.bed.shop.database();
        let names = database.query("SHOW TABLES").unwrap();
        names
            .iter()
            .filter(|row| !row[0].contains("winkelbrug"))
            .map(|row| {
                let sql = format!("CHECKSUM TABLE `{}`", row[0]);
                database.query(&sql).unwrap()[0].clone()
            })
            .collect()
    }
}

async fn told(request: reqwest::RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = steady(response.headers());
    (status, headers, response.text().await.unwrap())
}

fn steady(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect()
}

fn files(folder: &Path) -> BTreeMap<String, std::time::SystemTime> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let data = entry.metadata().unwrap();
            if data.is_dir() {
                folders.push(entry.path());
            }
            found.insert(entry.path().display().to_string(), data.modified().unwrap());
        }
    }
    found
}

#[tokio::test]
async fn every_weak_or_wrong_proof_gets_the_same_refusal_and_reaches_no_database() {
    let target = Target::new().await;
    let good = target.signed("hello", &json!({}));
    let stranger = UploadKeys::generate(Variant::Ecdsa);
    let public = hex::decode(target.keys.file_keys().public_key()).unwrap();
    let confused = UploadKeys::from_parts(
        target.keys.bridge_id(),
        Variant::Hmac,
        &public[public.len() - 32..],
        &[0; 32],
    )
    .unwrap();
    let now = jiff::Timestamp::now().as_second();
    let strange = Request::sign(&stranger, good.body.clone(), now, &good.nonce).unwrap();
    let mut hmac = Request::sign(&confused, good.body.clone(), now, &good.nonce).unwrap();
    hmac.key_id = good.key_id.clone();
    let change = |change: &dyn Fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let last = |text: &str| {
        let (rest, end) = text.split_at(text.len() - 1);
        format!("{rest}{}", if end == "0" { "1" } else { "0" })
    };
    let bad = [
        strange,
        hmac,
        change(&|r| r.signature = String::new()),
        change(&|r| r.signature = "0".repeat(64)),
        change(&|r| r.signature = "0".repeat(63)),
        change(&|r| r.signature = "0".repeat(128)),
        change(&|r| r.signature = r.signature.to_uppercase()),
        change(&|r| r.signature = last(&r.signature)),
        change(&|r| r.signature = format!("0{}", &r.signature[1..])),
        change(&|r| r.signature = "changeme".into()),
        change(&|r| r.key_id = String::new()),
        change(&|r| r.key_id = "0".repeat(32)),
        change(&|r| r.key_id = r.key_id.to_uppercase()),
        change(&|r| r.nonce = "../../etc/passwd".into()),
        change(&|r| r.nonce = last(&r.nonce)),
        change(&|r| r.nonce = r.nonce[..31].into()),
        change(&|r| r.time = last(&r.time)),
        change(&|r| r.time = "0".into()),
        change(&|r| r.time = format!("{}e0", r.time)),
        change(&|r| r.body = b"{}".to_vec()),
        change(&|r| r.body.clear()),
        change(&|r| r.body = vec![b'a'; 70_000]),
    ];
    let statements = target.bed.shop.database().log_statements().unwrap();
    let bare = target.http.post(&target.url).body("{}");
    let refusal = told(bare).await;
    assert_eq!((refusal.0, refusal.2.as_str()), (403, REFUSAL));
    for (number, request) in bad.iter().enumerate() {
        assert_eq!(target.send(request).await, refusal, "case {number}");
    }
    assert_eq!(told(target.http.get(&target.url)).await, refusal);
    assert_eq!(told(target.http.put(&target.url).body("{}")).await, refusal);
    for op in [
        "hello",
        "orders",
        "stock_set",
        "remove",
        "install",
        "update",
        "phpinfo",
    ] {
        let body = json!({"v": 1, "op": op, "reader": "x", "args": {}}).to_string();
        assert_eq!(
            told(target.http.post(&target.url).body(body)).await,
            refusal
        );
    }
    assert_eq!(statements.statements().unwrap(), Vec::<String>::new());
    assert_eq!(target.send(&good).await.0, 200);
    assert!(
        !statements.statements().unwrap().is_empty(),
        "the log does log"
    );
}

#[tokio::test]
async fn a_caught_request_works_once_even_twenty_at_a_time() {
    let options = ShopOptions {
        php: PhpOptions::default().nginx(),
        ..ShopOptions::default()
    };
    let target = Target::of(OpenCartShop::empty(options).unwrap()).await;
    let request = target.signed("hello", &json!({}));
    assert_eq!(target.send(&request).await.0, 200);
    let again = target.send(&request).await;
    assert_eq!(again.0, 403);
    assert_eq!(target.read(&request, "hello", &again), Reading::Replay);

    let request = target.signed("hello", &json!({}));
    let all = join_all((0..20).map(|_| target.send(&request))).await;
    let served = all.iter().filter(|told| told.0 == 200).count();
    assert_eq!(served, 1);
    for told in all.iter().filter(|told| told.0 != 200) {
        assert_eq!(target.read(&request, "hello", told), Reading::Replay);
    }
}

#[tokio::test]
async fn an_old_request_gets_the_time_and_nothing_else_even_with_its_nonce_forgotten() {
    let target = Target::new().await;
    let statements = target.bed.shop.database().log_statements().unwrap();
    let now = jiff::Timestamp::now().as_second();
    for time in [now - 310, now + 310, 1_000_000_000] {
        let request = target.signed_at("hello", &json!({}), time);
        let told = target.send(&request).await;
        assert_eq!(told.0, 403);
        let Reading::Clock(server) = target.read(&request, "hello", &told) else {
            panic!("{told:?}");
        };
        assert!((server - now).abs() < 60);
    }
    assert!(statements.statements().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_signed_changes_nothing() {
    let target = Target::new().await;
    let ask = async |url: &str, more: &[(&str, &str)]| {
        let request = target.signed("stock_read", &json!({"limit": 3}));
        let told = target.send_to(url, &request, more).await;
        match target.read(&request, "stock_read", &told) {
            Reading::Answer(answer) => answer.records().map(str::to_owned).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    let clean = ask(&target.url, &[]).await;
    assert_eq!(clean.len(), 3);
    for suffix in [
        "?op=remove&limit=1",
        "?XDEBUG_SESSION=1",
        "/path/info?args[limit]=1",
        "?_SERVER[REQUEST_METHOD]=GET",
    ] {
        assert_eq!(ask(&format!("{}{suffix}", target.url), &[]).await, clean);
    }
    for more in [
        ("cookie", "op=remove; limit=1"),
        ("x-http-method-override", "GET"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-original-url", "/admin"),
        ("authorization", "Basic YTpi"),
    ] {
        assert_eq!(ask(&target.url, &[more]).await, clean, "{more:?}");
    }
}

#[tokio::test]
async fn a_request_for_one_shop_is_refused_by_another() {
    let (one, two) = tokio::join!(Target::new(), Target::new());
    let request = one.signed("hello", &json!({}));
    let told = two.send(&request).await;
    assert_eq!((told.0, told.2.as_str()), (403, REFUSAL));
}

#[tokio::test]
async fn only_the_listed_operations_exist_and_only_within_the_files_scopes() {
    let target = Target::new().await;
    for op in [
        "sql",
        "query",
        "exec",
        "file_get",
        "Main::run",
        "__construct",
        "",
        "phpinfo",
    ] {
        let request = target.signed(op, &json!({}));
        let told = target.send(&request).await;
        let Reading::Error(error) = target.read(&request, op, &told) else {
            panic!("{op}: {told:?}");
        };
        assert_eq!(error.code, "unknown-op", "{op}");
    }
    let customers = target.ask("customers", &json!({})).await;
    assert_eq!(customers.unwrap_err(), "not-in-scope");
    let unknown = target.ask("stock_read", &json!({"table": "oc_user"})).await;
    assert_eq!(unknown.unwrap_err(), "bad-arguments");
}

#[tokio::test]
async fn arguments_with_a_right_signature_stay_arguments() {
    let target = Target::new().await;
    let (tables, files_before) = (target.tables(), files(&target.bed.shop.folder()));
    for evil in [
        "'",
        "\"",
        "1' OR '1'='1",
        "1; DROP TABLE oc_order; -- ",
        "\u{bf}' OR 1=1 -- ",
        "../../../../etc/passwd",
        "php://filter/resource=config.php",
        "\0",
        "%00",
        "{{BRIDGE_ID}}",
        "O:8:\"stdClass\":0:{}",
        "1 UNION SELECT password FROM oc_user",
        "$(id)",
        "`id`",
        "2026-01-01T00:00:00Z' AND SLEEP(5) -- ",
    ] {
        for (op, args) in [
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
            ("stock_read", json!({"keys": [evil]})),
            ("stock_read", json!({"after": evil})),
            ("stock_set", json!({"idempotency": evil, "rows": []})),
            (
                "stock_set",
                json!({
                    "idempotency": "ab".repeat(16),
                    "rows": [{"key": evil, "read": "1", "target": "2"}]
                }),
            ),
            (
                "stock_set",
                json!({
                    "idempotency": "cd".repeat(16),
                    "rows": [{"key": "p:1", "read": evil, "target": evil}]
                }),
            ),
        ] {
            match target.ask(op, &args).await {
                Ok(records) => assert!(
                    records.is_empty() || op == "stock_set",
                    "{op} {args}: {records:?}"
                ),
                Err(code) => assert_eq!(code, "bad-arguments", "{op} {args}"),
            }
        }
    }
    assert_eq!(target.tables(), tables);
    assert_eq!(files(&target.bed.shop.folder()), files_before);
}

#[tokio::test]
async fn reading_everything_writes_nothing_and_shows_no_secret_column() {
    let target = Target::new().await;
    let marks = [
        "UPDATE `oc_customer` SET password = 'MARKER', salt = 'MARKER', token = 'MARKER', ip = 'MARKER'",
        "UPDATE `oc_order` SET ip = 'MARKER', forwarded_ip = 'MARKER', user_agent = 'MARKER'",
        "UPDATE `oc_user` SET password = 'MARKER', salt = 'MARKER', code = 'MARKER'",
    ];
    for sql in marks {
        // A column or table the fixture does not carry cannot leak.
        let _ = target.bed.shop.query(sql);
    }
    let (tables, files_before) = (target.tables(), files(&target.bed.shop.folder()));
    let heads = target.ask("orders", &json!({})).await.unwrap();
    let ids: Vec<&Value> = heads.iter().map(|head| &head["id"]).collect();
    let mut said = String::new();
    for (op, args) in [
        ("hello", json!({})),
        ("lookups", json!({})),
        ("orders", json!({"ids": ids})),
        ("totals", json!({"from": "2000-01-01"})),
        ("products", json!({})),
        ("stock_read", json!({})),
    ] {
        let request = target.signed(op, &args);
        let told = target.send(&request).await;
        assert!(
            matches!(target.read(&request, op, &told), Reading::Answer(_)),
            "{op}"
        );
        said.push_str(&told.2);
    }
    assert!(said.len() > 10_000);
    assert!(!said.contains("MARKER"));
    assert_eq!(target.tables(), tables);
    assert_eq!(files(&target.bed.shop.folder()), files_before);
}

#[tokio::test]
async fn a_file_cut_anywhere_never_shows_the_power_to_sign() {
    let target = Target::new().await;
    let folder = target.bed.shop.folder();
    let name = target.url.rsplit('/').next().unwrap();
    let whole = std::fs::read(folder.join(name)).unwrap();
    let secret: Value = serde_json::from_str(&target.keys.to_secret()).unwrap();
    let private = secret["request"].as_str().unwrap();
    assert!(!String::from_utf8_lossy(&whole).contains(private));
    let answer_key = target.keys.file_keys().answer_key();
    let place = whole
        .windows(answer_key.len())
        .position(|window| window == answer_key.as_bytes())
        .unwrap();
    let cut_file = folder.join("cut.php");
    for cut in [10, 1000, whole.len() / 2, place - 100, whole.len() - 1] {
        std::fs::write(&cut_file, &whole[..cut]).unwrap();
        let output = Command::new("php")
            .args(["-d", "display_errors=1"])
            .arg(&cut_file)
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(
            !shown.contains(private) && !shown.contains(&answer_key),
            "cut at {cut}"
        );
    }
}

//! The bridge client against a bridge that answers truly, and against everything that can come
//! instead of a true answer.
mod bridge;
mod certificates;

use std::{
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::Response,
};
use winkelbrug::{
    clock::SystemClock,
    failure::{Class, Effect, Failure},
    journal::Journal,
    profile::{Secret, settings},
    shop::{
        Shop,
        bridge::{
            BridgeShop,
            exchange::{Exchange, Patience},
        },
        http::{Http, shop_address},
    },
};
use winkelbrug_protocol::{
    key::{UploadKeys, Variant},
    operation::StockWrite,
};

use self::bridge::{Bridge, reply, true_answer};

fn shop_settings(url: &str) -> settings::Shop {
    toml::from_str(&format!("url = \"{url}\"")).unwrap()
}

struct Client {
    shop: BridgeShop,
    _folder: tempfile::TempDir,
}

fn client(bridge: &Bridge) -> Client {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    client_on(bridge, journal, &shop_settings(&bridge.url), folder)
}

fn client_on(
    bridge: &Bridge,
    journal: Journal,
    settings: &settings::Shop,
    folder: tempfile::TempDir,
) -> Client {
    let http = Http::new(settings, Some(Secret::new("open sesame"))).unwrap();
    let url = shop_address(settings)
        .unwrap()
        .join("winkelbrug-00.php")
        .unwrap();
    let exchange = Exchange::new(
        http,
        url,
        bridge.keys.clone(),
        "reader".into(),
        Arc::new(SystemClock),
    )
    .patience(Patience {
        again: 2,
        wait: Duration::from_millis(1),
    });
    Client {
        shop: BridgeShop::new(exchange, journal, Arc::new(SystemClock)).unwrap(),
        _folder: folder,
    }
}

fn keys() -> UploadKeys {
    UploadKeys::generate(Variant::Ecdsa)
}

/// What the client says when every `stock_read` answer is spoilt like this.
async fn spoilt(
    spoil: impl Fn(Vec<u8>) -> Response<Body> + Send + Sync + 'static,
) -> (Failure, Bridge) {
    let bridge = Bridge::start(keys(), 0, move |_, op, bytes| {
        if op == "stock_read" {
            spoil(bytes)
        } else {
            reply(200, bytes)
        }
    })
    .await;
    let failure = client(&bridge)
        .shop
        .stock_read(None)
        .await
        .expect_err("a spoilt answer is an error");
    (failure, bridge)
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

#[tokio::test]
async fn a_bridge_file_of_an_earlier_version_is_asked_for_as_many_heads_as_it_admits() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    bridge.admits_heads(1000);
    let client = client(&bridge);
    let (mut heads, mut after) = (0, None);
    loop {
        let page = client.shop.order_heads(None, after.as_ref()).await.unwrap();
        heads += page.records.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(heads, 6);
    let asked = bridge.asked();
    let asked: Vec<u64> = asked
        .iter()
        .filter_map(|body| body["args"]["limit"].as_u64())
        .collect();
    assert_eq!(asked, [5000, 1000, 1000, 1000], "refused once, never again");
}

#[tokio::test]
async fn bodies_are_asked_for_by_the_thousand_or_as_many_as_an_earlier_file_admits() {
    for (admitted, wanted) in [
        (1000, [1000, 1000, 1000]),
        // Refused once, never again.
        (200, [1000, 200, 200]),
    ] {
        let bridge = Bridge::start(keys(), 0, true_answer).await;
        bridge.admits_bodies(admitted);
        let ids: Vec<String> = (1..=1200).map(|id| id.to_string()).collect();
        let orders = client(&bridge).shop.orders(&ids).await.unwrap();
        let mut read: Vec<u32> = orders
            .iter()
            .map(|order| order.id.parse().unwrap())
            .collect();
        read.sort_unstable();
        assert_eq!(read, (1..=1200).collect::<Vec<u32>>());
        let asked: Vec<usize> = bridge
            .asked()
            .iter()
            .filter_map(|body| body["args"]["ids"].as_array().map(Vec::len))
            .collect();
        assert_eq!(asked[..3], wanted);
        let refused = asked.iter().filter(|asked| **asked > admitted).count();
        assert_eq!(refused, usize::from(admitted < 1000), "{asked:?}");
    }
}

#[tokio::test]
async fn an_answer_of_other_orders_than_were_asked_for_is_refused_and_not_asked_for_again() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    let client = client(&bridge);
    let asked = ["stranger".to_owned()];
    let answer = tokio::time::timeout(Duration::from_secs(20), client.shop.orders(&asked));
    let failure = answer.await.expect("it ends").unwrap_err();
    assert_eq!(failure.code, "answer-malformed", "{failure:?}");
    assert_eq!(bridge.operations(), ["hello", "orders"]);
}

#[tokio::test]
async fn a_bridge_file_that_takes_no_such_question_is_asked_twice_and_no_more() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    bridge.admits_heads(10);
    let client = client(&bridge);
    let failure = client.shop.order_heads(None, None).await.unwrap_err();
    assert_eq!(failure.code, "bridge-arguments");
    assert!(failure.hint.nl.contains("winkelbrug deploy"), "{failure:?}");
    assert_eq!(bridge.operations(), ["hello", "orders", "orders"]);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    for variant in [Variant::Ecdsa, Variant::Hmac] {
        let bridge = Bridge::start(UploadKeys::generate(variant), 0, true_answer).await;
        let client = client(&bridge);
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = client.shop.stock_read(after.as_deref()).await.unwrap();
            keys.extend(page.records.into_iter().map(|level| level.key));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(keys.len(), 9);
        let (mut heads, mut after) = (0, None);
        loop {
            let page = client.shop.order_heads(None, after.as_ref()).await.unwrap();
            heads += page.records.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(heads, 6);
        assert_eq!(bridge.operations()[0], "hello", "who answers comes first");
    }
}

#[tokio::test]
async fn bodies_the_bridge_left_for_later_are_asked_again_and_gone_ones_are_not() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    let ids: Vec<String> = ["1", "2", "gone", "3", "4", "5"].map(str::to_owned).into();
    let bodies = client(&bridge).shop.orders(&ids).await.unwrap();
    let got: Vec<&str> = bodies.iter().map(|body| body.id.as_str()).collect();
    assert_eq!(got, ["1", "2", "3", "4", "5"]);
    assert!(
        bodies[0].order.is_err(),
        "unreadable bodies keep their text"
    );
    assert_eq!(bodies[0].raw, "{\"id\":\"1\"}");
}

#[tokio::test]
async fn requests_carry_a_plain_name_no_cookie_and_the_shops_password_only_on_request() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    let mut settings = shop_settings(&bridge.url);
    settings.basic_auth_user = "tester".into();
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    client_on(&bridge, journal, &settings, folder)
        .shop
        .hello()
        .await
        .unwrap();
    client(&bridge).shop.hello().await.unwrap();
    let headers = bridge.headers();
    let agent = headers[0]["user-agent"].to_str().unwrap();
    assert_eq!(agent, concat!("Winkelbrug/", env!("CARGO_PKG_VERSION")));
    assert!(headers[0].contains_key("authorization"));
    assert!(!headers[1].contains_key("authorization"));
    assert!(!headers[1].contains_key("cookie"));
    assert_eq!(
        headers[1]["content-type"],
        "application/x-www-form-urlencoded"
    );
}

#[tokio::test]
async fn an_answer_cut_at_any_line_is_thrown_away_and_asked_again() {
    for kept in 0..5 {
        let (failure, bridge) =
            spoilt(move |bytes| reply(200, lines(&bytes)[..kept].concat())).await;
        let expected = if kept == 0 {
            "answer-empty"
        } else {
            "answer-cut-off"
        };
        assert_eq!(failure.code, expected, "{kept} lines kept");
        assert_eq!(failure.class, Class::Transient);
        let asked = bridge.operations();
        assert_eq!(asked.iter().filter(|op| *op == "stock_read").count(), 3);
    }
}

#[tokio::test]
async fn a_dropped_swapped_or_changed_line_is_noticed() {
    let dropped = spoilt(|bytes| {
        let mut lines = lines(&bytes);
        lines.remove(1);
        reply(200, lines.concat())
    });
    assert_eq!(dropped.await.0.code, "answer-altered");
    let swapped = spoilt(|bytes| {
        let mut lines = lines(&bytes);
        lines.swap(1, 2);
        reply(200, lines.concat())
    });
    assert_eq!(swapped.await.0.code, "answer-altered");
    let changed = spoilt(|bytes| {
        let text = String::from_utf8(bytes).unwrap();
        reply(
            200,
            text.replace("\"quantity\":\"1\"", "\"quantity\":\"9\""),
        )
    });
    assert_eq!(changed.await.0.code, "answer-altered");
}

#[tokio::test]
async fn an_answer_to_an_earlier_question_is_refused() {
    let first: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let bridge = Bridge::start(keys(), 0, move |_, op, bytes| {
        if op == "hello" {
            return reply(200, bytes);
        }
        let mut first = first.lock().unwrap();
        reply(200, first.get_or_insert(bytes).clone())
    })
    .await;
    let client = client(&bridge);
    client.shop.stock_read(None).await.unwrap();
    let failure = client.shop.stock_read(None).await.unwrap_err();
    assert_eq!(failure.code, "answer-altered");
}

#[tokio::test]
async fn adverts_and_notices_around_the_answer_do_not_matter() {
    let bridge = Bridge::start(keys(), 0, |_, _, bytes| {
        let mut page = b"<b>Warning</b>: something\n".to_vec();
        page.extend(bytes);
        page.extend(b"<script>buy()</script>");
        reply(200, page)
    })
    .await;
    let client = client(&bridge);
    let (_, foreign) = client.shop.hello_checked().await.unwrap();
    assert_eq!((foreign.before, foreign.after), (26, 22));
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_a_bomb_is_not() {
    fn gzip(bytes: &[u8]) -> Response<Body> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        let mut response = reply(200, encoder.finish().unwrap());
        response
            .headers_mut()
            .insert("content-encoding", "gzip".parse().unwrap());
        response
    }
    let bridge = Bridge::start(keys(), 0, |_, _, bytes| gzip(&bytes)).await;
    client(&bridge).shop.stock_read(None).await.unwrap();
    let bomb = spoilt(|_| gzip(&vec![b' '; 60 << 20])).await.0;
    assert_eq!(bomb.code, "answer-too-large");
}

#[tokio::test]
async fn a_shop_that_says_nothing_is_given_up_once_in_words_that_name_what_was_asked() {
    // It takes the question and never says a byte, as behind a locked table.
    let bridge = Bridge::start(keys(), 0, |_, op, bytes| {
        if op == "lookups" {
            reply(
                200,
                Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>()),
            )
        } else {
            reply(200, bytes)
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let settings = shop_settings(&bridge.url);
    let http = Http::new(&settings, None)
        .unwrap()
        .patience(Duration::from_millis(300))
        .unwrap();
    let url = shop_address(&settings)
        .unwrap()
        .join("winkelbrug-00.php")
        .unwrap();
    let clock = Arc::new(SystemClock);
    let exchange = Exchange::new(
        http,
        url,
        bridge.keys.clone(),
        "reader".into(),
        clock.clone(),
    );
    let journal = Journal::open(folder.path()).unwrap();
    let shop = BridgeShop::new(exchange, journal, clock).unwrap();
    shop.hello().await.unwrap();
    assert_eq!(shop.awaits(), None);
    let (failure, awaited) = tokio::join!(shop.lookups(), async {
        loop {
            if let Some(awaited) = shop.awaits() {
                return awaited;
            }
            tokio::task::yield_now().await;
        }
    });
    let failure = failure.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.class, failure.connection),
        ("shop-timeout", Class::Transient, true)
    );
    assert!(awaited.what.en.contains("names"), "{awaited:?}");
    assert!(failure.text.en.contains(&awaited.what.en), "{failure}");
    assert!(failure.hint.en.contains("Nothing is lost"), "{failure}");
    assert_eq!(shop.awaits(), None);
    let asked = bridge.asked();
    assert_eq!(
        asked.iter().filter(|body| body["op"] == "lookups").count(),
        1
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_short() {
    let (failure, _) = spoilt(|_| {
        let chunk = Bytes::from(vec![b'x'; 1 << 20]);
        let endless = futures_util::stream::repeat_with(move || {
            Ok::<_, std::convert::Infallible>(chunk.clone())
        });
        reply(200, Body::from_stream(endless))
    })
    .await;
    assert_eq!(failure.code, "answer-too-large");
}

#[tokio::test]
async fn deep_json_is_never_parsed() {
    let bridge = Bridge::start(keys(), 0, true_answer).await;
    let deep = format!("{{\"winkelbrug\":1,{}", "[".repeat(100_000));
    let (failure, _) = spoilt(move |_| {
        reply(
            200,
            format!("{deep}\n{{\"end\":{{}},\"mac\":\"{}\"}}\n", "0".repeat(64)),
        )
    })
    .await;
    assert_eq!(failure.code, "answer-too-large");
    client(&bridge).shop.stock_read(None).await.unwrap();
}

#[tokio::test]
async fn what_is_not_the_bridge_gets_its_own_words() {
    let html = "<!DOCTYPE html><html>Welcome</html>";
    let php = "<br />\n<b>Fatal error</b>: Uncaught Error in /home/x.php on line 3";
    let cases: [(u16, &str, &str, Class); 14] = [
        (200, html, "html-instead", Class::Transient),
        (200, php, "php-error-page", Class::Transient),
        (500, php, "php-error-page", Class::Transient),
        (500, html, "shop-server-error", Class::Transient),
        (200, "", "answer-empty", Class::Transient),
        (200, "gone fishing", "answer-not-ours", Class::Transient),
        (404, html, "bridge-missing", Class::Misconfigured),
        (401, html, "basic-auth", Class::Credentials),
        (403, html, "refused-in-front", Class::Transient),
        (406, html, "refused-in-front", Class::Transient),
        (429, "", "refused-in-front", Class::Transient),
        (503, html, "refused-in-front", Class::Transient),
        (
            200,
            "<?php // source",
            "bridge-source-visible",
            Class::Misconfigured,
        ),
        (
            200,
            "{\"winkelbrug\":2,",
            "bridge-version",
            Class::Misconfigured,
        ),
    ];
    for (status, body, code, class) in cases {
        let (failure, _) = spoilt(move |_| reply(status, body)).await;
        assert_eq!(failure.code, code, "{status} {body}");
        assert_eq!(failure.class, class, "{status} {body}");
        assert!(!failure.text.nl.is_empty() && !failure.text.en.is_empty());
    }
}

#[tokio::test]
async fn cloudflare_is_named_and_left_alone_for_a_while() {
    let (failure, bridge) = spoilt(|_| {
        let mut response = reply(403, "<html>Just a moment...</html>");
        let headers = response.headers_mut();
        headers.insert("cf-mitigated", "challenge".parse().unwrap());
        response
    })
    .await;
    assert_eq!(failure.code, "cloudflare-challenge");
    assert!(failure.retry_after.unwrap() >= Duration::from_secs(600));
    assert_eq!(
        bridge.operations(),
        ["hello", "stock_read"],
        "not asked again"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_named() {
    let (failure, bridge) = spoilt(|_| {
        let mut response = reply(301, "");
        let headers = response.headers_mut();
        headers.insert("location", "/elsewhere".parse().unwrap());
        response
    })
    .await;
    assert_eq!(failure.code, "shop-redirects");
    assert!(failure.text.en.contains("http://127.0.0.1"), "{failure}");
    assert_eq!(bridge.operations(), ["hello", "stock_read"]);
}

#[tokio::test]
async fn a_clock_that_differs_is_learnt_from_the_sealed_answer_and_remembered() {
    let bridge = Bridge::start(keys(), 5000, true_answer).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let settings = shop_settings(&bridge.url);
    let one = client_on(&bridge, journal.clone(), &settings, folder);
    one.shop.hello().await.unwrap();
    one.shop.stock_read(None).await.unwrap();
    assert_eq!(bridge.operations(), ["hello", "hello", "stock_read"]);
}

#[tokio::test]
async fn clocks_more_than_a_day_apart_are_shown_to_the_owner() {
    let bridge = Bridge::start(keys(), 100_000, true_answer).await;
    let failure = client(&bridge).shop.hello().await.unwrap_err();
    assert_eq!(failure.code, "clock-differs");
    assert_eq!(failure.class, Class::Misconfigured);
}

#[tokio::test]
async fn a_clock_answer_that_is_not_sealed_changes_nothing() {
    let (failure, bridge) = spoilt(|_| {
        let line = "{\"winkelbrug\":1,\"op\":\"clock\",\"version\":\"0.1.0\"}\n";
        let end = "{\"end\":{\"records\":0,\"time\":\"1999999999\",\"error\":{\"code\":\"clock\"}}";
        let mac = "0".repeat(64);
        reply(403, format!("{line}{end},\"mac\":\"{mac}\"}}\n"))
    })
    .await;
    assert_eq!(failure.code, "answer-altered");
    assert!(bridge.operations().len() <= 4);
}

#[tokio::test]
async fn another_key_is_refused_by_the_bridge_and_stops_the_profile() {
    let mut stranger = Bridge::start(keys(), 0, true_answer).await;
    stranger.keys = keys();
    let failure = client(&stranger).shop.hello().await.unwrap_err();
    assert_eq!(failure.code, "bridge-refused");
    assert_eq!(failure.class, Class::Credentials);
}

#[tokio::test]
async fn a_stock_write_is_sent_once_even_when_its_answer_is_lost() {
    let bridge = Bridge::start(keys(), 0, |_, op, bytes| {
        if op == "stock_set" {
            reply(200, "")
        } else {
            reply(200, bytes)
        }
    })
    .await;
    let rows = [StockWrite {
        key: "p:1".into(),
        read: "5".into(),
        target: "3".into(),
    }];
    let failure = client(&bridge)
        .shop
        .stock_set(&"ab".repeat(16), &rows)
        .await
        .unwrap_err();
    assert_eq!(failure.effect, Effect::Unknown);
    assert_eq!(bridge.operations(), ["hello", "stock_set"]);
}

#[tokio::test]
async fn a_transient_failure_of_a_read_is_tried_again() {
    let failed = AtomicBool::new(false);
    let bridge = Bridge::start(keys(), 0, move |_, op, bytes| {
        if op == "stock_read" && !failed.swap(true, Ordering::Relaxed) {
            return reply(502, "bad gateway");
        }
        reply(200, bytes)
    })
    .await;
    client(&bridge).shop.stock_read(None).await.unwrap();
    assert_eq!(bridge.operations(), ["hello", "stock_read", "stock_read"]);
}

#[tokio::test]
async fn another_shop_behind_the_same_file_stops_the_profile() {
    for (field, value) in [
        ("host", "copy.example"),
        ("url", "https://copy.example/"),
        ("database", "d2"),
    ] {
        let bridge = Bridge::start(keys(), 0, true_answer).await;
        let client = client(&bridge);
        client.shop.hello().await.unwrap();
        bridge.change_shop(field, value);
        let failure = client.shop.hello().await.unwrap_err();
        assert_eq!(failure.code, "shop-changed", "{field}");
        assert_eq!(failure.class, Class::Misconfigured);
    }
}

#[tokio::test]
async fn an_unreachable_shop_says_so() {
    let mut closed = Bridge::start(keys(), 0, true_answer).await;
    closed.url = "http://127.0.0.1:9/".into();
    let failure = client(&closed).shop.hello().await.unwrap_err();
    assert_eq!(failure.code, "connection-refused");
    assert!(failure.connection);
    assert_eq!(failure.effect, Effect::None);
}

#[test]
fn plain_http_is_for_loopback_or_by_the_profiles_word() {
    for (url, allowed) in [
        ("https://winkel.example", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost/shop", true),
        ("http://[::1]/", true),
        ("http://winkel.example", false),
        ("http://127.0.0.1.example", false),
        ("ftp://winkel.example", false),
        ("https://user:secret@winkel.example", false),
        ("winkel.example", false),
    ] {
        let settings = shop_settings(url);
        assert_eq!(shop_address(&settings).is_ok(), allowed, "{url}");
    }
    let mut settings = shop_settings("http://winkel.example");
    settings.allow_plain_http = true;
    assert!(shop_address(&settings).is_ok());
}

//! The bridge behind the web servers hosts have: nginx and Apache with PHP-FPM, and PHP's own. What
//! they do with headers differs; what the bridge does with a request may not.

use serde_json::json;
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, Told},
    opencart::OpenCartShop,
    servers::PhpOptions,
};
use winkelbrug_protocol::{
    REFUSAL,
    answer::Reading,
    key::Variant,
    record::{Hello, OrderHead},
    request::Request,
};

/// Headers that proxies add, that frameworks obey or that some servers turn into others.
const STRANGE: &[(&str, &str)] = &[
    ("Authorization", "Basic YWRtaW46YWRtaW4="),
    ("Proxy", "http://192.0.2.1:9"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Proto", "https"),
    ("X-HTTP-Method-Override", "GET"),
    ("X-Original-URL", "/admin"),
    ("X-Winkelbrug", "1"),
    ("Cookie", "PHPSESSID=0123456789abcdef"),
    ("Expect", ""),
];

async fn send(bridge: &PlacedBridge, request: &Request, more: &[(&str, &str)]) -> Told {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let own = request.headers();
    let headers = own.iter().map(|(name, value)| (*name, *value));
    let builder = headers
        .chain(more.iter().copied())
        .filter(|(_, value)| !value.is_empty())
        .fold(http.post(&bridge.url), |builder, (name, value)| {
            builder.header(name, value)
        })
        .header("content-type", "application/x-www-form-urlencoded");
    let response = builder.body(request.body.clone()).send().await.unwrap();
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").unwrap();
    Told {
        status,
        content_type: content_type.to_str().unwrap().to_owned(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_every_web_server_the_proof_counts_and_other_headers_do_not() {
    let shop = OpenCartShop::demo().unwrap();
    let bridge = BridgeFile::new(Variant::Ecdsa).place(&shop).unwrap();
    for (server, php) in [
        ("built in", PhpOptions::default()),
        ("nginx", PhpOptions::default().nginx()),
        ("apache", PhpOptions::default().apache()),
    ] {
        shop.restart_web(&php).unwrap();
        let hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
        assert_eq!(hello[0].counts.orders, 13, "{server}");
        assert_eq!(
            hello[0].shop.host,
            shop.url()
                .trim_start_matches("http://")
                .trim_end_matches('/')
        );
        let heads: Vec<OrderHead> = bridge.ask("orders", json!({})).await.unwrap();
        assert_eq!(heads.len(), 14, "{server}");

        // Right proof, strange company: answered as ever.
        let request = bridge.request("hello", &json!({})).unwrap();
        let told = send(&bridge, &request, STRANGE).await;
        assert_eq!(told.status, 200, "{server}");
        assert!(told.content_type.starts_with("application/x-ndjson"));
        assert!(matches!(
            bridge.read(&request, "hello", &told),
            Ok(Reading::Answer(_))
        ));

        // No proof of our own, however many others.
        let request = bridge.request("hello", &json!({})).unwrap();
        for proof in [
            ("Authorization", format!("Bearer {}", request.signature)),
            ("Authorization", format!("Signature {}", request.signature)),
            ("X-Signature", request.signature.clone()),
            (
                "Cookie",
                format!("X-Winkelbrug-Signature={}", request.signature),
            ),
        ] {
            let forged = Request {
                signature: "30".repeat(request.signature.len() / 2),
                ..request.clone()
            };
            let mut more = STRANGE.to_vec();
            more.retain(|(name, _)| *name != proof.0);
            more.push((proof.0, &proof.1));
            let told = send(&bridge, &forged, &more).await;
            assert_eq!(
                (told.status, told.body.as_slice()),
                (403, REFUSAL.as_bytes()),
                "{server} {}",
                proof.0
            );
        }
        // The same name written with underscores is another header, or none: never a second proof.
        let forged = Request {
            key_id: "00".repeat(16),
            ..request.clone()
        };
        let told = send(
            &bridge,
            &forged,
            &[("X_Winkelbrug_Key", "00000000000000000000000000000000")],
        )
        .await;
        assert_eq!(
            (told.status, told.body.as_slice()),
            (403, REFUSAL.as_bytes()),
            "{server}"
        );
    }
}

//! Answers that mean harm: a clear error, and nothing changed.
use testbed::sconnect::{Flavour, Sale, SconnectScene, SconnectShop, Trouble};
use winkelbrug::shop::Shop;

use super::Desk;

fn json(body: String) -> Trouble {
    Trouble::Answer(200, "application/json", body)
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_depth_size_and_cuts_are_clear_errors() {
    let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
    let desk = Desk::new(&shop, "");
    let client = desk.client();
    client.hello().await.unwrap();
    let entities =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    for (body, code) in [
        (entities.to_owned(), "sconnect-html"),
        (
            format!("{{\"data\":{}1{}}}", "[".repeat(5000), "]".repeat(5000)),
            "answer-too-deep",
        ),
        (
            format!("{{\"data\":[\"{}\"]}}", "x".repeat(17 << 20)),
            "answer-too-large",
        ),
        (
            format!("{{\"data\":[{}0]}}", "0,".repeat(30_000)),
            "answer-too-large",
        ),
        (
            "{\"data\":[{\"Betalingskenmerk\":\"1\"".to_owned(),
            "answer-cut-off",
        ),
        ("{\"data\":\"veel\"}".to_owned(), "answer-malformed"),
    ] {
        shop.arm("orders", None, json(body));
        let failure = client.order_heads(None, None).await.unwrap_err();
        assert_eq!(failure.code, code);
        assert!(!failure.text.nl.is_empty() && !failure.text.en.is_empty());
        shop.calm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_never_ends_is_left() {
    let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
    let desk = Desk::new(&shop, "");
    // Each page the same two orders: nothing new is the end.
    let page = serde_json::json!({"data": [
        Sale::new("1").json(Flavour::WooCommerce), Sale::new("2").json(Flavour::WooCommerce),
    ]});
    shop.arm("orders", None, json(page.to_string()));
    let heads = desk.client().order_heads(None, None).await.unwrap();
    assert_eq!(heads.records.len(), 2);
}

#[test]
fn absurd_orders_are_held_and_harm_no_other() {
    let scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene.stock("MOK-WIT", "Hoog", 5, 5).unwrap();
    let scene = scene.ready().unwrap();
    scene.shop.place(&Sale::new("GOED"));
    let mut absurd = Vec::new();
    for (field, value) in [
        ("Verkoopprijs", "999999999999999999999999"),
        ("Aantal", "1e400"),
        ("BtwBedrag", "-1000000000"),
    ] {
        let mut order = Sale::new(&format!("X-{field}")).json(Flavour::Magento);
        order["Regels"][0][field] = value.into();
        absurd.push(order);
    }
    let mut nameless = Sale::new("").json(Flavour::Magento);
    nameless["Regels"] = serde_json::json!([]);
    absurd.push(nameless);
    absurd.push(serde_json::json!({"Betalingskenmerk": "X-LEEG"}));
    absurd.push(serde_json::json!("geen bestelling"));
    let mut undated = Sale::new("X-DATUM").json(Flavour::Magento);
    undated["Datum"] = "gisteren".into();
    absurd.push(undated);
    scene.shop.with(|world| {
        for order in absurd {
            let at = jiff::Timestamp::now().as_second();
            world.listed.push(testbed::sconnect::Listed { at, order });
        }
    });
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(ran.code, Some(1), "{}", ran.said());
    assert_eq!(scene.books.orders().len(), 1);
    for order in super::orders(&scene) {
        let state = if order["number"] == "GOED" {
            "written"
        } else {
            "held"
        };
        assert_eq!(order["state"], state, "{order:#}");
    }
}

//! Every recorded product and customer is what the shop says of it.

use rust_decimal::Decimal;
use serde_json::json;
use winkelbrug_protocol::record::{Product, ShopCustomer};

use super::{Bench, Generation};

#[tokio::test(flavor = "multi_thread")]
async fn every_magento_product_and_customer_is_what_the_shop_itself_says() {
    for generation in Generation::BOTH {
        let Some(bench) = Bench::start(generation) else {
            return;
        };
        products(&bench).await;
        customers(&bench).await;
    }
}

async fn products(bench: &Bench) {
    let read: Vec<Product> = bench.bridge.ask("products", json!({})).await.unwrap();
    let small: Vec<Product> = paged(bench).await;
    assert_eq!(read, small);
    let truth = bench.truth();
    assert_eq!(read.len(), truth.products.len());
    for wanted in &truth.products {
        let is = read.iter().find(|product| product.id == wanted.id).unwrap();
        let sku = &wanted.sku;
        assert_eq!((&is.code, is.sku.as_ref()), (sku, Some(sku)));
        assert_eq!(&is.name, &wanted.name, "{sku}");
        assert_eq!(is.ean, wanted.ean, "{sku}");
        assert_eq!(is.active, wanted.active, "{sku}");
        // The shop's models read a weight that is not stored as 0.
        assert_eq!(
            is.weight.unwrap_or_default(),
            wanted.weight.unwrap_or_default(),
            "{sku}"
        );
        assert_eq!(is.quantity, wanted.stock, "{sku}");
        // What a composite costs is made of its parts: Magento 2 says 0 whatever is stored.
        if !["configurable", "grouped", "bundle"].contains(&wanted.kind.as_str()) {
            assert_eq!(is.price_incl, wanted.price, "{sku}");
        }
        assert_eq!(
            Some(is.tax_class.name.as_str()).filter(|name| !name.is_empty()),
            wanted.tax_class.as_deref(),
            "{sku}"
        );
        let kind = match (wanted.kind.as_str(), is.parent_id.is_some()) {
            ("simple", true) => "variant",
            ("downloadable", _) => "download",
            (kind, _) => kind,
        };
        assert_eq!(is.kind, kind, "{sku}");
    }
    let find = |sku: &str| read.iter().find(|product| product.code == sku).unwrap();
    // 19.95 with 21% is 16.4876 without, and 3.335 at four decimals.
    assert_eq!(find("00012345").price, "16.4876".parse().ok());
    assert_eq!(find("NUL-TARIEF").price, Some(Decimal::from(40)));
    let shirt = &find("SHIRT").id;
    for variant in ["SHIRT-RD-S", "SHIRT-RD-M", "SHIRT-BL-M", "SHIRT-GR-XL"] {
        assert_eq!(find(variant).parent_id.as_ref(), Some(shirt));
    }
    assert!(!find("00012345").categories.is_empty());
    assert!(!find("00012345").categories[0].name.is_empty());
}

async fn paged(bench: &Bench) -> Vec<Product> {
    let mut all: Vec<Product> = Vec::new();
    loop {
        let after = all
            .last()
            .map(|last| json!({"stamp": last.stamp, "id": last.id}));
        let page: Vec<Product> = bench
            .bridge
            .ask("products", json!({"after": after, "limit": 10}))
            .await
            .unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn customers(bench: &Bench) {
    let read: Vec<ShopCustomer> = bench.bridge.ask("customers", json!({})).await.unwrap();
    let find = |email: &str| {
        read.iter()
            .find(|customer| customer.customer.email == email)
            .unwrap()
    };
    let marieke = find("marieke@example.com");
    assert_eq!(
        (
            marieke.customer.first_name.as_str(),
            marieke.customer.last_name.as_str()
        ),
        ("Marieke", "van der Velde")
    );
    let address = marieke.address.as_ref().unwrap();
    assert_eq!(
        (
            address.line1.as_str(),
            address.line2.as_str(),
            address.postcode.as_str(),
            address.country.as_str()
        ),
        (
            "Lange Nieuwstraat 101-bis",
            "3 hoog achter",
            "5211 CD",
            "NL"
        )
    );
    let company = find("eloise@example.com");
    assert_eq!(company.customer.vat_number.as_deref(), Some("BE0123456749"));
    assert_eq!(company.customer.group.name, "Zakelijk EU");
    assert!(read.iter().all(|customer| customer.active));
}

//! What is read: field by field what the shop itself says, with either driver and in every version's shape.
use serde_json::{Value, json};
use testbed::{servers::PhpOptions, truth};
use winkelbrug_protocol::record::{
    Address, Hello, Lookups, Order, Product, ShopCustomer, StatusKind,
};

use super::{For, House, folder};

/// As the recorded shop has them in Dutch.
const NAMES_OF_COUNTRIES: [(&str, &str); 7] = [
    ("NL", "Nederland"),
    ("BE", "België"),
    ("DE", "Duitsland"),
    ("CH", "Zwitserland"),
    ("CA", "Canada"),
    ("GB", "Verenigd Koninkrijk"),
    ("US", "Verenigde Staten"),
];

/// Takes from both what the recording does not say.
fn levelled(mut is: Order, mut wanted: Order) -> (Order, Order) {
    is.hash = String::new();
    is.changed_at.clone_from(&wanted.changed_at);
    // Parts are held against sums in `money`.
    for row in &mut is.totals {
        row.parts.clear();
    }
    without_country_name(&mut is.invoice_address, &mut wanted.invoice_address);
    if let (Some(is), Some(wanted)) = (&mut is.delivery_address, &mut wanted.delivery_address) {
        without_country_name(is, wanted);
    }
    (is, wanted)
}

/// The recording has countries by code only, and one state (a Canadian order's) by its id.
fn without_country_name(is: &mut Address, wanted: &mut Address) {
    assert!(!is.country_name.is_empty(), "{is:?}");
    is.country_name.clear();
    wanted.zone.clone_from(&is.zone);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_what_the_shop_itself_says_with_either_driver_and_in_the_shapes_of_other_versions()
 {
    let (Some(folder), Some(house)) = (folder(), House::open(For::Alone)) else {
        return;
    };
    let recorded = truth::prestashop::read(&folder.join("truth.json")).unwrap();
    let mut readings = Vec::new();
    for (php, driver) in [
        (PhpOptions::default().without("pdo_mysql"), "mysqli"),
        (PhpOptions::default().without("mysqli"), "pdo"),
    ] {
        house.shop.restart_web(&php).unwrap();
        let hello: Vec<Hello> = house.bridge.ask("hello", json!({})).await.unwrap();
        assert_eq!(hello[0].database_driver, driver);
        let heads = house.heads(None, 7).await;
        assert_eq!(heads.len(), recorded.orders.len());
        let orders = house.orders().await;
        for wanted in &recorded.orders {
            let is = orders.iter().find(|order| order.id == wanted.id).unwrap();
            let head = heads.iter().find(|head| head.id == wanted.id).unwrap();
            assert_eq!((&is.hash, &is.changed_at), (&head.hash, &head.changed_at));
            let (is, wanted) = levelled(is.clone(), wanted.clone());
            assert_eq!(is, wanted, "order {}", wanted.id);
        }
        readings.push((heads, orders));
    }
    assert_eq!(readings[0], readings[1]);
    polls_cost_little(&house).await;
    other_shapes_read_the_same(&house).await;
}

/// A poll every quarter of an hour must cost a shop next to nothing, and many orders no more than few.
async fn polls_cost_little(house: &House) {
    let count = async |args: Value| {
        let log = house.shop.database().log_statements().unwrap();
        house.bridge.page("orders", args).await.unwrap();
        log.statements().unwrap().len()
    };
    assert!((1..=8).contains(&count(json!({"since": "2099-01-01T00:00:00Z"})).await));
    let ids: Vec<String> = (1..=48).map(|id: u64| id.to_string()).collect();
    assert!(count(json!({"ids": ids})).await <= 36);
    assert!(count(json!({"limit": 200})).await <= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_product_and_combination_is_what_the_shop_itself_says() {
    let (Some(folder), Some(house)) = (folder(), House::open(For::Reading)) else {
        return;
    };
    let recorded = truth::prestashop::read(&folder.join("truth.json")).unwrap();
    let args = json!({"limit": 1000});
    let read: Vec<Product> = house.bridge.ask("products", args).await.unwrap();
    assert_eq!(read.len(), recorded.products.len());
    for wanted in &recorded.products {
        let mut is = read
            .iter()
            .find(|product| product.id == wanted.id)
            .unwrap()
            .clone();
        let name = is.name.strip_prefix(&wanted.name).unwrap();
        // A combination is named after its product and what was chosen.
        assert_eq!(
            name.starts_with(" (") && name.contains("Maat: "),
            is.kind == "variant"
        );
        is.name.clone_from(&wanted.name);
        for category in &mut is.categories {
            assert!(!category.name.is_empty());
            category.name.clear();
        }
        assert_eq!(is, *wanted);
    }
    // In small pages the same: products and combinations of one second, one after the other.
    let (mut paged, mut after) = (Vec::<Product>::new(), json!(null));
    loop {
        let args = json!({"after": after, "limit": 5});
        let page: Vec<Product> = house.bridge.ask("products", args).await.unwrap();
        let Some(last) = page.last() else { break };
        after = json!({"stamp": last.stamp, "id": last.id});
        paged.extend(page);
    }
    assert_eq!(paged, read);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_says_who_it_is_and_what_its_ids_mean() {
    let Some(house) = House::open(For::Reading) else {
        return;
    };
    let hello: Vec<Hello> = house.bridge.ask("hello", json!({})).await.unwrap();
    let hello = &hello[0];
    assert_eq!(
        (hello.platform.as_str(), hello.platform_version.as_str()),
        ("prestashop", "8.2.1")
    );
    assert_eq!(
        (hello.time_zone.as_str(), hello.currency.as_str()),
        ("Europe/Amsterdam", "EUR")
    );
    assert_eq!((hello.counts.orders, hello.counts.products), (48, 67));
    let lookups: Vec<Lookups> = house.bridge.ask("lookups", json!({})).await.unwrap();
    let lookups = &lookups[0];
    let kinds: Vec<StatusKind> = lookups
        .order_statuses
        .iter()
        .map(|status| status.kind)
        .collect();
    let (waits, works) = (StatusKind::Pending, StatusKind::Processing);
    let wanted = [
        waits,
        works,
        works,
        StatusKind::Complete,
        StatusKind::Complete,
        StatusKind::Cancelled,
        StatusKind::Refunded,
        StatusKind::Failed,
        works,
        waits,
        works,
        waits,
        waits,
    ];
    assert_eq!(kinds, wanted);
    // A tax class leads to one rate a country, whatever other classes do with the same tax.
    let class = lookups
        .tax_classes
        .iter()
        .find(|class| class.id == "12")
        .unwrap();
    let in_country = |code: &str| -> Vec<String> {
        let rates = lookups.tax_rates.iter();
        rates
            .filter(|rate| class.rate_ids.contains(&rate.id))
            .filter(|rate| rate.countries.iter().any(|country| country == code))
            .map(|rate| rate.rate.normalize().to_string())
            .collect()
    };
    assert_eq!(
        (in_country("NL"), in_country("DE"), in_country("CH")),
        (vec!["21".to_owned()], vec!["19".to_owned()], vec![])
    );
    assert_eq!(lookups.country, "NL");
    let ids = |list: &[winkelbrug_protocol::record::Named]| -> Vec<String> {
        list.iter().map(|named| named.id.clone()).collect()
    };
    assert_eq!(
        ids(&lookups.payment_methods),
        [
            "free_order",
            "ps_cashondelivery",
            "ps_checkpayment",
            "ps_wirepayment"
        ]
    );
    assert_eq!(ids(&lookups.shipping_methods), ["1", "4", "5"]);
    assert_eq!(ids(&lookups.languages), ["nl-nl", "en-us"]);
    // Accounts only: a guest comes with his order.
    let customers: Vec<ShopCustomer> = house.bridge.ask("customers", json!({})).await.unwrap();
    assert_eq!(customers.len(), 3);
    assert_eq!(
        customers[2].customer.vat_number.as_deref(),
        Some("NL123456789B01")
    );
    assert_eq!(
        customers[2].customer.chamber_of_commerce.as_deref(),
        Some("12345678")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_split_order_have_numbers_of_their_own_and_one_reference() {
    let Some(house) = House::open(For::Reading) else {
        return;
    };
    let (first, second) = (house.order(46).await, house.order(47).await);
    assert_ne!(first.number, second.number);
    assert_eq!(first.shop_reference, second.shop_reference);
    // The payment of 144.39 is on the reference: it pays both.
    assert_eq!((first.paid, second.paid), (Some(true), Some(true)));
    for (number, id) in [
        ("47", Some("47")),
        ("BCPCMJYJB", Some("46")),
        ("FLFTWCYUX", Some("48")),
        ("999", None),
        ("NOSUCH", None),
    ] {
        let found: Vec<Order> = house
            .bridge
            .ask("order", json!({"number": number}))
            .await
            .unwrap();
        assert_eq!(found.first().map(|order| order.id.as_str()), id, "{number}");
    }
}

/// What PrestaShop's own upgrade from 8.2 to 9.0 does to the tables the bridge reads.
const NINE: &str = "ALTER TABLE ps_product MODIFY ean13 VARCHAR(20);
    ALTER TABLE ps_product_attribute MODIFY ean13 VARCHAR(20);
    ALTER TABLE ps_order_detail MODIFY product_ean13 VARCHAR(20);
    ALTER TABLE ps_orders MODIFY reference VARCHAR(255), ADD INDEX IF NOT EXISTS invoice_date (invoice_date);
    ALTER TABLE ps_order_payment MODIFY order_reference VARCHAR(255);
    ALTER TABLE ps_customized_data MODIFY value VARCHAR(1024) NOT NULL;
    ALTER TABLE ps_tax_rules_group MODIFY name VARCHAR(64) NOT NULL;
    DELETE FROM ps_configuration WHERE name LIKE 'PS_ADVANCED_STOCK%' OR name LIKE 'PS_STOCK_MVT%'";

/// What 1.6 and 1.7 do not have, taken out of the 8.2 database; the rest stays as it is.
const OLDER: [&str; 12] = [
    "ALTER TABLE ps_orders DROP COLUMN note, DROP COLUMN round_mode, DROP COLUMN round_type",
    "ALTER TABLE ps_order_detail DROP COLUMN id_customization, DROP COLUMN product_isbn, DROP COLUMN product_mpn, DROP COLUMN total_refunded_tax_excl, DROP COLUMN total_refunded_tax_incl, DROP COLUMN id_tax_rules_group",
    "UPDATE ps_order_detail SET tax_rate = 0",
    "ALTER TABLE ps_order_cart_rule DROP COLUMN deleted",
    "UPDATE ps_order_slip SET amount = total_products_tax_incl + total_shipping_tax_incl",
    "ALTER TABLE ps_order_slip DROP COLUMN order_slip_type, DROP COLUMN total_products_tax_excl, DROP COLUMN total_products_tax_incl, DROP COLUMN total_shipping_tax_excl, DROP COLUMN total_shipping_tax_incl",
    "ALTER TABLE ps_order_slip_detail DROP COLUMN total_price_tax_excl, DROP COLUMN total_price_tax_incl, DROP COLUMN unit_price_tax_excl, DROP COLUMN unit_price_tax_incl",
    "ALTER TABLE ps_stock_available DROP COLUMN location, DROP COLUMN physical_quantity, DROP COLUMN reserved_quantity",
    "ALTER TABLE ps_product DROP COLUMN pack_stock_type, DROP COLUMN isbn, DROP COLUMN show_condition, DROP COLUMN state, DROP COLUMN product_type, DROP COLUMN mpn",
    "ALTER TABLE ps_product_attribute ADD quantity INT NOT NULL DEFAULT 0, DROP COLUMN isbn, DROP COLUMN mpn",
    "ALTER TABLE ps_currency DROP COLUMN `precision`, DROP COLUMN numeric_iso_code, ADD decimals TINYINT NOT NULL DEFAULT 1",
    "ALTER TABLE ps_tax_rules_group DROP COLUMN deleted, DROP COLUMN date_add, DROP COLUMN date_upd",
];

async fn other_shapes_read_the_same(house: &House) {
    let read = async || {
        let mut orders = house.orders().await;
        for order in &mut orders {
            order.hash.clear();
        }
        let products: Vec<Product> = house.bridge.ask("products", json!({})).await.unwrap();
        let stock: Vec<Value> = house.bridge.ask("stock_read", json!({})).await.unwrap();
        (orders, products, stock)
    };
    let newer = read().await;
    house.sql(NINE);
    assert_eq!(read().await, newer);
    for sql in OLDER {
        house.sql(sql);
    }
    // Before 1.6.1 a line has no class: the one whose product is gone is told without.
    let mut older = newer;
    let lines = older.0.iter_mut().flat_map(|order| &mut order.lines);
    for line in lines.filter(|line| line.code == "WEG-1") {
        line.tax_class = None;
    }
    assert_eq!(read().await, older);
    house.bridge.page("lookups", json!({})).await.unwrap();
    house.bridge.page("hello", json!({})).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_of_several_stores_says_which_store_sold() {
    let Some(house) = House::open(For::OneOrderEach) else {
        return;
    };
    house.sql(
        "INSERT INTO ps_shop (id_shop, id_shop_group, name, id_category, theme_name, active, deleted, color) VALUES (2, 1, 'Tweede winkel', 2, 'classic', 1, 0, '');
         UPDATE ps_orders SET id_shop = 2 WHERE id_order = 36",
    );
    assert_eq!(house.order(36).await.store.name, "Tweede winkel");
    let lookups: Vec<Lookups> = house.bridge.ask("lookups", json!({})).await.unwrap();
    assert_eq!(lookups[0].stores.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn country_names_are_those_of_the_buyers_language() {
    let Some(house) = House::open(For::Reading) else {
        return;
    };
    for order in house.orders().await {
        if order.language == "nl-nl" {
            let address = &order.invoice_address;
            let known = (address.country.as_str(), address.country_name.as_str());
            assert!(NAMES_OF_COUNTRIES.contains(&known), "{known:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_gone_keeps_the_tax_class_it_was_sold_in() {
    let Some(house) = House::open(For::OneOrderEach) else {
        return;
    };
    let class = async || {
        let order = house.order(14).await;
        let line = order.lines.iter().find(|line| line.code == "WEG-1");
        let class = line.unwrap().tax_class.as_ref();
        class.map(|class| class.name.clone())
    };
    assert_eq!(class().await.as_deref(), Some("OSS standaard 21/21/19"));
    let before = house.order(14).await.hash;
    // As an order of before 1.6.1, which knew no class: VAT without one says nothing.
    house.sql("UPDATE ps_order_detail SET id_tax_rules_group = 0 WHERE id_order_detail = 26");
    assert_eq!(class().await, None);
    assert_eq!(house.order(14).await.hash, before);
}

//! What the real bridge reads from a shop: our own demo shop, and a real OpenCart 3.0.5.1 database.
use rust_decimal::Decimal;
use testbed::{
    deployed::DeployedShop,
    opencart::{DEMO_ORDERS, OpenCartShop, ShopOptions, shared_folder},
    servers::PhpOptions,
};
use winkelbrug::shop::{RawOrder, Shop};
use winkelbrug_protocol::record::TotalKind;

async fn all_orders(shop: &dyn Shop) -> Vec<RawOrder> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = shop.order_heads(None, after.as_ref()).await.unwrap();
        ids.extend(page.records.into_iter().map(|head| head.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut orders = Vec::new();
    for ids in ids.chunks(200) {
        orders.extend(shop.orders(ids).await.unwrap());
    }
    orders
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_shop_is_read_as_it_was_filled() {
    let bed = DeployedShop::new(OpenCartShop::demo().unwrap())
        .await
        .unwrap();
    let shop = bed.open().unwrap();
    let hello = shop.hello().await.unwrap();
    assert_eq!(hello.platform, "opencart");
    assert_eq!(hello.platform_version, "3.0.5.1");
    assert_eq!(hello.time_zone, "Europe/Amsterdam");
    assert_eq!(hello.table_prefix, "oc_");
    assert_eq!(
        (
            hello.counts.orders,
            hello.counts.abandoned,
            hello.counts.products
        ),
        (13, 1, 12)
    );
    let lookups = shop.lookups().await.unwrap();
    assert_eq!(lookups.country, "NL");
    assert_eq!(
        lookups
            .tax_classes
            .iter()
            .filter(|class| class.id != "0")
            .count(),
        4
    );
    let orders = all_orders(&shop).await;
    assert_eq!(orders.len(), DEMO_ORDERS.len());
    for raw in &orders {
        let order = raw.order.as_ref().unwrap();
        let stored = bed
            .shop
            .order_value(order.id.parse().unwrap(), "total")
            .unwrap();
        assert_eq!(order.total, stored.parse::<Decimal>().unwrap());
        assert_eq!(order.remarks, Vec::<String>::new());
        assert!(
            order.totals.iter().all(|row| row.kind != TotalKind::Other),
            "{order:?}"
        );
    }
    let mok = shop.stock_read(None).await.unwrap();
    let mok = mok
        .records
        .iter()
        .find(|level| level.code == "MOK-WIT")
        .unwrap();
    assert_eq!(
        mok.quantity,
        Decimal::from(bed.shop.stock("MOK-WIT").unwrap())
    );
}

/// Every order of the real shop, through PHP's own server and nginx, by mysqli and by PDO.
#[tokio::test(flavor = "multi_thread")]
async fn real_opencart_shop_is_read_whole_whatever_serves_it() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    let dump = shared.join("shops/opencart-3.0.5.1/dump.sql.gz");
    let options = ShopOptions {
        prefix: "winkel_".into(),
        ..ShopOptions::default()
    };
    let bed = DeployedShop::new(OpenCartShop::from_dump(&dump, options).unwrap())
        .await
        .unwrap();
    let mut readings = Vec::new();
    for (php, driver) in [
        (PhpOptions::default().without("pdo_mysql"), "mysqli"),
        (PhpOptions::default().without("mysqli"), "pdo"),
        (PhpOptions::default().nginx(), ""),
    ] {
        bed.shop.restart_web(&php).unwrap();
        let shop = bed.open().unwrap();
        let hello = shop.hello().await.unwrap();
        assert_eq!(hello.table_prefix, "winkel_");
        assert!(
            driver.is_empty() || hello.database_driver == driver,
            "{hello:?}"
        );
        let mut orders: Vec<String> = all_orders(&shop)
            .await
            .into_iter()
            .map(|order| {
                assert!(order.order.is_ok(), "{order:?}");
                order.raw
            })
            .collect();
        orders.sort();
        readings.push(orders);
    }
    assert_eq!(readings[0].len(), 40);
    assert!(readings.iter().all(|reading| *reading == readings[0]));
}

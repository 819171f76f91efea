//! Stock through the real bridge into a real shop: the difference is written, sales in between
//! keep their effect, and a repeated request has none.
use testbed::{deployed::DeployedShop, opencart::OpenCartShop};
use winkelbrug::shop::{Shop, bridge::BridgeShop};
use winkelbrug_protocol::{
    operation::StockWrite,
    record::{StockLevel, StockOutcome},
};

async fn levels(shop: &BridgeShop) -> Vec<StockLevel> {
    let (mut levels, mut after) = (Vec::new(), None);
    loop {
        let page = shop.stock_read(after.as_deref()).await.unwrap();
        levels.extend(page.records);
        after = page.next;
        if after.is_none() {
            return levels;
        }
    }
}

fn stored(bed: &DeployedShop, key: &str) -> i64 {
    let (kind, id) = key.split_once(':').unwrap();
    let sql = match kind {
        "p" => format!("SELECT quantity FROM `oc_product` WHERE product_id = {id}"),
        _ => format!(
            "SELECT quantity FROM `oc_product_option_value` WHERE product_option_value_id = {id}"
        ),
    };
    bed.shop.query(&sql).unwrap()[0][0].parse().unwrap()
}

fn sell(bed: &DeployedShop, key: &str, pieces: i64) {
    let id = key.split_once(':').unwrap().1;
    let sql =
        format!("UPDATE `oc_product` SET quantity = quantity - {pieces} WHERE product_id = {id}");
    bed.shop.query(&sql).unwrap();
}

fn write(level: &StockLevel, difference: i64) -> StockWrite {
    let quantity: i64 = level.quantity.try_into().unwrap();
    StockWrite {
        key: level.key.clone(),
        read: quantity.to_string(),
        target: (quantity + difference).to_string(),
    }
}

#[tokio::test]
async fn a_sale_between_reading_and_writing_keeps_its_effect_and_a_repeat_has_none() {
    let bed = DeployedShop::new(OpenCartShop::demo().unwrap())
        .await
        .unwrap();
    let shop = bed.open().unwrap();
    let all = levels(&shop).await;
    let kept: Vec<&StockLevel> = all.iter().filter(|level| level.tracked).collect();
    let product = kept
        .iter()
        .find(|level| level.key.starts_with("p:"))
        .unwrap();
    let before = stored(&bed, &product.key);
    let rows = [write(product, 7)];
    sell(&bed, &product.key, 2);
    let id = hex::encode(rand::random::<[u8; 16]>());
    let first = shop.stock_set(&id, &rows).await.unwrap();
    assert_eq!(first[0].outcome, StockOutcome::Done);
    assert_eq!(stored(&bed, &product.key), before + 5);
    sell(&bed, &product.key, 1);
    let again = shop.stock_set(&id, &rows).await.unwrap();
    assert_eq!(again, first, "the same answer for the same id");
    assert_eq!(stored(&bed, &product.key), before + 4);
}

#[tokio::test]
async fn every_kept_figure_can_be_set_and_what_is_not_kept_or_unknown_is_told() {
    let bed = DeployedShop::new(OpenCartShop::demo().unwrap())
        .await
        .unwrap();
    let shop = bed.open().unwrap();
    let all = levels(&shop).await;
    let (kept, unkept): (Vec<_>, Vec<_>) = all.iter().partition(|level| level.tracked);
    let mut rows: Vec<StockWrite> = kept.iter().map(|level| write(level, 3)).collect();
    rows.push(StockWrite {
        key: "p:999999".into(),
        read: "1".into(),
        target: "2".into(),
    });
    rows.extend(unkept.iter().map(|level| write(level, 3)));
    let before: Vec<i64> = unkept
        .iter()
        .map(|level| stored(&bed, &level.key))
        .collect();
    let results = shop.stock_set(&"0a".repeat(16), &rows).await.unwrap();
    assert_eq!(results.len(), rows.len());
    let outcome = |key: &str| {
        let result = results.iter().find(|result| result.key == key);
        result.unwrap().outcome
    };
    for level in &kept {
        assert_eq!(outcome(&level.key), StockOutcome::Done, "{}", level.key);
        let quantity: i64 = level.quantity.try_into().unwrap();
        assert_eq!(stored(&bed, &level.key), quantity + 3, "{}", level.key);
    }
    assert_eq!(outcome("p:999999"), StockOutcome::Unknown);
    for (level, before) in unkept.iter().zip(before) {
        assert_eq!(outcome(&level.key), StockOutcome::NotTracked);
        assert_eq!(stored(&bed, &level.key), before);
    }
    let keys: Vec<String> = kept.iter().map(|level| level.key.clone()).collect();
    let again = shop.stock_read_keys(&keys).await.unwrap();
    assert_eq!(again.len(), keys.len());
}

#[tokio::test]
async fn more_than_the_files_cap_going_to_zero_is_refused_whole() {
    let bed = DeployedShop::new(OpenCartShop::demo().unwrap())
        .await
        .unwrap();
    for number in 0..260 {
        let sql = format!(
            "INSERT INTO `oc_product` SET model = 'zero{number}', quantity = 5, subtract = 1, \
             status = 1, date_added = NOW(), date_modified = NOW()"
        );
        bed.shop.query(&sql).unwrap();
    }
    let shop = bed.open().unwrap();
    let all = levels(&shop).await;
    let made: Vec<&StockLevel> = all
        .iter()
        .filter(|level| level.code.starts_with("zero"))
        .collect();
    assert_eq!(made.len(), 260);
    let rows: Vec<StockWrite> = made.iter().map(|level| write(level, -5)).collect();
    let failure = shop.stock_set(&"0b".repeat(16), &rows).await.unwrap_err();
    assert_eq!(failure.code, "stock-to-zero");
    assert_eq!(stored(&bed, &made[0].key), 5);
    let fewer = shop
        .stock_set(&"0c".repeat(16), &rows[..250])
        .await
        .unwrap();
    assert_eq!(fewer.len(), 250);
    assert_eq!(stored(&bed, &made[0].key), 0);
}

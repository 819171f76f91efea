//! Stock: which stage takes what.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::simulator::client::Desk;
use crate::simulator::orders::Shop;
use testbed::snelstart::TechnicalStock;

const LEVELS: [&str; 7] = [
    "Alle",
    "Offerte",
    "BackOrder",
    "Bevestiging",
    "Werkbon",
    "PakbonEnAfhaalbon",
    "FactuurEnContantbon",
];

/// How many levels, from the lowest on, count an order of that stage.
const STAGES: [(&str, usize); 6] = [
    ("Order", 1),
    ("Offerte", 2),
    ("Bevestiging", 4),
    ("Werkbon", 5),
    ("Pakbon", 6),
    ("Afhaalbon", 6),
];

async fn read(desk: &Desk) -> (Decimal, Decimal) {
    let row = desk
        .filtered("/artikelen", "Artikelcode eq 'LAMP'")
        .await
        .rows()
        .remove(0);
    (
        row.amount("technischeVoorraad").unwrap(),
        row.amount("vrijeVoorraad").unwrap(),
    )
}

#[tokio::test]
async fn free_stock_falls_from_the_set_stage_on_and_technical_on_delivery() {
    for (stage, counted_by) in STAGES {
        let shop = Shop::new().await;
        shop.desk.books.set_stock("LAMP", 10).unwrap();
        let line = shop.line(r#","aantal":3,"stuksprijs":1"#);
        let order = shop
            .taken(&line, &format!(r#","procesStatus":"{stage}""#))
            .await;
        let delivered = stage == "Pakbon" || stage == "Afhaalbon";
        for (at, level) in LEVELS.into_iter().enumerate() {
            shop.desk
                .books
                .set_company("verkooporderVoorraadVanafNiveau", level);
            let free = if at < counted_by { 7 } else { 10 };
            let technical = if delivered { 7 } else { 10 };
            assert_eq!(
                read(&shop.desk).await,
                (technical.into(), free.into()),
                "{stage} at {level}"
            );
        }
        shop.desk
            .books
            .knobs(|knobs| knobs.technical_stock = TechnicalStock::AtInvoice);
        assert_eq!(read(&shop.desk).await.0, 10.into());
        shop.desk
            .books
            .invoice(order.text("id").unwrap().parse().unwrap())
            .unwrap();
        assert_eq!(
            read(&shop.desk).await,
            (7.into(), 7.into()),
            "invoiced: both, at every level"
        );
    }
}

#[tokio::test]
async fn a_deleted_order_gives_its_pieces_back_and_a_count_holds() {
    let shop = Shop::new().await;
    shop.desk.books.set_stock("LAMP", 10).unwrap();
    let order = shop
        .taken(&shop.line(r#","aantal":3,"stuksprijs":1"#), "")
        .await;
    assert_eq!(read(&shop.desk).await.1, 7.into());
    shop.desk.books.set_stock("LAMP", 20).unwrap();
    assert_eq!(read(&shop.desk).await, (20.into(), 17.into()));
    shop.desk
        .delete(&format!("/verkooporders/{}", order.text("id").unwrap()))
        .await;
    assert_eq!(read(&shop.desk).await, (20.into(), 20.into()));
}

#[tokio::test]
async fn the_stamp_of_an_article_moves_with_its_stock_only_when_the_knob_says_so() {
    let shop = Shop::new().await;
    let stamp = || async {
        let row = shop
            .desk
            .filtered("/artikelen", "Artikelcode eq 'LAMP'")
            .await
            .rows()
            .remove(0);
        row.text("modifiedOn").unwrap().to_string()
    };
    let first = stamp().await;
    shop.desk.books.clock().advance(Duration::from_secs(5));
    shop.desk.books.set_stock("LAMP", 5).unwrap();
    assert_eq!(stamp().await, first);
    shop.desk
        .books
        .knobs(|knobs| knobs.stock_moves_stamp = true);
    shop.taken(&shop.line(r#","aantal":1,"stuksprijs":1"#), "")
        .await;
    assert_ne!(stamp().await, first);
}

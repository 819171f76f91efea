//! Sales abroad as booked invoices, on the whole way into SnelStart: which ledger they stand on, and
//! where their VAT does.

use rust_decimal::{Decimal, dec};
use testbed::{
    opencart::{Buyer, Item, NewOrder, OpenCartShop, ShopOptions},
    profile::text,
    program::Winkelbrug,
    registers::Registers,
    scene::Scene,
    snelstart::Options,
};

use crate::registers::{NUMBER, belgian_order};

/// A profile that books invoices, and books with or without foreign VAT.
fn booking(foreign_vat: bool) -> Scene {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let options = Options {
        foreign_vat,
        ..Options::default()
    };
    let mut scene = Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
    scene.profile.set("sales", "form", &text("booking")).set(
        "sales",
        "booking_number",
        &text("order-number"),
    );
    scene
}

/// What was booked of an order.
#[derive(Debug, PartialEq, Eq)]
struct Booked {
    amount: Decimal,
    /// Ledger number, VAT kind, amount without VAT.
    lines: Vec<(i64, String, Decimal)>,
    vat: Vec<(String, Decimal)>,
}

fn booked(scene: &Scene, number: u64) -> Booked {
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    let ran = ran.ended(0).unwrap();
    let number = number.to_string();
    assert!(scene.books.orders().is_empty());
    assert!(scene.books.violations().is_empty());
    scene.books.read(|world| {
        let mut all = world.bookings.iter();
        let row = all.find(|row| row.doc.text("factuurnummer") == Some(&number));
        let doc = &row.unwrap_or_else(|| panic!("{}", ran.said())).doc;
        let mut lines: Vec<(i64, String, Decimal)> = doc
            .list("boekingsregels")
            .iter()
            .map(|line| {
                let ledger = world.ledgers.get(line.reference("grootboek").unwrap());
                (
                    ledger.unwrap().doc.whole("nummer").unwrap(),
                    line.text("btwSoort").unwrap_or_default().to_owned(),
                    line.amount("bedrag").unwrap(),
                )
            })
            .collect();
        lines.sort();
        let vat = doc.list("btw").iter().map(|row| {
            let kind = row.text("btwSoort").unwrap().to_owned();
            (kind, row.amount("btwBedrag").unwrap())
        });
        Booked {
            amount: doc.amount("factuurbedrag").unwrap(),
            lines,
            vat: vat.collect(),
        }
    })
}

fn shop_total(scene: &Scene, number: u64) -> Decimal {
    let total = scene.shop.order_value(number, "total").unwrap();
    total.parse::<Decimal>().unwrap().round_dp(2)
}

/// The shop's VAT of an order, as its tax rows have it.
fn shop_vat(scene: &Scene, number: u64) -> Decimal {
    let sql = format!(
        "SELECT coalesce(sum(value), 0) FROM `oc_order_total`
         WHERE order_id = {number} AND code = 'tax'"
    );
    scene.shop.query(&sql).unwrap()[0][0].parse().unwrap()
}

#[test]
fn a_german_consumer_under_oss_stands_on_the_ledger_of_his_rate_with_the_vat_on_that_of_foreign_vat()
 {
    let scene = booking(true).ready().unwrap();
    // The shop charges Germany's rate there.
    scene
        .shop
        .query(
            "DELETE FROM `oc_zone_to_geo_zone` WHERE country_id = 81;
             INSERT INTO `oc_geo_zone` VALUES (6, 'Duitsland', 'OSS', NOW(), NOW());
             INSERT INTO `oc_zone_to_geo_zone` VALUES (9, 81, 0, 6, NOW(), NOW());
             INSERT INTO `oc_tax_rate` VALUES
                (95, 6, 'MwSt 19%', 19.0000, 'P', NOW(), NOW()), (96, 6, 'MwSt 7%', 7.0000, 'P', NOW(), NOW());
             INSERT INTO `oc_tax_rule` VALUES (8, 9, 95, 'shipping', 1), (9, 11, 96, 'shipping', 1);
             INSERT INTO `oc_tax_rate_to_customer_group` VALUES (95, 1), (96, 1)",
        )
        .unwrap();
    let mut buyer = Buyer::guest("Greta", "Test", "greta@example.com", "10115");
    buyer.invoice.country = "DE";
    let items = vec![Item::new("MOK-WIT", 2), Item::new("THEE-100", 1)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, items))
        .unwrap();
    let booked = booked(&scene, number);
    assert_eq!(booked.amount, shop_total(&scene, number));
    assert!(booked.vat.is_empty(), "{booked:?}");
    let ledgers: Vec<i64> = booked.lines.iter().map(|line| line.0).collect();
    assert_eq!(ledgers, [1522, 8060, 8061], "{booked:?}");
    assert!(
        booked.lines.iter().all(|line| line.1 == "Geen"),
        "{booked:?}"
    );
    let sum: Decimal = booked.lines.iter().map(|line| line.2).sum();
    assert_eq!(sum, booked.amount);
    let (foreign, high, low) = (booked.lines[0].2, booked.lines[1].2, booked.lines[2].2);
    let computed = high * dec!(0.19) + low * dec!(0.07);
    assert!((foreign - computed).abs() <= dec!(0.03), "{booked:?}");
    assert!(
        (foreign - shop_vat(&scene, number)).abs() <= dec!(0.02),
        "{booked:?}"
    );
}

#[test]
fn an_eu_business_with_a_checked_number_stands_on_the_ledger_for_supplies_within_the_eu() {
    let registers = Registers::start().unwrap();
    registers.holds(NUMBER, "JANSSENS BV");
    let mut scene = booking(false);
    let vies = text(&registers.vies_url());
    scene.profile.set("vat", "vies_url", &vies);
    let scene = scene.ready().unwrap();
    let number = belgian_order(&scene);
    let booked = booked(&scene, number);
    assert_eq!(
        booked,
        Booked {
            amount: shop_total(&scene, number),
            lines: vec![(8040, "Geen".to_owned(), shop_total(&scene, number))],
            vat: Vec::new(),
        }
    );
    let relation = scene.books.relations().into_iter();
    let numbers: Vec<String> = relation.map(|relation| relation.vat_number).collect();
    assert!(numbers.contains(&NUMBER.to_owned()), "{numbers:?}");
    assert_eq!(registers.asked().len(), 1);
}

#[test]
fn an_export_stands_on_the_ledger_for_supplies_outside_the_eu() {
    let scene = booking(false).ready().unwrap();
    let mut buyer = Buyer::guest("Urs", "Test", "urs@example.com", "8001");
    buyer.invoice.country = "CH";
    let items = vec![Item::new("MOK-WIT", 3), Item::new("THEE-100", 1)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, items))
        .unwrap();
    let booked = booked(&scene, number);
    assert_eq!(
        booked,
        Booked {
            amount: shop_total(&scene, number),
            lines: vec![(8050, "Geen".to_owned(), shop_total(&scene, number))],
            vat: Vec::new(),
        }
    );
    assert!(shop_vat(&scene, number).is_zero());
}

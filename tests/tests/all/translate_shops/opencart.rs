//! OpenCart 2.3, 3.0 and 4.1, read through the bridge; and 3.0 from what the shop says of itself.

use testbed::{
    bridge_file::BridgeFile,
    opencart::recorded::{OPENCART_2, OPENCART_3, OPENCART_4, Recorded},
    servers::Database,
    truth::{self, books::Books},
};
use winkelbrug::translate::{Outcome, plan::RelationStep};
use winkelbrug_protocol::key::Variant;

use super::desk::{
    self,
    End::{self, Held, Skipped, WithoutVat, Written},
    Shop,
};

/// Revenue groups by tax class.
pub const GROUPS: [(&str, &str); 5] = [
    ("BTW hoog 21%", "hoog"),
    ("BTW laag 9%", "laag"),
    ("BTW 0%", "geen"),
    ("BTW 21% + bijdrage", "hoog"),
    ("0", "geen"),
];

/// Orders of 2.3 and of 3.0.
pub const TWO_AND_THREE: [(&str, End); 40] = [
    ("1", Written),
    ("2", Written),
    ("3", Written),
    ("4", Written),
    ("5", Written),
    ("6", Written),
    ("7", Skipped("abandoned")),
    ("8", Written),
    ("9", Held("btw-nummer-niet-gecontroleerd")),
    ("10", WithoutVat),
    ("11", Written),
    ("12", Written),
    ("13", Written),
    ("14", Written),
    ("15", Written),
    ("16", Written),
    ("17", Skipped("abandoned")),
    ("18", Written),
    ("19", WithoutVat),
    ("20", Written),
    ("21", Written),
    ("22", Written),
    ("23", Written),
    ("24", Written),
    ("25", Written),
    ("26", Written),
    ("27", Written),
    ("28", Written),
    ("29", Skipped("cancelled")),
    ("30", Held("terugbetaald")),
    ("31", Skipped("failed")),
    ("32", Written),
    ("33", Written),
    ("34", Written),
    ("35", Written),
    ("36", Written),
    ("37", Written),
    ("38", Held("product-verdwenen")),
    ("40", Written),
    ("41", Written),
];

/// Orders of 4.1.
pub const FOUR: [(&str, End); 40] = [
    ("1", Written),
    ("2", Written),
    ("3", Written),
    ("4", Written),
    ("5", Written),
    ("6", Written),
    ("7", Skipped("abandoned")),
    ("8", Written),
    ("9", Held("btw-nummer-niet-gecontroleerd")),
    ("10", WithoutVat),
    ("11", Written),
    ("12", Written),
    ("13", Written),
    ("14", Written),
    ("15", Written),
    ("16", Written),
    ("17", Written),
    ("18", WithoutVat),
    ("19", Written),
    ("20", Written),
    ("21", Written),
    ("22", Written),
    ("23", Written),
    ("24", Written),
    ("25", Written),
    ("26", Written),
    ("27", Written),
    ("28", Skipped("cancelled")),
    ("29", Held("terugbetaald")),
    ("30", Skipped("failed")),
    ("31", Written),
    ("32", Written),
    ("33", Written),
    ("34", Written),
    ("35", Written),
    ("36", Written),
    ("37", Written),
    ("38", Held("product-verdwenen")),
    ("40", Written),
    ("41", Written),
];

pub async fn shop(recorded: Recorded) -> Option<Shop> {
    changed(recorded, |_| {}).await
}

/// The same after something was done to the test's own copy of its database.
pub async fn changed(recorded: Recorded, change: impl FnOnce(&Database)) -> Option<Shop> {
    let shop = recorded.start(&truth::shared().unwrap()?).unwrap();
    change(shop.database());
    let bridge = BridgeFile::of("opencart", ".", "config.php", Variant::Hmac)
        .unwrap()
        .with("TIME_ZONE", recorded.time_zone)
        .place(&shop)
        .unwrap();
    Some(Shop::read(&bridge).await)
}

async fn check(recorded: Recorded, ends: &[(&str, End)], share: (usize, usize)) {
    let Some(shop) = shop(recorded).await else {
        return;
    };
    let all = shop.translate(Books::default(), &desk::settings(&GROUPS, ""));
    desk::check(&format!("opencart-{}", recorded.version), &all, ends, share);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_opencart_2_is_written_or_held_for_its_reason() {
    check(OPENCART_2, &TWO_AND_THREE, (3, 36)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_opencart_3_is_written_or_held_for_its_reason() {
    check(OPENCART_3, &TWO_AND_THREE, (3, 36)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_opencart_4_is_written_or_held_for_its_reason() {
    check(OPENCART_4, &FOUR, (3, 37)).await;
}

/// 3.0 as the shop itself says its orders are.
fn told_by_the_shop() -> Option<Shop> {
    let told = truth::shared()
        .unwrap()?
        .join("shops/opencart-3.0.5.1/truth.json");
    let told = truth::opencart::read(&told).unwrap();
    Some(Shop {
        orders: told.orders,
        lookups: told.lookups,
        products: told.products,
    })
}

#[test]
fn what_opencart_3_says_of_itself_ends_as_what_its_bridge_says() {
    let Some(shop) = told_by_the_shop() else {
        return;
    };
    let all = shop.translate(Books::default(), &desk::settings(&GROUPS, ""));
    desk::check("opencart-3.0.5.1 itself", &all, &TWO_AND_THREE, (3, 36));
}

#[test]
fn a_second_order_of_the_same_guest_finds_the_relation_of_the_first() {
    let Some(shop) = told_by_the_shop() else {
        return;
    };
    let all = shop.translate(Books::default(), &desk::settings(&GROUPS, ""));
    let made = |id: &str| {
        let one = all.iter().find(|one| one.order.id == id).unwrap();
        let Outcome::Plan(plan) = &one.outcome else {
            panic!("order {id}")
        };
        matches!(plan.relation, RelationStep::Create { .. })
    };
    assert!(made("1"), "the first order of this e-mail address");
    assert!(made("23"), "the same address, another postcode");
    assert!(!made("24"), "the same address and postcode in other case");
    assert!(!made("15"), "the account of order 2");
    assert!(!made("37"), "the account of order 8");
}

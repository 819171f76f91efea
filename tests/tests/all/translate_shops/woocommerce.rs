//! WooCommerce 11.0 with orders in tables of their own and among the posts, and 7.9.

use testbed::{
    bridge_file::BridgeFile,
    servers::Database,
    truth::{self, books::Books},
    woocommerce::{OLDER, POSTS, Recorded, TABLES},
};
use winkelbrug_protocol::key::Variant;

use super::desk::{
    self,
    End::{self, Held, Skipped, WithoutVat, Written},
    Shop,
};

/// Revenue groups by tax class.
pub const GROUPS: [(&str, &str); 4] = [
    ("standard", "hoog"),
    ("reduced-rate", "laag"),
    ("zero-rate", "geen"),
    ("", "geen"),
];

/// Orders of the shop with tables of their own.
pub const WITH_TABLES: [(&str, End); 49] = [
    ("79", Written),
    ("80", Written),
    ("75", Written),
    ("76", Written),
    ("77", Written),
    ("78", Written),
    ("74", Written),
    ("49", Written),
    ("50", Written),
    ("51", Written),
    ("52", Held("artikelcode-niet-toegestaan")),
    ("53", WithoutVat),
    ("54", Written),
    ("55", Written),
    ("56", Written),
    ("57", Written),
    ("58", Written),
    ("59", Written),
    ("60", Written),
    ("61", Written),
    ("62", Held("btw-wijkt-af")),
    ("63", Written),
    ("64", Skipped("abandoned")),
    ("65", Written),
    ("66", Written),
    ("68", Written),
    ("70", Written),
    ("73", Written),
    ("81", Skipped("cancelled")),
    ("82", Skipped("failed")),
    ("83", Written),
    ("84", Skipped("cancelled")),
    ("85", Written),
    ("86", Held("geen-euro")),
    ("87", Held("btw-nummer-ongeldig")),
    ("88", Written),
    ("89", Written),
    ("90", Written),
    ("91", Written),
    ("92", Skipped("empty")),
    ("93", Written),
    ("94", Held("totaal-verschil")),
    ("95", Written),
    ("96", Written),
    ("97", Written),
    ("98", Skipped("abandoned")),
    ("100", Written),
    ("101", Written),
    ("102", Written),
];

/// The same shop after it went back to posts.
pub const WITH_POSTS: [(&str, End); 48] = [
    ("79", Written),
    ("80", Written),
    ("75", Written),
    ("76", Written),
    ("77", Written),
    ("78", Written),
    ("74", Written),
    ("49", Written),
    ("50", Written),
    ("51", Written),
    ("52", Held("artikelcode-niet-toegestaan")),
    ("53", WithoutVat),
    ("54", Written),
    ("55", Written),
    ("56", Written),
    ("57", Written),
    ("58", Written),
    ("59", Written),
    ("60", Written),
    ("61", Written),
    ("62", Held("btw-wijkt-af")),
    ("63", Written),
    ("64", Skipped("abandoned")),
    ("65", Written),
    ("66", Written),
    ("68", Written),
    ("70", Written),
    ("73", Written),
    ("81", Skipped("cancelled")),
    ("82", Skipped("failed")),
    ("84", Skipped("cancelled")),
    ("85", Written),
    ("86", Held("geen-euro")),
    ("87", Held("btw-nummer-ongeldig")),
    ("88", Written),
    ("89", Written),
    ("90", Written),
    ("91", Written),
    ("92", Skipped("empty")),
    ("93", Written),
    ("94", Held("totaal-verschil")),
    ("95", Written),
    ("96", Written),
    ("97", Written),
    ("100", Written),
    ("101", Written),
    ("102", Written),
    ("103", Written),
];

/// Orders of 7.9.
pub const SEVEN: [(&str, End); 50] = [
    ("94", Written),
    ("95", Written),
    ("90", Written),
    ("91", Written),
    ("92", Written),
    ("93", Written),
    ("89", Written),
    ("64", Written),
    ("65", Written),
    ("66", Held("btw-wijkt-af")),
    ("67", Held("artikelcode-niet-toegestaan")),
    ("68", WithoutVat),
    ("69", Written),
    ("70", Written),
    ("71", Written),
    ("72", Written),
    ("73", Written),
    ("74", Written),
    ("75", Written),
    ("76", Written),
    ("77", Held("btw-wijkt-af")),
    ("78", Written),
    ("79", Skipped("abandoned")),
    ("80", Written),
    ("81", Written),
    ("83", Written),
    ("85", Written),
    ("88", Written),
    ("96", Skipped("cancelled")),
    ("97", Skipped("failed")),
    ("98", Written),
    ("99", Skipped("cancelled")),
    ("100", Written),
    ("101", Held("geen-euro")),
    ("102", Held("btw-nummer-ongeldig")),
    ("103", Written),
    ("104", Written),
    ("105", Written),
    ("106", Written),
    ("107", Skipped("empty")),
    ("108", Written),
    ("109", Held("totaal-verschil")),
    ("110", Written),
    ("111", Written),
    ("112", Written),
    ("113", Written),
    ("114", Skipped("abandoned")),
    ("115", Written),
    ("116", Written),
    ("117", Written),
];

/// What a bridge says of that shop; none where the recorded shops are not there.
pub async fn shop(recorded: Recorded) -> Option<Shop> {
    changed(recorded, |_| {}).await
}

/// The same after something was done to the test's own copy of its database.
pub async fn changed(recorded: Recorded, change: impl FnOnce(&Database)) -> Option<Shop> {
    let shop = recorded.start(&truth::shared().unwrap()?).unwrap();
    change(shop.database());
    let bridge = BridgeFile::of("woocommerce", ".", "wp-config.php", Variant::Hmac)
        .unwrap()
        .place(&shop)
        .unwrap();
    Some(Shop::read(&bridge).await)
}

async fn check(recorded: Recorded, ends: &[(&str, End)], share: (usize, usize)) {
    let Some(shop) = shop(recorded).await else {
        return;
    };
    let books = Books::default().with_foreign_vat();
    let all = shop.translate(books, &desk::settings(&GROUPS, ""));
    desk::check(recorded.name, &all, ends, share);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_woocommerce_with_order_tables_is_written_or_held_for_its_reason() {
    check(TABLES, &WITH_TABLES, (5, 43)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_woocommerce_with_posts_is_written_or_held_for_its_reason() {
    check(POSTS, &WITH_POSTS, (5, 43)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_woocommerce_seven_is_written_or_held_for_its_reason() {
    check(OLDER, &SEVEN, (6, 44)).await;
}

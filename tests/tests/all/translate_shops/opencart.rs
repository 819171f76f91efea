//! OpenCart 2.3, 3.0 and 4.1, read through the bridge; `translate_opencart` takes 3.0 from what the shop
//! says of itself.

use testbed::{
    bridge_file::BridgeFile,
    opencart::recorded::{OPENCART_2, OPENCART_3, OPENCART_4, Recorded},
    truth::{self, books::Books},
};
use winkelbrug_protocol::key::Variant;

use super::desk::{
    self,
    End::{self, Held, Skipped, WithoutVat, Written},
    Shop,
};

pub const GROUPS: [(&str, &str); 5] = [
    ("BTW hoog 21%", "hoog"),
    ("BTW laag 9%", "laag"),
    ("BTW 0%", "geen"),
    ("BTW 21% + bijdrage", "hoog"),
    ("0", "geen"),
];

/// Orders of 2.3.
const TWO: [(&str, End); 40] = [
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

/// Orders of 3.0.
const THREE: [(&str, End); 40] = [
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
const FOUR: [(&str, End); 40] = [
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
    let shop = recorded.start(&truth::shared().unwrap()?).unwrap();
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
    check(OPENCART_2, &TWO, (3, 36)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_opencart_3_is_written_or_held_for_its_reason() {
    check(OPENCART_3, &THREE, (3, 36)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_opencart_4_is_written_or_held_for_its_reason() {
    check(OPENCART_4, &FOUR, (3, 37)).await;
}

//! PrestaShop 8.2.

use testbed::{
    bridge_file::BridgeFile,
    prestashop::{self, CONFIG},
    truth::{self, books::Books},
};
use winkelbrug_protocol::key::Variant;

use super::desk::{
    self,
    End::{self, Held, Skipped, WithoutVat, Written},
    Shop,
};

/// Revenue groups by tax class.
pub const GROUPS: [(&str, &str); 4] = [
    ("OSS standaard 21/21/19", "hoog"),
    ("OSS laag 9/6/7", "laag"),
    ("Nultarief", "geen"),
    ("", "geen"),
];

pub async fn shop() -> Option<Shop> {
    let shop = prestashop::start(&truth::shared().unwrap()?).unwrap();
    let bridge = BridgeFile::of("prestashop", ".", CONFIG, Variant::Ecdsa)
        .unwrap()
        .place(&shop)
        .unwrap();
    Some(Shop::read(&bridge).await)
}

/// Every order.
pub const ENDS: [(&str, End); 48] = [
    ("23", Written),
    ("24", Written),
    ("40", Written),
    ("41", Written),
    ("42", Written),
    ("22", Written),
    ("1", Written),
    ("2", Written),
    ("3", Written),
    ("4", Written),
    ("5", WithoutVat),
    ("6", Written),
    ("7", Written),
    ("8", Written),
    ("9", Written),
    ("10", Written),
    ("11", Written),
    ("12", Written),
    ("13", Held("btw-wijkt-af")),
    ("14", Written),
    ("15", Written),
    ("16", Written),
    ("17", Written),
    ("18", Written),
    ("19", Written),
    ("20", Written),
    ("21", Written),
    ("25", Skipped("cancelled")),
    ("26", Skipped("failed")),
    ("27", Written),
    ("28", Held("geen-euro")),
    ("29", Held("geen-euro")),
    ("30", Written),
    ("31", Written),
    ("32", Written),
    ("33", Written),
    ("34", Skipped("failed")),
    ("35", Written),
    ("36", Written),
    ("37", Written),
    ("38", Written),
    ("39", Written),
    ("43", Written),
    ("44", Written),
    ("45", Written),
    ("46", Written),
    ("47", Written),
    ("48", Written),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_prestashop_is_written_or_held_for_its_reason() {
    let Some(shop) = shop().await else { return };
    let books = Books::default().with_foreign_vat();
    let settings = desk::settings(&GROUPS, "payment_reference = \"shop-reference\"");
    let all = shop.translate(books, &settings);
    desk::check("prestashop-8.2", &all, &ENDS, (3, 45));
}

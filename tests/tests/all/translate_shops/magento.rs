//! Magento 1 (OpenMage) and Magento 2.

use rust_decimal::{Decimal, dec};
use testbed::{
    bridge_file::BridgeFile,
    magento::Generation,
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
    ("BTW hoog", "hoog"),
    ("BTW laag", "laag"),
    ("BTW nul", "geen"),
    ("", "geen"),
];

/// The ledger behind the group Laag bears the lower of two reduced rates abroad.
const ABROAD: &str = "[vat.foreign]\n\"Omzet laag\" = \"RRL\"";

/// Orders of Magento 1.
pub const ONE: [(&str, End); 57] = [
    ("100000001", Written),
    ("100000002", Written),
    ("100000003", Written),
    ("100000004", Written),
    ("100000005", Written),
    ("100000006", Written),
    ("100000007", Held("btw-nummer-niet-gecontroleerd")),
    ("100000008", Written),
    ("100000009", Written),
    ("100000010", Written),
    ("100000011", WithoutVat),
    ("200000001", WithoutVat),
    ("200000002", Written),
    ("B2B-00000001", Written),
    ("100000012", Written),
    ("100000013", Written),
    ("100000014", Written),
    ("100000015", Written),
    ("100000016", Written),
    ("100000017", Written),
    ("100000018", Written),
    ("100000019", Written),
    ("100000020", Written),
    ("100000021", Written),
    ("100000022", Written),
    ("100000023", Written),
    ("100000024", Held("btw-wijkt-af")),
    ("100000025", Written),
    ("100000026", Written),
    ("100000027", Skipped("cancelled")),
    ("100000028", Written),
    ("100000029", Skipped("on-hold")),
    ("100000030", Written),
    ("100000031", Skipped("on-hold")),
    ("100000032", Written),
    ("100000033", Written),
    ("100000034", Written),
    ("100000035", Written),
    ("100000036", Written),
    ("100000037", Skipped("cancelled")),
    ("100000037-1", Skipped("cancelled")),
    ("100000037-2", Written),
    ("100000038", Written),
    ("100000039", Written),
    ("100000040", Written),
    ("100000041", Written),
    ("100000042", Written),
    ("100000043", Written),
    ("100000044", Written),
    ("100000045", Held("product-verdwenen")),
    ("100000046", Written),
    ("100000047", Held("btw-wijkt-af")),
    ("100000048", Written),
    ("100000049", Written),
    ("100000050", Written),
    ("100000051", Written),
    ("100000052", Written),
];

/// Orders of Magento 2.
pub const TWO: [(&str, End); 58] = [
    ("000000001", Written),
    ("000000002", Written),
    ("000000003", Written),
    ("000000004", Written),
    ("000000005", Written),
    ("000000006", Written),
    ("000000007", Held("btw-nummer-niet-gecontroleerd")),
    ("000000008", Written),
    ("000000009", Written),
    ("000000050", Written),
    ("000000011", WithoutVat),
    ("2000000001", WithoutVat),
    ("2000000002", Written),
    ("B2B-000000001", Written),
    ("000000012", Written),
    ("000000013", Written),
    ("000000014", Written),
    ("000000015", Written),
    ("000000016", Written),
    ("000000017", Written),
    ("000000018", Written),
    ("000000019", Written),
    ("000000020", Written),
    ("000000021", Written),
    ("000000022", Written),
    ("000000023", Written),
    ("000000051", Held("btw-wijkt-af")),
    ("000000024", Written),
    ("000000025", Written),
    ("000000026", Skipped("cancelled")),
    ("000000027", Written),
    ("000000028", Skipped("on-hold")),
    ("000000029", Written),
    ("000000030", Skipped("on-hold")),
    ("000000031", Written),
    ("000000032", Written),
    ("000000033", Written),
    ("000000034", Written),
    ("000000052", Written),
    ("000000035", Written),
    ("000000053", Skipped("cancelled")),
    ("000000053-1", Skipped("cancelled")),
    ("000000053-2", Written),
    ("000000036", Written),
    ("000000037", Written),
    ("000000038", Written),
    ("000000039", Written),
    ("000000040", Written),
    ("000000041", Written),
    ("000000042", Written),
    ("000000043", Held("product-verdwenen")),
    ("000000044", Written),
    ("000000045", Written),
    ("000000046", Written),
    ("000000047", Written),
    ("000000048", Written),
    ("000000049", Written),
    ("000000054", Written),
];

pub async fn shop(generation: Generation) -> Option<Shop> {
    let shop = generation.start(&truth::shared().unwrap()?).unwrap();
    let (root, config) = generation.place();
    let bridge = BridgeFile::of(generation.platform(), root, config, Variant::Ecdsa)
        .unwrap()
        .place(&shop)
        .unwrap();
    Some(Shop::read(&bridge).await)
}

async fn check(generation: Generation, ends: &[(&str, End)], share: (usize, usize)) {
    let Some(shop) = shop(generation).await else {
        return;
    };
    let mut books = Books::default().with_foreign_vat();
    books
        .rate_codes
        .insert("group-2".to_owned(), "RRL".to_owned());
    let all = shop.translate(books, &desk::settings(&GROUPS, ABROAD));
    desk::check(generation.recording(), &all, ends, share);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_magento_1_is_written_or_held_for_its_reason() {
    check(Generation::One, &ONE, (4, 52)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_magento_2_is_written_or_held_for_its_reason() {
    check(Generation::Two, &TWO, (3, 53)).await;
}
#[tokio::test(flavor = "multi_thread")]
async fn a_configurable_product_or_a_bundle_is_counted_once() {
    for (generation, numbers) in [
        (Generation::One, ["100000012", "100000013", "100000014"]),
        (Generation::Two, ["000000012", "000000013", "000000014"]),
    ] {
        let Some(shop) = shop(generation).await else {
            return;
        };
        let books = Books::default().with_foreign_vat();
        let all = shop.translate(books, &desk::settings(&GROUPS, ""));
        let written = numbers.map(|number| {
            let one = all.iter().find(|one| one.order.number == number).unwrap();
            (one.lines(), one.pieces())
        });
        let [configurable, dynamic, fixed] = &written;
        assert_eq!(
            configurable.0[..2],
            ["SHIRT-RD-S 2 × 19.99", "SHIRT-GR-XL 1 × 22.99"]
        );
        // Priced by its parts: the bundle's own name is a text above them.
        assert_eq!(
            dynamic.0[..4],
            [
                "\"Bundel dynamisch\"",
                "00012345 2 × 19.95",
                "BOEK-LAAG 4 × 24.95",
                "ROND-LAAG 6 × 0.99"
            ]
        );
        // With a price of its own: the parts are in it.
        assert_eq!(fixed.0[0], "BUNDEL-VAST 3 × 67.50");
        let pieces = written.map(|(_, pieces)| pieces.values().sum::<Decimal>());
        assert_eq!(pieces, [dec!(3), dec!(12), dec!(3)]);
    }
}

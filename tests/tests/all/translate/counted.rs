//! Where the books count what stands on a line: group, ledger and box of the VAT return.

use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Wish};
use winkelbrug::books::VatKind;

use crate::translate::{
    abroad::abroad,
    desk::{Desk, desk, desk_of, wish},
};

/// The boxes of an order's lines, by article code.
fn boxes(desk: &Desk) -> Vec<(VatKind, Option<String>)> {
    let counted = desk.plan().names.counted;
    assert!(!counted.is_empty());
    let all = counted.into_values();
    all.map(|one| {
        assert!(!one.group.is_empty());
        (one.kind, one.vat_box)
    })
    .collect()
}

#[test]
fn each_line_tells_its_revenue_group_and_the_box_of_the_vat_return() {
    let at = |name: &str| Some(name.to_owned());
    for (kind, name) in boxes(&desk()) {
        assert_eq!(name, at("1a"), "{kind:?} at home");
    }
    let swiss = desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    });
    for (_, name) in boxes(&swiss) {
        assert_eq!(name, at("3a"), "export");
    }
    let german = abroad("DE", &[(dec!(19), VatKind::Hoog)], "");
    for (_, name) in boxes(&german) {
        assert_eq!(name, at("OSS"), "not in the Dutch return");
    }
}

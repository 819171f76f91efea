//! Where the books count what stands on a line: group, ledger and box of the VAT return.

use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Class, Wish};
use winkelbrug::books::{Ledger, VatKind, VatRate};

use crate::translate::{
    abroad::abroad,
    desk::{Desk, desk, desk_of, good, planned, tax, wish},
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

/// One piece of that class and nothing else, to a Dutch buyer.
fn sold(class: Class) -> Desk {
    desk_of(&Wish {
        goods: vec![good(1_000, 1, class)],
        shipping: 0,
        ..wish()
    })
}

/// What bears no VAT at home is asked for by the return only where its ledger says that it is a sale at
/// 0% or reverse-charged; the ledger is told by number and name.
#[test]
fn at_home_the_rate_tells_the_box_and_without_vat_the_ledger_does() {
    for (kind, name) in boxes(&sold(Class::Low)) {
        assert_eq!((kind, name.as_deref()), (VatKind::Laag, Some("1b")));
    }
    let untaxed = sold(Class::Zero);
    for (function, wanted) in [
        ("VerkopenOmzetOnbelastVerlegd", Some("1e")),
        ("VerkopenBtwVrij", None),
    ] {
        let outcome = untaxed.outcome_with(|facts| {
            let groups = facts.lookups.revenue_groups.iter();
            let ids = groups.filter_map(|group| group.ledger.clone());
            let ledgers = ids.map(|id| Ledger {
                id,
                number: 8200,
                name: "Omzet geen btw".to_owned(),
                function: function.to_owned(),
                rate_code: String::new(),
                balance: false,
                active: true,
            });
            let accounts = facts.accounts.as_mut().unwrap();
            accounts.ledgers.extend(ledgers);
        });
        let counted = planned(outcome).names.counted;
        assert!(!counted.is_empty());
        for one in counted.into_values() {
            assert_eq!(one.kind, VatKind::Geen);
            assert_eq!(one.vat_box.as_deref(), wanted, "{function}");
            assert_eq!(one.ledger.as_deref(), Some("8200 Omzet geen btw"));
        }
    }
}

/// The kind Overig is for rates that are neither high nor low: 1c where it bears one, 1e at 0%.
#[test]
fn another_rate_is_box_1c_and_0_percent_is_box_1e() {
    for (percent, wanted) in [(dec!(0), "1e"), (dec!(13), "1c")] {
        let mut desk = sold(Class::High);
        let rate = VatRate {
            kind: VatKind::Overig,
            percent,
            ..desk.books.lookups.vat_rates[0].clone()
        };
        let rates = &mut desk.books.lookups.vat_rates;
        rates.retain(|rate| rate.kind != VatKind::Overig);
        rates.push(rate);
        desk.books.add_group(12, "Omzet overig", VatKind::Overig);
        desk.books.add_article_in("9-0", 12);
        desk.shop.tax_rates[0].rate = percent;
        desk.order.lines[0].tax = percent / dec!(10);
        desk.order.totals = vec![tax(percent, percent / dec!(10))];
        desk.order.total = dec!(10) + percent / dec!(10);
        assert_eq!(boxes(&desk), [(VatKind::Overig, Some(wanted.to_owned()))]);
    }
}

/// Goods that bear no VAT at home are exported like others; what is paid with is no sale anywhere.
#[test]
fn goods_without_vat_are_exported_too_and_a_gift_card_is_not() {
    let desk = desk_of(&Wish {
        goods: vec![good(1_000, 1, Class::Zero)],
        shipping: 0,
        sold_card: Some(2_500),
        buyer: Buyer::Swiss,
        ..wish()
    });
    let counted = desk.plan().names.counted;
    for (code, one) in &counted {
        let wanted = (code != "BON").then_some("3a");
        assert_eq!(one.vat_box.as_deref(), wanted, "{code}");
    }
    assert_eq!(counted.len(), 2);
}

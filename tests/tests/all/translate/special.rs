//! VAT that is not the country's ordinary one: abroad with several reduced rates, businesses elsewhere
//! in the EU, reverse charge at home, margin goods, other currencies.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Rounding,
    generated::{Buyer, Class, Coupon, Wish},
};
use winkelbrug::{
    books::{OfferedRate, PriceMode, VatCheck, VatKind, Verdict},
    translate::{Outcome, vat_number_question},
};
use winkelbrug_protocol::record::TotalKind;

use crate::translate::desk::{
    Desk, class, desk, desk_of, good, lines, planned, row, settings, tax, wish,
};

/// To a private person in that country, who pays these rates: one line of 10.00 each, of the class and
/// group of that kind.
pub fn abroad(country: &str, goods: &[(Decimal, VatKind)], vat: &str) -> Desk {
    let mut desk = desk_of(&Wish {
        goods: goods.iter().map(|_| good(1_000, 1, Class::High)).collect(),
        shipping: 0,
        buyer: Buyer::German,
        ..wish()
    });
    desk.books = desk.books.with_foreign_vat();
    desk.settings = settings("", vat);
    desk.order.invoice_address.country = country.to_owned();
    if let Some(address) = &mut desk.order.delivery_address {
        address.country = country.to_owned();
    }
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order.total = dec!(0);
    for (at, (percent, kind)) in goods.iter().enumerate() {
        let line = &mut desk.order.lines[at];
        line.code = format!("ART-{at}");
        line.tax = *percent / dec!(10);
        line.tax_class = None;
        desk.order.totals.push(tax(*percent, *percent / dec!(10)));
        desk.order.total += dec!(10) + *percent / dec!(10);
        let code = desk.order.lines[at].code.clone();
        desk.books.add_article(&code, *kind);
    }
    desk
}

#[test]
fn each_countrys_rates_are_borne_by_the_groups_the_owner_named() {
    let (hoog, laag) = (VatKind::Hoog, VatKind::Laag);
    let cases = [
        ("DE", dec!(19), dec!(7)),
        ("FR", dec!(20), dec!(5.5)),
        ("BE", dec!(21), dec!(6)),
    ];
    for (country, standard, reduced) in cases {
        let vat = "[vat.foreign]\n\"Omzet laag\" = \"RRL\"";
        let mut desk = abroad(country, &[(standard, hoog), (reduced, laag)], vat);
        if country != "DE" {
            desk.books
                .rate_codes
                .insert("group-2".to_owned(), "RRL".to_owned());
        }
        let plan = desk.plan();
        for rounding in [Rounding::PerRate, Rounding::PerLine] {
            let books = desk.books.vat(&plan, rounding);
            assert_eq!(books[&standard], standard / dec!(10), "{country}");
            assert_eq!(books[&reduced], reduced / dec!(10), "{country}");
        }
        assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    }
}

#[test]
fn twelve_and_six_percent_in_belgium_stand_in_a_group_each() {
    let vat = "[vat.foreign]\n\"Omzet laag\" = \"RRL\"\n\"Omzet laag 12\" = \"RRH\"";
    let goods = [
        (dec!(21), VatKind::Hoog),
        (dec!(6), VatKind::Laag),
        (dec!(12), VatKind::Laag),
    ];
    let mut desk = abroad("BE", &goods, vat);
    desk.books.add_group(9, "Omzet laag 12", VatKind::Laag);
    // An article in the group of 6% is no article for 12%.
    assert_eq!(desk.held().code, "btw-wijkt-af");
    desk.books
        .articles
        .retain(|article| article.code != "ART-2");
    desk.books.add_article_in("ART-2", 9);
    for (group, code) in [("group-2", "RRL"), ("group-9", "RRH")] {
        desk.books
            .rate_codes
            .insert(group.to_owned(), code.to_owned());
    }
    let plan = desk.plan();
    let books = desk.books.vat(&plan, Rounding::PerRate);
    assert_eq!(
        (books[&dec!(6)], books[&dec!(12)]),
        (dec!(0.60), dec!(1.20))
    );

    // Shipping at 12% needs an article that bears it.
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(5)));
    for row in &mut desk.order.totals {
        if row.rate.as_ref().is_some_and(|rate| rate.rate == dec!(12)) {
            row.amount += dec!(0.6);
        }
    }
    desk.order.total += dec!(5.6);
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
    desk.books.add_article_in("VERZEND-12", 9);
    desk.settings.sales.shipping_article = winkelbrug::profile::settings::PerVatKind::Each(
        [
            (VatKind::Hoog, "VERZEND-H".to_owned()),
            (VatKind::Laag, "VERZEND-L".to_owned()),
            (VatKind::Overig, "VERZEND-12".to_owned()),
        ]
        .into(),
    );
    assert!(desk.lines().contains(&"VERZEND-12 1 × 5.60".to_owned()));
}

#[test]
fn a_reduced_rate_no_group_is_known_to_bear_is_held_with_what_to_set() {
    let reason = abroad("BE", &[(dec!(6), VatKind::Laag)], "").held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.hint.nl.contains("[vat.foreign]") && reason.hint.nl.contains("RRL"));
    assert!(reason.hint.nl.contains("sales.form = \"booking\""));
}

#[test]
fn a_booked_invoice_names_the_ledger_of_a_rate_no_group_is_known_to_bear() {
    let goods = [(dec!(21), VatKind::Hoog), (dec!(6), VatKind::Laag)];
    let mut desk = abroad("BE", &goods, "");
    assert_eq!(desk.held().code, "btw-tarief-onbekend");
    desk.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    let booking = desk.plan().booking.unwrap();
    let lines: Vec<(&str, Decimal)> = booking
        .lines
        .iter()
        .map(|line| (line.ledger.as_str(), line.amount))
        .collect();
    assert_eq!(
        lines,
        [
            ("oss-rrl", dec!(10.00)),
            ("oss", dec!(10.00)),
            ("foreign-vat", dec!(2.70))
        ]
    );
    assert!(booking.vat.is_empty());
}

#[test]
fn a_group_of_vat_foreign_that_is_not_there_stops_the_profile() {
    let vat = "[vat.foreign]\n\"Omzet elders\" = \"RRL\"";
    let desk = abroad("BE", &[(dec!(21), VatKind::Hoog)], vat);
    assert_eq!(desk.stopped().code, "omzetgroep-ontbreekt");
}

#[test]
fn what_foreign_vat_needs_in_the_administration_is_checked() {
    let order = || abroad("DE", &[(dec!(19), VatKind::Hoog)], "");
    let ledger = |code: Option<&str>| Some(vec![("8060 OSS".to_owned(), code.map(str::to_owned))]);
    let mut desk = order();
    for (ledgers, held) in [
        (None, None),
        (ledger(Some("SR")), None),
        (ledger(Some("RRL")), Some("oss-niet-ingericht")),
        (ledger(None), Some("oss-niet-ingericht")),
        (Some(Vec::new()), Some("oss-niet-ingericht")),
    ] {
        desk.books.company.foreign.ledgers = ledgers;
        match held {
            None => assert_eq!(desk.plan().expected.vat["19"], dec!(1.90)),
            Some(code) => assert_eq!(desk.held().code, code),
        }
    }
    // The switch, and the days between which it is on.
    let mut desk = order();
    desk.order.placed_local = "2026-03-01T12:00:00".to_owned();
    desk.books.company.foreign.ranges = vec![(date(2026, 1, 1), date(2026, 12, 31))];
    desk.plan();
    desk.books.company.foreign.ranges = vec![(date(2026, 4, 1), date(2026, 12, 31))];
    let reason = desk.held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.text.nl.contains("OSS"), "{}", reason.text.nl);
}

fn belgian_business() -> Desk {
    let mut desk = desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    });
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.country = "BE".to_owned();
    }
    desk.order.customer.vat_number = Some("BE 0123.456.749".to_owned());
    desk
}

fn answer(number: &str, verdict: Verdict) -> VatCheck {
    VatCheck {
        number: number.to_owned(),
        verdict,
        day: date(2026, 11, 21),
        name: "FIRMA BV".to_owned(),
        consultation: "WAPI-1".to_owned(),
    }
}

fn with(desk: &Desk, verdict: Option<Verdict>) -> Outcome {
    desk.outcome_with(|facts| {
        facts.vat_check = verdict.map(|verdict| answer("BE0123456749", verdict));
    })
}

#[test]
fn an_eu_business_is_written_when_its_number_was_found_valid_and_the_relation_gets_it() {
    let desk = belgian_business();
    assert_eq!(
        vat_number_question(&desk.order, &desk.settings, &desk.facts()).as_deref(),
        Some("BE0123456749")
    );
    let plan = planned(with(&desk, Some(Verdict::Valid)));
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    let notes: Vec<&str> = plan.notes.iter().map(|note| note.nl.as_str()).collect();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("WAPI-1") && note.contains("FIRMA BV"))
    );
    match &plan.relation {
        winkelbrug::translate::plan::RelationStep::Create { draft, .. } => {
            assert_eq!(draft.vat_number, "BE0123456749");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_eu_business_is_held_by_what_is_known_of_its_number() {
    for (verdict, code) in [
        (None, "btw-nummer-niet-gecontroleerd"),
        (Some(Verdict::Unreachable), "btw-nummer-niet-gecontroleerd"),
        (Some(Verdict::Invalid), "btw-nummer-ongeldig"),
    ] {
        let held = crate::translate::desk::held(with(&belgian_business(), verdict));
        assert_eq!(held.code, code, "{verdict:?}");
    }
    // An answer about another number is none.
    let other = belgian_business()
        .outcome_with(|facts| facts.vat_check = Some(answer("BE0428759497", Verdict::Valid)));
    assert_eq!(
        crate::translate::desk::held(other).code,
        "btw-nummer-niet-gecontroleerd"
    );
    // A number that cannot be one is not even asked for.
    let mut desk = belgian_business();
    desk.order.customer.vat_number = Some("BE0123456750".to_owned());
    assert_eq!(
        vat_number_question(&desk.order, &desk.settings, &desk.facts()),
        None
    );
    assert_eq!(desk.held().code, "btw-nummer-ongeldig");
}

#[test]
fn accepting_a_number_that_could_not_be_checked_is_off_unless_set_and_never_for_an_invalid_one() {
    let mut desk = belgian_business();
    desk.settings = settings("", "[vat]\naccept_unchecked = true");
    planned(with(&desk, None));
    planned(with(&desk, Some(Verdict::Unreachable)));
    let held = crate::translate::desk::held(with(&desk, Some(Verdict::Invalid)));
    assert_eq!(held.code, "btw-nummer-ongeldig");
}

#[test]
fn a_checked_number_that_stands_on_another_card_holds_the_order() {
    let mut desk = belgian_business();
    let postcode = desk.order.invoice_address.postcode.clone();
    let relation = desk.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = postcode;
    relation.address.country = "BE".to_owned();
    let held = |desk: &Desk| crate::translate::desk::held(with(desk, Some(Verdict::Valid))).code;
    assert_eq!(held(&desk), "relatie-btw-nummer");
    desk.books.relations[1].vat_number = "BE0123456749".to_owned();
    planned(with(&desk, Some(Verdict::Valid)));
    desk.books.relations[1].address.country = "DE".to_owned();
    assert_eq!(held(&desk), "relatie-btw-nummer");
}

/// Two telephones at 0%, bought by a Dutch business.
pub fn reverse_charged() -> Desk {
    let mut desk = desk_of(&Wish {
        shipping: 0,
        ..wish()
    });
    desk.settings = settings("", "[vat.reverse_charge]\n\"Telefoons\" = \"VERLEGD\"");
    desk.books.add_group(10, "Omzet verlegd", VatKind::Geen);
    desk.books.add_article_in("VERLEGD", 10);
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].tax_class = class("77", "Telefoons");
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order.total = dec!(20);
    desk.order.customer.vat_number = Some("NL004495445B01".to_owned());
    desk
}

fn dutch(desk: &Desk, verdict: Verdict) -> Outcome {
    desk.outcome_with(|facts| facts.vat_check = Some(answer("NL004495445B01", verdict)))
}

#[test]
fn reverse_charge_at_home_stands_on_its_own_article_for_a_checked_dutch_business() {
    let mut desk = reverse_charged();
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00"]);
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    assert!(plan.expected.vat.is_empty());
    let held = |outcome| crate::translate::desk::held(outcome).code;
    assert_eq!(held(dutch(&desk, Verdict::Invalid)), "btw-nummer-ongeldig");
    assert_eq!(desk.held().code, "btw-nummer-niet-gecontroleerd");

    // Beside goods with VAT; and the product's own article where that stands in the same group.
    desk.books.add_article_in("9-0", 10);
    desk.order.lines[0].code = "9-0".to_owned();
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["9-0 2 × 10.00"]);

    desk.order.customer.vat_number = None;
    assert_eq!(desk.held().code, "verlegd-zonder-btw-nummer");
}

#[test]
fn reverse_charged_goods_stand_below_at_no_price_where_the_books_keep_their_stock() {
    let mut desk = reverse_charged();
    let code = desk.order.lines[0].code.clone();
    desk.books.add_article(&code, VatKind::Hoog);
    desk.books.articles.last_mut().unwrap().keeps_stock = true;
    let plan = planned(dutch(&desk, Verdict::Valid));
    let own = format!("{code} 2 × 0");
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00", own.as_str()]);
    assert!(plan.expected.vat.is_empty());
    assert_eq!(plan.expected.pieces[&code], dec!(2));
    desk.books.articles.last_mut().unwrap().keeps_stock = false;
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00"]);
}

#[test]
fn reverse_charge_without_its_setting_or_its_article_is_held() {
    let mut desk = reverse_charged();
    desk.books
        .articles
        .retain(|article| article.code != "VERLEGD");
    assert_eq!(
        crate::translate::desk::held(dutch(&desk, Verdict::Valid)).code,
        "artikel-ontbreekt"
    );
    desk.settings = settings("", "");
    assert_eq!(
        crate::translate::desk::held(dutch(&desk, Verdict::Valid)).code,
        "omzetgroep-niet-gekozen"
    );
}

/// One margin good of 20.00 and shipping of 4.95 without VAT.
pub fn margin() -> Desk {
    let mut desk = desk();
    desk.settings = settings(
        "",
        "[vat.margin]\n\"Marge\" = \"VERZEND-M\"\n[articles.revenue_groups]\n\"Marge\" = \"Omzet marge\"",
    );
    desk.books.add_group(11, "Omzet marge", VatKind::Geen);
    desk.books.add_article_in("VERZEND-M", 11);
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].tax_class = class("55", "Marge");
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    for row in &mut desk.order.totals {
        row.tax_class = class("55", "Marge");
    }
    desk.order.total = dec!(24.95);
    desk.shop
        .tax_classes
        .push(winkelbrug_protocol::record::TaxClass {
            id: "55".to_owned(),
            name: "Marge".to_owned(),
            rate_ids: Vec::new(),
        });
    desk
}

#[test]
fn margin_goods_go_into_their_group_and_shipping_is_part_of_their_price() {
    let mut desk = margin();
    let plan = desk.plan();
    assert!(
        lines(&plan).contains(&"VERZEND-M 1 × 4.95".to_owned()),
        "{:?}",
        lines(&plan)
    );
    assert!(plan.expected.vat.is_empty());

    desk.settings.articles.revenue_groups.clear();
    assert_eq!(desk.held().code, "omzetgroep-niet-gekozen");
}

#[test]
fn vat_on_margin_goods_or_on_their_shipping_is_held() {
    let mut desk = margin();
    desk.order.totals.push(tax(dec!(21), dec!(1.0395)));
    for row in &mut desk.order.totals {
        row.tax_class = class("9", "Hoog");
    }
    desk.order.total = dec!(25.9895);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.text.nl.contains("marge"), "{}", reason.text.nl);

    let mut desk = margin();
    desk.order.lines[0].tax = dec!(2.1);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

/// Goods at 21% and 9%, and shipping of 6.00 whose VAT is shared as the goods are, two to one.
#[test]
fn vat_on_shipping_follows_the_goods_where_the_shop_shares_it_so() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(6)));
    desk.order.totals.push(tax(dec!(21), dec!(5.04)));
    desk.order.totals.push(tax(dec!(9), dec!(1.08)));
    desk.order.total = dec!(42.12);
    let plan = desk.plan();
    let lines = lines(&plan);
    assert!(
        lines.contains(&"VERZEND-H 1 × 4.84".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"VERZEND-L 1 × 2.18".to_owned()),
        "{lines:?}"
    );
    assert_eq!(
        (plan.expected.vat["21"], plan.expected.vat["9"]),
        (dec!(5.04), dec!(1.08))
    );
}

#[test]
fn vat_on_shipping_of_a_fixed_class_stands_on_that_kind() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(6)));
    desk.order.totals.push(tax(dec!(21), dec!(5.46)));
    desk.order.totals.push(tax(dec!(9), dec!(0.9)));
    desk.order.total = dec!(42.36);
    assert!(desk.lines().contains(&"VERZEND-H 1 × 7.26".to_owned()));
}

#[test]
fn reward_points_lower_the_vat_of_each_rate() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        coupon: Some(Coupon::Percent(10)),
        ..wish()
    });
    for row in &mut desk.order.totals {
        if row.kind == TotalKind::Discount {
            row.kind = TotalKind::Reward;
        }
    }
    let lines = desk.lines();
    assert!(
        lines.contains(&"KORTING-H 1 × -2.42".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"KORTING-L 1 × -1.09".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn an_order_in_another_currency_is_written_at_the_rate_entered_and_says_so() {
    let mut desk = desk();
    desk.order.money.code = "GBP".to_owned();
    desk.order.money.order_code = "GBP".to_owned();
    desk.order.money.order_total = dec!(30.19);
    let offered = |facts: &mut winkelbrug::translate::Facts| {
        facts.offered_rate = Some(OfferedRate {
            currency: "GBP".to_owned(),
            rate: dec!(0.8653),
            day: date(2026, 11, 20),
        });
    };
    let reason = crate::translate::desk::held(desk.outcome_with(offered));
    assert_eq!(reason.code, "geen-euro");
    assert!(
        reason.hint.nl.contains("--rate 0.8653"),
        "{}",
        reason.hint.nl
    );

    let plan = planned(desk.outcome_with(|facts| facts.exchange_rate = Some(dec!(0.8653))));
    // 30.1895 pounds.
    assert_eq!(plan.expected.incl, dec!(34.89));
    assert_eq!(plan.expected.vat["21"], dec!(6.06));
    assert!(
        plan.order.memo.contains("GBP 30.19 (koers 0.8653)"),
        "{}",
        plan.order.memo
    );
}

#[test]
fn a_rate_that_makes_nothing_or_a_fortune_of_an_order_holds_it() {
    let mut desk = desk();
    desk.order.money.code = "GBP".to_owned();
    for rate in [
        dec!(0.0000000000000000000000000001),
        dec!(0.0000000001),
        dec!(1000000),
        dec!(79228162514264337593543950335),
    ] {
        let outcome = desk.outcome_with(|facts| facts.exchange_rate = Some(rate));
        let reason = crate::translate::desk::held(outcome);
        assert_eq!(reason.code, "koers-onwaarschijnlijk", "{rate}");
        assert!(reason.hint.en.contains("--rate"), "{}", reason.hint.en);
    }
}

#[test]
fn a_german_at_the_dutch_rate_is_held_with_what_to_do_with_and_without_the_union_scheme() {
    let reason = abroad("DE", &[(dec!(21), VatKind::Hoog)], "").held();
    assert_eq!(reason.code, "btw-wijkt-af");
    for words in ["OSS", "Unieregeling", "19%", "[vat.foreign]", "met de hand"] {
        assert!(
            reason.hint.nl.contains(words),
            "{words}: {}",
            reason.hint.nl
        );
    }
}

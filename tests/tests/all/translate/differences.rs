//! A total difference above the limit: held with the choices, and booked as the owner chose.

use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Rounding,
    generated::{Buyer, Class, Wish},
};
use winkelbrug::{
    profile::settings::Lines,
    translate::{DifferenceChoice, NegativeLines, Plan, facts_digest},
};

use crate::translate::desk::{Desk, desk_of, good, held, lines, planned, wish};

/// 29.996 at 21% with its shipping, 10.00 at 9%: three parts to one.
fn mixed(hidden: i64) -> Desk {
    desk_of(&Wish {
        goods: vec![good(2_479, 1, Class::High), good(917, 1, Class::Low)],
        shipping: 0,
        hidden,
        ..wish()
    })
}

fn chosen(desk: &Desk, choice: DifferenceChoice) -> Plan {
    planned(desk.outcome_with(|facts| facts.difference = Some(choice)))
}

fn of<'p>(lines: &'p [String], prefix: &str) -> Vec<&'p str> {
    let found = lines.iter().filter(|line| line.starts_with(prefix));
    found.map(String::as_str).collect()
}

#[test]
fn held_for_its_difference_an_order_names_the_three_choices() {
    let reason = mixed(-337).held();
    assert_eq!(reason.code, "totaal-verschil");
    for hint in [&reason.hint.nl, &reason.hint.en] {
        for choice in [
            "--difference discount",
            "--difference untaxed",
            "retry winkel",
        ] {
            assert!(hint.contains(choice), "{hint}");
        }
    }
    assert!(reason.hint.nl.contains("korting") && reason.hint.en.contains("discount"));
    assert!(mixed(337).held().hint.nl.contains("toeslag"));
}

#[test]
fn chosen_as_a_discount_each_rate_bears_its_share_with_the_vat_in_it() {
    let desk = mixed(-337);
    let plan = chosen(&desk, DifferenceChoice::Discount);
    let lines = lines(&plan);
    assert_eq!(
        of(&lines, "KORTING"),
        ["KORTING-H 1 × -2.53", "KORTING-L 1 × -0.84"]
    );
    assert_eq!(plan.expected.incl, desk.order.total.round_dp(2));
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let vat = desk.books.vat(&plan, rounding);
        // What 27.47 and 9.16 hold: less than the shop's own rows by the discount's part.
        assert!((vat[&dec!(21)] - dec!(4.77)).abs() <= dec!(0.01), "{vat:?}");
        assert!((vat[&dec!(9)] - dec!(0.76)).abs() <= dec!(0.01), "{vat:?}");
    }
    assert!(plan.notes.iter().any(|note| note.nl.contains("-3,37")));
}

#[test]
fn chosen_untaxed_it_stands_on_the_difference_article_and_the_vat_stays() {
    let desk = mixed(-337);
    let plan = chosen(&desk, DifferenceChoice::Untaxed);
    assert_eq!(of(&lines(&plan), "VERSCHIL"), ["VERSCHIL 1 × -3.37"]);
    assert_eq!(plan.expected.incl, desk.order.total.round_dp(2));
    for (percent, tax) in &plan.expected.shop_vat {
        assert!((plan.expected.vat[percent] - tax).abs() <= dec!(0.01));
    }
}

#[test]
fn more_than_the_rows_is_a_fee_when_it_bears_vat() {
    let desk = mixed(337);
    let plan = chosen(&desk, DifferenceChoice::Discount);
    assert_eq!(
        of(&lines(&plan), "TOESLAG"),
        ["TOESLAG-H 1 × 2.53", "TOESLAG-L 1 × 0.84"]
    );
    let plan = chosen(&desk, DifferenceChoice::Untaxed);
    assert_eq!(of(&lines(&plan), "VERSCHIL"), ["VERSCHIL 1 × 3.37"]);
}

#[test]
fn what_only_pays_bears_no_share() {
    let desk = desk_of(&Wish {
        gift_card: Some(1_000),
        credit: Some(500),
        hidden: -337,
        ..wish()
    });
    let plan = chosen(&desk, DifferenceChoice::Discount);
    assert_eq!(of(&lines(&plan), "KORTING"), ["KORTING-H 1 × -3.37"]);
    assert_eq!(desk.books.total(&plan), desk.order.total.round_dp(2));
}

#[test]
fn without_vat_each_kind_bears_its_share() {
    let desk = desk_of(&Wish {
        goods: vec![good(3_000, 1, Class::High), good(1_000, 1, Class::Low)],
        buyer: Buyer::Swiss,
        shipping: 0,
        hidden: -400,
        ..wish()
    });
    let plan = chosen(&desk, DifferenceChoice::Discount);
    assert_eq!(
        of(&lines(&plan), "KORTING"),
        ["KORTING-H 1 × -3.00", "KORTING-L 1 × -1.00"]
    );
}

#[test]
fn where_lines_below_zero_are_refused_the_discount_goes_inside_the_prices() {
    let desk = mixed(-337);
    let plan = planned(desk.outcome_with(|facts| {
        facts.difference = Some(DifferenceChoice::Discount);
        facts.negative_lines = NegativeLines::Refused;
    }));
    assert!(!plan.negative_lines);
    assert_eq!(desk.books.total(&plan), desk.order.total.round_dp(2));
    let outcome = desk.outcome_with(|facts| {
        facts.difference = Some(DifferenceChoice::Untaxed);
        facts.negative_lines = NegativeLines::Refused;
    });
    assert_eq!(held(outcome).code, "negatieve-regel-geweigerd");
}

#[test]
fn within_the_limit_a_choice_changes_nothing() {
    let desk = mixed(4);
    let plan = chosen(&desk, DifferenceChoice::Discount);
    assert_eq!(lines(&plan), desk.lines());
}

#[test]
fn a_choice_is_one_of_the_facts_a_plan_rests_on() {
    let desk = mixed(-337);
    let none = facts_digest(&desk.facts());
    let digests = DifferenceChoice::ALL.map(|choice| {
        let mut facts = desk.facts();
        facts.difference = Some(choice);
        facts_digest(&facts)
    });
    assert!(digests[0] != digests[1] && !digests.contains(&none));
}

#[test]
fn with_the_books_own_prices_each_rate_is_brought_to_what_the_shop_charged() {
    let mut desk = mixed(0);
    desk.settings.sales.lines = Lines::CodeAndQuantity;
    for (code, kind) in [
        ("9-0", winkelbrug::books::VatKind::Hoog),
        ("11-1", winkelbrug::books::VatKind::Laag),
    ] {
        desk.books.add_article(code, kind);
    }
    for article in &mut desk.books.articles {
        match article.code.as_str() {
            // Where the shop asked 30.00 and 10.00.
            "9-0" => article.price = dec!(31),
            "11-1" => article.price = dec!(10.90),
            _ => {}
        }
    }
    let codes: Vec<&str> = desk.order.lines.iter().map(|l| l.code.as_str()).collect();
    assert_eq!(codes, ["9-0", "11-1"]);
    assert_eq!(desk.held().code, "totaal-verschil");
    let plan = chosen(&desk, DifferenceChoice::Discount);
    assert_eq!(
        of(&lines(&plan), "KORTING"),
        ["KORTING-H 1 × -1.00", "KORTING-L 1 × -0.91"]
    );
    for (percent, tax) in &plan.expected.shop_vat {
        let books: Decimal = plan.expected.vat[percent];
        assert!((books - tax).abs() <= dec!(0.01), "{percent}%");
    }
    assert_eq!(plan.expected.incl, desk.order.total.round_dp(2));
}

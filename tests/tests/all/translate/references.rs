//! The payment reference, and orders that are in the books already.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::BookedOrder,
    translate::{self, Facts, Outcome, plan::ReferencedOrder},
};

use crate::translate::desk::{Desk, desk, held, planned, settings};

fn with(sales: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, "");
    desk.order.number = "1001".to_owned();
    desk
}

pub fn booked(reference: &str, relation: &str, total: Decimal) -> BookedOrder {
    BookedOrder {
        id: "booked".to_owned(),
        number: "55".to_owned(),
        relation: relation.to_owned(),
        date: None,
        payment_reference: reference.to_owned(),
        description: String::new(),
        stage: None,
        template: None,
        blocked: false,
        total_excl: None,
        total_incl: Some(total),
        invoiced: false,
        price_mode: None,
        invoice_discount: None,
        lines: Vec::new(),
        modified: None,
    }
}

fn known(facts: &mut Facts, order: BookedOrder, bound_to: Option<&str>) {
    facts.same_reference.push(ReferencedOrder {
        order,
        bound_to: bound_to.map(str::to_owned),
    });
}

#[test]
fn the_owner_chooses_what_fills_it() {
    for (choice, wanted) in [
        ("order-number", "WB1001"),
        ("shop-reference", "WBREF"),
        ("invoice-number", "WBINV-7"),
        ("none", ""),
    ] {
        let mut desk = with(&format!(
            "payment_reference = \"{choice}\"\npayment_reference_prefix = \"WB\""
        ));
        desk.order.shop_reference = Some("REF".to_owned());
        desk.order.invoice_number = Some("INV-7".to_owned());
        assert_eq!(desk.plan().order.payment_reference, wanted, "{choice}");
        let needs = translate::needs(&desk.order, &desk.settings, 50);
        assert_eq!(needs.payment_reference.unwrap_or_default(), wanted);
    }
}

#[test]
fn a_shop_without_a_reference_of_its_own_uses_the_number() {
    let desk = with("payment_reference = \"shop-reference\"");
    assert_eq!(desk.plan().order.payment_reference, "1001");
}

#[test]
fn at_the_administrations_limit_the_prefix_gives_way_first() {
    let desk = with("payment_reference_prefix = \"WINKEL-\"");
    for (limit, wanted) in [(11, "WINKEL-1001"), (6, "WI1001"), (4, "1001"), (3, "001")] {
        let plan = planned(desk.outcome_with(|facts| facts.payment_reference_length = limit));
        assert_eq!(plan.order.payment_reference, wanted);
        assert_eq!(plan.notes.is_empty(), limit == 11);
        let needs = translate::needs(&desk.order, &desk.settings, limit);
        assert_eq!(needs.payment_reference.as_deref(), Some(wanted));
    }
}

#[test]
fn an_order_typed_by_hand_with_the_same_total_is_linked() {
    let desk = with("");
    let outcome = desk.outcome_with(|facts| known(facts, booked("1001", "wie", dec!(30.19)), None));
    assert!(matches!(outcome, Outcome::Link { booked, .. } if booked == "booked"));
}

#[test]
fn an_order_typed_by_hand_for_the_same_relation_is_linked() {
    let mut desk = with("");
    let relation = desk.books.add_relation(7, "Jo", "jo@example.com");
    relation.address.postcode = "1234AB".to_owned();
    let order = booked("1001", "relation-7", dec!(99));
    let outcome = desk.outcome_with(|facts| known(facts, order, None));
    assert!(matches!(outcome, Outcome::Link { .. }));
}

#[test]
fn one_of_another_customer_and_total_is_held() {
    let desk = with("");
    let outcome = desk.outcome_with(|facts| known(facts, booked("1001", "wie", dec!(99)), None));
    let reason = held(outcome);
    assert_eq!(reason.code, "kenmerk-bestaat-al");
    assert!(reason.text.nl.contains("1001") && reason.text.nl.contains("55"));
}

#[test]
fn two_that_agree_are_held() {
    let desk = with("");
    let outcome = desk.outcome_with(|facts| {
        for _ in 0..2 {
            known(facts, booked("1001", "wie", dec!(30.19)), None);
        }
    });
    assert_eq!(held(outcome).code, "kenmerk-bestaat-al");
}

#[test]
fn one_bound_to_another_order_of_ours_is_no_match() {
    let desk = with("");
    let plan = planned(desk.outcome_with(|facts| {
        known(facts, booked("1001", "wie", dec!(30.19)), Some("ander/1"));
    }));
    assert_eq!(plan.order.payment_reference, "1001");
}

#[test]
fn one_bound_to_this_very_order_is_linked() {
    let desk = with("");
    let outcome = desk.outcome_with(|facts| {
        known(facts, booked("1001", "wie", dec!(1)), Some("winkel/1"));
    });
    assert!(matches!(outcome, Outcome::Link { .. }));
}

#[test]
fn orders_that_share_a_shop_reference_each_get_their_own() {
    let mut desk = with("payment_reference = \"shop-reference\"");
    desk.order.shop_reference = Some("XKBK".to_owned());
    let needs = translate::needs(&desk.order, &desk.settings, 50);
    assert_eq!(needs.unique_reference.as_deref(), Some("XKBK-1001"));
    let plan = planned(desk.outcome_with(|facts| {
        known(facts, booked("XKBK", "wie", dec!(30.19)), Some("winkel/46"));
    }));
    assert_eq!(plan.order.payment_reference, "XKBK-1001");
}

#[test]
fn where_a_reference_may_occur_twice_only_total_and_relation_together_link() {
    let mut desk = with("payment_reference_unique = false");
    let plan = planned(desk.outcome_with(|facts| {
        known(facts, booked("1001", "wie", dec!(30.19)), None);
    }));
    assert_eq!(plan.order.payment_reference, "1001");
    let relation = desk.books.add_relation(7, "Jo", "jo@example.com");
    relation.address.postcode = "1234AB".to_owned();
    let order = booked("1001", "relation-7", dec!(30.19));
    let outcome = desk.outcome_with(|facts| known(facts, order, None));
    assert!(matches!(outcome, Outcome::Link { .. }));
}

#[test]
fn an_order_in_the_books_is_linked_even_where_its_buyer_is_not_to_be_told() {
    let mut desk = with("");
    for code in [7, 8] {
        let relation = desk.books.add_relation(code, "Jo", "jo@example.com");
        relation.address.postcode = "1234AB".to_owned();
    }
    let outcome = desk.outcome_with(|facts| known(facts, booked("1001", "x", dec!(30.19)), None));
    assert!(matches!(outcome, Outcome::Link { .. }));
}

#[test]
fn needs_name_everything_that_has_to_be_looked_up() {
    let mut desk = with("");
    desk.settings.customers.default_code = "12".to_owned();
    let needs = translate::needs(&desk.order, &desk.settings, 50);
    for code in [
        "9-0",
        "VERZEND-H",
        "KORTING-L",
        "BON",
        "VERSCHIL",
        "DIVERS-G",
    ] {
        assert!(
            needs.article_codes.iter().any(|known| known == code),
            "{code}"
        );
    }
    assert_eq!(needs.emails, ["jo@example.com"]);
    assert_eq!(needs.relation_codes, [12]);
}

/// Order 47 of a split whose first part is 46: same buyer, same reference.
fn split(number: &str) -> Desk {
    let mut desk = with("payment_reference = \"shop-reference\"");
    desk.order.id = "47".to_owned();
    desk.order.number = number.to_owned();
    desk.order.shop_reference = Some("XKBKNABJK".to_owned());
    let relation = desk.books.add_relation(7, "Jo", "jo@example.com");
    relation.address.postcode = "1234AB".to_owned();
    desk
}

#[test]
fn the_second_part_of_a_split_order_gets_its_number_behind_the_reference_or_its_id() {
    for (number, wanted) in [("1047", "XKBKNABJK-1047"), ("XKBKNABJK", "XKBKNABJK-47")] {
        let desk = split(number);
        let plan = planned(desk.outcome_with(|facts| {
            let other = booked("XKBKNABJK", "relation-7", dec!(30.19));
            known(facts, other, Some("winkel/46"));
        }));
        assert_eq!(plan.order.payment_reference, wanted);
        for limit in [14, 9, 6] {
            let needs = translate::needs(&desk.order, &desk.settings, limit);
            let unique = needs.unique_reference.unwrap();
            assert!(unique.chars().count() <= limit, "{unique}");
            assert!(wanted.ends_with(&unique), "{unique}: its own end stays");
            assert_ne!(Some(unique), needs.payment_reference);
        }
    }
}

#[test]
fn where_orders_may_share_a_reference_one_typed_by_hand_is_linked_by_total_and_customer_only() {
    let desk = split("1047");
    for (relation, total, linked) in [
        ("relation-7", dec!(30.19), true),
        ("relation-7", dec!(99), false),
        ("wie", dec!(30.19), false),
    ] {
        let outcome = desk.outcome_with(|facts| {
            known(facts, booked("XKBKNABJK", relation, total), None);
        });
        match outcome {
            Outcome::Link { .. } => assert!(linked, "{relation} {total}"),
            other => {
                assert!(!linked, "{relation} {total}");
                assert_eq!(held(other).code, "kenmerk-bestaat-al");
            }
        }
    }
}

#[test]
fn what_stands_under_an_orders_own_suffix_is_found_whoever_has_the_bare_reference() {
    for bare in [Some("winkel/46"), None] {
        let desk = split("1047");
        let outcome = desk.outcome_with(|facts| {
            known(facts, booked("XKBKNABJK", "relation-7", dec!(12)), bare);
            let mut own = booked("XKBKNABJK-1047", "relation-7", dec!(30.19));
            own.id = "own".to_owned();
            known(facts, own, None);
        });
        assert!(
            matches!(&outcome, Outcome::Link { booked, .. } if booked == "own"),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_suffix_under_which_a_write_was_lost_stays() {
    let desk = split("1047");
    let plan = planned(desk.outcome_with(|facts| {
        facts.intended_reference = Some("XKBKNABJK-1047".to_owned());
    }));
    assert_eq!(plan.order.payment_reference, "XKBKNABJK-1047");
}

#[test]
fn a_number_that_another_order_of_the_same_shop_has_gets_the_id_behind_it() {
    let desk = with("");
    let plan = planned(desk.outcome_with(|facts| {
        known(facts, booked("1001", "wie", dec!(30.19)), Some("winkel/9"));
    }));
    assert_eq!(
        plan.order.payment_reference,
        format!("1001-{}", desk.order.id)
    );
}

//! Which orders are for the books: status, date, payment.

use rust_decimal::dec;
use winkelbrug::translate::Outcome;
use winkelbrug_protocol::record::{Named, Status, StatusKind};

use crate::translate::desk::{desk, settings};

#[test]
fn without_a_list_all_real_orders_come() {
    let kinds = [
        (StatusKind::Pending, "plan"),
        (StatusKind::Processing, "plan"),
        (StatusKind::Complete, "plan"),
        (StatusKind::Other, "plan"),
        (StatusKind::Abandoned, "abandoned"),
        (StatusKind::Cancelled, "cancelled"),
        (StatusKind::Failed, "failed"),
        (StatusKind::Refunded, "terugbetaald"),
        (StatusKind::OnHold, "on-hold"),
    ];
    for (kind, wanted) in kinds {
        let mut desk = desk();
        desk.status(kind, "Een status");
        let end = match desk.outcome() {
            Outcome::Plan(_) => "plan".to_owned(),
            Outcome::Skipped(reason) | Outcome::Held(reason) => reason.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(end, wanted, "{kind:?}");
    }
}

#[test]
fn statuses_are_chosen_by_name_in_any_language_or_by_id() {
    for (chosen, comes) in [
        ("Processing", true),
        ("processing", true),
        ("In behandeling", true),
        ("2", true),
        ("Complete", false),
        ("3", false),
    ] {
        let mut desk = desk();
        desk.settings.shop.order_statuses = vec![chosen.to_owned()];
        desk.shop.order_statuses = [("2", "In behandeling"), ("3", "Compleet")]
            .map(|(id, name)| Status {
                id: id.to_owned(),
                name: name.to_owned(),
                kind: StatusKind::Processing,
            })
            .to_vec();
        if comes {
            desk.plan();
        } else {
            assert_eq!(desk.skipped(), "status", "{chosen}");
        }
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

#[test]
fn orders_of_other_stores_of_the_installation_are_left_out() {
    for (store, stores, comes) in [
        (("3", "Zakelijk"), vec![], true),
        (("3", "Zakelijk"), vec![" zakelijk "], true),
        (("3", "Zakelijk"), vec!["0", "3"], true),
        (("0", "Winkel"), vec!["Zakelijk"], false),
        // Under the name it had when the order was placed.
        (("3", "B2B"), vec!["Zakelijk"], true),
    ] {
        let mut desk = desk();
        desk.shop.stores = vec![named("0", "Winkel"), named("3", "Zakelijk")];
        (desk.order.store.id, desk.order.store.name) = (store.0.to_owned(), store.1.to_owned());
        desk.settings.shop.stores = stores.iter().map(ToString::to_string).collect();
        if comes {
            desk.plan();
        } else {
            assert_eq!(desk.skipped(), "other-store", "{stores:?}");
        }
    }
}

#[test]
fn an_order_of_a_second_before_the_start_is_skipped_and_one_of_a_second_after_comes() {
    let mut desk = desk();
    desk.settings.shop.orders_from = Some("2026-05-01T10:00:00Z".parse().unwrap());
    desk.order.placed_at = "2026-05-01T09:59:59Z".to_owned();
    assert_eq!(desk.skipped(), "before-start");
    desk.order.placed_at = "2026-05-01T10:00:01Z".to_owned();
    desk.plan();
}

#[test]
fn a_moment_that_cannot_be_read_holds_the_order() {
    let mut desk = desk();
    desk.settings.shop.orders_from = Some("2026-05-01T10:00:00Z".parse().unwrap());
    desk.order.placed_at = "gisteren".to_owned();
    assert_eq!(desk.held().code, "order-unreadable");
}

#[test]
fn payment_rules_by_method_and_status() {
    use StatusKind::{Complete, Other, Pending, Processing};
    for (import, kind, end) in [
        ("always", Pending, "plan"),
        ("paid", Pending, "unpaid"),
        ("paid", Other, "unpaid"),
        ("paid", Processing, "plan"),
        ("paid", Complete, "plan"),
        ("authorised", Pending, "unpaid"),
        ("authorised", Other, "plan"),
        ("never", Complete, "payment-never"),
    ] {
        let mut desk = desk();
        let table = format!("[sales.payment.\"IDEAL\"]\nimport = \"{import}\"\ngive_up_days = 0");
        desk.settings = settings("", &table);
        desk.payment("ideal", "iDEAL via de bank");
        desk.status(kind, "Een status");
        match desk.outcome() {
            Outcome::Plan(_) => assert_eq!(end, "plan", "{import} {kind:?}"),
            Outcome::Skipped(reason) => assert_eq!(reason.code, end, "{import} {kind:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_rule_finds_its_method_by_title_too() {
    let mut desk = desk();
    desk.settings = settings("", "[sales.payment.\"Op de pof\"]\nimport = \"never\"");
    desk.payment("xyz", "OP DE POF");
    assert_eq!(desk.skipped(), "payment-never");
}

#[test]
fn bank_transfer_and_cash_on_delivery_come_at_once_and_cards_when_paid() {
    for (code, title, comes) in [
        ("bank_transfer", "Bank Transfer", true),
        ("bacs", "Overboeking", true),
        ("cod", "Cash On Delivery", true),
        ("cod.cod", "", true),
        ("cheque", "Cheque", true),
        ("free_checkout", "Free Checkout", true),
        ("anders", "Vooruitbetaling", true),
        ("mollie_ideal", "iDEAL", false),
        ("stripe", "Creditcard", false),
    ] {
        let mut desk = desk();
        desk.payment(code, title);
        desk.status(StatusKind::Pending, "Pending");
        desk.order.placed_local = "2026-11-20T12:00:00".to_owned();
        match desk.outcome() {
            Outcome::Plan(_) => assert!(comes, "{code}"),
            Outcome::Skipped(reason) => {
                assert!(!comes && reason.code == "unpaid", "{code} {}", reason.code);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_order_the_shop_holds_back_waits_however_it_is_paid_unless_its_status_was_chosen() {
    for (code, title) in [("checkmo", "Vooruitbetaling"), ("mollie_ideal", "iDEAL")] {
        let mut desk = desk();
        desk.payment(code, title);
        desk.order.paid = Some(true);
        desk.status(StatusKind::OnHold, "Suspected Fraud");
        assert_eq!(desk.skipped(), "on-hold", "{code}");
        desk.settings.shop.order_statuses = vec!["suspected fraud".to_owned()];
        desk.plan();
        desk.settings.shop.order_statuses = Vec::new();
        desk.status(StatusKind::Processing, "Processing");
        desk.plan();
    }
}

#[test]
fn an_order_nobody_has_to_pay_comes_whatever_its_method() {
    let mut desk = desk();
    desk.payment("stripe", "Creditcard");
    desk.status(StatusKind::Pending, "Pending");
    desk.order.lines[0].price = dec!(0);
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].total = dec!(0);
    desk.order.totals.clear();
    desk.order.total = dec!(0);
    desk.plan();
}

#[test]
fn an_unpaid_order_is_given_up_after_the_set_days() {
    let mut desk = desk();
    desk.settings = settings(
        "",
        "[sales.payment.\"ideal\"]\nimport = \"paid\"\ngive_up_days = 14",
    );
    desk.payment("ideal", "iDEAL");
    desk.status(StatusKind::Pending, "Pending");
    // Today is 21 November 2026 on these books.
    desk.order.placed_local = "2026-11-07T12:00:00".to_owned();
    assert_eq!(desk.skipped(), "unpaid");
    desk.order.placed_local = "2026-11-06T12:00:00".to_owned();
    assert_eq!(desk.skipped(), "given-up");
}

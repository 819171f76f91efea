//! Payments of booked invoices: booked once the shop says the money came in, each exactly once.

use jiff::{SignedDuration, civil::date};
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    administration::Administration,
    books::{Payment as Paid, PaymentDraft, Till},
    journal::State,
    profile::settings::{Form, Payment},
    sync::{RunOutcome, report::Does},
    translate::{is_received, paid_on},
};
use winkelbrug_protocol::record::{HistoryEntry, Order, StatusKind};

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, rehash, status},
};

/// An invoiced order, of a shop that says of its money what `paid` says.
pub(super) fn bought(kind: StatusKind, paid: Option<bool>) -> Order {
    let mut bought = order(1, "THEE", ago(60));
    bought.invoice_number = Some("F2026-7".into());
    bought.status = status(kind);
    bought.paid = paid;
    rehash(&mut bought);
    bought
}

pub(super) fn scene(bought: Order) -> Scene {
    let mut scene = Scene::new(vec![bought]);
    scene.settings.sales.form = Form::Booking;
    let ideal = Payment {
        journal: "Bank".into(),
        ..Payment::default()
    };
    let rules = &mut scene.settings.sales.payment;
    rules.insert("mollie_ideal".into(), ideal);
    scene
}

/// The shop says from now on that the money is there.
pub(super) fn receives(scene: &Scene) {
    scene.pass_minutes(15);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.status = status(StatusKind::Complete);
        order.paid = Some(true);
    });
}

pub(super) fn told(scene: &Scene, number: &str) -> Vec<String> {
    let attention = scene.listed(number).attention;
    attention.into_iter().map(|text| text.nl).collect()
}

pub(super) fn booked(scene: &Scene) -> Vec<Paid> {
    scene.books.really_payments()
}

fn entry(kind: StatusKind, at: &str) -> HistoryEntry {
    HistoryEntry {
        at: at.into(),
        status: status(kind),
        comment: String::new(),
        notified: false,
    }
}

#[test]
fn money_is_received_by_the_shops_own_record_and_by_the_status_only_where_there_is_none() {
    for (kind, by_status) in [
        (StatusKind::Complete, true),
        (StatusKind::Refunded, false),
        (StatusKind::Processing, true),
        (StatusKind::Pending, false),
        (StatusKind::OnHold, false),
        (StatusKind::Other, false),
        (StatusKind::Cancelled, false),
        (StatusKind::Failed, false),
        (StatusKind::Abandoned, false),
    ] {
        for (paid, wanted) in [(None, by_status), (Some(true), true), (Some(false), false)] {
            let mut order = bought(StatusKind::Complete, paid);
            order.status.kind = kind;
            order.history.clear();
            assert_eq!(is_received(&order), wanted, "{kind:?} {paid:?}");
        }
    }
    let mut refunded = bought(StatusKind::Refunded, None);
    refunded.history = vec![
        entry(StatusKind::Processing, "2026-02-25T10:00:00Z"),
        entry(StatusKind::Refunded, "2026-02-26T10:00:00Z"),
    ];
    assert!(is_received(&refunded));
}

#[tokio::test]
async fn a_total_that_is_the_same_in_whole_cents_is_no_changed_total() {
    let mut bought = bought(StatusKind::Complete, Some(false));
    bought.total = dec!(12.0998);
    bought.money.order_total = dec!(12.0998);
    rehash(&mut bought);
    let scene = scene(bought);
    scene.runs(2).await;
    assert_eq!(scene.state("1001"), State::Written);
    receives(&scene);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.total = dec!(12.10);
        order.money.order_total = dec!(12.10);
    });
    scene.runs(2).await;
    let paid = booked(&scene);
    assert_eq!(paid.len(), 1, "{:?}", told(&scene, "1001"));
    assert_eq!(paid[0].amount, dec!(12.10));
}

#[test]
fn what_is_complete_by_a_shop_with_its_own_record_was_paid_on_that_day() {
    let history = vec![
        entry(StatusKind::Pending, "2026-02-25T10:00:00Z"),
        entry(StatusKind::Processing, "2026-02-26T10:00:00Z"),
        entry(StatusKind::Complete, "2026-02-28T10:00:00Z"),
        entry(StatusKind::Complete, "2026-03-01T10:00:00Z"),
    ];
    for (kind, paid, day) in [
        (StatusKind::Complete, Some(true), date(2026, 2, 28)),
        (StatusKind::Processing, Some(true), date(2026, 2, 26)),
        (StatusKind::Complete, None, date(2026, 2, 26)),
    ] {
        let mut order = bought(kind, paid);
        order.placed_local = "2026-02-25T11:00:00".into();
        order.placed_at = "2026-02-25T10:00:00Z".into();
        order.history.clone_from(&history);
        assert_eq!(paid_on(&order), Some(day), "{kind:?} {paid:?}");
    }
    let mut order = bought(StatusKind::Complete, Some(true));
    order.placed_local = "2026-02-25T11:00:00".into();
    order.placed_at = "2026-02-25T10:00:00Z".into();
    order.history = history[..2].to_vec();
    assert_eq!(paid_on(&order), Some(date(2026, 2, 26)));
}

#[test]
fn a_payment_has_its_own_day_across_the_change_of_summer_time_and_none_before_the_order() {
    for (placed_local, placed_at, paid_at, day) in [
        (
            "2025-10-01T12:00:00",
            "2025-10-01T10:00:00Z",
            "2025-12-31T22:30:00Z",
            date(2025, 12, 31),
        ),
        (
            "2026-03-20T12:00:00",
            "2026-03-20T11:00:00Z",
            "2026-03-31T22:30:00Z",
            date(2026, 4, 1),
        ),
        // A clock that never was the Netherlands' stays as far ahead as it was.
        (
            "2026-03-20T15:00:00",
            "2026-03-20T12:00:00Z",
            "2026-03-31T20:30:00Z",
            date(2026, 3, 31),
        ),
        // A shop that lost the moment.
        (
            "2026-03-20T12:00:00",
            "2026-03-20T11:00:00Z",
            "1970-01-01T00:00:00Z",
            date(2026, 3, 20),
        ),
    ] {
        let mut order = bought(StatusKind::Processing, None);
        order.placed_local = placed_local.into();
        order.placed_at = placed_at.into();
        order.history = vec![entry(StatusKind::Processing, paid_at)];
        assert_eq!(paid_on(&order), Some(day), "{paid_at}");
    }
}

#[tokio::test]
async fn an_order_the_shop_calls_complete_and_not_paid_is_booked_and_its_payment_waits() {
    let scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.runs(3).await;
    assert_eq!(scene.state("1001"), State::Written);
    assert!(booked(&scene).is_empty());
    receives(&scene);
    scene.runs(2).await;
    let paid = booked(&scene);
    assert_eq!(paid.len(), 1, "{paid:?}");
    assert_eq!(paid[0].amount, dec!(12.10));
    assert!(told(&scene, "1001").is_empty());
}

#[tokio::test]
async fn a_booked_invoice_that_is_not_shown_yet_is_waited_for_before_a_person_is_told() {
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    *scene.books.seen_after.lock().unwrap() = SignedDuration::from_mins(5);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Attention, "{report:?}");
    assert_eq!(scene.state("1001"), State::Written);
    assert!(told(&scene, "1001").is_empty());
    assert!(booked(&scene).is_empty());
    // As soon as it is shown, and not an hour later.
    scene.pass_minutes(6);
    assert_eq!(scene.run().await.outcome, RunOutcome::Done);
    assert_eq!(booked(&scene).len(), 1);
}

#[tokio::test]
async fn an_invoice_that_stays_away_is_told_after_it_had_time_to_appear() {
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    *scene.books.seen_after.lock().unwrap() = SignedDuration::from_hours(48);
    scene.run().await;
    scene.pass_minutes(11);
    scene.run().await;
    let told = told(&scene, "1001");
    assert!(
        told.iter().any(|one| one.contains("niet (meer) te vinden")),
        "{told:?}"
    );
    assert!(booked(&scene).is_empty());
}

#[tokio::test]
async fn a_payment_lost_three_times_is_only_looked_for_and_settled_when_it_turns_up() {
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    for _ in 0..3 {
        scene.books.mood(What::Payment, Mood::CutBefore);
    }
    scene.runs(8).await;
    let told = told(&scene, "1001");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("kwam nooit aan"), "{told:?}");
    assert!(!told[0].contains("opnieuw geprobeerd"), "{told:?}");
    assert!(booked(&scene).is_empty());
    // One of them arrives after all.
    let invoice = scene.books.find_booking("F2026-7").await.unwrap().unwrap();
    let daybooks = scene.books.daybooks().await.unwrap();
    let bank = daybooks.into_iter().find(|one| one.is_called("Bank"));
    let description = format!(
        "{} factuur F2026-7",
        scene.listed("1001").payment_reference.unwrap()
    );
    let late = PaymentDraft {
        till: Till::Bank,
        daybook: bank.unwrap().id,
        date: date(2026, 3, 2),
        description,
        booking: invoice.id,
        amount: dec!(12.10),
    };
    scene.books.create_payment(&late).await.unwrap();
    scene.pass_minutes(90);
    scene.run().await;
    assert_eq!(booked(&scene).len(), 1);
    assert!(scene.listed("1001").attention.is_empty());
    let invoices = scene.journal.invoices("proef").unwrap();
    assert_eq!(invoices[0].paid, Some(dec!(12.10)));
}

/// Books by hand what settles the invoice.
async fn by_hand(scene: &Scene, text: &str) {
    let invoice = scene.books.find_booking("F2026-7").await.unwrap().unwrap();
    let daybooks = scene.books.daybooks().await.unwrap();
    let bank = daybooks.into_iter().find(|one| one.is_called("Bank"));
    let draft = PaymentDraft {
        till: Till::Bank,
        daybook: bank.unwrap().id,
        date: date(2026, 3, 2),
        description: text.into(),
        booking: invoice.id,
        amount: dec!(12.10),
    };
    scene.books.create_payment(&draft).await.unwrap();
}

#[tokio::test]
async fn an_invoice_that_was_paid_twice_by_hand_is_shown_to_a_person_and_not_paid_again() {
    let scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.runs(2).await;
    by_hand(&scene, "afschrift 1").await;
    by_hand(&scene, "afschrift 2").await;
    receives(&scene);
    scene.runs(2).await;
    assert_eq!(booked(&scene).len(), 2, "{:?}", booked(&scene));
    let told = told(&scene, "1001");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("-12,10 open"), "{told:?}");
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_booked_once() {
    for mood in [Mood::CutBefore, Mood::CutAfter, Mood::Down] {
        let scene = scene(bought(StatusKind::Complete, Some(true)));
        scene.books.mood(What::Payment, mood);
        scene.runs(6).await;
        assert_eq!(booked(&scene).len(), 1, "{mood:?}");
        assert!(told(&scene, "1001").is_empty(), "{mood:?}");
    }
}

#[tokio::test]
async fn a_right_that_is_missing_is_told_with_a_command_that_can_be_typed_and_stops_nothing() {
    let mut bought = bought(StatusKind::Complete, Some(true));
    bought.number = "10; rm -rf x".into();
    rehash(&mut bought);
    let scene = scene(bought);
    scene.books.mood(What::Payment, Mood::NoRight);
    let report = scene.run().await;
    assert!(report.failure.is_none(), "{report:?}");
    let told = told(&scene, "10; rm -rf x");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("opnieuw geprobeerd") && told[0].contains("skip proef id:1 --why"),
        "{told:?}"
    );
    scene.pass_minutes(61);
    scene.run().await;
    assert_eq!(booked(&scene).len(), 1, "tried again by itself");
    assert!(scene.listed("10; rm -rf x").attention.is_empty());
}

#[tokio::test]
async fn an_order_whose_total_was_changed_after_booking_is_shown_to_a_person_and_not_paid() {
    let scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.run().await;
    receives(&scene);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.total = dec!(13.10);
        order.money.order_total = dec!(13.10);
    });
    scene.run().await;
    let told = told(&scene, "1001");
    assert!(
        told.iter()
            .any(|one| one.contains("na het boeken veranderd van 12,10 in 13,10")),
        "{told:?}"
    );
    assert!(booked(&scene).is_empty());
}

#[tokio::test]
async fn a_trial_run_tells_which_payment_would_be_booked_and_books_none() {
    let scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.run().await;
    receives(&scene);
    let report = scene.dry_run().await;
    assert_eq!(report.created.payments, 1, "{report:?}");
    let [would] = report.afterwards.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(
        (would.number.as_str(), would.does),
        ("1001", Does::BookPayment)
    );
    assert!(
        would.text.nl.contains("12,10") && would.text.nl.contains("Bank"),
        "{would:?}"
    );
    assert!(booked(&scene).is_empty());
    assert_eq!(scene.run().await.created.payments, 1);
    assert_eq!(booked(&scene).len(), 1);
}

#[tokio::test]
async fn a_total_that_cannot_be_read_settles_no_invoice() {
    let scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.run().await;
    receives(&scene);
    let spoilt = scene.journal.with(|connection| {
        connection.execute(
            "UPDATE orders SET total = 'twaalf' WHERE number = '1001'",
            [],
        )
    });
    assert_eq!(spoilt.unwrap(), 1);
    let report = scene.run().await;
    let failure = report.failure.unwrap();
    assert_eq!(failure.code, "journal-value");
    assert!(failure.text.nl.contains("1001"), "{failure:?}");
    assert!(booked(&scene).is_empty());
    let mended = scene.journal.with(|connection| {
        connection.execute(
            "UPDATE orders SET total = '12.10' WHERE number = '1001'",
            [],
        )
    });
    assert_eq!(mended.unwrap(), 1);
    scene.run().await;
    let sum: Decimal = booked(&scene).iter().map(|paid| paid.amount).sum();
    assert_eq!(sum, dec!(12.10));
}

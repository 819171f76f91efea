//! Money that went back: paid back on the credit of each refund, out of the journal the payment came
//! in by, exactly once; what stands in the journal is what really moved.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    administration::Administration,
    books::Payment,
    journal::{State, credits::CreditState},
    profile::settings::{PayBack, Refunds},
    service::owner::{self, Word},
};
use winkelbrug_protocol::record::{Refund, StatusKind};

use crate::import::{
    books::{Mood, What},
    payments::{self, booked, bought, receives, scene, told},
    refunds::{YES, partial, refund},
    scene::Scene,
    shop::rehash,
};

/// Received first.
fn entries(scene: &Scene) -> Vec<Payment> {
    let mut entries = booked(scene);
    entries.sort_by_key(|entry| -entry.amount);
    entries
}

fn amounts(scene: &Scene) -> Vec<Decimal> {
    entries(scene).iter().map(|paid| paid.amount).collect()
}

/// What is open of an invoice in the books.
async fn open(scene: &Scene, number: &str) -> Decimal {
    let found = scene.books.find_booking(number).await.unwrap();
    found.unwrap().open.unwrap()
}

/// Received, refunded, and the credits written by themselves.
fn paid_scene() -> Scene {
    let mut scene = scene(bought(StatusKind::Complete, Some(true)));
    scene.settings.sales.refunds = Refunds::Write;
    scene
}

#[tokio::test]
async fn a_refund_after_booking_is_paid_back_on_its_credit_on_its_own_day() {
    let scene = paid_scene();
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(2).await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
    let entries = entries(&scene);
    let back = &entries[1];
    assert_eq!(back.date, Some(date(2026, 3, 2)));
    assert_eq!(back.daybook, entries[0].daybook);
    assert!(back.description.contains("F2026-7-C1"), "{back:?}");
    assert!(open(&scene, "F2026-7").await.is_zero());
    assert!(open(&scene, "F2026-7-C1").await.is_zero());
    assert!(
        told(&scene, "1001").is_empty(),
        "{:?}",
        told(&scene, "1001")
    );

    // The rest, later: paid back on a credit of its own.
    scene.give_back(partial("r2"));
    scene.runs(2).await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05), dec!(-6.05)]);
    let listed = scene.journal.invoices("proef").unwrap();
    let shown: Vec<_> = listed
        .iter()
        .map(|one| (one.number.as_str(), one.credit_of.as_deref(), one.paid))
        .collect();
    assert_eq!(
        shown,
        [
            ("F2026-7", None, Some(dec!(12.10))),
            ("F2026-7-C1", Some("F2026-7"), Some(dec!(-6.05))),
            ("F2026-7-C2", Some("F2026-7"), Some(dec!(-6.05))),
        ]
    );
    assert!(listed.iter().all(|one| one.order == "1001"));
    assert_eq!(listed[1].day, "2026-03-02");
    assert_eq!(listed[1].total_excl, Some(dec!(-5)));
}

#[tokio::test]
async fn a_refund_before_booking_is_received_and_paid_back_as_it_really_went() {
    for given in [partial("r1"), refund("r1")] {
        let mut refunded = bought(StatusKind::Complete, Some(true));
        let back = given.total;
        refunded.refunds.push(given);
        rehash(&mut refunded);
        let scene = scene(refunded);
        scene.runs(2).await;
        assert_eq!(scene.state("1001"), State::Written);
        assert_eq!(amounts(&scene), [dec!(12.10), -back]);
        assert!(open(&scene, "F2026-7").await.is_zero());
        assert!(open(&scene, "F2026-7-C1").await.is_zero());
    }
}

/// Goods taken back for a voucher: the credit stays open, for no money went back.
#[tokio::test]
async fn nothing_is_paid_back_on_a_credit_the_buyer_got_a_voucher_for() {
    let scene = paid_scene();
    scene.run().await;
    let mut given = partial("r1");
    given.voucher = true;
    scene.give_back(given);
    scene.runs(3).await;
    assert_eq!(amounts(&scene), [dec!(12.10)]);
    assert_eq!(open(&scene, "F2026-7-C1").await, dec!(-6.05));
    assert!(
        told(&scene, "1001").is_empty(),
        "{:?}",
        told(&scene, "1001")
    );
}

/// What the shop never received it cannot have paid back.
#[tokio::test]
async fn nothing_is_paid_back_before_it_came_in() {
    let mut scene = scene(bought(StatusKind::Complete, Some(false)));
    scene.settings.sales.refunds = Refunds::Write;
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(2).await;
    assert!(amounts(&scene).is_empty());
    receives(&scene);
    scene.runs(2).await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
}

#[tokio::test]
async fn a_credit_nobody_said_yes_to_is_not_paid_back() {
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(2).await;
    assert_eq!(amounts(&scene), [dec!(12.10)]);
    scene.say(YES);
    scene.runs(2).await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
}

#[tokio::test]
async fn a_credit_that_waits_says_how_to_agree_where_no_money_went_back() {
    let says = |scene: &Scene| {
        told(scene, "1001")
            .iter()
            .any(|text| text.contains("--no-money"))
    };
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(2).await;
    assert!(says(&scene), "{:?}", told(&scene, "1001"));

    let mut by_hand = payments::scene(bought(StatusKind::Complete, Some(true)));
    let rules = &mut by_hand.settings.sales.payment;
    rules.get_mut("mollie_ideal").unwrap().pay_back = PayBack::ByHand;
    let voucher = payments::scene(bought(StatusKind::Complete, Some(true)));
    for (scene, is_voucher) in [(by_hand, false), (voucher, true)] {
        scene.run().await;
        let mut given = partial("r1");
        given.voucher = is_voucher;
        scene.give_back(given);
        scene.runs(2).await;
        assert!(!says(&scene), "{:?}", told(&scene, "1001"));
        assert_eq!(told(&scene, "1001").len(), 1);
    }
}

const NO_MONEY: Word = Word {
    no_money: true,
    ..YES
};

/// A voucher or store credit: the credit is written and no money moves.
#[tokio::test]
async fn a_credit_agreed_with_no_money_is_written_and_nothing_is_paid_back_on_it() {
    let scene = scene(bought(StatusKind::Complete, Some(true)));
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(2).await;
    scene.say(NO_MONEY);
    scene.runs(3).await;
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let of = |n: usize| scene.journal.credits_of(order).unwrap().remove(n);
    assert_eq!((of(0).state, of(0).no_money), (CreditState::Written, true));
    assert_eq!(amounts(&scene), [dec!(12.10)]);
    assert!(told(&scene, "1001").is_empty());
    // Of the next one money went back: the last word on it before it is written counts.
    scene.give_back(partial("r2"));
    scene.runs(2).await;
    scene.say(NO_MONEY);
    scene.say(YES);
    scene.runs(3).await;
    assert_eq!((of(1).state, of(1).no_money), (CreditState::Written, false));
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
}

#[tokio::test]
async fn where_the_owner_pays_back_himself_no_entry_is_made_of_a_refund() {
    let mut scene = paid_scene();
    let rules = &mut scene.settings.sales.payment;
    rules.get_mut("mollie_ideal").unwrap().pay_back = PayBack::ByHand;
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.runs(3).await;
    assert_eq!(amounts(&scene), [dec!(12.10)]);
    assert_eq!(open(&scene, "F2026-7-C1").await, dec!(-6.05));
    assert!(told(&scene, "1001").is_empty());
    // What was left then stays left.
    let rules = &mut scene.settings.sales.payment;
    rules.get_mut("mollie_ideal").unwrap().pay_back = PayBack::Journal;
    scene.give_back(partial("r2"));
    scene.runs(3).await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
    assert_eq!(open(&scene, "F2026-7-C1").await, dec!(-6.05));
}

#[tokio::test]
async fn money_back_whose_answer_is_lost_is_booked_once() {
    for mood in [Mood::CutBefore, Mood::CutAfter, Mood::Down] {
        let scene = paid_scene();
        scene.runs(2).await;
        scene.books.mood(What::Payment, mood);
        scene.give_back(partial("r1"));
        scene.runs(6).await;
        assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)], "{mood:?}");
        assert!(told(&scene, "1001").is_empty(), "{mood:?}");
    }
}

/// A payment that somebody else books, or that is in the books already, is his with all that goes back
/// of it.
#[tokio::test]
async fn what_the_owner_books_himself_he_pays_back_himself() {
    let scene = paid_scene();
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.run().await;
    assert!(!told(&scene, "1001").is_empty());
    let left = owner::skip(&scene.journal, "proef", "1001", "zelf geboekt", scene.now()).unwrap();
    assert_eq!(left.payment.as_deref(), Some("F2026-7"));
    scene.give_back(partial("r1"));
    scene.runs(3).await;
    assert!(amounts(&scene).is_empty());
    let credits = scene.journal.invoices("proef").unwrap();
    assert_eq!(
        credits.len(),
        2,
        "the credit itself is written: {credits:?}"
    );
}

#[tokio::test]
async fn a_refund_that_is_gone_from_the_shop_or_changed_is_shown_to_a_person_and_not_paid_back() {
    type Edit = fn(&mut Vec<Refund>);
    let edits: [Edit; 2] = [Vec::clear, |refunds| refunds[0].total = dec!(7.05)];
    for edit in edits {
        let scene = paid_scene();
        scene.run().await;
        scene.give_back(partial("r1"));
        scene.books.mood(What::Payment, Mood::NoRight);
        scene.run().await;
        let refused = told(&scene, "1001");
        let own = |one: &String| one.contains("De terugbetaling van bestelling 1001");
        assert!(refused.iter().any(own), "{refused:?}");
        scene.pass_minutes(61);
        let now = scene.now();
        scene
            .shop
            .edit("1", Some(now), |order| edit(&mut order.refunds));
        scene.runs(2).await;
        assert_eq!(amounts(&scene), [dec!(12.10)], "{:?}", told(&scene, "1001"));
    }
}

#[tokio::test]
async fn of_two_refunds_that_cannot_be_paid_back_each_is_told_once_and_settled_by_its_own_entry() {
    let scene = paid_scene();
    scene.run().await;
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.give_back(partial("r1"));
    scene.give_back(partial("r2"));
    scene.run().await;
    let both = told(&scene, "1001");
    assert_eq!(both.len(), 2, "{both:?}");
    let of = |told: &[String], invoice: &str| {
        let named = told
            .iter()
            .filter(|text| text.contains(&format!("factuur {invoice}:")));
        named.count()
    };
    assert_eq!(
        (of(&both, "F2026-7-C1"), of(&both, "F2026-7-C2")),
        (1, 1),
        "{both:?}"
    );
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let history = scene.journal.log_of(order).unwrap().len();
    // An hour later the same again: no word more of it in the history.
    scene.pass_minutes(61);
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.run().await;
    assert_eq!(told(&scene, "1001"), both);
    let now = scene.journal.log_of(order).unwrap().len();
    assert_eq!(now, history);
    // The first is refused once more and the second succeeds.
    scene.pass_minutes(61);
    scene.books.mood(What::Payment, Mood::NoRight);
    scene.run().await;
    assert_eq!(amounts(&scene), [dec!(12.10), dec!(-6.05)]);
    let left = told(&scene, "1001");
    assert_eq!(
        (of(&left, "F2026-7-C1"), of(&left, "F2026-7-C2")),
        (1, 0),
        "{left:?}"
    );
}

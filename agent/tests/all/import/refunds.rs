//! Money given back, and orders cancelled, on orders that are in the books or on their way there.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    administration::mirror::Mirror,
    books::BookedOrder,
    journal::{State, cancellations::Cancellation, credits::CreditState},
    profile::settings::{Cancelled, InvoicedBy, Refunds},
    service::owner::{self, Word},
};
use winkelbrug_protocol::record::{Order, RatePart, Refund, RefundLine, StatusKind};

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, status},
};

mod changed;
mod mended;

pub(super) const YES: Word = Word {
    number: None,
    rate: None,
    yes: true,
    no_money: false,
};

/// The one piece of [`order`] given back.
pub(super) fn refund(id: &str) -> Refund {
    Refund {
        id: id.into(),
        number: None,
        at: "2026-03-02T13:00:00Z".into(),
        at_local: "2026-03-02T14:00:00".into(),
        total: dec!(12.10),
        comment: "Kapot".into(),
        lines: vec![RefundLine {
            line_id: "1".into(),
            quantity: dec!(1),
            parts: vec![part(dec!(10), dec!(2.10))],
        }],
        shipping: Vec::new(),
        adjustment: dec!(0),
        voucher: false,
    }
}

fn part(net: Decimal, vat: Decimal) -> RatePart {
    RatePart {
        percent: dec!(21),
        net,
        vat,
    }
}

/// A part of it, without its piece.
pub(super) fn partial(id: &str) -> Refund {
    let mut partial = refund(id);
    partial.total = dec!(6.05);
    partial.lines[0].quantity = dec!(0);
    partial.lines[0].parts = vec![part(dec!(5), dec!(1.05))];
    partial
}

/// An amount of nothing in particular.
fn amount(id: &str) -> Refund {
    let mut amount = refund(id);
    amount.total = dec!(5);
    amount.adjustment = dec!(5);
    amount.lines.clear();
    amount
}

fn given_back(mut order: Order, refund: Refund) -> Order {
    order.refunds.push(refund);
    crate::import::shop::rehash(&mut order);
    order
}

impl Scene {
    pub(super) fn give_back(&self, refund: Refund) {
        self.pass_minutes(15);
        let now = self.now();
        self.shop
            .edit("1", Some(now), |order| order.refunds.push(refund));
    }

    fn cancel_in_shop(&self) {
        self.pass_minutes(15);
        self.shop.edit("1", Some(self.now()), |order| {
            order.status = status(StatusKind::Cancelled);
        });
    }

    pub(super) fn say(&self, word: Word) {
        let now = self.now();
        owner::credit(&self.journal, "proef", "1001", word, now).unwrap();
    }

    fn credits(&self) -> Vec<(u32, CreditState)> {
        let order = self.journal.find_order("proef", "1001").unwrap();
        let credits = self.journal.credits_of(order).unwrap();
        credits.iter().map(|one| (one.n, one.state)).collect()
    }

    async fn in_the_books(&self) -> Vec<(String, Decimal)> {
        let orders = self.books.really_orders().await;
        let mut all: Vec<(String, Decimal)> = orders.iter().map(named).collect();
        all.sort();
        all
    }

    async fn invoice_all(&self) {
        let ids = self.books.really_orders().await.into_iter();
        *self.books.invoiced.lock().unwrap() = ids.map(|order| order.id).collect();
    }
}

fn named(order: &BookedOrder) -> (String, Decimal) {
    (
        order.payment_reference.clone(),
        order.total_incl.unwrap_or_default(),
    )
}

fn both() -> Vec<(String, Decimal)> {
    vec![
        ("1001".into(), dec!(12.10)),
        ("1001-C1".into(), dec!(-12.10)),
    ]
}

#[tokio::test]
async fn a_refund_after_import_is_one_item_with_its_credit_prepared_and_written_once_on_a_yes() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.listed("1001").attention.len(), 1);
    assert_eq!(scene.credits(), [(1, CreditState::Waits)]);
    assert_eq!(scene.in_the_books().await.len(), 1, "nothing without a yes");
    let prepared = scene.journal.order("proef", "1001").unwrap().credits;
    let plan = prepared[0].plan.clone().unwrap();
    assert_eq!(plan.order.payment_reference, "1001-C1");
    assert_eq!(plan.order.date.to_string(), "2026-03-02");
    assert_eq!(plan.expected.incl, dec!(-12.10));
    assert_eq!(plan.expected.vat["21"], dec!(-2.10));
    scene.say(YES);
    scene.pass_minutes(15);
    scene.run().await;
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.in_the_books().await, both());
    assert_eq!(scene.credits(), [(1, CreditState::Written)]);
    assert!(scene.listed("1001").attention.is_empty());
}

#[tokio::test]
async fn a_refund_before_import_comes_as_order_and_credit() {
    let scene = Scene::new(vec![given_back(order(1, "THEE", ago(60)), refund("r1"))]);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(scene.in_the_books().await, both());
    assert!(scene.listed("1001").attention.is_empty());
}

#[tokio::test]
async fn refunds_are_written_by_themselves_where_the_owner_says_so() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.sales.refunds = Refunds::Write;
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.give_back(partial("r2"));
    scene.run().await;
    let half = dec!(-6.05);
    assert_eq!(
        scene.in_the_books().await,
        [
            ("1001".to_owned(), dec!(12.10)),
            ("1001-C1".to_owned(), half),
            ("1001-C2".to_owned(), half)
        ]
    );
    assert!(scene.listed("1001").attention.is_empty());
}

#[tokio::test]
async fn an_amount_without_lines_asks_its_rate() {
    let scene = Scene::new(vec![given_back(order(1, "THEE", ago(60)), amount("r1"))]);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    let listed = scene.listed("1001");
    assert!(listed.attention[0].nl.contains("--rate"), "{listed:?}");
    scene.say(Word {
        rate: Some(dec!(21)),
        ..YES
    });
    scene.pass_minutes(15);
    scene.run().await;
    let credit = &scene.journal.order("proef", "1001").unwrap().credits[0];
    assert_eq!(credit.state, CreditState::Written);
    let plan = credit.plan.as_ref().unwrap();
    assert_eq!(plan.expected.vat["21"], dec!(-0.87));
    assert_eq!(scene.in_the_books().await[1].1, dec!(-5.00));
}

#[tokio::test]
async fn a_rate_where_none_is_asked_is_refused_and_changes_nothing() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    let word = Word {
        rate: Some(dec!(9)),
        ..YES
    };
    let refused = owner::credit(&scene.journal, "proef", "1001", word, scene.now()).unwrap_err();
    assert_eq!(refused.code, "no-rate-asked");
    assert!(refused.hint.en.contains("without --rate"));
    assert_eq!(scene.credits(), [(1, CreditState::Waits)]);
    scene.say(YES);
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.credits(), [(1, CreditState::Written)]);
    assert_eq!(scene.in_the_books().await, both());
}

#[tokio::test]
async fn a_credit_whose_answer_is_lost_or_late_is_written_once() {
    let late = Mood::WrittenAfter(SignedDuration::from_mins(5));
    for mood in [Mood::CutBefore, Mood::CutAfter, late, Mood::Down] {
        let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
        scene.run().await;
        scene.give_back(refund("r1"));
        scene.run().await;
        scene.say(YES);
        scene.books.mood(What::Order, mood);
        scene.runs(6).await;
        assert_eq!(scene.in_the_books().await, both(), "{mood:?}");
        assert_eq!(scene.credits(), [(1, CreditState::Written)], "{mood:?}");
    }
}

#[tokio::test]
async fn books_that_refuse_fewer_pieces_get_a_price_below_zero_and_else_a_person_is_told() {
    for (prices, written) in [(false, true), (true, false)] {
        let scene = Scene::new(vec![given_back(order(1, "THEE", ago(60)), refund("r1"))]);
        let books = &scene.books;
        books
            .refuses_negative_quantities
            .store(true, Ordering::Relaxed);
        books
            .refuses_negative_prices
            .store(prices, Ordering::Relaxed);
        scene.run().await;
        assert_eq!(scene.in_the_books().await.len(), 1 + usize::from(written));
        let waits = !scene.listed("1001").attention.is_empty();
        assert_eq!(waits, !written);
    }
}

#[tokio::test]
async fn a_cancelled_order_is_blocked_and_deleted_only_on_a_yes() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    assert!(scene.books.really_orders().await[0].blocked);
    assert_eq!(scene.listed("1001").attention.len(), 1);
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.books.blocked.lock().unwrap().len(), 1, "once");
    owner::cancel(&scene.journal, "proef", "1001", scene.now()).unwrap();
    scene.pass_minutes(15);
    scene.run().await;
    assert!(scene.books.really_orders().await.is_empty());
    let mirror = Mirror::known(&scene.journal, "proef").unwrap().unwrap();
    assert_eq!(mirror.orders().unwrap(), [], "nor in what is shown of them");
    assert!(scene.listed("1001").attention.is_empty());
    scene.pass_minutes(15);
    scene.run().await;
    assert!(scene.books.really_orders().await.is_empty(), "not again");
}

#[tokio::test]
async fn a_cancelled_order_is_only_reported_where_the_owner_says_so() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.sales.cancelled = Cancelled::Report;
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    assert!(!scene.books.really_orders().await[0].blocked);
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let done = scene.journal.cancellation(order).unwrap();
    assert_eq!(done, Some(Cancellation::Reported));
}

#[tokio::test]
async fn an_order_cancelled_after_it_was_invoiced_has_its_credit_prepared() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.cancel_in_shop();
    scene.run().await;
    assert!(!scene.books.really_orders().await[0].blocked);
    assert_eq!(scene.listed("1001").attention.len(), 1);
    assert_eq!(scene.credits(), [(1, CreditState::Waits)]);
    scene.say(YES);
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.in_the_books().await, both());
    assert!(scene.listed("1001").attention.is_empty());
}

#[tokio::test]
async fn what_the_owner_looked_at_is_not_credited() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    owner::skip(
        &scene.journal,
        "proef",
        "1001",
        "zelf gewijzigd",
        scene.now(),
    )
    .unwrap();
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.credits(), [(1, CreditState::Dismissed)]);
    assert!(scene.listed("1001").attention.is_empty());
    assert_eq!(scene.in_the_books().await.len(), 1);
}

impl Scene {
    fn look(&self) {
        let now = self.now();
        owner::skip(&self.journal, "proef", "1001", "bekeken", now).unwrap();
    }
}

#[tokio::test]
async fn looking_at_another_item_leaves_a_credit_that_is_being_written_alone() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    scene.say(YES);
    let late = Mood::WrittenAfter(SignedDuration::from_mins(5));
    scene.books.mood(What::Order, late);
    scene.run().await;
    assert_eq!(scene.credits(), [(1, CreditState::Writing)]);
    scene.look();
    scene.runs(6).await;
    assert_eq!(scene.in_the_books().await, both());
    assert_eq!(scene.credits(), [(1, CreditState::Written)]);
}

#[tokio::test]
async fn looking_at_an_item_does_not_dismiss_a_credit_nobody_has_seen() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let (version, both) = (
        scene.journal.order_at_work(order).unwrap().version,
        [("r1".to_owned(), false), ("r2".to_owned(), false)],
    );
    let now = scene.now();
    scene
        .journal
        .keep_refunds(order, version, &both, now)
        .unwrap();
    scene.look();
    let states = [(1, CreditState::Dismissed), (2, CreditState::New)];
    assert_eq!(scene.credits(), states);
}

#[tokio::test]
async fn a_yes_given_while_the_credit_is_prepared_stays() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let read = scene.journal.credits_of(order).unwrap().remove(0);
    scene.say(YES);
    scene
        .journal
        .credit_prepared(read.id, read.state, CreditState::Waits, None, None)
        .unwrap();
    assert_eq!(scene.credits(), [(1, CreditState::Approved)]);
}

#[tokio::test]
async fn credits_together_give_back_no_more_than_was_booked() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.cancel_in_shop();
    scene.run().await;
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await, both());
    scene.give_back(refund("r1"));
    scene.run().await;
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await, both(), "not twice");
    let listed = scene.listed("1001");
    assert!(listed.attention[0].nl.contains("12,10"), "{listed:?}");
    let credits = scene.journal.order("proef", "1001").unwrap().credits;
    assert_eq!(credits[1].reason.as_ref().unwrap().code, "credit-te-veel");
}

#[tokio::test]
async fn cancelled_and_invoiced_after_a_part_was_credited_the_rest_is_credited_once_on_a_yes() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.say(YES);
    scene.pass_minutes(15);
    scene.run().await;
    scene.cancel_in_shop();
    scene.runs(2).await;
    let written = (1, CreditState::Written);
    assert_eq!(scene.credits(), [written, (2, CreditState::Waits)]);
    let listed = scene.listed("1001");
    let told = |text: &winkelbrug::text::Text| text.nl.contains("blijft 6,05 over");
    assert!(listed.attention.iter().any(told), "{listed:?}");
    let rest = &scene.journal.order("proef", "1001").unwrap().credits[1];
    let plan = rest.plan.as_ref().unwrap();
    assert_eq!(
        (plan.expected.incl, plan.expected.vat["21"]),
        (dec!(-6.05), dec!(-1.05))
    );
    scene.say(YES);
    scene.pass_minutes(15);
    scene.runs(3).await;
    assert_eq!(scene.credits(), [written, (2, CreditState::Written)]);
    let amounts: Vec<Decimal> = scene.in_the_books().await.iter().map(|one| one.1).collect();
    assert_eq!(amounts, [dec!(12.10), dec!(-6.05), dec!(-6.05)]);
    assert!(scene.listed("1001").attention.is_empty());
}

#[tokio::test]
async fn a_rest_that_the_shop_gives_back_itself_is_not_credited_twice() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.cancel_in_shop();
    scene.runs(2).await;
    assert_eq!(
        scene.credits(),
        [(1, CreditState::Waits), (2, CreditState::Waits)]
    );
    scene.give_back(partial("r2"));
    scene.pass_minutes(24 * 60);
    scene.runs(2).await;
    scene.say(YES);
    scene.pass_minutes(15);
    scene.runs(3).await;
    let amounts: Vec<Decimal> = scene.in_the_books().await.iter().map(|one| one.1).collect();
    assert_eq!(amounts, [dec!(12.10), dec!(-6.05), dec!(-6.05)]);
}

#[tokio::test]
async fn a_rest_beside_a_part_its_owner_dealt_with_is_named_until_looked_at() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.look();
    scene.cancel_in_shop();
    scene.runs(2).await;
    let listed = scene.listed("1001");
    let told = |text: &winkelbrug::text::Text| text.nl.contains("overige 12,10");
    assert!(listed.attention.iter().any(told), "{listed:?}");
    scene.look();
    scene.run().await;
    assert!(scene.listed("1001").attention.is_empty());
}

impl Scene {
    fn reinstate(&self) {
        self.pass_minutes(15);
        self.shop.edit("1", Some(self.now()), |order| {
            order.status = status(StatusKind::Processing);
        });
    }

    fn cancellation(&self) -> Option<Cancellation> {
        let order = self.journal.find_order("proef", "1001").unwrap();
        self.journal.cancellation(order).unwrap()
    }
}

#[tokio::test]
async fn an_order_that_is_reinstated_is_one_item_that_says_what_to_undo() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    scene.reinstate();
    scene.run().await;
    let listed = scene.listed("1001");
    assert_eq!(listed.attention.len(), 1, "{listed:?}");
    assert!(listed.attention[0].nl.contains("hef de blokkade"));
    assert_eq!(scene.cancellation(), None);
    scene.cancel_in_shop();
    scene.run().await;
    owner::cancel(&scene.journal, "proef", "1001", scene.now()).unwrap();
    scene.run().await;
    assert!(scene.books.really_orders().await.is_empty());
    scene.reinstate();
    scene.run().await;
    let listed = scene.listed("1001");
    assert_eq!(listed.attention.len(), 1, "{listed:?}");
    assert!(listed.attention[0].nl.contains("verwijderd"));
}

#[tokio::test]
async fn the_credit_of_a_cancelled_order_that_is_reinstated_is_not_written() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.cancel_in_shop();
    scene.run().await;
    scene.say(YES);
    scene.reinstate();
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 1);
    assert_eq!(scene.credits(), [(1, CreditState::Dismissed)]);
    let listed = scene.listed("1001");
    assert_eq!(listed.attention.len(), 1, "{listed:?}");
    scene.cancel_in_shop();
    scene.run().await;
    assert_eq!(
        scene.credits(),
        [(1, CreditState::Waits)],
        "cancelled again"
    );
}

#[tokio::test]
async fn a_new_version_of_a_cancelled_order_leaves_the_owners_word_and_his_unblocking() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    let edit = || {
        scene.pass_minutes(15);
        let now = scene.now();
        scene
            .shop
            .edit("1", Some(now), |order| order.comment.push('.'));
    };
    edit();
    scene.run().await;
    assert_eq!(scene.books.blocked.lock().unwrap().len(), 1, "once");
    edit();
    owner::cancel(&scene.journal, "proef", "1001", scene.now()).unwrap();
    scene.run().await;
    assert!(scene.books.really_orders().await.is_empty());
}

#[tokio::test]
async fn a_sales_order_that_is_not_shown_yet_is_not_taken_for_deleted() {
    let scene = Scene::new(vec![given_back(order(1, "THEE", ago(60)), refund("r1"))]);
    *scene.books.seen_after.lock().unwrap() = SignedDuration::from_mins(5);
    scene.run().await;
    scene.pass_minutes(8);
    scene.run().await;
    scene.runs(3).await;
    assert_eq!(scene.in_the_books().await, both());
    assert_eq!(scene.credits(), [(1, CreditState::Written)]);
}

#[tokio::test]
async fn a_refund_of_an_order_in_another_currency_is_credited_at_the_orders_rate() {
    let mut dollars = order(1, "THEE", ago(60));
    dollars.money.code = "USD".into();
    crate::import::shop::rehash(&mut dollars);
    let scene = Scene::new(vec![dollars]);
    scene.run().await;
    owner::retry(
        &scene.journal,
        "proef",
        &winkelbrug::service::action::Which::Rated {
            order: "1001".into(),
            rate: dec!(1.10),
            yes: true,
        },
        false,
        scene.now(),
    )
    .unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await[1].1, dec!(-5.50));
}

#[tokio::test]
async fn a_credit_is_compared_with_the_books_totals_or_with_what_its_lines_come_to() {
    for (untold, off, items) in [(false, dec!(0.01), 1), (true, dec!(0), 0)] {
        let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
        scene.run().await;
        scene.give_back(refund("r1"));
        scene.run().await;
        scene.say(YES);
        *scene.books.total_off.lock().unwrap() = off;
        scene.books.totals_untold.store(untold, Ordering::Relaxed);
        scene.run().await;
        assert_eq!(scene.credits(), [(1, CreditState::Written)]);
        let listed = scene.listed("1001");
        assert_eq!(listed.attention.len(), items, "{listed:?}");
        let said = listed.attention.first().is_none_or(|text| {
            text.nl
                .contains("met btw in de boekhouding -12,09 in plaats van -12,10")
        });
        assert!(said, "{listed:?}");
    }
}

#[tokio::test]
async fn a_customer_is_not_forgotten_while_a_credit_of_his_is_written() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(refund("r1"));
    scene.run().await;
    scene.say(YES);
    let late = Mood::WrittenAfter(SignedDuration::from_mins(5));
    scene.books.mood(What::Order, late);
    scene.run().await;
    let email = scene.shop.orders()[0].customer.email.clone();
    let refused = scene.journal.forget("proef", &email, scene.now());
    assert_eq!(refused.unwrap_err().code, "order-being-written");
    scene.runs(3).await;
    assert_eq!(scene.credits(), [(1, CreditState::Written)]);
    scene.journal.forget("proef", &email, scene.now()).unwrap();
}

#[tokio::test]
async fn a_rate_for_an_order_the_run_has_in_hand_is_not_kept() {
    let mut dollars = order(1, "THEE", ago(60));
    dollars.money.code = "USD".into();
    crate::import::shop::rehash(&mut dollars);
    let scene = Scene::new(vec![dollars]);
    scene.run().await;
    let rated = |rate, under_way| {
        let which = winkelbrug::service::action::Which::Rated {
            order: "1001".into(),
            rate,
            yes: true,
        };
        owner::retry(&scene.journal, "proef", &which, under_way, scene.now())
    };
    rated(dec!(1.10), false).unwrap();
    scene.books.mood(What::Order, Mood::Down);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Planned);
    let refused = rated(dec!(1.20), true);
    assert_eq!(refused.unwrap_err().code, "order-not-waiting");
    let order = scene.journal.find_order("proef", "1001").unwrap();
    let kept = scene.journal.order_at_work(order).unwrap().exchange_rate;
    assert_eq!(kept, Some(dec!(1.10)));
}

#[tokio::test]
async fn a_cancelled_order_of_a_shop_that_invoices_itself_is_credited_and_not_deleted() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.sales.invoiced_by = Some(InvoicedBy::Shop);
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    let listed = scene.listed("1001");
    assert_eq!(listed.attention.len(), 1, "{listed:?}");
    let told = &listed.attention[0].nl;
    assert!(told.contains("creditering") && !told.contains("winkelbrug cancel"));
    assert!(!told.contains("nog niet gefactureerd"), "{told}");
    scene.say(YES);
    scene.run().await;
    let orders = scene.books.really_orders().await;
    assert_eq!(orders.len(), 2);
    let credit = &scene.journal.order("proef", "1001").unwrap().credits[0];
    let memo = &credit.plan.as_ref().unwrap().order.memo;
    assert!(memo.contains("De webwinkel factureert zelf"), "{memo}");
}

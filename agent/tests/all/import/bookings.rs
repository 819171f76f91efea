//! Orders written as booked invoices (verkoopboekingen).

use jiff::SignedDuration;
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    administration::Administration,
    books::{SalesVat, VatKind},
    journal::State,
    profile::settings::{BookingDate, BookingNumber, Form},
    service::owner::stock_counted,
    sync::RunOutcome,
};

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, rehash, with_coupon},
};

fn scene(number: Option<&str>) -> Scene {
    let mut bought = with_coupon(order(1, "THEE", ago(60)));
    bought.invoice_number = number.map(str::to_owned);
    rehash(&mut bought);
    let mut scene = Scene::new(vec![bought]);
    scene.settings.sales.form = Form::Booking;
    scene
}

#[tokio::test]
async fn an_order_is_booked_under_the_shops_invoice_number_and_balances() {
    let scene = scene(Some("F2026-7"));
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Done, "{report:?}");
    assert!(scene.books.really_orders().await.is_empty());
    let booked = scene.books.booked.lock().unwrap().clone();
    let [booked] = booked.as_slice() else {
        panic!("{booked:?}");
    };
    assert_eq!(
        (booked.number.as_str(), booked.amount),
        ("F2026-7", dec!(10.89))
    );
    assert_eq!(booked.lines.len(), 1, "one ledger: {booked:?}");
    assert_eq!(booked.lines[0].amount, dec!(9.00));
    assert_eq!(booked.lines[0].vat, VatKind::Hoog);
    assert_eq!(booked.vat[0].kind, SalesVat::VerkopenHoog);
    let vat: Decimal = booked.vat.iter().map(|row| row.amount).sum();
    assert_eq!(vat, dec!(1.89));
    let listed = scene.listed("1001");
    assert_eq!(listed.state, State::Written);
    assert_eq!(listed.administration_number.as_deref(), Some("F2026-7"));
}

#[tokio::test]
async fn without_an_invoice_of_the_shop_the_order_waits_for_it() {
    let scene = scene(None);
    scene.run().await;
    let reason = scene.listed("1001").reason.unwrap();
    assert_eq!(reason.code, "factuurnummer-ontbreekt");
    scene.pass_minutes(15);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.invoice_number = Some("F2026-8".into());
    });
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
}

#[tokio::test]
async fn a_booking_whose_answer_is_lost_or_late_is_written_once() {
    let late = Mood::WrittenAfter(SignedDuration::from_mins(5));
    for mood in [Mood::CutBefore, Mood::CutAfter, late, Mood::Down] {
        let scene = scene(Some("F2026-7"));
        scene.books.mood(What::Booking, mood);
        scene.runs(6).await;
        assert_eq!(scene.state("1001"), State::Written, "{mood:?}");
        let found = scene.books.find_booking("F2026-7").await.unwrap();
        assert_eq!(found.unwrap().amount, dec!(10.89), "{mood:?}");
    }
}

#[tokio::test]
async fn a_number_another_customer_has_in_the_books_is_not_written_again() {
    let scene = scene(Some("F2026-7"));
    let mut other = order(2, "THEE", ago(50));
    other.invoice_number = Some("F2026-7".into());
    rehash(&mut other);
    scene.shop.orders().push(other);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    let reason = scene.listed("1002").reason.unwrap();
    assert_eq!(reason.code, "factuurnummer-bestaat-al");
}

#[tokio::test]
async fn all_of_a_booked_invoice_given_back_is_a_booking_below_zero() {
    let scene = scene(Some("F2026-7"));
    scene.run().await;
    scene.pass_minutes(15);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.refunds.push(winkelbrug_protocol::record::Refund {
            id: "r1".into(),
            number: None,
            at: "2026-03-02T13:00:00Z".into(),
            at_local: "2026-03-02T14:00:00".into(),
            total: dec!(10.89),
            comment: String::new(),
            lines: Vec::new(),
            shipping: Vec::new(),
            adjustment: dec!(10.89),
            voucher: false,
        });
    });
    scene.run().await;
    winkelbrug::service::owner::credit(
        &scene.journal,
        "proef",
        "1001",
        winkelbrug::service::owner::Word {
            number: None,
            rate: None,
            yes: true,
            no_money: false,
        },
        scene.now(),
    )
    .unwrap();
    scene.books.mood(What::Booking, Mood::CutAfter);
    scene.runs(3).await;
    let booked = scene.books.booked.lock().unwrap().clone();
    assert_eq!(booked.len(), 2, "{booked:?}");
    assert_eq!(booked[1].number, "F2026-7-C1");
    assert_eq!(booked[0].amount + booked[1].amount, dec!(0));
    let vat: Decimal = booked
        .iter()
        .flat_map(|one| &one.vat)
        .map(|row| row.amount)
        .sum();
    assert_eq!(vat, dec!(0));
}

#[tokio::test]
async fn stock_is_not_sent_where_the_books_do_not_count_what_is_sold() {
    let scene = scene(Some("F2026-7"));
    let report = scene.run_with_stock().await;
    assert_eq!(report.failure.unwrap().code, "voorraad-bij-boeking");
}

impl Scene {
    /// The order's plan is made and its customer written; the invoice itself is not.
    async fn planned_only(&self) -> (winkelbrug::journal::OrderId, String) {
        self.books.mood(What::Booking, Mood::Down);
        self.run().await;
        let order = self.journal.find_order("proef", "1001").unwrap();
        let relation = self.books.really_relations().await.remove(0).id;
        self.pass_minutes(15);
        (order, relation)
    }
}

#[tokio::test]
async fn an_invoice_that_was_there_already_is_taken_over_and_not_counted_as_written() {
    let scene = scene(Some("F2026-7"));
    let (order, relation) = scene.planned_only().await;
    let plan = scene.journal.order_at_work(order).unwrap().plan.unwrap();
    let draft = plan.booking.unwrap();
    scene.books.create_booking(&relation, &draft).await.unwrap();
    let report = scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(report.created.bookings, 0);
    assert_eq!(scene.books.booked.lock().unwrap().len(), 1);
    assert!(scene.journal.refunds_by_hand(order).unwrap(), "linked");
}

#[tokio::test]
async fn a_written_invoice_that_is_not_shown_yet_is_waited_for_before_a_person_is_told() {
    use winkelbrug::journal::{
        Kind,
        intents::{Begun, IntentDraft, Written},
    };
    let scene = scene(Some("F2026-7"));
    let (order, relation) = scene.planned_only().await;
    let company = scene.books.company().await.unwrap().id;
    let about = format!(r#"{{"relation":"{relation}","total":"10.89","booking":true}}"#);
    let intent = IntentDraft {
        order,
        profile: "proef".into(),
        administration: winkelbrug::journal::AdministrationId(company),
        kind: Kind::Order,
        key: "F2026-7".into(),
        again: true,
        about,
        party: String::new(),
        facts_at: scene.now(),
        credit: None,
    };
    let begun = scene.journal.begin_intent(&intent, scene.now()).unwrap();
    let Begun::Begun(id) = begun else {
        panic!("{begun:?}");
    };
    let written = Written {
        id: "weg",
        code: "F2026-7",
        bind: None,
    };
    scene
        .journal
        .intent_done(id, &written, scene.now())
        .unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Writing);
    assert!(scene.listed("1001").attention.is_empty());
    scene.pass_minutes(15);
    scene.run().await;
    let listed = scene.listed("1001");
    assert_eq!(listed.state, State::Written);
    assert_eq!(listed.attention.len(), 1, "{listed:?}");
    let credited = scene.journal.credited_order(order).unwrap();
    assert_eq!(credited.relation, relation);
}

#[tokio::test]
async fn no_stock_goes_to_a_shop_whose_books_have_bookings_of_ours() {
    let scene = scene(Some("F2026-7"));
    scene.books.stocked_article("THEE").await;
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    // Another profile on the same books, which writes orders.
    let beside = scene.beside("tweede", vec![order(7, "THEE", ago(30))]);
    *beside.shop.stock.lock().unwrap() = vec![("THEE".into(), dec!(9))];
    // And the same profile, that writes orders from now on.
    let mut scene = scene;
    scene.settings.sales.form = Form::Order;
    *scene.shop.stock.lock().unwrap() = vec![("THEE".into(), dec!(9))];
    for scene in [&beside, &scene] {
        let report = scene.run_with_stock().await;
        let failure = report.failure.unwrap();
        assert_eq!(failure.code, "voorraad-naast-boekingen");
        assert!(failure.hint.nl.contains("--stock-counted"), "{failure:?}");
        assert!(scene.shop.stock_written.lock().unwrap().is_empty());
    }
    assert_eq!(beside.state("1007"), State::Written, "its orders go on");
}

#[tokio::test]
async fn stock_goes_to_the_shop_again_once_the_owner_counted_it_after_the_last_booking() {
    let mut scene = scene(Some("F2026-7"));
    scene.books.stocked_article("THEE").await;
    scene.run().await;
    *scene.shop.stock.lock().unwrap() = vec![("THEE".into(), dec!(9))];
    // While bookings are written, counting once is of no use.
    let refused = stock_counted(&scene.journal, &scene.settings, &[]).unwrap_err();
    assert_eq!(refused.code, "voorraad-bij-boeking");
    scene.settings.sales.form = Form::Order;
    // Nor while another profile on the same books writes them.
    let mut beside = scene.beside("tweede", vec![order(7, "THEE", ago(30))]);
    beside.run().await;
    beside.settings.sales.form = Form::Booking;
    let all = [scene.settings.clone(), beside.settings.clone()];
    let refused = stock_counted(&scene.journal, &scene.settings, &all).unwrap_err();
    assert_eq!(refused.code, "voorraad-bij-boeking");
    assert!(refused.text.nl.contains("tweede"), "{refused:?}");
    beside.settings.sales.form = Form::Order;
    let all = [scene.settings.clone(), beside.settings.clone()];
    let counted = stock_counted(&scene.journal, &scene.settings, &all);
    assert_eq!(counted.unwrap(), 1);
    let report = scene.run_with_stock().await;
    assert!(report.failure.is_none(), "{report:?}");
    assert!(!scene.shop.stock_written.lock().unwrap().is_empty());
    // A later booking asks for it anew.
    scene.settings.sales.form = Form::Booking;
    let mut later = order(2, "THEE", ago(20));
    later.invoice_number = Some("F2026-8".into());
    rehash(&mut later);
    scene.shop.orders().push(later);
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.state("1002"), State::Written);
    scene.settings.sales.form = Form::Order;
    let report = scene.run_with_stock().await;
    assert_eq!(report.failure.unwrap().code, "voorraad-naast-boekingen");
}

#[tokio::test]
async fn a_customer_whose_payment_is_still_awaited_is_told_as_waiting_when_he_is_erased() {
    let mut scene = scene(Some("F2026-7"));
    let method = scene.shop.orders()[0].payment.code.clone();
    // Of a journal that is not in the books: its payment cannot be booked yet.
    let rule = scene.settings.sales.payment.entry(method).or_default();
    rule.journal = "Nergens".into();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    let email = scene.shop.orders()[0].customer.email.clone();
    let told = scene.journal.forget("proef", &email, scene.now()).unwrap();
    assert_eq!((told.orders, told.waiting), (1, 1), "{told:?}");
}

/// Which VAT return a sale belongs in goes by the day of the shop's invoice, also where that is made
/// after booking; where bookings have the day of the order it is nobody's matter.
#[tokio::test]
async fn an_invoice_made_in_another_month_than_its_booking_is_told_where_bookings_go_by_its_day() {
    for (by, made, told) in [
        (BookingDate::InvoiceDate, "2026-04-02", 1),
        (BookingDate::InvoiceDate, "2026-03-20", 0),
        (BookingDate::OrderDate, "2026-04-02", 0),
    ] {
        let mut scene = scene(None);
        scene.settings.sales.booking_number = BookingNumber::OrderNumber;
        scene.settings.sales.booking_date = by;
        let day = scene.shop.orders()[0].placed_local[..7].to_owned();
        assert_eq!(day, "2026-03");
        scene.run().await;
        assert_eq!(scene.state("1001"), State::Written);
        scene.pass_minutes(15);
        let now = scene.now();
        scene.shop.edit("1", Some(now), |order| {
            order.invoice_number = Some("F2026-7".into());
            order.invoice_date = Some(made.into());
        });
        scene.runs(2).await;
        let items = scene.listed("1001").attention;
        assert_eq!(items.len(), told, "{by:?} {made}: {items:?}");
        if told == 0 {
            continue;
        }
        assert!(items[0].nl.contains("gedateerd 02-04-2026"), "{items:?}");
        // Another day later is told where bookings go by it.
        scene.pass_minutes(15);
        let now = scene.now();
        scene.shop.edit("1", Some(now), |order| {
            order.invoice_date = Some("2026-05-01".into());
        });
        scene.runs(2).await;
        let items = scene.listed("1001").attention;
        assert!(items[0].nl.contains("gedateerd 01-05-2026"), "{items:?}");
    }
}

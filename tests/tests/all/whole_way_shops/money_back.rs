//! Refunds of a recorded shop whose orders are booked and paid: what stands in the bank's journal is
//! what really moved, whatever the program is killed at.

use std::{collections::BTreeMap, time::Duration};

use rust_decimal::Decimal;
use testbed::{hosted::RecordedShop, profile::text, scene::Scene, truth, woocommerce};

use super::of_tables;

/// Places around an entry in the journal where the program is killed; each run passes a later entry.
const AROUND_AN_ENTRY: [&str; 12] = [
    "none:1",
    "before-commit-credit-written:1",
    "after-commit-credit-written:1",
    "before-look-up-payment:1",
    "before-commit-payment-intent:1",
    "after-commit-payment-intent:1",
    "before-create-payment:1",
    "after-create-payment:1",
    "before-search-payment:1",
    "before-commit-payment-done:1",
    "after-commit-payment-done:1",
    "after-create-payment:1",
];

/// What came in and went back by number of the invoice it settles, and how many entries each has.
fn moved(scene: &Scene<RecordedShop>) -> BTreeMap<String, (Decimal, usize)> {
    scene.books.read(|world| {
        let mut moved: BTreeMap<String, (Decimal, usize)> = BTreeMap::new();
        for entry in world.bank_entries.iter() {
            let doc = &entry.doc;
            let amount = |name: &str| doc.amount(name).unwrap();
            let lines = doc.list("verkoopboekingBoekingsRegels");
            assert_eq!(lines.len(), 1, "{doc:?}");
            let booking = lines[0].reference("boekingId").unwrap();
            let number = &world.bookings.get(booking).unwrap().doc;
            let number = number.text("factuurnummer").unwrap().to_owned();
            let one = moved.entry(number).or_default();
            one.0 += amount("bedragOntvangen") - amount("bedragUitgegeven");
            one.1 += 1;
        }
        moved
    })
}

#[test]
fn killed_while_it_books_what_was_refunded_each_entry_is_there_once_and_the_money_is_right() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let mut case = of_tables(&shared);
    let settings = [
        ("sales", "form", text("booking")),
        ("sales", "booking_number", text("order-number")),
        ("sales.payment.bacs", "journal", text("Bank")),
    ];
    case.settings = &settings;
    let shop = woocommerce::TABLES.start(&shared).unwrap();
    let mut scene = case.scene(shop).ready().unwrap();
    let mut ahead = 0;
    for place in AROUND_AN_ENTRY.into_iter().chain(["none:1"; 4]) {
        scene.agent.set("WINKELBRUG_FAULT", place);
        scene.agent.run(&["run", "demo"]).unwrap();
        ahead += 610;
        let offset = ahead.to_string();
        scene.agent.set("WINKELBRUG_CLOCK_OFFSET_SECONDS", &offset);
        scene.books.clock().advance(Duration::from_secs(610));
    }
    let moved = moved(&scene);
    let invoices = scene.books.invoices();
    let (mut credits, mut without_entry) = (0, 0);
    for order in &case.orders {
        let Some((received, entries)) = moved.get(&order.number) else {
            let unpaid = invoices
                .iter()
                .find(|invoice| invoice.number == order.number);
            if let Some(unpaid) = unpaid {
                assert_eq!(unpaid.open, unpaid.amount, "{}", order.number);
            }
            without_entry += usize::from(unpaid.is_some());
            continue;
        };
        assert_eq!(
            (*received, *entries),
            (order.total.round_dp(2), 1),
            "{}",
            order.number
        );
        for (at, refund) in order.refunds.iter().enumerate() {
            let name = format!("{}-C{}", order.number, at + 1);
            let booked = invoices.iter().find(|invoice| invoice.number == name);
            let back = moved.get(&name).copied();
            assert_eq!(back, booked.map(|_| (-refund.total, 1)), "{name}");
            credits += usize::from(booked.is_some());
        }
    }
    assert!(credits >= 3, "{credits} credits: {moved:#?}");
    assert!(
        without_entry > 0,
        "no invoice was left unpaid: {invoices:#?}"
    );
    let settled = invoices
        .iter()
        .filter(|invoice| moved.contains_key(&invoice.number));
    for invoice in settled {
        assert!(invoice.open.is_zero(), "{invoice:?}");
    }
    assert!(scene.books.violations().is_empty());
}

/// What the journal says became of payments.
fn states(scene: &Scene<RecordedShop>) -> Vec<(String, i64)> {
    let journal = scene.agent.data().join("journal.db");
    let connection = rusqlite::Connection::open(journal).unwrap();
    let mut statement = connection
        .prepare("SELECT state, count(*) FROM payments GROUP BY state ORDER BY state")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn under_an_older_journal_what_was_paid_and_paid_back_is_found_again_and_not_booked_twice() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let mut case = of_tables(&shared);
    let settings = [
        ("sales", "form", text("booking")),
        ("sales", "booking_number", text("order-number")),
        ("sales.payment.bacs", "journal", text("Bank")),
    ];
    case.settings = &settings;
    let shop = woocommerce::TABLES.start(&shared).unwrap();
    let scene = case.scene(shop).ready().unwrap();
    let journal = scene.agent.data().join("journal.db");
    let older = scene.agent.data().join("older.db");
    rusqlite::Connection::open(&journal)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    std::fs::copy(&journal, &older).unwrap();
    for _ in 0..2 {
        scene.agent.run(&["run", "demo"]).unwrap();
    }
    let (before, payments) = (moved(&scene), states(&scene));
    let invoices = scene.books.invoices().len();
    let credits = before.keys().filter(|number| number.contains("-C"));
    assert!(credits.count() >= 3, "{before:#?}");

    for rest in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(scene.agent.data().join(rest));
    }
    std::fs::copy(&older, &journal).unwrap();
    for _ in 0..2 {
        scene.agent.run(&["run", "demo"]).unwrap();
    }
    assert_eq!(moved(&scene), before);
    assert_eq!(scene.books.invoices().len(), invoices);
    let listed = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
    let listed = listed.json().unwrap();
    let reasons: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one["number"], one["state"], one["reason_code"], one["attention"]
            )
        })
        .collect();
    assert_eq!(
        states(&scene),
        payments,
        "each is known to be booked: {reasons:#?}"
    );
    assert!(scene.books.violations().is_empty());
}

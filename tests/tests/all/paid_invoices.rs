//! Payments of booked invoices, from the shop's "paid" to an entry in the journal of the method.

use rust_decimal::Decimal;
use serde_json::Value;
use testbed::{
    opencart::{Buyer, Coupon, Item, NewOrder, Payment, Shipping, Status},
    profile::text,
    scene::Scene,
    snelstart::{Json, OrderFilter, SeenInvoice, Table, Trouble, When},
};

/// Books with a second bank journal, and a profile that books invoices; nothing is set for payments.
fn booking() -> Scene {
    let mut scene = Scene::empty().unwrap();
    scene.profile.set("sales", "form", &text("booking")).set(
        "sales",
        "booking_number",
        &text("order-number"),
    );
    scene.books.add_journal(7, "Betaalprovider", "Bank");
    scene
}

fn journal(scene: &mut Scene, method: &str, journal: &str) {
    let table = format!("sales.payment.{method}");
    scene.profile.set(&table, "journal", &text(journal));
}

fn order(name: &str, payment: Payment, status: Status) -> NewOrder {
    let email = format!("{name}@example.com").to_lowercase();
    let buyer = Buyer::guest(name, "Test", &email, "1234 AB");
    NewOrder {
        payment,
        status,
        ..NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)])
    }
}

fn run(scene: &Scene, code: i32) -> testbed::program::Ran {
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    ran.ended(code).unwrap()
}

fn invoice(scene: &Scene, number: u64) -> SeenInvoice {
    let invoices = scene.books.invoices().into_iter();
    let number = number.to_string();
    let mut invoices = invoices.filter(|invoice| invoice.number == number);
    invoices.next().unwrap()
}

/// An entry of a table, with the invoice it settles.
#[derive(Debug)]
struct Entry {
    journal: String,
    received: Decimal,
    day: String,
    text: String,
    settles: String,
}

fn entries(scene: &Scene, cash: bool) -> Vec<Entry> {
    scene.books.read(|world| {
        let table: &Table = if cash {
            &world.cash_entries
        } else {
            &world.bank_entries
        };
        let all = table.iter().map(|entry| {
            let doc = &entry.doc;
            let journal = world.journals.get(doc.reference("dagboek").unwrap());
            let lines = doc.list("verkoopboekingBoekingsRegels");
            assert_eq!(lines.len(), 1, "{doc:?}");
            let booking = lines[0].reference("boekingId").unwrap();
            let booking = &world.bookings.get(booking).unwrap().doc;
            assert_eq!(lines[0].amount("credit"), doc.amount("bedragOntvangen"));
            Entry {
                journal: journal
                    .unwrap()
                    .doc
                    .text("omschrijving")
                    .unwrap()
                    .to_owned(),
                received: doc.amount("bedragOntvangen").unwrap(),
                day: doc.text("datum").unwrap().chars().take(10).collect(),
                text: doc.text("omschrijving").unwrap().to_owned(),
                settles: booking.text("factuurnummer").unwrap().to_owned(),
            }
        });
        all.collect()
    })
}

fn shown(scene: &Scene, number: u64) -> Value {
    let listed = scene.agent.run(&["books", "demo", "--json"]).unwrap();
    let listed = listed.ended(0).unwrap().json().unwrap();
    let number = number.to_string();
    let all = listed.as_array().unwrap();
    let one = all.iter().find(|one| one["number"] == number.as_str());
    one.unwrap_or_else(|| panic!("{listed:#}")).clone()
}

#[test]
fn three_methods_are_booked_in_three_journals_once_the_shop_says_paid() {
    let mut scene = booking();
    journal(&mut scene, "ideal", "betaalprovider");
    journal(&mut scene, "bank_transfer", "2");
    journal(&mut scene, "cod", "Kas");
    let scene = scene.ready().unwrap();
    let check = scene.agent.run(&["check", "demo"]).unwrap();
    let check = check.ended(0).unwrap();
    assert!(
        check.said().contains("Payments of 3 methods"),
        "{}",
        check.said()
    );
    let place = |order: NewOrder| scene.shop.place_order(&order).unwrap();
    let ideal = place(order("Snel", Payment::Ideal, Status::Processing));
    let cash = place(order("Deur", Payment::Cash, Status::Processing));
    let transfer = place(order("Later", Payment::BankTransfer, Status::Pending));
    let trial = scene.agent.run(&["run", "demo", "--dry-run"]).unwrap();
    let trial = trial.ended(0).unwrap();
    assert!(
        trial.said().contains("3 booked invoices, 2 payments"),
        "{}",
        trial.said()
    );
    let ran = run(&scene, 0);
    assert!(
        ran.said().contains("3 booked invoices, 2 payments"),
        "{}",
        ran.said()
    );
    let total = invoice(&scene, ideal).amount;
    let bank = entries(&scene, false);
    assert_eq!(bank.len(), 1, "{bank:?}");
    let paid = &bank[0];
    assert_eq!(
        (paid.journal.as_str(), paid.received, &paid.settles),
        ("Betaalprovider", total, &ideal.to_string())
    );
    assert!(paid.text.contains(&ideal.to_string()), "{paid:?}");
    let listed = shown(&scene, ideal);
    assert_eq!(paid.day, listed["paid_on"].as_str().unwrap(), "{listed}");
    assert_eq!(paid.day, listed["date"].as_str().unwrap(), "paid at once");
    let tin = entries(&scene, true);
    assert_eq!(tin.len(), 1, "{tin:?}");
    assert_eq!(
        (tin[0].journal.as_str(), &tin[0].settles),
        ("Kas", &cash.to_string())
    );
    assert!(invoice(&scene, ideal).open.is_zero() && invoice(&scene, cash).open.is_zero());
    let waiting = invoice(&scene, transfer);
    assert_eq!(waiting.open, waiting.amount, "not paid yet");
    assert_eq!(shown(&scene, transfer)["paid"], Value::Null);

    // Nothing changes until the shop says that it is paid.
    run(&scene, 0);
    assert_eq!(entries(&scene, false).len(), 1);
    scene
        .shop
        .change_status(transfer, Status::Processing)
        .unwrap();
    let ran = run(&scene, 0);
    assert!(
        ran.said().contains("0 booked invoices, 1 payment"),
        "{}",
        ran.said()
    );
    run(&scene, 0);
    let bank = entries(&scene, false);
    assert_eq!(bank.len(), 2, "{bank:?}");
    assert_eq!(
        (bank[1].journal.as_str(), &bank[1].settles),
        ("Bank", &transfer.to_string())
    );
    assert!(invoice(&scene, transfer).open.is_zero());
    assert_eq!(entries(&scene, true).len(), 1);
    let listed = shown(&scene, transfer);
    assert_eq!(
        (&listed["journal"], &listed["open"]),
        (&"Bank".into(), &"0.00".into())
    );
    assert_eq!(listed["vat"][0]["kind"], "hoog", "{listed}");
    let words = scene.agent.run(&["books", "demo"]).unwrap();
    assert!(words.said().contains("paid "), "{}", words.said());
    assert!(scene.books.violations().is_empty());
}

#[test]
fn a_missing_journal_is_named_by_check_and_run_and_the_payment_follows_once_it_is_mended() {
    let mut scene = booking();
    journal(&mut scene, "ideal", "Verkoop");
    let mut scene = scene.ready().unwrap();
    let check = scene.agent.run(&["check", "demo"]).unwrap();
    let check = check.ended(2).unwrap();
    assert!(
        check.said().contains("is no bank or cash journal"),
        "{}",
        check.said()
    );
    let order = order("Snel", Payment::Ideal, Status::Processing);
    let number = scene.shop.place_order(&order).unwrap();
    let ran = run(&scene, 2);
    assert!(
        ran.said().contains("sales.payment.\"ideal\".journal"),
        "{}",
        ran.said()
    );
    let booked = invoice(&scene, number);
    assert_eq!(
        booked.open, booked.amount,
        "the invoice is there, its payment waits"
    );
    journal(&mut scene, "ideal", "Bank");
    let replaced = scene.agent.replace_profile(&scene.profile).unwrap();
    replaced.ended(0).unwrap();
    run(&scene, 0);
    run(&scene, 0);
    assert_eq!(entries(&scene, false).len(), 1);
    assert!(invoice(&scene, number).open.is_zero());
    assert_eq!(scene.books.invoices().len(), 1);
}

#[test]
fn nothing_is_booked_for_an_invoice_of_zero_or_one_that_was_paid_in_the_books_already() {
    let mut scene = booking();
    for method in ["ideal", "free_checkout", "bank_transfer"] {
        journal(&mut scene, method, "Bank");
    }
    let scene = scene.ready().unwrap();
    let free = NewOrder {
        coupon: Some(Coupon::Percent("ALLES".to_owned(), Decimal::ONE_HUNDRED)),
        shipping: Shipping::Free,
        ..order("Gratis", Payment::Free, Status::Processing)
    };
    let free = scene.shop.place_order(&free).unwrap();
    let later = order("Later", Payment::BankTransfer, Status::Pending);
    let by_hand = scene.shop.place_order(&later).unwrap();
    let partly = scene.shop.place_order(&later).unwrap();
    run(&scene, 0);
    assert!(invoice(&scene, free).amount.is_zero());
    // The bank's own import settles one, and a part of the other.
    let open = |number: u64, open: Decimal| {
        let id = invoice(&scene, number).id;
        scene.books.edit(|world, _| {
            let row = world.invoices.get_mut(id).unwrap();
            row.doc.set("openstaandSaldo", Json::from(open));
        });
    };
    open(by_hand, Decimal::ZERO);
    open(partly, Decimal::ONE);
    for number in [by_hand, partly] {
        scene
            .shop
            .change_status(number, Status::Processing)
            .unwrap();
    }
    let ran = run(&scene, 1);
    assert!(
        ran.said().contains("1.00 is open in the books"),
        "{}",
        ran.said()
    );
    assert!(entries(&scene, false).is_empty());
    let listed = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
    let listed = listed.json().unwrap();
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["state"] == "written"),
        "a payment touches no order: {listed:#}"
    );
    // The owner books the rest himself, and says so.
    let skip = ["skip", "demo", &partly.to_string(), "--why", "zelf geboekt"];
    scene.agent.run(&skip).unwrap().ended(0).unwrap();
    open(partly, invoice(&scene, partly).amount);
    run(&scene, 0);
    assert!(entries(&scene, false).is_empty());
}

#[test]
fn a_payment_whose_answer_is_lost_is_found_whatever_the_filter_on_entries_does() {
    for filter in OrderFilter::ALL {
        let mut scene = booking();
        journal(&mut scene, "ideal", "Bank");
        journal(&mut scene, "cod", "Kas");
        let scene = scene.ready().unwrap();
        scene.books.knobs(|knobs| knobs.entry_filter = *filter);
        for path in ["/bankboekingen", "/kasboekingen"] {
            let when = When::new("POST", path);
            scene.books.arm(when, Trouble::CutAfter);
        }
        for payment in [Payment::Ideal, Payment::Cash] {
            let order = order("Kwijt", payment, Status::Processing);
            scene.shop.place_order(&order).unwrap();
        }
        run(&scene, 0);
        run(&scene, 0);
        for cash in [false, true] {
            let entries = entries(&scene, cash);
            assert_eq!(entries.len(), 1, "{filter:?} {entries:?}");
        }
        let invoices = scene.books.invoices();
        assert_eq!(invoices.len(), 2, "{filter:?}");
        assert!(invoices.iter().all(|one| one.open.is_zero()), "{filter:?}");
    }
}

#[test]
fn a_journal_is_refused_where_orders_are_written() {
    let mut scene = Scene::empty().unwrap();
    journal(&mut scene, "ideal", "Bank");
    let refused = scene.add_profile().unwrap().ended(2).unwrap();
    assert!(
        refused.said().contains("cannot be paid in SnelStart"),
        "{}",
        refused.said()
    );
    assert!(
        refused.said().contains("payment reference"),
        "{}",
        refused.said()
    );
}

#[test]
fn the_trial_administration_shows_bookings_and_what_was_paid() {
    let mut scene = booking();
    scene
        .profile
        .set("administration", "kind", &text("trial"))
        .leave_out("administration", "api_url")
        .leave_out("administration", "auth_url")
        .leave_out("sales", "template");
    for (class, group) in [
        ("BTW hoog", "Omzet hoog"),
        ("BTW laag", "Omzet laag"),
        ("BTW nul", "Omzet geen btw"),
        ("BTW hoog met bijdrage", "Omzet hoog"),
    ] {
        scene
            .profile
            .set("articles.revenue_groups", class, &text(group));
    }
    for cost in ["shipping", "discount", "payment_cost", "fee", "levy"] {
        scene.profile.leave_out("sales", &format!("{cost}_article"));
    }
    for cost in ["gift_card", "store_credit", "rounding", "total_difference"] {
        scene.profile.leave_out("sales", &format!("{cost}_article"));
    }
    journal(&mut scene, "ideal", "Bank");
    let scene = scene.ready().unwrap();
    let order = NewOrder {
        shipping: Shipping::Free,
        ..order("Proef", Payment::Ideal, Status::Processing)
    };
    let number = scene.shop.place_order(&order).unwrap();
    run(&scene, 0);
    let listed = shown(&scene, number);
    assert_eq!(
        (&listed["journal"], &listed["open"]),
        (&"Bank".into(), &"0.00".into()),
        "{listed}"
    );
    assert_eq!(listed["paid"], listed["total"]);
    assert_eq!(listed["vat"][0]["kind"], "hoog", "{listed}");
    assert_eq!(listed["relation_name"], "Proef Test", "{listed}");
}

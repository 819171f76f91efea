//! SIGKILL at every commit and every foreign call.

use std::collections::BTreeSet;

use crate::crash::town::Town;

/// New orders before each kill.
const EACH: usize = 4;
/// At least so many orders in all.
const ALL: usize = 200;

/// Every place a run passes, by letting one run write them down.
fn places(town: &mut Town) -> BTreeSet<String> {
    let log = town.scene.agent.data().join("passed");
    town.sell(EACH);
    town.scene
        .agent
        .set("WINKELBRUG_FAULT_LOG", &log.to_string_lossy());
    town.run().ended(0).unwrap();
    town.scene.agent.unset("WINKELBRUG_FAULT_LOG");
    std::fs::read_to_string(log)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A run that ends there; false when it does not come there.
fn kill(town: &mut Town, place: &str) -> bool {
    town.step();
    town.sell(2);
    town.scene.agent.set("WINKELBRUG_FAULT", place);
    let ran = town.run();
    town.scene.agent.unset("WINKELBRUG_FAULT");
    assert!(matches!(ran.code, None | Some(0 | 1)), "{}", ran.said());
    ran.code.is_none()
}

#[test]
fn killed_at_every_commit_and_every_foreign_call_each_arrives_exactly_once() {
    let mut town = Town::new();
    let places = places(&mut town);
    for wanted in [
        "before-commit-seen",
        "after-commit-order-intent",
        "before-create-order",
        "after-create-order",
        "before-commit-done",
        "after-commit-written",
        "before-create-relation",
        "after-create-article",
    ] {
        assert!(places.contains(wanted), "{wanted} is not among {places:?}");
    }
    for place in &places {
        // The first time it is passed, then in the midst of a run. What happens once a day only is
        // passed when a day has gone by.
        let first = kill(&mut town, &format!("{place}:1")) || {
            town.daily_work_is_due();
            kill(&mut town, &format!("{place}:1"))
        };
        assert!(first, "{place} is never passed again");
        kill(&mut town, &format!("{place}:2"));
    }
    let rest = ALL.saturating_sub(town.numbers().len());
    if rest > 0 {
        town.sell(rest);
    }
    town.finish();
    town.each_exactly_once();
    assert!(town.scene.books.violations().is_empty());
}

#[test]
fn killed_while_recovering_each_arrives_exactly_once() {
    let mut town = Town::new();
    town.sell(3);
    for place in [
        "after-create-order:1",
        "before-search:1",
        "after-commit-search:1",
        "after-create-order:2",
        "before-search:1",
        "before-commit-done:1",
        "after-commit-done:1",
        "before-read-back:1",
        "after-create-relation:1",
        "before-commit-lost:1",
    ] {
        town.scene.agent.set("WINKELBRUG_FAULT", place);
        town.run();
        town.scene.agent.unset("WINKELBRUG_FAULT");
        town.pass(200);
        town.sell(1);
    }
    town.finish();
    town.each_exactly_once();
}

#[test]
fn killed_while_booking_each_invoice_arrives_exactly_once() {
    let mut town = Town::with(&[("form", "booking"), ("booking_number", "order-number")]);
    town.sell(3);
    for place in [
        "before-look-up-booking:1",
        "after-commit-order-intent:1",
        "before-create-booking:1",
        "after-create-booking:1",
        "before-search:1",
        "after-create-booking:2",
        "before-commit-done:1",
        "after-commit-done:2",
        "before-commit-written:1",
    ] {
        town.scene.agent.set("WINKELBRUG_FAULT", place);
        town.run();
        town.scene.agent.unset("WINKELBRUG_FAULT");
        town.pass(200);
        town.sell(1);
    }
    town.finish();
    town.each_invoice_exactly_once();
}

#[test]
fn killed_while_booking_payments_each_is_booked_exactly_once() {
    let mut town = Town::paying();
    let places: BTreeSet<String> = places(&mut town)
        .into_iter()
        .filter(|place| place.contains("payment"))
        .collect();
    for wanted in [
        "before-look-up-payment",
        "before-commit-payment-intent",
        "after-commit-payment-intent",
        "before-create-payment",
        "after-create-payment",
        "before-commit-payment-done",
        "after-commit-payment-done",
    ] {
        assert!(places.contains(wanted), "{wanted} is not among {places:?}");
    }
    for place in &places {
        let first = kill(&mut town, &format!("{place}:1"));
        assert!(first, "{place} is never passed again");
        kill(&mut town, &format!("{place}:2"));
    }
    // Killed once more while it finds out what became of the last one.
    for place in [
        "after-create-payment:1",
        "before-search-payment:1",
        "before-create-payment:1",
        "after-commit-payment-search:1",
        "before-commit-payment-none:1",
    ] {
        kill(&mut town, place);
        town.pass(200);
    }
    town.finish();
    town.each_invoice_exactly_once();
    town.each_payment_exactly_once();
}

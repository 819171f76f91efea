//! The line to the books is cut before and after a write took effect; what was written is listed
//! late; a write takes effect after the program gave up.

use std::time::Duration;

use testbed::snelstart::{Trouble, When};

use crate::crash::town::Town;

const WRITES: [&str; 3] = ["/relaties", "/artikelen", "/verkooporders"];

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn trouble(town: &Town, path: &str, nth: usize, trouble: Trouble) {
    town.scene
        .books
        .arm(When::new("POST", path).nth(nth), trouble);
}

#[test]
fn a_line_cut_before_and_after_each_kind_of_write_doubles_and_loses_nothing() {
    let mut town = Town::new();
    for path in WRITES {
        town.sell(4);
        trouble(&town, path, 1, Trouble::CutBefore);
        town.run();
        town.step();
        town.sell(4);
        trouble(&town, path, 1, Trouble::CutAfter);
        town.run();
        town.step();
        town.sell(4);
        trouble(&town, path, 1, Trouble::StatusAfter(504, seconds(0)));
        town.run();
        town.step();
        town.sell(4);
        trouble(&town, path, 1, Trouble::StatusBefore(502, seconds(0)));
        town.run();
        town.step();
    }
    town.finish();
    town.each_exactly_once();
}

#[test]
fn a_line_cut_around_a_booking_doubles_and_loses_nothing() {
    let mut town = Town::with(&[("form", "booking"), ("booking_number", "order-number")]);
    for cut in [
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::StatusAfter(504, seconds(0)),
        Trouble::StatusBefore(502, seconds(0)),
    ] {
        town.sell(3);
        trouble(&town, "/verkoopboekingen", 1, cut);
        town.run();
        town.step();
    }
    town.finish();
    town.each_invoice_exactly_once();
}

#[test]
fn orders_that_lists_show_late_are_not_written_twice() {
    for late in [1, 60, 120] {
        let mut town = Town::new();
        town.scene
            .books
            .knobs(|knobs| knobs.order_listed_after = seconds(late));
        town.sell(6);
        trouble(&town, "/verkooporders", 1, Trouble::CutAfter);
        trouble(
            &town,
            "/verkooporders",
            3,
            Trouble::StatusAfter(500, seconds(0)),
        );
        town.run();
        town.pass(30);
        town.run();
        town.pass(31);
        town.run();
        town.finish();
        town.each_exactly_once();
    }
}

#[test]
fn writes_that_take_effect_after_we_gave_up_are_found() {
    for path in WRITES {
        let mut town = Town::new();
        for (round, effect) in [20, 200, 400].into_iter().enumerate() {
            town.sell(3);
            trouble(
                &town,
                path,
                1 + round % 2,
                Trouble::Late {
                    effect: seconds(effect),
                    status: (round == 1).then_some(504),
                    answer: seconds(0),
                },
            );
            town.run();
            for _ in 0..3 {
                town.pass(150);
                town.run();
            }
        }
        town.finish();
        town.each_exactly_once();
    }
}

#[test]
fn a_line_cut_around_a_payment_doubles_and_loses_nothing() {
    let mut town = Town::paying();
    for cut in [
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::StatusAfter(504, seconds(0)),
        Trouble::StatusBefore(502, seconds(0)),
        Trouble::Late {
            effect: seconds(400),
            status: None,
            answer: seconds(0),
        },
    ] {
        town.sell(2);
        trouble(&town, "/bankboekingen", 1, cut);
        town.run();
        town.step();
    }
    town.finish();
    town.each_invoice_exactly_once();
    town.each_payment_exactly_once();
}

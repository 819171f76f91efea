//! Shop data that contradicts itself: written as a bookkeeper would, or held with what is odd.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    profile::settings::PerVatKind,
    translate::{NegativeLines, Outcome, TextLines},
};
use winkelbrug_protocol::record::{Line, Order};

use crate::translate::desk::{Desk, desk, held, lines, planned};

/// The desk's order with a second line like the first, changed.
fn with_line(change: impl Fn(&mut Line)) -> Desk {
    let mut desk = desk();
    let mut line = desk.order.lines[0].clone();
    line.id = "2".to_owned();
    change(&mut line);
    desk.order.lines.push(line);
    desk
}

/// What the second line of 21% adds to the shop's own rows and total.
fn charge(desk: &mut Desk, net: Decimal) {
    let tax = net * dec!(0.21);
    let row = desk
        .order
        .totals
        .iter_mut()
        .find(|row| row.rate.is_some())
        .unwrap();
    row.amount += tax;
    desk.order.total += net + tax;
}

fn noted(desk: &Desk, word: &str) -> bool {
    desk.plan().notes.iter().any(|note| note.nl.contains(word))
}

const PLAIN: [&str; 2] = ["9-0 2 × 12.10", "VERZEND-H 1 × 5.99"];

#[test]
fn a_line_without_pieces_and_money_is_left_out_and_takes_nothing_from_stock() {
    let desk = with_line(|line| {
        line.code = "LEEG".to_owned();
        (line.quantity, line.total) = (dec!(0), dec!(0));
    });
    assert_eq!(desk.lines(), PLAIN);
    assert!(noted(&desk, "aantal 0"));
    assert!(desk.plan().articles.len() == 1, "no article is made for it");
    let pieces = desk.plan().expected.pieces;
    assert_eq!(pieces.values().sum::<Decimal>(), dec!(2));
}

#[test]
fn money_for_no_pieces_is_held_naming_the_line() {
    let mut desk = with_line(|line| {
        line.name = "Mok".to_owned();
        (line.quantity, line.total) = (dec!(0), dec!(10));
    });
    charge(&mut desk, dec!(10));
    let reason = desk.held();
    assert_eq!(reason.code, "regel-tegenstrijdig");
    assert!(reason.text.nl.contains("Mok") && reason.text.nl.contains("10"));
}

#[test]
fn a_line_total_that_is_not_quantity_times_price_counts_when_the_shop_counts_it() {
    for (total, written) in [
        (dec!(15), "9-0 2 × 9.08"),
        (dec!(30), "9-0 2 × 18.15"),
        (dec!(20), "9-0 2 × 12.10"),
    ] {
        let mut desk = with_line(|line| line.total = total);
        charge(&mut desk, total);
        let lines = desk.lines();
        let close = lines.iter().any(|line| line == written)
            || lines
                .iter()
                .filter(|line| line.starts_with("9-0 1 ×"))
                .count()
                == 2;
        assert!(close, "{total}: {lines:?}");
        assert_eq!(desk.plan().expected.incl, desk.order.total.round_dp(2));
        assert_eq!(noted(&desk, "telt voor"), total != dec!(20), "{total}");
    }
}

#[test]
fn a_line_total_the_shops_own_rows_contradict_is_held() {
    // Rows and total go by quantity times price, the line says something else.
    let mut desk = with_line(|line| line.total = dec!(15));
    charge(&mut desk, dec!(20));
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    // Only the total does.
    let mut desk = with_line(|line| line.total = dec!(15));
    charge(&mut desk, dec!(15));
    desk.order.total += dec!(5);
    assert_eq!(desk.held().code, "totaal-verschil");
}

#[test]
fn an_order_without_a_date_is_held_and_not_taken_for_an_old_one() {
    for date in ["0000-00-00T00:00:00", ""] {
        let mut desk = desk();
        desk.settings.shop.orders_from = "2026-01-01T00:00:00Z".parse().ok();
        desk.order.placed_at = "1970-01-01T00:00:00Z".to_owned();
        desk.order.placed_local = date.to_owned();
        let reason = desk.held();
        assert_eq!(reason.code, "orderdatum-ontbreekt", "{date}");
    }
}

#[test]
fn a_day_still_to_come_one_before_web_shops_and_one_of_no_calendar_are_held() {
    let today = desk().facts().today.unwrap();
    let tomorrow = today.tomorrow().unwrap();
    let later = tomorrow.tomorrow().unwrap();
    for (day, held) in [
        (tomorrow.to_string(), false),
        (later.to_string(), true),
        ("2999-01-01".to_owned(), true),
        ("1970-01-01".to_owned(), true),
        ("2026-00-15".to_owned(), true),
        ("2026-02-30".to_owned(), true),
    ] {
        let mut desk = desk();
        desk.order.placed_local = format!("{day}T10:00:00");
        if held {
            assert_eq!(desk.held().code, "orderdatum-onwaarschijnlijk", "{day}");
        } else {
            desk.plan();
        }
    }
}

#[test]
fn an_amount_the_shop_keeps_none_of_is_not_taken_for_nothing() {
    let mut desk = desk();
    desk.order.remarks = vec!["no_amount:order.total".to_owned()];
    assert_eq!(desk.held().code, "bedrag-ontbreekt");
}

#[test]
fn pieces_below_zero_for_money_above_it_are_held() {
    let desk = with_line(|line| line.quantity = -line.quantity);
    assert_eq!(desk.held().code, "regel-tegenstrijdig");
}

#[test]
fn outer_space_of_a_code_is_no_part_of_it() {
    for code in [" 9-0", "9-0 ", "\t9-0\u{a0}"] {
        let mut desk = desk();
        desk.order.lines[0].code = code.to_owned();
        // As it comes over the wire and out of the journal.
        let text = serde_json::to_string(&desk.order).unwrap();
        desk.order = serde_json::from_str::<Order>(&text).unwrap();
        assert_eq!(desk.lines(), PLAIN, "{code:?}");
        assert_eq!(desk.plan().expected.pieces["9-0"], dec!(2));
    }
}

#[test]
fn pieces_that_come_back_are_a_quantity_below_zero() {
    let mut desk = with_line(|line| (line.quantity, line.total) = (dec!(-1), dec!(-10)));
    charge(&mut desk, dec!(-10));
    let plan = desk.plan();
    assert_eq!(
        lines(&plan),
        ["9-0 2 × 12.10", "9-0 -1 × 12.10", "VERZEND-H 1 × 5.99"]
    );
    assert_eq!(plan.expected.pieces["9-0"], dec!(1));
    assert!(plan.negative_lines);
    let refused = desk.outcome_with(|facts| facts.negative_lines = NegativeLines::Refused);
    let reason = held(refused);
    assert_eq!(reason.code, "negatieve-regel-geweigerd");
    assert!(reason.text.nl.contains("-12,10"), "{reason:?}");
}

#[test]
fn an_empty_line_is_left_out_and_one_that_only_says_something_is_text() {
    let nothing = |line: &mut Line| {
        line.code = String::new();
        line.name = String::new();
        line.tax_class = None;
        (line.quantity, line.price) = (dec!(1), dec!(0));
        (line.tax, line.total) = (dec!(0), dec!(0));
    };
    let desk = with_line(nothing);
    assert_eq!(desk.lines(), PLAIN);
    assert!(noted(&desk, "lege regel"));

    let desk = with_line(|line| {
        nothing(line);
        line.name = "Cadeaupapier: rood".to_owned();
    });
    let wanted = [PLAIN[0], "\"Cadeaupapier: rood\"", PLAIN[1]];
    assert_eq!(desk.lines(), wanted);
    let plan = planned(desk.outcome_with(|facts| facts.text_lines = TextLines::Refused));
    assert_eq!(lines(&plan), PLAIN);
}

#[test]
fn a_line_without_a_code_that_costs_something_still_gets_the_default_article() {
    let mut desk = with_line(|line| line.code = String::new());
    charge(&mut desk, dec!(20));
    assert!(desk.lines().contains(&"DIVERS-H 2 × 12.10".to_owned()));
    desk.settings.sales.default_article = PerVatKind::default();
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
}

#[test]
fn an_empty_order_is_left_out_and_a_total_of_nothing_is_held() {
    let mut desk = desk();
    desk.order.lines.clear();
    desk.order.totals.clear();
    desk.order.total = dec!(0);
    assert_eq!(desk.skipped(), "empty");
    desk.order.total = dec!(30.19);
    let reason = desk.held();
    assert_eq!(reason.code, "geen-regels");
    assert!(reason.text.nl.contains("30,19"));
}

#[test]
fn more_than_any_shop_sells_is_held_and_goes_on_once_it_is_corrected() {
    for (quantity, price) in [
        (dec!(2147483647), dec!(10)),
        (dec!(100001), dec!(0.01)),
        (dec!(-100001), dec!(0.01)),
        (dec!(2), dec!(5000001)),
    ] {
        let desk = with_line(|line| {
            line.name = "Mok".to_owned();
            (line.quantity, line.price) = (quantity, price);
            line.total = quantity * price;
        });
        let reason = desk.held();
        assert_eq!(reason.code, "aantal-onwaarschijnlijk", "{reason:?}");
        let figure = quantity.to_string();
        assert!(reason.text.nl.contains("\"Mok\"") && reason.text.en.contains(&figure));
        let command = format!(
            "winkelbrug skip {} {} --why",
            desk.settings.name, desk.order.number
        );
        assert!(reason.hint.nl.contains(&command), "{reason:?}");
    }
    let mut desk = with_line(|line| {
        (line.quantity, line.price) = (dec!(100000), dec!(0.01));
        (line.total, line.tax) = (dec!(1000), dec!(0.0021));
    });
    charge(&mut desk, dec!(1000));
    assert_ne!(held_code(&desk), Some("aantal-onwaarschijnlijk".to_owned()));
}

fn held_code(desk: &Desk) -> Option<String> {
    match desk.outcome() {
        Outcome::Held(reason) => Some(reason.code),
        _ => None,
    }
}

#[test]
fn what_has_no_name_is_called_by_its_code_or_its_place() {
    let nameless = |line: &mut Line| line.name = " \t".to_owned();
    // No code either: its place in the order.
    let mut desk = with_line(|line| {
        nameless(line);
        line.code = String::new();
    });
    charge(&mut desk, dec!(20));
    desk.settings.sales.default_article = PerVatKind::default();
    let reason = desk.held();
    assert!(reason.text.nl.contains("\"regel 2\""), "{reason:?}");
    assert!(reason.text.en.contains("\"line 2\""), "{reason:?}");
    // By its code.
    let mut desk = with_line(|line| {
        nameless(line);
        line.code = "MOK-1".to_owned();
        (line.quantity, line.total) = (dec!(0), dec!(10));
    });
    charge(&mut desk, dec!(10));
    assert!(desk.held().text.en.contains("\"MOK-1\""));
    // A cost without a title: by what it is.
    desk.order.lines.pop();
    let mut shipping = crate::translate::desk::desk();
    for row in &mut shipping.order.totals {
        row.title = String::new();
    }
    shipping.settings.sales.shipping_article = PerVatKind::default();
    let reason = shipping.held();
    assert!(!reason.text.nl.contains("\"\""), "{reason:?}");
    // A status and a payment method without a name.
    let mut desk = crate::translate::desk::desk();
    desk.order.status.name = String::new();
    desk.order.status.kind = winkelbrug_protocol::record::StatusKind::Refunded;
    let reason = desk.held();
    assert!(!reason.text.nl.contains("()") && !reason.text.nl.contains("status )"));
    let command = format!(
        "winkelbrug skip {} {}",
        desk.settings.name, desk.order.number
    );
    assert!(reason.hint.en.contains(&command), "{reason:?}");
}

#[test]
fn an_order_with_a_total_below_zero_is_held_as_no_sale() {
    let mut desk = desk();
    for line in &mut desk.order.lines {
        (line.quantity, line.total, line.tax) = (-line.quantity, -line.total, -line.tax);
    }
    for row in &mut desk.order.totals {
        row.amount = -row.amount;
    }
    desk.order.total = -desk.order.total;
    let reason = held(desk.outcome());
    assert_eq!(reason.code, "totaal-negatief");
    assert!(reason.text.nl.contains("onder nul"), "{}", reason.text.nl);
}

#[test]
fn no_command_that_is_printed_holds_what_a_shop_made_of_an_order_number() {
    type Wrong = fn(&mut Order);
    let wrongs: [(&str, Wrong); 4] = [
        ("total", |order| order.total += dec!(5)),
        ("currency", |order| order.money.code = "GBP".to_owned()),
        ("pieces", |order| order.lines[0].quantity = dec!(2147483647)),
        ("refunded", |order| {
            order.status.kind = winkelbrug_protocol::record::StatusKind::Refunded;
        }),
    ];
    for number in [
        "$(touch x)",
        "`touch x`",
        "1;touch x",
        "\"; touch x; \"",
        "'",
        "1 2",
        "--yes",
        "-1",
        "id:7",
        "1\u{1b}[2J",
        "\u{202e}21",
        "",
    ] {
        for (what, wrong) in wrongs {
            let mut desk = desk();
            (desk.order.number, desk.order.id) = (number.to_owned(), "55".to_owned());
            wrong(&mut desk.order);
            let reason = held(desk.outcome());
            for hint in [&reason.hint.nl, &reason.hint.en] {
                let mut commands = hint.split("winkelbrug ").skip(1).peekable();
                assert!(commands.peek().is_some(), "{what}: {hint}");
                for command in commands {
                    let end = [' ', ')', ';', ',', '.'];
                    let word = command.split(' ').nth(2).unwrap_or_default();
                    assert_eq!(word.trim_end_matches(end), "id:55", "{what}: {hint}");
                }
            }
        }
    }
}

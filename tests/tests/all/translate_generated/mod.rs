//! Orders as shops compute them, 100,000 for each kind of prices under `cargo verify --full` and a
//! tenth of that otherwise, in each form in which shops keep them: total and VAT per rate right
//! however the books round, or the difference exactly on its article and within its limit, or held.
//! Each is what the model of the rules demands. And held only rarely, so that holding everything is
//! no way out.

mod checked;
mod wishes;

use std::cell::RefCell;

use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Books,
    generated::{self, Class, Wish},
    generated_recorded::{self, Keeping, Rounds},
};
use winkelbrug::{
    books::VatKind,
    profile::{
        Settings,
        settings::{BookingNumber, Form},
    },
    translate::{self, Facts, NegativeLines, Outcome},
};
use winkelbrug_protocol::record::Order;

use self::{
    checked::{Count, note, run, run_as, settings},
    wishes::{Prices, wish, wish_of},
};
use crate::{
    model::{self, Agreed},
    property::{self, is_full},
};

/// Orders for each kind of prices.
fn cases() -> u32 {
    if is_full() { 100_000 } else { 10_000 }
}

/// Where only the way of writing a discount differs.
const FEWER: u32 = 2_000;

/// The same sales as booked invoices: every ledger, every VAT row and the whole are what the model of
/// the rules demands.
#[test]
fn orders_booked_as_invoices_are_right_or_held() {
    let shop = generated::lookups();
    let mut settings = settings();
    settings.sales.form = Form::Booking;
    settings.sales.booking_number = BookingNumber::OrderNumber;
    let books = Books::default();
    let count = RefCell::new(Count::default());
    property::each(cases(), &wish_of(Prices::Either), |wish| {
        let order = generated::order(wish);
        let facts = books.facts(&order, &settings, &shop);
        as_the_model_demands(&count, wish, &order, &settings, &facts)
    });
    let count = count.into_inner();
    println!("booked: {:?}; held: {:?}", count.agreed, count.reasons);
    assert_eq!(count.agreed.get(&Agreed::HeldByPoints), None);
    let written = count.agreed.get(&Agreed::ToTheCent).copied();
    assert!(
        written.unwrap_or_default() > cases() / 2,
        "{:?}",
        count.agreed
    );
}

fn as_the_model_demands(
    count: &RefCell<Count>,
    wish: &Wish,
    order: &Order,
    settings: &Settings,
    facts: &Facts,
) -> Result<(), TestCaseError> {
    let outcome = translate::order(order, settings, facts);
    note(count, wish, order, &outcome);
    let verdict = model::judge(order, settings, facts);
    let agreed = model::compare(&verdict, &outcome, settings, facts);
    let agreed = agreed.map_err(TestCaseError::fail)?;
    *count.borrow_mut().agreed.entry(agreed).or_default() += 1;
    Ok(())
}

/// The same sales in pounds, at the rate their owner entered.
#[test]
fn orders_in_another_currency_are_what_the_model_demands() {
    let (settings, shop) = (settings(), generated::lookups());
    let books = Books::default();
    let count = RefCell::new(Count::default());
    let cases = cases() / 4;
    let at_a_rate = (wish_of(Prices::Either), 5_000_i64..=20_000);
    property::each(cases, &at_a_rate, |(wish, rate)| {
        let mut order = generated::order(wish);
        "GBP".clone_into(&mut order.money.code);
        "GBP".clone_into(&mut order.money.order_code);
        let mut facts = books.facts(&order, &settings, &shop);
        facts.exchange_rate = Some(Decimal::new(*rate, 4));
        as_the_model_demands(&count, wish, &order, &settings, &facts)
    });
    let count = count.into_inner();
    println!("pounds: {:?}; held: {:?}", count.agreed, count.reasons);
    assert_eq!(count.agreed.get(&Agreed::HeldByPoints), None);
}

#[test]
fn orders_with_prices_with_vat_are_right_or_held() {
    right_or_held(Prices::With);
}

#[test]
fn orders_with_prices_without_vat_are_right_or_held() {
    right_or_held(Prices::Without);
}

fn right_or_held(prices: Prices) {
    let count = run_as(NegativeLines::Allowed, cases(), prices, generated::order);
    println!("{prices:?}: {:?}; held: {:?}", count.agreed, count.reasons);
    assert_eq!(count.agreed.get(&Agreed::HeldByPoints), None);
    let plain_held = count.plain_held();
    let Count {
        plain,
        plain_reasons,
        surcharges,
        surcharges_held,
        ..
    } = count;
    println!("{plain_held} of {plain} plain orders are held: {plain_reasons:?}");
    assert!(
        plain_held * 500 <= plain,
        "{plain_held} of {plain} plain orders are held: {plain_reasons:?}"
    );
    assert!(
        surcharges_held * 3 <= surcharges,
        "{surcharges_held} of {surcharges} surcharges nobody knows are held"
    );
}

/// How shops keep their orders, and how many of a hundred plain ones are held at most. A shop that
/// rounds VAT on every piece charges another VAT than the one inside its prices, as soon as there are
/// many pieces; no books can follow it.
const KEPT: [(Rounds, u32, u32); 6] = [
    (Rounds::Total, 2, 0),
    (Rounds::Total, 4, 0),
    (Rounds::Total, 6, 0),
    (Rounds::Line, 2, 1),
    (Rounds::Line, 6, 1),
    (Rounds::Piece, 2, 45),
];

#[test]
fn orders_of_shops_that_record_rate_and_vat_of_every_line_are_right_or_held() {
    let cases = if is_full() { 20_000 } else { FEWER / 4 };
    for (rounds, decimals, most) in KEPT {
        let keeping = Keeping { rounds, decimals };
        let kept = |wish: &Wish| generated_recorded::order(wish, keeping);
        let count = run_as(NegativeLines::Allowed, cases, Prices::Either, kept);
        let (held, plain) = (count.plain_held(), count.plain);
        println!("{keeping:?}: {held} of {plain} held; {:?}", count.reasons);
        println!("{:?}", count.agreed);
        assert_eq!(count.agreed.get(&Agreed::HeldByPoints), None);
        assert!(
            held * 100 <= plain * most,
            "{keeping:?}: {held} of {plain} held"
        );
    }
}

#[test]
fn orders_are_right_or_held_where_lines_below_zero_are_refused() {
    let count = run(NegativeLines::Refused, FEWER);
    println!(
        "held: {:?}; plain: {:?}",
        count.reasons, count.plain_reasons
    );
    let wrong: u32 = count
        .plain_reasons
        .iter()
        .filter(|(code, _)| *code != "negatieve-regel-geweigerd")
        .map(|(_, times)| times)
        .sum();
    assert!(wrong * 500 <= count.plain, "{:?}", count.plain_reasons);
}

#[test]
fn no_line_is_below_zero_where_the_books_refuse_that() {
    let (settings, shop) = (settings(), generated::lookups());
    let books = Books {
        negative_lines: NegativeLines::Refused,
        ..Books::default()
    };
    proptest!(ProptestConfig::with_cases(500), |(wish in wish())| {
        let order = generated::order(&wish);
        if let Outcome::Plan(plan) = books.translate(&order, &settings, &shop) {
            prop_assert!(!plan.negative_lines);
            for line in &plan.order.lines {
                prop_assert!(line.quantity >= dec!(0) && line.unit_price >= dec!(0));
            }
        }
    });
}

#[test]
fn an_article_in_the_wrong_group_is_never_written() {
    let (settings, shop) = (settings(), generated::lookups());
    proptest!(ProptestConfig::with_cases(500), |(wish in wish())| {
        let order = generated::order(&wish);
        let mut books = Books::default();
        for (line, good) in order.lines.iter().zip(&wish.goods) {
            let wrong = if good.class == Class::Low { VatKind::Hoog } else { VatKind::Laag };
            books.add_article(&line.code, wrong);
        }
        let outcome = books.translate(&order, &settings, &shop);
        prop_assert!(matches!(outcome, Outcome::Held(_)), "{outcome:?}");
    });
}

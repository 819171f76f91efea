//! Orders as shops compute them, 100,000 for each kind of prices under `cargo verify --full` and a
//! tenth of that otherwise, in each form in which shops keep them: total and VAT per rate right
//! however the books round, or the difference exactly on its article and within its limit, or held.
//! Each is what the model of the rules demands. And held only rarely, so that holding everything is
//! no way out.

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rust_decimal::{Decimal, RoundingStrategy, dec};
use testbed::truth::{
    books::{Books, COST_SETTINGS, Rounding, line_total},
    generated::{self, Bought, Buyer, Class, Coupon, Strange, Wish},
    generated_recorded::{self, Keeping, Rounds},
};
use winkelbrug::{
    books::VatKind,
    profile::{
        Settings,
        settings::{BookingNumber, Form},
    },
    translate::{self, NegativeLines, Outcome, Plan},
};
use winkelbrug_protocol::record::{Order, RateKind, TotalKind};

use crate::model::{self, Agreed};

/// Orders for each kind of prices.
fn cases() -> u32 {
    if is_full() { 100_000 } else { 10_000 }
}

fn is_full() -> bool {
    std::env::var_os("WINKELBRUG_FULL").is_some()
}

/// Are the shop's prices entered with VAT?
#[derive(Debug, Clone, Copy)]
enum Prices {
    With,
    Without,
    Either,
}

impl Prices {
    fn with_vat(self) -> BoxedStrategy<bool> {
        match self {
            Self::With => Just(true).boxed(),
            Self::Without => Just(false).boxed(),
            Self::Either => any::<bool>().boxed(),
        }
    }
}

/// Where only the way of writing a discount differs.
const FEWER: u32 = 2_000;

fn settings() -> Settings {
    let text = format!(
        r#"
        format = 1
        name = "winkel"
        [shop]
        url = "https://winkel.example.com"
        [administration]
        kind = "trial"
        [sales]
        {COST_SETTINGS}
        [articles.revenue_groups]
        "Hoog" = "Omzet hoog"
        "Laag" = "Omzet laag"
        "" = "Omzet geen"
        "Hoog met bijdrage" = "Omzet hoog"
        "#
    );
    toml::from_str(&text).unwrap()
}

fn bought() -> impl Strategy<Value = Bought> {
    let quantity = prop_oneof![
        8 => (1_i64..=12).prop_map(|pieces| pieces * 1000),
        1 => Just(1_250),
        1 => 1_i64..=9_999,
    ];
    let price =
        (0_u32..=4).prop_flat_map(|decimals| (Just(decimals), 0..=(200 * 10_i64.pow(decimals))));
    (price, quantity, prop::sample::select(Class::ALL.to_vec())).prop_map(
        |((decimals, price), quantity, class)| Bought {
            price,
            decimals,
            quantity,
            class,
        },
    )
}

fn coupon() -> impl Strategy<Value = Option<Coupon>> {
    prop_oneof![
        3 => Just(None),
        2 => (1_u32..=100).prop_map(|percent| Some(Coupon::Percent(percent))),
        2 => (1_i64..=5_000).prop_map(|cents| Some(Coupon::Fixed(cents))),
        1 => Just(Some(Coupon::FreeShipping)),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    wish_of(Prices::Either)
}

fn wish_of(prices: Prices) -> impl Strategy<Value = Wish> {
    let sometimes = |cents: std::ops::RangeInclusive<i64>| prop::option::weighted(0.15, cents);
    let strange = prop_oneof![
        12 => Just(None),
        1 => (1_i64..=500).prop_map(|cents| Some(Strange::Surcharge(cents))),
        1 => (1_i64..=500).prop_map(|cents| Some(Strange::Untaxed(cents))),
    ];
    let buyer = prop_oneof![
        6 => Just(Buyer::Dutch),
        1 => Just(Buyer::German),
        1 => Just(Buyer::Swiss),
    ];
    let hidden = prop_oneof![12 => Just(0_i64), 1 => -10_i64..=10];
    (
        (
            prop::collection::vec(bought(), 1..=12),
            prices.with_vat(),
            prop::bool::weighted(0.3),
            buyer,
            prop_oneof![Just(0_i64), Just(495), 1_i64..=1_500],
        ),
        (
            sometimes(1..=900),
            coupon(),
            sometimes(1..=4_000),
            sometimes(1..=4_000),
        ),
        (sometimes(500..=10_000), strange, hidden),
    )
        .prop_map(
            |(
                (goods, prices_with_vat, whole_cents, buyer, shipping),
                (fee, coupon, gift_card, credit),
                (sold_card, strange, hidden),
            )| Wish {
                goods,
                prices_with_vat,
                whole_cents,
                buyer,
                shipping,
                fee,
                coupon,
                gift_card,
                credit,
                sold_card,
                strange,
                hidden,
            },
        )
}

/// Nothing in it that a bookkeeper would want to look at first.
fn is_plain(wish: &Wish) -> bool {
    wish.strange.is_none() && wish.hidden.abs() <= 5
}

/// How often which reason came up.
#[derive(Default)]
struct Count {
    plain: u32,
    plain_held: u32,
    surcharges: u32,
    surcharges_held: u32,
    reasons: BTreeMap<String, u32>,
    /// How they agree with the model; lines below zero that are refused are beyond it.
    agreed: BTreeMap<Agreed, u32>,
}

fn run(negative_lines: NegativeLines, cases: u32) -> Count {
    run_as(negative_lines, cases, Prices::Either, generated::order)
}

/// The same with the orders as that shop keeps them.
fn run_as(
    negative_lines: NegativeLines,
    cases: u32,
    prices: Prices,
    kept: impl Fn(&Wish) -> Order,
) -> Count {
    let (settings, shop) = (settings(), generated::lookups());
    let books = Books {
        negative_lines,
        ..Books::default()
    };
    let count = RefCell::new(Count::default());
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        },
        // A fixed seed: the same orders everywhere.
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let result = runner.run(&wish_of(prices), |wish| {
        let order = kept(&wish);
        let facts = books.facts(&order, &settings, &shop);
        let outcome = translate::order(&order, &settings, &facts);
        note(&count, &wish, &outcome);
        if negative_lines == NegativeLines::Allowed {
            let verdict = model::judge(&order, &settings, &facts);
            let agreed = model::compare(&verdict, &outcome, &settings, &facts);
            let agreed = agreed.map_err(TestCaseError::fail)?;
            *count.borrow_mut().agreed.entry(agreed).or_default() += 1;
        }
        match outcome {
            Outcome::Plan(plan) => check(&books, &order, &plan, &wish),
            Outcome::Held(reason) => {
                let idle = reason.code == "btw-wijkt-af" && is_consistent(&order);
                prop_assert!(!idle, "held without need: {}", reason.text.en);
                Ok(())
            }
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    count.into_inner()
}

/// Is the VAT of every rate the one inside the amounts the shop recorded with VAT? Then nothing keeps
/// the books from coming to it.
fn is_consistent(order: &Order) -> bool {
    let mut gross: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for line in &order.lines {
        let (Some(percent), Some(incl)) = (line.percent, line.total_incl) else {
            return false;
        };
        *gross.entry(percent).or_default() += incl;
    }
    for part in order.totals.iter().flat_map(|row| &row.parts) {
        *gross.entry(part.percent).or_default() += part.net + part.vat;
    }
    let vat = shop_vat(order);
    gross.into_iter().all(|(percent, gross)| {
        let inside = gross * percent / (dec!(100) + percent);
        let shop = vat.get(&percent).copied().unwrap_or_default();
        (inside - shop).abs() <= dec!(0.01)
    })
}

fn note(count: &RefCell<Count>, wish: &Wish, outcome: &Outcome) {
    let mut count = count.borrow_mut();
    let held = u32::from(matches!(outcome, Outcome::Held(_)));
    if is_plain(wish) {
        count.plain += 1;
        count.plain_held += held;
    }
    if matches!(wish.strange, Some(Strange::Surcharge(_))) && wish.hidden.abs() <= 5 {
        count.surcharges += 1;
        count.surcharges_held += held;
    }
    if let Outcome::Held(reason) = outcome {
        *count.reasons.entry(reason.code.clone()).or_default() += 1;
    }
}

/// Is the total what the shop's rows come to, each in whole cents? Then what was hidden is their rounding.
fn of_rounded_rows(order: &Order) -> bool {
    let rows = order.totals.iter();
    let rows = rows.filter(|row| !matches!(row.kind, TotalKind::SubTotal | TotalKind::Total));
    let lines = order.lines.iter().map(|line| line.total);
    let cards = order.gift_cards.iter().map(|card| card.amount);
    let all = rows.map(|row| row.amount).chain(lines).chain(cards);
    all.map(cents).sum::<Decimal>() == cents(order.total)
}

fn check(books: &Books, order: &Order, plan: &Plan, wish: &Wish) -> Result<(), TestCaseError> {
    let total = cents(order.total);
    prop_assert_eq!(books.total(plan), total);
    prop_assert_eq!(plan.expected.incl, total);
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let mut vat = books.vat(plan, rounding);
        for (percent, tax) in shop_vat(order) {
            let ours = vat.remove(&percent).unwrap_or_default();
            prop_assert!(
                (ours - tax).abs() <= dec!(0.01),
                "{ours} instead of {tax} at {percent}% ({rounding:?})"
            );
        }
        prop_assert!(vat.values().all(|vat| vat.abs() <= dec!(0.01)));
    }
    let difference: Decimal = plan
        .order
        .lines
        .iter()
        .filter(|line| line.description == "Ordertotaalverschil")
        .map(line_total)
        .sum();
    prop_assert!(difference.abs() <= dec!(0.05));
    let rounding = plan
        .order
        .lines
        .iter()
        .filter(|line| line.description == "Afronding btw");
    prop_assert!(
        rounding
            .map(line_total)
            .all(|amount| amount.abs() <= dec!(0.05))
    );
    if wish.hidden == 0 {
        prop_assert!(
            difference.is_zero(),
            "a difference of {difference} that is none"
        );
    } else if !(difference.is_zero() && of_rounded_rows(order)) {
        prop_assert!((difference - Decimal::new(wish.hidden, 2)).abs() <= dec!(0.01));
    }
    for line in &plan.order.lines {
        prop_assert!(line.quantity != dec!(0));
        if line.code.contains('-') && line.quantity.scale() == 0 {
            prop_assert!(line.unit_price.normalize().scale() <= 2);
        }
    }
    Ok(())
}

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
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: cases(),
            failure_persistence: None,
            ..Config::default()
        },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let result = runner.run(&wish_of(Prices::Either), |wish| {
        let order = generated::order(&wish);
        let facts = books.facts(&order, &settings, &shop);
        let outcome = translate::order(&order, &settings, &facts);
        note(&count, &wish, &outcome);
        let verdict = model::judge(&order, &settings, &facts);
        let agreed = model::compare(&verdict, &outcome, &settings, &facts);
        let agreed = agreed.map_err(TestCaseError::fail)?;
        *count.borrow_mut().agreed.entry(agreed).or_default() += 1;
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
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
    let Count {
        plain,
        plain_held,
        surcharges,
        surcharges_held,
        ..
    } = count;
    assert!(
        plain_held * 500 <= plain,
        "{plain_held} of {plain} plain orders are held"
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
    let cases = if is_full() { 10_000 } else { FEWER } / 4;
    for (rounds, decimals, most) in KEPT {
        let keeping = Keeping { rounds, decimals };
        let kept = |wish: &Wish| generated_recorded::order(wish, keeping);
        let count = run_as(NegativeLines::Allowed, cases, Prices::Either, kept);
        let (held, plain) = (count.plain_held, count.plain);
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
    println!("held: {:?}", count.reasons);
    let others = [
        "negatieve-regel-geweigerd",
        "totaal-verschil",
        "totaalregel-onbekend",
    ];
    let wrong: u32 = count
        .reasons
        .iter()
        .filter(|(code, _)| !others.contains(&code.as_str()))
        .map(|(_, times)| times)
        .sum();
    assert!(wrong * 500 <= FEWER, "{:?}", count.reasons);
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

/// The shop's own tax rows, per percentage.
fn shop_vat(order: &Order) -> BTreeMap<Decimal, Decimal> {
    let mut vat = BTreeMap::new();
    for row in order.totals.iter().filter(|row| row.kind == TotalKind::Tax) {
        let rate = row.rate.as_ref().unwrap();
        if rate.kind == RateKind::Percent {
            *vat.entry(rate.rate.normalize()).or_default() += row.amount;
        }
    }
    vat
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

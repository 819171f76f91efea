//! Orders of shops that record the rate of each line and the share of each row: nothing is guessed.

use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Rounding,
    generated::{Class, Coupon, Strange, Wish},
    generated_recorded::{self, Keeping, Rounds},
};
use winkelbrug_protocol::record::{Line, RatePart, Refund, StatusKind, TotalKind, TotalRow};

use crate::{
    model::{self, Agreed},
    translate::desk::{Desk, desk_of, good, row, tax, wish},
};

fn part(percent: Decimal, net: Decimal, vat: Decimal) -> RatePart {
    RatePart { percent, net, vat }
}

fn parted(code: &str, kind: TotalKind, parts: &[RatePart]) -> TotalRow {
    TotalRow {
        parts: parts.to_vec(),
        ..row(code, kind, parts.iter().map(|part| part.net).sum())
    }
}

/// 19.95 with 21% and 10.95 with 9%, as a shop with prices including VAT records them; shipping
/// 4.95 shared over both rates.
fn recorded() -> Desk {
    let mut desk = desk_of(&testbed::truth::generated::Wish {
        goods: vec![good(1_649, 1, Class::High), good(1_005, 1, Class::Low)],
        ..wish()
    });
    let amounts = [
        (dec!(21), dec!(16.49), dec!(19.95)),
        (dec!(9), dec!(10.05), dec!(10.95)),
    ];
    for (line, (percent, net, gross)) in desk.order.lines.iter_mut().zip(amounts) {
        line.percent = Some(percent);
        line.total_incl = Some(gross);
        line.total = net;
        line.price = net;
        line.tax = gross - net;
    }
    desk.order.totals = vec![
        parted(
            "flatrate",
            TotalKind::Shipping,
            &[
                part(dec!(21), dec!(2.54), dec!(0.53)),
                part(dec!(9), dec!(1.72), dec!(0.16)),
            ],
        ),
        tax(dec!(21), dec!(3.99)),
        tax(dec!(9), dec!(1.06)),
    ];
    desk.order.total = dec!(35.85);
    desk
}

#[test]
fn amounts_with_vat_are_taken_as_the_shop_recorded_them() {
    let lines = recorded().lines();
    assert_eq!(
        lines,
        [
            "9-0 1 × 19.95",
            "11-1 1 × 10.95",
            "VERZEND-H 1 × 3.07",
            "VERZEND-L 1 × 1.88"
        ]
    );
}

/// As WooCommerce keeps what it sold at 20.00 and 15.95 with VAT in it, and shipping of 5.743801 without:
/// net amounts with six decimals beside VAT in cents. Its total adds them rounded, each row for itself.
fn rounded_row_by_row(total: Decimal) -> Desk {
    let mut desk = recorded();
    let amounts = [
        (dec!(16.528926), dec!(3.47), dec!(20.00)),
        (dec!(14.633028), dec!(1.32), dec!(15.95)),
    ];
    for (line, (net, vat, gross)) in desk.order.lines.iter_mut().zip(amounts) {
        line.total = net;
        line.price = net;
        line.tax = vat;
        line.total_incl = Some(gross);
    }
    desk.order.totals = vec![
        parted(
            "flatrate",
            TotalKind::Shipping,
            &[part(dec!(21), dec!(5.743801), dec!(1.21))],
        ),
        tax(dec!(21), dec!(4.68)),
        tax(dec!(9), dec!(1.32)),
    ];
    desk.order.total = total;
    desk
}

#[test]
fn a_total_of_rows_that_were_each_rounded_is_no_difference() {
    let prices = ["9-0 1 × 20.00", "11-1 1 × 15.95", "VERZEND-H 1 × 6.95"];
    assert_eq!(rounded_row_by_row(dec!(42.90)).lines(), prices);
    // More than rounding stays one.
    let lines = rounded_row_by_row(dec!(42.93)).lines();
    assert!(
        lines.iter().any(|line| line.starts_with("VERSCHIL")),
        "{lines:?}"
    );
}

#[test]
fn a_recorded_discount_lowers_each_rate_by_its_own_share() {
    let mut desk = recorded();
    desk.order.totals.push(parted(
        "coupon",
        TotalKind::Discount,
        &[
            part(dec!(21), dec!(-1.65), dec!(-0.35)),
            part(dec!(9), dec!(-0.92), dec!(-0.08)),
        ],
    ));
    desk.order.totals[1].amount = dec!(3.64);
    desk.order.totals[2].amount = dec!(0.98);
    desk.order.total = dec!(32.85);
    let lines = desk.lines();
    assert_eq!(lines[4..], ["KORTING-L 1 × -1.00", "KORTING-H 1 × -2.00"]);
    assert_eq!(desk.plan().expected.incl, dec!(32.85));
}

/// Magento with VAT on the price before the discount: the VAT rows stay what they were.
#[test]
fn a_recorded_discount_that_lowered_no_vat_stands_without_vat() {
    let mut desk = recorded();
    desk.order.totals.push(parted(
        "discount",
        TotalKind::Discount,
        &[
            part(dec!(21), dec!(-2.00), dec!(0)),
            part(dec!(9), dec!(-1.00), dec!(0)),
        ],
    ));
    desk.order.total = dec!(32.85);
    assert_eq!(desk.lines()[4..], ["KORTING-G 1 × -3.00"]);
    let (books, plan) = (&desk.books, desk.plan());
    let vat = books.vat(&plan, Rounding::PerRate);
    assert_eq!((vat[&dec!(21)], vat[&dec!(9)]), (dec!(4.00), dec!(1.06)));
}

/// A fee of an extension tells no rate, the rows beside it do: what they say stands, and only the fee is
/// looked for; a reduction nobody knows is held as it would be alone.
#[test]
fn rows_that_tell_their_rates_keep_them_beside_one_that_does_not() {
    let mut desk = recorded();
    let discount = [
        part(dec!(21), dec!(-1.65), dec!(-0.35)),
        part(dec!(9), dec!(-0.92), dec!(-0.08)),
    ];
    let totals = &mut desk.order.totals;
    totals.push(parted("coupon", TotalKind::Discount, &discount));
    totals.push(row("base_cod_fee", TotalKind::Fee, dec!(2)));
    totals[1].amount = dec!(3.64) + dec!(0.42);
    totals[2].amount = dec!(0.98);
    desk.order.total = dec!(35.27);
    let lines = desk.lines();
    assert!(lines.contains(&"BETAAL-H 1 × 2.42".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"KORTING-L 1 × -1.00".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"KORTING-H 1 × -2.00".to_owned()),
        "{lines:?}"
    );
    desk.order
        .totals
        .push(row("base_points", TotalKind::Other, dec!(-5)));
    desk.order.total -= dec!(5);
    assert_eq!(desk.held().code, "totaalregel-onbekend");
}

/// Ten lines of 0.99 with 21% VAT, 0.17 each as the shop rounded it; in 9.90 there are 1.72.
fn many_lines(others: &[Class]) -> Desk {
    let mut goods = vec![good(82, 1, Class::High); 10];
    goods.extend(others.iter().map(|class| good(100, 1, *class)));
    let mut desk = desk_of(&testbed::truth::generated::Wish {
        goods,
        shipping: 0,
        ..wish()
    });
    for line in &mut desk.order.lines {
        let (percent, vat) = if line.code.starts_with('9') {
            (dec!(21), dec!(0.17))
        } else {
            (dec!(9), dec!(0.09))
        };
        line.percent = Some(percent);
        line.total_incl = Some(line.total + vat);
        line.tax = vat;
    }
    desk
}

#[test]
fn where_a_shop_rounded_the_vat_of_many_lines_cents_move_between_the_rates() {
    let mut desk = many_lines(&[Class::Low; 10]);
    desk.order.totals = vec![tax(dec!(21), dec!(1.70)), tax(dec!(9), dec!(0.90))];
    desk.order.total = dec!(20.80);
    let plan = desk.plan();
    assert_eq!(desk.books.total(&plan), dec!(20.80));
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let vat = desk.books.vat(&plan, rounding);
        assert!((vat[&dec!(21)] - dec!(1.70)).abs() <= dec!(0.01), "{vat:?}");
        assert!((vat[&dec!(9)] - dec!(0.90)).abs() <= dec!(0.01), "{vat:?}");
    }
    let moved = |price: Decimal| {
        let lines = plan.order.lines.iter();
        lines.filter(|line| line.unit_price == price).count()
    };
    assert_eq!((moved(dec!(0.98)), moved(dec!(1.10))), (2, 2));
}

#[test]
fn where_there_is_no_other_rate_the_shops_rounding_holds_the_order_and_is_named() {
    let mut desk = many_lines(&[]);
    desk.order.totals = vec![tax(dec!(21), dec!(1.70))];
    desk.order.total = dec!(9.90);
    desk.settings.sales.rounding_article = winkelbrug::profile::settings::PerVatKind::default();
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.hint.en.contains("rounding"), "{}", reason.hint.en);
}

#[test]
fn where_there_is_no_other_rate_the_shops_rounding_stands_on_the_rounding_article() {
    let mut desk = many_lines(&[]);
    desk.order.totals = vec![tax(dec!(21), dec!(1.70))];
    desk.order.total = dec!(9.90);
    let plan = desk.plan();
    assert_eq!(desk.books.total(&plan), dec!(9.90));
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let vat = desk.books.vat(&plan, rounding);
        assert!((vat[&dec!(21)] - dec!(1.70)).abs() <= dec!(0.01), "{vat:?}");
    }
    let of_rounding: Vec<Decimal> = plan
        .order
        .lines
        .iter()
        .filter(|line| line.code == "VERSCHIL")
        .map(|line| line.unit_price)
        .collect();
    assert_eq!(of_rounding, [dec!(0.02)]);
    // Never more than the owner's limit for differences.
    desk.settings.sales.total_difference_limit = dec!(0.01);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn a_difference_and_a_rounding_stand_within_one_limit() {
    let mut desk = many_lines(&[]);
    desk.order.totals = vec![tax(dec!(21), dec!(1.70))];
    // A cent the shop does not explain, and two its rounding leaves over, on one article.
    desk.order.total = dec!(9.91);
    desk.settings.sales.total_difference_limit = dec!(0.03);
    let facts = desk.facts();
    let verdict = model::judge(&desk.order, &desk.settings, &facts);
    let agreed = model::compare(&verdict, &desk.outcome(), &desk.settings, &facts);
    assert_eq!(agreed, Ok(Agreed::WithinItsCents));
    let lines = desk.lines();
    let untaxed = lines.iter().filter(|line| line.starts_with("VERSCHIL"));
    let untaxed: Vec<&String> = untaxed.collect();
    assert_eq!(untaxed, ["VERSCHIL 1 × 0.01", "VERSCHIL 1 × 0.02"]);
    desk.settings.sales.total_difference_limit = dec!(0.02);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn cents_that_are_more_than_the_lines_go_to_all_alike_and_then_by_remainder() {
    let bought = Wish {
        goods: vec![good(17_500, 7, Class::Low)],
        prices_with_vat: true,
        shipping: 0,
        fee: Some(297),
        ..wish()
    };
    let keeping = Keeping {
        rounds: Rounds::Total,
        decimals: 4,
    };
    let mut desk = desk_of(&bought);
    desk.order = generated_recorded::order(&bought, keeping);
    // Lines of 1224.999989 and 2.969955; its rows in cents make it 1227.98.
    let lines = desk.lines();
    let wanted = ["11-0 1 × 175.01", "11-0 6 × 175.00", "TOESLAG-H 1 × 2.97"];
    assert_eq!(lines, wanted);
    let facts = desk.facts();
    let verdict = model::judge(&desk.order, &desk.settings, &facts);
    let agreed = model::compare(&verdict, &desk.outcome(), &desk.settings, &facts);
    assert_eq!(agreed, Ok(Agreed::ToTheCent));
}

#[test]
fn goods_taken_back_give_up_their_share_of_a_recorded_discount() {
    let bought = Wish {
        goods: vec![good(100, -2, Class::Low), good(100, 3, Class::High)],
        shipping: 0,
        coupon: Some(Coupon::Percent(8)),
        ..wish()
    };
    let keeping = Keeping {
        rounds: Rounds::Total,
        decimals: 2,
    };
    let mut desk = desk_of(&bought);
    desk.order = generated_recorded::order(&bought, keeping);
    let lines = desk.lines();
    let wanted = [
        "11-0 -2 × 1.09",
        "9-1 3 × 1.21",
        "KORTING-L 1 × 0.17",
        "KORTING-H 1 × -0.29",
    ];
    assert_eq!(lines, wanted);
    let facts = desk.facts();
    let verdict = model::judge(&desk.order, &desk.settings, &facts);
    let agreed = model::compare(&verdict, &desk.outcome(), &desk.settings, &facts);
    assert_eq!(agreed, Ok(Agreed::ToTheCent));
}

/// Levy and shipping both end on 0.55 of a cent: whichever is rounded up is right.
#[test]
fn where_remainders_are_alike_either_may_be_rounded_up() {
    let bought = Wish {
        goods: vec![good(960, 9, Class::Low), good(12_299, 11, Class::Levy)],
        shipping_class: Class::Low,
        strange: Some(Strange::Deduction(112)),
        ..wish()
    };
    let keeping = Keeping {
        rounds: Rounds::Total,
        decimals: 4,
    };
    let mut desk = desk_of(&bought);
    desk.order = generated_recorded::order(&bought, keeping);
    let facts = desk.facts();
    let verdict = model::judge(&desk.order, &desk.settings, &facts);
    let agreed = model::compare(&verdict, &desk.outcome(), &desk.settings, &facts);
    assert_eq!(agreed, Ok(Agreed::ToTheCent));
}

#[test]
fn a_bundle_is_a_line_of_text_above_its_parts() {
    let mut desk = recorded();
    let heading = Line {
        heading: true,
        name: "Bundel".to_owned(),
        percent: None,
        total_incl: None,
        total: Decimal::ZERO,
        price: Decimal::ZERO,
        tax: Decimal::ZERO,
        ..desk.order.lines[0].clone()
    };
    desk.order.lines.insert(0, heading);
    let lines = desk.lines();
    assert_eq!(lines[..2], ["\"Bundel\"", "9-0 1 × 19.95"]);
    assert_eq!(desk.plan().expected.pieces["9-0"], Decimal::ONE);
}

#[test]
fn recorded_vat_that_the_books_cannot_come_to_is_held() {
    let mut desk = recorded();
    desk.order.totals[1].amount = dec!(4.99);
    desk.order.total = dec!(36.85);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn money_given_back_before_the_order_was_written_is_announced() {
    let mut desk = recorded();
    desk.order.refunds.push(Refund {
        id: "1".to_owned(),
        number: None,
        at: "2026-05-02T10:00:00Z".to_owned(),
        at_local: "2026-05-02T12:00:00".to_owned(),
        total: dec!(5),
        comment: String::new(),
        lines: Vec::new(),
        shipping: Vec::new(),
        adjustment: dec!(5),
        voucher: false,
    });
    let notes = desk.plan().notes;
    assert!(
        notes.iter().any(|note| note.nl.contains("creditering")),
        "{notes:?}"
    );
}

#[test]
fn what_the_shop_says_of_the_payment_goes_before_what_the_status_suggests() {
    let mut desk = recorded();
    desk.payment("mollie_ideal", "iDEAL");
    desk.order.paid = Some(false);
    assert_eq!(desk.skipped(), "given-up");
    desk.order.paid = Some(true);
    assert_eq!(desk.lines().len(), 4);
    desk.status(StatusKind::Pending, "Pending");
    assert_eq!(desk.lines().len(), 4);
}

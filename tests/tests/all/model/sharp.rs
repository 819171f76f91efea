//! The model notices a plan that is wrong: a comparison nothing can fail proves nothing.

use rust_decimal::dec;
use testbed::truth::generated::{Class, Coupon, Wish};
use winkelbrug::{
    books::{BookingDraft, PriceMode},
    profile::settings::{BookingNumber, Form},
    text,
    translate::{Outcome, Plan, Reason},
};

use super::{Agreed, compare, judge};
use crate::translate::desk::{Desk, desk_of, good, wish};

fn mixed() -> Desk {
    desk_of(&Wish {
        goods: vec![good(2_000, 3, Class::High), good(333, 2, Class::Low)],
        fee: Some(150),
        coupon: Some(Coupon::Percent(10)),
        ..wish()
    })
}

fn told(desk: &Desk, outcome: &Outcome) -> Result<Agreed, String> {
    let facts = desk.facts();
    let verdict = judge(&desk.order, &desk.settings, &facts);
    compare(&verdict, outcome, &desk.settings, &facts)
}

/// A way to spoil a plan.
type Slip = (&'static str, fn(&mut Plan));

const SLIPS: [Slip; 8] = [
    ("a cent too much", |plan| {
        plan.order.lines[0].unit_price += dec!(0.01);
    }),
    ("a cent of one rate at another", |plan| {
        for line in &mut plan.order.lines {
            match line.code.as_str() {
                "VERZEND-H" => line.unit_price += dec!(0.01),
                "11-1" => {
                    line.quantity = dec!(1);
                    line.unit_price = dec!(7.25);
                }
                _ => {}
            }
        }
    }),
    ("shipping on the article of the low rate", |plan| {
        let lines = plan.order.lines.iter_mut();
        for line in lines.filter(|line| line.code == "VERZEND-H") {
            "VERZEND-L".clone_into(&mut line.code);
            line.article = Some(winkelbrug::books::ArticleRef::Existing(
                "article-VERZEND-L".to_owned(),
            ));
        }
    }),
    ("a line is gone", |plan| {
        plan.order.lines.remove(1);
    }),
    ("without VAT", |plan| {
        plan.order.price_mode = PriceMode::Exclusief;
    }),
    ("fewer pieces at a higher price", |plan| {
        let lines = plan.order.lines.iter_mut();
        for line in lines.filter(|line| line.code == "11-1") {
            line.unit_price *= line.quantity;
            line.quantity = dec!(1);
        }
    }),
    ("all of the discount at one rate", |plan| {
        let low = plan.order.lines.iter().position(|l| l.code == "KORTING-L");
        let low = plan.order.lines.remove(low.unwrap()).unit_price;
        let lines = plan.order.lines.iter_mut();
        for line in lines.filter(|line| line.code == "KORTING-H") {
            line.unit_price += low;
        }
    }),
    ("something nobody bought", |plan| {
        let mut line = plan.order.lines[0].clone();
        "ANDERS".clone_into(&mut line.code);
        (line.quantity, line.unit_price) = (dec!(1), dec!(0.01));
        plan.order.lines[0].unit_price -= dec!(0.01);
        plan.order.lines.push(line);
    }),
];

#[test]
fn a_wrong_plan_is_noticed() {
    let desk = mixed();
    let plan = desk.plan();
    let right = Outcome::Plan(Box::new(plan.clone()));
    assert_eq!(told(&desk, &right), Ok(Agreed::ToTheCent));
    for (slip, spoil) in SLIPS {
        let mut plan = plan.clone();
        spoil(&mut plan);
        let noticed = told(&desk, &Outcome::Plan(Box::new(plan)));
        assert!(noticed.is_err(), "{slip}: {noticed:?}");
    }
}

#[test]
fn holding_or_leaving_out_what_has_to_be_written_is_noticed() {
    let desk = mixed();
    let reason = |code: &str| Reason::new(code, text!("?", "?"), text!("?", "?"));
    for code in ["btw-wijkt-af", "totaal-verschil", "artikel-ontbreekt"] {
        assert!(told(&desk, &Outcome::Held(reason(code))).is_err(), "{code}");
    }
    assert!(told(&desk, &Outcome::Skipped(reason("unpaid"))).is_err());
}

/// A way to spoil a booked invoice.
type SlipOfPen = (&'static str, fn(&mut BookingDraft));

const SLIPS_OF_BOOKINGS: [SlipOfPen; 7] = [
    ("a cent of VAT at the other rate", |booking| {
        booking.vat[0].amount += dec!(0.02);
        booking.vat[1].amount -= dec!(0.02);
    }),
    (
        "turnover of one rate on the ledger of the other",
        |booking| {
            booking.lines[0].amount -= dec!(1);
            booking.lines[1].amount += dec!(1);
        },
    ),
    ("the kinds of two lines exchanged", |booking| {
        let kind = booking.lines[0].vat;
        booking.lines[0].vat = booking.lines[1].vat;
        booking.lines[1].vat = kind;
    }),
    ("VAT booked as turnover", |booking| {
        let vat = booking.vat.remove(0);
        booking.lines[0].amount += vat.amount;
    }),
    ("out of balance", |booking| {
        booking.lines[0].amount += dec!(0.01);
    }),
    ("another number", |booking| booking.number.push('0')),
    ("another day", |booking| {
        booking.date = booking.date.tomorrow().unwrap();
    }),
];

#[test]
fn a_wrong_booking_is_noticed() {
    let mut desk = mixed();
    desk.settings.sales.form = Form::Booking;
    desk.settings.sales.booking_number = BookingNumber::OrderNumber;
    let plan = desk.plan();
    let right = Outcome::Plan(Box::new(plan.clone()));
    assert_eq!(told(&desk, &right), Ok(Agreed::ToTheCent));
    for (slip, spoil) in SLIPS_OF_BOOKINGS {
        let mut plan = plan.clone();
        spoil(plan.booking.as_mut().unwrap());
        let noticed = told(&desk, &Outcome::Plan(Box::new(plan)));
        assert!(noticed.is_err(), "{slip}: {noticed:?}");
    }
}

/// Fields of the order itself, and texts of its lines.
const OTHER_SLIPS: [Slip; 9] = [
    ("another day", |plan| {
        plan.order.date = plan.order.date.tomorrow().unwrap();
    }),
    ("another payment reference", |plan| {
        plan.order.payment_reference.push('1');
    }),
    ("another description", |plan| {
        plan.order.description.push('!')
    }),
    ("blocked", |plan| plan.order.blocked = Some(true)),
    ("a template", |plan| {
        plan.order.template = Some("template-1".to_owned());
    }),
    ("a memo nobody wrote", |plan| {
        plan.order.memo.push_str("Let op")
    }),
    ("no delivery address", |plan| {
        plan.order.delivery_address = None
    }),
    ("a discount", |plan| {
        plan.order.lines[0].discount_percent = dec!(1)
    }),
    ("another name of what was bought", |plan| {
        plan.order.lines[0].description = "Iets anders".to_owned();
    }),
];

#[test]
fn a_wrong_field_or_text_is_noticed() {
    let desk = mixed();
    let plan = desk.plan();
    for (slip, spoil) in OTHER_SLIPS {
        let mut plan = plan.clone();
        spoil(&mut plan);
        let noticed = told(&desk, &Outcome::Plan(Box::new(plan)));
        assert!(noticed.is_err(), "{slip}: {noticed:?}");
    }
}

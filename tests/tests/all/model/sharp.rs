//! The model notices a plan that is wrong: a comparison nothing can fail proves nothing.

use rust_decimal::{Decimal, dec};
use testbed::truth::generated::{Class, Coupon, Wish};
use winkelbrug::{
    books::{BookingDraft, PriceMode, Verdict, plan::RelationStep},
    profile::settings::{BookingNumber, Form, Recognition},
    text,
    translate::{self, Outcome, Plan, Reason},
};

use super::{Agreed, compare, judge};
use crate::translate::{
    businesses::{answer, reverse_charged},
    desk::{Desk, desk_of, good, wish},
};

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

/// What such a discount comes to is not known to the last digit, and so not which line's cents had to
/// move for the VAT: by two at most.
#[test]
fn two_cents_may_have_moved_within_a_rate_only_beside_a_discount_found_from_rounded_rows() {
    let moved = |coupon: Option<Coupon>, cents: i64| {
        let desk = desk_of(&Wish {
            goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::High)],
            whole_cents: true,
            coupon,
            ..wish()
        });
        let mut plan = desk.plan();
        plan.order.lines[0].unit_price += Decimal::new(cents, 2);
        plan.order.lines[1].unit_price -= Decimal::new(cents, 2);
        told(&desk, &Outcome::Plan(Box::new(plan)))
    };
    assert_eq!(moved(Some(Coupon::Percent(10)), 2), Ok(Agreed::ToTheCent));
    assert!(moved(Some(Coupon::Percent(10)), 4).is_err());
    assert_eq!(moved(None, 0), Ok(Agreed::ToTheCent));
    assert!(moved(None, 2).is_err());
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

/// Books with the buyer and others; the number of the Belgian was found valid.
fn with_customers(country: &str, recognition: Recognition) -> Desk {
    let mut desk = mixed();
    desk.settings.customers.recognition = recognition;
    let others = [
        (1001, "jo@example.com", "1234 AB", country, ""),
        (1002, "piet@example.com", "9999 ZZ", "NL", ""),
        (1003, "jean@example.com", "1000", "BE", "BE0428759497"),
        (1004, "hans@example.com", "8001", "CH", ""),
    ];
    for (code, email, postcode, country, number) in others {
        let relation = desk.books.add_relation(code, "Jo Klant", email);
        postcode.clone_into(&mut relation.address.postcode);
        country.clone_into(&mut relation.address.country);
        number.clone_into(&mut relation.vat_number);
    }
    desk
}

/// The same order on the relation of that code.
fn on(desk: &Desk, plan: &Plan, code: i64) -> Outcome {
    let relations = desk.facts().relations;
    let relation = relations.iter().find(|relation| relation.code == code);
    let mut plan = plan.clone();
    plan.relation = RelationStep::Use {
        id: relation.unwrap().id.clone(),
        code,
        why: text!("?", "?"),
    };
    Outcome::Plan(Box::new(plan))
}

#[test]
fn an_order_on_anothers_relation_is_noticed() {
    let desk = with_customers("NL", Recognition::EmailAndPostcode);
    let plan = desk.plan();
    assert_eq!(told(&desk, &on(&desk, &plan, 1001)), Ok(Agreed::ToTheCent));
    for code in [1002, 1003, 1004] {
        let noticed = told(&desk, &on(&desk, &plan, code));
        assert!(noticed.is_err(), "{code}: {noticed:?}");
    }
    // Whom the code of the one and the id of the other mean, nobody can say.
    let mut torn = plan.clone();
    if let RelationStep::Use { code, .. } = &mut torn.relation {
        *code = 1002;
    }
    assert!(told(&desk, &Outcome::Plan(Box::new(torn))).is_err());

    let mut nobody = mixed();
    nobody.settings.customers.recognition = Recognition::EmailAndPostcode;
    let mut made = plan.clone();
    made.relation = nobody.plan().relation;
    assert!(matches!(made.relation, RelationStep::Create { .. }));
    assert!(told(&desk, &Outcome::Plan(Box::new(made))).is_err());
}

/// An export of goods of 100.00, without VAT.
fn export(recognition: Recognition) -> Desk {
    let mut desk = with_customers("CH", recognition);
    desk.order = testbed::truth::generated::order(&Wish {
        goods: vec![good(2_000, 3, Class::High)],
        buyer: testbed::truth::generated::Buyer::Swiss,
        ..wish()
    });
    desk
}

#[test]
fn a_sale_without_vat_on_a_relation_of_the_wrong_country_is_noticed_however_he_was_recognised() {
    for recognition in [Recognition::EmailAndPostcode, Recognition::Smart] {
        let mut desk = export(recognition);
        let plan = desk.plan();
        assert_eq!(
            told(&desk, &Outcome::Plan(Box::new(plan.clone()))),
            Ok(Agreed::ToTheCent)
        );
        for code in [1002, 1003] {
            let noticed = told(&desk, &on(&desk, &plan, code));
            assert!(noticed.is_err(), "{recognition:?} {code}: {noticed:?}");
        }
        // The buyer's own card says he is at home: that is held, and not written.
        let relations = desk.books.relations.iter_mut();
        for relation in relations.filter(|relation| relation.code == 1001) {
            "NL".clone_into(&mut relation.address.country);
        }
        assert!(told(&desk, &on(&desk, &plan, 1001)).is_err());
    }
}

/// Btw verlegd: every reason that hangs on the buyer's number is told, and none where it is right.
#[test]
fn a_sale_reverse_charged_at_home_is_told_by_the_number_and_the_card_that_carries_it() {
    let number = "NL004495445B01";
    let come_to = |desk: &Desk, verdict: Option<Verdict>, outcome: Option<Outcome>| {
        let mut facts = desk.facts();
        facts.vat_check = verdict.map(|verdict| answer(number, verdict));
        let real = translate::order(&desk.order, &desk.settings, &facts);
        let told = judge(&desk.order, &desk.settings, &facts);
        let agreed = compare(
            &told,
            outcome.as_ref().unwrap_or(&real),
            &desk.settings,
            &facts,
        );
        (real, agreed)
    };
    let code = |outcome: &Outcome| match outcome {
        Outcome::Held(reason) => reason.code.clone(),
        Outcome::Plan(_) => "plan".to_owned(),
        other => panic!("{other:?}"),
    };
    let on_card = |vat_number: &str, country: &str| {
        let mut desk = reverse_charged();
        let postcode = desk.order.invoice_address.postcode.clone();
        let email = desk.order.customer.email.clone();
        let relation = desk.books.add_relation(5, "Firma", &email);
        relation.address.postcode = postcode;
        country.clone_into(&mut relation.address.country);
        vat_number.clone_into(&mut relation.vat_number);
        desk
    };
    let mut nameless = reverse_charged();
    nameless.order.customer.vat_number = None;
    let mut bearerless = reverse_charged();
    bearerless
        .books
        .articles
        .retain(|article| article.code != "VERLEGD");
    let valid = Some(Verdict::Valid);
    for (desk, verdict, wanted) in [
        (reverse_charged(), valid, "plan"),
        (
            reverse_charged(),
            Some(Verdict::Invalid),
            "btw-nummer-ongeldig",
        ),
        (reverse_charged(), None, "btw-nummer-niet-gecontroleerd"),
        (nameless, valid, "verlegd-zonder-btw-nummer"),
        (bearerless, valid, "artikel-ontbreekt"),
        (on_card(number, "NL"), valid, "plan"),
        (on_card("", "NL"), valid, "relatie-btw-nummer"),
        (on_card("NL123456782B12", "NL"), valid, "relatie-btw-nummer"),
        (on_card(number, "BE"), valid, "relatie-btw-nummer"),
    ] {
        let (real, agreed) = come_to(&desk, verdict, None);
        assert_eq!(code(&real), wanted);
        assert!(agreed.is_ok(), "{wanted}: {agreed:?}");
    }
    // Neither is a card that carries the number held, nor one that does not written on.
    let (plan, _) = come_to(&on_card(number, "NL"), valid, None);
    let (held, _) = come_to(&on_card("", "NL"), valid, None);
    assert!(
        come_to(&on_card(number, "NL"), valid, Some(held))
            .1
            .is_err()
    );
    assert!(come_to(&on_card("", "NL"), valid, Some(plan)).1.is_err());
}

#[test]
fn holding_for_a_relation_that_is_told_and_fits_is_noticed() {
    let desk = with_customers("NL", Recognition::EmailAndPostcode);
    let text = text!(
        "Relatie Jo Klant (1001).",
        "About relation Jo Klant (1001)."
    );
    for code in [
        "klant-twijfel",
        "klant-niet-eenduidig",
        "relatie-btw-nummer",
        "btw-wijkt-af",
    ] {
        let held = Outcome::Held(Reason::new(code, text.clone(), text!("?", "?")));
        assert!(told(&desk, &held).is_err(), "{code}");
    }
    let desk = with_customers("NL", Recognition::Smart);
    for code in ["klant-niet-eenduidig", "relatie-btw-nummer", "btw-wijkt-af"] {
        let held = Outcome::Held(Reason::new(code, text.clone(), text!("?", "?")));
        assert!(told(&desk, &held).is_err(), "{code}");
    }
}

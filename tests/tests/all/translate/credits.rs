//! Order and credits together come to what was kept: nothing, where all was given back.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Rounding,
    generated::{Class, Wish},
};
use winkelbrug::{
    books::VatKind,
    profile::settings::{Form, PerVatKind},
    translate::{self, Facts, Given, Outcome, Plan, plan::RelationStep},
};
use winkelbrug_protocol::record::{RatePart, Refund, RefundLine};

use super::{
    desk::{Desk, desk_of, good, held, lines, planned, settings, wish},
    lines::option,
    recipes::package,
    special::margin,
};

const HIGH: Decimal = dec!(21);
const LOW: Decimal = dec!(9);

/// An order that was written, with its articles and relation in the books.
struct Written {
    desk: Desk,
    plan: Plan,
    /// What changed in the books since.
    change: fn(&mut Facts),
}

fn written(wish: &Wish) -> Option<Written> {
    written_of(desk_of(wish))
}

fn written_of(mut desk: Desk) -> Option<Written> {
    let Outcome::Plan(plan) = desk.outcome() else {
        return None;
    };
    desk.books.apply(&plan);
    Some(Written {
        desk,
        plan: *plan,
        change: |_| {},
    })
}

fn refund(total: Decimal) -> Refund {
    Refund {
        id: "1".to_owned(),
        number: None,
        at: "2026-06-02T10:00:00Z".to_owned(),
        at_local: "2026-06-02T12:00:00".to_owned(),
        total,
        comment: String::new(),
        lines: Vec::new(),
        shipping: Vec::new(),
        adjustment: Decimal::ZERO,
        voucher: false,
    }
}

fn part(percent: Decimal, net: Decimal) -> RatePart {
    RatePart {
        percent,
        net,
        vat: net * percent / dec!(100),
    }
}

fn gross(part: &RatePart) -> Decimal {
    part.net + part.vat
}

impl Written {
    fn credit(&self, refund: Option<&Refund>, n: u32, rate: Option<Decimal>) -> Outcome {
        let (RelationStep::Use { id, code, .. } | RelationStep::Update { id, code, .. }) =
            &self.plan.relation
        else {
            return self.credit_of("relation-1", 1, refund, n, rate);
        };
        self.credit_of(id, *code, refund, n, rate)
    }

    fn credit_of(
        &self,
        relation: &str,
        code: i64,
        refund: Option<&Refund>,
        n: u32,
        rate: Option<Decimal>,
    ) -> Outcome {
        let given = Given {
            refund,
            rate,
            ..self.given((relation, code), n)
        };
        let mut facts = self.desk.facts();
        (self.change)(&mut facts);
        translate::credit(&self.desk.order, &given, &self.desk.settings, &facts)
    }

    fn given<'g>(&'g self, relation: (&'g str, i64), n: u32) -> Given<'g> {
        Given {
            refund: None,
            n,
            form: match &self.plan.booking {
                Some(_) => Form::Booking,
                None => Form::Order,
            },
            relation,
            reference: &self.plan.order.payment_reference,
            written: Some(&self.plan),
            beside_others: n > 1,
            others: Vec::new(),
            rate: None,
            today: date(2026, 6, 2),
        }
    }

    /// What is left of all of it beside that credit.
    fn rest(&self, part: &Plan) -> Plan {
        let given = Given {
            others: vec![part],
            ..self.given(("relation-1", 1), 2)
        };
        let facts = self.desk.facts();
        let Desk {
            order, settings, ..
        } = &self.desk;
        planned(translate::credit(order, &given, settings, &facts))
    }

    fn vat(&self, plan: &Plan) -> BTreeMap<Decimal, Decimal> {
        self.desk.books.vat(plan, Rounding::PerRate)
    }

    /// All goods of it, at these rates.
    fn goods(&self, rates: &[Decimal]) -> Refund {
        let lines: Vec<RefundLine> = self
            .desk
            .order
            .lines
            .iter()
            .zip(rates)
            .map(|(line, rate)| RefundLine {
                line_id: line.id.clone(),
                quantity: line.quantity,
                parts: vec![part(*rate, line.total)],
            })
            .collect();
        let total: Decimal = lines.iter().flat_map(|line| &line.parts).map(gross).sum();
        Refund {
            lines,
            ..refund(total.round_dp(2))
        }
    }
}

fn two_rates() -> Wish {
    Wish {
        goods: vec![good(1_000, 3, Class::High), good(333, 2, Class::Low)],
        ..wish()
    }
}

#[test]
fn all_of_an_order_given_back_is_the_order_the_other_way_about() {
    let written = written(&two_rates()).unwrap();
    let total = written.plan.expected.incl;
    let credit = planned(written.credit(Some(&refund(total)), 1, None));
    assert_eq!(credit.expected.incl, -total);
    assert_eq!(
        credit.order.payment_reference,
        format!("{}-C1", written.plan.order.payment_reference)
    );
    assert_eq!(credit.order.date, date(2026, 6, 2));
    for (percent, vat) in written.vat(&written.plan) {
        assert_eq!(written.vat(&credit)[&percent], -vat);
    }
}

#[test]
fn shipping_alone_is_given_back_at_its_rate() {
    let written = written(&wish()).unwrap();
    let mut shipping = refund(dec!(5.99));
    shipping.shipping = vec![part(HIGH, dec!(4.95))];
    let credit = planned(written.credit(Some(&shipping), 1, None));
    assert_eq!(credit.order.lines.len(), 1);
    assert_eq!(credit.order.lines[0].code, "VERZEND-H");
    assert_eq!(credit.expected.incl, dec!(-5.99));
    assert_eq!(credit.expected.vat["21"], dec!(-1.04));
}

#[test]
fn an_amount_without_lines_asks_its_rate_and_takes_it() {
    let written = written(&wish()).unwrap();
    let amount = Refund {
        adjustment: dec!(5),
        voucher: false,
        ..refund(dec!(5))
    };
    let reason = held(written.credit(Some(&amount), 1, None));
    assert_eq!(reason.code, translate::RATE_ASKED);
    let credit = planned(written.credit(Some(&amount), 1, Some(HIGH)));
    assert_eq!(credit.expected.incl, dec!(-5));
    assert_eq!(credit.expected.vat["21"], dec!(-0.87));
    let reason = held(written.credit(Some(&amount), 1, Some(dec!(17))));
    assert_eq!(reason.code, "btw-tarief-onbekend");
}

#[test]
fn a_refund_whose_parts_do_not_make_its_total_waits() {
    let written = written(&wish()).unwrap();
    let mut wrong = written.goods(&[HIGH]);
    wrong.total -= dec!(1);
    assert_eq!(
        held(written.credit(Some(&wrong), 1, None)).code,
        "credit-klopt-niet"
    );
    let mut gone = written.goods(&[HIGH]);
    gone.lines[0].line_id = "nergens".to_owned();
    assert_eq!(
        held(written.credit(Some(&gone), 1, None)).code,
        "credit-regel-onbekend"
    );
}

#[test]
fn goods_given_back_whose_article_is_gone_wait_for_it() {
    let mut written = written(&two_rates()).unwrap();
    let code = written.desk.order.lines[0].code.clone();
    written.desk.books.articles.retain(|a| a.code != code);
    let goods = written.goods(&[HIGH, LOW]);
    let reason = held(written.credit(Some(&goods), 1, None));
    assert_eq!(reason.code, "artikel-ontbreekt");
}

#[test]
fn all_of_an_order_given_back_waits_where_a_rate_changed_in_between() {
    let mut written = written(&wish()).unwrap();
    written.change = |facts| {
        let rates = &mut facts.lookups.vat_rates;
        let mut raised = rates.clone();
        raised.retain(|rate| rate.kind == VatKind::Hoog);
        for rate in rates.iter_mut().filter(|rate| rate.kind == VatKind::Hoog) {
            rate.until = rate.until.min(date(2026, 6, 1));
        }
        for rate in &mut raised {
            rate.from = date(2026, 6, 2);
            rate.percent = dec!(22);
        }
        rates.extend(raised);
    };
    assert!(written.plan.order.date < date(2026, 6, 2));
    let total = written.plan.expected.incl;
    let reason = held(written.credit(Some(&refund(total)), 1, None));
    assert_eq!(reason.code, "btw-tarief-gewijzigd");
    assert_eq!(
        held(written.credit(None, 1, None)).code,
        "btw-tarief-gewijzigd"
    );
}

#[test]
fn a_part_given_back_brings_the_parts_of_its_article_back() {
    let written = written_of(package("recipes = \"always\"", "")).unwrap();
    let mut half = written.goods(&[HIGH]);
    half.lines[0].quantity = dec!(1);
    half.lines[0].parts = vec![part(HIGH, dec!(10))];
    half.total = dec!(12.10);
    let credit = planned(written.credit(Some(&half), 1, None));
    let lines = lines(&credit);
    assert!(lines.contains(&"KOP -2 × 0".to_owned()), "{lines:?}");
    assert!(lines.contains(&"DOOS -0.5 × 0".to_owned()), "{lines:?}");
    assert_eq!(credit.expected.pieces["KOP"], dec!(-2));
    let by_price = translate::by_price(&credit.order);
    assert_eq!(by_price.lines.len(), 1, "takes no part from stock");

    let mut alone = written_of(package("", "")).unwrap();
    alone.desk.settings = package("recipes = \"always\"", "").settings;
    let credit = planned(alone.credit(Some(&half), 1, None));
    assert_eq!(credit.order.lines.len(), 1, "none were placed");
}

/// Two rates, each good with an option on a line of its own, written in that form.
fn with_options(form: &str) -> Written {
    let mut desk = desk_of(&two_rates());
    desk.settings = settings(&format!("options = \"own-line\"\n{form}"), "");
    desk.order.lines[0].options = vec![option("Kleur", "Rood")];
    desk.order.lines[1].options = vec![option("Maat", "L")];
    written_of(desk).unwrap()
}

#[test]
fn the_rest_of_a_cancelled_order_has_the_texts_of_what_is_left_and_no_others() {
    let written = with_options("");
    let whole = lines(&written.plan);
    assert!(whole.contains(&"\"Kleur: Rood\"".to_owned()), "{whole:?}");
    let part = planned(written.credit(Some(&written.goods(&[HIGH])), 1, None));
    let rest = written.rest(&part);
    let texts: Vec<String> = lines(&rest)
        .into_iter()
        .filter(|line| line.starts_with('"'))
        .collect();
    assert_eq!(texts, ["\"Maat: L\""], "{rest:#?}");
    let goods: Vec<Decimal> = rest
        .order
        .lines
        .iter()
        .filter(|line| line.article.is_some())
        .map(|line| line.quantity)
        .collect();
    assert_eq!(goods, [dec!(-2), dec!(-1)], "the low rate and the shipping");
    assert_eq!(
        rest.expected.incl + part.expected.incl,
        -written.plan.expected.incl
    );
    for (percent, vat) in written.vat(&written.plan) {
        let back = written.vat(&rest)[&percent]
            + written
                .vat(&part)
                .get(&percent)
                .copied()
                .unwrap_or_default();
        assert_eq!(back, -vat, "{percent}%");
    }
}

#[test]
fn the_rest_of_a_cancelled_booked_invoice_is_what_is_left_at_every_rate() {
    let written = with_options("form = \"booking\"\nbooking_number = \"order-number\"");
    let part = planned(written.credit(Some(&written.goods(&[HIGH])), 1, None));
    let rest = written.rest(&part);
    let texts = |plan: &Plan| {
        lines(plan)
            .iter()
            .filter(|line| line.starts_with('"'))
            .count()
    };
    assert_eq!(texts(&rest), 1, "{rest:#?}");
    let all = [&written.plan, &part, &rest];
    let bookings = all.map(|plan| plan.booking.as_ref().unwrap());
    let amounts: Decimal = bookings.iter().map(|booking| booking.amount).sum();
    assert_eq!(amounts, dec!(0));
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for booking in bookings {
        for line in &booking.lines {
            let key = format!("{} {:?}", line.ledger, line.vat);
            *sums.entry(key).or_default() += line.amount;
        }
        for row in &booking.vat {
            *sums.entry(format!("{:?}", row.kind)).or_default() += row.amount;
        }
    }
    assert!(sums.len() >= 4, "{sums:?}");
    assert!(sums.values().all(Decimal::is_zero), "{sums:?}");
    let rest = rest.booking.unwrap();
    assert!(rest.lines.iter().all(|line| !line.amount.is_zero()));
}

/// A line of 21% with a levy of 9% in it, in the books with an article for such levies.
fn with_a_levy_at_another_rate() -> Written {
    let mut desk = desk_of(&wish());
    desk.books.add_article("BIJDRAGE-L", VatKind::Laag);
    let mut written = written_of(desk).unwrap();
    let codes = [(VatKind::Laag, "BIJDRAGE-L".to_owned())];
    written.desk.settings.sales.levy_article = PerVatKind::Each(codes.into());
    let line = &mut written.desk.order.lines[0];
    line.percent = Some(HIGH);
    line.levy = Some(part(LOW, dec!(2)));
    let mut levy = written.plan.order.lines[0].clone();
    "BIJDRAGE-L".clone_into(&mut levy.code);
    written.plan.order.lines.push(levy);
    written
}

/// Of the first line: so many pieces, and these parts.
fn of_the_first(written: &Written, quantity: Decimal, parts: Vec<RatePart>) -> Refund {
    let mut given = refund(parts.iter().map(gross).sum());
    given.lines = vec![RefundLine {
        line_id: written.desk.order.lines[0].id.clone(),
        quantity,
        parts,
    }];
    given
}

#[test]
fn a_levy_at_another_rate_comes_back_as_the_shop_says_it_and_waits_where_it_does_not() {
    let written = with_a_levy_at_another_rate();
    let credited = |quantity: Decimal, parts: Vec<RatePart>| {
        let given = of_the_first(&written, quantity, parts);
        written.credit(Some(&given), 2, None)
    };
    let per_rate = |outcome: Outcome| {
        let plan = planned(outcome);
        (lines(&plan), plan.expected.incl, plan.expected.vat)
    };
    let vat = |rates: &[(&str, Decimal)]| -> BTreeMap<String, Decimal> {
        let rates = rates.iter();
        rates
            .map(|(rate, vat)| ((*rate).to_owned(), *vat))
            .collect()
    };
    // One piece, its goods (9.00 without VAT) and its levy (1.00) each at its own rate.
    let apart = credited(dec!(1), vec![part(HIGH, dec!(9)), part(LOW, dec!(1))]);
    let (shown, total, rates) = per_rate(apart);
    assert_eq!(shown, ["9-0 -1 × 10.89", "BIJDRAGE-L -1 × 1.09"]);
    assert_eq!(total, dec!(-11.98));
    assert_eq!(rates, vat(&[("21", dec!(-1.89)), ("9", dec!(-0.09))]));
    // The levy alone, without its piece.
    let alone = credited(dec!(0), vec![part(LOW, dec!(2))]);
    let (shown, total, rates) = per_rate(alone);
    assert_eq!(shown, ["BIJDRAGE-L -1 × 2.18"]);
    assert_eq!((total, rates), (dec!(-2.18), vat(&[("9", dec!(-0.18))])));
    // Goods without the levy in them, to the cent.
    let goods = credited(dec!(1), vec![part(HIGH, dec!(9))]);
    let (shown, _, rates) = per_rate(goods);
    assert_eq!(shown, ["9-0 -1 × 10.89"]);
    assert_eq!(rates, vat(&[("21", dec!(-1.89))]));
    // Any other amount may or may not have the levy in it; more levy than was sold is none.
    for parts in [
        vec![part(HIGH, dec!(10))],
        vec![part(HIGH, dec!(5))],
        vec![part(LOW, dec!(3))],
        vec![part(HIGH, dec!(9)), part(LOW, dec!(3))],
        vec![part(HIGH, dec!(4)), part(HIGH, dec!(5)), part(LOW, dec!(1))],
    ] {
        let reason = held(credited(dec!(1), parts.clone()));
        let waits = ["credit-heffing", "btw-wijkt-af"];
        assert!(
            waits.contains(&reason.code.as_str()),
            "{parts:?}: {}",
            reason.code
        );
    }
}

/// Whatever the day of the invoice it is a credit of.
#[test]
fn a_credit_of_a_booked_invoice_has_the_day_of_its_refund() {
    let mut desk = desk_of(&wish());
    desk.settings = settings("form = \"booking\"", "");
    desk.order.invoice_number = Some("INV-7".to_owned());
    desk.order.invoice_date = Some("2026-05-09".to_owned());
    let written = written_of(desk).unwrap();
    let day = |plan: &Plan| plan.booking.as_ref().unwrap().date;
    assert_eq!(day(&written.plan), date(2026, 5, 9));
    let all = refund(written.plan.expected.incl);
    for given in [all, written.goods(&[HIGH])] {
        let credit = planned(written.credit(Some(&given), 1, None));
        assert_eq!(day(&credit), date(2026, 6, 2));
    }
}

#[test]
fn shipping_of_margin_goods_is_given_back_on_their_article() {
    let written = written_of(margin()).unwrap();
    let mut shipping = refund(dec!(4.95));
    shipping.shipping = vec![part(dec!(0), dec!(4.95))];
    let credit = planned(written.credit(Some(&shipping), 1, None));
    assert_eq!(lines(&credit), ["VERZEND-M -1 × 4.95"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_was_sold_order_and_credits_come_to_nothing(
        high in 1_i64..20_000, pieces in 1_i64..9, low in 1_i64..20_000, more in 1_i64..5,
    ) {
        let bought = Wish {
            goods: vec![good(high, pieces, Class::High), good(low, more, Class::Low)],
            ..wish()
        };
        let Some(written) = written(&bought) else { return Ok(()) };
        let total = written.plan.expected.incl;
        let sold = written.vat(&written.plan);

        let whole = planned(written.credit(Some(&refund(total)), 1, None));
        prop_assert_eq!(whole.expected.incl + total, Decimal::ZERO);
        for (percent, vat) in written.vat(&whole) {
            prop_assert_eq!(vat + sold[&percent], Decimal::ZERO);
        }

        let goods = written.goods(&[HIGH, LOW]);
        let mut shipping = refund(total - goods.total);
        shipping.shipping = vec![part(HIGH, dec!(4.95))];
        let both = [
            written.credit(Some(&goods), 1, None),
            written.credit(Some(&shipping), 2, None),
        ];
        let (mut left, mut vat) = (total, sold);
        for outcome in both {
            let credit = planned(outcome);
            left += credit.expected.incl;
            for (percent, back) in written.vat(&credit) {
                *vat.entry(percent).or_default() += back;
            }
        }
        prop_assert_eq!(left, Decimal::ZERO);
        for (percent, left) in vat {
            prop_assert!(left.abs() <= dec!(0.02), "{}: {}", percent, left);
        }
    }
}

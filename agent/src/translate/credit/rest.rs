//! What is left of an order that is credited as a whole after parts of it were given back: the order
//! the other way about, less what its other credits give back, to the last cent of every rate.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::whole::{taken_back, the_other_way};
use crate::{
    books::{BookingDraft, LineDraft},
    translate::{
        order::has_negative,
        plan::{Expected, Facts, Plan},
    },
};

/// The lines of the order taken back, and those of its other credits put back; pieces of one article
/// at one price are one line. A line that comes to nothing goes, and its texts with it; what the other
/// credits say beside their lines was said there. None when an article cannot be found.
pub(super) fn rest_of_lines(
    written: &Plan,
    others: &[&Plan],
    facts: &Facts,
) -> Option<Vec<LineDraft>> {
    let mut lines = taken_back(written, facts)?;
    let articles = |line: &&LineDraft| line.article.is_some();
    let given = others.iter().flat_map(|other| &other.order.lines);
    for given in given.filter(articles) {
        let back = the_other_way(given);
        let same = |line: &&mut LineDraft| {
            line.article.is_some()
                && line.article == back.article
                && line.unit_price == back.unit_price
                && line.discount_percent == back.discount_percent
                && line.quantity + back.quantity <= Decimal::ZERO
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.quantity += back.quantity,
            None => lines.push(back),
        }
    }
    Some(without_what_is_gone(lines))
}

/// Lines of one article, and the texts that go with them.
#[derive(Default)]
struct Together {
    above: Vec<LineDraft>,
    lines: Vec<LineDraft>,
    below: Vec<LineDraft>,
}

impl Together {
    fn takes(&self, line: &LineDraft) -> bool {
        let is_same = |own: &LineDraft| own.article == line.article;
        self.lines.is_empty() || (self.below.is_empty() && self.lines.last().is_some_and(is_same))
    }

    fn left(mut self) -> Vec<LineDraft> {
        self.lines.retain(|line| !line.quantity.is_zero());
        if self.lines.is_empty() {
            return Vec::new();
        }
        [self.above, self.lines, self.below].concat()
    }
}

/// The lines that are left, each with the texts that go with it.
fn without_what_is_gone(lines: Vec<LineDraft>) -> Vec<LineDraft> {
    let mut all = vec![Together::default()];
    for line in lines {
        let is_text = line.article.is_none();
        let Some(last) = all.last_mut() else { continue };
        if is_text && !last.lines.is_empty() && !line.above {
            last.below.push(line);
        } else if is_text && last.lines.is_empty() {
            last.above.push(line);
        } else if is_text {
            let above = vec![line];
            all.push(Together {
                above,
                ..Together::default()
            });
        } else if last.takes(&line) {
            last.lines.push(line);
        } else {
            let lines = vec![line];
            all.push(Together {
                lines,
                ..Together::default()
            });
        }
    }
    all.into_iter().flat_map(Together::left).collect()
}

/// The credit of all of the order, with these lines and what is left of its amounts.
pub(super) fn rest_of(all: Plan, others: &[&Plan]) -> Plan {
    let mut plan = all;
    for other in others {
        less(&mut plan.expected, &other.expected);
        plan.booking = match (plan.booking.take(), &other.booking) {
            (Some(booking), Some(other)) => Some(together(booking, &other.reversed())),
            (booking, _) => booking,
        };
    }
    plan.negative_lines = has_negative(&plan.order);
    plan
}

/// Both are below zero: what the other gives back is not given back again.
fn less(rest: &mut Expected, other: &Expected) {
    rest.incl -= other.incl;
    rest.excl -= other.excl;
    less_of_each(&mut rest.vat, &other.vat);
    less_of_each(&mut rest.shop_vat, &other.shop_vat);
    less_of_each(&mut rest.pieces, &other.pieces);
    rest.pieces.retain(|_, count| !count.is_zero());
}

fn less_of_each(rest: &mut BTreeMap<String, Decimal>, other: &BTreeMap<String, Decimal>) {
    for (key, amount) in other {
        *rest.entry(key.clone()).or_default() -= *amount;
    }
}

/// Two bookings as one: amounts on one ledger, of one kind and cost centre, are one line.
fn together(mut booking: BookingDraft, other: &BookingDraft) -> BookingDraft {
    booking.amount += other.amount;
    for line in &other.lines {
        let same = booking.lines.iter_mut().find(|own| {
            own.ledger == line.ledger && own.vat == line.vat && own.cost_centre == line.cost_centre
        });
        match same {
            Some(own) => own.amount += line.amount,
            None => booking.lines.push(line.clone()),
        }
    }
    booking.lines.retain(|line| !line.amount.is_zero());
    for row in &other.vat {
        match booking.vat.iter_mut().find(|own| own.kind == row.kind) {
            Some(own) => own.amount += row.amount,
            None => booking.vat.push(row.clone()),
        }
    }
    booking.vat.retain(|row| !row.amount.is_zero());
    booking
}

//! All of an order given back at once: the order as it was written, the other way about.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{Given, comment, credit_of, own_reference, relation};
use crate::{
    books::{ArticleRef, BookingDraft, LineDraft, OrderDraft},
    profile::settings::Form,
    text,
    text::Text,
    translate::{
        case::{Case, held},
        cents::round,
        order::has_negative,
        plan::{Expected, Facts, Outcome, Plan},
        vat,
    },
};

/// The order that was written, where all of it is given back at once: then the credit is that order
/// the other way about, to the last cent of every rate.
pub(super) fn whole<'a>(given: &Given<'a>) -> Option<&'a Plan> {
    let written = given.written?;
    let total = written.expected.incl;
    let all = given
        .refund
        .is_none_or(|refund| round(refund.total) == total && !total.is_zero());
    let same_form = written.booking.is_some() == (given.form == Form::Booking);
    (all && same_form && !given.beside_others).then_some(written)
}

pub(super) fn turned_about(
    written: &Plan,
    order: &Order,
    given: &Given<'_>,
    mark: Option<String>,
    name: String,
    date: Date,
    lines: Vec<LineDraft>,
) -> Plan {
    let expected = &written.expected;
    let below = |rates: &BTreeMap<String, Decimal>| {
        rates
            .iter()
            .map(|(rate, amount)| (rate.clone(), -*amount))
            .collect()
    };
    let number = order.number.trim();
    let draft = OrderDraft {
        date,
        payment_reference: name.clone(),
        order_reference: own_reference(&format!("{number}-C{}", given.n)),
        description: match written.order.description.as_str() {
            "" => String::new(),
            _ => credit_of(order),
        },
        memo: match (mark, comment(given)) {
            (Some(mark), comment) if comment.is_empty() => mark,
            (Some(mark), comment) => format!("{mark}\n{comment}"),
            (None, comment) => comment,
        },
        lines,
        ..written.order.clone()
    };
    Plan {
        number: format!("{number}-C{}", given.n),
        relation: relation(given),
        articles: Vec::new(),
        customer_key: None,
        negative_lines: has_negative(&draft),
        booking: written.booking.as_ref().map(|booking| BookingDraft {
            number: name,
            date,
            description: credit_of(order),
            ..booking.reversed()
        }),
        order: draft,
        expected: Expected {
            incl: -expected.incl,
            excl: -expected.excl,
            vat: below(&expected.vat),
            shop_vat: below(&expected.shop_vat),
            pieces: expected
                .pieces
                .iter()
                .map(|(code, count)| (code.clone(), -*count))
                .collect(),
            kinds: expected.kinds.clone(),
        },
        notes: Vec::new(),
        ..written.clone()
    }
}

/// The lines the other way about: fewer pieces where they added some, and never two signs on one
/// line. None when an article that was made with the order cannot be found.
pub(super) fn taken_back(written: &Plan, facts: &Facts) -> Option<Vec<LineDraft>> {
    let back = |line: &LineDraft| {
        let mut line = the_other_way(line);
        if let (Some(ArticleRef::Planned(code)), None) = (&line.article, &written.booking) {
            let made = facts.articles.iter().find(|known| known.code == *code)?;
            line.article = Some(ArticleRef::Existing(made.id.clone()));
        }
        Some(line)
    };
    written.order.lines.iter().map(back).collect()
}

/// Fewer pieces where it added some; a price below zero above it.
pub(super) fn the_other_way(line: &LineDraft) -> LineDraft {
    let mut line = line.clone();
    if line.unit_price < Decimal::ZERO {
        line.unit_price = -line.unit_price;
    } else {
        line.quantity = -line.quantity;
    }
    line
}

/// The order the other way about is right only where its kinds of VAT bear on the credit's day what
/// they bore when it was sold.
pub(super) fn same_rates(
    sold: &Case<'_>,
    given: &Given<'_>,
    written: &Plan,
    date: Date,
    name: &str,
) -> Result<(), Outcome> {
    if written.expected.vat.is_empty() {
        return Ok(());
    }
    let own = Order {
        placed_local: format!("{date}T12:00:00"),
        invoice_date: None,
        number: name.to_owned(),
        ..sold.order.clone()
    };
    let case = Case::new(&own, sold.settings, sold.facts)?;
    let changed = vat::changed(sold, &case, &written.expected.kinds);
    let Some((kind, then, now)) = changed else {
        return Ok(());
    };
    let percent = |rate: Option<Decimal>| match rate.map(text::Amount::number) {
        Some(rate) => text!("{rate}", "{rate:#}"),
        None => Text::same("?"),
    };
    let (kind, then, now) = (vat::kind_name(kind), percent(then), percent(now));
    let ((then_nl, then_en), (now_nl, now_en)) = ((then.nl, then.en), (now.nl, now.en));
    let (number, n) = (&sold.order.number, given.n);
    let Text {
        nl: date,
        en: date_en,
    } = Text::day(date);
    held(
        "btw-tarief-gewijzigd",
        text!(
            "Btw-soort {kind} was {then_nl}% toen bestelling {number} verkocht werd en is {now_nl}% op {date}, de dag van creditering {n}; omgekeerd geschreven zou zij een ander bedrag worden.",
            "VAT kind {kind} was {then_en}% when order {number} was sold and is {now_en}% on {date_en}, the day of credit {n}; written the other way about it would come to another amount."
        ),
        text!(
            "Maak de creditfactuur met de hand, en meld dit als bekeken (winkelbrug skip).",
            "Make the credit note by hand, and report this as looked at (winkelbrug skip)."
        ),
    )
}

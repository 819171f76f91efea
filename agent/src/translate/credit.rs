//! What was given back on an order, as a credit: the order's own lines below zero, at the rates at
//! which it was given back, so that order and credits together come to what was kept.

mod counter;
mod foreseen;
mod levy;
mod refused;
mod rest;
mod whole;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Order, Refund};

use self::{
    counter::Counter,
    refused::{all_beside_a_part, gives_something, nothing_known},
    rest::{rest_of, rest_of_lines},
    whole::{same_rates, taken_back, turned_about, whole},
};
use super::{
    address::clean,
    articles::Articles,
    basket::Basket,
    booking,
    case::{Case, held},
    charged::Charged,
    counted, currency, digest, header, invoice,
    order::{by_name, has_negative, kinds},
    plan::{Expected, Facts, Names, Outcome, Plan, RelationStep},
    reference,
    vat::Vat,
};
use crate::{
    books::{ArticleRef, LineDraft, OrderDraft},
    profile::{Settings, settings::Form},
    text,
};

/// Code of the reason of a credit that waits for a rate.
pub const RATE_ASKED: &str = "btw-tarief-gevraagd";

/// What is given back of an order that is in the books.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// The shop's refund; none = all of the order (it was cancelled after it was invoiced).
    pub refund: Option<&'a Refund>,
    /// Which credit of the order it is, from 1.
    pub n: u32,
    /// As what the order was written.
    pub form: Form,
    /// The relation it was written on: id and customer code.
    pub relation: (&'a str, i64),
    /// Its payment reference, or invoice number.
    pub reference: &'a str,
    /// What was written of it, where that is still known.
    pub written: Option<&'a Plan>,
    /// Does another refund of the order stand beside it?
    pub beside_others: bool,
    /// Where all of the order is credited: the credits beside it, all of which are known; else none.
    pub others: Vec<&'a Plan>,
    /// The rate the owner gave for an amount without one.
    pub rate: Option<Decimal>,
    /// Day of a credit that no refund dates.
    pub today: Date,
}

/// The credit, or why there is none (yet). An amount without lines asks for its rate
/// ([`RATE_ASKED`]).
#[must_use]
pub fn credit(order: &Order, given: &Given<'_>, settings: &Settings, facts: &Facts) -> Outcome {
    let entered = match currency::in_euro(order, facts) {
        Ok(entered) => entered,
        Err(outcome) => return outcome,
    };
    let made = match &entered {
        Some((order, facts)) => {
            let refund = given.refund.map(|given| &given.id);
            let same = |own: &&Refund| Some(&own.id) == refund;
            let given = Given {
                refund: order.refunds.iter().find(same),
                ..given.clone()
            };
            plan(order, &given, settings, facts)
        }
        None => plan(order, given, settings, facts),
    };
    match made {
        Ok(mut plan) => {
            plan.facts_digest = digest::facts_digest(facts);
            Outcome::Plan(Box::new(plan))
        }
        Err(outcome) => outcome,
    }
}

fn plan(
    order: &Order,
    given: &Given<'_>,
    settings: &Settings,
    facts: &Facts,
) -> Result<Plan, Outcome> {
    let sold = Case::new(order, settings, facts)?;
    let date = day(given)?;
    let name = name(given, facts, order);
    if let Some(written) = whole(given)
        && let Some(lines) = taken_back(written, facts)
    {
        same_rates(&sold, given, written, date, &name)?;
        let mark = invoice::mark(&sold);
        return Ok(turned_about(written, order, given, mark, name, date, lines));
    }
    let Some(refund) = given.refund else {
        return match given.written {
            Some(written) if !given.others.is_empty() => {
                let Some(lines) = rest_of_lines(written, &given.others, facts) else {
                    return all_beside_a_part(order);
                };
                same_rates(&sold, given, written, date, &name)?;
                let mark = invoice::mark(&sold);
                let all = turned_about(written, order, given, mark, name, date, lines);
                foreseen::foreseen(&sold, rest_of(all, &given.others))
            }
            Some(_) if given.beside_others => all_beside_a_part(order),
            _ => nothing_known(order),
        };
    };
    gives_something(order, refund)?;
    let charged = Charged::read(&sold)?;
    let vat_then = Vat::of(&sold, &charged)?;
    let own = own_order(order, refund, &name);
    let case = Case::new(&own, settings, facts)?;
    let vat = vat_then.on(&case, &charged)?;
    let mut counter = Counter {
        sold: order,
        case: &case,
        vat: &vat,
        articles: Articles::new(&case, &vat),
        written: given.written,
        n: given.n,
        basket: Basket::default(),
        wanted: Charged {
            vat: BTreeMap::new(),
            levies: Vec::new(),
        },
    };
    counter.goods(refund)?;
    counter.shipping(refund)?;
    counter.rest(refund, given.rate)?;
    counter.adds_up(refund)?;
    let mut pieces = counter.pieces(refund);
    for part in counter.basket.items.iter().flat_map(|item| &item.parts) {
        *pieces.entry(part.code.clone()).or_default() += part.quantity;
    }
    let Counter { basket, wanted, .. } = counter;
    let kinds = kinds(&basket);
    let sold = counted::sold(&basket);
    let goal = super::basket::whole_cents(&case, -refund.total)?;
    let mut finished = basket.finish(&case, &vat, &wanted, goal, None)?;
    let lines = std::mem::take(&mut finished.lines);
    let relation = relation(given);
    let mut draft = header::draft(&case, &vat, &relation, name.clone(), lines)?;
    draft.description = described(settings, order);
    if given.form == Form::Order {
        articles_are_there(&draft)?;
    }
    let booked = match given.form {
        Form::Order => None,
        Form::Booking => Some(booking::booking(&case, &vat, &draft, &finished, name)?),
    };
    let tax: Decimal = finished.vat.values().sum();
    Ok(Plan {
        names: Names {
            counted: counted::of(&case, &vat, &draft, &[], &sold),
            ..Names::of(&draft, &facts.lookups)
        },
        shop_id: order.id.clone(),
        number: own.number.clone(),
        relation,
        articles: Vec::new(),
        customer_key: None,
        negative_lines: has_negative(&draft),
        text_lines: false,
        order: draft,
        booking: booked,
        expected: Expected {
            incl: finished.total,
            excl: finished.total - tax,
            vat: by_name(&finished.vat),
            shop_vat: by_name(&wanted.vat),
            pieces,
            kinds,
        },
        settings_digest: digest::settings_digest(settings),
        facts_digest: String::new(),
        notes: case.into_notes(),
    })
}

/// Tells that credits follow an order of which something was given back already.
pub(super) fn announce(case: &Case<'_>) {
    let order = case.order;
    if order.refunds.is_empty() {
        return;
    }
    let amount: Decimal = order.refunds.iter().map(|refund| refund.total).sum();
    let amount = text::Amount::money(amount);
    case.note(text!(
        "Van de bestelling is al {amount} terugbetaald: na de order volgt daarvoor een creditering.",
        "{amount:#} of the order has been given back already: a credit for it follows the order."
    ));
}

fn day(given: &Given<'_>) -> Result<Date, Outcome> {
    let Some(refund) = given.refund else {
        return Ok(given.today);
    };
    let day = refund.at_local.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| {
        super::eligible::unreadable(
            "refunds.at_local",
            &refund.at_local,
            text!("een datum", "a date"),
        )
    })
}

/// `<number>-C<n>`, with the number the order has in the books.
fn name(given: &Given<'_>, facts: &Facts, order: &Order) -> String {
    let number = match given.reference.trim() {
        "" => order.number.trim(),
        number => number,
    };
    match given.form {
        Form::Booking => booking::credit_number(number, given.n),
        Form::Order => reference::cut(
            "",
            &format!("{number}-C{}", given.n),
            facts.payment_reference_length,
        ),
    }
}

fn relation(given: &Given<'_>) -> RelationStep {
    RelationStep::Use {
        id: given.relation.0.to_owned(),
        code: given.relation.1,
        why: text!("De klant van de bestelling.", "The order's customer."),
    }
}

/// A credit makes no articles: what was sold has one.
fn articles_are_there(draft: &OrderDraft) -> Result<(), Outcome> {
    let planned = draft.lines.iter().find_map(|line| match &line.article {
        Some(ArticleRef::Planned(code)) => Some(code),
        _ => None,
    });
    let Some(code) = planned else {
        return Ok(());
    };
    held(
        "artikel-ontbreekt",
        text!(
            "Artikel {code}, waarop teruggegeven wordt, staat niet in de administratie.",
            "Article {code}, on which something is given back, is not in the administration."
        ),
        text!(
            "Zet het artikel terug in de administratie, of maak de creditfactuur met de hand.",
            "Put the article back into the administration, or make the credit note by hand."
        ),
    )
}

fn comment(given: &Given<'_>) -> String {
    given
        .refund
        .map(|refund| clean(&refund.comment))
        .unwrap_or_default()
}

/// SnelStart B2B v2 (VerkooporderModel): orderreferentie at most 50.
fn own_reference(text: &str) -> String {
    reference::cut("", text, 50)
}

fn credit_of(order: &Order) -> String {
    format!("Credit bij bestelling {}", order.number.trim())
        .chars()
        .take(50)
        .collect()
}

fn described(settings: &Settings, order: &Order) -> String {
    if settings.sales.description == "empty" {
        String::new()
    } else {
        credit_of(order)
    }
}

/// The refund as an order of its own: its day, its number, its total below zero.
fn own_order(order: &Order, refund: &Refund, name: &str) -> Order {
    let mut own = order.clone();
    own.number = name.to_owned();
    own.placed_local.clone_from(&refund.at_local);
    own.invoice_date = None;
    own.total = -refund.total;
    own.comment.clone_from(&refund.comment);
    own.shop_reference = None;
    own.money.order_code.clone_from(&own.money.code);
    own
}

/// The same credit with prices below zero instead of quantities, for books that refuse the latter.
/// Lines at no price would take from stock what they give back, and are left out.
#[must_use]
pub fn by_price(draft: &OrderDraft) -> OrderDraft {
    let mut draft = draft.clone();
    let moves_stock = |line: &LineDraft| line.quantity < Decimal::ZERO && line.unit_price.is_zero();
    if !draft.lines.iter().all(moves_stock) {
        draft.lines.retain(|line| !moves_stock(line));
    }
    for line in &mut draft.lines {
        if line.quantity < Decimal::ZERO {
            line.quantity = -line.quantity;
            line.unit_price = -line.unit_price;
        }
    }
    draft
}

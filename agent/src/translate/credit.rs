//! What was given back on an order, as a credit: the order's own lines below zero, at the rates at
//! which it was given back, so that order and credits together come to what was kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Order, RatePart, Refund, TotalKind};

use super::{
    address::{clean, cut},
    articles::{Articles, TEXT_LENGTH},
    basket::{Basket, Item},
    booking,
    case::{Case, held},
    cents::{NOTHING, round, vat_inside},
    charged::Charged,
    cost::Cost,
    currency, digest, header,
    order::{by_name, has_negative, kinds},
    plan::{Expected, Facts, Outcome, Plan, RelationStep},
    reference,
    vat::{KINDS, Vat},
};
use crate::{
    books::{ArticleRef, BookingDraft, LineDraft, OrderDraft, VatKind},
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
        return Ok(turned_about(written, order, given, name, date, lines));
    }
    let Some(refund) = given.refund else {
        return nothing_known(order);
    };
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
    let pieces = counter.pieces(refund);
    let Counter { basket, wanted, .. } = counter;
    let kinds = kinds(&basket);
    let goal = super::basket::whole_cents(&case, -refund.total)?;
    let mut finished = basket.finish(&case, &vat, &wanted, goal, None)?;
    let lines = std::mem::take(&mut finished.lines);
    let relation = relation(given);
    let mut draft = header::draft(&case, &vat, &relation, name.clone(), lines)?;
    draft.description = described(settings, order);
    let booked = match given.form {
        Form::Order => None,
        Form::Booking => Some(booking::booking(&case, &vat, &draft, &finished, name)?),
    };
    let tax: Decimal = finished.vat.values().sum();
    Ok(Plan {
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
    let amount = amount.round_dp(2);
    case.note(text!(
        "Van de bestelling is al {amount} terugbetaald: na de order volgt daarvoor een creditering.",
        "{amount} of the order has been given back already: a credit for it follows the order."
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

/// The order that was written, where all of it is given back at once: then the credit is that order
/// the other way about, to the last cent of every rate.
fn whole<'a>(given: &Given<'a>) -> Option<&'a Plan> {
    let written = given.written?;
    let total = written.expected.incl;
    let all = given
        .refund
        .is_none_or(|refund| round(refund.total) == total && !total.is_zero());
    let same_form = written.booking.is_some() == (given.form == Form::Booking);
    (all && same_form && !given.beside_others).then_some(written)
}

fn turned_about(
    written: &Plan,
    order: &Order,
    given: &Given<'_>,
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
        memo: comment(given),
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
fn taken_back(written: &Plan, facts: &Facts) -> Option<Vec<LineDraft>> {
    let back = |line: &LineDraft| {
        let mut line = line.clone();
        if line.unit_price < Decimal::ZERO {
            line.unit_price = -line.unit_price;
        } else {
            line.quantity = -line.quantity;
        }
        if let (Some(ArticleRef::Planned(code)), None) = (&line.article, &written.booking) {
            let made = facts.articles.iter().find(|known| known.code == *code)?;
            line.article = Some(ArticleRef::Existing(made.id.clone()));
        }
        Some(line)
    };
    written.order.lines.iter().map(back).collect()
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
    own.total = -refund.total;
    own.comment.clone_from(&refund.comment);
    own.shop_reference = None;
    own.money.order_code.clone_from(&own.money.code);
    own
}

fn nothing_known<T>(order: &Order) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-onbekend",
        text!(
            "Wat er van bestelling {number} geschreven is, is niet meer bekend; een creditering ervan kan niet worden voorbereid.",
            "What was written of order {number} is not known any more; a credit for it cannot be prepared."
        ),
        text!(
            "Maak de creditfactuur met de hand.",
            "Make the credit note by hand."
        ),
    )
}

/// What is given back, being counted.
struct Counter<'c, 'a> {
    sold: &'a Order,
    case: &'c Case<'a>,
    vat: &'c Vat,
    articles: Articles<'c, 'a>,
    basket: Basket,
    wanted: Charged,
}

impl Counter<'_, '_> {
    /// Goods, on the articles they were sold by.
    fn goods(&mut self, refund: &Refund) -> Result<(), Outcome> {
        for given in &refund.lines {
            let sold = self.sold;
            let line = sold.lines.iter().find(|line| line.id == given.line_id);
            let Some(line) = line else {
                return line_gone(sold, &given.line_id);
            };
            let parts: Vec<&RatePart> = given.parts.iter().filter(|part| is_amount(part)).collect();
            let (pieces, several) = (given.quantity, parts.len() > 1);
            for part in parts {
                let percent = self.percent(part.percent)?;
                let article = self.articles.goods(line, Some(percent))?;
                let name = clean(&line.name);
                let text = if pieces.is_zero() {
                    format!("Terugbetaling {name}")
                } else {
                    name
                };
                let quantity = if pieces.is_zero() || several {
                    Decimal::ONE
                } else {
                    pieces
                };
                let text = cut(self.case, &text, TEXT_LENGTH);
                self.add(article, text, quantity, percent, part, true);
            }
        }
        Ok(())
    }

    /// Shipping and fees.
    fn shipping(&mut self, refund: &Refund) -> Result<(), Outcome> {
        let title = self
            .sold
            .totals
            .iter()
            .find(|row| row.kind == TotalKind::Shipping)
            .map(|row| clean(&row.title))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| "Verzendkosten".to_owned());
        for part in refund.shipping.iter().filter(|part| is_amount(part)) {
            let percent = self.percent(part.percent)?;
            let kinds = self.kinds(percent);
            let article = self.articles.cost(Cost::Shipping, &kinds, &title)?;
            let text = cut(self.case, &title, TEXT_LENGTH);
            self.add(article, text, Decimal::ONE, percent, part, false);
        }
        Ok(())
    }

    /// Given back beyond goods and shipping, or kept back of it: at the rate the owner says.
    fn rest(&mut self, refund: &Refund, rate: Option<Decimal>) -> Result<(), Outcome> {
        let rest = round(refund.adjustment);
        if rest.is_zero() {
            return Ok(());
        }
        let limit = self.case.settings.sales.total_difference_limit;
        if rest.abs() <= limit && rest.abs() < refund.total && rate.is_none() {
            let article = self.articles.cost(
                Cost::TotalDifference,
                &[VatKind::Geen],
                "Ordertotaalverschil",
            )?;
            let part = RatePart {
                percent: Decimal::ZERO,
                net: rest,
                vat: Decimal::ZERO,
            };
            let text = "Ordertotaalverschil".to_owned();
            self.add(article, text, Decimal::ONE, Decimal::ZERO, &part, false);
            return Ok(());
        }
        let percent = match rate {
            _ if self.vat.zero_rated() => Decimal::ZERO,
            None => return self.ask(rest),
            Some(percent) => self.percent(percent)?,
        };
        let vat = vat_inside(rest, percent);
        let part = RatePart {
            percent,
            net: rest - vat,
            vat,
        };
        let (cost, text) = if rest > Decimal::ZERO {
            (Cost::Discount, "Terugbetaling")
        } else {
            (Cost::Fee, "Ingehouden op de terugbetaling")
        };
        let kinds = self.kinds(percent);
        let article = self.articles.cost(cost, &kinds, text)?;
        self.add(
            article,
            text.to_owned(),
            Decimal::ONE,
            percent,
            &part,
            false,
        );
        Ok(())
    }

    fn ask<T>(&self, rest: Decimal) -> Result<T, Outcome> {
        let number = &self.sold.number;
        let typed = text::typed(number, &self.sold.id);
        held(
            RATE_ASKED,
            text!(
                "Van bestelling {number} is {rest} terugbetaald zonder dat de winkel zegt waarvan; het btw-tarief is dus niet bekend.",
                "{rest} of order {number} was given back without the shop saying of what; so the VAT rate is not known."
            ),
            text!(
                "Zeg welk tarief het is, bijvoorbeeld 21, 9 of 0: winkelbrug credit PROFIEL {typed} --rate 21",
                "Say which rate it is, such as 21, 9 or 0: winkelbrug credit PROFILE {typed} --rate 21"
            ),
        )
    }

    /// A percentage the books know for this sale on that day.
    fn percent(&self, percent: Decimal) -> Result<Decimal, Outcome> {
        if self.vat.zero_rated() {
            return Ok(Decimal::ZERO);
        }
        let percent = percent.normalize();
        self.vat.known(self.case, percent)?;
        Ok(percent)
    }

    fn kinds(&self, percent: Decimal) -> Vec<VatKind> {
        if self.vat.zero_rated() {
            KINDS.to_vec()
        } else {
            self.vat.kinds(percent)
        }
    }

    fn add(
        &mut self,
        article: super::articles::Chosen,
        text: String,
        quantity: Decimal,
        percent: Decimal,
        part: &RatePart,
        goods: bool,
    ) {
        *self.wanted.vat.entry(percent).or_default() -= part.vat;
        // What adds to the credit has fewer pieces; what is kept back has more.
        let gross = part.net + part.vat;
        let quantity = if gross < Decimal::ZERO {
            quantity
        } else {
            -quantity
        };
        self.basket.items.push(Item {
            article,
            text,
            quantity,
            percent,
            exact: -gross,
            cents: None,
            goods,
            above: Vec::new(),
            below: Vec::new(),
            parts: Vec::new(),
        });
    }

    /// What was counted is what was given back.
    fn adds_up(&self, refund: &Refund) -> Result<(), Outcome> {
        let counted = -self.basket.open_sum();
        let off = (counted - refund.total).abs();
        if self.basket.items.is_empty() || off > NOTHING * Decimal::TEN {
            let (number, total, counted) = (&self.sold.number, round(refund.total), round(counted));
            return held(
                "credit-klopt-niet",
                text!(
                    "De winkel betaalde {total} terug van bestelling {number}, maar de delen die zij noemt komen op {counted}.",
                    "The shop gave back {total} of order {number}, but the parts it names come to {counted}."
                ),
                text!(
                    "Maak de creditfactuur met de hand.",
                    "Make the credit note by hand."
                ),
            );
        }
        Ok(())
    }

    fn pieces(&self, refund: &Refund) -> BTreeMap<String, Decimal> {
        let mut pieces: BTreeMap<String, Decimal> = BTreeMap::new();
        for given in &refund.lines {
            let line = self.sold.lines.iter().find(|line| line.id == given.line_id);
            if let Some(line) = line.filter(|line| !line.code.is_empty()) {
                *pieces.entry(line.code.clone()).or_default() -= given.quantity;
            }
        }
        pieces.retain(|_, count| !count.is_zero());
        pieces
    }
}

fn is_amount(part: &RatePart) -> bool {
    !(part.net + part.vat).is_zero()
}

fn line_gone<T>(order: &Order, line: &str) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-regel-onbekend",
        text!(
            "Er is iets terugbetaald van een regel ({line}) die bestelling {number} niet meer heeft.",
            "Something was given back of a line ({line}) that order {number} does not have any more."
        ),
        text!(
            "Maak de creditfactuur met de hand.",
            "Make the credit note by hand."
        ),
    )
}

/// The same credit with prices below zero instead of quantities, for books that refuse the latter.
#[must_use]
pub fn by_price(draft: &OrderDraft) -> OrderDraft {
    let mut draft = draft.clone();
    for line in &mut draft.lines {
        if line.quantity < Decimal::ZERO {
            line.quantity = -line.quantity;
            line.unit_price = -line.unit_price;
        }
    }
    draft
}

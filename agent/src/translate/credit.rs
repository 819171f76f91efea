//! What was given back on an order, as a credit: the order's own lines below zero, at the rates at
//! which it was given back, so that order and credits together come to what was kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Named, Order, RatePart, Refund, TotalKind, TotalRow};

use super::{
    address::{clean, cut},
    articles::{Articles, Chosen, TEXT_LENGTH},
    basket::{Basket, Item},
    booking,
    case::{Case, held},
    cents::{NOTHING, round, vat_inside},
    charged::Charged,
    cost::Cost,
    costs, currency, digest,
    explain::CostPart,
    header, invoice,
    order::{by_name, has_negative, kinds},
    plan::{Expected, Facts, Outcome, Plan, RelationStep},
    recipes, reference, special,
    vat::{self, KINDS, Vat},
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
        same_rates(&sold, given, written, date, &name)?;
        let mark = invoice::mark(&sold);
        return Ok(turned_about(written, order, given, mark, name, date, lines));
    }
    let Some(refund) = given.refund else {
        if given.beside_others && given.written.is_some() {
            return all_beside_a_part(order);
        }
        return nothing_known(order);
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

/// The order the other way about is right only where its kinds of VAT bear on the credit's day what
/// they bore when it was sold.
fn same_rates(
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
        number: name.to_owned(),
        ..sold.order.clone()
    };
    let case = Case::new(&own, sold.settings, sold.facts)?;
    let changed = vat::changed(sold, &case, &written.expected.kinds);
    let Some((kind, then, now)) = changed else {
        return Ok(());
    };
    let percent = |rate: Option<Decimal>| {
        rate.map_or_else(|| "?".to_owned(), |rate| rate.normalize().to_string())
    };
    let (kind, then, now) = (vat::kind_name(kind), percent(then), percent(now));
    let (number, n) = (&sold.order.number, given.n);
    held(
        "btw-tarief-gewijzigd",
        text!(
            "Btw-soort {kind} was {then}% toen bestelling {number} verkocht werd en is {now}% op {date}, de dag van creditering {n}; omgekeerd geschreven zou zij een ander bedrag worden.",
            "VAT kind {kind} was {then}% when order {number} was sold and is {now}% on {date}, the day of credit {n}; written the other way about it would come to another amount."
        ),
        text!(
            "Maak de creditfactuur met de hand, en meld dit als bekeken (winkelbrug skip).",
            "Make the credit note by hand, and report this as looked at (winkelbrug skip)."
        ),
    )
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
    own.total = -refund.total;
    own.comment.clone_from(&refund.comment);
    own.shop_reference = None;
    own.money.order_code.clone_from(&own.money.code);
    own
}

/// All of an order beside a refund of it would give back too much.
fn all_beside_a_part<T>(order: &Order) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-naast-terugbetaling",
        text!(
            "Bestelling {number} is geannuleerd, en er staat ook een terugbetaling van haar; alles crediteren en ook die terugbetaling zou te veel zijn.",
            "Order {number} was cancelled, and there is a refund of it too; crediting all of it and that refund as well would be too much."
        ),
        text!(
            "Geef akkoord op de creditering van de terugbetaling (winkelbrug credit PROFIEL {number}, met haar --number en --yes), crediteer wat er dan nog over is met de hand, en meld dit als bekeken (winkelbrug skip).",
            "Say yes to the credit of the refund (winkelbrug credit PROFILE {number}, with its --number and --yes), credit what is left then by hand, and report this as looked at (winkelbrug skip)."
        ),
    )
}

/// What is not above zero gives nothing back.
fn gives_something(order: &Order, refund: &Refund) -> Result<(), Outcome> {
    let number = &order.number;
    if refund.total > Decimal::ZERO {
        return Ok(());
    }
    if refund.total.is_zero() {
        return held(
            "terugbetaling-nul",
            text!(
                "De terugbetaling van bestelling {number} is van 0,00; er is niets te crediteren.",
                "The refund of order {number} is of 0.00; there is nothing to credit."
            ),
            text!(
                "Meld dit als bekeken (winkelbrug skip).",
                "Report this as looked at (winkelbrug skip)."
            ),
        );
    }
    let total = text::Amount::money(refund.total);
    held(
        "terugbetaling-onder-nul",
        text!(
            "De terugbetaling van bestelling {number} is onder nul ({total}): daarmee is niets teruggegeven.",
            "The refund of order {number} is below zero ({total:#}): nothing was given back with it."
        ),
        text!(
            "Kijk in de winkel wat dat is; is er iets bijbetaald, boek dat met de hand en meld dit als bekeken (winkelbrug skip).",
            "Look in the shop what that is; if more was paid, book that by hand and report this as looked at (winkelbrug skip)."
        ),
    )
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
    /// What was written of the order, where that is still known.
    written: Option<&'c Plan>,
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
            for (at, part) in parts.into_iter().enumerate() {
                let percent = self.percent(part.percent)?;
                let article = self.articles.goods(line, Some(percent))?;
                let back = part.net + part.vat > Decimal::ZERO;
                let made_of = if at == 0 && back && !pieces.is_zero() {
                    self.parts(line, pieces, &article)?
                } else {
                    Vec::new()
                };
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
                if let Some(item) = self.basket.items.last_mut() {
                    item.parts = made_of;
                }
            }
        }
        Ok(())
    }

    /// Parts that were placed on the order beside their article come back with it.
    fn parts(
        &self,
        line: &Line,
        pieces: Decimal,
        article: &Chosen,
    ) -> Result<Vec<LineDraft>, Outcome> {
        let mut back = line.clone();
        back.quantity = -pieces;
        let mut parts = recipes::parts(self.case, &back, article)?;
        if let Some(written) = self.written {
            let placed = |part: &LineDraft| {
                let mut lines = written.order.lines.iter();
                lines.any(|line| line.code == part.code && line.unit_price.is_zero())
            };
            parts.retain(placed);
        }
        Ok(parts)
    }

    /// Shipping and fees.
    fn shipping(&mut self, refund: &Refund) -> Result<(), Outcome> {
        let mut rows = self.sold.totals.iter();
        let sold = rows.find(|row| row.kind == TotalKind::Shipping);
        let title = sold
            .map(|row| clean(&row.title))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| "Verzendkosten".to_owned());
        let class = sold.and_then(|row| row.tax_class.clone());
        for part in refund.shipping.iter().filter(|part| is_amount(part)) {
            let percent = self.percent(part.percent)?;
            let row = row(TotalKind::Shipping, &title, class.clone(), part.net);
            let article = self.cost(Cost::Shipping, &row, percent)?;
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
        let row = row(TotalKind::Other, text, None, part.net);
        let article = self.cost(cost, &row, percent)?;
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
                "Zeg welk tarief het is, bijvoorbeeld 21, 9 of 0: winkelbrug credit PROFIEL {typed} --rate 21 --yes",
                "Say which rate it is, such as 21, 9 or 0: winkelbrug credit PROFILE {typed} --rate 21 --yes"
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

    /// The article an order would have for it.
    fn cost(&self, cost: Cost, row: &TotalRow, percent: Decimal) -> Result<Chosen, Outcome> {
        let part = CostPart {
            row,
            cost,
            percent,
            gross: row.amount,
        };
        if let Some(code) = special::margin_cost(self.case, &part)? {
            return self.articles.named(code, "vat.margin", &row.title, percent);
        }
        let kinds = self.kinds(row, percent);
        self.articles.cost_at(cost, &kinds, percent, &row.title)
    }

    fn kinds(&self, row: &TotalRow, percent: Decimal) -> Vec<VatKind> {
        if !self.vat.zero_rated() {
            return self.vat.kinds(percent);
        }
        let kinds = costs::kinds_at_home(self.case, self.vat, row, &self.basket);
        if kinds.is_empty() {
            // Nothing but costs is given back: whichever article is set.
            KINDS.to_vec()
        } else {
            kinds
        }
    }

    fn add(
        &mut self,
        article: Chosen,
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

fn row(kind: TotalKind, title: &str, tax_class: Option<Named>, net: Decimal) -> TotalRow {
    TotalRow {
        code: String::new(),
        kind,
        title: title.to_owned(),
        amount: net,
        rate: None,
        tax_class,
        parts: Vec::new(),
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

//! One order with everything translation may look at, and the notes made on the way.

use std::cell::RefCell;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Address, Order, TotalKind};

use super::{
    booking,
    currency::NOT_EURO,
    eligible,
    plan::{Facts, Outcome, Reason},
};
use crate::{
    books::Company,
    profile::{
        Settings,
        mapping::{self, Rule},
    },
    text,
    text::{Amount, Text},
};

/// An order being translated.
pub(super) struct Case<'a> {
    pub order: &'a Order,
    pub settings: &'a Settings,
    pub facts: &'a Facts,
    pub company: &'a Company,
    /// Order date: the shop's local day.
    pub date: Date,
    /// The day the sale has in the books, by which rates of VAT and returns go: the order's, or that of
    /// a booked invoice.
    pub day: Date,
    /// What `[[mapping]]` says.
    pub rules: Vec<Rule>,
    notes: RefCell<Vec<Text>>,
}

impl<'a> Case<'a> {
    /// Reads what every step needs; an order that is not in euro goes no further.
    pub fn new(
        order: &'a Order,
        settings: &'a Settings,
        facts: &'a Facts,
    ) -> Result<Self, Outcome> {
        let Some(company) = &facts.company else {
            return Err(Outcome::Stop(Reason::new(
                "administratie-onbekend",
                text!(
                    "De gegevens van de administratie zijn nog niet gelezen.",
                    "The administration's own data have not been read yet."
                ),
                text!("Test de verbinding.", "Test the connection."),
            )));
        };
        let date = eligible::local_day(order).ok_or_else(|| {
            eligible::unreadable(
                "placed_local",
                &order.placed_local,
                text!("een datum", "a date"),
            )
        })?;
        let day = booking::day(order, settings)?.unwrap_or(date);
        euro(order, settings, facts)?;
        possible(order, facts)?;
        Ok(Self {
            order,
            settings,
            facts,
            company,
            date,
            day,
            rules: mapping::rules(&settings.mapping).map_err(|failure| {
                Outcome::Stop(Reason::new(failure.code, failure.text, failure.hint))
            })?,
            notes: RefCell::default(),
        })
    }

    /// Where the goods go; the invoice address when nothing is shipped.
    pub fn destination(&self) -> &'a Address {
        self.order
            .delivery_address
            .as_ref()
            .unwrap_or(&self.order.invoice_address)
    }

    /// The country the goods go to, two letters; empty where nobody says. An order that names no place
    /// at all (sold over the counter, typed by hand) is taxed by the shop in its own country, which
    /// counts only where the books are of that country too.
    pub fn country(&self) -> String {
        let said = self.destination().country.trim().to_uppercase();
        let shop = self.facts.shop.country.trim().to_uppercase();
        if self.names_no_place() && shop == self.home() {
            return shop;
        }
        said
    }

    /// Has neither address anything of a place in it?
    pub fn names_no_place(&self) -> bool {
        let invoice = Some(&self.order.invoice_address);
        let both = invoice.into_iter().chain(&self.order.delivery_address);
        both.flat_map(|address| {
            let Address {
                line1,
                line2,
                postcode,
                city,
                zone,
                country,
                ..
            } = address;
            [line1, line2, postcode, city, zone, country]
        })
        .all(|part| part.trim().is_empty())
    }

    /// Has the shop recorded any row of tax? A row may be of nothing.
    pub fn has_tax_rows(&self) -> bool {
        let mut rows = self.order.totals.iter();
        rows.any(|row| row.kind == TotalKind::Tax)
    }

    /// The company's own country, two letters.
    pub fn home(&self) -> &str {
        match self.company.country.as_str() {
            "" => "NL",
            country => country,
        }
    }

    /// Keeps a decision a person may want to read.
    pub fn note(&self, note: Text) {
        self.notes.borrow_mut().push(note);
    }

    /// The notes, in the order they were made.
    pub fn into_notes(self) -> Vec<Text> {
        self.notes.into_inner()
    }
}

/// An amount that is not in euro is never written as euro.
fn euro(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    let code = &order.money.code;
    if code.eq_ignore_ascii_case("EUR") {
        return Ok(());
    }
    let total = Amount::money(order.total);
    let (profile, number) = (&settings.name, text::typed(&order.number, &order.id));
    let offered = facts
        .offered_rate
        .as_ref()
        .filter(|offered| offered.currency.eq_ignore_ascii_case(code));
    let hint = match offered {
        Some(offered) => {
            let rate = offered.rate.normalize();
            let Text {
                nl: day,
                en: day_en,
            } = Text::day(offered.day);
            text!(
                "Koers invullen: winkelbrug retry {profile} {number} --rate {rate} (de koers van de ECB van {day}: 1 euro = {rate} {code}), of uw eigen koers.",
                "Enter the rate: winkelbrug retry {profile} {number} --rate {rate} (the ECB's rate of {day_en}: 1 euro = {rate} {code}), or your own rate."
            )
        }
        None => text!(
            "Koers invullen: zoek de koers van de ECB van de orderdatum (hoeveel {code} voor 1 euro) en geef die: winkelbrug retry {profile} {number} --rate KOERS",
            "Enter the rate: look up the ECB's rate of the order date (how much {code} for 1 euro) and give it: winkelbrug retry {profile} {number} --rate RATE"
        ),
    };
    Err(Outcome::Held(Reason::new(
        NOT_EURO,
        text!(
            "Het totaal is {total} {code} en de winkel bewaart geen bedrag in euro.",
            "The total is {total:#} {code} and the shop keeps no amount in euro."
        ),
        hint,
    )))
}

/// More than any shop sells for, or counts, in one order: such a figure is damage, and arithmetic
/// on it would fail.
const IMPOSSIBLE: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// Every figure of the order is one a shop can have.
fn possible(order: &Order, facts: &Facts) -> Result<(), Outcome> {
    let lines = order
        .lines
        .iter()
        .flat_map(|line| [line.quantity, line.price, line.tax, line.total]);
    let recorded = order.lines.iter().filter_map(|line| line.total_incl);
    let rows = order.totals.iter().map(|row| row.amount);
    let parts = order
        .totals
        .iter()
        .flat_map(|row| &row.parts)
        .flat_map(|part| [part.percent, part.net, part.vat]);
    let cards = order.gift_cards.iter().map(|card| card.amount);
    let rates = facts.shop.tax_rates.iter().map(|rate| rate.rate);
    let figure = lines
        .chain(rows)
        .chain(recorded)
        .chain(parts)
        .chain(cards)
        .chain(rates)
        .chain([order.total])
        .find(|figure| figure.abs() > IMPOSSIBLE);
    match figure {
        None => Ok(()),
        Some(figure) => Err(eligible::unreadable(
            "bedrag",
            &figure.to_string(),
            text!("een mogelijk bedrag", "a possible amount"),
        )),
    }
}

/// Holds the order.
pub(super) fn held<T>(code: &str, text: Text, hint: Text) -> Result<T, Outcome> {
    Err(Outcome::Held(Reason::new(code, text, hint)))
}

/// Stops the profile until a setting fits.
pub(super) fn stop<T>(code: &str, text: Text, hint: Text) -> Result<T, Outcome> {
    Err(Outcome::Stop(Reason::new(code, text, hint)))
}

//! From the API's order to ours. What the API does not tell (status, payment, currency, time of day)
//! is filled as the list itself means it, and nowhere guessed beyond that.

mod amounts;

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::{
    Address, Customer, Method, Money, Named, Order, Status, StatusKind, TotalKind,
};

use self::amounts::Amounts;
use super::{
    records,
    vat::{HIGH, LOW, Prices},
};
use crate::{text, text::Text};

/// What an order is read with.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The shop's clock.
    pub zone: TimeZone,
    /// The owner's first moment: of that day the shop's list decides, which knows the second.
    pub from: Option<Timestamp>,
}

/// The one status of the list: which of the shop's own lead there, the plug-in's settings say.
#[must_use]
pub fn status() -> Status {
    Status {
        id: "exportlijst".to_owned(),
        name: "Exportlijst".to_owned(),
        // Paid or accepted, by the choice of the shop's owner.
        kind: StatusKind::Processing,
    }
}

/// Names of the API's VAT ids.
pub const CLASSES: [(&str, &str); 4] =
    [("2", "Hoog"), ("1", "Laag"), ("0", "Geen"), ("3", "Overig")];

/// SHA-256 hex over the order's own content: without what the shop looked up in the product.
///
/// # Errors
/// It is no order.
pub fn hash(raw: &str) -> Result<String, serde_json::Error> {
    let mut order: serde_json::Value = serde_json::from_str(raw)?;
    if let Some(lines) = order
        .get_mut("Regels")
        .and_then(|lines| lines.as_array_mut())
    {
        for line in lines.iter_mut().filter_map(|line| line.as_object_mut()) {
            line.remove("Artikel");
        }
    }
    Ok(hex::encode(Sha256::digest(order.to_string())))
}

/// Reads an order. `changed_at` is when it came to us in this form.
///
/// # Errors
/// What of it cannot be read, for the owner's eyes.
pub fn read(raw: &str, changed_at: Timestamp, reading: &Reading) -> Result<Order, Text> {
    let given: records::Order = serde_json::from_str(raw).map_err(|error| wrong_field(&error))?;
    if given.number.trim().is_empty() {
        return Err(text!(
            "het ordernummer (Betalingskenmerk) is leeg",
            "the order number (Betalingskenmerk) is empty"
        ));
    }
    let prices = prices(&given)?;
    let (local, placed_at) = placed(&given.date, reading)?;
    let mut sorted = Sorted::default();
    for (n, line) in given.lines.iter().enumerate() {
        sorted.add(n, line, &given)?;
    }
    if sorted.goods.is_empty() {
        return Err(text!(
            "er staat geen artikel op (Regels)",
            "there is no article on it (Regels)"
        ));
    }
    let amounts = Amounts::of(&sorted, prices, home(&given));
    let total = amounts.total;
    Ok(Order {
        id: given.number.clone(),
        number: given.number.clone(),
        hash: hash(raw).map_err(|error| wrong_field(&error))?,
        store: Named::default(),
        placed_at: placed_at.to_string(),
        placed_local: local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        changed_at: changed_at.to_string(),
        status: status(),
        language: String::new(),
        money: Money {
            code: "EUR".to_owned(),
            order_code: "EUR".to_owned(),
            rate: Decimal::ONE,
            order_total: total,
        },
        customer: customer(&given.customer),
        invoice_address: address(given.customer.invoice.as_ref()).unwrap_or_default(),
        delivery_address: address(given.customer.delivery.as_ref()),
        payment: Method::default(),
        shipping: sorted.shipping(),
        comment: given.memo.clone(),
        invoice_number: None,
        invoice_date: None,
        shop_reference: None,
        lines: amounts.lines(&sorted),
        gift_cards: Vec::new(),
        totals: amounts.rows(&sorted),
        total,
        history: Vec::new(),
        refunds: Vec::new(),
        replaces: None,
        paid: None,
        paid_on: None,
        received: None,
        custom_fields: Vec::new(),
        remarks: Vec::new(),
    })
}

/// The parser's own words: which field, and where in the record.
fn wrong_field(error: &serde_json::Error) -> Text {
    text!(
        "een veld heeft een andere vorm dan de koppeling voorschrijft ({error})",
        "a field has another form than the interface prescribes ({error})"
    )
}

fn prices(order: &records::Order) -> Result<Prices, Text> {
    match order.prices.trim().to_lowercase().as_str() {
        "inclusiefbtw" => Ok(Prices::With),
        "exclusiefbtw" => Ok(Prices::Without),
        other => Err(text!(
            "de winkel rekent artikelen en verzending niet beide inclusief of beide exclusief btw (SoortPrijzen \"{other}\"); stel dat in de winkel gelijk in",
            "the shop does not reckon articles and shipping both with or both without VAT (SoortPrijzen \"{other}\"); set both alike in the shop"
        )),
    }
}

/// The local moment of placing: the API mostly gives a day alone.
fn placed(date: &str, reading: &Reading) -> Result<(civil::DateTime, Timestamp), Text> {
    let unreadable = || {
        text!(
            "\"{date}\" is geen datum (Datum)",
            "\"{date}\" is no date (Datum)"
        )
    };
    let text = date.trim().replacen(' ', "T", 1);
    let timed: Option<civil::DateTime> = text.contains('T').then(|| text.parse().ok()).flatten();
    let local = match timed {
        Some(local) => local,
        None => day(&text).ok_or_else(unreadable)?.at(0, 0, 0, 0),
    };
    let zoned = local
        .to_zoned(reading.zone.clone())
        .map_err(|_| unreadable())?;
    let at = zoned.timestamp();
    let starts_that_day = reading.from.filter(|from| {
        timed.is_none() && *from > at && from.to_zoned(reading.zone.clone()).date() == local.date()
    });
    Ok((local, starts_that_day.unwrap_or(at)))
}

fn day(text: &str) -> Option<civil::Date> {
    let backwards = || civil::Date::strptime("%d-%m-%Y", text);
    text.parse().or_else(|_| backwards()).ok()
}

/// Do the goods go to a Dutch address?
fn home(order: &records::Order) -> bool {
    let customer = &order.customer;
    let country = |address: &Option<records::Address>| {
        address
            .as_ref()
            .map(|address| address.country.trim().to_uppercase())
            .filter(|country| !country.is_empty())
    };
    country(&customer.delivery)
        .or_else(|| country(&customer.invoice))
        .is_none_or(|country| country == "NL")
}

fn customer(given: &records::Customer) -> Customer {
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let person = given
        .invoice
        .as_ref()
        .map_or("", |address| address.person.trim());
    Customer {
        // The API knows no accounts: who buys is recognised by what he filled in.
        id: None,
        group: Named::default(),
        first_name: String::new(),
        last_name: person.to_owned(),
        email: given.email.trim().to_owned(),
        telephone: some(&given.telephone)
            .or_else(|| some(&given.mobile))
            .unwrap_or_default(),
        vat_number: some(&given.vat_number),
        chamber_of_commerce: some(&given.chamber_of_commerce),
        custom_fields: Vec::new(),
    }
}

/// None when nothing is filled in.
fn address(given: Option<&records::Address>) -> Option<Address> {
    let given = given?;
    let filled = [
        &given.company,
        &given.person,
        &given.street,
        &given.postcode,
        &given.city,
    ];
    if filled.iter().all(|part| part.trim().is_empty()) {
        return None;
    }
    let line1 = format!("{} {}", given.street.trim(), given.number.trim());
    Some(Address {
        last_name: given.person.trim().to_owned(),
        company: given.company.trim().to_owned(),
        line1: line1.trim().to_owned(),
        postcode: given.postcode.trim().to_owned(),
        city: given.city.trim().to_owned(),
        country: given.country.trim().to_uppercase(),
        ..Address::default()
    })
}

/// The lines by what they are.
#[derive(Default)]
struct Sorted<'a> {
    goods: Vec<(String, &'a records::Line, Vec<&'a str>)>,
    costs: Vec<(&'a records::Line, TotalKind)>,
    discounts: Vec<(&'a records::Line, Decimal)>,
    texts: Vec<&'a str>,
    total: Option<&'a records::Line>,
}

impl<'a> Sorted<'a> {
    fn add(
        &mut self,
        n: usize,
        line: &'a records::Line,
        order: &records::Order,
    ) -> Result<(), Text> {
        let kind = line.kind.trim();
        match kind.to_lowercase().as_str() {
            "artikel" => {
                let texts = std::mem::take(&mut self.texts);
                self.goods
                    .push((format!("{}:{n}", order.number), line, texts));
            }
            "tekst" => self.texts.push(line.text.trim()),
            "verzendkosten" => self.costs.push((line, TotalKind::Shipping)),
            "betalingskosten" | "betaalkosten" => self.costs.push((line, TotalKind::Fee)),
            "kortingsbedrag" => {
                let amount = line.price.unwrap_or_default() * line.quantity.unwrap_or(Decimal::ONE);
                self.discounts.push((line, amount.abs()));
            }
            "totaal" => self.total = Some(line),
            // A kind nobody knows: what it is, its VAT has to show.
            _ if line.price.is_none_or(|price| price.is_zero()) => {}
            _ if line.price.is_some_and(|price| price.is_sign_negative()) => {
                return Err(text!(
                    "een regel met een negatief bedrag is van een onbekende soort, \"{kind}\"",
                    "a line with a negative amount is of an unknown kind, \"{kind}\""
                ));
            }
            _ => self.costs.push((line, TotalKind::Other)),
        }
        Ok(())
    }

    fn shipping(&self) -> Option<Method> {
        let (line, _) = self
            .costs
            .iter()
            .find(|(_, kind)| *kind == TotalKind::Shipping)?;
        Some(Method {
            code: String::new(),
            title: title(line, "Verzendkosten"),
        })
    }
}

/// The API's VAT id, by number or name.
pub fn id(kind: &str) -> Option<&'static str> {
    let kind = kind.trim();
    CLASSES
        .iter()
        .find(|(id, name)| *id == kind || name.eq_ignore_ascii_case(kind))
        .map(|(id, _)| *id)
}

/// The domestic rate of a VAT id; none for "other".
pub fn class_rate(id: &str) -> Option<Decimal> {
    match id {
        "2" => Some(HIGH),
        "1" => Some(LOW),
        "0" => Some(Decimal::ZERO),
        _ => None,
    }
}

/// The line's own text, else its article's, else what kind of line it is.
fn title(line: &records::Line, otherwise: &str) -> String {
    let article = line
        .article
        .as_ref()
        .map_or("", |article| article.text.trim());
    [line.text.trim(), article, otherwise]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

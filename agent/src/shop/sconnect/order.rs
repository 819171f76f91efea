//! From the API's order to ours. What the API does not tell (status, payment, currency, time of day)
//! is filled as the list itself means it, and nowhere guessed beyond that.

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::{
    Address, Customer, Line, LineOption, Method, Money, Named, Order, RateKind, RatePart, RowRate,
    Status, StatusKind, TotalKind, TotalRow,
};

use super::{
    records,
    vat::{self, Given, HIGH, LOW, Prices, Row, Totals},
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

/// A code the plug-ins write where a product has none.
const NO_CODE: &str = "NIET GEVONDEN";

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
        shop_reference: None,
        lines: amounts.lines(&sorted),
        gift_cards: Vec::new(),
        totals: amounts.rows(&sorted),
        total,
        history: Vec::new(),
        refunds: Vec::new(),
        replaces: None,
        paid: None,
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

/// Amounts, rate by rate.
struct Amounts {
    goods: Vec<Row>,
    costs: Vec<Row>,
    prices: Prices,
    home: bool,
    shared: vat::Shared,
    total: Decimal,
}

impl Amounts {
    fn of(sorted: &Sorted<'_>, prices: Prices, home: bool) -> Self {
        let discount: Decimal = sorted.discounts.iter().map(|(_, amount)| amount).sum();
        let goods: Vec<Row> = sorted
            .goods
            .iter()
            .map(|(_, line, _)| vat::goods(&given(line), prices, !discount.is_zero()))
            .collect();
        let costs: Vec<Row> = sorted
            .costs
            .iter()
            .map(|(line, _)| vat::costs(&given(line), prices))
            .collect();
        let totals = Totals {
            total: sorted.total.and_then(|line| line.price),
            vat: sorted.total.and_then(|line| line.vat),
            discount,
        };
        let shared = vat::shared(&goods, &costs, totals, prices);
        let net: Decimal = goods.iter().chain(&costs).map(|row| row.net).sum();
        let vat: Decimal = shared.vat.values().sum();
        let total = totals
            .total
            .unwrap_or_else(|| (net + vat - shared.discount).round_dp(2));
        // PHP writes four decimals where there are two.
        let mut total = total.normalize();
        total.rescale(total.scale().max(2));
        Self {
            goods,
            costs,
            prices,
            home,
            shared,
            total,
        }
    }

    fn lines(&self, sorted: &Sorted<'_>) -> Vec<Line> {
        sorted
            .goods
            .iter()
            .zip(&self.goods)
            .map(|((id, line, texts), row)| Line {
                id: id.clone(),
                product_id: None,
                code: code(&line.code),
                sku: None,
                ean: None,
                name: title(line, ""),
                quantity: quantity(line),
                price: row.price,
                tax: row.tax,
                total: row.net,
                tax_class: self.class(line, row),
                options: options(line, texts),
                percent: (!row.price.is_zero()).then_some(row.percent),
                total_incl: (self.prices == Prices::With).then(|| row.gross()),
                heading: false,
                custom_fields: Vec::new(),
            })
            .collect()
    }

    /// Costs, discounts, VAT per rate, and the total.
    fn rows(&self, sorted: &Sorted<'_>) -> Vec<TotalRow> {
        let mut rows: Vec<TotalRow> = sorted
            .costs
            .iter()
            .zip(&self.costs)
            .map(|((line, kind), row)| TotalRow {
                code: line.kind.to_lowercase(),
                kind: *kind,
                title: title(line, &line.kind),
                amount: row.net,
                rate: None,
                tax_class: self.class(line, row),
                parts: vec![RatePart {
                    percent: row.percent,
                    net: row.net,
                    vat: row.vat,
                }],
            })
            .collect();
        let stated: Decimal = sorted.discounts.iter().map(|(_, amount)| amount).sum();
        for (line, amount) in &sorted.discounts {
            let share = amount.checked_div(stated).unwrap_or_default();
            let amount = (self.shared.discount * share).round_dp(6);
            rows.push(TotalRow {
                code: "kortingsbedrag".to_owned(),
                kind: TotalKind::Discount,
                title: title(line, "Korting"),
                amount: -amount,
                rate: None,
                tax_class: None,
                parts: self.parts(share),
            });
        }
        for (percent, amount) in &self.shared.vat {
            rows.push(TotalRow {
                code: "btw".to_owned(),
                kind: TotalKind::Tax,
                title: format!("Btw {percent}%"),
                amount: *amount,
                rate: Some(RowRate {
                    rate: *percent,
                    kind: RateKind::Percent,
                }),
                tax_class: None,
                parts: Vec::new(),
            });
        }
        rows.push(TotalRow {
            code: "totaal".to_owned(),
            kind: TotalKind::Total,
            title: "Totaal".to_owned(),
            amount: self.total,
            rate: None,
            tax_class: None,
            parts: Vec::new(),
        });
        rows
    }

    /// How that share of the discounts is shared over the rates.
    fn parts(&self, share: Decimal) -> Vec<RatePart> {
        let parts = self.shared.parts.iter().flatten();
        parts
            .map(|(percent, net)| {
                let net = -(*net * share).round_dp(6);
                RatePart {
                    percent: *percent,
                    net,
                    vat: (net * percent / Decimal::ONE_HUNDRED).round_dp(6),
                }
            })
            .collect()
    }

    /// The product's VAT class. A plug-in that does not know a class says "high" (Magento) or nothing
    /// (WooCommerce): VAT charged at home tells better.
    fn class(&self, line: &records::Line, row: &Row) -> Option<Named> {
        let charged = match row.percent {
            percent if self.home && percent == HIGH => Some("2"),
            percent if self.home && percent == LOW => Some("1"),
            _ => None,
        };
        let named = line
            .article
            .as_ref()
            .and_then(|article| id(&article.vat_kind));
        let id = charged.or(named)?;
        CLASSES
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(id, name)| Named {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
            })
    }
}

fn given(line: &records::Line) -> Given {
    let article = line.article.as_ref();
    let off = Decimal::ONE_HUNDRED - line.discount.unwrap_or_default();
    let off = off.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED;
    Given {
        price: line.price.unwrap_or_default() * off,
        quantity: quantity(line),
        vat: line.vat.map(|vat| vat * off),
        percent: article.and_then(|article| article.percent),
        class: article
            .and_then(|article| id(&article.vat_kind))
            .and_then(class_rate),
    }
}

/// One where the shop says nothing: costs are one piece.
fn quantity(line: &records::Line) -> Decimal {
    line.quantity.unwrap_or(Decimal::ONE).normalize()
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

fn code(given: &str) -> String {
    match given.trim() {
        NO_CODE => String::new(),
        code => code.to_owned(),
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

/// Options, and the text lines that stood above the article: the name of the bundle it is part of.
fn options(line: &records::Line, texts: &[&str]) -> Vec<LineOption> {
    let option = |name: &str, value: &str| LineOption {
        name: name.to_owned(),
        value: value.to_owned(),
        kind: "text".to_owned(),
        value_id: None,
        code: None,
    };
    let texts = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| option("Tekst", text));
    let chosen = line.options.iter().flatten();
    let chosen = chosen.map(|chosen| option(chosen.label.trim(), chosen.value.trim()));
    texts.chain(chosen).collect()
}

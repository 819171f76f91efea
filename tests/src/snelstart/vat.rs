//! VAT as the books compute it: rate of a line from article, revenue group and order date; nothing
//! on the order line itself (SnelStart B2B v2, section "VAT on orders").

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::{
    clock::read_moment,
    json::Json,
    knobs::{Knobs, Totals, ZeroRated},
    world::World,
};

/// What kind of supply an order is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Supply {
    /// Within the Netherlands, or treated as such.
    Domestic,
    /// To a business in the EU.
    WithinEu,
    /// Outside the EU.
    Export,
    /// Distance sale with the VAT of that country (two letters).
    Oss(String),
    /// No VAT at all: small-business scheme.
    SmallBusiness,
}

/// The VAT of one rate in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatRow {
    /// VAT kind of the groups: Hoog, Laag, Geen, Overig.
    pub kind: String,
    /// Percentage applied.
    pub percent: Decimal,
    /// Without VAT.
    pub net: Decimal,
    /// VAT.
    pub vat: Decimal,
}

/// An order's VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderVat {
    /// Kind of supply.
    pub supply: Supply,
    /// One row a kind and rate, in that order.
    pub rows: Vec<VatRow>,
}

impl OrderVat {
    /// Total without VAT.
    #[must_use]
    pub fn total_excl(&self) -> Decimal {
        self.rows.iter().map(|row| row.net).sum()
    }

    /// Total with VAT.
    #[must_use]
    pub fn total_incl(&self) -> Decimal {
        self.rows.iter().map(|row| row.net + row.vat).sum()
    }

    /// VAT of a percentage, whatever its kind; 0 when there is none.
    #[must_use]
    pub fn vat_at(&self, percent: Decimal) -> Decimal {
        self.rows
            .iter()
            .filter(|row| row.percent == percent)
            .map(|row| row.vat)
            .sum()
    }
}

/// Members of the EU by two-letter code, the Netherlands included.
pub const EU: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whole cents, half away from zero, always written with two decimals.
#[must_use]
pub fn cents(amount: Decimal) -> Decimal {
    let mut amount = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    amount.rescale(2);
    amount
}

/// A line's total in the order's VAT mode.
#[must_use]
pub fn line_total(company: &Json, line: &Json) -> Decimal {
    let price = line.amount("stuksprijs").unwrap_or_default();
    let quantity = line.amount("aantal").unwrap_or_default();
    let discount = line.amount("kortingsPercentage").unwrap_or_default();
    let left = (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED;
    if company.text("regelkortingVerkooporder") == Some("BerekenenOverStukprijs") {
        let decimals = company.whole("aantalDecimalenArtikelprijzen").unwrap_or(2);
        let decimals = u32::try_from(decimals).unwrap_or(2).max(price.scale());
        let reduced =
            (price * left).round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        cents(reduced * quantity)
    } else {
        cents(price * quantity * left)
    }
}

/// The VAT of an order.
#[must_use]
pub fn of_order(world: &World, order: &Json, knobs: &Knobs) -> OrderVat {
    let date = order_date(order);
    let supply = supply(world, order, date);
    let inclusive = order.text("verkooporderBtwIngaveModel") == Some("Inclusief");
    let discount = order.amount("factuurkorting").unwrap_or_default();
    let left = (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED;

    let mut parts: Vec<(String, Decimal, Decimal)> = Vec::new();
    for line in order.list("regels") {
        let total = line_total(&world.company, line);
        let (kind, percent) = rate(world, line.reference("artikel"), &supply, date, knobs);
        let known = parts
            .iter_mut()
            .find(|(k, p, _)| *k == kind && *p == percent);
        match known {
            Some(part) if knobs.totals != Totals::PerLine => part.2 += total,
            _ if total.is_zero() && line.reference("artikel").is_none() => {}
            _ => parts.push((kind, percent, total)),
        }
    }
    let mut rows: Vec<VatRow> = Vec::new();
    for (kind, percent, total) in parts {
        let (net, vat) = split(cents(total * left), percent, inclusive);
        match rows
            .iter_mut()
            .find(|row| row.kind == kind && row.percent == percent)
        {
            Some(row) => {
                row.net += net;
                row.vat += vat;
            }
            None => rows.push(VatRow {
                kind,
                percent,
                net,
                vat,
            }),
        }
    }
    rows.sort_by(|a, b| (&b.percent, &a.kind).cmp(&(&a.percent, &b.kind)));
    OrderVat { supply, rows }
}

fn split(amount: Decimal, percent: Decimal, inclusive: bool) -> (Decimal, Decimal) {
    if inclusive {
        let vat = cents(amount * percent / (Decimal::ONE_HUNDRED + percent));
        (amount - vat, vat)
    } else {
        (amount, cents(amount * percent / Decimal::ONE_HUNDRED))
    }
}

/// The date whose rates hold.
#[must_use]
pub fn order_date(order: &Json) -> Date {
    order
        .text("datum")
        .and_then(read_moment)
        .map_or(Date::ZERO, |at| at.date())
}

/// Which kind of supply an order is. Relation and VAT number decide between business, consumer and
/// export; the delivery address decides the country of a distance sale (SnelStart B2B v2, OSS).
fn supply(world: &World, order: &Json, date: Date) -> Supply {
    let scheme = world.company.get("kleineOndernemersregeling");
    if scheme.and_then(|s| s.flag("isKleineOndernemersRegelingActief")) == Some(true) {
        return Supply::SmallBusiness;
    }
    let relation = order
        .reference("relatie")
        .and_then(|id| world.relations.get(id));
    let home = relation.and_then(|r| world.address_country(r.doc.get("vestigingsAdres")));
    let home = home.unwrap_or_else(|| "NL".to_string());
    if !EU.contains(&home.as_str()) {
        return Supply::Export;
    }
    let business = relation.is_some_and(|r| r.doc.filled("btwNummer").is_some());
    if business {
        return if home == "NL" {
            Supply::Domestic
        } else {
            Supply::WithinEu
        };
    }
    let delivered = world
        .address_country(order.get("afleveradres"))
        .unwrap_or(home);
    let abroad = delivered != "NL" && EU.contains(&delivered.as_str());
    if abroad && foreign_vat_on(world, date) {
        Supply::Oss(delivered)
    } else {
        Supply::Domestic
    }
}

/// Is foreign VAT switched on at that date? (From 1 July 2021 on, and within the ranges.)
fn foreign_vat_on(world: &World, date: Date) -> bool {
    let on = world.company.flag("factureerBuitenlandsBtw") == Some(true);
    on && date >= jiff::civil::date(2021, 7, 1) && within_ranges(world, date)
}

fn within_ranges(world: &World, date: Date) -> bool {
    let ranges = world.company.list("factureerBuitenlandsBtwRanges");
    let at = date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let Ok(at) = at.map(|at| at.timestamp().as_millisecond()) else {
        return false;
    };
    ranges.is_empty()
        || ranges.iter().any(|range| {
            range.whole("from").is_none_or(|from| from <= at)
                && range.whole("to").is_none_or(|to| at <= to)
        })
}

/// VAT kind and percentage of an article (none = a text line, which has no VAT).
fn rate(
    world: &World,
    article: Option<Uuid>,
    supply: &Supply,
    date: Date,
    knobs: &Knobs,
) -> (String, Decimal) {
    let group = article
        .and_then(|id| world.articles.get(id))
        .and_then(|article| article.doc.reference("artikelOmzetgroep"));
    let kind = group
        .and_then(|id| world.groups.get(id))
        .and_then(|group| group.doc.text("verkoopNederlandBtwSoort"))
        .unwrap_or("Geen")
        .to_string();
    let percent = match supply {
        Supply::SmallBusiness => Decimal::ZERO,
        Supply::WithinEu | Supply::Export if knobs.zero_rated == ZeroRated::WithoutVat => {
            Decimal::ZERO
        }
        Supply::Oss(country) => match group.and_then(|id| world.rate_codes.get(&id)) {
            Some(code) => foreign_percent(world, country, code, date),
            None => domestic_percent(world, &kind, date),
        },
        _ => domestic_percent(world, &kind, date),
    };
    (kind, percent)
}

/// Percentage of a VAT kind at a date, 0 where none is known.
#[must_use]
pub fn domestic_percent(world: &World, kind: &str, date: Date) -> Decimal {
    let at = |doc: &Json, name: &str| doc.text(name).and_then(read_moment).map(|m| m.date());
    let found = world.vat_rates.iter().find(|row| {
        row.doc.text("btwSoort") == Some(kind)
            && at(&row.doc, "datumVanaf").is_some_and(|from| from <= date)
            && at(&row.doc, "datumTotEnMet").is_some_and(|until| date <= until)
    });
    found
        .and_then(|row| row.doc.amount("btwPercentage"))
        .unwrap_or_default()
}

/// Percentage of a rate code in a country (two letters) at a date; a country without that code uses
/// its standard rate.
#[must_use]
pub fn foreign_percent(world: &World, country: &str, code: &str, date: Date) -> Decimal {
    let three = world
        .countries
        .iter()
        .find(|row| row.doc.text("landcode") == Some(country))
        .and_then(|row| row.doc.text("landcodeISO"));
    let rates = world
        .foreign_rates
        .iter()
        .find(|row| three.is_some() && row.doc.text("countryCode") == three)
        .map(|row| row.doc.list("vatRates"))
        .unwrap_or_default();
    let of = |code: &str| {
        rates
            .iter()
            .filter(|rate| rate.text("rateCode") == Some(code))
            .filter(|rate| {
                let from = rate.text("validFrom").and_then(read_moment);
                from.is_some_and(|from| from.date() <= date)
            })
            .max_by_key(|rate| rate.text("validFrom").map(str::to_string))
            .and_then(|rate| rate.amount("rate"))
    };
    of(code).or_else(|| of("SR")).unwrap_or_default()
}

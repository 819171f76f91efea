//! VAT rates: the Dutch history as one administration showed it, and rates of other member states.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::snelstart::{
    json::{Json, number, object},
    world::Table,
};

/// Kind, percentage, first and last day; open ends are sentinels (measured by client code).
const DOMESTIC: &[(&str, &str, &str, &str)] = &[
    ("Geen", "0", "1900-01-01", "2400-12-31"),
    ("Laag", "9", "2019-01-01", "2400-12-31"),
    ("Laag", "6", "1986-10-01", "2018-12-31"),
    ("Hoog", "21", "2012-10-01", "2400-12-31"),
    ("Hoog", "19", "2001-01-01", "2012-09-30"),
    ("Overig", "0", "1968-01-01", "2400-12-31"),
];

/// Country in three letters, and its rate codes with percentages (European Commission, rates of
/// 2026). SR standard, RRH and RRL reduced, PR parking, SRR super reduced.
#[rustfmt::skip]
const FOREIGN: &[(&str, &[(&str, &str)])] = &[
    ("AUT", &[("SR", "20"), ("RRH", "13"), ("RRL", "10")]),
    ("BEL", &[("SR", "21"), ("RRH", "12"), ("RRL", "6"), ("PR", "12")]),
    ("BGR", &[("SR", "20"), ("RRH", "9")]),
    ("CYP", &[("SR", "19"), ("RRH", "9"), ("RRL", "5")]),
    ("CZE", &[("SR", "21"), ("RRH", "12")]),
    ("DEU", &[("SR", "19"), ("RRH", "7")]),
    ("DNK", &[("SR", "25")]),
    ("ESP", &[("SR", "21"), ("RRH", "10"), ("SRR", "4")]),
    ("EST", &[("SR", "24"), ("RRH", "13"), ("RRL", "9")]),
    ("FIN", &[("SR", "25.5"), ("RRH", "13.5"), ("RRL", "10")]),
    ("FRA", &[("SR", "20"), ("RRH", "10"), ("RRL", "5.5"), ("SRR", "2.1")]),
    ("GRC", &[("SR", "24"), ("RRH", "13"), ("RRL", "6")]),
    ("HRV", &[("SR", "25"), ("RRH", "13"), ("RRL", "5")]),
    ("HUN", &[("SR", "27"), ("RRH", "18"), ("RRL", "5")]),
    ("IRL", &[("SR", "23"), ("RRH", "13.5"), ("RRL", "9"), ("SRR", "4.8")]),
    ("ITA", &[("SR", "22"), ("RRH", "10"), ("RRL", "5"), ("SRR", "4")]),
    ("LTU", &[("SR", "21"), ("RRH", "12"), ("RRL", "5")]),
    ("LUX", &[("SR", "17"), ("RRH", "8"), ("SRR", "3"), ("PR", "14")]),
    ("LVA", &[("SR", "21"), ("RRH", "12"), ("RRL", "5")]),
    ("MLT", &[("SR", "18"), ("RRH", "7"), ("RRL", "5")]),
    ("NLD", &[("SR", "21"), ("RRH", "9")]),
    ("POL", &[("SR", "23"), ("RRH", "8"), ("RRL", "5")]),
    ("PRT", &[("SR", "23"), ("RRH", "13"), ("RRL", "6")]),
    ("ROU", &[("SR", "21"), ("RRH", "11")]),
    ("SVK", &[("SR", "23"), ("RRH", "19"), ("RRL", "5")]),
    ("SVN", &[("SR", "22"), ("RRH", "9.5"), ("RRL", "5")]),
    ("SWE", &[("SR", "25"), ("RRH", "12"), ("RRL", "6")]),
];

const DEFINITIONS: &[(&str, &str, &str)] = &[
    ("SR", "Standaard", "Standaardtarief"),
    ("RRH", "Verlaagd hoog", "Verlaagd tarief, hoogste"),
    ("RRL", "Verlaagd laag", "Verlaagd tarief, laagste"),
    ("PR", "Parkeer", "Parkeertarief"),
    ("SRR", "Sterk verlaagd", "Sterk verlaagd tarief"),
];

fn percent(text: &str) -> Decimal {
    number(text).unwrap_or_default()
}

/// btwtarieven.
#[must_use]
pub fn domestic(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (kind, rate, from, until) in DOMESTIC {
        table.add(
            object! {
                "btwSoort": *kind,
                "btwPercentage": percent(rate),
                "datumVanaf": format!("{from}T00:00:00"),
                "datumTotEnMet": format!("{until}T00:00:00"),
            },
            now,
        );
    }
    table
}

/// vatrates.
#[must_use]
pub fn foreign(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (country, rates) in FOREIGN {
        let rates = rates.iter().map(|(code, rate)| {
            object! {
                "rateCode": *code,
                "rate": percent(rate),
                "validFrom": "2020-01-01T00:00:00",
            }
        });
        let rates: Vec<Json> = rates.collect();
        table.add(object! { "countryCode": *country, "vatRates": rates }, now);
    }
    table
}

/// vatratedefinitions.
#[must_use]
pub fn definitions(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (code, short, name) in DEFINITIONS {
        table.add(
            object! { "rateCode": *code, "shortName": *short, "name": *name },
            now,
        );
    }
    table
}

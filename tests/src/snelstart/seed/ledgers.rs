//! Ledger accounts and journals of a fresh administration.

use jiff::Timestamp;
use uuid::Uuid;

use crate::snelstart::{
    json::{Json, object},
    world::Table,
};

/// Number, name, function, balance or result, VAT kinds, OSS rate code.
type Ledger = (
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
);

#[rustfmt::skip]
const LEDGERS: &[Ledger] = &[
    (1000, "Kas", "DagboekKas", "Balans", &[], None),
    (1010, "Bank", "DagboekBank", "Balans", &[], None),
    (1300, "Debiteuren", "DagboekVerkoop", "Balans", &[], None),
    (1600, "Crediteuren", "DagboekInkoop", "Balans", &[], None),
    (1500, "Memoriaal", "DagboekMemoriaal", "Balans", &[], None),
    (1520, "Btw hoog", "BtwAfTeDragenHoog", "Balans", &[], None),
    (1521, "Btw laag", "BtwAfteDragenLaag", "Balans", &[], None),
    (1522, "Buitenlandse btw", "BtwAfTeDragenOverig", "Balans", &["Geen"], None),
    (2000, "Tussenrekening betalingen", "TussenrekeningBetalingen", "Balans", &["Geen"], None),
    (2001, "Kruisposten", "Kruisposten", "Balans", &["Geen"], None),
    (4000, "Algemene kosten", "InkopenKostenAlleBtwTarieven", "WinstEnVerlies", &["Geen", "Laag", "Hoog", "Overig"], None),
    (8000, "Omzet hoog", "VerkopenOmzetHoog", "WinstEnVerlies", &["Hoog"], None),
    (8010, "Omzet laag", "VerkopenOmzetLaag", "WinstEnVerlies", &["Laag"], None),
    (8020, "Omzet overig", "VerkopenOmzetOverig", "WinstEnVerlies", &["Overig"], None),
    (8030, "Omzet onbelast of verlegd", "VerkopenOmzetOnbelastVerlegd", "WinstEnVerlies", &["Geen"], None),
    (8040, "Omzet binnen de EU", "VerkopenExportBinnenEU", "WinstEnVerlies", &["Geen"], None),
    (8050, "Omzet buiten de EU", "VerkopenExportBuitenEU", "WinstEnVerlies", &["Geen"], None),
    (8060, "Afstandsverkopen EU hoog", "InstallatieTeleverkoopBinnenEUgeen", "WinstEnVerlies", &["Geen"], Some("SR")),
    (8061, "Afstandsverkopen EU laag", "InstallatieTeleverkoopBinnenEUgeen", "WinstEnVerlies", &["Geen"], Some("RRH")),
];

/// Number, name, kind.
const JOURNALS: &[(i64, &str, &str)] = &[
    (1, "Kas", "Kas"),
    (2, "Bank", "Bank"),
    (3, "Verkoop", "Verkoop"),
    (4, "Inkoop", "Inkoop"),
    (5, "Memoriaal", "Memoriaal"),
    (6, "Balans", "Balans"),
];

/// The ledger accounts.
#[must_use]
pub fn table(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (number, name, function, side, kinds, rate_code) in LEDGERS {
        let kinds: Vec<Json> = kinds.iter().map(|kind| Json::from(*kind)).collect();
        table.add(
            object! {
                "omschrijving": *name,
                "kostenplaatsVerplicht": false,
                "rekeningCode": *side,
                "nonactief": false,
                "nummer": *number,
                "grootboekfunctie": *function,
                "grootboekRubriek": Json::Null,
                "btwSoort": kinds,
                "vatRateCode": *rate_code,
            },
            now,
        );
    }
    table
}

/// The journals.
#[must_use]
pub fn journals(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (number, name, kind) in JOURNALS {
        table.add(
            object! { "nummer": *number, "omschrijving": *name, "soort": *kind, "nonactief": false },
            now,
        );
    }
    table
}

/// The first ledger of a function.
#[must_use]
pub fn with_function(ledgers: &Table, function: &str) -> Option<Uuid> {
    let found = ledgers
        .iter()
        .find(|row| row.doc.text("grootboekfunctie") == Some(function));
    found.map(|row| row.id)
}

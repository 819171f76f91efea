//! The chart of accounts (rekeningschema) of the books the profiles write in: every ledger with its number and
//! name. Abroad there are two of each function, so that the owner has to name one.

use winkelbrug::books::{Accounts, Ledger};

/// Sold within the EU, outside it, and at distance: id, number, name, function, code of the rate.
const ABROAD: [(&str, i64, &str, &str, &str); 9] = [
    (
        "eu",
        8210,
        "Omzet binnen de EU",
        "VerkopenExportBinnenEU",
        "",
    ),
    (
        "eu-diensten",
        8215,
        "Diensten binnen de EU",
        "VerkopenExportBinnenEU",
        "",
    ),
    (
        "export",
        8220,
        "Omzet buiten de EU",
        "VerkopenExportBuitenEU",
        "",
    ),
    (
        "export-diensten",
        8225,
        "Diensten buiten de EU",
        "VerkopenExportBuitenEU",
        "",
    ),
    ("oss", 8231, "OSS standaardtarief", DISTANCE, "SR"),
    (
        "oss-rrh",
        8232,
        "OSS hoger verlaagd tarief",
        DISTANCE,
        "RRH",
    ),
    (
        "oss-rrl",
        8233,
        "OSS lager verlaagd tarief",
        DISTANCE,
        "RRL",
    ),
    ("oss-pr", 8234, "OSS tussentarief", DISTANCE, "PR"),
    ("oss-srr", 8235, "OSS superverlaagd tarief", DISTANCE, "SRR"),
];

const DISTANCE: &str = "InstallatieTeleverkoopBinnenEUgeen";

/// Of the revenue groups, for sales at home, and of foreign VAT.
const OTHERS: [(&str, i64, &str); 13] = [
    ("ledger-1", 8010, "Omzet hoog"),
    ("ledger-2", 8020, "Omzet laag"),
    ("ledger-3", 8030, "Omzet geen"),
    ("ledger-4", 8021, "Omzet laag hoger"),
    ("ledger-5", 8011, "Omzet parkeer"),
    ("ledger-6", 8022, "Omzet superlaag"),
    ("ledger-7", 1650, "Cadeaubonnen"),
    ("ledger-8", 1690, "Verschillen"),
    ("ledger-9", 8050, "Omzet marge"),
    ("ledger-10", 8060, "Omzet verlegd"),
    ("ledger-11", 8023, "Omzet boeken"),
    ("ledger-12", 8024, "Omzet elders hoog"),
    (FOREIGN_VAT, 1560, "Btw andere EU-landen"),
];

/// Id of the ledger on which foreign VAT stands.
pub const FOREIGN_VAT: &str = "foreign-vat";

/// What the program is told of it.
pub fn accounts() -> Accounts {
    let ledgers = ABROAD.iter();
    let ledgers = ledgers.map(|(id, number, name, function, rate_code)| Ledger {
        id: (*id).to_owned(),
        number: *number,
        name: (*name).to_owned(),
        function: (*function).to_owned(),
        rate_code: (*rate_code).to_owned(),
        balance: false,
        active: true,
    });
    Accounts {
        ledgers: ledgers.collect(),
        foreign_vat: Some(FOREIGN_VAT.to_owned()),
    }
}

/// Number and name of a ledger.
pub fn called(id: &str) -> String {
    let abroad = ABROAD
        .iter()
        .map(|(id, number, name, ..)| (*id, *number, *name));
    let mut all = abroad.chain(OTHERS);
    let known = all.find(|(known, ..)| *known == id);
    known.map_or_else(
        || id.to_owned(),
        |(_, number, name)| format!("{number} {name}"),
    )
}

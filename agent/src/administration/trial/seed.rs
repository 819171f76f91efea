//! What a new trial administration holds: what the owner would find in a fresh administration at
//! SnelStart, and the cost articles that orders need.

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{countries::COUNTRIES, store::Stored};
use crate::books::{
    Accounts, Article, Company, CostCentre, Country, Daybook, ForeignRate, Ledger, Lookups,
    RevenueGroup, StockStage, Template, Till, VatKind, VatRate,
};

/// Groups as a fresh administration has eight of them.
const GROUPS: [(i64, &str, VatKind); 8] = [
    (1, "Omzet hoog", VatKind::Hoog),
    (2, "Omzet laag", VatKind::Laag),
    (3, "Omzet geen btw", VatKind::Geen),
    (4, "Omzet overig", VatKind::Overig),
    (5, "Diensten hoog", VatKind::Hoog),
    (6, "Diensten laag", VatKind::Laag),
    (7, "Diensten geen btw", VatKind::Geen),
    (8, "Cadeaubonnen en tegoeden", VatKind::Geen),
];

/// Rates with their dates; open ends as SnelStart writes them (19 rows were seen, these are the
/// ones a web shop may still meet).
const RATES: [(VatKind, Decimal, Date, Date); 6] = [
    (VatKind::Geen, dec!(0), date(1900, 1, 1), date(2400, 12, 31)),
    (VatKind::Laag, dec!(9), date(2019, 1, 1), date(2400, 12, 31)),
    (
        VatKind::Laag,
        dec!(6),
        date(1986, 10, 1),
        date(2018, 12, 31),
    ),
    (
        VatKind::Hoog,
        dec!(21),
        date(2012, 10, 1),
        date(2400, 12, 31),
    ),
    (VatKind::Hoog, dec!(19), date(2001, 1, 1), date(2012, 9, 30)),
    (
        VatKind::Overig,
        dec!(0),
        date(1968, 1, 1),
        date(2400, 12, 31),
    ),
];

/// Rates of EU countries for sales to private persons (OSS), from its start on.
const FOREIGN: [(&str, &str, Decimal); 36] = [
    ("AT", "SR", dec!(20)),
    ("AT", "RRH", dec!(13)),
    ("AT", "RRL", dec!(10)),
    ("BE", "SR", dec!(21)),
    ("BE", "RRH", dec!(12)),
    ("BE", "RRL", dec!(6)),
    ("BG", "SR", dec!(20)),
    ("BG", "RRH", dec!(9)),
    ("CY", "SR", dec!(19)),
    ("CZ", "SR", dec!(21)),
    ("DE", "SR", dec!(19)),
    ("DE", "RRH", dec!(7)),
    ("DK", "SR", dec!(25)),
    ("ES", "SR", dec!(21)),
    ("ES", "RRH", dec!(10)),
    ("ES", "SRR", dec!(4)),
    ("FR", "SR", dec!(20)),
    ("FR", "RRH", dec!(10)),
    ("FR", "RRL", dec!(5.5)),
    ("GR", "SR", dec!(24)),
    ("HR", "SR", dec!(25)),
    ("HU", "SR", dec!(27)),
    ("IE", "SR", dec!(23)),
    ("IT", "SR", dec!(22)),
    ("LT", "SR", dec!(21)),
    ("LU", "SR", dec!(17)),
    ("LV", "SR", dec!(21)),
    ("MT", "SR", dec!(18)),
    ("PL", "SR", dec!(23)),
    ("PL", "RRH", dec!(8)),
    ("PT", "SR", dec!(23)),
    ("SE", "SR", dec!(25)),
    ("SE", "RRH", dec!(12)),
    ("SE", "RRL", dec!(6)),
    ("SI", "SR", dec!(22)),
    ("SI", "RRH", dec!(9.5)),
];

/// Articles for what is no product: code, text, number of its group.
const COST_ARTICLES: [(&str, &str, i64); 17] = [
    ("VERZEND-HOOG", "Verzendkosten", 5),
    ("VERZEND-LAAG", "Verzendkosten", 6),
    ("VERZEND-GEEN", "Verzendkosten", 7),
    ("KORTING-HOOG", "Korting", 1),
    ("KORTING-LAAG", "Korting", 2),
    ("KORTING-GEEN", "Korting", 3),
    ("BETAALKOSTEN-HOOG", "Betaalkosten", 5),
    ("BETAALKOSTEN-LAAG", "Betaalkosten", 6),
    ("BETAALKOSTEN-GEEN", "Betaalkosten", 7),
    ("KOSTEN-HOOG", "Toeslag", 5),
    ("KOSTEN-LAAG", "Toeslag", 6),
    ("KOSTEN-GEEN", "Toeslag", 7),
    ("HEFFING-GEEN", "Heffing", 7),
    ("CADEAUBON", "Cadeaubon", 8),
    ("TEGOED", "Winkeltegoed", 8),
    ("VERSCHIL-HOOG", "Ordertotaalverschil", 1),
    ("VERSCHIL-GEEN", "Ordertotaalverschil", 3),
];

/// Ledger accounts, each under an id of its own: number, name, function, foreign rate.
const LEDGERS: [(&str, i64, &str, &str, &str); 9] = [
    ("ledger-8000", 8000, "Omzet hoog", "VerkopenOmzetHoog", ""),
    ("ledger-8010", 8010, "Omzet laag", "VerkopenOmzetLaag", ""),
    (
        "ledger-8020",
        8020,
        "Omzet overig",
        "VerkopenOmzetOverig",
        "",
    ),
    (
        "ledger-8030",
        8030,
        "Omzet onbelast of verlegd",
        "VerkopenOmzetOnbelastVerlegd",
        "",
    ),
    (
        "ledger-8040",
        8040,
        "Omzet binnen de EU",
        "VerkopenExportBinnenEU",
        "",
    ),
    (
        "ledger-8050",
        8050,
        "Omzet buiten de EU",
        "VerkopenExportBuitenEU",
        "",
    ),
    (
        "ledger-8060",
        8060,
        "Afstandsverkopen EU hoog",
        "InstallatieTeleverkoopBinnenEUgeen",
        "SR",
    ),
    (
        "ledger-8061",
        8061,
        "Afstandsverkopen EU laag",
        "InstallatieTeleverkoopBinnenEUgeen",
        "RRH",
    ),
    (
        "ledger-1710",
        1710,
        "Cadeaubonnen en tegoeden",
        "Diversen",
        "",
    ),
];
const FOREIGN_VAT: &str = "ledger-1522";

/// The ledger account of a revenue group.
const fn ledger_of(group: i64, vat: VatKind) -> &'static str {
    match (group, vat) {
        (8, _) => "ledger-1710",
        (_, VatKind::Hoog) => "ledger-8000",
        (_, VatKind::Laag) => "ledger-8010",
        (_, VatKind::Overig) => "ledger-8020",
        (_, VatKind::Geen) => "ledger-8030",
    }
}

/// A revenue group as it is in a file made before groups had ledgers.
pub(super) fn with_ledger(mut group: RevenueGroup) -> RevenueGroup {
    if group.ledger.is_none() {
        group.ledger = Some(ledger_of(group.number, group.vat).to_owned());
    }
    group
}

/// Its accounts: the same in every trial administration.
pub(super) fn accounts() -> Accounts {
    Accounts {
        ledgers: LEDGERS
            .iter()
            .map(|(id, number, name, function, code)| Ledger {
                id: (*id).to_owned(),
                number: *number,
                name: (*name).to_owned(),
                function: (*function).to_owned(),
                rate_code: (*code).to_owned(),
                balance: *number < 4000,
                active: true,
            })
            .collect(),
        foreign_vat: Some(FOREIGN_VAT.to_owned()),
    }
}

/// Its journals: the six a fresh administration has.
pub(super) fn daybooks() -> Vec<Daybook> {
    const DAYBOOKS: [(&str, Option<Till>); 6] = [
        ("Kas", Some(Till::Cash)),
        ("Bank", Some(Till::Bank)),
        ("Verkoop", None),
        ("Inkoop", None),
        ("Memoriaal", None),
        ("Balans", None),
    ];
    (1..)
        .zip(DAYBOOKS)
        .map(|(number, (name, till))| Daybook {
            id: format!("daybook-{number}"),
            number,
            name: name.to_owned(),
            till,
            active: true,
        })
        .collect()
}

/// Is it the account of foreign VAT?
pub(super) fn is_foreign_vat(id: &str) -> bool {
    id == FOREIGN_VAT
}

/// Is there such a ledger account?
pub(super) fn has_ledger(id: &str) -> bool {
    id == FOREIGN_VAT || LEDGERS.iter().any(|(known, ..)| *known == id)
}

/// The administration of a profile.
pub(super) fn company(profile: &str) -> Company {
    Company {
        id: id(),
        name: format!("Proefadministratie {profile}"),
        country: "NL".to_owned(),
        numeric_article_codes: false,
        article_code_length: 50,
        article_prices_exclude_vat: true,
        price_decimals: 2,
        quantity_decimals: 2,
        stock_stage: StockStage::Alle,
        small_business_scheme: false,
        foreign_vat: true,
        foreign: crate::books::ForeignVat::default(),
        vat_number: String::new(),
    }
}

/// Its small lists.
pub(super) fn lookups() -> Lookups {
    let template = |name: &str| Template {
        id: id(),
        name: name.to_owned(),
        active: true,
    };
    Lookups {
        revenue_groups: GROUPS
            .iter()
            .map(|(number, name, vat)| RevenueGroup {
                id: id(),
                number: *number,
                name: (*name).to_owned(),
                vat: *vat,
                ledger: Some(ledger_of(*number, *vat).to_owned()),
            })
            .collect(),
        vat_rates: RATES
            .iter()
            .map(|(kind, percent, from, until)| VatRate {
                kind: *kind,
                percent: *percent,
                from: *from,
                until: *until,
            })
            .collect(),
        foreign_rates: FOREIGN
            .iter()
            .map(|(country, code, percent)| ForeignRate {
                country: (*country).to_owned(),
                code: (*code).to_owned(),
                percent: *percent,
                from: date(2021, 7, 1),
            })
            .collect(),
        countries: COUNTRIES
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(code, name)| Country {
                id: id(),
                code: code.to_owned(),
                name: name.to_owned(),
            })
            .collect(),
        templates: vec![template("Webshop"), template("Standaard")],
        cost_centres: vec![CostCentre {
            id: id(),
            number: 1,
            name: "Webshop".to_owned(),
            active: true,
        }],
    }
}

/// Its cost articles.
pub(super) fn articles(lookups: &Lookups) -> Vec<Article> {
    let group = |number: i64| {
        let found = lookups
            .revenue_groups
            .iter()
            .find(|group| group.number == number);
        found.map(|group| group.id.clone()).unwrap_or_default()
    };
    COST_ARTICLES
        .iter()
        .map(|(code, text, number)| Article {
            id: id(),
            code: (*code).to_owned(),
            description: (*text).to_owned(),
            revenue_group: group(*number),
            price: Decimal::ZERO,
            unit: String::new(),
            active: true,
            keeps_stock: false,
            technical_stock: Decimal::ZERO,
            free_stock: Decimal::ZERO,
            has_parts: false,
            parts: Vec::new(),
            recipe: None,
            extra: Default::default(),
            modified: None,
        })
        .collect()
}

/// A new id.
pub(super) fn id() -> String {
    Uuid::new_v4().to_string()
}

/// Everything, for a new file.
pub(super) fn all(profile: &str) -> Stored {
    let lookups = lookups();
    Stored {
        company: company(profile),
        articles: articles(&lookups),
        lookups,
    }
}

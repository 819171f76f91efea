//! What a fresh administration holds (SnelStart B2B v2, section "Seed data"), with new random ids
//! every time: no id is the same in two administrations.

mod countries;
mod ledgers;
mod rates;

use std::collections::HashMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    Options,
    json::{Json, maybe_reference, object, reference},
    models,
    rules::{article, relation},
    world::{Table, VatNumbers, World},
};

/// Groups of a fresh administration: number, name, VAT kind, function of its ledger, OSS rate code.
const GROUPS: &[(i64, &str, &str, &str, Option<&str>)] = &[
    (
        1,
        "Hoog btw (goederen)",
        "Hoog",
        "VerkopenOmzetHoog",
        Some("SR"),
    ),
    (
        2,
        "Laag btw (goederen)",
        "Laag",
        "VerkopenOmzetLaag",
        Some("RRH"),
    ),
    (
        3,
        "Geen btw (goederen)",
        "Geen",
        "VerkopenOmzetOnbelastVerlegd",
        None,
    ),
    (
        4,
        "Overig btw (goederen)",
        "Overig",
        "VerkopenOmzetOverig",
        None,
    ),
    (
        5,
        "Hoog btw (diensten)",
        "Hoog",
        "VerkopenOmzetHoog",
        Some("SR"),
    ),
    (
        6,
        "Laag btw (diensten)",
        "Laag",
        "VerkopenOmzetLaag",
        Some("RRH"),
    ),
    (
        7,
        "Geen btw (diensten)",
        "Geen",
        "VerkopenOmzetOnbelastVerlegd",
        None,
    ),
    (8, "Cadeaubonnen", "Geen", "TussenrekeningBetalingen", None),
];

/// A fresh administration.
#[must_use]
pub fn world(options: &Options, now: Timestamp) -> World {
    let ledgers = ledgers::table(now);
    let groups = groups(&ledgers, now);
    let mut world = World {
        company: company(options, &ledgers),
        countries: countries(now),
        vat_rates: rates::domestic(now),
        foreign_rates: rates::foreign(now),
        rate_definitions: rates::definitions(now),
        templates: templates(now),
        cost_centres: cost_centres(now),
        journals: ledgers::journals(now),
        relations: Table::default(),
        articles: Table::default(),
        orders: Table::default(),
        invoices: Table::default(),
        bookings: Table::default(),
        bank_entries: Table::default(),
        cash_entries: Table::default(),
        documents: Table::default(),
        counted: HashMap::new(),
        agreements: Vec::new(),
        rate_codes: rate_codes(&groups),
        closed_until: None,
        vat_numbers: VatNumbers::default(),
        article_fields: Vec::new(),
        customer_fields: Vec::new(),
        ledgers,
        groups,
    };
    add_relations(&mut world, now);
    add_inactive_article(&mut world, now);
    world
}

fn countries(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (at, (two, three, name)) in countries::COUNTRIES.iter().enumerate() {
        // Some rows carry no three-letter code (client code: landcodeISO can be null).
        let three = if at % 50 == 49 { None } else { Some(*three) };
        table.add(
            object! { "naam": *name, "landcodeISO": three, "landcode": *two },
            now,
        );
    }
    // Two rows outside ISO 3166, as real administrations have (252 rows were seen).
    table.add(
        object! { "naam": "Kosovo", "landcodeISO": Json::Null, "landcode": "XK" },
        now,
    );
    table.add(
        object! { "naam": "Noord-Ierland", "landcodeISO": Json::Null, "landcode": "XI" },
        now,
    );
    table
}

fn groups(ledgers: &Table, now: Timestamp) -> Table {
    let mut table = Table::default();
    for (number, name, kind, function, _) in GROUPS {
        let ledger = ledgers::with_function(ledgers, function);
        table.add(
            object! {
                "nummer": *number,
                "omschrijving": *name,
                "verkoopGrootboekNederlandIdentifier": maybe_reference("grootboeken", ledger),
                "verkoopNederlandBtwSoort": *kind,
            },
            now,
        );
    }
    table
}

fn rate_codes(groups: &Table) -> HashMap<Uuid, String> {
    let coded = groups
        .iter()
        .zip(GROUPS)
        .filter_map(|(row, (.., code))| Some((row.id, (*code)?.to_string())));
    coded.collect()
}

fn templates(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (name, inactive, excludes, blocks) in [
        ("Standaard", false, true, false),
        ("Webshop", false, false, false),
        ("Geblokkeerd", false, false, true),
        ("Oud sjabloon", true, true, false),
    ] {
        table.add(
            object! {
                "omschrijving": name,
                "nonactief": inactive,
                "prijsIngaveExclusiefBtw": excludes,
                "nieuweOrdersBlokkeren": blocks,
                "extraHoofdVelden": Vec::new(),
                "extraRegelVelden": Vec::new(),
            },
            now,
        );
    }
    table
}

fn cost_centres(now: Timestamp) -> Table {
    let mut table = Table::default();
    for (number, name, inactive) in [(100_i64, "Webwinkel", false), (900, "Opgeheven", true)] {
        table.add(
            object! { "nummer": number, "omschrijving": name, "nonactief": inactive },
            now,
        );
    }
    table
}

fn add_relations(world: &mut World, now: Timestamp) {
    let mut add = |kind: &str, code: Option<i64>, name: &str, inactive: bool| {
        let body = object! {
            "relatiesoort": vec![Json::from(kind)],
            "relatiecode": code,
            "naam": name,
            "nonactief": inactive,
        };
        let mut doc = models::RELATION.read(&body, &mut Vec::new());
        relation::fill_defaults(&mut doc);
        world.relations.add(doc, now);
    };
    add("Eigen", Some(0), "Uw bedrijfsnaam", false);
    add("Leverancier", Some(-1), "Onbekende leverancier", false);
    add("Klant", Some(-2), "Onbekende klant", false);
    add("Klant", Some(1), "Vertrokken klant", true);
    add("Leverancier", Some(2), "Groothandel Voorbeeld", false);
}

fn add_inactive_article(world: &mut World, now: Timestamp) {
    let group = world.groups.iter().next().map(|group| group.id);
    let body = object! {
        "artikelcode": "99999",
        "omschrijving": "Vervallen artikel",
        "artikelOmzetgroep": maybe_reference("artikelomzetgroepen", group),
        "isNonActief": true,
    };
    let mut doc = models::ARTICLE.read(&body, &mut Vec::new());
    article::fill_defaults(&mut doc);
    world.articles.add(doc, now);
}

fn company(options: &Options, ledgers: &Table) -> Json {
    let kind = if options.numeric_article_codes {
        "Numeriek"
    } else {
        "Alfanumeriek"
    };
    let length = i64::try_from(options.article_code_length).unwrap_or(50);
    let foreign = ledgers::with_function(ledgers, "BtwAfTeDragenOverig");
    let stock = ledgers::with_function(ledgers, "DagboekMemoriaal");
    let ranges = match options.foreign_vat {
        true => vec![object! { "from": OSS_START_MS, "to": Json::Null }],
        false => Vec::new(),
    };
    let mut company = object! {
        "administratieIdentifier": Uuid::new_v4(),
        "administratieNaam": options.name.as_str(),
        "bedrijfsnaam": options.name.as_str(),
        "contactpersoon": "A. Jansen",
        "adres": "Dorpsstraat 1",
        "postcode": "1234 AB",
        "plaats": "Utrecht",
        "telefoon": "030-1234567",
        "iban": "NL91ABNA0417164300",
        "rechtsvorm": "Bv",
        "btwNummer": "NL123456782B01",
        "kvKNummer": "12345678",
        "email": "info@example.nl",
        "website": "www.example.nl",
        "huidigBoekjaar": 2026_i64,
        "beginmaandFiscaleBoekjaar": 1_i64,
        "btwAangiftePeriodeSoort": "Kwartaal",
        "icpAangiftePeriodeSoort": "Kwartaal",
        "kleineOndernemersregeling": object! {
            "isKleineOndernemersRegelingActief": options.small_business_scheme,
            "maximaalBedragVolledigeVerrekening": Decimal::from(1345),
            "maximaalBedragKleineOndernemersRegeling": Decimal::from(20000),
        },
    };
    for (name, value) in [
        ("volgendFactuurnummer", Json::from(26_000_001_i64)),
        ("volgendVerkoopordernummer", Json::from(1001_i64)),
        ("volgendContantbonnummer", Json::from(1_i64)),
        ("volgendInkoopordernummer", Json::from(1_i64)),
        ("voorraadcontroleOrderinvoer", Json::from(false)),
        ("backorderGebruiken", Json::from(false)),
        ("factuurAlsBijlageVerkoopboeking", Json::from(false)),
        ("tekstregelsOvernemenNaarBackorder", Json::from("Geen")),
        (
            "regelkortingVerkooporder",
            Json::from("BerekenenOverRegelBedrag"),
        ),
        (
            "verkoopprijsArtikelbestandExclusiefBtw",
            Json::from(options.article_prices_exclude_vat),
        ),
        ("inkoopprijsArtikelbestandExclusiefBtw", Json::from(true)),
        ("artikelcodeSoort", Json::from(kind)),
        ("artikelcodeMaxLengte", Json::from(length)),
        ("aantalDecimalenArtikelprijzen", Json::from(2_i64)),
        ("aantalDecimalenArtikelaantallen", Json::from(2_i64)),
        ("verkooporderVoorraadVanafNiveau", Json::from("Alle")),
        ("voorraadSysteem", Json::from("Fifo")),
        ("momentVoorraadBijwerken", Json::from("BijBoekenOntvangst")),
        (
            "dagboekVoorraadverschillen",
            maybe_reference("grootboeken", stock),
        ),
        (
            "buitenlandseBtwGrootboek",
            maybe_reference("grootboeken", foreign),
        ),
        ("factureerBuitenlandsBtw", Json::from(options.foreign_vat)),
        ("factureerBuitenlandsBtwRanges", Json::from(ranges)),
    ] {
        company.set(name, value);
    }
    company
}

/// 1 July 2021, from when distance sales may carry foreign VAT, as the ranges write it here:
/// milliseconds since 1970 (SnelStart B2B v2 does not tell the unit).
const OSS_START_MS: i64 = 1_625_097_600_000;

/// A reference to one of the administration's groups by VAT kind, the first of that kind.
#[must_use]
pub fn group_of_kind(world: &World, kind: &str) -> Option<Json> {
    let mut groups = world.groups.iter();
    let found = groups.find(|row| row.doc.text("verkoopNederlandBtwSoort") == Some(kind))?;
    Some(reference("artikelomzetgroepen", found.id))
}

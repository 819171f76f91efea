//! SnelStart's records as the books' own nouns. Fields may be missing, null or irregular.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::fields::Fields;
use crate::books::{
    Article, BookAddress, BookedLine, BookedOrder, Company, CostCentre, Country, Daybook,
    ForeignRate, ForeignVat, Ledger, Part, PriceMode, ProcessStage, Relation, RevenueGroup,
    StockStage, Template, Till, VatKind, VatRate,
};

/// Country ids of this administration (they differ from one to the next) by id and by code.
#[derive(Debug, Clone, Default)]
pub struct Countries(Vec<Country>);

impl Countries {
    /// These countries.
    #[must_use]
    pub fn new(countries: Vec<Country>) -> Self {
        Self(countries)
    }

    /// Two letters of that id; empty when unknown.
    #[must_use]
    pub fn code(&self, id: &str) -> String {
        let found = self
            .0
            .iter()
            .find(|country| country.id.eq_ignore_ascii_case(id));
        found
            .map(|country| country.code.clone())
            .unwrap_or_default()
    }

    /// The id of that code.
    #[must_use]
    pub fn id(&self, code: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|country| country.code.eq_ignore_ascii_case(code));
        found.map(|country| country.id.as_str())
    }
}

/// CompanyInfoModel. It names no country: the company's VAT number does, else it is Dutch
/// (SnelStart keeps Dutch administrations).
#[must_use]
pub fn company(row: &Fields) -> Option<Company> {
    let decimals = |name| {
        row.whole(name)
            .and_then(|count| u32::try_from(count).ok())
            .map_or(2, |count| count.min(6))
    };
    let id = row.text("administratieIdentifier");
    let name = match row.text("administratieNaam") {
        name if name.is_empty() => row.text("bedrijfsnaam"),
        name => name,
    };
    let length = row
        .whole("artikelcodeMaxLengte")
        .and_then(|length| usize::try_from(length).ok());
    (!id.is_empty()).then(|| Company {
        id,
        name,
        country: company_country(row),
        numeric_article_codes: row
            .text("artikelcodeSoort")
            .eq_ignore_ascii_case("Numeriek"),
        article_code_length: length.filter(|length| *length > 0).unwrap_or(50),
        article_prices_exclude_vat: row
            .flag("verkoopprijsArtikelbestandExclusiefBtw")
            .unwrap_or(true),
        price_decimals: decimals("aantalDecimalenArtikelprijzen"),
        quantity_decimals: decimals("aantalDecimalenArtikelaantallen"),
        stock_stage: stock_stage(&row.text("verkooporderVoorraadVanafNiveau")),
        small_business_scheme: row
            .object("kleineOndernemersregeling")
            .flag("isKleineOndernemersRegelingActief")
            .unwrap_or_default(),
        foreign_vat: row.flag("factureerBuitenlandsBtw").unwrap_or_default(),
        foreign: ForeignVat {
            ranges: ranges(row),
            ledgers: None,
        },
        vat_number: company_number(row),
    })
}

/// The company's VAT number: letters and digits.
fn company_number(row: &Fields) -> String {
    let number = match row.text("btwIdentificatieNummer") {
        number if number.trim().is_empty() => row.text("btwNummer"),
        number => number,
    };
    number
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// factureerBuitenlandsBtwRanges: `{from, to}` as whole numbers. Their unit is not documented: a date
/// of eight digits, seconds, milliseconds, or ticks of 100 ns since the year 1 are told apart by
/// size. One that cannot be read leaves the range open on that side.
fn ranges(row: &Fields) -> Vec<(Date, Date)> {
    let day = |whole: Option<i64>, open: Date| whole.and_then(day_of).unwrap_or(open);
    row.list("factureerBuitenlandsBtwRanges")
        .iter()
        .map(|range| {
            (
                day(range.whole("from"), Date::MIN),
                day(range.whole("to"), Date::MAX),
            )
        })
        .collect()
}

/// Seconds from the year 1 to 1970.
const TICKS_EPOCH: i64 = 62_135_596_800;

fn day_of(whole: i64) -> Option<Date> {
    if (19_000_101..=24_001_231).contains(&whole) {
        let (year, month, day) = (whole / 10_000, whole / 100 % 100, whole % 100);
        return Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
        .ok();
    }
    let seconds = match whole {
        ticks if ticks >= 100_000_000_000_000_000 => ticks / 10_000_000 - TICKS_EPOCH,
        millis if millis >= 100_000_000_000 => millis / 1000,
        seconds => seconds,
    };
    let at = jiff::Timestamp::from_second(seconds).ok()?;
    // A moment of midnight in the Netherlands is the evening before in UTC.
    let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap_or(jiff::tz::TimeZone::UTC);
    Some(at.to_zoned(zone).date())
}

/// A ledger for distance sales (GrootboekModel): its name, and the code of the rate it bears.
#[must_use]
pub fn distance_ledger(row: &Fields) -> Option<(String, Option<String>)> {
    let is = row
        .text("grootboekfunctie")
        .eq_ignore_ascii_case(DISTANCE_SALES);
    let closed = row.flag("nonactief").unwrap_or_default();
    let name = format!("{} {}", row.text("nummer"), row.text("omschrijving"));
    let code = row.text("vatRateCode").trim().to_ascii_uppercase();
    (is && !closed).then(|| {
        (
            name.trim().to_owned(),
            Some(code).filter(|code| !code.is_empty()),
        )
    })
}

/// grootboekfunctie 84.
pub const DISTANCE_SALES: &str = "InstallatieTeleverkoopBinnenEUgeen";

fn company_country(row: &Fields) -> String {
    let prefix = |name| {
        let number = row.text(name);
        let letters: String = number.trim().chars().take(2).collect();
        (letters.len() == 2 && letters.chars().all(|c| c.is_ascii_alphabetic()))
            .then(|| letters.to_ascii_uppercase())
    };
    prefix("btwIdentificatieNummer")
        .or_else(|| prefix("btwNummer"))
        .map_or_else(
            || "NL".to_owned(),
            |code| if code == "EL" { "GR".to_owned() } else { code },
        )
}

fn stock_stage(text: &str) -> StockStage {
    const ALL: [(&str, StockStage); 7] = [
        ("Alle", StockStage::Alle),
        ("Offerte", StockStage::Offerte),
        ("BackOrder", StockStage::BackOrder),
        ("Bevestiging", StockStage::Bevestiging),
        ("Werkbon", StockStage::Werkbon),
        ("PakbonEnAfhaalbon", StockStage::PakbonEnAfhaalbon),
        ("FactuurEnContantbon", StockStage::FactuurEnContantbon),
    ];
    // An unknown level counts as the last: pieces that might not be counted are taken off.
    named(&ALL, text).unwrap_or(StockStage::FactuurEnContantbon)
}

/// procesStatus; none when it is new to us.
#[must_use]
pub fn stage(text: &str) -> Option<ProcessStage> {
    const ALL: [(&str, ProcessStage); 8] = [
        ("Order", ProcessStage::Order),
        ("Offerte", ProcessStage::Offerte),
        ("Bevestiging", ProcessStage::Bevestiging),
        ("Werkbon", ProcessStage::Werkbon),
        ("Pakbon", ProcessStage::Pakbon),
        ("Afhaalbon", ProcessStage::Afhaalbon),
        ("Contantbon", ProcessStage::Contantbon),
        ("Factuur", ProcessStage::Factuur),
    ];
    named(&ALL, text)
}

fn vat_kind(text: &str) -> Option<VatKind> {
    const ALL: [(&str, VatKind); 4] = [
        ("Hoog", VatKind::Hoog),
        ("Laag", VatKind::Laag),
        ("Geen", VatKind::Geen),
        ("Overig", VatKind::Overig),
    ];
    named(&ALL, text)
}

fn named<T: Copy>(all: &[(&str, T)], text: &str) -> Option<T> {
    let found = all
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
    found.map(|(_, value)| *value)
}

/// LandModel. `landcode` has two letters; `landcodeISO` has three and may be missing.
#[must_use]
pub fn country(row: &Fields) -> Option<Country> {
    let code = row.text("landcode").trim().to_ascii_uppercase();
    Some(Country {
        id: row.id()?,
        code: (code.len() == 2).then_some(code)?,
        name: row.text("naam"),
    })
}

/// The three-letter code of a LandModel, for the foreign rates; with its two-letter one.
#[must_use]
pub fn country_codes(row: &Fields) -> Option<(String, String)> {
    let long = row.text("landcodeISO").trim().to_ascii_uppercase();
    (long.len() == 3).then_some(())?;
    country(row).map(|country| (long, country.code))
}

/// ArtikelOmzetGroepModel. A kind of VAT that is new to us counts as Overig: no article of such a
/// group fits a rate by accident.
#[must_use]
pub fn revenue_group(row: &Fields) -> Option<RevenueGroup> {
    Some(RevenueGroup {
        id: row.id()?,
        number: row.whole("nummer").unwrap_or_default(),
        name: row.text("omschrijving"),
        vat: vat_kind(&row.text("verkoopNederlandBtwSoort")).unwrap_or(VatKind::Overig),
        ledger: row.reference("verkoopGrootboekNederlandIdentifier"),
    })
}

/// GrootboekModel.
#[must_use]
pub fn ledger(row: &Fields) -> Option<Ledger> {
    Some(Ledger {
        id: row.id()?,
        number: row.whole("nummer").unwrap_or_default(),
        name: row.text("omschrijving"),
        function: row.text("grootboekfunctie"),
        rate_code: row.text("vatRateCode"),
        balance: row.text("rekeningCode") == "Balans",
        active: !row.flag("nonactief").unwrap_or_default(),
    })
}

/// DagboekModel.
#[must_use]
pub fn daybook(row: &Fields) -> Option<Daybook> {
    const TILLS: [(&str, Till); 2] = [("Bank", Till::Bank), ("Kas", Till::Cash)];
    Some(Daybook {
        id: row.id()?,
        number: row.whole("nummer").unwrap_or_default(),
        name: row.text("omschrijving"),
        till: named(&TILLS, &row.text("soort")),
        active: !row.flag("nonactief").unwrap_or_default(),
    })
}

/// BtwTariefModel; open ends are sentinels, and taken as such when missing.
#[must_use]
pub fn vat_rate(row: &Fields) -> Option<VatRate> {
    let day = |name, year| row.day(name).or_else(|| Date::new(year, 1, 1).ok());
    Some(VatRate {
        kind: vat_kind(&row.text("btwSoort"))?,
        percent: row.amount("btwPercentage")?,
        from: day("datumVanaf", 1900)?,
        until: day("datumTotEnMet", 2400)?,
    })
}

/// VatRatesModel: a country's rates. `short` gives two letters for three.
#[must_use]
pub fn foreign_rates(row: &Fields, short: &dyn Fn(&str) -> Option<String>) -> Vec<ForeignRate> {
    let code = row.text("countryCode").trim().to_ascii_uppercase();
    let Some(country) = short(&code).or_else(|| (code.len() == 2).then_some(code)) else {
        return Vec::new();
    };
    row.list("vatRates")
        .iter()
        .filter_map(|rate| {
            Some(ForeignRate {
                country: country.clone(),
                code: rate.text("rateCode"),
                percent: rate.amount("rate")?,
                from: rate
                    .day("validFrom")
                    .or_else(|| Date::new(1900, 1, 1).ok())?,
            })
        })
        .collect()
}

/// VerkoopOrderSjabloonModel.
#[must_use]
pub fn template(row: &Fields) -> Option<Template> {
    Some(Template {
        id: row.id()?,
        name: row.text("omschrijving"),
        active: !row.flag("nonactief").unwrap_or_default(),
    })
}

/// KostenplaatsModel.
#[must_use]
pub fn cost_centre(row: &Fields) -> Option<CostCentre> {
    Some(CostCentre {
        id: row.id()?,
        number: row.whole("nummer").unwrap_or_default(),
        name: row.text("omschrijving"),
        active: !row.flag("nonactief").unwrap_or_default(),
    })
}

/// ArtikelQueryModel.
#[must_use]
pub fn article(row: &Fields) -> Option<Article> {
    let amount = |name| row.amount(name).unwrap_or_default();
    Some(Article {
        id: row.id()?,
        code: row.text("artikelcode"),
        description: row.text("omschrijving"),
        revenue_group: row.reference("artikelOmzetgroep").unwrap_or_default(),
        price: amount("verkoopprijs"),
        unit: row.text("eenheid"),
        active: !row.flag("isNonActief").unwrap_or_default(),
        keeps_stock: row.flag("voorraadControle").unwrap_or_default(),
        technical_stock: amount("technischeVoorraad"),
        free_stock: amount("vrijeVoorraad"),
        has_parts: row.flag("isHoofdartikel").unwrap_or_default()
            || !row.list("subartikelen").is_empty(),
        parts: row.list("subartikelen").iter().filter_map(part).collect(),
        recipe: None,
        extra: extra(row, "extraVelden"),
        modified: row.moment("modifiedOn"),
    })
}

/// SubartikelModel.
fn part(row: &Fields) -> Option<Part> {
    Some(Part {
        article: row.id()?,
        code: row.text("artikelcode"),
        quantity: row.amount("aantal").unwrap_or(Decimal::ONE),
    })
}

/// AdresModel.
fn address(row: &Fields, countries: &Countries) -> BookAddress {
    BookAddress {
        contact: row.text("contactpersoon"),
        street: row.text("straat"),
        postcode: row.text("postcode"),
        city: row.text("plaats"),
        country: row
            .reference("land")
            .map(|id| countries.code(&id))
            .unwrap_or_default(),
    }
}

/// RelatieModel. The company itself (`Eigen`) and SnelStart's own fixtures (codes below zero) are
/// no customers.
#[must_use]
pub fn relation(row: &Fields, countries: &Countries) -> Option<Relation> {
    let kinds = row.texts("relatiesoort");
    let is = |name: &str| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(name));
    let code = row.whole("relatiecode").unwrap_or_default();
    Some(Relation {
        id: row.id()?,
        code,
        is_customer: is("Klant") && !is("Eigen") && code >= 0,
        active: !row.flag("nonactief").unwrap_or_default(),
        name: row.text("naam"),
        email: row.text("email"),
        phone: row.text("telefoon"),
        vat_number: row.text("btwNummer"),
        chamber_of_commerce: row.text("kvkNummer"),
        address: address(&row.object("vestigingsAdres"), countries),
        correspondence: address(&row.object("correspondentieAdres"), countries),
        payment_term: row.whole("krediettermijn"),
        invoice_discount: row.amount("factuurkorting"),
        invoiced_elsewhere: row
            .reference("factuurRelatie")
            .is_some_and(|id| row.id() != Some(id)),
        extra: extra(row, "extraVeldenKlant"),
        modified: row.moment("modifiedOn"),
    })
}

/// ExtraVeldArtikelModel, ExtraVeldRelatieModel: those that hold something.
fn extra(row: &Fields, name: &str) -> BTreeMap<String, String> {
    row.list(name)
        .iter()
        .map(|field| (field.text("naam"), field.text("waarde")))
        .filter(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty())
        .collect()
}

/// VerkoopOrderModel.
#[must_use]
pub fn order(row: &Fields) -> Option<BookedOrder> {
    let stage = stage(&row.text("procesStatus"));
    Some(BookedOrder {
        id: row.id()?,
        number: row.text("nummer"),
        relation: row
            .reference("relatie")
            .or_else(|| row.reference("klant"))
            .unwrap_or_default(),
        date: row.day("datum"),
        payment_reference: row.text("betalingskenmerk"),
        description: row.text("omschrijving"),
        stage,
        template: row.reference("verkoopordersjabloon"),
        blocked: row.flag("geblokkeerd").unwrap_or_default(),
        total_excl: row.amount("totaalExclusiefBtw"),
        total_incl: row.amount("totaalInclusiefBtw"),
        invoiced: row.reference("verkoopfactuur").is_some()
            || matches!(
                stage,
                Some(ProcessStage::Factuur | ProcessStage::Contantbon)
            ),
        price_mode: named(
            &[
                ("Inclusief", PriceMode::Inclusief),
                ("Exclusief", PriceMode::Exclusief),
            ],
            &row.text("verkooporderBtwIngaveModel"),
        ),
        invoice_discount: row.amount("factuurkorting"),
        lines: row.list("regels").iter().map(line).collect(),
        modified: row.moment("modifiedOn"),
    })
}

/// VerkooporderRegelModel.
fn line(row: &Fields) -> BookedLine {
    BookedLine {
        article: row.reference("artikel"),
        description: row.text("omschrijving"),
        quantity: row.amount("aantal").unwrap_or_default(),
        unit_price: row.amount("stuksprijs").unwrap_or_default(),
        discount_percent: row.amount("kortingsPercentage").unwrap_or(Decimal::ZERO),
        total: row.amount("totaal"),
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;

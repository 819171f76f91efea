//! Which VAT: by where the goods go, who buys, and what the shop charged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{RevenueGroup, VatKind, Verdict},
    profile::settings::Form,
};
use winkelbrug_protocol::record::{
    Address, Line, Named, RateKind, RowRate, TaxRate, TotalKind, TotalRow,
};

use super::{
    Case, PerRate, business,
    elsewhere::{Apart, apart},
    margin,
    vat_number::can_be_one,
};

/// How the sale stands in the return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// At home.
    Domestic,
    /// To a private person elsewhere in the EU, with the VAT of home.
    EuAtHomeRates,
    /// The same with the VAT of his country (OSS).
    Oss,
    /// To a business elsewhere in the EU.
    EuBusiness,
    /// Export.
    Export,
}

/// The sale with its rates.
#[derive(Debug)]
pub struct Sale {
    pub treatment: Treatment,
    pub country: String,
    pub home: String,
    /// What the shop charged, per percentage.
    pub vat: PerRate,
    /// The shop wrote down no row of VAT.
    pub no_rows: bool,
    /// Fixed levies among the tax rows: title, amount, amount a piece.
    pub levies: Vec<(String, Decimal, Decimal)>,
    /// Domestic rates on the order's day and today.
    pub domestic: BTreeMap<VatKind, Decimal>,
    pub today: BTreeMap<VatKind, Decimal>,
    /// The Dutch number on which VAT is reverse-charged at home (btw verlegd).
    pub reverse_charged: Option<String>,
    /// Abroad, by group.
    abroad: BTreeMap<String, Decimal>,
    /// Rates of the country, where a booked invoice names the ledger of each itself.
    by_ledger: Vec<Decimal>,
}

impl Sale {
    pub fn without_vat(&self) -> bool {
        matches!(self.treatment, Treatment::EuBusiness | Treatment::Export)
    }

    /// What the books compute on this order for an article of that group; none = unknown.
    pub fn percent(&self, group: &RevenueGroup) -> Option<Decimal> {
        match self.treatment {
            Treatment::EuBusiness | Treatment::Export => Some(dec!(0)),
            Treatment::Domestic | Treatment::EuAtHomeRates => {
                self.domestic.get(&group.vat).copied()
            }
            Treatment::Oss => self.abroad.get(&group.id).copied(),
        }
    }

    /// May goods charged at that rate stand in that group?
    pub fn bears(&self, group: &RevenueGroup, percent: Decimal) -> bool {
        self.percent(group) == Some(percent)
            || (group.vat != VatKind::Geen && self.by_ledger.contains(&percent))
    }

    /// The codes under which the country has that rate on the order's day.
    pub fn codes(&self, case: &Case<'_>, percent: Decimal) -> BTreeSet<String> {
        let day = super::day_in_the_books(case);
        let rates = country_rates(case, &self.country, day).into_iter();
        let of_rate = rates.filter(|(_, (_, rate))| *rate == percent);
        of_rate.map(|(code, _)| code).collect()
    }

    /// Has a group of that kind that domestic rate, then or now?
    pub fn is_domestic(&self, kind: VatKind, percent: Decimal) -> bool {
        [&self.domestic, &self.today]
            .iter()
            .any(|rates| rates.get(&kind) == Some(&percent))
    }

    /// Percentages above zero the shop charged.
    pub fn charged(&self) -> Vec<Decimal> {
        self.vat.keys().copied().filter(|p| !p.is_zero()).collect()
    }
}

/// Decides it; none where nothing more can be told.
pub fn sale(case: &mut Case<'_>) -> Option<Sale> {
    let (mut vat, mut levies) = (PerRate::new(), Vec::new());
    let rows = case.order.totals.iter();
    for row in rows.filter(|row| row.kind == TotalKind::Tax) {
        match rate(case, row) {
            None => {
                case.hold("btw-tarief-onbekend");
                return None;
            }
            Some(rate) if rate.kind == RateKind::Percent => {
                *vat.entry(rate.rate.normalize()).or_default() += row.amount;
            }
            Some(rate) => levies.push((row.title.clone(), row.amount, rate.rate)),
        }
    }
    let day = super::day_in_the_books(case);
    let company = case.facts.company.clone().unwrap();
    let home = company.country.clone();
    let mut sale = Sale {
        treatment: Treatment::Domestic,
        country: destination(case),
        domestic: domestic(case, day),
        today: domestic(case, case.facts.today.unwrap_or(day)),
        home,
        vat,
        no_rows: case
            .order
            .totals
            .iter()
            .all(|row| row.kind != TotalKind::Tax),
        levies,
        reverse_charged: None,
        abroad: BTreeMap::new(),
        by_ledger: Vec::new(),
    };
    if sale.country.len() != 2 {
        case.hold("land-onbekend");
        return None;
    }
    let charged = charged_any(case, &sale);
    if company.small_business_scheme && charged {
        case.hold("kor-actief");
        return None;
    }
    sale.treatment = treatment(case, &sale, day, charged)?;
    let mut lines = case.order.lines.iter();
    let wrong = |line: &Line| !line.tax.is_zero() || sale.treatment == Treatment::EuBusiness;
    if lines.any(|line| margin::beside(case, line).is_some() && wrong(line)) {
        case.hold("btw-wijkt-af");
        return None;
    }
    if sale.treatment == Treatment::EuAtHomeRates && charged {
        let oss = computes_abroad(case, day);
        business::is_none(case, &sale, oss)?;
    }
    if sale.treatment == Treatment::EuAtHomeRates && computes_abroad(case, day) {
        sale.treatment = Treatment::Oss;
        abroad(case, &mut sale, day);
        if case.settings.sales.form == Form::Booking {
            let rates = case.facts.lookups.foreign_rates.iter();
            let here = rates.filter(|rate| rate.country == sale.country && rate.from <= day);
            sale.by_ledger = here.map(|rate| rate.percent.normalize()).collect();
        }
    }
    if sale.treatment == Treatment::Domestic {
        sale.reverse_charged = reverse_charged(case, &sale.home);
    }
    Some(sale)
}

/// The article that bears a line whose VAT is reverse-charged at home, by the owner's word on its tax
/// class; none where it is an ordinary line.
pub fn bearer(case: &Case<'_>, line: &Line) -> Option<String> {
    let class = line.tax_class.as_ref()?;
    let bears = !line.tax.is_zero() || line.percent.is_some_and(|percent| !percent.is_zero());
    if bears || line.total.is_zero() {
        return None;
    }
    let is = |wanted: &str, has: &str| wanted.trim().eq_ignore_ascii_case(has.trim());
    let set = &case.settings.vat.reverse_charge;
    let by = |has: &str| set.iter().find(|(wanted, _)| is(wanted, has));
    by(&class.name)
        .or_else(|| by(&class.id))
        .map(|(_, code)| code.clone())
}

/// What hangs on a Dutch number has to have one, and a right one.
fn reverse_charged(case: &mut Case<'_>, home: &str) -> Option<String> {
    let mut lines = case.order.lines.iter();
    lines.find(|line| bearer(case, line).is_some())?;
    let Some(number) = vat_number(case).filter(|number| number.starts_with(home)) else {
        case.hold("verlegd-zonder-btw-nummer");
        return None;
    };
    is_proved(case, &number);
    Some(number)
}

fn treatment(case: &mut Case<'_>, sale: &Sale, day: Date, charged: bool) -> Option<Treatment> {
    if sale.country == sale.home {
        return Some(Treatment::Domestic);
    }
    // The books go by the country's name, but where a booking names the ledger of exports itself.
    match apart(case, day) {
        Some(Apart::Out) if !charged && case.settings.sales.form == Form::Booking => {
            return Some(Treatment::Export);
        }
        Some(_) => {
            case.hold("btw-gebied");
            return None;
        }
        None => {}
    }
    if !in_the_eu(&sale.country, day) {
        if charged {
            case.hold("btw-wijkt-af");
            return None;
        }
        return Some(Treatment::Export);
    }
    if charged {
        return Some(Treatment::EuAtHomeRates);
    }
    if let Some(number) = vat_number(case) {
        is_proved(case, &number);
        return Some(Treatment::EuBusiness);
    }
    let taxed = case.order.lines.iter().any(|line| {
        let class = line.tax_class.as_ref();
        let percent = class.and_then(|class| class_percent(case, class, &sale.home));
        let margin = margin::beside(case, line).is_some();
        !line.total.is_zero() && !margin && percent.is_some_and(|percent| !percent.is_zero())
    });
    if taxed {
        case.hold("btw-wijkt-af");
        return None;
    }
    Some(Treatment::EuAtHomeRates)
}

/// Letters and digits; without a prefix of its own, that of the invoice's country.
pub fn vat_number(case: &Case<'_>) -> Option<String> {
    let given = case.order.customer.vat_number.clone()?.to_uppercase();
    let number: String = given.chars().filter(char::is_ascii_alphanumeric).collect();
    if number.len() < 4 {
        return None;
    }
    if number[..2].chars().all(|c| c.is_ascii_alphabetic()) {
        return Some(number);
    }
    let country = case.order.invoice_address.country.trim().to_uppercase();
    let prefix = if country == "GR" { "EL" } else { &country };
    Some(format!("{prefix}{number}"))
}

/// Without VAT only on a number that can be one and was found valid: by the register, or where none is asked by
/// the customer card.
fn is_proved(case: &mut Case<'_>, number: &str) {
    let settings = &case.settings.vat;
    match can_be_one(number) {
        Some(true) => {}
        Some(false) => case.hold("btw-nummer-ongeldig"),
        // Of other countries other tests tell it.
        None => {
            case.open.insert("btw-nummer-ongeldig");
        }
    }
    let check = case.facts.vat_check.as_ref();
    let verdict = check
        .filter(|check| check.number == number)
        .map(|check| check.verdict);
    let mut relations = case.facts.relations.iter();
    let on_card = relations.any(|relation| relation.vat_number == number);
    match verdict {
        Some(Verdict::Invalid) => case.hold("btw-nummer-ongeldig"),
        Some(Verdict::Valid) => {}
        Some(Verdict::Unreachable) | None => {
            if !(settings.accept_unchecked || (settings.vies_url.is_empty() && on_card)) {
                case.hold("btw-nummer-niet-gecontroleerd");
                case.hold("btw-nummer-ongeldig");
            }
        }
    }
}

fn destination(case: &Case<'_>) -> String {
    let order = case.order;
    let address = order.delivery_address.as_ref();
    let address = address.unwrap_or(&order.invoice_address);
    let shop = case.facts.shop.country.trim().to_uppercase();
    let home = case.facts.company.as_ref().map(|own| own.country.clone());
    if names_no_place(case) && home == Some(shop.clone()) {
        return shop;
    }
    address.country.trim().to_uppercase()
}

/// Does neither address say where it is?
pub fn names_no_place(case: &Case<'_>) -> bool {
    let order = case.order;
    let empty = |of: &Address| {
        let area = format!("{}{}{}{}", of.postcode, of.city, of.zone, of.country);
        format!("{}{}{area}", of.line1, of.line2).trim().is_empty()
    };
    empty(&order.invoice_address) && order.delivery_address.as_ref().is_none_or(empty)
}

/// In a tax row, or on a line whose row a discount took away.
fn charged_any(case: &Case<'_>, sale: &Sale) -> bool {
    let rows = sale.vat.values().any(|amount| amount.abs() >= dec!(0.005));
    rows || case.order.lines.iter().any(|line| {
        let fixed: Decimal = line
            .tax_class
            .as_ref()
            .map_or(dec!(0), |class| levy(case, sale, class));
        line.tax - fixed >= dec!(0.005)
    })
}

/// The levies on a piece of that class that this order carries.
pub fn levy(case: &Case<'_>, sale: &Sale, class: &Named) -> Decimal {
    rates_of(case, class)
        .into_iter()
        .filter(|rate| rate.kind == RateKind::Fixed)
        .filter(|rate| sale.levies.iter().any(|(_, _, each)| *each == rate.rate))
        .map(|rate| rate.rate)
        .sum()
}

/// The shop's rates of a class.
pub fn rates_of<'a>(case: &Case<'a>, class: &Named) -> Vec<&'a TaxRate> {
    let shop = &case.facts.shop;
    let known = shop.tax_classes.iter().find(|known| known.id == class.id);
    let ids = known.map_or(&[] as &[String], |known| &known.rate_ids);
    shop.tax_rates
        .iter()
        .filter(|rate| ids.contains(&rate.id))
        .collect()
}

/// The one percentage of a class in a country: "no class" and a class without a rate there are 0%.
pub fn class_percent(case: &Case<'_>, class: &Named, country: &str) -> Option<Decimal> {
    if class.id.is_empty() || class.id == "0" {
        return Some(dec!(0));
    }
    let shop = &case.facts.shop;
    shop.tax_classes.iter().find(|known| known.id == class.id)?;
    let mut percents: Vec<Decimal> = rates_of(case, class)
        .into_iter()
        .filter(|rate| rate.kind == RateKind::Percent)
        .filter(|rate| rate.countries.is_empty() || rate.countries.iter().any(|c| c == country))
        .map(|rate| rate.rate.normalize())
        .collect();
    percents.sort();
    percents.dedup();
    match percents[..] {
        [] => Some(dec!(0)),
        [one] => Some(one),
        _ => None,
    }
}

/// The rate behind a tax row: as recorded, by its name, or the one number before its percent sign.
fn rate(case: &Case<'_>, row: &TotalRow) -> Option<RowRate> {
    if let Some(rate) = &row.rate {
        return Some(rate.clone());
    }
    let country = destination(case);
    let named: Vec<&TaxRate> = case
        .facts
        .shop
        .tax_rates
        .iter()
        .filter(|rate| rate.name.trim().to_lowercase() == row.title.trim().to_lowercase())
        .collect();
    let here = named
        .iter()
        .filter(|rate| rate.countries.contains(&country));
    for candidates in [named.clone(), here.copied().collect()] {
        let mut rates: Vec<(Decimal, RateKind)> = candidates
            .iter()
            .map(|rate| (rate.rate.normalize(), rate.kind))
            .collect();
        rates.sort_by_key(|(rate, _)| *rate);
        rates.dedup();
        if let [(rate, kind)] = rates[..] {
            return Some(RowRate { rate, kind });
        }
    }
    let (before, after) = row.title.split_once('%')?;
    if after.contains('%') {
        return None;
    }
    let digits: Vec<char> = before
        .trim_end()
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_digit() || ".,".contains(*c))
        .collect();
    let number: String = digits.into_iter().rev().collect();
    let rate = number.replace(',', ".").parse().ok()?;
    Some(RowRate {
        rate,
        kind: RateKind::Percent,
    })
}

fn domestic(case: &Case<'_>, day: Date) -> BTreeMap<VatKind, Decimal> {
    let rates = &case.facts.lookups.vat_rates;
    rates
        .iter()
        .filter(|rate| rate.from <= day && day <= rate.until)
        .map(|rate| (rate.kind, rate.percent.normalize()))
        .collect()
}

/// The administration's switch for foreign VAT, from the day the EU's rules hold.
fn computes_abroad(case: &Case<'_>, day: Date) -> bool {
    let company = case.facts.company.as_ref().unwrap();
    let ranges = &company.foreign.ranges;
    let within = ranges
        .iter()
        .any(|(from, until)| *from <= day && day <= *until);
    company.foreign_vat && day >= date(2021, 7, 1) && (ranges.is_empty() || within)
}

/// The country's rates on that day, by code.
fn country_rates(case: &Case<'_>, country: &str, day: Date) -> BTreeMap<String, (Date, Decimal)> {
    let mut rates: BTreeMap<String, (Date, Decimal)> = BTreeMap::new();
    for rate in &case.facts.lookups.foreign_rates {
        let known = rates.get(&rate.code).map(|(from, _)| *from);
        let here = rate.country == country && rate.from <= day;
        if here && known.is_none_or(|known| known <= rate.from) {
            rates.insert(rate.code.clone(), (rate.from, rate.percent.normalize()));
        }
    }
    rates
}

/// Which group bears which of the country's rates; a rate the country does not have holds.
fn abroad(case: &mut Case<'_>, sale: &mut Sale, day: Date) {
    let rates = country_rates(case, &sale.country, day);
    let there = |percent: &Decimal| rates.values().any(|(_, rate)| rate == percent);
    if sale.charged().iter().any(|percent| !there(percent)) {
        case.hold("btw-wijkt-af");
    }
    let rates: BTreeMap<String, Decimal> = rates
        .into_iter()
        .map(|(code, (_, percent))| (code, percent))
        .collect();
    let groups = &case.facts.lookups.revenue_groups;
    let mut named = BTreeMap::new();
    for (wanted, code) in &case.settings.vat.foreign {
        let is = |group: &&RevenueGroup| {
            group.name.to_lowercase() == wanted.trim().to_lowercase()
                || group.number.to_string() == wanted.trim()
        };
        match groups.iter().find(is) {
            Some(group) => {
                named.insert(group.id.clone(), code.name());
            }
            None => {
                case.held.insert("omzetgroep-ontbreekt");
            }
        }
    }
    for group in groups {
        let percent = match named.get(&group.id) {
            Some(code) => of_code(&rates, code),
            None => of_kind(&rates, group.vat),
        };
        if let Some(percent) = percent {
            sale.abroad.insert(group.id.clone(), percent);
        }
    }
}

/// The country's rate of the code the owner named; where it has one reduced rate only, that one
/// whatever its code.
fn of_code(rates: &BTreeMap<String, Decimal>, code: &str) -> Option<Decimal> {
    let reduced = ["RRH", "RRL"];
    let there: Vec<Decimal> = reduced
        .iter()
        .filter_map(|code| rates.get(*code).copied())
        .collect();
    let only = (reduced.contains(&code) && there.len() == 1).then(|| there[0]);
    rates.get(code).copied().or(only)
}

/// What a group nobody said anything of bears: Hoog the standard rate, Laag the one other rate there is.
fn of_kind(rates: &BTreeMap<String, Decimal>, kind: VatKind) -> Option<Decimal> {
    let others: Vec<Decimal> = rates
        .iter()
        .filter(|(code, _)| *code != "SR")
        .map(|(_, percent)| *percent)
        .collect();
    match kind {
        VatKind::Hoog => rates.get("SR").copied(),
        VatKind::Laag if others.len() == 1 => Some(others[0]),
        VatKind::Laag | VatKind::Overig => None,
        VatKind::Geen => Some(dec!(0)),
    }
}

pub fn in_the_eu(country: &str, day: Date) -> bool {
    const STATES: &str =
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
    STATES.split(' ').any(|state| state == country) || (country == "GB" && day.year() < 2021)
}

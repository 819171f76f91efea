//! What testing the connection says of names that only some orders need: the ledgers of sales without
//! VAT to other countries, and the articles of reverse-charged VAT and of margin goods.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Administration,
    check::{missing, there_are, word},
};
use crate::{
    books::{Accounts, EU_SUPPLIES, EXPORTS, Lookups, RevenueGroup, VatKind},
    profile::{Settings, settings::Form, vat::set_for},
    step::Step,
    text,
};

/// One step for the ledgers, one for the articles; none where the settings name none.
pub(super) async fn check(
    settings: &Settings,
    lookups: &Lookups,
    books: &dyn Administration,
) -> Vec<Step> {
    let mut steps = ledgers(settings, books).await;
    steps.extend(articles(settings, lookups, books).await);
    steps
}

async fn ledgers(settings: &Settings, books: &dyn Administration) -> Vec<Step> {
    let (name, sales) = ("sales-ledgers", &settings.sales);
    let mut wanted = vec![
        ("sales.eu_ledger", sales.eu_ledger.trim()),
        ("sales.export_ledger", sales.export_ledger.trim()),
    ];
    wanted.retain(|(_, ledger)| !ledger.is_empty());
    if wanted.is_empty() || sales.form != Form::Booking {
        return Vec::new();
    }
    let accounts = match books.accounts().await {
        Ok(accounts) => accounts,
        Err(failure) => return vec![Step::failed(name, &failure)],
    };
    let active = || accounts.ledgers.iter().filter(|ledger| ledger.active);
    let is_there = |wanted: &str| active().any(|ledger| ledger.is_called(wanted));
    let mut steps: Vec<Step> = wanted
        .iter()
        .filter(|(_, ledger)| !is_there(ledger))
        .map(|(key, ledger)| {
            missing(
                name,
                "grootboek-ontbreekt",
                text!(
                    "De grootboekrekening \"{ledger}\" ({key}) bestaat niet in de administratie",
                    "The ledger account \"{ledger}\" ({key}) does not exist in the administration"
                ),
                there_are(active().map(|ledger| format!("{} {}", ledger.number, ledger.name))),
            )
        })
        .collect();
    steps.extend(
        wanted
            .iter()
            .filter_map(|(key, wanted)| of_other_function(name, key, wanted, &accounts)),
    );
    if steps.is_empty() {
        steps.push(Step::passed(
            name,
            text!(
                "De grootboekrekeningen uit de instellingen bestaan",
                "The ledger accounts of the settings exist"
            ),
        ));
    }
    steps
}

/// A ledger that the VAT return counts elsewhere than sales without VAT of that kind: no failure, for the
/// owner may count it himself, but he should know.
fn of_other_function(
    step: &'static str,
    key: &str,
    wanted: &str,
    accounts: &Accounts,
) -> Option<Step> {
    let (function, vat_box) = match key {
        "sales.eu_ledger" => (EU_SUPPLIES, "3b"),
        _ => (EXPORTS, "3a"),
    };
    let mut active = accounts.ledgers.iter().filter(|ledger| ledger.active);
    let ledger = active.find(|ledger| ledger.is_called(wanted))?;
    if ledger.function == function {
        return None;
    }
    let name = format!("{} {}", ledger.number, ledger.name);
    Some(
        Step::attention(
            step,
            text!(
                "De grootboekrekening \"{name}\" ({key}) is in de administratie geen rekening voor zulke verkopen: de btw-aangifte telt wat daarop staat niet in rubriek {vat_box}",
                "The ledger account \"{name}\" ({key}) is no account for such sales in the administration: the VAT return does not count what stands on it in box {vat_box}"
            ),
        )
        .hint(text!(
            "Kies in {key} een rekening met die functie, of laat het leeg.",
            "Choose an account with that function in {key}, or leave it empty."
        )),
    )
}

async fn articles(settings: &Settings, lookups: &Lookups, books: &dyn Administration) -> Vec<Step> {
    let name = "vat-articles";
    let vat = &settings.vat;
    let codes = |key, classes: &BTreeMap<String, String>| {
        let codes: BTreeSet<String> = classes.values().cloned().collect();
        codes.into_iter().map(move |code| (key, code))
    };
    let wanted = codes("vat.reverse_charge", &vat.reverse_charge);
    let wanted: Vec<(&str, String)> = wanted.chain(codes("vat.margin", &vat.margin)).collect();
    let (mut steps, mut margin) = (Vec::new(), Vec::new());
    for (key, code) in &wanted {
        let found = match books.find_articles(code).await {
            Ok(found) => found,
            Err(failure) => {
                steps.push(Step::failed(name, &failure));
                return steps;
            }
        };
        let mut active = found.iter().filter(|article| article.active);
        let (Some(article), None) = (active.next(), active.next()) else {
            steps.push(missing(
                name,
                "artikel-ontbreekt",
                text!(
                    "Artikel \"{code}\" ({key}) staat niet precies één keer als actief artikel in de administratie",
                    "Article \"{code}\" ({key}) is not in the administration exactly once as an active article"
                ),
                text!(
                    "Maak het artikel in SnelStart (zonder voorraadcontrole), of kies een ander in {key}.",
                    "Create the article in SnelStart (without stock control), or choose another in {key}."
                ),
            ));
            continue;
        };
        let mut groups = lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == article.revenue_group);
        let taxed = group.filter(|group| matches!(group.vat, VatKind::Hoog | VatKind::Laag));
        if let Some(group) = taxed {
            let (name_of, kind) = (&group.name, word(group.vat));
            steps.push(missing(
                name,
                "artikel-verkeerde-btw",
                text!(
                    "Artikel \"{code}\" ({key}) staat in omzetgroep \"{name_of}\" met btw-soort {kind}; op zo'n regel hoort geen btw",
                    "Article \"{code}\" ({key}) is in revenue group \"{name_of}\" of VAT kind {kind}; such a line bears no VAT"
                ),
                text!(
                    "Kies een artikel in een omzetgroep zonder btw.",
                    "Choose an article in a revenue group without VAT."
                ),
            ));
        }
        if let Some(group) = group.filter(|_| *key == "vat.margin") {
            margin.push((code.clone(), group));
        }
    }
    steps.extend(elsewhere(settings, lookups, &margin));
    let count = wanted.len();
    if steps.is_empty() && count > 0 {
        steps.push(Step::passed(
            name,
            match count {
                1 => text!(
                    "Het artikel voor verlegde btw of margegoederen bestaat en past",
                    "The article for reverse-charged VAT or margin goods exists and fits"
                ),
                count => text!(
                    "Alle {count} artikelen voor verlegde btw en margegoederen bestaan en passen",
                    "All {count} articles for reverse-charged VAT and margin goods exist and fit"
                ),
            },
        ));
    }
    steps
}

/// Shipping on margin goods, and a discount on them, is part of the margin price: it belongs where the goods
/// stand. Groups on one ledger are one place.
fn elsewhere(
    settings: &Settings,
    lookups: &Lookups,
    margin: &[(String, &RevenueGroup)],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for (class, code) in &settings.vat.margin {
        let named = set_for(&settings.articles.revenue_groups, class, class);
        let goods = named.and_then(|named| lookups.revenue_group(named));
        let of_code = margin.iter().find(|(article, _)| article == code);
        let (Some(goods), Some((_, group))) = (goods, of_code) else {
            continue;
        };
        let one_ledger = goods.ledger.is_some() && goods.ledger == group.ledger;
        if goods.id == group.id || one_ledger {
            continue;
        }
        let (of_article, of_goods) = (&group.name, &goods.name);
        steps.push(missing(
            "vat-articles",
            "marge-andere-omzetgroep",
            text!(
                "Artikel \"{code}\" (vat.margin) staat in omzetgroep \"{of_article}\", maar goederen van belastingklasse {class} in \"{of_goods}\"; verzendkosten en kortingen horen bij de margeprijs",
                "Article \"{code}\" (vat.margin) is in revenue group \"{of_article}\", but goods of tax class {class} in \"{of_goods}\"; shipping and discounts are part of the margin price"
            ),
            text!(
                "Kies in vat.margin een artikel in omzetgroep \"{of_goods}\".",
                "Choose an article in revenue group \"{of_goods}\" in vat.margin."
            ),
        ));
    }
    steps
}

//! What testing the connection says of gift cards and store credit: they are owed to a buyer and no
//! sale yet, so their articles belong in a group without VAT on a balance ledger (tussenrekening).

use super::{
    Administration,
    check::word,
    cost_articles::{COST_SETTINGS, CostSetting},
};
use crate::{
    books::{Accounts, Lookups, RevenueGroup, VatKind},
    failure::{Failure, Result},
    profile::Settings,
    step::Step,
    text,
};

/// Each such article that would count what is owed as a sale. A card named for the rate of the goods it
/// is good for is sold as those, and is none of them.
pub(super) async fn check(
    settings: &Settings,
    lookups: &Lookups,
    books: &dyn Administration,
) -> Vec<Step> {
    look(settings, lookups, books)
        .await
        .unwrap_or_else(|failure: Failure| vec![Step::failed("cost-articles", &failure)])
}

async fn look(
    settings: &Settings,
    lookups: &Lookups,
    books: &dyn Administration,
) -> Result<Vec<Step>> {
    let named: Vec<(&CostSetting, &str, Option<VatKind>)> = COST_SETTINGS
        .iter()
        .filter(|cost| cost.owed)
        .flat_map(|cost| {
            let codes = cost.codes(&settings.sales).into_iter();
            codes.map(move |(kind, code)| (cost, code, kind))
        })
        .filter(|(_, _, kind)| matches!(kind, None | Some(VatKind::Geen)))
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    // Where the connection may not read ledgers, only the VAT can be seen.
    let accounts = match books.accounts().await {
        Ok(accounts) => Some(accounts),
        Err(failure) if failure.code == "scope-missing" => None,
        Err(failure) => return Err(failure),
    };
    let mut steps = Vec::new();
    for (cost, code, kind) in named {
        let found = books.find_articles(code).await?;
        // What is wrong with its code is said elsewhere.
        let [article] = found.as_slice() else {
            continue;
        };
        let mut groups = lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == article.revenue_group);
        steps.extend(group.and_then(|group| sold(cost, code, kind, group, accounts.as_ref())));
    }
    Ok(steps)
}

/// What an article in that group would count as a sale; none where it stands right, or nobody can see.
fn sold(
    cost: &CostSetting,
    code: &str,
    kind: Option<VatKind>,
    group: &RevenueGroup,
    accounts: Option<&Accounts>,
) -> Option<Step> {
    let mut ledgers = accounts.iter().flat_map(|accounts| &accounts.ledgers);
    let ledger = ledgers.find(|ledger| Some(&ledger.id) == group.ledger.as_ref());
    let untaxed = group.vat == VatKind::Geen;
    // One named for no VAT that bears some is a fault of its own.
    let told = !untaxed && kind.is_some();
    if told || (untaxed && ledger.is_none_or(|ledger| ledger.balance)) {
        return None;
    }
    let (setting, name, vat) = (cost.key, &group.name, word(group.vat));
    let (ledger_nl, ledger_en) = ledger.map_or_else(Default::default, |ledger| {
        let (number, name) = (ledger.number, &ledger.name);
        (
            format!(", grootboek {number} {name}"),
            format!(", ledger {number} {name}"),
        )
    });
    let (what_nl, what_en) = match setting {
        "gift_card_article" => ("een cadeaubon is", "a gift card is"),
        _ => ("winkeltegoed is", "store credit is"),
    };
    let step = Step::attention(
        "cost-articles",
        text!(
            "Artikel \"{code}\" (sales.{setting}) staat in omzetgroep \"{name}\" (btw-soort {vat}{ledger_nl}), en telt daar als omzet; {what_nl} nog geen omzet maar een schuld aan de klant",
            "Article \"{code}\" (sales.{setting}) is in revenue group \"{name}\" (VAT kind {vat}{ledger_en}), where it counts as a sale; {what_en} no sale yet but owed to the customer"
        ),
    );
    Some(step.hint(text!(
        "Zet het artikel in SnelStart in een omzetgroep met btw-soort Geen die op een balansrekening (tussenrekening) staat, of vul in sales.{setting} een artikel in dat daar al staat.",
        "In SnelStart, put the article into a revenue group of VAT kind Geen on a balance ledger (clearing account), or enter an article in sales.{setting} that is there already."
    )))
}

//! Where the books count what stands on a line: the article's revenue group, its ledger account, and
//! the box of the VAT return. Nothing is decided by it; it is for whoever reads the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    basket::Basket,
    case::Case,
    plan::{ArticleStep, Counted, OSS_RETURN},
    vat::{Treatment, Vat},
};
use crate::books::{ArticleRef, Ledger, OrderDraft, RevenueGroup, VatKind};

/// Function of a ledger (grootboekfunctie, SnelStart B2B v2) of sales at home at 0% or reverse-charged,
/// which the return asks for. It does not ask for exempt sales (`VerkopenBtwVrij`) nor for what stands
/// on the balance sheet: ledgers of other functions.
const UNTAXED: &str = "VerkopenOmzetOnbelastVerlegd";

/// Codes of the articles that are sold or part of that. What else stands in a group without VAT (a gift card,
/// credit, a difference) is no supply, as on a booked invoice.
pub(super) fn sold(basket: &Basket) -> BTreeSet<String> {
    let sold = basket.items.iter().filter(|item| item.supply);
    sold.map(|item| item.article.code.clone()).collect()
}

/// By article code. `made` are the articles the plan makes, `sold` the codes of what is sold.
pub(super) fn of(
    case: &Case<'_>,
    vat: &Vat,
    draft: &OrderDraft,
    made: &[ArticleStep],
    sold: &BTreeSet<String>,
) -> BTreeMap<String, Counted> {
    let group = |article: &ArticleRef| match article {
        ArticleRef::Existing(id) => {
            let mut known = case.facts.articles.iter();
            known
                .find(|one| one.id == *id)
                .map(|one| one.revenue_group.as_str())
        }
        ArticleRef::Planned(code) => made.iter().find_map(|step| {
            let (ArticleStep::Create { draft, .. } | ArticleStep::Update { draft, .. }) = step;
            (draft.code == *code).then_some(draft.revenue_group.as_str())
        }),
    };
    let groups = &case.facts.lookups.revenue_groups;
    draft
        .lines
        .iter()
        .filter_map(|line| {
            let id = group(line.article.as_ref()?)?;
            let group = groups.iter().find(|group| group.id == id)?;
            let supply = group.vat != VatKind::Geen || sold.contains(&line.code);
            Some((line.code.clone(), counted(case, vat, group, supply)))
        })
        .collect()
}

fn counted(case: &Case<'_>, vat: &Vat, group: &RevenueGroup, supply: bool) -> Counted {
    // What bears no VAT stands at home also on an order with that of another country.
    let taxed_abroad = vat.is_abroad() && group.vat != VatKind::Geen;
    let at_home = !(taxed_abroad || (vat.zero_rated() && supply));
    // Which ledger a group uses abroad SnelStart's API does not tell.
    let ledger = case
        .facts
        .accounts
        .as_ref()
        .filter(|_| at_home)
        .and_then(|accounts| {
            let id = group.ledger.as_ref()?;
            accounts.ledgers.iter().find(|ledger| ledger.id == *id)
        });
    let vat_box = match case.company.small_business_scheme {
        true => None,
        false if at_home => home_box(vat, group, ledger),
        false => Some(match vat.treatment {
            Treatment::OutsideEu => "3a",
            Treatment::EuBusiness { .. } => "3b",
            Treatment::Domestic | Treatment::EuConsumer => OSS_RETURN,
        }),
    };
    Counted {
        group: group.name.clone(),
        kind: group.vat,
        ledger: ledger.map(|ledger| format!("{} {}", ledger.number, ledger.name)),
        vat_box: vat_box.map(str::to_owned),
    }
}

/// The boxes are those of the Dutch VAT return (btw-aangifte): 1a to 1c by rate, 1c for rates that are
/// neither high nor low and above 0%, 1e at 0% or not taxed with the seller. (3a is export, 3b what goes to
/// businesses within the EU.)
fn home_box(vat: &Vat, group: &RevenueGroup, ledger: Option<&Ledger>) -> Option<&'static str> {
    match group.vat {
        VatKind::Hoog => Some("1a"),
        VatKind::Laag => Some("1b"),
        VatKind::Overig
            if vat
                .percent_of(group)
                .is_some_and(|percent| percent.is_zero()) =>
        {
            Some("1e")
        }
        VatKind::Overig => Some("1c"),
        VatKind::Geen => (ledger?.function == UNTAXED).then_some("1e"),
    }
}

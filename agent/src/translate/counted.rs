//! Where the books count what stands on a line: the article's revenue group, its ledger account, and
//! the box of the VAT return. Nothing is decided by it; it is for whoever reads the plan.

use std::collections::BTreeMap;

use super::{
    case::Case,
    plan::{ArticleStep, Counted, OSS_RETURN},
    vat::{Treatment, Vat},
};
use crate::books::{ArticleRef, Ledger, OrderDraft, RevenueGroup, VatKind};

/// Function of a ledger (grootboekfunctie, SnelStart B2B v2) of sales at home at 0% or reverse-charged,
/// which the return asks for. It does not ask for exempt sales (`VerkopenBtwVrij`) nor for what stands
/// on the balance sheet: ledgers of other functions.
const UNTAXED: &str = "VerkopenOmzetOnbelastVerlegd";

/// By article code. `made` are the articles the plan makes.
pub(super) fn of(
    case: &Case<'_>,
    vat: &Vat,
    draft: &OrderDraft,
    made: &[ArticleStep],
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
            Some((line.code.clone(), counted(case, vat, group)))
        })
        .collect()
}

fn counted(case: &Case<'_>, vat: &Vat, group: &RevenueGroup) -> Counted {
    let at_home = !vat.zero_rated() && !vat.is_abroad();
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
        false => vat_box(vat, group.vat, ledger),
    };
    Counted {
        group: group.name.clone(),
        kind: group.vat,
        ledger: ledger.map(|ledger| format!("{} {}", ledger.number, ledger.name)),
        vat_box: vat_box.map(str::to_owned),
    }
}

/// The boxes are those of the Dutch VAT return (btw-aangifte): 1a to 1c by rate, 1e at 0% or not taxed
/// with the seller, 3a export, 3b to businesses within the EU.
fn vat_box(vat: &Vat, kind: VatKind, ledger: Option<&Ledger>) -> Option<&'static str> {
    let bears = kind != VatKind::Geen;
    match &vat.treatment {
        Treatment::OutsideEu => bears.then_some("3a"),
        Treatment::EuBusiness { .. } => bears.then_some("3b"),
        _ if vat.is_abroad() => bears.then_some(OSS_RETURN),
        Treatment::Domestic | Treatment::EuConsumer => match kind {
            VatKind::Hoog => Some("1a"),
            VatKind::Laag => Some("1b"),
            VatKind::Overig => Some("1c"),
            VatKind::Geen => (ledger?.function == UNTAXED).then_some("1e"),
        },
    }
}

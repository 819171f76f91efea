//! Shipping, fees and levies: what a buyer pays besides the goods, each on its own article of the
//! kind whose rate the shop charged.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::TotalRow;

use super::{
    address::{clean, cut},
    articles::{Articles, TEXT_LENGTH},
    basket::{Basket, Item, Rounding},
    called,
    case::Case,
    cents::to_cents,
    charged::{Charged, class_percent},
    cost::Cost,
    explain::{CostPart, Story},
    lines::UNTAXED,
    plan::Outcome,
    special,
    vat::Vat,
};
use crate::{books::VatKind, text};

/// Shipping.
pub(super) fn shipping(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    story: &Story<'_>,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    for part in &story.costs {
        if part.cost == Cost::Shipping {
            add(case, vat, articles, basket, part)?;
        }
    }
    Ok(())
}

/// Handling, payment and small-order fees, surcharges, and roundings the shop shows.
pub(super) fn fees(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    story: &Story<'_>,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    for part in &story.costs {
        if part.cost != Cost::Shipping {
            add(case, vat, articles, basket, part)?;
        }
    }
    Ok(())
}

/// Fixed levies: the shop charges no VAT on them.
pub(super) fn levies(
    case: &Case<'_>,
    articles: &Articles<'_, '_>,
    charged: &Charged,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    for levy in &charged.levies {
        if levy.amount.is_zero() {
            continue;
        }
        let article = articles.cost(Cost::Levy, &UNTAXED, &levy.title)?;
        basket
            .items
            .push(item(case, article, &levy.title, Decimal::ZERO, levy.amount));
    }
    Ok(())
}

fn add(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    basket: &mut Basket,
    part: &CostPart<'_>,
) -> Result<(), Outcome> {
    let (row, percent) = (part.row, part.percent);
    let kinds = if vat.zero_rated() {
        kinds_at_home(case, vat, row, basket)
    } else {
        vat.known(case, percent)?;
        vat.kinds(percent)
    };
    let margin = special::margin_cost(case, part)?;
    let article = match margin {
        Some(code) => articles.named(code, "vat.margin", &row.title, percent)?,
        None => articles.cost_at(part.cost, &kinds, percent, &row.title)?,
    };
    let mut cost = item(case, article, &row.title, percent, part.gross);
    cost.margin = margin.is_some();
    cost.supply = part.cost.is_sold();
    basket.items.push(cost);
    Ok(())
}

/// EU supply and export take the ordinary article: of the kind the cost has at home, or else of
/// the goods.
pub(super) fn kinds_at_home(
    case: &Case<'_>,
    vat: &Vat,
    row: &TotalRow,
    basket: &Basket,
) -> Vec<VatKind> {
    let own = row
        .tax_class
        .as_ref()
        .and_then(|class| class_percent(case, class, case.home()))
        .map(|percent| vat.domestic_kinds(percent))
        .filter(|kinds| !kinds.is_empty());
    own.unwrap_or_else(|| {
        let title = called::row(row);
        let (nl, en) = (&title.nl, &title.en);
        case.note(text!(
            "\"{nl}\" volgt de btw-soort van de artikelen.",
            "\"{en}\" follows the VAT kind of the goods."
        ));
        let mut kinds: Vec<VatKind> = basket
            .items
            .iter()
            .filter(|item| item.goods)
            .map(|item| item.article.kind)
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    })
}

/// What a rounding of VAT would stand on, up to that limit; none where no article is set for it, or the
/// order bears the VAT of another country: what stands without VAT is counted at home.
pub(super) fn rounding(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    limit: Decimal,
) -> Option<Rounding> {
    if vat.is_abroad() {
        return None;
    }
    let article = articles.cost(Cost::Rounding, &UNTAXED, ROUNDING).ok()?;
    let item = item(case, article, ROUNDING, Decimal::ZERO, Decimal::ZERO);
    let limit = to_cents(limit.trunc_with_scale(2))?;
    (limit > 0).then_some(Rounding { item, limit })
}

/// The line's text: it stands in the books, which are Dutch.
const ROUNDING: &str = "Afronding btw";

/// One piece of something that is no product.
pub(super) fn item(
    case: &Case<'_>,
    article: super::articles::Chosen,
    title: &str,
    percent: Decimal,
    exact: Decimal,
) -> Item {
    let title = clean(title);
    let text = if title.is_empty() {
        article.description.clone()
    } else {
        title
    };
    Item {
        text: cut(case, &text, TEXT_LENGTH),
        article,
        quantity: Decimal::ONE,
        percent,
        exact,
        cents: None,
        goods: false,
        supply: false,
        margin: false,
        above: Vec::new(),
        parts: Vec::new(),
        below: Vec::new(),
    }
}

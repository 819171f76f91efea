//! The books' own prices, where the owner wants those: what has to be asked of the books before an
//! order can be translated, and what a line then comes to.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Order};

use super::{
    articles::Chosen,
    basket::whole_cents,
    case::Case,
    cents,
    charged::Charged,
    currency, eligible,
    lines::with_vat,
    plan::{Facts, Outcome, RelationStep},
    reference, relation, special,
    vat::Vat,
};
use crate::{
    books::{ArticleRef, PriceQuestion},
    profile::{Settings, settings::Lines},
};

/// The prices this order needs of the books, by customer, quantity and day: none where lines keep
/// the shop's prices, or where the order will not be written anyway.
#[must_use]
pub fn price_questions(order: &Order, settings: &Settings, facts: &Facts) -> Vec<PriceQuestion> {
    if settings.sales.lines != Lines::CodeAndQuantity {
        return Vec::new();
    }
    questions(order, settings, facts).unwrap_or_default()
}

fn questions(
    order: &Order,
    settings: &Settings,
    facts: &Facts,
) -> Result<Vec<PriceQuestion>, Outcome> {
    let entered = currency::in_euro(order, facts)?;
    let (order, facts) = entered.as_ref().map_or((order, facts), |(o, f)| (o, f));
    eligible::check(order, settings, facts)?;
    let case = Case::new(order, settings, facts)?;
    let charged = Charged::read(&case)?;
    let vat = Vat::of(&case, &charged)?;
    let step = relation::choose(&case, &vat)?;
    reference::choose(&case, Some(&step))?;
    let relation = match step {
        RelationStep::Use { id, .. } | RelationStep::Update { id, .. } => Some(id),
        RelationStep::Create { .. } => None,
    };
    let mut questions: Vec<PriceQuestion> = Vec::new();
    for line in &order.lines {
        let code = line.code.as_str();
        let mut articles = facts
            .articles
            .iter()
            .filter(|article| article.active && !code.is_empty() && article.code == code);
        if let (Some(article), None) = (articles.next(), articles.next()) {
            let question = PriceQuestion {
                article: article.id.clone(),
                relation: relation.clone(),
                quantity: pieces(line),
                day: case.date,
            };
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
    }
    Ok(questions)
}

/// Whole pieces: what a price by quantity goes by.
fn pieces(line: &Line) -> Decimal {
    line.quantity.abs().floor().max(Decimal::ONE)
}

/// What the line comes to at the books' own price; none where the line keeps the shop's: the owner
/// wants that, or the article has no price of its own (new with this order, or the default one).
pub(super) fn books_price(
    case: &Case<'_>,
    vat: &Vat,
    line: &Line,
    article: &Chosen,
) -> Result<Option<i64>, Outcome> {
    if case.settings.sales.lines != Lines::CodeAndQuantity || line.code.is_empty() {
        return Ok(None);
    }
    // An article for reverse-charged VAT bears many goods and has no price of its own.
    if special::reverse_charged(case, line).is_some() {
        return Ok(None);
    }
    let Some(price) = agreed(case, line, article).or(article.price) else {
        return Ok(None);
    };
    let home = vat.domestic(article.kind).unwrap_or_default();
    let net = if case.company.article_prices_exclude_vat {
        price
    } else {
        price * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + home)
    };
    let percent = article.percent.unwrap_or_default();
    // A price in the article file is a price per piece: it is rounded before it is multiplied.
    let price = cents::round(with_vat(net, percent));
    whole_cents(case, price * line.quantity).map(Some)
}

fn agreed(case: &Case<'_>, line: &Line, article: &Chosen) -> Option<Decimal> {
    let ArticleRef::Existing(id) = &article.reference else {
        return None;
    };
    let quantity = pieces(line);
    let prices = &case.facts.prices;
    prices
        .iter()
        .find(|known| known.article == *id && known.quantity == quantity)
        .map(|known| known.price)
}

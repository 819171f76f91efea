//! Goods, gift cards sold, and the options a buyer chose.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, LineOption, Order};

use super::{
    address::{clean, cut},
    articles::{Articles, Chosen, TEXT_LENGTH},
    basket::{Basket, Item, text_lines, whole_cents},
    case::Case,
    cost::Cost,
    costs::item,
    goods::Good,
    mapping,
    odd::{self, Odd},
    plan::Outcome,
    prices::books_price,
    recipes, special,
    vat::Vat,
};
use crate::{
    books::VatKind,
    profile::settings::{Lines, Options, PerVatKind},
    text,
};

/// Puts every line of goods into the basket.
pub(super) fn goods(
    case: &Case<'_>,
    vat: &Vat,
    articles: &mut Articles<'_, '_>,
    goods: &[Good<'_>],
    basket: &mut Basket,
) -> Result<(), Outcome> {
    let mut goods = goods.iter();
    let mut headings = Vec::new();
    let mut loose = Vec::new();
    let mut levies = Vec::new();
    for line in &case.order.lines {
        if line.heading {
            headings.push(line);
            continue;
        }
        let Some(good) = goods.next() else { break };
        match odd::look(case, line) {
            Odd::Nothing => {}
            Odd::LeaveOut => continue,
            Odd::Text(text) => {
                loose.extend(wrapped(&text));
                continue;
            }
        }
        let article = articles.goods(line, good.percent)?;
        let percent = good.percent.or(article.percent).unwrap_or_default();
        let (text, mut below) = texts(case, line, &article);
        below.append(&mut loose);
        let cents = books_price(case, vat, line, &article)?;
        let mut exact = gross(vat, line, percent);
        // A price of the books' own is that of the whole article.
        if cents.is_none()
            && let Some(levy) = levy(case, vat, articles, line, &article)?
        {
            exact -= levy.exact;
            levies.push(levy);
        }
        basket.items.push(Item {
            above: heading_texts(case, &mut headings),
            text,
            parts: recipes::parts(case, line, &article)?,
            below,
            quantity: line.quantity,
            percent,
            exact,
            cents,
            goods: true,
            supply: true,
            margin: special::is_margin(case, line),
            article,
        });
    }
    // What stood below the last article, or above the first, stays next to it.
    if let Some(last) = basket.items.last_mut() {
        last.below.append(&mut loose);
    }
    basket.items.append(&mut levies);
    Ok(())
}

/// The levy in the price of a line (PrestaShop's ecotax) on its own article, where one of the kind it
/// bears is set; else it stays in the price, as on the shop's own invoice.
pub(super) fn levy(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    line: &Line,
    article: &Chosen,
) -> Result<Option<Item>, Outcome> {
    let Some(levy) = line.levy.as_ref().filter(|levy| !levy.net.is_zero()) else {
        return Ok(None);
    };
    let (kinds, percent, exact) = if vat.zero_rated() {
        (vec![article.kind], Decimal::ZERO, levy.net)
    } else {
        let percent = levy.percent.normalize();
        vat.known(case, percent)?;
        (vat.kinds(percent), percent, levy.net + levy.vat)
    };
    let title = format!("{LEVY} {}", clean(&line.name));
    let setting = &case.settings.sales.levy_article;
    let chosen = articles.cost_at(Cost::Levy, &kinds, percent, &title);
    let article = match (chosen, setting) {
        // The one article there is may be for levies of another kind.
        (Ok(article), PerVatKind::One(_)) if !kinds.contains(&article.kind) => return Ok(None),
        (Err(_), PerVatKind::One(_)) => return Ok(None),
        (Ok(article), _) => article,
        (Err(_), _) if !kinds.iter().any(|kind| setting.get(*kind).is_some()) => return Ok(None),
        (Err(held), _) => return Err(held),
    };
    let mut levy = item(case, article, &title, percent, exact);
    levy.supply = true;
    Ok(Some(levy))
}

/// The line's text: it stands in the books, which are Dutch.
const LEVY: &str = "Milieuheffing";

/// The texts of headings (a bundle's name) that stand above their first part.
fn heading_texts(case: &Case<'_>, headings: &mut Vec<&Line>) -> Vec<String> {
    let texts: Vec<String> = headings
        .drain(..)
        .map(|line| clean(&line.name))
        .filter(|text| !text.is_empty())
        .collect();
    if text_lines(case) {
        return texts
            .iter()
            .map(|text| cut(case, text, TEXT_LENGTH))
            .collect();
    }
    for text in texts {
        case.note(text!(
            "De regel \"{text}\" heeft zelf geen bedrag; de delen staan los op de order.",
            "The line \"{text}\" has no amount of its own; its parts stand on the order one by one."
        ));
    }
    Vec::new()
}

/// Gift cards sold: money received in advance, without VAT.
pub(super) fn gift_cards(
    case: &Case<'_>,
    articles: &Articles<'_, '_>,
    basket: &mut Basket,
) -> Result<(), Outcome> {
    for card in &case.order.gift_cards {
        let text = cut(case, &clean(&card.description), TEXT_LENGTH);
        let article = articles.cost(Cost::GiftCard, &UNTAXED, &text)?;
        basket.items.push(Item {
            text,
            article,
            quantity: Decimal::ONE,
            percent: Decimal::ZERO,
            exact: card.amount,
            cents: Some(whole_cents(case, card.amount)?),
            goods: false,
            supply: false,
            margin: false,
            above: Vec::new(),
            parts: Vec::new(),
            below: Vec::new(),
        });
    }
    Ok(())
}

/// What the line comes to in the order's price mode: as the shop recorded it, else from its amount
/// without VAT.
fn gross(vat: &Vat, line: &Line, percent: Decimal) -> Decimal {
    match line.total_incl {
        Some(gross) if !vat.zero_rated() => gross,
        _ => with_vat(line.total, percent),
    }
}

/// What is no sale bears no VAT, wherever the goods go.
pub(super) const UNTAXED: [VatKind; 1] = [VatKind::Geen];

/// With VAT of that percentage.
pub(super) fn with_vat(net: Decimal, percent: Decimal) -> Decimal {
    net * (Decimal::ONE_HUNDRED + percent) / Decimal::ONE_HUNDRED
}

/// The line's own text, and text lines under it.
fn texts(case: &Case<'_>, line: &Line, article: &Chosen) -> (String, Vec<String>) {
    let name = match case.settings.sales.lines {
        Lines::Full => clean(&line.name),
        Lines::CodeAndQuantity | Lines::DescriptionFromArticle => article.description.clone(),
    };
    let name = if name.is_empty() {
        article.code.clone()
    } else {
        name
    };
    let name = match mapping::line_text(case, line) {
        Some(mapped) => format!("{name} {mapped}"),
        None => name,
    };
    let options: Vec<String> = line.options.iter().map(option).collect();
    match case.settings.sales.options {
        Options::OwnLine if text_lines(case) => {
            let below = options.iter().flat_map(|option| wrapped(option)).collect();
            (cut(case, &name, TEXT_LENGTH), below)
        }
        Options::OnLine | Options::OwnLine if !options.is_empty() => {
            let options = options.join(", ");
            (
                cut(case, &format!("{name} ({options})"), TEXT_LENGTH),
                Vec::new(),
            )
        }
        Options::Ignore | Options::OnLine | Options::OwnLine => {
            (cut(case, &name, TEXT_LENGTH), Vec::new())
        }
    }
}

fn option(option: &LineOption) -> String {
    clean(&format!("{}: {}", option.name, option.value))
}

/// A long option over several lines, so that nothing a buyer typed is lost.
fn wrapped(option: &str) -> Vec<String> {
    let all: Vec<char> = option.chars().collect();
    all.chunks(TEXT_LENGTH)
        .map(|part| part.iter().collect())
        .collect()
}

/// Pieces of each article an order takes from stock, as the shop sold them. A heading (a bundle's
/// name) takes none: its parts do.
#[must_use]
pub fn pieces(order: &Order) -> BTreeMap<String, Decimal> {
    let mut pieces: BTreeMap<String, Decimal> = BTreeMap::new();
    let sold = |line: &&Line| !line.code.is_empty() && !line.heading;
    for line in order.lines.iter().filter(sold) {
        *pieces.entry(line.code.clone()).or_default() += line.quantity;
    }
    pieces
}

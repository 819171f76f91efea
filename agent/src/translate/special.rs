//! Sales at home that bear no VAT on the invoice although the goods are no untaxed goods: VAT
//! reverse-charged (btw verlegd), and goods under the margin scheme (margeregeling). The owner says
//! which of the shop's tax classes are such.

use winkelbrug_protocol::record::{Line, Named};

use super::{
    address,
    case::{Case, held},
    cost::Cost,
    explain::CostPart,
    plan::Outcome,
    vat::{Treatment, contradiction, no_tax_rows},
};
use crate::{
    books::Article,
    profile::{settings::Form, vat::set_for},
    text,
};

/// The article that bears this line with VAT reverse-charged; none where it is an ordinary line.
pub(super) fn reverse_charged<'s>(case: &Case<'s>, line: &Line) -> Option<&'s str> {
    let class = line.tax_class.as_ref()?;
    let untaxed = line.tax.is_zero() && line.percent.is_none_or(|percent| percent.is_zero());
    (untaxed && !line.total.is_zero())
        .then(|| set_for(&case.settings.vat.reverse_charge, &class.id, &class.name))
        .flatten()
        .map(String::as_str)
}

/// The product's own article, where its line stands on the one for reverse-charged VAT and the books
/// keep stock of it: it stands under that line at no price, so that the pieces leave the stock.
pub(super) fn own_article<'s>(case: &Case<'s>, line: &Line) -> Option<&'s Article> {
    let bearer = reverse_charged(case, line)?;
    let settings = case.settings;
    if settings.sales.form == Form::Booking || line.code.trim().is_empty() {
        return None;
    }
    let articles = &case.facts.articles;
    let bearer = articles.iter().find(|article| article.code == bearer)?;
    let field = settings.articles.code_field.trim();
    let own = articles
        .iter()
        .find(|article| article.active && article.field(field).trim() == line.code.trim())?;
    let elsewhere = own.id != bearer.id && own.revenue_group != bearer.revenue_group;
    (elsewhere && (own.keeps_stock || own.has_parts)).then_some(own)
}

/// The Dutch VAT number an order with reverse-charged lines hangs on; none where it has no such
/// lines. Without one it is held.
pub(super) fn reverse_charge_number(
    case: &Case<'_>,
    treatment: &Treatment,
) -> Result<Option<String>, Outcome> {
    let line = case
        .order
        .lines
        .iter()
        .find(|line| reverse_charged(case, line).is_some());
    let Some(line) = line.filter(|_| *treatment == Treatment::Domestic) else {
        return Ok(None);
    };
    let number = address::vat_number(case.order)
        .filter(|number| number.starts_with(address::vat_prefix(case.home())));
    if let Some(number) = number {
        return Ok(Some(number));
    }
    let name = &line.name;
    held(
        "verlegd-zonder-btw-nummer",
        text!(
            "De winkel rekent op \"{name}\" geen btw, als verlegde btw, maar de koper gaf geen Nederlands btw-nummer.",
            "The shop charges no VAT on \"{name}\", as reverse-charged, but the buyer gave no Dutch VAT number."
        ),
        text!(
            "Vraag de klant naar zijn btw-nummer en zet het in de winkel bij de bestelling, of reken alsnog btw.",
            "Ask the customer for his VAT number and put it on the order in the shop, or charge VAT after all."
        ),
    )
}

fn margin<'s>(case: &Case<'s>, class: &Named) -> Option<&'s str> {
    set_for(&case.settings.vat.margin, &class.id, &class.name).map(String::as_str)
}

/// Is the line one of goods under the margin scheme?
pub(super) fn is_margin(case: &Case<'_>, line: &Line) -> bool {
    line.tax_class
        .as_ref()
        .is_some_and(|class| margin(case, class).is_some())
}

/// Margin goods bear no VAT of their own, and are sold under the rules at home wherever they go
/// (directive 2006/112, articles 313 to 325): VAT on one, or a sale without VAT because it leaves the
/// country, is none of these.
pub(super) fn margin_goods(case: &Case<'_>, treatment: &Treatment) -> Result<(), Outcome> {
    for line in &case.order.lines {
        if !is_margin(case, line) {
            continue;
        }
        let name = &line.name;
        if !line.tax.is_zero() {
            return contradiction(text!(
                "De winkel rekent btw op \"{name}\", maar dat is een margegoed.",
                "The shop charges VAT on \"{name}\", which is under the margin scheme."
            ));
        }
        if matches!(treatment, Treatment::EuBusiness { .. }) {
            return contradiction(text!(
                "\"{name}\" is een margegoed; dat kan niet als levering zonder btw naar een bedrijf in de EU.",
                "\"{name}\" is under the margin scheme; it cannot be supplied without VAT to a business in the EU."
            ));
        }
    }
    Ok(())
}

/// The article for what belongs to the price of the margin goods of an order; none where it has none.
pub(super) fn margin_article<'s>(case: &Case<'s>) -> Option<&'s str> {
    let mut goods = case
        .order
        .lines
        .iter()
        .filter(|line| !line.heading && !line.total.is_zero());
    goods.find_map(|line| margin(case, line.tax_class.as_ref()?))
}

/// The article for shipping and fees that belong to the price of margin goods: those without VAT on
/// an order that has such goods. None where it is an ordinary cost.
pub(super) fn margin_cost<'s>(
    case: &Case<'s>,
    part: &CostPart<'_>,
) -> Result<Option<&'s str>, Outcome> {
    let of_goods = matches!(part.cost, Cost::Shipping | Cost::Fee | Cost::Payment);
    let Some(article) = margin_article(case).filter(|_| of_goods) else {
        return Ok(None);
    };
    if part.percent.is_zero() {
        return Ok(Some(article));
    }
    let mut goods = case
        .order
        .lines
        .iter()
        .filter(|line| !line.heading && !line.total.is_zero());
    if goods.all(|line| is_margin(case, line)) {
        if !case.has_tax_rows() {
            return no_tax_rows(case);
        }
        let title = &part.row.title;
        return contradiction(text!(
            "De winkel rekent btw op \"{title}\", maar de order heeft alleen margegoederen, en dan hoort dat bij de margeprijs.",
            "The shop charges VAT on \"{title}\", but the order has goods under the margin scheme only, and then it is part of their price."
        ));
    }
    Ok(None)
}

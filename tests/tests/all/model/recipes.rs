//! What stands on an order at no price: parts of articles made of others (recepten), and articles whose pieces leave
//! the stock while their money stands on another.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug::{
    books::{Article, Recipe},
    profile::settings::{Form, Recipes},
};
use winkelbrug_protocol::record::Line;

use super::{Case, vat};

/// Pieces at no price, by article code.
pub type Pieces = BTreeMap<String, Decimal>;

/// Notes what a person still has to choose, and gives what has to stand there.
pub fn parts(case: &mut Case<'_>) -> Pieces {
    let mut pieces = Pieces::new();
    if case.settings.sales.form == Form::Booking {
        return pieces;
    }
    for line in &case.order.lines {
        let Some(article) = sold(case, line).cloned() else {
            continue;
        };
        if let Some(bearer) = vat::bearer(case, line)
            && bearer != article.code
        {
            // The bearer is no thing: of one whose stock is kept the article itself leaves it.
            if in_its_group(case, &article, &bearer) || !(article.keeps_stock || article.has_parts)
            {
                continue;
            }
            *pieces.entry(article.code.clone()).or_default() += line.quantity;
        }
        if !article.has_parts {
            continue;
        }
        match said(case, &article) {
            Recipe::Never => {}
            Recipe::Ask => case.hold("recept-kiezen"),
            Recipe::Always => {
                for part in &article.parts {
                    let each = part.quantity * line.quantity;
                    *pieces.entry(part.code.clone()).or_default() += each;
                }
            }
        }
    }
    pieces
}

fn sold<'a>(case: &Case<'a>, line: &Line) -> Option<&'a Article> {
    let field = &case.settings.articles.code_field;
    let code = line.code.trim();
    let mut articles = case.facts.articles.iter();
    articles.find(|article| {
        let by_field = article.field(field).trim() == code;
        let unfilled = article.field(field).is_empty() && article.code.trim() == code;
        article.active && !line.heading && !code.is_empty() && (by_field || unfilled)
    })
}

fn in_its_group(case: &Case<'_>, article: &Article, bearer: &str) -> bool {
    let mut articles = case.facts.articles.iter();
    let bearer = articles.find(|known| known.code == bearer);
    bearer.is_some_and(|bearer| bearer.revenue_group == article.revenue_group)
}

/// The owner's word on that article, then his word on all, then the books' own; nobody's is never.
fn said(case: &Case<'_>, article: &Article) -> Recipe {
    let sales = &case.settings.sales;
    let of_all = match sales.recipes {
        Recipes::Each(recipe) => recipe,
        Recipes::Respected(true) => article.recipe.unwrap_or(Recipe::Never),
        Recipes::Respected(false) => Recipe::Never,
    };
    sales.recipe.get(&article.code).copied().unwrap_or(of_all)
}

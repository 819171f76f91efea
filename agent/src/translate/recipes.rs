//! Articles made of others (recepten): whether their parts stand on the order too, each on a line of
//! its own at no price, so that the parts leave the stock and money and VAT stay as they are.
//!
//! SnelStart B2B v2 names an article's parts (subartikelen) and has no field for what its own card
//! says of them (recept plaatsen: vragen, nooit, altijd); whether it takes the parts from stock by
//! itself for an order that came by the API is not documented. So, left to itself, the article stands
//! alone, and the owner can say otherwise for all or for one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Line;

use super::{
    address::{clean, cut},
    articles::{Chosen, TEXT_LENGTH},
    basket::Item,
    case::{Case, held},
    plan::Outcome,
    special,
};
use crate::{
    books::{Article, ArticleRef, LineDraft, Part, Recipe},
    profile::settings::{Form, Recipes},
    text,
};

/// Lines for the parts of a line's article; none where it has no parts or stands alone.
pub(super) fn parts(
    case: &Case<'_>,
    line: &Line,
    chosen: &Chosen,
) -> Result<Vec<LineDraft>, Outcome> {
    if case.settings.sales.form == Form::Booking {
        return Ok(Vec::new());
    }
    if let Some(own) = special::own_article(case, line) {
        let mut lines = vec![at_no_price(case, own, line.quantity)];
        lines.extend(of_article(case, line, own)?);
        return Ok(lines);
    }
    let ArticleRef::Existing(id) = &chosen.reference else {
        return Ok(Vec::new());
    };
    let articles = &case.facts.articles;
    match articles.iter().find(|article| article.id == *id) {
        Some(article) => of_article(case, line, article),
        None => Ok(Vec::new()),
    }
}

fn of_article(case: &Case<'_>, line: &Line, article: &Article) -> Result<Vec<LineDraft>, Outcome> {
    if !article.has_parts {
        return Ok(Vec::new());
    }
    match choice(case, article) {
        Recipe::Never => Ok(Vec::new()),
        Recipe::Ask => ask(article),
        Recipe::Always if article.parts.is_empty() => unknown(article),
        Recipe::Always => article
            .parts
            .iter()
            .map(|part| placed(case, line, article, part))
            .collect(),
    }
}

/// What parts, and articles that stand below another for their stock, take from stock by the codes
/// the shop knows them by; one it has no code for is none of its stock.
pub(super) fn count(case: &Case<'_>, items: &[Item], pieces: &mut BTreeMap<String, Decimal>) {
    let field = case.settings.articles.code_field.trim();
    for part in items.iter().flat_map(|item| &item.parts) {
        let Some(ArticleRef::Existing(id)) = &part.article else {
            continue;
        };
        let mut articles = case.facts.articles.iter();
        let article = articles.find(|article| article.id == *id);
        let code = article.map_or("", |article| article.field(field).trim());
        if !code.is_empty() {
            *pieces.entry(code.to_owned()).or_default() += part.quantity;
        }
    }
    // These are counted with what was sold already.
    for line in case.order.lines.iter().filter(|line| !line.heading) {
        if special::own_article(case, line).is_some()
            && let Some(counted) = pieces.get_mut(line.code.trim())
        {
            *counted -= line.quantity;
        }
    }
}

/// What the owner says of this article, else of all, else what the books say; where they do not say,
/// the article stands alone and they do with it what they do.
fn choice(case: &Case<'_>, article: &Article) -> Recipe {
    let sales = &case.settings.sales;
    let mut own = sales.recipe.iter();
    let own = own.find(|(code, _)| code.trim() == article.code);
    own.map_or_else(|| of_all(sales.recipes, article), |(_, recipe)| *recipe)
}

const fn of_all(recipes: Recipes, article: &Article) -> Recipe {
    match recipes {
        Recipes::Each(recipe) => recipe,
        Recipes::Respected(true) => match article.recipe {
            Some(recipe) => recipe,
            None => Recipe::Never,
        },
        Recipes::Respected(false) => Recipe::Never,
    }
}

fn placed(
    case: &Case<'_>,
    line: &Line,
    whole: &Article,
    part: &Part,
) -> Result<LineDraft, Outcome> {
    let (code, of) = (&part.code, &whole.code);
    let articles = &case.facts.articles;
    let Some(article) = articles.iter().find(|article| article.id == part.article) else {
        return held(
            "artikel-ontbreekt",
            text!(
                "Artikel {code}, een deel van {of}, staat niet in de administratie.",
                "Article {code}, a part of {of}, is not in the administration."
            ),
            text!(
                "Verbeter het recept van {of} in de administratie.",
                "Correct the recipe of {of} in the administration."
            ),
        );
    };
    if !article.active {
        return held(
            "artikel-niet-actief",
            text!(
                "Artikel {code}, een deel van {of}, is in de administratie niet actief.",
                "Article {code}, a part of {of}, is not active in the administration."
            ),
            text!(
                "Maak het artikel weer actief, of verbeter het recept van {of}.",
                "Make the article active again, or correct the recipe of {of}."
            ),
        );
    }
    if article.has_parts {
        return held(
            "recept-in-recept",
            text!(
                "Artikel {code}, een deel van {of}, is zelf uit andere artikelen samengesteld; hoe de administratie dat plaatst is niet bekend.",
                "Article {code}, a part of {of}, is itself made of other articles; how the administration places that is not known."
            ),
            text!(
                "Schrijf in [sales.recipe] \"{of}\" = \"never\", of voer de order met de hand in.",
                "Write \"{of}\" = \"never\" in [sales.recipe], or enter the order by hand."
            ),
        );
    }
    Ok(at_no_price(case, article, line.quantity * part.quantity))
}

fn at_no_price(case: &Case<'_>, article: &Article, quantity: Decimal) -> LineDraft {
    LineDraft {
        article: Some(ArticleRef::Existing(article.id.clone())),
        code: article.code.clone(),
        description: cut(case, &clean(&article.description), TEXT_LENGTH),
        quantity: quantity.normalize(),
        unit_price: Decimal::ZERO,
        discount_percent: Decimal::ZERO,
        above: false,
    }
}

fn ask<T>(article: &Article) -> Result<T, Outcome> {
    let code = &article.code;
    let parts: Vec<String> = article
        .parts
        .iter()
        .map(|part| format!("{} × {}", part.quantity.normalize(), part.code))
        .collect();
    let parts = match parts.join(", ") {
        none if none.is_empty() => "?".to_owned(),
        parts => parts,
    };
    held(
        "recept-kiezen",
        text!(
            "Artikel {code} is samengesteld uit andere ({parts}); of die op de order komen is nog niet gekozen.",
            "Article {code} is made of others ({parts}); whether those go onto the order was not chosen yet."
        ),
        text!(
            "Schrijf in [sales.recipe] \"{code}\" = \"always\" (de delen erbij, zonder prijs) of \"never\" (alleen het artikel).",
            "Write \"{code}\" = \"always\" (with its parts, at no price) or \"never\" (the article alone) in [sales.recipe]."
        ),
    )
}

fn unknown<T>(article: &Article) -> Result<T, Outcome> {
    let code = &article.code;
    held(
        "recept-onbekend",
        text!(
            "Artikel {code} is samengesteld uit andere, maar de administratie zegt niet uit welke.",
            "Article {code} is made of others, but the administration does not say of which."
        ),
        text!(
            "Schrijf in [sales.recipe] \"{code}\" = \"never\", of voer de order met de hand in.",
            "Write \"{code}\" = \"never\" in [sales.recipe], or enter the order by hand."
        ),
    )
}

//! Articles made of others (recepten): whether their parts stand on the order too, each on a line of
//! its own at no price, so that the parts leave the stock and money and VAT stay as they are.
//!
//! SnelStart B2B v2 names an article's parts (subartikelen) and has no field for what its own card
//! says of them (recept plaatsen: vragen, nooit, altijd); whether it takes the parts from stock by
//! itself for an order that came by the API is not documented. So, left to itself, the article stands
//! alone, and the owner can say otherwise for all or for one.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Line;

use super::{
    address::{clean, cut},
    articles::{Chosen, TEXT_LENGTH},
    case::{Case, held},
    plan::Outcome,
};
use crate::{
    books::{Article, ArticleRef, LineDraft, Part, Recipe},
    profile::settings::Recipes,
    text,
};

/// Lines for the parts of a line's article; none where it has no parts or stands alone.
pub(super) fn parts(
    case: &Case<'_>,
    line: &Line,
    chosen: &Chosen,
) -> Result<Vec<LineDraft>, Outcome> {
    let ArticleRef::Existing(id) = &chosen.reference else {
        return Ok(Vec::new());
    };
    let articles = &case.facts.articles;
    let Some(article) = articles.iter().find(|a| a.id == *id && a.has_parts) else {
        return Ok(Vec::new());
    };
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
    Ok(LineDraft {
        article: Some(ArticleRef::Existing(article.id.clone())),
        code: article.code.clone(),
        description: cut(case, &clean(&article.description), TEXT_LENGTH),
        quantity: (line.quantity * part.quantity).normalize(),
        unit_price: Decimal::ZERO,
        discount_percent: Decimal::ZERO,
    })
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

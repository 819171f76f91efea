//! Articles for costs that an owner has already, by what he called them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    CostSetting,
    groups::{GroupFor, Groups},
};
use crate::{
    administration::{Administration, Mirror, Part},
    books::{Article, VatKind},
    failure::Result,
};

/// Words of a VAT rate, which tell the articles for one cost apart.
const RATES: [&str; 19] = [
    "btw", "vat", "hoog", "hoge", "laag", "lage", "nul", "overig", "onbelast", "incl", "tarief",
    "h", "l", "g", "o", "21", "9", "6", "0",
];
/// Words of a VAT rate too, but for one before what they deny: `Geen korting` is no discount.
const DENYING: [&str; 3] = ["geen", "zonder", "excl"];

/// What there is of the administration's articles: what changed since they were last looked at is asked
/// for anew, so that one somebody made a minute ago is seen.
pub(super) struct Existing {
    articles: Vec<Article>,
    /// All of it as the books say now; else what did not change may be gone.
    fresh: bool,
}

impl Existing {
    /// What is known already with what changed since, else all the books say.
    ///
    /// # Errors
    /// What the books say.
    pub async fn read(
        books: &dyn Administration,
        mirror: Option<&Mirror>,
        now: Timestamp,
    ) -> Result<Self> {
        let mut part = Part::default();
        let mut articles: BTreeMap<String, Article> = BTreeMap::new();
        if let Some(mirror) = mirror {
            part.since = mirror.articles_changed_from(now)?;
            if part.since.is_some() {
                let known = mirror.articles()?.into_iter();
                articles.extend(known.map(|article| (article.id.clone(), article)));
            }
        }
        let mut sink = |rows: Vec<Article>, _: usize| {
            let rows = rows.into_iter();
            articles.extend(rows.map(|article| (article.id.clone(), article)));
            Ok(())
        };
        books.articles(part, &mut sink).await?;
        Ok(Self {
            articles: articles.into_values().collect(),
            fresh: part.since.is_none(),
        })
    }

    /// Has an article that is not `wanted` that code, in these letters or others?
    pub fn has_otherwise(&self, code: &str, wanted: impl Fn(&Article) -> bool) -> bool {
        let same = |article: &&Article| article.code.to_uppercase() == code.to_uppercase();
        let mut same = self.articles.iter().filter(same);
        same.any(|article| article.code != code || !wanted(article))
    }

    /// The articles that would do for that cost and VAT kind. `is_taken` are codes another setting names.
    ///
    /// # Errors
    /// What the books say.
    pub async fn fitting(
        &self,
        cost: &CostSetting,
        kind: VatKind,
        groups: &Groups<'_>,
        books: &dyn Administration,
        is_taken: impl Fn(&str) -> bool + Send,
    ) -> Result<Vec<&Article>> {
        let what = GroupFor::of(cost, kind);
        let fits = |article: &Article| {
            let mut known = groups.lookups.revenue_groups.iter();
            let group = known.find(|group| group.id == article.revenue_group);
            article.active
                && !article.keeps_stock
                && !article.has_parts
                && !article.code.trim().is_empty()
                && is_called(cost, article)
                && group.is_some_and(|group| groups.takes(what, group))
        };
        let mut found = Vec::new();
        for article in &self.articles {
            let code = &article.code;
            if !fits(article) || is_taken(code) {
                continue;
            }
            if self.fresh
                || matches!(books.find_articles(code).await?.as_slice(), [one] if fits(one))
            {
                found.push(article);
            }
        }
        Ok(found)
    }
}

fn is_called(cost: &CostSetting, article: &Article) -> bool {
    [&article.description, &article.code]
        .into_iter()
        .any(|said| cost.called.contains(&without_rate(said).as_str()))
}

/// `Verzendkosten (btw hoog)`, `VERZENDKOSTEN-21%` and `verzendkosten` are called the same.
fn without_rate(said: &str) -> String {
    let said = said.to_lowercase();
    let words = said.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && !RATES.contains(word))
        .collect();
    let denying = words
        .iter()
        .rev()
        .take_while(|word| DENYING.contains(*word))
        .count();
    let called = words.len() - denying;
    words[..called].join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_rate;

    #[test]
    fn what_an_article_is_called_does_not_hang_on_its_rate() {
        for same in [
            "Verzendkosten",
            "Verzendkosten (btw hoog)",
            "VERZENDKOSTEN 21%",
            "Verzendkosten laag tarief",
            "Verzendkosten (geen btw)",
            "Verzendkosten excl. btw",
            "VERZENDKOSTEN-GEEN",
        ] {
            assert_eq!(without_rate(same), "verzendkosten", "{same}");
        }
        assert_eq!(without_rate("VERZEND-H"), "verzend");
        assert_eq!(without_rate("Geen korting"), "geen korting");
        assert_eq!(without_rate("Zonder verzendkosten"), "zonder verzendkosten");
        assert_eq!(without_rate("Verzenddoos 9 cm"), "verzenddoos cm");
    }
}

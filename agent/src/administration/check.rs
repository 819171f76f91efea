//! The books' part of testing the connection: both keys, whose books these are, and every name
//! the settings use. Nothing is changed; everything that is missing is named before the first
//! order is.

use super::{
    Administration, Mirror, check_customers, check_extra, check_header, check_owed, check_payments,
    check_vat,
    cost_articles::{COST_SETTINGS, CostSetting},
    rights,
};
use crate::{
    books::{Article, Company, Lookups, VatKind},
    failure::{Failure, Result},
    journal::Journal,
    profile::Settings,
    step::Step,
    text,
    text::Text,
};

/// Looks at everything of the books' side. `books` is what [`super::open`] gave. The steps stop at
/// the first one the others rest on.
pub async fn check(
    settings: &Settings,
    books: &Result<std::sync::Arc<dyn Administration>>,
    journal: &Journal,
) -> Vec<Step> {
    let books = match books {
        Ok(books) => books.as_ref(),
        Err(failure) => return vec![Step::failed("books-keys", failure)],
    };
    let company = match company(settings, books, journal).await {
        Ok(company) => company,
        Err(failure) => return vec![Step::failed("books-company", &failure)],
    };
    let mut steps = vec![company_step(&company)];
    steps.extend(rights::check(settings, books).await);
    let lookups = match books.lookups().await {
        Ok(lookups) => lookups,
        Err(failure) => {
            steps.push(Step::failed("books-lookups", &failure));
            return steps;
        }
    };
    steps.extend(check_header::templates(settings, &lookups));
    steps.extend(check_header::cost_centre(settings, &lookups));
    steps.push(check_header::who_invoices(settings));
    steps.extend(revenue_groups(settings, &lookups));
    steps.extend(articles(settings, &company, &lookups, books).await);
    steps.extend(check_owed::check(settings, &lookups, books).await);
    steps.extend(check_vat::check(settings, &lookups, books).await);
    steps.extend(check_payments::check(settings, books).await);
    steps.extend(unset(settings));
    steps.extend(check_header::recipes(settings, books, journal).await);
    steps.extend(check_customers::check(settings, books).await);
    steps.extend(check_extra::check(settings, books).await);
    steps
}

/// Both keys are right when this answers.
async fn company(
    settings: &Settings,
    books: &dyn Administration,
    journal: &Journal,
) -> Result<Company> {
    let company = books.company().await?;
    if let Some(known) = Mirror::known(journal, &settings.name)?
        && known.administration() != company.id
    {
        // Says which administration it was.
        Mirror::bind(journal, &settings.name, &company)?;
    }
    Ok(company)
}

fn company_step(company: &Company) -> Step {
    let name = &company.name;
    let step = Step::passed(
        "books-company",
        text!(
            "Verbonden met administratie {name}",
            "Connected to administration {name}"
        ),
    );
    if company.small_business_scheme {
        return step.hint(text!(
            "In deze administratie is de kleineondernemersregeling actief: bestellingen waarop de winkel btw rekent worden niet geboekt.",
            "The small-business scheme is active in this administration: orders on which the shop charges VAT are not booked."
        ));
    }
    step
}

pub(super) fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

pub(super) fn missing(name: &str, code: &str, text: Text, hint: Text) -> Step {
    Step::failed(name, &Failure::misconfigured(code, text).hint(hint))
}

/// "Er zijn: …", so that the owner can pick a name.
pub(super) fn there_are(names: impl Iterator<Item = String>) -> Text {
    let names: Vec<String> = names.take(12).collect();
    let list = names.join(", ");
    text!("Er zijn: {list}.", "There are: {list}.")
}

/// Each revenue group the settings name that the books do not have.
pub(crate) fn missing_groups(settings: &Settings, lookups: &Lookups) -> Vec<Failure> {
    let groups = &lookups.revenue_groups;
    let known = |wanted: &str| lookups.revenue_group(wanted).is_some();
    let abroad = settings.vat.foreign.keys().filter(|group| !known(group));
    let abroad = abroad.map(|group| {
        text!(
            "De omzetgroep \"{group}\" (vat.foreign) bestaat niet in de administratie",
            "The revenue group \"{group}\" (vat.foreign) does not exist in the administration"
        )
    });
    let articles = &settings.articles;
    let by_class = articles.revenue_groups.iter();
    let by_category = articles.revenue_groups_by_category.iter();
    let classes = by_class
        .filter(|(_, group)| !known(group))
        .map(|(class, group)| {
            text!(
                "De omzetgroep \"{group}\" voor belastingklasse \"{class}\" (articles.revenue_groups) bestaat niet in de administratie",
                "The revenue group \"{group}\" for tax class \"{class}\" (articles.revenue_groups) does not exist in the administration"
            )
        });
    let categories = by_category
        .filter(|(_, group)| !known(group))
        .map(|(category, group)| {
            text!(
                "De omzetgroep \"{group}\" voor categorie \"{category}\" (articles.revenue_groups_by_category) bestaat niet in de administratie",
                "The revenue group \"{group}\" for category \"{category}\" (articles.revenue_groups_by_category) does not exist in the administration"
            )
        });
    classes
        .chain(categories)
        .chain(abroad)
        .map(|text| {
            Failure::misconfigured("omzetgroep-ontbreekt", text)
                .hint(there_are(groups.iter().map(|group| group.name.clone())))
        })
        .collect()
}

fn revenue_groups(settings: &Settings, lookups: &Lookups) -> Vec<Step> {
    let articles = &settings.articles;
    let count = articles.revenue_groups.len() + articles.revenue_groups_by_category.len();
    let name = "revenue-groups";
    let mut steps: Vec<Step> = missing_groups(settings, lookups)
        .iter()
        .map(|failure| Step::failed(name, failure))
        .collect();
    if steps.is_empty() && count > 0 {
        steps.push(Step::passed(
            name,
            match count {
                1 => text!(
                    "De omzetgroep uit de instellingen bestaat",
                    "The revenue group of the settings exists"
                ),
                count => text!(
                    "Alle {count} omzetgroepen bestaan",
                    "All {count} revenue groups exist"
                ),
            },
        ));
    }
    steps
}

async fn articles(
    settings: &Settings,
    company: &Company,
    lookups: &Lookups,
    books: &dyn Administration,
) -> Vec<Step> {
    let (mut steps, mut count) = (Vec::new(), 0);
    for cost in &COST_SETTINGS {
        let setting = cost.key;
        for (kind, code) in cost.codes(&settings.sales) {
            count += 1;
            match books.find_articles(code).await {
                Ok(found) => {
                    let named = Named {
                        profile: &settings.name,
                        setting,
                        kind,
                        // Of what is owed more is said apart.
                        only_kind: cost.only_kind().filter(|_| !cost.owed),
                        code,
                    };
                    steps.extend(named.fault(&found, company, lookups));
                }
                Err(failure) => {
                    steps.push(Step::failed("cost-articles", &failure));
                    return steps;
                }
            }
        }
    }
    if steps.is_empty() && count > 0 {
        steps.push(Step::passed(
            "cost-articles",
            match count {
                1 => text!(
                    "Het artikel uit de instellingen bestaat en past",
                    "The article of the settings exists and fits"
                ),
                count => text!(
                    "Alle {count} artikelen uit de instellingen bestaan en passen",
                    "All {count} articles of the settings exist and fit"
                ),
            },
        ));
    }
    steps
}

/// Code of the failure of a setting that names an article the books do not have.
pub(crate) const ARTICLE_MISSING: &str = "artikel-ontbreekt";
/// Name of the step that tells for what no article is set.
pub(crate) const UNSET: &str = "cost-articles-unset";

/// Kinds for which no article is set: an order that needs one is held, so that is no fault.
fn unset(settings: &Settings) -> Option<Step> {
    let unset = |cost: &CostSetting| {
        let kinds = cost.unset(&settings.sales);
        let kinds: Vec<&str> = kinds.into_iter().map(word).collect();
        (!kinds.is_empty()).then(|| format!("{} ({})", cost.key, kinds.join(", ")))
    };
    let keys: Vec<String> = COST_SETTINGS.iter().filter_map(unset).collect();
    if keys.is_empty() {
        return None;
    }
    let (keys, profile) = (keys.join(", "), &settings.name);
    let step = Step::attention(
        UNSET,
        text!(
            "Nog geen artikel gekozen voor {keys}; een bestelling die er een nodig heeft, wacht",
            "No article chosen yet for {keys}; an order that needs one waits"
        ),
    );
    Some(step.hint(text!(
        "Laat ze maken en invullen met: winkelbrug check {profile} --create-articles",
        "Have them made and filled in with: winkelbrug check {profile} --create-articles"
    )))
}

/// An article code in the settings.
struct Named<'a> {
    profile: &'a str,
    setting: &'a str,
    kind: Option<VatKind>,
    only_kind: Option<VatKind>,
    code: &'a str,
}

impl Named<'_> {
    /// What is wrong with it, if anything.
    fn fault(&self, found: &[Article], company: &Company, lookups: &Lookups) -> Option<Step> {
        let (setting, code) = (self.setting, self.code);
        let article = match found {
            [] => return Some(self.not_there(company)),
            [article] => article,
            _ => {
                return Some(missing(
                    "cost-articles",
                    "artikel-dubbel",
                    text!(
                        "Artikelcode \"{code}\" (sales.{setting}) komt meer dan eens voor in de administratie",
                        "Article code \"{code}\" (sales.{setting}) occurs more than once in the administration"
                    ),
                    text!(
                        "Geef in de administratie elk artikel zijn eigen code.",
                        "Give every article its own code in the administration."
                    ),
                ));
            }
        };
        if !article.active {
            return Some(missing(
                "cost-articles",
                "artikel-niet-actief",
                text!(
                    "Artikel \"{code}\" (sales.{setting}) is niet actief",
                    "Article \"{code}\" (sales.{setting}) is inactive"
                ),
                text!(
                    "Maak het artikel in de administratie weer actief.",
                    "Make the article active again in the administration."
                ),
            ));
        }
        self.wrong_kind(article, lookups)
    }

    fn not_there(&self, company: &Company) -> Step {
        let (setting, code) = (self.setting, self.code);
        let allowed = company.article_code_length;
        let profile = self.profile;
        let hint = if company.numeric_article_codes {
            text!(
                "Laat het maken met: winkelbrug check {profile} --create-articles, of vul de code in van een artikel dat er is. In deze administratie bestaan artikelcodes uit ten hoogste {allowed} cijfers.",
                "Have it made with: winkelbrug check {profile} --create-articles, or enter the code of an article that exists. In this administration article codes are at most {allowed} digits."
            )
        } else {
            text!(
                "Laat het maken met: winkelbrug check {profile} --create-articles, of vul de code in van een artikel dat er is (ten hoogste {allowed} tekens).",
                "Have it made with: winkelbrug check {profile} --create-articles, or enter the code of one that exists (at most {allowed} characters)."
            )
        };
        missing(
            "cost-articles",
            ARTICLE_MISSING,
            text!(
                "Artikel \"{code}\" (sales.{setting}) bestaat niet in de administratie",
                "Article \"{code}\" (sales.{setting}) does not exist in the administration"
            ),
            hint,
        )
    }

    /// An article named for a VAT kind must be in a group of that kind; one named for all kinds, where
    /// only one is ever needed, should be.
    fn wrong_kind(&self, article: &Article, lookups: &Lookups) -> Option<Step> {
        let (setting, code) = (self.setting, self.code);
        let kind = self.kind.or(self.only_kind)?;
        let mut groups = lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == article.revenue_group)?;
        if group.vat == kind {
            return None;
        }
        let (name, has, wanted) = (&group.name, word(group.vat), word(kind));
        if self.kind.is_none() {
            let step = Step::attention(
                "cost-articles",
                text!(
                    "Artikel \"{code}\" (sales.{setting}) staat in omzetgroep \"{name}\" met btw-soort {has}, maar er komen bedragen zonder btw op; een bestelling die het daarvoor nodig heeft, wacht",
                    "Article \"{code}\" (sales.{setting}) is in revenue group \"{name}\" of VAT kind {has}, but amounts without VAT go on it; an order that needs it for that waits"
                ),
            );
            return Some(step.hint(text!(
                "Kies een artikel in een omzetgroep met btw-soort {wanted}.",
                "Choose an article in a revenue group of VAT kind {wanted}."
            )));
        }
        Some(missing(
            "cost-articles",
            "artikel-verkeerde-btw",
            text!(
                "Artikel \"{code}\" staat in sales.{setting} bij btw-soort {wanted}, maar zijn omzetgroep \"{name}\" heeft {has}",
                "Article \"{code}\" is in sales.{setting} for VAT kind {wanted}, but its revenue group \"{name}\" has {has}"
            ),
            text!(
                "Kies een artikel in een omzetgroep met btw-soort {wanted}.",
                "Choose an article in a revenue group of VAT kind {wanted}."
            ),
        ))
    }
}

pub(super) fn word(kind: VatKind) -> &'static str {
    match kind {
        VatKind::Hoog => "Hoog",
        VatKind::Laag => "Laag",
        VatKind::Geen => "Geen",
        VatKind::Overig => "Overig",
    }
}

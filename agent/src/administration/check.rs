//! The books' part of testing the connection: both keys, whose books these are, and every name
//! the settings use. Nothing is changed; everything that is missing is named before the first
//! order is.

use super::{
    Administration, Mirror,
    cost_articles::{COST_SETTINGS, CostSetting},
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
    let lookups = match books.lookups().await {
        Ok(lookups) => lookups,
        Err(failure) => {
            steps.push(Step::failed("books-lookups", &failure));
            return steps;
        }
    };
    steps.push(template(settings, &lookups));
    steps.extend(cost_centre(settings, &lookups));
    steps.extend(revenue_groups(settings, &lookups));
    steps.extend(articles(settings, &company, &lookups, books).await);
    steps.extend(unset(settings));
    steps.extend(default_relation(settings, books).await);
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

fn missing(name: &str, code: &str, text: Text, hint: Text) -> Step {
    Step::failed(name, &Failure::misconfigured(code, text).hint(hint))
}

/// "Er zijn: …", so that the owner can pick a name.
fn there_are(names: impl Iterator<Item = String>) -> Text {
    let names: Vec<String> = names.take(12).collect();
    let list = names.join(", ");
    text!("Er zijn: {list}.", "There are: {list}.")
}

fn template(settings: &Settings, lookups: &Lookups) -> Step {
    let wanted = settings.sales.template.trim();
    let name = "sales-template";
    if wanted.is_empty() {
        return Step::passed(
            name,
            text!(
                "Verkooporders krijgen het standaardsjabloon",
                "Sales orders get the default template"
            ),
        );
    }
    let active = || lookups.templates.iter().filter(|template| template.active);
    if active().any(|template| same(&template.name, wanted) || same(&template.id, wanted)) {
        return Step::passed(
            name,
            text!(
                "Het verkoopsjabloon \"{wanted}\" bestaat",
                "The sales template \"{wanted}\" exists"
            ),
        );
    }
    missing(
        name,
        "sjabloon-ontbreekt",
        text!(
            "Het verkoopsjabloon \"{wanted}\" (sales.template) bestaat niet in de administratie",
            "The sales template \"{wanted}\" (sales.template) does not exist in the administration"
        ),
        there_are(active().map(|template| template.name.clone())),
    )
}

fn cost_centre(settings: &Settings, lookups: &Lookups) -> Option<Step> {
    let wanted = settings.sales.cost_centre.trim();
    if wanted.is_empty() {
        return None;
    }
    let name = "cost-centre";
    let active = || lookups.cost_centres.iter().filter(|centre| centre.active);
    let found =
        active().any(|centre| same(&centre.name, wanted) || centre.number.to_string() == wanted);
    Some(if found {
        Step::passed(
            name,
            text!(
                "De kostenplaats \"{wanted}\" bestaat",
                "The cost centre \"{wanted}\" exists"
            ),
        )
    } else {
        missing(
            name,
            "kostenplaats-ontbreekt",
            text!(
                "De kostenplaats \"{wanted}\" (sales.cost_centre) bestaat niet in de administratie",
                "The cost centre \"{wanted}\" (sales.cost_centre) does not exist in the administration"
            ),
            there_are(active().map(|centre| format!("{} {}", centre.number, centre.name))),
        )
    })
}

/// Each revenue group the settings name that the books do not have.
pub(crate) fn missing_groups(settings: &Settings, lookups: &Lookups) -> Vec<Failure> {
    let groups = &lookups.revenue_groups;
    let known = |wanted: &str| {
        groups
            .iter()
            .any(|group| same(&group.name, wanted) || group.number.to_string() == wanted.trim())
    };
    let abroad = settings.vat.foreign.keys().filter(|group| !known(group));
    let abroad = abroad.map(|group| {
        Failure::misconfigured(
            "omzetgroep-ontbreekt",
            text!(
                "De omzetgroep \"{group}\" (vat.foreign) bestaat niet in de administratie",
                "The revenue group \"{group}\" (vat.foreign) does not exist in the administration"
            ),
        )
        .hint(there_are(groups.iter().map(|group| group.name.clone())))
    });
    let wanted = settings.articles.revenue_groups.iter();
    wanted
        .filter(|(_, group)| !known(group))
        .map(|(class, group)| {
            Failure::misconfigured(
                "omzetgroep-ontbreekt",
                text!(
                    "De omzetgroep \"{group}\" voor belastingklasse \"{class}\" (articles.revenue_groups) bestaat niet in de administratie",
                    "The revenue group \"{group}\" for tax class \"{class}\" (articles.revenue_groups) does not exist in the administration"
                ),
            )
            .hint(there_are(groups.iter().map(|group| group.name.clone())))
        })
        .chain(abroad)
        .collect()
}

fn revenue_groups(settings: &Settings, lookups: &Lookups) -> Vec<Step> {
    let wanted = &settings.articles.revenue_groups;
    let name = "revenue-groups";
    let mut steps: Vec<Step> = missing_groups(settings, lookups)
        .iter()
        .map(|failure| Step::failed(name, failure))
        .collect();
    if steps.is_empty() && !wanted.is_empty() {
        let count = wanted.len();
        steps.push(Step::passed(
            name,
            text!(
                "Alle {count} omzetgroepen bestaan",
                "All {count} revenue groups exist"
            ),
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
            text!(
                "Alle {count} artikelen uit de instellingen bestaan en passen",
                "All {count} articles of the settings exist and fit"
            ),
        ));
    }
    steps
}

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
        "cost-articles-unset",
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
                        "Geef in SnelStart elk artikel zijn eigen code.",
                        "Give every article its own code in SnelStart."
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
                    "Maak het artikel in SnelStart weer actief.",
                    "Make the article active again in SnelStart."
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
            "artikel-ontbreekt",
            text!(
                "Artikel \"{code}\" (sales.{setting}) bestaat niet in de administratie",
                "Article \"{code}\" (sales.{setting}) does not exist in the administration"
            ),
            hint,
        )
    }

    /// An article named for a VAT kind must be in a group of that kind.
    fn wrong_kind(&self, article: &Article, lookups: &Lookups) -> Option<Step> {
        let (setting, code, kind) = (self.setting, self.code, self.kind?);
        let mut groups = lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == article.revenue_group)?;
        if group.vat == kind {
            return None;
        }
        let (name, has, wanted) = (&group.name, word(group.vat), word(kind));
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

async fn default_relation(settings: &Settings, books: &dyn Administration) -> Option<Step> {
    let wanted = settings.customers.default_code.trim();
    let name = "default-customer";
    let code = match wanted.parse::<i64>() {
        _ if wanted.is_empty() => return None,
        Ok(code) if code > 0 => code,
        _ => {
            return Some(missing(
                name,
                "klantcode-ongeldig",
                text!(
                    "De klantcode \"{wanted}\" (customers.default_code) is geen getal boven nul",
                    "The customer code \"{wanted}\" (customers.default_code) is no number above zero"
                ),
                text!(
                    "Vul de klantcode in zoals die in SnelStart op de klantkaart staat.",
                    "Enter the customer code as it stands on the customer card in SnelStart."
                ),
            ));
        }
    };
    let found = match books.find_relation(code).await {
        Ok(found) => found,
        Err(failure) => return Some(Step::failed(name, &failure)),
    };
    Some(match found {
        Some(relation) if relation.is_customer && relation.active => {
            let relation = relation.name;
            Step::passed(
                name,
                text!(
                    "Klantcode {code} is van {relation}",
                    "Customer code {code} is {relation}'s"
                ),
            )
        }
        Some(_) => missing(
            name,
            "klant-ongeschikt",
            text!(
                "Klantcode {code} (customers.default_code) is niet van een actieve klant",
                "Customer code {code} (customers.default_code) is not an active customer's"
            ),
            text!(
                "Kies de code van een actieve klant.",
                "Choose an active customer's code."
            ),
        ),
        None => missing(
            name,
            "klant-ontbreekt",
            text!(
                "Klantcode {code} (customers.default_code) bestaat niet in de administratie",
                "Customer code {code} (customers.default_code) does not exist in the administration"
            ),
            text!(
                "Maak de klant in SnelStart, of kies de code van een die er is.",
                "Make the customer in SnelStart, or choose the code of one that exists."
            ),
        ),
    })
}

//! What is missing of the cost articles, and what would be made for it: code, text, revenue group
//! and VAT kind of each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    COST_SETTINGS, CostSetting,
    codes::{Codes, is_allowed},
    existing::Existing,
    groups::{Chosen, GroupFor, Groups, Unclear},
};
use crate::{
    administration::{Administration, Mirror, check::word},
    books::{Article, Company, Lookups, RevenueGroup, VatKind},
    failure::{Failure, Result},
    profile::{Settings, settings::PerVatKind},
    step::Step,
    text,
};

/// An article that is missing and would be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostArticle {
    /// The setting's key in `[sales]`.
    pub setting: String,
    /// The VAT kind it is for.
    pub kind: VatKind,
    /// Its code.
    pub code: String,
    /// Its text.
    pub description: String,
    /// Its revenue group's id.
    pub group: String,
    /// And name.
    pub group_name: String,
    /// The settings name the code already; else they get it.
    pub named: bool,
    /// An article just like it is there already: it is used.
    pub there: bool,
    /// It is the setting's only one, whatever the kind.
    pub alone: bool,
}

/// Everything that is missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Offer {
    /// What would be made.
    pub articles: Vec<CostArticle>,
    /// What a person must choose first.
    pub unclear: Vec<Unclear>,
    /// What cannot be made, and why.
    pub not: Vec<Step>,
}

/// Looks what is missing. An article the owner has already goes before a new one. Nothing is changed.
///
/// # Errors
/// What the books say.
pub async fn offer(
    settings: &Settings,
    company: &Company,
    lookups: &Lookups,
    books: &dyn Administration,
    mirror: Option<&Mirror>,
    now: Timestamp,
    chosen: &Chosen,
) -> Result<Offer> {
    let sales = &settings.sales;
    let unset = COST_SETTINGS
        .iter()
        .any(|cost| !cost.unset(sales).is_empty());
    let existing = match unset {
        true => Some(Existing::read(books, mirror, now).await?),
        false => None,
    };
    let mut maker = Maker {
        settings,
        groups: Groups {
            settings,
            lookups,
            accounts: None,
            chosen,
        },
        asked: false,
        existing,
        codes: Codes::new(company, books),
        offer: Offer::default(),
    };
    for (_, code) in COST_SETTINGS.iter().flat_map(|cost| cost.codes(sales)) {
        maker.codes.take(code);
    }
    for cost in &COST_SETTINGS {
        for (kind, code) in cost.codes(sales) {
            maker.named(cost, kind, code).await?;
        }
        for kind in cost.unset(sales) {
            maker.unset(cost, kind).await?;
        }
    }
    Ok(maker.offer)
}

struct Maker<'a> {
    settings: &'a Settings,
    groups: Groups<'a>,
    /// Were the ledgers asked for?
    asked: bool,
    existing: Option<Existing>,
    codes: Codes<'a>,
    offer: Offer,
}

impl Maker<'_> {
    /// A code the settings name: made as it is, when it is not there.
    async fn named(&mut self, cost: &CostSetting, kind: Option<VatKind>, code: &str) -> Result<()> {
        let offered = self.offer.articles.iter().any(|known| known.code == code);
        if offered || !self.codes.books.find_articles(code).await?.is_empty() {
            return Ok(());
        }
        if !is_allowed(self.codes.company, code) {
            let step = not_allowed(cost.key, code, self.codes.company);
            self.offer.not.push(step);
            return Ok(());
        }
        // A single code for every kind: the kind most orders need.
        let kind = kind.or_else(|| cost.kinds.first().copied());
        let Some(kind) = kind else {
            return Ok(());
        };
        let Some(group) = self.group(cost, kind).await? else {
            return Ok(());
        };
        let article = wanted(cost, kind, code.to_owned(), group);
        self.offer.articles.push(CostArticle {
            named: true,
            ..article
        });
        Ok(())
    }

    /// A setting that names nothing for that kind: the owner's own article, else a code is proposed.
    async fn unset(&mut self, cost: &CostSetting, kind: VatKind) -> Result<()> {
        let single = cost.kinds.len() == 1
            && matches!((cost.value)(&self.settings.sales), PerVatKind::One(_));
        if self.has_already(cost, kind, single).await? {
            return Ok(());
        }
        let Some(group) = self.group(cost, kind).await? else {
            return Ok(());
        };
        let description = cost.described(kind);
        let fits = |article: &Article| {
            article.active
                && article.revenue_group == group.id
                && article.description == description
        };
        let Some(existing) = &self.existing else {
            return Ok(());
        };
        let proposed = self.codes.propose(cost.stem, kind, existing, fits);
        let Some(proposed) = proposed.await? else {
            self.offer.not.push(no_code(cost.key));
            return Ok(());
        };
        let article = wanted(cost, kind, proposed.code, group);
        self.offer.articles.push(CostArticle {
            there: proposed.there.is_some(),
            alone: single,
            ..article
        });
        Ok(())
    }

    /// Offers an article that is there already; where several would do, none is chosen.
    async fn has_already(
        &mut self,
        cost: &CostSetting,
        kind: VatKind,
        alone: bool,
    ) -> Result<bool> {
        self.ledgers(GroupFor::of(cost, kind)).await?;
        let Some(existing) = &self.existing else {
            return Ok(false);
        };
        let codes = &self.codes;
        let is_taken = |code: &str| codes.is_taken(code);
        let found = existing
            .fitting(cost, kind, &self.groups, codes.books, is_taken)
            .await?;
        let found = match found.as_slice() {
            [] => return Ok(false),
            [one] => *one,
            more => {
                let codes: Vec<&str> = more.iter().map(|one| one.code.as_str()).collect();
                self.offer.not.push(several(cost.key, kind, &codes));
                return Ok(true);
            }
        };
        let mut groups = self.groups.lookups.revenue_groups.iter();
        let Some(group) = groups.find(|group| group.id == found.revenue_group) else {
            return Ok(false);
        };
        let article = CostArticle {
            description: found.description.clone(),
            there: true,
            alone,
            ..wanted(cost, kind, found.code.clone(), group.clone())
        };
        self.codes.take(&found.code);
        self.offer.articles.push(article);
        Ok(true)
    }

    /// The revenue group for that; where a person must say which, that is noted.
    async fn group(&mut self, cost: &CostSetting, kind: VatKind) -> Result<Option<RevenueGroup>> {
        let what = GroupFor::of(cost, kind);
        self.ledgers(what).await?;
        Ok(match self.groups.group(what) {
            Ok(group) => Some(group.clone()),
            Err(unclear) => {
                if !self.offer.unclear.contains(&unclear) {
                    self.offer.unclear.push(unclear);
                }
                None
            }
        })
    }

    /// Asks for the ledgers, once and only where a group is told by them; none where the connection may
    /// not read them.
    async fn ledgers(&mut self, what: GroupFor) -> Result<()> {
        if what != GroupFor::Owed || self.asked {
            return Ok(());
        }
        self.groups.accounts = match self.codes.books.accounts().await {
            Ok(accounts) => Some(accounts),
            Err(failure) if failure.code == "scope-missing" => None,
            Err(failure) => return Err(failure),
        };
        self.asked = true;
        Ok(())
    }
}

fn wanted(cost: &CostSetting, kind: VatKind, code: String, group: RevenueGroup) -> CostArticle {
    CostArticle {
        setting: cost.key.to_owned(),
        kind,
        code,
        description: cost.described(kind),
        group: group.id,
        group_name: group.name,
        named: false,
        there: false,
        alone: false,
    }
}

fn not_allowed(setting: &str, code: &str, company: &Company) -> Step {
    let most = company.article_code_length;
    let failure = Failure::misconfigured(
        "artikelcode-niet-toegestaan",
        text!(
            "Artikel \"{code}\" (sales.{setting}) kan niet worden gemaakt: de administratie staat die code niet toe",
            "Article \"{code}\" (sales.{setting}) cannot be made: the administration does not allow that code"
        ),
    );
    let hint = if company.numeric_article_codes {
        text!(
            "Artikelcodes zijn hier ten hoogste {most} cijfers. Maak sales.{setting} leeg, dan kiest Winkelbrug een code.",
            "Article codes here are at most {most} digits. Leave sales.{setting} empty, then Winkelbrug chooses a code."
        )
    } else {
        text!(
            "Artikelcodes zijn hier ten hoogste {most} tekens. Maak sales.{setting} leeg, dan kiest Winkelbrug een code.",
            "Article codes here are at most {most} characters. Leave sales.{setting} empty, then Winkelbrug chooses a code."
        )
    };
    Step::failed("cost-articles", &failure.hint(hint))
}

fn no_code(setting: &str) -> Step {
    let failure = Failure::misconfigured(
        "artikelcode-geen-vrij",
        text!(
            "Voor sales.{setting} is geen vrije artikelcode gevonden",
            "No free article code was found for sales.{setting}"
        ),
    )
    .hint(text!(
        "Vul in sales.{setting} zelf een code in die nog niet bestaat.",
        "Enter a code that does not exist yet in sales.{setting}."
    ));
    Step::failed("cost-articles", &failure)
}

/// Several articles of the owner's would do: he knows which.
fn several(setting: &str, kind: VatKind, codes: &[&str]) -> Step {
    let (kind, codes) = (word(kind), codes.join(", "));
    let failure = Failure::misconfigured(
        "artikel-onduidelijk",
        text!(
            "Voor sales.{setting} met btw-soort {kind} passen meer artikelen die er al zijn: {codes}",
            "Several articles that are there already would do for sales.{setting} of VAT kind {kind}: {codes}"
        ),
    )
    .hint(text!(
        "Vul in sales.{setting} de code in van het artikel dat u wilt gebruiken.",
        "Enter the code of the article you want to use in sales.{setting}."
    ));
    Step::failed("cost-articles", &failure)
}

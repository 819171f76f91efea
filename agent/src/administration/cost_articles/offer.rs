//! What is missing of the cost articles, and what would be made for it: code, text, revenue group
//! and VAT kind of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    COST_SETTINGS, CostSetting,
    codes::{Codes, is_allowed},
};
use crate::{
    administration::{Administration, Mirror, check::same},
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

/// A VAT kind for which several revenue groups would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclear {
    /// The kind.
    pub kind: VatKind,
    /// The groups to choose from: id and name.
    pub groups: Vec<(String, String)>,
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

/// Looks what is missing. `chosen` are revenue groups (by id) a person chose for a VAT kind.
/// Nothing is changed.
///
/// # Errors
/// What the books say.
pub async fn offer(
    settings: &Settings,
    company: &Company,
    lookups: &Lookups,
    books: &dyn Administration,
    mirror: Option<&Mirror>,
    chosen: &BTreeMap<VatKind, String>,
) -> Result<Offer> {
    let mut maker = Maker {
        settings,
        lookups,
        chosen,
        codes: Codes::new(company, books, mirror),
        offer: Offer::default(),
    };
    let sales = &settings.sales;
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
    lookups: &'a Lookups,
    chosen: &'a BTreeMap<VatKind, String>,
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
        let Some((kind, group)) = kind.and_then(|kind| Some((kind, self.group(kind)?))) else {
            return Ok(());
        };
        let article = wanted(cost, kind, code.to_owned(), group);
        self.offer.articles.push(CostArticle {
            named: true,
            ..article
        });
        Ok(())
    }

    /// A setting that names nothing for that kind: a code is proposed.
    async fn unset(&mut self, cost: &CostSetting, kind: VatKind) -> Result<()> {
        let Some(group) = self.group(kind) else {
            return Ok(());
        };
        let description = cost.described(kind);
        let fits = |article: &Article| {
            article.active
                && article.revenue_group == group.id
                && article.description == description
        };
        let Some(proposed) = self.codes.propose(cost.stem, kind, fits).await? else {
            self.offer.not.push(no_code(cost.key));
            return Ok(());
        };
        let article = wanted(cost, kind, proposed.code, group);
        let single = cost.kinds.len() == 1
            && matches!((cost.value)(&self.settings.sales), PerVatKind::One(_));
        self.offer.articles.push(CostArticle {
            there: proposed.there.is_some(),
            alone: single,
            ..article
        });
        Ok(())
    }

    /// The revenue group for that kind: as chosen, else the one the profile uses for goods of that
    /// kind, else the only one there is. Several: a person must say which.
    fn group(&mut self, kind: VatKind) -> Option<RevenueGroup> {
        let of_kind: Vec<&RevenueGroup> = self
            .lookups
            .revenue_groups
            .iter()
            .filter(|group| group.vat == kind)
            .collect();
        if let Some(id) = self.chosen.get(&kind)
            && let Some(group) = of_kind.iter().find(|group| group.id == *id)
        {
            return Some((*group).clone());
        }
        let mapped = &self.settings.articles.revenue_groups;
        let used: Vec<&RevenueGroup> = of_kind
            .iter()
            .copied()
            .filter(|group| {
                mapped
                    .values()
                    .any(|name| same(name, &group.name) || name.trim() == group.number.to_string())
            })
            .collect();
        let candidates = if used.is_empty() { of_kind } else { used };
        if let [only] = candidates.as_slice() {
            return Some((*only).clone());
        }
        self.unclear(kind, &candidates);
        None
    }

    fn unclear(&mut self, kind: VatKind, candidates: &[&RevenueGroup]) {
        if self.offer.unclear.iter().all(|known| known.kind != kind) {
            let groups = candidates
                .iter()
                .map(|group| (group.id.clone(), group.name.clone()));
            self.offer.unclear.push(Unclear {
                kind,
                groups: groups.collect(),
            });
        }
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

impl Unclear {
    /// The same as a step that failed, where nobody can be asked.
    #[must_use]
    pub fn into_step(self) -> Step {
        let kind = crate::administration::check::word(self.kind);
        if self.groups.is_empty() {
            let failure = Failure::misconfigured(
                "omzetgroep-geen",
                text!(
                    "De administratie heeft geen omzetgroep met btw-soort {kind}; kostenartikelen daarvoor zijn niet te maken",
                    "The administration has no revenue group of VAT kind {kind}; no cost articles can be made for it"
                ),
            )
            .hint(text!(
                "Maak in SnelStart een omzetgroep met btw-soort {kind}.",
                "Make a revenue group of VAT kind {kind} in SnelStart."
            ));
            return Step::failed("cost-articles", &failure);
        }
        let names: Vec<String> = self.groups.into_iter().map(|(_, name)| name).collect();
        let names = names.join(", ");
        let failure = Failure::misconfigured(
            "omzetgroep-onduidelijk",
            text!(
                "Voor kostenartikelen met btw-soort {kind} passen meer omzetgroepen: {names}",
                "Several revenue groups would do for cost articles of VAT kind {kind}: {names}"
            ),
        )
        .hint(text!(
            "Gebruik er één van in [articles.revenue_groups], of kies haar in een terminal met: winkelbrug check",
            "Use one of them in [articles.revenue_groups], or choose it on a terminal with: winkelbrug check"
        ));
        Step::failed("cost-articles", &failure)
    }
}

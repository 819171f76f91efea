//! Which article a line gets, and whether its revenue group bears the right VAT.
//!
//! SnelStart B2B v2: a line has no VAT field, the article's revenue group decides rate and ledger.
//! So an article of another rate is never used because "the total is right".

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Line;

use super::{
    address::{clean, cut},
    case::{Case, held, stop},
    charged::class_percent,
    cost::Cost,
    plan::{ArticleStep, Outcome},
    special,
    vat::{Vat, kind_name},
};
use crate::{
    books::{Article, ArticleDraft, ArticleRef, RevenueGroup, VatKind},
    profile::{settings::Handling, vat::of_class},
    text,
};

/// Longest article text (omschrijving) and line text in SnelStart B2B v2.
pub(super) const TEXT_LENGTH: usize = 250;

/// An article chosen for a line.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub reference: ArticleRef,
    pub code: String,
    /// The article's own text.
    pub description: String,
    /// Kind of its revenue group.
    pub kind: VatKind,
    /// What the books compute on it in this order; none = they know no rate for its group.
    pub percent: Option<Decimal>,
    /// Its price in the article file's own VAT mode; none when this order creates it.
    pub price: Option<Decimal>,
}

/// Chooses articles and gathers what has to be created or updated first.
pub(super) struct Articles<'c, 'a> {
    case: &'c Case<'a>,
    vat: &'c Vat,
    steps: Vec<ArticleStep>,
}

impl<'c, 'a> Articles<'c, 'a> {
    pub const fn new(case: &'c Case<'a>, vat: &'c Vat) -> Self {
        Self {
            case,
            vat,
            steps: Vec::new(),
        }
    }

    /// What has to happen to articles before the order is written.
    pub fn into_steps(self) -> Vec<ArticleStep> {
        self.steps
    }

    /// The article of a line of goods the shop charged that percentage on (none = it cost nothing).
    pub fn goods(&mut self, line: &Line, percent: Option<Decimal>) -> Result<Chosen, Outcome> {
        if let Some(code) = special::reverse_charged(self.case, line) {
            return self.reverse_charged(line, code);
        }
        if line.code.is_empty() {
            return self.default(line, percent);
        }
        let (chosen, group) = match self.existing(&line.code, &line.name)? {
            Some(article) => self.known(line, article)?,
            None => self.planned(line)?,
        };
        self.fits_charge(&chosen, group, percent)?;
        self.fits_class(&chosen, group, line)?;
        Ok(chosen)
    }

    /// The article for something that is no product, in the first of these kinds for which one is
    /// set.
    pub fn cost(&self, cost: Cost, kinds: &[VatKind], what: &str) -> Result<Chosen, Outcome> {
        let setting = cost.setting(self.case);
        let Some(code) = kinds.iter().find_map(|kind| setting.get(*kind)) else {
            return missing_setting(cost, kinds, what);
        };
        let key = cost.key();
        let Some(article) = self.existing(code, what)? else {
            return not_there(code, key, what);
        };
        let group = self.group_of(article)?;
        if !kinds.contains(&group.vat) && !self.vat.zero_rated() {
            let (name, is) = (&group.name, kind_name(group.vat));
            let wanted = kind_names(kinds);
            return held(
                "btw-wijkt-af",
                text!(
                    "Voor \"{what}\" is btw-soort {wanted} nodig, maar artikel {code} ({key}) staat in omzetgroep {name} met btw-soort {is}.",
                    "\"{what}\" needs VAT kind {wanted}, but article {code} ({key}) is in revenue group {name} of VAT kind {is}."
                ),
                text!(
                    "Vul in {key} een artikel per btw-soort in.",
                    "Set an article per VAT kind in {key}."
                ),
            );
        }
        Ok(self.chosen(article, group))
    }

    /// As [`Articles::cost`], of the articles that are set the one whose group bears that percentage
    /// on this order: abroad two groups of one kind may differ.
    pub fn cost_at(
        &self,
        cost: Cost,
        kinds: &[VatKind],
        percent: Decimal,
        what: &str,
    ) -> Result<Chosen, Outcome> {
        if !self.vat.by_group() || percent.is_zero() {
            return self.cost(cost, kinds, what);
        }
        for code in cost.setting(self.case).codes() {
            if let Some(article) = self.existing(code, what)? {
                let group = self.group_of(article)?;
                if self.vat.percent_of(group) == Some(percent) {
                    return Ok(self.chosen(article, group));
                }
            }
        }
        let (key, percent, country) = (cost.key(), percent.normalize(), &self.vat.country);
        held(
            "artikel-niet-ingesteld",
            text!(
                "Voor \"{what}\" is een artikel nodig waarvan de omzetgroep in {country} {percent}% draagt; {key} noemt er geen.",
                "\"{what}\" needs an article whose revenue group bears {percent}% in {country}; {key} names none."
            ),
            text!(
                "Zet in {key} (bij overig, als hoog en laag al bezet zijn) een artikel in een omzetgroep die dat tarief in [vat.foreign] heeft.",
                "In {key} (under overig, where hoog and laag are taken), name an article in a revenue group that has that rate in [vat.foreign]."
            ),
        )
    }

    /// The article of that code, which bears that percentage; `key` names it.
    pub fn named(
        &self,
        code: &str,
        key: &str,
        what: &str,
        percent: Decimal,
    ) -> Result<Chosen, Outcome> {
        let Some(article) = self.existing(code, what)? else {
            return not_there(code, key, what);
        };
        let group = self.group_of(article)?;
        let chosen = self.chosen(article, group);
        if !self.vat.zero_rated() && chosen.percent != Some(percent) {
            return mismatch(&chosen, group, chosen.percent, percent);
        }
        Ok(chosen)
    }

    /// The article for reverse-charged VAT of the product's class; the product's own one where that
    /// stands in the same group.
    fn reverse_charged(&self, line: &Line, code: &str) -> Result<Chosen, Outcome> {
        let bearer = self.named(code, "vat.reverse_charge", &line.name, Decimal::ZERO)?;
        let group_of = |code: &str| -> Result<Option<&Article>, Outcome> {
            match code {
                "" => Ok(None),
                code => self.existing(code, &line.name),
            }
        };
        let same = |one: &Article, other: &Article| one.revenue_group == other.revenue_group;
        if let (Some(own), Some(set)) = (group_of(&line.code)?, group_of(code)?)
            && same(own, set)
        {
            return Ok(self.chosen(own, self.group_of(own)?));
        }
        let (name, own) = (clean(&line.name), &line.code);
        self.case.note(text!(
            "\"{name}\" ({own}) staat op artikel {code}, dat verlegde btw draagt; de voorraad van {own} telt de boekhouding daarom niet af.",
            "\"{name}\" ({own}) stands on article {code}, which bears reverse-charged VAT; so the books do not take it off the stock of {own}."
        ));
        Ok(bearer)
    }

    fn default(&self, line: &Line, percent: Option<Decimal>) -> Result<Chosen, Outcome> {
        let kinds = match percent {
            Some(percent) if !self.vat.zero_rated() => self.vat.kinds(percent),
            _ => line
                .tax_class
                .as_ref()
                .and_then(|class| class_percent(self.case, class, self.case.home()))
                .map_or_else(Vec::new, |percent| self.vat.domestic_kinds(percent)),
        };
        match percent {
            Some(percent) if !self.vat.zero_rated() => {
                self.cost_at(Cost::Default, &kinds, percent, &line.name)
            }
            _ => self.cost(Cost::Default, &kinds, &line.name),
        }
    }

    /// The one usable article of that code in the books, if any.
    fn existing(&self, code: &str, what: &str) -> Result<Option<&'a Article>, Outcome> {
        let same: Vec<&Article> = self
            .case
            .facts
            .articles
            .iter()
            .filter(|article| article.code == code)
            .collect();
        let active: Vec<&Article> = same.iter().copied().filter(|a| a.active).collect();
        match (active.as_slice(), same.as_slice()) {
            ([one], _) => Ok(Some(*one)),
            ([], []) => Ok(None),
            ([], _) => held(
                "artikel-niet-actief",
                text!(
                    "Artikel {code} (\"{what}\") is in de administratie niet actief.",
                    "Article {code} (\"{what}\") is not active in the administration."
                ),
                text!(
                    "Maak het artikel in de administratie weer actief.",
                    "Make the article active again in the administration."
                ),
            ),
            (several, _) => {
                let names: Vec<&str> = several.iter().map(|a| a.description.as_str()).collect();
                let names = names.join("\", \"");
                held(
                    "artikel-dubbel",
                    text!(
                        "Artikelcode {code} komt in de administratie meer dan eens voor: \"{names}\".",
                        "Article code {code} occurs more than once in the administration: \"{names}\"."
                    ),
                    text!(
                        "Geef elk artikel in de administratie een eigen code.",
                        "Give each article in the administration a code of its own."
                    ),
                )
            }
        }
    }

    fn known(
        &mut self,
        line: &Line,
        article: &'a Article,
    ) -> Result<(Chosen, &'a RevenueGroup), Outcome> {
        let group = self.group_of(article)?;
        if self.case.settings.articles.handling == Handling::AddAndUpdate {
            self.update(line, article);
        }
        Ok((self.chosen(article, group), group))
    }

    /// Brings the text up to date. Never the price: an order's price may be a special one.
    fn update(&mut self, line: &Line, article: &Article) {
        let description = cut(self.case, &clean(&line.name), TEXT_LENGTH);
        let known = self
            .steps
            .iter()
            .any(|step| matches!(step, ArticleStep::Update { id, .. } if *id == article.id));
        if known || description.is_empty() || description == article.description {
            return;
        }
        let (code, before) = (&article.code, &article.description);
        self.steps.push(ArticleStep::Update {
            id: article.id.clone(),
            why: text!(
                "Artikel {code} heet in de winkel \"{description}\" en in de administratie \"{before}\".",
                "Article {code} is called \"{description}\" in the shop and \"{before}\" in the administration."
            ),
            draft: ArticleDraft {
                code: article.code.clone(),
                description,
                revenue_group: article.revenue_group.clone(),
                price: article.price,
                keeps_stock: article.keeps_stock,
            },
        });
    }

    /// An article this order creates: only in the group mapped from the product's own tax class.
    fn planned(&mut self, line: &Line) -> Result<(Chosen, &'a RevenueGroup), Outcome> {
        let (code, name) = (&line.code, clean(&line.name));
        if self.case.settings.articles.handling == Handling::Manual {
            return held(
                "artikel-ontbreekt",
                text!(
                    "Artikel {code} (\"{name}\") staat niet in de administratie en u voert artikelen zelf in.",
                    "Article {code} (\"{name}\") is not in the administration and you enter articles yourself."
                ),
                text!(
                    "Maak het artikel in de administratie aan.",
                    "Create the article in the administration."
                ),
            );
        }
        let group = self.mapped_group(line)?;
        self.allowed_code(line)?;
        let description = match name.as_str() {
            "" => code.clone(),
            name => cut(self.case, name, TEXT_LENGTH),
        };
        if !self.is_planned(code) {
            let price = self.new_price(line, group)?;
            let group_name = &group.name;
            self.steps.push(ArticleStep::Create {
                why: text!(
                    "Artikel {code} bestaat nog niet; het komt in omzetgroep {group_name}, die bij de belastingklasse van het product hoort.",
                    "Article {code} does not exist yet; it goes into revenue group {group_name}, which belongs to the product's tax class."
                ),
                draft: ArticleDraft {
                    code: code.clone(),
                    description: description.clone(),
                    revenue_group: group.id.clone(),
                    price,
                    // Stock is counted only where the owner says so: an article that starts with
                    // stock control on would tell the shop that it is sold out.
                    keeps_stock: false,
                },
            });
        }
        let chosen = Chosen {
            reference: ArticleRef::Planned(code.clone()),
            code: code.clone(),
            description,
            kind: group.vat,
            percent: self.vat.percent_of(group),
            price: None,
        };
        Ok((chosen, group))
    }

    fn is_planned(&self, wanted: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, ArticleStep::Create { draft, .. } if draft.code == wanted))
    }

    /// The revenue group the owner mapped the product's tax class to.
    fn mapped_group(&self, line: &Line) -> Result<&'a RevenueGroup, Outcome> {
        let (code, name) = (&line.code, clean(&line.name));
        let Some(class) = &line.tax_class else {
            return held(
                "product-verdwenen",
                text!(
                    "Artikel {code} (\"{name}\") staat niet in de administratie, en het product bestaat in de winkel niet meer: zijn belastingklasse is onbekend.",
                    "Article {code} (\"{name}\") is not in the administration, and the product is gone from the shop: its tax class is unknown."
                ),
                text!(
                    "Maak het artikel in de administratie aan, in de juiste omzetgroep.",
                    "Create the article in the administration, in the right revenue group."
                ),
            );
        };
        let Some(wanted) = mapped(self.case, &class.id, &class.name) else {
            let class = if class.name.is_empty() {
                "geen / none".to_owned()
            } else {
                class.name.clone()
            };
            return held(
                "omzetgroep-niet-gekozen",
                text!(
                    "Artikel {code} (\"{name}\") staat niet in de administratie, en voor de belastingklasse \"{class}\" is geen omzetgroep gekozen.",
                    "Article {code} (\"{name}\") is not in the administration, and no revenue group was chosen for the tax class \"{class}\"."
                ),
                text!(
                    "Kies in articles.revenue_groups een omzetgroep voor \"{class}\" (geen klasse: \"\"), of maak het artikel zelf aan.",
                    "Choose a revenue group for \"{class}\" in articles.revenue_groups (no class: \"\"), or create the article yourself."
                ),
            );
        };
        self.group_named(wanted)
    }

    /// A group by name or number; a setting that names none stops the profile.
    fn group_named(&self, wanted: &str) -> Result<&'a RevenueGroup, Outcome> {
        let name = wanted.trim().to_lowercase();
        let groups = &self.case.facts.lookups.revenue_groups;
        let found = groups
            .iter()
            .find(|group| group.name.trim().to_lowercase() == name)
            .or_else(|| groups.iter().find(|group| group.number.to_string() == name));
        found.map_or_else(
            || {
                stop(
                    "omzetgroep-ontbreekt",
                    text!(
                        "De omzetgroep \"{wanted}\" uit articles.revenue_groups bestaat niet in de administratie.",
                        "The revenue group \"{wanted}\" of articles.revenue_groups does not exist in the administration."
                    ),
                    text!(
                        "Kies een omzetgroep die er is (naam of nummer).",
                        "Choose a revenue group that exists (name or number)."
                    ),
                )
            },
            Ok,
        )
    }

    fn chosen(&self, article: &Article, group: &RevenueGroup) -> Chosen {
        Chosen {
            reference: ArticleRef::Existing(article.id.clone()),
            code: article.code.clone(),
            description: article.description.clone(),
            kind: group.vat,
            percent: self.vat.percent_of(group),
            price: Some(article.price),
        }
    }

    fn group_of(&self, article: &Article) -> Result<&'a RevenueGroup, Outcome> {
        let code = &article.code;
        self.case
            .facts
            .lookups
            .revenue_groups
            .iter()
            .find(|group| group.id == article.revenue_group)
            .map_or_else(
                || {
                    held(
                        "omzetgroep-onbekend",
                        text!(
                            "De omzetgroep van artikel {code} is niet bekend, dus ook zijn btw niet.",
                            "The revenue group of article {code} is not known, and so neither is its VAT."
                        ),
                        text!(
                            "Kies bij het artikel in de administratie een omzetgroep.",
                            "Choose a revenue group for the article in the administration."
                        ),
                    )
                },
                Ok,
            )
    }

    /// SnelStart B2B v2: `ART-0003` (digits only where the administration is numeric) and `ART-0004`
    /// (too long).
    fn allowed_code(&self, line: &Line) -> Result<(), Outcome> {
        let (code, name) = (&line.code, clean(&line.name));
        let company = self.case.company;
        let most = company.article_code_length;
        let text = if company.numeric_article_codes && !code.bytes().all(|b| b.is_ascii_digit()) {
            text!(
                "De winkel noemt \"{name}\" {code}, maar de administratie staat alleen cijfers toe als artikelcode.",
                "The shop calls \"{name}\" {code}, but the administration allows digits only as article code."
            )
        } else if most > 0 && code.chars().count() > most {
            text!(
                "De winkel noemt \"{name}\" {code}, maar de administratie staat voor een artikelcode {most} tekens toe.",
                "The shop calls \"{name}\" {code}, but the administration allows {most} characters for an article code."
            )
        } else {
            return Ok(());
        };
        held(
            "artikelcode-niet-toegestaan",
            text,
            text!(
                "Geef het product in de winkel een code die de administratie toestaat.",
                "Give the product in the shop a code the administration allows."
            ),
        )
    }

    fn new_price(&self, line: &Line, group: &RevenueGroup) -> Result<Decimal, Outcome> {
        let decimals = self.case.company.price_decimals.clamp(2, 4);
        if self.case.company.article_prices_exclude_vat {
            return Ok(line.price.round_dp(decimals));
        }
        let percent = self.vat.domestic(group.vat).unwrap_or_default();
        Ok((line.price * (Decimal::ONE + percent / Decimal::ONE_HUNDRED)).round_dp(decimals))
    }

    /// The books would compute another rate than the shop charged.
    fn fits_charge(
        &self,
        chosen: &Chosen,
        group: &RevenueGroup,
        charged: Option<Decimal>,
    ) -> Result<(), Outcome> {
        let Some(charged) = charged.filter(|_| !self.vat.zero_rated()) else {
            return Ok(());
        };
        let books = self.vat.percent_of(group);
        if books == Some(charged) {
            return Ok(());
        }
        mismatch(chosen, group, books, charged)
    }

    /// The article's group has another domestic rate than the shop's class for that product.
    fn fits_class(
        &self,
        chosen: &Chosen,
        group: &RevenueGroup,
        line: &Line,
    ) -> Result<(), Outcome> {
        let Some(class) = &line.tax_class else {
            return Ok(());
        };
        let Some(percent) = class_percent(self.case, class, self.case.home()) else {
            return Ok(());
        };
        if self.vat.is_domestic(group.vat, percent) {
            return Ok(());
        }
        mismatch(chosen, group, self.vat.domestic(group.vat), percent)
    }
}

/// The owner's group for a shop tax class, by its name or id; "no class" is `""` or `"0"`.
fn mapped<'s>(case: &Case<'s>, id: &str, name: &str) -> Option<&'s str> {
    of_class(&case.settings.articles.revenue_groups, id, name).map(String::as_str)
}

fn not_there<T>(code: &str, key: &str, what: &str) -> Result<T, Outcome> {
    held(
        "artikel-ontbreekt",
        text!(
            "Artikel {code} ({key}), nodig voor \"{what}\", staat niet in de administratie.",
            "Article {code} ({key}), needed for \"{what}\", is not in the administration."
        ),
        text!(
            "Maak het artikel aan (zonder voorraadcontrole), of kies een ander in {key}.",
            "Create the article (without stock control), or choose another in {key}."
        ),
    )
}

fn mismatch<T>(
    chosen: &Chosen,
    group: &RevenueGroup,
    books: Option<Decimal>,
    shop: Decimal,
) -> Result<T, Outcome> {
    let (code, group) = (&chosen.code, &group.name);
    let shop = shop.normalize();
    let books = books.map_or_else(|| "?".to_owned(), |percent| percent.normalize().to_string());
    held(
        "btw-wijkt-af",
        text!(
            "Artikel {code} staat in omzetgroep {group} ({books}% btw), maar in de winkel geldt voor dit product {shop}%.",
            "Article {code} is in revenue group {group} ({books}% VAT), but in the shop {shop}% holds for this product."
        ),
        text!(
            "Zet het artikel in de juiste omzetgroep, of verbeter de belastingklasse van het product in de winkel.",
            "Put the article into the right revenue group, or correct the product's tax class in the shop."
        ),
    )
}

fn missing_setting<T>(cost: Cost, kinds: &[VatKind], what: &str) -> Result<T, Outcome> {
    let (key, kinds) = (cost.key(), kind_names(kinds));
    held(
        "artikel-niet-ingesteld",
        text!(
            "Voor \"{what}\" is een artikel met btw-soort {kinds} nodig; {key} noemt er geen.",
            "\"{what}\" needs an article of VAT kind {kinds}; {key} names none."
        ),
        text!(
            "Vul in {key} voor btw-soort {kinds} een artikel in.",
            "Set an article for VAT kind {kinds} in {key}."
        ),
    )
}

fn kind_names(kinds: &[VatKind]) -> String {
    match kinds.first() {
        Some(kind) => kind_name(*kind).to_owned(),
        None => "?".to_owned(),
    }
}

//! Which article a line gets, and whether its revenue group bears the right VAT.
//!
//! SnelStart B2B v2: a line has no VAT field, the article's revenue group decides rate and ledger.
//! So an article of another rate is never used because "the total is right".

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Line;

use super::{
    address::clean,
    called,
    case::{Case, held},
    charged::class_percent,
    cost::Cost,
    foreign,
    plan::{ArticleStep, Outcome},
    special,
    vat::{Treatment, Vat, kind_name},
};
use crate::{
    books::{Article, ArticleRef, RevenueGroup, VatKind},
    profile::settings::Handling,
    text,
    text::{Amount, Text},
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
    /// Its revenue group.
    pub group: String,
    /// Kind of that group.
    pub kind: VatKind,
    /// What the books compute on it in this order; none = they know no rate for its group.
    pub percent: Option<Decimal>,
    /// Its price in the article file's own VAT mode; none when this order creates it.
    pub price: Option<Decimal>,
}

/// Chooses articles and gathers what has to be created or updated first.
pub(super) struct Articles<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    pub(super) vat: &'c Vat,
    pub(super) steps: Vec<ArticleStep>,
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
        let (chosen, group) = match self.of_line(line)? {
            Some(article) => {
                let group = self.group_of(article)?;
                self.bring_up_to_date(line, article);
                (self.chosen(article, group), group)
            }
            None => self.planned(line)?,
        };
        if special::is_margin(self.case, line) {
            self.bears_none(&chosen, group)?;
        } else {
            self.fits_charge(&chosen, group, percent)?;
        }
        self.fits_class(&chosen, group, line)?;
        Ok(chosen)
    }

    /// The article for something that is no product, in the first of these kinds for which one is
    /// set.
    pub fn cost(&self, cost: Cost, kinds: &[VatKind], what: &str) -> Result<Chosen, Outcome> {
        let what = cost.called(what);
        self.cost_called(cost, kinds, &what)
    }

    fn cost_called(&self, cost: Cost, kinds: &[VatKind], what: &Text) -> Result<Chosen, Outcome> {
        let setting = cost.setting(self.case);
        let Some(code) = kinds.iter().find_map(|kind| setting.get(*kind)) else {
            return missing_setting(cost, kinds, what);
        };
        let key = cost.key();
        let (nl, en) = (&what.nl, &what.en);
        let Some(article) = self.existing(code, nl)? else {
            return not_there(code, key, what);
        };
        let group = self.group_of(article)?;
        if !kinds.contains(&group.vat) && !self.vat.zero_rated() {
            let (name, is) = (&group.name, kind_name(group.vat));
            let wanted = kind_names(kinds);
            return held(
                "btw-wijkt-af",
                text!(
                    "Voor \"{nl}\" is btw-soort {wanted} nodig, maar artikel {code} ({key}) staat in omzetgroep {name} met btw-soort {is}.",
                    "\"{en}\" needs VAT kind {wanted}, but article {code} ({key}) is in revenue group {name} of VAT kind {is}."
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
        let what = cost.called(what);
        self.cost_at_called(cost, kinds, percent, &what)
    }

    fn cost_at_called(
        &self,
        cost: Cost,
        kinds: &[VatKind],
        percent: Decimal,
        what: &Text,
    ) -> Result<Chosen, Outcome> {
        if !self.vat.by_group() || percent.is_zero() {
            return self.cost_called(cost, kinds, what);
        }
        let (nl, en) = (&what.nl, &what.en);
        for code in cost.setting(self.case).codes() {
            if let Some(article) = self.existing(code, nl)? {
                let group = self.group_of(article)?;
                if self.vat.bears(group, percent) {
                    return Ok(self.chosen(article, group));
                }
            }
        }
        let (key, percent, country) = (cost.key(), percent.normalize(), &self.vat.country);
        held(
            "artikel-niet-ingesteld",
            text!(
                "Voor \"{nl}\" is een artikel nodig waarvan de omzetgroep in {country} {percent}% draagt; {key} noemt er geen.",
                "\"{en}\" needs an article whose revenue group bears {percent}% in {country}; {key} names none."
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
            return not_there(code, key, &Text::same(clean(what)));
        };
        let group = self.group_of(article)?;
        let chosen = self.chosen(article, group);
        if percent.is_zero() {
            self.bears_none(&chosen, group)?;
        } else if !self.vat.zero_rated() && chosen.percent != Some(percent) {
            return mismatch(&chosen, group, chosen.percent, percent);
        }
        Ok(chosen)
    }

    /// The books would compute no VAT. Of a group that is not without VAT by its kind they do not say what
    /// they would compute on an order with the VAT of another country.
    fn bears_none(&self, chosen: &Chosen, group: &RevenueGroup) -> Result<(), Outcome> {
        let none = |percent: Option<Decimal>| percent.is_some_and(|percent| percent.is_zero());
        if self.vat.zero_rated() || none(self.vat.percent_of(group)) {
            return Ok(());
        }
        if !(self.vat.is_abroad() && none(self.vat.domestic(group.vat))) {
            return mismatch(chosen, group, self.vat.percent_of(group), Decimal::ZERO);
        }
        foreign::unknown_there(&chosen.code, group, &self.vat.country)
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
        if special::own_article(self.case, line).is_some() {
            self.case.note(text!(
                "\"{name}\" ({own}) staat op artikel {code}, dat verlegde btw draagt; het artikel zelf staat eronder zonder prijs, voor de voorraad.",
                "\"{name}\" ({own}) stands on article {code}, which bears reverse-charged VAT; the article itself stands below at no price, for the stock."
            ));
            return Ok(bearer);
        }
        self.case.note(text!(
            "\"{name}\" ({own}) staat op artikel {code}, dat verlegde btw draagt; de voorraad van {own} telt de boekhouding daarom niet af.",
            "\"{name}\" ({own}) stands on article {code}, which bears reverse-charged VAT; so the books do not take it off the stock of {own}."
        ));
        Ok(bearer)
    }

    /// The article of a line, by the field that holds the shop's code. One that has the code as its
    /// artikelcode while that field is empty is meant too: the field is filled.
    fn of_line(&self, line: &Line) -> Result<Option<&'a Article>, Outcome> {
        let articles = &self.case.settings.articles;
        let field = articles.code_field.trim();
        let found = self.existing_by(field, &line.code, &line.name)?;
        if found.is_some() || !articles.code_in_extra_field() {
            return Ok(found);
        }
        let Some(article) = self.existing(&line.code, &line.name)? else {
            return Ok(None);
        };
        let there = article.field(field);
        if there.is_empty() && articles.handling != Handling::Manual {
            return Ok(Some(article));
        }
        let code = &line.code;
        held(
            "artikelcode-bezet",
            text!(
                "Geen artikel heeft {code} in het veld {field}; artikel {code} zelf heeft daar \"{there}\".",
                "No article has {code} in the field {field}; article {code} itself has \"{there}\" there."
            ),
            text!(
                "Vul in de administratie bij het juiste artikel {code} in het veld {field} in.",
                "Fill {code} into the field {field} of the right article in the administration."
            ),
        )
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
        let what = called::line(self.case.order, line);
        match percent {
            Some(percent) if !self.vat.zero_rated() => {
                self.cost_at_called(Cost::Default, &kinds, percent, &what)
            }
            _ => self.cost_called(Cost::Default, &kinds, &what),
        }
    }

    /// The one usable article of that code in the books, if any.
    fn existing(&self, code: &str, what: &str) -> Result<Option<&'a Article>, Outcome> {
        self.existing_by("artikelcode", code, what)
    }

    /// The one usable article that has the code in that field, if any.
    fn existing_by(
        &self,
        field: &str,
        code: &str,
        what: &str,
    ) -> Result<Option<&'a Article>, Outcome> {
        let same: Vec<&Article> = self
            .case
            .facts
            .articles
            .iter()
            .filter(|article| article.field(field).trim() == code.trim())
            .collect();
        let active: Vec<&Article> = same.iter().copied().filter(|a| a.active).collect();
        match (active.as_slice(), same.as_slice()) {
            ([one], _) => Ok(Some(*one)),
            ([], []) => Ok(None),
            ([], _) => {
                let article = called::article(code, what);
                held(
                    "artikel-niet-actief",
                    text!(
                        "Artikel {article} is in de administratie niet actief.",
                        "Article {article} is not active in the administration."
                    ),
                    text!(
                        "Maak het artikel in de administratie weer actief.",
                        "Make the article active again in the administration."
                    ),
                )
            }
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

    fn chosen(&self, article: &Article, group: &RevenueGroup) -> Chosen {
        Chosen {
            reference: ArticleRef::Existing(article.id.clone()),
            code: article.code.clone(),
            description: article.description.clone(),
            group: group.id.clone(),
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
        if self.vat.bears(group, charged) {
            return Ok(());
        }
        if charged.is_zero() && self.vat.treatment == Treatment::Domestic {
            return not_charged(chosen, self.vat.percent_of(group));
        }
        mismatch(chosen, group, self.vat.percent_of(group), charged)
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

fn not_there<T>(code: &str, key: &str, what: &Text) -> Result<T, Outcome> {
    let (nl, en) = (&what.nl, &what.en);
    held(
        "artikel-ontbreekt",
        text!(
            "Artikel {code} ({key}), nodig voor \"{nl}\", staat niet in de administratie.",
            "Article {code} ({key}), needed for \"{en}\", is not in the administration."
        ),
        text!(
            "Maak het artikel aan (zonder voorraadcontrole), of kies een ander in {key}.",
            "Create the article (without stock control), or choose another in {key}."
        ),
    )
}

/// Sold at home without VAT, though the books have a rate for it.
fn not_charged<T>(chosen: &Chosen, books: Option<Decimal>) -> Result<T, Outcome> {
    let code = &chosen.code;
    let books = Amount::number(books.unwrap_or_default());
    held(
        "btw-wijkt-af",
        text!(
            "De winkel rekent geen btw over artikel {code}, dat in de administratie {books}% heeft, terwijl de goederen in het eigen land blijven.",
            "The shop charges no VAT on article {code}, which has {books:#}% in the administration, though the goods stay in the own country."
        ),
        text!(
            "Reken de btw in de winkel alsnog, of voer de order met de hand in. Is de btw naar de koper verlegd, noem de belastingklasse dan in vat.reverse_charge; is het artikel altijd zonder btw, zet het dan in een omzetgroep zonder btw.",
            "Charge the VAT in the shop after all, or enter the order by hand. If the VAT is reverse-charged to the buyer, name the tax class in vat.reverse_charge; if the article is always without VAT, put it into a revenue group without VAT."
        ),
    )
}

fn mismatch<T>(
    chosen: &Chosen,
    group: &RevenueGroup,
    books: Option<Decimal>,
    shop: Decimal,
) -> Result<T, Outcome> {
    let (code, kind, group) = (&chosen.code, kind_name(group.vat), &group.name);
    let shop = Amount::number(shop);
    let books = books.map(Amount::number);
    let (books_nl, books_en) = books.map_or_else(
        || {
            (
                format!("btw-soort {kind}, waarvan hier geen tarief bekend is"),
                format!("VAT kind {kind}, of which no rate is known here"),
            )
        },
        |percent| (format!("{percent}% btw"), format!("{percent:#}% VAT")),
    );
    held(
        "btw-wijkt-af",
        text!(
            "Artikel {code} staat in omzetgroep {group} ({books_nl}), maar in de winkel geldt voor dit product {shop}%.",
            "Article {code} is in revenue group {group} ({books_en}), but in the shop {shop:#}% holds for this product."
        ),
        text!(
            "Zet het artikel in de juiste omzetgroep, of verbeter de belastingklasse van het product in de winkel.",
            "Put the article into the right revenue group, or correct the product's tax class in the shop."
        ),
    )
}

fn missing_setting<T>(cost: Cost, kinds: &[VatKind], what: &Text) -> Result<T, Outcome> {
    let (key, kinds) = (cost.key(), kind_names(kinds));
    let (nl, en) = (&what.nl, &what.en);
    held(
        "artikel-niet-ingesteld",
        text!(
            "Voor \"{nl}\" is een artikel met btw-soort {kinds} nodig; {key} noemt er geen.",
            "\"{en}\" needs an article of VAT kind {kinds}; {key} names none."
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

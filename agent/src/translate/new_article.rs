//! Articles that are made, or brought up to date, before an order is written.
//!
//! What an article is called and costs is taken from the shop's product: the line of an order may
//! bear a special price, or the name the product had when it was sold. Only where the shop has no
//! product of that code any more, or its products may not be read, the line has to do, and the plan
//! says so.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Named, Product};

use super::{
    address::{clean, cut},
    articles::{Articles, Chosen, TEXT_LENGTH},
    basket::CENT,
    called,
    case::{Case, held, stop},
    mapping,
    plan::{ArticleStep, Outcome},
    product,
};
use crate::{
    books::{Article, ArticleDraft, ArticleRef, RevenueGroup},
    profile::{settings::Handling, vat::set_for},
    text,
    text::Text,
};

impl<'a> Articles<'_, 'a> {
    /// Text and extra fields of an article that is there: the text by the shop's product where
    /// known articles are brought up to date; extra fields that are empty whenever articles may be
    /// written. Never the price or the group.
    pub(super) fn bring_up_to_date(&mut self, line: &Line, article: &Article) {
        let handling = self.case.settings.articles.handling;
        let known = self
            .steps
            .iter()
            .any(|step| matches!(step, ArticleStep::Update { id, .. } if *id == article.id));
        if known || handling == Handling::Manual {
            return;
        }
        let updates = handling == Handling::AddAndUpdate;
        let description = if updates {
            self.new_text(line, article)
        } else {
            String::new()
        };
        let extra = mapping::missing(self.extra(line), &article.extra, updates);
        if description.is_empty() && extra.is_empty() {
            return;
        }
        let (code, before) = (&article.code, &article.description);
        let fields: Vec<String> = extra
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let fields = fields.join(", ");
        self.steps.push(ArticleStep::Update {
            id: article.id.clone(),
            why: if description.is_empty() {
                text!(
                    "Artikel {code} krijgt in de administratie: {fields}",
                    "Article {code} gets in the administration: {fields}"
                )
            } else if extra.is_empty() {
                text!(
                    "Artikel {code} heet in de winkel \"{description}\" en in de administratie \"{before}\".",
                    "Article {code} is called \"{description}\" in the shop and \"{before}\" in the administration."
                )
            } else {
                text!(
                    "Artikel {code} heet in de winkel \"{description}\" en in de administratie \"{before}\", en krijgt: {fields}",
                    "Article {code} is called \"{description}\" in the shop and \"{before}\" in the administration, and gets: {fields}"
                )
            },
            draft: ArticleDraft {
                code: article.code.clone(),
                description,
                revenue_group: article.revenue_group.clone(),
                price: article.price,
                keeps_stock: article.keeps_stock,
                extra,
            },
        });
    }

    /// Did the shop change the product last before the owner's first moment for articles? One that
    /// says no moment counts as changed since.
    fn is_of_before(&self, product: &Product) -> bool {
        let changed = product.changed_at.parse::<Timestamp>();
        let from = self.case.settings.shop.articles_from;
        matches!((changed, from), (Ok(changed), Some(from)) if changed < from)
    }

    /// What the product is called now, where the books call it something else; else empty.
    fn new_text(&self, line: &Line, article: &Article) -> String {
        let Some(product) = product::of_code(self.case, line) else {
            return String::new();
        };
        if self.is_of_before(product) {
            return String::new();
        }
        let text = cut(self.case, &clean(&product.name), TEXT_LENGTH);
        if text == article.description || self.case.settings.articles.code_in_description() {
            return String::new();
        }
        text
    }

    /// Extra fields of a line's article: what is mapped, and the shop's own code where such a field
    /// holds it.
    fn extra(&self, line: &Line) -> BTreeMap<String, String> {
        let articles = &self.case.settings.articles;
        let mut extra = mapping::article_extra(self.case, line);
        if articles.code_in_extra_field() {
            extra.insert(articles.code_field.trim().to_owned(), line.code.clone());
        }
        extra
    }

    /// An article this order creates: only in the group mapped from the product's own tax class.
    pub(super) fn planned(&mut self, line: &Line) -> Result<(Chosen, &'a RevenueGroup), Outcome> {
        let (code, name) = (&line.code, clean(&line.name));
        let articles = &self.case.settings.articles;
        if articles.handling == Handling::Manual || articles.code_in_description() {
            let article = called::article(code, &name);
            return held(
                "artikel-ontbreekt",
                text!(
                    "Artikel {article} staat niet in de administratie (veld {field}) en u voert artikelen zelf in.",
                    "Article {article} is not in the administration (field {field}) and you enter articles yourself.",
                    field = articles.code_field
                ),
                text!(
                    "Maak het artikel in de administratie aan.",
                    "Create the article in the administration."
                ),
            );
        }
        let group = self.mapped_group(line)?;
        self.allowed_code(line)?;
        let product = product::of_code(self.case, line);
        let called = product.map(|product| clean(&product.name));
        let called = called.filter(|name| !name.is_empty()).unwrap_or(name);
        let description = match called.as_str() {
            "" => code.clone(),
            name => cut(self.case, name, TEXT_LENGTH),
        };
        if !self.is_planned(code) {
            let price = self.new_price(line, product, group);
            let group_name = &group.name;
            let (rest_nl, rest_en) = match lacking(product) {
                Some(lacking) => (format!(" {}", lacking.nl), format!(" {}", lacking.en)),
                None => (String::new(), String::new()),
            };
            self.steps.push(ArticleStep::Create {
                why: text!(
                    "Artikel {code} bestaat nog niet; het komt in omzetgroep {group_name}, die bij de belastingklasse van het product hoort.{rest_nl}",
                    "Article {code} does not exist yet; it goes into revenue group {group_name}, which belongs to the product's tax class.{rest_en}"
                ),
                draft: ArticleDraft {
                    code: code.clone(),
                    description: description.clone(),
                    revenue_group: group.id.clone(),
                    price,
                    // Stock is counted only where the owner says so: an article that starts with
                    // stock control on would tell the shop that it is sold out.
                    keeps_stock: false,
                    extra: self.extra(line),
                },
            });
        }
        let chosen = Chosen {
            reference: ArticleRef::Planned(code.clone()),
            code: code.clone(),
            description,
            group: group.id.clone(),
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
        let article = called::article(&line.code, &line.name);
        if let Some(wanted) = self.group_of_category(line)? {
            return self.group_named(wanted);
        }
        let made_anew = || product::of_code(self.case, line).map(|product| &product.tax_class);
        let Some(class) = line.tax_class.as_ref().or_else(made_anew) else {
            return held(
                "product-verdwenen",
                text!(
                    "Artikel {article} staat niet in de administratie, en het product bestaat in de winkel niet meer: zijn belastingklasse is onbekend.",
                    "Article {article} is not in the administration, and the product is gone from the shop: its tax class is unknown."
                ),
                text!(
                    "Maak het artikel in de administratie aan, in de juiste omzetgroep.",
                    "Create the article in the administration, in the right revenue group."
                ),
            );
        };
        let groups = &self.case.settings.articles.revenue_groups;
        let Some(wanted) = set_for(groups, &class.id, &class.name) else {
            let class = if class.name.is_empty() {
                "geen / none".to_owned()
            } else {
                class.name.clone()
            };
            return held(
                "omzetgroep-niet-gekozen",
                text!(
                    "Artikel {article} staat niet in de administratie, en voor de belastingklasse \"{class}\" is geen omzetgroep gekozen.",
                    "Article {article} is not in the administration, and no revenue group was chosen for the tax class \"{class}\"."
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
        let found = self.case.facts.lookups.revenue_group(wanted);
        found.map_or_else(
            || {
                stop(
                    "omzetgroep-ontbreekt",
                    text!(
                        "De omzetgroep \"{wanted}\" uit [articles] bestaat niet in de administratie.",
                        "The revenue group \"{wanted}\" of [articles] does not exist in the administration."
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

    /// The group the owner chose for a category of the product; two that disagree hold the order.
    fn group_of_category(&self, line: &Line) -> Result<Option<&'a str>, Outcome> {
        let by_category = &self.case.settings.articles.revenue_groups_by_category;
        if by_category.is_empty() {
            return Ok(None);
        }
        let Some(product) = product::of_line(self.case, line) else {
            return Ok(None);
        };
        let mut groups: Vec<(&str, &str)> = categories(self.case, product)
            .iter()
            .filter_map(|category| {
                let group = set_for(by_category, &category.id, &category.name)?.as_str();
                Some((category.name.as_str(), group))
            })
            .collect();
        groups.dedup_by(|a, b| a.1.trim().eq_ignore_ascii_case(b.1.trim()));
        match groups.as_slice() {
            [] => Ok(None),
            [(_, group)] => Ok(Some(group)),
            several => {
                let code = &line.code;
                let names: Vec<String> = several
                    .iter()
                    .map(|(category, group)| format!("{category}: {group}"))
                    .collect();
                let names = names.join(", ");
                held(
                    "omzetgroep-niet-eenduidig",
                    text!(
                        "Artikel {code} staat in meer dan één categorie met een omzetgroep: {names}.",
                        "Article {code} is in more than one category with a revenue group: {names}."
                    ),
                    text!(
                        "Maak het artikel in de administratie aan in de juiste omzetgroep, of laat in articles.revenue_groups_by_category één van deze categorieën weg.",
                        "Create the article in the administration in the right revenue group, or leave one of these categories out of articles.revenue_groups_by_category."
                    ),
                )
            }
        }
    }

    /// SnelStart B2B v2: `ART-0003` (digits only where the administration is numeric) and `ART-0004`
    /// (too long).
    fn allowed_code(&self, line: &Line) -> Result<(), Outcome> {
        let (code, name) = (&line.code, clean(&line.name));
        let name = match name.as_str() {
            "" => text!("het product", "the product"),
            name => Text::same(format!("\"{name}\"")),
        };
        let (nl, en) = (&name.nl, &name.en);
        let company = self.case.company;
        let most = company.article_code_length;
        let text = if company.numeric_article_codes && !code.bytes().all(|b| b.is_ascii_digit()) {
            text!(
                "De winkel noemt {nl} {code}, maar de administratie staat alleen cijfers toe als artikelcode.",
                "The shop calls {en} {code}, but the administration allows digits only as article code."
            )
        } else if most > 0 && code.chars().count() > most {
            text!(
                "De winkel noemt {nl} {code}, maar de administratie staat voor een artikelcode {most} tekens toe.",
                "The shop calls {en} {code}, but the administration allows {most} characters for an article code."
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

    /// What the article costs, with or without VAT as the article file has it: an order's price may
    /// be a special one, or contain what options cost; the product's own is what it costs others.
    fn new_price(&self, line: &Line, product: Option<&Product>, group: &RevenueGroup) -> Decimal {
        let decimals = self.case.company.price_decimals.clamp(2, 4);
        let of_product = product.and_then(|product| product.price);
        let net = of_product.unwrap_or(line.price);
        if self.case.company.article_prices_exclude_vat {
            return net.round_dp(decimals);
        }
        let percent = self.vat.domestic(group.vat).unwrap_or_default();
        let computed = net * (Decimal::ONE + percent / Decimal::ONE_HUNDRED);
        // The price the shop keeps with VAT is exact, where it bears this rate: rounding may do as much as a cent.
        let kept = product.and_then(|product| product.price_incl);
        kept.filter(|kept| (*kept - computed).abs() <= CENT)
            .unwrap_or(computed)
            .round_dp(decimals)
    }
}

/// What the product does not tell of a new article, so that the line has to.
fn lacking(product: Option<&Product>) -> Option<Text> {
    let Some(product) = product else {
        return Some(text!(
            "Tekst en prijs komen van de bestelregel, want in de winkel is geen product met deze code (meer) te lezen: kijk ze na.",
            "Text and price come from the order line, since no product of this code can be read in the shop (any more): check them."
        ));
    };
    product.price.is_none().then(|| {
        text!(
            "De prijs komt van de bestelregel, want wat het product in euro kost vertelt de winkel niet: kijk hem na.",
            "The price comes from the order line, since the shop does not tell what the product costs in euros: check it."
        )
    })
}

/// A product's categories; a variant has those of its product.
fn categories<'a>(case: &Case<'a>, product: &'a Product) -> &'a [Named] {
    if !product.categories.is_empty() {
        return &product.categories;
    }
    let parent = product.parent_id.as_ref();
    let mut products = case.facts.products.iter();
    products
        .find(|other| Some(&other.id) == parent)
        .map_or(&[], |parent| parent.categories.as_slice())
}

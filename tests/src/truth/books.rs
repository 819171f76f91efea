//! Books in memory, just enough to translate one order after another into and to compute VAT from
//! what a plan writes. VAT is computed here anew, from the plan's lines and the articles' groups,
//! not taken from the plan.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, RoundingStrategy, dec};
use winkelbrug::{
    books::{
        Accounts, Article, ArticleDraft, ArticleRef, Company, Country, ForeignRate, Ledger,
        LineDraft, Lookups, PriceMode, Relation, RelationDraft, RevenueGroup, StockStage, Template,
        VatKind, VatRate,
    },
    profile::Settings,
    translate::{
        self, Facts, Linked, Outcome, Plan,
        plan::{ArticleStep, NegativeLines, RelationStep, TextLines},
    },
};
use winkelbrug_protocol::record::{self, Order, Product};

/// An administration.
#[derive(Debug, Clone)]
pub struct Books {
    /// The company.
    pub company: Company,
    /// Groups, rates, countries, templates.
    pub lookups: Lookups,
    /// Articles.
    pub articles: Vec<Article>,
    /// Relations.
    pub relations: Vec<Relation>,
    /// What this administration does with lines below zero.
    pub negative_lines: NegativeLines,
    /// What it does with lines without article.
    pub text_lines: TextLines,
    /// Relation id by customer key.
    pub bound: BTreeMap<String, String>,
    /// Ids of the relations plans made.
    pub made: BTreeSet<String>,
    /// What the owner said of a buyer, by his key.
    pub linked: BTreeMap<String, Linked>,
    /// Products of the shop, as far as translation may look at them.
    pub products: Vec<Product>,
    /// Code of the rate abroad that the ledger behind a group bears, by the group's id.
    pub rate_codes: BTreeMap<String, String>,
}

/// Articles for everything that is no product, one per VAT kind where it needs one.
const COSTS: [(&str, VatKind); 19] = [
    ("VERZEND-H", VatKind::Hoog),
    ("VERZEND-L", VatKind::Laag),
    ("VERZEND-G", VatKind::Geen),
    ("KORTING-H", VatKind::Hoog),
    ("KORTING-L", VatKind::Laag),
    ("KORTING-G", VatKind::Geen),
    ("BETAAL-H", VatKind::Hoog),
    ("BETAAL-L", VatKind::Laag),
    ("BETAAL-G", VatKind::Geen),
    ("TOESLAG-H", VatKind::Hoog),
    ("TOESLAG-L", VatKind::Laag),
    ("TOESLAG-G", VatKind::Geen),
    ("DIVERS-H", VatKind::Hoog),
    ("DIVERS-L", VatKind::Laag),
    ("DIVERS-G", VatKind::Geen),
    ("BIJDRAGE", VatKind::Geen),
    ("BIJDRAGE-H", VatKind::Hoog),
    ("BON", VatKind::Geen),
    ("VERSCHIL", VatKind::Geen),
];

/// Rates abroad: country, rate code, percentage (European Commission, rates of 2026).
const FOREIGN: [(&str, &str, Decimal); 9] = [
    ("BE", "SR", dec!(21)),
    ("BE", "RRH", dec!(12)),
    ("BE", "RRL", dec!(6)),
    ("BE", "PR", dec!(12)),
    ("DE", "SR", dec!(19)),
    ("DE", "RRH", dec!(7)),
    ("FR", "SR", dec!(20)),
    ("FR", "RRL", dec!(5.5)),
    ("IT", "SR", dec!(22)),
];

/// Settings that name them, as the lines of `[sales]` of a profile.
pub const COST_SETTINGS: &str = r#"
shipping_article = { hoog = "VERZEND-H", laag = "VERZEND-L", geen = "VERZEND-G" }
discount_article = { hoog = "KORTING-H", laag = "KORTING-L", geen = "KORTING-G" }
payment_cost_article = { hoog = "BETAAL-H", laag = "BETAAL-L", geen = "BETAAL-G" }
fee_article = { hoog = "TOESLAG-H", laag = "TOESLAG-L", geen = "TOESLAG-G" }
default_article = { hoog = "DIVERS-H", laag = "DIVERS-L", geen = "DIVERS-G" }
levy_article = { hoog = "BIJDRAGE-H", geen = "BIJDRAGE" }
gift_card_article = "BON"
store_credit_article = "BON"
rounding_article = "VERSCHIL"
total_difference_article = "VERSCHIL"
"#;

impl Default for Books {
    fn default() -> Self {
        Self {
            company: company(),
            lookups: lookups(),
            articles: COSTS
                .iter()
                .map(|(code, kind)| article(code, code, *kind))
                .collect(),
            relations: vec![own()],
            negative_lines: NegativeLines::default(),
            text_lines: TextLines::default(),
            bound: BTreeMap::new(),
            made: BTreeSet::new(),
            linked: BTreeMap::new(),
            products: Vec::new(),
            rate_codes: BTreeMap::new(),
        }
    }
}

impl Books {
    /// The books of a shop that charges the VAT of the country of delivery: foreign VAT is on, with the
    /// rates of these countries (SnelStart B2B v2, `vatrates`).
    #[must_use]
    pub fn with_foreign_vat(mut self) -> Self {
        self.company.foreign_vat = true;
        self.lookups.foreign_rates = FOREIGN
            .iter()
            .map(|(country, code, percent)| ForeignRate {
                country: (*country).to_owned(),
                code: (*code).to_owned(),
                percent: *percent,
                from: date(2020, 1, 1),
            })
            .collect();
        self
    }

    /// Adds an article in the group of that kind.
    pub fn add_article(&mut self, code: &str, kind: VatKind) {
        self.articles.push(article(code, code, kind));
    }

    /// Adds a customer and returns it for changes.
    pub fn add_relation(&mut self, code: i64, name: &str, email: &str) -> &mut Relation {
        let at = self.relations.len();
        self.relations.push(Relation {
            id: format!("relation-{code}"),
            code,
            is_customer: true,
            name: name.to_owned(),
            email: email.to_owned(),
            ..own()
        });
        &mut self.relations[at]
    }

    /// The facts a translation of that order asks for.
    #[must_use]
    pub fn facts(&self, order: &Order, settings: &Settings, shop: &record::Lookups) -> Facts {
        let needs = translate::needs(order, settings, 50);
        let bound = needs
            .customer_key
            .as_ref()
            .and_then(|key| self.bound.get(key));
        Facts {
            company: Some(self.company.clone()),
            lookups: self.lookups.clone(),
            articles: self
                .articles
                .iter()
                .filter(|article| {
                    let field = needs.article_field.as_deref().unwrap_or("artikelcode");
                    needs.article_codes.contains(&article.code)
                        || self.is_part(article)
                        || needs
                            .article_codes
                            .iter()
                            .any(|code| code == article.field(field))
                })
                .cloned()
                .collect(),
            relations: self.relations.clone(),
            last_templates: BTreeMap::new(),
            bound_relation: bound.cloned(),
            made_for_others: {
                let others = self.made.iter().filter(|id| bound != Some(*id));
                others.cloned().collect()
            },
            linked: needs
                .link_keys
                .iter()
                .find_map(|key| self.linked.get(key).cloned()),
            products: self.products.clone(),
            same_reference: Vec::new(),
            payment_reference_length: 50,
            description_length: 50,
            today: Some(date(2026, 11, 21)),
            shop: shop.clone(),
            negative_lines: self.negative_lines,
            text_lines: self.text_lines,
            difference: None,
            intended_reference: None,
            prices: Vec::new(),
            accounts: Some(accounts()),
            vat_check: None,
            exchange_rate: None,
            offered_rate: None,
            booked_for: None,
        }
    }

    fn is_part(&self, article: &Article) -> bool {
        let mut parts = self.articles.iter().flat_map(|whole| &whole.parts);
        parts.any(|part| part.article == article.id)
    }

    /// Translates an order on these books.
    #[must_use]
    pub fn translate(&self, order: &Order, settings: &Settings, shop: &record::Lookups) -> Outcome {
        translate::order(order, settings, &self.facts(order, settings, shop))
    }

    /// Does what a plan says: relation and articles, so that the next order finds them.
    pub fn apply(&mut self, plan: &Plan) {
        for step in &plan.articles {
            self.apply_article(step);
        }
        let id = match &plan.relation {
            RelationStep::Use { id, .. } | RelationStep::Update { id, .. } => id.clone(),
            RelationStep::Create { draft, .. } => self.create_relation(draft),
        };
        if let Some(key) = &plan.customer_key {
            self.bound.insert(key.clone(), id);
        }
    }

    fn apply_article(&mut self, step: &ArticleStep) {
        match step {
            ArticleStep::Create { draft, .. } => {
                let article = created(draft);
                self.articles.push(article);
            }
            ArticleStep::Update { id, draft, .. } => {
                for article in self.articles.iter_mut().filter(|article| article.id == *id) {
                    article.description.clone_from(&draft.description);
                }
            }
        }
    }

    fn create_relation(&mut self, draft: &RelationDraft) -> String {
        let highest = self.relations.iter().map(|relation| relation.code).max();
        let code = draft.code.unwrap_or(highest.unwrap_or(0).max(1) + 1);
        let relation = self.add_relation(code, &draft.name, &draft.email);
        relation.vat_number.clone_from(&draft.vat_number);
        relation
            .chamber_of_commerce
            .clone_from(&draft.chamber_of_commerce);
        relation.address.clone_from(&draft.address);
        relation.phone.clone_from(&draft.phone);
        relation.extra.clone_from(&draft.extra);
        let id = relation.id.clone();
        self.made.insert(id.clone());
        id
    }

    /// Revenue group of a line's article; none on a text line.
    fn group_of(&self, plan: &Plan, line: &LineDraft) -> Option<&RevenueGroup> {
        let group = match line.article.as_ref() {
            None => return None,
            Some(ArticleRef::Existing(id)) => self
                .articles
                .iter()
                .find(|article| article.id == *id)
                .map(|article| article.revenue_group.clone()),
            Some(ArticleRef::Planned(code)) => plan.articles.iter().find_map(|step| match step {
                ArticleStep::Create { draft, .. } if draft.code == *code => {
                    Some(draft.revenue_group.clone())
                }
                ArticleStep::Create { .. } | ArticleStep::Update { .. } => None,
            }),
        };
        self.lookups
            .revenue_groups
            .iter()
            .find(|known| Some(&known.id) == group.as_ref())
    }

    /// VAT kind of a line's article.
    #[must_use]
    pub fn kind_of(&self, plan: &Plan, line: &LineDraft) -> VatKind {
        self.group_of(plan, line)
            .map_or(VatKind::Geen, |group| group.vat)
    }

    /// Name of the revenue group of a line's article; empty on a text line.
    #[must_use]
    pub fn group_name(&self, plan: &Plan, line: &LineDraft) -> &str {
        self.group_of(plan, line)
            .map_or("", |group| group.name.as_str())
    }

    /// The percentage these books compute on a line; 0 where prices are without VAT.
    #[must_use]
    pub fn percent_of(&self, plan: &Plan, line: &LineDraft) -> Decimal {
        match plan.order.price_mode {
            PriceMode::Exclusief => Decimal::ZERO,
            PriceMode::Inclusief => self.percent(plan, line),
        }
    }

    /// Adds a revenue group of that kind, for `[vat.foreign]` and special sales.
    pub fn add_group(&mut self, number: i64, name: &str, vat: VatKind) {
        self.lookups.revenue_groups.push(RevenueGroup {
            id: format!("group-{number}"),
            number,
            name: name.to_owned(),
            vat,
            ledger: Some(format!("ledger-{number}")),
        });
    }

    /// Adds an article in the group of that number.
    pub fn add_article_in(&mut self, code: &str, group: i64) {
        self.articles.push(Article {
            revenue_group: format!("group-{group}"),
            ..article(code, code, VatKind::Geen)
        });
    }

    /// Total of the plan's order as these books come to it.
    #[must_use]
    pub fn total(&self, plan: &Plan) -> Decimal {
        plan.order.lines.iter().map(line_total).sum()
    }

    /// VAT per percentage as these books come to it: rounded once per rate, or on every line.
    /// Orders without VAT (price mode exclusive) bear none.
    #[must_use]
    pub fn vat(&self, plan: &Plan, rounding: Rounding) -> BTreeMap<Decimal, Decimal> {
        if plan.order.price_mode == PriceMode::Exclusief {
            return BTreeMap::new();
        }
        let mut gross: BTreeMap<Decimal, Vec<Decimal>> = BTreeMap::new();
        for line in &plan.order.lines {
            let percent = self.percent(plan, line);
            gross.entry(percent).or_default().push(line_total(line));
        }
        gross.retain(|percent, _| !percent.is_zero());
        gross
            .into_iter()
            .map(|(percent, lines)| {
                let inside = |amount: Decimal| cents(amount * percent / (dec!(100) + percent));
                let vat = match rounding {
                    Rounding::PerRate => inside(lines.into_iter().sum()),
                    Rounding::PerLine => lines.into_iter().map(inside).sum(),
                };
                (percent, vat)
            })
            .collect()
    }

    /// Abroad a group bears the rate of its ledger's code; where none is known, a group Hoog the standard
    /// rate and a group Laag the one other rate there is.
    fn percent(&self, plan: &Plan, line: &LineDraft) -> Decimal {
        let kind = self.kind_of(plan, line);
        let group = self.group_of(plan, line).map(|group| &group.id);
        let code = group.and_then(|group| self.rate_codes.get(group));
        let country = plan.order.delivery_address.as_ref();
        let country = country.map_or("NL", |address| address.country.as_str());
        let here: Vec<&ForeignRate> = self
            .lookups
            .foreign_rates
            .iter()
            .filter(|rate| self.company.foreign_vat && rate.country == country)
            .collect();
        let of_code: Vec<&ForeignRate> = here
            .iter()
            .copied()
            .filter(|rate| code.is_some_and(|code| rate.code == *code))
            .collect();
        let abroad = if of_code.is_empty() {
            here.into_iter()
                .filter(|rate| (rate.code == "SR") == (kind == VatKind::Hoog))
                .collect()
        } else {
            of_code
        };
        match (kind, abroad.as_slice()) {
            (VatKind::Hoog | VatKind::Laag, [only]) => only.percent,
            _ => self.domestic_percent(kind, plan.order.date),
        }
    }

    fn domestic_percent(&self, kind: VatKind, day: Date) -> Decimal {
        self.lookups
            .vat_rates
            .iter()
            .find(|rate| rate.kind == kind && rate.from <= day && day <= rate.until)
            .map_or(Decimal::ZERO, |rate| rate.percent)
    }
}

/// Where books round their VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Once per rate.
    PerRate,
    /// On every line.
    PerLine,
}

/// Quantity times price, in whole cents.
#[must_use]
pub fn line_total(line: &LineDraft) -> Decimal {
    cents(line.quantity * line.unit_price)
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn company() -> Company {
    Company {
        id: "administration".to_owned(),
        name: "Voorbeeld BV".to_owned(),
        country: "NL".to_owned(),
        numeric_article_codes: false,
        article_code_length: 64,
        article_prices_exclude_vat: false,
        price_decimals: 2,
        quantity_decimals: 2,
        stock_stage: StockStage::Alle,
        small_business_scheme: false,
        foreign_vat: false,
        foreign: winkelbrug::books::ForeignVat::default(),
        vat_number: String::new(),
    }
}

fn lookups() -> Lookups {
    let group = |number, name: &str, vat| RevenueGroup {
        id: format!("group-{number}"),
        number,
        name: name.to_owned(),
        vat,
        ledger: Some(format!("ledger-{number}")),
    };
    let rate = |kind, percent, from, until| VatRate {
        kind,
        percent,
        from,
        until,
    };
    let (first, last) = (date(1900, 1, 1), date(2400, 12, 31));
    Lookups {
        revenue_groups: vec![
            group(1, "Omzet hoog", VatKind::Hoog),
            group(2, "Omzet laag", VatKind::Laag),
            group(3, "Omzet geen", VatKind::Geen),
        ],
        vat_rates: vec![
            rate(VatKind::Geen, dec!(0), first, last),
            rate(
                VatKind::Laag,
                dec!(6),
                date(1986, 10, 1),
                date(2018, 12, 31),
            ),
            rate(VatKind::Laag, dec!(9), date(2019, 1, 1), last),
            rate(VatKind::Hoog, dec!(19), date(2001, 1, 1), date(2012, 9, 30)),
            rate(VatKind::Hoog, dec!(21), date(2012, 10, 1), last),
            rate(VatKind::Overig, dec!(0), date(1968, 1, 1), last),
        ],
        foreign_rates: Vec::new(),
        countries: ["NL", "BE", "DE", "CH", "GB", "FR", "IT", "CA", "US"]
            .into_iter()
            .map(|code| Country {
                id: format!("country-{code}"),
                code: code.to_owned(),
                name: code.to_owned(),
            })
            .collect(),
        templates: vec![Template {
            id: "template-1".to_owned(),
            name: "Webshop".to_owned(),
            active: true,
        }],
        cost_centres: Vec::new(),
    }
}

/// Ledgers for what goes abroad.
fn accounts() -> Accounts {
    let ledger = |id: &str, function: &str, code: &str| Ledger {
        id: id.to_owned(),
        number: 8000,
        name: id.to_owned(),
        function: function.to_owned(),
        rate_code: code.to_owned(),
        balance: false,
        active: true,
    };
    Accounts {
        ledgers: vec![
            ledger("eu", "VerkopenExportBinnenEU", ""),
            ledger("export", "VerkopenExportBuitenEU", ""),
            ledger("oss", "InstallatieTeleverkoopBinnenEUgeen", "SR"),
            ledger("oss-rrh", "InstallatieTeleverkoopBinnenEUgeen", "RRH"),
            ledger("oss-rrl", "InstallatieTeleverkoopBinnenEUgeen", "RRL"),
        ],
        foreign_vat: Some("foreign-vat".to_owned()),
    }
}

fn group_id(kind: VatKind) -> String {
    let number = match kind {
        VatKind::Hoog => 1,
        VatKind::Laag => 2,
        VatKind::Geen | VatKind::Overig => 3,
    };
    format!("group-{number}")
}

fn article(code: &str, description: &str, kind: VatKind) -> Article {
    Article {
        id: format!("article-{code}"),
        code: code.to_owned(),
        description: description.to_owned(),
        revenue_group: group_id(kind),
        price: Decimal::ZERO,
        unit: String::new(),
        active: true,
        keeps_stock: false,
        technical_stock: Decimal::ZERO,
        free_stock: Decimal::ZERO,
        has_parts: false,
        parts: Vec::new(),
        recipe: None,
        extra: BTreeMap::new(),
        modified: None,
    }
}

fn created(draft: &ArticleDraft) -> Article {
    Article {
        revenue_group: draft.revenue_group.clone(),
        price: draft.price,
        keeps_stock: draft.keeps_stock,
        extra: draft.extra.clone(),
        ..article(&draft.code, &draft.description, VatKind::Geen)
    }
}

/// The own company: a relation no order may ever be written on.
fn own() -> Relation {
    Relation {
        id: "relation-0".to_owned(),
        code: 0,
        is_customer: false,
        active: true,
        name: "Uw bedrijfsnaam".to_owned(),
        email: String::new(),
        phone: String::new(),
        vat_number: String::new(),
        chamber_of_commerce: String::new(),
        address: winkelbrug::books::BookAddress::default(),
        correspondence: winkelbrug::books::BookAddress::default(),
        payment_term: None,
        invoice_discount: None,
        invoiced_elsewhere: false,
        extra: BTreeMap::new(),
        modified: None,
    }
}

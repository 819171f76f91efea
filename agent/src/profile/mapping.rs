//! `[[mapping]]`: what the words of its keys mean. Here is what may stand there; what comes of it
//! for an order is in `translate/mapping/`.

use super::settings::Mapping;
use crate::{
    failure::{Failure, Result},
    text,
    text::Text,
};

/// Which address of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Invoice address.
    Invoice,
    /// Delivery address.
    Delivery,
}

/// Where extra values of the shop stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Custom {
    /// With the order.
    Order,
    /// With the account part of the order.
    Customer,
    /// With the invoice address.
    Invoice,
    /// With the delivery address.
    Delivery,
    /// With a line.
    Line,
    /// With the product of a line.
    Product,
}

impl Custom {
    /// Its word before `.custom.`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Customer => "customer",
            Self::Invoice => "invoice",
            Self::Delivery => "delivery",
            Self::Line => "line",
            Self::Product => "product",
        }
    }
}

/// Where a value is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `text:…`: always the same.
    Fixed(String),
    /// `order.custom.Kleur`: an extra value of the shop, by name or id.
    Custom(Custom, String),
    /// `order.number`.
    Order(&'static str),
    /// `customer.email`.
    Customer(&'static str),
    /// `invoice.city`, `delivery.city`.
    Address(Place, &'static str),
    /// `line.ean`.
    Line(&'static str),
    /// `line.option.Maat`: a chosen option, by its label.
    Option(String),
    /// `product.ean`.
    Product(&'static str),
}

/// The field a value goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `order.memo`: a line of the memo.
    OrderMemo,
    /// `order.description` (omschrijving).
    OrderDescription,
    /// `order.reference` (orderreferentie).
    OrderReference,
    /// `relation.memo`, of a new relation.
    RelationMemo,
    /// `relation.extra.NAME`: an extra field of the customer.
    RelationExtra(String),
    /// `article.extra.NAME`: an extra field of the article.
    ArticleExtra(String),
    /// `line.description`: behind the line's text.
    LineDescription,
}

/// What is done to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `upper`.
    Upper,
    /// `lower`.
    Lower,
    /// `cut N`: the first so many characters.
    Cut(usize),
    /// `skip N`: without the first so many.
    Skip(usize),
    /// `replace A => B`.
    Replace(String, String),
    /// `before TEXT`: that text in front.
    Before(String),
    /// `after TEXT`: that text behind.
    After(String),
    /// `number`: a number with a point for its decimals; what is none becomes empty.
    Number,
    /// `date`: a day as 2026-11-26; what is none becomes empty.
    Date,
    /// `date-nl`: a day as 26-11-2026.
    DutchDate,
}

/// A `[[mapping]]` understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Of these the first that is not empty.
    pub sources: Vec<Source>,
    /// Where to.
    pub target: Target,
    /// In this order.
    pub changes: Vec<Change>,
}

/// Words of [`Source::Order`].
const ORDER: &[&str] = &[
    "number",
    "status",
    "payment",
    "shipping",
    "comment",
    "store",
    "language",
    "date",
    "shop_reference",
    "invoice_number",
];
/// Words of [`Source::Customer`].
const CUSTOMER: &[&str] = &[
    "id",
    "group",
    "first_name",
    "last_name",
    "email",
    "telephone",
    "vat_number",
    "chamber_of_commerce",
];
/// Words of [`Source::Address`].
const ADDRESS: &[&str] = &[
    "first_name",
    "last_name",
    "company",
    "street",
    "street2",
    "postcode",
    "city",
    "zone",
    "country",
];
/// Words of [`Source::Line`].
const LINE: &[&str] = &["code", "sku", "ean", "name"];
/// Words of [`Source::Product`].
const PRODUCT: &[&str] = &["code", "sku", "ean", "name", "weight", "category"];

/// Every source by its words, but for the names of the shop's own that stand behind `custom.` and
/// `option.`, and the text behind `text:`.
pub fn sources() -> impl Iterator<Item = String> {
    [
        ("order", ORDER),
        ("customer", CUSTOMER),
        ("invoice", ADDRESS),
        ("delivery", ADDRESS),
        ("line", LINE),
        ("product", PRODUCT),
    ]
    .into_iter()
    .flat_map(|(of, words)| words.iter().map(move |word| format!("{of}.{word}")))
}

/// All rules of a profile.
///
/// # Errors
/// The first that cannot be understood: `Misconfigured`, code `wrong-value`, with what may stand
/// there.
pub fn rules(mappings: &[Mapping]) -> Result<Vec<Rule>> {
    mappings.iter().map(rule).collect()
}

fn rule(mapping: &Mapping) -> Result<Rule> {
    let target = target(&mapping.to)?;
    let of_a_line = matches!(target, Target::ArticleExtra(_) | Target::LineDescription);
    let sources: Vec<Source> = mapping
        .from
        .iter()
        .map(|from| source(from, of_a_line))
        .collect::<Result<_>>()?;
    if sources.is_empty() {
        return Err(wrong("mapping.from", "", &text!("een bron", "a source")));
    }
    Ok(Rule {
        sources,
        target,
        changes: mapping
            .change
            .iter()
            .map(|change| self::change(change))
            .collect::<Result<_>>()?,
    })
}

fn source(from: &str, of_a_line: bool) -> Result<Source> {
    if let Some(fixed) = from.strip_prefix("text:") {
        return match fixed.trim() {
            "" => Err(wrong(
                "mapping.from",
                from,
                &text!(
                    "text: met de vaste tekst erachter",
                    "text: with the fixed text behind it"
                ),
            )),
            fixed => Ok(Source::Fixed(fixed.to_owned())),
        };
    }
    let allowed =
        |words: &[&str], of: &str| wrong("mapping.from", from, &Text::same(shown(of, words)));
    let (of, what) = from.split_once('.').ok_or_else(|| no_source(from))?;
    let needs_line = matches!(of, "line" | "product");
    if needs_line && !of_a_line {
        return Err(wrong(
            "mapping.from",
            from,
            &text!(
                "een bron van de hele bestelling: een bestelling heeft vele regels, dus line.… en product.… gaan alleen naar article.extra.… of line.description",
                "a source of the whole order: an order has many lines, so line.… and product.… only go to article.extra.… or line.description"
            ),
        ));
    }
    if let Some(name) = what.strip_prefix("custom.") {
        return match (custom(of), name.trim()) {
            (Some(of), name) if !name.is_empty() => Ok(Source::Custom(of, name.to_owned())),
            _ => Err(no_source(from)),
        };
    }
    if let (Some(name), "line") = (what.strip_prefix("option."), of) {
        return match name.trim() {
            "" => Err(no_source(from)),
            name => Ok(Source::Option(name.to_owned())),
        };
    }
    let word = |words: &'static [&'static str]| words.iter().find(|word| **word == what).copied();
    match of {
        "order" => word(ORDER)
            .map(Source::Order)
            .ok_or_else(|| allowed(ORDER, of)),
        "customer" => word(CUSTOMER)
            .map(Source::Customer)
            .ok_or_else(|| allowed(CUSTOMER, of)),
        "invoice" | "delivery" => {
            let place = if of == "invoice" {
                Place::Invoice
            } else {
                Place::Delivery
            };
            word(ADDRESS)
                .map(|word| Source::Address(place, word))
                .ok_or_else(|| allowed(ADDRESS, of))
        }
        "line" => word(LINE)
            .map(Source::Line)
            .ok_or_else(|| allowed(LINE, of)),
        "product" => word(PRODUCT)
            .map(Source::Product)
            .ok_or_else(|| allowed(PRODUCT, of)),
        _ => Err(no_source(from)),
    }
}

fn custom(of: &str) -> Option<Custom> {
    const ALL: [Custom; 6] = [
        Custom::Order,
        Custom::Customer,
        Custom::Invoice,
        Custom::Delivery,
        Custom::Line,
        Custom::Product,
    ];
    ALL.into_iter().find(|custom| custom.word() == of)
}

/// `order.custom.NAME, order.number, …`
fn shown(of: &str, words: &[&str]) -> String {
    let all: Vec<String> = words.iter().map(|word| format!("{of}.{word}")).collect();
    format!("{of}.custom.NAME, {}", all.join(", "))
}

fn no_source(from: &str) -> Failure {
    wrong(
        "mapping.from",
        from,
        &Text::same(
            "order.… | customer.… | invoice.… | delivery.… | line.… | product.… | text:…, order.custom.NAME",
        ),
    )
}

fn target(to: &str) -> Result<Target> {
    let named = |prefix: &str| {
        to.strip_prefix(prefix)
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
    };
    if let Some(name) = named("relation.extra.") {
        return Ok(Target::RelationExtra(name));
    }
    if let Some(name) = named("article.extra.") {
        return Ok(Target::ArticleExtra(name));
    }
    match to {
        "order.memo" => Ok(Target::OrderMemo),
        "order.description" => Ok(Target::OrderDescription),
        "order.reference" => Ok(Target::OrderReference),
        "relation.memo" => Ok(Target::RelationMemo),
        "line.description" => Ok(Target::LineDescription),
        _ => Err(wrong(
            "mapping.to",
            to,
            &Text::same(
                "order.memo | order.description | order.reference | relation.memo | relation.extra.NAME | article.extra.NAME | line.description",
            ),
        )),
    }
}

fn change(text: &str) -> Result<Change> {
    let (word, rest) = match text.trim().split_once(' ') {
        Some((word, rest)) => (word, rest.trim()),
        None => (text.trim(), ""),
    };
    let understood = match (word, rest) {
        ("upper", "") => Some(Change::Upper),
        ("lower", "") => Some(Change::Lower),
        ("number", "") => Some(Change::Number),
        ("date", "") => Some(Change::Date),
        ("date-nl", "") => Some(Change::DutchDate),
        ("cut", count) => count.parse().ok().map(Change::Cut),
        ("skip", count) => count.parse().ok().map(Change::Skip),
        ("before", words) if !words.is_empty() => Some(Change::Before(words.to_owned())),
        ("after", words) if !words.is_empty() => Some(Change::After(words.to_owned())),
        ("replace", pair) => pair
            .split_once("=>")
            .map(|(from, to)| (from.trim(), to.trim()))
            .filter(|(from, _)| !from.is_empty())
            .map(|(from, to)| Change::Replace(from.to_owned(), to.to_owned())),
        _ => None,
    };
    understood.ok_or_else(|| {
        wrong(
            "mapping.change",
            text,
            &Text::same(
                "upper | lower | cut N | skip N | replace A => B | before TEXT | after TEXT | number | date | date-nl",
            ),
        )
    })
}

fn wrong(key: &str, found: &str, allowed: &Text) -> Failure {
    let (nl, en) = (&allowed.nl, &allowed.en);
    Failure::misconfigured(
        "wrong-value",
        text!(
            "{key} kan niet \"{found}\" zijn.",
            "{key} cannot be \"{found}\"."
        ),
    )
    .hint(text!("Toegestaan: {nl}.", "Allowed: {en}."))
}

//! Settings of an order's own fields: which template by what the order is, what the shop says of it
//! in fields of its own, who invoices, and what becomes of articles made of others.

use serde::{Deserialize, Serialize};

use crate::books::Recipe;

/// One of `[[sales.templates]]`: a sales template (verkoopsjabloon) for orders that are all of what
/// it names. A key left out fits every order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TemplateRule {
    /// The template by name or id.
    pub template: String,
    /// Language of the buyer: `nl`, or `nl-be` for that one alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Where the goods go (the invoice, when nothing is shipped): two letters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// The store (view) of the shop, by name or id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub store: String,
    /// How the sale stands in the VAT return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat: Option<SaleKind>,
}

impl TemplateRule {
    /// Does it name anything an order must be?
    #[must_use]
    pub const fn has_condition(&self) -> bool {
        !self.language.is_empty()
            || !self.country.is_empty()
            || !self.store.is_empty()
            || self.vat.is_some()
    }
}

/// `vat` of a template rule
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaleKind {
    /// Delivered at home.
    Domestic,
    /// To a private person elsewhere in the EU.
    EuConsumer,
    /// To a business elsewhere in the EU, without VAT.
    EuBusiness,
    /// Outside the EU.
    Export,
}

/// `sales.blocked`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// As the template says (nieuweOrdersBlokkeren).
    #[default]
    AsTemplate,
    /// Blocked until somebody in the books lets it go.
    Always,
    /// Free, whatever the template says.
    Never,
}

/// `sales.invoiced_by`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvoicedBy {
    /// The books make the invoice from the order.
    Snelstart,
    /// The shop sends invoices itself: the order is marked and blocked, so that nobody makes a
    /// second one.
    Shop,
}

/// `[sales.order_fields]`: names of the shop's own order fields that say something of the order.
/// Empty = the shop says nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderFields {
    /// Field that holds a sales template.
    pub template: String,
    /// Field that holds a cost centre.
    pub cost_centre: String,
    /// Field that holds who sold it.
    pub seller: String,
}

impl OrderFields {
    /// Key and field of each that is set.
    pub fn set(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("template", self.template.as_str()),
            ("cost_centre", self.cost_centre.as_str()),
            ("seller", self.seller.as_str()),
        ]
        .into_iter()
        .filter(|(_, field)| !field.is_empty())
    }
}

/// `sales.recipes`: `true`, `false`, or one of the words of [`Recipe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Recipes {
    /// `true`: as the books have it. `false`: never.
    Respected(bool),
    /// The same for every such article.
    Each(Recipe),
}

//! A plan as data, and the facts it is made from.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    books::{
        Article, ArticleDraft, BookedOrder, Company, Lookups, OrderDraft, Relation, RelationDraft,
        VatKind,
    },
    text::Text,
};

/// What has to be looked up in the mirror before an order can be translated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Article codes: of the lines and of every cost article the settings name.
    pub article_codes: Vec<String>,
    /// E-mail addresses to find relations by (compared without case and outer space).
    pub emails: Vec<String>,
    /// Customer codes.
    pub relation_codes: Vec<i64>,
    /// The payment reference as the administration will hold it.
    pub payment_reference: Option<String>,
}

/// What the books know that matters for this order. Everything translation may look at.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The administration.
    pub company: Option<Company>,
    /// Its lookups.
    pub lookups: Lookups,
    /// Articles whose code is among the needs (0, 1 or more per code).
    pub articles: Vec<Article>,
    /// Relations found by e-mail, code, or bound to this customer.
    pub relations: Vec<Relation>,
    /// Relation id bound to this shop customer by an earlier order or by hand.
    pub bound_relation: Option<String>,
    /// Orders in the books that carry the payment reference, with the shop order of ours they are
    /// bound to, if any.
    pub same_reference: Vec<ReferencedOrder>,
    /// Limits of the administration for texts.
    pub payment_reference_length: usize,
    /// Longest order description.
    pub description_length: usize,
    /// Today in the owner's zone (for `give_up_days`), as data.
    pub today: Option<jiff::civil::Date>,
    /// Tax rates of the shop (by class), from its lookups.
    pub shop: winkelbrug_protocol::record::Lookups,
}

/// An order in the books with the same payment reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferencedOrder {
    /// The order.
    pub order: BookedOrder,
    /// `profile/shop id` it is bound to; none = typed by hand or by another program.
    pub bound_to: Option<String>,
}

/// What translation decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Write this.
    Plan(Box<Plan>),
    /// It is in the books already: bind it, write nothing.
    Link {
        /// The booked order's id.
        booked: String,
        /// Why this one.
        why: Text,
    },
    /// Needs a person.
    Held(Reason),
    /// Not for the books (now).
    Skipped(Reason),
}

/// Why an order is held or skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable, kebab-case: `btw-wijkt-af`.
    pub code: String,
    /// What is wrong, with names and figures.
    pub text: Text,
    /// What solves it.
    pub hint: Text,
}

/// Everything that will be written for one order, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The shop's order id.
    pub shop_id: String,
    /// The order's number.
    pub number: String,
    /// First: the relation.
    pub relation: RelationStep,
    /// Then: articles.
    pub articles: Vec<ArticleStep>,
    /// Then: the order.
    pub order: OrderDraft,
    /// What the books must come to.
    pub expected: Expected,
    /// Decisions a person may want to read, in order.
    pub notes: Vec<Text>,
    /// Digest of the settings used.
    pub settings_digest: String,
    /// Digest of the facts used.
    pub facts_digest: String,
}

/// What happens to the relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum RelationStep {
    /// Use it as it is.
    Use {
        /// Its id.
        id: String,
        /// Its customer code.
        code: i64,
        /// Why this one.
        why: Text,
    },
    /// Bring it up to date, then use it.
    Update {
        /// Its id.
        id: String,
        /// Its customer code.
        code: i64,
        /// Only filled fields are changed.
        draft: RelationDraft,
        /// Why this one.
        why: Text,
    },
    /// Create it; the code is chosen and committed when the plan is applied.
    Create {
        /// Its fields.
        draft: RelationDraft,
        /// Why a new one.
        why: Text,
    },
}

/// What happens to an article first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ArticleStep {
    /// Create it.
    Create {
        /// Its fields.
        draft: ArticleDraft,
        /// Why.
        why: Text,
    },
    /// Bring it up to date.
    Update {
        /// Its id.
        id: String,
        /// Its fields.
        draft: ArticleDraft,
        /// Why.
        why: Text,
    },
}

/// What the books must come to after the write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Total with VAT in euro.
    pub incl: Decimal,
    /// Total without VAT.
    pub excl: Decimal,
    /// VAT per rate (percentage as text, `21`) as the books will compute it.
    pub vat: BTreeMap<String, Decimal>,
    /// VAT per rate as the shop charged it.
    pub shop_vat: BTreeMap<String, Decimal>,
    /// Pieces per article code that this order takes from stock.
    pub pieces: BTreeMap<String, Decimal>,
    /// VAT kinds that occur.
    pub kinds: Vec<VatKind>,
}

//! What is to be written for an order, as data; the facts it is made from; what became of it. Made
//! by translation, kept by the journal, carried out by the tasks.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use winkelbrug_protocol::record::Product;

use super::{
    Accounts, AgreedPrice, Article, ArticleDraft, BookedOrder, BookingDraft, Company, Lookups,
    OfferedRate, OrderDraft, Relation, RelationDraft, VatCheck, VatKind,
};
use crate::{failure::Failure, text::Text};

/// What has to be looked up in the mirror before an order can be translated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Article codes: of the lines and of every cost article the settings name.
    pub article_codes: Vec<String>,
    /// Field of the articles that holds the codes of the lines, where it is not the artikelcode.
    pub article_field: Option<String>,
    /// Products of the lines; none where the settings look at none.
    pub products: ProductKeys,
    /// E-mail addresses to find relations by (compared without case and outer space).
    pub emails: Vec<String>,
    /// Customer codes.
    pub relation_codes: Vec<i64>,
    /// The payment reference as the administration will hold it.
    pub payment_reference: Option<String>,
    /// The same reference made unique with the order's number or id: used when the first is bound
    /// to another order of ours (orders that share one shop reference). Looked up likewise.
    pub unique_reference: Option<String>,
    /// What this buyer is bound to a relation by: `account:<shop customer id>`, or for a guest
    /// `guest:<SHA-256 hex of e-mail and delivery postcode>`; none when every order gets a new
    /// relation. [`Facts::bound_relation`] is the relation bound under it.
    pub customer_key: Option<String>,
    /// Delivery postcode, letters and digits only, upper case; and the buyer's VAT number likewise:
    /// by these a relation is confirmed of which the mirror may keep no more than hashes.
    pub postcode: String,
    /// See `postcode`; empty when he gave none.
    pub vat_number: String,
    /// Is the template of a relation's latest order wanted ([`Facts::last_templates`])?
    pub last_template: bool,
    /// Texts by which relations that have something in common with the buyer are found
    /// ([`super::marks::Marks::keys`]); empty where recognition does not look at them.
    pub marks: Vec<String>,
    /// What the owner may have linked this buyer by: `account:<shop customer id>`, the guest's key,
    /// or `order:<shop id>`. [`Facts::linked`] is what he said.
    pub link_keys: Vec<String>,
}

/// By what the shop's products of an order are found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductKeys {
    /// The shop's ids its lines name.
    pub ids: Vec<String>,
    /// The codes on its lines: some shops' lines name the product of a variant, or none.
    pub codes: Vec<String>,
}

/// What the owner said of a buyer by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linked {
    /// He is this relation.
    Relation {
        /// Its id.
        id: String,
        /// Its code, as it was then.
        code: i64,
    },
    /// He is none of those there were: a new one.
    New,
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
    /// Template id of the latest order in the books, by relation id; only of those found, and only
    /// where the owner follows it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub last_templates: BTreeMap<String, String>,
    /// Relation id bound to this shop customer by an earlier order or by hand.
    pub bound_relation: Option<String>,
    /// Ids of the relations with a code among the needs which this program made for somebody else.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub made_for_others: BTreeSet<String>,
    /// What the owner said of this buyer by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Linked>,
    /// Id of the relation under which its very invoice is in the books already, though nobody is bound to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_for: Option<String>,
    /// Orders in the books that carry one of the two payment references of [`Needs`], with the
    /// shop order of ours they are bound to, if any.
    pub same_reference: Vec<ReferencedOrder>,
    /// The payment reference under which a write of this order was begun and lost, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_reference: Option<String>,
    /// Limits of the administration for texts.
    pub payment_reference_length: usize,
    /// Longest order description.
    pub description_length: usize,
    /// Today in the owner's zone (for `give_up_days`), as data.
    pub today: Option<jiff::civil::Date>,
    /// Tax rates of the shop (by class), from its lookups.
    pub shop: winkelbrug_protocol::record::Lookups,
    /// What this administration did with lines below zero so far.
    #[serde(default)]
    pub negative_lines: NegativeLines,
    /// What it did with lines that name no article.
    #[serde(default)]
    pub text_lines: TextLines,
    /// What the owner chose for a total difference of this order above his limit; none = it holds
    /// the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<DifferenceChoice>,
    /// The accounts bookings go on; only asked for where bookings are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Accounts>,
    /// Prices by agreement for what translation asked; none for an article whose
    /// own price holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<AgreedPrice>,
    /// The shop's products among the needs, and those they are variants of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// What the register of VAT numbers said of the number translation's question named; none
    /// = it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_check: Option<VatCheck>,
    /// Units of the order's currency for one euro, as the owner entered it for this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<Decimal>,
    /// The ECB's rate of the order's day, to be offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_rate: Option<OfferedRate>,
}

/// Code of the reason of an order that waits for a choice on its total difference.
pub const TOTAL_DIFFERENCE: &str = "totaal-verschil";

/// How a total difference above the limit is booked, as the owner chose for one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceChoice {
    /// A discount (or surcharge) like any other: each rate bears its share, with the VAT in it.
    Discount,
    /// One line without VAT: what the shop charged as VAT stays.
    Untaxed,
}

impl DifferenceChoice {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Discount, Self::Untaxed];

    /// Its name, on the command line, in the journal and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discount => "discount",
            Self::Untaxed => "untaxed",
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

/// How a line below zero (a discount, a gift card redeemed) can be written. SnelStart B2B v2 does
/// not say; the first that is accepted holds for the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NegativeLines {
    /// One piece at a price below zero.
    #[default]
    Allowed,
    /// A price below zero was refused: minus one piece at a price above zero.
    ByQuantity,
    /// Both were refused: discounts go inside the unit prices, gift cards hold the order.
    Refused,
}

impl NegativeLines {
    /// What to try after this was refused; none when nothing is left.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Allowed => Some(Self::ByQuantity),
            Self::ByQuantity => Some(Self::Refused),
            Self::Refused => None,
        }
    }
}

/// May a line name no article?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextLines {
    /// Yes.
    #[default]
    Allowed,
    /// It was refused: what would stand on a line of its own goes behind the article's text.
    Refused,
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
    /// No order of this profile may be written until a person acts: a setting names what is not
    /// there, or the books forbid what the shop does. [`Reason::into_failure`] makes the failure.
    Stop(Reason),
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

impl Reason {
    /// A reason with advice.
    #[must_use]
    pub fn new(code: impl Into<String>, text: Text, hint: Text) -> Self {
        Self {
            code: code.into(),
            text,
            hint,
        }
    }

    /// The same as a failure that stops the task (`Misconfigured`).
    #[must_use]
    pub fn into_failure(self) -> Failure {
        Failure::misconfigured(self.code, self.text).hint(self.hint)
    }
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
    /// Instead of the order: the booked invoice of what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingDraft>,
    /// What the books must come to.
    pub expected: Expected,
    /// Bind the relation under this key once it is known ([`Needs::customer_key`]).
    #[serde(default)]
    pub customer_key: Option<String>,
    /// Has the order a line below zero? When it is refused, plan again with
    /// [`NegativeLines::next`].
    #[serde(default)]
    pub negative_lines: bool,
    /// Has it a line without an article? When it is refused, plan again with
    /// [`TextLines::Refused`].
    #[serde(default)]
    pub text_lines: bool,
    /// Decisions a person may want to read, in order.
    pub notes: Vec<Text>,
    /// What the books call what the order names by its id.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub names: Names,
    /// Digest of the settings used.
    pub settings_digest: String,
    /// Digest of the facts used.
    pub facts_digest: String,
}

/// Names of what an order's head names by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Of its sales template (verkoopsjabloon).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Of its cost centre (kostenplaats).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<String>,
    /// By the article code of a line: where what stands on it is counted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, Counted>,
}

/// [`Counted::vat_box`] of what goes into the return of the Union scheme instead of the Dutch one.
pub const OSS_RETURN: &str = "OSS";

/// Where the books count what is sold by an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Name of its revenue group (omzetgroep).
    pub group: String,
    /// Its VAT kind.
    pub kind: VatKind,
    /// Number and name of the ledger account, where the books told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Box (rubriek) of the VAT return the turnover goes into, such as `1a`, or `OSS` for the return of
    /// the Union scheme; none where that cannot be told from the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_box: Option<String>,
}

impl Names {
    /// As those lists call them.
    #[must_use]
    pub fn of(order: &OrderDraft, lookups: &Lookups) -> Self {
        let mut templates = lookups.templates.iter();
        let template = templates.find(|one| Some(&one.id) == order.template.as_ref());
        let mut centres = lookups.cost_centres.iter();
        let centre = centres.find(|one| Some(&one.id) == order.cost_centre.as_ref());
        Self {
            template: template.map(|template| template.name.clone()),
            cost_centre: centre.map(|centre| format!("{} {}", centre.number, centre.name)),
            counted: BTreeMap::new(),
        }
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Plan {
    /// What the books know it by: the number of its booked invoice, or the payment reference; the
    /// order's number where it has neither.
    #[must_use]
    pub fn name(&self) -> &str {
        let booked = self.booking.as_ref().map(|booking| booking.number.trim());
        let reference = booked.unwrap_or(self.order.payment_reference.trim());
        if reference.is_empty() {
            &self.number
        } else {
            reference
        }
    }

    /// Names of the extra fields it fills of the relation.
    #[must_use]
    pub fn fills_of_relation(&self) -> Vec<&String> {
        match &self.relation {
            RelationStep::Use { .. } => Vec::new(),
            RelationStep::Create { draft, .. } | RelationStep::Update { draft, .. } => {
                draft.extra.keys().collect()
            }
        }
    }

    /// Names of the extra fields it fills of articles.
    #[must_use]
    pub fn fills_of_articles(&self) -> Vec<&String> {
        let drafts = self.articles.iter().map(|step| {
            let (ArticleStep::Create { draft, .. } | ArticleStep::Update { draft, .. }) = step;
            draft
        });
        drafts.flat_map(|draft| draft.extra.keys()).collect()
    }
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
        /// What changes, field by field.
        #[serde(default)]
        changes: Vec<FieldChange>,
    },
    /// Create it; the code is chosen and committed when the plan is applied.
    Create {
        /// Its fields.
        draft: RelationDraft,
        /// Why a new one.
        why: Text,
    },
}

/// One field of a record that is brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which.
    pub field: Text,
    /// What the books have now; may be empty.
    pub from: String,
    /// What they will have.
    pub to: String,
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

impl Expected {
    /// The VAT percentages it bears, highest first; 0 where something on it bears none.
    #[must_use]
    pub fn rates(&self) -> Vec<Decimal> {
        let named = self.vat.keys().filter_map(|rate| rate.parse().ok());
        let mut rates: Vec<Decimal> = named.collect();
        if rates.is_empty() || self.kinds.contains(&VatKind::Geen) {
            rates.push(Decimal::ZERO);
        }
        rates.sort_unstable_by(|one, other| other.cmp(one));
        rates.dedup();
        rates
    }
}

/// A change of a written order that concerns the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Stable: `cancelled`, `refunded`, `edited`, `address-edited`.
    pub code: String,
    /// What changed, with figures.
    pub text: Text,
}

impl Change {
    /// With the profile's name in the commands it names, so that they can be typed as they stand.
    #[must_use]
    pub fn of_profile(mut self, profile: &str) -> Self {
        self.text.nl = self.text.nl.replace("PROFIEL", profile);
        self.text.en = self.text.en.replace("PROFILE", profile);
        self
    }
}

//! The books' side as a trait; one folder a kind; the local mirror; the shared rate limiter.

mod check;
mod check_customers;
mod check_extra;
mod check_header;
mod check_owed;
mod check_payments;
mod check_vat;
pub mod cost_articles;
pub mod limiter;
pub mod mirror;
mod open;
mod rights;
pub mod snelstart_online;
pub mod trial;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    books::{
        Accounts, Article, ArticleDraft, ArticleStock, BookedOrder, Booking, BookingDraft, Company,
        Daybook, ExtraFields, Lookups, OrderDraft, Payment, PaymentDraft, PriceQuestion, Relation,
        RelationDraft, Till,
    },
    failure::{Failure, Result},
    text,
    text::Text,
};

pub use self::{
    check::check,
    mirror::Mirror,
    open::{forget_in_trial, open},
    rights::Right,
};
pub(crate) use self::{
    check::{ARTICLE_MISSING, UNSET, missing_groups},
    check_extra::first_unknown,
    check_header::has_templates,
    check_payments::{NO_DAYBOOK, daybook},
};

/// SnelStart B2B v2: this artikelcode exists already; the trial administration says the same.
pub const ARTICLE_CODE_TAKEN: &str = "ART-0005";

/// SnelStart B2B v2: this factuurnummer exists already; the trial administration says the same.
pub const INVOICE_NUMBER_TAKEN: &str = "BOE-0021";

/// What a kind of administration cannot do is hidden from the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Can orders be searched by payment reference right after the write?
    pub finds_orders: bool,
    /// Are there stock figures?
    pub stock: bool,
    /// Longest payment reference kept.
    pub payment_reference_length: usize,
    /// Longest order description kept.
    pub description_length: usize,
    /// Can ledger accounts be told without asking anybody?
    pub accounts_at_hand: bool,
}

/// A page of records, given to the sink in the order they came, and where a read that ends after
/// it may go on ([`Part::skip`]). What the sink says stops the read.
pub type Sink<'a, T> = &'a mut (dyn FnMut(Vec<T>, usize) -> Result<()> + Send);

/// Which part of a list is read; the default is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Only what changed after (the caller took its overlap off); none = all.
    pub since: Option<Timestamp>,
    /// Leave out so many rows at the beginning: they were read before.
    pub skip: usize,
}

/// How a read of a list went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Every row of that part was given to the sink. Rows that kept moving between pages may have
    /// been missed.
    pub whole: bool,
}

/// Books of any kind. Ids are the administration's own. A `create_*` whose failure has
/// [`crate::failure::Effect::Unknown`] may have taken effect: the caller searches before it repeats.
#[async_trait]
pub trait Administration: Send + Sync {
    /// What this kind can do.
    fn capabilities(&self) -> Capabilities;
    /// Proves both keys and returns whose books these are.
    async fn company(&self) -> Result<Company>;
    /// Which of these it is known not to allow; where it does not say, none.
    async fn missing_rights(&self, _wanted: &[Right]) -> Result<Vec<Right>> {
        Ok(Vec::new())
    }
    /// Everything small that settings may name.
    async fn lookups(&self) -> Result<Lookups>;
    /// Articles.
    async fn articles(&self, part: Part, sink: Sink<'_, Article>) -> Result<Read>;
    /// Relations, also those that are no customers.
    async fn relations(&self, part: Part, sink: Sink<'_, Relation>) -> Result<Read>;
    /// Sales orders; their lines may be missing.
    async fn orders(&self, part: Part, sink: Sink<'_, BookedOrder>) -> Result<Read>;
    /// Orders that carry exactly this payment reference, asked of the books themselves. Where a
    /// filter is not honoured the answer is checked here; may cost several calls.
    async fn find_orders(&self, payment_reference: &str) -> Result<Vec<BookedOrder>>;
    /// Relations with this code.
    async fn find_relation(&self, code: i64) -> Result<Option<Relation>>;
    /// Articles with exactly this code.
    async fn find_articles(&self, code: &str) -> Result<Vec<Article>>;
    /// What the books ask for an article by agreement or promotion; none = the price of the
    /// article file holds. Costs a call.
    async fn price(&self, _question: &PriceQuestion) -> Result<Option<Decimal>> {
        Ok(None)
    }
    /// One order by id; none when it is gone.
    async fn order(&self, id: &str) -> Result<Option<BookedOrder>>;
    /// Creates a relation with the code the draft names.
    async fn create_relation(&self, draft: &RelationDraft) -> Result<Relation>;
    /// Read, merge, write: only fields the draft fills are changed, none is blanked.
    async fn update_relation(&self, id: &str, draft: &RelationDraft) -> Result<Relation>;
    /// Creates an article.
    async fn create_article(&self, draft: &ArticleDraft) -> Result<Article>;
    /// Read, merge, write.
    async fn update_article(&self, id: &str, draft: &ArticleDraft) -> Result<Article>;
    /// Fills extra fields of an article, by name; safe to repeat. Costs calls of its own.
    async fn set_article_fields(
        &self,
        _id: &str,
        _fields: &BTreeMap<String, String>,
    ) -> Result<()> {
        Err(no_extra_fields())
    }
    /// The same of a customer.
    async fn set_relation_fields(
        &self,
        _id: &str,
        _fields: &BTreeMap<String, String>,
    ) -> Result<()> {
        Err(no_extra_fields())
    }
    /// Which extra fields there are; costs calls.
    async fn extra_fields(&self) -> Result<ExtraFields> {
        Ok(ExtraFields::default())
    }
    /// Creates a sales order for that relation. Every `ArticleRef::Planned` was resolved before.
    async fn create_order(&self, relation: &str, draft: &OrderDraft) -> Result<BookedOrder>;
    /// Blocks an order so that nobody invoices it (geblokkeerd).
    async fn block_order(&self, id: &str) -> Result<()>;
    /// Deletes an order that is not invoiced; one that is gone already is no error.
    async fn delete_order(&self, id: &str) -> Result<()>;
    /// Ledger accounts (grootboeken), for bookings.
    async fn accounts(&self) -> Result<Accounts>;
    /// The booked invoice of that number, asked of the books themselves.
    async fn find_booking(&self, number: &str) -> Result<Option<Booking>>;
    /// Creates a booked invoice (verkoopboeking) for that relation.
    async fn create_booking(&self, relation: &str, draft: &BookingDraft) -> Result<Booking>;
    /// Journals (dagboeken) of every kind.
    async fn daybooks(&self) -> Result<Vec<Daybook>>;
    /// Entries with exactly this description, asked of the books themselves.
    async fn find_payments(&self, till: Till, description: &str) -> Result<Vec<Payment>>;
    /// Writes what was paid on a booked invoice (bankboeking or kasboeking).
    async fn create_payment(&self, draft: &PaymentDraft) -> Result<Payment>;
    /// Stock of these articles (by id); none = all that keep stock. Calls it will cost are
    /// [`Administration::stock_calls`].
    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>>;
    /// How many foreign calls reading the stock of so many articles costs; none = all.
    fn stock_calls(&self, articles: Option<usize>) -> u32;
    /// What the mirror knows, so that it need not be asked again: the small lists, and how many
    /// articles there are ([`Administration::stock_calls`] goes by it).
    fn remember(&self, _lookups: &Lookups, _articles: usize) {}
    /// Calls still allowed in the running hour, and the hour's whole allowance; none = unlimited.
    fn budget(&self) -> Option<Budget>;
    /// Foreign calls made so far, over all profiles of this process on the same keys.
    fn calls(&self) -> u64 {
        0
    }
}

fn no_extra_fields() -> Failure {
    Failure::refused(
        "extra-field-unknown",
        text!(
            "Deze boekhouding heeft geen extra velden.",
            "These books have no extra fields."
        ),
    )
    .hint(another_target())
}

/// What to do where no extra field can be made.
fn another_target() -> Text {
    text!(
        "Kies in [[mapping]] een ander doel, en articles.code_field = \"artikelcode\".",
        "Choose another target in [[mapping]], and articles.code_field = \"artikelcode\"."
    )
}

/// The hourly allowance of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Left in the running hour.
    pub left: u32,
    /// Allowed in an hour.
    pub per_hour: u32,
}

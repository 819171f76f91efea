//! The books' side as a trait; one folder a kind; the local mirror; the shared rate limiter.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    books::{
        Article, ArticleDraft, ArticleStock, BookedOrder, Company, Lookups, OrderDraft, Relation,
        RelationDraft,
    },
    failure::Result,
};

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
}

/// A page of changed records, given to the sink in the order they came.
pub type Sink<'a, T> = &'a mut (dyn FnMut(Vec<T>) -> Result<()> + Send);

/// Books of any kind. Ids are the administration's own. A `create_*` whose failure has
/// [`crate::failure::Effect::Unknown`] may have taken effect: the caller searches before it repeats.
#[async_trait]
pub trait Administration: Send + Sync {
    /// What this kind can do.
    fn capabilities(&self) -> Capabilities;
    /// Proves both keys and returns whose books these are.
    async fn company(&self) -> Result<Company>;
    /// Everything small that settings may name.
    async fn lookups(&self) -> Result<Lookups>;
    /// Articles changed since (the caller took its overlap off); none = all.
    async fn articles(&self, since: Option<Timestamp>, sink: Sink<'_, Article>) -> Result<()>;
    /// Relations changed since.
    async fn relations(&self, since: Option<Timestamp>, sink: Sink<'_, Relation>) -> Result<()>;
    /// Orders changed since.
    async fn orders(&self, since: Option<Timestamp>, sink: Sink<'_, BookedOrder>) -> Result<()>;
    /// Orders that carry exactly this payment reference, asked of the books themselves. Where a
    /// filter is not honoured the answer is checked here; may cost several calls.
    async fn find_orders(&self, payment_reference: &str) -> Result<Vec<BookedOrder>>;
    /// Relations with this code.
    async fn find_relation(&self, code: i64) -> Result<Option<Relation>>;
    /// Articles with exactly this code.
    async fn find_articles(&self, code: &str) -> Result<Vec<Article>>;
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
    /// Creates a sales order for that relation. Every `ArticleRef::Planned` was resolved before.
    async fn create_order(&self, relation: &str, draft: &OrderDraft) -> Result<BookedOrder>;
    /// Blocks an order so that nobody invoices it (geblokkeerd).
    async fn block_order(&self, id: &str) -> Result<()>;
    /// Stock of these articles (by id); none = all that keep stock. Calls it will cost are
    /// [`Administration::stock_calls`].
    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>>;
    /// How many foreign calls reading the stock of so many articles costs; none = all.
    fn stock_calls(&self, articles: Option<usize>) -> u32;
    /// Calls still allowed in the running hour, and the hour's whole allowance; none = unlimited.
    fn budget(&self) -> Option<Budget>;
}

/// The hourly allowance of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Left in the running hour.
    pub left: u32,
    /// Allowed in an hour.
    pub per_hour: u32,
}

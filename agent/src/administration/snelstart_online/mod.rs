//! SnelStart online: the B2B API v2 behind the [`Administration`] trait.

mod address;
mod api;
mod attempts;
pub mod codes;
mod extra;
mod fields;
mod finding;
mod http;
mod ledger;
mod odata;
mod pages;
mod prices;
mod read;
mod refusal;
mod scopes;
mod token;
mod write;

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{Timestamp, tz::TimeZone};
use reqwest::Method;
use rust_decimal::Decimal;
use tokio::sync::OnceCell;

pub use self::api::Keys;
use self::{
    api::Api,
    attempts::{
        ARTICLES, CENTRES, COMPANY, COUNTRIES, FOREIGN, GROUPS, LEDGERS, ORDERS, RATES, RELATIONS,
        TEMPLATES, WRITE_ARTICLE, WRITE_ORDER, WRITE_RELATION,
    },
    fields::Fields,
    pages::{List, is_filter_refused},
    read::Countries,
    refusal::{Answer, Attempt, unreadable},
};
use super::{Administration, Budget, Capabilities, Part, Read, Right, Sink, limiter::Rates};
use crate::{
    books::{
        Accounts, Article, ArticleDraft, ArticleStock, BookedOrder, Booking, BookingDraft, Company,
        Daybook, ExtraFields, Lookups, OrderDraft, Payment, PaymentDraft, PriceQuestion, Relation,
        RelationDraft, Till,
    },
    clock::SharedClock,
    failure::{Class, Failure, Result},
    journal::Journal,
    profile::settings,
    stop::Stop,
};

/// What a call may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// Calls allowed.
    pub rates: Rates,
    /// Longest time for one call. Orders of over 100 lines are known to take SnelStart long.
    pub patience: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            rates: Rates::first(),
            patience: Duration::from_secs(120),
        }
    }
}

/// An administration at SnelStart.
pub struct SnelStart {
    api: Api,
    clock: SharedClock,
    /// Needed for every address read or written; countries do not change while the agent runs.
    countries: OnceCell<Countries>,
    /// Articles in the administration, by the mirror.
    articles_known: AtomicUsize,
}

impl SnelStart {
    /// After `[administration]` of a profile. `stop` ends a wait before a call, never a call.
    ///
    /// # Errors
    /// An address that may not be called; the journal cannot be read.
    pub fn new(
        settings: &settings::Administration,
        keys: Keys,
        journal: &Journal,
        clock: SharedClock,
        stop: Stop,
    ) -> Result<Self> {
        Self::tuned(settings, keys, journal, clock, stop, Tuning::default())
    }

    /// The same with other allowances and times (a development key, a test).
    ///
    /// # Errors
    /// As [`SnelStart::new`].
    pub fn tuned(
        settings: &settings::Administration,
        keys: Keys,
        journal: &Journal,
        clock: SharedClock,
        stop: Stop,
        tuning: Tuning,
    ) -> Result<Self> {
        Ok(Self {
            api: Api::new(settings, keys, journal, clock.clone(), stop, tuning)?,
            clock,
            countries: OnceCell::new(),
            articles_known: AtomicUsize::new(0),
        })
    }

    /// The limiter all calls go through.
    #[must_use]
    pub fn limiter(&self) -> &super::limiter::Limiter {
        self.api.limiter()
    }

    /// A list without paging.
    async fn all(&self, path: &str, attempt: Attempt) -> Result<Vec<Fields>> {
        let answer = self.api.get(path, &[], attempt).await?;
        Fields::read_list(&answer.body).ok_or_else(|| unreadable(attempt))
    }

    /// A list that the administration or the key may not have: then it is empty.
    async fn optional(&self, path: &str, attempt: Attempt) -> Result<Vec<Fields>> {
        match self.all(path, attempt).await {
            Err(failure) if is_absent(&failure) || failure.code == "scope-missing" => {
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// The ledgers for distance sales; none where the key may not read ledgers or the filter is
    /// refused: then nothing is known of them.
    async fn distance_ledgers(&self) -> Result<Option<Vec<(String, Option<String>)>>> {
        let filter = format!("Grootboekfunctie eq '{}'", read::DISTANCE_SALES);
        let query = [("$filter", filter.as_str())];
        let answer = match self.api.get("grootboeken", &query, LEDGERS).await {
            Ok(answer) => answer,
            Err(failure) if failure.code == "scope-missing" || is_filter_refused(&failure) => {
                return Ok(None);
            }
            Err(failure) if is_absent(&failure) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let rows = Fields::read_list(&answer.body).ok_or_else(|| unreadable(LEDGERS))?;
        Ok(Some(
            rows.iter().filter_map(read::distance_ledger).collect(),
        ))
    }

    /// One record; none when its id leads nowhere (404, or a code per resource: it is not settled
    /// which).
    async fn one(&self, path: &str, attempt: Attempt) -> Result<Option<Fields>> {
        match self.api.get(path, &[], attempt).await {
            Ok(answer) => record(&answer, attempt).map(Some),
            Err(failure) if is_absent(&failure) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Reads, merges, writes the whole record back: whatever is left out of a PUT is blanked.
    async fn replace(
        &self,
        path: &str,
        attempt: Attempt,
        merge: impl FnOnce(Fields) -> Result<Fields>,
    ) -> Result<Fields> {
        let reading = Attempt {
            write: false,
            ..attempt
        };
        let answer = self.api.get(path, &[], reading).await?;
        let merged = merge(record(&answer, reading)?)?;
        let answer = self
            .api
            .write(Method::PUT, path, merged.written(), attempt)
            .await?;
        record(&answer, attempt)
    }

    async fn create(&self, path: &str, row: &Fields, attempt: Attempt) -> Result<Fields> {
        let answer = self
            .api
            .write(Method::POST, path, row.written(), attempt)
            .await?;
        record(&answer, attempt)
    }

    async fn countries(&self) -> Result<&Countries> {
        self.countries
            .get_or_try_init(async || {
                let rows = self.all("landen", COUNTRIES).await?;
                Ok(Countries::new(
                    rows.iter().filter_map(read::country).collect(),
                ))
            })
            .await
    }

    /// Rows changed since, checked here as well: a filter may be ignored.
    async fn changed<T>(
        &self,
        list: (&str, usize, Attempt),
        part: Part,
        read: impl Fn(&Fields) -> Option<T> + Send + Sync,
        sink: Sink<'_, T>,
    ) -> Result<Read>
    where
        T: Send,
    {
        let (path, size, attempt) = list;
        let filter = part.since.map(odata::modified_after);
        let since = part.since.map(|since| TimeZone::UTC.to_datetime(since));
        let is_wanted = |row: &Fields| {
            since.is_none_or(|since| row.moment("modifiedOn").is_none_or(|at| at > since))
        };
        let list = List {
            path,
            size,
            filter: filter.as_deref(),
            skip: part.skip,
            attempt,
        };
        let mut page = |rows: Vec<Fields>, next: usize| {
            let rows = rows.iter().filter(|row| is_wanted(row)).filter_map(&read);
            sink(rows.collect(), next)
        };
        let seen = self.pages(list, &mut page).await?;
        Ok(Read { whole: seen.whole })
    }
}

/// The record of an answer.
fn record(answer: &Answer, attempt: Attempt) -> Result<Fields> {
    Fields::read(&answer.body).ok_or_else(|| unreadable(attempt))
}

/// Does an id lead nowhere?
fn is_absent(failure: &Failure) -> bool {
    failure.class == Class::Refused
        && matches!(
            failure.code.as_str(),
            "not-found" | "VOR-0001" | "REL-0005" | "ART-0001" | "ALG-0103" | "KPL-0001"
        )
}

impl Drop for SnelStart {
    fn drop(&mut self) {
        self.api.limiter().keep();
    }
}

#[async_trait]
impl Administration for SnelStart {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            finds_orders: true,
            stock: true,
            // No limit is documented; 50 is what its neighbours hold, and longer ones may be cut.
            payment_reference_length: 50,
            // Connectors are told to keep to 50 characters.
            description_length: 50,
            accounts_at_hand: false,
        }
    }

    async fn company(&self) -> Result<Company> {
        let answer = self.api.get("companyInfo", &[], COMPANY).await?;
        let company = read::company(&record(&answer, COMPANY)?);
        let mut company = company.ok_or_else(|| unreadable(COMPANY))?;
        if company.foreign_vat {
            company.foreign.ledgers = self.distance_ledgers().await?;
        }
        Ok(company)
    }

    async fn missing_rights(&self, wanted: &[Right]) -> Result<Vec<Right>> {
        Ok(scopes::missing(self.api.scopes().await?, wanted))
    }

    async fn lookups(&self) -> Result<Lookups> {
        let countries = self.all("landen", COUNTRIES).await?;
        let codes: HashMap<String, String> =
            countries.iter().filter_map(read::country_codes).collect();
        let short = |long: &str| codes.get(long).cloned();
        let groups = self.all("artikelomzetgroepen", GROUPS).await?;
        let rates = self.all("btwtarieven", RATES).await?;
        let foreign = self.optional("vatrates", FOREIGN).await?;
        let templates = self.all("verkoopordersjablonen", TEMPLATES).await?;
        let centres = self.optional("kostenplaatsen", CENTRES).await?;
        let countries: Vec<_> = countries.iter().filter_map(read::country).collect();
        // Whoever came first set them; the ids of an administration do not change.
        let _ = self.countries.set(Countries::new(countries.clone()));
        Ok(Lookups {
            revenue_groups: groups.iter().filter_map(read::revenue_group).collect(),
            vat_rates: rates.iter().filter_map(read::vat_rate).collect(),
            foreign_rates: foreign
                .iter()
                .flat_map(|row| read::foreign_rates(row, &short))
                .collect(),
            countries,
            templates: templates.iter().filter_map(read::template).collect(),
            cost_centres: centres.iter().filter_map(read::cost_centre).collect(),
        })
    }

    async fn articles(&self, part: Part, sink: Sink<'_, Article>) -> Result<Read> {
        let list = ("artikelen", pages::ARTICLES, ARTICLES);
        self.changed(list, part, read::article, sink).await
    }

    async fn relations(&self, part: Part, sink: Sink<'_, Relation>) -> Result<Read> {
        let countries = self.countries().await?;
        let list = ("relaties", pages::OTHERS, RELATIONS);
        let read = |row: &Fields| read::relation(row, countries);
        self.changed(list, part, read, sink).await
    }

    async fn orders(&self, part: Part, sink: Sink<'_, BookedOrder>) -> Result<Read> {
        let list = ("verkooporders", pages::OTHERS, ORDERS);
        self.changed(list, part, read::order, sink).await
    }

    async fn find_orders(&self, payment_reference: &str) -> Result<Vec<BookedOrder>> {
        self.orders_with(payment_reference).await
    }

    async fn find_relation(&self, code: i64) -> Result<Option<Relation>> {
        self.relation_coded(code).await
    }

    async fn find_articles(&self, code: &str) -> Result<Vec<Article>> {
        self.articles_coded(code).await
    }

    async fn price(&self, question: &PriceQuestion) -> Result<Option<Decimal>> {
        self.agreed_price(question).await
    }

    async fn order(&self, id: &str) -> Result<Option<BookedOrder>> {
        let row = self.one(&format!("verkooporders/{id}"), ORDERS).await?;
        let read = |row| read::order(&row).ok_or_else(|| unreadable(ORDERS));
        row.map(read).transpose()
    }

    async fn create_relation(&self, draft: &RelationDraft) -> Result<Relation> {
        let countries = self.countries().await?;
        let row = write::relation(Fields::default(), draft, countries)?;
        let made = self.create("relaties", &row, WRITE_RELATION).await?;
        read::relation(&made, countries).ok_or_else(|| unreadable(WRITE_RELATION))
    }

    async fn update_relation(&self, id: &str, draft: &RelationDraft) -> Result<Relation> {
        let countries = self.countries().await?;
        let path = format!("relaties/{id}");
        let merge = |old| write::relation(old, draft, countries);
        let row = self.replace(&path, WRITE_RELATION, merge).await?;
        read::relation(&row, countries).ok_or_else(|| unreadable(WRITE_RELATION))
    }

    async fn create_article(&self, draft: &ArticleDraft) -> Result<Article> {
        let row = write::article(Fields::default(), draft);
        let made = self.create("artikelen", &row, WRITE_ARTICLE).await?;
        read::article(&made).ok_or_else(|| unreadable(WRITE_ARTICLE))
    }

    async fn update_article(&self, id: &str, draft: &ArticleDraft) -> Result<Article> {
        let path = format!("artikelen/{id}");
        let merge = |old| Ok(write::article(old, draft));
        let row = self.replace(&path, WRITE_ARTICLE, merge).await?;
        read::article(&row).ok_or_else(|| unreadable(WRITE_ARTICLE))
    }

    async fn set_article_fields(&self, id: &str, fields: &BTreeMap<String, String>) -> Result<()> {
        self.fill_article(id, fields).await
    }

    async fn set_relation_fields(&self, id: &str, fields: &BTreeMap<String, String>) -> Result<()> {
        self.fill_relation(id, fields).await
    }

    async fn extra_fields(&self) -> Result<ExtraFields> {
        self.fields_there_are().await
    }

    async fn create_order(&self, relation: &str, draft: &OrderDraft) -> Result<BookedOrder> {
        let row = write::order(relation, draft, self.countries().await?)?;
        let made = self.create("verkooporders", &row, WRITE_ORDER).await?;
        read::order(&made).ok_or_else(|| unreadable(WRITE_ORDER))
    }

    async fn block_order(&self, id: &str) -> Result<()> {
        let path = format!("verkooporders/{id}");
        let merge = |old: Fields| Ok(old.set("geblokkeerd", true));
        self.replace(&path, WRITE_ORDER, merge).await.map(drop)
    }

    async fn delete_order(&self, id: &str) -> Result<()> {
        let path = format!("verkooporders/{id}");
        match self.api.delete(&path, WRITE_ORDER).await {
            Err(failure) if !is_absent(&failure) => Err(failure),
            _ => Ok(()),
        }
    }

    async fn accounts(&self) -> Result<Accounts> {
        self.ledger_accounts().await
    }

    async fn find_booking(&self, number: &str) -> Result<Option<Booking>> {
        self.booking_numbered(number).await
    }

    async fn create_booking(&self, relation: &str, draft: &BookingDraft) -> Result<Booking> {
        self.book(relation, draft).await
    }

    async fn daybooks(&self) -> Result<Vec<Daybook>> {
        self.all_daybooks().await
    }

    async fn find_payments(&self, till: Till, description: &str) -> Result<Vec<Payment>> {
        self.payments_described(till, description).await
    }

    async fn create_payment(&self, draft: &PaymentDraft) -> Result<Payment> {
        self.pay(draft).await
    }

    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>> {
        let now = self.clock.now();
        let mut stock = Vec::new();
        if let Some(ids) = articles {
            for id in ids {
                let row = self.one(&format!("artikelen/{id}"), ARTICLES).await?;
                stock.extend(row.as_ref().and_then(read::article));
            }
        } else {
            let mut sink = |rows: Vec<Article>, _: usize| {
                stock.extend(rows.into_iter().filter(|article| article.keeps_stock));
                Ok(())
            };
            self.articles(Part::default(), &mut sink).await?;
        }
        Ok(stock
            .into_iter()
            .map(|article| stock_of(article, now))
            .collect())
    }

    fn stock_calls(&self, articles: Option<usize>) -> u32 {
        let all = self.articles_known.load(Ordering::Relaxed);
        let calls = articles.unwrap_or(all / pages::ARTICLES + 1);
        u32::try_from(calls).unwrap_or(u32::MAX)
    }

    fn remember(&self, lookups: &Lookups, articles: usize) {
        self.articles_known.store(articles, Ordering::Relaxed);
        if !lookups.countries.is_empty() {
            // Whoever came first set them; the ids of an administration do not change.
            let _ = self
                .countries
                .set(Countries::new(lookups.countries.clone()));
        }
    }

    fn budget(&self) -> Option<Budget> {
        Some(self.api.limiter().budget())
    }

    fn calls(&self) -> u64 {
        self.api.limiter().calls()
    }
}

fn stock_of(article: Article, read_at: Timestamp) -> ArticleStock {
    ArticleStock {
        article: article.id,
        code: article.code,
        keeps_stock: article.keeps_stock,
        technical: article.technical_stock,
        free: article.free_stock,
        read_at,
    }
}

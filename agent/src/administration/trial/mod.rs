//! The trial administration: books in one SQLite file on this PC, behind the same trait, so that
//! an owner can see what would be written before he connects his own. It numbers, computes and
//! refuses as SnelStart does.

mod countries;
mod ledger;
mod records;
mod rules;
mod seed;
mod stock;
mod store;
mod totals;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rusqlite::Connection;
use rust_decimal::Decimal;

use self::{
    records::{merge_relation, new_article, new_relation, next_code},
    rules::What,
    store::{Row, Store},
    totals::Basis,
};
use super::{Administration, Budget, Capabilities, Part, Read, Sink};
use crate::{
    books::{
        Accounts, Article, ArticleDraft, ArticleRef, ArticleStock, BookedLine, BookedOrder,
        Booking, BookingDraft, Company, Daybook, ExtraFields, LineDraft, Lookups, OrderDraft,
        Payment, PaymentDraft, Relation, RelationDraft, Till, VatKind,
    },
    clock::SharedClock,
    failure::{Failure, Result},
    journal::forgotten,
    profile::{durable, vat::RateCode},
    text,
};

/// Longest order description and payment reference, as SnelStart's.
const TEXT: usize = 50;

/// A trial administration.
pub struct Trial {
    store: Store,
    clock: SharedClock,
    /// Revenue group (name or number) -> code of the rate abroad it bears, as the owner says: these
    /// books have no ledgers behind their groups.
    foreign: BTreeMap<String, RateCode>,
}

impl Trial {
    /// The trial administration of a profile, in `trial/<profile>.db` of the data folder; made
    /// when there is none.
    ///
    /// # Errors
    /// The file cannot be read or made: misconfigured.
    pub fn open(folder: &Path, profile: &str, clock: SharedClock) -> Result<Self> {
        let folder = folder.join("trial");
        durable::make_folder(&folder).map_err(|error| {
            let place = folder.display();
            Failure::misconfigured(
                "trial-file",
                text!(
                    "De map {place} kan niet worden gemaakt",
                    "The folder {place} cannot be made"
                ),
            )
            .source(error)
        })?;
        let path = folder.join(format!("{profile}.db"));
        let store = Store::open(&path, || seed::all(profile), clock.now())?;
        Ok(Self {
            store,
            clock,
            foreign: BTreeMap::new(),
        })
    }

    /// The same books, with groups that bear those rates abroad.
    #[must_use]
    pub fn bearing(mut self, foreign: &BTreeMap<String, RateCode>) -> Self {
        self.foreign.clone_from(foreign);
        self
    }

    /// Erases a customer: relations with an e-mail address among these words keep id and code, and
    /// the words go out of the orders. Does nothing where there is no trial administration.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn forget(
        folder: &Path,
        profile: &str,
        clock: SharedClock,
        words: &BTreeSet<String>,
    ) -> Result<()> {
        if !folder.join("trial").join(format!("{profile}.db")).exists() {
            return Ok(());
        }
        let trial = Self::open(folder, profile, clock)?;
        let now = trial.clock.now();
        trial.store.change(|connection| {
            let mut gone = BTreeSet::new();
            for (relation, _) in store::all::<Relation>(connection)? {
                let mut addresses = relation.email.split(';');
                if addresses.any(|email| words.contains(&email.trim().to_lowercase())) {
                    store::put(connection, &forgotten::nameless(&relation), now)?;
                    gone.insert(relation.id);
                }
            }
            for (order, _) in store::all::<BookedOrder>(connection)? {
                if gone.contains(&order.relation) {
                    store::put(connection, &forgotten::wordless(&order), now)?;
                }
            }
            Ok(())
        })?;
        trial.store.leave_no_bytes()
    }

    fn list<T: Row + Send>(&self, part: Part, sink: Sink<'_, T>) -> Result<Read> {
        let rows = self
            .store
            .change(|connection| store::all::<T>(connection))?;
        let rows: Vec<T> = rows
            .into_iter()
            .filter(|(_, changed)| part.since.is_none_or(|since| *changed > since))
            .map(|(row, _)| row)
            .skip(part.skip)
            .collect();
        let next = part.skip + rows.len();
        sink(rows, next)?;
        Ok(Read { whole: true })
    }

    fn find<T: Row>(&self, fits: impl Fn(&T) -> bool) -> Result<Vec<T>> {
        let rows = self
            .store
            .change(|connection| store::all::<T>(connection))?;
        Ok(rows
            .into_iter()
            .map(|(row, _)| row)
            .filter(|row| fits(row))
            .collect())
    }

    fn stamp(&self) -> (Timestamp, Option<DateTime>) {
        let now = self.clock.now();
        (now, Some(TimeZone::UTC.to_datetime(now)))
    }

    fn save_relation(&self, draft: &RelationDraft, own: Option<&str>) -> Result<Relation> {
        let (now, modified) = self.stamp();
        self.store.change(|connection| {
            rules::relation(connection, &store::lookups(connection)?, draft, own)?;
            let mut relation = match own {
                Some(id) => store::get(connection, id)?
                    .ok_or_else(|| rules::refusal(What::Relation, "REL-0005"))?,
                None => new_relation(draft.code.map_or_else(|| next_code(connection), Ok)?),
            };
            merge_relation(&mut relation, draft);
            relation.modified = modified;
            store::put(connection, &relation, now)?;
            Ok(relation)
        })
    }

    fn save_article(&self, draft: &ArticleDraft, own: Option<&str>) -> Result<Article> {
        let (now, modified) = self.stamp();
        self.store.change(|connection| {
            let (company, lookups) = (store::company(connection)?, store::lookups(connection)?);
            rules::article(connection, &company, &lookups, draft, own)?;
            let mut article = match own {
                Some(id) => store::get(connection, id)?
                    .ok_or_else(|| rules::refusal(What::Article, "ART-0001"))?,
                None => new_article(draft),
            };
            article.description.clone_from(&draft.description);
            article.revenue_group.clone_from(&draft.revenue_group);
            article.price = draft.price;
            article.modified = modified;
            store::put(connection, &article, now)?;
            Ok(article)
        })
    }
}

#[async_trait]
impl Administration for Trial {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            finds_orders: true,
            stock: true,
            payment_reference_length: TEXT,
            description_length: TEXT,
            accounts_at_hand: true,
        }
    }

    async fn company(&self) -> Result<Company> {
        self.store.change(|connection| store::company(connection))
    }

    async fn lookups(&self) -> Result<Lookups> {
        self.store.change(|connection| store::lookups(connection))
    }

    /// There are none.
    async fn extra_fields(&self) -> Result<ExtraFields> {
        Ok(ExtraFields {
            articles: Some(Vec::new()),
            relations: Some(Vec::new()),
            never: true,
        })
    }

    async fn articles(&self, part: Part, sink: Sink<'_, Article>) -> Result<Read> {
        self.list(part, sink)
    }

    async fn relations(&self, part: Part, sink: Sink<'_, Relation>) -> Result<Read> {
        self.list(part, sink)
    }

    async fn orders(&self, part: Part, sink: Sink<'_, BookedOrder>) -> Result<Read> {
        self.list(part, sink)
    }

    async fn find_orders(&self, payment_reference: &str) -> Result<Vec<BookedOrder>> {
        self.find(|order: &BookedOrder| order.payment_reference.trim() == payment_reference.trim())
    }

    async fn find_relation(&self, code: i64) -> Result<Option<Relation>> {
        self.store
            .change(|connection| store::by_key(connection, &code.to_string()))
    }

    async fn find_articles(&self, code: &str) -> Result<Vec<Article>> {
        let found = self
            .store
            .change(|connection| store::by_key(connection, code))?;
        Ok(found.into_iter().collect())
    }

    async fn order(&self, id: &str) -> Result<Option<BookedOrder>> {
        self.store.change(|connection| store::get(connection, id))
    }

    async fn create_relation(&self, draft: &RelationDraft) -> Result<Relation> {
        self.save_relation(draft, None)
    }

    async fn update_relation(&self, id: &str, draft: &RelationDraft) -> Result<Relation> {
        let draft = RelationDraft {
            code: None,
            ..draft.clone()
        };
        self.save_relation(&draft, Some(id))
    }

    async fn create_article(&self, draft: &ArticleDraft) -> Result<Article> {
        self.save_article(draft, None)
    }

    async fn update_article(&self, id: &str, draft: &ArticleDraft) -> Result<Article> {
        self.save_article(draft, Some(id))
    }

    async fn create_order(&self, relation: &str, draft: &OrderDraft) -> Result<BookedOrder> {
        let (now, modified) = self.stamp();
        self.store.change(|connection| {
            let lookups = store::lookups(connection)?;
            let relation = rules::order(connection, &lookups, relation, draft)?;
            let (excl, incl) = totals(connection, &lookups, &relation, draft, &self.foreign)?;
            let order = BookedOrder {
                id: seed::id(),
                number: store::take_number(connection)?.to_string(),
                relation: relation.id,
                date: Some(draft.date),
                payment_reference: cut(&draft.payment_reference),
                description: cut(&draft.description),
                stage: Some(draft.stage),
                template: draft.template.clone().or_else(|| {
                    let mut templates = lookups.templates.iter();
                    let first = templates.find(|template| template.active);
                    first.map(|template| template.id.clone())
                }),
                blocked: draft.blocked.unwrap_or_default(),
                total_excl: Some(excl),
                total_incl: Some(incl),
                invoiced: false,
                price_mode: Some(draft.price_mode),
                invoice_discount: Some(draft.invoice_discount),
                lines: draft
                    .lines
                    .iter()
                    .map(|line| booked_line(connection, line))
                    .collect::<Result<_>>()?,
                modified,
            };
            stock::take(connection, &order, now)?;
            store::put(connection, &order, now)?;
            Ok(order)
        })
    }

    async fn block_order(&self, id: &str) -> Result<()> {
        let (now, modified) = self.stamp();
        self.store.change(|connection| {
            let mut order: BookedOrder = store::get(connection, id)?
                .ok_or_else(|| rules::refusal(What::Order, "VOR-0001"))?;
            order.blocked = true;
            order.modified = modified;
            store::put(connection, &order, now)
        })
    }

    async fn delete_order(&self, id: &str) -> Result<()> {
        let now = self.clock.now();
        self.store.change(|connection| {
            let Some(order) = store::get::<BookedOrder>(connection, id)? else {
                return Ok(());
            };
            stock::give_back(connection, order, now)?;
            store::remove_order(connection, id)
        })
    }

    async fn accounts(&self) -> Result<Accounts> {
        Ok(seed::accounts())
    }

    async fn find_booking(&self, number: &str) -> Result<Option<Booking>> {
        self.booking_numbered(number)
    }

    async fn create_booking(&self, relation: &str, draft: &BookingDraft) -> Result<Booking> {
        self.book(relation, draft)
    }

    async fn daybooks(&self) -> Result<Vec<Daybook>> {
        Ok(seed::daybooks())
    }

    async fn find_payments(&self, till: Till, description: &str) -> Result<Vec<Payment>> {
        self.payments_described(till, description)
    }

    async fn create_payment(&self, draft: &PaymentDraft) -> Result<Payment> {
        self.pay(draft)
    }

    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>> {
        let now = self.clock.now();
        let wanted = |article: &Article| match articles {
            Some(ids) => ids.contains(&article.id),
            None => article.keeps_stock,
        };
        let found = self.find(wanted)?.into_iter();
        Ok(found
            .map(|article| ArticleStock {
                article: article.id,
                code: article.code,
                keeps_stock: article.keeps_stock,
                technical: article.technical_stock,
                free: article.free_stock,
                read_at: now,
            })
            .collect())
    }

    fn stock_calls(&self, _articles: Option<usize>) -> u32 {
        0
    }

    fn budget(&self) -> Option<Budget> {
        None
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

fn article_of(connection: &Connection, line: &LineDraft) -> Result<Option<Article>> {
    match &line.article {
        Some(ArticleRef::Existing(id)) => store::get(connection, id),
        Some(ArticleRef::Planned(_)) | None => Ok(None),
    }
}

/// An empty text is filled from the article.
fn booked_line(connection: &Connection, line: &LineDraft) -> Result<BookedLine> {
    let article = article_of(connection, line)?;
    let text = article.as_ref().map(|article| article.description.clone());
    Ok(BookedLine {
        article: article.map(|article| article.id),
        description: match &line.description {
            given if given.is_empty() => text.unwrap_or_default(),
            given => given.clone(),
        },
        quantity: line.quantity,
        unit_price: line.unit_price,
        discount_percent: line.discount_percent,
        total: Some(totals::line_total(line)),
    })
}

fn totals(
    connection: &Connection,
    lookups: &Lookups,
    relation: &Relation,
    order: &OrderDraft,
    foreign: &BTreeMap<String, RateCode>,
) -> Result<(Decimal, Decimal)> {
    let mut kinds = Vec::new();
    for line in &order.lines {
        let article = article_of(connection, line)?;
        let group = article.and_then(|article| {
            let mut groups = lookups.revenue_groups.iter();
            groups.find(|group| group.id == article.revenue_group)
        });
        kinds.push(group.map_or((VatKind::Geen, None), |group| {
            let code = foreign
                .get(&group.name)
                .or_else(|| foreign.get(&group.number.to_string()));
            (group.vat, code.map(|code| code.name()))
        }));
    }
    let company = store::company(connection)?;
    let basis = Basis {
        company: &company,
        lookups,
        relation,
        order,
    };
    Ok(basis.totals(&kinds))
}

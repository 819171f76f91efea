//! The trial administration with the moods of a real one: answers that are lost, records that are
//! seen late, writes that take effect late, refusals.

use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    administration::{Administration, Budget, Capabilities, Part, Read, Sink, trial::Trial},
    books::{
        Accounts, Article, ArticleDraft, ArticleStock, BookedOrder, Booking, BookingDraft, Company,
        Daybook, Lookups, OrderDraft, Payment, PaymentDraft, Relation, RelationDraft, Till,
    },
    clock::SharedClock,
    failure::{Failure, Result},
    text,
};

/// What happens to the next write of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// The connection is cut; nothing is written.
    CutBefore,
    /// It is written; the answer is lost.
    CutAfter,
    /// The answer is lost, and it is written so much later.
    WrittenAfter(SignedDuration),
    /// The books refuse.
    Refuse(&'static str),
    /// The key has no right to it.
    NoRight,
    /// The books are down; certainly nothing is written.
    Down,
    /// The network is down.
    Unreachable,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Relation,
    Article,
    Order,
    Booking,
    Payment,
}

enum Late {
    Relation(RelationDraft),
    Article(ArticleDraft),
    Order(String, OrderDraft),
    Booking(String, BookingDraft),
}

pub struct Moody {
    trial: Trial,
    clock: SharedClock,
    /// Moods to come, each for one write of its kind.
    moods: Mutex<Vec<(What, Mood)>>,
    late: Mutex<Vec<(Timestamp, Late)>>,
    /// Written records are seen only so much later.
    pub seen_after: Mutex<SignedDuration>,
    written: Mutex<Vec<(String, Timestamp)>>,
    /// Every order's total is so much off.
    pub total_off: Mutex<Decimal>,
    pub totals_untold: AtomicBool,
    pub refuses_negative_prices: AtomicBool,
    pub refuses_negative_quantities: AtomicBool,
    /// Orders somebody invoiced.
    pub invoiced: Mutex<Vec<String>>,
    pub finds_orders: AtomicBool,
    pub blocked: Mutex<Vec<String>>,
    /// Booked invoices as they were sent.
    pub booked: Mutex<Vec<BookingDraft>>,
    pub down: AtomicBool,
    /// Somebody else takes the code of the next relation just before us.
    pub code_taken: AtomicBool,
    pub calls: AtomicU32,
    /// What somebody else books just before the orders are looked through once more.
    pub beaten_to: Mutex<Option<(String, OrderDraft)>>,
    /// Told after each order that was created.
    #[allow(clippy::type_complexity)]
    pub after_order: Mutex<Option<Box<dyn Fn() + Send>>>,
    /// Told when a write of that kind arrives at the books.
    #[allow(clippy::type_complexity)]
    pub at_write: Mutex<Option<Box<dyn Fn(What) + Send>>>,
}

impl Moody {
    pub fn new(folder: &Path, profile: &str, clock: SharedClock) -> Self {
        Self {
            trial: Trial::open(folder, profile, clock.clone()).unwrap(),
            clock,
            moods: Mutex::default(),
            late: Mutex::default(),
            seen_after: Mutex::new(SignedDuration::ZERO),
            written: Mutex::default(),
            total_off: Mutex::new(dec!(0)),
            totals_untold: AtomicBool::new(false),
            refuses_negative_prices: AtomicBool::new(false),
            refuses_negative_quantities: AtomicBool::new(false),
            invoiced: Mutex::default(),
            finds_orders: AtomicBool::new(true),
            blocked: Mutex::default(),
            booked: Mutex::default(),
            down: AtomicBool::new(false),
            code_taken: AtomicBool::new(false),
            calls: AtomicU32::new(0),
            beaten_to: Mutex::default(),
            after_order: Mutex::default(),
            at_write: Mutex::default(),
        }
    }

    fn arrives(&self, what: What) {
        if let Some(told) = self.at_write.lock().unwrap().as_ref() {
            told(what);
        }
    }

    pub fn mood(&self, what: What, mood: Mood) {
        self.moods.lock().unwrap().push((what, mood));
    }

    /// Payments that are really there.
    pub fn really_payments(&self) -> Vec<Payment> {
        let payments = self.trial.payments().unwrap().into_iter();
        payments.map(|(_, payment)| payment).collect()
    }

    /// What is really there, whether seen or not.
    pub async fn really_orders(&self) -> Vec<BookedOrder> {
        let mut all = Vec::new();
        let mut sink = |rows: Vec<BookedOrder>, _| {
            all.extend(rows);
            Ok(())
        };
        self.trial.orders(Part::default(), &mut sink).await.unwrap();
        all
    }

    pub async fn really_relations(&self) -> Vec<Relation> {
        let mut all = Vec::new();
        let mut sink = |rows: Vec<Relation>, _| {
            all.extend(rows);
            Ok(())
        };
        self.trial
            .relations(Part::default(), &mut sink)
            .await
            .unwrap();
        all.retain(|relation| relation.is_customer && !relation.email.is_empty());
        all
    }

    pub async fn really_articles(&self, code: &str) -> usize {
        self.trial.find_articles(code).await.unwrap().len()
    }

    /// An article that keeps stock, made in the books by hand.
    pub async fn stocked_article(&self, code: &str) {
        let lookups = self.trial.lookups().await.unwrap();
        let group = lookups
            .revenue_groups
            .iter()
            .find(|group| group.name == "Omzet hoog")
            .unwrap();
        let draft = ArticleDraft {
            code: code.into(),
            description: code.into(),
            revenue_group: group.id.clone(),
            price: dec!(10),
            keeps_stock: true,
            extra: Default::default(),
        };
        self.trial.create_article(&draft).await.unwrap();
    }

    /// The books' free stock of an article.
    pub async fn free_stock(&self, code: &str) -> Decimal {
        self.trial.find_articles(code).await.unwrap()[0].free_stock
    }

    /// Somebody types an order by hand.
    pub async fn by_hand(&self, relation: &str, draft: &OrderDraft) -> BookedOrder {
        self.trial.create_order(relation, draft).await.unwrap()
    }

    async fn call(&self) -> Result<()> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.arrive().await;
        if self.down.load(Ordering::Relaxed) {
            return Err(unreachable());
        }
        Ok(())
    }

    /// Late writes whose time has come take effect.
    async fn arrive(&self) {
        let now = self.clock.now();
        let due: Vec<(Timestamp, Late)> = {
            let mut late = self.late.lock().unwrap();
            let (due, rest): (Vec<_>, Vec<_>) = late.drain(..).partition(|(at, _)| *at <= now);
            *late = rest;
            due
        };
        for (at, late) in due {
            // A code taken since is refused, as it would be there.
            let id = match late {
                Late::Relation(draft) => self.trial.create_relation(&draft).await.map(|r| r.id),
                Late::Article(draft) => self.trial.create_article(&draft).await.map(|a| a.id),
                Late::Order(relation, draft) => self
                    .trial
                    .create_order(&relation, &draft)
                    .await
                    .map(|o| o.id),
                Late::Booking(relation, draft) => self
                    .trial
                    .create_booking(&relation, &draft)
                    .await
                    .map(|b| b.id),
            };
            if let Ok(id) = id {
                self.written.lock().unwrap().push((id, at));
            }
        }
    }

    fn note(&self, id: &str) {
        self.written
            .lock()
            .unwrap()
            .push((id.to_owned(), self.clock.now()));
    }

    fn is_seen(&self, id: &str) -> bool {
        let after = *self.seen_after.lock().unwrap();
        self.written
            .lock()
            .unwrap()
            .iter()
            .all(|(written, at)| written != id || self.clock.now().duration_since(*at) >= after)
    }

    fn next_mood(&self, what: What) -> Option<Mood> {
        let mut moods = self.moods.lock().unwrap();
        let at = moods.iter().position(|(kind, _)| *kind == what)?;
        Some(moods.remove(at).1)
    }

    fn told(&self, mut order: BookedOrder) -> BookedOrder {
        let off = *self.total_off.lock().unwrap();
        order.total_incl = order.total_incl.map(|total| total + off);
        if self.invoiced.lock().unwrap().contains(&order.id) {
            order.invoiced = true;
        }
        if self.totals_untold.load(Ordering::Relaxed) {
            order.total_incl = None;
            order.total_excl = None;
        }
        order
    }

    fn later(&self, wait: SignedDuration, late: Late) {
        self.late
            .lock()
            .unwrap()
            .push((self.clock.now() + wait, late));
    }
}

fn lost() -> Failure {
    Failure::transient(
        "connection-cut",
        text!("De verbinding viel weg.", "The connection was cut."),
    )
    .outcome_unknown()
}

fn unreachable() -> Failure {
    Failure::transient(
        "books-unreachable",
        text!("Niet te bereiken.", "Not to be reached."),
    )
    .no_connection()
}

fn simple(mood: Mood) -> Option<Failure> {
    match mood {
        Mood::CutBefore => Some(lost()),
        Mood::Down => Some(Failure::transient(
            "books-down",
            text!("Storing.", "Out of order."),
        )),
        Mood::Unreachable => Some(unreachable()),
        Mood::Refuse(code) => Some(Failure::refused(code, text!("Geweigerd.", "Refused."))),
        Mood::NoRight => Some(Failure::credentials(
            "scope-missing",
            text!("Geen recht.", "No right."),
        )),
        Mood::CutAfter | Mood::WrittenAfter(_) => None,
    }
}

#[async_trait]
impl Administration for Moody {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            finds_orders: self.finds_orders.load(Ordering::Relaxed),
            ..self.trial.capabilities()
        }
    }

    async fn company(&self) -> Result<Company> {
        self.call().await?;
        self.trial.company().await
    }

    async fn lookups(&self) -> Result<Lookups> {
        self.call().await?;
        self.trial.lookups().await
    }

    async fn articles(&self, part: Part, sink: Sink<'_, Article>) -> Result<Read> {
        self.call().await?;
        let mut seen = |mut rows: Vec<Article>, next| {
            rows.retain(|row| self.is_seen(&row.id));
            sink(rows, next)
        };
        self.trial.articles(part, &mut seen).await
    }

    async fn relations(&self, part: Part, sink: Sink<'_, Relation>) -> Result<Read> {
        self.call().await?;
        let mut seen = |mut rows: Vec<Relation>, next| {
            rows.retain(|row| self.is_seen(&row.id));
            sink(rows, next)
        };
        self.trial.relations(part, &mut seen).await
    }

    async fn orders(&self, part: Part, sink: Sink<'_, BookedOrder>) -> Result<Read> {
        self.call().await?;
        let mut seen = |rows: Vec<BookedOrder>, next| {
            let rows = rows
                .into_iter()
                .filter(|row| self.is_seen(&row.id))
                .map(|row| self.told(row))
                .collect();
            sink(rows, next)
        };
        self.trial.orders(part, &mut seen).await
    }

    async fn find_orders(&self, payment_reference: &str) -> Result<Vec<BookedOrder>> {
        self.call().await?;
        let beaten = self.beaten_to.lock().unwrap().take();
        if let Some((relation, draft)) = beaten {
            self.by_hand(&relation, &draft).await;
        }
        let mut found = self.trial.find_orders(payment_reference).await?;
        found.retain(|order| self.is_seen(&order.id));
        Ok(found.into_iter().map(|order| self.told(order)).collect())
    }

    async fn find_relation(&self, code: i64) -> Result<Option<Relation>> {
        self.call().await?;
        let found = self.trial.find_relation(code).await?;
        Ok(found.filter(|relation| self.is_seen(&relation.id)))
    }

    async fn find_articles(&self, code: &str) -> Result<Vec<Article>> {
        self.call().await?;
        let mut found = self.trial.find_articles(code).await?;
        found.retain(|article| self.is_seen(&article.id));
        Ok(found)
    }

    async fn order(&self, id: &str) -> Result<Option<BookedOrder>> {
        self.call().await?;
        let found = self.trial.order(id).await?;
        Ok(found
            .filter(|order| self.is_seen(&order.id))
            .map(|order| self.told(order)))
    }

    async fn create_relation(&self, draft: &RelationDraft) -> Result<Relation> {
        self.call().await?;
        self.arrives(What::Relation);
        let mood = self.next_mood(What::Relation);
        if let Some(failure) = mood.and_then(simple) {
            return Err(failure);
        }
        if let Some(Mood::WrittenAfter(wait)) = mood {
            self.later(wait, Late::Relation(draft.clone()));
            return Err(lost());
        }
        if self.code_taken.swap(false, Ordering::Relaxed) {
            let stranger = RelationDraft {
                code: draft.code,
                name: "Vreemde".into(),
                email: "vreemd@elders.nl".into(),
                ..RelationDraft::default()
            };
            self.trial.create_relation(&stranger).await?;
        }
        let relation = self.trial.create_relation(draft).await?;
        self.note(&relation.id);
        if mood.is_some() {
            return Err(lost());
        }
        Ok(relation)
    }

    async fn update_relation(&self, id: &str, draft: &RelationDraft) -> Result<Relation> {
        self.call().await?;
        self.arrives(What::Relation);
        self.trial.update_relation(id, draft).await
    }

    async fn create_article(&self, draft: &ArticleDraft) -> Result<Article> {
        self.call().await?;
        self.arrives(What::Article);
        let mood = self.next_mood(What::Article);
        if let Some(failure) = mood.and_then(simple) {
            return Err(failure);
        }
        if let Some(Mood::WrittenAfter(wait)) = mood {
            self.later(wait, Late::Article(draft.clone()));
            return Err(lost());
        }
        let article = self.trial.create_article(draft).await?;
        self.note(&article.id);
        if mood.is_some() {
            return Err(lost());
        }
        Ok(article)
    }

    async fn update_article(&self, id: &str, draft: &ArticleDraft) -> Result<Article> {
        self.call().await?;
        self.trial.update_article(id, draft).await
    }

    async fn create_order(&self, relation: &str, draft: &OrderDraft) -> Result<BookedOrder> {
        self.call().await?;
        let negative = draft.lines.iter().any(|line| line.unit_price < dec!(0));
        if negative && self.refuses_negative_prices.load(Ordering::Relaxed) {
            return Err(Failure::refused(
                "ALG-0102",
                text!("Geweigerd.", "Refused."),
            ));
        }
        let fewer = draft.lines.iter().any(|line| line.quantity < dec!(0));
        if fewer && self.refuses_negative_quantities.load(Ordering::Relaxed) {
            return Err(Failure::refused(
                "ALG-0102",
                text!("Geweigerd.", "Refused."),
            ));
        }
        self.arrives(What::Order);
        let mood = self.next_mood(What::Order);
        if let Some(failure) = mood.and_then(simple) {
            return Err(failure);
        }
        if let Some(Mood::WrittenAfter(wait)) = mood {
            self.later(wait, Late::Order(relation.to_owned(), draft.clone()));
            return Err(lost());
        }
        let order = self.trial.create_order(relation, draft).await?;
        self.note(&order.id);
        if let Some(after) = self.after_order.lock().unwrap().as_ref() {
            after();
        }
        if mood.is_some() {
            return Err(lost());
        }
        Ok(self.told(order))
    }

    async fn block_order(&self, id: &str) -> Result<()> {
        self.call().await?;
        self.blocked.lock().unwrap().push(id.to_owned());
        self.trial.block_order(id).await
    }

    async fn delete_order(&self, id: &str) -> Result<()> {
        self.call().await?;
        self.trial.delete_order(id).await
    }

    async fn accounts(&self) -> Result<Accounts> {
        self.call().await?;
        self.trial.accounts().await
    }

    async fn find_booking(&self, number: &str) -> Result<Option<Booking>> {
        self.call().await?;
        let found = self.trial.find_booking(number).await?;
        Ok(found.filter(|booking| self.is_seen(&booking.id)))
    }

    async fn daybooks(&self) -> Result<Vec<Daybook>> {
        self.call().await?;
        self.trial.daybooks().await
    }

    async fn find_payments(&self, till: Till, description: &str) -> Result<Vec<Payment>> {
        self.call().await?;
        self.trial.find_payments(till, description).await
    }

    async fn create_payment(&self, draft: &PaymentDraft) -> Result<Payment> {
        self.call().await?;
        self.arrives(What::Payment);
        let mood = self.next_mood(What::Payment);
        if let Some(failure) = mood.and_then(simple) {
            return Err(failure);
        }
        let payment = self.trial.create_payment(draft).await?;
        if mood.is_some() {
            return Err(lost());
        }
        Ok(payment)
    }

    async fn create_booking(&self, relation: &str, draft: &BookingDraft) -> Result<Booking> {
        self.call().await?;
        self.arrives(What::Booking);
        let mood = self.next_mood(What::Booking);
        if let Some(failure) = mood.and_then(simple) {
            return Err(failure);
        }
        if let Some(Mood::WrittenAfter(wait)) = mood {
            self.later(wait, Late::Booking(relation.to_owned(), draft.clone()));
            return Err(lost());
        }
        let booking = self.trial.create_booking(relation, draft).await?;
        self.note(&booking.id);
        self.booked.lock().unwrap().push(draft.clone());
        if mood.is_some() {
            return Err(lost());
        }
        Ok(booking)
    }

    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>> {
        self.call().await?;
        self.trial.stock(articles).await
    }

    fn stock_calls(&self, articles: Option<usize>) -> u32 {
        self.trial.stock_calls(articles)
    }

    fn remember(&self, lookups: &Lookups, articles: usize) {
        self.trial.remember(lookups, articles);
    }

    fn budget(&self) -> Option<Budget> {
        self.trial.budget()
    }

    fn calls(&self) -> u64 {
        self.trial.calls()
    }
}

//! The shop through the deployed bridge. `exchange` asks one question, `waiting` knows what is
//! without an answer, `diagnosis` names what went wrong (`in_front` what stands before the shop),
//! `memory` keeps which shop this is.

pub mod diagnosis;
pub mod exchange;
pub mod in_front;
pub mod memory;
mod waiting;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use jiff::{SignedDuration, civil::Date};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use winkelbrug_protocol::{
    answer::{Answer, Foreign, Next},
    operation::{
        Empty, Operation, OrderArgs, OrdersArgs, PageArgs, Position, StockReadArgs, StockSetArgs,
        StockWrite, TotalsArgs,
    },
    record::{
        DayTotal, Hello, Lookups, OrderHead, OtherReader, Product, Removed, ShopCustomer,
        StockLevel, StockResult,
    },
};

use self::exchange::Exchange;
use super::{Awaited, Page, RawOrder, Shop, TooLarge, read_order};
use crate::{
    clock::SharedClock,
    failure::{Failure, Result},
    journal::Journal,
    text,
    text::Text,
};

/// Heads in a page. Many, since a shop without an index on the moment of change goes through all its orders for
/// each page; the bridge gives fewer where the host has little time or memory.
const HEADS: u32 = 5000;
/// Heads in a page of a bridge file of an earlier version, which refuses to be asked for more.
const HEADS_BEFORE: u32 = 1000;
/// Records in a page of customers or products.
const PAGE: u32 = 500;
/// Bodies in one question: an id list well within a request's 64 KiB. Many, since OpenCart's bridge goes
/// through the tables without an index once for all of them; the bridge gives fewer where it must.
const BODIES: usize = 1000;
/// So many orders are tried beside one of which nothing came.
const TRIED_BESIDE: usize = 3;
/// Bodies in one question to a bridge file of an earlier version.
const BODIES_BEFORE: usize = 200;
/// Stock figures in a page.
const STOCK_PAGE: u32 = 2000;
/// Keys or writes in one question.
const STOCK_ROWS: usize = 500;
/// How long a comparison of the shop's identity holds.
const IDENTITY_HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// A shop behind a deployed bridge.
pub struct BridgeShop {
    exchange: Exchange,
    journal: Journal,
    clock: SharedClock,
    digest: Option<String>,
    identified: OnceCell<()>,
    /// Heads this file admits in a page.
    heads: AtomicU32,
    /// Ids this file admits in a question for bodies.
    bodies: AtomicUsize,
    /// Was an order read since one was found to be too large?
    reads: AtomicBool,
}

impl BridgeShop {
    /// A shop behind that wire.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn new(exchange: Exchange, journal: Journal, clock: SharedClock) -> Result<Self> {
        if let Some(known) = memory::known(&journal, exchange.bridge_id())? {
            exchange.set_offset(known.clock_offset);
        }
        Ok(Self {
            exchange,
            journal,
            clock,
            digest: None,
            identified: OnceCell::new(),
            heads: AtomicU32::new(HEADS),
            bodies: AtomicUsize::new(BODIES),
            reads: AtomicBool::new(false),
        })
    }

    /// The file that answers must be this one (SHA-256 hex).
    #[must_use]
    pub fn digest(mut self, digest: &str) -> Self {
        self.digest = Some(digest.to_owned());
        self
    }

    /// The wire itself.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Asks the bridge to drop its table and remove its file.
    ///
    /// # Errors
    /// As every question; whether it took effect is then unknown.
    pub async fn remove(&self) -> Result<Removed> {
        let answer = self.exchange.ask(&Operation::Remove(Empty {})).await?;
        one(&answer)
    }

    /// `hello` without comparing with what is remembered.
    ///
    /// # Errors
    /// As every question.
    pub async fn hello_unchecked(&self) -> Result<Hello> {
        let answer = self.exchange.ask(&Operation::Hello(Empty {})).await?;
        one(&answer)
    }

    /// `hello`, compared with what is remembered, and the bytes around it that were not ours.
    ///
    /// # Errors
    /// As every question; `shop-changed` or `bridge-changed` when another shop or file answers.
    pub async fn hello_checked(&self) -> Result<(Hello, Foreign)> {
        let answer = self.told(&Operation::Hello(Empty {})).await?;
        let hello: Hello = one(&answer)?;
        self.identify(&hello)?;
        Ok((hello, answer.foreign))
    }

    /// Asks once the shop is known to be the one that was proven, at most a day ago.
    async fn ask(&self, operation: &Operation) -> Result<Answer> {
        self.identified
            .get_or_try_init(|| self.identify_when_due())
            .await?;
        let answer = self.told(operation).await?;
        self.is_unchanged(answer.file.as_deref())?;
        Ok(answer)
    }

    /// The file that answered is the one that was placed.
    fn is_unchanged(&self, file: Option<&str>) -> Result<()> {
        match (&self.digest, file) {
            (Some(placed), Some(file)) if placed != file => Err(diagnosis::file_changed()),
            _ => Ok(()),
        }
    }

    /// Asks, and keeps the clock's offset when it was learnt anew.
    async fn told(&self, operation: &Operation) -> Result<Answer> {
        let before = self.exchange.offset();
        let answer = self.exchange.ask(operation).await;
        if self.exchange.offset() != before {
            let offset = self.exchange.offset();
            memory::remember_offset(&self.journal, self.exchange.bridge_id(), offset)?;
        }
        answer
    }

    async fn identify_when_due(&self) -> Result<()> {
        let known = memory::known(&self.journal, self.exchange.bridge_id())?;
        let fresh = known.is_some_and(|known| {
            self.clock.now().duration_since(known.checked_at).abs() < IDENTITY_HOLDS
        });
        if fresh {
            return Ok(());
        }
        self.hello_checked().await.map(drop)
    }

    /// Compares who answers with who answered when the file was proven.
    fn identify(&self, hello: &Hello) -> Result<()> {
        let id = self.exchange.bridge_id();
        let shop = &hello.shop;
        if self
            .digest
            .as_ref()
            .is_some_and(|digest| *digest != hello.digest)
        {
            return Err(diagnosis::file_changed());
        }
        if let Some(known) = memory::known(&self.journal, id)?
            && (known.host != shop.host || known.database != shop.database || known.url != shop.url)
        {
            return Err(other_shop(&known, hello));
        }
        memory::remember(&self.journal, id, shop, self.clock.now())
    }

    /// One page; `more` without a place to go on would be read for ever and is refused.
    async fn page<T: DeserializeOwned>(&self, operation: &Operation) -> Result<Page<T>> {
        let answer = self.ask(operation).await?;
        let next = match (answer.end.more, answer.end.next.clone()) {
            (false, _) => None,
            (true, Some(Next::Position(position))) => Some(position),
            (true, _) => return Err(diagnosis::malformed("more without next")),
        };
        Ok(Page {
            records: all(&answer)?,
            next,
        })
    }

    async fn heads_page(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
        most: u32,
    ) -> Result<Page<OrderHead>> {
        self.page(&Operation::Orders(OrdersArgs {
            since: since.map(str::to_owned),
            after: after.cloned(),
            limit: Some(most),
            ids: None,
        }))
        .await
    }

    /// What one answer has of these bodies, and the ids it did not come to.
    async fn bodies(&self, ids: &[String]) -> Result<(Vec<RawOrder>, Vec<String>)> {
        let answer = self
            .ask(&Operation::Orders(OrdersArgs {
                ids: Some(ids.to_vec()),
                ..OrdersArgs::default()
            }))
            .await?;
        let bodies = answer
            .records()
            .map(raw_order)
            .collect::<Result<Vec<_>>>()?;
        if bodies.iter().any(|body| body.order.is_ok()) {
            self.reads.store(true, Ordering::Relaxed);
        }
        if !answer.end.more {
            return Ok((bodies, Vec::new()));
        }
        let got: BTreeSet<&str> = bodies.iter().map(|order| order.id.as_str()).collect();
        let missing = ids.iter().filter(|id| !got.contains(id.as_str()));
        let missing: Vec<String> = missing.cloned().collect();
        // Asked for again, they would be for ever.
        if missing.len() == ids.len() {
            return Err(diagnosis::malformed(
                "more without an order that was asked for",
            ));
        }
        Ok((bodies, missing))
    }

    /// Of an order nothing came but a failure: is it that order, and does the shop have room for others? Where
    /// none was read since the last such order, the next ones are tried; with none of them it is the shop.
    async fn has_room_for_others(&self, others: &[String], failure: Failure) -> Result<()> {
        let tried = others.chunks(1).take(TRIED_BESIDE);
        for other in tried {
            if self.reads.load(Ordering::Relaxed) {
                break;
            }
            match self.bodies(other).await {
                Err(failure) if diagnosis::is_too_much(&failure) => {}
                read => drop(read?),
            }
        }
        let read = self.reads.swap(false, Ordering::Relaxed);
        if read || others.len() < TRIED_BESIDE {
            Ok(())
        } else {
            Err(failure)
        }
    }
}

#[async_trait]
impl Shop for BridgeShop {
    async fn hello(&self) -> Result<Hello> {
        Ok(self.hello_checked().await?.0)
    }

    async fn other_reader(&self) -> Result<Option<OtherReader>> {
        Ok(self.hello_checked().await?.0.other_reader)
    }

    fn awaits(&self) -> Option<Awaited> {
        self.exchange.awaits()
    }

    async fn lookups(&self) -> Result<Lookups> {
        one(&self.ask(&Operation::Lookups(Empty {})).await?)
    }

    async fn order_heads(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<OrderHead>> {
        let most = self.heads.load(Ordering::Relaxed);
        match self.heads_page(since, after, most).await {
            Err(failure) if failure.code == diagnosis::BAD_ARGUMENTS && most > HEADS_BEFORE => {
                self.heads.store(HEADS_BEFORE, Ordering::Relaxed);
                self.heads_page(since, after, HEADS_BEFORE).await
            }
            read => read,
        }
    }

    async fn orders(&self, ids: &[String]) -> Result<Vec<RawOrder>> {
        let mut missing = ids.to_vec();
        let mut bodies = Vec::new();
        while !missing.is_empty() {
            let (some, rest) = self.some_orders(&missing).await?;
            bodies.extend(some);
            missing = rest;
        }
        Ok(bodies)
    }

    async fn some_orders(&self, ids: &[String]) -> Result<(Vec<RawOrder>, Vec<String>)> {
        if ids.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut most = self.bodies.load(Ordering::Relaxed);
        loop {
            let (some, later) = ids.split_at(ids.len().min(most));
            match self.bodies(some).await {
                Ok((bodies, mut rest)) => {
                    rest.extend_from_slice(later);
                    return Ok((bodies, rest));
                }
                Err(failure)
                    if failure.code == diagnosis::BAD_ARGUMENTS && some.len() > BODIES_BEFORE =>
                {
                    self.bodies.store(BODIES_BEFORE, Ordering::Relaxed);
                    most = BODIES_BEFORE;
                }
                // One among them is more than an answer can hold: fewer at a time, until it stands alone.
                Err(failure) if diagnosis::is_too_much(&failure) => match some {
                    [id] => {
                        self.has_room_for_others(later, failure).await?;
                        return Ok((vec![too_large_alone(id)?], later.to_vec()));
                    }
                    _ => most = some.len() / 2,
                },
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn order_by_number(&self, number: &str) -> Result<Option<RawOrder>> {
        let number = number.to_owned();
        let answer = self.ask(&Operation::Order(OrderArgs { number })).await?;
        answer.records().next().map(raw_order).transpose()
    }

    async fn totals(&self, from: Date) -> Result<Vec<DayTotal>> {
        let from = from.to_string();
        let answer = self.ask(&Operation::Totals(TotalsArgs { from })).await?;
        if answer.end.more {
            return Err(diagnosis::malformed("totals in pages"));
        }
        all(&answer)
    }

    async fn customers(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<ShopCustomer>> {
        self.page(&Operation::Customers(page_args(since, after)))
            .await
    }

    async fn products(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<Product>> {
        self.page(&Operation::Products(page_args(since, after)))
            .await
    }

    async fn stock_read(&self, after: Option<&str>) -> Result<Page<StockLevel, String>> {
        let answer = self
            .ask(&Operation::StockRead(StockReadArgs {
                keys: None,
                after: after.map(str::to_owned),
                limit: Some(STOCK_PAGE),
            }))
            .await?;
        let next = match (answer.end.more, answer.end.next.clone()) {
            (false, _) => None,
            (true, Some(Next::Key(key))) => Some(key),
            (true, _) => return Err(diagnosis::malformed("more without next")),
        };
        Ok(Page {
            records: all(&answer)?,
            next,
        })
    }

    async fn stock_read_keys(&self, keys: &[String]) -> Result<Vec<StockLevel>> {
        let mut levels: Vec<StockLevel> = Vec::new();
        for keys in keys.chunks(STOCK_ROWS) {
            let mut after = None;
            loop {
                let answer = self
                    .ask(&Operation::StockRead(StockReadArgs {
                        keys: Some(keys.to_vec()),
                        after,
                        limit: None,
                    }))
                    .await?;
                levels.extend(all::<StockLevel>(&answer)?);
                after = match (answer.end.more, answer.end.next) {
                    (false, _) => break,
                    (true, Some(Next::Key(key))) => Some(key),
                    (true, _) => return Err(diagnosis::malformed("more without next")),
                };
            }
        }
        Ok(levels)
    }

    async fn stock_set(&self, idempotency: &str, rows: &[StockWrite]) -> Result<Vec<StockResult>> {
        let answer = self
            .ask(&Operation::StockSet(StockSetArgs {
                idempotency: idempotency.to_owned(),
                rows: rows.to_vec(),
            }))
            .await?;
        all(&answer)
    }
}

fn page_args(since: Option<&str>, after: Option<&Position>) -> PageArgs {
    PageArgs {
        since: since.map(str::to_owned),
        after: after.cloned(),
        limit: Some(PAGE),
    }
}

fn all<T: DeserializeOwned>(answer: &Answer) -> Result<Vec<T>> {
    answer.records().map(record).collect()
}

fn one<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    let first = answer.records().next();
    record(first.ok_or_else(|| diagnosis::malformed("no record"))?)
}

fn record<T: DeserializeOwned>(line: &str) -> Result<T> {
    serde_json::from_str(line)
        .map_err(|error| diagnosis::malformed(&error.to_string()).source(error))
}

/// An order body: one that cannot be understood is kept with its id and its text.
fn raw_order(line: &str) -> Result<RawOrder> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: String,
    }
    let Id { id } = record(line)?;
    Ok(RawOrder {
        id,
        raw: line.to_owned(),
        order: read_order(line),
    })
}

/// Stands for an order of which no answer came, though it was asked for alone.
fn too_large_alone(id: &str) -> Result<RawOrder> {
    let told = TooLarge {
        id: id.to_owned(),
        number: None,
        hash: None,
        too_large: 0,
    };
    let line = serde_json::to_string(&told)
        .map_err(|error| diagnosis::malformed(&error.to_string()).source(error))?;
    raw_order(&line)
}

fn other_shop(known: &memory::Known, hello: &Hello) -> Failure {
    let shop = &hello.shop;
    let (was, now) = if known.url != shop.url {
        (known.url.as_str(), shop.url.as_str())
    } else if known.host != shop.host {
        (known.host.as_str(), shop.host.as_str())
    } else {
        return Failure::misconfigured(
            "shop-changed",
            text!(
                "Het koppelbestand van {url} gebruikt nu een andere database",
                "The file at {url} now uses another database",
                url = shop.url
            ),
        )
        .hint(moved());
    };
    Failure::misconfigured(
        "shop-changed",
        text!(
            "Het koppelbestand antwoordt nu uit een andere winkel: eerst {was}, nu {now}",
            "The file now answers from another shop: {was} before, {now} now"
        ),
    )
    .hint(moved())
}

fn moved() -> Text {
    text!(
        "Is dit een kopie of testomgeving, haal het koppelbestand daar dan weg. Is de winkel verhuisd, plaats het dan opnieuw met 'winkelbrug deploy'",
        "If this is a copy or test site, remove the file there. If the shop moved, place it anew with 'winkelbrug deploy'"
    )
}

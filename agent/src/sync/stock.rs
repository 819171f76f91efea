//! *Export stock*: the shop's stock is read, then orders are imported (by the caller), then the
//! books' figures are read and the differences are sent. `stock_targets` computes what the shop
//! should have; the files in `stock/` what to read, what to take off, and what goes together.

pub mod memory;
pub mod pieces;
pub mod reading;
mod remarks;
pub mod sending;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use winkelbrug_protocol::{
    operation::StockWrite,
    record::{StockLevel, StockResult},
};

use self::{
    pieces::OpenOrder,
    reading::{Candidate, Reading},
};
use super::{
    event::{Event, Observer, Phase},
    report::StockCounts,
    stock_targets::{Figures, KnownArticle, Targets, targets},
};
use crate::{
    administration::Administration,
    books::{Article, ArticleStock, Company},
    clock::SharedClock,
    failure::{Effect, Failure, Result},
    fault,
    journal::Journal,
    profile::settings::{self, StockDecimals},
    shop::Shop,
    stop::Stop,
    text,
};

/// How far a shop's clock may be off: orders changed this long before the shop's stock was read
/// may have been sold after it.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// The books' list may be this much shorter than what is known of it, in percent.
const SHRINKAGE: usize = 20;

/// What the export works with.
pub struct StockExport<'a> {
    /// Profile name.
    pub profile: &'a str,
    /// `[stock]`.
    pub settings: &'a settings::Stock,
    /// The shop.
    pub shop: &'a dyn Shop,
    /// The books.
    pub books: &'a dyn Administration,
    /// The journal.
    pub journal: &'a Journal,
    /// The clock.
    pub clock: SharedClock,
    /// Who is told how far it is.
    pub observer: &'a dyn Observer,
    /// The wish to stop.
    pub stop: &'a Stop,
}

/// The shop's stock as it was before orders were polled.
#[derive(Debug, Clone)]
pub struct ShopStock {
    levels: Vec<StockLevel>,
    read_at: Timestamp,
}

impl ShopStock {
    /// Orders changed at or after this moment may have been sold after the stock was read: the
    /// caller lists them in [`Imported::recent`].
    #[must_use]
    pub fn recent_since(&self) -> Timestamp {
        self.read_at - CLOCK_MARGIN
    }
}

/// What an import that finished without a failure leaves behind.
#[derive(Debug, Clone)]
pub struct Imported {
    /// When it finished: only figures read after this are sent.
    pub finished: Timestamp,
    /// Whose books, and from which level on an order lowers free stock.
    pub company: Company,
    /// The mirror's articles.
    pub articles: Vec<Article>,
    /// Orders of ours that may still weigh on stock, over all profiles on the administration.
    pub open: Vec<OpenOrder>,
    /// Orders of this shop known to the journal and changed since [`ShopStock::recent_since`].
    pub recent: Vec<RecentOrder>,
    /// Article codes that this run's orders touched.
    pub touched: BTreeSet<String>,
}

/// An order that changed about the time the shop's stock was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentOrder {
    /// The shop's id.
    pub id: String,
    /// Its content's hash as the journal has it.
    pub hash: String,
    /// Article codes of its lines.
    pub codes: BTreeSet<String>,
}

impl StockExport<'_> {
    /// First of all: the shop's stock.
    ///
    /// # Errors
    /// As [`Shop::stock_read`].
    pub async fn read_shop(&self) -> Result<ShopStock> {
        let read_at = self.clock.now();
        let (mut levels, mut after) = (Vec::new(), None);
        loop {
            self.progress(Phase::ReadShopStock, levels.len(), None);
            let page = self.shop.stock_read(after.as_deref()).await?;
            levels.extend(page.records);
            after = page.next;
            if after.is_none() || self.stop.is_asked() {
                return Ok(ShopStock { levels, read_at });
            }
        }
    }

    /// After a clean import: reads the books' figures and sends the differences. With `dry_run`
    /// nothing is sent, and `sent` says how many would be.
    ///
    /// # Errors
    /// The books' list empty or shrunken, too much going to 0, and what shop and books report.
    pub async fn push(
        &self,
        stock: ShopStock,
        imported: &Imported,
        dry_run: bool,
    ) -> Result<StockCounts> {
        let known = known_articles(&imported.articles);
        let (levels, unsettled) = self.settled(stock, imported).await?;
        let figures = self.read_books(&levels, &known, imported).await?;
        // The code the shop knows an article by may stand in another of its fields.
        let codes: HashMap<&str, &str> = imported
            .articles
            .iter()
            .map(|article| (article.id.as_str(), article.code.as_str()))
            .collect();
        let code_of = |figure: &ArticleStock| {
            let code = codes.get(figure.article.as_str()).copied();
            code.unwrap_or(&figure.code).to_owned()
        };
        let fresh: HashMap<String, ArticleStock> = figures
            .into_iter()
            .filter(|figure| figure.read_at >= imported.finished)
            .map(|figure| (code_of(&figure), figure))
            .collect();
        let level = imported.company.stock_stage;
        let uncounted = pieces::uncounted(&imported.open, self.settings.source, level);
        let targets = targets(
            Figures {
                shop: &levels,
                known: &known,
                books: &fresh,
                uncounted: &uncounted,
                decimals: self.decimals().await?,
            },
            self.settings,
        );
        sending::not_all_to_zero(targets.to_zero, on_sale(&levels, &targets))?;
        let mut counts = remarks::counts(&targets);
        counts.left += unsettled;
        if dry_run {
            counts.sent = targets.writes.len() as u64;
            return Ok(counts);
        }
        self.send(targets.writes, &levels, &mut counts).await?;
        Ok(counts)
    }

    /// Decimals a figure may have: none, or as many as the shop says it counts in.
    async fn decimals(&self) -> Result<u32> {
        match self.settings.decimals {
            StockDecimals::Floor => Ok(0),
            StockDecimals::Keep => Ok(self.shop.hello().await?.stock_decimals),
        }
    }

    /// Orders that came in between the reading of the stock and the poll are in the books' figures
    /// and in the shop's stock now, but not in the stock as read. What they touch is read again,
    /// and then the list of changes: where it shows nothing the import did not see, that second
    /// figure and the books tell of the same orders. Gives also how many figures must wait.
    async fn settled(
        &self,
        stock: ShopStock,
        imported: &Imported,
    ) -> Result<(Vec<StockLevel>, u64)> {
        let since = stock.recent_since();
        let codes: BTreeSet<&str> = imported
            .recent
            .iter()
            .flat_map(|order| order.codes.iter().map(String::as_str))
            .collect();
        let touched = keys_of(&stock.levels, &codes);
        if touched.is_empty() {
            return Ok((stock.levels, 0));
        }
        let list: Vec<String> = touched.iter().cloned().collect();
        let again = self.shop.stock_read_keys(&list).await?;
        let newer = self.newer_codes(since, imported).await?;
        let newer: BTreeSet<&str> = newer.iter().map(String::as_str).collect();
        let again: HashMap<&str, &StockLevel> = again
            .iter()
            .map(|level| (level.key.as_str(), level))
            .collect();
        let waiting = keys_of(&stock.levels, &newer);
        let mut levels = Vec::with_capacity(stock.levels.len());
        let mut unsettled = 0;
        for level in stock.levels {
            if !touched.contains(&level.key) {
                levels.push(level);
            } else if waiting.contains(&level.key) {
                unsettled += 1;
            } else if let Some(level) = again.get(level.key.as_str()) {
                levels.push((*level).clone());
            }
        }
        Ok((levels, unsettled))
    }

    /// Codes of orders that changed since, in a way the import did not see.
    async fn newer_codes(&self, since: Timestamp, imported: &Imported) -> Result<BTreeSet<String>> {
        let known: HashMap<&str, &str> = imported
            .recent
            .iter()
            .map(|order| (order.id.as_str(), order.hash.as_str()))
            .collect();
        let (mut ids, mut after) = (Vec::new(), None);
        let since = since.to_string();
        loop {
            let page = self.shop.order_heads(Some(&since), after.as_ref()).await?;
            let unseen = page
                .records
                .into_iter()
                .filter(|head| known.get(head.id.as_str()) != Some(&head.hash.as_str()));
            ids.extend(unseen.map(|head| head.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut codes = BTreeSet::new();
        for body in self.shop.orders(&ids).await? {
            // What the journal knew of it may have been on other articles.
            let before = imported.recent.iter().find(|order| order.id == body.id);
            codes.extend(before.into_iter().flat_map(|order| order.codes.clone()));
            if let Ok(order) = body.order {
                codes.extend(order.lines.into_iter().map(|line| line.code));
            }
        }
        Ok(codes)
    }

    async fn read_books(
        &self,
        levels: &[StockLevel],
        known: &HashMap<String, KnownArticle>,
        imported: &Imported,
    ) -> Result<Vec<ArticleStock>> {
        self.progress(Phase::ReadBookStock, 0, None);
        let administration = &imported.company.id;
        let now = self.clock.now();
        let spent = memory::calls_spent(self.journal, administration, now)?;
        let allowance = reading::allowance(self.books.budget(), spent);
        let candidates = self.candidates(levels, known, imported)?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let calls = |count| self.books.stock_calls(count);
        let figures = match reading::choose(candidates, allowance, calls) {
            Reading::All => {
                memory::spend(self.journal, administration, calls(None), now)?;
                let figures = self.books.stock(None).await?;
                not_shrunken(&figures, &imported.articles)?;
                figures
            }
            Reading::Some(ids) if ids.is_empty() => Vec::new(),
            Reading::Some(ids) => {
                let cost = calls(Some(ids.len()));
                memory::spend(self.journal, administration, cost, now)?;
                let figures = self.books.stock(Some(&ids)).await?;
                if figures.is_empty() {
                    return Err(empty_list());
                }
                figures
            }
        };
        memory::keep(self.journal, self.profile, &figures)?;
        Ok(figures)
    }

    /// Articles whose figure the shop could use.
    fn candidates(
        &self,
        levels: &[StockLevel],
        known: &HashMap<String, KnownArticle>,
        imported: &Imported,
    ) -> Result<Vec<Candidate>> {
        let wanted: HashSet<&str> = levels
            .iter()
            .filter(|level| level.tracked)
            .flat_map(|level| [Some(level.code.as_str()), level.sku.as_deref()])
            .flatten()
            .filter(|code| {
                known
                    .get(*code)
                    .is_some_and(|article| article.articles == 1 && article.keeps_stock)
            })
            .collect();
        let times = memory::read_times(self.journal, self.profile)?;
        Ok(imported
            .articles
            .iter()
            .filter(|article| wanted.contains(article.code.as_str()))
            .map(|article| Candidate {
                id: article.id.clone(),
                touched: imported.touched.contains(&article.code),
                read_at: times.get(&article.id).copied(),
            })
            .collect())
    }

    async fn send(
        &self,
        writes: Vec<StockWrite>,
        levels: &[StockLevel],
        counts: &mut StockCounts,
    ) -> Result<()> {
        let names: HashMap<&str, &StockLevel> = levels
            .iter()
            .map(|level| (level.key.as_str(), level))
            .collect();
        let total = writes.len();
        let mut done = 0;
        for batch in sending::batches(writes) {
            if self.stop.is_asked() {
                counts.left += (total - done) as u64;
                return Ok(());
            }
            self.progress(Phase::SendStock, done, Some(total));
            let results = self.send_batch(&batch, &names).await?;
            done += batch.len();
            for result in &results {
                remarks::tally(result, &names, counts);
            }
        }
        self.progress(Phase::SendStock, done, Some(total));
        Ok(())
    }

    /// Journaled, sent, settled. A lost answer is asked for once more under the same id, which
    /// the bridge serves at most once; when that fails too the run stops, and the next one reads
    /// and computes anew.
    async fn send_batch(
        &self,
        batch: &[StockWrite],
        names: &HashMap<&str, &StockLevel>,
    ) -> Result<Vec<StockResult>> {
        let idempotency = hex::encode(rand::random::<[u8; 16]>());
        let rows: Vec<(StockWrite, String)> = batch
            .iter()
            .map(|write| {
                let code = names
                    .get(write.key.as_str())
                    .map(|level| level.code.clone());
                (write.clone(), code.unwrap_or_default())
            })
            .collect();
        memory::intend(
            self.journal,
            self.profile,
            &idempotency,
            &rows,
            self.clock.now(),
        )?;
        fault::point("stock:intended");
        let results = match self.shop.stock_set(&idempotency, batch).await {
            Err(failure) if failure.effect == Effect::Unknown => {
                self.shop.stock_set(&idempotency, batch).await?
            }
            other => other?,
        };
        fault::point("stock:sent");
        memory::settle(self.journal, &idempotency, &results)?;
        fault::point("stock:settled");
        Ok(results)
    }

    fn progress(&self, phase: Phase, done: usize, total: Option<usize>) {
        self.observer.tell(Event::Progress {
            profile: self.profile.to_owned(),
            phase,
            done: done as u64,
            total: total.map(|total| total as u64),
        });
    }
}

/// Every code of the mirror with how many articles carry it.
fn known_articles(articles: &[Article]) -> HashMap<String, KnownArticle> {
    let mut known: HashMap<String, KnownArticle> = HashMap::new();
    for article in articles.iter().filter(|article| !article.code.is_empty()) {
        known
            .entry(article.code.clone())
            .and_modify(|found| found.articles += 1)
            .or_insert(KnownArticle {
                articles: 1,
                keeps_stock: article.keeps_stock,
            });
    }
    known
}

fn keys_of(levels: &[StockLevel], codes: &BTreeSet<&str>) -> BTreeSet<String> {
    levels
        .iter()
        .filter(|level| {
            codes.contains(level.code.as_str())
                || level.sku.as_deref().is_some_and(|sku| codes.contains(sku))
        })
        .map(|level| level.key.clone())
        .collect()
}

/// Compared figures that are above zero in the shop now.
fn on_sale(levels: &[StockLevel], targets: &Targets) -> u64 {
    let left: HashSet<&str> = targets
        .left
        .iter()
        .map(|(key, _, _)| key.as_str())
        .collect();
    levels
        .iter()
        .filter(|level| level.quantity > Decimal::ZERO && !left.contains(level.key.as_str()))
        .count() as u64
}

/// The whole list must be about as long as what the mirror knows of it.
fn not_shrunken(figures: &[ArticleStock], articles: &[Article]) -> Result<()> {
    if figures.is_empty() {
        return Err(empty_list());
    }
    let expected = articles
        .iter()
        .filter(|article| article.keeps_stock)
        .count();
    let got = figures.iter().filter(|figure| figure.keeps_stock).count();
    if got * 100 >= expected * (100 - SHRINKAGE) {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "stock-list-shrunken",
        text!(
            "De voorraadlijst van de administratie telt nog maar {got} artikelen in plaats van {expected}; er is niets verstuurd",
            "The books' stock list counts only {got} articles instead of {expected}; nothing was sent"
        ),
    )
    .hint(text!(
        "Controleer in de administratie of de artikelen nog voorraad bijhouden",
        "Check in the books whether the articles still keep stock"
    )))
}

fn empty_list() -> Failure {
    Failure::misconfigured(
        "stock-list-empty",
        text!(
            "De administratie geeft een lege voorraadlijst; er is niets verstuurd",
            "The books give an empty stock list; nothing was sent"
        ),
    )
    .hint(text!(
        "Controleer in de administratie of de artikelen voorraad bijhouden",
        "Check in the books whether the articles keep stock"
    ))
}

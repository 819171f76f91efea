//! A profile between a shop in memory and the trial administration, on a clock that tests move.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use winkelbrug::{
    clock::{Clock, SharedClock},
    failure,
    journal::{Journal, State, listing::ListedOrder},
    profile::{DataDir, Secret, Secrets, Settings},
    stop::Stop,
    sync::{Observer, Place, RunOptions, RunReport, Sides, Task, Unobserved, with_sides},
};
use winkelbrug_protocol::record::Order;

use crate::import::{books::Moody, shop::FakeShop};

/// When every test begins.
pub const START: &str = "2026-03-02T12:00:00Z";

pub struct HandClock(Mutex<Timestamp>);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, time: std::time::Duration) {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::try_from(time).unwrap();
    }
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn get(&self, _profile: &str, _name: &str) -> failure::Result<Option<Secret>> {
        Ok(None)
    }

    fn set(&self, _profile: &str, _name: &str, _secret: &Secret) -> failure::Result<()> {
        Ok(())
    }

    fn remove(&self, _profile: &str, _name: &str) -> failure::Result<()> {
        Ok(())
    }
}

pub struct Scene {
    pub folder: TempDir,
    pub settings: Settings,
    pub journal: Journal,
    pub hand: Arc<HandClock>,
    pub shop: FakeShop,
    pub books: Arc<Moody>,
    pub stop: Stop,
}

pub fn start() -> Timestamp {
    START.parse().unwrap()
}

/// A moment so many minutes before the start.
pub fn ago(minutes: i64) -> Timestamp {
    start() - SignedDuration::from_mins(minutes)
}

impl Scene {
    pub fn new(orders: Vec<Order>) -> Self {
        let folder = TempDir::new().unwrap();
        let hand = Arc::new(HandClock(Mutex::new(start())));
        let clock: SharedClock = hand.clone();
        let books = Arc::new(Moody::new(folder.path(), "proef", clock));
        Self::joined(folder, hand, books, "proef", orders)
    }

    fn joined(
        folder: TempDir,
        hand: Arc<HandClock>,
        books: Arc<Moody>,
        name: &str,
        orders: Vec<Order>,
    ) -> Self {
        let journal = Journal::open(folder.path()).unwrap();
        Self {
            settings: settings(name),
            journal,
            hand,
            shop: FakeShop::with(orders),
            books,
            stop: Stop::new(),
            folder,
        }
    }

    /// A second profile with a shop of its own on the same books and journal.
    pub fn beside(&self, name: &str, orders: Vec<Order>) -> Self {
        Self {
            settings: settings(name),
            journal: self.journal.clone(),
            hand: self.hand.clone(),
            shop: FakeShop::with(orders),
            books: self.books.clone(),
            stop: Stop::new(),
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn pass(&self, time: SignedDuration) {
        *self.hand.0.lock().unwrap() += time;
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.pass(SignedDuration::from_mins(minutes));
    }

    pub fn now(&self) -> Timestamp {
        self.hand.now()
    }

    pub async fn run(&self) -> RunReport {
        self.run_seen_by(&self.journal, RunOptions::default(), &Unobserved)
            .await
    }

    pub async fn dry_run(&self) -> RunReport {
        let copy = self.journal.throw_away_copy().unwrap();
        self.run_seen_by(&copy, RunOptions { dry_run: true }, &Unobserved)
            .await
    }

    pub async fn run_with_stock(&self) -> RunReport {
        let task = Task::ImportOrdersExportStock;
        self.run_task(task, &self.journal, RunOptions::default(), &Unobserved)
            .await
    }

    pub async fn run_seen_by(
        &self,
        journal: &Journal,
        options: RunOptions,
        observer: &dyn Observer,
    ) -> RunReport {
        self.run_task(Task::ImportOrders, journal, options, observer)
            .await
    }

    async fn run_task(
        &self,
        task: Task,
        journal: &Journal,
        options: RunOptions,
        observer: &dyn Observer,
    ) -> RunReport {
        let data = DataDir::new(self.folder.path());
        let clock: SharedClock = self.hand.clone();
        let place = Place {
            settings: &self.settings,
            data: &data,
            secrets: &NoSecrets,
            journal,
            clock: &clock,
            observer,
            stop: &self.stop,
        };
        let sides = Sides {
            shop: &self.shop,
            administration: self.books.as_ref(),
        };
        with_sides(place, &sides, task, options).await
    }

    /// Runs every quarter of an hour, so many times.
    pub async fn runs(&self, times: u32) {
        for _ in 0..times {
            self.run().await;
            self.pass_minutes(15);
        }
    }

    pub fn listed(&self, number: &str) -> ListedOrder {
        let profile = &self.settings.name;
        let orders = self.journal.orders(profile, None).unwrap();
        orders
            .into_iter()
            .find(|order| order.number == number)
            .unwrap_or_else(|| panic!("order {number} is not in the journal"))
    }

    pub fn state(&self, number: &str) -> State {
        self.listed(number).state
    }

    /// Files of the journal and its copies in which one of these words stands.
    pub fn files_holding(&self, words: &[&str]) -> Vec<String> {
        let folder = self.folder.path();
        let mut found = Vec::new();
        for folder in [folder.to_path_buf(), folder.join("backups")] {
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                let bytes = std::fs::read(&path).unwrap_or_default();
                let holds = |word: &&str| {
                    let mut places = bytes.windows(word.len());
                    places.any(|bytes| bytes == word.as_bytes())
                };
                if words.iter().any(holds) {
                    found.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// Every order of the shop is in the books once and nothing else is.
    pub async fn each_exactly_once(&self) {
        let mut wanted: Vec<String> = self
            .shop
            .orders()
            .iter()
            .map(|order| order.number.clone())
            .collect();
        let mut found: Vec<String> = self
            .books
            .really_orders()
            .await
            .into_iter()
            .map(|order| order.payment_reference)
            .collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted);
        let mut emails: Vec<String> = self
            .books
            .really_relations()
            .await
            .into_iter()
            .map(|relation| relation.email)
            .collect();
        emails.sort();
        let mut customers: Vec<String> = self
            .shop
            .orders()
            .iter()
            .map(|order| order.customer.email.clone())
            .collect();
        customers.sort();
        customers.dedup();
        assert_eq!(emails, customers);
        for number in &wanted {
            assert_eq!(self.state(number), State::Written, "{number}");
        }
    }
}

fn settings(name: &str) -> Settings {
    let text = format!(
        r#"
format = 1
name = "{name}"
[shop]
kind = "bridge"
url = "https://www.voorbeeld.nl"
orders_from = 2026-03-01T00:00:00Z
order_statuses = ["Processing", "Complete"]
[shop.upload]
protocol = "ftp"
host = "ftp.voorbeeld.nl"
user = "voorbeeld"
folder = "/"
[administration]
kind = "trial"
[sales]
template = "Webshop"
discount_article = {{ hoog = "KORTING-HOOG", laag = "KORTING-LAAG", geen = "KORTING-GEEN" }}
shipping_article = {{ hoog = "VERZEND-HOOG", laag = "VERZEND-LAAG", geen = "VERZEND-GEEN" }}
[articles.revenue_groups]
"Hoog" = "Omzet hoog"
"#
    );
    winkelbrug::profile::read::settings(&text).unwrap()
}

//! A shop, books and the program on clocks that are moved together.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use testbed::{
    opencart::{OpenCartShop, ShopOptions},
    profile::text,
    program::{Ran, Winkelbrug},
    scene::Scene,
    snelstart::Options,
};

/// Far enough to let an order of unknown outcome be settled: more than ten minutes.
const STEP: u64 = 610;

pub struct Town {
    pub scene: Scene,
    ahead: u64,
    numbers: Vec<String>,
}

impl Town {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With more settings under `[sales]`.
    pub fn with(sales: &[(&str, &str)]) -> Self {
        let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
        let mut scene =
            Scene::of(shop, Options::default(), Winkelbrug::under_test().unwrap()).unwrap();
        for (key, value) in sales {
            scene.profile.set("sales", key, &text(value));
        }
        Self {
            scene: scene.ready().unwrap(),
            ahead: 0,
            numbers: Vec::new(),
        }
    }

    /// With booked invoices whose payments are booked in the bank's journal.
    pub fn paying() -> Self {
        let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
        let mut scene =
            Scene::of(shop, Options::default(), Winkelbrug::under_test().unwrap()).unwrap();
        for (key, value) in [("form", "booking"), ("booking_number", "order-number")] {
            scene.profile.set("sales", key, &text(value));
        }
        let method = "sales.payment.ideal";
        scene.profile.set(method, "journal", &text("Bank"));
        Self {
            scene: scene.ready().unwrap(),
            ahead: 0,
            numbers: Vec::new(),
        }
    }

    /// So many new orders, each of a new customer; the first sells an article the books do not
    /// have.
    pub fn sell(&mut self, count: usize) {
        let shop = &self.scene.shop;
        let (first, last) = shop.generate_orders(count, count).unwrap();
        let prefix = shop.prefix();
        shop.query(&format!(
            "UPDATE {prefix}order SET email = CONCAT('koper', order_id, '@example.com'),
                lastname = CONCAT('Test', order_id), payment_lastname = CONCAT('Test', order_id),
                shipping_lastname = CONCAT('Test', order_id)
             WHERE order_id BETWEEN {first} AND {last};
             UPDATE {prefix}order_product SET model = CONCAT(model, '-', order_id)
             WHERE order_id = {first};"
        ))
        .unwrap();
        self.numbers
            .extend((first..=last).map(|number| number.to_string()));
    }

    pub fn numbers(&self) -> &[String] {
        &self.numbers
    }

    /// Lets time go by on both clocks.
    pub fn pass(&mut self, seconds: u64) {
        self.ahead += seconds;
        let agent = &mut self.scene.agent;
        agent.set("WINKELBRUG_CLOCK_OFFSET_SECONDS", &self.ahead.to_string());
        self.scene
            .books
            .clock()
            .advance(Duration::from_secs(seconds));
    }

    pub fn run(&self) -> Ran {
        self.scene.agent.run(&["run", "demo", "--json"]).unwrap()
    }

    /// Runs until nothing waits for time to go by any more.
    pub fn finish(&mut self) {
        for _ in 0..8 {
            self.pass(STEP);
            let ran = self.run();
            assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.said());
            if self.states().keys().all(|state| state == "written") && ran.code == Some(0) {
                return;
            }
        }
        panic!("orders do not come to rest: {:?}", self.held());
    }

    /// As if a day had gone by since the daily work. Clocks cannot be moved so far: the shop's stays
    /// where it is, and a difference of a day is refused.
    pub fn daily_work_is_due(&self) {
        let file = self.scene.agent.data().join("journal.db");
        let journal = rusqlite::Connection::open(file).unwrap();
        let long_ago = "UPDATE cursors SET value = '0'
             WHERE name IN ('tidied', 'totals', 'held', 'products-all')";
        assert!(journal.execute(long_ago, []).unwrap() > 0);
    }

    pub fn step(&mut self) {
        self.pass(STEP);
    }

    fn listed(&self) -> Vec<Value> {
        let ran = self.scene.agent.run(&["orders", "demo", "--json"]).unwrap();
        let listed = ran.json().unwrap();
        listed.as_array().unwrap().clone()
    }

    pub fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for order in self.listed() {
            *states
                .entry(order["state"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        states
    }

    fn held(&self) -> Vec<String> {
        self.listed()
            .iter()
            .filter(|order| order["state"] != "written")
            .map(|order| format!("{} {} {}", order["number"], order["state"], order["reason"]))
            .collect()
    }

    /// Every order is a booked invoice under its number exactly once, and no sales order.
    pub fn each_invoice_exactly_once(&self) {
        let mut booked: Vec<String> = self.scene.books.read(|world| {
            let all = world.bookings.iter();
            all.map(|row| row.doc.text("factuurnummer").unwrap_or_default().to_owned())
                .collect()
        });
        booked.sort();
        let mut wanted = self.numbers.clone();
        wanted.sort();
        assert_eq!(booked, wanted);
        assert!(self.scene.books.orders().is_empty());
        assert!(self.scene.books.violations().is_empty());
    }

    /// Every invoice is settled by exactly one entry in the bank's journal, and nothing is open.
    pub fn each_payment_exactly_once(&self) {
        let books = &self.scene.books;
        let paid: Vec<(String, rust_decimal::Decimal)> = books.read(|world| {
            let entries = world.bank_entries.iter().flat_map(|entry| {
                let lines = entry.doc.list("verkoopboekingBoekingsRegels");
                assert_eq!(lines.len(), 1);
                lines
            });
            entries
                .map(|line| {
                    let booking = line.reference("boekingId").unwrap();
                    let booking = world.bookings.get(booking).unwrap();
                    let number = booking.doc.text("factuurnummer").unwrap().to_owned();
                    (number, line.amount("credit").unwrap())
                })
                .collect()
        });
        let mut numbers: Vec<&String> = paid.iter().map(|(number, _)| number).collect();
        numbers.sort();
        let mut wanted: Vec<&String> = self.numbers.iter().collect();
        wanted.sort();
        assert_eq!(numbers, wanted, "payments");
        for invoice in books.invoices() {
            assert!(invoice.open.is_zero(), "{invoice:?}");
        }
        assert!(books.violations().is_empty());
    }

    /// Every order, relation and article of ours is in the books exactly once, with its total, and
    /// bound to the order it belongs to.
    pub fn each_exactly_once(&self) {
        let books = &self.scene.books;
        let mut references: BTreeMap<String, usize> = BTreeMap::new();
        for order in books.orders() {
            *references.entry(order.payment_reference).or_default() += 1;
        }
        let wanted: BTreeMap<String, usize> = self
            .numbers
            .iter()
            .map(|number| (number.clone(), 1))
            .collect();
        assert_eq!(references, wanted, "orders");

        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for article in books.articles() {
            *codes.entry(article.code).or_default() += 1;
        }
        codes.retain(|_, count| *count > 1);
        assert!(codes.is_empty(), "articles that are there twice: {codes:?}");

        let mut emails: BTreeMap<String, usize> = BTreeMap::new();
        for relation in books.relations() {
            if relation.email.starts_with("koper") {
                *emails.entry(relation.email).or_default() += 1;
            }
        }
        assert_eq!(emails.len(), self.numbers.len(), "relations");
        emails.retain(|_, count| *count > 1);
        assert!(
            emails.is_empty(),
            "relations that are there twice: {emails:?}"
        );

        let bound: BTreeMap<String, String> = self
            .listed()
            .iter()
            .map(|order| {
                (
                    order["number"].as_str().unwrap().to_owned(),
                    order["administration_number"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        for order in books.orders() {
            assert_eq!(bound[&order.payment_reference], order.number.to_string());
            assert!(!order.blocked, "{} differs", order.payment_reference);
        }
    }
}

//! Export stock against a shop that goes on selling: whatever happens between reading and
//! sending, the shop ends with the right figure.
mod sides;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use rust_decimal::Decimal;
use winkelbrug::{
    administration::Budget,
    books::{Company, ProcessStage, StockStage},
    clock::SystemClock,
    failure::{Class, Failure, Result},
    journal::Journal,
    profile::settings,
    stop::Stop,
    sync::{
        Unobserved,
        report::StockCounts,
        stock::{
            Imported, RecentOrder, ShopStock, StockExport,
            pieces::{Booked, OpenOrder},
        },
    },
};

use self::sides::{FakeBooks, FakeShop};

/// A run: the shop's stock is read, `import` happens, the differences are sent.
struct Run<'a> {
    shop: &'a FakeShop,
    books: &'a FakeBooks,
    journal: Journal,
    settings: settings::Stock,
    _folder: tempfile::TempDir,
}

impl<'a> Run<'a> {
    fn new(shop: &'a FakeShop, books: &'a FakeBooks) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            shop,
            books,
            journal: Journal::open(folder.path()).unwrap(),
            settings: settings::Stock::default(),
            _folder: folder,
        }
    }

    async fn go(&self, import: impl FnOnce(&mut Imported)) -> Result<StockCounts> {
        self.run(false, import).await
    }

    async fn run(&self, dry_run: bool, import: impl FnOnce(&mut Imported)) -> Result<StockCounts> {
        let stop = Stop::new();
        let export = StockExport {
            profile: "demo",
            settings: &self.settings,
            shop: self.shop,
            books: self.books,
            journal: &self.journal,
            clock: Arc::new(SystemClock),
            observer: &Unobserved,
            stop: &stop,
        };
        let stock: ShopStock = export.read_shop().await?;
        let mut imported = Imported {
            finished: Timestamp::now(),
            company: company(StockStage::Alle),
            articles: self.books.mirror(),
            open: Vec::new(),
            recent: Vec::new(),
            touched: BTreeSet::new(),
        };
        import(&mut imported);
        export.push(stock, &imported, dry_run).await
    }
}

fn company(stock_stage: StockStage) -> Company {
    Company {
        id: "books".into(),
        name: "Books".into(),
        country: "NL".into(),
        numeric_article_codes: false,
        article_code_length: 20,
        article_prices_exclude_vat: true,
        price_decimals: 2,
        quantity_decimals: 2,
        stock_stage,
        small_business_scheme: false,
        foreign_vat: false,
        foreign: winkelbrug::books::ForeignVat::default(),
        vat_number: String::new(),
    }
}

fn waiting(code: &str, pieces: i64) -> OpenOrder {
    OpenOrder {
        booked: None,
        pieces: [(code.to_owned(), Decimal::from(pieces))].into(),
    }
}

/// The order as the import saw it in the shop.
fn seen(shop: &FakeShop, id: &str) -> RecentOrder {
    let state = shop.state.lock().unwrap();
    let (hash, codes) = &state.orders[id];
    RecentOrder {
        id: id.to_owned(),
        hash: hash.clone(),
        codes: codes.iter().cloned().collect(),
    }
}

async fn stopped(run: &Run<'_>) -> Failure {
    let failure = run.go(|_| ()).await.unwrap_err();
    assert_eq!(run.shop.rows_sent(), 0, "{failure}");
    failure
}

#[tokio::test]
async fn twelve_changes_among_fifty_thousand_articles_are_twelve_writes() {
    let names: Vec<String> = (0..50_000).map(|n| format!("A{n:05}")).collect();
    let figures: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let (shop, books) = (FakeShop::with(&figures), FakeBooks::with(&figures));
    for n in 0..12 {
        books.set(&names[n * 4000], 9);
    }
    let run = Run::new(&shop, &books);
    let counts = run.go(|_| ()).await.unwrap();
    assert_eq!((counts.sent, counts.unchanged), (12, 49_988));
    assert_eq!(shop.rows_sent(), 12);
    assert_eq!(shop.quantity("A04000"), 9);
    let again = run.go(|_| ()).await.unwrap();
    assert_eq!((again.sent, shop.rows_sent()), (0, 12));
}

#[tokio::test]
async fn waiting_orders_and_orders_the_figure_ignores_are_taken_off() {
    let (shop, books) = (FakeShop::with(&[("A", 1)]), FakeBooks::with(&[("A", 10)]));
    let written = |invoiced| OpenOrder {
        booked: Some(Booked {
            stage: ProcessStage::Order,
            invoiced,
        }),
        ..waiting("A", 2)
    };
    let run = Run::new(&shop, &books);
    run.go(|imported| {
        imported.company = company(StockStage::FactuurEnContantbon);
        imported.open = vec![waiting("A", 3), written(false), written(true)];
    })
    .await
    .unwrap();
    assert_eq!(shop.quantity("A"), 5);
}

#[tokio::test]
async fn a_sale_after_the_poll_keeps_its_effect() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 20)]));
    shop.before("stock_set", |state| state.sell("1", "A", 1));
    Run::new(&shop, &books).go(|_| ()).await.unwrap();
    assert_eq!(shop.quantity("A"), 19);
}

#[tokio::test]
async fn a_sale_between_the_reading_and_the_poll_is_counted_once() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 20)]));
    Run::new(&shop, &books)
        .go(|imported| {
            // Sold after the stock was read, polled, and waiting to be written.
            shop.state.lock().unwrap().sell("1", "A", 1);
            imported.open = vec![waiting("A", 1)];
            imported.recent = vec![seen(&shop, "1")];
        })
        .await
        .unwrap();
    assert_eq!(shop.quantity("A"), 19);
}

#[tokio::test]
async fn a_cancellation_or_an_edit_about_the_reading_is_counted_once() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 10)]));
    Run::new(&shop, &books)
        .go(|imported| {
            shop.state.lock().unwrap().sell("1", "A", -2);
            books.set("A", 12);
            imported.recent = vec![seen(&shop, "1")];
        })
        .await
        .unwrap();
    assert_eq!(shop.quantity("A"), 12);
}

#[tokio::test]
async fn an_article_sold_again_while_it_was_read_again_waits_for_the_next_run() {
    let figures = [("A", 10), ("B", 10)];
    let (shop, books) = (
        FakeShop::with(&figures),
        FakeBooks::with(&[("A", 20), ("B", 20)]),
    );
    let run = Run::new(&shop, &books);
    let counts = run
        .go(|imported| {
            shop.state.lock().unwrap().sell("1", "A", 1);
            imported.open = vec![waiting("A", 1)];
            imported.recent = vec![seen(&shop, "1")];
            shop.before("stock_read_keys", |state| state.sell("2", "A", 1));
        })
        .await
        .unwrap();
    assert_eq!((shop.quantity("A"), counts.left), (8, 1));
    assert_eq!(shop.quantity("B"), 20, "the others do not wait");
    run.go(|imported| {
        imported.open = vec![waiting("A", 2)];
        imported.recent = vec![seen(&shop, "1"), seen(&shop, "2")];
    })
    .await
    .unwrap();
    assert_eq!(shop.quantity("A"), 18);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_has_one_effect() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 7)]));
    *shop.lose.lock().unwrap() = 1;
    let run = Run::new(&shop, &books);
    let counts = run.go(|_| ()).await.unwrap();
    assert_eq!((counts.sent, shop.quantity("A")), (1, 7));
}

#[tokio::test]
async fn when_the_answer_stays_lost_the_next_run_reads_and_computes_anew() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 7)]));
    *shop.lose.lock().unwrap() = 2;
    let run = Run::new(&shop, &books);
    assert_eq!(run.go(|_| ()).await.unwrap_err().class, Class::Transient);
    let counts = run.go(|_| ()).await.unwrap();
    assert_eq!((counts.sent, shop.quantity("A")), (0, 7));
}

#[tokio::test]
async fn an_empty_or_shrunken_list_stops_the_task() {
    let names: Vec<String> = (0..10).map(|n| format!("A{n}")).collect();
    let figures: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let (shop, books) = (FakeShop::with(&figures), FakeBooks::with(&figures));
    let run = Run::new(&shop, &books);
    let mirror = books.mirror();
    for (kept, code) in [(0, "stock-list-empty"), (7, "stock-list-shrunken")] {
        *books.stock.lock().unwrap() = figures[..kept]
            .iter()
            .map(|(code, _)| ((*code).to_owned(), 9))
            .collect();
        let outcome = run.go(|imported| imported.articles = mirror.clone()).await;
        assert_eq!(outcome.unwrap_err().code, code);
        assert_eq!(shop.rows_sent(), 0);
    }
}

#[tokio::test]
async fn nothing_is_sent_when_most_of_the_shop_would_sell_out_at_once() {
    let names: Vec<String> = (0..30).map(|n| format!("A{n}")).collect();
    let full: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let empty: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 0)).collect();
    let (shop, books) = (FakeShop::with(&full), FakeBooks::with(&empty));
    let failure = stopped(&Run::new(&shop, &books)).await;
    assert_eq!(failure.code, "stock-to-zero");
    assert_eq!(failure.class, Class::Misconfigured);
}

#[tokio::test]
async fn with_few_calls_left_sold_articles_are_read_first_and_then_the_others_in_turn() {
    let figures = [("A", 1), ("B", 1), ("C", 1), ("D", 1)];
    let (shop, mut books) = (FakeShop::with(&figures), FakeBooks::with(&figures));
    for code in ["A", "B", "C", "D"] {
        books.set(code, 5);
    }
    // Two fifths of five calls: two articles an hour.
    books.budget = Some(Budget {
        left: 5,
        per_hour: 5,
    });
    let run = Run::new(&shop, &books);
    let counts = run
        .go(|imported| imported.touched = ["C".to_owned()].into())
        .await
        .unwrap();
    let asked = books.asked.lock().unwrap().clone();
    assert_eq!(asked, [Some(vec!["id-C".to_owned(), "id-A".to_owned()])]);
    assert_eq!((counts.sent, counts.left), (2, 2));
    assert_eq!((shop.quantity("C"), shop.quantity("D")), (5, 1));
    let counts = run.go(|_| ()).await.unwrap();
    assert_eq!(counts.sent, 0, "this hour's share is spent");
    assert_eq!(books.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_trial_run_says_what_it_would_send_and_sends_nothing() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 7)]));
    let counts = Run::new(&shop, &books).run(true, |_| ()).await.unwrap();
    assert_eq!((counts.sent, shop.rows_sent()), (1, 0));
}

#[tokio::test]
async fn codes_the_books_do_not_have_are_reported_by_name() {
    let figures = [("A", 1), ("X", 4)];
    let (shop, books) = (FakeShop::with(&figures), FakeBooks::with(&[("A", 1)]));
    let counts = Run::new(&shop, &books).go(|_| ()).await.unwrap();
    assert_eq!(counts.unknown, 1);
    assert_eq!(counts.reported[0].code, "stock-unknown-code");
    assert!(counts.reported[0].text.nl.starts_with("X:"));
}

#[tokio::test]
async fn every_write_is_in_the_journal_with_what_stood_there_before() {
    let (shop, books) = (FakeShop::with(&[("A", 10)]), FakeBooks::with(&[("A", 7)]));
    let run = Run::new(&shop, &books);
    run.go(|_| ()).await.unwrap();
    let row: (String, String, String, String) = run
        .journal
        .with(|connection| {
            connection.query_row(
                "SELECT key, before, after, outcome FROM stock_writes",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
        })
        .unwrap();
    let expected = ["p:A", "10", "7", "done"].map(str::to_owned);
    assert_eq!([row.0, row.1, row.2, row.3], expected);
}

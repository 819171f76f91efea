//! Books to write to: a simulator, a journal and the client between them.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, civil::date};
use rust_decimal::{Decimal, dec};
use tempfile::TempDir;
use testbed::snelstart::{Knobs, NewArticle, Options, Simulator};
use winkelbrug::{
    administration::{
        Administration, Mirror,
        limiter::Rates,
        mirror::Refreshed,
        snelstart_online::{Keys, SnelStart, Tuning},
    },
    books::{
        Article, ArticleDraft, ArticleRef, BookAddress, LineDraft, Lookups, OrderDraft, PriceMode,
        ProcessStage, Relation, RelationDraft, VatKind,
    },
    clock::{SharedClock, SystemClock},
    journal::Journal,
    profile::{Secret, settings},
    stop::Stop,
};

/// Simulator, journal and client.
pub struct House {
    pub books: Simulator,
    pub journal: Journal,
    pub client: SnelStart,
    pub clock: SharedClock,
    pub folder: TempDir,
    pub stop: Stop,
    /// The test sends what the API's definition forbids, on purpose.
    pub breaks_definition: bool,
}

/// No limit worth the name: for tests of something else.
pub const FREE: Tuning = Tuning {
    rates: Rates::new(100_000, 1_000_000, 50),
    patience: Duration::from_secs(10),
};

impl House {
    pub fn new() -> Self {
        Self::with(Options::default(), FREE)
    }

    pub fn with_knobs(knobs: Knobs) -> Self {
        let options = Options {
            knobs,
            ..Options::default()
        };
        Self::with(options, FREE)
    }

    pub fn with(options: Options, tuning: Tuning) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let clock = options.clock.clone();
        let books = Simulator::start(options).unwrap();
        let stop = Stop::new();
        let client = client(&books, &journal, &clock, &stop, tuning);
        Self {
            books,
            journal,
            client,
            clock,
            folder,
            stop,
            breaks_definition: false,
        }
    }

    /// Another profile on the same administration, in the same process.
    pub fn another_client(&self) -> SnelStart {
        client(&self.books, &self.journal, &self.clock, &self.stop, FREE)
    }

    /// A client with other keys.
    pub fn client_with(&self, connection: &str, subscription: &str) -> SnelStart {
        let keys = Keys {
            connection: Secret::new(connection),
            subscription: Secret::new(subscription),
        };
        let settings = administration(&self.books);
        SnelStart::tuned(
            &settings,
            keys,
            &self.journal,
            self.clock.clone(),
            Stop::new(),
            FREE,
        )
        .unwrap()
    }

    pub async fn lookups(&self) -> Lookups {
        self.client.lookups().await.unwrap()
    }

    pub async fn group(&self, kind: VatKind) -> String {
        let groups = self.lookups().await.revenue_groups;
        groups
            .into_iter()
            .find(|group| group.vat == kind)
            .unwrap()
            .id
    }

    pub async fn relation(&self, code: i64) -> Relation {
        self.client.create_relation(&buyer(code)).await.unwrap()
    }

    /// An article made in the books beforehand.
    pub async fn article(&self, code: &str) -> Article {
        if self.books.article_by_code(code).is_none() {
            let new = NewArticle::new(code, "Lamp, rood", "Hoog").stocked(40);
            self.books.add_article(new).unwrap();
        }
        self.client.find_articles(code).await.unwrap().remove(0)
    }

    pub async fn mirror(&self) -> Mirror {
        Mirror::open(&self.journal, "winkel", &self.client)
            .await
            .unwrap()
    }

    pub async fn refresh(&self, mirror: &Mirror) -> Refreshed {
        self.refresh_at(mirror, self.clock.now()).await
    }

    pub async fn refresh_at(&self, mirror: &Mirror, now: Timestamp) -> Refreshed {
        mirror
            .refresh(&self.client, now, &mut |_, _| Ok(()))
            .await
            .unwrap()
    }

    /// Calls the books counted while `work` was done.
    pub async fn calls<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.books.requests().api_calls();
        let result = work.await;
        (result, self.books.requests().api_calls() - before)
    }
}

impl Drop for House {
    /// Nothing was ever sent that the API's own definition does not allow.
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.breaks_definition {
            assert_eq!(self.books.violations(), []);
        }
    }
}

fn administration(books: &Simulator) -> settings::Administration {
    settings::Administration {
        kind: settings::AdministrationKind::SnelstartOnline,
        api_url: books.api_url(),
        auth_url: books.auth_url(),
    }
}

fn client(
    books: &Simulator,
    journal: &Journal,
    clock: &SharedClock,
    stop: &Stop,
    tuning: Tuning,
) -> SnelStart {
    let keys = Keys {
        connection: Secret::new(books.connection_key()),
        subscription: Secret::new(books.subscription_key()),
    };
    SnelStart::tuned(
        &administration(books),
        keys,
        journal,
        clock.clone(),
        stop.clone(),
        tuning,
    )
    .unwrap()
}

/// The machine's clock.
pub fn clock() -> SharedClock {
    Arc::new(SystemClock)
}

pub fn address() -> BookAddress {
    BookAddress {
        contact: "A. Jansen".to_owned(),
        street: "Dorpsstraat 1".to_owned(),
        postcode: "1234 AB".to_owned(),
        city: "Utrecht".to_owned(),
        country: "NL".to_owned(),
    }
}

pub fn buyer(code: i64) -> RelationDraft {
    RelationDraft {
        code: Some(code),
        name: "A. Jansen".to_owned(),
        email: format!("klant{code}@example.nl"),
        phone: "030-1234567".to_owned(),
        address: address(),
        payment_term: Some(14),
        memo: "Uit de webwinkel".to_owned(),
        ..RelationDraft::default()
    }
}

pub fn article(code: &str, group: &str) -> ArticleDraft {
    ArticleDraft {
        code: code.to_owned(),
        description: "Lamp, rood".to_owned(),
        revenue_group: group.to_owned(),
        price: dec!(12.10),
        keeps_stock: true,
        extra: Default::default(),
    }
}

pub fn line(article: &str, quantity: Decimal, price: Decimal) -> LineDraft {
    LineDraft {
        article: Some(ArticleRef::Existing(article.to_owned())),
        code: String::new(),
        description: "Lamp, rood".to_owned(),
        quantity,
        unit_price: price,
        discount_percent: Decimal::ZERO,
        above: false,
    }
}

pub fn order(reference: &str, lines: Vec<LineDraft>) -> OrderDraft {
    OrderDraft {
        date: date(2026, 11, 21),
        payment_reference: reference.to_owned(),
        order_reference: "PO 77".to_owned(),
        description: format!("Webshop {reference}"),
        template: None,
        stage: ProcessStage::Order,
        blocked: None,
        cost_centre: None,
        payment_term: None,
        price_mode: PriceMode::Inclusief,
        invoice_address: Some(address()),
        delivery_address: Some(address()),
        memo: String::new(),
        invoice_discount: Decimal::ZERO,
        lines,
    }
}

//! A shop that sells while it is read, and books that only count.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;
use winkelbrug::{
    administration::{Administration, Budget, Capabilities, Part, Read, Sink},
    books::{
        Accounts, Article, ArticleDraft, ArticleStock, BookedOrder, Booking, BookingDraft, Company,
        Daybook, Lookups, OrderDraft, Payment, PaymentDraft, Relation, RelationDraft, Till,
    },
    failure::{Failure, Result},
    shop::{Page, RawOrder, Shop},
    text,
};
use winkelbrug_protocol::{
    operation::{Position, StockWrite},
    record::{
        DayTotal, Hello, Lookups as ShopLookups, OrderHead, Product, ShopCustomer, StockLevel,
        StockOutcome, StockResult,
    },
};

type Happening = Box<dyn FnOnce(&mut State) + Send>;

/// What the shop's database holds.
#[derive(Default)]
pub struct State {
    /// Quantity per article code; the key is `p:` and the code.
    pub stock: BTreeMap<String, Decimal>,
    /// Orders: id -> (hash, codes).
    pub orders: BTreeMap<String, (String, Vec<String>)>,
}

impl State {
    /// A sale (or with a negative quantity a cancellation).
    pub fn sell(&mut self, id: &str, code: &str, pieces: i64) {
        *self.stock.get_mut(code).unwrap() -= Decimal::from(pieces);
        let count = self.orders.len();
        self.orders
            .insert(id.to_owned(), (format!("h{count}"), vec![code.to_owned()]));
    }
}

#[derive(Default)]
pub struct FakeShop {
    pub state: Mutex<State>,
    /// What happens just before the call of that name.
    pub before: Mutex<HashMap<&'static str, Vec<Happening>>>,
    /// So many answers of `stock_set` are lost after they took effect.
    pub lose: Mutex<u32>,
    pub sent: Mutex<Vec<Vec<StockWrite>>>,
    outcomes: Mutex<HashMap<String, Vec<StockResult>>>,
}

impl FakeShop {
    pub fn with(stock: &[(&str, i64)]) -> Self {
        let shop = Self::default();
        for (code, quantity) in stock {
            let mut state = shop.state.lock().unwrap();
            state
                .stock
                .insert((*code).to_owned(), Decimal::from(*quantity));
        }
        shop
    }

    pub fn before(&self, call: &'static str, happening: impl FnOnce(&mut State) + Send + 'static) {
        let mut before = self.before.lock().unwrap();
        before.entry(call).or_default().push(Box::new(happening));
    }

    pub fn quantity(&self, code: &str) -> i64 {
        let state = self.state.lock().unwrap();
        i64::try_from(state.stock[code]).unwrap()
    }

    pub fn rows_sent(&self) -> usize {
        self.sent.lock().unwrap().iter().map(Vec::len).sum()
    }

    fn happen(&self, call: &'static str) {
        let happenings = self.before.lock().unwrap().remove(call).unwrap_or_default();
        for happening in happenings {
            happening(&mut self.state.lock().unwrap());
        }
    }

    fn levels(&self) -> Vec<StockLevel> {
        let state = self.state.lock().unwrap();
        let level = |(code, quantity): (&String, &Decimal)| StockLevel {
            key: format!("p:{code}"),
            code: code.clone(),
            sku: None,
            name: format!("Product {code}"),
            quantity: *quantity,
            tracked: true,
            parent: None,
        };
        state.stock.iter().map(level).collect()
    }

    fn write(&self, row: &StockWrite) -> StockResult {
        let mut state = self.state.lock().unwrap();
        let code = row.key.trim_start_matches("p:");
        let quantity = state.stock.get_mut(code).unwrap();
        let before = *quantity;
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        *quantity += number(&row.target) - number(&row.read);
        StockResult {
            key: row.key.clone(),
            outcome: StockOutcome::Done,
            before: Some(before),
            after: Some(*quantity),
        }
    }
}

fn unused<T>() -> Result<T> {
    Err(Failure::bug("unused", text!("", "")))
}

#[async_trait]
impl Shop for FakeShop {
    async fn hello(&self) -> Result<Hello> {
        unused()
    }
    async fn lookups(&self) -> Result<ShopLookups> {
        unused()
    }
    async fn order_heads(&self, _: Option<&str>, _: Option<&Position>) -> Result<Page<OrderHead>> {
        self.happen("order_heads");
        let state = self.state.lock().unwrap();
        let head = |(id, (hash, _)): (&String, &(String, Vec<String>))| OrderHead {
            id: id.clone(),
            changed_at: String::new(),
            stamp: String::new(),
            hash: hash.clone(),
        };
        Ok(Page {
            records: state.orders.iter().map(head).collect(),
            next: None,
        })
    }
    async fn orders(&self, ids: &[String]) -> Result<Vec<RawOrder>> {
        let state = self.state.lock().unwrap();
        Ok(ids
            .iter()
            .map(|id| {
                let lines: Vec<_> = state.orders[id].1.iter().map(|code| line(code)).collect();
                let order = order(id, &lines);
                RawOrder {
                    id: id.clone(),
                    raw: order.to_string(),
                    order: serde_json::from_value(order)
                        .map(Box::new)
                        .map_err(|error| winkelbrug::text::Text::same(error.to_string())),
                }
            })
            .collect())
    }
    async fn order_by_number(&self, _: &str) -> Result<Option<RawOrder>> {
        unused()
    }
    async fn totals(&self, _: jiff::civil::Date) -> Result<Vec<DayTotal>> {
        unused()
    }
    async fn customers(&self, _: Option<&str>, _: Option<&Position>) -> Result<Page<ShopCustomer>> {
        unused()
    }
    async fn products(&self, _: Option<&str>, _: Option<&Position>) -> Result<Page<Product>> {
        Ok(Page {
            records: Vec::new(),
            next: None,
        })
    }
    async fn stock_read(&self, _: Option<&str>) -> Result<Page<StockLevel, String>> {
        Ok(Page {
            records: self.levels(),
            next: None,
        })
    }
    async fn stock_read_keys(&self, keys: &[String]) -> Result<Vec<StockLevel>> {
        self.happen("stock_read_keys");
        let mut levels = self.levels();
        levels.retain(|level| keys.contains(&level.key));
        Ok(levels)
    }
    async fn stock_set(&self, idempotency: &str, rows: &[StockWrite]) -> Result<Vec<StockResult>> {
        self.happen("stock_set");
        self.sent.lock().unwrap().push(rows.to_vec());
        let known = self.outcomes.lock().unwrap().get(idempotency).cloned();
        let results = known.unwrap_or_else(|| rows.iter().map(|row| self.write(row)).collect());
        let mut outcomes = self.outcomes.lock().unwrap();
        outcomes.insert(idempotency.to_owned(), results.clone());
        let mut lose = self.lose.lock().unwrap();
        if *lose > 0 {
            *lose -= 1;
            return Err(Failure::transient("lost", text!("", "")).outcome_unknown());
        }
        Ok(results)
    }
}

fn line(code: &str) -> serde_json::Value {
    serde_json::json!({
        "id": "1", "product_id": null, "code": code, "sku": null, "ean": null, "name": "",
        "quantity": "1", "price": "1", "tax": "0", "total": "1", "tax_class": null, "options": []
    })
}

fn order(id: &str, lines: &[serde_json::Value]) -> serde_json::Value {
    let named = serde_json::json!({"id": "", "name": ""});
    let address = serde_json::json!({
        "first_name": "", "last_name": "", "company": "", "line1": "", "line2": "", "postcode": "",
        "city": "", "zone": "", "country": "", "country_name": "", "custom_fields": []
    });
    serde_json::json!({
        "id": id, "number": id, "hash": "", "store": named, "placed_at": "", "placed_local": "",
        "changed_at": "", "status": {"id": "", "name": "", "kind": "processing"}, "language": "",
        "money": {"code": "EUR", "order_code": "EUR", "rate": "1", "order_total": "1"},
        "customer": {
            "id": null, "group": named, "first_name": "", "last_name": "", "email": "",
            "telephone": "", "vat_number": null, "chamber_of_commerce": null, "custom_fields": []
        },
        "invoice_address": address, "delivery_address": null,
        "payment": {"code": "", "title": ""}, "shipping": null, "comment": "",
        "invoice_number": null, "shop_reference": null, "lines": lines, "gift_cards": [],
        "totals": [], "total": "1", "history": [], "remarks": []
    })
}

/// Books with free stock per code; one call per article, three for all.
pub struct FakeBooks {
    pub stock: Mutex<BTreeMap<String, i64>>,
    pub budget: Option<Budget>,
    pub asked: Mutex<Vec<Option<Vec<String>>>>,
}

impl FakeBooks {
    pub fn with(stock: &[(&str, i64)]) -> Self {
        let stock = stock.iter().map(|(code, n)| ((*code).to_owned(), *n));
        Self {
            stock: Mutex::new(stock.collect()),
            budget: None,
            asked: Mutex::default(),
        }
    }

    pub fn set(&self, code: &str, figure: i64) {
        self.stock.lock().unwrap().insert(code.to_owned(), figure);
    }

    pub fn mirror(&self) -> Vec<Article> {
        let stock = self.stock.lock().unwrap();
        stock
            .keys()
            .map(|code| Article {
                id: format!("id-{code}"),
                code: code.clone(),
                description: code.clone(),
                revenue_group: String::new(),
                price: Decimal::ONE,
                unit: String::new(),
                active: true,
                keeps_stock: true,
                technical_stock: Decimal::ZERO,
                free_stock: Decimal::ZERO,
                has_parts: false,
                parts: Vec::new(),
                recipe: None,
                extra: Default::default(),
                modified: None,
            })
            .collect()
    }
}

#[async_trait]
impl Administration for FakeBooks {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            finds_orders: true,
            stock: true,
            payment_reference_length: 50,
            description_length: 50,
            accounts_at_hand: false,
        }
    }
    async fn company(&self) -> Result<Company> {
        unused()
    }
    async fn lookups(&self) -> Result<Lookups> {
        unused()
    }
    async fn articles(&self, _: Part, _: Sink<'_, Article>) -> Result<Read> {
        unused()
    }
    async fn relations(&self, _: Part, _: Sink<'_, Relation>) -> Result<Read> {
        unused()
    }
    async fn orders(&self, _: Part, _: Sink<'_, BookedOrder>) -> Result<Read> {
        unused()
    }
    async fn find_orders(&self, _: &str) -> Result<Vec<BookedOrder>> {
        unused()
    }
    async fn find_relation(&self, _: i64) -> Result<Option<Relation>> {
        unused()
    }
    async fn find_articles(&self, _: &str) -> Result<Vec<Article>> {
        unused()
    }
    async fn order(&self, _: &str) -> Result<Option<BookedOrder>> {
        unused()
    }
    async fn create_relation(&self, _: &RelationDraft) -> Result<Relation> {
        unused()
    }
    async fn update_relation(&self, _: &str, _: &RelationDraft) -> Result<Relation> {
        unused()
    }
    async fn create_article(&self, _: &ArticleDraft) -> Result<Article> {
        unused()
    }
    async fn update_article(&self, _: &str, _: &ArticleDraft) -> Result<Article> {
        unused()
    }
    async fn create_order(&self, _: &str, _: &OrderDraft) -> Result<BookedOrder> {
        unused()
    }
    async fn delete_order(&self, _: &str) -> Result<()> {
        unused()
    }
    async fn accounts(&self) -> Result<Accounts> {
        unused()
    }
    async fn find_booking(&self, _: &str) -> Result<Option<Booking>> {
        unused()
    }
    async fn create_booking(&self, _: &str, _: &BookingDraft) -> Result<Booking> {
        unused()
    }
    async fn daybooks(&self) -> Result<Vec<Daybook>> {
        unused()
    }
    async fn find_payments(&self, _: Till, _: &str) -> Result<Vec<Payment>> {
        unused()
    }
    async fn create_payment(&self, _: &PaymentDraft) -> Result<Payment> {
        unused()
    }
    async fn block_order(&self, _: &str) -> Result<()> {
        unused()
    }
    async fn stock(&self, articles: Option<&[String]>) -> Result<Vec<ArticleStock>> {
        self.asked
            .lock()
            .unwrap()
            .push(articles.map(<[String]>::to_vec));
        let stock = self.stock.lock().unwrap();
        Ok(stock
            .iter()
            .filter(|(code, _)| articles.is_none_or(|ids| ids.contains(&format!("id-{code}"))))
            .map(|(code, figure)| ArticleStock {
                article: format!("id-{code}"),
                code: code.clone(),
                keeps_stock: true,
                technical: Decimal::from(*figure),
                free: Decimal::from(*figure),
                read_at: Timestamp::now(),
            })
            .collect())
    }
    fn stock_calls(&self, articles: Option<usize>) -> u32 {
        articles.map_or(3, |count| u32::try_from(count).unwrap())
    }
    fn budget(&self) -> Option<Budget> {
        self.budget
    }
}

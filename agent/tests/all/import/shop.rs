//! A shop in memory: orders that change, pages, and a switch to take it off the air.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use rust_decimal::{Decimal, dec};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use winkelbrug::{
    failure::{Failure, Result},
    shop::{Awaited, Page, RawOrder, Shop, read_order},
    text,
    text::Text,
};
use winkelbrug_protocol::{
    operation::{Position, StockWrite},
    record::{
        Address, Counts, Customer, DayTotal, Hello, Limits, Line, Lookups, Method, Money, Named,
        Order, OrderHead, OtherReader, Product, RateKind, RowRate, ShopCustomer, ShopIdentity,
        Status, StatusKind, StockLevel, StockOutcome, StockResult, TaxClass, TaxRate, TotalKind,
        TotalRow,
    },
};

/// What the shop's own text begins with.
const OWN: &str = "eigen tekst: ";

/// Records in a page: small, so that every test pages.
const PAGE: usize = 3;

#[derive(Default)]
pub struct FakeShop {
    pub orders: Mutex<Vec<Order>>,
    /// Bodies that come garbled, by id.
    pub garbled: Mutex<Vec<String>>,
    pub down: AtomicBool,
    /// It gives orders in a text only it can read.
    pub own_text: AtomicBool,
    /// Statuses the shop does not name.
    pub unnamed_statuses: Mutex<Vec<StatusKind>>,
    /// Its program edits orders without a trace.
    pub silent_edits: AtomicBool,
    /// What it sells; none = its file may not tell that.
    pub products: Mutex<Option<Vec<Product>>>,
    pub products_asked: AtomicU32,
    pub heads_asked: AtomicU32,
    pub bodies_asked: AtomicU32,
    /// Stock by article code.
    pub stock: Mutex<Vec<(String, Decimal)>>,
    pub stock_written: Mutex<Vec<StockWrite>>,
    /// Who else reads it.
    pub other_reader: Mutex<Option<OtherReader>>,
    /// Until it is let go, it says nothing at all.
    pub hangs: Mutex<Option<Arc<Notify>>>,
    /// Run once before the second page is answered.
    #[allow(clippy::type_complexity)]
    pub between_pages: Mutex<Option<Box<dyn FnOnce(&mut Vec<Order>) + Send>>>,
}

impl FakeShop {
    pub fn with(orders: Vec<Order>) -> Self {
        Self {
            orders: Mutex::new(orders),
            ..Self::default()
        }
    }

    pub fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        self.orders.lock().unwrap()
    }

    /// Changes an order; its content's hash follows, and its stamp when `at` says so.
    pub fn edit(&self, id: &str, at: Option<Timestamp>, change: impl FnOnce(&mut Order)) {
        let mut orders = self.orders();
        let order = orders.iter_mut().find(|order| order.id == id).unwrap();
        change(order);
        if let Some(at) = at {
            order.changed_at = at.to_string();
        }
        rehash(order);
    }

    fn up(&self) -> Result<()> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Failure::transient(
                "shop-down",
                text!("De winkel is weg.", "The shop is gone."),
            )
            .no_connection());
        }
        Ok(())
    }
}

/// A new hash after a change.
pub fn rehash(order: &mut Order) {
    order.hash = String::new();
    let text = serde_json::to_string(order).unwrap();
    order.hash = hex::encode(Sha256::digest(text));
}

/// An order of one piece of that article at 12.10 with 21% VAT, paid, by a customer of its own.
pub fn order(id: u32, code: &str, at: Timestamp) -> Order {
    let address = Address {
        first_name: "Anna".into(),
        last_name: format!("Klant{id}"),
        line1: "Dorpsstraat 1".into(),
        postcode: "1234 AB".into(),
        city: "Dorp".into(),
        country: "NL".into(),
        country_name: "Nederland".into(),
        ..Address::default()
    };
    let mut order = Order {
        id: id.to_string(),
        number: format!("{}", 1000 + id),
        hash: String::new(),
        store: Named::default(),
        placed_at: at.to_string(),
        placed_local: at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        changed_at: at.to_string(),
        status: status(StatusKind::Processing),
        language: "nl-nl".into(),
        money: Money {
            code: "EUR".into(),
            order_code: "EUR".into(),
            rate: dec!(1),
            order_total: dec!(12.10),
        },
        customer: Customer {
            id: Some(format!("c{id}")),
            group: Named::default(),
            first_name: "Anna".into(),
            last_name: format!("Klant{id}"),
            email: format!("klant{id}@voorbeeld.nl"),
            telephone: "0101234567".into(),
            vat_number: None,
            chamber_of_commerce: None,
            custom_fields: Vec::new(),
        },
        invoice_address: address.clone(),
        delivery_address: Some(address),
        payment: Method {
            code: "mollie_ideal".into(),
            title: "iDEAL".into(),
        },
        shipping: None,
        comment: String::new(),
        invoice_number: None,
        invoice_date: None,
        shop_reference: None,
        lines: vec![Line {
            id: "1".into(),
            product_id: Some("7".into()),
            code: code.into(),
            sku: None,
            ean: None,
            name: format!("Product {code}"),
            quantity: dec!(1),
            price: dec!(10),
            tax: dec!(2.10),
            total: dec!(10),
            tax_class: Some(Named {
                id: "1".into(),
                name: "Hoog".into(),
            }),
            options: Vec::new(),
            percent: None,
            total_incl: None,
            heading: false,
            levy: None,
            custom_fields: Vec::new(),
        }],
        gift_cards: Vec::new(),
        totals: vec![
            row("sub_total", TotalKind::SubTotal, dec!(10), None),
            row("tax", TotalKind::Tax, dec!(2.10), Some(dec!(21))),
            row("total", TotalKind::Total, dec!(12.10), None),
        ],
        total: dec!(12.10),
        history: Vec::new(),
        remarks: Vec::new(),
        refunds: Vec::new(),
        replaces: None,
        paid: None,
        paid_on: None,
        received: None,
        custom_fields: Vec::new(),
    };
    rehash(&mut order);
    order
}

/// A coupon of 1.21 with its VAT on an order of [`order`].
pub fn with_coupon(mut order: Order) -> Order {
    order.totals = vec![
        row("sub_total", TotalKind::SubTotal, dec!(10), None),
        row("coupon", TotalKind::Discount, dec!(-1), None),
        row("tax", TotalKind::Tax, dec!(1.89), Some(dec!(21))),
        row("total", TotalKind::Total, dec!(10.89), None),
    ];
    order.total = dec!(10.89);
    order.money.order_total = dec!(10.89);
    rehash(&mut order);
    order
}

/// An order whose VAT no Dutch rate explains.
pub fn with_unknown_rate(mut order: Order) -> Order {
    order.lines[0].tax = dec!(1.35);
    order.totals = vec![
        row("sub_total", TotalKind::SubTotal, dec!(10), None),
        row("tax", TotalKind::Tax, dec!(1.35), Some(dec!(13.5))),
        row("total", TotalKind::Total, dec!(11.35), None),
    ];
    order.total = dec!(11.35);
    order.money.order_total = dec!(11.35);
    rehash(&mut order);
    order
}

pub fn status(kind: StatusKind) -> Status {
    let (id, name) = match kind {
        StatusKind::Pending => ("1", "Pending"),
        StatusKind::Processing => ("2", "Processing"),
        StatusKind::Complete => ("5", "Complete"),
        StatusKind::Cancelled => ("7", "Canceled"),
        _ => ("9", "Other"),
    };
    Status {
        id: id.into(),
        name: name.into(),
        kind,
    }
}

fn row(code: &str, kind: TotalKind, amount: Decimal, rate: Option<Decimal>) -> TotalRow {
    TotalRow {
        code: code.into(),
        kind,
        title: code.into(),
        amount,
        rate: rate.map(|rate| RowRate {
            rate,
            kind: RateKind::Percent,
        }),
        tax_class: None,
        parts: Vec::new(),
    }
}

fn level(code: &str, quantity: Decimal) -> StockLevel {
    StockLevel {
        key: format!("p:{code}"),
        code: code.into(),
        sku: None,
        name: code.into(),
        quantity,
        tracked: true,
        parent: None,
    }
}

fn unused<T>() -> Result<T> {
    Err(Failure::bug("unused", text!("niet gebruikt", "not used")))
}

#[async_trait]
impl Shop for FakeShop {
    async fn hello(&self) -> Result<Hello> {
        self.up()?;
        let mut capabilities = Vec::new();
        if self.silent_edits.load(Ordering::Relaxed) {
            capabilities.push("silent_edits".to_owned());
        }
        Ok(Hello {
            bridge: "winkelbrug-bridge".to_owned(),
            version: "0.1.0".to_owned(),
            digest: String::new(),
            platform: "magento1".to_owned(),
            platform_version: String::new(),
            php: String::new(),
            database_driver: String::new(),
            database_version: String::new(),
            table_prefix: String::new(),
            shop: ShopIdentity {
                name: String::new(),
                url: String::new(),
                host: String::new(),
                database: String::new(),
            },
            other_reader: None,
            operations: Vec::new(),
            capabilities,
            stock_decimals: 0,
            limits: Limits {
                seconds: 20,
                memory: 96 << 20,
            },
            time_zone: "UTC".to_owned(),
            time_zone_source: "setting".to_owned(),
            currency: "EUR".to_owned(),
            now: "2026-11-21T12:00:00Z".to_owned(),
            counts: Counts {
                orders: 0,
                abandoned: 0,
                products: 0,
                customers: 0,
            },
        })
    }

    async fn other_reader(&self) -> Result<Option<OtherReader>> {
        let hangs = self.hangs.lock().unwrap().clone();
        if let Some(hangs) = hangs {
            hangs.notified().await;
            *self.hangs.lock().unwrap() = None;
        }
        Ok(self.other_reader.lock().unwrap().clone())
    }

    fn awaits(&self) -> Option<Awaited> {
        self.hangs.lock().unwrap().as_ref().map(|_| Awaited {
            what: Text::same("iets"),
            since: Duration::from_secs(9),
            number: 1,
        })
    }

    async fn lookups(&self) -> Result<Lookups> {
        self.up()?;
        let statuses = [
            StatusKind::Pending,
            StatusKind::Processing,
            StatusKind::Complete,
            StatusKind::Cancelled,
        ];
        let unnamed = self.unnamed_statuses.lock().unwrap().clone();
        Ok(Lookups {
            order_statuses: statuses
                .into_iter()
                .filter(|kind| !unnamed.contains(kind))
                .map(status)
                .collect(),
            tax_classes: vec![TaxClass {
                id: "1".into(),
                name: "Hoog".into(),
                rate_ids: vec!["1".into()],
            }],
            tax_rates: vec![TaxRate {
                id: "1".into(),
                name: "tax".into(),
                rate: dec!(21),
                kind: RateKind::Percent,
                countries: vec!["NL".into()],
            }],
            country: "NL".into(),
            ..Lookups::default()
        })
    }

    async fn order_heads(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<OrderHead>> {
        self.up()?;
        self.heads_asked.fetch_add(1, Ordering::Relaxed);
        if after.is_some()
            && let Some(change) = self.between_pages.lock().unwrap().take()
        {
            change(&mut self.orders());
        }
        let since: Option<Timestamp> = since.map(|since| since.parse().unwrap());
        let mut heads: Vec<(Timestamp, u64, OrderHead)> = self
            .orders()
            .iter()
            .map(|order| {
                let changed: Timestamp = order.changed_at.parse().unwrap();
                let head = OrderHead {
                    id: order.id.clone(),
                    changed_at: order.changed_at.clone(),
                    stamp: order.changed_at.clone(),
                    hash: order.hash.clone(),
                };
                (changed, order.id.parse().unwrap(), head)
            })
            .filter(|(changed, _, _)| since.is_none_or(|since| *changed >= since))
            .filter(|(changed, id, _)| {
                after.is_none_or(|after| {
                    let stamp: Timestamp = after.stamp.parse().unwrap();
                    (*changed, *id) > (stamp, after.id.parse().unwrap())
                })
            })
            .collect();
        heads.sort_by_key(|(changed, id, _)| (*changed, *id));
        let more = heads.len() > PAGE;
        let records: Vec<OrderHead> = heads
            .into_iter()
            .take(PAGE)
            .map(|(_, _, head)| head)
            .collect();
        let next = records.last().filter(|_| more).map(|last| Position {
            stamp: last.stamp.clone(),
            id: last.id.clone(),
        });
        Ok(Page { records, next })
    }

    async fn orders(&self, ids: &[String]) -> Result<Vec<RawOrder>> {
        self.up()?;
        self.bodies_asked.fetch_add(1, Ordering::Relaxed);
        let garbled = self.garbled.lock().unwrap().clone();
        let own = match self.own_text.load(Ordering::Relaxed) {
            true => OWN,
            false => "",
        };
        Ok(self
            .orders()
            .iter()
            .filter(|order| ids.contains(&order.id))
            .map(|order| {
                let broken = garbled.contains(&order.id);
                RawOrder {
                    id: order.id.clone(),
                    raw: if broken {
                        "{\"id\":7}".into()
                    } else {
                        format!("{own}{}", serde_json::to_string(order).unwrap())
                    },
                    order: if broken {
                        Err(winkelbrug::text::Text::same("garbled"))
                    } else {
                        Ok(Box::new(order.clone()))
                    },
                }
            })
            .collect())
    }

    fn read(&self, _id: &str, raw: &str) -> std::result::Result<Box<Order>, Text> {
        read_order(raw.strip_prefix(OWN).unwrap_or(raw))
    }

    async fn order_by_number(&self, _number: &str) -> Result<Option<RawOrder>> {
        unused()
    }

    async fn totals(&self, from: Date) -> Result<Vec<DayTotal>> {
        self.up()?;
        let mut totals: Vec<DayTotal> = Vec::new();
        for order in self.orders().iter() {
            let day = order.placed_local[..10].to_owned();
            if day < from.to_string() {
                continue;
            }
            match totals
                .iter_mut()
                .find(|total| total.day == day && total.status_id == order.status.id)
            {
                Some(total) => {
                    total.count += 1;
                    total.total += order.total;
                }
                None => totals.push(DayTotal {
                    day,
                    status_id: order.status.id.clone(),
                    count: 1,
                    total: order.total,
                }),
            }
        }
        Ok(totals)
    }

    async fn customers(
        &self,
        _since: Option<&str>,
        _after: Option<&Position>,
    ) -> Result<Page<ShopCustomer>> {
        unused()
    }

    async fn products(
        &self,
        _since: Option<&str>,
        _after: Option<&Position>,
    ) -> Result<Page<Product>> {
        self.up()?;
        self.products_asked.fetch_add(1, Ordering::Relaxed);
        let products = self.products.lock().unwrap().clone();
        let may_not = || {
            Failure::misconfigured(
                "bridge-too-little",
                text!("Het koppelbestand mag dit niet", "The file may not do this"),
            )
        };
        Ok(Page {
            records: products.ok_or_else(may_not)?,
            next: None,
        })
    }

    async fn stock_read(&self, _after: Option<&str>) -> Result<Page<StockLevel, String>> {
        self.up()?;
        let records = self
            .stock
            .lock()
            .unwrap()
            .iter()
            .map(|(code, quantity)| level(code, *quantity))
            .collect();
        Ok(Page {
            records,
            next: None,
        })
    }

    async fn stock_read_keys(&self, keys: &[String]) -> Result<Vec<StockLevel>> {
        let mut all = self.stock_read(None).await?.records;
        all.retain(|level| keys.contains(&level.key));
        Ok(all)
    }

    async fn stock_set(&self, _idempotency: &str, rows: &[StockWrite]) -> Result<Vec<StockResult>> {
        self.up()?;
        self.stock_written.lock().unwrap().extend_from_slice(rows);
        Ok(rows
            .iter()
            .map(|row| StockResult {
                key: row.key.clone(),
                outcome: StockOutcome::Done,
                before: None,
                after: None,
            })
            .collect())
    }
}

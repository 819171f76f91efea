//! The shop through the S-Connect web-shop API, which Onetoshop and shops with S-Connect's plug-in
//! speak: nothing of ours is placed there. `wire` asks one question, `pages` reads whole lists,
//! `order` and `vat` turn the API's orders into ours, `stock` writes figures, `check` tests it all.
//!
//! Facts of the API are those of its two public plug-ins (Magento 1, 2.0.2.2; WooCommerce, 1.0.26).

mod answer;
mod check;
pub mod counter;
mod diagnosis;
mod order;
mod pages;
mod records;
mod stock;
pub mod token;
pub mod vat;
pub mod wire;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex as Lock, PoisonError},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use tokio::sync::{Mutex, OnceCell};
use winkelbrug_protocol::{
    operation::{Position, StockWrite},
    record::{
        Counts, DayTotal, Hello, Limits, Lookups, Named, Order, OrderHead, Product, RateKind,
        ShopCustomer, ShopIdentity, StockLevel, StockResult, TaxClass, TaxRate,
    },
};

pub use self::{check::check, stock::ArticleWrite, wire::Wire};
use self::{
    counter::Counter,
    order::Reading,
    pages::Listed,
    records::Introduction,
    vat::Prices,
    wire::{Question, api_address},
};
pub use super::patience::Patience;
use super::{Abilities, Page, RawOrder, Shop, deploy::Side, http::Http, read_order};
use crate::{
    clock::SharedClock, failure::Result, journal::Journal, profile::settings, text, text::Text,
};

/// The list is read again this long before the moment asked for: it is ordered by a stamp that the
/// API does not show, of a clock that may be hours off.
const SLACK: SignedDuration = SignedDuration::from_hours(24);
/// Clocks this far apart are reckoned with when a moment of ours is asked for.
const SKEW: i64 = 600;
/// The zone of a shop that says nothing of its own.
const ZONE: &str = "Europe/Amsterdam";

/// A shop behind its S-Connect API.
pub struct SconnectShop {
    wire: Wire,
    profile: String,
    journal: Journal,
    clock: SharedClock,
    reading: Reading,
    articles_from: Option<Timestamp>,
    /// How the shop reckons, as the newest of its orders that were read says, and when that was placed.
    reckons: Lock<Option<(String, Prices)>>,
    introduced: OnceCell<Introduced>,
    known: Mutex<HashMap<String, RawOrder>>,
    whole_list_read: Mutex<bool>,
    sent: Mutex<BTreeMap<String, stock::Sent>>,
}

/// What the shop said of itself.
struct Introduced {
    who: Introduction,
    offset: i64,
}

impl SconnectShop {
    /// The shop of a profile.
    ///
    /// # Errors
    /// No token, or an address that may not be used.
    pub fn open(side: &Side<'_>) -> Result<Self> {
        let settings = &side.settings.shop;
        let profile = &side.settings.name;
        let url = api_address(settings)?;
        let secret = |name| side.secrets.get(profile, name);
        let token = secret(crate::profile::secrets::name::SHOP)?.ok_or_else(diagnosis::no_token)?;
        let basic_auth = secret(crate::profile::secrets::name::BASIC_AUTH)?;
        let http = Http::new(settings, basic_auth)?;
        let counter = Counter::new(side.journal.clone(), profile, side.clock.clone());
        let wire = Wire::new(http, url, token, counter, side.clock.clone());
        Ok(Self::new(
            wire,
            profile,
            side.journal.clone(),
            side.clock.clone(),
            settings,
        ))
    }

    /// A shop behind that wire.
    #[must_use]
    pub fn new(
        wire: Wire,
        profile: &str,
        journal: Journal,
        clock: SharedClock,
        settings: &settings::Shop,
    ) -> Self {
        let zone = match settings.time_zone.as_str() {
            "" => ZONE,
            zone => zone,
        };
        Self {
            wire,
            profile: profile.to_owned(),
            journal,
            clock,
            reading: Reading {
                zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
                from: settings.orders_from,
            },
            articles_from: settings.articles_from,
            reckons: Lock::new(None),
            introduced: OnceCell::new(),
            known: Mutex::default(),
            whole_list_read: Mutex::new(false),
            sent: Mutex::default(),
        }
    }

    /// With another patience of its wire.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.wire = self.wire.patience(patience);
        self
    }

    async fn introduced(&self) -> Result<&Introduced> {
        self.introduced
            .get_or_try_init(|| async {
                let question = Question::get("koppeling_maken", Vec::new());
                let answer = self.wire.ask(&question).await?;
                let who = serde_json::from_str(&answer.text)
                    .map_err(|error| diagnosis::malformed(&error))?;
                Ok(Introduced {
                    who,
                    offset: answer.offset,
                })
            })
            .await
    }

    /// A moment as this shop's list takes it. Magento compares it with a column of dates, so that
    /// Unix seconds would let every order through; WooCommerce's are Unix seconds.
    async fn moment(&self, at: Timestamp) -> Result<String> {
        let who = &self.introduced().await?.who.api_informatie;
        Ok(if who.naam.to_lowercase().contains("magento") {
            at.strftime("%Y-%m-%d %H:%M:%S").to_string()
        } else {
            // Nought means "nothing" to the API.
            at.as_second().max(1).to_string()
        })
    }

    /// From when on the list is read for changes since a moment of our clock: never before the
    /// owner's own first moment, which is exact.
    async fn since(&self, since: Option<&str>) -> Result<Timestamp> {
        let first = self.reading.from.unwrap_or(Timestamp::UNIX_EPOCH);
        let since = since.and_then(|since| since.parse::<Timestamp>().ok());
        let Some(since) = since.filter(|since| *since > first) else {
            return Ok(first);
        };
        let offset = self.introduced().await?.offset;
        let offset = if offset.abs() > SKEW { offset } else { 0 };
        let moved = since
            .min(self.clock.now())
            .checked_add(SignedDuration::from_secs(offset))
            .and_then(|at| at.checked_sub(SLACK))
            .unwrap_or(first);
        Ok(moved.max(first))
    }

    /// Reads the list of orders from a moment on, and keeps what it says.
    async fn list_orders(&self, from: Timestamp) -> Result<Vec<OrderHead>> {
        let from = self.moment(from).await?;
        let listed = pages::whole(&self.wire, "orders", Some(&from), order_key).await?;
        let mut versions = Vec::with_capacity(listed.records.len());
        for (id, raw) in &listed.records {
            let hash = order::hash(raw.get()).map_err(|error| diagnosis::malformed(&error))?;
            versions.push((id.clone(), hash));
        }
        // An order is as old as when it first came to us in this form: the API does not tell.
        let before = self.journal.changed_at(&self.profile, &versions)?;
        let now = self.clock.now();
        let mut known = self.known.lock().await;
        let mut heads = Vec::with_capacity(versions.len());
        for (((id, raw), (_, hash)), before) in listed.records.iter().zip(versions).zip(before) {
            let changed_at = before.unwrap_or(now);
            known.insert(id.clone(), self.raw_order(id, raw.get(), changed_at));
            heads.push(OrderHead {
                id: id.clone(),
                changed_at: changed_at.to_string(),
                stamp: String::new(),
                hash,
            });
        }
        heads.sort_by(|a, b| (&a.changed_at, &a.id).cmp(&(&b.changed_at, &b.id)));
        Ok(heads)
    }

    /// An order's meaning, of the API's own text. `changed_at` is when it came in this form.
    fn meaning(&self, id: &str, raw: &str, changed_at: Timestamp) -> Meaning {
        let mut order = order::read(raw, changed_at, &self.reading)?;
        order.id = id.to_owned();
        self.reckons_as(&order);
        Ok(Box::new(order))
    }

    fn reckons_as(&self, order: &Order) {
        let with = order.lines.iter().any(|line| line.total_incl.is_some());
        let prices = if with { Prices::With } else { Prices::Without };
        let mut reckons = self.reckons.lock().unwrap_or_else(PoisonError::into_inner);
        // A shop may have been set to reckon otherwise.
        if reckons
            .as_ref()
            .is_none_or(|(placed, _)| *placed <= order.placed_local)
        {
            *reckons = Some((order.placed_local.clone(), prices));
        }
    }

    fn known_prices(&self) -> Option<Prices> {
        let reckons = self.reckons.lock().unwrap_or_else(PoisonError::into_inner);
        reckons.as_ref().map(|(_, prices)| *prices)
    }

    /// Are the shop's prices with VAT? None where it has no order that could be read.
    async fn prices(&self) -> Result<Option<Prices>> {
        let first = self.reading.from.unwrap_or(Timestamp::UNIX_EPOCH);
        let from = self.moment(first).await?;
        // Pages count from 0 or from 1.
        for number in 0..2 {
            if self.known_prices().is_some() {
                break;
            }
            let (records, _) = pages::page(&self.wire, "orders", Some(&from), number).await?;
            let now = self.clock.now();
            for raw in &records {
                // One that cannot be read tells nothing.
                let _ = self.meaning("", raw.get(), now);
            }
        }
        Ok(self.known_prices())
    }

    fn raw_order(&self, id: &str, raw: &str, changed_at: Timestamp) -> RawOrder {
        let read = self.meaning(id, raw, changed_at);
        let text = match &read {
            Ok(order) => serde_json::to_string(order).unwrap_or_else(|_| raw.to_owned()),
            // As it came: what is wrong with it can be seen there.
            Err(_) => raw.to_owned(),
        };
        RawOrder {
            id: id.to_owned(),
            raw: text,
            order: read,
        }
    }

    async fn stock_list(&self) -> Result<Vec<StockLevel>> {
        // Without a moment: the plug-in for WooCommerce would leave out what did not change.
        let Listed { records, .. } = pages::whole(&self.wire, "voorraad", None, stock::key).await?;
        records
            .iter()
            .map(|(_, raw)| stock::level(raw.get()))
            .collect()
    }
}

/// An order that could be read, or why it could not.
type Meaning = std::result::Result<Box<Order>, Text>;

/// An order's number; one without any is told by its content.
fn order_key(raw: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Number {
        #[serde(rename = "Betalingskenmerk", default)]
        number: serde_json::Value,
    }
    let number = serde_json::from_str::<Number>(raw.get()).ok()?.number;
    let number = match number {
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    if number.is_empty() {
        let hash = order::hash(raw.get()).ok()?;
        return Some(format!("?{}", hash.get(..16).unwrap_or(&hash)));
    }
    Some(number)
}

#[async_trait]
impl Shop for SconnectShop {
    fn abilities(&self) -> Abilities {
        Abilities {
            totals: false,
            deletions: false,
        }
    }

    async fn hello(&self) -> Result<Hello> {
        let Introduced { who, offset } = self.introduced().await?;
        let Introduction {
            api_informatie,
            api_configuratie,
        } = who;
        let decimals = api_configuratie.voorraad_decimalen.unwrap_or_default();
        Ok(Hello {
            bridge: "sconnect".to_owned(),
            version: api_informatie.version.clone(),
            digest: String::new(),
            platform: api_informatie.naam.clone(),
            platform_version: String::new(),
            php: String::new(),
            database_driver: String::new(),
            database_version: String::new(),
            table_prefix: String::new(),
            shop: ShopIdentity {
                name: api_informatie.naam.clone(),
                url: self.wire.url().to_string(),
                host: self.wire.url().host_str().unwrap_or_default().to_owned(),
                database: String::new(),
            },
            other_reader: None,
            operations: api_configuratie
                .methoden
                .split('|')
                .map(|method| method.trim().to_owned())
                .collect(),
            capabilities: Vec::new(),
            stock_decimals: decimals.try_into().unwrap_or(0),
            limits: Limits {
                seconds: 0,
                memory: 0,
            },
            time_zone: self.reading.zone.iana_name().unwrap_or_default().to_owned(),
            time_zone_source: "profile".to_owned(),
            currency: "EUR".to_owned(),
            now: self.wire.shop_now(*offset).to_string(),
            counts: Counts {
                orders: 0,
                abandoned: 0,
                products: 0,
                customers: 0,
            },
        })
    }

    async fn lookups(&self) -> Result<Lookups> {
        let named = |(id, name): &(&str, &str)| (String::from(*id), String::from(*name));
        let tax_classes = order::CLASSES
            .iter()
            .map(named)
            .map(|(id, name)| TaxClass {
                // "Other" may be any rate: with several the class tells none.
                rate_ids: match id.as_str() {
                    "3" => vec!["0".to_owned(), "1".to_owned(), "2".to_owned()],
                    _ => vec![id.clone()],
                },
                id,
                name,
            })
            .collect();
        let tax_rates = order::CLASSES
            .iter()
            .map(named)
            .filter_map(|(id, name)| {
                Some(TaxRate {
                    rate: order::class_rate(&id)?,
                    id,
                    name,
                    kind: RateKind::Percent,
                    countries: Vec::new(),
                })
            })
            .collect();
        Ok(Lookups {
            order_statuses: vec![order::status()],
            payment_methods: Vec::<Named>::new(),
            tax_classes,
            tax_rates,
            country: "NL".to_owned(),
            ..Lookups::default()
        })
    }

    async fn order_heads(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<OrderHead>> {
        if after.is_some() {
            return Ok(Page {
                records: Vec::new(),
                next: None,
            });
        }
        let from = self.since(since).await?;
        let mut records = self.list_orders(from).await?;
        let since = since.and_then(|since| since.parse::<Timestamp>().ok());
        records.retain(|head| {
            let changed: Option<Timestamp> = head.changed_at.parse().ok();
            since.is_none_or(|since| changed.is_none_or(|changed| changed >= since))
        });
        Ok(Page {
            records,
            next: None,
        })
    }

    async fn orders(&self, ids: &[String]) -> Result<Vec<RawOrder>> {
        let mut whole = self.whole_list_read.lock().await;
        let missing = {
            let known = self.known.lock().await;
            ids.iter().any(|id| !known.contains_key(id))
        };
        if missing && !*whole {
            // One order cannot be asked for: the whole list is read, once.
            let first = self.reading.from.unwrap_or(Timestamp::UNIX_EPOCH);
            self.list_orders(first).await?;
            *whole = true;
        }
        let known = self.known.lock().await;
        Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
    }

    /// What could be read was kept in our own form; the rest as the API gave it.
    fn read(&self, id: &str, raw: &str) -> Meaning {
        let read = read_order(raw).or_else(|_| self.meaning(id, raw, self.clock.now()))?;
        self.reckons_as(&read);
        Ok(read)
    }

    async fn order_by_number(&self, number: &str) -> Result<Option<RawOrder>> {
        Ok(self.orders(&[number.to_owned()]).await?.pop())
    }

    async fn totals(&self, _from: Date) -> Result<Vec<DayTotal>> {
        Err(diagnosis::cannot(text!("dagtotalen", "totals per day")))
    }

    async fn customers(
        &self,
        _since: Option<&str>,
        _after: Option<&Position>,
    ) -> Result<Page<ShopCustomer>> {
        Err(diagnosis::cannot(text!(
            "klanten buiten bestellingen",
            "customers beside orders"
        )))
    }

    async fn products(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<Product>> {
        if after.is_some() {
            return Ok(Page {
                records: Vec::new(),
                next: None,
            });
        }
        let methods = &self.introduced().await?.who.api_configuratie.methoden;
        if !methods.is_empty() && !methods.split('|').any(|known| known.trim() == "artikelen") {
            return Err(diagnosis::cannot(text!("artikelen", "articles")));
        }
        let prices = self.prices().await?;
        let since = since.and_then(|since| since.parse::<Timestamp>().ok());
        let from = match since.max(self.articles_from) {
            Some(from) => Some(self.moment(from).await?),
            None => None,
        };
        let listed = pages::whole(&self.wire, "artikelen", from.as_deref(), stock::key).await?;
        let now = self.clock.now().to_string();
        let records = listed
            .records
            .iter()
            .map(|(_, raw)| stock::product(raw.get(), &now, prices))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page {
            records,
            next: None,
        })
    }

    async fn stock_read(&self, after: Option<&str>) -> Result<Page<StockLevel, String>> {
        let records = match after {
            Some(_) => Vec::new(),
            None => self.stock_list().await?,
        };
        Ok(Page {
            records,
            next: None,
        })
    }

    async fn stock_read_keys(&self, keys: &[String]) -> Result<Vec<StockLevel>> {
        let mut levels = self.stock_list().await?;
        levels.retain(|level| keys.contains(&level.key));
        Ok(levels)
    }

    async fn stock_set(&self, idempotency: &str, rows: &[StockWrite]) -> Result<Vec<StockResult>> {
        self.set_stock(idempotency, rows).await
    }
}

/// What a figure may be: whole pieces, or with the shop's own decimals.
fn holds(decimals: Option<Decimal>, figure: Decimal) -> bool {
    let decimals: u32 = decimals.unwrap_or_default().try_into().unwrap_or(0);
    figure.normalize().scale() <= decimals
}

//! The shop's side as a trait; the bridge client; deploying the bridge.

pub mod bridge;
pub mod deploy;
pub mod http;
pub mod keys;
pub mod patience;
pub mod sconnect;
pub mod tls;

use std::time::Duration;

use async_trait::async_trait;
use winkelbrug_protocol::{
    operation::{Position, StockWrite},
    record::{
        DayTotal, Hello, Lookups, Order, OrderHead, OtherReader, Product, ShopCustomer, StockLevel,
        StockResult,
    },
};

use self::{deploy::Side, sconnect::SconnectShop};
use crate::{
    failure::{Failure, Result},
    profile::settings::ShopKind,
    step::Step,
    text,
    text::Text,
};

/// One page of a list; `next` is where to go on, none at the end.
#[derive(Debug, Clone)]
pub struct Page<T, P = Position> {
    /// Records.
    pub records: Vec<T>,
    /// Where to go on.
    pub next: Option<P>,
}

/// An order as it came: the exact text for the journal, and its meaning. A body that cannot be
/// read as an [`Order`] is still journaled and held (`order-unreadable`).
#[derive(Debug, Clone)]
pub struct RawOrder {
    /// The platform's id.
    pub id: String,
    /// The record line as received.
    pub raw: String,
    /// Its meaning, or why it has none, for the owner's eyes.
    pub order: std::result::Result<Box<Order>, Text>,
}

/// The meaning of an order's text in our own form, which a bridge speaks.
///
/// # Errors
/// Why it has none.
pub fn read_order(raw: &str) -> std::result::Result<Box<Order>, Text> {
    serde_json::from_str(raw).map_err(|error| Text::same(error.to_string()))
}

/// What is told in the place of an order that is more than a question can bring.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct TooLarge {
    /// The platform's id.
    pub id: String,
    /// The number its customer sees, where it was told.
    #[serde(default)]
    pub number: Option<String>,
    /// [`Order::hash`].
    #[serde(default)]
    pub hash: Option<String>,
    /// Bytes the shop keeps of it; 0 where only its answer was too large.
    pub too_large: u64,
}

/// Is this the text of an order that was too large to bring?
#[must_use]
pub fn too_large(raw: &str) -> Option<TooLarge> {
    serde_json::from_str(raw).ok()
}

/// A question on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// What was asked for, as people call it: `de bestellingen`.
    pub what: Text,
    /// How long ago.
    pub since: Duration,
    /// Tells one question from the next.
    pub number: u64,
}

/// What not every kind of shop can tell; the tasks leave out what rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// It counts and sums its orders per day ([`Shop::totals`]).
    pub totals: bool,
    /// An order it does not give is gone. Where it cannot tell, an order may only have left a list.
    pub deletions: bool,
}

/// A shop, whatever it speaks. Failures: [`crate::failure::Class::Transient`] when it cannot be
/// reached or answers brokenly, `Credentials` when it refuses our key, `Misconfigured` when a
/// setting is wrong (prefix, URL), `Bug` when it answers what it must not.
#[async_trait]
pub trait Shop: Send + Sync {
    /// What it can tell; by default everything.
    fn abilities(&self) -> Abilities {
        Abilities {
            totals: true,
            deletions: true,
        }
    }
    /// Who is there.
    async fn hello(&self) -> Result<Hello>;
    /// Another installation that reads this shop, and when it last did; none where that is not told.
    async fn other_reader(&self) -> Result<Option<OtherReader>> {
        Ok(None)
    }
    /// The question that is without an answer at this moment; none when none is, or it is not told.
    fn awaits(&self) -> Option<Awaited> {
        None
    }
    /// Names behind ids.
    async fn lookups(&self) -> Result<Lookups>;
    /// Heads of orders changed at or after `since` (RFC 3339 UTC), in (changed, id) order.
    async fn order_heads(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<OrderHead>>;
    /// Bodies; ids that are gone are missing from the answer.
    async fn orders(&self, ids: &[String]) -> Result<Vec<RawOrder>>;
    /// Bodies of as many of these ids as come in one answer, and the ids that are still to be asked
    /// for: so that what has come can be kept before the rest does.
    async fn some_orders(&self, ids: &[String]) -> Result<(Vec<RawOrder>, Vec<String>)> {
        Ok((self.orders(ids).await?, Vec::new()))
    }
    /// The meaning of an order's text as the journal keeps it ([`RawOrder::raw`]), or why it has
    /// none.
    fn read(&self, _id: &str, raw: &str) -> std::result::Result<Box<Order>, Text> {
        read_order(raw)
    }
    /// One order by the number its customer sees.
    async fn order_by_number(&self, number: &str) -> Result<Option<RawOrder>>;
    /// Counts and sums per local day and status, from a local day on.
    async fn totals(&self, from: jiff::civil::Date) -> Result<Vec<DayTotal>>;
    /// Customers.
    async fn customers(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<ShopCustomer>>;
    /// Products.
    async fn products(
        &self,
        since: Option<&str>,
        after: Option<&Position>,
    ) -> Result<Page<Product>>;
    /// All stock, in key order.
    async fn stock_read(&self, after: Option<&str>) -> Result<Page<StockLevel, String>>;
    /// Stock of these keys (at most 500).
    async fn stock_read_keys(&self, keys: &[String]) -> Result<Vec<StockLevel>>;
    /// Writes stock by difference (at most 500 rows); `idempotency` is 32 lower-case hex.
    async fn stock_set(&self, idempotency: &str, rows: &[StockWrite]) -> Result<Vec<StockResult>>;
}

/// The profile's shop, ready to be asked. The first question compares it with the shop that was
/// proven, at most once a day.
///
/// # Errors
/// Nothing deployed, keys missing, an address that may not be used, a kind not available yet.
pub fn open(side: &Side<'_>) -> Result<Box<dyn Shop>> {
    match side.settings.shop.kind {
        ShopKind::Bridge => Ok(Box::new(side.open()?)),
        ShopKind::Sconnect => Ok(Box::new(SconnectShop::open(side)?)),
        ShopKind::Files => Err(not_files()),
    }
}

/// Looks at everything of the shop's side, and changes nothing.
pub async fn check(side: &Side<'_>) -> Vec<Step> {
    match side.settings.shop.kind {
        ShopKind::Bridge => deploy::check(side).await,
        ShopKind::Sconnect => sconnect::check(side).await,
        ShopKind::Files => vec![Step::failed("shop-address", &not_files())],
    }
}

fn not_files() -> Failure {
    Failure::misconfigured(
        "not-yet-available",
        text!(
            "shop.kind = \"files\" kan deze versie nog niet",
            "shop.kind = \"files\" is not in this version yet"
        ),
    )
}

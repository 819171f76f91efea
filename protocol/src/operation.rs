//! The operations an agent may ask of a bridge, with their arguments. None takes SQL, a file path,
//! a class, table, column or function name.

use serde::{Deserialize, Serialize};

/// One request's operation and arguments, as they stand in the body:
/// `{"v":1,"op":"<name>","reader":"<installation id>","args":{…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", content = "args", rename_all = "snake_case")]
pub enum Operation {
    /// Who is there, what it can do, which shop this is. Answer: one [`crate::record::Hello`].
    Hello(Empty),
    /// Names behind ids: statuses, methods, tax classes and rates, languages, stores, groups.
    /// Answer: one [`crate::record::Lookups`].
    Lookups(Empty),
    /// Heads of orders changed since a cursor, or the bodies of up to 1,000 ids.
    /// Answer: [`crate::record::OrderHead`] records, or [`crate::record::Order`] records.
    Orders(OrdersArgs),
    /// One order by the number the shop's customer sees. Answer: zero or one [`crate::record::Order`].
    Order(OrderArgs),
    /// Count and sum per local day and status. Answer: [`crate::record::DayTotal`] records.
    Totals(TotalsArgs),
    /// Customers changed since a cursor. Answer: [`crate::record::ShopCustomer`] records.
    Customers(PageArgs),
    /// Products changed since a cursor. Answer: [`crate::record::Product`] records.
    Products(PageArgs),
    /// Stock of everything that keeps stock, in key order. Answer: [`crate::record::StockLevel`] records.
    StockRead(StockReadArgs),
    /// Sets stock by difference. Answer: one [`crate::record::StockResult`] per row.
    StockSet(StockSetArgs),
    /// Moves orders to another status, with a line in their history. Answer: one
    /// [`crate::record::WriteResult`] per row.
    OrderStatusSet(OrderStatusSetArgs),
    /// Changes products that are there. Answer: one [`crate::record::WriteResult`] per row.
    ProductsSet(ProductsSetArgs),
    /// Changes customer accounts that are there. Answer: one [`crate::record::WriteResult`] per row.
    CustomersSet(CustomersSetArgs),
    /// Drops the bridge's table and removes the file if PHP may. Answer: one [`crate::record::Removed`].
    Remove(Empty),
}

impl Operation {
    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Lookups(_) => "lookups",
            Self::Orders(_) => "orders",
            Self::Order(_) => "order",
            Self::Totals(_) => "totals",
            Self::Customers(_) => "customers",
            Self::Products(_) => "products",
            Self::StockRead(_) => "stock_read",
            Self::StockSet(_) => "stock_set",
            Self::OrderStatusSet(_) => "order_status_set",
            Self::ProductsSet(_) => "products_set",
            Self::CustomersSet(_) => "customers_set",
            Self::Remove(_) => "remove",
        }
    }

    /// May it be asked again after a lost answer without having an effect twice? Only `remove` and the
    /// `…_set` operations change anything, and those carry an idempotency id.
    #[must_use]
    pub fn reads_only(&self) -> bool {
        !matches!(
            self,
            Self::StockSet(_)
                | Self::OrderStatusSet(_)
                | Self::ProductsSet(_)
                | Self::CustomersSet(_)
                | Self::Remove(_)
        )
    }
}

/// No arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

/// Arguments of `orders`: either a window of changes (`since`, `after`) or `ids`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersArgs {
    /// RFC 3339 UTC; heads with `changed_at >= since` (the agent already took its overlap off).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Keyset position: heads strictly after (changed_at, id) of the previous page's last head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Position>,
    /// At most so many heads in this page (1 to 5000); the bridge may end earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Bodies of these ids (at most 200); not together with `since` or `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
}

/// A place in a list ordered by (changed_at, id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The shop's own stamp text of that record (opaque to the agent: [`crate::record::OrderHead::stamp`]).
    pub stamp: String,
    /// The record's id.
    pub id: String,
}

/// Arguments of `order`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderArgs {
    /// The number the shop's customer sees.
    pub number: String,
}

/// Arguments of `totals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsArgs {
    /// First local day, `YYYY-MM-DD`.
    pub from: String,
}

/// Arguments of `customers` and `products`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageArgs {
    /// RFC 3339 UTC; nothing = everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Keyset position of the previous page's last record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Position>,
    /// At most so many records (1 to 1000).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Arguments of `stock_read`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReadArgs {
    /// Only these keys (at most 500); nothing = all, paged by `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
    /// The previous page's last key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most so many records (1 to 5000).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Arguments of `stock_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSetArgs {
    /// 32 lower-case hex, random: the bridge keeps the outcome for seven days and answers the same
    /// again for the same id, so that a repeat has no second effect.
    pub idempotency: String,
    /// At most 500.
    pub rows: Vec<StockWrite>,
}

/// One wanted stock figure: the bridge writes `current + (target - read)` by compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockWrite {
    /// [`crate::record::StockLevel::key`].
    pub key: String,
    /// The quantity that was read before orders were polled; decimal string.
    pub read: String,
    /// What the shop should have had at that moment; decimal string.
    pub target: String,
}

/// Arguments of `order_status_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStatusSetArgs {
    /// As [`StockSetArgs::idempotency`].
    pub idempotency: String,
    /// At most 100.
    pub rows: Vec<StatusWrite>,
}

/// One order's new status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusWrite {
    /// [`crate::record::Order::id`].
    pub id: String,
    /// [`crate::record::Status::id`].
    pub status: String,
    /// Stands in the order's history; may be empty. The customer is not told.
    pub comment: String,
}

/// Arguments of `products_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductsSetArgs {
    /// As [`StockSetArgs::idempotency`].
    pub idempotency: String,
    /// At most 100.
    pub rows: Vec<ProductWrite>,
}

/// What is to change of one product; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductWrite {
    /// [`crate::record::Product::id`].
    pub id: String,
    /// Name in the shop's default language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Price as the shop keeps it: with VAT where [`crate::record::Product::price_incl`] is there.
    /// Decimal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// `1` on sale, `0` not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
}

/// Arguments of `customers_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersSetArgs {
    /// As [`StockSetArgs::idempotency`].
    pub idempotency: String,
    /// At most 100.
    pub rows: Vec<CustomerWrite>,
}

/// What is to change of one customer account; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerWrite {
    /// [`crate::record::ShopCustomer::id`].
    pub id: String,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

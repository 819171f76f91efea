//! Many orders out of the recorded ones: every row of every table that belongs to an order is copied
//! a number of times, with ids, numbers and moments of its own, by one statement a table.

use anyhow::{Result, ensure};

use crate::{platform::Platform, servers::Database};

/// How far the ids of one copy lie from those of the next. No recorded id is as high.
const APART: u32 = 20_000;

/// A table whose rows belong to an order.
struct Table {
    /// Its name, without prefix.
    name: &'static str,
    /// Ids of the order, of its parts, and of the rows themselves.
    ids: &'static [&'static str],
    /// Columns that must differ as well, and what they become: `{}` is the column, `#` the number of
    /// the copy.
    own: &'static [(&'static str, &'static str)],
    /// Which rows; empty for all.
    only: &'static str,
}

const fn table(name: &'static str, ids: &'static [&'static str]) -> Table {
    Table {
        name,
        ids,
        own: &[],
        only: "",
    }
}

impl Table {
    const fn own(mut self, own: &'static [(&'static str, &'static str)]) -> Self {
        self.own = own;
        self
    }

    const fn only(mut self, only: &'static str) -> Self {
        self.only = only;
        self
    }
}

/// A number another system reads: longer than the shop's own.
const NUMBERED: &[(&str, &str)] = &[("increment_id", "CONCAT({}, '.', #)")];

/// PrestaShop's reference has nine characters and joins an order with its payments.
const REFERENCE: &[(&str, &str)] = &[("reference", "LEFT(MD5(CONCAT({}, #)), 9)")];
const PAID_REFERENCE: &[(&str, &str)] = &[("order_reference", "LEFT(MD5(CONCAT({}, #)), 9)")];

/// A refund's line names the line it takes back.
const REFUNDED_ITEM: &[(&str, &str)] = &[(
    "meta_value",
    "IF(t.meta_key = '_refunded_item_id', {} + # * 20000, {})",
)];

const WOOCOMMERCE_ITEMS: [Table; 2] = [
    table("woocommerce_order_items", &["order_item_id", "order_id"]),
    table("woocommerce_order_itemmeta", &["meta_id", "order_item_id"]).own(REFUNDED_ITEM),
];

const WOOCOMMERCE_TABLES: [Table; 4] = [
    table("wc_orders", &["id", "parent_order_id"]),
    table("wc_order_addresses", &["id", "order_id"]),
    table("wc_order_operational_data", &["id", "order_id"]),
    table("wc_orders_meta", &["id", "order_id"]),
];

/// Values before posts: which posts are orders is looked up while there are only the recorded ones.
const WOOCOMMERCE_POSTS: [Table; 2] = [
    table("postmeta", &["meta_id", "post_id"]).only(
        "t.post_id IN (SELECT ID FROM {posts} WHERE post_type IN ('shop_order', 'shop_order_refund'))",
    ),
    table("posts", &["ID", "post_parent"])
        .only("t.post_type IN ('shop_order', 'shop_order_refund')"),
];

const OPENCART: [Table; 6] = [
    table("order", &["order_id"]),
    table("order_product", &["order_product_id", "order_id"]),
    table(
        "order_option",
        &["order_option_id", "order_id", "order_product_id"],
    ),
    table("order_total", &["order_total_id", "order_id"]),
    table("order_history", &["order_history_id", "order_id"]),
    table("order_voucher", &["order_voucher_id", "order_id"]),
];

const PRESTASHOP: [Table; 13] = [
    table("orders", &["id_order"]).own(REFERENCE),
    table(
        "order_detail",
        &["id_order_detail", "id_order", "id_order_invoice"],
    ),
    table("order_detail_tax", &["id_order_detail"]),
    table(
        "order_carrier",
        &["id_order_carrier", "id_order", "id_order_invoice"],
    ),
    table("order_history", &["id_order_history", "id_order"]),
    table("order_invoice", &["id_order_invoice", "id_order"]),
    table("order_invoice_tax", &["id_order_invoice"]),
    table(
        "order_invoice_payment",
        &["id_order_invoice", "id_order_payment", "id_order"],
    ),
    table(
        "order_cart_rule",
        &["id_order_cart_rule", "id_order", "id_order_invoice"],
    ),
    table("order_slip", &["id_order_slip", "id_order"]),
    table("order_slip_detail", &["id_order_slip", "id_order_detail"]),
    table("order_payment", &["id_order_payment"]).own(PAID_REFERENCE),
    table("message", &["id_message", "id_order"]),
];

/// Magento's tables as the second generation calls them; the first has most under longer names.
const MAGENTO: [Table; 10] = [
    table(
        "sales_order",
        &["entity_id", "billing_address_id", "shipping_address_id"],
    )
    .own(NUMBERED),
    table(
        "sales_order_item",
        &["item_id", "order_id", "parent_item_id"],
    ),
    table("sales_order_address", &["entity_id", "parent_id"]),
    table("sales_order_payment", &["entity_id", "parent_id"]),
    table("sales_order_status_history", &["entity_id", "parent_id"]),
    table("sales_invoice", &["entity_id", "order_id"]).own(NUMBERED),
    table("sales_creditmemo", &["entity_id", "order_id"]).own(NUMBERED),
    table(
        "sales_creditmemo_item",
        &["entity_id", "parent_id", "order_item_id"],
    ),
    table("sales_creditmemo_comment", &["entity_id", "parent_id"]),
    table("sales_order_tax", &["tax_id", "order_id"]),
];

/// The tables an order lies in, with their full names, the one of the orders first.
#[must_use]
pub fn order_tables(platform: Platform) -> Vec<String> {
    let tables = tables(platform);
    let mut names: Vec<String> = tables
        .iter()
        .map(|table| full_name(platform, table))
        .collect();
    if platform.is_post_store() {
        names.swap(0, 1);
    }
    names
}

/// Makes each recorded order `times` orders. Answers how many there are now.
///
/// # Errors
/// The database refuses.
pub fn multiply(platform: Platform, database: &Database, times: u32) -> Result<usize> {
    ensure!(times >= 1, "at least once");
    let orders = database.value(&platform.count_orders())?.parse::<usize>()?;
    if times > 1 {
        // Only while they are made: afterwards the server is a small host's again.
        let pool = |bytes: &str| {
            database.execute(&format!("SET GLOBAL innodb_buffer_pool_size = {bytes}"))
        };
        let before = database.value("SELECT @@innodb_buffer_pool_size")?;
        pool(&(512_u64 << 20).to_string())?;
        let made = tables(platform).iter().try_for_each(|table| {
            database.execute(&statement(platform, database, table, times - 1)?)
        });
        pool(&before)?;
        made?;
    }
    let names: Vec<String> = order_tables(platform)
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    database.execute(&format!("ANALYZE TABLE {}", names.join(", ")))?;
    Ok(orders * times as usize)
}

fn tables(platform: Platform) -> Vec<Table> {
    match platform {
        Platform::WooCommerceTables => WOOCOMMERCE_TABLES
            .into_iter()
            .chain(WOOCOMMERCE_ITEMS)
            .collect(),
        Platform::WooCommercePosts | Platform::WooCommerceOlder => WOOCOMMERCE_POSTS
            .into_iter()
            .chain(WOOCOMMERCE_ITEMS)
            .collect(),
        Platform::OpenCart2 | Platform::OpenCart3 => OPENCART.into(),
        // Vouchers are an extension of its own there.
        Platform::OpenCart4 => OPENCART.into_iter().take(5).collect(),
        Platform::PrestaShop => PRESTASHOP.into(),
        Platform::Magento1 | Platform::Magento2 => MAGENTO
            .into_iter()
            .chain([table(
                "sales_order_tax_item",
                match platform {
                    Platform::Magento1 => &["tax_item_id", "tax_id", "item_id"],
                    _ => &["tax_item_id", "tax_id", "item_id", "associated_item_id"],
                },
            )])
            .collect(),
    }
}

fn full_name(platform: Platform, table: &Table) -> String {
    let flat = platform == Platform::Magento1 && !table.name.starts_with("sales_order_tax");
    let name = if flat {
        table.name.replacen("sales_", "sales_flat_", 1)
    } else {
        table.name.to_owned()
    };
    format!("{}{name}", platform.prefix())
}

/// One `INSERT … SELECT` of every row, as many times as there are copies: copy after copy, so that rows come
/// in the order of their ids.
fn statement(
    platform: Platform,
    database: &Database,
    table: &Table,
    copies: u32,
) -> Result<String> {
    let name = full_name(platform, table);
    let columns = database.query(&format!(
        "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
         AND TABLE_NAME = '{name}' AND IS_GENERATED = 'NEVER' ORDER BY ORDINAL_POSITION"
    ))?;
    ensure!(!columns.is_empty(), "no table {name}");
    for id in table.ids {
        let highest = database.value(&format!("SELECT COALESCE(MAX({id}), 0) FROM `{name}`"))?;
        ensure!(highest.parse::<u64>()? < u64::from(APART), "{name}.{id}");
    }
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in &columns {
        let (name, kind) = (column[0].as_str(), column[1].as_str());
        let value = format!("t.`{name}`");
        let own = table.own.iter().find(|(own, _)| *own == name);
        names.push(format!("`{name}`"));
        values.push(if let Some((_, expression)) = own {
            expression.replace("{}", &value).replace('#', "n.seq")
        } else if table.ids.contains(&name) {
            format!("IF({value} = 0, 0, {value} + n.seq * {APART})")
        } else if kind == "datetime" || kind == "timestamp" {
            format!("IF({value} > '1971-01-01', {value} - INTERVAL n.seq * 397 MINUTE, {value})")
        } else {
            value
        });
    }
    let only = table
        .only
        .replace("{posts}", &format!("`{}posts`", platform.prefix()));
    let only = if only.is_empty() { "1".into() } else { only };
    Ok(format!(
        "SET SESSION sql_mode = '', foreign_key_checks = 0, unique_checks = 0, join_cache_level = 0; \
         INSERT INTO `{name}` ({}) SELECT {} FROM seq_1_to_{copies} n STRAIGHT_JOIN `{name}` t WHERE {only}",
        names.join(", "),
        values.join(", ")
    ))
}

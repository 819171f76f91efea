//! The same purchase in two shops is the same order: but for what a shop calls it and when it was made
//! there, nothing may depend on where it was bought.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use testbed::{
    magento::Generation,
    opencart::recorded::{OPENCART_2, OPENCART_3},
    truth::{self, books::Books},
    woocommerce::{POSTS, TABLES},
};
use winkelbrug::translate::Outcome;
use winkelbrug_protocol::record::{Address, Order};

use super::{
    desk::{self, Shop},
    magento, opencart, prestashop, woocommerce,
};

/// An order without what is a shop's own: its ids and number, its moments, the names of its methods,
/// statuses, classes, groups and stores, and its remarks on how it kept it.
fn purchase(order: &Order) -> Order {
    let mut order = order.clone();
    for text in [
        &mut order.id,
        &mut order.number,
        &mut order.hash,
        &mut order.placed_at,
        &mut order.placed_local,
        &mut order.changed_at,
        &mut order.status.id,
        &mut order.status.name,
        &mut order.language,
        &mut order.payment.title,
    ] {
        text.clear();
    }
    order.store = Default::default();
    order.customer.id = None;
    order.customer.group = Default::default();
    order.customer.custom_fields.clear();
    order.custom_fields.clear();
    order.history.clear();
    order.remarks.clear();
    order.invoice_number = None;
    order.invoice_date = None;
    order.replaces = None;
    if let Some(shipping) = &mut order.shipping {
        shipping.title.clear();
    }
    bare(&mut order.invoice_address);
    order.delivery_address.iter_mut().for_each(bare);
    for line in &mut order.lines {
        line.id.clear();
        line.product_id = None;
        line.tax_class = line.tax_class.as_ref().map(|_| Default::default());
        line.custom_fields.clear();
        // An emoji that a shop of three bytes a character keeps as nothing or as question marks.
        line.name = line.name.trim_end_matches(" ????").to_owned();
        for option in &mut line.options {
            option.value_id = None;
        }
    }
    for row in &mut order.totals {
        row.title.clear();
        row.tax_class = None;
    }
    for refund in &mut order.refunds {
        refund.id.clear();
        refund.number = None;
        refund.at.clear();
        refund.at_local.clear();
        refund
            .lines
            .iter_mut()
            .for_each(|line| line.line_id.clear());
    }
    order
}

fn bare(address: &mut Address) {
    address.custom_fields.clear();
}

/// A shop's orders by the name of what is bought.
type Named<'a> = BTreeMap<String, &'a Order>;

/// Compares what both have, and what is written of it, but for those whose purchase differed; answers
/// how many were the same.
fn compare(one: (&Shop, &Named<'_>), other: (&Shop, &Named<'_>), but: &[&str]) -> usize {
    let mut unlike = Vec::new();
    let mut compared = 0;
    for (key, first) in one.1 {
        let Some(second) = other.1.get(key) else {
            continue;
        };
        let is_same = purchase(first) == purchase(second);
        if but.contains(&key.as_str()) {
            assert!(!is_same, "{key} is the same in both after all");
            continue;
        }
        compared += 1;
        if !is_same {
            unlike.push(format!("{key}\n{}", differences(first, second)));
        }
        assert_eq!(written(one.0, first), written(other.0, second), "{key}");
    }
    assert!(unlike.is_empty(), "{}", unlike.concat());
    compared
}

/// The first lines that differ.
fn differences(one: &Order, other: &Order) -> String {
    let shown = |order| serde_json::to_string_pretty(&purchase(order)).unwrap();
    let (one, other) = (shown(one), shown(other));
    let pairs = one.lines().zip(other.lines());
    pairs
        .filter(|(one, other)| one != other)
        .take(6)
        .map(|(one, other)| format!("  {one}\n  {other}\n"))
        .collect()
}

/// The lines that go into fresh books, or why there are none.
fn written(shop: &Shop, order: &Order) -> Result<Vec<String>, String> {
    let groups = [
        ("BTW hoog", "hoog"),
        ("BTW laag", "laag"),
        ("BTW nul", "geen"),
        ("standard", "hoog"),
        ("reduced-rate", "laag"),
        ("zero-rate", "geen"),
        ("BTW hoog 21%", "hoog"),
        ("BTW laag 9%", "laag"),
        ("BTW 0%", "geen"),
        ("BTW 21% + bijdrage", "hoog"),
        ("OSS standaard 21/21/19", "hoog"),
        ("OSS laag 9/6/7", "laag"),
        ("Nultarief", "geen"),
        ("", "geen"),
    ];
    let books = Books::default().with_foreign_vat();
    match books.translate(order, &desk::settings(&groups, ""), &shop.lookups) {
        Outcome::Plan(plan) => {
            let lines = plan.order.lines.iter();
            Ok(lines
                .map(|line| format!("{} {} × {}", line.code, line.quantity, line.unit_price))
                .collect())
        }
        Outcome::Held(reason) | Outcome::Skipped(reason) | Outcome::Stop(reason) => {
            Err(reason.code)
        }
        Outcome::Link { .. } => Err("linked".to_owned()),
    }
}

fn by_number(shop: &Shop) -> Named<'_> {
    let orders = shop.orders.iter();
    orders.map(|order| (order.number.clone(), order)).collect()
}

/// By the name its recording gives each order.
fn by_key(generation: Generation, shop: &Shop) -> Named<'_> {
    let folder = truth::shared()
        .unwrap()
        .unwrap()
        .join(generation.recording());
    let recorded = truth::magento::read(&folder.join("truth.json")).unwrap();
    let found = |id: &str| shop.orders.iter().find(|order| order.id == id).unwrap();
    recorded
        .orders
        .into_iter()
        .map(|recorded| (recorded.key, found(&recorded.order.id)))
        .collect()
}

/// Where the two shops did not do the same: they compute or round otherwise (the first seven), Magento
/// 2 calls an order complete that Magento 1 does not, one was never invoiced or had another shipping,
/// texts were cut off, refused or formatted otherwise.
const OF_MAGENTO: [&str; 13] = [
    "coupon_shipping",
    "credit_full",
    "decimal_qty",
    "discount_before_tax",
    "fraud",
    "unit_algorithm",
    "weee",
    "bundle_dynamic",
    "custom_status",
    "zero_total",
    "long_names",
    "special_chars",
    "custom_options",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_purchase_in_both_magentos_is_the_same_order() {
    let (Some(one), Some(two)) = (
        magento::shop(Generation::One).await,
        magento::shop(Generation::Two).await,
    ) else {
        return;
    };
    let keys = (by_key(Generation::One, &one), by_key(Generation::Two, &two));
    let same = compare((&one, &keys.0), (&two, &keys.1), &OF_MAGENTO);
    assert_eq!(same, 43);
}

/// The first was changed afterwards; with the others the shop noted a date of payment when it moved
/// its orders.
const OF_WOOCOMMERCE: [&str; 5] = ["49", "50", "56", "60", "100"];

#[tokio::test(flavor = "multi_thread")]
async fn an_order_among_woocommerces_posts_is_the_order_it_was_in_tables_of_its_own() {
    let (Some(tables), Some(posts)) = (
        woocommerce::shop(TABLES).await,
        woocommerce::shop(POSTS).await,
    ) else {
        return;
    };
    let orders = (by_number(&tables), by_number(&posts));
    let same = compare((&tables, &orders.0), (&posts, &orders.1), &OF_WOOCOMMERCE);
    assert_eq!(same, 42);
}

/// A file's name by chance, a rate kept as a `FLOAT`, and texts that 2.3 cuts off.
const OF_OPENCART: [&str; 5] = ["16", "19", "20", "21", "22"];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_purchase_in_opencart_2_and_3_is_the_same_order() {
    let (Some(two), Some(three)) = (
        opencart::shop(OPENCART_2).await,
        opencart::shop(OPENCART_3).await,
    ) else {
        return;
    };
    let orders = (by_number(&two), by_number(&three));
    let same = compare((&two, &orders.0), (&three, &orders.1), &OF_OPENCART);
    assert_eq!(same, 35);
}

/// What is bought, whatever the shop calls it and sends it for: code, pieces, amount with VAT, rate.
type Basket = Vec<(String, Decimal, Decimal, Option<Decimal>)>;

fn basket(order: &Order) -> Basket {
    let mut basket: Basket = order
        .lines
        .iter()
        .map(|line| {
            let incl = line
                .total_incl
                .unwrap_or(line.total + line.tax * line.quantity);
            (
                line.code.clone(),
                line.quantity.normalize(),
                desk::cents(incl).normalize(),
                line.percent.map(|percent| percent.normalize()),
            )
        })
        .collect();
    basket.sort();
    basket
}

/// What is written of the goods; none where the order is held or no order for the books.
fn goods(shop: &Shop, order: &Order) -> Option<Vec<String>> {
    let is_of = |line: &String| {
        let mut codes = order.lines.iter().map(|line| &line.code);
        codes.any(|code| line.starts_with(&format!("{code} ")))
    };
    let mut lines = written(shop, order).ok()?;
    lines.retain(is_of);
    lines.sort();
    Some(lines)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_basket_in_woocommerce_and_prestashop_is_written_as_the_same_lines() {
    let (Some(one), Some(other)) = (woocommerce::shop(TABLES).await, prestashop::shop().await)
    else {
        return;
    };
    let mut baskets: BTreeMap<Basket, usize> = BTreeMap::new();
    for first in &one.orders {
        let bought = basket(first);
        if bought.is_empty() || bought.iter().any(|(code, ..)| code.is_empty()) {
            continue;
        }
        let orders = other.orders.iter();
        let alike = orders.filter(|second| basket(second) == bought);
        for second in alike {
            let (Some(ours), Some(theirs)) = (goods(&one, first), goods(&other, second)) else {
                continue;
            };
            assert_eq!(ours, theirs, "{} and {}", first.number, second.number);
            *baskets.entry(bought.clone()).or_default() += 1;
        }
    }
    let pairs: usize = baskets.values().sum();
    assert_eq!((baskets.len(), pairs), (11, 72));
}

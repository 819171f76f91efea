//! The same purchase in two shops is the same order: but for what a shop calls it and when it was made
//! there, nothing may depend on where it was bought.

use std::collections::BTreeMap;

use testbed::{
    magento::Generation,
    opencart::recorded::{OPENCART_2, OPENCART_3},
    truth,
    woocommerce::{POSTS, TABLES},
};
use winkelbrug_protocol::record::{Address, Named, Order};

use super::{desk::Shop, magento, opencart, woocommerce};

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
    order.store = Named::default();
    order.customer.id = None;
    order.customer.group = Named::default();
    order.customer.custom_fields.clear();
    order.custom_fields.clear();
    order.history.clear();
    order.remarks.clear();
    order.invoice_number = None;
    order.replaces = None;
    if let Some(shipping) = &mut order.shipping {
        shipping.title.clear();
    }
    bare(&mut order.invoice_address);
    order.delivery_address.iter_mut().for_each(bare);
    for line in &mut order.lines {
        line.id.clear();
        line.product_id = None;
        line.tax_class = line.tax_class.as_ref().map(|_| Named::default());
        line.custom_fields.clear();
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
    }
    order
}

fn bare(address: &mut Address) {
    address.custom_fields.clear();
}

/// Compares by the name of what is bought; answers how many were compared.
fn compare(
    one: &BTreeMap<String, &Order>,
    other: &BTreeMap<String, &Order>,
    but: &[&str],
) -> usize {
    let mut unlike = Vec::new();
    let mut compared = 0;
    for (key, first) in one {
        let Some(second) = other.get(key) else {
            continue;
        };
        let (first, second) = (purchase(first), purchase(second));
        if but.contains(&key.as_str()) {
            assert_ne!(first, second, "{key} is the same in both after all");
            continue;
        }
        compared += 1;
        if first != second {
            let (first, second) = (shown(&first), shown(&second));
            let lines = first
                .lines()
                .zip(second.lines())
                .filter(|(one, other)| one != other);
            let lines: Vec<String> = lines
                .take(6)
                .map(|(a, b)| format!("  {a}\n  {b}\n"))
                .collect();
            unlike.push(format!("{key}\n{}", lines.concat()));
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.concat());
    compared
}

fn shown(order: &Order) -> String {
    serde_json::to_string_pretty(order).unwrap()
}

fn by_number(shop: &Shop) -> BTreeMap<String, &Order> {
    let named = |order| (Order::clone(order).number, order);
    shop.orders.iter().map(named).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_purchase_in_both_magentos_is_the_same_order() {
    let (Some(one), Some(two)) = (
        magento::shop(Generation::One).await,
        magento::shop(Generation::Two).await,
    ) else {
        return;
    };
    let by_key = |generation: Generation, shop: &'static Shop| {
        let folder = truth::shared()
            .unwrap()
            .unwrap()
            .join(generation.recording());
        let recorded = truth::magento::read(&folder.join("truth.json"))
            .unwrap()
            .orders;
        recorded
            .into_iter()
            .map(|recorded| {
                let id = &recorded.order.id;
                let order = shop.orders.iter().find(|order| order.id == *id);
                (recorded.key, order.unwrap())
            })
            .collect::<BTreeMap<String, &Order>>()
    };
    let (one, two) = (&*Box::leak(Box::new(one)), &*Box::leak(Box::new(two)));
    let (one, two) = (by_key(Generation::One, one), by_key(Generation::Two, two));
    assert_eq!(compare(&one, &two, &[]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_among_woocommerces_posts_is_the_order_it_was_in_tables_of_its_own() {
    let (Some(tables), Some(posts)) = (
        woocommerce::shop(TABLES).await,
        woocommerce::shop(POSTS).await,
    ) else {
        return;
    };
    assert_eq!(compare(&by_number(&tables), &by_number(&posts), &[]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_purchase_in_opencart_2_and_3_is_the_same_order() {
    let (Some(two), Some(three)) = (
        opencart::shop(OPENCART_2).await,
        opencart::shop(OPENCART_3).await,
    ) else {
        return;
    };
    assert_eq!(compare(&by_number(&two), &by_number(&three), &[]), 0);
}

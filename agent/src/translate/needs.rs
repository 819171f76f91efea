//! What has to be looked up before an order can be translated.

use std::collections::BTreeSet;

use winkelbrug_protocol::record::Order;

use super::{
    address, customer_code, eligible, names,
    plan::{Facts, Needs, ProductKeys},
    reference,
};
use crate::books::marks::{self, Marks, is_email, plain};
use crate::profile::{
    Settings,
    settings::{Articles, Customers, Form, Guests, Handling, Recognition},
};

/// Everything translation will ask of the books for this order. `payment_reference_length` is the
/// administration's limit (0 = none known).
#[must_use]
pub fn needs(order: &Order, settings: &Settings, payment_reference_length: usize) -> Needs {
    let (payment_reference, unique_reference) =
        reference::both(order, settings, payment_reference_length);
    Needs {
        article_codes: article_codes(order, settings),
        article_field: article_field(&settings.articles),
        products: if looks_at_products(settings) {
            product_keys(order)
        } else {
            ProductKeys::default()
        },
        emails: Some(order.customer.email.trim().to_owned())
            .filter(|email| is_email(email))
            .into_iter()
            .collect(),
        relation_codes: relation_codes(order, &settings.customers),
        payment_reference,
        unique_reference,
        customer_key: customer_key(order, settings),
        postcode: delivery_postcode(order),
        vat_number: address::vat_number(order).unwrap_or_default(),
        last_template: settings.sales.template_follow_last,
        marks: if settings.customers.recognition == Recognition::Smart {
            Marks::of_order(order).keys()
        } else {
            Vec::new()
        },
        link_keys: link_keys(order, settings),
    }
}

/// The fixed codes, and the one the shop gives this customer.
fn relation_codes(order: &Order, customers: &Customers) -> Vec<i64> {
    let fixed = customers.default_codes.values();
    let codes: BTreeSet<i64> = fixed
        .chain([&customers.default_code])
        .filter_map(|code| code.trim().parse().ok())
        .chain(customer_code::number(order, customers))
        .collect();
    codes.into_iter().collect()
}

/// By what the owner may link this buyer to a relation, the order alone last.
#[must_use]
pub fn link_keys(order: &Order, settings: &Settings) -> Vec<String> {
    let own = format!("order:{}", order.id);
    customer_key(order, settings)
        .into_iter()
        .chain([own])
        .collect()
}

fn article_field(articles: &Articles) -> Option<String> {
    let field = articles.code_field.trim();
    (articles.code_in_extra_field() || articles.code_in_description()).then(|| field.to_owned())
}

/// By what the products of the order's lines are found, each once.
#[must_use]
pub fn product_keys(order: &Order) -> ProductKeys {
    let ids = order
        .lines
        .iter()
        .filter_map(|line| line.product_id.clone());
    let codes = order.lines.iter().map(|line| line.code.clone());
    let codes = codes.filter(|code| !code.is_empty());
    let each = |values: BTreeSet<String>| values.into_iter().collect();
    ProductKeys {
        ids: each(ids.collect()),
        codes: each(codes.collect()),
    }
}

/// May the order make an article, so that its product has to be looked at: an order for the books with
/// a code they do not have?
#[must_use]
pub fn may_make_articles(order: &Order, settings: &Settings, facts: &Facts) -> bool {
    let articles = &settings.articles;
    let makes_none = articles.handling == Handling::Manual
        || articles.code_in_description()
        || settings.sales.form == Form::Booking;
    if makes_none || !eligible::is_wanted(order, settings, facts) {
        return false;
    }
    let field = articles.code_field.trim();
    let known = |code: &str| {
        let mut there = facts.articles.iter();
        there.any(|article| article.field(field).trim() == code || article.code.trim() == code)
    };
    let mut lines = order.lines.iter();
    lines.any(|line| !line.heading && !line.code.is_empty() && !known(&line.code))
}

/// Does anything in the settings rest on the shop's products, beside the orders? A new article does
/// without that: see [`may_make_articles`].
#[must_use]
pub fn looks_at_products(settings: &Settings) -> bool {
    let articles = &settings.articles;
    let mapped = || {
        let mut from = settings.mapping.iter().flat_map(|mapping| &mapping.from);
        from.any(|from| from.starts_with("product."))
    };
    articles.handling == Handling::AddAndUpdate
        || !articles.revenue_groups_by_category.is_empty()
        || mapped()
}

fn article_codes(order: &Order, settings: &Settings) -> Vec<String> {
    let sales = &settings.sales;
    let costs = [
        &sales.shipping_article,
        &sales.discount_article,
        &sales.payment_cost_article,
        &sales.fee_article,
        &sales.levy_article,
        &sales.gift_card_article,
        &sales.store_credit_article,
        &sales.rounding_article,
        &sales.total_difference_article,
        &sales.default_article,
    ];
    let codes: BTreeSet<&str> = order
        .lines
        .iter()
        .map(|line| line.code.as_str())
        .filter(|code| !code.is_empty())
        .chain(costs.into_iter().flat_map(|article| article.codes()))
        .chain(settings.vat.reverse_charge.values().map(String::as_str))
        .chain(settings.vat.margin.values().map(String::as_str))
        .collect();
    codes.into_iter().map(str::to_owned).collect()
}

/// Is it the key of an account of the shop, and not of a guest?
#[must_use]
pub fn is_account(key: &str) -> bool {
    key.starts_with(ACCOUNT)
}

const ACCOUNT: &str = "account:";

/// The key a buyer is bound to a relation by. A guest's holds no personal data in the clear. Where the
/// owner goes by e-mail that, with the postcode, is who he is; else it is that of one name with its
/// numbers, since a household or an office shares the rest.
pub(super) fn customer_key(order: &Order, settings: &Settings) -> Option<String> {
    if let Some(id) = &order.customer.id {
        return Some(format!("{ACCOUNT}{id}"));
    }
    if settings.customers.guests != Guests::ByRecognition {
        return None;
    }
    let (email, postcode) = (&order.customer.email, delivery_postcode(order));
    let by_more = [Recognition::Smart, Recognition::Code];
    if !by_more.contains(&settings.customers.recognition) {
        return marks::guest(email, &postcode);
    }
    marks::guest_named(
        email,
        &postcode,
        &names::of_order(order),
        &Marks::of_order(order),
    )
}

fn delivery_postcode(order: &Order) -> String {
    let address = order
        .delivery_address
        .as_ref()
        .unwrap_or(&order.invoice_address);
    plain(&address.postcode)
}

//! What has to be looked up before an order can be translated.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::Order;

use super::{address, plan::Needs, reference};
use crate::profile::{Settings, settings::Guests};

/// Everything translation will ask of the books for this order. `payment_reference_length` is the
/// administration's limit (0 = none known).
#[must_use]
pub fn needs(order: &Order, settings: &Settings, payment_reference_length: usize) -> Needs {
    let (payment_reference, unique_reference) =
        reference::both(order, settings, payment_reference_length);
    Needs {
        article_codes: article_codes(order, settings),
        emails: Some(order.customer.email.trim().to_owned())
            .filter(|email| !email.is_empty())
            .into_iter()
            .collect(),
        relation_codes: settings
            .customers
            .default_code
            .trim()
            .parse()
            .into_iter()
            .collect(),
        payment_reference,
        unique_reference,
        customer_key: customer_key(order, settings),
        postcode: delivery_postcode(order),
        vat_number: address::vat_number(order).unwrap_or_default(),
    }
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

/// The key a buyer is bound to a relation by. A guest's holds no personal data in the clear.
pub(super) fn customer_key(order: &Order, settings: &Settings) -> Option<String> {
    if let Some(id) = &order.customer.id {
        return Some(format!("account:{id}"));
    }
    let email = order.customer.email.trim().to_lowercase();
    if email.is_empty() || settings.customers.guests != Guests::ByRecognition {
        return None;
    }
    let postcode = delivery_postcode(order);
    Some(format!(
        "guest:{}",
        hex::encode(Sha256::digest(format!("{email}\n{postcode}")))
    ))
}

fn delivery_postcode(order: &Order) -> String {
    let address = order
        .delivery_address
        .as_ref()
        .unwrap_or(&order.invoice_address);
    normal_postcode(&address.postcode)
}

/// Letters and digits only, upper case: `1234 ab` and `1234AB` are one postcode.
pub(super) fn normal_postcode(postcode: &str) -> String {
    postcode
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

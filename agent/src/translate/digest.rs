//! Digests of what a plan rests on: a plan is made again when one of them changed. What cannot
//! change a plan (stock figures, stamps, today's date) is left out, or every run would replan.

use rust_decimal::Decimal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::{RatePart, Refund};

use super::plan::Facts;
use crate::profile::Settings;

/// Digest of the settings that translation looks at.
#[must_use]
pub fn settings_digest(settings: &Settings) -> String {
    digest(&(
        &settings.name,
        &settings.shop.orders_from,
        &settings.shop.order_statuses,
        &settings.shop.stores,
        &settings.sales,
        &settings.vat,
        &settings.articles,
        &settings.customers,
        &settings.mapping,
    ))
}

/// Digest of the facts that translation looks at.
#[must_use]
pub fn facts_digest(facts: &Facts) -> String {
    let mut facts = facts.clone();
    facts.today = None;
    for article in &mut facts.articles {
        article.technical_stock = Decimal::ZERO;
        article.free_stock = Decimal::ZERO;
        article.modified = None;
    }
    for relation in &mut facts.relations {
        relation.modified = None;
    }
    for referenced in &mut facts.same_reference {
        referenced.order.modified = None;
    }
    for product in &mut facts.products {
        product.quantity = None;
        product.options.clear();
        product.stamp.clear();
        product.changed_at.clear();
    }
    digest(&facts)
}

/// Digest of what decides a credit: what was given back, not the words with it.
#[must_use]
pub fn refund_digest(refund: &Refund) -> String {
    let parts = |parts: &[RatePart]| -> Vec<_> {
        let amounts = |part: &RatePart| {
            (
                part.percent.normalize(),
                part.net.normalize(),
                part.vat.normalize(),
            )
        };
        parts.iter().map(amounts).collect()
    };
    let lines: Vec<_> = refund
        .lines
        .iter()
        .map(|line| (&line.line_id, line.quantity.normalize(), parts(&line.parts)))
        .collect();
    digest(&(
        refund.total.normalize(),
        refund.adjustment.normalize(),
        lines,
        parts(&refund.shipping),
    ))
}

fn digest(value: &impl Serialize) -> String {
    // Maps are ordered (`BTreeMap`), so equal values give equal text. A value that cannot be
    // written as JSON would give the digest of nothing, which only means "plan again".
    let text = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}

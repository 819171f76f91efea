//! What an owner should know of when a profile takes another's place: it works on another shop or
//! other books, or books no payments any more that it did.

use serde::Serialize;

use crate::{
    profile::{Settings, place_of_shop::is_same},
    text,
    text::Text,
};

/// One of them.
pub(super) struct Changed {
    /// The setting's key.
    pub key: String,
    /// What it means.
    pub text: Text,
}

pub(super) fn changes(before: &Settings, now: &Settings) -> Vec<Changed> {
    let mut changed = Vec::new();
    let mut add = |key: &str, text: Text| {
        let key = key.to_owned();
        changed.push(Changed { key, text });
    };
    let (from, to) = (&before.shop.url, &now.shop.url);
    if !is_same(from, to) {
        add(
            "shop.url",
            text!(
                "Let op: dit profiel hoorde bij {from} en gaat nu over {to}. Wat van de eerste winkel bekend is, blijft staan; voor een tweede winkel is een profiel met een eigen naam beter: winkelbrug profile clone",
                "Mind: this profile belonged to {from} and is now about {to}. What is known of the first shop stays; a second shop is better served by a profile of its own: winkelbrug profile clone"
            ),
        );
    }
    let (from, to) = (said(before.shop.kind), said(now.shop.kind));
    if from != to {
        add(
            "shop.kind",
            text!(
                "Let op: de winkel wordt nu aangesproken als {to} in plaats van {from}.",
                "Mind: the shop is spoken to as {to} now instead of {from}."
            ),
        );
    }
    let (from, to) = (
        said(before.administration.kind),
        said(now.administration.kind),
    );
    if from != to {
        add(
            "administration.kind",
            text!(
                "Let op: de bestellingen gaan nu naar {to} in plaats van {from}. Wat daar al geschreven is, wordt niet overgebracht.",
                "Mind: the orders go to {to} now instead of {from}. What is written there is not carried over."
            ),
        );
    }
    for (method, payment) in &before.sales.payment {
        let Some(journal) = payment.books_in() else {
            continue;
        };
        let kept = now.sales.payment.iter().any(|(other, payment)| {
            other.trim().eq_ignore_ascii_case(method.trim()) && payment.books_in().is_some()
        });
        if kept {
            continue;
        }
        let key = format!("sales.payment.\"{method}\".journal");
        let text = text!(
            "Let op: {key} stond op \"{journal}\" en staat niet in dit bestand; betalingen met {method} worden niet meer geboekt.",
            "Mind: {key} was \"{journal}\" and is not in this file; payments by {method} are no longer booked."
        );
        add(&key, text);
    }
    changed
}

/// A choice as the profile writes it.
fn said(choice: impl Serialize) -> String {
    let written = serde_json::to_value(choice).ok();
    let text = written.as_ref().and_then(serde_json::Value::as_str);
    text.unwrap_or_default().to_owned()
}

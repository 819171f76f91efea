//! What an owner should know of when a profile takes another's place: it works on another shop or
//! other books, or books no payments any more that it did.

use serde::Serialize;

use crate::{
    profile::{Settings, place_of_shop::is_same},
    text,
    text::{Language, Text},
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
    let (from, to) = (before.sales.form, now.sales.form);
    if from != to {
        add(
            "sales.form",
            text!(
                "Let op: vanaf nu wordt in een andere vorm geboekt (sales.form). Bestellingen die al geschreven zijn, houden hun vorm en worden niet overgezet.",
                "Mind: from now on orders are booked in another form (sales.form). Orders that are written keep their form and are not carried over."
            ),
        );
    }
    if before.sales.payment_reference_prefix != now.sales.payment_reference_prefix {
        let (from, to) = (
            &before.sales.payment_reference_prefix,
            &now.sales.payment_reference_prefix,
        );
        add(
            "sales.payment_reference_prefix",
            text!(
                "Let op: het voorvoegsel van kenmerken wordt \"{to}\" in plaats van \"{from}\". Wat al geschreven is, houdt het oude; raakt het journaal kwijt, dan wordt dat niet meer teruggevonden.",
                "Mind: references begin with \"{to}\" now instead of \"{from}\". What is written keeps the old one; should the journal be lost, that is not found again."
            ),
        );
    }
    if before.sales.booking_number != now.sales.booking_number {
        add(
            "sales.booking_number",
            text!(
                "Let op: facturen krijgen voortaan een ander nummer (sales.booking_number). Geboekte facturen houden hun nummer; raakt het journaal kwijt, dan worden zij niet meer teruggevonden.",
                "Mind: invoices get another number from now on (sales.booking_number). Those booked keep theirs; should the journal be lost, they are not found again."
            ),
        );
    }
    books_elsewhere(before, now, &mut add);
    read_from(before, now, &mut add);
    if folder(before) != folder(now) {
        add(
            "shop.upload.folder",
            text!(
                "Let op: het koppelbestand hoort nu in een andere map of op een andere server. Het vorige staat er nog: plaats het nieuwe met 'winkelbrug deploy', en haal het oude weg als dat niet vanzelf lukt.",
                "Mind: the file in the shop belongs in another folder or on another server now. The former is still there: place the new one with 'winkelbrug deploy', and remove the old one if that is not done by itself."
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

fn books_elsewhere(before: &Settings, now: &Settings, add: &mut impl FnMut(&str, Text)) {
    let address = |settings: &Settings| {
        let url = &settings.administration.api_url;
        url.trim_end_matches('/').to_owned()
    };
    let (from, to) = (address(before), address(now));
    if from != to && before.administration.kind == now.administration.kind {
        add(
            "administration.api_url",
            text!(
                "Let op: de boekhouding wordt nu bereikt op {to} in plaats van {from}. Is dat een andere administratie, dan gaat daar alleen in wat nog niet geschreven is.",
                "Mind: the books are reached at {to} now instead of {from}. If that is another administration, only what is not written yet goes into it."
            ),
        );
    }
}

fn read_from(before: &Settings, now: &Settings, add: &mut impl FnMut(&str, Text)) {
    // Left out, it stays as it was.
    let (Some(from), Some(to)) = (before.shop.orders_from, now.shop.orders_from) else {
        return;
    };
    let (was_nl, was_en) = (
        Language::Dutch.day_and_time(from),
        Language::English.day_and_time(from),
    );
    let (is_nl, is_en) = (
        Language::Dutch.day_and_time(to),
        Language::English.day_and_time(to),
    );
    if to < from {
        let name = &now.name;
        add(
            "shop.orders_from",
            text!(
                "Let op: bestellingen worden nu gelezen vanaf {is_nl} in plaats van {was_nl}: de oudere worden bij de volgende keer alsnog geboekt. Bekijk eerst wat dat is met: winkelbrug run {name} --dry-run",
                "Mind: orders are read from {is_en} on now instead of {was_en}: the older ones are booked after all at the next run. See first what that is with: winkelbrug run {name} --dry-run"
            ),
        );
    } else if to > from {
        add(
            "shop.orders_from",
            text!(
                "Let op: bestellingen van vóór {is_nl} worden niet meer geboekt (dat was {was_nl}); wat al geschreven is, blijft.",
                "Mind: orders of before {is_en} are no longer booked (that was {was_en}); what is written stays."
            ),
        );
    }
}

/// Where the file in the shop is put.
fn folder(settings: &Settings) -> (&str, &str) {
    let upload = &settings.shop.upload;
    (&upload.host, upload.folder.trim_end_matches('/'))
}

/// A choice as the profile writes it.
fn said(choice: impl Serialize) -> String {
    let written = serde_json::to_value(choice).ok();
    let text = written.as_ref().and_then(serde_json::Value::as_str);
    text.unwrap_or_default().to_owned()
}

//! Whether the shop says an order is paid, on which day, and the daybook (dagboek) its payment is
//! booked in.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};
use winkelbrug_protocol::record::{HistoryEntry, Order, StatusKind};

use crate::profile::{
    Settings,
    settings::{PayBack, Payment},
};

/// Is it paid as far as coming into the books goes? By the shop's own record of payments, where it
/// keeps one; what is complete is taken for paid.
#[must_use]
pub fn is_paid(order: &Order) -> bool {
    match order.status.kind {
        StatusKind::Complete | StatusKind::Refunded => true,
        StatusKind::Processing => order.paid.unwrap_or(true),
        _ => order.paid.unwrap_or(false),
    }
}

/// Was its money received, so that a payment may be booked? Where the shop keeps a record of payments
/// nothing else counts, whatever the status. What is refunded (which a shop also calls what was
/// reversed or charged back) was received only where its history says it was paid before.
#[must_use]
pub fn is_received(order: &Order) -> bool {
    let was_paid = || {
        let mut before = order.history.iter().map(|entry| entry.status.kind);
        before.any(|kind| matches!(kind, StatusKind::Processing | StatusKind::Complete))
    };
    order.paid.unwrap_or_else(|| match order.status.kind {
        StatusKind::Refunded => was_paid(),
        _ => is_paid(order),
    })
}

/// The owner's rule for this payment method, by code or title: its key and itself.
pub(super) fn rule_of<'s>(order: &Order, settings: &'s Settings) -> Option<(&'s str, &'s Payment)> {
    let is = |key: &str, name: &str| {
        !name.trim().is_empty() && key.trim().to_lowercase() == name.trim().to_lowercase()
    };
    let rules = &settings.sales.payment;
    rules
        .iter()
        .find(|(key, _)| is(key, &order.payment.code))
        .or_else(|| rules.iter().find(|(key, _)| is(key, &order.payment.title)))
        .map(|(key, rule)| (key.as_str(), rule))
}

/// The method as the settings name it and the daybook its payments are booked in; none = they
/// are not.
#[must_use]
pub fn payment_journal<'s>(order: &Order, settings: &'s Settings) -> Option<(&'s str, &'s str)> {
    let (method, rule) = rule_of(order, settings)?;
    Some((method, rule.books_in()?))
}

/// Is what the shop refunds of it booked as paid back, out of that daybook?
#[must_use]
pub fn is_paid_back(order: &Order, settings: &Settings) -> bool {
    rule_of(order, settings).is_some_and(|(_, rule)| rule.pay_back == PayBack::Journal)
}

/// The shop's local day on which it was paid: as the shop itself keeps it, else the one on which its
/// history first says so; without such an entry the day of the order. Where the shop records payments
/// beside the status, being processed says nothing of the money, so what is complete now was paid when it
/// became so. A day before the order's (a shop that lost the moment tells 1970) is none.
#[must_use]
pub fn paid_on(order: &Order) -> Option<Date> {
    let local: DateTime = order.placed_local.parse().ok()?;
    let kept = order.paid_on.as_ref().and_then(|day| day.parse().ok());
    if let Some(day) = kept.filter(|day: &Date| *day >= local.date()) {
        return Some(day);
    }
    let clock = clock(order, local);
    let day = |entry: &HistoryEntry| {
        let at = entry.at.parse::<Timestamp>().ok()?;
        Some(clock.to_datetime(at).date()).filter(|day| *day >= local.date())
    };
    let first = |kinds: &[StatusKind]| {
        let mut entries = order.history.iter();
        entries.find_map(|entry| {
            let is_one = kinds.contains(&entry.status.kind);
            is_one.then(|| day(entry)).flatten()
        })
    };
    let by_completion = order.paid.is_some() && order.status.kind == StatusKind::Complete;
    let completed = by_completion.then(|| first(&[StatusKind::Complete]));
    let paid = completed
        .flatten()
        .or_else(|| first(&[StatusKind::Processing, StatusKind::Complete]));
    Some(paid.unwrap_or_else(|| local.date()))
}

/// The shop's clock. The record tells how far it was ahead when the order was placed: where that is what
/// Dutch clocks were, it is taken to keep Dutch time, so that a payment across the change of summer time
/// has its own day; any other stays as far ahead as it was.
fn clock(order: &Order, local: DateTime) -> TimeZone {
    let Ok(placed) = order.placed_at.parse::<Timestamp>() else {
        return TimeZone::UTC;
    };
    if let Ok(dutch) = TimeZone::get("Europe/Amsterdam")
        && dutch.to_datetime(placed) == local
    {
        return dutch;
    }
    let ahead = TimeZone::UTC
        .to_timestamp(local)
        .map(|local| local.duration_since(placed).as_secs());
    let ahead = ahead.ok().and_then(|ahead| i32::try_from(ahead).ok());
    ahead
        .and_then(|ahead| Offset::from_seconds(ahead).ok())
        .map_or(TimeZone::UTC, TimeZone::fixed)
}

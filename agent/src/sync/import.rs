//! Fetching orders: heads of what changed since the cursor, bodies of what the journal does not
//! have in that version, committed as they came; only then may the cursor pass them.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::{Order, OrderHead};

use super::{Phase, place::Place};
use crate::{
    failure::Result,
    journal::{ShopOrderId, State, cursors::name, versions::Incoming, versions::Kept},
    shop::{RawOrder, Shop, TooLarge, too_large},
};

/// Changes are read again this long before the cursor: shops that store local time repeat an hour
/// each autumn, and a change may be committed after a later stamp was given out.
const OVERLAP: SignedDuration = SignedDuration::from_hours(2);
/// Bodies asked for at once, at most (the wire's own limit).
const BODIES: usize = 1000;

/// Reads the shop's changed orders into the journal; gives those that are new or changed.
///
/// # Errors
/// What the shop says. Whatever was fetched until then is kept, and nothing is passed over.
pub async fn fetch(place: &Place<'_>, shop: &dyn Shop) -> Result<Vec<Kept>> {
    let since = begin(place)?;
    let since = since.map(|since| since.to_string());
    let (mut after, mut news, mut done) = (None, Vec::new(), 0);
    loop {
        place.go_on()?;
        place.progress(Phase::ReadOrders, done, None);
        let page = shop.order_heads(since.as_deref(), after.as_ref()).await?;
        done += page.records.len() as u64;
        news.extend(fetch_unknown(place, shop, &page.records).await?);
        pass(place, &page.records)?;
        after = page.next;
        if after.is_none() {
            return Ok(news);
        }
    }
}

/// Where to begin. An earlier `orders_from` than the one read from so far sets the cursor back.
fn begin(place: &Place<'_>) -> Result<Option<Timestamp>> {
    let (journal, profile) = (place.journal, place.profile());
    let wanted = place.settings.shop.orders_from;
    let read_from = journal.moment(profile, name::ORDERS_FROM)?;
    let cursor = journal.moment(profile, name::ORDERS)?;
    // Stored to the millisecond.
    let wanted_millis = wanted.map_or(i64::MIN, Timestamp::as_millisecond);
    let back_fill = read_from.is_none_or(|from| wanted_millis < from.as_millisecond());
    if back_fill || cursor.is_none() {
        // The whole list when there is no first moment: the epoch is before any shop.
        let from = wanted.unwrap_or(Timestamp::UNIX_EPOCH);
        journal.keep_moment(profile, name::ORDERS, from)?;
        journal.keep_moment(profile, name::ORDERS_FROM, from)?;
        return Ok(wanted);
    }
    Ok(cursor.map(|cursor| cursor - OVERLAP))
}

/// Bodies of these heads that the journal does not have yet, kept.
pub(super) async fn fetch_unknown(
    place: &Place<'_>,
    shop: &dyn Shop,
    heads: &[OrderHead],
) -> Result<Vec<Kept>> {
    let known: Vec<(ShopOrderId, String)> = heads
        .iter()
        .map(|head| (ShopOrderId(head.id.clone()), head.hash.clone()))
        .collect();
    let unknown = place.journal.unknown_versions(place.profile(), &known)?;
    let mut news = Vec::new();
    for ids in unknown.chunks(BODIES) {
        let mut ids: Vec<String> = ids.iter().map(|id| id.0.clone()).collect();
        while !ids.is_empty() {
            place.go_on()?;
            let (bodies, rest) = shop.some_orders(&ids).await?;
            news.extend(keep(place, &bodies, heads)?);
            ids = rest;
        }
    }
    Ok(news)
}

/// Fetches these orders whether or not they changed; gives the ids that are gone, where the shop
/// can tell.
///
/// # Errors
/// What the shop says.
pub(super) async fn fetch_again(
    place: &Place<'_>,
    shop: &dyn Shop,
    ids: &[String],
) -> Result<(Vec<Kept>, Vec<String>)> {
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for ids in ids.chunks(BODIES) {
        place.go_on()?;
        let bodies = shop.orders(ids).await?;
        let told = ids.iter().filter(|_| shop.abilities().deletions);
        gone.extend(
            told.filter(|id| !bodies.iter().any(|body| body.id == **id))
                .cloned(),
        );
        kept.extend(keep(place, &bodies, &[])?);
    }
    Ok((kept, gone))
}

fn keep(place: &Place<'_>, bodies: &[RawOrder], heads: &[OrderHead]) -> Result<Vec<Kept>> {
    let incoming: Vec<Incoming> = bodies
        .iter()
        .map(|body| {
            let head = heads.iter().find(|head| head.id == body.id);
            incoming(body, head)
        })
        .collect();
    let kept = place
        .journal
        .keep_orders(place.profile(), &incoming, place.now())?;
    for order in kept.iter().filter(|order| order.changed) {
        let state = if order.state == State::Seen {
            None
        } else {
            Some(crate::text!(
                "In de winkel gewijzigd.",
                "Changed in the shop."
            ))
        };
        place.order_became(order.order, &order.number, order.state, state.as_ref())?;
    }
    Ok(kept)
}

/// What the journal keeps of a body. One that cannot be read is kept under its id and its head's
/// hash, and held when it is decided on.
fn incoming(body: &RawOrder, head: Option<&OrderHead>) -> Incoming {
    match &body.order {
        Ok(order) => of_order(body, order),
        Err(_) => of_unread(body, too_large(&body.raw), head),
    }
}

fn of_unread(body: &RawOrder, large: Option<TooLarge>, head: Option<&OrderHead>) -> Incoming {
    let (number, hash) = large.map_or((None, None), |large| (large.number, large.hash));
    Incoming {
        shop_id: ShopOrderId(body.id.clone()),
        number: number.unwrap_or_else(|| body.id.clone()),
        hash: head
            .map(|head| head.hash.clone())
            .or(hash)
            .unwrap_or_else(|| hex::encode(Sha256::digest(&body.raw))),
        raw: body.raw.clone(),
        status: String::new(),
        placed_at: None,
        placed_day: String::new(),
        changed_at: head.and_then(|head| head.changed_at.parse().ok()),
        total: String::new(),
        currency: String::new(),
    }
}

fn of_order(body: &RawOrder, order: &Order) -> Incoming {
    Incoming {
        shop_id: ShopOrderId(body.id.clone()),
        number: order.number.clone(),
        hash: order.hash.clone(),
        raw: body.raw.clone(),
        status: order.status.id.clone(),
        placed_at: order.placed_at.parse().ok(),
        placed_day: order.placed_local.get(..10).unwrap_or_default().to_owned(),
        changed_at: order.changed_at.parse().ok(),
        total: order.total.to_string(),
        currency: order.money.code.clone(),
    }
}

/// The cursor goes to the page's last change, never back and never ahead of the clock: an order
/// with a stamp in the future must not hide those that come after it.
fn pass(place: &Place<'_>, heads: &[OrderHead]) -> Result<()> {
    let last = heads
        .iter()
        .filter_map(|head| head.changed_at.parse::<Timestamp>().ok())
        .max();
    let Some(last) = last.map(|last| last.min(place.now())) else {
        return Ok(());
    };
    let cursor = place.journal.moment(place.profile(), name::ORDERS)?;
    if cursor.is_none_or(|cursor| cursor < last) {
        place
            .journal
            .keep_moment(place.profile(), name::ORDERS, last)?;
    }
    Ok(())
}

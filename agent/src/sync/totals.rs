//! Once a day: the shop's counts and sums per day and status against the journal's. Finds what
//! every cursor misses: a change that moved no stamp, an order that was deleted. Where the shop
//! program edits silently, the hashes of those days as well.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, civil::Date};
use rust_decimal::Decimal;
use winkelbrug_protocol::record::OrderHead;

use super::{decide::unless_left_out, import, place::Place};
use crate::{
    failure::Result,
    journal::{OrderId, State, cursors::name, orders::Basis, versions::Kept},
    shop::Shop,
    text,
    translate::{Change, Reason, settings_digest},
};

/// How far back is compared, in days.
const DAYS: i64 = 60;
/// What a bridge calls it when its shop program changes parts of an order without a trace in any
/// stamp, count or sum (Magento: an address edited in its admin).
const SILENT_EDITS: &str = "silent_edits";
/// How often.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Compares, when a day has gone by since the last time, and fetches what is missing; gives what
/// is new or changed by it.
///
/// # Errors
/// What the shop says.
pub async fn daily(place: &Place<'_>, shop: &dyn Shop) -> Result<Vec<Kept>> {
    if !shop.abilities().totals {
        return Ok(Vec::new());
    }
    let last = place.journal.moment(place.profile(), name::TOTALS)?;
    let Some(last) = last else {
        // Everything was just read for the first time.
        place
            .journal
            .keep_moment(place.profile(), name::TOTALS, place.now())?;
        return Ok(Vec::new());
    };
    if place.now().duration_since(last) < EVERY {
        return Ok(Vec::new());
    }
    place.go_on()?;
    let from = first_day(place);
    let there = theirs(shop, from).await?;
    let here = ours(place, from)?;
    let days: BTreeSet<&str> = there
        .keys()
        .chain(here.keys())
        .filter(|key| there.get(*key) != here.get(*key))
        .map(|(day, _)| day.as_str())
        .collect();
    // Where edits are silent the content's hashes of all those days are looked at.
    let all = shop
        .hello()
        .await?
        .capabilities
        .iter()
        .any(|capability| capability == SILENT_EDITS);
    let differs = days.first().and_then(|day| day.parse::<Date>().ok());
    let news = match if all { Some(from) } else { differs } {
        Some(earliest) => mend(place, shop, earliest, &days).await?,
        None => Vec::new(),
    };
    place
        .journal
        .keep_moment(place.profile(), name::TOTALS, place.now())?;
    Ok(news)
}

/// The first day of which the journal can know every order.
fn first_day(place: &Place<'_>) -> Date {
    let zone = jiff::tz::TimeZone::system();
    let today = place.now().to_zoned(zone.clone()).date();
    let earliest = today.saturating_sub(SignedDuration::from_hours(24 * DAYS));
    match place.settings.shop.orders_from {
        // A day's margin: the shop's day may begin elsewhere than ours.
        Some(from) => earliest.max(
            from.to_zoned(zone)
                .date()
                .saturating_add(SignedDuration::from_hours(48)),
        ),
        None => earliest,
    }
}

type Totals = BTreeMap<(String, String), (u64, Decimal)>;

async fn theirs(shop: &dyn Shop, from: Date) -> Result<Totals> {
    let totals = shop.totals(from).await?;
    Ok(totals
        .into_iter()
        .filter(|total| total.count > 0)
        .map(|total| {
            let sum = total.total.normalize();
            ((total.day, total.status_id), (total.count, sum))
        })
        .collect())
}

fn ours(place: &Place<'_>, from: Date) -> Result<Totals> {
    let days = place
        .journal
        .day_totals(place.profile(), &from.to_string())?;
    Ok(days
        .into_iter()
        .map(|(key, totals)| {
            let sum: Decimal = totals
                .iter()
                .filter_map(|total| total.parse::<Decimal>().ok())
                .sum();
            (key, (totals.len() as u64, sum.normalize()))
        })
        .collect())
}

/// Reads the list of changes from the first day that differs, whole.
async fn mend(
    place: &Place<'_>,
    shop: &dyn Shop,
    earliest: Date,
    days: &BTreeSet<&str>,
) -> Result<Vec<Kept>> {
    let since = earliest
        .saturating_sub(SignedDuration::from_hours(24))
        .at(0, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_or_else(|_| None, |zoned| Some(zoned.timestamp().to_string()));
    let (mut after, mut news, mut listed) = (None, Vec::new(), BTreeSet::new());
    loop {
        place.go_on()?;
        let page = shop.order_heads(since.as_deref(), after.as_ref()).await?;
        news.extend(import::fetch_unknown(place, shop, &page.records).await?);
        listed.extend(page.records.into_iter().map(|head: OrderHead| head.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let unlisted = unlisted(place, days, &listed)?;
    let ids: Vec<String> = unlisted.iter().map(|(_, id, _)| id.clone()).collect();
    let (again, gone) = import::fetch_again(place, shop, &ids).await?;
    news.extend(again.into_iter().filter(|order| order.changed));
    for (order, id, state) in unlisted {
        if gone.contains(&id) {
            deleted(place, order, state)?;
        }
    }
    Ok(news)
}

/// Orders of those days that the shop's list does not have.
fn unlisted(
    place: &Place<'_>,
    days: &BTreeSet<&str>,
    listed: &BTreeSet<String>,
) -> Result<Vec<(OrderId, String, State)>> {
    let mut found = Vec::new();
    for day in days {
        let orders = place.journal.orders_of_day(place.profile(), day)?;
        found.extend(orders.into_iter().filter(|(_, id, _)| !listed.contains(id)));
    }
    Ok(found)
}

/// The shop has thrown an order away.
pub(super) fn deleted(place: &Place<'_>, order: OrderId, state: State) -> Result<()> {
    if place.journal.open_intent(order)?.is_some() {
        return Ok(());
    }
    let work = place.journal.order_at_work(order)?;
    let number = &work.number;
    match state {
        State::Writing => return Ok(()),
        State::Written => {
            let change = Change {
                code: "deleted".to_owned(),
                text: text!(
                    "Bestelling {number} is in de winkel verwijderd nadat zij geboekt was.",
                    "Order {number} was deleted in the shop after it was booked."
                ),
            };
            place.journal.need_attention(order, &change, place.now())?;
            place.note(order, "attention", &change.text, None)?;
        }
        State::Seen | State::Planned | State::Held | State::Skipped => {
            let reason = Reason::new(
                "deleted",
                text!(
                    "De bestelling is in de winkel verwijderd.",
                    "The order was deleted in the shop."
                ),
                crate::text::Text::default(),
            );
            let basis = Basis {
                settings_digest: settings_digest(place.settings),
                ..work.undecided(place.now())
            };
            let skipped = place.journal.skip_order(order, &reason, &basis);
            // Why its owner skipped it says more than that the shop did too.
            if unless_left_out(skipped)?.is_some() {
                place.order_became(order, number, State::Skipped, Some(&reason.text))?;
            }
        }
    }
    place.journal.note_deleted(order)
}

//! Is it an order for the books now?

use jiff::{Timestamp, civil::Date};
use winkelbrug::profile::settings::{Payment, PaymentImport};
use winkelbrug_protocol::record::{Order, StatusKind};

use super::Case;

/// The reason to leave it out; reasons to hold it are noted.
pub fn skipped(case: &mut Case<'_>) -> Option<&'static str> {
    let order = case.order;
    let own = &case.settings.shop.stores;
    let (id, name) = (&order.store.id, order.store.name.trim().to_lowercase());
    let renamed = case
        .facts
        .shop
        .stores
        .iter()
        .filter(|store| store.id == *id);
    let mut names: Vec<String> = renamed
        .map(|store| store.name.trim().to_lowercase())
        .collect();
    names.push(name);
    let of_own = |own: &String| own.trim() == id || names.contains(&own.trim().to_lowercase());
    if !own.is_empty() && !own.iter().any(of_own) {
        return Some("other-store");
    }
    let chosen = is_chosen(case);
    let listed = !case.settings.shop.order_statuses.is_empty();
    match order.status.kind {
        StatusKind::Abandoned => return Some("abandoned"),
        StatusKind::Refunded => {
            if listed && !chosen {
                return Some("status");
            }
            // Where the shop keeps documents of what it gave back, order and credit are both written.
            if order.refunds.is_empty() {
                case.hold("terugbetaald");
                return None;
            }
        }
        _ if chosen => {}
        StatusKind::OnHold if !listed => return Some("on-hold"),
        StatusKind::Cancelled => return Some("cancelled"),
        StatusKind::Failed => return Some("failed"),
        _ if listed => return Some("status"),
        _ => {}
    }
    if order.placed_local.is_empty() || order.placed_local.starts_with("0000") {
        case.hold("orderdatum-ontbreekt");
        return None;
    }
    let day: Option<Date> = order.placed_local[..10].parse().ok();
    let latest = case.facts.today.map(|today| today.tomorrow().unwrap());
    if day.is_none() || latest.is_some_and(|latest| day > Some(latest)) {
        case.hold("orderdatum-onwaarschijnlijk");
        return None;
    }
    if day.is_some_and(|day| day.year() < 2000) {
        case.hold("orderdatum-onwaarschijnlijk");
        return None;
    }
    let placed: Timestamp = order.placed_at.parse().unwrap();
    if case
        .settings
        .shop
        .orders_from
        .is_some_and(|from| placed < from)
    {
        return Some("before-start");
    }
    if order
        .remarks
        .iter()
        .any(|remark| remark.starts_with("no_amount:"))
    {
        case.hold("bedrag-ontbreekt");
    }
    if is_empty(order) {
        return Some("empty");
    }
    waits_for_money(case)
}

/// Nothing in it, nothing to pay, and nothing given back.
fn is_empty(order: &Order) -> bool {
    order.lines.is_empty()
        && order.gift_cards.is_empty()
        && order.refunds.is_empty()
        && order.total.is_zero()
        && order.totals.iter().all(|row| row.amount.is_zero())
}

fn is_chosen(case: &Case<'_>) -> bool {
    let status = &case.order.status;
    let names: Vec<&str> = case
        .facts
        .shop
        .order_statuses
        .iter()
        .filter(|known| known.id == status.id)
        .map(|known| known.name.as_str())
        .chain([status.name.as_str(), status.id.as_str()])
        .collect();
    case.settings.shop.order_statuses.iter().any(|wanted| {
        names
            .iter()
            .any(|name| name.to_lowercase() == wanted.trim().to_lowercase())
    })
}

fn waits_for_money(case: &Case<'_>) -> Option<&'static str> {
    let order = case.order;
    let rule = rule(case);
    let import = rule.and_then(|rule| rule.import);
    let paid = match (order.status.kind, order.paid) {
        (StatusKind::Complete | StatusKind::Refunded, _) => true,
        (_, Some(paid)) => paid,
        (kind, None) => kind == StatusKind::Processing,
    };
    let ready = match import {
        Some(PaymentImport::Never) => return Some("payment-never"),
        Some(PaymentImport::Always) => true,
        Some(PaymentImport::Authorised) => {
            ![StatusKind::Pending, StatusKind::OnHold].contains(&order.status.kind)
        }
        Some(PaymentImport::Paid) => paid,
        None => paid || order.total.is_zero() || comes_later(order),
    };
    if ready {
        return None;
    }
    let days = rule.map_or(14, |rule| rule.give_up_days);
    let age = || {
        let today = case.facts.today?;
        let placed: Date = order.placed_local[..10].parse().ok()?;
        Some(today.since(placed).ok()?.get_days())
    };
    let given_up = days > 0
        && order.received.is_none()
        && age().is_some_and(|age| i64::from(age) > i64::from(days));
    Some(if given_up { "given-up" } else { "unpaid" })
}

fn rule<'a>(case: &'a Case<'_>) -> Option<&'a Payment> {
    let payment = &case.order.payment;
    [&payment.code, &payment.title]
        .into_iter()
        .filter(|name| !name.trim().is_empty())
        .find_map(|name| {
            case.settings
                .sales
                .payment
                .iter()
                .find(|(key, _)| key.trim().to_lowercase() == name.trim().to_lowercase())
                .map(|(_, rule)| rule)
        })
}

/// A transfer, a cheque or money at the door: the order comes first.
fn comes_later(order: &Order) -> bool {
    let code = order.payment.code.to_lowercase();
    let title = order.payment.title.to_lowercase();
    let code = code.split('.').next().unwrap();
    let codes = [
        "bank",
        "wire",
        "bacs",
        "cod",
        "cashondelivery",
        "cheque",
        "checkmo",
        "checkpayment",
        "free",
        "purchaseorder",
    ];
    let titles = [
        "bank transfer",
        "overboeking",
        "bankoverschrijving",
        "vooruitbetaling",
        "cash on delivery",
        "rembours",
        "cheque",
        "op rekening",
        "free checkout",
    ];
    codes
        .iter()
        .any(|word| code == *word || (word.len() > 3 && code.contains(word)))
        || titles.iter().any(|word| title.contains(word))
}

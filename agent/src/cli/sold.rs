//! An order as the shop has it: who bought, what, with which VAT, and how it is paid.

use winkelbrug_protocol::record::{Line, Order, RateKind, TotalKind, TotalRow};

use super::{
    screen::{Screen, clean},
    session::Session,
};
use crate::{journal::listing::OrderInFull, shop, text, text::Text};

/// What the shop said of the order, as far as it is kept and can be read.
pub(super) fn read(session: &Session, profile: &str, order: &OrderInFull) -> Option<Box<Order>> {
    let raw = order.raw.as_ref()?;
    if let Ok(read) = shop::read_order(raw) {
        return Some(read);
    }
    let shop = session.look(profile, shop::open).ok()?;
    shop.read(&order.listed.shop_id, raw).ok()
}

/// What is told of it beside its totals: what it is, and the words.
pub(super) fn facts(screen: Screen, order: &Order) -> Vec<(Text, String)> {
    let vat: Vec<String> = order
        .totals
        .iter()
        .filter(|row| row.kind == TotalKind::Tax)
        .map(|row| vat(screen, row))
        .collect();
    let paid = match order.payment.title.trim() {
        "" => order.payment.code.trim(),
        title => title,
    };
    [
        (text!("klant", "customer"), buyer(order)),
        (text!("betaalwijze", "paid by"), paid.to_owned()),
        (text!("btw in de winkel", "VAT in the shop"), vat.join(", ")),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// Its lines: `3 × description`.
pub(super) fn show_lines(screen: Screen, order: &Order) {
    if order.lines.is_empty() {
        return;
    }
    screen.say(&text!("In de winkel verkocht:", "Sold in the shop:"));
    for line in &order.lines {
        screen.line(&clean(&format!("    {}", sold(screen, line))));
    }
}

fn sold(screen: Screen, line: &Line) -> String {
    let quantity = screen.number(line.quantity);
    let options: Vec<&str> = line
        .options
        .iter()
        .map(|option| option.value.trim())
        .filter(|value| !value.is_empty())
        .collect();
    let name = line.name.trim();
    if options.is_empty() {
        format!("{quantity} × {name}")
    } else {
        format!("{quantity} × {name} ({})", options.join(", "))
    }
}

fn vat(screen: Screen, row: &TotalRow) -> String {
    let amount = screen.cents(row.amount);
    match &row.rate {
        Some(rate) if rate.kind == RateKind::Percent => {
            format!("{}% {amount}", screen.number(rate.rate))
        }
        _ => format!("{} {amount}", row.title.trim()),
    }
}

/// Name, postcode with place, and e-mail address.
fn buyer(order: &Order) -> String {
    let (customer, address) = (&order.customer, &order.invoice_address);
    let joined = |parts: [&str; 2]| {
        let parts = parts.map(str::trim);
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let own = joined([&customer.first_name, &customer.last_name]);
    let name = if own.is_empty() {
        joined([&address.first_name, &address.last_name])
    } else {
        own
    };
    let parts = [
        address.company.trim().to_owned(),
        name,
        joined([&address.postcode, &address.city]),
        customer.email.trim().to_owned(),
    ];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

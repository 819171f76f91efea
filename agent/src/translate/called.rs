//! What lines, rows, statuses and payment methods are called where people read of them: never an
//! empty name.

use winkelbrug_protocol::record::{Line, Method, Named, Order, Status, TotalRow};

use crate::{
    text,
    text::{Text, clean},
};

/// A line: its name, else its code, else its place in the order.
pub(super) fn line(order: &Order, line: &Line) -> Text {
    first([&line.name, &line.code]).unwrap_or_else(|| {
        let place = order
            .lines
            .iter()
            .position(|other| std::ptr::eq(other, line));
        let place = place.map_or_else(String::new, |place| (place + 1).to_string());
        text!("regel {place}", "line {place}")
    })
}

/// A row of the order's totals: its title, else its code.
pub(super) fn row(row: &TotalRow) -> Text {
    first([&row.title, &row.code]).unwrap_or_else(|| {
        text!(
            "een totaalregel zonder naam",
            "a row of the totals without a name"
        )
    })
}

/// A payment method: its title, else its code.
pub(super) fn method(method: &Method) -> Text {
    first([&method.title, &method.code])
        .unwrap_or_else(|| text!("onbekende betaalwijze", "unknown payment method"))
}

/// An order's status: its name, else its id.
pub(super) fn status(status: &Status) -> Text {
    first([&status.name, &status.id]).unwrap_or_else(|| text!("onbekend", "unknown"))
}

/// A store of the shop's installation: its name, else its id.
pub(super) fn store(store: &Named) -> Text {
    first([&store.name, &store.id]).unwrap_or_else(|| text!("onbekend", "unknown"))
}

/// Is it the store that the owner names, by its id, or by the name it has now or had when the order was placed?
pub(super) fn is_store(store: &Named, wanted: &str, stores: &[Named]) -> bool {
    let wanted = wanted.trim();
    let is = |name: &str| name.trim().to_lowercase() == wanted.to_lowercase();
    let mut now = stores.iter().filter(|now| now.id == store.id);
    store.id == wanted || is(&store.name) || now.any(|now| is(&now.name))
}

/// An article: its code, and its name behind it where it has one.
pub(super) fn article(code: &str, name: &str) -> String {
    match clean(name) {
        name if name.is_empty() || name == code => code.to_owned(),
        name => format!("{code} (\"{name}\")"),
    }
}

/// The first of these that says something.
fn first<const N: usize>(names: [&str; N]) -> Option<Text> {
    names
        .into_iter()
        .map(clean)
        .find(|name| !name.is_empty())
        .map(Text::same)
}

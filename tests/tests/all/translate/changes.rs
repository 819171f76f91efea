//! What changed after an order was written.

use rust_decimal::dec;
use winkelbrug::translate::changes;
use winkelbrug_protocol::record::StatusKind;

use crate::translate::desk::{Desk, desk, settings};

fn codes(change: impl FnOnce(&mut Desk)) -> Vec<String> {
    let before = desk();
    let mut after = before.clone();
    change(&mut after);
    changes(&before.order, &after.order, &after.settings)
        .into_iter()
        .map(|change| change.code)
        .collect()
}

#[test]
fn progress_of_the_status_is_no_change() {
    for kind in [StatusKind::Complete, StatusKind::Pending, StatusKind::Other] {
        assert!(codes(|desk| desk.status(kind, "Verder")).is_empty());
    }
}

#[test]
fn new_line_ids_history_and_precision_are_no_change() {
    assert!(
        codes(|desk| {
            desk.order.lines[0].id = "999".to_owned();
            desk.order.lines[0].total = dec!(20.000000);
            desk.order.changed_at = "2026-06-01T00:00:00Z".to_owned();
            desk.order.hash = "anders".to_owned();
        })
        .is_empty()
    );
}

/// Making the invoice in the month of the order is progress; another day on it may be another VAT return.
/// Where bookings have the day of the order, or there are none, it is nobody's matter.
#[test]
fn another_day_on_the_shops_invoice_is_a_change() {
    let dated = |before: Option<&str>, after: Option<&str>, sales: &str| {
        let (mut then, mut now) = (desk(), desk());
        then.order.placed_local = "2026-05-31T12:00:00".to_owned();
        then.order.invoice_date = before.map(str::to_owned);
        now.order.invoice_date = after.map(str::to_owned);
        changes(&then.order, &now.order, &settings(sales, ""))
    };
    let booked = "form = \"booking\"";
    assert!(dated(None, Some("2026-05-02"), booked).is_empty());
    assert!(dated(Some("2026-05-02"), Some("2026-05-02"), booked).is_empty());
    let change = &dated(Some("2026-05-31"), Some("2026-06-01"), booked)[0];
    assert_eq!(change.code, "invoice-date");
    assert!(change.text.nl.contains("van 31-05-2026 naar 01-06-2026"));
    assert!(change.text.en.contains("from 2026-05-31 to 2026-06-01"));
    let change = &dated(None, Some("2026-06-02"), booked)[0];
    assert_eq!(change.code, "invoice-date");
    assert!(change.text.nl.contains("gedateerd 02-06-2026"));
    assert!(change.text.en.contains("dated 2026-06-02"));
    for other in ["", "form = \"booking\"\nbooking_date = \"order-date\""] {
        assert!(dated(Some("2026-05-31"), Some("2026-06-01"), other).is_empty());
        assert!(dated(None, Some("2026-06-01"), other).is_empty());
    }
}

#[test]
fn cancelling_and_refunding_are_changes() {
    assert_eq!(
        codes(|desk| desk.status(StatusKind::Cancelled, "Geannuleerd")),
        ["cancelled"]
    );
    assert_eq!(
        codes(|desk| desk.status(StatusKind::Failed, "Mislukt")),
        ["cancelled"]
    );
    assert_eq!(
        codes(|desk| desk.status(StatusKind::Refunded, "Terugbetaald")),
        ["refunded"]
    );
}

#[test]
fn edited_lines_and_addresses_are_changes() {
    assert_eq!(
        codes(|desk| {
            desk.order.lines[0].quantity = dec!(3);
            desk.order.total = dec!(42.29);
        }),
        ["edited"]
    );
    assert_eq!(
        codes(|desk| desk
            .order
            .delivery_address
            .as_mut()
            .unwrap()
            .line1
            .push('0')),
        ["address-edited"]
    );
}

#[test]
fn an_edit_names_both_totals() {
    let before = desk();
    let mut after = before.clone();
    after.order.total = dec!(42.29);
    let text = &changes(&before.order, &after.order, &after.settings)[0]
        .text
        .nl;
    assert!(text.contains("30,19") && text.contains("42,29"), "{text}");
}

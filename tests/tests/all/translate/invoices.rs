//! Who invoices, and whether new orders are blocked.

use jiff::civil::Date;
use winkelbrug::{profile::settings::BookingDate, translate::Outcome};

use crate::translate::desk::{Desk, desk, planned, settings};

fn with(sales: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, "");
    desk
}

#[test]
fn blocked_as_the_template_says_always_or_never() {
    for (value, blocked) in [
        ("as-template", None),
        ("always", Some(true)),
        ("never", Some(false)),
    ] {
        let plan = with(&format!("blocked = \"{value}\"")).plan();
        assert_eq!(plan.order.blocked, blocked, "{value}");
    }
    assert_eq!(desk().plan().order.blocked, None);
}

#[test]
fn an_order_of_a_shop_that_invoices_is_blocked_and_says_so() {
    let mut desk = with("invoiced_by = \"shop\"");
    let plan = desk.plan();
    assert_eq!(plan.order.blocked, Some(true));
    assert_eq!(
        plan.order.memo,
        "De webwinkel factureert zelf. Niet factureren."
    );
    desk.order.invoice_number = Some("INV-7".to_owned());
    desk.order.comment = "Graag bellen".to_owned();
    assert_eq!(
        desk.plan().order.memo,
        "Door de webwinkel gefactureerd: factuur INV-7. Niet factureren.\nGraag bellen"
    );
    for invoiced_by in ["", "invoiced_by = \"snelstart\""] {
        desk.settings = settings(invoiced_by, "");
        let order = desk.plan().order;
        assert_eq!((order.blocked, order.memo.as_str()), (None, "Graag bellen"));
    }
}

/// The day of a booking, and what the plan says of it.
fn booked(desk: &Desk, today: Option<Date>) -> (Date, Vec<String>) {
    let plan = planned(desk.outcome_with(|facts| facts.today = today));
    let notes = plan.notes.into_iter().map(|note| note.nl);
    let told = notes.filter(|note| note.contains("actuur ") && note.contains("INV-7"));
    (plan.booking.unwrap().date, told.collect())
}

/// VAT falls due by the day of the invoice: that is the booking's where the shop tells it.
#[test]
fn a_booking_bears_the_day_of_the_shops_invoice_and_says_where_the_order_has_another() {
    let mut desk = with("form = \"booking\"");
    desk.order.invoice_number = Some("INV-7".to_owned());
    desk.order.invoice_date = Some("2026-07-02".to_owned());
    let (day, told) = booked(&desk, None);
    assert_eq!(day, jiff::civil::date(2026, 7, 2));
    assert_eq!(
        told,
        [
            "Geboekt op 02-07-2026, de dag van factuur INV-7 van de winkel; de bestelling is van 01-05-2026."
        ]
    );
    let order = desk.plan().order;
    assert_eq!(order.date, jiff::civil::date(2026, 5, 1));
    desk.order.invoice_date = Some("2026-05-01".to_owned());
    let next_month = Some(jiff::civil::date(2026, 6, 1));
    assert_eq!(booked(&desk, next_month), (order.date, Vec::new()));

    // An owner may want the order's day, and then nothing is to be told.
    desk.order.invoice_date = Some("2026-07-02".to_owned());
    desk.settings = settings("form = \"booking\"\nbooking_date = \"order-date\"", "");
    assert_eq!(booked(&desk, next_month), (order.date, Vec::new()));

    // Under the order's number it is the same sale, and the same invoice.
    desk.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    assert_eq!(booked(&desk, None).0, jiff::civil::date(2026, 7, 2));

    // A sales order is no invoice.
    desk.settings = settings("", "");
    assert_eq!(desk.plan().order.date, order.date);
}

/// Rates are those of the day the sale has in the books: one that does not hold then waits for a person.
#[test]
fn rates_and_foreign_vat_go_by_the_day_of_the_invoice() {
    let mut desk = with("form = \"booking\"");
    desk.order.invoice_number = Some("INV-7".to_owned());
    let until = jiff::civil::date(2026, 6, 30);
    let ended = |desk: &Desk| {
        desk.outcome_with(|facts| {
            for rate in &mut facts.lookups.vat_rates {
                rate.until = rate.until.min(until);
            }
        })
    };
    desk.order.invoice_date = Some("2026-06-30".to_owned());
    planned(ended(&desk));
    desk.order.invoice_date = Some("2026-07-01".to_owned());
    match ended(&desk) {
        Outcome::Held(reason) => assert_eq!(reason.code, "btw-tarief-onbekend"),
        other => panic!("{other:?}"),
    }
    desk.settings.sales.booking_date = BookingDate::OrderDate;
    planned(ended(&desk));
}

#[test]
fn an_invoice_of_a_day_nobody_can_read_is_held() {
    let mut desk = with("form = \"booking\"");
    desk.order.invoice_number = Some("INV-7".to_owned());
    desk.order.invoice_date = Some("0000-00-00".to_owned());
    assert!(desk.held().text.nl.contains("0000-00-00"));
}

/// Where the shop's record has no date of the invoice the booking has the order's: told where the
/// invoice may belong to another VAT return.
#[test]
fn a_booking_says_that_the_day_of_its_invoice_is_unknown_once_that_may_matter() {
    let mut desk = with("form = \"booking\"");
    desk.order.invoice_number = Some("INV-7".to_owned());
    let day: Date = desk.order.placed_local[..10].parse().unwrap();
    let next_month = day.last_of_month().tomorrow().unwrap();
    for today in [None, Some(next_month)] {
        let (at, told) = booked(&desk, today);
        assert_eq!(at, day);
        assert_eq!(told.len(), 1, "{today:?}");
        assert!(
            told[0].contains("dag van de bestelling, 01-05-2026"),
            "{told:?}"
        );
    }
    for today in [day, day.last_of_month()] {
        assert_eq!(booked(&desk, Some(today)), (day, Vec::new()));
    }
    // The order's own number is no invoice of the shop.
    desk.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    assert_eq!(booked(&desk, Some(next_month)), (day, Vec::new()));
}

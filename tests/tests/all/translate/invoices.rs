//! Who invoices, and whether new orders are blocked.

use jiff::civil::Date;

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

/// The shop's record has no date of the invoice, so the booking has the order's: told where the
/// invoice may belong to another VAT return.
#[test]
fn a_booking_says_that_the_day_of_its_invoice_is_unknown_once_that_may_matter() {
    let mut desk = with("form = \"booking\"");
    desk.order.invoice_number = Some("INV-7".to_owned());
    let of_the_day = |desk: &Desk, today: Option<Date>| {
        let plan = planned(desk.outcome_with(|facts| facts.today = today));
        let booked = plan.booking.unwrap().date;
        let notes = plan.notes.into_iter().map(|note| note.nl);
        let told: Vec<String> = notes
            .filter(|note| note.contains("Factuur INV-7"))
            .collect();
        (booked, told)
    };
    let day: Date = desk.order.placed_local[..10].parse().unwrap();
    let next_month = day.last_of_month().tomorrow().unwrap();
    for today in [None, Some(next_month)] {
        let (booked, told) = of_the_day(&desk, today);
        assert_eq!(booked, day);
        assert_eq!(told.len(), 1, "{today:?}");
        assert!(
            told[0].contains(&format!("dag van de bestelling, {day}")),
            "{told:?}"
        );
    }
    for today in [day, day.last_of_month()] {
        assert_eq!(of_the_day(&desk, Some(today)), (day, Vec::new()));
    }
    // The order's own number is no invoice of the shop.
    desk.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    assert_eq!(of_the_day(&desk, Some(next_month)), (day, Vec::new()));
}

//! What only a booked invoice asks for.

use winkelbrug::profile::settings::{BookingNumber, Form};

use super::Case;

/// Longest invoice number (factuurnummer) of a booking in SnelStart.
const LONGEST: usize = 25;

/// The number it is booked under is the shop's own, or the order's; the reason where there is none.
pub fn refused(case: &Case<'_>) -> Option<&'static str> {
    let sales = &case.settings.sales;
    if sales.form != Form::Booking {
        return None;
    }
    let number = match sales.booking_number {
        BookingNumber::InvoiceNumber => case.order.invoice_number.clone().unwrap_or_default(),
        BookingNumber::OrderNumber => {
            format!("{}{}", sales.payment_reference_prefix, case.order.number)
        }
    };
    match number.trim().chars().count() {
        0 => Some("factuurnummer-ontbreekt"),
        1..=LONGEST => None,
        _ => Some("factuurnummer-te-lang"),
    }
}

//! What only a booked invoice asks for.

use winkelbrug::profile::settings::{BookingNumber, Form};

use super::Case;

/// Longest invoice number (factuurnummer) of a booking in SnelStart.
const LONGEST: usize = 25;

/// The number it is booked under: the shop's own, or the order's.
pub fn number(case: &mut Case<'_>) {
    let sales = &case.settings.sales;
    if sales.form != Form::Booking {
        return;
    }
    let number = match sales.booking_number {
        BookingNumber::InvoiceNumber => case.order.invoice_number.clone().unwrap_or_default(),
        BookingNumber::OrderNumber => {
            format!("{}{}", sales.payment_reference_prefix, case.order.number)
        }
    };
    if number.trim().is_empty() {
        case.hold("factuurnummer-ontbreekt");
    } else if number.chars().count() > LONGEST {
        case.hold("factuurnummer-te-lang");
    }
}

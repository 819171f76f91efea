//! What changed in an order after it was written: for a person to act on, never rewritten silently.

use jiff::civil::Date;
use winkelbrug_protocol::record::{Address, Order, StatusKind};

use super::{called, eligible, names, plan::Change};
use crate::{
    profile::{
        Settings,
        settings::{BookingDate, Form},
    },
    text,
    text::{Amount, Text},
};

/// The changes from the version that was written to the one the shop has now. Mere progress of
/// the status (pending to processing to complete) is none, and the day of the shop's invoice matters
/// only where bookings are dated by it.
#[must_use]
pub fn changes(old: &Order, new: &Order, settings: &Settings) -> Vec<Change> {
    let (number, status) = (&new.number, called::status(&new.status));
    let (nl, en) = (&status.nl, &status.en);
    let typed = text::typed(number, &new.id);
    if is_another(old, new) {
        return vec![change("andere-bestelling", another(old, new))];
    }
    let mut found = Vec::new();
    let gone = |kind| matches!(kind, StatusKind::Cancelled | StatusKind::Failed);
    if gone(new.status.kind) && !gone(old.status.kind) {
        found.push(change(
            "cancelled",
            text!(
                "Bestelling {number} is in de winkel geannuleerd (status {nl}) nadat zij geboekt was.",
                "Order {number} was cancelled in the shop (status {en}) after it was booked."
            ),
        ));
    }
    // What the shop has documents of is credited refund by refund.
    let untold = new.refunds.is_empty();
    if untold && new.status.kind == StatusKind::Refunded && old.status.kind != StatusKind::Refunded
    {
        found.push(change(
            "refunded",
            text!(
                "Bestelling {number} is in de winkel terugbetaald (status {nl}) nadat zij geboekt was. Is zij nog niet gefactureerd, wijzig of verwijder dan de verkooporder; anders maakt u een creditfactuur over het terugbetaalde. Meld het daarna als bekeken: winkelbrug skip PROFIEL {typed} --why \"bekeken\"",
                "Order {number} was refunded in the shop (status {en}) after it was booked. If it is not invoiced yet, change or delete the sales order; else make a credit note for what was refunded. Then report it as looked at: winkelbrug skip PROFILE {typed} --why \"looked at\""
            ),
        ));
    }
    if amounts(old) != amounts(new) {
        found.push(change("edited", edited(old, new)));
    }
    if addresses(old) != addresses(new) {
        found.push(change(
            "address-edited",
            text!(
                "In bestelling {number} is een adres gewijzigd nadat zij geboekt was.",
                "An address of order {number} was changed after it was booked."
            ),
        ));
    }
    let sales = &settings.sales;
    if sales.form == Form::Booking && sales.booking_date == BookingDate::InvoiceDate {
        let text = invoiced(old, new);
        found.extend(text.map(|text| change("invoice-date", text)));
    }
    found
}

/// Did the shop give the number of the order that was booked to another one? A shop whose database was put back
/// numbers on from there: another day of ordering, another e-mail address and another name is nobody's edit.
fn is_another(old: &Order, new: &Order) -> bool {
    let email = |order: &Order| order.customer.email.trim().to_lowercase();
    let differ = |of: &dyn Fn(&Order) -> String| {
        let (before, now) = (of(old), of(new));
        before != now && !before.is_empty() && !now.is_empty()
    };
    old.placed_local != new.placed_local && differ(&email) && differ(&names::of_order)
}

fn another(old: &Order, new: &Order) -> Text {
    let number = &new.number;
    let typed = text::typed(number, &new.id);
    let day = |order: &Order| {
        eligible::local_day(order).map_or_else(|| Text::same(order.placed_local.clone()), Text::day)
    };
    let (then, now) = (day(old), day(new));
    let ((then_nl, then_en), (now_nl, now_en)) = ((then.nl, then.en), (now.nl, now.en));
    let (before, after) = (Amount::money(old.total), Amount::money(new.total));
    text!(
        "Onder nummer {number} staat in de winkel nu een andere bestelling: geplaatst op {now_nl} door een andere klant, {after}; geboekt is die van {then_nl}, {before}. Is de database van de winkel teruggezet? De nieuwe wordt niet vanzelf geboekt: voer haar met de hand in en meld dat: winkelbrug skip PROFIEL {typed} --why \"met de hand ingevoerd\"",
        "Under number {number} the shop has another order now: placed on {now_en} by another buyer, {after:#}; the one booked is of {then_en}, {before:#}. Was the shop's database put back? The new one is not booked by itself: enter it by hand and say so: winkelbrug skip PROFILE {typed} --why \"entered by hand\""
    )
}

/// Which return a sale belongs in goes by the day of its invoice. One made after booking counts where it
/// is of another month than the order, whose day the booking has.
fn invoiced(old: &Order, new: &Order) -> Option<Text> {
    let after = new.invoice_date.as_deref()?;
    if let Some(before) = old.invoice_date.as_deref() {
        return (before != after).then(|| another_day(new, before, after));
    }
    let booked = eligible::local_day(old)?;
    let made: Option<Date> = after.parse().ok();
    let same_month = made.is_some_and(|made| made.first_of_month() == booked.first_of_month());
    (!same_month).then(|| made_later(new, booked, after))
}

fn in_words(day: &str) -> Text {
    let read = day.parse::<Date>();
    read.map_or_else(|_| Text::same(day), Text::day)
}

fn made_later(order: &Order, booked: Date, made: &str) -> Text {
    let number = &order.number;
    let (booked, made) = (Text::day(booked), in_words(made));
    let ((booked_nl, booked_en), (made_nl, made_en)) = ((booked.nl, booked.en), (made.nl, made.en));
    text!(
        "Bestelling {number} is geboekt op haar eigen dag, {booked_nl}; de winkel maakte haar factuur daarna, gedateerd {made_nl}. Is dat een ander btw-tijdvak, verander dan de datum van de boeking in SnelStart.",
        "Order {number} is booked on its own day, {booked_en}; the shop made its invoice afterwards, dated {made_en}. If that is another VAT period, change the date of the booking in SnelStart."
    )
}

fn another_day(order: &Order, before: &str, after: &str) -> Text {
    let number = &order.number;
    let (before, after) = (in_words(before), in_words(after));
    let ((then_nl, then_en), (now_nl, now_en)) = ((before.nl, before.en), (after.nl, after.en));
    text!(
        "De factuur van bestelling {number} is van {then_nl} naar {now_nl} gedateerd nadat de bestelling geboekt was.",
        "The invoice of order {number} was dated from {then_en} to {now_en} after the order was booked."
    )
}

fn change(code: &str, text: Text) -> Change {
    Change {
        code: code.to_owned(),
        text,
    }
}

fn edited(old: &Order, new: &Order) -> Text {
    let number = &new.number;
    let (before, after) = (Amount::money(old.total), Amount::money(new.total));
    if before == after {
        text!(
            "De regels van bestelling {number} zijn gewijzigd nadat zij geboekt was; het totaal bleef {after}.",
            "The lines of order {number} were changed after it was booked; the total stayed {after:#}."
        )
    } else {
        text!(
            "Bestelling {number} is gewijzigd nadat zij geboekt was: het totaal ging van {before} naar {after}.",
            "Order {number} was changed after it was booked: its total went from {before:#} to {after:#}."
        )
    }
}

/// Everything that decides an amount or a piece of stock. Line ids are not among them: a shop may
/// give all lines new ids when one is edited.
fn amounts(order: &Order) -> impl PartialEq {
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|line| {
            (
                line.code.clone(),
                line.name.clone(),
                line.quantity.normalize(),
                line.total.normalize(),
                line.tax.normalize(),
                line.options.clone(),
            )
        })
        .collect();
    let totals: Vec<_> = order
        .totals
        .iter()
        .map(|row| (row.code.clone(), row.amount.normalize()))
        .collect();
    let gift_cards: Vec<_> = order
        .gift_cards
        .iter()
        .map(|card| card.amount.normalize())
        .collect();
    (lines, totals, gift_cards, order.total.normalize())
}

fn addresses(order: &Order) -> (Address, Option<Address>) {
    (
        order.invoice_address.clone(),
        order.delivery_address.clone(),
    )
}

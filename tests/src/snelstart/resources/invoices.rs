//! verkoopfacturen: read only; made by bookings and by invoicing an order.

use jiff::{Span, Timestamp, civil::Date};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    clock::moment_text,
    collection::Rules,
    json::{Json, maybe_reference, object, reference},
    models,
    routes::Call,
    world::World,
};
use super::{one, page, render};

const RESOURCE: &str = "verkoopfacturen";

/// An invoice to make.
pub struct New {
    /// Number.
    pub number: String,
    /// Customer.
    pub relation: Option<Uuid>,
    /// Date.
    pub date: Date,
    /// Days until it is due.
    pub term: i64,
    /// With VAT.
    pub amount: Decimal,
    /// Orders on it.
    pub orders: Vec<Uuid>,
}

/// Makes an invoice and, for orders, the booking behind it.
pub fn add(world: &mut World, now: Timestamp, new: New) -> Uuid {
    let day = |date: Date| moment_text(date.at(0, 0, 0, 0));
    let due = Span::new()
        .try_days(new.term)
        .and_then(|term| new.date.checked_add(term));
    let orders = new.orders.iter().map(|id| reference("verkooporders", *id));
    let orders: Vec<Json> = orders.collect();
    let booking = world.bookings.add(
        object! {
            "factuurnummer": new.number.as_str(),
            "factuurdatum": day(new.date),
            "klant": maybe_reference("relaties", new.relation),
            "factuurbedrag": new.amount,
            "betalingstermijn": new.term,
            "boekingsregels": Vec::new(),
            "btw": Vec::new(),
        },
        now,
    );
    add_for_booking(
        world,
        now,
        booking,
        &new,
        day(due.unwrap_or(new.date)),
        orders,
    )
}

/// Makes the invoice of a booking.
pub fn add_for_booking(
    world: &mut World,
    now: Timestamp,
    booking: Uuid,
    new: &New,
    due: String,
    orders: Vec<Json>,
) -> Uuid {
    world.invoices.add(
        object! {
            "verkoopBoeking": reference("verkoopboekingen", booking),
            "openstaandSaldo": new.amount,
            "factuurnummer": new.number.as_str(),
            "vervalDatum": due,
            "relatie": maybe_reference("relaties", new.relation),
            "factuurDatum": moment_text(new.date.at(0, 0, 0, 0)),
            "factuurBedrag": new.amount,
            "verkoopOrders": orders,
        },
        now,
    )
}

/// GET /verkoopfacturen.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.invoices;
    page(
        table,
        &models::INVOICE,
        RESOURCE,
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// GET /verkoopfacturen/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("BOE-0001")?;
    let row = call
        .world
        .invoices
        .get(id)
        .ok_or(Refusal::PathMiss("BOE-0001"))?;
    Ok(one(
        200,
        render(row, &models::INVOICE, RESOURCE, call.knobs),
        call.knobs,
    ))
}

//! verkoopboekingen, and what a relation has of bookings and mandates.

use jiff::Span;
use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    clock::{moment_text, read_moment},
    collection::written,
    json::Json,
    models,
    routes::Call,
    rules::booking as rules,
};
use super::{demand_no_id, demand_object, demand_same_id, invoices, one, render};

const RESOURCE: &str = "verkoopboekingen";
const NOT_FOUND: &str = "BOE-0001";

fn answer(call: &Call<'_>, id: Uuid, status: u16) -> Result<Answer, Refusal> {
    let row = call
        .world
        .bookings
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(
        status,
        render(row, &models::BOOKING, RESOURCE, call.knobs),
        call.knobs,
    ))
}

/// GET /verkoopboekingen/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    answer(call, id, 200)
}

/// What a booking has where the request says nothing: today, and the customer's term.
fn complete(call: &Call<'_>, doc: &mut Json) {
    if doc.text("factuurdatum").is_none() {
        let today = jiff::tz::TimeZone::UTC.to_datetime(call.now).date();
        doc.set("factuurdatum", moment_text(today.at(0, 0, 0, 0)));
    }
    if doc.whole("betalingstermijn").is_none() {
        let customer = doc
            .reference("klant")
            .and_then(|id| call.world.relations.get(id));
        let term = customer.and_then(|row| row.doc.whole("krediettermijn"));
        doc.set("betalingstermijn", term.unwrap_or(14));
    }
}

/// The invoice a booking brings along.
fn invoice(doc: &Json) -> (invoices::New, String) {
    let date = doc
        .text("factuurdatum")
        .and_then(read_moment)
        .map(|at| at.date());
    let date = date.unwrap_or_default();
    let term = doc.whole("betalingstermijn").unwrap_or_default();
    let due = Span::new()
        .try_days(term)
        .and_then(|term| date.checked_add(term))
        .unwrap_or(date);
    let new = invoices::New {
        number: doc.text("factuurnummer").unwrap_or_default().to_string(),
        relation: doc.reference("klant"),
        date,
        term,
        amount: doc.amount("factuurbedrag").unwrap_or_default(),
        orders: Vec::new(),
    };
    (new, moment_text(due.at(0, 0, 0, 0)))
}

/// POST /verkoopboekingen: a verkoopfactuur comes into being with it.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::BOOKING.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    rules::check(call.world, &doc, None, misfits)?;
    complete(call, &mut doc);
    let (new, due) = invoice(&doc);
    let id = call.world.bookings.add(doc, call.now);
    invoices::add_for_booking(call.world, call.now, id, &new, due, Vec::new());
    answer(call, id, 201)
}

/// PUT /verkoopboekingen/{id}: the whole record, and its invoice with it.
pub fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    if !call.world.bookings.has(id) {
        return Err(Refusal::PathMiss(NOT_FOUND));
    }
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::BOOKING.read(&call.body, &mut misfits);
    demand_same_id(&doc, id, "BOE-0078", call.knobs)?;
    rules::check(call.world, &doc, Some(id), misfits)?;
    rules::check_free(call.world, id)?;
    complete(call, &mut doc);
    let (new, due) = invoice(&doc);
    let now = call.now;
    if let Some(record) = call.world.bookings.get_mut(id) {
        record.doc = doc;
        record.modified = now;
    }
    if let Some(old) = rules::invoice_of(call.world, id).map(|row| row.id) {
        call.world.invoices.remove(old);
    }
    invoices::add_for_booking(call.world, now, id, &new, due, Vec::new());
    answer(call, id, 200)
}

/// DELETE /verkoopboekingen/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    if !call.world.bookings.has(id) {
        return Err(Refusal::PathMiss(NOT_FOUND));
    }
    rules::check_free(call.world, id)?;
    if let Some(invoice) = rules::invoice_of(call.world, id).map(|row| row.id) {
        call.world.invoices.remove(invoice);
    }
    call.world.bookings.remove(id);
    Ok(Answer::empty(200))
}

/// GET /relaties/{id}/verkoopboekingen.
pub fn of_relation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REL-0005")?;
    let bookings = call
        .world
        .bookings
        .iter()
        .filter(|row| row.doc.reference("klant") == Some(id));
    let rows = bookings.map(|row| {
        written(
            render(row, &models::BOOKING, RESOURCE, call.knobs),
            call.knobs,
        )
    });
    Ok(Answer::json(200, &Json::List(rows.collect())))
}

/// GET /relaties/{id}/inkoopboekingen: this administration books no purchases.
pub fn purchases_of_relation(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(200, &Json::List(Vec::new())))
}

/// GET /relaties/{id}/doorlopendeincassomachtigingen: nobody here has one.
pub fn mandates_of_relation(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(200, &Json::List(Vec::new())))
}

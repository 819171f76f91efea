//! offertes: sales orders in the stage Offerte, in a narrower model.

use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules},
    json::Json,
    models,
    routes::Call,
    rules::order as rules,
    world::Record,
};
use super::{demand_no_id, demand_object, demand_same_id, one, orders, render};

const RESOURCE: &str = "offertes";
const NOT_FOUND: &str = "VOR-0001";

fn is_quotation(record: &Record) -> bool {
    record.doc.text("procesStatus") == Some("Offerte")
}

fn written_out(record: &Record, call: &Call<'_>) -> Json {
    let mut json = render(record, &models::QUOTATION, RESOURCE, call.knobs);
    json.set("isOfferte", is_quotation(record));
    json
}

fn answer(call: &Call<'_>, id: Uuid, status: u16) -> Result<Answer, Refusal> {
    let record = call
        .world
        .orders
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(status, written_out(record, call), call.knobs))
}

/// A quotation of that id; an order that is none is refused.
fn demand_quotation(call: &Call<'_>, id: Uuid) -> Result<Json, Refusal> {
    let record = call
        .world
        .orders
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    if is_quotation(record) {
        Ok(record.doc.clone())
    } else {
        Err(Refusal::code(
            "VOR-0015",
            "De order is geen offerte en kan niet gewijzigd worden.",
        ))
    }
}

/// GET /offertes.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let quotations = call
        .world
        .orders
        .iter()
        .filter(|record| is_quotation(record));
    let rows = quotations.map(|record| written_out(record, call)).collect();
    collection::list(
        rows,
        &models::QUOTATION,
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// GET /offertes/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    answer(call, id, 200)
}

/// The record a body makes: a quotation unless it says otherwise.
fn read(call: &Call<'_>, misfits: &mut Vec<super::super::shape::Misfit>) -> Json {
    let mut doc = models::QUOTATION.read(&call.body, misfits);
    if doc.text("procesStatus").is_none() {
        doc.set("procesStatus", "Offerte");
    }
    doc
}

/// POST /offertes.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let doc = read(call, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    let id = orders::store(call, doc, misfits)?;
    answer(call, id, 201)
}

/// PUT /offertes/{id}.
pub fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let old = demand_quotation(call, id)?;
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = read(call, &mut misfits);
    demand_same_id(&doc, id, "ALG-0101", call.knobs)?;
    rules::check(call.world, &doc, Some(&old), misfits, call.knobs)?;
    for kept in [
        "geblokkeerd",
        "verkoopordersjabloon",
        "verkoopOrderStatus",
        "nummer",
    ] {
        doc.set(kept, old.get(kept).cloned().unwrap_or_default());
    }
    rules::complete(call.world, &mut doc, call.knobs);
    orders::replace(call, id, doc);
    answer(call, id, 200)
}

/// DELETE /offertes/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    demand_quotation(call, id)?;
    call.world.orders.remove(id);
    Ok(Answer::empty(call.knobs.order_delete_status))
}

//! relaties.

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules},
    json::Json,
    models,
    routes::Call,
    rules::relation as rules,
    world::Record,
};
use super::{demand_no_id, demand_object, demand_same_id, one, render, render_all, without};

const RESOURCE: &str = "relaties";
const NOT_FOUND: &str = "REL-0005";

fn written_out(record: &Record, call: &Call<'_>) -> Json {
    with_uris(
        render(record, &models::RELATION, RESOURCE, call.knobs),
        record,
    )
}

fn with_uris(mut json: Json, record: &Record) -> Json {
    json.set(
        "inkoopBoekingenUri",
        format!("/relaties/{}/inkoopboekingen", record.id),
    );
    json.set(
        "verkoopBoekingenUri",
        format!("/relaties/{}/verkoopboekingen", record.id),
    );
    json
}

/// GET /relaties.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let rows = render_all(
        &call.world.relations,
        &models::RELATION,
        RESOURCE,
        call.knobs,
    );
    let rows = rows.into_iter().zip(call.world.relations.iter());
    let rows = rows.map(|(json, record)| with_uris(json, record)).collect();
    collection::list(
        rows,
        &models::RELATION,
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// GET /relaties/{id}: an active one.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let record = call.world.relations.get(id);
    let record = record.filter(|record| record.doc.flag("nonactief") != Some(true));
    let record = record.ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(200, written_out(record, call), call.knobs))
}

/// POST /relaties.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::RELATION.read(&call.body, &mut misfits);
    demand_no_id(&doc, "REL-0063")?;
    rules::check(call.world, &doc, None, misfits, call.knobs)?;
    if doc.whole("relatiecode").is_none() {
        doc.set("relatiecode", rules::next_code(call.world));
    }
    rules::fill_defaults(&mut doc);
    let id = call.world.relations.add(doc, call.now);
    answer(call, id, 201)
}

/// PUT /relaties/{id}: the whole record.
pub fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let old = call
        .world
        .relations
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?
        .doc
        .clone();
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::RELATION.read(&call.body, &mut misfits);
    demand_same_id(&doc, id, "REL-0047", call.knobs)?;
    rules::check(call.world, &doc, Some((id, &old)), misfits, call.knobs)?;
    if doc.whole("relatiecode").is_none() {
        doc.set("relatiecode", old.whole("relatiecode"));
    }
    for kept in ["fax", "extraVeldenKlant", "documents"] {
        doc.set(kept, old.get(kept).cloned().unwrap_or_default());
    }
    rules::fill_defaults(&mut doc);
    let now = call.now;
    if let Some(record) = call.world.relations.get_mut(id) {
        record.doc = doc;
        record.modified = now;
    }
    answer(call, id, 200)
}

fn answer(call: &Call<'_>, id: uuid::Uuid, status: u16) -> Result<Answer, Refusal> {
    let record = call
        .world
        .relations
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(
        status,
        without(written_out(record, call), &["fax"]),
        call.knobs,
    ))
}

/// DELETE /relaties/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let record = call
        .world
        .relations
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    rules::check_delete(call.world, record)?;
    call.world.relations.remove(id);
    Ok(Answer::empty(200))
}

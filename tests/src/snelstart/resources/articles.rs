//! artikelen.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules},
    json::{Json, object, reference},
    models,
    routes::Call,
    rules::article as rules,
    stock::{self, Taken},
    world::Record,
};
use super::{demand_no_id, demand_object, demand_same_id, one, render, without};

const RESOURCE: &str = "artikelen";
const NOT_FOUND: &str = "ART-0001";
/// What the write model lacks.
const QUERY_ONLY: &[&str] = &["isHoofdartikel", "subartikelen"];

fn written_out(record: &Record, taken: &Taken, call: &Call<'_>) -> Json {
    let mut json = render(record, &models::ARTICLE, RESOURCE, call.knobs);
    let (technical, free) = stock::of_article(call.world, taken, record.id);
    let made_of_others = !record.doc.list("subartikelen").is_empty();
    json.set("isHoofdartikel", made_of_others);
    json.set("technischeVoorraad", technical);
    json.set("vrijeVoorraad", free);
    json
}

/// The relation a request names with `relatieId`.
fn asked_relation(call: &Call<'_>) -> Result<Option<Uuid>, Refusal> {
    let Some(text) = call.query.get("relatieId") else {
        return Ok(None);
    };
    let id: Option<Uuid> = text.parse().ok();
    match id.filter(|id| call.world.relations.has(*id)) {
        Some(id) => Ok(Some(id)),
        None => Err(Refusal::PathMiss("ART-0014")),
    }
}

/// Adds the customer's price agreement, in the shape clients expect (PrijsafspraakModel).
fn with_agreement(mut json: Json, article: Uuid, relation: Option<Uuid>, call: &Call<'_>) -> Json {
    let Some(relation) = relation.filter(|_| call.knobs.agreement_property) else {
        return json;
    };
    let base = json.amount("verkoopprijs").unwrap_or_default();
    let mut all = call.world.agreements.iter();
    let found = all.find(|a| a.relation == relation && a.article == article);
    let kind = if found.is_some() {
        "AfspraakPerArtikelklant"
    } else {
        "NormaleVerkoopprijs"
    };
    let quantity = call.query.get("aantal").and_then(|text| text.parse().ok());
    json.set(
        "prijsafspraak",
        object! {
            "relatie": reference("relaties", relation),
            "artikel": reference(RESOURCE, article),
            "aantal": quantity.unwrap_or(Decimal::ONE),
            "korting": Decimal::ZERO,
            "verkoopprijs": found.map_or(base, |agreement| agreement.price),
            "basisprijs": base,
            "datumVanaf": Json::Null,
            "datumTotEnMet": Json::Null,
            "prijsBepalingSoort": kind,
        },
    );
    json
}

/// GET /artikelen.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let relation = asked_relation(call)?;
    let taken = stock::taken(call.world, call.knobs);
    let rows =
        call.world.articles.iter().map(|record| {
            with_agreement(written_out(record, &taken, call), record.id, relation, call)
        });
    let rules = Rules {
        filter: true,
        cap: call.knobs.article_cap,
        without_top: call.knobs.articles_without_top,
    };
    collection::list(
        rows.collect(),
        &models::ARTICLE,
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /artikelen/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let relation = asked_relation(call)?;
    let record = call
        .world
        .articles
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    let taken = stock::taken(call.world, call.knobs);
    let json = with_agreement(written_out(record, &taken, call), id, relation, call);
    Ok(one(200, json, call.knobs))
}

/// POST /artikelen.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::ARTICLE.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    rules::check(call.world, &doc, None, misfits)?;
    rules::fill_defaults(&mut doc);
    let id = call.world.articles.add(doc, call.now);
    answer(call, id, 201)
}

/// PUT /artikelen/{id}: the whole record.
pub fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let old = call
        .world
        .articles
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?
        .doc
        .clone();
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::ARTICLE.read(&call.body, &mut misfits);
    demand_same_id(&doc, id, "ALG-0101", call.knobs)?;
    rules::check(call.world, &doc, Some(id), misfits)?;
    for kept in ["subartikelen", "extraVelden"] {
        doc.set(kept, old.get(kept).cloned().unwrap_or_default());
    }
    rules::fill_defaults(&mut doc);
    let now = call.now;
    if let Some(record) = call.world.articles.get_mut(id) {
        record.doc = doc;
        record.modified = now;
    }
    answer(call, id, 200)
}

fn answer(call: &Call<'_>, id: Uuid, status: u16) -> Result<Answer, Refusal> {
    let record = call
        .world
        .articles
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    let taken = stock::taken(call.world, call.knobs);
    Ok(one(
        status,
        without(written_out(record, &taken, call), QUERY_ONLY),
        call.knobs,
    ))
}

/// DELETE /artikelen/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    if !call.world.articles.has(id) {
        return Err(Refusal::PathMiss(NOT_FOUND));
    }
    rules::check_delete(call.world, id, call.knobs)?;
    call.world.articles.remove(id);
    call.world.counted.remove(&id);
    Ok(Answer::empty(200))
}

//! Extra fields of articles and relations. This administration defines none, so reading gives empty
//! sets and writing any field is refused as unknown.

use super::super::{
    answer::{Answer, Refusal},
    json::{Json, object},
    routes::Call,
};

fn unknown_field() -> Refusal {
    Refusal::code("REF-0002", "Het extra veld is niet gevonden.")
}

/// GET /artikelen/{id}/customFields.
pub fn of_article(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    if !call.world.articles.has(id) {
        return Err(Refusal::PathMiss("REF-0001"));
    }
    Ok(Answer::json(200, &Json::List(Vec::new())))
}

/// PUT /artikelen/{id}/customFields.
pub fn set_article(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    match &call.body {
        Json::List(fields) if fields.is_empty() => of_article(call),
        Json::List(_) => Err(unknown_field()),
        _ => Err(Refusal::code("REF-0016", "De invoer is onvolledig.")),
    }
}

/// GET /relaties/{id}/customFields.
pub fn of_relation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    if !call.world.relations.has(id) {
        return Err(Refusal::PathMiss("REF-0001"));
    }
    let sets = object! { "klantCustomFields": Vec::new(), "leverancierCustomFields": Vec::new() };
    Ok(Answer::json(200, &sets))
}

/// PUT /relaties/{id}/customFields.
pub fn set_relation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let named = |name| match call.body.get_any_case(name) {
        Some(Json::List(fields)) => !fields.is_empty(),
        _ => false,
    };
    if named("klantCustomFields") || named("leverancierCustomFields") {
        return Err(unknown_field());
    }
    of_relation(call)
}

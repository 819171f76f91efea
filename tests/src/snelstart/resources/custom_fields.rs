//! Extra fields of articles and customers: those the owner defined, each with its type. A fresh
//! administration defines none, so reading gives empty sets and writing any field is refused.

use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    json::{Json, object},
    routes::Call,
    world::ExtraField,
};

/// Where a record keeps them, as its list tells.
const OF_ARTICLE: &str = "extraVelden";
const OF_RELATION: &str = "extraVeldenKlant";
/// Where a set of a customer's stands.
const CUSTOMER: &str = "klantCustomFields";
const SUPPLIER: &str = "leverancierCustomFields";

fn unknown_field() -> Refusal {
    Refusal::code("REF-0002", "Het extra veld is niet gevonden.")
}

fn wrong_value() -> Refusal {
    Refusal::code(
        "REF-0004",
        "De waarde past niet bij het type van het extra veld.",
    )
}

/// CustomFieldModel for each field there is.
fn shown(fields: &[ExtraField], doc: &Json, place: &str) -> Vec<Json> {
    fields
        .iter()
        .map(|field| {
            let value = doc
                .list(place)
                .iter()
                .find(|value| value.text("naam") == Some(&field.name))
                .and_then(|value| value.get("waarde").cloned());
            object! {
                "definition": object! {
                    "name": field.name.as_str(),
                    "type": field.kind,
                    "properties": vec![object! {
                        "name": "MaxLength",
                        "value": i64::try_from(field.length).unwrap_or_default(),
                    }],
                },
                "value": value.unwrap_or(Json::Null),
            }
        })
        .collect()
}

/// The values of a list of UpdatedCustomFieldModel put over those a record has.
fn updated(
    fields: &[ExtraField],
    doc: &mut Json,
    place: &str,
    body: &[Json],
) -> Result<(), Refusal> {
    let mut values = doc.list(place).to_vec();
    for row in body {
        let name = row.text("name").unwrap_or_default();
        let field = fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(unknown_field)?;
        let value = row.get("value").cloned().unwrap_or(Json::Null);
        let fits = match (field.kind, &value) {
            (_, Json::Null) => true,
            ("Text", Json::Text(text)) => text.chars().count() <= field.length,
            ("DateTime", Json::Text(text)) => text.len() >= 10,
            ("Integer" | "Money" | "Float", _) => row.amount("value").is_some(),
            ("Boolean", _) => row.flag("value").is_some(),
            _ => false,
        };
        if !fits {
            return Err(wrong_value());
        }
        values.retain(|kept| kept.text("naam") != Some(name));
        values.push(object! { "naam": name, "waarde": value });
    }
    doc.set(place, values);
    Ok(())
}

/// GET /artikelen/{id}/customFields.
pub fn of_article(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    article(call, id)
}

fn article(call: &Call<'_>, id: Uuid) -> Result<Answer, Refusal> {
    let record = call
        .world
        .articles
        .get(id)
        .ok_or(Refusal::PathMiss("REF-0001"))?;
    let fields = shown(&call.world.article_fields, &record.doc, OF_ARTICLE);
    Ok(Answer::json(200, &Json::List(fields)))
}

/// PUT /artikelen/{id}/customFields.
pub fn set_article(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    let Json::List(body) = call.body.clone() else {
        return Err(Refusal::code("REF-0016", "De invoer is onvolledig."));
    };
    let (fields, now) = (call.world.article_fields.clone(), call.now);
    let record = call
        .world
        .articles
        .get_mut(id)
        .ok_or(Refusal::PathMiss("REF-0001"))?;
    updated(&fields, &mut record.doc, OF_ARTICLE, &body)?;
    record.modified = now;
    article(call, id)
}

/// GET /relaties/{id}/customFields.
pub fn of_relation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    relation(call, id)
}

fn relation(call: &Call<'_>, id: Uuid) -> Result<Answer, Refusal> {
    let record = call
        .world
        .relations
        .get(id)
        .ok_or(Refusal::PathMiss("REF-0001"))?;
    let fields = shown(&call.world.customer_fields, &record.doc, OF_RELATION);
    let sets = object! { "klantCustomFields": fields, "leverancierCustomFields": Vec::new() };
    Ok(Answer::json(200, &sets))
}

/// PUT /relaties/{id}/customFields.
pub fn set_relation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id("REF-0001")?;
    let of = |name| match call.body.get_any_case(name) {
        Some(Json::List(fields)) => fields.clone(),
        _ => Vec::new(),
    };
    let (customer, supplier) = (of(CUSTOMER), of(SUPPLIER));
    if !supplier.is_empty() {
        return Err(unknown_field());
    }
    let (fields, now) = (call.world.customer_fields.clone(), call.now);
    let record = call
        .world
        .relations
        .get_mut(id)
        .ok_or(Refusal::PathMiss("REF-0001"))?;
    updated(&fields, &mut record.doc, OF_RELATION, &customer)?;
    record.modified = now;
    relation(call, id)
}

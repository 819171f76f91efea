//! The resources of the API: one file each, one function an operation.

pub mod articles;
pub mod bookings;
pub mod company;
pub mod custom_fields;
pub mod documents;
pub mod invoices;
pub mod lookups;
pub mod orders;
pub mod payments;
pub mod prices;
pub mod quotations;
pub mod relations;

use super::{
    answer::{Answer, Refusal},
    collection::{Query, written},
    json::Json,
    knobs::{Knobs, Take},
    models,
    shape::Shape,
    world::{Record, Table},
};
use uuid::Uuid;

/// A record written out: properties in the shape's order, server's own ones filled in.
#[must_use]
pub fn render(record: &Record, shape: &'static Shape, resource: &str, knobs: &Knobs) -> Json {
    let entries = shape.fields.iter().map(|field| {
        let value = match field.name {
            "id" => Json::from(record.id),
            "uri" => Json::from(format!("/{resource}/{}", record.id)),
            "modifiedOn" => Json::from(knobs.stamp_zone.stamp(record.modified)),
            name => record.doc.get(name).cloned().unwrap_or_default(),
        };
        (field.name.to_string(), value)
    });
    Json::Object(entries.collect())
}

/// All records of a table written out.
#[must_use]
pub fn render_all(
    table: &Table,
    shape: &'static Shape,
    resource: &str,
    knobs: &Knobs,
) -> Vec<Json> {
    table
        .iter()
        .map(|record| render(record, shape, resource, knobs))
        .collect()
}

/// One record as the answer.
#[must_use]
pub fn one(status: u16, json: Json, knobs: &Knobs) -> Answer {
    Answer::json(status, &written(json, knobs))
}

/// Only the named properties stay out of what is written back (write models lack them).
#[must_use]
pub fn without(json: Json, names: &[&str]) -> Json {
    match json {
        Json::Object(entries) => Json::Object(
            entries
                .into_iter()
                .filter(|(key, _)| !names.contains(&key.as_str()))
                .collect(),
        ),
        other => other,
    }
}

/// A body that is no object has no data.
///
/// # Errors
/// `ALG-0106`.
pub fn demand_object(body: &Json) -> Result<(), Refusal> {
    match body {
        Json::Object(_) => Ok(()),
        _ => Err(Refusal::code(
            "ALG-0106",
            "De aanvraag bevat geen gegevens.",
        )),
    }
}

/// On create the id must be absent, null, empty or all zeros.
///
/// # Errors
/// That code.
pub fn demand_no_id(read: &Json, code: &str) -> Result<(), Refusal> {
    match read.text("id").and_then(|id| id.parse::<Uuid>().ok()) {
        Some(id) if !id.is_nil() => Err(Refusal::code(code, "Het id moet leeg zijn.")),
        _ => Ok(()),
    }
}

/// On PUT the id in the body must be the one in the path; whether it may be left out is a knob.
///
/// # Errors
/// That code.
pub fn demand_same_id(read: &Json, id: Uuid, code: &str, knobs: &Knobs) -> Result<(), Refusal> {
    let given = read.text("id").and_then(|id| id.parse::<Uuid>().ok());
    let fits = match given {
        Some(given) => given == id,
        None => knobs.put_without_id == Take::Accept,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::code(
            code,
            "Het id in de url en het id in het bericht verschillen.",
        ))
    }
}

/// The page a collection without relevant rules of its own answers with.
///
/// # Errors
/// As [`super::collection::list`].
pub fn page(
    table: &Table,
    shape: &'static Shape,
    resource: &str,
    query: &Query,
    rules: &super::collection::Rules,
    knobs: &Knobs,
) -> Result<Answer, Refusal> {
    let rows = render_all(table, shape, resource, knobs);
    super::collection::list(rows, shape, query, rules, knobs)
}

/// The address a record has under that name, when one of its fields is filled.
#[must_use]
pub fn address<'a>(doc: &'a Json, name: &str) -> Option<&'a Json> {
    let address = doc.get(name)?;
    let filled = models::ADDRESS.fields.iter().any(|field| {
        address.filled(field.name).is_some() || address.reference(field.name).is_some()
    });
    filled.then_some(address)
}

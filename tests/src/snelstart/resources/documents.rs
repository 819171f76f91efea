//! documenten: attachments of bookings and relations; three types, 10 MB, never replaced by a
//! second upload (SnelStart B2B v2).

use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    json::{Json, object, reference},
    models,
    routes::Call,
};
use super::{demand_object, one, render};

const RESOURCE: &str = "documenten";
const NOT_FOUND: &str = "BLG-0001";
const LARGEST: usize = 10 * 1024 * 1024;
/// Longest file name taken here; SnelStart B2B v2 does not tell its own limit.
const LONGEST_NAME: usize = 255;

/// Does a parent of that type exist?
fn parent_exists(call: &Call<'_>, kind: &str, parent: Uuid) -> Option<bool> {
    match kind {
        "Verkoopboekingen" => Some(call.world.bookings.has(parent)),
        "Relaties" => Some(call.world.relations.has(parent)),
        "Inkoopboekingen" => Some(false),
        _ => None,
    }
}

/// POST /documenten/{documenttype}.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let kind = call.path.first().cloned().unwrap_or_default();
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let doc = models::DOCUMENT_CONTENT.read(&call.body, &mut misfits);
    if !misfits.is_empty() {
        return Err(Refusal::Misfits(misfits));
    }
    let refuse = |code: &str, text: &str| Err(Refusal::code(code, text));
    let Some(name) = doc.filled("fileName") else {
        return refuse("BLG-0007", "De bestandsnaam is verplicht.");
    };
    if name
        .chars()
        .any(|c| c.is_control() || r#"<>:"/\|?*"#.contains(c))
    {
        return refuse("BLG-0016", "De bestandsnaam bevat ongeldige tekens.");
    }
    if name.chars().count() > LONGEST_NAME {
        return refuse("BLG-0017", "De bestandsnaam is te lang.");
    }
    let content = STANDARD
        .decode(doc.text("content").unwrap_or_default())
        .unwrap_or_default();
    if content.is_empty() {
        return refuse("BLG-0011", "De inhoud is leeg.");
    }
    if content.len() > LARGEST {
        return refuse("BLG-0013", "De inhoud is groter dan 10 MB.");
    }
    let parent = doc
        .text("parentIdentifier")
        .and_then(|id| id.parse().ok())
        .unwrap_or_default();
    if parent_exists(call, &kind, parent) != Some(true) {
        return Err(Refusal::PathMiss("BLG-0005"));
    }
    let mut kept = doc.clone();
    kept.set("type", kind);
    let id = call.world.documents.add(kept, call.now);
    Ok(Answer::json(
        call.knobs.document_status,
        &reference(RESOURCE, id),
    ))
}

/// GET /documenten/{documenttype}/{pid}.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let kind = call.path.first().cloned().unwrap_or_default();
    let parent = call.path.get(1).cloned().unwrap_or_default();
    let of_parent = call.world.documents.iter().filter(|row| {
        let same = row
            .doc
            .text("parentIdentifier")
            .is_some_and(|id| id.eq_ignore_ascii_case(&parent));
        same && row.doc.text("type") == Some(&kind)
    });
    let rows = of_parent.map(|row| {
        object! {
            "verkoopBoekingId": row.doc.text("parentIdentifier"),
            "fileName": row.doc.text("fileName"),
            "readOnly": row.doc.flag("readOnly").unwrap_or_default(),
            "id": row.id,
            "uri": format!("/{RESOURCE}/{}", row.id),
        }
    });
    Ok(Answer::json(200, &Json::List(rows.collect())))
}

/// GET /documenten/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let row = call
        .world
        .documents
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(
        200,
        render(row, &models::DOCUMENT_CONTENT, RESOURCE, call.knobs),
        call.knobs,
    ))
}

/// DELETE /documenten/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    call.world
        .documents
        .remove(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(Answer::empty(200))
}

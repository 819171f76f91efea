//! verkooporders.

use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules},
    json::Json,
    knobs::{OrderFilter, Take},
    models,
    routes::Call,
    rules::order as rules,
    shape::Misfit,
    stock,
    world::Record,
};
use super::{demand_no_id, demand_object, demand_same_id, one, render};

const RESOURCE: &str = "verkooporders";
const NOT_FOUND: &str = "VOR-0001";

/// GET /verkooporders.
pub fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let filter = match call.knobs.order_filter {
        OrderFilter::Honoured => true,
        OrderFilter::Ignored => false,
        OrderFilter::Refused if call.query.get("$filter").is_some() => {
            let text = "Query option 'Filter' is not allowed.";
            return Err(Refusal::Answer(Answer::message(400, text)));
        }
        OrderFilter::Refused => false,
    };
    let now = call.now;
    let shown = call.world.orders.iter().filter(|record| {
        let quotation = record.doc.text("procesStatus") == Some("Offerte");
        record.listed_from.is_none_or(|from| from <= now)
            && (call.knobs.quotations_among_orders || !quotation)
    });
    let rows = shown.map(|record| {
        let mut json = render(record, &models::ORDER, RESOURCE, call.knobs);
        if !call.knobs.lines_in_lists {
            json.set("regels", Json::Null);
        }
        json
    });
    let rules = Rules {
        filter,
        ..Rules::ODATA
    };
    collection::list(
        rows.collect(),
        &models::ORDER,
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /verkooporders/{id}.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    answer(call, id, 200)
}

fn answer(call: &Call<'_>, id: Uuid, status: u16) -> Result<Answer, Refusal> {
    let record = found(call, id)?;
    Ok(one(
        status,
        render(record, &models::ORDER, RESOURCE, call.knobs),
        call.knobs,
    ))
}

fn found<'a>(call: &'a Call<'_>, id: Uuid) -> Result<&'a Record, Refusal> {
    call.world
        .orders
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))
}

/// POST /verkooporders.
pub fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let doc = models::ORDER.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    let id = store(call, doc, misfits)?;
    answer(call, id, 201)
}

/// Checks, completes, numbers and keeps a new order.
///
/// # Errors
/// Broken rules.
pub fn store(call: &mut Call<'_>, doc: Json, misfits: Vec<Misfit>) -> Result<Uuid, Refusal> {
    let mut doc = doc;
    if doc.whole("nummer").is_some_and(|number| number != 0) {
        return Err(Refusal::code(
            "VOR-0005",
            "Het ordernummer moet leeg zijn bij een nieuwe order.",
        ));
    }
    rules::check(call.world, &doc, None, misfits, call.knobs)?;
    rules::complete(call.world, &mut doc, call.knobs);
    doc.set("nummer", rules::take_number(call.world));
    let wait = call.knobs.order_listed_after;
    let from = if wait.is_zero() {
        None
    } else {
        call.now.saturating_add(wait).ok()
    };
    move_stock_stamps(call, &doc);
    Ok(call.world.orders.add_listed(doc, call.now, from))
}

/// PUT /verkooporders/{id}: the whole record.
pub fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let old = found(call, id)?.doc.clone();
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::ORDER.read(&call.body, &mut misfits);
    demand_same_id(&doc, id, "ALG-0101", call.knobs)?;
    demand_changeable(call, &old)?;
    rules::check(call.world, &doc, Some(&old), misfits, call.knobs)?;
    rules::complete(call.world, &mut doc, call.knobs);
    doc.set("nummer", old.whole("nummer"));
    doc.set(
        "verkoopfactuur",
        old.get("verkoopfactuur").cloned().unwrap_or_default(),
    );
    move_stock_stamps(call, &old);
    move_stock_stamps(call, &doc);
    replace(call, id, doc);
    answer(call, id, 200)
}

/// Puts a record in another's place.
pub fn replace(call: &mut Call<'_>, id: Uuid, doc: Json) {
    let now = call.now;
    if let Some(record) = call.world.orders.get_mut(id) {
        record.doc = doc;
        record.modified = now;
    }
}

/// An invoiced order: whether it may be touched is a knob.
fn demand_changeable(call: &Call<'_>, order: &Json) -> Result<(), Refusal> {
    let invoiced = order.reference("verkoopfactuur").is_some();
    if invoiced && call.knobs.change_invoiced == Take::Refuse {
        return Err(Refusal::code("ALG-0102", "De order is al gefactureerd."));
    }
    Ok(())
}

/// PUT /verkooporders/{id}/ProcesStatus.
pub fn change_stage(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let old = found(call, id)?.doc.clone();
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let wish = models::STAGE_CHANGE.read(&call.body, &mut misfits);
    if !misfits.is_empty() {
        return Err(Refusal::Misfits(misfits));
    }
    demand_same_id(&wish, id, "ALG-0101", call.knobs)?;
    demand_changeable(call, &old)?;
    rules::check_stage(wish.text("procesStatus"), Some(&old), call.knobs)?;
    let mut doc = old;
    doc.set("procesStatus", wish.text("procesStatus").unwrap_or("Order"));
    move_stock_stamps(call, &doc);
    replace(call, id, doc);
    Ok(Answer::json(200, &Json::Null))
}

/// DELETE /verkooporders/{id}.
pub fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let order = found(call, id)?.doc.clone();
    demand_changeable(call, &order)?;
    move_stock_stamps(call, &order);
    call.world.orders.remove(id);
    Ok(Answer::empty(call.knobs.order_delete_status))
}

/// Whether an article's stamp moves with its stock is a knob.
fn move_stock_stamps(call: &mut Call<'_>, order: &Json) {
    if !call.knobs.stock_moves_stamp {
        return;
    }
    let now = call.now;
    for id in stock::articles_of(call.world, order) {
        if let Some(article) = call.world.articles.get_mut(id) {
            article.modified = now;
        }
    }
}

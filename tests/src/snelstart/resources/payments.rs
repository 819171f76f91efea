//! bankboekingen and kasboekingen.

use rust_decimal::Decimal;

use super::super::{
    answer::{Answer, Refusal},
    collection::Rules,
    knobs::OrderFilter,
    models,
    routes::Call,
    rules::payment as rules,
    world::{Table, World},
};
use super::{demand_no_id, demand_object, one, page, render};

/// One of the two.
struct Kind {
    resource: &'static str,
    journal: &'static str,
    table: fn(&mut World) -> &mut Table,
}

const BANK: Kind = Kind {
    resource: "bankboekingen",
    journal: "Bank",
    table: |world| &mut world.bank_entries,
};
const CASH: Kind = Kind {
    resource: "kasboekingen",
    journal: "Kas",
    table: |world| &mut world.cash_entries,
};
const NOT_FOUND: &str = "BOE-0001";

fn list(call: &mut Call<'_>, kind: &Kind) -> Result<Answer, Refusal> {
    let filter = match call.knobs.entry_filter {
        OrderFilter::Honoured => true,
        OrderFilter::Refused if call.query.get("$filter").is_some() => {
            let text = "Query option 'Filter' is not allowed.";
            return Err(Refusal::Answer(Answer::message(400, text)));
        }
        OrderFilter::Ignored | OrderFilter::Refused => false,
    };
    let rules = Rules {
        filter,
        ..Rules::ODATA
    };
    let table = (kind.table)(call.world);
    page(
        table,
        &models::PAYMENT,
        kind.resource,
        &call.query,
        &rules,
        call.knobs,
    )
}

fn get(call: &mut Call<'_>, kind: &Kind) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let row = (kind.table)(call.world)
        .get(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(
        200,
        render(row, &models::PAYMENT, kind.resource, call.knobs),
        call.knobs,
    ))
}

fn create(call: &mut Call<'_>, kind: &Kind) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let doc = models::PAYMENT.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    rules::check(call.world, &doc, kind.journal, misfits)?;
    rules::settle(call.world, &doc, Decimal::ONE);
    let now = call.now;
    let table = (kind.table)(call.world);
    let id = table.add(doc, now);
    let row = table.get(id).ok_or(Refusal::PathMiss(NOT_FOUND))?;
    Ok(one(
        201,
        render(row, &models::PAYMENT, kind.resource, call.knobs),
        call.knobs,
    ))
}

fn delete(call: &mut Call<'_>, kind: &Kind) -> Result<Answer, Refusal> {
    let id = call.id(NOT_FOUND)?;
    let gone = (kind.table)(call.world)
        .remove(id)
        .ok_or(Refusal::PathMiss(NOT_FOUND))?;
    rules::settle(call.world, &gone.doc, Decimal::NEGATIVE_ONE);
    Ok(Answer::empty(200))
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $does:ident($kind:ident);)*) => {
        $(
            $(#[$doc])*
            pub fn $name(call: &mut Call<'_>) -> Result<Answer, Refusal> {
                $does(call, &$kind)
            }
        )*
    };
}

operations! {
    /// GET /bankboekingen.
    bank_list = list(BANK);
    /// GET /bankboekingen/{id}.
    bank_get = get(BANK);
    /// POST /bankboekingen.
    bank_create = create(BANK);
    /// DELETE /bankboekingen/{id}.
    bank_delete = delete(BANK);
    /// GET /kasboekingen.
    cash_list = list(CASH);
    /// GET /kasboekingen/{id}.
    cash_get = get(CASH);
    /// POST /kasboekingen.
    cash_create = create(CASH);
    /// DELETE /kasboekingen/{id}.
    cash_delete = delete(CASH);
}

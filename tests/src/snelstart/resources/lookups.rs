//! The small lists: countries, revenue groups, VAT rates, templates, cost centres, ledgers, journals.

use super::super::{
    answer::{Answer, Refusal},
    collection::Rules,
    json::Json,
    knobs::{Knobs, LookupFilter},
    models,
    routes::Call,
    rules::booking as rules,
};
use super::{demand_no_id, demand_object, one, page, render};

/// Lists without documented OData: the filter has no effect, unless the knob says it works.
fn small(knobs: &Knobs) -> Rules {
    match knobs.lookup_filter {
        LookupFilter::Ignored => Rules::PLAIN,
        LookupFilter::Honoured => Rules::ODATA,
    }
}

/// GET /landen: a filter is silently ignored, always (measured by client code).
pub fn countries(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.countries;
    page(
        table,
        &models::COUNTRY,
        "landen",
        &call.query,
        &Rules::PLAIN,
        call.knobs,
    )
}

/// GET /dagboeken: likewise.
pub fn journals(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.journals;
    page(
        table,
        &models::JOURNAL,
        "dagboeken",
        &call.query,
        &Rules::PLAIN,
        call.knobs,
    )
}

/// GET /artikelomzetgroepen.
pub fn groups(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.groups;
    let rules = small(call.knobs);
    page(
        table,
        &models::REVENUE_GROUP,
        "artikelomzetgroepen",
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /btwtarieven.
pub fn vat_rates(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.vat_rates;
    let rules = small(call.knobs);
    page(
        table,
        &models::VAT_RATE,
        "btwtarieven",
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /verkoopordersjablonen.
pub fn templates(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.templates;
    let rules = small(call.knobs);
    page(
        table,
        &models::TEMPLATE,
        "verkoopordersjablonen",
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /kostenplaatsen.
pub fn cost_centres(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.cost_centres;
    let rules = small(call.knobs);
    page(
        table,
        &models::COST_CENTRE,
        "kostenplaatsen",
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /vatrates.
pub fn foreign_rates(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.foreign_rates;
    page(
        table,
        &models::FOREIGN_RATES,
        "vatrates",
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// GET /vatrates/{countryCode}, three letters.
pub fn foreign_rates_of(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let code = call.path.first().map(String::as_str);
    let found = call
        .world
        .foreign_rates
        .iter()
        .find(|row| row.doc.text("countryCode") == code);
    let row = found.ok_or(Refusal::PathMiss("ALG-0103"))?;
    Ok(one(
        200,
        render(row, &models::FOREIGN_RATES, "vatrates", call.knobs),
        call.knobs,
    ))
}

/// GET /vatratedefinitions.
pub fn rate_definitions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.rate_definitions;
    let shape = &models::RATE_DEFINITION;
    page(
        table,
        shape,
        "vatratedefinitions",
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// GET /grootboeken.
pub fn ledgers(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.world.ledgers;
    page(
        table,
        &models::LEDGER,
        "grootboeken",
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

macro_rules! by_id {
    ($(#[$doc:meta] $name:ident: $table:ident, $shape:ident, $resource:literal, $code:literal;)*) => {
        $(
            #[$doc]
            pub fn $name(call: &mut Call<'_>) -> Result<Answer, Refusal> {
                let id = call.id($code)?;
                let row = call.world.$table.get(id).ok_or(Refusal::PathMiss($code))?;
                Ok(one(200, render(row, &models::$shape, $resource, call.knobs), call.knobs))
            }
        )*
    };
}

by_id! {
    /// GET /landen/{id}.
    country: countries, COUNTRY, "landen", "ALG-0103";
    /// GET /artikelomzetgroepen/{id}.
    group: groups, REVENUE_GROUP, "artikelomzetgroepen", "ALG-0103";
    /// GET /verkoopordersjablonen/{id}.
    template: templates, TEMPLATE, "verkoopordersjablonen", "ALG-0103";
    /// GET /kostenplaatsen/{id}.
    cost_centre: cost_centres, COST_CENTRE, "kostenplaatsen", "KPL-0001";
    /// GET /grootboeken/{id}.
    ledger: ledgers, LEDGER, "grootboeken", "BOE-0037";
}

/// POST /kostenplaatsen.
pub fn add_cost_centre(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::COST_CENTRE.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    rules::check_cost_centre(call.world, &doc, misfits)?;
    doc.set("nonactief", false);
    let id = call.world.cost_centres.add(doc, call.now);
    let row = call
        .world
        .cost_centres
        .get(id)
        .ok_or(Refusal::PathMiss("KPL-0001"))?;
    Ok(one(
        201,
        render(row, &models::COST_CENTRE, "kostenplaatsen", call.knobs),
        call.knobs,
    ))
}

/// POST /grootboeken.
pub fn add_ledger(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    let mut misfits = Vec::new();
    let mut doc = models::LEDGER.read(&call.body, &mut misfits);
    demand_no_id(&doc, "ALG-0100")?;
    rules::check_ledger(call.world, &doc, misfits)?;
    let kinds: Vec<Json> = match doc.text("grootboekfunctie") {
        Some("VerkopenOmzetHoog") => vec![Json::from("Hoog")],
        Some("VerkopenOmzetLaag") => vec![Json::from("Laag")],
        Some("VerkopenOmzetOverig") => vec![Json::from("Overig")],
        _ => vec![Json::from("Geen")],
    };
    doc.set("btwSoort", kinds);
    let id = call.world.ledgers.add(doc, call.now);
    let row = call
        .world
        .ledgers
        .get(id)
        .ok_or(Refusal::PathMiss("BOE-0037"))?;
    Ok(one(
        201,
        render(row, &models::LEDGER, "grootboeken", call.knobs),
        call.knobs,
    ))
}

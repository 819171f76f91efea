//! companyInfo and echo.

use super::super::{
    answer::{Answer, Refusal},
    collection::written,
    json::Json,
    routes::Call,
};
use super::demand_object;

/// GET /companyInfo.
pub fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(
        200,
        &written(call.world.company.clone(), call.knobs),
    ))
}

/// PUT /companyInfo: only the switch for foreign VAT is honoured (SnelStart B2B v2).
pub fn put(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    demand_object(&call.body)?;
    if let Some(Json::Bool(on)) = call.body.get_any_case("factureerBuitenlandsBtw") {
        call.world.company.set("factureerBuitenlandsBtw", *on);
    }
    get(call)
}

/// GET /echo/{input}.
pub fn echo(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    match call.path.first().filter(|input| !input.is_empty()) {
        Some(input) => Ok(Answer::json(200, &Json::from(input.as_str()))),
        None => Ok(Answer::empty(204)),
    }
}

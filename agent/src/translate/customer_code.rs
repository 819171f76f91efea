//! The customer code an order carries: the shop's own customer id, or an extra field the owner
//! named. Codes of the books are numbers (SnelStart B2B v2: relatiecode is an int32); 0 and 1 are
//! the administration's own.

use winkelbrug_protocol::record::{CustomField, Order};

use super::{
    case::{Case, held},
    plan::Outcome,
};
use crate::{profile::settings::Customers, text};

/// The code as the shop has it; none when the order carries none.
pub(super) fn written(order: &Order, customers: &Customers) -> Option<String> {
    let field = customers.code_field.trim();
    let code = if field.is_empty() {
        order.customer.id.clone()
    } else {
        value_of(order, field)
    }?;
    let code = code.trim().to_owned();
    (!code.is_empty()).then_some(code)
}

/// Of the account, of the invoice address, or of the order, in this order.
fn value_of(order: &Order, field: &str) -> Option<String> {
    let all = order
        .customer
        .custom_fields
        .iter()
        .chain(&order.invoice_address.custom_fields)
        .chain(&order.custom_fields);
    let mut named = all.filter(|custom| is(custom, field) && !custom.value.trim().is_empty());
    named.next().map(|custom| custom.value.clone())
}

fn is(custom: &CustomField, field: &str) -> bool {
    custom.name.trim().to_lowercase() == field.to_lowercase() || custom.id == field
}

/// The code as a number, where it is one the books can have.
pub(super) fn number(order: &Order, customers: &Customers) -> Option<i64> {
    let code = written(order, customers)?.parse::<i32>().ok()?;
    (code > 1).then_some(i64::from(code))
}

/// The code to look for; none when the order carries none. A shop's own first customer has the
/// number of the administration itself, and is looked for by nothing.
pub(super) fn wanted(case: &Case<'_>) -> Result<Option<i64>, Outcome> {
    let customers = &case.settings.customers;
    let Some(code) = written(case.order, customers) else {
        return Ok(None);
    };
    if let Some(number) = number(case.order, customers) {
        return Ok(Some(number));
    }
    if customers.code_field.trim().is_empty() && matches!(code.as_str(), "0" | "1") {
        case.note(text!(
            "Klantcode {code} is die van uw eigen bedrijf; de klant is daar niet op gezocht.",
            "Customer code {code} is your own company's; the customer was not looked for by it."
        ));
        return Ok(None);
    }
    held(
        "klantcode-onbruikbaar",
        text!(
            "De winkel geeft deze klant de code \"{code}\"; een klantcode is een getal van 2 tot en met 2147483647.",
            "The shop gives this customer the code \"{code}\"; a customer code is a number from 2 to 2147483647."
        ),
        text!(
            "Verbeter de code bij de klant in de winkel, of kies een ander veld in customers.code_field.",
            "Correct the code with the customer in the shop, or choose another field in customers.code_field."
        ),
    )
}

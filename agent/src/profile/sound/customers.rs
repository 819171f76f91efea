//! Values of `[customers]`.

use super::{LONGEST_PAYMENT_TERM, at_most_days, expect};
use crate::{
    failure::Result,
    profile::settings::{Guests, Settings},
    text,
    text::Text,
};

pub(super) fn customers(settings: &Settings) -> Result<()> {
    let customers = &settings.customers;
    at_most_days(
        "customers.payment_term_days",
        customers.payment_term_days,
        LONGEST_PAYMENT_TERM,
    )?;
    let code = customers.default_code.as_str();
    expect(
        code.is_empty() || is_customer_code(code),
        "customers.default_code",
        code,
        customer_code(),
    )?;
    for (kind, code) in &customers.default_codes {
        expect(
            is_customer_kind(kind),
            "customers.default_codes",
            kind,
            text!(
                "een land met twee hoofdletters (NL, DE), EU of outside-EU",
                "a country in two capitals (NL, DE), EU or outside-EU"
            ),
        )?;
        expect(
            is_customer_code(code),
            &format!("customers.default_codes.{kind}"),
            code,
            customer_code(),
        )?;
    }
    expect(
        customers.guests != Guests::OneRelation
            || !code.is_empty()
            || !customers.default_codes.is_empty(),
        "customers.default_code",
        code,
        text!(
            "een klantcode, want customers.guests = \"one-relation\" schrijft alle gasten daarop",
            "a customer code, because customers.guests = \"one-relation\" books all guests on it"
        ),
    )
}

/// SnelStart B2B v2: relatiecode is an int32. 0 and 1 are the administration's own.
fn is_customer_code(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| code > 1)
}

fn customer_code() -> Text {
    text!(
        "een klantcode: alleen cijfers, en niet die van uw eigen bedrijf (0 of 1)",
        "a customer code: digits only, and not your own company's (0 or 1)"
    )
}

fn is_customer_kind(kind: &str) -> bool {
    let is_country = kind.len() == 2 && kind.bytes().all(|byte| byte.is_ascii_uppercase());
    is_country || kind == "outside-EU"
}

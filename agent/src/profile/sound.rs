//! Values that have the right form but cannot be right: a zone nobody knows, an address that is
//! none, a time that cannot be.

mod customers;
mod shop;

use rust_decimal::Decimal;
use url::Url;

use super::{
    countries::is_country,
    fitting, mapping, read,
    settings::{Blocked, Form, InvoicedBy, Settings, ShopKind},
};
use crate::{
    books::ProcessStage,
    failure::{Failure, Result},
    outward::is_loopback,
    text,
    text::Text,
};

/// The format this version reads and writes.
const FORMAT: u32 = 1;

/// Checks every value that could be known to be wrong without asking shop or books.
///
/// # Errors
/// `Misconfigured`, code `wrong-value` (or `profile-format`), naming the key and what is allowed.
pub fn check(settings: &Settings) -> Result<()> {
    format(settings.format)?;
    name(&settings.name)?;
    shop::shop(settings)?;
    match settings.shop.kind {
        ShopKind::Sconnect => fitting::sconnect(settings)?,
        ShopKind::Bridge | ShopKind::Files => shop::upload(settings)?,
    }
    secure_address(
        "administration.api_url",
        &settings.administration.api_url,
        false,
    )?;
    secure_address(
        "administration.auth_url",
        &settings.administration.auth_url,
        false,
    )?;
    for (key, address) in [
        ("vat.vies_url", &settings.vat.vies_url),
        ("vat.ecb_url", &settings.vat.ecb_url),
    ] {
        if !address.is_empty() {
            secure_address(key, address, false)?;
        }
    }
    sales(settings)?;
    customers::customers(settings)?;
    mapping::rules(&settings.mapping)?;
    if settings.sales.form == Form::Booking {
        fitting::booking(settings)?;
    }
    expect(
        !settings.articles.code_field.trim().is_empty(),
        "articles.code_field",
        &settings.articles.code_field,
        text!(
            "artikelcode, omschrijving of de naam van een extra veld",
            "artikelcode, omschrijving or the name of an extra field"
        ),
    )?;
    not_negative("stock.buffer", settings.stock.buffer)?;
    not_negative("stock.maximum", settings.stock.maximum)?;
    for (task, rhythm) in &settings.planning {
        rhythm.pace(task)?;
    }
    at_least_one("retention.raw_days", settings.retention.raw_days)?;
    at_least_one("retention.log_days", settings.retention.log_days)
}

/// Is it a name a profile can have?
///
/// # Errors
/// `Misconfigured`, code `wrong-value`.
pub fn name(name: &str) -> Result<()> {
    let right = (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    expect(
        right,
        "name",
        name,
        text!(
            "1 tot 40 kleine letters, cijfers en streepjes",
            "1 to 40 small letters, digits and hyphens"
        ),
    )
}

fn format(format: u32) -> Result<()> {
    if format == FORMAT {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "profile-format",
        text!(
            "Dit profiel heeft vorm {format}; deze versie kent vorm {FORMAT}.",
            "This profile has format {format}; this version knows format {FORMAT}."
        ),
    )
    .hint(text!(
        "Gebruik een nieuwere Winkelbrug, of schrijf format = {FORMAT}.",
        "Use a newer Winkelbrug, or write format = {FORMAT}."
    )))
}

fn sales(settings: &Settings) -> Result<()> {
    let sales = &settings.sales;
    let description = sales.description.as_str();
    expect(
        ["generated", "empty", "profile-name", "webshop-order"].contains(&description)
            || description
                .strip_prefix("template:")
                .is_some_and(|template| !template.trim().is_empty()),
        "sales.description",
        description,
        Text::same("generated | empty | profile-name | webshop-order | template:… {number} …"),
    )?;
    if let Some(template) = description.strip_prefix("template:") {
        placeholders(template)?;
    }
    // SnelStart B2B v2: procesStatus Contantbon and Factuur cannot be written.
    expect(
        !matches!(
            sales.process_stage,
            ProcessStage::Contantbon | ProcessStage::Factuur
        ),
        "sales.process_stage",
        &format!("{:?}", sales.process_stage),
        Text::same("Order | Offerte | Bevestiging | Werkbon | Pakbon | Afhaalbon"),
    )?;
    templates(settings)?;
    who_invoices(settings)?;
    for (method, payment) in &sales.payment {
        // SnelStart B2B v2: krediettermijn of a verkooporder is 0 to 100 days.
        let key = format!("sales.payment.{method}.term_days");
        at_most_days(&key, payment.term_days.unwrap_or_default(), 100)?;
    }
    if sales.form != Form::Booking {
        fitting::order(sales)?;
    }
    payment_reference_prefix(&sales.payment_reference_prefix)?;
    let limit = sales.total_difference_limit;
    expect(
        (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&limit),
        "sales.total_difference_limit",
        &limit.to_string(),
        text!(
            "0 of meer, ten hoogste 100 euro",
            "0 or more, at most 100 euro"
        ),
    )
}

/// SnelStart B2B v2: betalingskenmerk at most 50 characters, factuurnummer 25; the order's number is
/// to fit behind the prefix.
const PREFIX: usize = 20;

fn payment_reference_prefix(prefix: &str) -> Result<()> {
    expect(
        prefix.chars().count() <= PREFIX && prefix.chars().all(is_readable),
        "sales.payment_reference_prefix",
        prefix,
        text!(
            "ten hoogste {PREFIX} leesbare tekens",
            "at most {PREFIX} readable characters"
        ),
    )
}

/// Letters, digits, signs and spaces; nothing that steers a screen or turns the reading direction.
fn is_readable(c: char) -> bool {
    c == ' ' || c.is_alphanumeric() || c.is_ascii_punctuation()
}

/// Of a relation SnelStart takes up to 1000 days; more than a year is a slip of the keyboard.
const LONGEST_PAYMENT_TERM: u32 = 365;

fn at_most_days(key: &str, days: u32, most: u32) -> Result<()> {
    expect(
        days <= most,
        key,
        &days.to_string(),
        text!("0 tot en met {most} dagen", "0 to {most} days"),
    )
}

/// What a template of a description may have filled in.
pub const PLACEHOLDERS: [&str; 6] = ["number", "status", "payment", "profile", "name", "date"];

/// Every `{…}` in a template is one that is filled in: a slip would stand in the books as typed.
fn placeholders(template: &str) -> Result<()> {
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            return Err(unclosed(after));
        };
        if !PLACEHOLDERS.contains(&name) {
            return Err(placeholder(name));
        }
        rest = behind;
    }
    Ok(())
}

/// Each rule names a template and at least one thing an order must be.
fn templates(settings: &Settings) -> Result<()> {
    for rule in &settings.sales.templates {
        expect(
            !rule.template.trim().is_empty(),
            "sales.templates.template",
            &rule.template,
            text!(
                "naam of id van een verkoopsjabloon",
                "name or id of a sales template"
            ),
        )?;
        expect(
            rule.has_condition(),
            "sales.templates",
            &rule.template,
            text!(
                "een sjabloon met minstens een van language, country, store en vat; het sjabloon voor alle andere orders staat in sales.template",
                "a template with at least one of language, country, store and vat; the template for all other orders is sales.template"
            ),
        )?;
        let country = rule.country.as_str();
        expect(
            country.is_empty() || is_country(country),
            "sales.templates.country",
            country,
            text!(
                "de twee letters van een land, zoals DE",
                "the two letters of a country, such as DE"
            ),
        )?;
        let language = rule.language.as_str();
        expect(
            language.is_empty() || is_language(language),
            "sales.templates.language",
            language,
            text!(
                "een taal, zoals nl of nl-be",
                "a language, such as nl or nl-be"
            ),
        )?;
    }
    Ok(())
}

/// Letters, then parts of letters and digits behind `-` or `_`.
fn is_language(language: &str) -> bool {
    let mut parts = language.trim().split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=20).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn unclosed(after: &str) -> Failure {
    let all = all_placeholders();
    Failure::misconfigured(
        "wrong-value",
        text!(
            "sales.description: in \"{{{after}\" ontbreekt de }} achter de {{.",
            "sales.description: in \"{{{after}\" the }} behind the {{ is missing."
        ),
    )
    .hint(text!("Toegestaan: {all}.", "Allowed: {all}."))
}

fn all_placeholders() -> String {
    PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ")
}

fn placeholder(name: &str) -> Failure {
    let all = all_placeholders();
    let meant = read::nearest(name, PLACEHOLDERS.into_iter());
    let (nl, en) = meant.map_or_else(Default::default, |meant| {
        (
            format!("Bedoelt u {{{meant}}}? "),
            format!("Do you mean {{{meant}}}? "),
        )
    });
    Failure::misconfigured(
        "wrong-value",
        text!(
            "sales.description: {{{name}}} kan niet worden ingevuld.",
            "sales.description: {{{name}}} cannot be filled in."
        ),
    )
    .hint(text!("{nl}Toegestaan: {all}.", "{en}Allowed: {all}."))
}

/// One invoice per sale: nothing that would let the books make one beside the shop's, nor a booking
/// (the shop's own invoice) where the books are to invoice.
fn who_invoices(settings: &Settings) -> Result<()> {
    let sales = &settings.sales;
    expect(
        sales.form != Form::Booking || sales.invoiced_by != Some(InvoicedBy::Snelstart),
        "sales.invoiced_by",
        "snelstart",
        text!(
            "\"shop\" bij sales.form = \"booking\": een verkoopboeking ís de factuur van de winkel",
            "\"shop\" with sales.form = \"booking\": a verkoopboeking is the shop's own invoice"
        ),
    )?;
    if sales.invoiced_by != Some(InvoicedBy::Shop) {
        return Ok(());
    }
    expect(
        sales.blocked != Blocked::Never,
        "sales.blocked",
        "never",
        text!(
            "\"as-template\" of \"always\", want met sales.invoiced_by = \"shop\" wordt elke order geblokkeerd, zodat niemand haar nog eens factureert",
            "\"as-template\" or \"always\", because with sales.invoiced_by = \"shop\" every order is blocked, so that nobody invoices it again"
        ),
    )?;
    expect(
        !settings.customers.invoice_by_email,
        "customers.invoice_by_email",
        "true",
        text!(
            "false, want met sales.invoiced_by = \"shop\" verstuurt de winkel de facturen",
            "false, because with sales.invoiced_by = \"shop\" the shop sends the invoices"
        ),
    )
}

/// An address as it may be shown: who logs in with what is left out.
fn without_password(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    match rest.rsplit_once('@') {
        Some((_, rest)) if scheme.is_empty() => format!("…@{rest}"),
        Some((_, rest)) => format!("{scheme}://…@{rest}"),
        None => address.to_owned(),
    }
}

/// `https://…`, or `http://…` on this PC or where the owner allows it; without user or password.
fn secure_address(key: &str, address: &str, plain_allowed: bool) -> Result<()> {
    let url = Url::parse(address).ok().filter(|url| {
        url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && matches!(url.scheme(), "https" | "http")
    });
    let Some(url) = url else {
        return expect(
            false,
            key,
            &without_password(address),
            text!(
                "een adres zoals https://www.voorbeeld.nl",
                "an address such as https://www.example.com"
            ),
        );
    };
    if url.scheme() == "https" || plain_allowed || is_loopback(&url) {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "plain-http",
        text!(
            "{key} = \"{address}\" is niet beveiligd (http).",
            "{key} = \"{address}\" is not encrypted (http)."
        ),
    )
    .hint(if key == "shop.url" {
        text!(
            "Schrijf https://, of zet shop.allow_plain_http = true als uw winkel werkelijk geen https heeft.",
            "Write https://, or set shop.allow_plain_http = true if your shop really has no https."
        )
    } else {
        text!("Schrijf https://.", "Write https://.")
    }))
}

fn not_negative(key: &str, amount: Decimal) -> Result<()> {
    expect(
        amount >= Decimal::ZERO,
        key,
        &amount.to_string(),
        text!("0 of meer", "0 or more"),
    )
}

fn at_least_one(key: &str, days: u32) -> Result<()> {
    expect(
        days >= 1,
        key,
        &days.to_string(),
        text!("minstens 1 dag", "at least 1 day"),
    )
}

fn expect(right: bool, key: &str, found: &str, allowed: Text) -> Result<()> {
    if right {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "wrong-value",
        text!(
            "{key} kan niet \"{found}\" zijn.",
            "{key} cannot be \"{found}\"."
        ),
    )
    .hint(Text {
        nl: format!("Toegestaan: {}.", allowed.nl),
        en: format!("Allowed: {}.", allowed.en),
    }))
}

//! Extra fields of articles and customers: which there are, and filling them.
//!
//! SnelStart B2B v2: they are read with the record (`extraVelden`, `extraVeldenKlant`) and written
//! by a call of their own (`…/customFields`), each by name, in the type its definition tells.

use std::collections::BTreeMap;

use reqwest::Method;

use super::{
    SnelStart,
    attempts::{ARTICLES, EXTRA_FIELDS, RELATIONS},
    fields::{Fields, Number},
};
use crate::{
    books::ExtraFields,
    failure::{Failure, Result},
    text,
    text::Text,
};

/// A field as an administration defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its type, as SnelStart calls it.
    kind: String,
    /// Longest text; none where no limit is told.
    length: Option<usize>,
}

/// The definitions of a list of CustomFieldModel.
#[must_use]
pub fn definitions(rows: &[Fields]) -> Vec<Definition> {
    rows.iter()
        .map(|row| row.object("definition"))
        .map(|definition| Definition {
            name: definition.text("name"),
            kind: definition.text("type"),
            length: definition
                .list("properties")
                .iter()
                .find(|property| property.text("name").eq_ignore_ascii_case("MaxLength"))
                .and_then(|property| property.whole("value"))
                .and_then(|length| usize::try_from(length).ok())
                .filter(|length| *length > 0),
        })
        .filter(|definition| !definition.name.is_empty())
        .collect()
}

/// UpdatedCustomFieldModel for each value.
///
/// # Errors
/// A field the administration does not have, or a value its type does not take: `Refused`.
pub fn updates(wanted: &BTreeMap<String, String>, known: &[Definition]) -> Result<Vec<Fields>> {
    wanted
        .iter()
        .map(|(name, value)| {
            let field = known
                .iter()
                .find(|field| field.name.trim().to_lowercase() == name.trim().to_lowercase())
                .ok_or_else(|| unknown(name, known))?;
            let row = Fields::default().set("name", &field.name);
            typed(row, field, value)
        })
        .collect()
}

impl SnelStart {
    /// Fills extra fields of an article.
    pub(super) async fn fill_article(
        &self,
        id: &str,
        wanted: &BTreeMap<String, String>,
    ) -> Result<()> {
        let path = format!("artikelen/{id}/customFields");
        let known = definitions(&self.all(&path, ARTICLES).await?);
        let body = serde_json::to_string(&updates(wanted, &known)?).unwrap_or_default();
        let written = self.api.write(Method::PUT, &path, body, EXTRA_FIELDS).await;
        written.map(drop)
    }

    /// Fills extra fields of a customer.
    pub(super) async fn fill_relation(
        &self,
        id: &str,
        wanted: &BTreeMap<String, String>,
    ) -> Result<()> {
        let path = format!("relaties/{id}/customFields");
        let known = self.customer_fields(&path).await?;
        let rows = updates(wanted, &known)?;
        let body = Fields::default().set(CUSTOMER_FIELDS, rows).written();
        let written = self.api.write(Method::PUT, &path, body, EXTRA_FIELDS).await;
        written.map(drop)
    }

    async fn customer_fields(&self, path: &str) -> Result<Vec<Definition>> {
        let sets = self.one(path, RELATIONS).await?.unwrap_or_default();
        Ok(definitions(&sets.list(CUSTOMER_FIELDS)))
    }

    /// The names there are. SnelStart tells them only together with a record, so without any
    /// article or customer nobody knows.
    pub(super) async fn fields_there_are(&self) -> Result<ExtraFields> {
        let names = |definitions: Vec<Definition>| {
            definitions.into_iter().map(|field| field.name).collect()
        };
        let mut fields = ExtraFields::default();
        if let Some(id) = self.first("artikelen", |_| true).await? {
            let path = format!("artikelen/{id}/customFields");
            fields.articles = Some(names(definitions(&self.optional(&path, ARTICLES).await?)));
        }
        let customer = |row: &Fields| {
            row.texts("relatiesoort")
                .iter()
                .any(|kind| kind.eq_ignore_ascii_case("Klant"))
        };
        if let Some(id) = self.first("relaties", customer).await? {
            let path = format!("relaties/{id}/customFields");
            fields.relations = Some(names(self.customer_fields(&path).await?));
        }
        Ok(fields)
    }

    /// The id of one record of the first page.
    async fn first(&self, path: &str, fits: impl Fn(&Fields) -> bool) -> Result<Option<String>> {
        let answer = self
            .api
            .get(path, &[("$top", FIRST_PAGE)], ARTICLES)
            .await?;
        let rows = Fields::read_list(&answer.body).unwrap_or_default();
        Ok(rows.iter().find(|row| fits(row)).and_then(Fields::id))
    }
}

/// Every list gives so many rows at once (SnelStart B2B v2, section 5.1).
const FIRST_PAGE: &str = "25";
/// Where a RelatieCustomFieldsModel keeps those of a customer.
const CUSTOMER_FIELDS: &str = "klantCustomFields";

fn typed(row: Fields, field: &Definition, value: &str) -> Result<Fields> {
    let value = value.trim();
    let wrong = |what: Text| Err(unfit(&field.name, value, &what));
    match field.kind.as_str() {
        "Integer" => match value.parse::<i64>() {
            Ok(number) => Ok(row.set("value", number)),
            Err(_) => wrong(text!("een geheel getal", "a whole number")),
        },
        "Money" | "Float" => match value.parse() {
            Ok(number) => Ok(row.set("value", Number(number))),
            Err(_) => wrong(text!("een getal", "a number")),
        },
        "Boolean" => match value.to_lowercase().as_str() {
            "true" | "1" | "ja" | "yes" | "waar" => Ok(row.set("value", true)),
            "false" | "0" | "nee" | "no" | "onwaar" => Ok(row.set("value", false)),
            _ => wrong(text!("ja of nee", "yes or no")),
        },
        "DateTime" => match value.parse::<jiff::civil::Date>() {
            Ok(day) => Ok(row.set("value", format!("{day}T00:00:00"))),
            Err(_) => wrong(text!("een datum (jjjj-mm-dd)", "a date (yyyy-mm-dd)")),
        },
        _ => Ok(row.set("value", shortened(value, field.length))),
    }
}

fn shortened(value: &str, length: Option<usize>) -> String {
    match length {
        Some(length) if value.chars().count() > length => {
            let short: String = value.chars().take(length).collect();
            short.trim_end().to_owned()
        }
        _ => value.to_owned(),
    }
}

fn unknown(name: &str, known: &[Definition]) -> Failure {
    let all: Vec<&str> = known.iter().map(|field| field.name.as_str()).collect();
    let all = all.join(", ");
    Failure::refused(
        "extra-field-unknown",
        text!(
            "De administratie heeft geen extra veld \"{name}\".",
            "The administration has no extra field \"{name}\"."
        ),
    )
    .hint(text!(
        "Er zijn: {all}. Verbeter de naam in [[mapping]] of articles.code_field.",
        "There are: {all}. Correct the name in [[mapping]] or articles.code_field."
    ))
}

fn unfit(name: &str, value: &str, wanted: &Text) -> Failure {
    let (nl, en) = (&wanted.nl, &wanted.en);
    Failure::refused(
        "extra-field-value",
        text!(
            "Het extra veld \"{name}\" neemt \"{value}\" niet aan: het wil {nl}.",
            "The extra field \"{name}\" does not take \"{value}\": it wants {en}."
        ),
    )
    .hint(text!(
        "Maak er met change in [[mapping]] zo'n waarde van, of verbeter haar in de winkel.",
        "Make it such a value with change in [[mapping]], or correct it in the shop."
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn known() -> Vec<Definition> {
        let rows = r#"[
            {"definition":{"name":"Web code","type":"Text","properties":[{"name":"MaxLength","value":5}]}},
            {"definition":{"name":"Aantal","type":"Integer"}},
            {"definition":{"name":"Vanaf","type":"DateTime"}}]"#;
        definitions(&Fields::read_list(rows).unwrap())
    }

    fn written(name: &str, value: &str) -> Result<String> {
        let wanted = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        Ok(updates(&wanted, &known())?[0].written())
    }

    #[test]
    fn each_value_goes_in_the_type_of_its_field() {
        assert_eq!(
            written("web code", "ABCDEFG").unwrap(),
            r#"{"name":"Web code","value":"ABCDE"}"#
        );
        assert_eq!(
            written("Aantal", "12").unwrap(),
            r#"{"name":"Aantal","value":12}"#
        );
        assert_eq!(
            written("Vanaf", "2026-11-26").unwrap(),
            r#"{"name":"Vanaf","value":"2026-11-26T00:00:00"}"#
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        assert_eq!(
            written("Kleur", "rood").unwrap_err().code,
            "extra-field-unknown"
        );
        assert_eq!(
            written("Aantal", "twee").unwrap_err().code,
            "extra-field-value"
        );
    }
}

//! VIES, the EU's register of VAT numbers (European Commission, REST API `check-vat-number`).

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::http;
use crate::books::{VatCheck, Verdict};

/// Most bytes of an answer.
const MOST: usize = 64 << 10;

/// What VIES answers. Where it could not find out, `errorWrappers` says why (`MS_UNAVAILABLE`,
/// `SERVICE_UNAVAILABLE`, `TIMEOUT`, `GLOBAL_MAX_CONCURRENT_REQ`, `INVALID_INPUT`, ...), whatever the
/// status of the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    valid: Option<bool>,
    name: Option<String>,
    request_identifier: Option<String>,
    error_wrappers: Vec<Problem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    error: String,
}

/// The asker's own number is refused: it is asked again without.
const OWN_REFUSED: &str = "INVALID_REQUESTER_INFO";

/// The number has no form any member state gives out.
const NO_NUMBER: &str = "INVALID_INPUT";

/// Asks for a number; `own` is the asker's, for which VIES gives a consultation number, and may be
/// empty.
pub async fn check(address: &str, number: &str, own: &str, today: Date) -> VatCheck {
    let answer = match ask(address, number, own).await {
        Some(answer) if !own.is_empty() && answer.is(OWN_REFUSED) => ask(address, number, "").await,
        answer => answer,
    };
    let answer = answer.unwrap_or_default();
    let verdict = match answer.valid {
        Some(true) => Verdict::Valid,
        Some(false) if answer.error_wrappers.is_empty() => Verdict::Invalid,
        _ if answer.is(NO_NUMBER) => Verdict::Invalid,
        _ => Verdict::Unreachable,
    };
    // A country that does not tell its names gives dashes.
    let told = |text: Option<String>| {
        let text = text.unwrap_or_default();
        let text = text.trim();
        if text.chars().all(|c| c == '-') {
            String::new()
        } else {
            text.chars().filter(|c| !c.is_control()).take(200).collect()
        }
    };
    VatCheck {
        number: number.to_owned(),
        verdict,
        day: today,
        name: told(answer.name),
        consultation: told(answer.request_identifier),
    }
}

impl Answer {
    fn is(&self, error: &str) -> bool {
        self.error_wrappers
            .iter()
            .any(|problem| problem.error == error)
    }
}

async fn ask(address: &str, number: &str, own: &str) -> Option<Answer> {
    let (client, url) = http::client(address)?;
    let (country, rest) = number.split_at_checked(2)?;
    let mut question = json!({"countryCode": country, "vatNumber": rest});
    if let (Some((country, rest)), Some(question)) = (
        own.split_at_checked(2).filter(|(_, rest)| !rest.is_empty()),
        question.as_object_mut(),
    ) {
        question.insert("requesterMemberStateCode".to_owned(), country.into());
        question.insert("requesterNumber".to_owned(), rest.into());
    }
    let response = client.post(url).json(&question).send().await.ok()?;
    let body = http::body(response, MOST).await?;
    serde_json::from_slice(&body).ok()
}

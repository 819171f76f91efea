//! What a refusal of SnelStart means. SnelStart B2B v2 has no single error shape: a list of coded
//! errors, a model state, `{"Message"}`, the gateway's `{"statusCode", "message"}`, the token
//! host's `{"error"}`, an empty body, or a page of HTML.

use std::time::Duration;

use super::{
    codes::{self, Known},
    fields::Fields,
};
use crate::{
    failure::{Class, Failure},
    text,
    text::Text,
};

/// An answer of SnelStart, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
    /// Body.
    pub body: String,
}

/// What was attempted, for the owner's eyes, and whether it would have changed the books.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// In Dutch, as the object of a sentence: `de relatie`.
    pub nl: &'static str,
    /// In English.
    pub en: &'static str,
    /// Is it a write?
    pub write: bool,
}

impl Attempt {
    /// Reading something.
    #[must_use]
    pub const fn reading(nl: &'static str, en: &'static str) -> Self {
        Self {
            nl,
            en,
            write: false,
        }
    }

    /// Writing something.
    #[must_use]
    pub const fn writing(nl: &'static str, en: &'static str) -> Self {
        Self {
            nl,
            en,
            write: true,
        }
    }
}

/// The parts of an error body that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Complaint {
    /// Codes in the order they came: `REL-0007`.
    pub codes: Vec<String>,
    /// SnelStart's own words, cut to what fits on a screen.
    pub words: String,
    /// The model did not bind, or a length or range was exceeded.
    pub model_state: bool,
}

/// Longest piece of SnelStart's own words that is shown.
const WORDS: usize = 300;

impl Complaint {
    /// Reads any body.
    #[must_use]
    pub fn read(body: &str) -> Self {
        let mut complaint = Self::default();
        let mut words = Vec::new();
        if let Some(rows) = Fields::read_list(body) {
            for row in &rows {
                complaint.take(row, &mut words);
            }
        } else if let Some(row) = Fields::read(body) {
            complaint.take(&row, &mut words);
        } else if !looks_like_html(body) {
            words.push(body.trim().trim_matches('"').to_owned());
        }
        if complaint.codes.is_empty() {
            complaint.codes = codes_within(body);
        }
        words.retain(|text| !text.is_empty());
        complaint.words = words.join("; ").chars().take(WORDS).collect();
        complaint
    }

    fn take(&mut self, row: &Fields, words: &mut Vec<String>) {
        let code = row.text("errorCode");
        if !code.is_empty() {
            self.codes.push(code);
        }
        for name in ["message", "error", "error_description"] {
            words.push(row.text(name));
        }
        let state = row.object("modelState");
        self.model_state |= !state.is_empty();
        for (field, _) in state.entries() {
            let field_words = state.texts(field).join(" ");
            let field = field.rsplit('.').next().unwrap_or(field);
            words.push(format!("{field}: {field_words}"));
        }
    }
}

fn looks_like_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// Codes (`[A-Z]{3}-\d{4}`) anywhere in a text.
fn codes_within(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let is_code = |piece: &[u8]| {
        let (letters, rest) = piece.split_at(3);
        letters.iter().all(u8::is_ascii_uppercase)
            && rest.first() == Some(&b'-')
            && rest.iter().skip(1).all(u8::is_ascii_digit)
    };
    bytes
        .windows(8)
        .filter(|piece| is_code(piece))
        .map(|piece| String::from_utf8_lossy(piece).into_owned())
        .collect()
}

/// The failure an answer other than success stands for.
#[must_use]
pub fn failure(attempt: Attempt, answer: &Answer) -> Failure {
    let complaint = Complaint::read(&answer.body);
    match answer.status {
        200..=299 => unreadable(attempt),
        300..=399 => moved(answer.status),
        400 | 409 | 412 | 413 | 422 => refused(attempt, answer.status, &complaint),
        401 => key_refused(&complaint),
        403 => quota(&complaint).unwrap_or_else(|| scope_missing(attempt, &complaint)),
        404 | 410 => gone(attempt, &complaint),
        429 => too_many(answer.retry_after),
        400..=499 if answer.status != 408 => Failure::bug(
            format!("snelstart-{}", answer.status),
            text!(
                "SnelStart begrijpt de vraag om {} niet ({})",
                "SnelStart does not understand the request for {} ({})",
                attempt.nl,
                answer.status
            ),
        )
        .hint(codes::REPORT.text()),
        _ => disturbed(attempt, answer),
    }
}

/// A success whose body is not what it should be: a proxy's page, or half a record.
#[must_use]
pub fn unreadable(attempt: Attempt) -> Failure {
    let failure = Failure::transient(
        "answer-unreadable",
        Text {
            nl: format!("SnelStart antwoordde onleesbaar op {}", attempt.nl),
            en: format!("SnelStart's answer about {} cannot be read", attempt.en),
        },
    );
    unknown_after(attempt, failure)
}

fn unknown_after(attempt: Attempt, failure: Failure) -> Failure {
    if attempt.write {
        failure.outcome_unknown()
    } else {
        failure
    }
}

fn disturbed(attempt: Attempt, answer: &Answer) -> Failure {
    let status = answer.status;
    let failure = Failure::transient(
        "snelstart-disturbed",
        Text {
            nl: format!("SnelStart heeft een storing ({status}) bij {}", attempt.nl),
            en: format!("SnelStart has a fault ({status}) with {}", attempt.en),
        },
    )
    .retry_after(answer.retry_after)
    .hint(text!(
        "U hoeft niets te doen; er wordt vanzelf opnieuw geprobeerd.",
        "You need not do anything; it is tried again by itself."
    ));
    unknown_after(attempt, failure)
}

/// 429: refused by the gateway, so nothing was written.
#[must_use]
pub fn too_many(wait: Option<Duration>) -> Failure {
    Failure::transient(
        "too-many-calls",
        text!(
            "SnelStart vraagt om even te wachten: er waren te veel aanvragen",
            "SnelStart asks to wait a while: there were too many requests"
        ),
    )
    .retry_after(wait)
}

/// 403 that means a used-up hourly quota (Azure API Management: "Out of call volume quota. Quota
/// will be replenished in hh:mm:ss."); none when it means something else.
fn quota(complaint: &Complaint) -> Option<Failure> {
    let words = complaint.words.to_lowercase();
    words.contains("quota").then(|| {
        Failure::transient(
            "hour-used-up",
            text!(
                "Het aantal aanvragen dat SnelStart per uur toestaat is op",
                "The number of requests SnelStart allows in an hour is used up"
            ),
        )
        .retry_after(Some(replenished_in(&words).unwrap_or(QUOTA_WAIT)))
    })
}

/// When SnelStart does not say how long.
const QUOTA_WAIT: Duration = Duration::from_secs(600);

fn replenished_in(words: &str) -> Option<Duration> {
    let clock = words
        .split(|c: char| !(c.is_ascii_digit() || c == ':'))
        .find(|part| part.matches(':').count() == 2)?;
    let mut seconds = 0;
    for part in clock.split(':') {
        seconds = seconds * 60 + part.parse::<u64>().ok()?;
    }
    Some(Duration::from_secs(seconds))
}

/// Is this the gateway's answer to a used-up quota?
#[must_use]
pub fn is_quota(answer: &Answer) -> bool {
    answer.status == 403 && quota(&Complaint::read(&answer.body)).is_some()
}

/// Is it the subscription key that a 401 is about? The gateway says so in words.
#[must_use]
pub fn is_subscription(answer: &Answer) -> bool {
    answer.status == 401 && answer.body.to_lowercase().contains("subscription")
}

fn key_refused(complaint: &Complaint) -> Failure {
    if complaint.words.to_lowercase().contains("subscription") {
        return subscription_refused();
    }
    Failure::credentials(
        "token-refused",
        text!(
            "SnelStart weigert de toegang, ook met een zojuist verkregen sleutel",
            "SnelStart refuses access, even with a key obtained just now"
        ),
    )
    .hint(text!(
        "Maak in SnelStart Web onder Koppelingen een nieuwe koppelsleutel en vul die in. Helpt dat niet, controleer dan de abonnementssleutel.",
        "Make a new connection key in SnelStart Web under Connections and enter it. If that does not help, check the subscription key."
    ))
}

/// The gateway refuses the subscription key: every administration fails with it.
#[must_use]
pub fn subscription_refused() -> Failure {
    Failure::credentials(
        "subscription-key-refused",
        text!(
            "SnelStart weigert de abonnementssleutel (subscription key)",
            "SnelStart refuses the subscription key"
        ),
    )
    .hint(text!(
        "De koppelsleutel is niet het probleem. Een ontwikkelsleutel verloopt na 90 dagen: vraag in de SnelStart-ontwikkelaarsportaal een nieuwe aan en vul die in.",
        "The connection key is not the problem. A development key expires after 90 days: ask for a new one in SnelStart's developer portal and enter it."
    ))
}

/// The token host refuses the connection key (status 400 with `{"error"}`).
#[must_use]
pub fn connection_key_refused() -> Failure {
    Failure::credentials(
        "connection-key-refused",
        text!(
            "SnelStart weigert de koppelsleutel",
            "SnelStart refuses the connection key"
        ),
    )
    .hint(text!(
        "Kopieer de koppelsleutel opnieuw uit SnelStart Web (Koppelingen), in zijn geheel, en vul hem in met 'winkelbrug check NAAM --secrets ask'. Is hij verwijderd, maak dan een nieuwe.",
        "Copy the connection key from SnelStart Web (Connections) again, whole, and enter it with 'winkelbrug check NAME --secrets ask'. If it was deleted, make a new one."
    ))
}

fn scope_missing(attempt: Attempt, complaint: &Complaint) -> Failure {
    let words = spoken(complaint);
    Failure::credentials(
        "scope-missing",
        Text {
            nl: format!("De koppelsleutel geeft geen recht op {}{words}", attempt.nl),
            en: format!("The connection key gives no right to {}{words}", attempt.en),
        },
    )
    .hint(text!(
        "Controleer in SnelStart Web onder Koppelingen de rechten van de koppeling, en of uw SnelStart-pakket verkooporders bevat (inBalans of hoger).",
        "Check the connection's rights in SnelStart Web under Connections, and whether your SnelStart package includes sales orders (inBalans or higher)."
    ))
}

fn gone(attempt: Attempt, complaint: &Complaint) -> Failure {
    let code = complaint.codes.first();
    Failure::refused(
        code.map_or("not-found", String::as_str),
        Text {
            nl: format!("SnelStart kent {} niet (meer)", attempt.nl),
            en: format!("SnelStart does not know {} (any more)", attempt.en),
        },
    )
}

fn moved(status: u16) -> Failure {
    Failure::misconfigured(
        "api-url",
        text!(
            "Het adres van SnelStart verwijst door ({status})",
            "SnelStart's address redirects ({status})"
        ),
    )
    .hint(text!(
        "Controleer api_url en auth_url bij [administration]; laat ze weg voor de gewone adressen.",
        "Check api_url and auth_url in [administration]; leave them out for the usual addresses."
    ))
}

fn spoken(complaint: &Complaint) -> String {
    if complaint.words.is_empty() {
        String::new()
    } else {
        format!(": {}", complaint.words)
    }
}

/// A business rule, or input that does not fit the model. A model that does not fit holds this
/// one record instead of stopping the task: lengths and ranges without a code come that way too.
fn refused(attempt: Attempt, status: u16, complaint: &Complaint) -> Failure {
    let known: Vec<(&String, Option<&Known>)> = complaint
        .codes
        .iter()
        .map(|code| (code, codes::find(code)))
        .collect();
    if known.is_empty() {
        return uncoded(attempt, status, complaint);
    }
    let worst = known
        .iter()
        .max_by_key(|(_, known)| known.map_or(0, |known| gravity(known.class)));
    let (code, class, hint) = match worst {
        Some((code, Some(known))) => (code.as_str(), known.class, known.hint.text()),
        Some((code, None)) => (code.as_str(), Class::Refused, codes::READ_WORDS.text()),
        None => return uncoded(attempt, status, complaint),
    };
    let own = spoken(complaint);
    let reason = |dutch: bool| -> String {
        let parts: Vec<String> = known
            .iter()
            .map(|(code, known)| match known {
                Some(known) if dutch => format!("{} ({code})", known.nl),
                Some(known) => format!("{} ({code})", known.en),
                None => format!("{code}{own}"),
            })
            .collect();
        parts.join("; ")
    };
    Failure::new(
        class,
        code,
        Text {
            nl: format!("SnelStart weigert {}: {}", attempt.nl, reason(true)),
            en: format!("SnelStart refuses {}: {}", attempt.en, reason(false)),
        },
    )
    .hint(hint)
}

fn uncoded(attempt: Attempt, status: u16, complaint: &Complaint) -> Failure {
    let words = spoken(complaint);
    let code = match (complaint.model_state, attempt.write) {
        (true, _) => "model-state".to_owned(),
        (false, _) => format!("snelstart-{status}"),
    };
    let class = if attempt.write {
        Class::Refused
    } else {
        Class::Bug
    };
    let hint = if attempt.write {
        codes::READ_WORDS
    } else {
        codes::REPORT
    };
    Failure::new(
        class,
        code,
        Text {
            nl: format!("SnelStart weigert {}{words}", attempt.nl),
            en: format!("SnelStart refuses {}{words}", attempt.en),
        },
    )
    .hint(hint.text())
}

fn gravity(class: Class) -> u8 {
    match class {
        Class::Refused => 1,
        Class::Transient => 2,
        Class::Misconfigured => 3,
        Class::Bug => 4,
        Class::Credentials => 5,
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;

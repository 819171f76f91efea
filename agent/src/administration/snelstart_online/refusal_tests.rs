#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::failure::Effect;

const READ: Attempt = Attempt::reading("de artikelen", "the articles");
const WRITE: Attempt = Attempt::writing("de relatie", "the relation");

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        body: body.to_owned(),
    }
}

#[test]
fn a_list_of_coded_errors_names_every_code() {
    let body = r#"[{"errorCode":"REL-0020","message":"Straat te lang","details":null},
                   {"errorCode":"REL-0088","message":"Btw","details":["x"]}]"#;
    let failure = failure(WRITE, &answer(400, body));
    assert_eq!(failure.class, Class::Refused);
    assert_eq!(failure.effect, Effect::None);
    assert!(failure.text.nl.contains("REL-0020") && failure.text.nl.contains("REL-0088"));
    assert!(
        failure
            .text
            .nl
            .starts_with("SnelStart weigert de relatie: ")
    );
    assert!(!failure.hint.nl.is_empty());
}

#[test]
fn the_gravest_of_several_codes_decides_the_class() {
    let body = r#"[{"errorCode":"ART-0007"},{"errorCode":"ART-0009"}]"#;
    let failure = failure(WRITE, &answer(400, body));
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Misconfigured, "ART-0009")
    );
}

#[test]
fn an_unknown_code_is_shown_as_it_came_and_holds_the_record() {
    let body = r#"[{"errorCode":"CMP-0003","message":"Iets nieuws","details":null}]"#;
    let failure = failure(WRITE, &answer(400, body));
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Refused, "CMP-0003")
    );
    assert!(failure.text.nl.contains("Iets nieuws"));
}

#[test]
fn a_model_state_names_the_field_without_its_prefix() {
    for body in [
        r#"{"message":"De aanvraag is ongeldig.","modelState":{"model.naam":["te lang"]}}"#,
        r#"{"Message":"De aanvraag is ongeldig.","ModelState":{"naam":["te lang"]}}"#,
    ] {
        let failure = failure(WRITE, &answer(400, body));
        assert_eq!(
            (failure.class, failure.code.as_str()),
            (Class::Refused, "model-state")
        );
        assert!(
            failure.text.nl.contains("naam: te lang"),
            "{}",
            failure.text.nl
        );
    }
}

#[test]
fn a_question_that_is_not_understood_is_our_fault() {
    let body = r#"{"Message":"Could not find a property named 'artikelcode' on type 'X'."}"#;
    let failure = failure(READ, &answer(400, body));
    assert_eq!(failure.class, Class::Bug);
    assert!(failure.text.en.contains("Could not find a property"));
}

#[test]
fn empty_bodies_and_pages_of_html_are_tolerated() {
    for body in ["", "<html><h1>400</h1></html>", "  "] {
        let failure = failure(WRITE, &answer(400, body));
        assert_eq!(
            (failure.class, failure.code.as_str()),
            (Class::Refused, "snelstart-400")
        );
        assert!(!failure.text.nl.contains('<'));
    }
}

#[test]
fn a_code_hidden_in_plain_text_is_found() {
    let complaint = Complaint::read("Fout REL-0008: in gebruik");
    assert_eq!(complaint.codes, ["REL-0008"]);
}

#[test]
fn the_two_keys_are_told_apart() {
    let gateway = r#"{"statusCode":401,"message":"Access denied due to invalid subscription key. Make sure…"}"#;
    assert_eq!(
        failure(READ, &answer(401, gateway)).code,
        "subscription-key-refused"
    );
    for body in ["", r#"{"Message":"Authorization has been denied"}"#] {
        let failure = failure(READ, &answer(401, body));
        assert_eq!(
            (failure.class, failure.code.as_str()),
            (Class::Credentials, "token-refused")
        );
    }
}

#[test]
fn a_used_up_quota_is_not_a_missing_right() {
    let quota = r#"{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 00:12:30."}"#;
    let busy = failure(WRITE, &answer(403, quota));
    assert_eq!((busy.class, busy.effect), (Class::Transient, Effect::None));
    assert_eq!(busy.retry_after, Some(Duration::from_secs(750)));
    let scope = failure(WRITE, &answer(403, r#"{"Message":"Forbidden"}"#));
    assert_eq!(
        (scope.class, scope.code.as_str()),
        (Class::Credentials, "scope-missing")
    );
}

#[test]
fn a_disturbance_leaves_a_write_in_doubt_and_a_read_not() {
    for status in [500, 502, 503, 504, 408] {
        let write = failure(WRITE, &answer(status, "<html>"));
        assert_eq!(
            (write.class, write.effect),
            (Class::Transient, Effect::Unknown)
        );
        let read = failure(READ, &answer(status, ""));
        assert_eq!((read.class, read.effect), (Class::Transient, Effect::None));
    }
    assert_eq!(unreadable(WRITE).effect, Effect::Unknown);
}

#[test]
fn too_many_calls_leaves_no_doubt() {
    let mut busy = answer(
        429,
        r#"{"statusCode":429,"message":"Rate limit is exceeded."}"#,
    );
    busy.retry_after = Some(Duration::from_secs(7));
    let failure = failure(WRITE, &busy);
    assert_eq!(
        (failure.class, failure.effect),
        (Class::Transient, Effect::None)
    );
    assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
}

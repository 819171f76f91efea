//! The golden messages hold, both ways: they are what the code makes today, and what the files say
//! of each message is what the code decides on it.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../examples/vectors/golden.rs"]
mod golden;

use serde_json::Value;
use winkelbrug_protocol::{
    answer::{self, Caps, Defect, Reading},
    key::{FileKeys, UploadKeys, Variant},
    request::{Gate, Request},
};

fn load(name: &str) -> (String, Value) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[test]
fn the_files_are_what_the_code_makes() {
    assert!(
        load("requests.json").0 == golden::requests(),
        "run the example"
    );
    assert!(
        load("answers.json").0 == golden::answers(),
        "run the example"
    );
}

#[test]
fn each_request_gets_its_decision() {
    let (_, file) = load("requests.json");
    let now = file["now"].as_i64().unwrap();
    for case in file["cases"].as_array().unwrap() {
        let variant: Variant = serde_json::from_value(case["variant"].clone()).unwrap();
        let key = match variant {
            Variant::Ecdsa => text(case, "public_key"),
            Variant::Hmac => text(case, "request_key"),
        };
        let keys = FileKeys::from_texts(
            text(case, "bridge_id"),
            variant,
            key,
            text(case, "answer_key"),
        )
        .unwrap();
        let request = Request {
            key_id: text(case, "key_id").to_owned(),
            time: text(case, "time").to_owned(),
            nonce: text(case, "nonce").to_owned(),
            signature: text(case, "signature").to_owned(),
            body: text(case, "body").as_bytes().to_vec(),
        };
        let expected = match text(case, "gate") {
            "open" => Gate::Open,
            "clock" => Gate::Clock,
            _ => Gate::Refused,
        };
        assert_eq!(request.check(&keys, now), expected, "{}", case["name"]);
    }
}

#[test]
fn each_answer_is_read_as_the_file_says() {
    let (_, file) = load("answers.json");
    let keys = golden::keys(Variant::Ecdsa);
    let body = text(&file, "request_body").as_bytes().to_vec();
    let time = text(&file, "time").parse().unwrap();
    let request = Request::sign(&keys, body, time, text(&file, "nonce")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let bytes = text(case, "body").as_bytes();
        let reading = answer::read(&keys, &request, "stock_read", bytes, &Caps::default());
        assert_eq!(name(&reading), text(case, "reading"), "{}", case["name"]);
        if let Ok(Reading::Answer(answer)) = reading {
            assert_eq!(answer.records().len() as u64, case["records"]);
            assert_eq!(answer.foreign.before as u64, case["foreign_before"]);
            assert_eq!(answer.foreign.after as u64, case["foreign_after"]);
            for record in answer.records() {
                serde_json::from_str::<winkelbrug_protocol::record::StockLevel>(record).unwrap();
            }
        }
    }
}

fn name(reading: &Result<Reading, Defect>) -> String {
    match reading {
        Ok(Reading::Answer(_)) => "answer".to_owned(),
        Ok(Reading::Error(error)) => format!("error:{}", error.code),
        Ok(Reading::Clock(time)) => format!("clock:{time}"),
        Ok(Reading::Replay) => "replay".to_owned(),
        Ok(Reading::Refusal) => "refusal".to_owned(),
        Err(Defect::Empty) => "defect:empty".to_owned(),
        Err(Defect::Foreign) => "defect:foreign".to_owned(),
        Err(Defect::Version) => "defect:version".to_owned(),
        Err(Defect::Truncated) => "defect:truncated".to_owned(),
        Err(Defect::Mac) => "defect:mac".to_owned(),
        Err(Defect::Malformed(_)) => "defect:malformed".to_owned(),
        Err(Defect::TooLarge(_)) => "defect:too-large".to_owned(),
    }
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let keys = golden::keys(Variant::Ecdsa);
    let (_, file) = load("answers.json");
    let bytes = text(&file["cases"][0], "body").as_bytes();
    let body = text(&file, "request_body").as_bytes();
    let other_nonce = Request::sign(&keys, body.to_vec(), golden::NOW, &"ab".repeat(16)).unwrap();
    let other_body = Request::sign(&keys, b"{}".to_vec(), golden::NOW, golden::NONCE).unwrap();
    for request in [other_nonce, other_body] {
        let reading = answer::read(&keys, &request, "stock_read", bytes, &Caps::default());
        assert_eq!(reading, Err(Defect::Mac));
    }
}

#[test]
fn an_answer_cut_at_any_byte_is_never_given_out() {
    let keys = golden::keys(Variant::Ecdsa);
    let (_, file) = load("answers.json");
    let bytes = text(&file["cases"][0], "body").as_bytes();
    let body = text(&file, "request_body").as_bytes().to_vec();
    let request = Request::sign(&keys, body, golden::NOW, golden::NONCE).unwrap();
    // Only the newline behind the last brace may be missing.
    for cut in 0..bytes.len() - 1 {
        let reading = answer::read(
            &keys,
            &request,
            "stock_read",
            &bytes[..cut],
            &Caps::default(),
        );
        assert!(reading.is_err(), "cut at {cut}");
    }
}

#[test]
fn a_stored_secret_gives_the_same_keys_back() {
    for variant in [Variant::Ecdsa, Variant::Hmac] {
        let keys = UploadKeys::generate(variant);
        let again = UploadKeys::from_secret(&keys.to_secret()).unwrap();
        assert_eq!(keys.key_id(), again.key_id());
        assert_eq!(
            keys.file_keys().answer_key(),
            again.file_keys().answer_key()
        );
        assert!(!format!("{keys:?}").contains(&again.file_keys().answer_key()));
    }
}

#[test]
fn a_public_key_is_91_bytes_and_two_uploads_share_nothing() {
    let (one, two) = (
        UploadKeys::generate(Variant::Ecdsa),
        UploadKeys::generate(Variant::Ecdsa),
    );
    assert_eq!(one.file_keys().public_key().len(), 182);
    assert_ne!(one.bridge_id(), two.bridge_id());
    assert_ne!(one.key_id(), two.key_id());
    assert_ne!(one.file_keys().answer_key(), two.file_keys().answer_key());
}

#[test]
fn a_body_over_64_kib_is_not_made() {
    let keys = golden::keys(Variant::Hmac);
    let long = Request::sign(&keys, vec![b' '; 65_537], golden::NOW, golden::NONCE);
    assert!(long.is_err());
    assert!(Request::sign(&keys, vec![b' '; 65_536], golden::NOW, golden::NONCE).is_ok());
}

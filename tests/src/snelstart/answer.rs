//! Answers and the many shapes of refusal (SnelStart B2B v2 has no single error shape).

use super::{
    json::{Json, object},
    knobs::{Bounds, Knobs, PathMiss, RefusalBody, UnknownReference},
    shape::Misfit,
};

/// What goes back to the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After`, seconds.
    pub retry_after: Option<u64>,
    /// Content type; empty = no body.
    pub content_type: &'static str,
    /// Body.
    pub body: String,
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, body: &Json) -> Answer {
        Answer {
            status,
            retry_after: None,
            content_type: "application/json; charset=utf-8",
            body: body.to_string(),
        }
    }

    /// No body.
    pub fn empty(status: u16) -> Answer {
        Answer {
            status,
            retry_after: None,
            content_type: "",
            body: String::new(),
        }
    }

    /// A page of HTML, as a proxy or a failing host sends it.
    pub fn html(status: u16) -> Answer {
        Answer {
            status,
            retry_after: None,
            content_type: "text/html; charset=utf-8",
            body: format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
            ),
        }
    }

    /// The gateway's own shape.
    pub fn gateway(status: u16, message: &str) -> Answer {
        let code = i64::from(status);
        Answer::json(status, &object! { "statusCode": code, "message": message })
    }

    /// `{"Message"}`: OData's and the path's shape.
    pub fn message(status: u16, message: &str) -> Answer {
        Answer::json(status, &object! { "Message": message })
    }
}

/// Why a request is refused; becomes an answer by the knobs.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Business rules broken, one or several.
    Codes(Vec<Coded>),
    /// The body does not bind to the model.
    Misfits(Vec<Misfit>),
    /// An id in the path that does not exist, and the code of its resource.
    PathMiss(&'static str),
    /// A reference in the body that leads nowhere.
    Unknown {
        /// Property.
        field: String,
        /// Code its resource has for it.
        code: &'static str,
    },
    /// Ready made.
    Answer(Answer),
}

/// A broken business rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// `REL-0007`.
    pub code: String,
    /// Dutch text.
    pub message: String,
}

/// One broken rule.
pub fn coded(code: &str, message: &str) -> Coded {
    Coded {
        code: code.to_string(),
        message: message.to_string(),
    }
}

impl Refusal {
    /// One broken rule.
    pub fn code(code: &str, message: &str) -> Refusal {
        Refusal::Codes(vec![coded(code, message)])
    }

    /// The answer for it.
    pub fn answer(self, knobs: &Knobs) -> Answer {
        match self {
            Refusal::Codes(codes) => errors(&codes),
            Refusal::Misfits(misfits) => misfit_answer(&misfits, knobs),
            Refusal::PathMiss(code) => match knobs.path_miss {
                PathMiss::NotFound => Answer::message(404, "Het gevraagde item is niet gevonden."),
                PathMiss::BadRequest => errors(&[coded(code, "Het gevraagde item bestaat niet.")]),
            },
            Refusal::Unknown { field, code } => match knobs.unknown_reference {
                UnknownReference::Listed => errors(&[coded(
                    code,
                    &format!("{field}: het opgegeven item bestaat niet."),
                )]),
                UnknownReference::General => errors(&[coded("ALG-0102", "Onbekende fout.")]),
                UnknownReference::ModelState => {
                    let text = format!("{field} verwijst naar een item dat niet bestaat.");
                    model_state(&[Misfit {
                        field,
                        text,
                        is_bound: false,
                    }])
                }
            },
            Refusal::Answer(answer) => answer,
        }
    }
}

fn errors(codes: &[Coded]) -> Answer {
    let list = codes.iter().map(|coded| {
        object! {
            "errorCode": coded.code.as_str(),
            "message": coded.message.as_str(),
            "details": Json::Null,
        }
    });
    Answer::json(400, &Json::List(list.collect()))
}

fn misfit_answer(misfits: &[Misfit], knobs: &Knobs) -> Answer {
    let only_bounds = misfits.iter().all(|misfit| misfit.is_bound);
    if only_bounds && knobs.bounds == Bounds::General {
        let codes: Vec<_> = misfits.iter().map(|m| coded("ALG-0102", &m.text)).collect();
        return errors(&codes);
    }
    model_state(misfits)
}

fn model_state(misfits: &[Misfit]) -> Answer {
    let fields = misfits.iter().map(|m| {
        (
            format!("model.{}", m.field),
            Json::List(vec![Json::from(m.text.as_str())]),
        )
    });
    Answer::json(
        400,
        &object! {
            "message": "De aanvraag is ongeldig.",
            "modelState": Json::Object(fields.collect()),
        },
    )
}

/// A 401 or 403 from behind the gateway.
pub fn refused(status: u16, message: &str, knobs: &Knobs) -> Answer {
    match knobs.refusal_body {
        RefusalBody::Gateway => Answer::gateway(status, message),
        RefusalBody::Message => Answer::message(status, message),
        RefusalBody::Empty => Answer::empty(status),
    }
}

//! Who may ask: a caller that knows the token, that addresses us by our own name (so that no
//! foreign name can be pointed at this PC), and that no foreign page sent.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use subtle::ConstantTimeEq;

use crate::service::Contact;

/// Lets a request through or refuses it, without saying why.
pub async fn check(State(contact): State<Arc<Contact>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if names_us(headers, &contact)
        && own_origin(headers, &contact)
        && knows_token(headers, &contact)
    {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// The names under which this agent may be addressed.
fn names(contact: &Contact) -> [String; 3] {
    let port = contact.address.port();
    ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"))
}

/// Exactly one `Host`, and it is ours.
fn names_us(headers: &HeaderMap, contact: &Contact) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => names(contact)
            .iter()
            .any(|name| host.as_bytes() == name.as_bytes()),
        _ => false,
    }
}

/// No `Origin`, or our own.
fn own_origin(headers: &HeaderMap, contact: &Contact) -> bool {
    headers.get_all(header::ORIGIN).iter().all(|origin| {
        names(contact)
            .iter()
            .any(|name| origin.as_bytes() == format!("http://{name}").as_bytes())
    })
}

fn knows_token(headers: &HeaderMap, contact: &Contact) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .is_some_and(|token| token.ct_eq(contact.token.as_bytes()).into())
}

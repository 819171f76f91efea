//! Numbers and addresses with a form of their own: IBAN, BIC, Chamber of Commerce, e-mail, web.

/// IBAN: country, two check digits, modulo 97 (ISO 13616).
#[must_use]
pub fn is_iban(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let right = plain.len() >= 15
        && plain.len() <= 34
        && plain.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && plain.bytes().skip(2).take(2).all(|b| b.is_ascii_digit())
        && plain
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    right && modulo_97(plain.chars().skip(4).chain(plain.chars().take(4))) == Some(1)
}

/// The remainder after division by 97, letters counting as two digits (A = 10).
#[must_use]
pub fn modulo_97(chars: impl Iterator<Item = char>) -> Option<u32> {
    let mut rest = 0;
    for c in chars {
        let value = c.to_digit(36)?;
        rest = if value < 10 {
            rest * 10 + value
        } else {
            rest * 100 + value
        } % 97;
    }
    Some(rest)
}

/// BIC: eight or eleven characters (ISO 9362).
#[must_use]
pub fn is_bic(text: &str) -> bool {
    (text.len() == 8 || text.len() == 11)
        && text.bytes().take(6).all(|b| b.is_ascii_uppercase())
        && text
            .bytes()
            .skip(6)
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Chamber of Commerce number: eight digits, or twelve with the branch.
#[must_use]
pub fn is_chamber_of_commerce(text: &str) -> bool {
    (text.len() == 8 || text.len() == 12) && text.bytes().all(|b| b.is_ascii_digit())
}

/// One e-mail address.
#[must_use]
pub fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let clean = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && !part
                .chars()
                .any(|c| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '<' | '>'))
    };
    clean(local) && clean(domain) && domain.contains('.')
}

/// A web address.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let with_scheme = if text.contains("://") {
        text.to_string()
    } else {
        format!("http://{text}")
    };
    with_scheme.parse::<axum::http::Uri>().is_ok_and(|uri| {
        let web = matches!(uri.scheme_str(), Some("http" | "https"));
        web && uri.host().is_some_and(|host| host.contains('.'))
    })
}

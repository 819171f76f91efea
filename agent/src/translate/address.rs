//! Addresses, names and numbers in the form the books take them.
//!
//! SnelStart B2B v2 (AdresModel, RelatieModel): street with number, city and contact person at most
//! 50 characters, postcode 25, name 50, telephone 25; an address is filled whole or not at all
//! (`REL-0060`); VAT numbers are letters and digits, checked for validity (`REL-0088`), and their
//! prefix fits the country (`REL-0087`).

pub(super) use crate::{
    books::marks::{normal_vat_number, vat_number, vat_prefix},
    text::clean,
};
use winkelbrug_protocol::record::Address;

use super::{
    case::{Case, held},
    plan::Outcome,
};
use crate::{books::BookAddress, text};

const STREET: usize = 50;
const POSTCODE: usize = 25;
const CITY: usize = 50;
const CONTACT: usize = 50;

/// What stands in for a part the shop does not have (some countries have no postcodes).
const MISSING: &str = "-";

/// The address as the books take it; none when the shop has no street, postcode or city at all.
pub(super) fn book_address(
    case: &Case<'_>,
    address: &Address,
    contact: String,
) -> Result<Option<BookAddress>, Outcome> {
    let street = street(case, address);
    let postcode = cut(case, &clean(&address.postcode), POSTCODE);
    let city = cut(case, &clean(&address.city), CITY);
    if street.is_empty() && postcode.is_empty() && city.is_empty() {
        return Ok(None);
    }
    let filled = |part: String| {
        if part.is_empty() {
            MISSING.to_owned()
        } else {
            part
        }
    };
    Ok(Some(BookAddress {
        contact,
        street: filled(street),
        postcode: filled(postcode),
        city: filled(city),
        country: known_country(case, address)?,
    }))
}

/// An address of the books as an order may bear it; none where it would not be delivered.
pub(super) fn whole(address: &BookAddress) -> Option<BookAddress> {
    if address.street.trim().is_empty() || address.city.trim().is_empty() {
        return None;
    }
    let mut address = address.clone();
    if address.postcode.trim().is_empty() {
        MISSING.clone_into(&mut address.postcode);
    }
    Some(address)
}

fn street(case: &Case<'_>, address: &Address) -> String {
    let (line1, line2) = (clean(&address.line1), clean(&address.line2));
    let both = format!("{line1} {line2}").trim().to_owned();
    if both.chars().count() <= STREET || line1.is_empty() {
        return cut(case, &both, STREET);
    }
    if !line2.is_empty() && line1.chars().count() <= STREET {
        case.note(text!(
            "De adresregel \"{line2}\" past niet meer in de straat en is weggelaten.",
            "The address line \"{line2}\" does not fit into the street and was left out."
        ));
        return line1;
    }
    match with_number(&line1).or_else(|| with_number(&both)) {
        Some(short) => {
            case.note(text!(
                "\"{both}\" is ingekort tot \"{short}\".",
                "\"{both}\" was shortened to \"{short}\"."
            ));
            short
        }
        None => cut(case, &both, STREET),
    }
}

/// A street that is too long with its house number kept: a letter without it is not delivered.
fn with_number(street: &str) -> Option<String> {
    let (at, _) = street
        .match_indices(' ')
        .skip_while(|(at, _)| *at == 0)
        .find(|(at, _)| street[at + 1..].starts_with(|c: char| c.is_ascii_digit()))?;
    let number = &street[at..];
    let room = STREET
        .checked_sub(number.chars().count())
        .filter(|room| *room >= STREET / 2)?;
    Some(format!("{}{number}", whole_words(&street[..at], room)))
}

/// Countries the books do not have cannot be written. Without a list of countries the code itself
/// is what the books take.
fn known_country(case: &Case<'_>, address: &Address) -> Result<String, Outcome> {
    let code = address.country.trim().to_uppercase();
    let known = &case.facts.lookups.countries;
    if known.is_empty() || known.iter().any(|country| country.code == code) {
        return Ok(code);
    }
    let name = &address.country_name;
    held(
        "land-onbekend",
        text!(
            "Het land {name} ({code}) staat niet in de landenlijst van de administratie.",
            "The country {name} ({code}) is not in the administration's list of countries."
        ),
        text!(
            "Verbeter het land bij de bestelling in de winkel, of voer de order met de hand in.",
            "Correct the order's country in the shop, or enter the order by hand."
        ),
    )
}

/// First and last name.
pub(super) fn person(first: &str, last: &str) -> String {
    clean(&format!("{} {}", first.trim(), last.trim()))
}

/// Who to ask for at an address: a company and its person where both fit, since the books have no
/// company field there.
pub(super) fn contact(case: &Case<'_>, address: &Address) -> String {
    let person = person(&address.first_name, &address.last_name);
    let company = clean(&address.company);
    let both = format!("{company}, {person}");
    if company.is_empty() {
        cut(case, &person, CONTACT)
    } else if person.is_empty() || both.chars().count() > CONTACT {
        cut(case, &company, CONTACT)
    } else {
        both
    }
}

/// A person's name within a length: first names become initials before anything is cut.
pub(super) fn short_person(case: &Case<'_>, first: &str, last: &str, length: usize) -> String {
    let whole = person(first, last);
    if whole.chars().count() <= length {
        return whole;
    }
    let initials: String = first
        .split_whitespace()
        .filter_map(|name| name.chars().next())
        .map(|initial| format!("{initial}."))
        .collect();
    cut(case, &clean(&format!("{initials} {last}")), length)
}

/// At most so many characters, whole words as far as they go; what is lost is noted.
pub(super) fn cut(case: &Case<'_>, text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let short = whole_words(text, length);
    case.note(text!(
        "\"{text}\" is ingekort tot \"{short}\".",
        "\"{text}\" was shortened to \"{short}\"."
    ));
    short
}

/// The first words that fit; where that would lose more than half, the first characters.
pub(super) fn whole_words(text: &str, length: usize) -> String {
    let short: String = text.chars().take(length).collect();
    let ends_a_word = text.chars().nth(length).is_some_and(char::is_whitespace);
    let short = match short.rfind(' ') {
        Some(at) if !ends_a_word && short[..at].chars().count() * 2 > length => &short[..at],
        _ => short.as_str(),
    };
    short.trim_end_matches([' ', '-', ',', '(', '&']).to_owned()
}

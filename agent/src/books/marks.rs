//! What two records of one customer have alike, whoever typed them: each mark in one normal form,
//! for an order and for a relation of the books. The mirror finds relations by these texts.

use sha2::{Digest, Sha256};
use winkelbrug_protocol::record::{Address, Order};

use super::Relation;

/// Numbers and places of one customer; empty ones are left out of every comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// VAT number: letters and digits, with its country's prefix.
    pub vat_number: String,
    /// Chamber of Commerce number: digits.
    pub chamber_of_commerce: String,
    /// Telephone number: digits with the country's calling code.
    pub phone: String,
    /// Postcode and house number, of one or two addresses.
    pub places: Vec<String>,
}

impl Marks {
    /// What an order says of who pays it.
    #[must_use]
    pub fn of_order(order: &Order) -> Self {
        let invoice = &order.invoice_address;
        let number = order.customer.chamber_of_commerce.as_deref();
        Self {
            vat_number: vat_number(order).unwrap_or_default(),
            chamber_of_commerce: digits(number.unwrap_or_default()),
            phone: phone(&order.customer.telephone, &invoice.country),
            places: place_of(invoice).into_iter().collect(),
        }
    }

    /// What the books say of a relation.
    #[must_use]
    pub fn of_relation(relation: &Relation) -> Self {
        let places = [&relation.address, &relation.correspondence]
            .into_iter()
            .filter_map(|address| place(&address.postcode, &address.street));
        let mut places: Vec<String> = places.collect();
        places.dedup();
        Self {
            vat_number: normal_vat_number(&relation.vat_number),
            chamber_of_commerce: digits(&relation.chamber_of_commerce),
            phone: phone(&relation.phone, &relation.address.country),
            places,
        }
    }

    /// The texts a relation is found by.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let named = [
            ("vat", &self.vat_number),
            ("kvk", &self.chamber_of_commerce),
            ("phone", &self.phone),
        ];
        let places = self.places.iter().map(|place| ("place", place));
        named
            .into_iter()
            .chain(places)
            .filter(|(_, value)| !value.is_empty())
            .map(|(kind, value)| format!("{kind}:{value}"))
            .collect()
    }
}

fn place_of(address: &Address) -> Option<String> {
    place(
        &address.postcode,
        &format!("{} {}", address.line1, address.line2),
    )
}

/// Postcode and house number with what is added to it; none without both.
fn place(postcode: &str, street: &str) -> Option<String> {
    let postcode = plain(postcode);
    let number = house_number(street)?;
    (!postcode.is_empty()).then(|| format!("{postcode} {number}"))
}

/// `Dorpsstraat 10 B` and `Dorpsstraat 10b` are one house; `1e Dwarsstraat 10` is number 10, and
/// `10 Rue de la Paix` too.
fn house_number(street: &str) -> Option<String> {
    let words: Vec<&str> = street.split_whitespace().collect();
    let numbered = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let behind = words.iter().skip(1).position(&numbered);
    let number = match behind {
        Some(at) => words.get(at + 1..)?.concat(),
        None => (*words.first().filter(|word| numbered(word))?).to_owned(),
    };
    Some(plain(&number)).filter(|number| !number.is_empty())
}

/// Letters and digits only, in capitals: `1234 ab` and `1234AB` are one postcode.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Can it be an e-mail address, or several joined by `;`? What is typed where there is none ("nvt", "-")
/// is nobody's.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let sound = |half: &str| !half.is_empty() && !half.contains(char::is_whitespace);
    let one = |part: &str| {
        part.split_once('@')
            .is_some_and(|(name, place)| sound(name) && sound(place) && !place.contains('@'))
    };
    let parts = text.split([';', ',']).map(str::trim);
    let mut filled = parts.filter(|part| !part.is_empty()).peekable();
    filled.peek().is_some() && filled.all(one)
}

/// What a guest is bound to a relation by: `guest:` and a hash of his e-mail address and delivery
/// postcode, so no personal data in the clear; none without an address.
#[must_use]
pub fn guest(email: &str, postcode: &str) -> Option<String> {
    let (email, postcode) = (email.trim().to_lowercase(), plain(postcode));
    if !is_email(&email) {
        return None;
    }
    let hash = Sha256::digest(format!("{email}\n{postcode}"));
    Some(format!("guest:{}", hex::encode(hash)))
}

/// The same of one buyer among those who share an address and a postcode: `guest:`, that hash, `:` and
/// one over his name and numbers too.
#[must_use]
pub fn guest_named(email: &str, postcode: &str, name: &str, numbers: &Marks) -> Option<String> {
    let guest = guest(email, postcode)?;
    let (vat, kvk) = (&numbers.vat_number, &numbers.chamber_of_commerce);
    let hash = Sha256::digest(format!("{guest}\n{name}\n{vat}\n{kvk}"));
    Some(format!("{guest}:{}", hex::encode(hash)))
}

/// Characters of what [`guest`] gives.
pub const GUEST_KEY: u32 = 70;

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Shorter numbers are extensions or slips of the pen.
const SHORTEST_PHONE: usize = 8;

/// Calling codes of the countries whose numbers are often written without one.
const CALLING_CODES: [(&str, &str); 9] = [
    ("NL", "31"),
    ("BE", "32"),
    ("DE", "49"),
    ("FR", "33"),
    ("GB", "44"),
    ("AT", "43"),
    ("CH", "41"),
    ("LU", "352"),
    ("ES", "34"),
];

/// `06-12345678`, `+31 (0)6 12345678` and `0031612345678` are one number.
fn phone(text: &str, country: &str) -> String {
    let text = text.replace("(0)", "");
    let bare = digits(&text);
    let country = match country.trim() {
        "" => "NL",
        country => country,
    };
    let code = CALLING_CODES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(country));
    let number = if text.trim_start().starts_with('+') {
        bare
    } else if let Some(abroad) = bare.strip_prefix("00") {
        abroad.to_owned()
    } else if let (Some(local), Some((_, code))) = (bare.strip_prefix('0'), code) {
        format!("{code}{local}")
    } else {
        bare
    };
    if number.len() < SHORTEST_PHONE {
        return String::new();
    }
    number
}

/// The buyer's VAT number: letters and digits, upper case, with its country's prefix; none when he
/// gave none. Whether it is right is another question (`translate::vat_number`).
#[must_use]
pub fn vat_number(order: &Order) -> Option<String> {
    let given = order.customer.vat_number.as_deref()?;
    let number = normal_vat_number(given);
    if number.len() < 4 {
        return None;
    }
    if number.chars().take(2).all(|c| c.is_ascii_alphabetic()) {
        return Some(number);
    }
    let country = order.invoice_address.country.trim().to_uppercase();
    Some(format!("{}{number}", vat_prefix(&country)))
}

/// Letters and digits only, upper case.
#[must_use]
pub fn normal_vat_number(given: &str) -> String {
    given
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The prefix of a country's VAT numbers: its ISO code, but EL for Greece.
#[must_use]
pub fn vat_prefix(country: &str) -> &str {
    if country == "GR" { "EL" } else { country }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_however_it_is_written() {
        for text in [
            "06-12345678",
            "+31 (0)6 12345678",
            "0031612345678",
            "06 1234 5678",
        ] {
            assert_eq!(phone(text, "NL"), "31612345678", "{text}");
        }
        assert_eq!(phone("0471 12 34 56", "BE"), "32471123456");
        assert_eq!(phone("112", "NL"), "");
    }

    #[test]
    fn one_house_however_it_is_written() {
        for (street, number) in [
            ("Dorpsstraat 10 B", Some("10B")),
            ("Dorpsstraat 10b", Some("10B")),
            ("1e Dwarsstraat 10", Some("10")),
            ("10 Rue de la Paix", Some("10")),
            ("Dorpsstraat", None),
            ("", None),
        ] {
            assert_eq!(house_number(street).as_deref(), number, "{street}");
        }
    }
}

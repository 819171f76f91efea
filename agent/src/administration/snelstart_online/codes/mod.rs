//! SnelStart's error codes in the owner's words, one file a resource (SnelStart B2B v2, error codes
//! of all resources; every one comes with status 400). Texts of SnelStart may change, codes do
//! not; a code that is not here is shown as it came.

mod alg;
mod art;
mod blg;
mod boe;
mod btw;
mod kpl;
mod ref_;
mod rel;
mod vor;

use crate::{failure::Class, text::Text};

/// A code we know.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its number: 7 of `REL-0007`.
    pub number: u16,
    /// What it means for the work at hand.
    pub class: Class,
    /// What is wrong, as it follows "SnelStart weigert …:".
    pub nl: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// What to do.
    pub hint: Hint,
}

/// What to do, in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Hint {
    /// Dutch.
    pub nl: &'static str,
    /// English.
    pub en: &'static str,
}

impl Hint {
    const fn new(nl: &'static str, en: &'static str) -> Self {
        Self { nl, en }
    }

    /// As a text.
    #[must_use]
    pub fn text(self) -> Text {
        Text {
            nl: self.nl.to_owned(),
            en: self.en.to_owned(),
        }
    }
}

/// Data the shop should have right.
const SHOP: Hint = Hint::new(
    "Verbeter dit bij de bestelling of de klant in de winkel en bied de bestelling opnieuw aan.",
    "Correct this at the order or the customer in the shop and offer the order again.",
);
/// Something to be changed in SnelStart.
const SNELSTART: Hint = Hint::new(
    "Pas dit aan in SnelStart en bied de bestelling opnieuw aan.",
    "Change this in SnelStart and offer the order again.",
);
/// A setting of the profile.
const SETTING: Hint = Hint::new(
    "Controleer deze instelling van het profiel met \"verbinding testen\".",
    "Check this setting of the profile by testing the connection.",
);
/// A period that is closed.
const CLOSED: Hint = Hint::new(
    "Overleg met uw boekhouder: de periode is afgesloten of al aangegeven.",
    "Talk to your bookkeeper: the period is closed or has been declared.",
);
/// There is one already; it is looked up and compared.
const THERE: Hint = Hint::new(
    "Winkelbrug zoekt op wat er al staat en vergelijkt het.",
    "Winkelbrug looks up what is there and compares it.",
);
/// Not to be solved by the owner.
pub const REPORT: Hint = Hint::new(
    "Dit is een fout in Winkelbrug: maak een ondersteuningsbestand en stuur het op.",
    "This is a fault in Winkelbrug: make a support bundle and send it in.",
);
/// A code nobody told us about.
pub const READ_WORDS: Hint = Hint::new(
    "Lees wat SnelStart zelf meldt, pas dit aan in SnelStart of in de winkel en bied de bestelling opnieuw aan.",
    "Read what SnelStart itself says, change it in SnelStart or in the shop and offer the order again.",
);

const fn refused(number: u16, nl: &'static str, en: &'static str, hint: Hint) -> Known {
    known(Class::Refused, number, nl, en, hint)
}

const fn setup(number: u16, nl: &'static str, en: &'static str, hint: Hint) -> Known {
    known(Class::Misconfigured, number, nl, en, hint)
}

const fn bug(number: u16, nl: &'static str, en: &'static str) -> Known {
    known(Class::Bug, number, nl, en, REPORT)
}

const fn known(class: Class, number: u16, nl: &'static str, en: &'static str, hint: Hint) -> Known {
    Known {
        number,
        class,
        nl,
        en,
        hint,
    }
}

/// Every resource with its codes.
const TABLES: [(&str, &[Known]); 9] = [
    ("ALG", alg::CODES),
    ("VOR", vor::CODES),
    ("REL", rel::CODES),
    ("ART", art::CODES),
    ("BOE", boe::CODES),
    ("KPL", kpl::CODES),
    ("REF", ref_::CODES),
    ("BLG", blg::CODES),
    ("BTW", btw::CODES),
];

/// What we know of a code; none when it is new to us.
#[must_use]
pub fn find(code: &str) -> Option<&'static Known> {
    let (prefix, number) = code.split_once('-')?;
    let number: u16 = number.parse().ok()?;
    let (_, table) = TABLES.iter().find(|(name, _)| *name == prefix)?;
    table.iter().find(|known| known.number == number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_code_stands_once_and_says_something_in_both_languages() {
        for (prefix, table) in TABLES {
            for (place, known) in table.iter().enumerate() {
                let name = format!("{prefix}-{:04}", known.number);
                assert!(
                    table
                        .iter()
                        .take(place)
                        .all(|other| other.number != known.number),
                    "{name} twice"
                );
                assert!(known.nl.len() > 5 && known.en.len() > 5, "{name}");
                assert!(
                    !known.hint.nl.is_empty() && !known.hint.en.is_empty(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn codes_are_found_by_name_and_strange_ones_are_not() {
        assert_eq!(find("REL-0088").unwrap().class, Class::Refused);
        assert_eq!(find("ALG-0104").unwrap().class, Class::Bug);
        assert!(find("CMP-0001").is_none());
        assert!(find("REL-9999").is_none());
        assert!(find("onzin").is_none());
    }
}

//! Places whose VAT is not that of the country in their address: parts of a member state outside the EU's
//! VAT area, Northern Ireland, and Monaco.
//!
//! Directive 2006/112/EC, article 6 (outside the area) and article 7 (Monaco is France), with the postcodes
//! the post of each country gives them; Northern Ireland: protocol to the withdrawal agreement, article 8
//! and annex 3 (goods are under the EU's rules, VAT numbers begin with XI). What has an ISO code of its own
//! (Åland AX, Guadeloupe GP, the Isle of Man IM, Jersey JE, San Marino SM) is told by that.

use jiff::civil::{Date, date};
use winkelbrug_protocol::record::Address;

use super::{
    address,
    case::{Case, held},
    charged::Charged,
    plan::Outcome,
    vat::Treatment,
};
use crate::{profile::settings::Form, text, text::Text};

/// A place of its own VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Territory {
    /// In a member state, and outside the VAT area: what goes there is exported.
    Outside { nl: &'static str, en: &'static str },
    /// In the United Kingdom, and under the EU's rules for goods.
    NorthernIreland,
    /// No member state, and counted as France.
    Monaco,
}

/// Country, how its postcode begins, and its name.
const OUTSIDE: &[(&str, &str, &str, &str)] = &[
    ("DE", "27498", "Helgoland", "Heligoland"),
    ("DE", "78266", "Büsingen", "Büsingen"),
    ("ES", "35", "de Canarische Eilanden", "the Canary Islands"),
    ("ES", "38", "de Canarische Eilanden", "the Canary Islands"),
    ("ES", "51", "Ceuta", "Ceuta"),
    ("ES", "52", "Melilla", "Melilla"),
    ("FI", "22", "Åland", "Åland"),
    ("FR", "97133", "Saint-Barthélemy", "Saint Barthélemy"),
    ("FR", "97150", "Sint-Maarten", "Saint Martin"),
    ("FR", "971", "Guadeloupe", "Guadeloupe"),
    ("FR", "972", "Martinique", "Martinique"),
    ("FR", "973", "Frans-Guyana", "French Guiana"),
    ("FR", "974", "Réunion", "Réunion"),
    (
        "FR",
        "975",
        "Saint-Pierre en Miquelon",
        "Saint Pierre and Miquelon",
    ),
    ("FR", "976", "Mayotte", "Mayotte"),
    ("FR", "977", "Saint-Barthélemy", "Saint Barthélemy"),
    ("FR", "978", "Sint-Maarten", "Saint Martin"),
    ("FR", "986", "Wallis en Futuna", "Wallis and Futuna"),
    ("FR", "987", "Frans-Polynesië", "French Polynesia"),
    ("FR", "988", "Nieuw-Caledonië", "New Caledonia"),
    ("GR", "63086", "de berg Athos", "Mount Athos"),
    ("GR", "63087", "de berg Athos", "Mount Athos"),
    ("IT", "22061", "Campione d'Italia", "Campione d'Italia"),
    ("IT", "23041", "Livigno", "Livigno"),
];

/// The first day on which Northern Ireland was not simply a part of a member state.
const AFTER_BREXIT: Date = date(2021, 1, 1);

/// The place of its own VAT the goods go to, if they do.
pub(super) fn of(case: &Case<'_>) -> Option<Territory> {
    let Address { postcode, .. } = case.destination();
    let postcode = crate::books::marks::plain(postcode);
    match case.country().as_str() {
        "MC" => return Some(Territory::Monaco),
        "XI" => return Some(Territory::NorthernIreland),
        "GB" if case.day >= AFTER_BREXIT && is_of_belfast(&postcode) => {
            return Some(Territory::NorthernIreland);
        }
        _ => {}
    }
    // Some write the country before it: `E-35001`.
    let digits: String = postcode.chars().filter(char::is_ascii_digit).collect();
    let here = |(country, start, ..): &&(&str, &str, &str, &str)| {
        *country == case.country() && digits.len() == 5 && digits.starts_with(start)
    };
    OUTSIDE
        .iter()
        .find(here)
        .map(|(_, _, nl, en)| Territory::Outside { nl, en })
}

/// `BT1 5GS`: no other postcode of the United Kingdom begins so.
fn is_of_belfast(postcode: &str) -> bool {
    // Some write the country before it: `GB-BT1 5GS`.
    let mut before = ["", "GB", "UK", "NI", "XI"].into_iter();
    before.any(|country| {
        let rest = postcode.strip_prefix(country);
        let rest = rest.and_then(|rest| rest.strip_prefix("BT"));
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// How a sale to it stands in the return, where the books can carry that.
pub(super) fn treatment(
    case: &Case<'_>,
    charged: &Charged,
    territory: Territory,
) -> Result<Treatment, Outcome> {
    let charged = charged.any(case);
    match territory {
        Territory::Outside { nl, en } if charged => charged_outside(case, nl, en),
        Territory::Outside { nl, en } => outside(case, nl, en),
        Territory::NorthernIreland => northern_ireland(case, charged),
        Territory::Monaco => by_hand(
            case,
            text!(
                "Monaco telt voor de btw als Frankrijk; of SnelStart dat ook doet, is niet bekend.",
                "Monaco counts as France for VAT; whether SnelStart does so too is not known."
            ),
            text!("", ""),
        ),
    }
}

fn charged_outside<T>(case: &Case<'_>, nl: &str, en: &str) -> Result<T, Outcome> {
    let country = case.country();
    by_hand(
        case,
        text!(
            "De winkel rekent btw op een levering naar {nl}. Dat hoort bij {country}, maar niet tot het btw-gebied van de EU: wat daarheen gaat is uitvoer, zonder btw.",
            "The shop charges VAT on a delivery to {en}. That is part of {country}, but not of the EU's VAT area: what goes there is exported, without VAT."
        ),
        text!(
            "Laat de winkel voor die postcodes geen btw rekenen. ",
            "Have the shop charge no VAT for those postcodes. "
        ),
    )
}

/// A booked invoice names the ledger of exports itself; a sales order is taken by the country of its
/// address, which says that it stays within the EU.
fn outside(case: &Case<'_>, nl: &str, en: &str) -> Result<Treatment, Outcome> {
    if case.settings.sales.form == Form::Booking {
        return Ok(Treatment::OutsideEu);
    }
    let country = case.country();
    by_hand(
        case,
        text!(
            "De levering naar {nl} is uitvoer, want dat hoort wel bij {country} maar niet tot het btw-gebied van de EU. SnelStart gaat bij een verkooporder alleen uit van het land, en zou haar als levering binnen de EU tellen.",
            "The delivery to {en} is an export, for that is part of {country} but not of the EU's VAT area. Of a sales order SnelStart looks at the country only, and would count it as a supply within the EU."
        ),
        text!("", ""),
    )
}

fn northern_ireland<T>(case: &Case<'_>, charged: bool) -> Result<T, Outcome> {
    let number = address::vat_number(case.order).filter(|number| number.starts_with("XI"));
    let (nl, en) = match (charged, number) {
        (true, _) => (
            "De winkel rekent btw. Bij een particulier is dat de btw van het Verenigd Koninkrijk, en die hoort in de OSS-aangifte; of SnelStart dat zo telt, is niet bekend.".to_owned(),
            "The shop charges VAT. For a private person that is the VAT of the United Kingdom, which belongs in the OSS return; whether SnelStart counts it so is not known.".to_owned(),
        ),
        (false, Some(number)) => (
            format!("De koper heeft btw-nummer {number}: het is een levering aan een bedrijf in de EU (rubriek 3b en de opgaaf ICP). Of SnelStart dat nummer bij een relatie in het Verenigd Koninkrijk toestaat, is niet bekend."),
            format!("The buyer has VAT number {number}: it is a supply to a business in the EU (box 3b and the EC sales list). Whether SnelStart allows that number on a relation in the United Kingdom is not known."),
        ),
        (false, None) => (
            "De winkel rekent geen btw, maar de koper gaf geen btw-nummer dat met XI begint, en uitvoer is het niet.".to_owned(),
            "The shop charges no VAT, but the buyer gave no VAT number that begins with XI, and it is no export.".to_owned(),
        ),
    };
    by_hand(
        case,
        text!(
            "Goederen naar Noord-Ierland (postcode BT) blijven voor de btw binnen de EU. {nl}",
            "Goods to Northern Ireland (postcode BT) stay within the EU for VAT. {en}"
        ),
        text!("", ""),
    )
}

/// Held, to be entered by a person; `first` is what may be done before.
fn by_hand<T>(case: &Case<'_>, why: Text, first: Text) -> Result<T, Outcome> {
    let profile = &case.settings.name;
    let number = text::typed(&case.order.number, &case.order.id);
    let (nl, en) = (first.nl, first.en);
    held(
        "btw-gebied",
        why,
        text!(
            "{nl}Voer deze order met de hand in, en sla haar hier over: winkelbrug skip {profile} {number} --why \"met de hand ingevoerd\"",
            "{en}Enter this order by hand, and skip it here: winkelbrug skip {profile} {number} --why \"entered by hand\""
        ),
    )
}

//! Businesses that pay no VAT themselves: the number by which they are one has to be right, checked
//! with the EU's register (VIES), and stand on the customer card.
//!
//! Directive 2006/112, article 138: the buyer's valid VAT number is a condition of a supply without
//! VAT, so date, name and consultation number of the check are kept with the order.

use winkelbrug_protocol::record::Order;

use super::{
    case::{Case, held},
    charged::Charged,
    currency, eligible,
    plan::{Facts, Outcome},
    vat::{Treatment, Vat},
    vat_number::is_plausible,
};
use crate::{
    books::{VatCheck, Verdict},
    profile::Settings,
    text,
    text::Text,
};

/// The VAT number that has to be checked before this order can be written; none where no VAT hangs
/// on one, or where it cannot be right anyway.
#[must_use]
pub fn vat_number_question(order: &Order, settings: &Settings, facts: &Facts) -> Option<String> {
    if settings.vat.vies_url.is_empty() {
        return None;
    }
    let entered = currency::in_euro(order, facts).ok()?;
    let (order, facts) = entered.as_ref().map_or((order, facts), |(o, f)| (o, f));
    eligible::check(order, settings, facts).ok()?;
    let case = Case::new(order, settings, facts).ok()?;
    let charged = Charged::read(&case).ok()?;
    let vat = Vat::of(&case, &charged).ok()?;
    number(&vat)
        .filter(|number| is_plausible(number))
        .map(str::to_owned)
}

/// The number on which the order's VAT hangs.
pub(super) fn number(vat: &Vat) -> Option<&str> {
    match &vat.treatment {
        Treatment::EuBusiness { vat_number } => Some(vat_number),
        Treatment::Domestic | Treatment::EuConsumer | Treatment::OutsideEu => {
            vat.reverse_charge.as_deref()
        }
    }
}

/// Holds the order unless the number is right and was checked.
pub(super) fn checked(case: &Case<'_>, number: &str, on_card: bool) -> Result<(), Outcome> {
    if !is_plausible(number) {
        return held(
            "btw-nummer-ongeldig",
            text!(
                "De winkel rekent geen btw wegens btw-nummer {number}, maar dat kan geen btw-nummer zijn: vorm of controlecijfer klopt niet.",
                "The shop charges no VAT because of VAT number {number}, but that cannot be a VAT number: its form or check digit is wrong."
            ),
            wrong_number(),
        );
    }
    let settings = &case.settings.vat;
    let check = case
        .facts
        .vat_check
        .as_ref()
        .filter(|check| check.number == number);
    match check {
        Some(check) if check.verdict == Verdict::Valid => {
            note(case, check);
            Ok(())
        }
        Some(check) if check.verdict == Verdict::Invalid => {
            let Text {
                nl: day,
                en: day_en,
            } = Text::day(check.day);
            held(
                "btw-nummer-ongeldig",
                text!(
                    "De winkel rekent geen btw wegens btw-nummer {number}, maar volgens VIES bestaat dat niet (gevraagd op {day}).",
                    "The shop charges no VAT because of VAT number {number}, but by VIES it does not exist (asked on {day_en})."
                ),
                wrong_number(),
            )
        }
        _ if settings.accept_unchecked => {
            case.note(text!(
                "Btw-nummer {number} is niet bij VIES gecontroleerd; geschreven omdat u dat zo instelde (vat.accept_unchecked).",
                "VAT number {number} was not checked with VIES; written because you set it so (vat.accept_unchecked)."
            ));
            Ok(())
        }
        // Without a register to ask, a number on the card counts: SnelStart checks it there (REL-0088).
        _ if settings.vies_url.is_empty() && on_card => Ok(()),
        _ if settings.vies_url.is_empty() => held(
            "btw-nummer-niet-gecontroleerd",
            text!(
                "De winkel rekent geen btw wegens btw-nummer {number}, dat niet gecontroleerd is: vat.vies_url is leeg, en geen relatie heeft het nummer.",
                "The shop charges no VAT because of VAT number {number}, which was not checked: vat.vies_url is empty, and no relation carries the number."
            ),
            text!(
                "Controleer het nummer (VIES) en zet het bij de relatie in de administratie; daarna gaat de order vanzelf verder.",
                "Check the number (VIES) and put it on the relation in the administration; the order then goes on by itself."
            ),
        ),
        _ => still_to_ask(case, number),
    }
}

/// The register could not be asked yet.
fn still_to_ask(case: &Case<'_>, number: &str) -> Result<(), Outcome> {
    let profile = &case.settings.name;
    let typed = text::typed(&case.order.number, &case.order.id);
    held(
        "btw-nummer-niet-gecontroleerd",
        text!(
            "De winkel rekent geen btw wegens btw-nummer {number}; dat kon nog niet bij VIES gecontroleerd worden.",
            "The shop charges no VAT because of VAT number {number}; it could not be checked with VIES yet."
        ),
        text!(
            "VIES wordt vanzelf opnieuw gevraagd; daarna gaat de order verder. Meteen opnieuw vragen: winkelbrug retry {profile} {typed}",
            "VIES is asked again by itself; the order then goes on. To ask at once: winkelbrug retry {profile} {typed}"
        ),
    )
}

/// The number stands on another card, or not at all: SnelStart takes the treatment from the card.
pub(super) fn other_card<T>(name: &str, country: &str, number: &str) -> Result<T, Outcome> {
    held(
        "relatie-btw-nummer",
        text!(
            "De winkel rekent geen btw wegens btw-nummer {number}, maar relatie {name} ({country}) heeft dat nummer niet, of staat niet in het land ervan.",
            "The shop charges no VAT because of VAT number {number}, but relation {name} ({country}) does not carry that number, or is not in its country."
        ),
        text!(
            "Zet nummer en land bij de relatie in de administratie; daarna gaat de order vanzelf verder.",
            "Put number and country on the relation in the administration; the order then goes on by itself."
        ),
    )
}

fn note(case: &Case<'_>, check: &VatCheck) {
    let number = &check.number;
    let Text {
        nl: day,
        en: day_en,
    } = Text::day(check.day);
    let name = match check.name.as_str() {
        "" => "—",
        name => name,
    };
    let consultation = match check.consultation.as_str() {
        "" => "—",
        consultation => consultation,
    };
    case.note(text!(
        "Btw-nummer {number} is op {day} bij VIES gecontroleerd: {name}; consultatienummer {consultation}.",
        "VAT number {number} was checked with VIES on {day_en}: {name}; consultation number {consultation}."
    ));
}

fn wrong_number() -> Text {
    text!(
        "Vraag de klant naar het juiste nummer en verbeter het in de winkel, of reken alsnog btw.",
        "Ask the customer for the right number and correct it in the shop, or charge VAT after all."
    )
}

//! Businesses that pay no VAT themselves: the number by which they are one has to be right, checked
//! with the EU's register (VIES), and stand on the customer card. And those the shop charged the VAT of
//! another country all the same, as if they were private persons.
//!
//! Directive 2006/112, article 138: the buyer's valid VAT number is a condition of a supply without
//! VAT, so date, name and consultation number of the check are kept with the order.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{
    address::{self, vat_prefix},
    case::{Case, held},
    charged::Charged,
    currency, eligible,
    foreign::oss,
    plan::{Facts, Linked, Outcome, RelationStep},
    vat::{Treatment, Vat, domestic, sold},
    vat_number::is_plausible,
};
use crate::{
    books::{MEMBER_STATES, VatCheck, Verdict},
    profile::Settings,
    text,
    text::{Amount, Text},
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
    if let Some(number) = doubtful(&case, &charged) {
        return Some(number);
    }
    let vat = Vat::of(&case, &charged).ok()?;
    number(&vat)
        .filter(|number| is_plausible(number))
        .map(str::to_owned)
}

/// The VAT number of a buyer the shop charged VAT as a private person elsewhere in the EU; none where the
/// owner joined the order to a relation without one, or it cannot be one.
fn charged_all_the_same(case: &Case<'_>, charged: &Charged) -> Option<String> {
    let (_, treatment) = sold(case, charged).ok()?;
    if treatment != Treatment::EuConsumer || !charged.any(case) || is_said_to_have_none(case) {
        return None;
    }
    let of_the_eu = |number: &String| {
        let prefix = number.get(..2).unwrap_or_default();
        prefix == "XI"
            || MEMBER_STATES
                .iter()
                .any(|state| vat_prefix(state) == prefix)
    };
    let number = address::vat_number(case.order);
    number.filter(|number| of_the_eu(number) && is_plausible(number))
}

/// That number, where the VAT is that of another country: what is charged to a business does not belong
/// into the OSS return.
fn doubtful(case: &Case<'_>, charged: &Charged) -> Option<String> {
    let at_home = domestic(case, case.day);
    let foreign = |percent: Decimal| !at_home.values().any(|rate| *rate == percent);
    let number = charged_all_the_same(case, charged)?;
    (oss(case) || charged.percents().any(foreign)).then_some(number)
}

/// The owner linked the buyer to a relation that has no VAT number.
fn is_said_to_have_none(case: &Case<'_>) -> bool {
    let Some(Linked::Relation { id, .. }) = &case.facts.linked else {
        return false;
    };
    let mut relations = case.facts.relations.iter();
    relations.any(|relation| relation.id == *id && relation.vat_number.trim().is_empty())
}

/// Holds an order with the VAT of another country on which the buyer gave a VAT number, unless the register
/// does not know that number. Dutch VAT on such an order is owed by whoever put it on an invoice (Wet op
/// de omzetbelasting 1968, article 37), so that it is written as charged.
pub(super) fn no_private_person(case: &Case<'_>, charged: &Charged) -> Result<(), Outcome> {
    let Some(number) = doubtful(case, charged) else {
        note_home_vat(case, charged);
        return Ok(());
    };
    let check = case.facts.vat_check.as_ref();
    let verdict = check
        .filter(|check| check.number == number)
        .map(|check| check.verdict);
    match verdict {
        Some(Verdict::Invalid) => {
            case.note(text!(
                "De koper gaf btw-nummer {number}, maar volgens VIES bestaat dat niet: de order is die van een particulier.",
                "The buyer gave VAT number {number}, but by VIES it does not exist: the order is a private person's."
            ));
            Ok(())
        }
        Some(Verdict::Valid) => charged_a_business(case, charged, &number),
        _ if case.settings.vat.vies_url.is_empty() => charged_a_business(case, charged, &number),
        Some(Verdict::Unreachable) | None => {
            let (nl, en) = (rates(charged).nl, rates(charged).en);
            let country = case.country();
            held(
                "btw-nummer-niet-gecontroleerd",
                text!(
                    "De winkel rekent {nl} btw voor {country}, en de koper gaf btw-nummer {number}; dat kon nog niet bij VIES gecontroleerd worden. Bestaat het, dan hoort de order niet in de OSS-aangifte.",
                    "The shop charges {en} VAT for {country}, and the buyer gave VAT number {number}; it could not be checked with VIES yet. If it exists, the order does not belong in the OSS return."
                ),
                asked_again(case),
            )
        }
    }
}

fn charged_a_business<T>(case: &Case<'_>, charged: &Charged, number: &str) -> Result<T, Outcome> {
    let (nl, en) = (rates(charged).nl, rates(charged).en);
    let country = case.country();
    let link = without_number(case);
    let (link_nl, link_en) = (link.nl, link.en);
    let (do_nl, do_en) = if number.starts_with(vat_prefix(case.home())) {
        (
            "Een bedrijf van hier betaalt de btw van hier, ook als de goederen naar elders gaan: verbeter de bestelling in de winkel, en voer haar met de hand in.",
            "A business from here pays the VAT of here, also where the goods go elsewhere: correct the order in the shop, and enter it by hand.",
        )
    } else {
        (
            "Haal de btw in de winkel van de bestelling af; zij gaat dan als levering zonder btw aan een bedrijf in de EU mee.",
            "Take the VAT off the order in the shop; it then goes as a supply without VAT to a business in the EU.",
        )
    };
    held(
        "btw-aan-bedrijf",
        text!(
            "De winkel rekent {nl} btw voor {country} aan een bedrijf met btw-nummer {number}. De OSS-aangifte is alleen voor verkopen aan particulieren.",
            "The shop charges {en} VAT for {country} to a business with VAT number {number}. The OSS return is for sales to private persons only."
        ),
        text!(
            "{do_nl} Kocht hij toch als particulier? {link_nl}",
            "{do_en} Did he buy as a private person after all? {link_en}"
        ),
    )
}

/// Dutch VAT to a business elsewhere in the EU: right in the return, and mostly not what the shop means.
fn note_home_vat(case: &Case<'_>, charged: &Charged) {
    let home = vat_prefix(case.home());
    let number = charged_all_the_same(case, charged).filter(|number| !number.starts_with(home));
    if let Some(number) = number {
        case.note(text!(
            "De koper gaf btw-nummer {number}, en de winkel rekende toch Nederlandse btw. Die staat op de factuur en is daarom verschuldigd: de order is geschreven zoals de winkel rekende.",
            "The buyer gave VAT number {number}, and the shop charged Dutch VAT all the same. It stands on the invoice and is therefore owed: the order is written as the shop charged it."
        ));
    }
}

/// The rates charged: `19%, 7%`.
fn rates(charged: &Charged) -> Text {
    let in_words = |each: &dyn Fn(Amount) -> String| {
        let rates: Vec<String> = charged
            .percents()
            .map(|percent| each(Amount::number(percent)))
            .collect();
        rates.join(", ")
    };
    Text {
        nl: in_words(&|percent| format!("{percent}%")),
        en: in_words(&|percent| format!("{percent:#}%")),
    }
}

/// The way on where a relation's VAT number is in the way.
pub(super) fn without_number(case: &Case<'_>) -> Text {
    let profile = &case.settings.name;
    let typed = text::typed(&case.order.number, &case.order.id);
    text!(
        "Maak in de administratie een relatie zonder btw-nummer, en koppel de order daaraan: winkelbrug link {profile} order:{typed} KLANTCODE",
        "Make a relation without a VAT number in the administration, and join the order to it: winkelbrug link {profile} order:{typed} CODE"
    )
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
    held(
        "btw-nummer-niet-gecontroleerd",
        text!(
            "De winkel rekent geen btw wegens btw-nummer {number}; dat kon nog niet bij VIES gecontroleerd worden.",
            "The shop charges no VAT because of VAT number {number}; it could not be checked with VIES yet."
        ),
        asked_again(case),
    )
}

fn asked_again(case: &Case<'_>) -> Text {
    let profile = &case.settings.name;
    let typed = text::typed(&case.order.number, &case.order.id);
    text!(
        "VIES wordt vanzelf opnieuw gevraagd; daarna gaat de order verder. Meteen opnieuw vragen: winkelbrug retry {profile} {typed}",
        "VIES is asked again by itself; the order then goes on. To ask at once: winkelbrug retry {profile} {typed}"
    )
}

/// Goods go elsewhere in the EU without VAT, on a number and to a relation of here.
pub(super) fn number_of_here<T>(number: &str) -> Result<T, Outcome> {
    held(
        "relatie-btw-nummer",
        text!(
            "De winkel rekent geen btw wegens btw-nummer {number}, maar dat is een nummer van hier: een levering aan een bedrijf elders in de EU is het dan niet, ook als de goederen daarheen gaan.",
            "The shop charges no VAT because of VAT number {number}, but that is a number of here: so it is no supply to a business elsewhere in the EU, also where the goods go there."
        ),
        text!(
            "Vraag de koper om een btw-nummer van een ander land en zet het bij de bestelling; heeft hij dat niet, reken dan btw in de winkel en voer de order met de hand in.",
            "Ask the buyer for a VAT number of another country and enter it with the order; if he has none, charge VAT in the shop and enter the order by hand."
        ),
    )
}

/// The number stands on another card, or not at all: SnelStart takes the treatment from the card.
pub(super) fn other_card<T>(
    case: &Case<'_>,
    step: &RelationStep,
    name: &str,
    country: &str,
    number: &str,
) -> Result<T, Outcome> {
    let code = "relatie-btw-nummer";
    if matches!(step, RelationStep::Create { .. }) {
        let link = with_number(case);
        return held(
            code,
            text!(
                "De winkel rekent geen btw wegens btw-nummer {number}, maar het factuuradres van de bestelling staat in {country}, niet in het land van dat nummer.",
                "The shop charges no VAT because of VAT number {number}, but the order's invoice address is in {country}, not in that number's country."
            ),
            link,
        );
    }
    held(
        code,
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

/// The way on to a relation in the number's own country.
fn with_number(case: &Case<'_>) -> Text {
    let profile = &case.settings.name;
    let typed = text::typed(&case.order.number, &case.order.id);
    text!(
        "Verbeter het adres in de winkel, of maak in de administratie een relatie met dat nummer in het land ervan en koppel de order daaraan: winkelbrug link {profile} order:{typed} KLANTCODE",
        "Correct the address in the shop, or make a relation with that number in its country in the administration and join the order to it: winkelbrug link {profile} order:{typed} CODE"
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

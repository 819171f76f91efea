//! The fixed customer codes of the settings: each is an active customer's.

use super::{Administration, check::missing};
use crate::{profile::Settings, step::Step, text};

/// One step for each code.
pub(super) async fn check(settings: &Settings, books: &dyn Administration) -> Vec<Step> {
    let customers = &settings.customers;
    let mut steps = Vec::new();
    steps.extend(fixed("customers.default_code", &customers.default_code, books).await);
    for (kind, code) in &customers.default_codes {
        let key = format!("customers.default_codes.{kind}");
        steps.extend(fixed(&key, code, books).await);
    }
    steps
}

async fn fixed(key: &str, wanted: &str, books: &dyn Administration) -> Option<Step> {
    let wanted = wanted.trim();
    let name = "default-customer";
    let code = match wanted.parse::<i64>() {
        _ if wanted.is_empty() => return None,
        Ok(code) if code > 0 => code,
        _ => {
            return Some(missing(
                name,
                "klantcode-ongeldig",
                text!(
                    "De klantcode \"{wanted}\" ({key}) is geen getal boven nul",
                    "The customer code \"{wanted}\" ({key}) is no number above zero"
                ),
                text!(
                    "Vul de klantcode in zoals die in de administratie op de klantkaart staat.",
                    "Enter the customer code as it stands on the customer card in the administration."
                ),
            ));
        }
    };
    let found = match books.find_relation(code).await {
        Ok(found) => found,
        Err(failure) => return Some(Step::failed(name, &failure)),
    };
    Some(match found {
        Some(relation) if relation.is_customer && relation.active => {
            let relation = relation.name;
            Step::passed(
                name,
                text!(
                    "Klantcode {code} is van {relation}",
                    "Customer code {code} is {relation}'s"
                ),
            )
        }
        Some(_) => missing(
            name,
            "klant-ongeschikt",
            text!(
                "Klantcode {code} ({key}) is niet van een actieve klant",
                "Customer code {code} ({key}) is not an active customer's"
            ),
            text!(
                "Kies de code van een actieve klant.",
                "Choose an active customer's code."
            ),
        ),
        None => missing(
            name,
            "klant-ontbreekt",
            text!(
                "Klantcode {code} ({key}) bestaat niet in de administratie",
                "Customer code {code} ({key}) does not exist in the administration"
            ),
            text!(
                "Maak de klant in de administratie, of kies de code van een die er is.",
                "Make the customer in the administration, or choose the code of one that exists."
            ),
        ),
    })
}

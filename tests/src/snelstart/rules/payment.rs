//! Rules of bank and cash entries, and what they do to open invoices.

use rust_decimal::Decimal;

use super::Broken;
use crate::snelstart::{answer::Refusal, json::Json, shape::Misfit, world::World};

/// Lists of an entry whose rows carry debit and credit.
const LISTS: [&str; 4] = [
    "grootboekBoekingsRegels",
    "inkoopboekingBoekingsRegels",
    "verkoopboekingBoekingsRegels",
    "btwBoekingsregels",
];

fn rows(doc: &Json) -> impl Iterator<Item = &Json> {
    LISTS.into_iter().flat_map(|list| doc.list(list))
}

fn balance(row: &Json) -> Decimal {
    row.amount("credit").unwrap_or_default() - row.amount("debet").unwrap_or_default()
}

/// Checks an entry on a journal of that kind (Bank or Kas).
///
/// # Errors
/// All broken rules together.
pub fn check(world: &World, doc: &Json, kind: &str, misfits: Vec<Misfit>) -> Result<(), Refusal> {
    let mut misfits = misfits;
    for name in ["datum", "bedragUitgegeven", "bedragOntvangen", "dagboek"] {
        if doc.get(name).is_none_or(Json::is_null) {
            let text = format!("Het veld {name} is verplicht.");
            misfits.push(Misfit {
                field: name.to_string(),
                text,
                is_bound: false,
            });
        }
    }
    let mut broken = Broken::default();
    let spent = doc.amount("bedragUitgegeven").unwrap_or_default();
    let received = doc.amount("bedragOntvangen").unwrap_or_default();
    broken.when(
        !spent.is_zero() && !received.is_zero(),
        "BOE-0027",
        "Uitgegeven en ontvangen kunnen niet beide gevuld zijn.",
    );
    let journal = doc
        .reference("dagboek")
        .and_then(|id| world.journals.get(id));
    broken.when(
        journal.is_none_or(|journal| journal.doc.text("soort") != Some(kind)),
        if kind == "Kas" {
            "BOE-0025"
        } else {
            "BOE-0096"
        },
        "Het dagboek is niet gevonden.",
    );
    for row in rows(doc) {
        let both = ["debet", "credit"]
            .iter()
            .all(|side| row.amount(side).is_some_and(|amount| !amount.is_zero()));
        broken.when(both, "BOE-0076", "Debet of credit moet 0 zijn.");
        broken.when(
            balance(row).is_zero() && !both,
            "BOE-0028",
            "Het bedrag van een regel is 0.",
        );
    }
    for row in doc.list("grootboekBoekingsRegels") {
        let known = row
            .reference("grootboek")
            .is_some_and(|id| world.ledgers.has(id));
        broken.when(!known, "BOE-0037", "Het grootboek is niet gevonden.");
    }
    for row in doc.list("verkoopboekingBoekingsRegels") {
        let known = row
            .reference("boekingId")
            .is_some_and(|id| world.bookings.has(id));
        broken.when(!known, "BOE-0001", "De boeking is niet gevonden.");
    }
    let total: Decimal = rows(doc).map(balance).sum();
    broken.when(
        total != received - spent,
        "BOE-0039",
        "De boeking is niet in balans.",
    );
    broken.verdict(misfits)
}

/// Settles the invoices an entry pays, or with `-1` undoes that. Their stamps stay as they are: a
/// payment does not move `modifiedOn` (client code, measured).
pub fn settle(world: &mut World, doc: &Json, times: Decimal) {
    for row in doc.list("verkoopboekingBoekingsRegels") {
        let booking = row.reference("boekingId");
        let invoice = world.invoices.iter_mut().find(|invoice| {
            booking.is_some() && invoice.doc.reference("verkoopBoeking") == booking
        });
        if let Some(invoice) = invoice {
            let open = invoice.doc.amount("openstaandSaldo").unwrap_or_default();
            invoice
                .doc
                .set("openstaandSaldo", open - balance(row) * times);
        }
    }
}

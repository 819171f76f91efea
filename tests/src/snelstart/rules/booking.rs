//! Rules of sales bookings, ledgers and cost centres: the BOE and KPL codes.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Broken, longer, relation::is_customer};
use crate::snelstart::{
    answer::Refusal,
    clock::read_moment,
    json::Json,
    shape::Misfit,
    world::{Record, World},
};

/// Checks a booking to create (`own` none) or to replace.
///
/// # Errors
/// All broken rules together.
pub fn check(
    world: &World,
    doc: &Json,
    own: Option<Uuid>,
    misfits: Vec<Misfit>,
) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    check_number(world, doc, own, &mut broken);
    check_customer(world, doc, &mut broken);
    check_date(world, doc, &mut broken);
    broken.when(
        longer(doc, "boekstuk", 25),
        "BOE-0068",
        "Het boekstuk mag maximaal 25 tekens lang zijn.",
    );
    broken.when(
        longer(doc, "omschrijving", 250),
        "BOE-0071",
        "De omschrijving mag maximaal 250 tekens lang zijn.",
    );
    broken.when(
        doc.list("boekingsregels").is_empty(),
        "BOE-0023",
        "De boeking heeft geen regels.",
    );
    for line in doc.list("boekingsregels") {
        check_line(world, line, &mut broken);
    }
    check_vat_kinds(doc, &mut broken);
    check_mandates(doc, &mut broken);
    let sum = |list: &str, name: &str| -> Decimal {
        doc.list(list)
            .iter()
            .filter_map(|row| row.amount(name))
            .sum()
    };
    let total = sum("boekingsregels", "bedrag") + sum("btw", "btwBedrag");
    let amount = doc.amount("factuurbedrag").unwrap_or_default();
    broken.when(amount != total, "BOE-0039", "De boeking is niet in balans.");
    broken.verdict(misfits)
}

fn check_number(world: &World, doc: &Json, own: Option<Uuid>, broken: &mut Broken) {
    let number = doc.filled("factuurnummer").unwrap_or_default();
    broken.when(
        number.is_empty() || longer(doc, "factuurnummer", 25),
        "BOE-0058",
        "Het factuurnummer is verplicht en mag maximaal 25 tekens lang zijn.",
    );
    let known = world
        .bookings
        .iter()
        .any(|row| Some(row.id) != own && row.doc.text("factuurnummer") == Some(number));
    broken.when(
        !number.is_empty() && known,
        "BOE-0021",
        "Het factuurnummer bestaat al.",
    );
}

fn check_customer(world: &World, doc: &Json, broken: &mut Broken) {
    match doc
        .reference("klant")
        .and_then(|id| world.relations.get(id))
    {
        Some(row) => {
            broken.when(
                !is_customer(&row.doc),
                "BOE-0060",
                "De relatie is geen klant.",
            );
            let inactive = row.doc.flag("nonactief") == Some(true);
            broken.when(inactive, "BOE-0054", "De relatie is niet actief.");
        }
        None => broken.when(true, "REL-0005", "De relatie is niet gevonden."),
    }
}

fn check_date(world: &World, doc: &Json, broken: &mut Broken) {
    let Some(date) = doc
        .text("factuurdatum")
        .and_then(read_moment)
        .map(|at| at.date())
    else {
        return;
    };
    let year = world.company.whole("huidigBoekjaar").unwrap_or_default();
    broken.when(
        i64::from(date.year()) < year - 5,
        "BOE-0033",
        "De datum ligt meer dan vijf jaar voor het huidige boekjaar.",
    );
    let closed = world.closed_until.is_some_and(|until| date <= until);
    broken.when(
        closed,
        "BOE-0042",
        "De datum valt in een geblokkeerde periode.",
    );
}

/// Functions of ledgers a sales line cannot be booked on.
fn is_forbidden(function: &str) -> bool {
    function.starts_with("Dagboek") || function.starts_with("Inkopen")
}

fn check_line(world: &World, line: &Json, broken: &mut Broken) {
    broken.when(
        longer(line, "omschrijving", 250),
        "BOE-0071",
        "De omschrijving mag maximaal 250 tekens lang zijn.",
    );
    let Some(ledger) = line
        .reference("grootboek")
        .and_then(|id| world.ledgers.get(id))
    else {
        broken.when(true, "BOE-0037", "Het grootboek is niet gevonden.");
        return;
    };
    let ledger = &ledger.doc;
    broken.when(
        ledger.flag("nonactief") == Some(true),
        "BOE-0008",
        "Het grootboek is niet actief.",
    );
    let function = ledger.text("grootboekfunctie").unwrap_or_default();
    broken.when(
        is_forbidden(function),
        "BOE-0061",
        "Het grootboek is niet toegestaan.",
    );
    let fits = match line.text("btwSoort") {
        Some(kind) => {
            let kinds = ledger.list("btwSoort");
            kinds.is_empty() || kinds.contains(&Json::from(kind))
        }
        // May be left empty for ordinary revenue ledgers.
        None => ledger.list("btwSoort").len() <= 1,
    };
    broken.when(
        !fits,
        "BOE-0082",
        "De btw-soort wijkt af van die van het grootboek.",
    );
    check_cost_centre_of_line(world, line, ledger, broken);
}

fn check_cost_centre_of_line(world: &World, line: &Json, ledger: &Json, broken: &mut Broken) {
    match line.reference("kostenplaats") {
        None => broken.when(
            ledger.flag("kostenplaatsVerplicht") == Some(true),
            "BOE-0022",
            "De kostenplaats is verplicht bij dit grootboek.",
        ),
        Some(id) => match world.cost_centres.get(id) {
            None => broken.when(true, "BOE-0019", "De kostenplaats is niet gevonden."),
            Some(row) => {
                let inactive = row.doc.flag("nonactief") == Some(true);
                broken.when(inactive, "BOE-0026", "De kostenplaats is niet actief.");
            }
        },
    }
}

/// Every taxed kind on a line needs its VAT row and the other way about; reverse charge stands alone.
fn check_vat_kinds(doc: &Json, broken: &mut Broken) {
    let rows: Vec<&str> = doc
        .list("btw")
        .iter()
        .filter_map(|row| row.text("btwSoort"))
        .collect();
    let reverse = rows.contains(&"VerkopenVerlegd");
    let other = rows
        .iter()
        .any(|kind| !matches!(*kind, "VerkopenVerlegd" | "Geen"));
    broken.when(
        reverse && other,
        "BOE-0062",
        "Btw verlegd mag niet met andere btw gecombineerd worden.",
    );
    for (line_kind, row_kind) in [
        ("Hoog", "VerkopenHoog"),
        ("Laag", "VerkopenLaag"),
        ("Overig", "VerkopenOverig"),
    ] {
        let mut lines = doc.list("boekingsregels").iter();
        let used = lines.any(|line| {
            let amount = line.amount("bedrag").unwrap_or_default();
            line.text("btwSoort") == Some(line_kind) && !amount.is_zero()
        });
        let has_row = rows.contains(&row_kind);
        let text = "Een btw-soort ontbreekt of wijkt af.";
        broken.when(used && !has_row && line_kind != "Overig", "BOE-0082", text);
        broken.when(has_row && !used && !reverse, "BOE-0082", text);
    }
    let foreign = rows.iter().any(|kind| kind.starts_with("Inkopen"));
    broken.when(foreign, "BOE-0069", "De btw is ongeldig.");
}

fn check_mandates(doc: &Json, broken: &mut Broken) {
    let one_off = doc
        .get("eenmaligeIncassoMachtiging")
        .filter(|m| !m.is_null());
    let standing = doc.reference("doorlopendeIncassoMachtiging").is_some();
    broken.when(
        one_off.is_some() && standing,
        "BOE-0064",
        "Er mag maar een machtiging opgegeven worden.",
    );
    if let Some(mandate) = one_off {
        broken.when(
            longer(mandate, "omschrijving", 50),
            "BOE-0056",
            "De omschrijving van de machtiging mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            longer(mandate, "kenmerk", 50),
            "BOE-0057",
            "Het kenmerk van de machtiging mag maximaal 50 tekens lang zijn.",
        );
    }
}

/// The invoice of a booking.
#[must_use]
pub fn invoice_of(world: &World, booking: Uuid) -> Option<&Record> {
    world
        .invoices
        .iter()
        .find(|row| row.doc.reference("verkoopBoeking") == Some(booking))
}

/// May a booking be deleted, or replaced?
///
/// # Errors
/// It is paid in part, or belongs to an invoice of an order.
pub fn check_free(world: &World, booking: Uuid) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    if let Some(invoice) = invoice_of(world, booking) {
        let paid = invoice.doc.amount("openstaandSaldo") != invoice.doc.amount("factuurBedrag");
        broken.when(paid, "BOE-0083", "De factuur heeft betalingen.");
        let ordered = !invoice.doc.list("verkoopOrders").is_empty();
        broken.when(
            ordered,
            "BOE-0047",
            "De boeking is gekoppeld aan een verkoopfactuur.",
        );
    }
    broken.verdict(Vec::new())
}

/// A cost centre to create.
///
/// # Errors
/// All broken rules together.
pub fn check_cost_centre(world: &World, doc: &Json, misfits: Vec<Misfit>) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    broken.when(
        doc.filled("omschrijving").is_none(),
        "KPL-0004",
        "De omschrijving is verplicht.",
    );
    broken.when(
        longer(doc, "omschrijving", 50),
        "KPL-0005",
        "De omschrijving mag maximaal 50 tekens lang zijn.",
    );
    match doc.whole("nummer") {
        None => broken.when(true, "KPL-0006", "Het nummer is verplicht."),
        Some(number) => {
            let right = (1..=999_999_999).contains(&number);
            broken.when(
                !right,
                "KPL-0007",
                "Het nummer moet tussen 1 en 999999999 liggen.",
            );
            let known = world
                .cost_centres
                .iter()
                .any(|row| row.doc.whole("nummer") == Some(number));
            broken.when(known, "KPL-0008", "Het nummer bestaat al.");
        }
    }
    broken.when(
        doc.flag("nonactief") == Some(true),
        "KPL-0009",
        "Een kostenplaats kan niet niet-actief aangemaakt worden.",
    );
    broken.verdict(misfits)
}

/// A ledger to create.
///
/// # Errors
/// All broken rules together.
pub fn check_ledger(world: &World, doc: &Json, misfits: Vec<Misfit>) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    broken.when(
        doc.filled("omschrijving").is_none(),
        "BOE-0084",
        "De omschrijving is verplicht.",
    );
    broken.when(
        longer(doc, "omschrijving", 50),
        "BOE-0088",
        "De omschrijving mag maximaal 50 tekens lang zijn.",
    );
    broken.when(
        doc.filled("grootboekfunctie").is_none(),
        "BOE-0085",
        "De grootboekfunctie is ongeldig.",
    );
    let number = doc.whole("nummer");
    let known = world
        .ledgers
        .iter()
        .any(|row| row.doc.whole("nummer") == number);
    broken.when(known, "BOE-0086", "Het nummer bestaat al.");
    broken.verdict(misfits)
}

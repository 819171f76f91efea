//! Rules of articles: the ART codes.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Broken, longer, relation};
use crate::snelstart::{
    answer::Refusal, json::Json, knobs::Knobs, shape::Misfit, stock, world::World,
};

/// Checks an article to create (`own` none) or to replace.
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
    check_code(world, doc, own, &mut broken);
    broken.when(
        doc.filled("omschrijving").is_none(),
        "ART-0006",
        "De omschrijving is verplicht.",
    );
    broken.when(
        longer(doc, "omschrijving", 250),
        "ART-0007",
        "De omschrijving mag maximaal 250 tekens lang zijn.",
    );
    match doc.reference("artikelOmzetgroep").filter(|id| !id.is_nil()) {
        None => broken.when(true, "ART-0008", "De artikelomzetgroep is verplicht."),
        Some(id) => {
            broken.when(
                !world.groups.has(id),
                "ART-0009",
                "De artikelomzetgroep bestaat niet.",
            );
        }
    }
    check_supplier(world, doc, &mut broken);
    broken.verdict(misfits)
}

/// Numbers only, and how long, is set in companyInfo.
fn check_code(world: &World, doc: &Json, own: Option<Uuid>, broken: &mut Broken) {
    let Some(code) = doc.filled("artikelcode") else {
        broken.when(true, "ART-0002", "De artikelcode is verplicht.");
        return;
    };
    let numeric = world.company.text("artikelcodeSoort") == Some("Numeriek");
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    broken.when(
        numeric && !digits,
        "ART-0003",
        "De artikelcode moet numeriek zijn.",
    );
    let most = world.company.whole("artikelcodeMaxLengte").unwrap_or(50);
    let most = usize::try_from(most).unwrap_or(50);
    broken.when(
        code.chars().count() > most,
        "ART-0004",
        "De artikelcode is te lang.",
    );
    let taken = world.articles.iter().any(|row| {
        let same = row
            .doc
            .text("artikelcode")
            .is_some_and(|other| other.eq_ignore_ascii_case(code));
        Some(row.id) != own && same
    });
    broken.when(taken, "ART-0005", "De artikelcode bestaat al.");
}

fn check_supplier(world: &World, doc: &Json, broken: &mut Broken) {
    let Some(id) = doc.reference("relatie").filter(|id| !id.is_nil()) else {
        return;
    };
    let Some(supplier) = world.relations.get(id) else {
        broken.when(true, "ART-0016", "De leverancier is niet gevonden.");
        return;
    };
    broken.when(
        relation::is_customer(&supplier.doc),
        "ART-0017",
        "De relatie is geen leverancier en niet de eigen relatie.",
    );
    let inactive = supplier.doc.flag("nonactief") == Some(true);
    broken.when(inactive, "ART-0018", "De leverancier is niet actief.");
}

/// What a new or replaced article has where the request says nothing.
pub fn fill_defaults(doc: &mut Json) {
    for name in ["verkoopprijs", "inkoopprijs"] {
        if doc.amount(name).is_none() {
            doc.set(name, Decimal::ZERO);
        }
    }
    for name in ["isNonActief", "voorraadControle"] {
        if doc.flag(name).is_none() {
            doc.set(name, false);
        }
    }
    for name in ["subartikelen", "extraVelden"] {
        if !matches!(doc.get(name), Some(Json::List(_))) {
            doc.set(name, Vec::new());
        }
    }
}

/// May an article be deleted?
///
/// # Errors
/// What still hangs on it.
pub fn check_delete(world: &World, id: Uuid, knobs: &Knobs) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    let taken = stock::taken(world, knobs);
    let (technical, _) = stock::of_article(world, &taken, id);
    let keeps = world
        .articles
        .get(id)
        .and_then(|row| row.doc.flag("voorraadControle"));
    broken.when(
        keeps == Some(true) && !technical.is_zero(),
        "ART-0010",
        "Het artikel heeft nog voorraad.",
    );
    let ordered = world.orders.iter().any(|order| {
        let open = order.doc.reference("verkoopfactuur").is_none();
        open && order
            .doc
            .list("regels")
            .iter()
            .any(|line| line.reference("artikel") == Some(id))
    });
    broken.when(
        ordered,
        "ART-0011",
        "Het artikel staat in een openstaande order.",
    );
    let text = id.to_string();
    let part = world.articles.iter().any(|row| {
        row.doc
            .list("subartikelen")
            .iter()
            .any(|part| part.text("id") == Some(&text))
    });
    broken.when(part, "ART-0012", "Het artikel is onderdeel van een recept.");
    broken.verdict(Vec::new())
}

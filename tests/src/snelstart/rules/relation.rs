//! Rules of relations: the REL codes.

use uuid::Uuid;

use super::{
    Broken, longer,
    numbers::{is_bic, is_chamber_of_commerce, is_iban, is_mail, is_web_address},
    vat_number::{self, VatNumberFault},
};
use crate::snelstart::{
    answer::Refusal,
    json::{Json, object},
    knobs::Knobs,
    models,
    shape::Misfit,
    world::{Record, World},
};

/// Names of a mail setting and its codes: address missing, invalid, list invalid, over 250; the same
/// for the copy: invalid, list invalid, over 250.
struct MailRule {
    name: &'static str,
    missing: &'static str,
    invalid: &'static str,
    list: &'static str,
    long: &'static str,
    copy: &'static str,
    copy_list: &'static str,
    copy_long: &'static str,
}

#[rustfmt::skip]
const MAIL: &[MailRule] = &[
    MailRule { name: "aanmaningEmailVersturen", missing: "REL-0029", invalid: "REL-0030", list: "REL-0068", long: "REL-0069", copy: "REL-0031", copy_list: "REL-0070", copy_long: "REL-0071" },
    MailRule { name: "factuurEmailVersturen", missing: "REL-0032", invalid: "REL-0033", list: "REL-0072", long: "REL-0073", copy: "REL-0034", copy_list: "REL-0074", copy_long: "REL-0075" },
    MailRule { name: "bevestigingsEmailVersturen", missing: "REL-0038", invalid: "REL-0039", list: "REL-0076", long: "REL-0077", copy: "REL-0040", copy_list: "REL-0078", copy_long: "REL-0079" },
    MailRule { name: "offerteEmailVersturen", missing: "REL-0044", invalid: "REL-0045", list: "REL-0080", long: "REL-0081", copy: "REL-0046", copy_list: "REL-0082", copy_long: "REL-0083" },
    MailRule { name: "offerteAanvraagEmailVersturen", missing: "REL-0089", invalid: "REL-0090", list: "REL-0091", long: "REL-0092", copy: "REL-0093", copy_list: "REL-0094", copy_long: "REL-0095" },
    MailRule { name: "bestellingEmailVersturen", missing: "REL-0096", invalid: "REL-0097", list: "REL-0098", long: "REL-0099", copy: "REL-0100", copy_list: "REL-0101", copy_long: "REL-0102" },
];

/// Checks a relation to create (`old` none) or to replace.
///
/// # Errors
/// All broken rules together.
pub fn check(
    world: &World,
    doc: &Json,
    old: Option<(Uuid, &Json)>,
    misfits: Vec<Misfit>,
    knobs: &Knobs,
) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    check_kind(doc, old, &mut broken);
    check_code(world, doc, old.map(|(id, _)| id), &mut broken);
    check_texts(doc, &mut broken);
    check_addresses(world, doc, knobs.country_counts_in_address, &mut broken);
    check_vat_number(world, doc, &mut broken);
    check_mail(doc, &mut broken);
    check_money(world, doc, &mut broken);
    broken.verdict(misfits)
}

/// The words of relatiesoort that mean something.
fn kinds(doc: &Json) -> Vec<&'static str> {
    let words = doc.list("relatiesoort");
    let named = |kind: &&str| words.contains(&Json::from(*kind));
    ["Klant", "Leverancier", "Eigen", "Geen"]
        .into_iter()
        .filter(named)
        .collect()
}

/// Is a relation a customer?
#[must_use]
pub fn is_customer(doc: &Json) -> bool {
    kinds(doc).contains(&"Klant")
}

fn check_kind(doc: &Json, old: Option<(Uuid, &Json)>, broken: &mut Broken) {
    let kinds = kinds(doc);
    broken.when(
        kinds.is_empty() || kinds.contains(&"Geen"),
        "REL-0001",
        "De relatiesoort mag niet Geen zijn.",
    );
    broken.when(
        kinds.contains(&"Eigen"),
        "REL-0048",
        "De relatiesoort mag niet Eigen bevatten.",
    );
    broken.when(
        kinds.contains(&"Klant") && kinds.contains(&"Leverancier"),
        "REL-0065",
        "Een relatie kan niet zowel klant als leverancier zijn.",
    );
    if let Some((_, old)) = old {
        broken.when(
            self::kinds(old) != kinds,
            "REL-0064",
            "De relatiesoort mag niet gewijzigd worden.",
        );
    }
}

fn check_code(world: &World, doc: &Json, own: Option<Uuid>, broken: &mut Broken) {
    let Some(code) = doc.whole("relatiecode") else {
        return;
    };
    let taken = world
        .relations
        .iter()
        .any(|row| Some(row.id) != own && row.doc.whole("relatiecode") == Some(code));
    broken.when(taken, "REL-0008", "De relatiecode is al in gebruik.");
}

fn check_texts(doc: &Json, broken: &mut Broken) {
    broken.when(
        doc.filled("naam").is_none(),
        "REL-0007",
        "De naam is verplicht.",
    );
    broken.when(
        longer(doc, "mobieleTelefoon", 25),
        "REL-0012",
        "Het mobiele nummer mag maximaal 25 tekens lang zijn.",
    );
    broken.when(
        longer(doc, "telefoon", 25),
        "REL-0013",
        "Het telefoonnummer mag maximaal 25 tekens lang zijn.",
    );
    let wrong = |name: &str, is_right: fn(&str) -> bool| {
        doc.filled(name).is_some_and(|text| !is_right(text))
    };
    broken.when(
        wrong("kvkNummer", is_chamber_of_commerce),
        "REL-0006",
        "Het KvK-nummer is ongeldig.",
    );
    broken.when(
        wrong("websiteUrl", is_web_address),
        "REL-0015",
        "De website is geen geldige URL.",
    );
    broken.when(wrong("iban", is_iban), "REL-0011", "Het IBAN is ongeldig.");
    broken.when(wrong("bic", is_bic), "REL-0010", "De BIC is ongeldig.");
    let digits = |text: &str| text.len() == 20 && text.bytes().all(|b| b.is_ascii_digit());
    broken.when(
        doc.text("oin").is_some_and(|text| !digits(text)),
        "REL-0086",
        "Het OIN moet uit precies 20 cijfers bestaan.",
    );
}

fn check_addresses(world: &World, doc: &Json, country_counts: bool, broken: &mut Broken) {
    let codes = [
        (
            "vestigingsAdres",
            ["REL-0020", "REL-0021", "REL-0022", "REL-0023"],
            "REL-0056",
        ),
        (
            "correspondentieAdres",
            ["REL-0025", "REL-0026", "REL-0027", "REL-0028"],
            "REL-0055",
        ),
    ];
    for (name, [street, postcode, city, contact], country) in codes {
        let Some(address) = doc.get(name).filter(|a| !a.is_null()) else {
            continue;
        };
        broken.when(
            longer(address, "straat", 50),
            street,
            "De straat mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            longer(address, "postcode", 25),
            postcode,
            "De postcode mag maximaal 25 tekens lang zijn.",
        );
        broken.when(
            longer(address, "plaats", 50),
            city,
            "De plaats mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            longer(address, "contactpersoon", 50),
            contact,
            "De contactpersoon mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            names_unknown_country(world, address),
            country,
            "Het land is niet gevonden.",
        );
    }
    if let Some(address) = doc.get("vestigingsAdres").filter(|a| !a.is_null()) {
        broken.when(
            is_partial(address, country_counts),
            "REL-0060",
            "Als een veld van het vestigingsadres gevuld is, moeten alle velden gevuld zijn.",
        );
    }
}

/// Does an address name a country that is not there?
#[must_use]
pub fn names_unknown_country(world: &World, address: &Json) -> bool {
    address
        .reference("land")
        .is_some_and(|id| !id.is_nil() && !world.countries.has(id))
}

/// Once one field of an address is filled, all but the contact person have to be.
#[must_use]
pub fn is_partial(address: &Json, country_counts: bool) -> bool {
    let texts = ["straat", "postcode", "plaats"].map(|name| address.filled(name).is_some());
    let country = address.reference("land").is_some_and(|id| !id.is_nil());
    let any = texts.contains(&true) || country || address.filled("contactpersoon").is_some();
    let all = !texts.contains(&false) && (country || !country_counts);
    any && !all
}

fn check_vat_number(world: &World, doc: &Json, broken: &mut Broken) {
    let Some(number) = doc.text("btwNummer").filter(|number| !number.is_empty()) else {
        return;
    };
    let country = world.address_country(doc.get("vestigingsAdres"));
    let country = country.unwrap_or_else(|| "NL".to_string());
    let Err(fault) = vat_number::check(number, &country, &world.vat_numbers) else {
        return;
    };
    let (code, text) = match fault {
        VatNumberFault::TooLong => (
            "REL-0057",
            "Het btw-nummer mag maximaal 50 tekens lang zijn.",
        ),
        VatNumberFault::TooShort => (
            "REL-0058",
            "Het btw-nummer moet minimaal 2 tekens lang zijn.",
        ),
        VatNumberFault::Signs => (
            "REL-0059",
            "Het btw-nummer mag alleen letters en cijfers bevatten.",
        ),
        VatNumberFault::OtherCountry => (
            "REL-0087",
            "Het land van het btw-nummer komt niet overeen met het vestigingsadres.",
        ),
        VatNumberFault::Invalid => ("REL-0088", "Het btw-nummer is ongeldig."),
    };
    broken.when(true, code, text);
}

fn check_mail(doc: &Json, broken: &mut Broken) {
    let address = doc.text("email").unwrap_or_default();
    check_list(address, ["REL-0061", "REL-0084", "REL-0085"], broken);
    for rule in MAIL {
        let Some(setting) = doc.get(rule.name).filter(|s| !s.is_null()) else {
            continue;
        };
        let address = setting.text("email").unwrap_or_default();
        let missing = setting.flag("shouldSend") == Some(true) && address.trim().is_empty();
        broken.when(missing, rule.missing, "Het e-mailadres is verplicht.");
        check_list(address, [rule.invalid, rule.list, rule.long], broken);
        let copy = setting.text("ccEmail").unwrap_or_default();
        check_list(copy, [rule.copy, rule.copy_list, rule.copy_long], broken);
    }
}

/// One address or several joined by `;`, together at most 250 characters.
fn check_list(text: &str, [invalid, list, long]: [&str; 3], broken: &mut Broken) {
    if text.trim().is_empty() {
        return;
    }
    broken.when(
        text.chars().count() > 250,
        long,
        "Het e-mailadres mag maximaal 250 tekens lang zijn.",
    );
    let right = text
        .split(';')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .all(is_mail);
    let code = if text.contains(';') { list } else { invalid };
    broken.when(!right, code, "Het e-mailadres is ongeldig.");
}

fn check_money(world: &World, doc: &Json, broken: &mut Broken) {
    let customer = is_customer(doc);
    let supplier = kinds(doc).contains(&"Leverancier");
    let used = |name: &str, nothing: &str| doc.text(name).is_some_and(|word| word != nothing);
    let not_zero = |name: &str| doc.amount(name).is_some_and(|amount| !amount.is_zero());
    broken.when(
        used("aanmaningsoort", "Nee") && !customer,
        "REL-0002",
        "Aanmanen kan alleen bij een klant.",
    );
    let term = doc.whole("krediettermijn").unwrap_or_default();
    broken.when(
        !(-365..=1000).contains(&term),
        "REL-0003",
        "De krediettermijn moet tussen -365 en 1000 liggen.",
    );
    broken.when(
        not_zero("factuurkorting") && !customer,
        "REL-0004",
        "Factuurkorting kan alleen bij een klant.",
    );
    broken.when(
        not_zero("kredietLimiet") && !customer,
        "REL-0062",
        "Een kredietlimiet kan alleen bij een klant.",
    );
    broken.when(
        used("incassoSoort", "Geen") && !customer,
        "REL-0016",
        "Incasso kan alleen bij een klant.",
    );
    let pays = doc.flag("bankieren") == Some(true);
    broken.when(
        pays && !supplier,
        "REL-0014",
        "Bankieren kan alleen bij een leverancier.",
    );
    broken.when(
        pays && doc.filled("iban").is_none(),
        "REL-0009",
        "Het IBAN is verplicht bij bankieren.",
    );
    if let Some(id) = doc.reference("factuurRelatie") {
        match world.relations.get(id) {
            None => broken.when(true, "REL-0017", "De factuurrelatie bestaat niet."),
            Some(row) => {
                broken.when(
                    !is_customer(&row.doc),
                    "REL-0018",
                    "De factuurrelatie is geen klant.",
                );
            }
        }
    }
}

/// The code SnelStart assigns itself: one more than the highest.
#[must_use]
pub fn next_code(world: &World) -> i64 {
    let codes = world
        .relations
        .iter()
        .filter_map(|row| row.doc.whole("relatiecode"));
    codes.max().unwrap_or(0).max(0) + 1
}

/// What a new or replaced relation has where the request says nothing.
pub fn fill_defaults(doc: &mut Json) {
    for name in ["bankieren", "nonactief", "ublBestandAlsBijlage"] {
        if doc.flag(name).is_none() {
            doc.set(name, false);
        }
    }
    for (name, word) in [("aanmaningsoort", "Nee"), ("incassoSoort", "Geen")] {
        if doc.text(name).is_none() {
            doc.set(name, word);
        }
    }
    if doc.whole("krediettermijn").is_none() {
        doc.set("krediettermijn", 14_i64);
    }
    for name in MAIL.iter().map(|rule| rule.name) {
        if doc.get(name).is_none_or(Json::is_null) {
            doc.set(
                name,
                object! { "shouldSend": false, "email": Json::Null, "ccEmail": Json::Null },
            );
        }
    }
    for name in ["vestigingsAdres", "correspondentieAdres"] {
        if doc.get(name).is_none_or(Json::is_null) {
            doc.set(name, models::ADDRESS.read(&Json::Null, &mut Vec::new()));
        }
    }
    if !matches!(doc.get("documents"), Some(Json::List(_))) {
        doc.set("documents", Vec::new());
    }
    if !matches!(doc.get("extraVeldenKlant"), Some(Json::List(_))) {
        doc.set("extraVeldenKlant", Vec::new());
    }
}

/// May a relation be deleted?
///
/// # Errors
/// What still hangs on it.
pub fn check_delete(world: &World, record: &Record) -> Result<(), Refusal> {
    let mut broken = Broken::default();
    let of_it = |doc: &Json, name: &str| doc.reference(name) == Some(record.id);
    let invoices = world.invoices.iter().any(|row| {
        of_it(&row.doc, "relatie")
            && row
                .doc
                .amount("openstaandSaldo")
                .is_some_and(|s| !s.is_zero())
    });
    broken.when(invoices, "REL-0049", "De klant heeft openstaande facturen.");
    let orders = world
        .orders
        .iter()
        .any(|row| of_it(&row.doc, "relatie") && row.doc.reference("verkoopfactuur").is_none());
    broken.when(orders, "REL-0050", "De klant heeft openstaande orders.");
    let pays = world
        .relations
        .iter()
        .any(|row| of_it(&row.doc, "factuurRelatie"));
    broken.when(pays, "REL-0051", "De klant is een factuurrelatie.");
    let code = record.doc.whole("relatiecode").unwrap_or_default();
    broken.when(code == -2, "REL-0103", "De klant is intern in gebruik.");
    broken.when(
        code == -1,
        "REL-0067",
        "De leverancier is intern in gebruik.",
    );
    broken.when(
        kinds(&record.doc).contains(&"Eigen"),
        "REL-0048",
        "De eigen relatie kan niet verwijderd worden.",
    );
    broken.verdict(Vec::new())
}

//! Rules of sales orders: the VOR codes, what is filled in where a request says nothing, totals.

use rust_decimal::Decimal;

use super::{
    Broken, longer,
    relation::{is_customer, is_partial, names_unknown_country},
};
use crate::snelstart::{
    answer::Refusal,
    json::Json,
    knobs::{Knobs, LongText, Omitted, OmittedPrice, Take, Totals},
    shape::Misfit,
    vat,
    world::World,
};

/// Where the unwritten limit of description and payment reference is looked for.
const LONG_TEXT: usize = 50;

/// Checks an order to create (`old` none) or to replace.
///
/// # Errors
/// What does not bind, else a reference that leads nowhere, else all broken rules together.
pub fn check(
    world: &World,
    doc: &Json,
    old: Option<&Json>,
    misfits: Vec<Misfit>,
    knobs: &Knobs,
) -> Result<(), Refusal> {
    let mut misfits = misfits;
    for (name, missing) in [
        ("datum", doc.text("datum").is_none()),
        ("relatie", doc.reference("relatie").is_none()),
    ] {
        if missing && !misfits.iter().any(|misfit| misfit.field == name) {
            misfits.push(Misfit {
                field: name.to_string(),
                text: format!("Het veld {name} is verplicht."),
                is_bound: false,
            });
        }
    }
    if !misfits.is_empty() {
        return Err(Refusal::Misfits(misfits));
    }
    check_stage(doc.text("procesStatus"), old, knobs)?;
    check_references(world, doc)?;
    let mut broken = Broken::default();
    check_texts(doc, knobs, &mut broken);
    check_addresses(world, doc, knobs, &mut broken);
    check_lines(doc, knobs, &mut broken);
    broken.verdict(Vec::new())
}

/// Factuur and Contantbon may not be written (SnelStart B2B v2); whether a stage may go back is a
/// knob. Writing back the stage an order has is no change.
///
/// # Errors
/// The code of the knob.
pub fn check_stage(wish: Option<&str>, old: Option<&Json>, knobs: &Knobs) -> Result<(), Refusal> {
    let wish = wish.unwrap_or("Order");
    let now = old.and_then(|old| old.text("procesStatus"));
    if now == Some(wish) {
        return Ok(());
    }
    if matches!(wish, "Factuur" | "Contantbon") {
        let text = format!("De processtatus {wish} is niet beschikbaar.");
        return Err(Refusal::code(&knobs.forbidden_stage_code, &text));
    }
    let place = |stage: &str| {
        let stages = crate::snelstart::models::STAGES;
        stages.iter().position(|known| *known == stage).unwrap_or(0)
    };
    let earlier = now.is_some_and(|now| place(wish) < place(now));
    if earlier && knobs.earlier_stage == Take::Refuse {
        return Err(Refusal::code("ALG-0102", "De processtatus kan niet terug."));
    }
    Ok(())
}

fn check_references(world: &World, doc: &Json) -> Result<(), Refusal> {
    let unknown = |field: &str, code: &'static str| {
        Err(Refusal::Unknown {
            field: field.to_string(),
            code,
        })
    };
    let id = doc.reference("relatie").unwrap_or_default();
    let Some(relation) = world.relations.get(id) else {
        return unknown("relatie", "REL-0005");
    };
    if !is_customer(&relation.doc) {
        return Err(Refusal::code("VOR-0002", "De relatie is geen klant."));
    }
    if relation.doc.flag("nonactief") == Some(true) {
        return Err(Refusal::code("ALG-0105", "De relatie is niet actief."));
    }
    let payer = relation
        .doc
        .reference("factuurRelatie")
        .and_then(|id| world.relations.get(id));
    if payer.is_some_and(|payer| !is_customer(&payer.doc)) {
        return Err(Refusal::code(
            "VOR-0003",
            "De factuurrelatie is geen klant.",
        ));
    }
    if doc
        .reference("incassomachtiging")
        .is_some_and(|id| !id.is_nil())
    {
        return unknown("incassomachtiging", "VOR-0013");
    }
    if let Some(id) = doc.reference("kostenplaats").filter(|id| !id.is_nil()) {
        match world.cost_centres.get(id) {
            None => return unknown("kostenplaats", "KPL-0001"),
            Some(row) if row.doc.flag("nonactief") == Some(true) => {
                return Err(Refusal::code("ALG-0105", "De kostenplaats is niet actief."));
            }
            Some(_) => {}
        }
    }
    let template = doc
        .reference("verkoopordersjabloon")
        .filter(|id| !id.is_nil());
    if template.is_some_and(|id| !world.templates.has(id)) {
        return unknown("verkoopordersjabloon", "ALG-0103");
    }
    for (at, line) in doc.list("regels").iter().enumerate() {
        let Some(id) = line.reference("artikel") else {
            continue;
        };
        match world.articles.get(id) {
            None => return unknown(&format!("regels[{at}].artikel"), "ART-0001"),
            Some(article) if article.doc.flag("isNonActief") == Some(true) => {
                return Err(Refusal::code("ALG-0105", "Het artikel is niet actief."));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn check_texts(doc: &Json, knobs: &Knobs, broken: &mut Broken) {
    broken.when(
        longer(doc, "orderreferentie", 50),
        "VOR-0011",
        "De orderreferentie mag maximaal 50 tekens lang zijn.",
    );
    for (name, limit) in [
        ("omschrijving", knobs.long_description),
        ("betalingskenmerk", knobs.long_payment_reference),
    ] {
        let refused = limit == LongText::Refuse && longer(doc, name, LONG_TEXT);
        let text = format!("Het veld {name} mag maximaal {LONG_TEXT} tekens lang zijn.");
        broken.when(refused, "ALG-0102", &text);
    }
}

fn check_addresses(world: &World, doc: &Json, knobs: &Knobs, broken: &mut Broken) {
    for name in ["afleveradres", "factuuradres"] {
        let Some(address) = doc.get(name).filter(|a| !a.is_null()) else {
            continue;
        };
        broken.when(
            longer(address, "straat", 50),
            "VOR-0006",
            "De straat mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            longer(address, "postcode", 25),
            "VOR-0007",
            "De postcode mag maximaal 25 tekens lang zijn.",
        );
        broken.when(
            longer(address, "plaats", 50),
            "VOR-0008",
            "De plaats mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            longer(address, "contactpersoon", 50),
            "VOR-0009",
            "De contactpersoon mag maximaal 50 tekens lang zijn.",
        );
        broken.when(
            names_unknown_country(world, address),
            "VOR-0010",
            "Het land is niet gevonden.",
        );
        broken.when(
            knobs.whole_order_addresses && is_partial(address, knobs.country_counts_in_address),
            "ALG-0102",
            "Als een veld van het adres gevuld is, moeten alle velden gevuld zijn.",
        );
    }
}

fn check_lines(doc: &Json, knobs: &Knobs, broken: &mut Broken) {
    let lines = doc.list("regels");
    broken.when(
        lines.is_empty() && knobs.no_lines == Take::Refuse,
        "ALG-0102",
        "De order heeft geen regels.",
    );
    let negative = |name: &str| {
        lines.iter().any(|line| {
            line.amount(name)
                .is_some_and(|amount| amount < Decimal::ZERO)
        })
    };
    broken.when(
        knobs.negative_quantity == Take::Refuse && negative("aantal"),
        "ALG-0102",
        "Een negatief aantal is niet toegestaan.",
    );
    broken.when(
        knobs.negative_price == Take::Refuse && negative("stuksprijs"),
        "ALG-0102",
        "Een negatieve stuksprijs is niet toegestaan.",
    );
    let nothing = |line: &Json| line.amount("aantal").unwrap_or_default().is_zero();
    broken.when(
        knobs.zero_quantity == Take::Refuse
            && lines
                .iter()
                .any(|line| line.reference("artikel").is_some() && nothing(line)),
        "ALG-0102",
        "Het aantal mag niet nul zijn.",
    );
    broken.when(
        knobs.text_lines == Take::Refuse
            && lines.iter().any(|line| line.reference("artikel").is_none()),
        "ALG-0102",
        "Een regel zonder artikel is niet toegestaan.",
    );
}

/// Takes the next order number of the company.
pub fn take_number(world: &mut World) -> i64 {
    let number = world
        .company
        .whole("volgendVerkoopordernummer")
        .unwrap_or(1);
    world.company.set("volgendVerkoopordernummer", number + 1);
    number
}

/// Fills in what a request left out, and computes the totals.
pub fn complete(world: &World, doc: &mut Json, knobs: &Knobs) {
    let relation = doc
        .reference("relatie")
        .and_then(|id| world.relations.get(id));
    let relation = relation.map(|row| row.doc.clone()).unwrap_or_default();
    for (name, word) in [
        ("procesStatus", "Order"),
        ("verkooporderBtwIngaveModel", "Exclusief"),
        ("verkoopOrderStatus", "InBehandeling"),
    ] {
        if doc.text(name).is_none() {
            doc.set(name, word);
        }
    }
    if doc.whole("krediettermijn").is_none() {
        doc.set("krediettermijn", relation.whole("krediettermijn"));
    }
    set_template(world, doc);
    set_discount(doc, &relation, knobs);
    set_addresses(doc, &relation, knobs);
    cut(doc, "omschrijving", knobs.long_description);
    cut(doc, "betalingskenmerk", knobs.long_payment_reference);
    set_lines(world, doc, knobs);
    set_totals(world, doc, knobs);
}

/// A missing or all-zero template is the first one; `geblokkeerd` left out follows the template.
fn set_template(world: &World, doc: &mut Json) {
    let given = doc
        .reference("verkoopordersjabloon")
        .filter(|id| !id.is_nil());
    let template = match given {
        Some(id) => world.templates.get(id),
        None => world.templates.iter().next(),
    };
    if let Some(template) = template {
        let to = crate::snelstart::json::reference("verkoopordersjablonen", template.id);
        doc.set("verkoopordersjabloon", to);
    }
    if doc.flag("geblokkeerd").is_none() {
        let blocks = template.and_then(|row| row.doc.flag("nieuweOrdersBlokkeren"));
        doc.set("geblokkeerd", blocks.unwrap_or(false));
    }
}

fn set_discount(doc: &mut Json, relation: &Json, knobs: &Knobs) {
    if doc.amount("factuurkorting").is_none() {
        let copied = match knobs.omitted_invoice_discount {
            Omitted::Nothing => Decimal::ZERO,
            Omitted::Copied => relation.amount("factuurkorting").unwrap_or_default(),
        };
        doc.set("factuurkorting", copied);
    }
}

fn set_addresses(doc: &mut Json, relation: &Json, knobs: &Knobs) {
    if knobs.omitted_addresses == Omitted::Nothing {
        return;
    }
    let business = relation.get("vestigingsAdres");
    let letters = crate::snelstart::resources::address(relation, "correspondentieAdres");
    for (name, from) in [
        ("afleveradres", business),
        ("factuuradres", letters.or(business)),
    ] {
        if doc.get(name).is_none_or(Json::is_null) {
            doc.set(name, from.cloned().unwrap_or_default());
        }
    }
}

fn cut(doc: &mut Json, name: &str, limit: LongText) {
    if limit == LongText::Cut && longer(doc, name, LONG_TEXT) {
        let short: String = doc
            .text(name)
            .unwrap_or_default()
            .chars()
            .take(LONG_TEXT)
            .collect();
        doc.set(name, short);
    }
}

fn set_lines(world: &World, doc: &mut Json, knobs: &Knobs) {
    let order = doc.clone();
    let lines = order.list("regels").iter().cloned().map(|mut line| {
        let article = line
            .reference("artikel")
            .and_then(|id| world.articles.get(id));
        if let Some(article) = article {
            if line.filled("omschrijving").is_none() {
                line.set("omschrijving", article.doc.text("omschrijving"));
            }
            if line.amount("stuksprijs").is_none() {
                line.set("stuksprijs", price(world, &order, article, knobs));
            }
        }
        for (name, value) in [
            ("stuksprijs", Decimal::ZERO),
            (
                "aantal",
                if article.is_some() {
                    Decimal::ONE
                } else {
                    Decimal::ZERO
                },
            ),
            ("kortingsPercentage", Decimal::ZERO),
        ] {
            if line.amount(name).is_none() {
                line.set(name, value);
            }
        }
        if line.get("extraRegelVelden").is_none_or(Json::is_null) {
            line.set("extraRegelVelden", Vec::new());
        }
        line.set("totaal", vat::line_total(&world.company, &line));
        line
    });
    let lines: Vec<Json> = lines.collect();
    doc.set("regels", lines);
}

/// The price of a line without one: 0, or the article's (or an agreement's), turned into the order's
/// VAT mode.
fn price(
    world: &World,
    order: &Json,
    article: &crate::snelstart::world::Record,
    knobs: &Knobs,
) -> Decimal {
    let relation = order.reference("relatie");
    let agreed = world
        .agreements
        .iter()
        .find(|a| knobs.price_agreements && Some(a.relation) == relation && a.article == article.id)
        .map(|agreement| agreement.price);
    let base = match (agreed, knobs.omitted_price) {
        (Some(agreed), _) => agreed,
        (None, OmittedPrice::Zero) => return Decimal::ZERO,
        (None, OmittedPrice::ArticlePrice) => {
            article.doc.amount("verkoopprijs").unwrap_or_default()
        }
    };
    let group = article
        .doc
        .reference("artikelOmzetgroep")
        .and_then(|id| world.groups.get(id));
    let kind = group
        .and_then(|group| group.doc.text("verkoopNederlandBtwSoort"))
        .unwrap_or("Geen");
    let percent = vat::domestic_percent(world, kind, vat::order_date(order));
    let whole = Decimal::ONE_HUNDRED + percent;
    let excludes = world.company.flag("verkoopprijsArtikelbestandExclusiefBtw") == Some(true);
    let inclusive = order.text("verkooporderBtwIngaveModel") == Some("Inclusief");
    match (excludes, inclusive) {
        (true, true) => vat::cents(base * whole / Decimal::ONE_HUNDRED),
        (false, false) => (base * Decimal::ONE_HUNDRED / whole).round_dp(4),
        _ => base,
    }
}

/// Computes an order's totals as its knob says.
pub fn set_totals(world: &World, doc: &mut Json, knobs: &Knobs) {
    if knobs.totals == Totals::Null {
        doc.set("totaalExclusiefBtw", Json::Null);
        doc.set("totaalInclusiefBtw", Json::Null);
        return;
    }
    let vat = vat::of_order(world, doc, knobs);
    doc.set("totaalExclusiefBtw", vat.total_excl());
    doc.set("totaalInclusiefBtw", vat.total_incl());
}

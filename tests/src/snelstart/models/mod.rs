//! The models of the API as shapes, property by property (SnelStart B2B v2, its OpenAPI definition).
//! Declared lengths and ranges are marked here; lengths that have an error code of their own are the
//! business of `rules`.

mod bookkeeping;

pub use bookkeeping::*;

use super::shape::{Field, Kind, Shape, fixed, open};
use Kind::{
    Amount, Flag, Identity, Model, Models, Moment, OneOf, Reference, Text, TextUpTo, Whole,
    WholeIn, Words,
};

/// Stages of an order.
pub const STAGES: &[&str] = &[
    "Order",
    "Offerte",
    "Bevestiging",
    "Werkbon",
    "Pakbon",
    "Afhaalbon",
    "Contantbon",
    "Factuur",
];
/// VAT kinds of groups, rates and booking lines.
pub const VAT_KINDS: &[&str] = &["Geen", "Laag", "Hoog", "Overig"];
const ID: Field = open("id", Identity);
const URI: Field = fixed("uri", Text);
const MODIFIED: Field = fixed("modifiedOn", Moment);

/// AdresModel.
pub static ADDRESS: Shape = Shape {
    fields: &[
        open("contactpersoon", Text),
        open("straat", Text),
        open("postcode", Text),
        open("plaats", Text),
        open("land", Reference("landen")),
    ],
};

static MAIL: Shape = Shape {
    fields: &[
        open("shouldSend", Flag),
        open("email", Text),
        open("ccEmail", Text),
    ],
};

static EXTRA_FIELD: Shape = Shape {
    fields: &[open("naam", Text), open("waarde", Text)],
};

/// DocumentModel.
pub static DOCUMENT: Shape = Shape {
    fields: &[
        open("parentIdentifier", Identity),
        open("fileName", Text),
        open("readOnly", Flag),
        ID,
        URI,
    ],
};

/// RelatieModel (what is written lacks `fax`).
pub static RELATION: Shape = Shape {
    fields: &[
        open("relatiesoort", Words),
        MODIFIED,
        open("relatiecode", Whole),
        open("naam", TextUpTo(50)),
        open("vestigingsAdres", Model(&ADDRESS)),
        open("correspondentieAdres", Model(&ADDRESS)),
        open("telefoon", Text),
        open("mobieleTelefoon", Text),
        fixed("fax", Text),
        open("email", Text),
        open("btwNummer", Text),
        open("factuurkorting", Amount),
        open("krediettermijn", Whole),
        open("bankieren", Flag),
        open("nonactief", Flag),
        open("kredietLimiet", Amount),
        open("memo", Text),
        open("kvkNummer", TextUpTo(12)),
        open("oin", Text),
        open("websiteUrl", TextUpTo(100)),
        open(
            "aanmaningsoort",
            OneOf(&["Nee", "Onderneming", "Consument"]),
        ),
        open("offerteEmailVersturen", Model(&MAIL)),
        open("bevestigingsEmailVersturen", Model(&MAIL)),
        open("factuurEmailVersturen", Model(&MAIL)),
        open("aanmaningEmailVersturen", Model(&MAIL)),
        open("offerteAanvraagEmailVersturen", Model(&MAIL)),
        open("bestellingEmailVersturen", Model(&MAIL)),
        open("ublBestandAlsBijlage", Flag),
        open("iban", TextUpTo(50)),
        open("bic", TextUpTo(15)),
        open("incassoSoort", OneOf(&["Geen", "Core", "B2B"])),
        open("factuurRelatie", Reference("relaties")),
        fixed("inkoopBoekingenUri", Text),
        fixed("verkoopBoekingenUri", Text),
        fixed("documents", Models(&DOCUMENT)),
        ID,
        URI,
        fixed("extraVeldenKlant", Models(&EXTRA_FIELD)),
    ],
};

static PART: Shape = Shape {
    fields: &[open("artikelcode", Text), open("aantal", Amount), ID, URI],
};

/// ArtikelQueryModel (what is written lacks `isHoofdartikel` and `subartikelen`).
pub static ARTICLE: Shape = Shape {
    fields: &[
        fixed("isHoofdartikel", Flag),
        fixed("subartikelen", Models(&PART)),
        open("artikelcode", Text),
        open("omschrijving", Text),
        open("artikelOmzetgroep", Reference("artikelomzetgroepen")),
        open("verkoopprijs", Amount),
        open("inkoopprijs", Amount),
        open("eenheid", Text),
        MODIFIED,
        open("relatie", Reference("relaties")),
        open("isNonActief", Flag),
        open("voorraadControle", Flag),
        fixed("technischeVoorraad", Amount),
        fixed("vrijeVoorraad", Amount),
        fixed("extraVelden", Models(&EXTRA_FIELD)),
        ID,
        URI,
    ],
};

static LINE_FIELD: Shape = Shape {
    fields: &[
        open("veldNummer", Whole),
        fixed("omschrijving", Text),
        open("waarde", Text),
    ],
};

/// VerkooporderRegelModel.
pub static LINE: Shape = Shape {
    fields: &[
        open("artikel", Reference("artikelen")),
        open("omschrijving", TextUpTo(250)),
        open("stuksprijs", Amount),
        open("aantal", Amount),
        open("kortingsPercentage", Amount),
        fixed("totaal", Amount),
        open("extraRegelVelden", Models(&LINE_FIELD)),
    ],
};

/// VerkoopOrderModel.
pub static ORDER: Shape = Shape {
    fields: &[
        open("relatie", Reference("relaties")),
        open("procesStatus", OneOf(STAGES)),
        open("nummer", Whole),
        MODIFIED,
        open("datum", Moment),
        open("krediettermijn", WholeIn(0, 100)),
        open("geblokkeerd", Flag),
        open("omschrijving", Text),
        open("betalingskenmerk", Text),
        open("incassomachtiging", Reference("incassomachtigingen")),
        open("afleveradres", Model(&ADDRESS)),
        open("factuuradres", Model(&ADDRESS)),
        open(
            "verkooporderBtwIngaveModel",
            OneOf(&["Inclusief", "Exclusief"]),
        ),
        open("kostenplaats", Reference("kostenplaatsen")),
        open("regels", Models(&LINE)),
        open("memo", Text),
        open("orderreferentie", Text),
        open("factuurkorting", Amount),
        fixed("verkoopfactuur", Reference("verkoopfacturen")),
        open("verkoopordersjabloon", Reference("verkoopordersjablonen")),
        open(
            "verkoopOrderStatus",
            OneOf(&["InBehandeling", "Uitgevoerd", "Service"]),
        ),
        fixed("totaalExclusiefBtw", Amount),
        fixed("totaalInclusiefBtw", Amount),
        open("extraHoofdVelden", Models(&LINE_FIELD)),
        ID,
        URI,
    ],
};

/// OfferteModel.
pub static QUOTATION: Shape = Shape {
    fields: &[
        open("relatie", Reference("relaties")),
        open("procesStatus", OneOf(STAGES)),
        open("nummer", Whole),
        MODIFIED,
        open("datum", Moment),
        open("krediettermijn", WholeIn(0, 100)),
        open("omschrijving", Text),
        open("betalingskenmerk", Text),
        open("incassomachtiging", Reference("incassomachtigingen")),
        open("afleveradres", Model(&ADDRESS)),
        open("factuuradres", Model(&ADDRESS)),
        open(
            "verkooporderBtwIngaveModel",
            OneOf(&["Inclusief", "Exclusief"]),
        ),
        open("kostenplaats", Reference("kostenplaatsen")),
        open("regels", Models(&LINE)),
        open("memo", Text),
        open("orderreferentie", Text),
        open("factuurkorting", Amount),
        fixed("verkoopfactuur", Reference("verkoopfacturen")),
        fixed("totaalExclusiefBtw", Amount),
        fixed("totaalInclusiefBtw", Amount),
        fixed("isOfferte", Flag),
        ID,
        URI,
    ],
};

/// VerkooporderUpdateProcesStatusModel.
pub static STAGE_CHANGE: Shape = Shape {
    fields: &[ID, open("procesStatus", OneOf(STAGES))],
};

/// LandModel.
pub static COUNTRY: Shape = Shape {
    fields: &[
        fixed("naam", Text),
        fixed("landcodeISO", Text),
        fixed("landcode", Text),
        ID,
        URI,
    ],
};

/// ArtikelOmzetGroepModel.
pub static REVENUE_GROUP: Shape = Shape {
    fields: &[
        fixed("nummer", Whole),
        fixed("omschrijving", Text),
        fixed(
            "verkoopGrootboekNederlandIdentifier",
            Reference("grootboeken"),
        ),
        fixed("verkoopNederlandBtwSoort", OneOf(VAT_KINDS)),
        ID,
        URI,
    ],
};

/// BtwTariefModel.
pub static VAT_RATE: Shape = Shape {
    fields: &[
        fixed("btwSoort", OneOf(VAT_KINDS)),
        fixed("btwPercentage", Amount),
        fixed("datumVanaf", Moment),
        fixed("datumTotEnMet", Moment),
    ],
};

static FOREIGN_RATE: Shape = Shape {
    fields: &[
        fixed("rateCode", Text),
        fixed("rate", Amount),
        fixed("validFrom", Moment),
    ],
};

/// VatRatesModel.
pub static FOREIGN_RATES: Shape = Shape {
    fields: &[
        fixed("countryCode", Text),
        fixed("vatRates", Models(&FOREIGN_RATE)),
    ],
};

/// VatRateDefinitionModel.
pub static RATE_DEFINITION: Shape = Shape {
    fields: &[
        fixed("rateCode", Text),
        fixed("shortName", Text),
        fixed("name", Text),
    ],
};

/// KostenplaatsModel.
pub static COST_CENTRE: Shape = Shape {
    fields: &[
        open("nummer", Whole),
        open("omschrijving", Text),
        open("nonactief", Flag),
        ID,
        URI,
    ],
};

static TEMPLATE_FIELD: Shape = Shape {
    fields: &[
        fixed("veldNummer", Whole),
        fixed("omschrijving", Text),
        fixed("ingaveMasker", Text),
        fixed("soortVeld", Text),
        fixed("maximumTekstLengte", Whole),
    ],
};

/// VerkoopOrderSjabloonModel.
pub static TEMPLATE: Shape = Shape {
    fields: &[
        fixed("omschrijving", Text),
        fixed("nonactief", Flag),
        fixed("prijsIngaveExclusiefBtw", Flag),
        fixed("nieuweOrdersBlokkeren", Flag),
        fixed("extraHoofdVelden", Models(&TEMPLATE_FIELD)),
        fixed("extraRegelVelden", Models(&TEMPLATE_FIELD)),
        ID,
        URI,
    ],
};

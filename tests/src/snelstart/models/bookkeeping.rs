//! Models of the ledger side: accounts, journals, invoices, bookings, payments, attachments, prices.

use super::{DOCUMENT, ID, MODIFIED, URI, VAT_KINDS};
use crate::snelstart::shape::{Kind, Shape, fixed, open};
use Kind::{
    Amount, Flag, Identity, Model, Models, Moment, OneOf, Reference, Text, TextUpTo, Whole,
    WholeIn, Words,
};

/// VAT kinds of a booking's VAT rows.
pub const BOOKING_VAT_KINDS: &[&str] = &[
    "Geen",
    "VerkopenLaag",
    "VerkopenHoog",
    "VerkopenOverig",
    "VerkopenVerlegd",
    "InkopenLaag",
    "InkopenHoog",
    "InkopenOverig",
];

/// DagboekModel.
pub static JOURNAL: Shape = Shape {
    fields: &[
        fixed("nummer", Whole),
        fixed("omschrijving", Text),
        fixed("soort", Text),
        fixed("nonactief", Flag),
        ID,
        URI,
    ],
};

/// GrootboekModel.
pub static LEDGER: Shape = Shape {
    fields: &[
        MODIFIED,
        open("omschrijving", Text),
        open("kostenplaatsVerplicht", Flag),
        open("rekeningCode", OneOf(&["Balans", "WinstEnVerlies"])),
        open("nonactief", Flag),
        open("nummer", Whole),
        open("grootboekfunctie", Text),
        fixed("grootboekRubriek", Text),
        fixed("btwSoort", Words),
        open("vatRateCode", Text),
        ID,
        URI,
    ],
};

/// VerkoopfactuurModel.
pub static INVOICE: Shape = Shape {
    fields: &[
        fixed("verkoopBoeking", Reference("verkoopboekingen")),
        MODIFIED,
        fixed("openstaandSaldo", Amount),
        fixed("factuurnummer", Text),
        fixed("vervalDatum", Moment),
        fixed("relatie", Reference("relaties")),
        fixed("factuurDatum", Moment),
        fixed("factuurBedrag", Amount),
        fixed("verkoopOrders", Models(&IDENTIFIER)),
        ID,
        URI,
    ],
};

static IDENTIFIER: Shape = Shape { fields: &[ID, URI] };

static BOOKING_LINE: Shape = Shape {
    fields: &[
        open("omschrijving", Text),
        open("grootboek", Reference("grootboeken")),
        open("kostenplaats", Reference("kostenplaatsen")),
        open("bedrag", Amount),
        open("btwSoort", OneOf(VAT_KINDS)),
    ],
};

static BOOKING_VAT: Shape = Shape {
    fields: &[
        open("btwSoort", OneOf(BOOKING_VAT_KINDS)),
        open("btwBedrag", Amount),
    ],
};

static ONE_OFF_MANDATE: Shape = Shape {
    fields: &[
        open("kenmerk", Text),
        open("omschrijving", Text),
        open("datum", Moment),
    ],
};

/// VerkoopBoekingModel.
pub static BOOKING: Shape = Shape {
    fields: &[
        MODIFIED,
        open("boekstuk", Text),
        fixed("gewijzigdDoorAccountant", Flag),
        open("markering", Flag),
        open("factuurdatum", Moment),
        open("factuurnummer", Text),
        open("klant", Reference("relaties")),
        open("omschrijving", Text),
        open("factuurbedrag", Amount),
        open("betalingstermijn", WholeIn(0, 999)),
        open("eenmaligeIncassoMachtiging", Model(&ONE_OFF_MANDATE)),
        open(
            "doorlopendeIncassoMachtiging",
            Reference("incassomachtigingen"),
        ),
        open("boekingsregels", Models(&BOOKING_LINE)),
        open("btw", Models(&BOOKING_VAT)),
        fixed("documents", Models(&DOCUMENT)),
        ID,
        URI,
    ],
};

static LEDGER_ENTRY: Shape = Shape {
    fields: &[
        open("omschrijving", Text),
        open("grootboek", Reference("grootboeken")),
        open("kostenplaats", Reference("kostenplaatsen")),
        open("debet", Amount),
        open("credit", Amount),
        open("btwSoort", OneOf(VAT_KINDS)),
    ],
};

static PURCHASE_ENTRY: Shape = Shape {
    fields: &[
        open("boekingId", Reference("inkoopboekingen")),
        open("omschrijving", Text),
        open("debet", Amount),
        open("credit", Amount),
    ],
};

static SALES_ENTRY: Shape = Shape {
    fields: &[
        open("boekingId", Reference("verkoopboekingen")),
        open("omschrijving", Text),
        open("debet", Amount),
        open("credit", Amount),
    ],
};

static VAT_ENTRY: Shape = Shape {
    fields: &[
        open("debet", Amount),
        open("credit", Amount),
        open("type", Text),
        open("tarief", OneOf(&["Hoog", "Laag", "Overig"])),
    ],
};

/// BankboekingModel and KasboekingModel.
pub static PAYMENT: Shape = Shape {
    fields: &[
        MODIFIED,
        open("datum", Moment),
        open("markering", Flag),
        open("boekstuk", TextUpTo(25)),
        fixed("gewijzigdDoorAccountant", Flag),
        open("omschrijving", TextUpTo(250)),
        open("grootboekBoekingsRegels", Models(&LEDGER_ENTRY)),
        open("inkoopboekingBoekingsRegels", Models(&PURCHASE_ENTRY)),
        open("verkoopboekingBoekingsRegels", Models(&SALES_ENTRY)),
        open("btwBoekingsregels", Models(&VAT_ENTRY)),
        open("bedragUitgegeven", Amount),
        open("bedragOntvangen", Amount),
        open("dagboek", Reference("dagboeken")),
        ID,
        URI,
    ],
};

/// DocumentContentModel.
pub static DOCUMENT_CONTENT: Shape = Shape {
    fields: &[
        open("content", Text),
        open("parentIdentifier", Identity),
        open("fileName", Text),
        open("readOnly", Flag),
        ID,
        URI,
    ],
};

/// PrijsafspraakModel.
pub static AGREEMENT: Shape = Shape {
    fields: &[
        fixed("relatie", Reference("relaties")),
        fixed("artikel", Reference("artikelen")),
        fixed("datum", Moment),
        fixed("aantal", Amount),
        fixed("korting", Amount),
        fixed("verkoopprijs", Amount),
        fixed("basisprijs", Amount),
        fixed("datumVanaf", Moment),
        fixed("datumTotEnMet", Moment),
        fixed("prijsBepalingSoort", Text),
    ],
};

static AGREED_PRICE: Shape = Shape {
    fields: &[
        fixed("vanaf", Amount),
        fixed("korting", Amount),
        fixed("verkoopprijs", Amount),
    ],
};

static CUSTOMER_AGREEMENT: Shape = Shape {
    fields: &[
        fixed("relatiePublicIdentifier", Identity),
        fixed("relatieCode", Whole),
        fixed("relatieNaam", Text),
        fixed("startdatum", Moment),
        fixed("einddatum", Moment),
        fixed("prijsIngave", Text),
        fixed("status", Text),
        fixed("prijsAfspraken", Models(&AGREED_PRICE)),
    ],
};

/// ArtikelPrijsAfsprakenModel.
pub static ARTICLE_AGREEMENTS: Shape = Shape {
    fields: &[
        fixed("artikelCode", Text),
        fixed("artikelOmschrijving", Text),
        fixed("basisprijs", Amount),
        fixed("klantAfspraken", Models(&CUSTOMER_AGREEMENT)),
    ],
};

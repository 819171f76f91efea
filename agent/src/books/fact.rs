//! What the books hold: company, lookups, articles, relations, orders.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, civil::DateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::PriceMode;

/// The administration itself (companyInfo).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Identity of the administration: stored at first contact and compared ever after.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its country, two letters.
    pub country: String,
    /// Are article codes digits only (artikelcodeSoort)?
    pub numeric_article_codes: bool,
    /// Longest article code (artikelcodeMaxLengte).
    pub article_code_length: usize,
    /// Do article prices exclude VAT (verkoopprijsArtikelbestandExclusiefBtw)?
    pub article_prices_exclude_vat: bool,
    /// Decimals of unit prices and quantities.
    pub price_decimals: u32,
    /// Decimals of quantities.
    pub quantity_decimals: u32,
    /// From which stage on an order lowers free stock (verkooporderVoorraadVanafNiveau).
    pub stock_stage: StockStage,
    /// Small-business scheme active (kleineOndernemersregeling).
    pub small_business_scheme: bool,
    /// Foreign VAT (OSS) switched on.
    pub foreign_vat: bool,
    /// What else is known of it.
    #[serde(default)]
    pub foreign: ForeignVat,
    /// The company's own VAT number, letters and digits; empty = not told.
    #[serde(default)]
    pub vat_number: String,
}

/// Preconditions of foreign VAT (SnelStart B2B v2, "Factureren met buitenlandse BTW").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignVat {
    /// Days between which it is on (factureerBuitenlandsBtwRanges), both inclusive; empty = always
    /// while the switch is on.
    pub ranges: Vec<(Date, Date)>,
    /// Ledgers for distance sales (grootboekfunctie InstallatieTeleverkoopBinnenEUgeen), by name,
    /// with the code of the rate each bears; none = the books would not tell.
    pub ledgers: Option<Vec<(String, Option<String>)>>,
}

/// verkooporderVoorraadVanafNiveau, lowest stage first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StockStage {
    /// Every order counts.
    Alle,
    /// From quotation on.
    Offerte,
    /// From back order on.
    BackOrder,
    /// From confirmation on.
    Bevestiging,
    /// From work order on.
    Werkbon,
    /// From packing slip on.
    PakbonEnAfhaalbon,
    /// Only when invoiced.
    FactuurEnContantbon,
}

/// Stage of an order (procesStatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProcessStage {
    /// Concept without print; the default.
    Order,
    /// Quotation.
    Offerte,
    /// Confirmation.
    Bevestiging,
    /// Work order.
    Werkbon,
    /// Packing slip.
    Pakbon,
    /// Pick-up slip.
    Afhaalbon,
    /// Cash receipt (read only).
    Contantbon,
    /// Invoiced (read only).
    Factuur,
}

impl ProcessStage {
    /// What SnelStart calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "Order",
            Self::Offerte => "Offerte",
            Self::Bevestiging => "Bevestiging",
            Self::Werkbon => "Werkbon",
            Self::Pakbon => "Pakbon",
            Self::Afhaalbon => "Afhaalbon",
            Self::Contantbon => "Contantbon",
            Self::Factuur => "Factuur",
        }
    }
}

/// VAT kind (btw-soort) of a revenue group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VatKind {
    /// High rate.
    Hoog,
    /// Low rate.
    Laag,
    /// No VAT.
    Geen,
    /// Other.
    Overig,
}

/// A revenue group (artikelomzetgroep).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenueGroup {
    /// Id in the administration.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// Domestic VAT kind.
    pub vat: VatKind,
    /// Ledger account of domestic sales (verkoopGrootboekNederlandIdentifier), where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
}

/// A domestic VAT rate and when it held, both days inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatRate {
    /// Kind.
    pub kind: VatKind,
    /// Percentage.
    pub percent: Decimal,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// A foreign VAT rate (OSS), by country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignRate {
    /// ISO two letters.
    pub country: String,
    /// Which of the country's rates (rateCode: SR standard, RRH and RRL reduced, PR parking, SRR
    /// super reduced).
    #[serde(default)]
    pub code: String,
    /// Percentage.
    pub percent: Decimal,
    /// First day.
    pub from: Date,
}

/// A country row of the administration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// Id in the administration.
    pub id: String,
    /// ISO two letters.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A sales template (verkoopsjabloon).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Id in the administration.
    pub id: String,
    /// Its name.
    pub name: String,
    /// May still be used.
    pub active: bool,
}

/// A cost centre (kostenplaats).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostCentre {
    /// Id in the administration.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// May still be used.
    pub active: bool,
}

/// Everything small that settings may name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookups {
    /// Revenue groups.
    pub revenue_groups: Vec<RevenueGroup>,
    /// Domestic rates with their dates.
    pub vat_rates: Vec<VatRate>,
    /// Foreign rates; empty when the administration has none.
    pub foreign_rates: Vec<ForeignRate>,
    /// Countries.
    pub countries: Vec<Country>,
    /// Sales templates.
    pub templates: Vec<Template>,
    /// Cost centres.
    pub cost_centres: Vec<CostCentre>,
}

impl Lookups {
    /// The revenue group (omzetgroep) a setting names: by its name whatever its case, else by its number.
    #[must_use]
    pub fn revenue_group(&self, wanted: &str) -> Option<&RevenueGroup> {
        let wanted = wanted.trim().to_lowercase();
        let groups = &self.revenue_groups;
        groups
            .iter()
            .find(|group| group.name.trim().to_lowercase() == wanted)
            .or_else(|| {
                groups
                    .iter()
                    .find(|group| group.number.to_string() == wanted)
            })
    }
}

/// An article (artikel).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Id in the administration.
    pub id: String,
    /// Its code; may be empty or double in old data.
    pub code: String,
    /// Its text.
    pub description: String,
    /// Revenue group id.
    pub revenue_group: String,
    /// Sales price, in the article file's own VAT mode.
    pub price: Decimal,
    /// Unit.
    pub unit: String,
    /// May still be sold.
    pub active: bool,
    /// Stock is kept.
    pub keeps_stock: bool,
    /// Physical stock (technische voorraad).
    pub technical_stock: Decimal,
    /// Free stock (vrije voorraad).
    pub free_stock: Decimal,
    /// Made of other articles (recept).
    pub has_parts: bool,
    /// Those articles (subartikelen), where the books name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What the books say becomes of its parts on an order (recept plaatsen); none where they do
    /// not say (SnelStart B2B v2 has no such field).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<Recipe>,
    /// Extra fields (extraVelden) by name, those that are filled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Server's stamp, as it came.
    pub modified: Option<DateTime>,
}

/// What becomes of an article made of others (recept) on an order, in SnelStart's own three words
/// (recept plaatsen: vragen, nooit, altijd).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// Asked each time: the order is held until the owner said it for the article.
    Ask,
    /// The article alone.
    Never,
    /// Its parts on lines of their own under it, at no price.
    Always,
}

/// An article another one is made of (subartikel).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Article id.
    pub article: String,
    /// Its code.
    pub code: String,
    /// Pieces of it in one piece of the whole.
    pub quantity: Decimal,
}

impl Article {
    /// What stands in a field that may hold the shop's code: `artikelcode`, `omschrijving`, or an
    /// extra field by its name, whatever its case; empty when there is nothing.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        match name.trim().to_lowercase().as_str() {
            "artikelcode" => &self.code,
            "omschrijving" => &self.description,
            wanted => extra(&self.extra, wanted),
        }
    }
}

/// The value of an extra field, by its name whatever its case; empty when there is none.
#[must_use]
pub fn extra<'f>(fields: &'f BTreeMap<String, String>, name: &str) -> &'f str {
    let wanted = name.trim().to_lowercase();
    fields
        .iter()
        .find(|(name, _)| name.trim().to_lowercase() == wanted)
        .map_or("", |(_, value)| value.as_str())
}

/// Names of the extra fields an administration has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraFields {
    /// Of articles; none when nobody can tell, as where there is no article yet.
    pub articles: Option<Vec<String>>,
    /// Of customers, likewise.
    pub relations: Option<Vec<String>>,
    /// These books have none and never will.
    pub never: bool,
}

/// An address in the books (AdresModel).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookAddress {
    /// Contact person (at most 50).
    pub contact: String,
    /// Street with number (at most 50).
    pub street: String,
    /// Postcode (at most 25).
    pub postcode: String,
    /// City (at most 50).
    pub city: String,
    /// Country, ISO two letters; empty = not given.
    pub country: String,
}

/// A relation (relatie).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Id in the administration.
    pub id: String,
    /// Customer code (relatiecode).
    pub code: i64,
    /// A customer (klant), not a supplier, the company itself or a fixture.
    pub is_customer: bool,
    /// Still active.
    pub active: bool,
    /// Name.
    pub name: String,
    /// E-mail; may be several, joined by `;`.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// VAT number.
    pub vat_number: String,
    /// Chamber of Commerce number.
    pub chamber_of_commerce: String,
    /// Business address (vestigingsadres).
    pub address: BookAddress,
    /// Correspondence address.
    pub correspondence: BookAddress,
    /// Payment term in days (krediettermijn).
    pub payment_term: Option<i64>,
    /// Invoice discount of this relation in percent (factuurkorting).
    pub invoice_discount: Option<Decimal>,
    /// Its invoices go to another relation (factuurrelatie).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invoiced_elsewhere: bool,
    /// Extra fields of a customer (extraVeldenKlant) by name, those that are filled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Server's stamp, as it came.
    pub modified: Option<DateTime>,
}

/// A sales order as the books hold it (verkooporder).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedOrder {
    /// Id in the administration.
    pub id: String,
    /// Its number, assigned by the books.
    pub number: String,
    /// Relation id.
    pub relation: String,
    /// Order date.
    pub date: Option<Date>,
    /// Payment reference (betalingskenmerk).
    pub payment_reference: String,
    /// Description.
    pub description: String,
    /// Stage.
    pub stage: Option<ProcessStage>,
    /// Id of its template (verkoopsjabloon), if told.
    #[serde(default)]
    pub template: Option<String>,
    /// Blocked.
    pub blocked: bool,
    /// Total without VAT as the books say; none when they do not say.
    pub total_excl: Option<Decimal>,
    /// Total with VAT, likewise.
    pub total_incl: Option<Decimal>,
    /// Invoiced already (verkoopfactuur filled).
    pub invoiced: bool,
    /// Are unit prices with or without VAT; none when the books do not say.
    #[serde(default)]
    pub price_mode: Option<PriceMode>,
    /// Invoice discount in percent, if told.
    #[serde(default)]
    pub invoice_discount: Option<Decimal>,
    /// Lines; empty when the list did not carry them.
    pub lines: Vec<BookedLine>,
    /// Server's stamp, as it came.
    pub modified: Option<DateTime>,
}

/// A line of a booked order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedLine {
    /// Article id; none on a text line.
    pub article: Option<String>,
    /// Text.
    pub description: String,
    /// Quantity.
    pub quantity: Decimal,
    /// Unit price in the order's VAT mode.
    pub unit_price: Decimal,
    /// Line discount in percent.
    #[serde(default)]
    pub discount_percent: Decimal,
    /// Line total in the order's VAT mode, if told.
    pub total: Option<Decimal>,
}

/// Stock of one article and when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleStock {
    /// Article id.
    pub article: String,
    /// Article code.
    pub code: String,
    /// Stock is kept.
    pub keeps_stock: bool,
    /// Physical stock.
    pub technical: Decimal,
    /// Free stock.
    pub free: Decimal,
    /// When this was read.
    pub read_at: Timestamp,
}

/// What the books ask for an article: by customer, quantity and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceQuestion {
    /// Article id.
    pub article: String,
    /// Relation id; none = a customer the books do not know yet.
    pub relation: Option<String>,
    /// Whole pieces: what agreements are staggered by.
    pub quantity: Decimal,
    /// Order date.
    pub day: Date,
}

/// A price by agreement or promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedPrice {
    /// Article id.
    pub article: String,
    /// Whole pieces it was asked for.
    pub quantity: Decimal,
    /// Price of one piece, in the article file's own VAT mode.
    pub price: Decimal,
}

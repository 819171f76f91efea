//! What is attempted, for the owner's eyes.

use super::refusal::Attempt;

pub(super) const COMPANY: Attempt =
    Attempt::reading("de administratiegegevens", "the administration's data");
pub(super) const COUNTRIES: Attempt = Attempt::reading("de landenlijst", "the list of countries");
pub(super) const GROUPS: Attempt = Attempt::reading("de omzetgroepen", "the revenue groups");
pub(super) const RATES: Attempt = Attempt::reading("de btw-tarieven", "the VAT rates");
pub(super) const FOREIGN: Attempt =
    Attempt::reading("de buitenlandse btw-tarieven", "the foreign VAT rates");
pub(super) const LEDGERS: Attempt =
    Attempt::reading("de grootboekrekeningen", "the ledger accounts");
pub(super) const TEMPLATES: Attempt =
    Attempt::reading("de verkoopsjablonen", "the sales templates");
pub(super) const CENTRES: Attempt = Attempt::reading("de kostenplaatsen", "the cost centres");
pub(super) const ARTICLES: Attempt = Attempt::reading("de artikelen", "the articles");
pub(super) const PRICES: Attempt = Attempt::reading("de prijsafspraken", "the price agreements");
pub(super) const RELATIONS: Attempt = Attempt::reading("de relaties", "the relations");
pub(super) const ORDERS: Attempt = Attempt::reading("de verkooporders", "the sales orders");
pub(super) const INVOICES: Attempt = Attempt::reading("de verkoopfacturen", "the sales invoices");
pub(super) const DAYBOOKS: Attempt = Attempt::reading("de dagboeken", "the journals");
pub(super) const BANK: Attempt = Attempt::reading("de bankboekingen", "the bank entries");
pub(super) const CASH: Attempt = Attempt::reading("de kasboekingen", "the cash entries");
pub(super) const WRITE_PAYMENT: Attempt = Attempt::writing("de betaling", "the payment");
pub(super) const WRITE_BOOKING: Attempt =
    Attempt::writing("de verkoopboeking", "the booked invoice");
pub(super) const WRITE_RELATION: Attempt = Attempt::writing("de relatie", "the relation");
pub(super) const WRITE_ARTICLE: Attempt = Attempt::writing("het artikel", "the article");
pub(super) const WRITE_ORDER: Attempt = Attempt::writing("de verkooporder", "the sales order");
pub(super) const EXTRA_FIELDS: Attempt = Attempt::writing("de extra velden", "the extra fields");

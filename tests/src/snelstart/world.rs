//! What one administration holds: tables of records, the company's settings, stock counted.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::json::Json;

/// One record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    /// Its properties as the API names them.
    pub doc: Json,
    /// When it last changed.
    pub modified: Timestamp,
    /// Appears in lists from then on.
    pub listed_from: Option<Timestamp>,
}

/// Records of one kind, in the order they were made.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: BTreeMap<u64, Record>,
    places: HashMap<Uuid, u64>,
    next: u64,
}

impl Table {
    /// The record of that id.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&Record> {
        self.rows.get(self.places.get(&id)?)
    }

    /// The record of that id, to change.
    pub fn get_mut(&mut self, id: Uuid) -> Option<&mut Record> {
        self.rows.get_mut(self.places.get(&id)?)
    }

    /// Is there one of that id?
    #[must_use]
    pub fn has(&self, id: Uuid) -> bool {
        self.places.contains_key(&id)
    }

    /// Adds a record under a new random id, which it returns.
    pub fn add(&mut self, doc: Json, now: Timestamp) -> Uuid {
        self.add_listed(doc, now, None)
    }

    /// Adds a record that lists show from a moment on.
    pub fn add_listed(&mut self, doc: Json, now: Timestamp, from: Option<Timestamp>) -> Uuid {
        let id = Uuid::new_v4();
        self.places.insert(id, self.next);
        self.rows.insert(
            self.next,
            Record {
                id,
                doc,
                modified: now,
                listed_from: from,
            },
        );
        self.next += 1;
        id
    }

    /// Removes a record.
    pub fn remove(&mut self, id: Uuid) -> Option<Record> {
        let place = self.places.remove(&id)?;
        self.rows.remove(&place)
    }

    /// All records, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.rows.values()
    }

    /// All records, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.rows.values_mut()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A price a customer has for an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Whose.
    pub relation: Uuid,
    /// Which article.
    pub article: Uuid,
    /// The price, in the article file's VAT mode.
    pub price: Decimal,
    /// From so many pieces on.
    pub from: Decimal,
    /// Last day on which it holds.
    pub until: Option<Date>,
}

impl Agreement {
    /// That price whatever the quantity and the day.
    #[must_use]
    pub fn new(relation: Uuid, article: Uuid, price: Decimal) -> Agreement {
        Agreement {
            relation,
            article,
            price,
            from: Decimal::ONE,
            until: None,
        }
    }
}

/// One administration.
#[derive(Debug, Clone)]
pub struct World {
    /// companyInfo.
    pub company: Json,
    /// landen.
    pub countries: Table,
    /// artikelomzetgroepen.
    pub groups: Table,
    /// btwtarieven.
    pub vat_rates: Table,
    /// vatrates, one record a country.
    pub foreign_rates: Table,
    /// vatratedefinitions.
    pub rate_definitions: Table,
    /// verkoopordersjablonen.
    pub templates: Table,
    /// kostenplaatsen.
    pub cost_centres: Table,
    /// grootboeken.
    pub ledgers: Table,
    /// dagboeken.
    pub journals: Table,
    /// relaties.
    pub relations: Table,
    /// artikelen.
    pub articles: Table,
    /// verkooporders and offertes.
    pub orders: Table,
    /// verkoopfacturen.
    pub invoices: Table,
    /// verkoopboekingen.
    pub bookings: Table,
    /// bankboekingen.
    pub bank_entries: Table,
    /// kasboekingen.
    pub cash_entries: Table,
    /// documenten.
    pub documents: Table,
    /// Stock counted per article, before any order of this administration.
    pub counted: HashMap<Uuid, Decimal>,
    /// Price agreements.
    pub agreements: Vec<Agreement>,
    /// OSS rate code of a revenue group's ledger for distance sales.
    pub rate_codes: HashMap<Uuid, String>,
    /// The books are closed up to and including this day (VAT return done).
    pub closed_until: Option<Date>,
    /// VAT numbers taken without looking at them, and refused likewise.
    pub vat_numbers: VatNumbers,
    /// Extra fields defined for articles.
    pub article_fields: Vec<ExtraField>,
    /// Extra fields defined for customers.
    pub customer_fields: Vec<ExtraField>,
}

/// An extra field the owner defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraField {
    /// Its name.
    pub name: String,
    /// `Text`, `Integer`, `Money`, `Float`, `DateTime`, `Boolean`, …
    pub kind: &'static str,
    /// Longest text.
    pub length: usize,
}

impl ExtraField {
    /// A text of up to 50 characters.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::of(name, "Text")
    }

    /// A field of that type.
    #[must_use]
    pub fn of(name: &str, kind: &'static str) -> Self {
        Self {
            name: name.to_string(),
            kind,
            length: 50,
        }
    }
}

/// What the register of VAT numbers is made to say, over the check of the number itself.
#[derive(Debug, Clone, Default)]
pub struct VatNumbers {
    /// Valid whatever they look like.
    pub valid: Vec<String>,
    /// Invalid whatever they look like.
    pub invalid: Vec<String>,
}

impl World {
    /// Two-letter code of a country id.
    #[must_use]
    pub fn country_code(&self, id: Uuid) -> Option<&str> {
        self.countries.get(id)?.doc.text("landcode")
    }

    /// Id of a country by its two letters.
    #[must_use]
    pub fn country(&self, code: &str) -> Option<Uuid> {
        let found = self
            .countries
            .iter()
            .find(|row| row.doc.text("landcode") == Some(code));
        found.map(|row| row.id)
    }

    /// Two-letter country of an address; a filled address without country is in the Netherlands
    /// (SnelStart's .NET client: left out means Nederland).
    #[must_use]
    pub fn address_country(&self, address: Option<&Json>) -> Option<String> {
        let address = address.filter(|address| matches!(address, Json::Object(_)))?;
        let code = address
            .reference("land")
            .and_then(|id| self.country_code(id));
        Some(code.unwrap_or("NL").to_string())
    }
}

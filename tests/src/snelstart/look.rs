//! Looking into the books from a test: typed views of what they hold, whatever a client may see.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    MovableClock, Simulator,
    gateway::lock,
    json::Json,
    knobs::Knobs,
    log::Log,
    openapi::Violation,
    stock,
    vat::{self, OrderVat},
    world::{Record, World},
};

/// An address in the books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenAddress {
    /// Contact person.
    pub contact: String,
    /// Street with number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// Country, two letters; empty when none is set.
    pub country: String,
}

/// A relation in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenRelation {
    /// Id.
    pub id: Uuid,
    /// relatiecode.
    pub code: i64,
    /// A customer.
    pub is_customer: bool,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// VAT number.
    pub vat_number: String,
    /// Business address.
    pub address: SeenAddress,
    /// Everything, as the API names it.
    pub doc: Json,
}

/// An article in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenArticle {
    /// Id.
    pub id: Uuid,
    /// Code.
    pub code: String,
    /// Text.
    pub description: String,
    /// VAT kind of its group.
    pub vat_kind: String,
    /// Sales price.
    pub price: Decimal,
    /// Keeps stock.
    pub keeps_stock: bool,
    /// Technical stock.
    pub technical_stock: Decimal,
    /// Free stock.
    pub free_stock: Decimal,
    /// Everything, as the API names it.
    pub doc: Json,
}

/// An order in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenOrder {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub number: i64,
    /// Relation.
    pub relation: Uuid,
    /// Code of the relation.
    pub relation_code: i64,
    /// Date.
    pub date: Date,
    /// Payment reference.
    pub payment_reference: String,
    /// Customer's reference.
    pub order_reference: String,
    /// Description.
    pub description: String,
    /// Stage.
    pub stage: String,
    /// Blocked.
    pub blocked: bool,
    /// Prices are with VAT.
    pub inclusive: bool,
    /// Lines.
    pub lines: Vec<SeenLine>,
    /// Invoice address.
    pub invoice_address: SeenAddress,
    /// Delivery address.
    pub delivery_address: SeenAddress,
    /// VAT as the books compute it.
    pub vat: OrderVat,
    /// Invoice, once there is one.
    pub invoice: Option<Uuid>,
    /// When it last changed.
    pub modified: Timestamp,
    /// Everything, as the API names it.
    pub doc: Json,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLine {
    /// Article code; empty on a text line.
    pub code: String,
    /// Text.
    pub description: String,
    /// Quantity.
    pub quantity: Decimal,
    /// Unit price in the order's VAT mode.
    pub unit_price: Decimal,
    /// Total in the order's VAT mode.
    pub total: Decimal,
}

/// An invoice in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenInvoice {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub number: String,
    /// Amount with VAT.
    pub amount: Decimal,
    /// Still open.
    pub open: Decimal,
    /// Everything, as the API names it.
    pub doc: Json,
}

impl Simulator {
    /// The clock, to move.
    #[must_use]
    pub fn clock(&self) -> &MovableClock {
        &self.office.clock
    }

    /// Changes switches.
    pub fn knobs(&self, change: impl FnOnce(&mut Knobs)) {
        change(&mut lock(&self.office.knobs));
    }

    /// The switches as they stand.
    #[must_use]
    pub fn knobs_now(&self) -> Knobs {
        lock(&self.office.knobs).clone()
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Log {
        lock(&self.office.log).clone()
    }

    /// Requests that did not match the API's definition; empty also when the file is not at hand.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        lock(&self.office.violations).clone()
    }

    /// Are requests checked against the API's definition?
    #[must_use]
    pub fn checks_requests(&self) -> bool {
        self.office.definition.is_some()
    }

    /// Most calls at the same moment so far.
    #[must_use]
    pub fn most_at_work(&self) -> usize {
        lock(&self.office.counters).most_at_work()
    }

    /// Calls the limits refused so far.
    #[must_use]
    pub fn refused_by_limits(&self) -> usize {
        lock(&self.office.counters).refused()
    }

    /// Tokens handed out so far.
    #[must_use]
    pub fn tokens_handed_out(&self) -> usize {
        lock(&self.office.keys).handed_out()
    }

    /// The whole administration, to look at.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.office.open_books().world)
    }

    /// All relations, fixtures included.
    #[must_use]
    pub fn relations(&self) -> Vec<SeenRelation> {
        self.read(|world| {
            world
                .relations
                .iter()
                .map(|row| seen_relation(world, row))
                .collect()
        })
    }

    /// Relations of that code.
    #[must_use]
    pub fn relation_by_code(&self, code: i64) -> Option<SeenRelation> {
        self.relations()
            .into_iter()
            .find(|relation| relation.code == code)
    }

    /// All articles.
    #[must_use]
    pub fn articles(&self) -> Vec<SeenArticle> {
        let knobs = self.knobs_now();
        self.read(|world| {
            let taken = stock::taken(world, &knobs);
            world
                .articles
                .iter()
                .map(|row| seen_article(world, row, &taken))
                .collect()
        })
    }

    /// The article of that code.
    #[must_use]
    pub fn article_by_code(&self, code: &str) -> Option<SeenArticle> {
        self.articles()
            .into_iter()
            .find(|article| article.code == code)
    }

    /// All orders, also those lists do not show yet.
    #[must_use]
    pub fn orders(&self) -> Vec<SeenOrder> {
        let knobs = self.knobs_now();
        self.read(|world| {
            world
                .orders
                .iter()
                .map(|row| seen_order(world, row, &knobs))
                .collect()
        })
    }

    /// Orders with exactly that payment reference.
    #[must_use]
    pub fn orders_by_reference(&self, reference: &str) -> Vec<SeenOrder> {
        let mut orders = self.orders();
        orders.retain(|order| order.payment_reference == reference);
        orders
    }

    /// The order with that payment reference; none when there is none.
    #[must_use]
    pub fn order_by_reference(&self, reference: &str) -> Option<SeenOrder> {
        self.orders_by_reference(reference).into_iter().next()
    }

    /// All invoices.
    #[must_use]
    pub fn invoices(&self) -> Vec<SeenInvoice> {
        self.read(|world| world.invoices.iter().map(seen_invoice).collect())
    }
}

fn text(doc: &Json, name: &str) -> String {
    doc.text(name).unwrap_or_default().to_string()
}

fn seen_address(world: &World, address: Option<&Json>) -> SeenAddress {
    let Some(address) = address else {
        return SeenAddress::default();
    };
    let country = address
        .reference("land")
        .and_then(|id| world.country_code(id));
    SeenAddress {
        contact: text(address, "contactpersoon"),
        street: text(address, "straat"),
        postcode: text(address, "postcode"),
        city: text(address, "plaats"),
        country: country.unwrap_or_default().to_string(),
    }
}

fn seen_relation(world: &World, row: &Record) -> SeenRelation {
    SeenRelation {
        id: row.id,
        code: row.doc.whole("relatiecode").unwrap_or_default(),
        is_customer: super::rules::relation::is_customer(&row.doc),
        name: text(&row.doc, "naam"),
        email: text(&row.doc, "email"),
        vat_number: text(&row.doc, "btwNummer"),
        address: seen_address(world, row.doc.get("vestigingsAdres")),
        doc: row.doc.clone(),
    }
}

fn seen_article(world: &World, row: &Record, taken: &stock::Taken) -> SeenArticle {
    let (technical_stock, free_stock) = stock::of_article(world, taken, row.id);
    let group = row
        .doc
        .reference("artikelOmzetgroep")
        .and_then(|id| world.groups.get(id));
    SeenArticle {
        id: row.id,
        code: text(&row.doc, "artikelcode"),
        description: text(&row.doc, "omschrijving"),
        vat_kind: group
            .map(|g| text(&g.doc, "verkoopNederlandBtwSoort"))
            .unwrap_or_default(),
        price: row.doc.amount("verkoopprijs").unwrap_or_default(),
        keeps_stock: row.doc.flag("voorraadControle").unwrap_or_default(),
        technical_stock,
        free_stock,
        doc: row.doc.clone(),
    }
}

fn seen_order(world: &World, row: &Record, knobs: &Knobs) -> SeenOrder {
    let doc = &row.doc;
    let relation = doc.reference("relatie").unwrap_or_default();
    let code = world
        .relations
        .get(relation)
        .and_then(|r| r.doc.whole("relatiecode"));
    SeenOrder {
        id: row.id,
        number: doc.whole("nummer").unwrap_or_default(),
        relation,
        relation_code: code.unwrap_or_default(),
        date: vat::order_date(doc),
        payment_reference: text(doc, "betalingskenmerk"),
        order_reference: text(doc, "orderreferentie"),
        description: text(doc, "omschrijving"),
        stage: text(doc, "procesStatus"),
        blocked: doc.flag("geblokkeerd").unwrap_or_default(),
        inclusive: doc.text("verkooporderBtwIngaveModel") == Some("Inclusief"),
        lines: doc
            .list("regels")
            .iter()
            .map(|line| seen_line(world, line))
            .collect(),
        invoice_address: seen_address(world, doc.get("factuuradres")),
        delivery_address: seen_address(world, doc.get("afleveradres")),
        vat: vat::of_order(world, doc, knobs),
        invoice: doc.reference("verkoopfactuur"),
        modified: row.modified,
        doc: doc.clone(),
    }
}

fn seen_line(world: &World, line: &Json) -> SeenLine {
    let article = line
        .reference("artikel")
        .and_then(|id| world.articles.get(id));
    SeenLine {
        code: article
            .map(|row| text(&row.doc, "artikelcode"))
            .unwrap_or_default(),
        description: text(line, "omschrijving"),
        quantity: line.amount("aantal").unwrap_or_default(),
        unit_price: line.amount("stuksprijs").unwrap_or_default(),
        total: vat::line_total(&world.company, line),
    }
}

fn seen_invoice(row: &Record) -> SeenInvoice {
    SeenInvoice {
        id: row.id,
        number: text(&row.doc, "factuurnummer"),
        amount: row.doc.amount("factuurBedrag").unwrap_or_default(),
        open: row.doc.amount("openstaandSaldo").unwrap_or_default(),
        doc: row.doc.clone(),
    }
}

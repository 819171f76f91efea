//! The order's own fields, told a second time: from the settings and what the shop says, not from the
//! plan.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug::{
    books::{BookAddress, ProcessStage, RelationDraft, plan::RelationStep},
    profile::settings::{
        Addresses, Blocked, Form, InvoicedBy, Payment, PaymentReference, SaleKind,
    },
    text::with_thousands,
    translate::Plan,
};
use winkelbrug_protocol::record::{CustomField, Order};

use super::{
    Case,
    vat::{Sale, Treatment},
};

/// What has to stand in the fields of an order; none = nothing is told here.
#[derive(Debug, Clone)]
pub struct Header {
    date: String,
    reference: Option<String>,
    order_reference: Option<String>,
    /// The whole of it, and how much of it fits.
    description: Option<(String, usize)>,
    template: Option<Option<String>>,
    stage: ProcessStage,
    blocked: Option<bool>,
    cost_centre: Option<Option<String>>,
    term: Option<i64>,
    /// What the memo says, and whether it says anything else.
    memo: Vec<String>,
    nothing_else: bool,
    /// Where addresses are from, and their countries.
    addresses: Origin,
}

/// Country of an invoice address and of a delivery address.
type Countries = [Option<String>; 2];

#[derive(Debug, Clone)]
struct Origin {
    /// The shop's, as far as the order has any.
    shop: Countries,
    /// Where the owner wants the card's: those of the cards that have an address, by id.
    cards: Option<BTreeMap<String, Countries>>,
    /// Of a new card, or one that is brought up to date.
    new: Option<String>,
    /// Codes of cards that are nobody's.
    fixed: Vec<String>,
    /// Where the goods go, and whether that country decides the VAT whatever the card says.
    to: String,
    decides: bool,
    home: String,
}

pub fn header(case: &Case<'_>, sale: &Sale) -> Header {
    let (order, sales) = (case.order, &case.settings.sales);
    let mapped = |to: &str| case.settings.mapping.iter().any(|rule| rule.to == to);
    let own = order.shop_reference.as_deref().unwrap_or(&order.number);
    let shop_invoices = sales.invoiced_by == Some(InvoicedBy::Shop);
    Header {
        date: order.placed_local[..10].to_owned(),
        reference: reference(case),
        order_reference: (!mapped("order.reference")).then(|| start(&tidy(own), 50)),
        description: (!mapped("order.description")).then(|| description(case)),
        template: template(case, sale),
        stage: sales.process_stage,
        blocked: match sales.blocked {
            _ if shop_invoices => Some(true),
            Blocked::Always => Some(true),
            Blocked::Never => Some(false),
            Blocked::AsTemplate => None,
        },
        cost_centre: cost_centre(case),
        term: term(case),
        memo: memo(case, shop_invoices),
        nothing_else: !mapped("order.memo"),
        addresses: addresses(case, sale),
    }
}

/// # Errors
/// A field that is another one.
pub fn agrees(header: &Header, plan: &Plan) -> Result<(), String> {
    let order = &plan.order;
    let mut wrong = Vec::new();
    let mut same = |what: &str, wanted: String, is: String| {
        if wanted != is {
            wrong.push(format!("{what} {wanted:?}, not {is:?}"));
        }
    };
    same("date", header.date.clone(), order.date.to_string());
    if let Some(reference) = &header.reference {
        same(
            "reference",
            reference.clone(),
            order.payment_reference.clone(),
        );
    }
    if let Some(reference) = &header.order_reference {
        same(
            "order reference",
            reference.clone(),
            order.order_reference.clone(),
        );
    }
    if let Some((whole, limit)) = &header.description {
        let is = order.description.as_str();
        if whole.chars().count() <= *limit {
            same("description", whole.clone(), is.to_owned());
        } else {
            let fits = whole.starts_with(is) && is.chars().count() <= *limit;
            let most = is.chars().count() * 2 >= *limit;
            let noted = plan.notes.iter().any(|note| note.nl.contains(whole));
            same(
                "description cut and noted",
                "true".to_owned(),
                (fits && most && noted).to_string(),
            );
        }
    }
    if let Some(template) = &header.template {
        same("template", shown(template), shown(&order.template));
    }
    same(
        "stage",
        format!("{:?}", header.stage),
        format!("{:?}", order.stage),
    );
    same(
        "blocked",
        format!("{:?}", header.blocked),
        format!("{:?}", order.blocked),
    );
    if let Some(centre) = &header.cost_centre {
        same("cost centre", shown(centre), shown(&order.cost_centre));
    }
    same(
        "term",
        format!("{:?}", header.term),
        format!("{:?}", order.payment_term),
    );
    let mut memo: Vec<&str> = order
        .memo
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    for line in &header.memo {
        match memo.iter().position(|known| *known == line) {
            Some(at) => drop(memo.remove(at)),
            None => same("memo", line.clone(), order.memo.clone()),
        }
    }
    if header.nothing_else {
        same("memo besides", String::new(), memo.join("\n"));
    }
    let country = |address: &Option<winkelbrug::books::BookAddress>| {
        address.as_ref().map(|address| address.country.clone())
    };
    let is = [
        country(&order.invoice_address),
        country(&order.delivery_address),
    ];
    same(
        "countries",
        format!("{:?}", countries(&header.addresses, plan)),
        format!("{is:?}"),
    );
    let discounts = order
        .lines
        .iter()
        .any(|line| !line.discount_percent.is_zero());
    same(
        "discounts",
        "0 false".to_owned(),
        format!("{} {discounts}", order.invoice_discount),
    );
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

fn shown(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "none".to_owned())
}

/// In one line, without characters nobody sees.
pub fn tidy(text: &str) -> String {
    let seen: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn start(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// None where another order of ours has it too: then it is chosen by what is in the books.
pub fn reference(case: &Case<'_>) -> Option<String> {
    let (order, sales) = (case.order, &case.settings.sales);
    let mut same = case.facts.same_reference.iter();
    if same.any(|known| known.bound_to.is_some()) {
        return None;
    }
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let value = match sales.payment_reference {
        PaymentReference::None => String::new(),
        PaymentReference::OrderNumber => order.number.clone(),
        PaymentReference::ShopReference => {
            filled(&order.shop_reference).unwrap_or_else(|| order.number.clone())
        }
        PaymentReference::InvoiceNumber => filled(&order.invoice_number).unwrap_or_default(),
    };
    let value = value.trim();
    if value.is_empty() {
        return Some(String::new());
    }
    let limit = case.facts.payment_reference_length;
    let room = limit.saturating_sub(value.chars().count());
    let whole = format!("{}{value}", start(&sales.payment_reference_prefix, room));
    let over = whole.chars().count().saturating_sub(limit);
    Some(whole.chars().skip(over).collect())
}

fn description(case: &Case<'_>) -> (String, usize) {
    let (order, form) = (case.order, case.settings.sales.description.as_str());
    let (number, status) = (order.number.trim(), order.status.name.trim());
    let paid = order.payment.title.trim();
    let address = &order.invoice_address;
    let name = match tidy(&address.company) {
        company if company.is_empty() => {
            tidy(&format!("{} {}", address.first_name, address.last_name))
        }
        company => company,
    };
    let day: Vec<&str> = order.placed_local[..10].split('-').rev().collect();
    let whole = match form {
        "empty" => String::new(),
        "profile-name" => case.settings.name.clone(),
        "webshop-order" => format!("Webshop order {number}"),
        "generated" => {
            let parts = [&format!("Bestelling {number}"), status, paid];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            parts.join(" - ")
        }
        // None of the recorded names and titles holds a placeholder.
        own => own["template:".len()..]
            .replace("{number}", &order.number)
            .replace("{status}", status)
            .replace("{payment}", paid)
            .replace("{profile}", &case.settings.name)
            .replace("{date}", &day.join("-"))
            .replace("{name}", &name),
    };
    (tidy(&whole), case.facts.description_length)
}

/// The first of the fields of that name or id that is filled: the order's, the account's, the addresses'.
fn said(order: &Order, field: &str) -> Option<String> {
    let is = |known: &CustomField| {
        [&known.id, &known.name]
            .iter()
            .any(|name| name.trim().to_lowercase() == field.trim().to_lowercase())
    };
    let mut fields: Vec<&CustomField> = order.custom_fields.iter().collect();
    fields.extend(&order.customer.custom_fields);
    fields.extend(&order.invoice_address.custom_fields);
    if let Some(address) = &order.delivery_address {
        fields.extend(&address.custom_fields);
    }
    fields.retain(|known| !field.trim().is_empty() && is(known) && !known.value.trim().is_empty());
    fields.first().map(|known| known.value.trim().to_owned())
}

/// The outer none: told by the customer's latest order, or not in the books.
fn template(case: &Case<'_>, sale: &Sale) -> Option<Option<String>> {
    let (order, sales) = (case.order, &case.settings.sales);
    if sales.form == Form::Booking {
        return Some(None);
    }
    let kind = match sale.treatment {
        Treatment::Domestic => SaleKind::Domestic,
        Treatment::EuAtHomeRates | Treatment::Oss => SaleKind::EuConsumer,
        Treatment::EuBusiness => SaleKind::EuBusiness,
        Treatment::Export => SaleKind::Export,
    };
    let wanted = match said(order, &sales.order_fields.template) {
        Some(wanted) => wanted,
        None if sales.template_follow_last && !case.facts.last_templates.is_empty() => return None,
        None => {
            let language = order.language.to_lowercase().replace('_', "-");
            let rule = sales.templates.iter().find(|rule| {
                let wanted = rule.language.to_lowercase().replace('_', "-");
                let store = rule.store.trim().to_lowercase();
                let region = language.strip_prefix(&wanted).unwrap_or("?");
                (wanted.is_empty() || region.is_empty() || region.starts_with('-'))
                    && (rule.country.is_empty() || rule.country.to_uppercase() == sale.country)
                    && (store.is_empty()
                        || store == order.store.id.to_lowercase()
                        || store == order.store.name.trim().to_lowercase())
                    && (rule.vat.is_none() || rule.vat == Some(kind))
            });
            rule.map_or(&sales.template, |rule| &rule.template).clone()
        }
    };
    if wanted.is_empty() {
        return Some(None);
    }
    let mut templates = case.facts.lookups.templates.iter();
    let named = templates.find(|known| known.name == wanted || known.id == wanted)?;
    Some(Some(named.id.clone()))
}

fn cost_centre(case: &Case<'_>) -> Option<Option<String>> {
    let sales = &case.settings.sales;
    let wanted = said(case.order, &sales.order_fields.cost_centre);
    let wanted = wanted.unwrap_or_else(|| sales.cost_centre.clone());
    if wanted.is_empty() {
        return Some(None);
    }
    let mut centres = case.facts.lookups.cost_centres.iter();
    let named = centres.find(|known| known.number.to_string() == wanted || known.name == wanted)?;
    Some(Some(named.id.clone()))
}

fn term(case: &Case<'_>) -> Option<i64> {
    let payment = &case.order.payment;
    let rules = &case.settings.sales.payment;
    let of = |name: &str| -> Option<&Payment> {
        let mut rules = rules.iter();
        let wanted = name.trim().to_lowercase();
        let rule = rules.find(|(key, _)| !wanted.is_empty() && key.trim().to_lowercase() == wanted);
        rule.map(|(_, rule)| rule)
    };
    let rule = of(&payment.code).or_else(|| of(&payment.title))?;
    rule.term_days.map(i64::from)
}

fn memo(case: &Case<'_>, shop_invoices: bool) -> Vec<String> {
    let order = case.order;
    let mut lines = Vec::new();
    if shop_invoices {
        lines.push(match &order.invoice_number {
            Some(number) => {
                format!("Door de webwinkel gefactureerd: factuur {number}. Niet factureren.")
            }
            None => "De webwinkel factureert zelf. Niet factureren.".to_owned(),
        });
    }
    if let Some(seller) = said(order, &case.settings.sales.order_fields.seller) {
        lines.push(format!("Verkoper: {seller}"));
    }
    let comment: String = order
        .comment
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    lines.extend(comment.lines().map(|line| line.trim().to_owned()));
    lines.retain(|line| !line.is_empty());
    let money = &order.money;
    if !money.order_code.is_empty() && money.order_code != money.code {
        let rate = case.facts.exchange_rate.map(|rate| rate.normalize());
        let dutch = |number: Decimal| number.to_string().replace('.', ",");
        let rate = rate.map_or(String::new(), |rate| format!(" (koers {})", dutch(rate)));
        let (code, total) = (&money.order_code, with_thousands(&dutch(money.order_total)));
        lines.push(format!("Betaald in de winkel: {code} {total}{rate}"));
    }
    lines
}

fn addresses(case: &Case<'_>, sale: &Sale) -> Origin {
    let (order, customers) = (case.order, &case.settings.customers);
    let decides = matches!(sale.treatment, Treatment::EuAtHomeRates | Treatment::Oss);
    // An address without street, postcode and city is none.
    let country = |address: &winkelbrug_protocol::record::Address| {
        let parts = [
            &address.line1,
            &address.line2,
            &address.postcode,
            &address.city,
        ];
        let filled = parts.iter().any(|part| !tidy(part).is_empty());
        filled.then(|| address.country.to_uppercase())
    };
    let invoice = country(&order.invoice_address);
    let delivery = match &order.delivery_address {
        Some(delivery) => country(delivery),
        None => invoice.clone().filter(|_| decides),
    };
    let from_card = case.settings.sales.addresses == Addresses::CustomerCard;
    let cards = from_card.then(|| {
        let mut cards = BTreeMap::new();
        for relation in &case.facts.relations {
            let of = |address: &BookAddress| {
                let there = !tidy(&address.street).is_empty() && !tidy(&address.city).is_empty();
                there.then(|| address.country.to_uppercase())
            };
            if let Some(home) = of(&relation.address) {
                // Invoices may go to another relation, wherever that is.
                let letters = of(&relation.correspondence).unwrap_or_else(|| home.clone());
                let letters = Some(letters).filter(|_| !relation.invoiced_elsewhere);
                cards.insert(relation.id.clone(), [letters, Some(home)]);
            }
        }
        cards
    });
    let fixed = customers.default_codes.values();
    let fixed = fixed.chain([&customers.default_code]);
    Origin {
        new: invoice.clone(),
        shop: [invoice, delivery],
        cards,
        fixed: fixed.map(|code| code.trim().to_owned()).collect(),
        to: sale.country.clone(),
        decides,
        home: sale.home.clone(),
    }
}

/// The countries that have to stand on it, on whichever card it is.
fn countries(from: &Origin, plan: &Plan) -> Countries {
    let Some(cards) = &from.cards else {
        return from.shop.clone();
    };
    let moved = |draft: &RelationDraft| {
        let moved = !draft.address.street.is_empty();
        from.new.clone().filter(|_| moved)
    };
    let card = |id: &String| cards.get(id).and_then(|card| card[1].clone());
    let home = match &plan.relation {
        RelationStep::Create { draft, .. } => moved(draft),
        RelationStep::Use { code, .. } if from.fixed.contains(&code.to_string()) => None,
        RelationStep::Use { id, .. } => card(id),
        RelationStep::Update { id, draft, .. } => moved(draft).or_else(|| card(id)),
    };
    let Some(home) = home else {
        return from.shop.clone();
    };
    let known = match &plan.relation {
        RelationStep::Use { id, .. } | RelationStep::Update { id, .. } => cards.get(id),
        RelationStep::Create { .. } => None,
    };
    // A card whose letters go elsewhere has its invoices sent there.
    let elsewhere = known.filter(|card| card[0] != card[1]);
    let invoice = elsewhere.map_or_else(|| Some(home.clone()), |card| card[0].clone());
    let there = if home.is_empty() { &from.home } else { &home };
    let delivery = if from.decides || *there != from.to {
        from.shop[1].clone().or_else(|| from.shop[0].clone())
    } else {
        Some(home.clone())
    };
    [invoice, delivery]
}

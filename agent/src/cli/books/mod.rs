//! `books`: what the administration holds, as the agent sees it. The trial administration is read
//! itself, in full; any other by its mirror, without asking it anything.

mod bookings;

use std::{collections::HashMap, sync::Arc};

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    arguments::{self, BookPart},
    exit::Exit,
    screen::{Screen, clean},
    session::Session,
    table::Table,
};
use crate::{
    administration::{self, Administration, Mirror, Part},
    books::{Article, BookedOrder, Relation},
    clock::SystemClock,
    failure::Result,
    profile::{
        Settings,
        settings::{AdministrationKind, Form},
    },
    stop::Stop,
    text,
    text::Language,
};

/// What there is to show.
#[derive(Default)]
struct Held {
    orders: Vec<BookedOrder>,
    relations: Vec<Relation>,
    articles: Vec<Article>,
}

pub(super) async fn run(session: &Session, arguments: &arguments::Books) -> Result<Exit> {
    let settings = session.data.profiles().get(&arguments.name)?.settings;
    let what = arguments.what.unwrap_or(match settings.sales.form {
        Form::Order => BookPart::Orders,
        Form::Booking => BookPart::Bookings,
    });
    if what == BookPart::Bookings {
        bookings::run(session, &settings).await?;
        return Ok(Exit::Done);
    }
    let mut held = if settings.administration.kind == AdministrationKind::Trial {
        in_full(session, &settings).await?
    } else {
        mirrored(session, &settings)?
    };
    held.orders.sort_by(by_number);
    held.relations.sort_by_key(|relation| relation.code);
    held.articles
        .sort_by(|left, right| left.code.cmp(&right.code));
    match what {
        BookPart::Orders | BookPart::Bookings => orders(session.screen, &held),
        BookPart::Relations => relations(session.screen, &held.relations),
        BookPart::Articles => articles(session.screen, &held.articles),
    }
    Ok(Exit::Done)
}

async fn in_full(session: &Session, settings: &Settings) -> Result<Held> {
    let books: Arc<dyn Administration> = administration::open(
        settings,
        &session.vault(),
        &session.journal()?,
        session.data.path(),
        Arc::new(SystemClock),
        &Stop::new(),
    )?;
    let mut held = Held::default();
    let all = Part::default();
    books
        .orders(all, &mut |page, _| {
            held.orders.extend(page);
            Ok(())
        })
        .await?;
    books
        .relations(all, &mut |page, _| {
            held.relations.extend(page);
            Ok(())
        })
        .await?;
    books
        .articles(all, &mut |page, _| {
            held.articles.extend(page);
            Ok(())
        })
        .await?;
    Ok(held)
}

fn mirrored(session: &Session, settings: &Settings) -> Result<Held> {
    let Some(mirror) = Mirror::known(&session.journal()?, &settings.name)? else {
        session.screen.remark(&text!(
            "Deze administratie is nog niet bekeken; dat gebeurt bij: winkelbrug run {name}",
            "This administration has not been looked at yet; that happens at: winkelbrug run {name}",
            name = settings.name
        ));
        return Ok(Held::default());
    };
    Ok(Held {
        orders: mirror.orders()?,
        relations: mirror.relations()?,
        articles: mirror.articles()?,
    })
}

/// By the number the books gave, as a number where it is one.
fn by_number(left: &BookedOrder, right: &BookedOrder) -> std::cmp::Ordering {
    fn key(order: &BookedOrder) -> (u64, &str, &str) {
        let number = order.number.trim().parse().unwrap_or(u64::MAX);
        (number, &order.number, &order.id)
    }
    key(left).cmp(&key(right))
}

/// VAT of an order; none where the books do not tell both totals.
fn vat(order: &BookedOrder) -> Option<Decimal> {
    Some(order.total_incl? - order.total_excl?)
}

fn orders(screen: Screen, held: &Held) {
    let relations: HashMap<&str, &Relation> = held
        .relations
        .iter()
        .map(|relation| (relation.id.as_str(), relation))
        .collect();
    let codes: HashMap<&str, &str> = held
        .articles
        .iter()
        .map(|article| (article.id.as_str(), article.code.as_str()))
        .collect();
    if screen.json {
        let shown: Vec<Value> = held
            .orders
            .iter()
            .map(|order| order_for_programs(order, &relations, &codes))
            .collect();
        screen.json(&shown);
        return;
    }
    let headings = match screen.language {
        Language::Dutch => [
            "verkooporder",
            "datum",
            "betalingskenmerk",
            "totaal",
            "btw",
            "relatie",
            "naam",
            "omschrijving",
        ],
        Language::English => [
            "sales order",
            "date",
            "reference",
            "total",
            "VAT",
            "relation",
            "name",
            "description",
        ],
    };
    let mut table = Table::new(headings);
    for order in &held.orders {
        let relation = relations.get(order.relation.as_str());
        table.row([
            order.number.clone(),
            order
                .date
                .map_or_else(|| "-".to_owned(), |date| screen.language.day(date)),
            order.payment_reference.clone(),
            order
                .total_incl
                .map_or_else(|| "-".to_owned(), |total| screen.amount(total)),
            vat(order).map_or_else(|| "-".to_owned(), |vat| screen.amount(vat)),
            relation.map_or_else(|| "-".to_owned(), |relation| relation.code.to_string()),
            relation.map_or_else(String::new, |relation| relation.name.clone()),
            order.description.clone(),
        ]);
        for line in &order.lines {
            table.note(order_line(screen, line, &codes));
        }
    }
    show(screen, &table, held.orders.len());
}

fn order_line(
    screen: Screen,
    line: &crate::books::BookedLine,
    codes: &HashMap<&str, &str>,
) -> String {
    let code = line
        .article
        .as_deref()
        .and_then(|article| codes.get(article))
        .copied()
        .unwrap_or_default();
    let quantity = screen.number(line.quantity);
    let price = screen.amount(line.unit_price);
    clean(&format!(
        "    {quantity} × {price}  {code}  {}",
        line.description
    ))
}

fn order_for_programs(
    order: &BookedOrder,
    relations: &HashMap<&str, &Relation>,
    codes: &HashMap<&str, &str>,
) -> Value {
    let relation = relations.get(order.relation.as_str());
    let mut object = object(order);
    if let Some(fields) = object.as_object_mut() {
        let code = relation.map(|relation| relation.code);
        let name = relation.map(|relation| relation.name.as_str());
        fields.insert("relation_code".to_owned(), json!(code));
        fields.insert("relation_name".to_owned(), json!(name));
        fields.insert("vat".to_owned(), json!(vat(order)));
    }
    let lines = object.get_mut("lines").and_then(Value::as_array_mut);
    for (line, booked) in lines.into_iter().flatten().zip(&order.lines) {
        let code = booked
            .article
            .as_deref()
            .and_then(|article| codes.get(article));
        if let Some(fields) = line.as_object_mut() {
            fields.insert("article_code".to_owned(), json!(code));
        }
    }
    object
}

fn relations(screen: Screen, relations: &[Relation]) {
    if screen.json {
        screen.json(&relations.iter().map(object).collect::<Vec<_>>());
        return;
    }
    let headings = match screen.language {
        Language::Dutch => [
            "klantcode",
            "naam",
            "postcode",
            "plaats",
            "land",
            "btw-nummer",
            "e-mail",
        ],
        Language::English => [
            "code",
            "name",
            "postcode",
            "city",
            "country",
            "VAT number",
            "e-mail",
        ],
    };
    let mut table = Table::new(headings);
    for relation in relations {
        let address = &relation.address;
        table.row([
            relation.code.to_string(),
            relation.name.clone(),
            address.postcode.clone(),
            address.city.clone(),
            address.country.clone(),
            relation.vat_number.clone(),
            relation.email.clone(),
        ]);
    }
    show(screen, &table, relations.len());
}

fn articles(screen: Screen, articles: &[Article]) {
    if screen.json {
        screen.json(&articles.iter().map(object).collect::<Vec<_>>());
        return;
    }
    let headings = match screen.language {
        Language::Dutch => [
            "artikelcode",
            "prijs",
            "vrije voorraad",
            "technische voorraad",
            "omschrijving",
        ],
        Language::English => [
            "article code",
            "price",
            "free stock",
            "technical stock",
            "description",
        ],
    };
    let mut table = Table::new(headings);
    let stock = |article: &Article, figure: Decimal| {
        if article.keeps_stock {
            screen.number(figure)
        } else {
            "-".to_owned()
        }
    };
    for article in articles {
        table.row([
            article.code.clone(),
            screen.amount(article.price),
            stock(article, article.free_stock),
            stock(article, article.technical_stock),
            article.description.clone(),
        ]);
    }
    show(screen, &table, articles.len());
}

fn show(screen: Screen, table: &Table, count: usize) {
    if count == 0 {
        screen.say(&text!("Niets.", "Nothing."));
    } else {
        table.lines().iter().for_each(|line| screen.line(line));
    }
}

fn object<T: Serialize>(record: &T) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}

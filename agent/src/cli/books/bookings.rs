//! Booked invoices and their credits: those of the trial administration in full; elsewhere those this profile wrote, as
//! the journal knows them, since SnelStart has no list of its bookings.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::show;
use crate::{
    administration::{Mirror, trial::Trial},
    books::{BookingVat, Payment, Relation, SalesVat, VatKind},
    cli::{screen::Screen, session::Session, table::Table},
    clock::SystemClock,
    failure::Result,
    journal::invoices::Invoice,
    profile::{Settings, settings::AdministrationKind},
    text,
    text::{Language, Text},
};

/// One booked invoice as it is shown.
struct Shown {
    number: String,
    order: Option<String>,
    credit_of: Option<String>,
    day: String,
    relation_code: Option<i64>,
    relation_name: String,
    total: Decimal,
    vat: Vec<(&'static str, Decimal)>,
    vat_total: Option<Decimal>,
    paid: Option<Decimal>,
    paid_on: Option<String>,
    journal: Option<String>,
    open: Option<Decimal>,
}

/// Shows them.
pub(super) async fn run(session: &Session, settings: &Settings) -> Result<()> {
    let shown = if settings.administration.kind == AdministrationKind::Trial {
        in_full(session, settings).await?
    } else {
        written(session, settings)?
    };
    let screen = session.screen;
    if screen.json {
        screen.json(&shown.iter().map(for_programs).collect::<Vec<_>>());
    } else {
        table(screen, &shown);
    }
    Ok(())
}

const fn kind(kind: SalesVat) -> &'static str {
    match kind {
        SalesVat::VerkopenHoog => "hoog",
        SalesVat::VerkopenLaag => "laag",
        SalesVat::VerkopenOverig => "overig",
    }
}

fn rows(vat: &[BookingVat]) -> Vec<(&'static str, Decimal)> {
    vat.iter().map(|row| (kind(row.kind), row.amount)).collect()
}

async fn in_full(session: &Session, settings: &Settings) -> Result<Vec<Shown>> {
    use crate::administration::{Administration, Part};
    let clock = std::sync::Arc::new(SystemClock);
    let trial = Trial::open(session.data.path(), &settings.name, clock)?;
    let mut relations: BTreeMap<String, Relation> = BTreeMap::new();
    trial
        .relations(Part::default(), &mut |page, _| {
            relations.extend(page.into_iter().map(|one| (one.id.clone(), one)));
            Ok(())
        })
        .await?;
    let names: BTreeMap<String, String> = trial
        .daybooks()
        .await?
        .into_iter()
        .map(|one| (one.id, one.name))
        .collect();
    let mut paid_on: HashMap<String, Vec<Payment>> = HashMap::new();
    for (_, payment) in trial.payments()? {
        for booking in &payment.bookings {
            let of_it = paid_on.entry(booking.clone()).or_default();
            of_it.push(payment.clone());
        }
    }
    let mut ours: HashMap<String, Invoice> = HashMap::new();
    for invoice in session.journal()?.invoices(&settings.name)? {
        ours.insert(invoice.number.clone(), invoice);
    }
    let bookings = trial.bookings()?.into_iter();
    Ok(bookings
        .map(|booking| {
            let (order, credit_of) = match ours.remove(&booking.number) {
                Some(invoice) => (Some(invoice.order), invoice.credit_of),
                None => (None, None),
            };
            let relation = relations.get(&booking.relation);
            let payments = paid_on.remove(&booking.id).unwrap_or_default();
            let latest = payments.iter().max_by_key(|payment| payment.date);
            // VAT of another country stands on a line, on the account of foreign VAT.
            let net: Decimal = booking
                .lines
                .iter()
                .filter(|line| !Trial::is_foreign_vat(&line.ledger) || line.vat != VatKind::Geen)
                .map(|line| line.amount)
                .sum();
            Shown {
                order,
                credit_of,
                day: booking.date.map(|day| day.to_string()).unwrap_or_default(),
                relation_code: relation.map(|relation| relation.code),
                relation_name: relation.map(|one| one.name.clone()).unwrap_or_default(),
                total: booking.amount,
                vat: rows(&booking.vat),
                vat_total: (!booking.lines.is_empty()).then(|| booking.amount - net),
                paid: latest.map(|_| payments.iter().map(|payment| payment.amount).sum()),
                paid_on: latest.and_then(|payment| Some(payment.date?.to_string())),
                journal: latest.and_then(|payment| names.get(&payment.daybook).cloned()),
                open: booking.open,
                number: booking.number,
            }
        })
        .collect())
}

fn written(session: &Session, settings: &Settings) -> Result<Vec<Shown>> {
    let journal = session.journal()?;
    let mirror = Mirror::known(&journal, &settings.name)?;
    let name = |invoice: &Invoice| -> Result<String> {
        let relation = match &mirror {
            Some(mirror) => mirror.relation(&invoice.relation)?,
            None => None,
        };
        Ok(relation.map(|relation| relation.name).unwrap_or_default())
    };
    let invoices = journal.invoices(&settings.name)?.into_iter();
    invoices
        .map(|invoice| {
            let relation_name = name(&invoice)?;
            Ok(Shown {
                relation_name,
                vat: rows(&invoice.vat),
                vat_total: invoice.total_excl.map(|excl| invoice.total - excl),
                // Only what was booked as paid is known; the books are not asked.
                open: invoice.paid.map(|paid| invoice.total - paid),
                number: invoice.number,
                order: Some(invoice.order),
                credit_of: invoice.credit_of,
                day: invoice.day,
                relation_code: invoice.relation_code,
                total: invoice.total,
                paid: invoice.paid,
                paid_on: invoice.paid_on,
                journal: invoice.daybook,
            })
        })
        .collect()
}

fn for_programs(one: &Shown) -> Value {
    let vat: Vec<Value> = one
        .vat
        .iter()
        .map(|(kind, amount)| json!({ "kind": kind, "amount": amount }))
        .collect();
    json!({
        "number": one.number,
        "order": one.order,
        "credit_of": one.credit_of,
        "date": one.day,
        "relation_code": one.relation_code,
        "relation_name": one.relation_name,
        "total": one.total,
        "vat": vat,
        "vat_total": one.vat_total,
        "paid": one.paid,
        "paid_on": one.paid_on,
        "journal": one.journal,
        "open": one.open,
    })
}

fn table(screen: Screen, shown: &[Shown]) {
    let headings = match screen.language {
        Language::Dutch => [
            "factuur", "datum", "totaal", "btw", "betaald", "open", "relatie", "naam",
        ],
        Language::English => [
            "invoice", "date", "total", "VAT", "paid", "open", "relation", "name",
        ],
    };
    let amount = |amount: Option<Decimal>| {
        amount.map_or_else(|| "-".to_owned(), |amount| screen.amount(amount))
    };
    let day = |day: &str| {
        day.parse()
            .map_or_else(|_| "-".to_owned(), |date| screen.language.day(date))
    };
    let mut table = Table::new(headings);
    for one in shown {
        table.row([
            one.number.clone(),
            day(&one.day),
            screen.amount(one.total),
            vat_in_words(screen, one),
            amount(one.paid),
            amount(one.open),
            one.relation_code
                .map_or_else(|| "-".to_owned(), |code| code.to_string()),
            one.relation_name.clone(),
        ]);
        let mut note = |text: &Text| table.note(crate::cli::screen::clean(screen.words(text)));
        if let (Some(invoice), Some(order)) = (&one.credit_of, &one.order) {
            note(&text!(
                "    creditering van factuur {invoice}, bestelling {order}",
                "    credit of invoice {invoice}, order {order}"
            ));
        }
        if let (Some(paid_on), Some(journal)) = (&one.paid_on, &one.journal) {
            let on = day(paid_on);
            note(&if one.total < Decimal::ZERO {
                text!(
                    "    terugbetaald {on}, {journal}",
                    "    paid back {on}, {journal}"
                )
            } else {
                text!("    betaald {on}, {journal}", "    paid {on}, {journal}")
            });
        }
    }
    show(screen, &table, shown.len());
}

/// Per kind; VAT that has no kind (another country's) as a sum.
fn vat_in_words(screen: Screen, one: &Shown) -> String {
    if one.vat.is_empty() {
        return one
            .vat_total
            .map_or_else(|| "-".to_owned(), |vat| screen.amount(vat));
    }
    let rows: Vec<String> = one
        .vat
        .iter()
        .map(|(kind, amount)| format!("{kind} {}", screen.amount(*amount)))
        .collect();
    rows.join(" + ")
}

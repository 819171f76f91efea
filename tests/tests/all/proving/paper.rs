//! An order as a bookkeeper reads it: where it goes, the VAT number on it and the customer it lands on, its lines
//! with article, revenue group and VAT, and the boxes of the VAT return (rubrieken) it ends in.

use std::{collections::BTreeMap, fmt::Write};

use rust_decimal::{Decimal, RoundingStrategy, dec};
use testbed::truth::books::{Books, line_total};
use winkelbrug::{
    books::{BookingDraft, LineDraft, PriceMode, SalesVat, VatKind},
    translate::{Outcome, Plan, Reason, plan::RelationStep},
};
use winkelbrug_protocol::record::Order;

use super::chart;

/// A box of the return (Belastingdienst, aangifte omzetbelasting), or what stands outside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rubric {
    /// 1a: sales at home at the high rate.
    High,
    /// 1b: at the low rate.
    Low,
    /// 1c: at any other rate above 0%.
    Other,
    /// 1e: at 0%, untaxed, or with VAT the buyer pays.
    Untaxed,
    /// 3a: outside the EU.
    Export,
    /// 3b: to businesses elsewhere in the EU.
    WithinEu,
    /// In the OSS return, by country and rate; a booking tells neither.
    Oss(String),
    /// Goods under the margin scheme, of which 1a or 1b bears only the margin.
    Margin,
    /// No turnover: gift cards, credit, differences.
    NoTurnover,
}

impl Rubric {
    fn name(&self) -> String {
        match self {
            Self::High => "1a".to_owned(),
            Self::Low => "1b".to_owned(),
            Self::Other => "1c".to_owned(),
            Self::Untaxed => "1e".to_owned(),
            Self::Export => "3a".to_owned(),
            Self::WithinEu => "3b".to_owned(),
            Self::Oss(rate) => format!("OSS {rate}").trim_end().to_owned(),
            Self::Margin => "marge".to_owned(),
            Self::NoTurnover => "geen omzet".to_owned(),
        }
    }
}

/// Turnover without VAT, and VAT, per box.
pub type Boxes = BTreeMap<Rubric, (Decimal, Decimal)>;

/// An order with its lines, on paper.
pub struct Paper {
    /// First line: number, day, and what became of it.
    pub lines: Vec<String>,
    /// Where it ends in the return.
    pub boxes: Boxes,
    /// It is a booked invoice.
    pub booked: bool,
}

/// Puts it on paper.
pub fn paper(order: &Order, outcome: &Outcome, books: &Books) -> Paper {
    let day = order.placed_local.get(..10).unwrap_or_default();
    let head = format!("{}  {day}", order.number);
    let waits = |word: &str, reason: &Reason| {
        let told = format!("    {}: {}", place(order), reason.text.nl);
        let lines = vec![format!("{head}  {word}: {}", reason.code), told];
        (lines, Boxes::new())
    };
    let (lines, boxes) = match outcome {
        Outcome::Plan(plan) => written(&head, order, plan, books),
        Outcome::Held(reason) => waits("wacht", reason),
        Outcome::Stop(reason) => waits("stopt", reason),
        Outcome::Skipped(reason) => {
            let line = format!("{head}  geen order: {}", reason.code);
            (vec![line], Boxes::new())
        }
        Outcome::Link { .. } => (vec![format!("{head}  staat er al")], Boxes::new()),
    };
    let booked = matches!(outcome, Outcome::Plan(plan) if plan.booking.is_some());
    Paper {
        lines,
        boxes,
        booked,
    }
}

fn written(head: &str, bought: &Order, plan: &Plan, books: &Books) -> (Vec<String>, Boxes) {
    let order = &plan.order;
    let country = destination(bought);
    let customer = format!("    {}; {}", place(bought), customer(plan, books));
    let mut lines = vec![format!("{head}  {}", of_the_order(plan)), customer];
    if !order.memo.is_empty() {
        lines.push(format!("    memo: {}", order.memo.replace('\n', " / ")));
    }
    if let Some(booking) = &plan.booking {
        let (booked, boxes) = booked(booking);
        lines.extend(booked);
        return (lines, boxes);
    }
    let mut boxes = Boxes::new();
    let mut per_box: BTreeMap<(Rubric, Decimal), Decimal> = BTreeMap::new();
    for line in &order.lines {
        if line.article.is_none() {
            lines.push(format!("    \"{}\"", line.description));
            continue;
        }
        let percent = books.percent_of(plan, line);
        let rubric = rubric(&country, plan, line, books, percent);
        let total = line_total(line);
        lines.push(format!(
            "    {:>6} × {:>8}  {:<20} {:<16} {:>4}% {:>10}  {}",
            line.quantity.normalize(),
            line.unit_price,
            line.code,
            books.group_name(plan, line),
            percent.normalize(),
            two(total),
            rubric.name(),
        ));
        *per_box.entry((rubric, percent)).or_default() += total;
    }
    for ((rubric, percent), gross) in per_box {
        let vat = inside(gross, percent, order.price_mode);
        let sums = boxes.entry(rubric).or_insert((dec!(0), dec!(0)));
        sums.0 += gross - vat;
        sums.1 += vat;
    }
    let total: Decimal = order.lines.iter().map(line_total).sum();
    lines.push(format!("    totaal {}; {}", two(total), told(&boxes)));
    (lines, boxes)
}

/// A booked invoice: its ledgers and VAT rows.
fn booked(booking: &BookingDraft) -> (Vec<String>, Boxes) {
    let mut lines = Vec::new();
    let mut boxes = Boxes::new();
    for line in &booking.lines {
        let (rubric, is_vat) = match (line.ledger.as_str(), line.vat) {
            ("eu", _) => (Rubric::WithinEu, false),
            ("export", _) => (Rubric::Export, false),
            (chart::FOREIGN_VAT, _) => (Rubric::Oss(String::new()), true),
            ("ledger-7" | "ledger-8", _) => (Rubric::NoTurnover, false),
            ("ledger-9", _) => (Rubric::Margin, false),
            (ledger, _) if ledger.starts_with("oss") => (Rubric::Oss(String::new()), false),
            (_, VatKind::Hoog) => (Rubric::High, false),
            (_, VatKind::Laag) => (Rubric::Low, false),
            (_, VatKind::Geen | VatKind::Overig) => (Rubric::Untaxed, false),
        };
        let (ledger, kind) = (chart::called(&line.ledger), format!("{:?}", line.vat));
        let (amount, name) = (two(line.amount), rubric.name());
        lines.push(format!("    {ledger:<28} {kind:<6} {amount:>10}  {name}"));
        let sums = boxes.entry(rubric).or_insert((dec!(0), dec!(0)));
        if is_vat {
            sums.1 += line.amount;
        } else {
            sums.0 += line.amount;
        }
    }
    for row in &booking.vat {
        let rubric = match row.kind {
            SalesVat::VerkopenHoog => Rubric::High,
            SalesVat::VerkopenLaag => Rubric::Low,
            SalesVat::VerkopenOverig => Rubric::Other,
        };
        let (amount, name) = (two(row.amount), rubric.name());
        lines.push(format!("    btw {:?} {amount:>10}  {name}", row.kind));
        boxes.entry(rubric).or_insert((dec!(0), dec!(0))).1 += row.amount;
    }
    lines.push(format!(
        "    totaal {}; {}",
        two(booking.amount),
        told(&boxes)
    ));
    (lines, boxes)
}

/// Its own fields, as far as settings decide them.
fn of_the_order(plan: &Plan) -> String {
    let order = &plan.order;
    let mode = match order.price_mode {
        PriceMode::Inclusief => "incl.",
        PriceMode::Exclusief => "excl.",
    };
    let mut text = format!(
        "{mode}  {:?}  kenmerk \"{}\"  \"{}\"",
        order.stage, order.payment_reference, order.description
    );
    for (name, value) in [
        ("sjabloon", &order.template),
        ("kostenplaats", &order.cost_centre),
    ] {
        if let Some(value) = value {
            let _ = write!(text, "  {name} {value}");
        }
    }
    if let Some(days) = order.payment_term {
        let _ = write!(text, "  {days} dagen");
    }
    if let Some(blocked) = order.blocked {
        text += if blocked { "  geblokkeerd" } else { "  vrij" };
    }
    if let Some(booking) = &plan.booking {
        let _ = write!(text, "  boeking {}", booking.number);
    }
    text
}

/// Where it goes, and the VAT number the buyer gave.
fn place(order: &Order) -> String {
    let number = order.customer.vat_number.as_deref().map(str::trim);
    let number = number.filter(|number| !number.is_empty());
    let number = number.map_or_else(String::new, |number| format!(", btw-nummer {number}"));
    format!("naar {}{number}", destination(order))
}

/// The customer it lands on, and why.
fn customer(plan: &Plan, books: &Books) -> String {
    let name = |id: &str| {
        let mut known = books.relations.iter();
        let known = known.find(|relation| relation.id == id);
        known.map_or_else(String::new, |relation| {
            let card = [
                &relation.name,
                &relation.address.country,
                &relation.vat_number,
            ];
            joined(&card)
        })
    };
    match &plan.relation {
        RelationStep::Use { id, code, why } => format!("relatie {code} {} ({})", name(id), why.nl),
        RelationStep::Update {
            id,
            code,
            changes,
            why,
            ..
        } => {
            let changed = changes.iter();
            let changed: Vec<String> = changed
                .map(|change| format!("{} wordt {}", change.field.nl, change.to))
                .collect();
            let changed = changed.join(", ");
            format!(
                "relatie {code} {} ({}); bijgewerkt: {changed}",
                name(id),
                why.nl
            )
        }
        RelationStep::Create { draft, why } => {
            let card = [&draft.name, &draft.address.country, &draft.vat_number];
            let mut text = format!("nieuwe relatie {} ({})", joined(&card), why.nl);
            if let Some(code) = draft.code {
                let _ = write!(text, ", klantcode {code}");
            }
            if let Some(days) = draft.payment_term {
                let _ = write!(text, ", {days} dagen");
            }
            for (what, to) in [
                ("facturen", &draft.invoice_email),
                ("aanmaningen", &draft.reminder_email),
            ] {
                if to.is_some() {
                    let _ = write!(text, ", {what} per e-mail");
                }
            }
            text
        }
    }
}

fn joined(parts: &[&String]) -> String {
    let filled = parts.iter().filter(|part| !part.is_empty());
    let filled: Vec<&str> = filled.map(|part| part.as_str()).collect();
    filled.join(", ")
}

/// The box by what SnelStart knows of a line: the order's price mode, the country, and the group.
fn rubric(country: &str, plan: &Plan, line: &LineDraft, books: &Books, percent: Decimal) -> Rubric {
    let kind = books.kind_of(plan, line);
    match books.group_name(plan, line) {
        "Cadeaubonnen" | "Verschillen" => return Rubric::NoTurnover,
        "Omzet marge" => return Rubric::Margin,
        _ => {}
    }
    match (plan.order.price_mode, kind) {
        (PriceMode::Exclusief, _) if IN_THE_EU.contains(&country) => Rubric::WithinEu,
        (PriceMode::Exclusief, _) => Rubric::Export,
        (PriceMode::Inclusief, VatKind::Geen) => Rubric::Untaxed,
        (PriceMode::Inclusief, VatKind::Overig) if percent.is_zero() => Rubric::Untaxed,
        (PriceMode::Inclusief, _) if country != "NL" && books.company.foreign_vat => {
            Rubric::Oss(format!("{country} {}%", percent.normalize()))
        }
        (PriceMode::Inclusief, VatKind::Hoog) => Rubric::High,
        (PriceMode::Inclusief, VatKind::Laag) => Rubric::Low,
        (PriceMode::Inclusief, VatKind::Overig) => Rubric::Other,
    }
}

/// The box of each article of an order, by its code; none for what is no turnover.
pub fn box_of_each(order: &Order, plan: &Plan, books: &Books) -> BTreeMap<String, Option<String>> {
    let country = destination(order);
    let articles = plan
        .order
        .lines
        .iter()
        .filter(|line| line.article.is_some());
    articles
        .map(|line| {
            let percent = books.percent_of(plan, line);
            let name = match rubric(&country, plan, line, books, percent) {
                Rubric::NoTurnover => None,
                Rubric::Oss(_) => Some("OSS".to_owned()),
                other => Some(other.name()),
            };
            (line.code.clone(), name)
        })
        .collect()
}

/// Member states the recorded shops deliver to.
const IN_THE_EU: [&str; 6] = ["NL", "BE", "DE", "FR", "IT", "LU"];

fn destination(order: &Order) -> String {
    let delivery = order.delivery_address.as_ref();
    delivery.unwrap_or(&order.invoice_address).country.clone()
}

fn inside(gross: Decimal, percent: Decimal, mode: PriceMode) -> Decimal {
    match mode {
        PriceMode::Exclusief => dec!(0),
        PriceMode::Inclusief => (gross * percent / (dec!(100) + percent))
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
    }
}

/// Boxes in one line.
pub fn told(boxes: &Boxes) -> String {
    let told: Vec<String> = boxes
        .iter()
        .map(|(rubric, (net, vat))| {
            let name = rubric.name();
            match vat.is_zero() {
                true => format!("{name}: {}", two(*net)),
                false => format!("{name}: {} + {}", two(*net), two(*vat)),
            }
        })
        .collect();
    told.join("; ")
}

/// Two decimals.
pub fn two(amount: Decimal) -> String {
    let mut amount = amount;
    amount.rescale(2);
    amount.to_string()
}

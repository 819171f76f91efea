//! An order as a bookkeeper reads it: its lines with article, revenue group and VAT, and the boxes of
//! the VAT return (rubrieken) it ends in.

use std::{collections::BTreeMap, fmt::Write};

use rust_decimal::{Decimal, RoundingStrategy, dec};
use testbed::truth::books::{Books, line_total};
use winkelbrug::{
    books::{BookingDraft, LineDraft, PriceMode, SalesVat, VatKind},
    translate::{Outcome, Plan, plan::RelationStep},
};
use winkelbrug_protocol::record::Order;

/// A box of the return (Belastingdienst, aangifte omzetbelasting), or what stands outside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rubric {
    /// 1a: sales at home at the high rate.
    High,
    /// 1b: at the low rate.
    Low,
    /// 1e: at 0%, untaxed, or with VAT the buyer pays.
    Untaxed,
    /// 3a: outside the EU.
    Export,
    /// 3b: to businesses elsewhere in the EU.
    WithinEu,
    /// In the OSS return, by country and rate; a booking tells neither.
    Oss(String),
    /// No turnover: gift cards, credit, differences.
    NoTurnover,
}

impl Rubric {
    fn name(&self) -> String {
        match self {
            Self::High => "1a".to_owned(),
            Self::Low => "1b".to_owned(),
            Self::Untaxed => "1e".to_owned(),
            Self::Export => "3a".to_owned(),
            Self::WithinEu => "3b".to_owned(),
            Self::Oss(rate) => format!("OSS {rate}").trim_end().to_owned(),
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
    let (lines, boxes) = match outcome {
        Outcome::Plan(plan) => written(&head, order, plan, books),
        Outcome::Held(reason) => (
            vec![format!("{head}  wacht: {}", reason.code)],
            Boxes::new(),
        ),
        Outcome::Skipped(reason) => (
            vec![format!("{head}  geen order: {}", reason.code)],
            Boxes::new(),
        ),
        Outcome::Stop(reason) => (
            vec![format!("{head}  stopt: {}", reason.code)],
            Boxes::new(),
        ),
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
    let mut lines = vec![format!("{head}  {}", of_the_order(plan))];
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
            ("foreign-vat", _) => (Rubric::Oss(String::new()), true),
            ("ledger-7" | "ledger-8", _) => (Rubric::NoTurnover, false),
            (ledger, _) if ledger.starts_with("oss") => (Rubric::Oss(String::new()), false),
            (_, VatKind::Hoog) => (Rubric::High, false),
            (_, VatKind::Laag) => (Rubric::Low, false),
            (_, VatKind::Geen | VatKind::Overig) => (Rubric::Untaxed, false),
        };
        let (ledger, kind) = (&line.ledger, format!("{:?}", line.vat));
        let (amount, name) = (two(line.amount), rubric.name());
        lines.push(format!("    {ledger:<12} {kind:<6} {amount:>10}  {name}"));
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
            SalesVat::VerkopenOverig => Rubric::Untaxed,
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
    let relation = match &plan.relation {
        RelationStep::Use { code, .. } => format!("relatie {code}"),
        RelationStep::Update { code, .. } => format!("relatie {code} bijgewerkt"),
        RelationStep::Create { .. } => "nieuwe relatie".to_owned(),
    };
    let mut text = format!(
        "{mode}  {:?}  kenmerk \"{}\"  \"{}\"  {relation}",
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

/// The box by what SnelStart knows of a line: the order's price mode, the country, and the group.
fn rubric(country: &str, plan: &Plan, line: &LineDraft, books: &Books, percent: Decimal) -> Rubric {
    let kind = books.kind_of(plan, line);
    if BALANCE.contains(&books.group_name(plan, line)) {
        return Rubric::NoTurnover;
    }
    match (plan.order.price_mode, kind) {
        (PriceMode::Exclusief, _) if IN_THE_EU.contains(&country) => Rubric::WithinEu,
        (PriceMode::Exclusief, _) => Rubric::Export,
        (PriceMode::Inclusief, VatKind::Geen | VatKind::Overig) => Rubric::Untaxed,
        (PriceMode::Inclusief, _) if country != "NL" && books.company.foreign_vat => {
            Rubric::Oss(format!("{country} {}%", percent.normalize()))
        }
        (PriceMode::Inclusief, VatKind::Hoog) => Rubric::High,
        (PriceMode::Inclusief, VatKind::Laag) => Rubric::Low,
    }
}

/// Groups on balance ledgers: gift cards and credit, and differences.
const BALANCE: [&str; 2] = ["Cadeaubonnen", "Verschillen"];

/// Member states the recorded shops deliver to.
const IN_THE_EU: [&str; 5] = ["NL", "BE", "DE", "FR", "IT"];

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

//! All orders of all databases under every profile: written with the shop's total and VAT per rate, or
//! held for a reason the rules give; how many are held; and each on paper.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use rust_decimal::{Decimal, dec};
use testbed::truth::books::Rounding;
use winkelbrug::{
    books::BookingDraft,
    profile::settings::Recognition,
    translate::{self, Outcome},
};
use winkelbrug_protocol::record::Order;

use super::{
    paper::{Boxes, Paper, paper, told},
    profiles::{self, Profile},
    shops::{self, Database},
};
use crate::{
    model::{self, Agreed},
    translate_shops::desk::{cents, shop_vat},
};

/// What became of a database's orders under a profile.
struct Ledger {
    papers: Vec<Paper>,
    agreed: BTreeMap<Agreed, usize>,
    wrong: Vec<String>,
}

impl Ledger {
    fn of(database: &Database, profile: &Profile) -> Self {
        let mut books = profile.books(database);
        let mut ledger = Self {
            papers: Vec::new(),
            agreed: BTreeMap::new(),
            wrong: Vec::new(),
        };
        let settings = &profile.settings;
        for order in &database.shop.orders {
            let facts = books.facts(order, settings, &database.shop.lookups);
            let outcome = translate::order(order, settings, &facts);
            let verdict = model::judge(order, settings, &facts);
            let agreed = model::compare(&verdict, &outcome, settings, &facts);
            match agreed.and_then(|agreed| figures(order, &outcome, &books).map(|()| agreed)) {
                Ok(agreed) => *ledger.agreed.entry(agreed).or_default() += 1,
                Err(error) => ledger.wrong.push(format!(
                    "{} {} {}: {error}",
                    database.name, profile.name, order.number
                )),
            }
            ledger.papers.push(paper(order, &outcome, &books));
            if let Outcome::Plan(plan) = &outcome {
                books.apply(plan);
            }
        }
        ledger
    }

    fn count(&self, which: &[Agreed]) -> usize {
        let counts = which.iter().filter_map(|how| self.agreed.get(how));
        counts.sum()
    }

    /// Held, and all that are orders for the books.
    fn share(&self) -> (usize, usize) {
        let held = self.count(&[Agreed::Held, Agreed::HeldAsAllowed, Agreed::HeldByPoints]);
        let written = self.count(&[Agreed::ToTheCent, Agreed::WithinItsCents]);
        (held, held + written)
    }

    fn boxes(&self) -> Boxes {
        let mut all = Boxes::new();
        for (rubric, (net, vat)) in self.papers.iter().flat_map(|paper| &paper.boxes) {
            let sums = all.entry(rubric.clone()).or_insert((dec!(0), dec!(0)));
            sums.0 += net;
            sums.1 += vat;
        }
        all
    }

    /// Every order in full.
    fn in_full(&self) -> String {
        let orders = self.papers.iter().map(|paper| paper.lines.join("\n"));
        let orders: Vec<String> = orders.collect();
        format!("{}\n\naangifte\n    {}\n", orders.join("\n\n"), self.told())
    }

    /// What differs from another profile: lines that are gone, and lines that came.
    fn beside(&self, other: &Self) -> String {
        let mut text = String::new();
        for (ours, theirs) in self.papers.iter().zip(&other.papers) {
            // What is not written, or booked on ledgers, is another paper altogether.
            let other = ours.boxes.is_empty() || ours.booked != theirs.booked;
            let gone = if other {
                Vec::new()
            } else {
                without(&theirs.lines, &ours.lines)
            };
            let came = if ours.booked {
                ours.lines.iter().collect()
            } else {
                without(&ours.lines, &theirs.lines)
            };
            if gone.is_empty() && came.is_empty() {
                continue;
            }
            let marked = |mark: char, lines: Vec<&String>| {
                let lines = lines.into_iter().map(|line| format!("{mark} {line}\n"));
                lines.collect::<String>()
            };
            let head = theirs.lines[0].split("  ").next().unwrap_or_default();
            text += &format!("{head}\n{}{}\n", marked('-', gone), marked('+', came));
        }
        if text.is_empty() {
            "niets\n\n".clone_into(&mut text);
        }
        format!("{text}aangifte\n    {}\n", self.told())
    }

    /// The boxes, one a line.
    fn told(&self) -> String {
        told(&self.boxes()).replace("; ", "\n    ")
    }
}

/// Lines of the first that are not among the second, each as often as it is there.
fn without<'l>(lines: &'l [String], others: &[String]) -> Vec<&'l String> {
    let mut others: Vec<&String> = others.iter().collect();
    lines
        .iter()
        .filter(|line| match others.iter().position(|other| other == line) {
            Some(at) => {
                others.remove(at);
                false
            }
            None => true,
        })
        .collect()
}

/// Whatever the model says: the books, computing anew, come to the shop's total and VAT per rate.
fn figures(
    order: &Order,
    outcome: &Outcome,
    books: &testbed::truth::books::Books,
) -> Result<(), String> {
    let Outcome::Plan(plan) = outcome else {
        return Ok(());
    };
    if let Some(booking) = &plan.booking {
        return figures_booked(order, booking);
    }
    let (total, ours) = (cents(order.total), books.total(plan));
    if ours != total {
        return Err(format!("total {ours}, not {total}"));
    }
    for rounding in [Rounding::PerRate, Rounding::PerLine] {
        let mut vat = books.vat(plan, rounding);
        for (percent, shop) in shop_vat(order) {
            let ours = vat.remove(&percent).unwrap_or_default();
            if (ours - shop).abs() > dec!(0.01) {
                return Err(format!(
                    "VAT {ours}, not {shop}, at {percent}% ({rounding:?})"
                ));
            }
        }
        if let Some((percent, vat)) = vat.iter().find(|(_, vat)| vat.abs() > dec!(0.01)) {
            return Err(format!("VAT {vat} at {percent}% ({rounding:?})"));
        }
    }
    Ok(())
}

/// A booked invoice comes to the shop's total, and its VAT to the shop's.
fn figures_booked(order: &Order, booking: &BookingDraft) -> Result<(), String> {
    let rows: Decimal = booking.vat.iter().map(|row| row.amount).sum();
    let lines: Decimal = booking.lines.iter().map(|line| line.amount).sum();
    let total = cents(order.total);
    if booking.amount != total || lines + rows != total {
        return Err(format!("total {lines} + {rows}, not {total}"));
    }
    let abroad = booking
        .lines
        .iter()
        .filter(|line| line.ledger == "foreign-vat");
    let vat: Decimal = rows + abroad.map(|line| line.amount).sum::<Decimal>();
    let rates = shop_vat(order);
    let shop: Decimal = rates.values().sum();
    let room = Decimal::new(i64::try_from(rates.len().max(1)).unwrap(), 2) + dec!(0.005);
    if (vat - shop).abs() > room {
        return Err(format!("VAT {vat}, not {shop}"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_right_or_held_under_every_profile() {
    let (profiles, databases) = (profiles::all(), shops::every().await);
    let mut wrong = Vec::new();
    let mut shares: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    let mut beyond = Vec::new();
    for database in databases {
        let first = Ledger::of(database, &profiles[0]);
        for profile in &profiles {
            let ledger = Ledger::of(database, profile);
            wrong.extend(ledger.wrong.iter().cloned());
            shares
                .entry(&profile.name)
                .or_default()
                .push(ledger.share());
            // None is held that the rules do not demand to hold, but where only cents decide.
            let open = ledger.count(&[Agreed::HeldAsAllowed]);
            let relation = ledger.count(&[Agreed::HeldByPoints]);
            let smart = profile.settings.customers.recognition == Recognition::Smart;
            let like = if smart { NOT_TOLD_APART } else { 0 };
            if open > ROUNDED_PER_PIECE || relation > like {
                let (database, profile) = (database.name, &profile.name);
                beyond.push(format!("{database} {profile}: {open} and {relation}"));
            }
            let text = if profile.name == profiles[0].name {
                ledger.in_full()
            } else {
                ledger.beside(&first)
            };
            on_paper(database.name, &profile.name, &text);
        }
    }
    if databases.is_empty() {
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
    let names: Vec<&str> = databases.iter().map(|database| database.name).collect();
    let table = table(&names, &shares);
    on_paper("share-held", "all", &table);
    let page = include_str!("../../../../docs/translation.md");
    assert!(
        page.contains(&table),
        "docs/translation.md has another table than:\n{table}"
    );
}

/// Orders of a database whose VAT was rounded on every piece: whole cents may not come to it.
const ROUNDED_PER_PIECE: usize = 1;

/// Orders of a database of which `smart` cannot tell whose they are: in the recorded shops guests of one
/// e-mail address and postcode order under many names. Every other profile holds one only where the
/// rules demand it.
const NOT_TOLD_APART: usize = 7;

/// The share held, a line a profile.
fn table(databases: &[&str], shares: &BTreeMap<&str, Vec<(usize, usize)>>) -> String {
    let mut table = format!("| profile | {} |\n", databases.join(" | "));
    table += &format!("| --- |{}\n", " --- |".repeat(databases.len()));
    for (profile, shares) in shares {
        let cells: Vec<String> = shares
            .iter()
            .map(|(held, all)| format!("{held} of {all}"))
            .collect();
        table += &format!("| {profile} | {} |\n", cells.join(" | "));
    }
    table
}

fn on_paper(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("papers/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

/// All amounts are sums of cents: nothing is lost between the papers and the return.
#[tokio::test(flavor = "multi_thread")]
async fn the_return_is_the_sum_of_its_orders() {
    let profiles = profiles::all();
    for database in shops::every().await {
        let ledger = Ledger::of(database, &profiles[0]);
        let boxes: Decimal = ledger.boxes().values().map(|(net, vat)| net + vat).sum();
        let papers = ledger.papers.iter().flat_map(|paper| paper.boxes.values());
        let orders: Decimal = papers.map(|(net, vat)| net + vat).sum();
        assert_eq!(boxes, orders, "{}", database.name);
    }
}

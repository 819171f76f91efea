//! Every setting below `[sales]`, `[vat]`, `[articles]`, `[customers]` and `[[mapping]]` has a table that
//! shows each of its choices, and its default in `docs/settings.md`. A new setting or choice without
//! either fails here.

pub mod articles;
mod customers;
mod documented;
mod header;
mod lines;
mod mapping;
mod templates;
mod vat;

use std::collections::{BTreeMap, BTreeSet};

use testbed::truth::books::COST_SETTINGS;
use toml::Value;
use winkelbrug::{
    profile::{Settings, read},
    translate::{Facts, Outcome, Plan},
};

use crate::{
    proving::choices::{self, Choice},
    translate::desk::{Desk, desk},
};

/// A setting, an order that shows what it does, and what comes of each of its choices.
struct Table {
    /// The setting, as its choices are named ([`choices::offered`]).
    key: &'static str,
    /// The orders, each with its books: a plain one, changed.
    scenes: Vec<fn(&mut Desk)>,
    /// What else is known of them.
    facts: fn(&mut Facts),
    /// What the books of all its orders have besides.
    prepared: Option<fn(&mut Desk)>,
    /// What is looked at in a plan.
    look: fn(&Plan) -> String,
    /// Lines of the profile, and what comes of every scene.
    rows: Vec<(String, String)>,
}

impl Table {
    fn new(
        key: &'static str,
        scene: fn(&mut Desk),
        look: fn(&Plan) -> String,
        rows: &[(&str, &str)],
    ) -> Self {
        let owned = |(lines, end): &(&str, &str)| ((*lines).to_owned(), (*end).to_owned());
        Self {
            key,
            scenes: vec![scene],
            facts: |_| {},
            prepared: None,
            look,
            rows: rows.iter().map(owned).collect(),
        }
    }

    /// And these orders.
    fn and(mut self, scenes: &[fn(&mut Desk)]) -> Self {
        self.scenes.extend(scenes);
        self
    }

    fn knowing(mut self, facts: fn(&mut Facts)) -> Self {
        self.facts = facts;
        self
    }

    /// What comes of its orders with these lines in the profile.
    fn end(&self, lines: &str) -> String {
        let settings = settings(self.key, lines);
        let ends = self.scenes.iter().map(|scene| {
            let mut desk = desk();
            scene(&mut desk);
            if let Some(prepared) = self.prepared {
                prepared(&mut desk);
            }
            desk.settings = settings.clone();
            self.told(desk.outcome_with(self.facts))
        });
        ends.collect::<Vec<_>>().join(" | ")
    }

    fn told(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Plan(plan) => (self.look)(&plan),
            Outcome::Link { .. } => "linked".to_owned(),
            Outcome::Held(reason) => format!("held {}", reason.code),
            Outcome::Skipped(reason) => format!("skipped {}", reason.code),
            Outcome::Stop(reason) => format!("stopped {}", reason.code),
        }
    }
}

/// Choices that act outside the translation of an order, and the test that shows each.
pub const ELSEWHERE: [(&str, &str, &str); 8] = [
    (
        "sales.payment.*.journal",
        "set",
        "three_methods_are_booked_in_three_journals_once_the_shop_says_paid",
    ),
    (
        "sales.payment.*.pay_back",
        "journal",
        "a_refund_after_booking_is_paid_back_on_its_credit_on_its_own_day",
    ),
    (
        "sales.payment.*.pay_back",
        "by-hand",
        "where_the_owner_pays_back_himself_no_entry_is_made_of_a_refund",
    ),
    (
        "sales.refunds",
        "propose",
        "a_refund_after_import_is_one_item_with_its_credit_prepared_and_written_once_on_a_yes",
    ),
    (
        "sales.refunds",
        "write",
        "refunds_are_written_by_themselves_where_the_owner_says_so",
    ),
    (
        "sales.cancelled",
        "block",
        "a_cancelled_order_is_blocked_and_deleted_only_on_a_yes",
    ),
    (
        "sales.cancelled",
        "report",
        "a_cancelled_order_is_only_reported_where_the_owner_says_so",
    ),
    (
        "vat.ecb_url",
        "set",
        "an_order_in_pounds_is_written_at_the_rate_the_owner_enters",
    ),
];

/// Choices that mean the same.
const SAME: [(&str, &str, &str); 1] = [("sales.recipes", "false", "never")];

fn tables() -> Vec<Table> {
    [
        header::tables(),
        templates::tables(),
        lines::tables(),
        vat::tables(),
        articles::tables(),
        customers::tables(),
        mapping::tables(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A profile that names all articles for costs and the groups of the demo's tax classes, with these
/// lines over it; read as the program reads it.
fn settings(key: &str, lines: &str) -> Settings {
    let mut profile: Value = toml::from_str(&format!(
        r#"
        format = 1
        name = "winkel"
        [shop]
        url = "https://winkel.example.com"
        [shop.upload]
        host = "ftp.example.com"
        user = "winkel"
        [administration]
        kind = "trial"
        [sales]
        {COST_SETTINGS}
        [articles.revenue_groups]
        "Hoog" = "Omzet hoog"
        "11" = "2"
        "" = "omzet geen"
        "Hoog met bijdrage" = "Omzet hoog"
        "#
    ))
    .unwrap();
    if key.starts_with("articles.revenue_groups") {
        profile["articles"]["revenue_groups"] = Value::Table(toml::Table::new());
    }
    over(&mut profile, own(lines));
    let source = toml::to_string(&profile).unwrap();
    read::settings(&source).unwrap_or_else(|error| panic!("{key}: {lines}: {error:?}"))
}

fn own(lines: &str) -> Value {
    toml::from_str(lines).unwrap_or_else(|error| panic!("{lines}: {error}"))
}

fn over(under: &mut Value, value: Value) {
    match (under, value) {
        (Value::Table(under), Value::Table(values)) => {
            for (key, value) in values {
                match under.get_mut(&key) {
                    Some(known) => over(known, value),
                    None => drop(under.insert(key, value)),
                }
            }
        }
        (under, value) => *under = value,
    }
}

#[test]
fn each_choice_of_each_setting_comes_to_what_its_table_shows() {
    let mut wrong = Vec::new();
    for table in tables() {
        for (lines, wanted) in &table.rows {
            let end = table.end(lines);
            if end != *wanted {
                wrong.push(format!(
                    "{}\n  {lines}\n  is     {end}\n  wanted {wanted}",
                    table.key
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_choice_of_every_setting_has_its_row() {
    let wanted: BTreeSet<Choice> = choices::all(documented::MAPPING_WORDS);
    let mut shown: BTreeSet<Choice> = BTreeSet::new();
    for table in tables() {
        for (lines, _) in &table.rows {
            let used = choices::used(&own(lines), documented::MAPPING_WORDS);
            shown.extend(used.into_iter().filter(|(key, _)| key == table.key));
        }
    }
    let elsewhere = ELSEWHERE.map(|(key, choice, _)| (key.to_owned(), choice.to_owned()));
    shown.extend(elsewhere);
    let missing: Vec<&Choice> = wanted.difference(&shown).collect();
    assert!(missing.is_empty(), "no table shows {missing:#?}");
}

#[test]
fn no_two_choices_of_a_setting_come_to_the_same() {
    let same = |key: &str, one: &str, other: &str| {
        SAME.iter().any(|(of, first, second)| {
            *of == key && [(*first, *second), (*second, *first)].contains(&(one, other))
        })
    };
    for table in tables() {
        let mut ends: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (lines, end) in &table.rows {
            let used = choices::used(&own(lines), documented::MAPPING_WORDS);
            for (_, choice) in used.into_iter().filter(|(key, _)| key == table.key) {
                ends.entry(choice).or_default().insert(end);
            }
        }
        for (one, ends_of_one) in &ends {
            for (other, ends_of_other) in ends.iter().filter(|(other, _)| one < *other) {
                assert!(
                    ends_of_one != ends_of_other || same(table.key, one, other),
                    "{}: {one} and {other} both come to {ends_of_one:?}",
                    table.key
                );
            }
        }
    }
}

/// The one row without the setting comes to what the row of its default does, where there is one.
#[test]
fn what_is_left_out_is_the_documented_default() {
    for table in tables() {
        let absent = table.rows.iter().find(|(lines, _)| {
            let used = choices::used(&own(lines), documented::MAPPING_WORDS);
            used.iter().all(|(key, _)| key != table.key)
        });
        let Some((_, absent)) = absent else { continue };
        let Some(default) = documented::default_of(table.key) else {
            continue;
        };
        let with_default = table.rows.iter().find(|(lines, _)| {
            let used = choices::used(&own(lines), documented::MAPPING_WORDS);
            used.contains(&(table.key.to_owned(), default.clone()))
        });
        if let Some((lines, end)) = with_default {
            assert_eq!(end, absent, "{} {lines}", table.key);
        }
    }
}

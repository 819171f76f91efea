//! No choice is made in name only: without it, as if its profile had not named the setting, some order of some
//! database is written otherwise, or held otherwise.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;
use winkelbrug::{
    books::{BookingDraft, OrderDraft, RelationDraft},
    profile::{Settings, read},
    translate::{
        self, Outcome, Plan,
        plan::{ArticleStep, RelationStep},
    },
};

use super::{
    choices::{self, Choice, Step},
    derived,
    profiles::{self, Profile},
    shops::{self, Database},
};
use crate::settings_shown;

/// Settings with choices that cannot show on an order as it is translated, and why; the test that shows each
/// stands in [`settings_shown::ELSEWHERE`].
const ELSEWHERE: [(&str, &str); 5] = [
    (
        "sales.refunds",
        "whether a credit waits for a yes is asked once the order stands in the books",
    ),
    (
        "sales.cancelled",
        "it says what becomes of an order that is cancelled after it was written",
    ),
    (
        "sales.payment.*.journal",
        "a payment is an entry beside the booked invoice, made once the shop says paid",
    ),
    (
        "sales.payment.*.pay_back",
        "so is what is paid back, once its credit is written",
    ),
    (
        "vat.ecb_url",
        "a rate is offered in the hint of an order that is held without it too",
    ),
];

/// Not chosen counts as this: only `check` asks for it.
const SAME_AS_UNSAID: (&str, &str) = ("sales.invoiced_by", "snelstart");

/// What comes of an order in the books, without the reasons told beside it.
#[derive(Debug, PartialEq)]
enum Written {
    InTheBooks(Box<InTheBooks>),
    Not(String),
}

#[derive(Debug, PartialEq)]
struct InTheBooks {
    /// Its id, empty where it is new, and what is written on it.
    relation: (String, Option<RelationDraft>),
    articles: Vec<ArticleStep>,
    order: OrderDraft,
    booking: Option<BookingDraft>,
}

impl Written {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Plan(plan) => Self::order(*plan),
            Outcome::Held(reason) => Self::Not(format!("held {}", reason.code)),
            Outcome::Stop(reason) => Self::Not(format!("stops {}", reason.code)),
            Outcome::Skipped(reason) => Self::Not(format!("skipped {}", reason.code)),
            Outcome::Link { booked, .. } => Self::Not(format!("linked {booked}")),
        }
    }

    fn order(plan: Plan) -> Self {
        let relation = match plan.relation {
            RelationStep::Use { id, .. } => (id, None),
            RelationStep::Update { id, draft, .. } => (id, Some(draft)),
            RelationStep::Create { draft, .. } => (String::new(), Some(draft)),
        };
        Self::InTheBooks(Box::new(InTheBooks {
            relation,
            articles: plan.articles,
            order: plan.order,
            booking: plan.booking,
        }))
    }
}

/// The orders of that database under those settings, each on the books the ones before it left.
fn written(database: &'static Database, profile: &Profile) -> impl Iterator<Item = Written> {
    let settings = profile.settings.clone();
    let mut kept = profile.books(database);
    database.shop.orders.iter().map(move |order| {
        let facts = kept.facts(order, &settings, &database.shop.lookups);
        let outcome = translate::order(order, &settings, &facts);
        if let Outcome::Plan(plan) = &outcome {
            kept.apply(plan);
        }
        Written::of(outcome)
    })
}

/// The profile without that value; where it cannot do without, without what the value stands in.
fn without(source: &str, at: &[Step]) -> Settings {
    for length in (1..=at.len()).rev() {
        let mut profile: Value = toml::from_str(source).unwrap();
        remove(&mut profile, &at[..length]);
        if let Ok(settings) = read::settings(&toml::to_string(&profile).unwrap()) {
            return settings;
        }
    }
    panic!("{at:?} cannot be left out")
}

fn remove(value: &mut Value, at: &[Step]) {
    match (at, value) {
        ([Step::Key(key)], Value::Table(table)) => drop(table.remove(key)),
        ([Step::At(number)], Value::Array(list)) => drop(list.remove(*number)),
        ([Step::Key(key), rest @ ..], Value::Table(table)) => remove(&mut table[key], rest),
        ([Step::At(number), rest @ ..], Value::Array(list)) => remove(&mut list[*number], rest),
        (at, value) => panic!("no {at:?} in {value}"),
    }
}

/// Orders under a profile as it is, kept for all its choices.
type Known = BTreeMap<(String, &'static str), Vec<Written>>;

/// The first order another profile writes otherwise.
fn first_difference(
    databases: &[&'static Database],
    profile: &Profile,
    other: &Profile,
    known: &mut Known,
) -> Option<String> {
    databases.iter().find_map(|database| {
        let as_it_is = known
            .entry((profile.name.clone(), database.name))
            .or_insert_with(|| written(database, profile).collect());
        let mut orders = as_it_is.iter().zip(written(database, other));
        let at = orders.position(|(one, other)| *one != other)?;
        Some(format!(
            "{} {}",
            database.name, database.shop.orders[at].number
        ))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_choice_some_order_is_another() {
    let mut databases: Vec<&Database> = shops::every().await.iter().collect();
    if databases.is_empty() {
        return;
    }
    databases.sort_by_key(|database| {
        let derived = [derived::opencart::NAME, derived::woocommerce::NAME];
        !derived.contains(&database.name)
    });
    let mut known = Known::new();
    let mut shown: BTreeMap<Choice, String> = BTreeMap::new();
    let (mut by_default, mut all) = (BTreeSet::new(), BTreeSet::new());
    for profile in profiles::all() {
        let file: Value = toml::from_str(&profile.source).unwrap();
        for (at, choices) in choices::made(&file) {
            all.extend(choices.iter().cloned());
            if choices.iter().all(|choice| shown.contains_key(choice)) {
                continue;
            }
            let other = Profile {
                settings: without(&profile.source, &at),
                ..profile.clone()
            };
            if other.settings == profile.settings {
                by_default.extend(choices);
                continue;
            }
            if let Some(order) = first_difference(&databases, &profile, &other, &mut known) {
                let by = format!("{}: {order}", profile.name);
                shown.extend(choices.into_iter().map(|choice| (choice, by.clone())));
            }
        }
    }
    // What a setting is by itself shows where it is set to something else.
    let settings: BTreeSet<&String> = shown.keys().map(|(setting, _)| setting).collect();
    let missing: BTreeSet<&Choice> = all
        .iter()
        .filter(|choice| !shown.contains_key(choice))
        .filter(|choice| !(by_default.contains(*choice) && settings.contains(&choice.0)))
        .collect();
    for (choice, by) in &shown {
        println!("{} = {}: {by}", choice.0, choice.1);
    }
    let why: BTreeSet<&str> = ELSEWHERE.iter().map(|(setting, _)| *setting).collect();
    let elsewhere = settings_shown::ELSEWHERE.iter();
    let elsewhere = elsewhere.map(|(setting, word, _)| (*setting, *word));
    let elsewhere: Vec<(&str, &str)> = elsewhere.collect();
    assert_eq!(why, elsewhere.iter().map(|(setting, _)| *setting).collect());
    let known = elsewhere.into_iter().chain([SAME_AS_UNSAID]);
    let known: BTreeSet<Choice> = known.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let missing: BTreeSet<Choice> = missing.into_iter().cloned().collect();
    assert_eq!(missing, known, "without effect, and known to have none");
}

//! The settings profiles all databases are run under: the files in `profiles/`, and the books an owner
//! with such a profile has.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
};

use rust_decimal::dec;
use testbed::truth::books::Books;
use winkelbrug::{
    books::{Article, CostCentre, Part, Recipe, Template, VatKind},
    profile::{
        Settings, read,
        settings::{Handling, Lines},
    },
    translate::{self, Outcome},
};

use super::{kept::Kept, shops::Database};

/// A profile and its file.
#[derive(Clone)]
pub struct Profile {
    /// The file's name without its end; the first is what the others are compared with.
    pub name: String,
    /// As it stands in the file.
    pub source: String,
    /// What it says.
    pub settings: Settings,
}

/// All of them, by name.
pub fn all() -> Vec<Profile> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/all/proving/profiles");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(Profile::read).collect()
}

impl Profile {
    fn read(file: &PathBuf) -> Self {
        let source = std::fs::read_to_string(file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        // As the program reads it, so that no profile here is one it would refuse.
        let settings = read::settings(&source).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(settings.name, name);
        Self {
            name,
            source,
            settings,
        }
    }

    /// The books of that database's owner before its first order.
    pub fn books(&self, database: &'static Database) -> Kept {
        let mut books = furnished(database);
        books.products.clone_from(&database.shop.products);
        for (name, code) in &self.settings.vat.foreign {
            let mut groups = books.lookups.revenue_groups.iter();
            let group = groups.find(|group| group.name == *name).unwrap();
            books
                .rate_codes
                .insert(group.id.clone(), code.name().to_owned());
        }
        let makes_articles = self.settings.articles.handling != Handling::Manual
            && self.settings.articles.code_field != "omschrijving";
        if !makes_articles || self.settings.sales.lines == Lines::CodeAndQuantity {
            stock(&mut books, database);
        }
        Kept::new(books)
    }
}

/// With everything the profiles name.
fn furnished(database: &Database) -> Books {
    let mut books = database.books();
    for (number, name) in [
        (2, "Binnenland"),
        (3, "Duits"),
        (4, "Zakelijk"),
        (5, "Export"),
    ] {
        books.lookups.templates.push(Template {
            id: format!("template-{number}"),
            name: name.to_owned(),
            active: true,
        });
    }
    for (number, name) in [(20, "Webwinkel"), (30, "Winkel")] {
        books.lookups.cost_centres.push(CostCentre {
            id: format!("centre-{number}"),
            number,
            name: name.to_owned(),
            active: true,
        });
    }
    for (code, country) in [(10001, "NL"), (10002, "DE"), (10003, "FR"), (10004, "CH")] {
        let relation = books.add_relation(code, &format!("Webwinkel {country}"), "");
        country.clone_into(&mut relation.address.country);
    }
    // A buyer of two derived orders, known before the shop was.
    let known = books.add_relation(10005, "Anna Bos", "velden@example.com");
    "NL".clone_into(&mut known.address.country);
    "4811 AA".clone_into(&mut known.address.postcode);
    // And the one whose number the shop gives with one of them.
    let by_code = books.add_relation(77001, "Verzet Handel", "handel@example.com");
    "NL".clone_into(&mut by_code.address.country);
    books.add_group(4, "Omzet laag hoger", VatKind::Laag);
    books.add_group(5, "Omzet parkeer", VatKind::Hoog);
    books.add_group(6, "Omzet superlaag", VatKind::Laag);
    for (group, name, code) in [(7, "Cadeaubonnen", "BON"), (8, "Verschillen", "VERSCHIL")] {
        books.add_group(group, name, VatKind::Geen);
        let articles = books.articles.iter_mut();
        for article in articles.filter(|article| article.code == code) {
            article.revenue_group = format!("group-{group}");
        }
    }
    for (group, name, vat) in [
        (9, "Omzet marge", VatKind::Geen),
        (10, "Omzet verlegd", VatKind::Geen),
        (11, "Omzet boeken", VatKind::Laag),
        (12, "Omzet elders hoog", VatKind::Laag),
    ] {
        books.add_group(group, name, vat);
    }
    books.add_article_in("VERZEND-MARGE", 9);
    books.add_article_in("VERLEGD", 10);
    // Of these the books keep stock, and know what they are made of.
    for code in [
        "VERL-GSM", "DOOS", "LINT", "PAKKET-1", "PAKKET-2", "PAKKET-3",
    ] {
        books.add_article_in(code, 1);
        let article = books.articles.last_mut().unwrap();
        article.keeps_stock = true;
        if code.starts_with("PAKKET") {
            article.has_parts = true;
            article.parts = ["DOOS", "LINT"].map(part).to_vec();
            // Of one they say what becomes of its parts.
            article.recipe = (code == "PAKKET-1").then_some(Recipe::Always);
        }
    }
    books
}

fn part(code: &str) -> Part {
    Part {
        article: format!("article-{code}"),
        code: code.to_owned(),
        quantity: dec!(2),
    }
}

/// The articles an owner who makes them by hand has: those the first profile would have made.
fn stock(books: &mut Books, database: &'static Database) {
    static MADE: OnceLock<Mutex<BTreeMap<&str, Vec<Article>>>> = OnceLock::new();
    let mut made = MADE
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let made = made
        .entry(database.name)
        .or_insert_with(|| made_by_the_first(database));
    for article in made.iter() {
        let mut known = books.articles.iter();
        if known.all(|known| known.code != article.code) {
            // The shop's code is its text: there it is looked for by profiles that say so.
            books.articles.push(Article {
                description: article.code.clone(),
                ..article.clone()
            });
        }
    }
}

fn made_by_the_first(database: &'static Database) -> Vec<Article> {
    let first = &all()[0];
    let mut kept = first.books(database);
    for order in &database.shop.orders {
        let facts = kept.facts(order, &first.settings, &database.shop.lookups);
        if let Outcome::Plan(plan) = translate::order(order, &first.settings, &facts) {
            kept.apply(&plan);
        }
    }
    kept.books.articles
}

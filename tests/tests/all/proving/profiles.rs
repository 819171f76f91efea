//! The settings profiles all databases are run under: the files in `profiles/`, and the books an owner
//! with such a profile has.

use std::path::PathBuf;

use testbed::truth::books::Books;
use winkelbrug::{
    books::{CostCentre, Template, VatKind},
    profile::{
        Settings, read,
        settings::{Handling, Lines},
    },
    translate::Outcome,
};

use super::shops::Database;

/// A profile and its file.
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
    pub fn books(&self, database: &Database) -> Books {
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
        books
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
    books.lookups.cost_centres.push(CostCentre {
        id: "centre-20".to_owned(),
        number: 20,
        name: "Webwinkel".to_owned(),
        active: true,
    });
    for (code, country) in [(10001, "NL"), (10002, "DE"), (10003, "FR"), (10004, "CH")] {
        let relation = books.add_relation(code, &format!("Webwinkel {country}"), "");
        country.clone_into(&mut relation.address.country);
    }
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
    books.add_article("VERLEGD", VatKind::Geen);
    books.add_article("VERZEND-MARGE", VatKind::Geen);
    books
}

/// The articles an owner who makes them by hand has: those the first profile would have made.
fn stock(books: &mut Books, database: &Database) {
    let first = &all()[0].settings;
    let mut made = furnished(database);
    for order in &database.shop.orders {
        if let Outcome::Plan(plan) = made.translate(order, first, &database.shop.lookups) {
            made.apply(&plan);
        }
    }
    for article in made.articles {
        if books
            .articles
            .iter()
            .all(|known| known.code != article.code)
        {
            // The shop's code is its text: there it is looked for by profiles that say so.
            let description = article.code.clone();
            books.articles.push(winkelbrug::books::Article {
                description,
                ..article
            });
        }
    }
}

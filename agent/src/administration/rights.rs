//! What the administration has to let us do for a profile, and what of it the key or the package
//! does not offer: named before the first order, not by it.

use super::{Administration, Part, check_payments};
use crate::{
    failure::{Failure, Result},
    profile::{
        Settings,
        settings::{Form, Handling},
    },
    step::Step,
    text,
    text::Text,
};

/// Something the administration has to allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Reading settings and small lists.
    ReadSettings,
    /// Reading customers.
    ReadRelations,
    /// Making customers and bringing them up to date.
    WriteRelations,
    /// Reading articles, groups and stock.
    ReadArticles,
    /// Making articles and bringing them up to date.
    WriteArticles,
    /// Reading sales orders.
    ReadOrders,
    /// Writing sales orders.
    WriteOrders,
    /// Reading ledgers and booked invoices.
    ReadBookings,
    /// Writing booked invoices.
    WriteBookings,
    /// Reading bank entries.
    ReadBank,
    /// Writing bank entries.
    WriteBank,
    /// Reading cash entries.
    ReadCash,
    /// Writing cash entries.
    WriteCash,
}

impl Right {
    fn words(self) -> Text {
        match self {
            Self::ReadSettings => text!("instellingen lezen", "reading settings"),
            Self::ReadRelations => text!("relaties lezen", "reading relations"),
            Self::WriteRelations => text!("relaties maken", "making relations"),
            Self::ReadArticles => text!("artikelen lezen", "reading articles"),
            Self::WriteArticles => text!("artikelen maken", "making articles"),
            Self::ReadOrders => text!("verkooporders lezen", "reading sales orders"),
            Self::WriteOrders => text!("verkooporders schrijven", "writing sales orders"),
            Self::ReadBookings => text!("boekhouding lezen", "reading the ledgers"),
            Self::WriteBookings => text!("verkoopboekingen schrijven", "writing booked invoices"),
            Self::ReadBank => text!("bankboekingen lezen", "reading bank entries"),
            Self::WriteBank => text!("bankboekingen schrijven", "writing bank entries"),
            Self::ReadCash => text!("kasboekingen lezen", "reading cash entries"),
            Self::WriteCash => text!("kasboekingen schrijven", "writing cash entries"),
        }
    }
}

/// What these settings ask of the administration.
fn wanted(settings: &Settings) -> Vec<Right> {
    let mut rights = vec![
        Right::ReadSettings,
        Right::ReadRelations,
        Right::ReadArticles,
        Right::ReadOrders,
    ];
    match settings.sales.form {
        Form::Order => rights.push(Right::WriteOrders),
        Form::Booking => rights.extend([Right::ReadBookings, Right::WriteBookings]),
    }
    if settings.customers.handling != Handling::Manual {
        rights.push(Right::WriteRelations);
    }
    // A booking names no articles: none is made.
    if settings.articles.handling != Handling::Manual && settings.sales.form == Form::Order {
        rights.push(Right::WriteArticles);
    }
    rights
}

/// One step for each right that is known to be missing, and for each list the books do not give;
/// none of either is one step that passed.
pub(super) async fn check(settings: &Settings, books: &dyn Administration) -> Vec<Step> {
    let name = "books-rights";
    let mut wanted = wanted(settings);
    wanted.extend(check_payments::rights(settings, books).await);
    let missing = match books.missing_rights(&wanted).await {
        Ok(missing) => missing,
        Err(failure) => return vec![Step::failed(name, &failure)],
    };
    let mut steps: Vec<Step> = missing.iter().map(|right| refused(name, *right)).collect();
    if steps.is_empty() {
        steps.extend(lists(books).await);
    }
    if steps.is_empty() {
        steps.push(Step::passed(
            name,
            text!(
                "De koppeling en het pakket geven wat dit profiel nodig heeft",
                "The connection and the package offer what this profile needs"
            ),
        ));
    }
    steps
}

fn refused(name: &str, right: Right) -> Step {
    let Text { nl, en } = right.words();
    Step::failed(
        name,
        &Failure::credentials(
            "right-missing",
            text!(
                "De koppeling geeft geen recht op {nl}",
                "The connection gives no right to {en}"
            ),
        )
        .hint(text!(
            "Geef de koppeling dat recht in SnelStart Web onder Koppelingen. Staat het er niet bij, dan bevat uw SnelStart-pakket het niet (verkooporders: inBalans of hoger).",
            "Give the connection that right in SnelStart Web under Connections. If it is not offered there, your SnelStart package does not include it (sales orders: inBalans or higher)."
        )),
    )
}

/// A package may lack a list whatever the key says: the first page of each is read.
async fn lists(books: &dyn Administration) -> Vec<Step> {
    let part = Part::default();
    let reads = [
        books.relations(part, &mut |_, _| Err(enough())).await,
        books.articles(part, &mut |_, _| Err(enough())).await,
        books.orders(part, &mut |_, _| Err(enough())).await,
    ];
    let refused = reads.into_iter().filter_map(Result::err);
    refused
        .filter(|failure| failure.code != ENOUGH)
        .map(|failure| Step::failed("books-rights", &failure))
        .collect()
}

/// Code of what ends a read after its first page.
const ENOUGH: &str = "first-page-read";

fn enough() -> Failure {
    Failure::refused(ENOUGH, Text::default())
}

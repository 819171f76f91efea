//! What testing the connection says of payments: each journal the settings name is there, in use, and
//! one money comes in by; and what the administration has to allow for it.

use super::{
    Administration, Right,
    check::{missing, there_are},
};
use crate::{
    books::{Daybook, Till},
    failure::{Failure, Result},
    profile::{Settings, settings::Form},
    step::Step,
    text,
    text::Text,
};

/// Methods whose payments are booked, each with its journal.
fn wanted(settings: &Settings) -> Vec<(&str, &str)> {
    if settings.sales.form != Form::Booking {
        return Vec::new();
    }
    let methods = settings.sales.payment.iter();
    methods
        .filter_map(|(method, payment)| Some((method.as_str(), payment.books_in()?)))
        .collect()
}

/// Code of the failure that names a daybook.
pub(crate) const NO_DAYBOOK: &str = "dagboek-ontbreekt";

/// The journal an owner means for that payment method.
///
/// # Errors
/// `Misconfigured`, code [`NO_DAYBOOK`]: it is not there, not in use, or no bank or cash journal.
pub(crate) fn daybook<'d>(
    daybooks: &'d [Daybook],
    method: &str,
    wanted: &str,
) -> Result<(&'d Daybook, Till)> {
    let mut called = daybooks.iter().filter(|one| one.is_called(wanted));
    let usable = daybooks
        .iter()
        .filter(|one| one.active && one.till.is_some())
        .map(|one| format!("{} {}", one.number, one.name));
    let (nl, en) = match (called.next(), called.next()) {
        (None, _) => (
            "bestaat niet in de administratie",
            "does not exist in the administration",
        ),
        (Some(one), None) => match one.till {
            Some(till) if one.active => return Ok((one, till)),
            Some(_) => ("is niet meer actief", "is no longer in use"),
            None => ("is geen bank- of kasboek", "is no bank or cash journal"),
        },
        (Some(_), Some(_)) => (
            "is er meer dan eens; noem het nummer",
            "is there more than once; name its number",
        ),
    };
    Err(Failure::misconfigured(
        NO_DAYBOOK,
        text!(
            "Het dagboek \"{wanted}\" (sales.payment.\"{method}\".journal) {nl}",
            "The journal \"{wanted}\" (sales.payment.\"{method}\".journal) {en}"
        ),
    )
    .hint(there_are(usable)))
}

/// What the administration has to allow so that these payments are booked. Which of bank and cash, only
/// the journals tell: where they cannot be read the rights for reading them are missing already.
pub(super) async fn rights(settings: &Settings, books: &dyn Administration) -> Vec<Right> {
    let wanted = wanted(settings);
    if wanted.is_empty() {
        return Vec::new();
    }
    let Ok(daybooks) = books.daybooks().await else {
        return Vec::new();
    };
    let tills: Vec<Till> = wanted
        .iter()
        .filter_map(|(method, journal)| Some(daybook(&daybooks, method, journal).ok()?.1))
        .collect();
    let mut rights = Vec::new();
    if tills.contains(&Till::Bank) {
        rights.extend([Right::ReadBank, Right::WriteBank]);
    }
    if tills.contains(&Till::Cash) {
        rights.extend([Right::ReadCash, Right::WriteCash]);
    }
    rights
}

/// One step for each journal that is missing, or one that all are there.
pub(super) async fn check(settings: &Settings, books: &dyn Administration) -> Vec<Step> {
    let (name, wanted) = ("payment-journals", wanted(settings));
    if wanted.is_empty() {
        return Vec::new();
    }
    let daybooks = match books.daybooks().await {
        Ok(daybooks) => daybooks,
        Err(failure) => return vec![Step::failed(name, &failure)],
    };
    let mut steps: Vec<Step> = wanted
        .iter()
        .filter_map(|(method, journal)| daybook(&daybooks, method, journal).err())
        .map(|failure| missing(name, &failure.code, failure.text, failure.hint))
        .collect();
    if steps.is_empty() {
        let Text { nl, en } = text::counted(
            wanted.len() as u64,
            ["betaalwijze", "betaalwijzen"],
            ["method", "methods"],
        );
        steps.push(Step::passed(
            name,
            text!(
                "Betalingen van {nl} worden in hun dagboek geboekt; elk bestaat",
                "Payments of {en} are booked in their journal; each exists"
            ),
        ));
    }
    steps
}

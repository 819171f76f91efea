//! What the owner decides about single orders: offer again, skip for good, looked at.

mod borne;
mod rate;

use jiff::Timestamp;

use super::action::Which;
use crate::{
    administration::Mirror,
    failure::{Class, Failure, Result},
    journal::{
        AdministrationId, Journal, OrderId, State,
        cancellations::Cancellation,
        credits::{Credit, CreditState, Left, MoneyBack},
    },
    profile::{Settings, settings::Form},
    text,
    text::Text,
    translate::{
        DifferenceChoice, RATE_ASKED,
        plan::{Reason, TOTAL_DIFFERENCE},
    },
};

/// Offers orders again; how many. One whose write has an unknown outcome is only offered again by
/// its own number: whoever does that has looked in the books, and mended in the shop what he did
/// not decide here. `under_way`: a run of the profile is going on, so an order may be just now being
/// written.
///
/// # Errors
/// No such order, or it is not waiting for anybody; it is being written at this moment: `Refused`, code
/// `order-not-waiting`; a choice for an order without a total
/// difference: `Refused`, code `no-difference`.
pub fn retry(
    journal: &Journal,
    profile: &str,
    which: &Which,
    under_way: bool,
    now: Timestamp,
) -> Result<u64> {
    let orders = match which {
        Which::Held => journal.held_orders(profile)?,
        Which::Order(order) => {
            let order = journal.find_order(profile, order)?;
            journal.may_be_offered(order, under_way)?;
            if !journal.may_be_written_anew(order)? {
                journal.choose_difference(order, None)?;
                journal.choose_rate(order, None)?;
            }
            vec![order]
        }
        Which::Decided { order, difference } => {
            let order = journal.find_order(profile, order)?;
            journal.may_be_offered(order, under_way)?;
            decide(journal, profile, order, *difference, now)?;
            vec![order]
        }
        Which::Rated { order, rate, yes } => {
            let order = journal.find_order(profile, order)?;
            journal.may_be_offered(order, under_way)?;
            rate::enter(journal, profile, order, (*rate, *yes), now)?;
            vec![order]
        }
    };
    let mut count = 0;
    for order in orders {
        let asked = last_reason(journal, order)?;
        match journal.offer_again(order, under_way, now) {
            // Of all that wait, one that the run has in hand is left to it.
            Err(failure) if matches!(which, Which::Held) && failure.class == Class::Refused => {
                continue;
            }
            ended => ended?,
        }
        let words = text!("Door u opnieuw aangeboden.", "Offered again by you.");
        journal.log(profile, Some(order), OWNER, &words, asked.as_deref(), now)?;
        count += 1;
    }
    Ok(count)
}

/// Kind of what the log says of an owner's decision.
const OWNER: &str = "owner";

/// Code of what the order waits for, or waited for before its owner offered it again.
fn last_reason(journal: &Journal, order: OrderId) -> Result<Option<String>> {
    let work = journal.order_at_work(order)?;
    if let Some(reason) = work.reason {
        return Ok(Some(reason.code));
    }
    if work.state != State::Seen {
        return Ok(None);
    }
    let log = journal.log_of(order)?;
    let mut decisions = log.iter().rev().take_while(|entry| entry.kind == OWNER);
    Ok(decisions.find_map(|entry| entry.data.clone()))
}

/// Keeps what the owner chose for an order's total difference.
fn decide(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    difference: DifferenceChoice,
    now: Timestamp,
) -> Result<()> {
    let work = journal.order_at_work(order)?;
    let asked = work.difference.is_some()
        || last_reason(journal, order)?.is_some_and(|code| code == TOTAL_DIFFERENCE);
    if !asked {
        let (number, typed) = (&work.number, text::typed(&work.number, &work.shop_id.0));
        return Err(Failure::refused(
            "no-difference",
            text!(
                "Bestelling {number} wacht niet op een keuze voor een totaalverschil.",
                "Order {number} does not wait for a choice on a total difference."
            ),
        )
        .hint(text!(
            "Zie waar zij op wacht met: winkelbrug order {profile} {typed}",
            "See what it waits for with: winkelbrug order {profile} {typed}"
        )));
    }
    journal.choose_difference(order, Some(difference))?;
    let words = match difference {
        DifferenceChoice::Discount => text!(
            "Door u gekozen: het totaalverschil boeken met btw naar verhouding.",
            "Chosen by you: book the total difference with VAT in proportion."
        ),
        DifferenceChoice::Untaxed => text!(
            "Door u gekozen: het totaalverschil boeken zonder btw.",
            "Chosen by you: book the total difference without VAT."
        ),
    };
    note(journal, profile, order, &words, now)
}

/// Skips an order for good. One that is in the books already stays there: what needed a look on it
/// is settled, and what else waited on it is the owner's: all of that is told.
///
/// # Errors
/// No such order, or it is being written at this moment.
pub fn skip(
    journal: &Journal,
    profile: &str,
    order: &str,
    why: &str,
    now: Timestamp,
) -> Result<Left> {
    let order = journal.find_order(profile, order)?;
    let said = text::sentence(why);
    if journal.settle_attention(order, why, now)? > 0 {
        let left = journal.dismiss_credits(order, now)?;
        let mut words = text!("Door u bekeken: {said}", "Looked at by you: {said}");
        if let Some(Text { nl, en }) = left.words() {
            words = Text {
                nl: format!("{} {nl}", words.nl),
                en: format!("{} {en}", words.en),
            };
        }
        note(journal, profile, order, &words, now)?;
        return Ok(left);
    }
    let words = text!("Door u overgeslagen: {said}", "Skipped by you: {said}");
    let work = journal.order_at_work(order)?;
    let typed = text::typed(&work.number, &work.shop_id.0);
    let hint = text!(
        "Toch in de boeken? Bied de bestelling opnieuw aan met: winkelbrug retry {profile} {typed}",
        "Into the books after all? Offer the order again with: winkelbrug retry {profile} {typed}"
    );
    journal.skip_for_good(order, &Reason::new("by-owner", words.clone(), hint), now)?;
    note(journal, profile, order, &words, now)?;
    Ok(Left::default())
}

/// The owner counted the stock in the books: what was booked as an invoice before does not matter to its
/// figures any more. `all` are the profiles there are. Tells how many such orders there were.
///
/// # Errors
/// The profile, or another on the same books, still writes booked invoices: `Misconfigured`. Its books were
/// never looked at: `Refused`.
pub fn stock_counted(journal: &Journal, settings: &Settings, all: &[Settings]) -> Result<u64> {
    let profile = &settings.name;
    if settings.sales.form == Form::Booking {
        return Err(still_books(profile));
    }
    let Some(books) = Mirror::known(journal, profile)? else {
        return Err(Failure::refused(
            "books-unknown",
            text!(
                "De administratie van {profile} is nog niet bekeken; er is niets te bevestigen.",
                "The books of {profile} have not been looked at yet; there is nothing to confirm."
            ),
        ));
    };
    for other in all {
        if other.sales.form == Form::Booking
            && Mirror::known(journal, &other.name)?
                .is_some_and(|known| known.administration() == books.administration())
        {
            return Err(still_books(&other.name));
        }
    }
    let administration = AdministrationId(books.administration().to_owned());
    Ok(journal.stock_counted(&administration)? as u64)
}

/// What is sold does not lower the stock of books that a profile writes booked invoices to.
fn still_books(profile: &str) -> Failure {
    Failure::misconfigured(
        "voorraad-bij-boeking",
        text!(
            "Profiel {profile} schrijft verkoopboekingen (sales.form = \"booking\"): de voorraad in de administratie volgt de verkoop dan niet, ook niet nadat zij geteld is.",
            "Profile {profile} writes booked invoices (sales.form = \"booking\"): the stock in the administration does not follow what is sold then, not even after it was counted."
        ),
    )
    .hint(text!(
        "Kies eerst in elk profiel op deze administratie sales.form = \"order\", tel daarna de voorraad in SnelStart, en bevestig dat dan opnieuw.",
        "Choose sales.form = \"order\" in every profile on this administration first, then count the stock in SnelStart, and confirm it again."
    ))
}

/// What the owner says of credits.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Which; none = all that wait.
    pub number: Option<u32>,
    /// Rate of an amount without one.
    pub rate: Option<rust_decimal::Decimal>,
    /// Write it.
    pub yes: bool,
    /// With a yes: book nothing as paid back on it.
    pub no_money: bool,
}

/// The owner's word on an order's credits; how many it was for.
///
/// # Errors
/// No such order; no such credit, or none that waits; a rate where none is asked: `Refused`.
pub fn credit(
    journal: &Journal,
    profile: &str,
    order: &str,
    word: Word,
    now: Timestamp,
) -> Result<u64> {
    let (number, typed) = (order, text::typed_again(order));
    let order = journal.find_order(profile, order)?;
    let waits = |credit: &Credit| match word.number {
        Some(n) => {
            credit.n == n && !matches!(credit.state, CreditState::Written | CreditState::Writing)
        }
        None => matches!(
            credit.state,
            CreditState::New | CreditState::Waits | CreditState::Approved
        ),
    };
    let meant: Vec<Credit> = journal
        .credits_of(order)?
        .into_iter()
        .filter(waits)
        .collect();
    if meant.is_empty() {
        return Err(Failure::refused(
            "no-credit",
            text!(
                "Bij bestelling {number} wacht geen creditering.",
                "No credit waits on order {number}."
            ),
        )
        .hint(text!(
            "Bekijk de bestelling met: winkelbrug order {profile} {typed}",
            "Look at the order with: winkelbrug order {profile} {typed}"
        )));
    }
    let rated = word.rate.is_some();
    if rated && !meant.iter().any(asks_rate) {
        return Err(no_rate_asked(profile, number, &typed));
    }
    if let Some(rate) = word.rate {
        borne::one_is_meant(profile, number, &typed, (&meant, word))?;
        borne::by(journal, order, number, rate)?;
    }
    let mut count = 0;
    for credit in &meant {
        let rate = word.rate.filter(|_| asks_rate(credit));
        if rate.is_none() && !word.yes {
            continue;
        }
        count += 1;
        let money = if word.no_money {
            MoneyBack::Left
        } else {
            MoneyBack::Booked
        };
        journal.answer_credit(credit.id, rate, word.yes.then_some(money), now)?;
        let n = credit.n;
        let words = if word.yes && word.no_money {
            text!(
                "Door u akkoord: creditering {n} schrijven, zonder een terugbetaling te boeken.",
                "Agreed by you: write credit {n}, and book nothing as paid back."
            )
        } else if word.yes {
            text!(
                "Door u akkoord: creditering {n} schrijven.",
                "Agreed by you: write credit {n}."
            )
        } else {
            text!(
                "Door u een tarief opgegeven voor creditering {n}.",
                "A rate given by you for credit {n}."
            )
        };
        note(journal, profile, order, &words, now)?;
    }
    Ok(count)
}

/// Is the credit's rate the owner's to give, or was it his?
fn asks_rate(credit: &Credit) -> bool {
    let asked = |reason: &Reason| reason.code == RATE_ASKED;
    credit.rate.is_some() || credit.reason.as_ref().is_some_and(asked)
}

fn no_rate_asked(profile: &str, number: &str, typed: &str) -> Failure {
    Failure::refused(
        "no-rate-asked",
        text!(
            "Voor de creditering van bestelling {number} is geen btw-tarief gevraagd; er is niets veranderd.",
            "No VAT rate is asked for the credit of order {number}; nothing was changed."
        ),
    )
    .hint(text!(
        "Bekijk de creditering met: winkelbrug credit {profile} {typed}. Akkoord? Geef dan --yes zonder --rate.",
        "See the credit with: winkelbrug credit {profile} {typed}. Agreed? Then give --yes without --rate."
    ))
}

/// The owner's yes to delete the sales order of a cancelled order.
///
/// # Errors
/// No such order; it was not cancelled after it was written, or is invoiced: `Refused`.
pub fn cancel(journal: &Journal, profile: &str, order: &str, now: Timestamp) -> Result<()> {
    let order = may_be_deleted(journal, profile, order)?;
    journal.set_cancellation(order, Cancellation::Delete, now)?;
    let words = text!(
        "Door u akkoord: de verkooporder verwijderen.",
        "Agreed by you: delete the sales order."
    );
    note(journal, profile, order, &words, now)
}

/// The order, if its sales order may be deleted.
///
/// # Errors
/// As [`cancel`].
pub fn may_be_deleted(journal: &Journal, profile: &str, order: &str) -> Result<OrderId> {
    let (number, typed) = (order, text::typed_again(order));
    let order = journal.find_order(profile, order)?;
    match journal.cancellation(order)? {
        Some(
            Cancellation::Found
            | Cancellation::Blocked
            | Cancellation::Reported
            | Cancellation::Delete,
        ) => {}
        Some(Cancellation::Credit | Cancellation::Looked | Cancellation::Gone) | None => {
            return Err(Failure::refused(
                "nothing-to-cancel",
                text!(
                    "Bestelling {number} is niet geannuleerd nadat zij geschreven was, of er is al iets mee gedaan.",
                    "Order {number} was not cancelled after it was written, or something was done about it already."
                ),
            )
            .hint(text!(
                "Bekijk de bestelling met: winkelbrug order {profile} {typed}",
                "Look at the order with: winkelbrug order {profile} {typed}"
            )));
        }
    }
    if let Some(credit) = journal
        .credits_of(order)?
        .iter()
        .find(|one| one.is_in_books())
    {
        return Err(credit_stays(profile, number, &typed, credit));
    }
    Ok(order)
}

/// The order cannot be deleted while its credit would stay behind.
fn credit_stays(profile: &str, number: &str, typed: &str, credit: &Credit) -> Failure {
    let name = credit.name();
    let amount = text::Amount::money(-credit.gives_back().unwrap_or_default());
    Failure::refused(
        "credit-stays",
        text!(
            "De verkooporder van bestelling {number} kan niet worden verwijderd: haar creditering {name} ({amount}) staat in de administratie en zou blijven staan.",
            "The sales order of order {number} cannot be deleted: its credit {name} ({amount:#}) is in the administration and would stay behind."
        ),
    )
    .hint(text!(
        "Verwijder in de administratie eerst creditering {name} en daarna de verkooporder, en meld dat als bekeken: winkelbrug skip {profile} {typed} --why \"verwijderd\"",
        "Delete credit {name} in the administration first and then the sales order, and report that as looked at: winkelbrug skip {profile} {typed} --why \"deleted\""
    ))
}

fn note(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    words: &Text,
    now: Timestamp,
) -> Result<()> {
    journal.log(profile, Some(order), OWNER, words, None, now)
}

//! Is this an order for the books now? Store, status, date and payment rule.

use jiff::{Timestamp, civil::Date};
use winkelbrug_protocol::record::{Method, Order, StatusKind};

use super::{
    called,
    case::Case,
    paid::{is_paid, rule_of},
    plan::{Facts, Outcome, Reason},
};
use crate::{
    profile::{
        Settings,
        settings::{Payment, PaymentImport},
    },
    text,
    text::{Amount, Language, Text},
};

/// Is it an order for the books now?
#[must_use]
pub fn is_wanted(order: &Order, settings: &Settings, facts: &Facts) -> bool {
    check(order, settings, facts).is_ok()
}

/// Goes through when the order is to be written; else says why not (yet).
pub(super) fn check(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    store(order, settings, facts)?;
    status(order, settings, facts)?;
    dated(order)?;
    calendar(order, settings, facts)?;
    not_ancient(order, settings)?;
    start(order, settings)?;
    of_something(order)?;
    payment(order, settings, facts)
}

/// Of several shops in one installation, the owner's.
fn store(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    let wanted = &settings.shop.stores;
    if wanted.is_empty()
        || wanted
            .iter()
            .any(|wanted| called::is_store(&order.store, wanted, &facts.shop.stores))
    {
        return Ok(());
    }
    let Text { nl, en } = called::store(&order.store);
    Err(skipped(
        "other-store",
        text!(
            "De bestelling is van een andere winkel in deze installatie ({nl}), die niet in shop.stores staat.",
            "The order is of another store of this installation ({en}), which is not in shop.stores."
        ),
    ))
}

/// Nothing in it and nothing to pay: there is nothing to book, and nothing for the owner to decide. It comes
/// back when somebody in the shop puts something in.
fn of_something(order: &Order) -> Result<(), Outcome> {
    let nothing = order.lines.is_empty()
        && order.gift_cards.is_empty()
        && order.total.is_zero()
        && order.totals.iter().all(|row| row.amount.is_zero())
        && order.refunds.is_empty();
    if nothing {
        return Err(skipped(
            "empty",
            text!(
                "De bestelling is leeg: geen regels, geen kosten en niets te betalen.",
                "The order is empty: no lines, no costs and nothing to pay."
            ),
        ));
    }
    Ok(())
}

/// By the owner's list of statuses; without one, all real orders.
fn status(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    let called = called::status(&order.status);
    let (nl, en) = (&called.nl, &called.en);
    let wanted = &settings.shop.order_statuses;
    let chosen = wanted.iter().any(|wanted| is_status(wanted, order, facts));
    let (code, text) = match order.status.kind {
        StatusKind::Abandoned => (
            "abandoned",
            text!(
                "De klant heeft deze bestelling niet afgemaakt.",
                "The customer did not finish this order."
            ),
        ),
        _ if chosen && order.status.kind != StatusKind::Refunded => return Ok(()),
        StatusKind::Cancelled => (
            "cancelled",
            text!(
                "De bestelling is geannuleerd (status {nl}).",
                "The order is cancelled (status {en})."
            ),
        ),
        StatusKind::Failed => (
            "failed",
            text!(
                "De betaling is mislukt of geweigerd (status {nl}).",
                "The payment failed or was denied (status {en})."
            ),
        ),
        _ if !wanted.is_empty() && !chosen => (
            "status",
            text!(
                "De status {nl} staat niet in uw lijst (shop.order_statuses).",
                "The status {en} is not in your list (shop.order_statuses)."
            ),
        ),
        // With documents of what was given back: order and credit are both written.
        StatusKind::Refunded if !order.refunds.is_empty() => return Ok(()),
        StatusKind::Refunded => return Err(refunded(order, settings, &called)),
        StatusKind::OnHold => (
            "on-hold",
            text!(
                "De winkel houdt deze bestelling tegen (status {nl}); zij komt mee zodra de winkel haar vrijgeeft.",
                "The shop holds this order back (status {en}); it comes along once the shop releases it."
            ),
        ),
        StatusKind::Pending | StatusKind::Processing | StatusKind::Complete | StatusKind::Other => {
            return Ok(());
        }
    };
    Err(skipped(code, text))
}

fn is_status(wanted: &str, order: &Order, facts: &Facts) -> bool {
    let wanted = wanted.trim();
    let same = |name: &str| name.to_lowercase() == wanted.to_lowercase();
    order.status.id == wanted
        || same(&order.status.name)
        || facts
            .shop
            .order_statuses
            .iter()
            .any(|status| status.id == order.status.id && same(&status.name))
}

fn refunded(order: &Order, settings: &Settings, status: &Text) -> Outcome {
    let (profile, number) = (&settings.name, text::typed(&order.number, &order.id));
    let (nl, en) = (&status.nl, &status.en);
    Outcome::Held(Reason::new(
        "terugbetaald",
        text!(
            "De bestelling is al terugbetaald (status {nl}), en de winkel zegt niet wat er is terugbetaald.",
            "The order has been refunded already (status {en}), and the shop does not say what was given back."
        ),
        text!(
            "Is alles terugbetaald, sla de bestelling dan over (winkelbrug skip {profile} {number} --why \"terugbetaald\"): order en creditfactuur heffen elkaar op. Is een deel terugbetaald, voer dan in de administratie de order en een creditfactuur over dat deel met de hand in, en sla de bestelling daarna over.",
            "If everything was refunded, skip the order (winkelbrug skip {profile} {number} --why \"refunded\"): order and credit note cancel out. If a part was refunded, enter the order and a credit note for that part by hand in the books, and skip the order afterwards."
        ),
    ))
}

/// A date of zeros is none: such an order is before no moment, and has no day in the books.
fn dated(order: &Order) -> Result<(), Outcome> {
    let date = order.placed_local.trim();
    if !(date.is_empty() || date.starts_with("0000")) {
        return Ok(());
    }
    let number = &order.number;
    Err(Outcome::Held(Reason::new(
        "orderdatum-ontbreekt",
        text!(
            "De winkel geeft bij bestelling {number} geen datum (\"{date}\"): dag en btw-tarief zijn dus niet bekend.",
            "The shop gives no date with order {number} (\"{date}\"): its day and VAT rate are not known."
        ),
        text!(
            "Vul de datum van de bestelling in de winkel in, voer haar met de hand in, of sla haar over.",
            "Fill in the order's date in the shop, enter the order by hand, or skip it."
        ),
    )))
}

/// No shop on the web has orders of before this year.
const FIRST_YEAR: i16 = 2000;

/// Its day is one of the calendar, and not still to come: a day is allowed for clocks that differ.
fn calendar(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    let date = order.placed_local.get(..10).unwrap_or(&order.placed_local);
    let Some(day) = local_day(order) else {
        return Err(no_day(
            order,
            settings,
            &text!(
                "\"{date}\", en dat is geen dag van de kalender",
                "\"{date}\", which is no day of the calendar"
            ),
        ));
    };
    let tomorrow = facts.today.and_then(|today| today.tomorrow().ok());
    if tomorrow.is_some_and(|tomorrow| day > tomorrow) {
        let Text { nl, en } = Text::day(day);
        return Err(no_day(
            order,
            settings,
            &text!(
                "{nl}, en die dag moet nog komen",
                "{en}, a day still to come"
            ),
        ));
    }
    Ok(())
}

fn not_ancient(order: &Order, settings: &Settings) -> Result<(), Outcome> {
    match local_day(order) {
        Some(day) if day.year() < FIRST_YEAR => {
            let Text { nl, en } = Text::day(day);
            Err(no_day(
                order,
                settings,
                &text!(
                    "{nl}, lang voordat er webwinkels waren",
                    "{en}, long before there were web shops"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Which day is meant decides over the VAT rate and the return: nobody guesses it.
fn no_day(order: &Order, settings: &Settings, what: &Text) -> Outcome {
    let (profile, number) = (&settings.name, text::typed(&order.number, &order.id));
    let (nl, en) = (&what.nl, &what.en);
    Outcome::Held(Reason::new(
        "orderdatum-onwaarschijnlijk",
        text!(
            "De dag van de bestelling is volgens de winkel {nl}: dag en btw-tarief zijn dus niet bekend.",
            "The order's day is, by the shop, {en}: its day and VAT rate are not known."
        ),
        text!(
            "Verbeter de datum van de bestelling in de winkel; daarna gaat zij vanzelf verder. Kan dat niet, voer haar dan met de hand in en sla haar over: winkelbrug skip {profile} {number} --why \"met de hand ingevoerd\"",
            "Correct the order's date in the shop; then it goes on by itself. If that cannot be done, enter it by hand and skip it: winkelbrug skip {profile} {number} --why \"entered by hand\""
        ),
    ))
}

/// Nothing that was placed before the owner's first moment.
fn start(order: &Order, settings: &Settings) -> Result<(), Outcome> {
    let Some(from) = settings.shop.orders_from else {
        return Ok(());
    };
    let placed: Timestamp = order.placed_at.parse().map_err(|_| {
        unreadable(
            "placed_at",
            &order.placed_at,
            text!("een tijdstip", "a moment"),
        )
    })?;
    if placed < from {
        let (nl, en) = (
            Language::Dutch.day_and_time(from),
            Language::English.day_and_time(from),
        );
        return Err(skipped(
            "before-start",
            text!(
                "De bestelling is geplaatst vóór {nl}, het begin dat het profiel noemt (shop.orders_from). Moet zij toch mee, zet orders_from dan vroeger.",
                "The order was placed before {en}, the start the profile names (shop.orders_from). To take it along after all, set orders_from earlier."
            ),
        ));
    }
    Ok(())
}

/// By the rule of the payment method.
fn payment(order: &Order, settings: &Settings, facts: &Facts) -> Result<(), Outcome> {
    let rule = payment_rule(order, settings);
    let import = rule
        .and_then(|rule| rule.import)
        .unwrap_or_else(|| default_import(order));
    let kind = order.status.kind;
    let paid = is_paid(order);
    let method = called::method(&order.payment);
    let (nl, en) = (&method.nl, &method.en);
    let ready = match import {
        PaymentImport::Always => true,
        PaymentImport::Paid => paid,
        PaymentImport::Authorised => !matches!(kind, StatusKind::Pending | StatusKind::OnHold),
        PaymentImport::Never => {
            return Err(skipped(
                "payment-never",
                text!(
                    "Bestellingen met betaalwijze {nl} gaan volgens uw instelling niet naar de boekhouding.",
                    "By your setting, orders paid by {en} do not go into the books."
                ),
            ));
        }
    };
    if ready {
        return Ok(());
    }
    let days = rule.map_or_else(|| Payment::default().give_up_days, |rule| rule.give_up_days);
    let given_up = days > 0 && age_in_days(order, facts).is_some_and(|age| age > i64::from(days));
    // Of which money came in is not given up by itself.
    if given_up && order.received.is_none() {
        return Err(skipped(
            "given-up",
            text!(
                "Na {days} dagen nog niet betaald ({nl}).",
                "Still unpaid after {days} days ({en})."
            ),
        ));
    }
    if let Some(received) = order.received {
        let (received, total) = (Amount::money(received), Amount::money(order.total));
        return Err(skipped(
            "unpaid",
            text!(
                "Nog niet helemaal betaald ({nl}): {received} van {total} is ontvangen; de bestelling komt mee zodra de winkel haar betaald noemt.",
                "Not paid in full yet ({en}): {received:#} of {total:#} was received; the order comes along once the shop calls it paid."
            ),
        ));
    }
    Err(skipped(
        "unpaid",
        text!(
            "Nog niet betaald ({nl}); de bestelling komt mee zodra de winkel haar betaald noemt.",
            "Not paid yet ({en}); the order comes along once the shop calls it paid."
        ),
    ))
}

/// Says of an order that is written although it is not paid in full how much was received.
pub(super) fn note_received(case: &Case<'_>) {
    let Some(received) = case.order.received else {
        return;
    };
    let (received, total) = (Amount::money(received), Amount::money(case.order.total));
    case.note(text!(
        "Volgens de winkel is {received} van {total} betaald.",
        "By the shop, {received:#} of {total:#} is paid."
    ));
}

/// The owner's rule for this payment method.
pub(super) fn payment_rule<'s>(order: &Order, settings: &'s Settings) -> Option<&'s Payment> {
    rule_of(order, settings).map(|(_, rule)| rule)
}

/// Methods whose money comes later by their nature, as the shop programs name them.
const PAID_LATER: [&str; 14] = [
    "bank_transfer",
    "banktransfer",
    "bankwire",
    "ps_wirepayment",
    "bacs",
    "cod",
    "cashondelivery",
    "ps_cashondelivery",
    "cheque",
    "checkmo",
    "ps_checkpayment",
    "free_checkout",
    "free",
    "purchaseorder",
];

/// The same by title, where the code says nothing.
const PAID_LATER_TITLES: [&str; 9] = [
    "bank transfer",
    "overboeking",
    "bankoverschrijving",
    "vooruitbetaling",
    "cash on delivery",
    "rembours",
    "cheque",
    "op rekening",
    "free checkout",
];

fn default_import(order: &Order) -> PaymentImport {
    if order.total.is_zero() || is_paid_later(&order.payment) {
        PaymentImport::Always
    } else {
        PaymentImport::Paid
    }
}

fn is_paid_later(method: &Method) -> bool {
    let code = method.code.to_lowercase();
    // OpenCart 4 writes `cod.cod`: the first part is the method.
    let code = code.split('.').next().unwrap_or_default();
    let title = method.title.to_lowercase();
    PAID_LATER.contains(&code) || PAID_LATER_TITLES.iter().any(|name| title.contains(name))
}

fn age_in_days(order: &Order, facts: &Facts) -> Option<i64> {
    let age = facts.today?.since(local_day(order)?).ok()?;
    Some(i64::from(age.get_days()))
}

/// The day the order was placed by the shop's own clock.
pub(super) fn local_day(order: &Order) -> Option<Date> {
    order.placed_local.get(..10)?.parse().ok()
}

/// A field of the order that cannot be read.
pub(super) fn unreadable(field: &str, found: &str, wanted: Text) -> Outcome {
    Outcome::Held(Reason::new(
        "order-unreadable",
        Text {
            nl: format!(
                "Het veld {field} van de bestelling is \"{found}\" en niet {}.",
                wanted.nl
            ),
            en: format!(
                "The order's field {field} is \"{found}\", not {}.",
                wanted.en
            ),
        },
        text!(
            "Maak een ondersteuningsbestand en stuur het op.",
            "Make a support bundle and send it in."
        ),
    ))
}

fn skipped(code: &str, text: Text) -> Outcome {
    Outcome::Skipped(Reason::new(code, text, Text::default()))
}

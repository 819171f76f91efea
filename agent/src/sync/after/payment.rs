//! What was paid on booked invoices, and paid back on their credits: one entry each in the daybook (dagboek)
//! of the payment method once the shop says that the money moved, exactly once. Its intent is committed before the call; without an outcome it is searched for.
//! A failure never touches the invoice, which is in the books already.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{After, is_refusal, money::Moved};
use crate::{
    administration::{NO_DAYBOOK, daybook},
    books::{Booking, Daybook, PaymentDraft},
    failure::{Effect, Failure, Result},
    fault,
    journal::{
        intents::SETTLES_WITHIN,
        payments::{PaymentAtWork, PaymentDue, PaymentId, PaymentState},
        report::Does,
    },
    sync::{
        place::Place,
        write::{LOST_AT_MOST, log_write},
    },
    text,
    text::{Amount, Text},
    translate::{is_paid_back, payment_journal, settings_digest},
};

/// Its item on the order: one of the invoice, and one of each of its credits.
pub(super) fn item(payment: &PaymentAtWork) -> String {
    match &payment.refund {
        None => "betaling-niet-geboekt".to_owned(),
        Some(refunded) => format!("terugbetaling-niet-geboekt-{}", refunded.n),
    }
}

/// How often it is tried anew in one run.
const ROUNDS: usize = 4;
/// Code of the failure of one lost so often; it is looked for again, and not written again.
const LOST: &str = "write-lost";

/// How far an attempt came.
enum Tried {
    Again,
    /// Time or the owner has to do something.
    Waits,
    /// Nothing more now.
    Done,
}

/// Is there a payment something may be done about?
///
/// # Errors
/// The journal cannot be read.
pub(super) fn any_due(place: &Place<'_>) -> Result<bool> {
    Ok(!due(place)?.is_empty())
}

fn due(place: &Place<'_>) -> Result<Vec<PaymentDue>> {
    let digest = settings_digest(place.settings);
    place
        .journal
        .payments_due(place.profile(), &digest, place.now())
}

impl After<'_> {
    /// Every payment that is due; tells whether something waits. What went back is due once what came in
    /// is booked. A daybook that is missing ends it once for all of that method, after the others. A trial
    /// run tells what would be booked.
    pub(super) async fn payments(&self) -> Result<bool> {
        let (mut waits, mut stopped) = (false, None);
        let mut missing: BTreeSet<String> = BTreeSet::new();
        let mut daybooks = None;
        let mut seen = BTreeSet::new();
        loop {
            let mut found = due(&self.place)?;
            found.retain(|due| seen.insert(due.id));
            if found.is_empty() {
                return stopped.map_or(Ok(waits), Err);
            }
            for due in found {
                self.place.go_on()?;
                match self.payment(due.id, &mut daybooks, &missing).await {
                    Err(failure) if failure.code == NO_DAYBOOK => {
                        missing.insert(failure.text.nl.clone());
                        stopped.get_or_insert(failure);
                    }
                    done => waits |= self.passing(due.order, done)?,
                }
            }
        }
    }

    async fn payment(
        &self,
        id: PaymentId,
        daybooks: &mut Option<Vec<Daybook>>,
        missing: &BTreeSet<String>,
    ) -> Result<bool> {
        for _ in 0..ROUNDS {
            self.place.go_on()?;
            let Some(payment) = self.place.journal.payment(id)? else {
                return Ok(false);
            };
            let tried = match payment.state {
                PaymentState::Writing => self.settle_payment(&payment).await?,
                PaymentState::Awaits => self.pay(&payment, daybooks, missing).await?,
                PaymentState::Written | PaymentState::Settled => Tried::Done,
            };
            match tried {
                Tried::Again => {}
                Tried::Waits => return Ok(true),
                Tried::Done => return Ok(false),
            }
        }
        Ok(true)
    }

    async fn pay(
        &self,
        payment: &PaymentAtWork,
        daybooks: &mut Option<Vec<Daybook>>,
        missing: &BTreeSet<String>,
    ) -> Result<Tried> {
        let settings = self.place.settings;
        let journal = self.place.journal;
        let Some(order) = self.read(payment)? else {
            return self.not_now(payment);
        };
        let Some((method, wanted)) = payment_journal(&order, settings) else {
            return self.not_now(payment);
        };
        if payment.refund.is_some() && !is_paid_back(&order, settings) {
            return self.left_by_settings(payment, method);
        }
        let date = match self.moved(payment, &order)? {
            Moved::On(date) => date,
            Moved::NotYet => return self.not_now(payment),
            Moved::Nothing => {
                journal.payment_settled(payment.id)?;
                return Ok(Tried::Done);
            }
            Moved::Otherwise(failure) => return self.payment_fails(payment, &failure),
        };
        if daybooks.is_none() {
            *daybooks = Some(self.books.administration().daybooks().await?);
        }
        let known = daybooks.as_deref().unwrap_or_default();
        let (into, till) = match daybook(known, method, wanted) {
            Ok(found) => found,
            // Said once for all of them.
            Err(failure) if missing.contains(&failure.text.nl) => return Ok(Tried::Waits),
            Err(failure) => return Err(failure),
        };
        let draft = PaymentDraft {
            till,
            daybook: into.id.clone(),
            date,
            description: description(payment),
            booking: payment.booking.clone(),
            amount: payment.total,
        };
        if let Some(ended) = self.paid_already(payment, &draft, &into.name).await? {
            return Ok(ended);
        }
        if payment.lost >= LOST_AT_MOST {
            return self.payment_fails(payment, &lost_too_often());
        }
        if self.dry_run {
            return self.would_pay(payment, &draft, &into.name);
        }
        journal.begin_payment(payment.id, &draft, &into.name, self.place.now())?;
        fault::point("before-create-payment");
        let created = self.books.administration().create_payment(&draft).await;
        fault::point("after-create-payment");
        log_write(
            &self.place,
            "payment",
            &payment.number,
            &draft.description,
            &created,
        );
        match created {
            Ok(made) => self.payment_done(payment, &draft, &into.name, &made.id),
            Err(failure) if failure.effect == Effect::Unknown => {
                let note = &failure.text;
                self.place.note(payment.order, "failed", note, None)?;
                Ok(Tried::Again)
            }
            Err(failure) => {
                journal.payment_not_written(payment.id, false)?;
                // A right the key lacks keeps no order out of the books.
                if is_refusal(&failure) || failure.code == "scope-missing" {
                    return self.payment_fails(payment, &failure);
                }
                Err(failure)
            }
        }
    }

    /// The owner books himself what is paid back by this method.
    fn left_by_settings(&self, payment: &PaymentAtWork, method: &str) -> Result<Tried> {
        self.place.journal.payment_settled(payment.id)?;
        let invoice = &payment.invoice;
        let text = text!(
            "Op creditfactuur {invoice} is geen terugbetaling geboekt (sales.payment.\"{method}\".pay_back).",
            "Nothing was booked as paid back on credit invoice {invoice} (sales.payment.\"{method}\".pay_back)."
        );
        self.place.note(payment.order, "payment", &text, None)?;
        self.settled(payment.order, &item(payment), "zelf")?;
        Ok(Tried::Done)
    }

    /// The newest version of the order; none where its text was erased.
    fn read(&self, payment: &PaymentAtWork) -> Result<Option<Order>> {
        let raw = self.place.journal.raw(payment.version)?;
        Ok(raw.and_then(|raw| self.meaning(payment, &raw)))
    }

    pub(super) fn meaning(&self, payment: &PaymentAtWork, raw: &str) -> Option<Order> {
        let read = self.decider.shop.read(&payment.shop_id, raw);
        read.ok().map(|order| *order)
    }

    fn not_now(&self, payment: &PaymentAtWork) -> Result<Tried> {
        let digest = settings_digest(self.place.settings);
        let journal = self.place.journal;
        journal.payment_waits(payment.id, payment.version, &digest, None)?;
        Ok(Tried::Done)
    }

    /// Somebody, or an earlier write of ours, settled the invoice in the books: then nothing is written.
    async fn paid_already(
        &self,
        payment: &PaymentAtWork,
        draft: &PaymentDraft,
        daybook: &str,
    ) -> Result<Option<Tried>> {
        self.place.go_on()?;
        fault::point("before-look-up-payment");
        let Some(booking) = self.invoice(payment).await? else {
            let written = payment.document_at;
            let soon = |at| self.place.now().duration_since(at) < SETTLES_WITHIN;
            if written.is_some_and(soon) {
                return Ok(Some(Tried::Waits));
            }
            let gone = Failure::refused(
                item(payment),
                text!(
                    "de factuur is in de administratie niet (meer) te vinden",
                    "the invoice cannot be found in the books (any more)"
                ),
            );
            return self.payment_fails(payment, &gone).map(Some);
        };
        let open = booking.open;
        // Of a credit what is open does not tell alone whether it was paid back. What is settled may be so by an
        // entry of ours that this journal does not know: a copy was put back, or another folder wrote it.
        let settled = open.is_some_and(|open| !is_unpaid(payment, open));
        if payment.lost > 0 || open.is_none() || settled || payment.refund.is_some() {
            let found = self.ours(draft).await?;
            if let Some(id) = found {
                let journal = self.place.journal;
                journal.begin_payment(payment.id, draft, daybook, self.place.now())?;
                return self.payment_done(payment, draft, daybook, &id).map(Some);
            }
        }
        match open {
            None => Ok(None),
            Some(open) if is_unpaid(payment, open) => Ok(None),
            Some(open) if open.is_zero() => {
                self.place.journal.payment_settled(payment.id)?;
                let text = text!(
                    "De factuur is in de administratie al betaald; er is geen betaling geboekt.",
                    "The invoice is paid in the books already; no payment was booked."
                );
                self.place.note(payment.order, "payment", &text, None)?;
                self.settled(payment.order, &item(payment), "betaald")?;
                Ok(Some(Tried::Done))
            }
            Some(open) => {
                let (open, total) = (Amount::exact(open), Amount::exact(payment.total));
                let partly = Failure::refused(
                    item(payment),
                    text!(
                        "van de factuur van {total} staat in de administratie {open} open",
                        "of the invoice of {total:#}, {open:#} is open in the books"
                    ),
                );
                self.payment_fails(payment, &partly).map(Some)
            }
        }
    }

    async fn invoice(&self, payment: &PaymentAtWork) -> Result<Option<Booking>> {
        let administration = self.books.administration();
        let found = administration.find_booking(&payment.invoice).await?;
        Ok(found.filter(|found| found.id == payment.booking))
    }

    /// The entry in the books that is this payment.
    async fn ours(&self, draft: &PaymentDraft) -> Result<Option<String>> {
        self.place.go_on()?;
        let administration = self.books.administration();
        let found = administration
            .find_payments(draft.till, &draft.description)
            .await?;
        let mut found = found.into_iter();
        Ok(found
            .find(|found| found.bookings.contains(&draft.booking))
            .map(|found| found.id))
    }

    /// Finds out what became of a write without an outcome.
    async fn settle_payment(&self, payment: &PaymentAtWork) -> Result<Tried> {
        fault::point("before-search-payment");
        let journal = self.place.journal;
        let Some(draft) = &payment.draft else {
            // What was written cannot be told; it is looked for before it is written again.
            journal.payment_not_written(payment.id, true)?;
            return Ok(Tried::Again);
        };
        if let Some(id) = self.ours(draft).await? {
            return self.payment_done(payment, draft, &payment.daybook, &id);
        }
        let now = self.place.now();
        journal.payment_not_found(payment.id, now)?;
        if payment.may_be_repeated(now) {
            journal.payment_not_written(payment.id, true)?;
            return Ok(Tried::Again);
        }
        Ok(Tried::Waits)
    }

    /// In a trial run, in the place of writing it.
    fn would_pay(
        &self,
        payment: &PaymentAtWork,
        draft: &PaymentDraft,
        daybook: &str,
    ) -> Result<Tried> {
        let text = would_book(payment, draft, daybook);
        self.would(payment.order, Does::BookPayment, &text, None)?;
        self.told().paid += 1;
        Ok(Tried::Done)
    }

    fn payment_done(
        &self,
        payment: &PaymentAtWork,
        draft: &PaymentDraft,
        daybook: &str,
        id: &str,
    ) -> Result<Tried> {
        let journal = self.place.journal;
        journal.payment_written(payment.id, id, self.place.now())?;
        let text = booked(payment, draft, daybook);
        self.place.note(payment.order, "payment", &text, None)?;
        self.settled(payment.order, &item(payment), "geboekt")?;
        self.told().paid += 1;
        Ok(Tried::Done)
    }

    /// It could not be written: the order says so, and it is tried again later; one that was lost too
    /// often is only looked for.
    fn payment_fails(&self, payment: &PaymentAtWork, failure: &Failure) -> Result<Tried> {
        let digest = settings_digest(self.place.settings);
        let (journal, now) = (self.place.journal, self.place.now());
        journal.payment_waits(payment.id, payment.version, &digest, Some(now))?;
        let (number, invoice) = (&payment.number, &payment.invoice);
        let (nl, en) = (&failure.text.nl, &failure.text.en);
        let (nl, en) = (nl.trim_end_matches('.'), en.trim_end_matches('.'));
        let behind = |hint: &str| match hint {
            "" => String::new(),
            hint => format!(" {hint}"),
        };
        let (hint_nl, hint_en) = (behind(&failure.hint.nl), behind(&failure.hint.en));
        let profile = self.place.profile();
        let typed = text::typed(number, &payment.shop_id);
        let next = if failure.code == LOST {
            text!("Boekt u haar zelf,", "If you book it yourself,")
        } else {
            text!(
                "Zij wordt later opnieuw geprobeerd; boekt u haar zelf,",
                "It is tried again later; if you book it yourself,"
            )
        };
        let (next_nl, next_en) = (next.nl, next.en);
        let what = match payment.refund {
            None => text!("betaling", "payment"),
            Some(_) => text!("terugbetaling", "money back"),
        };
        let (what, what_en) = (what.nl, what.en);
        let text: Text = text!(
            "De {what} van bestelling {number} is niet geboekt op factuur {invoice}: {nl}.{hint_nl} {next_nl} meld dat dan: winkelbrug skip {profile} {typed} --why \"zelf geboekt\"",
            "The {what_en} of order {number} was not booked on invoice {invoice}: {en}.{hint_en} {next_en} say so: winkelbrug skip {profile} {typed} --why \"booked by hand\""
        );
        self.tell(payment.order, &item(payment), &text)?;
        self.would(payment.order, Does::Report, &text, None)?;
        Ok(Tried::Waits)
    }
}

/// Is all of it open still? An invoice that was paid twice is open below zero; with which sign the books
/// hold what is open of a credit is not documented.
fn is_unpaid(payment: &PaymentAtWork, open: Decimal) -> bool {
    open == payment.total || payment.refund.is_some() && open == -payment.total
}

/// What a trial run tells.
fn would_book(payment: &PaymentAtWork, draft: &PaymentDraft, daybook: &str) -> Text {
    let amount = Amount::money(draft.amount.abs());
    let invoice = &payment.invoice;
    let Text { nl: day, en } = Text::day(draft.date);
    match payment.refund {
        None => text!(
            "Betaling van {amount} op factuur {invoice}, in {daybook}, {day}.",
            "Payment of {amount:#} on invoice {invoice}, in {daybook}, {en}."
        ),
        Some(_) => text!(
            "Terugbetaling van {amount} op creditfactuur {invoice}, uit {daybook}, {day}.",
            "{amount:#} paid back on credit invoice {invoice}, from {daybook}, {en}."
        ),
    }
}

fn booked(payment: &PaymentAtWork, draft: &PaymentDraft, daybook: &str) -> Text {
    let amount = Amount::money(draft.amount.abs());
    let invoice = &payment.invoice;
    let Text { nl: day, en } = Text::day(draft.date);
    match payment.refund {
        None => text!(
            "Betaling van {amount} op factuur {invoice} geboekt in {daybook}, {day}.",
            "Payment of {amount:#} on invoice {invoice} booked in {daybook}, {en}."
        ),
        Some(_) => text!(
            "Terugbetaling van {amount} op creditfactuur {invoice} geboekt in {daybook}, {day}.",
            "{amount:#} paid back on credit invoice {invoice} booked in {daybook}, {en}."
        ),
    }
}

/// By what it is found again: the payment reference (else the order's number) and the invoice.
fn description(payment: &PaymentAtWork) -> String {
    let reference = match payment.reference.trim() {
        "" => payment.number.trim(),
        reference => reference,
    };
    format!("{reference} factuur {}", payment.invoice.trim())
        .chars()
        .take(DESCRIPTION)
        .collect()
}

/// SnelStart B2B v2 (BankboekingModel): omschrijving at most 250.
const DESCRIPTION: usize = 250;

fn lost_too_often() -> Failure {
    Failure::refused(
        LOST,
        text!(
            "schrijven is meermalen geprobeerd en kwam nooit aan",
            "writing it was tried several times and never arrived"
        ),
    )
}

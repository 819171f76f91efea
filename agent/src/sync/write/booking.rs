//! Then, where the owner wants booked invoices: the verkoopboeking in the place of the sales order.
//! Its number is unique in the books, so it is looked up before it is written.

use super::{Ended, Step, Writer, intent::About, relation::Customer};
use crate::{
    administration::INVOICE_NUMBER_TAKEN,
    books::{Booking, BookingDraft},
    failure::{Class, Effect, Failure, Result},
    fault,
    journal::{
        IntentId, Kind, State,
        at_work::OrderAtWork,
        intents::{Begun, Intent, IntentDraft, SETTLES_WITHIN, Written},
        orders::Booked,
    },
    profile::settings::Form,
    sync::decide::Looked,
    text,
    translate::{Change, Plan, Reason, payment_journal},
};

impl Writer<'_> {
    /// Writes the booked invoice of a plan.
    pub(super) async fn booking(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        draft: &BookingDraft,
        looked: &Looked,
        customer: &Customer,
    ) -> Result<Step<State>> {
        self.place.go_on()?;
        fault::point("before-look-up-booking");
        let administration = self.books.administration();
        let there = administration.find_booking(&draft.number).await?;
        if let Some(there) = &there
            && !self.is_this(there, draft, &customer.id)?
        {
            return self.number_taken(work, draft).await;
        }
        // One that a lost write of ours brought after all is no stranger's.
        let lost = self.place.journal.lost_before(work.id, Kind::Order)?;
        let ours = lost.contains(&draft.number);
        let before: Vec<String> = there
            .iter()
            .filter(|_| !ours)
            .map(|there| there.id.clone())
            .collect();
        let intent = IntentDraft {
            order: work.id,
            profile: self.place.profile().to_owned(),
            administration: self.books.id().clone(),
            kind: Kind::Order,
            key: draft.number.clone(),
            again: true,
            about: About {
                relation: Some(customer.id.clone()),
                total: Some(draft.amount),
                before: before.clone(),
                booking: true,
                ..About::default()
            }
            .written()?,
            party: String::new(),
            facts_at: looked.basis.at,
            credit: None,
        };
        let intent = match self.place.journal.begin_intent(&intent, self.place.now())? {
            Begun::Begun(id) => id,
            Begun::Busy => {
                return Ok(Step::Ended(Ended::Waits(text!(
                    "Een andere bestelling met hetzelfde factuurnummer wordt juist geschreven.",
                    "Another order with the same invoice number is just being written."
                ))));
            }
            Begun::Outdated => return Ok(Step::Again),
        };
        self.place
            .order_became(work.id, &work.number, State::Writing, None)?;
        let created = match there {
            Some(there) => Ok(there),
            None => {
                fault::point("before-create-booking");
                let created = administration.create_booking(&customer.id, draft).await;
                fault::point("after-create-booking");
                self.log_write("booking", &work.number, &draft.number, &created);
                created
            }
        };
        match created {
            Ok(booking) => {
                self.booking_done(intent, &booking)?;
                let linked = before.contains(&booking.id);
                if !linked {
                    self.count(|created| created.bookings += 1);
                }
                let ended =
                    self.booking_written(work, plan, draft, &booking, Some(customer), linked)?;
                Ok(Step::Ended(ended))
            }
            Err(failure) => self.booking_failed(work, intent, draft, failure).await,
        }
    }

    fn booking_done(&self, intent: IntentId, booking: &Booking) -> Result<()> {
        let written = Written {
            id: &booking.id,
            code: &booking.number,
            bind: None,
        };
        let journal = self.place.journal;
        journal.intent_done(intent, &written, self.place.now())
    }

    /// Nobody's yet, of that customer and for that amount: then it is ours.
    fn is_this(&self, there: &Booking, draft: &BookingDraft, relation: &str) -> Result<bool> {
        let journal = self.place.journal;
        let bound = journal.bound_by(self.books.id(), Kind::Order, &there.id)?;
        Ok(bound.is_none() && there.relation == relation && there.amount == draft.amount)
    }

    async fn number_taken(&self, work: &OrderAtWork, draft: &BookingDraft) -> Result<Step<State>> {
        let number = &draft.number;
        let reason = Reason::new(
            "factuurnummer-bestaat-al",
            text!(
                "Factuur {number} staat al in de administratie, voor een andere klant of een ander bedrag.",
                "Invoice {number} is in the administration already, for another customer or amount."
            ),
            text!(
                "Kijk in de administratie welke factuur dat is. Is het deze bestelling, sla haar dan over; zo niet, gebruik in het profiel een voorvoegsel of andere nummers.",
                "Look in the administration which invoice that is. If it is this order's, skip the order; if not, use a prefix or other numbers in the profile."
            ),
        );
        self.hold(work.id, &reason).await?;
        Ok(Step::Done(State::Held))
    }

    async fn booking_failed(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        draft: &BookingDraft,
        failure: Failure,
    ) -> Result<Step<State>> {
        if failure.effect == Effect::Unknown
            && let Some(open) = self.place.journal.open_intent(work.id)?
        {
            return Ok(match self.after_unknown(&open, failure).await? {
                Step::Done(()) | Step::Again => Step::Again,
                Step::Ended(ended) => Step::Ended(ended),
            });
        }
        self.place.journal.intent_none(intent, self.place.now())?;
        if failure.code == INVOICE_NUMBER_TAKEN {
            return self.number_taken(work, draft).await;
        }
        match failure.class {
            Class::Refused | Class::Bug => self.refused(work, failure).await.map(Step::Ended),
            Class::Transient | Class::Credentials | Class::Misconfigured => Err(failure),
        }
    }

    /// The invoice of an intent without outcome, by its number.
    pub(super) async fn search_booking(&self, intent: &Intent, about: &About) -> Result<Step<()>> {
        let found = self
            .books
            .administration()
            .find_booking(&intent.key)
            .await?;
        let Some(found) = found else {
            return self.search_found_nothing(intent).await;
        };
        let journal = self.place.journal;
        let bound = journal.bound_by(self.books.id(), Kind::Order, &found.id)?;
        let ours = bound.is_none()
            && about.relation.as_deref() == Some(found.relation.as_str())
            && about.total == Some(found.amount);
        if ours {
            self.booking_done(intent.id, &found)?;
            if !about.before.contains(&found.id) {
                self.count(|created| created.bookings += 1);
            }
        } else {
            // Numbers are unique: with a stranger's under ours, ours was not written.
            journal.intent_none(intent.id, self.place.now())?;
        }
        Ok(Step::Done(()))
    }

    /// Finishes a booking that arrived and was not looked at yet.
    pub(super) async fn finish_booking(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        draft: &BookingDraft,
        id: &str,
    ) -> Result<Ended> {
        self.place.go_on()?;
        let number = &draft.number;
        let found = self.books.administration().find_booking(number).await?;
        let journal = self.place.journal;
        let about = journal.about_written(work.id)?;
        let about = about.as_deref().map(About::read).transpose()?;
        let about = about.unwrap_or_default();
        let linked = about.before.iter().any(|before| before == id);
        match found.filter(|found| found.id == id) {
            Some(found) => self.booking_written(work, plan, draft, &found, None, linked),
            None => {
                let written = journal.written_at(work.id)?;
                let soon = |at| self.place.now().duration_since(at) < SETTLES_WITHIN;
                if written.is_some_and(soon) {
                    return Ok(Ended::Waits(text!(
                        "De geschreven factuur is in de administratie nog niet terug te lezen.",
                        "The invoice that was written cannot be read back from the books yet."
                    )));
                }
                let booking = Booking {
                    id: id.to_owned(),
                    number: number.clone(),
                    relation: about.relation.unwrap_or_default(),
                    amount: draft.amount,
                    open: None,
                    date: Some(draft.date),
                    vat: draft.vat.clone(),
                    lines: draft.lines.clone(),
                };
                self.booking_gone(work, number)?;
                self.booking_written(work, plan, draft, &booking, None, linked)
            }
        }
    }

    fn booking_gone(&self, work: &OrderAtWork, invoice: &str) -> Result<()> {
        let number = &work.number;
        let change = Change {
            code: "verkoopboeking-weg".to_owned(),
            text: text!(
                "Bestelling {number} is geschreven, maar factuur {invoice} is in de administratie niet meer te vinden; haar totaal is niet vergeleken.",
                "Order {number} was written, but invoice {invoice} cannot be found in the books any more; its total was not compared."
            ),
        };
        self.place.note(work.id, "attention", &change.text, None)?;
        let journal = self.place.journal;
        journal.need_attention(work.id, &change, self.place.now())
    }

    fn booking_written(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        draft: &BookingDraft,
        booking: &Booking,
        customer: Option<&Customer>,
        linked: bool,
    ) -> Result<Ended> {
        if booking.amount != draft.amount {
            let (number, booked, planned) = (&work.number, booking.amount, draft.amount);
            let change = Change {
                code: "totaal-wijkt-af".to_owned(),
                text: text!(
                    "Totaal wijkt af: bestelling {number} is in de boekhouding {booked} in plaats van {planned}. Een verkoopboeking kan niet worden geblokkeerd.",
                    "Total differs: order {number} is {booked} in the books instead of {planned}. A booked invoice cannot be blocked."
                ),
            };
            self.place.note(work.id, "attention", &change.text, None)?;
            let journal = self.place.journal;
            journal.need_attention(work.id, &change, self.place.now())?;
        }
        let relation = match customer {
            Some(customer) => customer.id.clone(),
            None => booking.relation.clone(),
        };
        let code = match customer.and_then(|customer| customer.code) {
            Some(code) => Some(code),
            None => self
                .books
                .mirror()
                .relation(&relation)?
                .map(|relation| relation.code),
        };
        let vat: rust_decimal::Decimal = plan.expected.vat.values().sum();
        let booked = Booked {
            administration: self.books.id().clone(),
            id: booking.id.clone(),
            number: booking.number.clone(),
            relation,
            relation_code: code,
            payment_reference: plan.order.payment_reference.clone(),
            total: booking.amount,
            total_excl: Some(booking.amount - vat),
            stage: None,
            linked,
            form: Form::Booking,
            awaits_payment: self.awaits_payment(work)?,
        };
        self.finished(work, &booked)
    }

    /// Is its payment booked as well, once the shop says paid?
    fn awaits_payment(&self, work: &OrderAtWork) -> Result<bool> {
        let version = work.planned_version.unwrap_or(work.version);
        let raw = self.place.journal.raw(version)?;
        let shop = self.decider.shop;
        let order = raw.and_then(|raw| shop.read(&work.shop_id.0, &raw).ok());
        let settings = self.place.settings;
        Ok(order.is_some_and(|order| payment_journal(&order, settings).is_some()))
    }
}

//! Orders cancelled after they were written: blocked while nobody invoiced them, deleted on the
//! owner's yes, credited once they are invoiced.

use rust_decimal::Decimal;

use super::{After, is_refusal, prepare::Standing};
use crate::{
    failure::Result,
    fault,
    journal::{
        OrderId,
        cancellations::Cancellation,
        credits::{CANCELLED, Credit, CreditState, CreditedOrder},
        report::Does,
    },
    profile::settings::Cancelled,
    text,
    text::{Amount, Text},
};

const ITEM: &str = "cancelled";

impl After<'_> {
    /// Does what is left to do; tells whether it waits for the owner.
    pub(super) async fn cancelled(&self, order: OrderId, state: Cancellation) -> Result<bool> {
        let (journal, now) = (self.place.journal, self.place.now());
        let credited = journal.credited_order(order)?;
        let set = |state| journal.set_cancellation(order, state, now);
        match self.standing(order, &credited).await? {
            Standing::Gone => {
                journal.order_deleted(order)?;
                self.books.order_is_gone(&credited.booked)?;
                set(Cancellation::Gone)?;
                self.settled(order, ITEM, "verkooporder weg")?;
                Ok(false)
            }
            Standing::Unsure => Ok(true),
            Standing::Invoiced => self.invoiced(order, &credited),
            Standing::Open => match state {
                Cancellation::Delete => self.delete(order, &credited.booked).await,
                Cancellation::Found if self.place.settings.sales.cancelled == Cancelled::Block => {
                    self.block(order, &credited.booked).await
                }
                Cancellation::Found => {
                    set(Cancellation::Reported)?;
                    let text = self.report(order, false)?;
                    self.would(order, Does::Report, &text, None)?;
                    Ok(true)
                }
                _ => Ok(true),
            },
        }
    }

    /// What is given back refund by refund is credited so; else all of it is.
    fn invoiced(&self, order: OrderId, credited: &CreditedOrder) -> Result<bool> {
        let (journal, now) = (self.place.journal, self.place.now());
        let credits = journal.credits_of(order)?;
        let dismissed = |credit: &Credit| credit.state == CreditState::Dismissed;
        let never =
            |credit: &Credit| credit.refund == CANCELLED && dismissed(credit) && !credit.attempted;
        if credits.iter().all(never) {
            journal.credit_all(order, now)?;
            self.settled(order, ITEM, "gefactureerd: creditering")?;
            return Ok(true);
        }
        let live = credits.iter().filter(|credit| !dismissed(credit));
        let amounts: Option<Vec<Decimal>> = live.map(Credit::gives_back).collect();
        let Some(amounts) = amounts else {
            // Its credits are prepared first.
            return Ok(true);
        };
        let (back, total) = (amounts.iter().sum(), credited.total.unwrap_or_default());
        if back >= total {
            journal.set_cancellation(order, Cancellation::Credit, now)?;
            self.settled(order, ITEM, "gefactureerd: creditering")?;
            return Ok(true);
        }
        let work = journal.order_at_work(order)?;
        let by_hand = credits
            .iter()
            .any(|credit| credit.refund != CANCELLED && dismissed(credit));
        let known = work.plan.is_some()
            && credits
                .iter()
                .filter(|credit| !dismissed(credit))
                .all(|credit| credit.plan.is_some());
        if !by_hand && known {
            // What is left is proposed as a credit of its own.
            journal.credit_all(order, now)?;
            self.settled(order, ITEM, "gefactureerd: creditering")?;
            return Ok(true);
        }
        let (number, typed) = (&work.number, text::typed(&work.number, &work.shop_id.0));
        let profile = self.place.profile();
        let (rest, back) = (Amount::money(total - back), Amount::money(back));
        let text = text!(
            "Bestelling {number} is in de winkel geannuleerd nadat zij geboekt en gefactureerd was; daarvan is {back} gecrediteerd of staat dat klaar. Crediteer de overige {rest} met de hand en meld dat als bekeken: winkelbrug skip {profile} {typed} --why \"gecrediteerd\"",
            "Order {number} was cancelled in the shop after it was invoiced; {back:#} of it is credited or prepared. Credit the other {rest:#} by hand and report it as looked at: winkelbrug skip {profile} {typed} --why \"credited\""
        );
        self.tell(order, ITEM, &text)?;
        Ok(true)
    }

    async fn block(&self, order: OrderId, booked: &str) -> Result<bool> {
        self.place.go_on()?;
        if self.dry_run {
            self.count(|counts| counts.blocked += 1);
            let text = text!(
                "In de winkel geannuleerd nadat zij geboekt was; de verkooporder wordt geblokkeerd.",
                "Cancelled in the shop after it was booked; the sales order is blocked."
            );
            self.would(order, Does::Block, &text, None)?;
            return Ok(true);
        }
        fault::point("before-block-cancelled");
        let blocked = self.books.administration().block_order(booked).await;
        fault::point("after-block-cancelled");
        let blocked = match blocked {
            Ok(()) => {
                self.count(|counts| counts.blocked += 1);
                true
            }
            Err(failure) if is_refusal(&failure) => false,
            Err(failure) => return Err(failure),
        };
        let state = if blocked {
            Cancellation::Blocked
        } else {
            Cancellation::Reported
        };
        self.report(order, blocked)?;
        let journal = self.place.journal;
        journal.set_cancellation(order, state, self.place.now())?;
        Ok(true)
    }

    fn report(&self, order: OrderId, blocked: bool) -> Result<Text> {
        let work = self.place.journal.order_at_work(order)?;
        let (number, typed) = (&work.number, text::typed(&work.number, &work.shop_id.0));
        let profile = self.place.profile();
        let (done_nl, done_en) = if blocked {
            (
                "De verkooporder is geblokkeerd.",
                "The sales order is blocked.",
            )
        } else {
            (
                "De verkooporder is niet geblokkeerd.",
                "The sales order is not blocked.",
            )
        };
        let text = text!(
            "Bestelling {number} is in de winkel geannuleerd nadat zij geboekt was; zij is nog niet gefactureerd. {done_nl} Verwijder haar uit de administratie met: winkelbrug cancel {profile} {typed} --yes",
            "Order {number} was cancelled in the shop after it was booked; it is not invoiced yet. {done_en} Delete it from the administration with: winkelbrug cancel {profile} {typed} --yes"
        );
        self.tell(order, ITEM, &text)?;
        Ok(text)
    }

    /// Its credit was written since the owner said yes: both stay.
    fn credit_stays(&self, order: OrderId, credit: &Credit) -> Result<bool> {
        let journal = self.place.journal;
        let work = journal.order_at_work(order)?;
        let (number, typed) = (&work.number, text::typed(&work.number, &work.shop_id.0));
        let (name, profile) = (credit.name(), self.place.profile());
        let text = text!(
            "De verkooporder van de geannuleerde bestelling {number} is niet verwijderd: haar creditering {name} is intussen geschreven en zou blijven staan. Verwijder in de administratie eerst de creditering en daarna de verkooporder, en meld dat als bekeken: winkelbrug skip {profile} {typed} --why \"verwijderd\"",
            "The sales order of the cancelled order {number} was not deleted: its credit {name} was written meanwhile and would stay behind. Delete the credit in the administration first and then the sales order, and report that as looked at: winkelbrug skip {profile} {typed} --why \"deleted\""
        );
        journal.set_cancellation(order, Cancellation::Reported, self.place.now())?;
        self.tell(order, ITEM, &text)?;
        Ok(true)
    }

    /// Deleting twice does no harm: a lost answer is settled by looking whether it is gone.
    async fn delete(&self, order: OrderId, booked: &str) -> Result<bool> {
        let credits = self.place.journal.credits_of(order)?;
        if let Some(credit) = credits.iter().find(|one| one.is_in_books()) {
            return self.credit_stays(order, credit);
        }
        self.place.go_on()?;
        if self.dry_run {
            self.count(|counts| counts.deleted += 1);
            let text = text!(
                "De verkooporder wordt uit de administratie verwijderd; daarop gaf u akkoord.",
                "The sales order is deleted from the administration; you agreed to that."
            );
            self.would(order, Does::Delete, &text, None)?;
            return Ok(false);
        }
        fault::point("before-delete-order");
        let deleted = self.books.administration().delete_order(booked).await;
        fault::point("after-delete-order");
        let (journal, now) = (self.place.journal, self.place.now());
        match deleted {
            Ok(()) => {
                self.count(|counts| counts.deleted += 1);
                self.books.order_is_gone(booked)?;
                let text = text!(
                    "De verkooporder is uit de administratie verwijderd.",
                    "The sales order was deleted from the administration."
                );
                self.place.note(order, "cancelled", &text, None)?;
                journal.order_deleted(order)?;
                journal.set_cancellation(order, Cancellation::Gone, now)?;
                self.settled(order, ITEM, "verwijderd")?;
                for credit in journal.credits_of(order)? {
                    journal.no_credit(credit.id)?;
                    self.settled(order, &super::item_of(&credit), "verwijderd")?;
                }
                Ok(false)
            }
            Err(failure) if is_refusal(&failure) => {
                let (nl, en) = (&failure.text.nl, &failure.text.en);
                let number = journal.order_at_work(order)?.number;
                let text = text!(
                    "De verkooporder van de geannuleerde bestelling {number} kon niet worden verwijderd: {nl}",
                    "The sales order of the cancelled order {number} could not be deleted: {en}"
                );
                self.tell(order, ITEM, &text)?;
                journal.set_cancellation(order, Cancellation::Reported, now)?;
                Ok(true)
            }
            Err(failure) => Err(failure),
        }
    }
}

//! A credit written, exactly once: its intent is committed before it, the books are searched for
//! what has no outcome, and its total is compared.

use rust_decimal::Decimal;

use super::{After, is_refusal, prepare::FOUND};
use crate::{
    administration::INVOICE_NUMBER_TAKEN,
    books::{BookedOrder, Booking, OrderDraft},
    failure::{Effect, Failure, Result},
    fault,
    journal::{
        IntentId, Kind,
        credits::{Credit, CreditState, CreditedOrder},
        intents::{Begun, Intent, IntentDraft, OUTCOME_UNKNOWN, Written},
        report::Does,
    },
    profile::settings::Form,
    sync::write::{LOST_AT_MOST, intent::About, log_write},
    text,
    translate::{Plan, Reason, by_price},
};

/// How often it is tried anew in one run.
const ROUNDS: usize = 4;

/// A document in the books.
pub(super) struct Found {
    id: String,
    number: String,
    relation: String,
    pub total: Option<Decimal>,
    /// The sales order, where it is one.
    pub order: Option<Box<BookedOrder>>,
}

impl Found {
    /// Of the same relation and amount.
    fn is(&self, credited: &CreditedOrder, plan: &Plan) -> bool {
        self.relation == credited.relation && self.total == Some(plan.expected.incl)
    }
}

impl From<BookedOrder> for Found {
    fn from(order: BookedOrder) -> Self {
        Self {
            id: order.id.clone(),
            number: order.number.clone(),
            relation: order.relation.clone(),
            total: order.total_incl,
            order: Some(Box::new(order)),
        }
    }
}

impl From<Booking> for Found {
    fn from(booking: Booking) -> Self {
        Self {
            id: booking.id,
            number: booking.number,
            relation: booking.relation,
            total: Some(booking.amount),
            order: None,
        }
    }
}

/// How far an attempt came.
pub(super) enum Tried {
    Again,
    /// It waits for the owner, or for time to go by.
    Waits,
    Written,
}

impl After<'_> {
    /// Writes an approved credit; tells whether it waits.
    pub(super) async fn write(&self, id: i64) -> Result<bool> {
        if self.dry_run {
            return self.would_write(id).map(|()| false);
        }
        for _ in 0..ROUNDS {
            self.place.go_on()?;
            match self.attempt(id).await? {
                Tried::Again => {}
                Tried::Waits => return Ok(true),
                Tried::Written => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What a trial run tells of a credit that is said yes to.
    fn would_write(&self, id: i64) -> Result<()> {
        let credit = self.place.journal.credit(id)?;
        let name = credit.name();
        let text = text!(
            "Creditering {name} wordt geschreven.",
            "Credit {name} is written."
        );
        self.count(|counts| counts.credited += 1);
        self.would(credit.order, Does::WriteCredit, &text, credit.plan.as_ref())
    }

    async fn attempt(&self, id: i64) -> Result<Tried> {
        let journal = self.place.journal;
        let credit = journal.credit(id)?;
        let credited = journal.credited_order(credit.order)?;
        if let Some(intent) = journal.open_intent(credit.order)? {
            return if intent.credit == Some(id) {
                self.settle(&credit, &credited, &intent).await
            } else {
                Ok(Tried::Waits)
            };
        }
        if let Some(booked) = journal.credit_booked(id)? {
            return self.look_back(&credit, &credited, &booked, None).await;
        }
        let plan = match (credit.state, credit.plan.clone()) {
            (CreditState::Writing, Some(plan)) => plan,
            (CreditState::Approved | CreditState::Writing, _) => {
                let work = journal.order_at_work(credit.order)?;
                if !self.still_there(&credit, &credited).await? {
                    return Ok(Tried::Waits);
                }
                match self.made(&work, &credit, &credited).await? {
                    Ok(plan) => {
                        if !self.is_agreed(&work, &credit, &plan)? {
                            return Ok(Tried::Waits);
                        }
                        let state = CreditState::Approved;
                        let reason = credit.reason.as_ref().filter(|reason| reason.code == FOUND);
                        journal.credit_prepared(id, credit.state, state, Some(&plan), reason)?;
                        plan
                    }
                    Err(reason) if credit.state == CreditState::Writing => {
                        self.back(&credit, &reason)?;
                        return Ok(Tried::Waits);
                    }
                    Err(reason) => {
                        self.waits(&credit, &reason)?;
                        return Ok(Tried::Waits);
                    }
                }
            }
            _ => return Ok(Tried::Waits),
        };
        self.send(&credit, &credited, &plan).await
    }

    async fn send(&self, credit: &Credit, credited: &CreditedOrder, plan: &Plan) -> Result<Tried> {
        let key = key(credited, plan);
        let there = self.free(credited, &key).await?;
        if let Some(other) = there.iter().find(|found| !found.is(credited, plan)) {
            self.taken(credit, &key, &other.number)?;
            return Ok(Tried::Waits);
        }
        let to_be_joined = credit
            .reason
            .as_ref()
            .is_some_and(|reason| reason.code == FOUND);
        if there.is_empty() && to_be_joined && credit.state == CreditState::Approved {
            // What was found is gone again: the owner is asked, as for any other.
            let (approved, new) = (CreditState::Approved, CreditState::New);
            self.place
                .journal
                .credit_prepared(credit.id, approved, new, Some(plan), None)?;
            return Ok(Tried::Waits);
        }
        let Some(intent) = self.begin(credit, credited, plan, &key)? else {
            return Ok(Tried::Waits);
        };
        if let Some(found) = there.into_iter().next() {
            self.done(intent, &found)?;
            return self
                .look_back(credit, credited, &found.id.clone(), Some(found))
                .await;
        }
        let mut sent = self.create(credit, credited, plan, &plan.order).await?;
        let mut intent = intent;
        // How lines below zero are written is not documented: with fewer pieces, else at a price.
        if credited.form == Form::Order
            && let Err(failure) = &sent
            && is_refusal(failure)
            && failure.effect == Effect::None
        {
            let journal = self.place.journal;
            journal.intent_none(intent, self.place.now())?;
            match self.begin(credit, credited, plan, &key)? {
                Some(again) => intent = again,
                None => return Ok(Tried::Waits),
            }
            sent = self
                .create(credit, credited, plan, &by_price(&plan.order))
                .await?;
        }
        match sent {
            Ok(found) => {
                self.done(intent, &found)?;
                self.look_back(credit, credited, &found.id.clone(), Some(found))
                    .await
            }
            Err(failure) => self.failed(credit, credited, intent, &key, failure).await,
        }
    }

    async fn create(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        plan: &Plan,
        order: &OrderDraft,
    ) -> Result<Result<Found>> {
        let number = self.place.journal.order_at_work(credit.order)?.number;
        let administration = self.books.administration();
        fault::point("before-create-credit");
        let created = match &plan.booking {
            Some(draft) => administration
                .create_booking(&credited.relation, draft)
                .await
                .map(Found::from),
            None => match administration.create_order(&credited.relation, order).await {
                Ok(booked) => {
                    self.books.wrote_order(&booked)?;
                    Ok(Found::from(booked))
                }
                Err(failure) => Err(failure),
            },
        };
        fault::point("after-create-credit");
        let key = key(credited, plan);
        log_write(&self.place, "credit", &number, &key, &created);
        Ok(created)
    }

    fn begin(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        plan: &Plan,
        key: &str,
    ) -> Result<Option<IntentId>> {
        let now = self.place.now();
        let draft = IntentDraft {
            order: credit.order,
            profile: self.place.profile().to_owned(),
            administration: self.books.id().clone(),
            kind: Kind::Order,
            key: key.to_owned(),
            again: true,
            about: About {
                relation: Some(credited.relation.clone()),
                total: Some(plan.expected.incl),
                booking: credited.form == Form::Booking,
                ..About::default()
            }
            .written()?,
            party: String::new(),
            facts_at: now,
            credit: Some(credit.id),
        };
        Ok(match self.place.journal.begin_intent(&draft, now)? {
            Begun::Begun(intent) => Some(intent),
            Begun::Busy | Begun::Outdated => None,
        })
    }

    fn done(&self, intent: IntentId, found: &Found) -> Result<()> {
        let written = Written {
            id: &found.id,
            code: &found.number,
            bind: None,
        };
        let journal = self.place.journal;
        journal.intent_done(intent, &written, self.place.now())
    }

    /// Documents in the books under that name that are nobody's.
    async fn free(&self, credited: &CreditedOrder, key: &str) -> Result<Vec<Found>> {
        self.place.go_on()?;
        let administration = self.books.administration();
        let found: Vec<Found> = match credited.form {
            Form::Booking => {
                let booking = administration.find_booking(key).await?;
                booking.into_iter().map(Found::from).collect()
            }
            Form::Order if self.books.finds_orders() => {
                let mut orders = administration.find_orders(key).await?;
                if orders.is_empty() {
                    orders = self.books.mirror().orders_by_reference(key)?;
                }
                orders.into_iter().map(Found::from).collect()
            }
            Form::Order => Vec::new(),
        };
        let mut free = Vec::new();
        for one in found {
            let journal = self.place.journal;
            if journal
                .bound_by(self.books.id(), Kind::Order, &one.id)?
                .is_none()
            {
                free.push(one);
            }
        }
        Ok(free)
    }

    /// Does a document in the books that nobody is bound to bear its name, for the same relation and amount? It is
    /// this credit, written when the journal was another: it is linked, and nobody is asked again.
    pub(super) async fn is_written_already(
        &self,
        credited: &CreditedOrder,
        plan: &Plan,
    ) -> Result<bool> {
        let there = self.free(credited, &key(credited, plan)).await?;
        Ok(there.iter().any(|found| found.is(credited, plan)))
    }

    /// Finds out what became of a write without an outcome.
    async fn settle(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        intent: &Intent,
    ) -> Result<Tried> {
        fault::point("before-search");
        if credited.form == Form::Order && !self.books.finds_orders() {
            self.not_searchable(credit)?;
            return Ok(Tried::Waits);
        }
        let about = About::read(&intent.about)?;
        let mut found = self.free(credited, &intent.key).await?;
        if found.is_empty() && credited.form == Form::Order {
            self.books.refresh_since(intent.started_at).await?;
            found = self.free(credited, &intent.key).await?;
        }
        let ours = found
            .into_iter()
            .find(|found| about.relation.as_deref() == Some(found.relation.as_str()));
        if let Some(found) = ours {
            self.done(intent.id, &found)?;
            return Ok(Tried::Again);
        }
        let (journal, now) = (self.place.journal, self.place.now());
        journal.search_found_nothing(intent.id, now)?;
        if !intent.may_be_repeated(now) {
            return Ok(Tried::Waits);
        }
        journal.intent_lost(intent, now)?;
        let lost = journal.lost_before(credit.order, Kind::Order)?;
        let times = lost.iter().filter(|key| **key == intent.key).count();
        if times < LOST_AT_MOST as usize {
            return Ok(Tried::Again);
        }
        let reason = Reason::new(
            "write-lost",
            text!(
                "Schrijven van de creditering is meermalen geprobeerd en kwam nooit aan.",
                "Writing the credit was tried several times and never arrived."
            ),
            text!(
                "Controleer in de administratie of er iets mis is en geef opnieuw akkoord.",
                "Check in the books whether something is wrong and say yes again."
            ),
        );
        self.back(credit, &reason)?;
        Ok(Tried::Waits)
    }

    async fn failed(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        intent: IntentId,
        key: &str,
        failure: Failure,
    ) -> Result<Tried> {
        let journal = self.place.journal;
        if failure.effect == Effect::Unknown {
            self.place
                .note(credit.order, "failed", &failure.text, None)?;
            return match journal.open_intent(credit.order)? {
                Some(open) => self.settle(credit, credited, &open).await,
                None => Ok(Tried::Again),
            };
        }
        journal.intent_none(intent, self.place.now())?;
        if failure.code == INVOICE_NUMBER_TAKEN {
            self.taken(credit, key, key)?;
            return Ok(Tried::Waits);
        }
        if is_refusal(&failure) {
            let reason = Reason::new(failure.code, failure.text, failure.hint);
            self.back(credit, &reason)?;
            return Ok(Tried::Waits);
        }
        journal.credit_not_written(credit.id, None)?;
        Err(failure)
    }

    fn not_searchable(&self, credit: &Credit) -> Result<()> {
        let reason = Reason::new(
            OUTCOME_UNKNOWN,
            text!(
                "Het is onbekend of de creditering in de boekhouding is aangekomen, en er kan niet naar worden gezocht.",
                "It is not known whether the credit arrived in the books, and it cannot be searched for."
            ),
            text!(
                "Kijk in de administratie of zij er is: zo ja, meld dit als bekeken (winkelbrug skip); zo nee, geef opnieuw akkoord.",
                "Look in the books whether it is there: if so, report this as looked at (winkelbrug skip); if not, say yes again."
            ),
        );
        self.back(credit, &reason)
    }

    fn taken(&self, credit: &Credit, key: &str, number: &str) -> Result<()> {
        let reason = Reason::new(
            "kenmerk-bestaat-al",
            text!(
                "De creditering {key} kan niet worden geschreven: onder dat kenmerk staat al {number} in de administratie, met een andere klant of een ander bedrag.",
                "The credit {key} cannot be written: under that reference {number} is in the administration already, with another customer or amount."
            ),
            text!(
                "Kijk wat dat is; is het deze creditering, meld dit dan als bekeken (winkelbrug skip).",
                "Look what that is; if it is this credit, report this as looked at (winkelbrug skip)."
            ),
        );
        self.back(credit, &reason)
    }

    /// Nothing was written: it waits for the owner.
    fn back(&self, credit: &Credit, reason: &Reason) -> Result<()> {
        let journal = self.place.journal;
        journal.credit_not_written(credit.id, Some(reason))?;
        self.waits(&journal.credit(credit.id)?, reason)
    }
}

/// By what it is found again: payment reference or invoice number.
pub(super) fn key(credited: &CreditedOrder, plan: &Plan) -> String {
    match (&plan.booking, credited.form) {
        (Some(booking), Form::Booking) => booking.number.clone(),
        _ => plan.order.payment_reference.clone(),
    }
}

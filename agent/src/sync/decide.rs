//! Deciding on orders: what each needs looked up, the facts, the translation, and the decision
//! committed. A plan rests on settings and facts whose digests it carries: it is made again when
//! either changed before it is applied.

use jiff::SignedDuration;
use tokio::sync::OnceCell;
use winkelbrug_protocol::record::{Lookups, Order};

use super::{books::Books, import, place::Place, products, unread};
use crate::{
    failure::{Class, Failure, Result},
    journal::{
        OrderId, ShopOrderId, State, VersionId,
        at_work::OrderAtWork,
        orders::{Basis, Booked, SKIPPED_BY_OWNER},
    },
    profile::settings::Form,
    shop::{Shop, too_large},
    text,
    text::Text,
    translate::{
        self, Facts, Needs, NegativeLines, Outcome, Plan, Reason, TextLines, facts_digest, pieces,
        settings_digest,
    },
};

/// How old a price by agreement may be. A held order is decided on again at every run: its prices
/// are asked for anew once a day, and when its owner offers it again.
fn fresh(state: State) -> SignedDuration {
    match state {
        State::Seen => SignedDuration::from_mins(1),
        State::Planned | State::Writing => SignedDuration::from_hours(1),
        State::Held | State::Skipped | State::Written => SignedDuration::from_hours(24),
    }
}

/// What decisions are made with.
pub struct Decider<'a> {
    /// The profile.
    pub place: Place<'a>,
    /// The shop, to ask again for an order whose text was erased.
    pub shop: &'a dyn Shop,
    /// The books.
    pub books: &'a Books<'a>,
    /// The shop's names and rates.
    pub lookups: &'a Lookups,
    /// Were the shop's products read in this run, because an order may make an article? False where
    /// the shop cannot tell them.
    pub products: OnceCell<bool>,
}

/// An order that could be read, and what the books know about it.
pub struct Looked {
    /// The order.
    pub order: Box<Order>,
    /// What was looked up.
    pub needs: Needs,
    /// What is known.
    pub facts: Facts,
    /// What a decision now rests on.
    pub basis: Basis,
}

impl Decider<'_> {
    /// Decides on an order and commits the decision; gives the state it is in now.
    ///
    /// # Errors
    /// A setting that stops the whole task: `Misconfigured`. The order keeps its place.
    pub async fn decide(&self, order: OrderId) -> Result<State> {
        let work = self.place.journal.order_at_work(order)?;
        if work.left_out {
            return Ok(work.state);
        }
        let Some(looked) = self.look(&work).await? else {
            return Ok(self.place.journal.order_at_work(order)?.state);
        };
        let outcome = self.outcome(&looked).await?;
        self.commit(&work, &looked, outcome)
    }

    /// Decides on a held order again if settings or facts changed since, or if asked to anyway.
    ///
    /// # Errors
    /// As [`Decider::decide`].
    pub async fn decide_again(&self, order: OrderId, anyway: bool) -> Result<Option<State>> {
        let work = self.place.journal.order_at_work(order)?;
        let Some(looked) = self.look(&work).await? else {
            return Ok(None);
        };
        if !anyway && !self.rests_elsewhere(&work, &looked) {
            return Ok(None);
        }
        let outcome = self.outcome(&looked).await?;
        if let Outcome::Held(reason) = &outcome
            && work.reason.as_ref() == Some(reason)
        {
            // The same reason again is no news; only what it rests on is.
            let (basis, pieces) = (&looked.basis, pieces(&looked.order));
            let journal = self.place.journal;
            let held = journal.hold_order(order, reason, Some(basis), Some(&pieces));
            unless_left_out(held)?;
            return Ok(None);
        }
        self.commit(&work, &looked, outcome).map(Some)
    }

    /// The plan of an order about to be written: the one it has when that still holds, else one
    /// made again; none when the order is no longer to be written, as when its owner skipped it
    /// while the run was on its way.
    ///
    /// # Errors
    /// As [`Decider::decide`].
    pub async fn plan(&self, order: OrderId) -> Result<Option<(Plan, Looked)>> {
        let work = self.place.journal.order_at_work(order)?;
        if work.left_out {
            return Ok(None);
        }
        let Some(looked) = self.look(&work).await? else {
            return Ok(None);
        };
        if work.planned_version == Some(work.version)
            && !self.rests_elsewhere(&work, &looked)
            && let Some(plan) = work.plan.clone()
        {
            return Ok(Some((plan, looked)));
        }
        match self.translate(&looked) {
            Outcome::Plan(plan) => {
                // An order being written keeps its state; the plan is only brought up to date.
                if work.state != State::Writing {
                    let planned = self.place.journal.plan_order(order, &plan, &looked.basis);
                    if unless_left_out(planned)?.is_none() {
                        return Ok(None);
                    }
                }
                Ok(Some((*plan, looked)))
            }
            other => {
                self.commit(&work, &looked, other)?;
                Ok(None)
            }
        }
    }

    /// What translation says when the administration refuses such lines.
    #[must_use]
    pub fn translate_for(
        &self,
        looked: &Looked,
        negative: NegativeLines,
        text: TextLines,
    ) -> Outcome {
        let mut facts = looked.facts.clone();
        facts.negative_lines = negative;
        facts.text_lines = text;
        translate::order(&looked.order, self.place.settings, &facts)
    }

    /// What translation says of it, without anything being kept.
    #[must_use]
    pub fn translate(&self, looked: &Looked) -> Outcome {
        translate::order(&looked.order, self.place.settings, &looked.facts)
    }

    /// The same, where every extra field it would fill is in the books.
    async fn outcome(&self, looked: &Looked) -> Result<Outcome> {
        let outcome = self.translate(looked);
        if let Outcome::Plan(plan) = &outcome
            && let Some(lacks) = self.books.lacks_field(plan).await?
        {
            let Failure {
                code, text, hint, ..
            } = lacks;
            return Ok(Outcome::Held(Reason::new(code, text, hint)));
        }
        Ok(outcome)
    }

    fn rests_elsewhere(&self, work: &OrderAtWork, looked: &Looked) -> bool {
        work.settings_digest.as_ref() != Some(&looked.basis.settings_digest)
            || work.facts_digest.as_ref() != Some(&looked.basis.facts_digest)
    }

    /// What a version of an order says, as far as it is kept and can be read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn kept(&self, shop_id: &ShopOrderId, version: VersionId) -> Result<Option<Box<Order>>> {
        let raw = self.place.journal.raw(version)?;
        Ok(raw.and_then(|raw| self.shop.read(&shop_id.0, &raw).ok()))
    }

    /// Reads the order and looks up what it needs; one that cannot be read is held or skipped.
    ///
    /// # Errors
    /// The journal or the shop cannot be read.
    pub async fn look(&self, work: &OrderAtWork) -> Result<Option<Looked>> {
        let Some(work) = self.with_text(work).await? else {
            return Ok(None);
        };
        let raw = self.place.journal.raw(work.version)?.unwrap_or_default();
        let order = match self.shop.read(&work.shop_id.0, &raw) {
            Ok(order) => order,
            Err(why) => {
                let failure = match too_large(&raw) {
                    Some(large) => unread::too_large(self.place.profile(), &work, &large),
                    None => unread::unreadable(&why),
                };
                self.hold_undecided(&work, failure)?;
                return Ok(None);
            }
        };
        let needs = translate::needs(
            &order,
            self.place.settings,
            self.books.payment_reference_length(),
        );
        let mut facts = self.books.facts(&needs, self.lookups, &work)?;
        self.booked_before(&work, &order, &mut facts).await?;
        self.products_of_new_articles(&order, &mut facts).await?;
        if self.place.settings.sales.form == Form::Booking || self.books.accounts_at_hand() {
            facts.accounts = Some(self.books.accounts().await?.clone());
        }
        self.books
            .registers()
            .ask(&self.place, &work, &order, &mut facts)
            .await?;
        let questions = translate::price_questions(&order, self.place.settings, &facts);
        facts.prices = match self.books.prices(&questions, fresh(work.state)).await {
            Ok(prices) => prices,
            // The books would not say, of this order: the others go on.
            Err(failure) if failure.class == Class::Refused && work.state != State::Writing => {
                self.hold_undecided(&work, failure)?;
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        let basis = Basis {
            version: work.version,
            settings_digest: settings_digest(self.place.settings),
            facts_digest: facts_digest(&facts),
            at: self.place.now(),
        };
        Ok(Some(Looked {
            order,
            needs,
            facts,
            basis,
        }))
    }

    /// The products of an order with a code the books do not have: an article is made of them. Asked
    /// for once a run, and only then.
    async fn products_of_new_articles(&self, order: &Order, facts: &mut Facts) -> Result<()> {
        let place = &self.place;
        if !translate::may_make_articles(order, place.settings, facts) {
            return Ok(());
        }
        let read = products::for_new_articles(place, self.shop);
        if *self.products.get_or_try_init(|| read).await? {
            let keys = translate::product_keys(order);
            facts.products = place.journal.products(place.profile(), &keys)?;
        }
        Ok(())
    }

    /// The order with its text in the journal: asked of the shop anew when it was erased or the
    /// order was deleted; none
    /// when the shop has it no more.
    async fn with_text(&self, work: &OrderAtWork) -> Result<Option<OrderAtWork>> {
        let raw = self.place.journal.raw(work.version)?;
        // Offered again, it may be smaller by now.
        let unread = |raw: &str| work.state == State::Seen && too_large(raw).is_some();
        if !work.deleted && raw.is_some_and(|raw| !unread(&raw)) {
            return Ok(Some(work.clone()));
        }
        let id = work.shop_id.0.clone();
        let (_, gone) = import::fetch_again(&self.place, self.shop, &[id]).await?;
        if !gone.is_empty() {
            super::totals::deleted(&self.place, work.id, work.state)?;
            return Ok(None);
        }
        self.place.journal.order_at_work(work.id).map(Some)
    }

    /// Holds an order of which not enough is known to decide on it.
    fn hold_undecided(&self, work: &OrderAtWork, failure: Failure) -> Result<()> {
        let reason = Reason::new(failure.code, failure.text, failure.hint);
        if work.reason.as_ref() == Some(&reason) || work.state == State::Writing {
            return Ok(());
        }
        let basis = work.undecided(self.place.now());
        let held = self
            .place
            .journal
            .hold_order(work.id, &reason, Some(&basis), None);
        if unless_left_out(held)?.is_none() {
            return Ok(());
        }
        self.place
            .order_became(work.id, &work.number, State::Held, Some(&reason.text))
    }

    /// Commits what was decided, unless the owner skipped the order while that was done.
    fn commit(&self, work: &OrderAtWork, looked: &Looked, outcome: Outcome) -> Result<State> {
        let state = unless_left_out(self.decided(work, looked, outcome))?;
        Ok(state.unwrap_or(State::Skipped))
    }

    fn decided(&self, work: &OrderAtWork, looked: &Looked, outcome: Outcome) -> Result<State> {
        let (journal, basis) = (self.place.journal, &looked.basis);
        let (state, why) = match outcome {
            Outcome::Plan(plan) => {
                journal.plan_order(work.id, &plan, basis)?;
                let why = plan.notes.last().cloned();
                (State::Planned, why)
            }
            Outcome::Link { booked, why } => return self.link(work, looked, &booked, why),
            Outcome::Held(reason) => {
                let pieces = pieces(&looked.order);
                journal.hold_order(work.id, &reason, Some(basis), Some(&pieces))?;
                (State::Held, Some(reason.text))
            }
            // An order whose relation is in the books already stays with a person.
            Outcome::Skipped(reason) if work.state == State::Writing => {
                journal.hold_order(work.id, &reason, Some(basis), None)?;
                (State::Held, Some(reason.text))
            }
            Outcome::Skipped(reason) => {
                journal.skip_order(work.id, &reason, basis)?;
                (State::Skipped, Some(reason.text))
            }
            Outcome::Stop(reason) => return Err(reason.into_failure()),
        };
        self.place
            .order_became(work.id, &work.number, state, why.as_ref())?;
        Ok(state)
    }

    /// It is in the books already: bound, nothing written.
    fn link(&self, work: &OrderAtWork, looked: &Looked, booked: &str, why: Text) -> Result<State> {
        let found = looked
            .facts
            .same_reference
            .iter()
            .find(|same| same.order.id == booked);
        let Some(found) = found else {
            return Err(Failure::bug(
                "link-to-nothing",
                text!(
                    "De verkooporder om aan te koppelen is er niet.",
                    "The sales order to link to is not there."
                ),
            ));
        };
        let order = &found.order;
        let relation = self.books.mirror().relation(&order.relation)?;
        let booked = Booked {
            administration: self.books.id().clone(),
            id: order.id.clone(),
            number: order.number.clone(),
            relation: order.relation.clone(),
            relation_code: relation.map(|relation| relation.code),
            payment_reference: order.payment_reference.clone(),
            total: order
                .total_incl
                .unwrap_or_else(|| looked.order.total.round_dp(2)),
            total_excl: order.total_excl,
            stage: order.stage,
            linked: true,
            form: Form::Order,
            awaits_payment: false,
        };
        let now = self.place.now();
        self.place.journal.link_order(
            work.id,
            &booked,
            &looked.basis,
            &pieces(&looked.order),
            now,
        )?;
        self.place.note(work.id, "decided", &why, None)?;
        self.place
            .order_became(work.id, &work.number, State::Written, Some(&why))?;
        Ok(State::Written)
    }
}

/// An owner who skips an order has the last word: what was being decided on it meanwhile is
/// dropped, and that is no failure.
pub(super) fn unless_left_out<T>(decided: Result<T>) -> Result<Option<T>> {
    match decided {
        Ok(decided) => Ok(Some(decided)),
        Err(failure) if failure.code == SKIPPED_BY_OWNER => Ok(None),
        Err(failure) => Err(failure),
    }
}

//! Then: the sales order itself.

use super::{Ended, Step, Writer, article::Made, intent::About, relation::Customer};
use crate::{
    books::{ArticleRef, BookedOrder, OrderDraft},
    failure::{Class, Effect, Failure, Result},
    fault,
    journal::{
        IntentId, Kind, State,
        at_work::OrderAtWork,
        intents::{Begun, IntentDraft, Written},
    },
    sync::decide::Looked,
    text,
    translate::{NegativeLines, Outcome, Plan, Reason, TextLines},
};

/// What became of one attempt.
enum Sent {
    /// It is in the books and bound.
    Written(Box<BookedOrder>),
    /// The books refuse it; nothing was written.
    Refused(Failure),
    /// Anything else.
    Other(Step<State>),
}

impl Writer<'_> {
    /// Writes the order. What the books accept of lines below zero and of lines without an article
    /// is not documented: when such an order is refused, the other forms are tried, and the one
    /// that is accepted is remembered for the administration.
    pub(super) async fn order(
        &self,
        work: &OrderAtWork,
        plan: Plan,
        looked: &Looked,
        customer: &Customer,
        made: &Made,
    ) -> Result<Step<State>> {
        let first = (looked.facts.negative_lines, looked.facts.text_lines);
        let mut refusal = match self.send(work, &plan, looked, customer, made).await? {
            Sent::Written(booked) => return self.finish(work, customer, *booked).await,
            Sent::Other(step) => return Ok(step),
            Sent::Refused(failure) => Refusal::of(failure),
        };
        for (negative, text) in other_forms(&plan, first) {
            let plan = match self.decider.translate_for(looked, negative, text) {
                Outcome::Plan(plan) => *plan,
                Outcome::Held(reason) => {
                    refusal.reason = Some(reason);
                    continue;
                }
                _ => continue,
            };
            self.place
                .journal
                .plan_order(work.id, &plan, &looked.basis)?;
            match self.send(work, &plan, looked, customer, made).await? {
                Sent::Written(booked) => {
                    self.books.accepts(negative, text)?;
                    return self.finish(work, customer, *booked).await;
                }
                Sent::Other(step) => return Ok(step),
                Sent::Refused(_) => {}
            }
        }
        refusal.hold(self, work).await
    }

    async fn finish(
        &self,
        work: &OrderAtWork,
        customer: &Customer,
        booked: BookedOrder,
    ) -> Result<Step<State>> {
        self.count(|created| created.orders += 1);
        let work = self.place.journal.order_at_work(work.id)?;
        let id = booked.id.clone();
        let told = super::look_back::Told {
            booked,
            relation_code: customer.code,
        };
        self.look_back(&work, &id, Some(told))
            .await
            .map(Step::Ended)
    }

    async fn send(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        looked: &Looked,
        customer: &Customer,
        made: &Made,
    ) -> Result<Sent> {
        self.place.go_on()?;
        let draft = resolved(&plan.order, made)?;
        if self.beside_another
            && self
                .came_meanwhile(&draft.payment_reference, looked)
                .await?
        {
            return Ok(Sent::Other(Step::Again));
        }
        let intent = IntentDraft {
            order: work.id,
            profile: self.place.profile().to_owned(),
            administration: self.books.id().clone(),
            kind: Kind::Order,
            key: draft.payment_reference.clone(),
            again: true,
            about: About {
                relation: Some(customer.id.clone()),
                total: Some(plan.expected.incl),
                before: there_before(looked, &draft.payment_reference),
                ..About::default()
            }
            .written()?,
            party: String::new(),
            facts_at: looked.basis.at,
            credit: None,
        };
        let begun = self.place.journal.begin_intent(&intent, self.place.now())?;
        let intent = match begun {
            Begun::Begun(id) => id,
            Begun::Busy => {
                return Ok(Sent::Other(Step::Ended(Ended::Waits(text!(
                    "Een andere bestelling met hetzelfde betalingskenmerk wordt juist geschreven.",
                    "Another order with the same payment reference is just being written."
                )))));
            }
            Begun::Outdated => return Ok(Sent::Other(Step::Again)),
        };
        self.place
            .order_became(work.id, &work.number, State::Writing, None)?;
        fault::point("before-create-order");
        let created = self
            .books
            .administration()
            .create_order(&customer.id, &draft)
            .await;
        fault::point("after-create-order");
        self.log_write("order", &work.number, &draft.payment_reference, &created);
        match created {
            Ok(booked) => {
                self.order_done(intent, &booked)?;
                Ok(Sent::Written(Box::new(booked)))
            }
            Err(failure) => self.order_failed(work, intent, failure).await,
        }
    }

    /// Where another installation works with the same shop, the books are asked once more at the last
    /// moment: what it wrote since they were read is taken along, and the order decided on again.
    async fn came_meanwhile(&self, reference: &str, looked: &Looked) -> Result<bool> {
        if reference.is_empty() || !self.books.finds_orders() {
            return Ok(false);
        }
        let known = there_before(looked, reference);
        let mut found = self.books.administration().find_orders(reference).await?;
        found.retain(|order| !known.contains(&order.id));
        for order in &found {
            self.books.wrote_order(order)?;
        }
        Ok(!found.is_empty())
    }

    fn order_done(&self, intent: IntentId, booked: &BookedOrder) -> Result<()> {
        self.place.journal.intent_done(
            intent,
            &Written {
                id: &booked.id,
                code: &booked.number,
                bind: None,
            },
            self.place.now(),
        )?;
        self.books.wrote_order(booked)
    }

    async fn order_failed(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        failure: Failure,
    ) -> Result<Sent> {
        if failure.effect == Effect::Unknown
            && let Some(open) = self.place.journal.open_intent(work.id)?
        {
            return Ok(Sent::Other(
                match self.after_unknown(&open, failure).await? {
                    Step::Done(()) | Step::Again => Step::Again,
                    Step::Ended(ended) => Step::Ended(ended),
                },
            ));
        }
        self.place.journal.intent_none(intent, self.place.now())?;
        match failure.class {
            Class::Refused => Ok(Sent::Refused(failure)),
            Class::Bug => self
                .refused(work, failure)
                .await
                .map(|ended| Sent::Other(Step::Ended(ended))),
            Class::Transient | Class::Credentials | Class::Misconfigured => Err(failure),
        }
    }
}

/// The books refused; what a person will read.
struct Refusal {
    failure: Failure,
    reason: Option<Reason>,
}

impl Refusal {
    fn of(failure: Failure) -> Self {
        Self {
            failure,
            reason: None,
        }
    }

    /// Translation's own reason (a gift card that cannot be written) says more than the books'.
    async fn hold(self, writer: &Writer<'_>, work: &OrderAtWork) -> Result<Step<State>> {
        if let Some(reason) = self.reason {
            writer.hold(work.id, &reason).await?;
            return Ok(Step::Done(State::Held));
        }
        writer.refused(work, self.failure).await.map(Step::Ended)
    }
}

/// The other forms worth trying for this plan, nearest first.
fn other_forms(
    plan: &Plan,
    (negative, text): (NegativeLines, TextLines),
) -> Vec<(NegativeLines, TextLines)> {
    let mut negatives = vec![negative];
    if plan.negative_lines {
        negatives.extend(std::iter::successors(negative.next(), |form| form.next()));
    }
    let mut texts = vec![text];
    if plan.text_lines && text == TextLines::Allowed {
        texts.push(TextLines::Refused);
    }
    texts
        .iter()
        .flat_map(|text| negatives.iter().map(move |negative| (*negative, *text)))
        .skip(1)
        .collect()
}

/// The draft with the ids of articles that were just created.
fn resolved(draft: &OrderDraft, made: &Made) -> Result<OrderDraft> {
    let mut draft = draft.clone();
    for line in &mut draft.lines {
        if let Some(ArticleRef::Planned(code)) = &line.article {
            let Some(id) = made.get(code) else {
                return Err(Failure::bug(
                    "article-not-made",
                    text!(
                        "Artikel {code} zou eerst worden gemaakt, maar is er niet.",
                        "Article {code} was to be created first but is not there."
                    ),
                ));
            };
            line.article = Some(ArticleRef::Existing(id.clone()));
        }
    }
    Ok(draft)
}

/// Orders with the same reference that are in the books before we write ours.
fn there_before(looked: &Looked, reference: &str) -> Vec<String> {
    looked
        .facts
        .same_reference
        .iter()
        .filter(|same| same.order.payment_reference == reference)
        .map(|same| same.order.id.clone())
        .collect()
}

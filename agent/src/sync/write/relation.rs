//! First: the relation. Its code is chosen by us and committed before it is sent, so that it can
//! be found again.

use std::collections::BTreeMap;

use super::{
    Ended, Step, Writer,
    intent::{About, Sent, is_ours, party},
};
use crate::{
    books::RelationDraft,
    failure::{Class, Effect, Failure, Result},
    fault,
    journal::{
        IntentId, Kind,
        at_work::OrderAtWork,
        bindings::Binding,
        intents::{Begun, Intent, IntentDraft, SETTLES_WITHIN, Written},
    },
    sync::decide::Looked,
    text,
    translate::{
        Plan, is_account,
        plan::{FieldChange, RelationStep},
    },
};

/// The relation an order is for.
pub(super) struct Customer {
    pub id: String,
    pub code: Option<i64>,
}

/// What was changed, as the order's history keeps it (and erases with the customer).
fn said(changes: &[FieldChange]) -> String {
    let each: Vec<String> = changes
        .iter()
        .map(|change| format!("{}: {} -> {}", change.field.nl, change.from, change.to))
        .collect();
    each.join("; ")
}

/// SnelStart B2B v2: this relatiecode exists already.
const CODE_TAKEN: &str = "REL-0008";

impl Writer<'_> {
    pub(super) async fn relation(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        looked: &Looked,
    ) -> Result<Step<Customer>> {
        match &plan.relation {
            RelationStep::Use { id, code, .. } => {
                self.join(plan, id, *code)?;
                Ok(Step::Done(Customer {
                    id: id.clone(),
                    code: Some(*code),
                }))
            }
            RelationStep::Update {
                id,
                code,
                draft,
                changes,
                ..
            } => {
                let said = said(changes);
                self.update_relation(work, id, *code, draft, &said).await
            }
            RelationStep::Create { draft, .. } => {
                self.new_relation(work, plan, looked, draft).await
            }
        }
    }

    /// The account is that relation's from now on, whatever it changes of its name or address in the shop.
    fn join(&self, plan: &Plan, id: &str, code: i64) -> Result<()> {
        let (journal, profile) = (self.place.journal, self.place.profile());
        let Some(key) = plan.customer_key.as_deref().filter(|key| is_account(key)) else {
            return Ok(());
        };
        if journal.bound_to(profile, Kind::Relation, key)?.is_some() {
            return Ok(());
        }
        let binding = Binding {
            profile,
            kind: Kind::Relation,
            shop_id: key,
            administration: self.books.id(),
            foreign_id: id,
            code: &code.to_string(),
        };
        journal.bind_where_free(&binding, self.place.now())
    }

    /// Safe to repeat: it writes the same fields again.
    async fn update_relation(
        &self,
        work: &OrderAtWork,
        id: &str,
        code: i64,
        draft: &RelationDraft,
        said: &str,
    ) -> Result<Step<Customer>> {
        self.place.go_on()?;
        fault::point("before-update-relation");
        let updated = self.updated(id, draft).await;
        fault::point("after-update-relation");
        self.log_write("relation update", &work.number, &code.to_string(), &updated);
        match updated {
            Ok(()) => {
                self.place.note(
                    work.id,
                    "relation",
                    &text!(
                        "Relatie {code} bijgewerkt.",
                        "Relation {code} brought up to date."
                    ),
                    Some(said),
                )?;
                Ok(Step::Done(Customer {
                    id: id.to_owned(),
                    code: Some(code),
                }))
            }
            Err(failure) if matches!(failure.class, Class::Refused | Class::Bug) => {
                self.refused(work, failure).await.map(Step::Ended)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The record itself, where something of it changes, and its extra fields.
    async fn updated(&self, id: &str, draft: &RelationDraft) -> Result<()> {
        let record = RelationDraft {
            extra: BTreeMap::new(),
            ..draft.clone()
        };
        if record != RelationDraft::default() {
            let books = self.books.administration();
            let relation = books.update_relation(id, &record).await?;
            self.books.wrote_relation(&relation)?;
        }
        self.relation_fields(id, &draft.extra).await
    }

    /// Safe to repeat.
    async fn relation_fields(&self, id: &str, extra: &BTreeMap<String, String>) -> Result<()> {
        if extra.is_empty() {
            return Ok(());
        }
        self.place.go_on()?;
        let books = self.books.administration();
        books.set_relation_fields(id, extra).await?;
        if let Some(mut relation) = self.books.mirror().relation(id)? {
            relation.extra.extend(extra.clone());
            self.books.wrote_relation(&relation)?;
        }
        Ok(())
    }

    /// The same for a relation made just now: what the books refuse holds the order.
    async fn fields_of_new(
        &self,
        work: &OrderAtWork,
        id: String,
        code: Option<i64>,
        draft: &RelationDraft,
    ) -> Result<Step<Customer>> {
        match self.relation_fields(&id, &draft.extra).await {
            Ok(()) => Ok(Step::Done(Customer { id, code })),
            Err(failure) if matches!(failure.class, Class::Refused | Class::Bug) => {
                self.refused(work, failure).await.map(Step::Ended)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn new_relation(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        looked: &Looked,
        draft: &RelationDraft,
    ) -> Result<Step<Customer>> {
        if let Some((id, code)) = self
            .place
            .journal
            .written_for(work.id, Kind::Relation, None)?
        {
            let code = code.parse().ok();
            return self.fields_of_new(work, id, code, draft).await;
        }
        let party = party(draft);
        if let Some(step) = self.ours_not_seen_yet(&party, looked).await? {
            return Ok(step);
        }
        let lost = self.place.journal.lost_before(work.id, Kind::Relation)?;
        let again = !lost.is_empty();
        let intent = IntentDraft {
            order: work.id,
            profile: self.place.profile().to_owned(),
            administration: self.books.id().clone(),
            kind: Kind::Relation,
            key: match lost.into_iter().next() {
                Some(code) => code,
                // The code the shop gives him, which nobody has in the books.
                None => match draft.code {
                    Some(code) => code.to_string(),
                    None => self.next_code()?,
                },
            },
            again,
            about: About {
                bind: plan.customer_key.clone(),
                sent: Some(Sent::of(draft)),
                ..About::default()
            }
            .written()?,
            party,
            facts_at: looked.basis.at,
            credit: None,
        };
        let now = self.place.now();
        match self.place.journal.begin_intent(&intent, now)? {
            Begun::Busy => Ok(Step::Ended(Ended::Waits(text!(
                "Een andere bestelling maakt deze relatie juist aan.",
                "Another order is just creating this relation."
            )))),
            Begun::Outdated => Ok(Step::Again),
            Begun::Begun(id) => self.create_relation(work, id, &intent.key, draft).await,
        }
    }

    /// A relation we wrote for the same party may not be in the list yet: it is looked up by its
    /// code, and waited for while it may still appear.
    async fn ours_not_seen_yet(
        &self,
        party: &str,
        looked: &Looked,
    ) -> Result<Option<Step<Customer>>> {
        let ours = self
            .place
            .journal
            .written_before(self.books.id(), Kind::Relation, party)?;
        for (id, code, at) in ours {
            if looked.facts.relations.iter().any(|known| known.id == id) {
                continue;
            }
            let Ok(code) = code.parse() else { continue };
            self.place.go_on()?;
            match self.books.administration().find_relation(code).await? {
                Some(relation)
                    if relation.id == id
                        && self.books.mirror().relation(&id)?.as_ref() == Some(&relation) => {}
                Some(relation) if relation.id == id => {
                    self.books.wrote_relation(&relation)?;
                    return Ok(Some(Step::Again));
                }
                _ if self.place.now().duration_since(at) < SETTLES_WITHIN => {
                    return Ok(Some(Step::Ended(Ended::Waits(text!(
                        "De zojuist gemaakte relatie {code} is in de administratie nog niet te zien.",
                        "Relation {code}, just created, cannot be seen in the books yet."
                    )))));
                }
                // Somebody deleted it or changed its code since.
                _ => {}
            }
        }
        Ok(None)
    }

    /// One more than the highest in the books and the highest ever intended.
    fn next_code(&self) -> Result<String> {
        let taken = self.place.journal.codes_intended(self.books.id())?;
        let code = self.books.mirror().next_relation_code(&taken)?;
        Ok(code.to_string())
    }

    async fn create_relation(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        key: &str,
        draft: &RelationDraft,
    ) -> Result<Step<Customer>> {
        let mut draft = draft.clone();
        draft.code = key.parse().ok();
        fault::point("before-create-relation");
        let created = self.books.administration().create_relation(&draft).await;
        fault::point("after-create-relation");
        self.log_write("relation", &work.number, key, &created);
        match created {
            Ok(relation) => {
                let about = self.about(work)?;
                self.relation_done(intent, &relation.id, key, &about)?;
                self.books.wrote_relation(&relation)?;
                let (name, code) = (&relation.name, relation.code);
                self.place.note(
                    work.id,
                    "relation",
                    &text!("Relatie {code} aangemaakt.", "Relation {code} created."),
                    Some(name),
                )?;
                self.fields_of_new(work, relation.id, Some(relation.code), &draft)
                    .await
            }
            Err(failure) => self.relation_failed(work, intent, failure).await,
        }
    }

    async fn relation_failed(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        failure: Failure,
    ) -> Result<Step<Customer>> {
        let open = self.place.journal.open_intent(work.id)?;
        if failure.code == CODE_TAKEN
            && let Some(open) = open
        {
            // Ours, written after all, or a stranger's: find and compare.
            return Ok(match self.find_taken_code(&open).await? {
                Step::Done(()) | Step::Again => Step::Again,
                Step::Ended(ended) => Step::Ended(ended),
            });
        }
        if failure.effect == Effect::Unknown
            && let Some(open) = self.place.journal.open_intent(work.id)?
        {
            return Ok(match self.after_unknown(&open, failure).await? {
                Step::Done(()) | Step::Again => Step::Again,
                Step::Ended(ended) => Step::Ended(ended),
            });
        }
        self.place.journal.intent_none(intent, self.place.now())?;
        if matches!(failure.class, Class::Refused | Class::Bug) {
            return self.refused(work, failure).await.map(Step::Ended);
        }
        Err(failure)
    }

    /// The books say the code exists. A code is unique, so when it is a stranger's ours was
    /// certainly not written, and the next code is tried.
    async fn find_taken_code(&self, intent: &Intent) -> Result<Step<()>> {
        self.place.go_on()?;
        let code = intent.key.parse().unwrap_or_default();
        let found = self.books.administration().find_relation(code).await?;
        let about = About::read(&intent.about)?;
        match found {
            Some(relation) if is_ours(&relation, &about, &intent.party) => {
                self.books.wrote_relation(&relation)?;
                self.relation_done(intent.id, &relation.id, &intent.key, &about)?;
            }
            Some(relation) => {
                self.books.wrote_relation(&relation)?;
                self.place
                    .journal
                    .intent_none(intent.id, self.place.now())?;
            }
            // Taken, yet not to be seen: it may be ours, seen late.
            None => return self.search_found_nothing(intent).await,
        }
        Ok(Step::Done(()))
    }

    pub(super) fn relation_done(
        &self,
        intent: IntentId,
        id: &str,
        code: &str,
        about: &About,
    ) -> Result<()> {
        self.place.journal.intent_done(
            intent,
            &Written {
                id,
                code,
                bind: about.bind.as_deref(),
            },
            self.place.now(),
        )?;
        self.count(|created| created.relations += 1);
        Ok(())
    }

    /// What the open intent of this order says.
    fn about(&self, work: &OrderAtWork) -> Result<About> {
        match self.place.journal.open_intent(work.id)? {
            Some(intent) => About::read(&intent.about),
            None => Ok(About::default()),
        }
    }
}

//! Then: articles the plan needs and the books do not have, or that are to be brought up to date.

use std::collections::BTreeMap;

use super::{Ended, Step, Writer, intent::About};
use crate::{
    administration::ARTICLE_CODE_TAKEN,
    books::{Article, ArticleDraft},
    failure::{Class, Effect, Failure, Result},
    fault,
    journal::{
        IntentId, Kind,
        at_work::OrderAtWork,
        intents::{Begun, Intent, IntentDraft, SETTLES_WITHIN, Written},
    },
    sync::decide::Looked,
    text,
    translate::{Plan, plan::ArticleStep},
};

/// Ids of the articles this order's plan created, by code.
pub(super) type Made = BTreeMap<String, String>;

impl Writer<'_> {
    pub(super) async fn articles(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        looked: &Looked,
    ) -> Result<Step<Made>> {
        let mut made = Made::new();
        for step in &plan.articles {
            match step {
                ArticleStep::Update { id, draft, .. } => {
                    if let Some(ended) = self.update_article(work, id, draft).await? {
                        return Ok(Step::Ended(ended));
                    }
                }
                ArticleStep::Create { draft, .. } => {
                    match self.new_article(work, looked, draft).await? {
                        Step::Done(id) => {
                            made.insert(draft.code.clone(), id);
                        }
                        Step::Again => return Ok(Step::Again),
                        Step::Ended(ended) => return Ok(Step::Ended(ended)),
                    }
                }
            }
        }
        Ok(Step::Done(made))
    }

    /// Safe to repeat: it writes the same fields again.
    async fn update_article(
        &self,
        work: &OrderAtWork,
        id: &str,
        draft: &ArticleDraft,
    ) -> Result<Option<Ended>> {
        self.place.go_on()?;
        fault::point("before-update-article");
        let updated = self.updated_article(id, draft).await;
        fault::point("after-update-article");
        self.log_write("article update", &work.number, &draft.code, &updated);
        match updated {
            Ok(()) => {
                let code = &draft.code;
                let text = text!(
                    "Artikel {code} bijgewerkt.",
                    "Article {code} brought up to date."
                );
                self.place.note(work.id, "article", &text, None)?;
                Ok(None)
            }
            Err(failure) if matches!(failure.class, Class::Refused | Class::Bug) => {
                self.refused(work, failure).await.map(Some)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The record itself, where its text changes, and its extra fields.
    async fn updated_article(&self, id: &str, draft: &ArticleDraft) -> Result<()> {
        if !draft.description.is_empty() {
            let books = self.books.administration();
            let article = books.update_article(id, draft).await?;
            self.books.wrote_article(&article)?;
        }
        self.article_fields(id, &draft.extra).await
    }

    /// Safe to repeat.
    async fn article_fields(&self, id: &str, extra: &BTreeMap<String, String>) -> Result<()> {
        if extra.is_empty() {
            return Ok(());
        }
        self.place.go_on()?;
        let books = self.books.administration();
        books.set_article_fields(id, extra).await?;
        if let Some(mut article) = self.books.mirror().article(id)? {
            article.extra.extend(extra.clone());
            self.books.wrote_article(&article)?;
        }
        Ok(())
    }

    /// The same for an article made just now: what the books refuse holds the order.
    async fn fields_of_new_article(
        &self,
        work: &OrderAtWork,
        id: String,
        draft: &ArticleDraft,
    ) -> Result<Step<String>> {
        match self.article_fields(&id, &draft.extra).await {
            Ok(()) => Ok(Step::Done(id)),
            Err(failure) if matches!(failure.class, Class::Refused | Class::Bug) => {
                self.refused(work, failure).await.map(Step::Ended)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn new_article(
        &self,
        work: &OrderAtWork,
        looked: &Looked,
        draft: &ArticleDraft,
    ) -> Result<Step<String>> {
        let code = draft.code.as_str();
        let journal = self.place.journal;
        if let Some((id, _)) = journal.written_for(work.id, Kind::Article, Some(code))? {
            return self.fields_of_new_article(work, id, draft).await;
        }
        if let Some(step) = self.article_not_seen_yet(code, looked).await? {
            return Ok(step);
        }
        let intent = IntentDraft {
            order: work.id,
            profile: self.place.profile().to_owned(),
            administration: self.books.id().clone(),
            kind: Kind::Article,
            key: code.to_owned(),
            again: true,
            about: About {
                group: Some(draft.revenue_group.clone()),
                ..About::default()
            }
            .written()?,
            party: String::new(),
            facts_at: looked.basis.at,
            credit: None,
        };
        match journal.begin_intent(&intent, self.place.now())? {
            Begun::Busy => Ok(Step::Ended(Ended::Waits(text!(
                "Een andere bestelling maakt artikel {code} juist aan.",
                "Another order is just creating article {code}."
            )))),
            Begun::Outdated => Ok(Step::Again),
            Begun::Begun(id) => self.create_article(work, id, draft).await,
        }
    }

    /// An article we wrote may not be in the list yet.
    async fn article_not_seen_yet(
        &self,
        code: &str,
        looked: &Looked,
    ) -> Result<Option<Step<String>>> {
        let ours = self
            .place
            .journal
            .written_before(self.books.id(), Kind::Article, code)?;
        let Some((id, _, at)) = ours.last() else {
            return Ok(None);
        };
        if looked.facts.articles.iter().any(|known| known.id == *id) {
            return Ok(None);
        }
        self.place.go_on()?;
        let found = self.books.administration().find_articles(code).await?;
        if !found.is_empty() {
            for article in &found {
                self.books.wrote_article(article)?;
            }
            return Ok(Some(Step::Again));
        }
        if self.place.now().duration_since(*at) < SETTLES_WITHIN {
            return Ok(Some(Step::Ended(Ended::Waits(text!(
                "Het zojuist gemaakte artikel {code} is in de administratie nog niet te zien.",
                "Article {code}, just created, cannot be seen in the books yet."
            )))));
        }
        Ok(None)
    }

    async fn create_article(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        draft: &ArticleDraft,
    ) -> Result<Step<String>> {
        fault::point("before-create-article");
        let created = self.books.administration().create_article(draft).await;
        fault::point("after-create-article");
        self.log_write("article", &work.number, &draft.code, &created);
        match created {
            Ok(article) => {
                self.article_done(intent, &article)?;
                let code = &draft.code;
                let text = text!("Artikel {code} aangemaakt.", "Article {code} created.");
                self.place.note(work.id, "article", &text, None)?;
                self.fields_of_new_article(work, article.id, draft).await
            }
            Err(failure) => self.article_failed(work, intent, failure).await,
        }
    }

    async fn article_failed(
        &self,
        work: &OrderAtWork,
        intent: IntentId,
        failure: Failure,
    ) -> Result<Step<String>> {
        let open = self.place.journal.open_intent(work.id)?;
        if let Some(open) = open {
            let step = if failure.code == ARTICLE_CODE_TAKEN {
                Some(self.find_taken_article(&open).await?)
            } else if failure.effect == Effect::Unknown {
                return Ok(match self.after_unknown(&open, failure).await? {
                    Step::Done(()) | Step::Again => Step::Again,
                    Step::Ended(ended) => Step::Ended(ended),
                });
            } else {
                None
            };
            match step {
                Some(Step::Done(()) | Step::Again) => return Ok(Step::Again),
                Some(Step::Ended(ended)) => return Ok(Step::Ended(ended)),
                None => {}
            }
        }
        self.place.journal.intent_none(intent, self.place.now())?;
        if matches!(failure.class, Class::Refused | Class::Bug) {
            return self.refused(work, failure).await.map(Step::Ended);
        }
        Err(failure)
    }

    /// The books say the code exists: whoever wrote it, the order is decided again with it.
    async fn find_taken_article(&self, intent: &Intent) -> Result<Step<()>> {
        self.place.go_on()?;
        let found = self
            .books
            .administration()
            .find_articles(&intent.key)
            .await?;
        if found.is_empty() {
            return match self.books.mirror().article_spelt_otherwise(&intent.key)? {
                Some(article) => self.spelt_otherwise(intent, &article).await,
                None => self.search_found_nothing(intent).await,
            };
        }
        self.article_found(intent, &found)?;
        Ok(Step::Done(()))
    }

    /// To the books small and capital letters are the same, to us they may be two products: a
    /// person says which article it is.
    async fn spelt_otherwise(&self, intent: &Intent, article: &Article) -> Result<Step<()>> {
        self.place
            .journal
            .intent_none(intent.id, self.place.now())?;
        let (wanted, there) = (&intent.key, &article.code);
        self.hold_for(
            intent,
            "artikelcode-anders-geschreven",
            text!(
                "Artikel {wanted} staat in de administratie als {there}; voor de administratie is dat dezelfde code.",
                "Article {wanted} is in the administration as {there}; to the administration that is the same code."
            ),
            text!(
                "Schrijf de code in de winkel en in de administratie gelijk, of geef het product een andere code, en bied de bestelling opnieuw aan.",
                "Write the code alike in the shop and in the administration, or give the product another code, and offer the order again."
            ),
        )
        .await
    }

    /// Ours is the one in the group we meant; anything else was there by another hand.
    pub(super) fn article_found(&self, intent: &Intent, found: &[Article]) -> Result<()> {
        let about = About::read(&intent.about)?;
        for article in found {
            self.books.wrote_article(article)?;
        }
        let ours = found
            .iter()
            .find(|article| about.group.as_deref() == Some(article.revenue_group.as_str()));
        match ours {
            Some(article) => self.article_done(intent.id, article),
            None => self.place.journal.intent_none(intent.id, self.place.now()),
        }
    }

    fn article_done(&self, intent: IntentId, article: &Article) -> Result<()> {
        self.place.journal.intent_done(
            intent,
            &Written {
                id: &article.id,
                code: &article.code,
                bind: Some(&article.code),
            },
            self.place.now(),
        )?;
        self.count(|created| created.articles += 1);
        self.books.wrote_article(article)
    }
}

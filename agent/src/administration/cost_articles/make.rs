//! Making the cost articles. The settings name each code before it is written, and the intent is
//! committed before each write: after a crash the code is searched for first.

use jiff::Timestamp;

use super::CostArticle;
use crate::{
    administration::{Administration, Mirror},
    books::{Article, ArticleDraft},
    clock::SharedClock,
    failure::{Class, Effect, Failure, Result},
    fault,
    journal::{AdministrationId, Journal, made_articles::MadeArticle},
    step::Step,
    text,
};

const STEP: &str = "cost-article-made";

/// Makes what is not there. A failure that would meet the next one too ends it.
///
/// # Errors
/// The journal cannot be read or written.
pub async fn make(
    articles: &[CostArticle],
    books: &dyn Administration,
    administration: &str,
    journal: &Journal,
    mirror: Option<&Mirror>,
    clock: &SharedClock,
) -> Result<Vec<Step>> {
    let maker = Maker {
        books,
        administration: AdministrationId(administration.to_owned()),
        journal,
        mirror,
        clock,
    };
    let mut steps = Vec::new();
    for article in articles.iter().filter(|article| !article.there) {
        match maker.one(article).await {
            Ok(step) => steps.push(step),
            Err(failure) if failure.code.starts_with("journal") => return Err(failure),
            Err(failure) => {
                steps.push(Step::failed(STEP, &failure));
                if !matches!(failure.class, Class::Refused) {
                    break;
                }
            }
        }
    }
    Ok(steps)
}

struct Maker<'a> {
    books: &'a dyn Administration,
    administration: AdministrationId,
    journal: &'a Journal,
    mirror: Option<&'a Mirror>,
    clock: &'a SharedClock,
}

impl Maker<'_> {
    async fn one(&self, wanted: &CostArticle) -> Result<Step> {
        let known = self
            .journal
            .made_article(&self.administration, &wanted.code)?;
        if let Some(found) = self.find(&wanted.code).await? {
            self.note(&found)?;
            if known.is_some_and(|known| known.is_open()) {
                self.done(wanted, &found)?;
            }
            return Ok(made(wanted));
        }
        if let Some(known) = known
            && let Some(wait) = self.may_not_yet(wanted, &known)?
        {
            return Err(wait);
        }
        let draft = ArticleDraft {
            code: wanted.code.clone(),
            description: wanted.description.clone(),
            revenue_group: wanted.group.clone(),
            price: rust_decimal::Decimal::ZERO,
            keeps_stock: false,
            extra: Default::default(),
        };
        let begun =
            self.journal
                .begin_article(&self.administration, &wanted.code, self.clock.now())?;
        if !begun {
            return Err(not_certain(&wanted.code));
        }
        fault::point("before-create-cost-article");
        let created = self.books.create_article(&draft).await;
        fault::point("after-create-cost-article");
        match created {
            Ok(article) => {
                self.done(wanted, &article)?;
                self.note(&article)?;
                Ok(made(wanted))
            }
            Err(failure) => self.failed(wanted, failure).await,
        }
    }

    async fn find(&self, code: &str) -> Result<Option<Article>> {
        Ok(self.books.find_articles(code).await?.pop())
    }

    /// One that was written, or may have been, and cannot be seen: not again before it is certain
    /// that it is not there.
    fn may_not_yet(&self, wanted: &CostArticle, known: &MadeArticle) -> Result<Option<Failure>> {
        let now = self.clock.now();
        if known.is_open() {
            self.journal
                .article_not_found(&self.administration, &wanted.code, now)?;
        }
        if known.may_be_repeated(now) {
            self.journal
                .article_lost(&self.administration, &wanted.code, now)?;
            return Ok(None);
        }
        Ok(Some(not_certain(&wanted.code)))
    }

    async fn failed(&self, wanted: &CostArticle, failure: Failure) -> Result<Step> {
        let taken = failure.code == crate::administration::ARTICLE_CODE_TAKEN;
        if (taken || failure.effect == Effect::Unknown)
            && let Some(found) = self.find(&wanted.code).await?
        {
            self.done(wanted, &found)?;
            self.note(&found)?;
            return Ok(made(wanted));
        }
        if failure.effect != Effect::Unknown {
            let now = self.clock.now();
            self.journal
                .article_not_made(&self.administration, &wanted.code, now)?;
        }
        Err(failure)
    }

    fn done(&self, wanted: &CostArticle, article: &Article) -> Result<()> {
        let now: Timestamp = self.clock.now();
        self.journal
            .article_made(&self.administration, &wanted.code, &article.id, now)
    }

    /// The next order sees it.
    fn note(&self, article: &Article) -> Result<()> {
        match self.mirror {
            Some(mirror) => mirror.upsert_article(article, self.clock.now()),
            None => Ok(()),
        }
    }
}

fn made(wanted: &CostArticle) -> Step {
    let (code, text, group) = (&wanted.code, &wanted.description, &wanted.group_name);
    Step::passed(
        STEP,
        text!(
            "Artikel {code} ({text}, omzetgroep {group}) staat in de administratie",
            "Article {code} ({text}, revenue group {group}) is in the administration"
        ),
    )
}

fn not_certain(code: &str) -> Failure {
    Failure::transient(
        "artikel-onzeker",
        text!(
            "Het is nog niet zeker of artikel {code} is aangekomen",
            "It is not certain yet whether article {code} arrived"
        ),
    )
    .hint(text!(
        "Doe over tien minuten hetzelfde nog eens; er wordt niets dubbel gemaakt.",
        "Do the same again in ten minutes; nothing is made twice."
    ))
}

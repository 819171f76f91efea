//! A write without an outcome is never simply repeated: the books are searched by the key that
//! was committed with it. Found: it was written. Not found after ten minutes and two searches a
//! minute apart: it was lost and may be written again. Not searchable: a person decides.

use super::{
    Ended, LOST_AT_MOST, Step, Writer,
    intent::{About, is_ours},
};
use crate::{
    books::BookedOrder,
    failure::Result,
    fault,
    journal::{
        Kind,
        intents::{Intent, OUTCOME_UNKNOWN, Written},
    },
    text,
    text::Text,
    translate::Reason,
};

impl Writer<'_> {
    /// Settles an intent without outcome, as far as that can be done now.
    pub(super) async fn settle(&self, intent: &Intent) -> Result<Step<()>> {
        self.place.go_on()?;
        fault::point("before-search");
        match intent.kind {
            Kind::Relation => self.search_relation(intent).await,
            Kind::Article => self.search_article(intent).await,
            Kind::Order => self.search_order(intent).await,
        }
    }

    async fn search_relation(&self, intent: &Intent) -> Result<Step<()>> {
        let code = intent.key.parse().unwrap_or_default();
        let found = self.books.administration().find_relation(code).await?;
        let Some(relation) = found else {
            return self.search_found_nothing(intent).await;
        };
        self.books.wrote_relation(&relation)?;
        let about = About::read(&intent.about)?;
        if is_ours(&relation, &about, &intent.party) {
            self.relation_done(intent.id, &relation.id, &intent.key, &about)?;
        } else {
            // Codes are unique: with a stranger on ours, ours was not written.
            self.place
                .journal
                .intent_none(intent.id, self.place.now())?;
        }
        Ok(Step::Done(()))
    }

    async fn search_article(&self, intent: &Intent) -> Result<Step<()>> {
        let found = self
            .books
            .administration()
            .find_articles(&intent.key)
            .await?;
        if found.is_empty() {
            return self.search_found_nothing(intent).await;
        }
        self.article_found(intent, &found)?;
        Ok(Step::Done(()))
    }

    async fn search_order(&self, intent: &Intent) -> Result<Step<()>> {
        let about = About::read(&intent.about)?;
        if about.booking {
            return self.search_booking(intent, &about).await;
        }
        if intent.key.is_empty() || !self.books.finds_orders() {
            return self.not_searchable(intent).await;
        }
        // The search by reference and the list are two ways to the same record; either may show it
        // first.
        let mut found = self.books.administration().find_orders(&intent.key).await?;
        if self.ours(intent, &found)?.is_empty() {
            self.books.refresh_since(intent.started_at).await?;
            found = self.books.mirror().orders_by_reference(&intent.key)?;
        }
        match self.ours(intent, &found)?.as_slice() {
            [] => self.search_found_nothing(intent).await,
            [order] => {
                self.order_found(intent, order)?;
                Ok(Step::Done(()))
            }
            several => self.several(intent, several).await,
        }
    }

    /// Of the orders with our reference, those that can be ours: on the relation we wrote, bound
    /// to no other order, and not there before.
    fn ours<'o>(&self, intent: &Intent, found: &'o [BookedOrder]) -> Result<Vec<&'o BookedOrder>> {
        let about = About::read(&intent.about)?;
        let mut ours = Vec::new();
        for order in found {
            let bound = self
                .place
                .journal
                .bound_by(self.books.id(), Kind::Order, &order.id)?;
            if bound.is_none()
                && about.relation.as_deref() == Some(order.relation.as_str())
                && !about.before.contains(&order.id)
            {
                ours.push(order);
            }
        }
        Ok(ours)
    }

    fn order_found(&self, intent: &Intent, order: &BookedOrder) -> Result<()> {
        self.place.journal.intent_done(
            intent.id,
            &Written {
                id: &order.id,
                code: &order.number,
                bind: None,
            },
            self.place.now(),
        )?;
        self.count(|created| created.orders += 1);
        self.books.wrote_order(order)?;
        let number = &order.number;
        self.place.note(
            intent.order,
            "decided",
            &text!(
                "De eerdere schrijfopdracht is aangekomen: verkooporder {number}.",
                "The earlier write arrived: sales order {number}."
            ),
            None,
        )
    }

    pub(super) async fn search_found_nothing(&self, intent: &Intent) -> Result<Step<()>> {
        let now = self.place.now();
        self.place.journal.search_found_nothing(intent.id, now)?;
        if !intent.may_be_repeated(now) {
            return Ok(Step::Ended(Ended::Waits(text!(
                "Het is nog niet zeker of de vorige schrijfopdracht is aangekomen; er wordt opnieuw gezocht.",
                "It is not certain yet whether the earlier write arrived; it is searched for again."
            ))));
        }
        self.place.journal.intent_lost(intent, now)?;
        let lost = self
            .place
            .journal
            .lost_before(intent.order, intent.kind)?
            .len();
        if lost >= LOST_AT_MOST as usize {
            return self.lost_too_often(intent, lost).await;
        }
        let key = &intent.key;
        self.place.note(
            intent.order,
            "decided",
            &text!(
                "De vorige schrijfopdracht ({key}) is na tien minuten en twee keer zoeken niet gevonden en wordt herhaald.",
                "The earlier write ({key}) was not found after ten minutes and two searches and is repeated."
            ),
            None,
        )?;
        Ok(Step::Done(()))
    }

    async fn lost_too_often(&self, intent: &Intent, lost: usize) -> Result<Step<()>> {
        self.hold_for(
            intent,
            "write-lost",
            text!(
                "Schrijven is {lost} keer geprobeerd en kwam nooit aan.",
                "Writing was tried {lost} times and never arrived."
            ),
            text!(
                "Controleer in de administratie of er iets mis is en bied de bestelling opnieuw aan.",
                "Check in the books whether something is wrong and offer the order again."
            ),
        )
        .await
    }

    async fn not_searchable(&self, intent: &Intent) -> Result<Step<()>> {
        self.hold_for(
            intent,
            OUTCOME_UNKNOWN,
            text!(
                "Het is onbekend of deze bestelling in de boekhouding is aangekomen, en zonder betalingskenmerk kan er niet naar worden gezocht.",
                "It is not known whether this order arrived in the books, and without a payment reference it cannot be searched for."
            ),
            text!(
                "Kijk in de administratie of de verkooporder er is: zo ja, sla de bestelling over; zo nee, bied haar opnieuw aan.",
                "Look in the books whether the sales order is there: if so, skip the order; if not, offer it again."
            ),
        )
        .await
    }

    async fn several(&self, intent: &Intent, several: &[&BookedOrder]) -> Result<Step<()>> {
        let numbers: Vec<&str> = several.iter().map(|order| order.number.as_str()).collect();
        let (numbers, key) = (numbers.join(", "), &intent.key);
        self.hold_for(
            intent,
            OUTCOME_UNKNOWN,
            text!(
                "Er zijn meer verkooporders met betalingskenmerk {key}: {numbers}. Welke van deze bestelling is, is niet te zien.",
                "There are several sales orders with payment reference {key}: {numbers}. Which one is this order's cannot be seen."
            ),
            text!(
                "Verwijder in de administratie wat er te veel is en bied de bestelling opnieuw aan.",
                "Delete in the books what is too many and offer the order again."
            ),
        )
        .await
    }

    pub(super) async fn hold_for(
        &self,
        intent: &Intent,
        code: &str,
        text: Text,
        hint: Text,
    ) -> Result<Step<()>> {
        self.hold(intent.order, &Reason::new(code, text, hint))
            .await?;
        Ok(Step::Ended(Ended::Settled))
    }
}

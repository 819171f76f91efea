//! The books as the tasks use them: the administration for what is written, its mirror for what is
//! looked up, and the journal for what is whose.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use winkelbrug_protocol::record::Lookups as ShopLookups;

use super::{place::Place, registers::Registers, twin};
use crate::{
    administration::{self, Administration, Mirror, first_unknown, mirror::Around},
    books::{
        Accounts, AgreedPrice, Article, BookedOrder, ExtraFields, PriceQuestion, Relation,
        plan::Plan,
    },
    failure::{Class, Failure, Result},
    journal::{AdministrationId, Kind, at_work::OrderAtWork},
    translate::{Facts, Needs, NegativeLines, TextLines},
};

/// The books of a profile.
pub struct Books<'a> {
    place: Place<'a>,
    administration: &'a dyn Administration,
    mirror: Mirror,
    id: AdministrationId,
    refreshed: Mutex<Option<Timestamp>>,
    accounts: OnceCell<Accounts>,
    extra_fields: OnceCell<ExtraFields>,
    registers: Registers,
}

impl<'a> Books<'a> {
    /// Asks whose books these are and opens their mirror.
    ///
    /// # Errors
    /// What the books say; other books than this profile wrote to before, or another profile that
    /// writes this shop into them: `Misconfigured`.
    pub async fn open(place: Place<'a>, administration: &'a dyn Administration) -> Result<Self> {
        place.go_on()?;
        let company = administration.company().await?;
        twin::refuse(&place, &company.id)?;
        let mirror = Mirror::bind(place.journal, place.profile(), &company)?;
        Ok(Self {
            place,
            administration,
            id: AdministrationId(mirror.administration().to_owned()),
            mirror,
            refreshed: Mutex::new(None),
            accounts: OnceCell::new(),
            extra_fields: OnceCell::new(),
            registers: Registers::default(),
        })
    }

    /// Where things are written.
    #[must_use]
    pub fn administration(&self) -> &'a dyn Administration {
        self.administration
    }

    /// The local copy.
    #[must_use]
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// The public registers, as this run asks them.
    #[must_use]
    pub fn registers(&self) -> &Registers {
        &self.registers
    }

    /// Which books these are.
    #[must_use]
    pub fn id(&self) -> &AdministrationId {
        &self.id
    }

    /// Longest payment reference kept.
    #[must_use]
    pub fn payment_reference_length(&self) -> usize {
        self.administration.capabilities().payment_reference_length
    }

    /// Can orders be searched by payment reference?
    #[must_use]
    pub fn finds_orders(&self) -> bool {
        self.administration.capabilities().finds_orders
    }

    /// Can the accounts be told without asking anybody?
    #[must_use]
    pub fn accounts_at_hand(&self) -> bool {
        self.administration.capabilities().accounts_at_hand
    }

    /// The accounts bookings go on, asked for once a run.
    ///
    /// # Errors
    /// What the books say.
    pub async fn accounts(&self) -> Result<&Accounts> {
        self.accounts
            .get_or_try_init(async || {
                self.place.go_on()?;
                self.administration.accounts().await
            })
            .await
    }

    /// An extra field the plan would fill and the books do not have; asked for once a run.
    ///
    /// # Errors
    /// What the books say.
    pub async fn lacks_field(&self, plan: &Plan) -> Result<Option<Failure>> {
        let (relation, articles) = (plan.fills_of_relation(), plan.fills_of_articles());
        if relation.is_empty() && articles.is_empty() {
            return Ok(None);
        }
        let asked = self.extra_fields.get_or_try_init(async || {
            self.place.go_on()?;
            self.administration.extra_fields().await
        });
        let there = match asked.await {
            Ok(there) => there,
            // Who may not look may write all the same: the write itself then says so.
            Err(failure) if failure.class == Class::Refused => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let never = there.never;
        let of_relation = first_unknown(relation.into_iter(), there.relations.as_deref(), never);
        let of_articles = first_unknown(articles.into_iter(), there.articles.as_deref(), never);
        Ok(of_relation.or(of_articles))
    }

    /// Brings the copy up to date.
    ///
    /// # Errors
    /// What the books say.
    pub async fn refresh(&self) -> Result<()> {
        let (place, now) = (self.place, self.place.now());
        place.go_on()?;
        place.progress(super::Phase::ReadBooks, 0, None);
        let mut watch = |_kind, rows: usize| {
            place.progress(super::Phase::ReadBooks, rows as u64, None);
            place.go_on()
        };
        self.mirror
            .refresh(self.administration, now, &mut watch)
            .await?;
        *self.last_refresh() = Some(now);
        Ok(())
    }

    /// Every revenue group the settings name is in the books: a missing one is named before the
    /// first order is written, not when a new article needs it. The lists may be an hour old, so
    /// they are read again before that is said, or where a template is missing.
    ///
    /// # Errors
    /// `Misconfigured`, code `omzetgroep-ontbreekt`, naming each; what the books say.
    pub async fn has_named_groups(&self) -> Result<()> {
        let missing = || -> Result<Vec<Failure>> {
            let lookups = self.mirror.lookups()?;
            Ok(administration::missing_groups(
                self.place.settings,
                &lookups,
            ))
        };
        let templates = administration::has_templates(self.place.settings, &self.mirror.lookups()?);
        if templates && missing()?.is_empty() {
            return Ok(());
        }
        self.place.go_on()?;
        let now = self.place.now();
        self.mirror
            .refresh_lookups(self.administration, now, true)
            .await?;
        missing()?.into_iter().reduce(with_too).map_or(Ok(()), Err)
    }

    /// Brings the copy up to date unless that was done after this moment.
    ///
    /// # Errors
    /// What the books say.
    pub async fn refresh_since(&self, moment: Timestamp) -> Result<()> {
        let done = self.last_refresh().is_some_and(|at| at > moment);
        if done { Ok(()) } else { self.refresh().await }
    }

    fn last_refresh(&self) -> std::sync::MutexGuard<'_, Option<Timestamp>> {
        self.refreshed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything translation may look at for an order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn facts(&self, needs: &Needs, shop: &ShopLookups, work: &OrderAtWork) -> Result<Facts> {
        let place = &self.place;
        let bound_to = |booked: &str| {
            let bound = place.journal.bound_by(&self.id, Kind::Order, booked)?;
            Ok(bound.map(|(profile, shop_id)| format!("{profile}/{shop_id}")))
        };
        let zone = jiff::tz::TimeZone::system();
        let around = Around {
            bound_relation: self.bound_relation(needs)?,
            linked: place
                .journal
                .linked(place.profile(), &needs.link_keys, &self.id)?,
            bound_to: &bound_to,
            capabilities: self.administration.capabilities(),
            today: Some(place.now().to_zoned(zone).date()),
            shop,
        };
        let mut facts = self.mirror.facts(needs, &around)?;
        for relation in &facts.relations {
            let own = facts.bound_relation.as_ref() == Some(&relation.id);
            let coded = needs.relation_codes.contains(&relation.code);
            if coded && !own && place.journal.made_relation(&self.id, &relation.id)? {
                facts.made_for_others.insert(relation.id.clone());
            }
        }
        facts.difference = work.difference;
        facts.products = place.journal.products(place.profile(), &needs.products)?;
        let lost = place.journal.lost_before(work.id, Kind::Order)?;
        facts.intended_reference = lost.into_iter().next();
        // An order bound to this very one is no other.
        let own = format!("{}/{}", place.profile(), work.shop_id.0);
        facts
            .same_reference
            .retain(|same| same.bound_to.as_deref() != Some(own.as_str()));
        Ok(facts)
    }

    /// What the books ask for these, by agreement or promotion; answers younger than `fresh` are
    /// not asked for again.
    ///
    /// # Errors
    /// What the books say.
    pub async fn prices(
        &self,
        questions: &[PriceQuestion],
        fresh: SignedDuration,
    ) -> Result<Vec<AgreedPrice>> {
        let after = self.place.now() - fresh;
        let mut prices = Vec::new();
        for question in questions {
            let price = match self.mirror.price(question, after)? {
                Some(known) => known,
                None => {
                    self.place.go_on()?;
                    let price = self.administration.price(question).await?;
                    self.mirror.keep_price(question, price, self.place.now())?;
                    price
                }
            };
            prices.extend(price.map(|price| AgreedPrice {
                article: question.article.clone(),
                quantity: question.quantity,
                price,
            }));
        }
        Ok(prices)
    }

    /// The relation this buyer is bound to. One that was deleted from the books binds nobody.
    fn bound_relation(&self, needs: &Needs) -> Result<Option<String>> {
        let Some(key) = &needs.customer_key else {
            return Ok(None);
        };
        let bound = self
            .place
            .journal
            .bound_to(self.place.profile(), Kind::Relation, key)?;
        match bound.filter(|(administration, _)| *administration == self.id) {
            Some((_, id)) => Ok(self.mirror.relation(&id)?.map(|relation| relation.id)),
            None => Ok(None),
        }
    }

    /// We wrote or found this relation.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn wrote_relation(&self, relation: &Relation) -> Result<()> {
        self.mirror.upsert_relation(relation, self.place.now())
    }

    /// We wrote or found this article.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn wrote_article(&self, article: &Article) -> Result<()> {
        self.mirror.upsert_article(article, self.place.now())
    }

    /// We wrote or found this order.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn wrote_order(&self, order: &BookedOrder) -> Result<()> {
        self.mirror.upsert_order(order, self.place.now())
    }

    /// This order is gone from the books: it is not shown any more, and takes nothing from stock.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn order_is_gone(&self, id: &str) -> Result<()> {
        self.mirror.forget_order(id)
    }

    /// The administration accepted an order in this form after it refused another.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn accepts(&self, negative: NegativeLines, text: TextLines) -> Result<()> {
        if self.mirror.negative_lines()? != negative {
            self.mirror.learn_negative_lines(negative)?;
        }
        if self.mirror.text_lines()? != text {
            self.mirror.learn_text_lines(text)?;
        }
        Ok(())
    }
}

/// Two failures of one kind, said at once.
fn with_too(mut one: Failure, other: Failure) -> Failure {
    one.text.nl = format!("{}; {}", one.text.nl, other.text.nl);
    one.text.en = format!("{}; {}", one.text.en, other.text.en);
    one
}

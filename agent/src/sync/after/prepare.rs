//! A credit prepared: its lines, or why there are none, and what the owner reads of it.

use jiff::tz::TimeZone;
use winkelbrug_protocol::record::Order;

use super::{After, item_of};
use crate::{
    failure::Result,
    journal::{
        at_work::OrderAtWork,
        credits::{CANCELLED, Credit, CreditState, CreditedOrder},
    },
    profile::settings::{Form, Refunds},
    text,
    text::Text,
    translate::{self, Given, Outcome, Plan, Reason},
};

/// What the books hold of the order that is credited.
pub(super) enum Standing {
    /// A sales order nobody has invoiced.
    Open,
    /// Invoiced, or a booked invoice.
    Invoiced,
    /// It is gone.
    Gone,
}

impl After<'_> {
    /// Prepares a credit that is not approved yet; tells whether it waits for the owner.
    pub(super) async fn prepare(&self, credit: &Credit) -> Result<bool> {
        let journal = self.place.journal;
        let work = journal.order_at_work(credit.order)?;
        let credited = journal.credited_order(credit.order)?;
        let standing = self.standing(&credited).await?;
        if matches!(standing, Standing::Gone) {
            journal.no_credit(credit.id)?;
            self.settled(credit.order, &item_of(credit), "verkooporder weg")?;
            return Ok(false);
        }
        let unasked = credit.unasked
            || (credit.refund != CANCELLED
                && self.place.settings.sales.refunds == Refunds::Write
                && !self.by_hand(credit)?);
        match self.made(&work, credit, &credited).await? {
            Ok(plan) if unasked => {
                journal.credit_prepared(credit.id, CreditState::Approved, Some(&plan), None)?;
                Ok(false)
            }
            Ok(plan) => {
                journal.credit_prepared(credit.id, CreditState::Waits, Some(&plan), None)?;
                let text = self.proposal(&work, credit, &plan, &standing);
                self.tell(credit.order, &item_of(credit), &text)?;
                Ok(true)
            }
            Err(reason) => {
                self.waits(credit, &reason)?;
                Ok(true)
            }
        }
    }

    /// It cannot be written as it is: a person reads why.
    pub(super) fn waits(&self, credit: &Credit, reason: &Reason) -> Result<()> {
        let journal = self.place.journal;
        journal.credit_prepared(credit.id, CreditState::Waits, None, Some(reason))?;
        let text = Text {
            nl: format!("{} {}", reason.text.nl, reason.hint.nl),
            en: format!("{} {}", reason.text.en, reason.hint.en),
        };
        self.tell(credit.order, &item_of(credit), &text)
    }

    /// Written before credits were: what was given back then may be in the books by hand.
    fn by_hand(&self, credit: &Credit) -> Result<bool> {
        self.place.journal.refunds_by_hand(credit.order)
    }

    /// The books' own word on the order; invoiced is what cannot be changed any more.
    pub(super) async fn standing(&self, credited: &CreditedOrder) -> Result<Standing> {
        if credited.form == Form::Booking {
            return Ok(Standing::Invoiced);
        }
        self.place.go_on()?;
        let order = self.books.administration().order(&credited.booked).await?;
        Ok(match order {
            None => Standing::Gone,
            Some(order) if order.invoiced => Standing::Invoiced,
            Some(_) => Standing::Open,
        })
    }

    /// The credit, or what it waits for.
    pub(super) async fn made(
        &self,
        work: &OrderAtWork,
        credit: &Credit,
        credited: &CreditedOrder,
    ) -> Result<std::result::Result<Plan, Reason>> {
        let raw = self.place.journal.raw(work.version)?.unwrap_or_default();
        let order = match self.decider.shop.read(&work.shop_id.0, &raw) {
            Ok(order) => order,
            Err(_) => return Ok(Err(unknown(&work.number))),
        };
        let refund = order.refunds.iter().find(|one| one.id == credit.refund);
        if refund.is_none() && credit.refund != CANCELLED {
            return Ok(Err(withdrawn(&order)));
        }
        let length = self.books.payment_reference_length();
        let needs = translate::needs(&order, self.place.settings, length);
        let mut facts = self.books.facts(&needs, self.decider.lookups, work)?;
        if credited.form == Form::Booking {
            facts.accounts = Some(self.books.accounts().await?.clone());
        }
        let others = self.place.journal.credits_of(credit.order)?;
        let code = credited.relation_code.unwrap_or_default();
        let today = self.place.now().to_zoned(TimeZone::system()).date();
        let given = Given {
            refund,
            n: credit.n,
            form: credited.form,
            relation: (&credited.relation, code),
            reference: &credited.reference,
            written: work.plan.as_ref(),
            beside_others: others.len() > 1,
            rate: credit.rate,
            today,
        };
        let outcome = translate::credit(&order, &given, self.place.settings, &facts);
        Ok(match outcome {
            Outcome::Plan(plan) => Ok(*plan),
            Outcome::Held(reason) | Outcome::Skipped(reason) | Outcome::Stop(reason) => Err(reason),
            Outcome::Link { why, .. } => Err(Reason::new("credit-onbekend", why, Text::default())),
        })
    }

    fn proposal(
        &self,
        work: &OrderAtWork,
        credit: &Credit,
        plan: &Plan,
        standing: &Standing,
    ) -> Text {
        let (number, name, total) = (&work.number, &plan.number, -plan.expected.incl);
        let profile = self.place.profile();
        let typed = text::typed(number, &work.shop_id.0);
        let why = if credit.refund == CANCELLED {
            text!(
                "Bestelling {number} is in de winkel geannuleerd nadat zij gefactureerd was.",
                "Order {number} was cancelled in the shop after it was invoiced."
            )
        } else {
            text!(
                "Van bestelling {number} is in de winkel {total} terugbetaald.",
                "{total} of order {number} was given back in the shop."
            )
        };
        let what = match standing {
            Standing::Open => text!(
                "Zij is nog niet gefactureerd: wijzig de verkooporder in de administratie en meld dat (winkelbrug skip), of laat de creditering {name} ernaast schrijven met: winkelbrug credit {profile} {typed} --yes",
                "It is not invoiced yet: change the sales order in the administration and say so (winkelbrug skip), or have the credit {name} written beside it with: winkelbrug credit {profile} {typed} --yes"
            ),
            Standing::Invoiced | Standing::Gone => text!(
                "De creditering {name} staat klaar; laat haar schrijven met: winkelbrug credit {profile} {typed} --yes",
                "The credit {name} is prepared; have it written with: winkelbrug credit {profile} {typed} --yes"
            ),
        };
        Text {
            nl: format!("{} {}", why.nl, what.nl),
            en: format!("{} {}", why.en, what.en),
        }
    }
}

fn unknown(number: &str) -> Reason {
    Reason::new(
        "credit-onbekend",
        text!(
            "De gegevens van bestelling {number} zijn gewist; een creditering ervan kan niet worden voorbereid.",
            "The data of order {number} were erased; a credit for it cannot be prepared."
        ),
        text!(
            "Maak de creditfactuur met de hand.",
            "Make the credit note by hand."
        ),
    )
}

fn withdrawn(order: &Order) -> Reason {
    let number = &order.number;
    Reason::new(
        "terugbetaling-weg",
        text!(
            "Een terugbetaling van bestelling {number} is in de winkel weer verwijderd.",
            "A refund of order {number} was removed from the shop again."
        ),
        text!(
            "Is er niets terugbetaald, meld dit dan als bekeken (winkelbrug skip).",
            "If nothing was given back, report this as looked at (winkelbrug skip)."
        ),
    )
}

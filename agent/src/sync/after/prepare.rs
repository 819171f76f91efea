//! A credit prepared: its lines, or why there are none, and what the owner reads of it.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{After, item_of};
use crate::{
    failure::Result,
    journal::{
        OrderId,
        at_work::OrderAtWork,
        credits::{CANCELLED, Credit, CreditState, CreditedOrder},
        intents::SETTLES_WITHIN,
        report::Does,
    },
    profile::settings::{Form, Refunds},
    text,
    text::{Amount, Text},
    translate::{self, Given, Outcome, Plan, RATE_ASKED, Reason, is_paid_back, payment_journal},
};

/// What the books hold of the order that is credited.
pub(super) enum Standing {
    /// A sales order nobody has invoiced.
    Open,
    /// Invoiced, or a booked invoice.
    Invoiced,
    /// It is not to be found so soon after it was written: it may still appear.
    Unsure,
    /// It is gone.
    Gone,
}

/// What a cancelled order's other credits leave to be credited.
enum Left {
    Something,
    Nothing,
    /// One of them is not prepared yet.
    NotKnownYet,
}

impl After<'_> {
    /// Prepares a credit that is not approved yet; tells whether it waits for the owner.
    pub(super) async fn prepare(&self, credit: &Credit) -> Result<bool> {
        let journal = self.place.journal;
        let work = journal.order_at_work(credit.order)?;
        let credited = journal.credited_order(credit.order)?;
        let standing = self.standing(credit.order, &credited).await?;
        if matches!(standing, Standing::Unsure) {
            return Ok(true);
        }
        if matches!(standing, Standing::Gone) {
            journal.no_credit(credit.id)?;
            self.settled(credit.order, &item_of(credit), "verkooporder weg")?;
            return Ok(false);
        }
        if credit.refund == CANCELLED {
            match self.left_of_all(credit, &credited)? {
                Left::Something => {}
                Left::Nothing => {
                    journal.no_credit(credit.id)?;
                    self.settled(credit.order, &item_of(credit), "al gecrediteerd")?;
                    return Ok(false);
                }
                Left::NotKnownYet => return Ok(true),
            }
        }
        let unasked = self.unasked(credit)?;
        match self.made(&work, credit, &credited).await? {
            Ok(plan) if unasked => {
                journal.credit_prepared(
                    credit.id,
                    credit.state,
                    CreditState::Approved,
                    Some(&plan),
                    None,
                )?;
                Ok(false)
            }
            Ok(plan) if self.is_written_already(&credited, &plan).await? => {
                journal.credit_prepared(
                    credit.id,
                    credit.state,
                    CreditState::Approved,
                    Some(&plan),
                    Some(&found_in_the_books(&plan)),
                )?;
                Ok(false)
            }
            Ok(plan) => {
                journal.credit_prepared(
                    credit.id,
                    credit.state,
                    CreditState::Waits,
                    Some(&plan),
                    None,
                )?;
                let text = self.proposal(&work, credit, &credited, &plan, &standing);
                let text = with(&text, &self.money_back(credit)?);
                self.tell(credit.order, &item_of(credit), &text)?;
                if credit.state == CreditState::New {
                    self.count(|counts| counts.proposed += 1);
                    self.would(credit.order, Does::ProposeCredit, &text, Some(&plan))?;
                }
                self.shown(&work, credit)?;
                Ok(true)
            }
            Err(reason) => {
                if credit.state == CreditState::New {
                    self.would(credit.order, Does::HoldCredit, &reason.text, None)?;
                }
                self.waits(credit, &reason)?;
                self.shown(&work, credit)?;
                Ok(true)
            }
        }
    }

    /// Is there anything to credit of a cancelled order beside its other credits?
    fn left_of_all(&self, credit: &Credit, credited: &CreditedOrder) -> Result<Left> {
        let others = self.place.journal.credits_of(credit.order)?;
        let live = |other: &&Credit| other.id != credit.id && other.state != CreditState::Dismissed;
        let amounts: Option<Vec<Decimal>> =
            others.iter().filter(live).map(Credit::gives_back).collect();
        Ok(match (amounts, credited.total) {
            (None, _) => Left::NotKnownYet,
            (Some(amounts), Some(total))
                if !amounts.is_empty() && amounts.iter().sum::<Decimal>() >= total =>
            {
                Left::Nothing
            }
            _ => Left::Something,
        })
    }

    /// With the profile's name in the commands it names.
    fn typed(&self, reason: &Reason) -> Reason {
        let profile = self.place.profile();
        let mut reason = reason.clone();
        reason.hint.nl = reason.hint.nl.replace("PROFIEL", profile);
        reason.hint.en = reason.hint.en.replace("PROFILE", profile);
        reason
    }

    /// It cannot be written as it is: a person reads why.
    pub(super) fn waits(&self, credit: &Credit, reason: &Reason) -> Result<()> {
        let journal = self.place.journal;
        let mut reason = self.typed(reason);
        if reason.code == RATE_ASKED {
            reason.hint = with(&reason.hint, &self.money_back(credit)?);
        }
        journal.credit_prepared(
            credit.id,
            credit.state,
            CreditState::Waits,
            None,
            Some(&reason),
        )?;
        let text = Text {
            nl: format!("{} {}", reason.text.nl, reason.hint.nl),
            en: format!("{} {}", reason.text.en, reason.hint.en),
        };
        self.tell(credit.order, &item_of(credit), &text)
    }

    /// Is it written without asking? Never beside a credit whose refund the shop changed or removed:
    /// it may be the same money.
    pub(super) fn unasked(&self, credit: &Credit) -> Result<bool> {
        let by_setting = credit.refund != CANCELLED
            && self.place.settings.sales.refunds == Refunds::Write
            && !self.by_hand(credit)?;
        Ok((credit.unasked || by_setting)
            && !self.place.journal.has_changed_refund(credit.order)?)
    }

    /// Written before credits were: what was given back then may be in the books by hand.
    fn by_hand(&self, credit: &Credit) -> Result<bool> {
        self.place.journal.refunds_by_hand(credit.order)
    }

    /// The books' own word on the order; invoiced is what cannot be changed any more.
    pub(super) async fn standing(
        &self,
        order: OrderId,
        credited: &CreditedOrder,
    ) -> Result<Standing> {
        if credited.form == Form::Booking {
            return Ok(Standing::Invoiced);
        }
        self.place.go_on()?;
        let written = self.place.journal.written_at(order)?;
        let soon = |at| self.place.now().duration_since(at) < SETTLES_WITHIN;
        let order = self.books.administration().order(&credited.booked).await?;
        Ok(match order {
            None if written.is_some_and(soon) => Standing::Unsure,
            None => Standing::Gone,
            // What the shop has invoiced is taken back by a credit of its own, never by deleting.
            Some(order) if order.invoiced || self.shop_invoices() => Standing::Invoiced,
            Some(_) => Standing::Open,
        })
    }

    fn shop_invoices(&self) -> bool {
        translate::is_the_shops(&self.place.settings.sales)
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
        facts.exchange_rate = work.exchange_rate;
        if credited.form == Form::Booking || self.books.accounts_at_hand() {
            facts.accounts = Some(self.books.accounts().await?.clone());
        }
        let others = self.place.journal.credits_of(credit.order)?;
        // What the owner looked at and wants no credit of, he may have credited by hand.
        let by_hand = others.iter().any(|other| {
            other.id != credit.id
                && other.refund != CANCELLED
                && other.state == CreditState::Dismissed
        });
        let beside: Option<Vec<&Plan>> = others
            .iter()
            .filter(|other| other.id != credit.id && other.state != CreditState::Dismissed)
            .map(|other| other.plan.as_ref())
            .collect();
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
            others: beside.filter(|_| !by_hand).unwrap_or_default(),
            rate: credit.rate,
            today,
        };
        let outcome = translate::credit(&order, &given, self.place.settings, &facts);
        Ok(match outcome {
            Outcome::Plan(plan) => {
                let back = -plan.expected.incl;
                match self.too_much(work, credit, credited, &others, back) {
                    Some(reason) => Err(reason),
                    None => Ok(*plan),
                }
            }
            Outcome::Held(reason) | Outcome::Skipped(reason) | Outcome::Stop(reason) => Err(reason),
            Outcome::Link { why, .. } => Err(Reason::new("credit-onbekend", why, Text::default())),
        })
    }

    /// Together credits give back no more than was booked. Of two that were said yes to, the first
    /// is written.
    fn too_much(
        &self,
        work: &OrderAtWork,
        credit: &Credit,
        credited: &CreditedOrder,
        others: &[Credit],
        back: Decimal,
    ) -> Option<Reason> {
        let goes_first = |other: &&Credit| match other.state {
            CreditState::Writing | CreditState::Written => other.id != credit.id,
            CreditState::Approved => {
                other.id < credit.id
                    || (other.id != credit.id && credit.state != CreditState::Approved)
            }
            CreditState::New | CreditState::Waits | CreditState::Dismissed => false,
        };
        let given = others.iter().filter(goes_first);
        let given: Decimal = given.filter_map(Credit::gives_back).sum();
        let total = credited.total?;
        // Amounts in another currency are rounded one by one.
        let cents = work.exchange_rate.map_or(0, |_| i64::from(credit.n));
        if given + back <= total + Decimal::new(cents, 2) {
            return None;
        }
        let number = &work.number;
        let typed = text::typed(number, &work.shop_id.0);
        let profile = self.place.profile();
        let (given, back) = (Amount::money(given), Amount::money(back));
        let total = Amount::money(total);
        Some(Reason::new(
            "credit-te-veel",
            text!(
                "Creditering van {back} op bestelling {number} kan niet: er is al {given} gecrediteerd of goedgekeurd, en geboekt is {total}.",
                "A credit of {back:#} on order {number} cannot be: {given:#} is credited or approved already, and {total:#} was booked."
            ),
            text!(
                "Is dit al gecrediteerd, meld het dan als bekeken: winkelbrug skip {profile} {typed} --why \"al gecrediteerd\". Anders verbetert u de eerdere creditering in de administratie.",
                "If this is credited already, report it as looked at: winkelbrug skip {profile} {typed} --why \"credited already\". Else correct the earlier credit in the administration."
            ),
        ))
    }

    fn proposal(
        &self,
        work: &OrderAtWork,
        credit: &Credit,
        credited: &CreditedOrder,
        plan: &Plan,
        standing: &Standing,
    ) -> Text {
        let (number, name) = (&work.number, plan.name());
        let back = -plan.expected.incl;
        let is_rest = credited.total.is_some_and(|total| back < total);
        let total = Amount::money(back);
        let profile = self.place.profile();
        let typed = text::typed(number, &work.shop_id.0);
        let why = if credit.refund == CANCELLED && is_rest {
            text!(
                "Bestelling {number} is in de winkel geannuleerd nadat zij geboekt was; naast wat daarvan al gecrediteerd is of klaarstaat, blijft {total} over.",
                "Order {number} was cancelled in the shop after it was booked; beside what is credited or prepared of it already, {total:#} is left."
            )
        } else if credit.refund == CANCELLED && self.shop_invoices() {
            text!(
                "Bestelling {number} is in de winkel geannuleerd nadat zij geboekt was; de winkel factureert zelf, dus het blijft een verkoop met een creditering.",
                "Order {number} was cancelled in the shop after it was booked; the shop invoices itself, so it stays a sale with a credit."
            )
        } else if credit.refund == CANCELLED {
            text!(
                "Bestelling {number} is in de winkel geannuleerd nadat zij gefactureerd was.",
                "Order {number} was cancelled in the shop after it was invoiced."
            )
        } else {
            text!(
                "Van bestelling {number} is in de winkel {total} terugbetaald.",
                "{total:#} of order {number} was given back in the shop."
            )
        };
        let what = match standing {
            Standing::Open => text!(
                "Zij is nog niet gefactureerd: wijzig de verkooporder in de administratie en meld dat (winkelbrug skip), of laat de creditering {name} ernaast schrijven met: winkelbrug credit {profile} {typed} --yes",
                "It is not invoiced yet: change the sales order in the administration and say so (winkelbrug skip), or have the credit {name} written beside it with: winkelbrug credit {profile} {typed} --yes"
            ),
            Standing::Invoiced | Standing::Unsure | Standing::Gone => text!(
                "De creditering {name} staat klaar; laat haar schrijven met: winkelbrug credit {profile} {typed} --yes",
                "The credit {name} is prepared; have it written with: winkelbrug credit {profile} {typed} --yes"
            ),
        };
        Text {
            nl: format!("{} {}", why.nl, what.nl),
            en: format!("{} {}", why.en, what.en),
        }
    }

    /// Where what is given back is booked too, how to say that it was no money: a shop seldom tells that
    /// from a voucher.
    fn money_back(&self, credit: &Credit) -> Result<Text> {
        let journal = self.place.journal;
        let credited = journal.credited_order(credit.order)?;
        if credited.form != Form::Booking {
            return Ok(Text::default());
        }
        let work = journal.order_at_work(credit.order)?;
        let raw = journal.raw(work.version)?.unwrap_or_default();
        let Ok(order) = self.decider.shop.read(&work.shop_id.0, &raw) else {
            return Ok(Text::default());
        };
        let mut refunds = order.refunds.iter();
        let money = refunds.any(|one| one.id == credit.refund && !one.voucher);
        let settings = self.place.settings;
        Ok(match payment_journal(&order, settings) {
            Some((_, into)) if money && is_paid_back(&order, settings) => text!(
                " (ook de terugbetaling wordt dan geboekt, in dagboek {into}; was het een tegoedbon of winkeltegoed, zet er dan --no-money achter)",
                " (what was paid back is then booked too, in journal {into}; where it was a voucher or store credit, add --no-money)"
            ),
            _ => Text::default(),
        })
    }
}

fn with(text: &Text, more: &Text) -> Text {
    Text {
        nl: format!("{}{}", text.nl, more.nl),
        en: format!("{}{}", text.en, more.en),
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

/// Why a credit nobody said yes to is not to be made, only to be joined to what stands in the books.
pub(super) const FOUND: &str = "creditering-staat-er-al";

fn found_in_the_books(plan: &Plan) -> Reason {
    let name = plan.name();
    Reason::new(
        FOUND,
        text!(
            "{name} staat al in de administratie.",
            "{name} is in the administration already."
        ),
        text!("", ""),
    )
}

//! What was agreed is what is written: nothing else, and nothing on an order that is gone.

use super::{After, item_of, prepare::Standing};
use crate::{
    failure::Result,
    journal::{
        at_work::OrderAtWork,
        credits::{CANCELLED, Credit, CreditState, CreditedOrder},
    },
    profile::settings::Form,
    text,
    text::{Amount, Text},
    translate::{Plan, Reason, refund_digest},
};

impl After<'_> {
    /// The owner reads of it from now on: of this refund as it is.
    pub(super) fn shown(&self, work: &OrderAtWork, credit: &Credit) -> Result<()> {
        let digest = self.content(work, credit)?;
        self.place.journal.credit_shown(credit.id, &digest)
    }

    /// Digest of the refund in the order's newest version.
    fn content(&self, work: &OrderAtWork, credit: &Credit) -> Result<String> {
        if credit.refund == CANCELLED {
            return Ok(CANCELLED.to_owned());
        }
        let order = self.decider.kept(&work.shop_id, work.version)?;
        let refunds = order.map(|order| order.refunds).unwrap_or_default();
        let refund = refunds.iter().find(|one| one.id == credit.refund);
        Ok(refund.map(refund_digest).unwrap_or_default())
    }

    /// Is this what the owner said yes to, or is no yes needed? Else it waits for him again.
    pub(super) fn is_agreed(
        &self,
        work: &OrderAtWork,
        credit: &Credit,
        plan: &Plan,
    ) -> Result<bool> {
        let journal = self.place.journal;
        let content = self.content(work, credit)?;
        let same_money = |agreed: &Plan| {
            agreed.expected.incl == plan.expected.incl && agreed.expected.vat == plan.expected.vat
        };
        let same = credit.seen.as_deref() == Some(content.as_str())
            && credit.plan.as_ref().is_none_or(same_money);
        if same || self.unasked(credit)? {
            journal.credit_rests_on(credit.id, &content)?;
            return Ok(true);
        }
        let state = CreditState::Waits;
        let reason = not_agreed(self.place.profile(), work, credit, plan);
        journal.credit_prepared(credit.id, credit.state, state, Some(plan), Some(&reason))?;
        let text = Text {
            nl: format!("{} {}", reason.text.nl, reason.hint.nl),
            en: format!("{} {}", reason.text.en, reason.hint.en),
        };
        self.tell(credit.order, &item_of(credit), &text)?;
        self.shown(work, credit)?;
        Ok(false)
    }

    /// Is the order that is credited in the books? Else its credit waits.
    pub(super) async fn still_there(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
    ) -> Result<bool> {
        let gone = match credited.form {
            Form::Booking if credited.reference.is_empty() => false,
            Form::Booking => {
                self.place.go_on()?;
                let administration = self.books.administration();
                administration
                    .find_booking(&credited.reference)
                    .await?
                    .is_none()
            }
            Form::Order => match self.standing(credit.order, credited).await? {
                Standing::Unsure => return Ok(false),
                Standing::Gone => true,
                Standing::Open | Standing::Invoiced => false,
            },
        };
        if gone {
            let work = self.place.journal.order_at_work(credit.order)?;
            let (number, profile) = (&work.number, self.place.profile());
            let typed = text::typed(number, &work.shop_id.0);
            let reason = Reason::new(
                "order-weg",
                text!(
                    "Bestelling {number} staat niet meer in de administratie; de creditering is niet geschreven.",
                    "Order {number} is not in the administration any more; the credit was not written."
                ),
                text!(
                    "Is zij met de hand verwijderd, dan is er niets te crediteren; meld dit als bekeken: winkelbrug skip {profile} {typed} --why \"verwijderd\"",
                    "If it was deleted by hand there is nothing to credit; report this as looked at: winkelbrug skip {profile} {typed} --why \"deleted\""
                ),
            );
            self.waits(credit, &reason)?;
        }
        Ok(!gone)
    }
}

fn not_agreed(profile: &str, work: &OrderAtWork, credit: &Credit, plan: &Plan) -> Reason {
    let number = &work.number;
    let typed = text::typed(number, &work.shop_id.0);
    let (n, now) = (credit.n, Amount::money(-plan.expected.incl));
    let agreed = credit.plan.as_ref();
    let text = match agreed.map(|agreed| Amount::money(-agreed.expected.incl)) {
        Some(before) if credit.seen.is_some() => text!(
            "Creditering {n} van bestelling {number} is niet geschreven: zij is veranderd nadat zij u getoond werd. Dat was {before}, het zou nu {now} worden.",
            "Credit {n} of order {number} was not written: it changed after it was shown to you. That was {before:#}, it would be {now:#} now."
        ),
        _ => text!(
            "Creditering {n} van bestelling {number} is niet geschreven: wat er wordt teruggegeven is u zo nog niet getoond. Het is {now}.",
            "Credit {n} of order {number} was not written: what is given back was not shown to you like this yet. It is {now:#}."
        ),
    };
    Reason::new(
        "credit-veranderd",
        text,
        text!(
            "Klopt het zo, geef dan opnieuw akkoord: winkelbrug credit {profile} {typed} --number {n} --yes",
            "If this is right, say yes again: winkelbrug credit {profile} {typed} --number {n} --yes"
        ),
    )
}

//! A written credit compared with what the books made of it.

use super::{
    After, is_refusal, item_of,
    write::{Found, Tried, key},
};
use crate::{
    failure::Result,
    journal::credits::{Credit, CreditedOrder},
    profile::settings::Form,
    sync::write::look_back::{Difference, difference, totals},
    text,
    text::{Amount, Text},
    translate::{Change, Plan},
};

impl After<'_> {
    /// Compares what the books made of it, and is done.
    pub(super) async fn look_back(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        id: &str,
        told: Option<Found>,
    ) -> Result<Tried> {
        let journal = self.place.journal;
        let credit = journal.credit(credit.id)?;
        let Some(plan) = &credit.plan else {
            // Its customer was erased meanwhile: there is nothing left to compare it with.
            let total = told.and_then(|told| told.total).unwrap_or_default();
            journal.credit_written(credit.id, total, self.place.now())?;
            self.count(|counts| counts.credited += 1);
            self.settled(credit.order, &item_of(&credit), "geschreven")?;
            return Ok(Tried::Written);
        };
        let found = match told {
            Some(found) if found.total.is_some() => Some(found),
            told => self.read_back(credited, plan, id).await?.or(told),
        };
        let planned = plan.expected.incl;
        let order = found.as_ref().and_then(|found| found.order.as_ref());
        let totals = order.map(|order| totals(order, plan));
        let told = found.as_ref().and_then(|found| found.total);
        let total = totals.and_then(|totals| totals.incl).or(told);
        let total = total.unwrap_or(planned);
        let difference = match totals {
            Some(totals) => difference(totals, plan),
            None => Difference::of_total(planned, total),
        };
        if let Some(difference) = difference {
            self.differs(&credit, credited, id, &difference).await?;
        }
        journal.credit_written(credit.id, total, self.place.now())?;
        self.count(|counts| counts.credited += 1);
        let name = plan.name();
        let amount = Amount::money(total);
        let text = text!(
            "Creditering {name} geschreven: {amount}.",
            "Credit {name} written: {amount:#}."
        );
        self.place.note(credit.order, "credit", &text, None)?;
        self.settled(credit.order, &item_of(&credit), "geschreven")?;
        Ok(Tried::Written)
    }

    async fn read_back(
        &self,
        credited: &CreditedOrder,
        plan: &Plan,
        id: &str,
    ) -> Result<Option<Found>> {
        self.place.go_on()?;
        let administration = self.books.administration();
        Ok(match credited.form {
            Form::Booking => {
                let found = administration.find_booking(&key(credited, plan)).await?;
                found.map(Found::from)
            }
            Form::Order => administration.order(id).await?.map(Found::from),
        })
    }

    async fn differs(
        &self,
        credit: &Credit,
        credited: &CreditedOrder,
        id: &str,
        difference: &Difference,
    ) -> Result<()> {
        if credited.form == Form::Order {
            match self.books.administration().block_order(id).await {
                Err(failure) if !is_refusal(&failure) => return Err(failure),
                _ => {}
            }
        }
        let n = credit.n;
        let (booked, planned) = (difference.booked, difference.planned);
        let (booked, planned) = (Amount::exact(booked), Amount::exact(planned));
        let (vat_nl, vat_en) = difference.vat_in_words();
        let text: Text = text!(
            "Totaal wijkt af: creditering {n} is {vat_nl} in de boekhouding {booked} in plaats van {planned}.",
            "Total differs: credit {n} is {booked:#} in the books {vat_en} instead of {planned:#}."
        );
        self.place.note(credit.order, "attention", &text, None)?;
        let change = Change {
            code: "totaal-wijkt-af".to_owned(),
            text,
        };
        let journal = self.place.journal;
        journal.need_attention(credit.order, &change, self.place.now())
    }
}

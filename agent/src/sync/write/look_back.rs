//! Last: the books' own totals are compared with the plan, before anybody invoices the order. On a
//! difference it is blocked and shown.

use rust_decimal::Decimal;

use super::{Ended, Writer};
use crate::{
    books::{BookedOrder, PriceMode},
    failure::{Class, Failure, Result},
    fault,
    journal::{State, at_work::OrderAtWork, intents::SETTLES_WITHIN, orders::Booked},
    money::cents,
    profile::settings::Form,
    text,
    text::Amount,
    translate::{Change, Plan},
};

/// What the books answered to the write.
pub(super) struct Told {
    pub booked: BookedOrder,
    pub relation_code: Option<i64>,
}

/// What the books make of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) struct Totals {
    pub incl: Option<Decimal>,
    excl: Option<Decimal>,
}

impl Writer<'_> {
    /// Compares and finishes an order that is in the books under that id.
    pub(super) async fn look_back(
        &self,
        work: &OrderAtWork,
        id: &str,
        told: Option<Told>,
    ) -> Result<Ended> {
        let Some(plan) = &work.plan else {
            return Err(no_plan());
        };
        let code = told.as_ref().and_then(|told| told.relation_code);
        let booked = match told {
            Some(told) if told.booked.total_incl.is_some() => Some(told.booked),
            _ => self.read_back(id).await?,
        };
        let Some(booked) = booked else {
            return self.gone(work, plan, id, code);
        };
        let totals = totals(&booked, plan);
        if let Some(difference) = difference(totals, plan) {
            self.block(work, id, &difference).await?;
        }
        self.written(work, plan, &booked, totals, code)
    }

    async fn read_back(&self, id: &str) -> Result<Option<BookedOrder>> {
        self.place.go_on()?;
        fault::point("before-read-back");
        let booked = self.books.administration().order(id).await?;
        if let Some(booked) = &booked {
            self.books.wrote_order(booked)?;
        }
        Ok(booked)
    }

    async fn block(&self, work: &OrderAtWork, id: &str, difference: &Difference) -> Result<()> {
        self.place.go_on()?;
        fault::point("before-block");
        let blocked = self.books.administration().block_order(id).await;
        fault::point("after-block");
        let blocked = match blocked {
            Ok(()) => true,
            Err(failure) if matches!(failure.class, Class::Refused | Class::Bug) => {
                tracing::warn!(order = work.id.0, %failure, "an order that differs is not blocked");
                false
            }
            Err(failure) => return Err(failure),
        };
        let change = difference.in_words(&work.number, blocked);
        self.place.note(work.id, "attention", &change.text, None)?;
        self.place
            .journal
            .need_attention(work.id, &change, self.place.now())
    }

    fn written(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        booked: &BookedOrder,
        totals: Totals,
        relation_code: Option<i64>,
    ) -> Result<Ended> {
        let relation_code = match relation_code {
            Some(code) => Some(code),
            None => self
                .books
                .mirror()
                .relation(&booked.relation)?
                .map(|relation| relation.code),
        };
        let booked = Booked {
            administration: self.books.id().clone(),
            id: booked.id.clone(),
            number: booked.number.clone(),
            relation: booked.relation.clone(),
            relation_code,
            payment_reference: plan.order.payment_reference.clone(),
            total: totals.incl.unwrap_or(plan.expected.incl),
            total_excl: totals.excl.or(Some(plan.expected.excl)),
            stage: booked.stage.or(Some(plan.order.stage)),
            linked: false,
            form: Form::Order,
            awaits_payment: false,
        };
        self.finished(work, &booked)
    }

    pub(super) fn finished(&self, work: &OrderAtWork, booked: &Booked) -> Result<Ended> {
        let number = &booked.number;
        self.place
            .journal
            .order_written(work.id, booked, self.place.now())?;
        let text = match booked.form {
            Form::Booking if booked.linked => text!(
                "Stond al in de administratie als factuur {number}; er is niets geschreven.",
                "Was in the administration already as invoice {number}; nothing was written."
            ),
            Form::Order => text!(
                "Geschreven als verkooporder {number}.",
                "Written as sales order {number}."
            ),
            Form::Booking => text!(
                "Geschreven als verkoopboeking, factuur {number}.",
                "Written as a booked invoice, number {number}."
            ),
        };
        self.place
            .order_became(work.id, &work.number, State::Written, Some(&text))?;
        Ok(Ended::Settled)
    }

    /// Written, but not to be read back: seen late, or deleted by somebody since. It is bound, so it
    /// will not be written twice. What the mirror has of it counts; without that it is waited for,
    /// and at last a person is told.
    fn gone(
        &self,
        work: &OrderAtWork,
        plan: &Plan,
        id: &str,
        relation_code: Option<i64>,
    ) -> Result<Ended> {
        let known = self.books.mirror().order(id)?;
        if let Some(order) = &known {
            let totals = totals(order, plan);
            if totals.incl.is_some() && difference(totals, plan).is_none() {
                return self.written(work, plan, order, totals, relation_code);
            }
        }
        let written = self.place.journal.written_at(work.id)?;
        if written.is_some_and(|at| self.place.now().duration_since(at) < SETTLES_WITHIN) {
            return Ok(Ended::Waits(text!(
                "De geschreven verkooporder is in de administratie nog niet terug te lezen.",
                "The sales order that was written cannot be read back from the books yet."
            )));
        }
        let number = &work.number;
        let change = Change {
            code: "verkooporder-weg".to_owned(),
            text: text!(
                "Bestelling {number} is geschreven, maar de verkooporder is in de administratie niet meer te vinden; haar totaal is niet vergeleken.",
                "Order {number} was written, but the sales order cannot be found in the books any more; its total was not compared."
            ),
        };
        self.place.note(work.id, "attention", &change.text, None)?;
        self.place
            .journal
            .need_attention(work.id, &change, self.place.now())?;
        let booked = Booked {
            administration: self.books.id().clone(),
            id: id.to_owned(),
            number: known.map(|order| order.number).unwrap_or_default(),
            relation: String::new(),
            relation_code,
            payment_reference: plan.order.payment_reference.clone(),
            total: plan.expected.incl,
            total_excl: Some(plan.expected.excl),
            stage: Some(plan.order.stage),
            linked: false,
            form: Form::Order,
            awaits_payment: false,
        };
        self.finished(work, &booked)
    }
}

/// What the books say; where they do not say, what their lines come to.
pub(in crate::sync) fn totals(booked: &BookedOrder, plan: &Plan) -> Totals {
    let by_lines = (!booked.lines.is_empty()).then(|| by_lines(booked));
    let mode = booked.price_mode.unwrap_or(plan.order.price_mode);
    let including = mode == PriceMode::Inclusief;
    Totals {
        incl: booked
            .total_incl
            .map(cents)
            .or(by_lines.filter(|_| including)),
        excl: booked
            .total_excl
            .map(cents)
            .or(by_lines.filter(|_| !including)),
    }
}

fn by_lines(booked: &BookedOrder) -> Decimal {
    let hundred = Decimal::ONE_HUNDRED;
    let sum: Decimal = booked
        .lines
        .iter()
        .map(|line| {
            let price = line.quantity * line.unit_price * (hundred - line.discount_percent);
            cents(line.total.unwrap_or(price / hundred))
        })
        .sum();
    let discount = booked.invoice_discount.unwrap_or_default();
    cents(sum * (hundred - discount) / hundred)
}

/// A difference between plan and books.
pub(in crate::sync) struct Difference {
    pub planned: Decimal,
    pub booked: Decimal,
    with_vat: bool,
}

/// With VAT the totals must be equal to the cent. Without, each VAT rate may be rounded either
/// way: SnelStart's rounding (a line or a group) is not documented.
pub(in crate::sync) fn difference(totals: Totals, plan: &Plan) -> Option<Difference> {
    let rates = plan.expected.vat.len().max(1);
    let allowed = Decimal::new(i64::try_from(rates).unwrap_or(1), 2);
    let incl = totals.incl.filter(|incl| *incl != plan.expected.incl);
    let excl = totals
        .excl
        .filter(|excl| (*excl - plan.expected.excl).abs() > allowed);
    incl.map(|booked| Difference {
        planned: plan.expected.incl,
        booked,
        with_vat: true,
    })
    .or(excl.map(|booked| Difference {
        planned: plan.expected.excl,
        booked,
        with_vat: false,
    }))
}

impl Difference {
    /// The difference of a total with VAT, where there is one.
    pub(in crate::sync) fn of_total(planned: Decimal, booked: Decimal) -> Option<Self> {
        (planned != booked).then_some(Self {
            planned,
            booked,
            with_vat: true,
        })
    }

    /// Which total it is in, in Dutch and English.
    pub(in crate::sync) const fn vat_in_words(&self) -> (&'static str, &'static str) {
        if self.with_vat {
            ("met btw", "with VAT")
        } else {
            ("zonder btw", "without VAT")
        }
    }

    fn in_words(&self, number: &str, blocked: bool) -> Change {
        let (planned, booked) = (Amount::exact(self.planned), Amount::exact(self.booked));
        let (vat_nl, vat_en) = self.vat_in_words();
        let (done_nl, done_en) = if blocked {
            (
                "De verkooporder is geblokkeerd.",
                "The sales order is blocked.",
            )
        } else {
            (
                "De verkooporder kon niet worden geblokkeerd.",
                "The sales order could not be blocked.",
            )
        };
        Change {
            code: "totaal-wijkt-af".to_owned(),
            text: text!(
                "Totaal wijkt af: bestelling {number} is {vat_nl} in de boekhouding {booked} in plaats van {planned}. {done_nl}",
                "Total differs: order {number} is {booked:#} in the books {vat_en} instead of {planned:#}. {done_en}"
            ),
        }
    }
}

fn no_plan() -> Failure {
    Failure::bug(
        "plan-missing",
        text!(
            "Van een bestelling die geschreven wordt is de uitwerking verdwenen.",
            "The working-out of an order that is being written is gone."
        ),
    )
}

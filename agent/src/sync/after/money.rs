//! Whether money moved that may be booked, and when: received on an invoice as the shop says, or paid
//! back on a credit as its refund says.

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{After, payment::item};
use crate::{
    failure::{Failure, Result},
    journal::payments::{PaymentAtWork, Refunded},
    money::cents,
    text,
    text::Amount,
    translate::{is_received, paid_on, refund_digest},
};

/// What is known of it.
pub(super) enum Moved {
    /// It moved on that day.
    On(Date),
    /// The shop does not say so yet.
    NotYet,
    /// There is nothing to move.
    Nothing,
    /// The shop says something else now than was booked: a person looks.
    Otherwise(Failure),
}

impl After<'_> {
    /// What the newest version of the order says of the money of that invoice or credit.
    pub(super) fn moved(&self, payment: &PaymentAtWork, order: &Order) -> Result<Moved> {
        match &payment.refund {
            Some(refunded) => Ok(paid_back(payment, refunded, order)),
            None => self.received(payment, order),
        }
    }

    fn received(&self, payment: &PaymentAtWork, order: &Order) -> Result<Moved> {
        if !is_received(order) {
            return Ok(Moved::NotYet);
        }
        if payment.total <= Decimal::ZERO {
            return Ok(Moved::Nothing);
        }
        if let Some(changed) = self.changed_total(payment, order)? {
            return Ok(Moved::Otherwise(changed));
        }
        Ok(paid_on(order).map_or(Moved::NotYet, Moved::On))
    }

    /// The buyer paid what the shop asks now: where that is no longer what was booked, a person looks.
    fn changed_total(&self, payment: &PaymentAtWork, now: &Order) -> Result<Option<Failure>> {
        let Some(version) = payment.written_version else {
            return Ok(None);
        };
        let raw = self.place.journal.raw(version)?;
        let written = raw.and_then(|raw| self.meaning(payment, &raw));
        let changed = |written: &Order| cents(written.total) != cents(now.total);
        let Some(written) = written.filter(changed) else {
            return Ok(None);
        };
        let (then, now) = (Amount::exact(written.total), Amount::exact(now.total));
        Ok(Some(Failure::refused(
            item(payment),
            text!(
                "het totaal is in de winkel na het boeken veranderd van {then} in {now}",
                "the total was changed in the shop after booking, from {then:#} to {now:#}"
            ),
        )))
    }
}

/// On the day of the refund, as long as the shop still has it as it was credited.
fn paid_back(payment: &PaymentAtWork, refunded: &Refunded, order: &Order) -> Moved {
    if payment.total >= Decimal::ZERO {
        return Moved::Nothing;
    }
    let otherwise = |text| Moved::Otherwise(Failure::refused(item(payment), text));
    let mut refunds = order.refunds.iter();
    let Some(refund) = refunds.find(|refund| refund.id == refunded.id) else {
        return otherwise(text!(
            "de terugbetaling staat niet meer in de winkel",
            "the refund is not in the shop any more"
        ));
    };
    let written_of = refunded.content.as_deref();
    if written_of.is_some_and(|content| content != refund_digest(refund)) {
        return otherwise(text!(
            "de terugbetaling is in de winkel veranderd nadat zij gecrediteerd was",
            "the refund was changed in the shop after it was credited"
        ));
    }
    if refund.voucher {
        return Moved::Nothing;
    }
    let day = refund.at_local.get(..10).and_then(|day| day.parse().ok());
    day.map_or(Moved::NotYet, Moved::On)
}

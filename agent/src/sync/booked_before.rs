//! An invoice that stands in the books though this journal does not know it: written before a copy of the
//! journal was put back, or out of another data folder. Where it can be the buyer's, the relation it stands with
//! is his.

use winkelbrug_protocol::record::Order;

use super::decide::Decider;
use crate::{
    books::Booking,
    failure::Result,
    journal::{Kind, State, at_work::OrderAtWork},
    money::cents,
    profile::settings::Form,
    translate::{self, Facts},
};

impl Decider<'_> {
    /// Tells of an order nobody knows the buyer of yet whose invoice it is in the books. By its number, which is
    /// unique there, with amount, day and a relation that can be his; one that another order is bound to is not
    /// meant.
    pub(super) async fn booked_before(
        &self,
        work: &OrderAtWork,
        order: &Order,
        facts: &mut Facts,
    ) -> Result<()> {
        let fresh = matches!(work.state, State::Seen | State::Planned);
        let known = facts.bound_relation.is_some() || facts.linked.is_some();
        if self.place.settings.sales.form != Form::Booking || !fresh || known {
            return Ok(());
        }
        let Some(number) = translate::booking_number(order, self.place.settings) else {
            return Ok(());
        };
        if !translate::is_wanted(order, self.place.settings, facts) {
            return Ok(());
        }
        self.place.go_on()?;
        let administration = self.books.administration();
        let Some(found) = administration.find_booking(&number).await? else {
            return Ok(());
        };
        let journal = self.place.journal;
        let bound = journal.bound_by(self.books.id(), Kind::Order, &found.id)?;
        if bound.is_some() || !self.is_the_same(order, &found) {
            return Ok(());
        }
        let Some(relation) = self.books.mirror().relation(&found.relation)? else {
            return Ok(());
        };
        if !translate::may_be_the_buyer(order, &relation) {
            return Ok(());
        }
        facts.booked_for = Some(relation.id.clone());
        if !facts.relations.iter().any(|known| known.id == relation.id) {
            facts.relations.push(relation);
        }
        Ok(())
    }

    fn is_the_same(&self, order: &Order, found: &Booking) -> bool {
        let day = translate::booking_day(order, self.place.settings);
        order.money.code == "EUR"
            && cents(order.total) == found.amount
            && day.is_some()
            && found.date == day
    }
}

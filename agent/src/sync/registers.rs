//! Asking public registers on behalf of an order that is being decided on: its VAT number (VIES), and
//! the euro's rate of its day (ECB). What a register could not say now, it is asked again later.

use std::sync::{Mutex, PoisonError};

use jiff::civil::DateTime;
use winkelbrug_protocol::record::Order;

use super::place::Place;
use crate::{
    books::{OfferedRate, VatCheck, Verdict},
    failure::Result,
    journal::{State, at_work::OrderAtWork},
    registers::{ecb, vies},
    text,
    translate::{self, Facts},
};

/// The registers as one run uses them: what could not be reached is left alone until the next run.
#[derive(Debug, Default)]
pub struct Registers {
    /// Countries whose register did not answer, and `ECB`.
    silent: Mutex<Vec<String>>,
}

impl Registers {
    /// Fills in what registers say of this order, asking where that is due.
    ///
    /// # Errors
    /// The journal; the wish to stop.
    pub async fn ask(
        &self,
        place: &Place<'_>,
        work: &OrderAtWork,
        order: &Order,
        facts: &mut Facts,
    ) -> Result<()> {
        facts.exchange_rate = work.exchange_rate;
        if facts.exchange_rate.is_none() && !order.money.code.eq_ignore_ascii_case("EUR") {
            facts.offered_rate = self.offered(place, order).await?;
        }
        if let Some(number) = translate::vat_number_question(order, place.settings, facts) {
            facts.vat_check = self.checked(place, work, &number, facts).await?;
        }
        Ok(())
    }

    async fn checked(
        &self,
        place: &Place<'_>,
        work: &OrderAtWork,
        number: &str,
        facts: &Facts,
    ) -> Result<Option<VatCheck>> {
        let now = place.now();
        let kept = place.journal.vat_check(work.id)?;
        let kept = kept.filter(|kept| kept.check.number == number);
        // Who offers an order again wants to know it now; a valid check stays the evidence.
        let asked_for = work.state == State::Seen
            && kept
                .as_ref()
                .is_none_or(|kept| kept.check.verdict != Verdict::Valid);
        let due = kept.as_ref().is_none_or(|kept| kept.is_due(now));
        let country = number.get(..2).unwrap_or_default();
        if !(due || asked_for) || self.is_silent(country) {
            return Ok(kept.map(|kept| kept.check));
        }
        place.go_on()?;
        let zone = jiff::tz::TimeZone::system();
        let today = facts.today.unwrap_or_else(|| now.to_zoned(zone).date());
        let own = facts
            .company
            .as_ref()
            .map(|company| company.vat_number.as_str());
        let address = &place.settings.vat.vies_url;
        let check = vies::check(address, number, own.unwrap_or_default(), today).await;
        if check.verdict == Verdict::Unreachable {
            self.did_not_answer(country);
        }
        place.journal.keep_vat_check(work.id, &check, place.now())?;
        let words = match check.verdict {
            Verdict::Valid => text!(
                "Btw-nummer {number} gecontroleerd bij VIES: geldig.",
                "VAT number {number} checked with VIES: valid."
            ),
            Verdict::Invalid => text!(
                "Btw-nummer {number} gecontroleerd bij VIES: ongeldig.",
                "VAT number {number} checked with VIES: not valid."
            ),
            Verdict::Unreachable => text!(
                "Btw-nummer {number} kon niet bij VIES gecontroleerd worden.",
                "VAT number {number} could not be checked with VIES."
            ),
        };
        place.note(work.id, "vat-number", &words, None)?;
        Ok(Some(check))
    }

    async fn offered(&self, place: &Place<'_>, order: &Order) -> Result<Option<OfferedRate>> {
        let address = &place.settings.vat.ecb_url;
        let currency = order.money.code.trim().to_uppercase();
        let placed: Option<DateTime> = order.placed_local.trim().parse().ok();
        let Some(day) = placed.map(|at| at.date()).filter(|_| !address.is_empty()) else {
            return Ok(None);
        };
        if let Some(known) = place.journal.euro_rate(&currency, day)? {
            return Ok(Some(known));
        }
        if self.is_silent(ECB) {
            return Ok(None);
        }
        place.go_on()?;
        match ecb::rate(address, &currency, day).await {
            ecb::Answer::Rate(offered) => {
                place.journal.keep_euro_rate(&offered, day)?;
                Ok(Some(offered))
            }
            ecb::Answer::NonePublished => Ok(None),
            ecb::Answer::Unreachable => {
                self.did_not_answer(ECB);
                Ok(None)
            }
        }
    }

    fn is_silent(&self, whom: &str) -> bool {
        self.silent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|silent| silent == whom)
    }

    fn did_not_answer(&self, whom: &str) {
        self.silent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(whom.to_owned());
    }
}

const ECB: &str = "ECB";

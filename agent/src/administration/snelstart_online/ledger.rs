//! The bookkeeping behind the orders: ledger accounts, booked invoices, journals, and what was paid.

use super::{
    SnelStart,
    attempts::{BANK, CASH, COMPANY, DAYBOOKS, INVOICES, LEDGERS, WRITE_BOOKING, WRITE_PAYMENT},
    fields::Fields,
    finding::SEARCH_BACK,
    odata,
    pages::{self, List, is_filter_refused},
    read, record,
    refusal::unreadable,
    write,
};
use crate::{
    books::{Accounts, Booking, BookingDraft, Daybook, Payment, PaymentDraft, Till},
    failure::Result,
};

impl SnelStart {
    /// Ledger accounts.
    pub(super) async fn ledger_accounts(&self) -> Result<Accounts> {
        let answer = self.api.get("companyInfo", &[], COMPANY).await?;
        let foreign_vat = record(&answer, COMPANY)?.reference("buitenlandseBtwGrootboek");
        let mut ledgers = Vec::new();
        let mut sink = |rows: Vec<Fields>, _: usize| {
            ledgers.extend(rows.iter().filter_map(read::ledger));
            Ok(())
        };
        let list = List {
            path: "grootboeken",
            size: pages::OTHERS,
            filter: None,
            skip: 0,
            attempt: LEDGERS,
        };
        self.pages(list, &mut sink).await?;
        Ok(Accounts {
            ledgers,
            foreign_vat,
        })
    }

    /// The booking behind the invoice of that number.
    pub(super) async fn booking_numbered(&self, number: &str) -> Result<Option<Booking>> {
        // There is no list of bookings: an invoice comes with each, and is found by its number.
        let filter = format!("Factuurnummer eq {}", odata::text(number));
        let mut found = None;
        let mut sink = |rows: Vec<Fields>, _: usize| {
            let mut bookings = rows.iter().filter_map(read::invoice);
            found = found
                .take()
                .or_else(|| bookings.find(|booking| booking.number == number));
            Ok(())
        };
        let list = List {
            path: "verkoopfacturen",
            size: pages::OTHERS,
            filter: Some(&filter),
            skip: 0,
            attempt: INVOICES,
        };
        self.pages(list, &mut sink).await?;
        Ok(found)
    }

    /// Writes a booking.
    pub(super) async fn book(&self, relation: &str, draft: &BookingDraft) -> Result<Booking> {
        let row = write::booking(relation, draft);
        let made = self.create("verkoopboekingen", &row, WRITE_BOOKING).await?;
        read::booking(&made).ok_or_else(|| unreadable(WRITE_BOOKING))
    }

    /// Journals of every kind.
    pub(super) async fn all_daybooks(&self) -> Result<Vec<Daybook>> {
        let rows = self.all("dagboeken", DAYBOOKS).await?;
        Ok(rows.iter().filter_map(read::daybook).collect())
    }

    /// Entries of that description. Where the filter works, a page holds all of them; where it is
    /// ignored or refused, what changed lately is read and looked through.
    pub(super) async fn payments_described(
        &self,
        till: Till,
        description: &str,
    ) -> Result<Vec<Payment>> {
        let (path, attempt) = match till {
            Till::Bank => ("bankboekingen", BANK),
            Till::Cash => ("kasboekingen", CASH),
        };
        let wanted = description.trim();
        let fits = |payment: &Payment| payment.description.trim() == wanted;
        let filter = format!("Omschrijving eq {}", odata::text(wanted));
        let top = pages::OTHERS.to_string();
        let query = [("$filter", filter.as_str()), ("$top", top.as_str())];
        match self.api.get(path, &query, attempt).await {
            Ok(answer) => {
                let rows = Fields::read_list(&answer.body).ok_or_else(|| unreadable(attempt))?;
                let found: Vec<Payment> = rows.iter().filter_map(read::payment).collect();
                if rows.len() < pages::OTHERS || found.iter().all(fits) {
                    return Ok(found.into_iter().filter(fits).collect());
                }
            }
            Err(failure) if is_filter_refused(&failure) => {}
            Err(failure) => return Err(failure),
        }
        let since = self.clock.now().saturating_sub(SEARCH_BACK).ok();
        let filter = since.map(odata::modified_after);
        let mut found = Vec::new();
        let mut sink = |rows: Vec<Fields>, _: usize| {
            found.extend(rows.iter().filter_map(read::payment).filter(fits));
            Ok(())
        };
        let list = List {
            path,
            size: pages::OTHERS,
            filter: filter.as_deref(),
            skip: 0,
            attempt,
        };
        self.pages(list, &mut sink).await?;
        Ok(found)
    }

    /// Writes what was paid.
    pub(super) async fn pay(&self, draft: &PaymentDraft) -> Result<Payment> {
        let path = match draft.till {
            Till::Bank => "bankboekingen",
            Till::Cash => "kasboekingen",
        };
        let made = self
            .create(path, &write::payment(draft), WRITE_PAYMENT)
            .await?;
        read::payment(&made).ok_or_else(|| unreadable(WRITE_PAYMENT))
    }
}

//! The bookkeeping behind the orders: ledger accounts, booked invoices, journals, and what was paid.

use super::{
    SnelStart,
    attempts::{BANK, CASH, COMPANY, DAYBOOKS, INVOICES, LEDGERS, WRITE_BOOKING, WRITE_PAYMENT},
    fields::Fields,
    finding::Search,
    odata,
    pages::{self, List},
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
            let mut bookings = rows.iter().filter_map(invoice);
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
        booking(&made).ok_or_else(|| unreadable(WRITE_BOOKING))
    }

    /// Journals of every kind.
    pub(super) async fn all_daybooks(&self) -> Result<Vec<Daybook>> {
        let rows = self.all("dagboeken", DAYBOOKS).await?;
        Ok(rows.iter().filter_map(read::daybook).collect())
    }

    /// Entries of that description.
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
        let filter = format!("Omschrijving eq {}", odata::text(wanted));
        let search = Search {
            path,
            filter: &filter,
            attempt,
            read: payment,
        };
        let fits = |payment: &Payment| payment.description.trim() == wanted;
        self.searched(search, fits).await
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
        payment(&made).ok_or_else(|| unreadable(WRITE_PAYMENT))
    }
}

/// BankboekingModel, KasboekingModel.
fn payment(row: &Fields) -> Option<Payment> {
    let lines = row.list("verkoopboekingBoekingsRegels");
    Some(Payment {
        id: row.id()?,
        description: row.text("omschrijving"),
        date: row.day("datum"),
        daybook: row.reference("dagboek").unwrap_or_default(),
        bookings: lines
            .iter()
            .filter_map(|line| line.reference("boekingId"))
            .collect(),
        amount: row.amount("bedragOntvangen").unwrap_or_default()
            - row.amount("bedragUitgegeven").unwrap_or_default(),
    })
}

/// VerkoopBoekingModel; it was once seen with `relatie` in the place of `klant`.
fn booking(row: &Fields) -> Option<Booking> {
    Some(Booking {
        id: row.id()?,
        number: row.text("factuurnummer"),
        relation: row
            .reference("klant")
            .or_else(|| row.reference("relatie"))
            .unwrap_or_default(),
        amount: row.amount("factuurbedrag")?,
        open: None,
        date: row.day("factuurdatum"),
        vat: Vec::new(),
        lines: Vec::new(),
    })
}

/// The booking behind a VerkoopfactuurModel.
fn invoice(row: &Fields) -> Option<Booking> {
    Some(Booking {
        id: row.reference("verkoopBoeking")?,
        number: row.text("factuurnummer"),
        relation: row.reference("relatie").unwrap_or_default(),
        amount: row.amount("factuurBedrag")?,
        open: row.amount("openstaandSaldo"),
        date: row.day("factuurDatum"),
        vat: Vec::new(),
        lines: Vec::new(),
    })
}

//! The order itself: what it is called, where it goes, and what it is booked as.

use jiff::civil::date;
use rust_decimal::dec;
use testbed::truth::generated::{self, Buyer, Wish};
use winkelbrug::{
    books::{CostCentre, Ledger, VatCheck, Verdict},
    translate::{Facts, Plan, plan::ReferencedOrder},
};
use winkelbrug_protocol::record::StatusKind;

use super::Table;
use crate::translate::{
    desk::{Desk, wish},
    references, vat,
};

pub fn tables() -> Vec<Table> {
    let mut tables = form();
    tables.extend(reference());
    tables.extend(fields());
    tables.extend(payment());
    tables
}

fn form() -> Vec<Table> {
    let form = |plan: &Plan| match &plan.booking {
        Some(booking) => format!("booking of {}", booking.amount),
        None => format!("order of {} lines", plan.order.lines.len()),
    };
    let number = |plan: &Plan| plan.booking.as_ref().unwrap().number.clone();
    let ledger = |plan: &Plan| plan.booking.as_ref().unwrap().lines[0].ledger.clone();
    vec![
        Table::new(
            "sales.form",
            invoiced,
            form,
            &[
                ("", "order of 2 lines"),
                ("sales.form = 'order'", "order of 2 lines"),
                ("sales.form = 'booking'", "booking of 30.19"),
            ],
        ),
        Table::new(
            "sales.booking_number",
            invoiced,
            number,
            &[
                ("sales.form = 'booking'", "2026-7"),
                (
                    "sales = {form = 'booking', booking_number = 'invoice-number'}",
                    "2026-7",
                ),
                (
                    "sales = {form = 'booking', booking_number = 'order-number'}",
                    "1",
                ),
            ],
        ),
        Table::new(
            "sales.booking_date",
            |desk| {
                invoiced(desk);
                desk.order.invoice_date = Some("2026-07-02".to_owned());
            },
            |plan| plan.booking.as_ref().unwrap().date.to_string(),
            &[
                ("sales.form = 'booking'", "2026-07-02"),
                (
                    "sales = {form = 'booking', booking_date = 'invoice-date'}",
                    "2026-07-02",
                ),
                (
                    "sales = {form = 'booking', booking_date = 'order-date'}",
                    "2026-05-01",
                ),
            ],
        ),
        Table::new(
            "sales.eu_ledger",
            |desk| {
                *desk = vat::belgian_business();
                invoiced(desk);
            },
            ledger,
            &[
                ("sales.form = 'booking'", "held grootboek-ontbreekt"),
                ("sales = {form = 'booking', eu_ledger = '8111'}", "eu-2"),
                ("sales = {form = 'booking', eu_ledger = 'EU'}", "eu"),
            ],
        )
        .knowing(two_ledgers),
        Table::new(
            "sales.export_ledger",
            |desk| {
                buyer(desk, Buyer::Swiss);
                invoiced(desk);
            },
            ledger,
            &[
                ("sales.form = 'booking'", "held grootboek-ontbreekt"),
                (
                    "sales = {form = 'booking', export_ledger = '8112'}",
                    "export-2",
                ),
                (
                    "sales = {form = 'booking', export_ledger = 'export'}",
                    "export",
                ),
            ],
        )
        .knowing(two_ledgers),
        Table::new(
            "sales.process_stage",
            |_| {},
            |plan| format!("{:?}", plan.order.stage),
            &[
                ("", "Order"),
                ("sales.process_stage = 'Order'", "Order"),
                ("sales.process_stage = 'Offerte'", "Offerte"),
                ("sales.process_stage = 'Bevestiging'", "Bevestiging"),
                ("sales.process_stage = 'Werkbon'", "Werkbon"),
                ("sales.process_stage = 'Pakbon'", "Pakbon"),
                ("sales.process_stage = 'Afhaalbon'", "Afhaalbon"),
            ],
        ),
        Table::new(
            "sales.blocked",
            |_| {},
            blocked,
            &[
                ("", "as the template says"),
                ("sales.blocked = 'as-template'", "as the template says"),
                ("sales.blocked = 'always'", "blocked"),
                ("sales.blocked = 'never'", "free"),
            ],
        ),
        Table::new(
            "sales.invoiced_by",
            invoiced,
            |plan| format!("{}; {}", blocked(plan), plan.order.memo),
            &[
                ("", "as the template says; "),
                ("sales.invoiced_by = 'snelstart'", "as the template says; "),
                (
                    "sales.invoiced_by = 'shop'",
                    "blocked; Door de webwinkel gefactureerd: factuur 2026-7. Niet factureren.",
                ),
            ],
        ),
    ]
}

fn reference() -> Vec<Table> {
    let reference = |plan: &Plan| plan.order.payment_reference.clone();
    vec![
        Table::new(
            "sales.payment_reference",
            invoiced,
            reference,
            &[
                ("", "1"),
                ("sales.payment_reference = 'order-number'", "1"),
                ("sales.payment_reference = 'shop-reference'", "XKBKNABJK"),
                ("sales.payment_reference = 'invoice-number'", "2026-7"),
                ("sales.payment_reference = 'none'", ""),
            ],
        ),
        Table::new(
            "sales.payment_reference_prefix",
            |_| {},
            reference,
            &[
                ("", "1"),
                ("sales.payment_reference_prefix = 'WB-'", "WB-1"),
            ],
        ),
        // An order typed by hand under that number, for somebody else and another amount.
        Table::new(
            "sales.payment_reference_unique",
            |_| {},
            reference,
            &[
                ("", "held kenmerk-bestaat-al"),
                (
                    "sales.payment_reference_unique = true",
                    "held kenmerk-bestaat-al",
                ),
                ("sales.payment_reference_unique = false", "1"),
            ],
        )
        .knowing(|facts| {
            facts.same_reference.push(ReferencedOrder {
                order: references::booked("1", "wie", dec!(99)),
                bound_to: None,
            });
        }),
    ]
}

fn fields() -> Vec<Table> {
    let addresses = |plan: &Plan| {
        let addresses = [&plan.order.invoice_address, &plan.order.delivery_address];
        let streets =
            addresses.map(|address| address.as_ref().map_or("none", |known| &known.street));
        streets.join(", ")
    };
    vec![
        Table::new(
            "sales.cost_centre",
            |desk| {
                desk.books.lookups.cost_centres.push(CostCentre {
                    id: "centre".to_owned(),
                    number: 100,
                    name: "Webwinkel".to_owned(),
                    active: true,
                });
            },
            |plan| plan.order.cost_centre.clone().unwrap_or_default(),
            &[
                ("", ""),
                ("sales.cost_centre = '100'", "centre"),
                ("sales.cost_centre = 'webwinkel'", "centre"),
                (
                    "sales.cost_centre = '200'",
                    "stopped kostenplaats-ontbreekt",
                ),
            ],
        ),
        Table::new(
            "sales.description",
            |_| {},
            |plan| plan.order.description.clone(),
            &[
                ("", "Bestelling 1 - Processing - Overboeking"),
                (
                    "sales.description = 'generated'",
                    "Bestelling 1 - Processing - Overboeking",
                ),
                ("sales.description = 'empty'", ""),
                ("sales.description = 'profile-name'", "winkel"),
                ("sales.description = 'webshop-order'", "Webshop order 1"),
                (
                    "sales.description = 'template:{number} {name} {status} {payment} {profile} {date}'",
                    "1 Jo Klant Processing Overboeking winkel",
                ),
            ],
        ),
        // The books know the buyer at another address.
        Table::new(
            "sales.addresses",
            |desk| {
                let card = desk.books.add_relation(7, "Jo Klant", "jo@example.com");
                card.address.street = "Kaartlaan 9".to_owned();
                card.address.postcode = "1234AB".to_owned();
                card.address.city = "Ons Dorp".to_owned();
                card.address.country = "NL".to_owned();
            },
            addresses,
            &[
                ("", "Dorpsstraat 1, Dorpsstraat 1"),
                ("sales.addresses = 'shop'", "Dorpsstraat 1, Dorpsstraat 1"),
                (
                    "sales.addresses = 'customer-card'",
                    "Kaartlaan 9, Kaartlaan 9",
                ),
            ],
        ),
    ]
}

fn payment() -> Vec<Table> {
    let written = |_: &Plan| "written".to_owned();
    let when = Table::new(
        "sales.payment.*.import",
        |desk| ideal(desk, StatusKind::Pending),
        written,
        &[
            (
                "sales.payment.ideal.give_up_days = 0",
                "skipped unpaid | skipped unpaid | written",
            ),
            (
                "sales.payment.ideal = {import = 'always', give_up_days = 0}",
                "written | written | written",
            ),
            (
                "sales.payment.ideal = {import = 'paid', give_up_days = 0}",
                "skipped unpaid | skipped unpaid | written",
            ),
            (
                "sales.payment.ideal = {import = 'authorised', give_up_days = 0}",
                "skipped unpaid | written | written",
            ),
            (
                "sales.payment.ideal = {import = 'never', give_up_days = 0}",
                "skipped payment-never | skipped payment-never | skipped payment-never",
            ),
        ],
    );
    vec![
        when.and(&[
            |desk| ideal(desk, StatusKind::Other),
            |desk| ideal(desk, StatusKind::Processing),
        ]),
        // 15 days unpaid.
        Table::new(
            "sales.payment.*.give_up_days",
            |desk| {
                ideal(desk, StatusKind::Pending);
                desk.order.placed_local = "2026-11-06T12:00:00".to_owned();
            },
            written,
            &[
                ("", "skipped given-up"),
                ("sales.payment.ideal.give_up_days = 14", "skipped given-up"),
                ("sales.payment.ideal.give_up_days = 20", "skipped unpaid"),
                ("sales.payment.ideal.give_up_days = 0", "skipped unpaid"),
            ],
        ),
        Table::new(
            "sales.payment.*.term_days",
            |_| {},
            |plan| {
                let term = plan.order.payment_term;
                term.map_or("the relation's".to_owned(), |days| days.to_string())
            },
            &[
                ("", "the relation's"),
                ("sales.payment.bank_transfer.term_days = 30", "30"),
            ],
        ),
    ]
}

fn ideal(desk: &mut Desk, status: StatusKind) {
    desk.payment("ideal", "iDEAL");
    desk.status(status, "Een status");
}

fn invoiced(desk: &mut Desk) {
    desk.order.invoice_number = Some("2026-7".to_owned());
    desk.order.shop_reference = Some("XKBKNABJK".to_owned());
}

pub fn buyer(desk: &mut Desk, buyer: Buyer) {
    desk.order = generated::order(&Wish { buyer, ..wish() });
}

fn blocked(plan: &Plan) -> String {
    match plan.order.blocked {
        None => "as the template says",
        Some(true) => "blocked",
        Some(false) => "free",
    }
    .to_owned()
}

/// Two ledgers for sales within the EU, two for export; and the Belgian's number is right.
fn two_ledgers(facts: &mut Facts) {
    let mut accounts = facts.accounts.take().unwrap_or_default();
    for (id, number, function) in [
        ("eu-2", 8111, "VerkopenExportBinnenEU"),
        ("export-2", 8112, "VerkopenExportBuitenEU"),
    ] {
        accounts.ledgers.push(Ledger {
            id: id.to_owned(),
            number,
            name: id.to_owned(),
            function: function.to_owned(),
            rate_code: String::new(),
            balance: false,
            active: true,
        });
    }
    facts.accounts = Some(accounts);
    checked(facts, Verdict::Valid);
}

/// What VIES said of the Belgian's number.
pub fn checked(facts: &mut Facts, verdict: Verdict) {
    facts.vat_check = Some(VatCheck {
        number: "BE0123456749".to_owned(),
        verdict,
        day: date(2026, 11, 21),
        name: "FIRMA BV".to_owned(),
        consultation: String::new(),
    });
}

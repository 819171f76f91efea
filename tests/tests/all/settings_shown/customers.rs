//! Customers from orders.

use testbed::truth::generated::Buyer;
use winkelbrug::{
    books::BookAddress,
    translate::{Plan, plan::RelationStep},
};
use winkelbrug_protocol::record::CustomField;

use super::{Table, header};
use crate::translate::desk::Desk;

pub fn tables() -> Vec<Table> {
    let mut tables = vec![recognition()];
    tables.extend(whose());
    tables.extend(new_ones());
    tables
}

/// The same buyer; one who moved; one with another e-mail address; one nobody knows; one whose code in
/// the books is the shop's, while another has his e-mail address and postcode; one with another e-mail
/// address whose VAT number is known.
fn recognition() -> Table {
    let rows = [
        ("", "7 | new | new | new | 8 | new"),
        (
            "customers.recognition = 'code'",
            "new 40 | new 40 | new 40 | new 40 | 40 | new 40",
        ),
        (
            "customers.recognition = 'email'",
            "7 | 7 | new | new | 8 | new",
        ),
        (
            "customers.recognition = 'code-or-email'",
            "7 | 7 | new 40 | new 40 | 40 | new 40",
        ),
        (
            "customers.recognition = 'email-and-postcode'",
            "7 | new | new | new | 8 | new",
        ),
        (
            "customers.recognition = 'code-or-email-and-postcode'",
            "7 | new 40 | new 40 | new 40 | 40 | new 40",
        ),
        (
            "customers.recognition = 'smart'",
            "7 | 7 | new | new | 8 | 7",
        ),
    ];
    Table::new(
        "customers.recognition",
        |desk| {
            known(desk);
        },
        end,
        &rows,
    )
    .and(&[
        |desk| known(desk).address.postcode = "9999ZZ".to_owned(),
        |desk| {
            known(desk);
            desk.order.customer.email = "nieuw@example.com".to_owned();
        },
        |desk| desk.order.customer.id = Some("40".to_owned()),
        |desk| {
            let relation = known(desk);
            relation.email.clear();
            relation.code = 40;
            let other = desk.books.add_relation(8, "Jo Klant", "jo@example.com");
            other.address.postcode = "1234 AB".to_owned();
        },
        |desk| {
            known(desk).vat_number = "NL123456782B01".to_owned();
            desk.order.customer.email = "nieuw@example.com".to_owned();
            desk.order.customer.vat_number = Some("NL123456782B01".to_owned());
        },
    ])
}

fn whose() -> Vec<Table> {
    let unknown: fn(&mut Desk) = |desk| {
        fixed(desk);
    };
    vec![
        Table::new(
            "customers.code_field",
            |desk| {
                known(desk);
                desk.order.custom_fields = vec![CustomField {
                    id: "9".to_owned(),
                    name: "SnelStart code".to_owned(),
                    value: "7".to_owned(),
                }];
            },
            end,
            &[
                ("customers.recognition = 'code'", "new 40"),
                (
                    "customers = {recognition = 'code', code_field = 'SnelStart code'}",
                    "7",
                ),
            ],
        ),
        // Known, with a telephone the books do not have; and unknown.
        Table::new(
            "customers.handling",
            |desk| {
                known(desk);
                desk.order.customer.telephone = "06-12345678".to_owned();
            },
            end,
            &[
                ("", "7 | new"),
                ("customers.handling = 'add'", "7 | new"),
                (
                    "customers.handling = 'add-and-update'",
                    "7 with telephone, address | new",
                ),
                (
                    "customers.handling = 'manual'",
                    "7 | held klant-niet-gevonden",
                ),
            ],
        )
        .and(&[|_| {}]),
        Table::new(
            "customers.default_code",
            unknown,
            end,
            &[("", "new"), ("customers.default_code = '10'", "10")],
        ),
        // To the Netherlands, Germany, and Switzerland.
        Table::new(
            "customers.default_codes.*",
            unknown,
            end,
            &[
                ("", "new | new | new"),
                ("customers.default_codes.NL = '10'", "10 | new | new"),
                ("customers.default_codes.DE = '11'", "new | 11 | new"),
                ("customers.default_codes.EU = '12'", "new | 12 | new"),
                (
                    "customers.default_codes = {DE = '11', EU = '12'}",
                    "new | 11 | new",
                ),
                (
                    "customers.default_codes.outside-EU = '13'",
                    "new | new | 13",
                ),
                (
                    "customers = {default_code = '10', default_codes.EU = '12'}",
                    "10 | 12 | held btw-wijkt-af",
                ),
            ],
        )
        .and(&[
            |desk| {
                header::buyer(desk, Buyer::German);
                fixed(desk);
            },
            |desk| {
                header::buyer(desk, Buyer::Swiss);
                fixed(desk);
            },
        ]),
        // A guest the books know.
        Table::new(
            "customers.guests",
            |desk| {
                known(desk);
                desk.order.customer.id = None;
                fixed(desk);
            },
            end,
            &[
                ("customers.default_code = '10'", "7"),
                (
                    "customers = {default_code = '10', guests = 'by-recognition'}",
                    "7",
                ),
                (
                    "customers = {default_code = '10', guests = 'one-relation'}",
                    "10",
                ),
                ("customers.guests = 'always-new'", "new"),
            ],
        ),
    ]
}

fn new_ones() -> Vec<Table> {
    let term = |plan: &Plan| draft(plan).payment_term.unwrap().to_string();
    let invoices = |plan: &Plan| draft(plan).invoice_email.unwrap_or_default();
    let reminders = |plan: &Plan| draft(plan).reminder_email.unwrap_or_default();
    vec![
        Table::new(
            "customers.payment_term_days",
            |_| {},
            term,
            &[
                ("", "14"),
                ("customers.payment_term_days = 14", "14"),
                ("customers.payment_term_days = 30", "30"),
            ],
        ),
        Table::new(
            "customers.invoice_by_email",
            |_| {},
            invoices,
            &[
                ("", ""),
                ("customers.invoice_by_email = false", ""),
                ("customers.invoice_by_email = true", "jo@example.com"),
            ],
        ),
        Table::new(
            "customers.reminder_by_email",
            |_| {},
            reminders,
            &[
                ("", ""),
                ("customers.reminder_by_email = false", ""),
                ("customers.reminder_by_email = true", "jo@example.com"),
            ],
        ),
    ]
}

fn draft(plan: &Plan) -> winkelbrug::books::RelationDraft {
    match &plan.relation {
        RelationStep::Create { draft, .. } => draft.clone(),
        other => panic!("{other:?}"),
    }
}

/// The relation's code, and what is changed of it; `new`, with the code it gets.
fn end(plan: &Plan) -> String {
    match &plan.relation {
        RelationStep::Use { code, .. } => code.to_string(),
        RelationStep::Update { code, changes, .. } => {
            let changed = changes.iter().map(|change| change.field.en.as_str());
            format!("{code} with {}", changed.collect::<Vec<_>>().join(", "))
        }
        RelationStep::Create { draft, .. } => match draft.code {
            Some(code) => format!("new {code}"),
            None => "new".to_owned(),
        },
    }
}

/// Jo Klant has an account (the shop's id 40), and the books know him as 7.
fn known(desk: &mut Desk) -> &mut winkelbrug::books::Relation {
    desk.order.customer.id = Some("40".to_owned());
    let relation = desk.books.add_relation(7, "Jo Klant", "jo@example.com");
    relation.phone = "010".to_owned();
    relation.address = BookAddress {
        contact: String::new(),
        street: "Dorpsstraat 1".to_owned(),
        postcode: "1234AB".to_owned(),
        city: "Ons Dorp".to_owned(),
        country: "NL".to_owned(),
    };
    relation
}

/// Relations to write on whoever is not recognised.
fn fixed(desk: &mut Desk) {
    for (code, country) in [(10, "NL"), (11, "DE"), (12, "FR"), (13, "CH")] {
        let relation = desk.books.add_relation(code, "Vast", "");
        relation.address.country = country.to_owned();
    }
}

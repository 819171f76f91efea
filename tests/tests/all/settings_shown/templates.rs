//! Which sales template an order gets, and what the shop says of it in fields of its own.

use testbed::truth::generated::Buyer;
use winkelbrug::{
    books::{CostCentre, Template, Verdict},
    translate::Plan,
};
use winkelbrug_protocol::record::{CustomField, Named};

use super::{Table, header};
use crate::translate::{desk::Desk, vat};

pub fn tables() -> Vec<Table> {
    vec![
        Table::new(
            "sales.template",
            |_| {},
            template,
            &[
                ("", "the books' own"),
                ("sales.template = 'webshop'", "template-1"),
                ("sales.template = 'template-1'", "template-1"),
                ("sales.template = 'Weg'", "stopped sjabloon-ontbreekt"),
            ],
        ),
        Table::new(
            "sales.template_follow_last",
            known,
            template,
            &[
                ("", "the books' own"),
                ("sales.template_follow_last = false", "the books' own"),
                ("sales.template_follow_last = true", "template-2"),
            ],
        )
        .knowing(|facts| {
            let last = ("relation-8".to_owned(), "template-2".to_owned());
            facts.last_templates = [last].into();
        }),
        rule(
            "sales.templates.template",
            &[
                (
                    "",
                    "the books' own | the books' own | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\ncountry = 'NL'",
                    "template-1 | the books' own | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Tweede'\ncountry = 'NL'",
                    "template-2 | the books' own | the books' own | the books' own",
                ),
            ],
        ),
        rule(
            "sales.templates.country",
            &[
                (
                    "",
                    "the books' own | the books' own | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\ncountry = 'de'",
                    "the books' own | template-1 | the books' own | the books' own",
                ),
            ],
        ),
        rule(
            "sales.templates.language",
            &[
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nlanguage = 'en'",
                    "the books' own | template-1 | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nlanguage = 'nl'",
                    "template-1 | the books' own | template-1 | template-1",
                ),
            ],
        ),
        rule(
            "sales.templates.store",
            &[
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nstore = 'Zakelijk'",
                    "the books' own | the books' own | template-1 | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nstore = '4'",
                    "the books' own | the books' own | template-1 | the books' own",
                ),
            ],
        ),
        rule(
            "sales.templates.vat",
            &[
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nvat = 'domestic'",
                    "template-1 | the books' own | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nvat = 'eu-consumer'",
                    "the books' own | template-1 | the books' own | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nvat = 'eu-business'",
                    "the books' own | the books' own | template-1 | the books' own",
                ),
                (
                    "[[sales.templates]]\ntemplate = 'Webshop'\nvat = 'export'",
                    "the books' own | the books' own | the books' own | template-1",
                ),
            ],
        ),
        Table::new(
            "sales.order_fields.template",
            says,
            template,
            &[
                ("", "the books' own"),
                ("sales.order_fields.template = 'Sjabloon'", "template-2"),
            ],
        ),
        Table::new(
            "sales.order_fields.cost_centre",
            says,
            |plan| plan.order.cost_centre.clone().unwrap_or_default(),
            &[
                ("", ""),
                ("sales.order_fields.cost_centre = 'afdeling'", "centre"),
            ],
        ),
        Table::new(
            "sales.order_fields.seller",
            says,
            |plan| plan.order.memo.clone(),
            &[
                ("", ""),
                ("sales.order_fields.seller = 'verkoper'", "Verkoper: Kim"),
            ],
        ),
    ]
}

/// A Dutchman, a German who reads English, a Belgian business in the shop for businesses, a Swiss.
fn rule(key: &'static str, rows: &[(&str, &str)]) -> Table {
    let table = Table::new(key, two, template, rows).and(&[
        |desk| {
            header::buyer(desk, Buyer::German);
            desk.order.language = "en-gb".to_owned();
            two(desk);
        },
        |desk| {
            *desk = vat::belgian_business();
            desk.order.store = Named {
                id: "4".to_owned(),
                name: "Zakelijk".to_owned(),
            };
            two(desk);
        },
        |desk| {
            header::buyer(desk, Buyer::Swiss);
            two(desk);
        },
    ]);
    table.knowing(|facts| header::checked(facts, Verdict::Valid))
}

fn template(plan: &Plan) -> String {
    let own = || "the books' own".to_owned();
    plan.order.template.clone().unwrap_or_else(own)
}

fn two(desk: &mut Desk) {
    desk.books.lookups.templates.push(Template {
        id: "template-2".to_owned(),
        name: "Tweede".to_owned(),
        active: true,
    });
}

/// A customer whose latest order had the second template.
fn known(desk: &mut Desk) {
    two(desk);
    let relation = desk.books.add_relation(8, "Jo Klant", "jo@example.com");
    relation.address.postcode = "1234 AB".to_owned();
    relation.address.country = "NL".to_owned();
}

/// The shop says template, cost centre and seller of the order.
fn says(desk: &mut Desk) {
    two(desk);
    desk.books.lookups.cost_centres.push(CostCentre {
        id: "centre".to_owned(),
        number: 200,
        name: "Beurs".to_owned(),
        active: true,
    });
    let field = |name: &str, value: &str| CustomField {
        id: format!("_{name}"),
        name: name.to_owned(),
        value: value.to_owned(),
    };
    desk.order.custom_fields = vec![
        field("Sjabloon", "Tweede"),
        field("Afdeling", "200"),
        field("Verkoper", "Kim"),
    ];
}

//! Articles from orders.

use std::collections::BTreeMap;

use rust_decimal::dec;
use winkelbrug::{
    books::VatKind,
    translate::{Plan, plan::ArticleStep},
};
use winkelbrug_protocol::record::{Named, Product};

use super::Table;
use crate::translate::desk::Desk;

pub(super) fn tables() -> Vec<Table> {
    vec![
        Table::new(
            "articles.code_field",
            three_fields,
            |plan| plan.order.lines[0].code.clone(),
            &[
                ("", "9-0"),
                ("articles.code_field = 'artikelcode'", "9-0"),
                ("articles.code_field = 'omschrijving'", "BY-TEXT"),
                ("articles.code_field = 'Web code'", "BY-FIELD"),
            ],
        ),
        // One the books have under another name, and one they do not have.
        Table::new(
            "articles.handling",
            |desk| {
                product(desk);
                desk.books.add_article("9-0", VatKind::Hoog);
            },
            steps,
            &[
                ("", "nothing | new in group-1"),
                ("articles.handling = 'add'", "nothing | new in group-1"),
                (
                    "articles.handling = 'add-and-update'",
                    "called Mok | new in group-1",
                ),
                (
                    "articles.handling = 'manual'",
                    "nothing | held artikel-ontbreekt",
                ),
            ],
        )
        .and(&[product]),
        Table::new(
            "articles.revenue_groups.*",
            product,
            steps,
            &[
                ("", "held omzetgroep-niet-gekozen"),
                (
                    "articles.revenue_groups.Hoog = 'Omzet hoog'",
                    "new in group-1",
                ),
                ("articles.revenue_groups.9 = '1'", "new in group-1"),
                ("articles.revenue_groups.9 = '2'", "held btw-wijkt-af"),
                (
                    "articles.revenue_groups.9 = 'Weg'",
                    "stopped omzetgroep-ontbreekt",
                ),
            ],
        ),
        Table::new(
            "articles.revenue_groups_by_category.*",
            product,
            steps,
            &[
                ("", "held omzetgroep-niet-gekozen"),
                (
                    "articles.revenue_groups_by_category.Servies = 'Omzet hoog'",
                    "new in group-1",
                ),
                (
                    "articles.revenue_groups_by_category.3 = '1'",
                    "new in group-1",
                ),
                (
                    "articles.revenue_groups.Hoog = 'Omzet laag'\narticles.revenue_groups_by_category.3 = '1'",
                    "new in group-1",
                ),
            ],
        ),
    ]
}

fn steps(plan: &Plan) -> String {
    match plan.articles.as_slice() {
        [] => "nothing".to_owned(),
        [ArticleStep::Create { draft, .. }] => format!("new in {}", draft.revenue_group),
        [ArticleStep::Update { draft, .. }] => format!("called {}", draft.description),
        more => format!("{} steps", more.len()),
    }
}

/// The shop's code is the code of one article, the text of another, and in a field of a third.
fn three_fields(desk: &mut Desk) {
    for code in ["9-0", "BY-TEXT", "BY-FIELD"] {
        desk.books.add_article(code, VatKind::Hoog);
        let article = desk.books.articles.last_mut().unwrap();
        match code {
            "BY-TEXT" => article.description = "9-0".to_owned(),
            "BY-FIELD" => {
                article.extra = BTreeMap::from([("Web code".to_owned(), "9-0".to_owned())]);
            }
            _ => {
                article.description = "Mok".to_owned();
                article.extra = BTreeMap::from([("Web code".to_owned(), "ANDERS".to_owned())]);
            }
        }
    }
}

/// The shop still has what was bought: a mug among the crockery.
pub fn product(desk: &mut Desk) {
    let line = &mut desk.order.lines[0];
    line.product_id = Some("71".to_owned());
    let product = Product {
        id: "71".to_owned(),
        changed_at: String::new(),
        stamp: String::new(),
        code: line.code.clone(),
        sku: Some("SKU-P".to_owned()),
        ean: Some("8712345678906".to_owned()),
        name: "Mok".to_owned(),
        price: Some(dec!(10)),
        tax_class: line.tax_class.clone().unwrap(),
        quantity: None,
        active: true,
        options: Vec::new(),
        kind: String::new(),
        parent_id: None,
        price_incl: None,
        weight: Some(dec!(0.35)),
        categories: vec![Named {
            id: "3".to_owned(),
            name: "Servies".to_owned(),
        }],
        custom_fields: Vec::new(),
    };
    desk.books.products.push(product);
}

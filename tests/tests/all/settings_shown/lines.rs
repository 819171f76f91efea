//! What stands on the lines, and on which article what is no product.

use rust_decimal::dec;
use testbed::truth::generated::{self, Class, Coupon, Wish};
use winkelbrug::{books::VatKind, translate::Plan};
use winkelbrug_protocol::record::{LineOption, TotalKind};

use super::Table;
use crate::translate::{
    desk::{Desk, good, row, wish},
    recipes,
};

pub fn tables() -> Vec<Table> {
    let mut tables = texts();
    tables.extend(made_of_others());
    tables.extend(costs());
    tables.push(Table::new(
        "sales.total_difference_limit",
        |desk| {
            order(
                desk,
                Wish {
                    hidden: 12,
                    ..wish()
                },
            );
        },
        codes,
        &[
            ("", "held totaal-verschil"),
            (
                "sales.total_difference_limit = '0.05'",
                "held totaal-verschil",
            ),
            (
                "sales.total_difference_limit = '0.12'",
                "9-0 VERZEND-H VERSCHIL",
            ),
            (
                "sales.total_difference_limit = 0.11",
                "held totaal-verschil",
            ),
        ],
    ));
    tables
}

fn texts() -> Vec<Table> {
    let first = |plan: &Plan| {
        let line = &plan.order.lines[0];
        format!(
            "{} {} × {}",
            line.description, line.quantity, line.unit_price
        )
    };
    let texts = |plan: &Plan| {
        let lines = plan
            .order
            .lines
            .iter()
            .map(|line| line.description.as_str());
        lines.collect::<Vec<_>>().join(", ")
    };
    vec![
        // The books ask a cent less a piece.
        Table::new(
            "sales.lines",
            |desk| {
                desk.books.add_article("9-0", VatKind::Hoog);
                let article = desk.books.articles.last_mut().unwrap();
                article.description = "Katoenen hemd".to_owned();
                article.price = dec!(12.09);
            },
            first,
            &[
                ("", "Artikel 0 2 × 12.10"),
                ("sales.lines = 'full'", "Artikel 0 2 × 12.10"),
                (
                    "sales.lines = 'code-and-quantity'",
                    "Katoenen hemd 2 × 12.09",
                ),
                (
                    "sales.lines = 'description-from-article'",
                    "Katoenen hemd 2 × 12.10",
                ),
            ],
        ),
        Table::new(
            "sales.options",
            |desk| {
                desk.order.lines[0].options = vec![LineOption {
                    name: "Maat".to_owned(),
                    value: "L".to_owned(),
                    kind: "select".to_owned(),
                    value_id: None,
                    code: None,
                }];
            },
            texts,
            &[
                ("", "Artikel 0 (Maat: L), shipping"),
                ("sales.options = 'on-line'", "Artikel 0 (Maat: L), shipping"),
                ("sales.options = 'own-line'", "Artikel 0, Maat: L, shipping"),
                ("sales.options = 'ignore'", "Artikel 0, shipping"),
            ],
        ),
    ]
}

/// Of an article the books themselves place the parts of, and of one they say nothing of.
fn made_of_others() -> Vec<Table> {
    let told: fn(&mut Desk) = |desk| {
        *desk = recipes::package("", "");
        let whole = desk.books.articles.last_mut().unwrap();
        whole.recipe = Some(winkelbrug::books::Recipe::Always);
    };
    let untold: fn(&mut Desk) = |desk| *desk = recipes::package("", "");
    vec![
        Table::new(
            "sales.recipes",
            told,
            codes,
            &[
                ("", "9-0 KOP DOOS VERZEND-H | 9-0 VERZEND-H"),
                (
                    "sales.recipes = true",
                    "9-0 KOP DOOS VERZEND-H | 9-0 VERZEND-H",
                ),
                ("sales.recipes = false", "9-0 VERZEND-H | 9-0 VERZEND-H"),
                ("sales.recipes = 'never'", "9-0 VERZEND-H | 9-0 VERZEND-H"),
                (
                    "sales.recipes = 'always'",
                    "9-0 KOP DOOS VERZEND-H | 9-0 KOP DOOS VERZEND-H",
                ),
                (
                    "sales.recipes = 'ask'",
                    "held recept-kiezen | held recept-kiezen",
                ),
            ],
        )
        .and(&[untold]),
        Table::new(
            "sales.recipe.*",
            told,
            codes,
            &[
                ("", "9-0 KOP DOOS VERZEND-H"),
                ("sales.recipe.9-0 = 'ask'", "held recept-kiezen"),
                ("sales.recipe.9-0 = 'never'", "9-0 VERZEND-H"),
                (
                    "sales = {recipes = false, recipe = {9-0 = 'always'}}",
                    "9-0 KOP DOOS VERZEND-H",
                ),
            ],
        ),
    ]
}

/// Each of them not set, with one code, and with a code a kind.
fn costs() -> Vec<Table> {
    use VatKind::{Geen, Hoog};
    vec![
        cost("sales.shipping_article", Hoog, |_| {}, "9-0 *"),
        cost(
            "sales.discount_article",
            Hoog,
            |desk| {
                order(
                    desk,
                    Wish {
                        coupon: Some(Coupon::Fixed(100)),
                        ..wish()
                    },
                );
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.payment_cost_article",
            Hoog,
            |desk| {
                order(
                    desk,
                    Wish {
                        fee: Some(150),
                        ..wish()
                    },
                );
                let rows = desk.order.totals.iter_mut();
                for row in rows.filter(|row| row.code == "handling") {
                    row.code = "paypal_fee".to_owned();
                }
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.fee_article",
            Hoog,
            |desk| {
                order(
                    desk,
                    Wish {
                        fee: Some(150),
                        ..wish()
                    },
                );
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.levy_article",
            Geen,
            |desk| {
                order(
                    desk,
                    Wish {
                        goods: vec![good(1_000, 2, Class::Levy)],
                        ..wish()
                    },
                );
            },
            "13-0 VERZEND-H *",
        ),
        cost(
            "sales.gift_card_article",
            Geen,
            |desk| {
                order(
                    desk,
                    Wish {
                        gift_card: Some(500),
                        ..wish()
                    },
                );
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.store_credit_article",
            Geen,
            |desk| {
                order(
                    desk,
                    Wish {
                        credit: Some(500),
                        ..wish()
                    },
                );
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.rounding_article",
            Geen,
            |desk| {
                desk.order
                    .totals
                    .push(row("cash_rounding", TotalKind::Other, dec!(0.01)));
                desk.order.total += dec!(0.01);
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.total_difference_article",
            Geen,
            |desk| {
                order(
                    desk,
                    Wish {
                        hidden: 3,
                        ..wish()
                    },
                );
            },
            "9-0 VERZEND-H *",
        ),
        cost(
            "sales.default_article",
            Hoog,
            |desk| {
                desk.order.lines[0].code = String::new();
            },
            "* VERZEND-H",
        ),
    ]
}

fn cost(key: &'static str, kind: VatKind, scene: fn(&mut Desk), wanted: &str) -> Table {
    let with: fn(&mut Desk) = match kind {
        VatKind::Hoog => |desk| {
            desk.books.add_article("EEN", VatKind::Hoog);
            desk.books.add_article("PER-KIND", VatKind::Hoog);
        },
        _ => |desk| {
            desk.books.add_article("EEN", VatKind::Geen);
            desk.books.add_article("PER-KIND", VatKind::Geen);
        },
    };
    let (this, other) = if kind == VatKind::Hoog {
        ("hoog", "geen")
    } else {
        ("geen", "hoog")
    };
    let missing = "held artikel-niet-ingesteld";
    let rows = [
        (format!("{key} = ''"), missing.to_owned()),
        (format!("{key} = 'EEN'"), wanted.replace('*', "EEN")),
        (
            format!("{key} = {{{this} = 'PER-KIND'}}"),
            wanted.replace('*', "PER-KIND"),
        ),
        (
            format!("{key} = {{{this} = '', {other} = 'EEN'}}"),
            missing.to_owned(),
        ),
    ];
    let mut table = Table::new(key, scene, codes, &[]);
    table.rows = rows.into();
    table.prepared = Some(with);
    table
}

pub fn codes(plan: &Plan) -> String {
    let lines = plan.order.lines.iter().map(|line| line.code.as_str());
    lines.collect::<Vec<_>>().join(" ")
}

fn order(desk: &mut Desk, wish: Wish) {
    desk.order = generated::order(&wish);
}

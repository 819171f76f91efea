//! VAT where neither shop nor books say it.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{ForeignRate, VatCheck, VatKind, Verdict},
    translate::Plan,
};

use super::{Table, header, lines::codes};
use crate::translate::{abroad, businesses, desk::Desk, special, vat};

pub fn tables() -> Vec<Table> {
    vec![
        foreign(),
        Table::new(
            "vat.reverse_charge.*",
            |desk| {
                *desk = businesses::reverse_charged();
            },
            codes,
            &[
                ("", "held omzetgroep-niet-gekozen"),
                ("vat.reverse_charge.Telefoons = 'VERLEGD'", "VERLEGD"),
                ("vat.reverse_charge.77 = 'VERLEGD'", "VERLEGD"),
            ],
        )
        .knowing(|facts| {
            facts.vat_check = Some(VatCheck {
                number: "NL004495445B01".to_owned(),
                verdict: Verdict::Valid,
                day: date(2026, 11, 21),
                name: String::new(),
                consultation: String::new(),
            });
        }),
        Table::new(
            "vat.margin.*",
            |desk| *desk = special::margin(),
            codes,
            &[
                (
                    "articles.revenue_groups.Marge = 'Omzet marge'",
                    "9-0 VERZEND-G",
                ),
                (
                    "articles.revenue_groups.Marge = 'Omzet marge'\nvat.margin.Marge = 'VERZEND-M'",
                    "9-0 VERZEND-M",
                ),
            ],
        ),
        // VIES could not be asked; and said that the number is wrong.
        Table::new(
            "vat.accept_unchecked",
            |desk| *desk = vat::belgian_business(),
            |_| "written".to_owned(),
            &[
                ("", "held btw-nummer-niet-gecontroleerd"),
                (
                    "vat.accept_unchecked = false",
                    "held btw-nummer-niet-gecontroleerd",
                ),
                ("vat.accept_unchecked = true", "written"),
            ],
        )
        .knowing(|facts| header::checked(facts, Verdict::Unreachable)),
        Table::new(
            "vat.vies_url",
            on_the_card,
            |_| "written".to_owned(),
            &[
                ("", "held btw-nummer-niet-gecontroleerd"),
                (
                    "vat.vies_url = 'https://vies.example.com'",
                    "held btw-nummer-niet-gecontroleerd",
                ),
                ("vat.vies_url = ''", "written"),
            ],
        ),
    ]
}

/// A Belgian business whose number stands on its card, and was not asked of VIES.
fn on_the_card(desk: &mut Desk) {
    *desk = vat::belgian_business();
    let relation = desk.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = "8001".to_owned();
    relation.address.country = "BE".to_owned();
    relation.vat_number = "BE0123456749".to_owned();
}

/// An article of the group Omzet laag at each of five rates of one country.
fn foreign() -> Table {
    fn at(desk: &mut Desk, percent: Decimal) {
        *desk = abroad::abroad("FR", &[(percent, VatKind::Laag)], "");
        desk.books.lookups.foreign_rates.clear();
        for (code, percent) in [
            ("SR", dec!(20)),
            ("RRH", dec!(10)),
            ("RRL", dec!(5.5)),
            ("PR", dec!(8)),
            ("SRR", dec!(2.1)),
        ] {
            desk.books.lookups.foreign_rates.push(ForeignRate {
                country: "FR".to_owned(),
                code: code.to_owned(),
                percent,
                from: date(2020, 1, 1),
            });
        }
    }
    let rates = |plan: &Plan| {
        let rates = plan.expected.vat.keys().map(String::as_str);
        rates.collect::<Vec<_>>().join(" ")
    };
    let row = |code: &str, at: usize| {
        // Goods Hoog bear the standard rate whatever is said of Laag.
        let unknown = "held btw-tarief-onbekend";
        let mut ends = ["held btw-wijkt-af", unknown, unknown, unknown, unknown];
        ends[at] = ["20", "10", "5.5", "8", "2.1"][at];
        (
            format!("vat.foreign.'Omzet laag' = '{code}'"),
            ends.join(" | "),
        )
    };
    let mut table = Table::new("vat.foreign.*", |desk| at(desk, dec!(20)), rates, &[]).and(&[
        |desk| at(desk, dec!(10)),
        |desk| at(desk, dec!(5.5)),
        |desk| at(desk, dec!(8)),
        |desk| at(desk, dec!(2.1)),
    ]);
    table.rows = vec![
        row("SR", 0),
        row("RRH", 1),
        row("RRL", 2),
        row("PR", 3),
        row("SRR", 4),
    ];
    table
}

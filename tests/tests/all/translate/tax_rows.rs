//! What the shop's tax rows say, and what is said of them where they do not fit or are not there.

use rust_decimal::{Decimal, dec};
use winkelbrug_protocol::record::{RatePart, TotalKind};

use crate::translate::{
    desk::{Desk, class, desk, row, settings, tax},
    special::margin,
};

/// Shipping of 4.95 that bears no VAT in the shop, and a coupon of a tenth on goods and shipping.
#[test]
fn the_share_of_a_coupon_on_shipping_without_vat_bears_none() {
    let of = |tax_class, coupon: Decimal, vat: Decimal| {
        let mut desk = desk();
        for row in &mut desk.order.totals {
            if row.code == "shipping" {
                row.tax_class = tax_class;
                break;
            }
        }
        desk.order.totals.retain(|row| row.code == "shipping");
        let discount = TotalKind::Discount;
        desk.order.totals.push(row("coupon", discount, -coupon));
        desk.order.totals.push(tax(dec!(21), vat));
        desk.order.total = dec!(24.95) - coupon + vat;
        desk
    };
    for tax_class in [class("", ""), None] {
        let lines = of(tax_class, dec!(2.495), dec!(3.78)).lines();
        for wanted in ["VERZEND-G 1 × 4.95", "KORTING-H 1 × -2.42"] {
            assert!(lines.contains(&wanted.to_owned()), "{lines:?}");
        }
        let untaxed = |line: &&String| line.starts_with("KORTING-G 1 × -0.");
        assert_eq!(lines.iter().filter(untaxed).count(), 1, "{lines:?}");
    }
    // The coupon is for shipping only: the goods keep their VAT.
    let lines = of(class("", ""), dec!(4.95), dec!(4.20)).lines();
    for wanted in ["VERZEND-G 1 × 4.95", "KORTING-G 1 × -4.95"] {
        assert!(lines.contains(&wanted.to_owned()), "{lines:?}");
    }
    assert_eq!(lines.len(), 3, "{lines:?}");
}

/// Rates recorded with line and shipping, and a tax row that is not what they come to.
fn off_by(amount: Decimal) -> Desk {
    let mut desk = desk();
    desk.settings = settings("total_difference_limit = 0", "");
    desk.order.lines[0].percent = Some(dec!(21));
    desk.order.totals.retain(|row| row.code == "shipping");
    for row in &mut desk.order.totals {
        row.parts = vec![RatePart {
            percent: dec!(21),
            net: dec!(4.95),
            vat: dec!(1.0395),
        }];
    }
    desk.order.totals.push(tax(dec!(21), dec!(5.24) - amount));
    desk.order.total = dec!(30.19) - amount;
    desk
}

#[test]
fn that_the_shop_rounds_per_piece_is_said_only_where_that_is_what_it_charged() {
    let reason = off_by(dec!(0.02)).held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(!reason.hint.nl.contains("afronding"), "{}", reason.hint.nl);
    // 40 pieces of 0.12 at 21% (0.0252 each, 0.03 rounded): 1.20 instead of 1.01.
    let mut desk = off_by(dec!(0));
    desk.order.totals.clear();
    let line = &mut desk.order.lines[0];
    (line.price, line.quantity, line.total) = (dec!(0.12), dec!(40), dec!(4.80));
    line.tax = dec!(0.03);
    desk.order.totals.push(tax(dec!(21), dec!(1.20)));
    desk.order.total = dec!(6.00);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.hint.nl.contains("per stuk"), "{}", reason.hint.nl);
}

#[test]
fn an_order_of_which_the_shop_recorded_no_vat_rows_says_so() {
    // Found from lines and settings, as recorded with each line, and beside goods under the margin scheme.
    let mut bare = desk();
    bare.order.totals.retain(|row| row.code != "tax");
    let mut recorded = off_by(dec!(0));
    recorded.order.totals.retain(|row| row.code == "shipping");
    let mut margin = margin();
    margin.order.lines[0].percent = Some(dec!(0));
    for row in &mut margin.order.totals {
        row.parts = recorded.order.totals[0].parts.clone();
    }
    for desk in [bare, recorded, margin] {
        let reason = desk.held();
        assert_eq!(reason.code, "btw-wijkt-af");
        let text = &reason.text.nl;
        assert!(text.contains("geen enkele btw-regel"), "{text}");
    }
}

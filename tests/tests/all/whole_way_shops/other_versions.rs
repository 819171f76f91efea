//! The same for the other recorded databases: WooCommerce among the posts and 7.9, Magento 1, OpenCart.

use std::{path::Path, sync::LazyLock};

use rust_decimal::dec;
use testbed::{
    magento::Generation,
    opencart::recorded::{OPENCART_2, OPENCART_3, OPENCART_4, Recorded},
    profile::text,
    truth, woocommerce,
};

use winkelbrug_protocol::record::{Order, TotalKind};

use super::Case;
use crate::translate_shops::{
    desk::End, magento as of_magento, opencart as of_opencart, woocommerce as of_woocommerce,
};

fn of_woocommerce<'a>(
    shared: &Path,
    recorded: woocommerce::Recorded,
    ends: &'a [(&'a str, End)],
    stock: &'a str,
) -> Case<'a> {
    let truth = recorded.folder(shared).join("truth.json");
    Case {
        orders: truth::woocommerce::read(&truth).unwrap().orders,
        ends,
        groups: &of_woocommerce::GROUPS,
        settings: &[],
        foreign_vat: true,
        stocked: ("ACTIE_1", stock),
    }
}

#[test]
fn every_woocommerce_order_among_the_posts_arrives_or_waits_for_its_reason() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let stock = "SELECT meta_value FROM wp7_postmeta WHERE post_id = 24 AND meta_key = '_stock'";
    let (recorded, ends) = (woocommerce::POSTS, &of_woocommerce::WITH_POSTS);
    of_woocommerce(&shared, recorded, ends, stock).run(recorded.start(&shared).unwrap());
}

#[test]
fn every_order_of_an_older_woocommerce_arrives_or_waits_for_its_reason() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let stock = "SELECT meta_value FROM wp_postmeta WHERE post_id = 24 AND meta_key = '_stock'";
    let (recorded, ends) = (woocommerce::OLDER, &of_woocommerce::SEVEN);
    of_woocommerce(&shared, recorded, ends, stock).run(recorded.start(&shared).unwrap());
}

/// As in [`of_magento::ONE`], but these books have no ledger for Belgium's lower reduced rate.
static MAGENTO_1_ENDS: LazyLock<Vec<(&str, End)>> = LazyLock::new(|| {
    let ends = of_magento::ONE.map(|(number, end)| match number {
        "100000008" | "100000010" => (number, End::Held("oss-niet-ingericht")),
        number => (number, end),
    });
    ends.to_vec()
});

/// The shop kept a wrong base amount of VAT with this order in dollars; its lines and its total say 2.60.
fn lines_say_another_vat(orders: &mut [Order]) {
    let order = orders.iter_mut().find(|order| order.number == "200000002");
    let mut rows = order.unwrap().totals.iter_mut();
    let row = rows.find(|row| row.kind == TotalKind::Tax).unwrap();
    assert_eq!(row.amount, dec!(2.75));
    row.amount = dec!(2.60);
}

#[test]
fn every_order_of_magento_1_arrives_or_waits_for_its_reason() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let truth = shared.join(Generation::One.recording()).join("truth.json");
    let orders = truth::magento::read(&truth).unwrap().orders;
    let mut orders: Vec<Order> = orders.into_iter().map(|one| one.order).collect();
    lines_say_another_vat(&mut orders);
    let case = Case {
        orders,
        ends: &MAGENTO_1_ENDS,
        groups: &of_magento::GROUPS,
        settings: &[],
        foreign_vat: true,
        stocked: (
            "AB 12 34",
            "SELECT qty FROM mage_cataloginventory_stock_item WHERE stock_id = 1 AND product_id = \
             (SELECT entity_id FROM mage_catalog_product_entity WHERE sku = 'AB 12 34')",
        ),
    };
    case.run(Generation::One.start(&shared).unwrap());
}

/// The shop sells both `abc-def` and `ABC-DEF`. To the books they are one code, written as it came first.
fn one_code_in_the_books<'a>(orders: &[Order], ends: &[(&'a str, End)]) -> Vec<(&'a str, End)> {
    let sells = |number: &str| {
        let mut orders = orders.iter().filter(|order| order.number == number);
        orders.any(|order| order.lines.iter().any(|line| line.code == "ABC-DEF"))
    };
    let ends = ends.iter().map(|&(number, end)| match end {
        End::Written if sells(number) => (number, End::Held("artikelcode-anders-geschreven")),
        end => (number, end),
    });
    ends.collect()
}

fn opencart(recorded: Recorded, ends: &[(&str, End)]) {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let truth = recorded.folder(&shared).join("truth.json");
    let zone = [("shop", "time_zone", text(recorded.time_zone))];
    let stock = format!(
        "SELECT quantity FROM {}product WHERE model = 'ECO-LED'",
        recorded.prefix
    );
    let orders = truth::opencart::read(&truth).unwrap().orders;
    let ends = one_code_in_the_books(&orders, ends);
    let case = Case {
        orders,
        ends: &ends,
        groups: &of_opencart::GROUPS,
        settings: if recorded.time_zone.is_empty() {
            &[]
        } else {
            &zone
        },
        foreign_vat: false,
        stocked: ("ECO-LED", &stock),
    };
    case.run(recorded.start(&shared).unwrap());
}

#[test]
fn every_order_of_opencart_2_arrives_or_waits_for_its_reason() {
    opencart(OPENCART_2, &of_opencart::TWO_AND_THREE);
}

#[test]
fn every_order_of_opencart_3_arrives_or_waits_for_its_reason() {
    opencart(OPENCART_3, &of_opencart::TWO_AND_THREE);
}

#[test]
fn every_order_of_opencart_4_arrives_or_waits_for_its_reason() {
    opencart(OPENCART_4, &of_opencart::FOUR);
}

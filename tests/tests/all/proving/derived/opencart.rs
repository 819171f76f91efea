//! Derived orders of OpenCart 3, which keeps prices without VAT in four decimals, the tax of a piece on the
//! line, and one row a rate in the total block.

use std::{collections::BTreeMap, fmt::Write as _};

use rust_decimal::{Decimal, dec};
use testbed::servers::Database;

use super::{Sold, TYPED_BY_HAND, VALID, person, rounded, vat_of};

/// Its name among the databases.
pub const NAME: &str = "opencart-3.0.5.1-derived";

/// Revenue groups by tax class.
pub const GROUPS: [(&str, &str); 7] = [
    ("BTW hoog 21%", "hoog"),
    ("BTW laag 9%", "laag"),
    ("BTW 0%", "geen"),
    ("BTW 21% + bijdrage", "hoog"),
    ("0", "geen"),
    ("BTW verlegd", "hoog"),
    ("Marge", "geen"),
];

/// What the shop has besides: tax classes without a rate, shipping without VAT, products, a category, and
/// fields of an account.
const FURNITURE: &str = r"
INSERT INTO oc_tax_class VALUES
  (20, 'BTW verlegd', 'Reverse-charged', NOW(), NOW()), (21, 'Marge', 'Margin scheme', NOW(), NOW());
INSERT INTO oc_setting (store_id, code, `key`, `value`, serialized) VALUES
  (0, 'shipping_item', 'shipping_item_status', '1', 0), (0, 'shipping_item', 'shipping_item_tax_class_id', '0', 0);
INSERT INTO oc_custom_field VALUES
  (5, 'text', '', '', 'account', 1, 5), (6, 'text', '', '', 'account', 1, 6),
  (7, 'text', '', '', 'account', 1, 7), (8, 'text', '', '', 'account', 1, 8);
INSERT INTO oc_custom_field_description VALUES
  (5, 1, 'Sjabloon'), (6, 1, 'Kostenplaats'), (7, 1, 'Verkoper'), (8, 1, 'Klantcode');
INSERT INTO oc_category (category_id, image, parent_id, top, `column`, sort_order, status, date_added, date_modified)
  VALUES (90, '', 0, 1, 1, 9, 1, NOW(), NOW());
INSERT INTO oc_category_description VALUES (90, 1, 'Boeken', '', 'Boeken', '', '');
INSERT INTO oc_product_to_category (product_id, category_id) VALUES (906, 90);
";

const VERLEGD: Sold = sold(901, "VERL-GSM", "Telefoon", dec!(350), dec!(0));
const MARGE: Sold = sold(902, "MARGE-KLOK", "Oude klok", dec!(145), dec!(0));
const PACKET_1: Sold = sold(903, "PAKKET-1", "Pakket een", dec!(20.6612), dec!(21));
const PACKET_2: Sold = sold(904, "PAKKET-2", "Pakket twee", dec!(20.6612), dec!(21));
const PACKET_3: Sold = sold(905, "PAKKET-3", "Pakket drie", dec!(20.6612), dec!(21));
const ATLAS: Sold = sold(906, "ATLAS", "Atlas", dec!(22.9358), dec!(9));
const CABLE: Sold = sold(52, "ABC-DEF", "Upper case cable", dec!(24.7934), dec!(21));

/// New products, with their tax class.
const PRODUCTS: [(Sold, u32); 6] = [
    (VERLEGD, 20),
    (MARGE, 21),
    (PACKET_1, 9),
    (PACKET_2, 9),
    (PACKET_3, 9),
    (ATLAS, 11),
];

/// A business at home, and a private person.
const BUSINESS: u32 = 8;
const PRIVATE: u32 = 40;

#[derive(Debug, Clone, Copy)]
enum Shipping {
    /// At 21%, as the shop's flat rate has it.
    Taxed,
    /// Without VAT.
    Untaxed,
}

struct Derived {
    number: String,
    copy_of: u32,
    lines: Vec<Sold>,
    shipping: Shipping,
    /// A fixed coupon, without VAT.
    coupon: Decimal,
    fields: String,
    email: &'static str,
    /// Method, its title and the order's status.
    paid_by: (&'static str, &'static str, u32),
}

const BY_BANK: (&str, &str, u32) = ("bank_transfer", "Bank Transfer", 2);
const UNPAID_IDEAL: (&str, &str, u32) = ("ideal", "iDEAL", 1);

const fn sold(
    product: u32,
    code: &'static str,
    name: &'static str,
    price: Decimal,
    percent: Decimal,
) -> Sold {
    Sold {
        product,
        code,
        name,
        pieces: 1,
        price,
        percent,
    }
}

fn orders() -> Vec<Derived> {
    let business = |number: u32, vat_number: &str, lines: &[Sold]| Derived {
        number: number.to_string(),
        copy_of: BUSINESS,
        lines: lines.to_vec(),
        shipping: Shipping::Taxed,
        coupon: dec!(0),
        fields: format!(r#"{{"1":"{vat_number}","2":"12345678"}}"#),
        email: "inkoop@bedrijf.example.com",
        paid_by: BY_BANK,
    };
    let private = |number: u32, email, shipping, lines: &[Sold]| Derived {
        number: number.to_string(),
        copy_of: PRIVATE,
        lines: lines.to_vec(),
        shipping,
        coupon: dec!(0),
        fields: "[]".to_owned(),
        email,
        paid_by: BY_BANK,
    };
    let two = |one: Sold| Sold { pieces: 2, ..one };
    let taxed = Shipping::Taxed;
    let said = |fields: &str| fields.to_owned();
    vec![
        // All of it reverse-charged; and beside goods that are not.
        business(1001, VALID[0], &[two(VERLEGD)]),
        business(1002, VALID[0], &[VERLEGD, two(CABLE)]),
        // The shop left the VAT out for somebody without a number.
        business(1003, "", &[VERLEGD]),
        // Margin goods: with shipping that is part of their price, a coupon, and ordinary goods.
        private(1004, "marge1@example.com", Shipping::Untaxed, &[MARGE]),
        Derived {
            coupon: dec!(5),
            ..private(1005, "marge2@example.com", Shipping::Untaxed, &[two(MARGE)])
        },
        private(1006, "marge3@example.com", taxed, &[MARGE, CABLE]),
        // Articles made of others, each with a word of its own.
        private(1007, "pakket1@example.com", taxed, &[two(PACKET_1)]),
        private(1008, "pakket2@example.com", taxed, &[PACKET_2]),
        private(1012, "pakket3@example.com", taxed, &[PACKET_3]),
        Derived {
            fields: said(r#"{"5":"Export","6":"30","7":"Jansen","8":"77001"}"#),
            ..private(1009, "velden@example.com", taxed, &[CABLE])
        },
        Derived {
            number: TYPED_BY_HAND.to_owned(),
            ..private(0, "nogeens@example.com", taxed, &[CABLE])
        },
        // The same buyer as 1009, of whom the shop says nothing this time.
        private(1011, "velden@example.com", taxed, &[ATLAS]),
        Derived {
            paid_by: UNPAID_IDEAL,
            ..private(1013, "ideal@example.com", taxed, &[CABLE])
        },
    ]
}

/// Writes them into that database.
pub fn add(database: &Database) {
    database.execute(FURNITURE).unwrap();
    let mut sql = String::new();
    for (product, class) in PRODUCTS {
        write_product(&mut sql, &product, class);
    }
    for (at, order) in orders().iter().enumerate() {
        write_order(&mut sql, at, order);
    }
    database.execute(&sql).unwrap();
}

fn write_product(sql: &mut String, product: &Sold, class: u32) {
    let (id, code, name, price) = (product.product, product.code, product.name, product.price);
    let _ = write!(
        sql,
        "CREATE TEMPORARY TABLE p AS SELECT * FROM oc_product WHERE product_id = 52;
         UPDATE p SET product_id = {id}, model = '{code}', sku = '{code}', ean = '', price = {price}, tax_class_id = {class};
         INSERT INTO oc_product SELECT * FROM p; DROP TEMPORARY TABLE p;
         INSERT INTO oc_product_description VALUES ({id}, 1, '{name}', '', '', '{name}', '', '');
         INSERT INTO oc_product_to_store VALUES ({id}, 0);\n"
    );
}

fn write_order(sql: &mut String, at: usize, order: &Derived) {
    let (number, of, fields, email) = (&order.number, order.copy_of, &order.fields, order.email);
    let (title, code, cost, cost_percent) = match order.shipping {
        Shipping::Taxed => ("Flat Shipping Rate", "flat.flat", dec!(4.95), dec!(21)),
        Shipping::Untaxed => ("Per Item", "item.item", dec!(6.95), dec!(0)),
    };
    let (method, method_title, status) = order.paid_by;
    let goods: Decimal = order.lines.iter().map(Sold::net).sum();
    let mut vat: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for line in &order.lines {
        *vat.entry(line.percent).or_default() += vat_of(line.net(), line.percent);
    }
    *vat.entry(cost_percent).or_default() += vat_of(cost, cost_percent);
    vat.retain(|_, amount| !amount.is_zero());
    let mut rows = vec![
        ("sub_total".to_owned(), "Sub-Total".to_owned(), goods, 1),
        ("shipping".to_owned(), title.to_owned(), cost, 3),
    ];
    if !order.coupon.is_zero() {
        let row = ("coupon".to_owned(), "Coupon (FIX5)".to_owned());
        rows.push((row.0, row.1, -order.coupon, 4));
    }
    for (percent, amount) in vat {
        rows.push(("tax".to_owned(), format!("BTW {percent}%"), amount, 5));
    }
    let total: Decimal = rows
        .iter()
        .map(|(_, _, amount, _)| rounded(*amount, 4))
        .sum();
    rows.push(("total".to_owned(), "Total".to_owned(), total, 9));
    let buyer = person(email).map_or_else(String::new, |(house, first, last)| {
        let name = |part: &str| format!("{part}firstname = '{first}', {part}lastname = '{last}'");
        let (whole, invoice, delivery) = (name(""), name("payment_"), name("shipping_"));
        format!(
            "UPDATE o SET {whole}, {invoice}, {delivery}, telephone = '06000010{house:02}',
               payment_address_1 = 'Zijstraat {house}', shipping_address_1 = 'Ander adres {house}';"
        )
    });
    let _ = write!(
        sql,
        "CREATE TEMPORARY TABLE o AS SELECT * FROM oc_order WHERE order_id = {of};
         UPDATE o SET order_id = {number}, invoice_no = 0, total = {total}, email = '{email}', custom_field = '{fields}',
           shipping_method = '{title}', shipping_code = '{code}', order_status_id = {status},
           payment_code = '{method}', payment_method = '{method_title}',
           customer_id = 0, date_added = '2026-11-21 09:{at:02}:00', date_modified = '2026-11-21 09:{at:02}:30';
         {buyer}
         INSERT INTO oc_order SELECT * FROM o; DROP TEMPORARY TABLE o;
         INSERT INTO oc_order_history (order_id, order_status_id, notify, comment, date_added)
           VALUES ({number}, {status}, 0, '', '2026-11-21 09:{at:02}:30');\n"
    );
    for line in &order.lines {
        let tax = rounded(vat_of(line.price, line.percent), 4);
        let _ = writeln!(
            sql,
            "INSERT INTO oc_order_product (order_id, product_id, name, model, quantity, price, total, tax, reward)
             VALUES ({number}, {}, '{}', '{}', {}, {}, {}, {tax}, 0);",
            line.product, line.name, line.code, line.pieces, line.price, line.net()
        );
    }
    for (code, title, amount, sort) in rows {
        let amount = rounded(amount, 4);
        let _ = writeln!(
            sql,
            "INSERT INTO oc_order_total (order_id, code, title, `value`, sort_order)
             VALUES ({number}, '{code}', '{title}', {amount}, {sort});"
        );
    }
}

//! Derived orders of WooCommerce with order tables, which keeps prices with VAT, and on each line the VAT of
//! each rate by the rate's id.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::servers::Database;
use winkelbrug::books::{Country, ForeignRate, Lookups};

use super::{Sold, VALID, person, rounded, vat_of};

/// Its name among the databases.
pub const NAME: &str = "woocommerce-11.0-derived";

/// Revenue groups by tax class.
pub const GROUPS: [(&str, &str); 10] = [
    ("standard", "hoog"),
    ("reduced-rate", "laag"),
    ("zero-rate", "geen"),
    ("", "geen"),
    ("wijn", "hoog"),
    ("boeken", "laag"),
    ("horeca", "laag"),
    ("voeding", "laag"),
    ("btw-verlegd", "hoog"),
    ("marge", "geen"),
];

/// Tax classes the shop has besides, and rates of countries that have many.
const FURNITURE: &str = r"
INSERT INTO wp7_wc_tax_rate_classes (name, slug) VALUES
  ('Wijn', 'wijn'), ('Boeken', 'boeken'), ('Horeca', 'horeca'), ('Voeding', 'voeding'), ('BTW verlegd', 'btw-verlegd'), ('Marge', 'marge');
INSERT INTO wp7_woocommerce_tax_rates VALUES
  (20, 'NL', '', '21.0000', 'BTW 21%', 1, 0, 1, 20, 'wijn'), (21, 'NL', '', '9.0000', 'BTW 9%', 1, 0, 1, 21, 'boeken'),
  (22, 'NL', '', '9.0000', 'BTW 9%', 1, 0, 1, 22, 'horeca'), (23, 'LU', '', '17.0000', 'TVA LU 17%', 1, 0, 1, 23, ''),
  (24, 'LU', '', '14.0000', 'TVA LU 14%', 1, 0, 1, 24, 'wijn'), (25, 'LU', '', '3.0000', 'TVA LU 3%', 1, 0, 1, 25, 'boeken'),
  (26, 'LU', '', '8.0000', 'TVA LU 8%', 1, 0, 1, 26, 'reduced-rate'), (27, 'BE', '', '12.0000', 'BTW BE 12%', 1, 0, 1, 27, 'horeca'),
  (28, 'NL', '', '9.0000', 'BTW 9%', 1, 0, 1, 28, 'voeding'), (29, 'BE', '', '21.0000', 'BTW BE 21%', 1, 0, 1, 29, 'voeding');
";

/// The shop's rate ids, by country and percentage.
const RATES: [(&str, Decimal, u32); 7] = [
    ("NL", dec!(21), 1),
    ("LU", dec!(17), 23),
    ("LU", dec!(14), 24),
    ("LU", dec!(3), 25),
    ("LU", dec!(8), 26),
    ("BE", dec!(12), 27),
    ("BE", dec!(21), 29),
];

/// New products: their class, and their price with VAT at home.
const PRODUCTS: [(u32, &str, &str, &str, Decimal); 7] = [
    (901, "WIJN-1", "Riesling", "wijn", dec!(12.10)),
    (902, "BOEK-1", "Kookboek", "boeken", dec!(21.80)),
    (903, "MENU-1", "Menu voor twee", "horeca", dec!(32.70)),
    (904, "VERL-CPU", "Processor", "btw-verlegd", dec!(250)),
    (905, "MARGE-BANK", "Oude bank", "marge", dec!(325)),
    (906, "GAS-1", "Brandhout", "reduced-rate", dec!(10.90)),
    (907, "VITAMINE", "Vitamine C", "voeding", dec!(10.90)),
];

/// A business at home, and a private person.
const BUSINESS: u32 = 50;
const PRIVATE: u32 = 93;
/// One in Germany, to whom the shop charges no VAT.
const ABROAD: u32 = 87;

struct Derived {
    number: u32,
    copy_of: u32,
    country: &'static str,
    lines: Vec<Sold>,
    /// Shipping without VAT, and its rate.
    shipping: (Decimal, Decimal),
    /// A fixed coupon, off the first line.
    coupon: Decimal,
    email: &'static str,
}

fn sold(product: u32, pieces: u32, price: Decimal, percent: Decimal) -> Sold {
    let known = PRODUCTS.iter().find(|(id, ..)| *id == product);
    let (code, name) = known.map_or(("000123", "Leren schoen"), |(_, code, name, ..)| {
        (code, name)
    });
    Sold {
        product,
        code,
        name,
        pieces,
        price,
        percent,
    }
}

fn orders() -> Vec<Derived> {
    let order = |number, copy_of, country, email, shipping, lines: &[Sold]| Derived {
        number,
        copy_of,
        country,
        lines: lines.to_vec(),
        shipping,
        coupon: dec!(0),
        email,
    };
    let abroad = |number, country, email, lines: &[Sold]| {
        let none = (dec!(0), dec!(0));
        order(number, PRIVATE, country, email, none, lines)
    };
    let at_home = |number, copy_of, email, shipping, lines: &[Sold]| {
        order(number, copy_of, "NL", email, shipping, lines)
    };
    let (taxed, untaxed) = ((dec!(4.95), dec!(21)), (dec!(6.95), dec!(0)));
    let wine = sold(901, 2, dec!(10.00), dec!(14));
    let book = sold(902, 1, dec!(20.00), dec!(3));
    let wood = sold(906, 3, dec!(10.00), dec!(8));
    let shoe = |percent| sold(10, 1, dec!(20.619835), percent);
    let meal = sold(903, 1, dec!(30.00), dec!(12));
    let vitamins = sold(907, 4, dec!(10.00), dec!(21));
    let chip = sold(904, 2, dec!(250), dec!(0));
    let couch = sold(905, 1, dec!(325), dec!(0));
    vec![
        // Luxembourg has all five rates, Belgium two reduced ones.
        abroad(1001, "LU", "lux1@example.com", &[wine, book]),
        abroad(1002, "LU", "lux2@example.com", &[shoe(dec!(17)), wood]),
        abroad(1003, "BE", "eten@example.com", &[meal]),
        // At the low rate at home, at the standard one there.
        abroad(1009, "BE", "gezond@example.com", &[vitamins]),
        // A business in Germany, without VAT.
        order(
            1011,
            ABROAD,
            "DE",
            "frei@example.com",
            (dec!(9.95), dec!(0)),
            &[shoe(dec!(0))],
        ),
        // All of it reverse-charged, and beside goods that are not.
        at_home(1004, BUSINESS, "petra@example.com", untaxed, &[chip]),
        at_home(
            1005,
            BUSINESS,
            "petra@example.com",
            taxed,
            &[chip, shoe(dec!(21))],
        ),
        // Margin goods: with shipping that is part of their price, a coupon, and ordinary goods.
        at_home(1006, PRIVATE, "bank1@example.com", untaxed, &[couch]),
        Derived {
            coupon: dec!(25),
            ..at_home(1007, PRIVATE, "bank2@example.com", untaxed, &[couch])
        },
        at_home(
            1008,
            PRIVATE,
            "bank3@example.com",
            taxed,
            &[couch, shoe(dec!(21))],
        ),
    ]
}

/// What books that compute foreign VAT know of Luxembourg.
pub fn with_its_countries(lookups: &mut Lookups) {
    let country = "LU".to_owned();
    lookups.countries.push(Country {
        id: "country-LU".to_owned(),
        code: country.clone(),
        name: country.clone(),
    });
    let rates = [
        ("SR", dec!(17)),
        ("PR", dec!(14)),
        ("RRL", dec!(8)),
        ("SRR", dec!(3)),
    ];
    for (code, percent) in rates {
        lookups.foreign_rates.push(ForeignRate {
            country: country.clone(),
            code: code.to_owned(),
            percent,
            from: date(2020, 1, 1),
        });
    }
}

/// Writes them into that database.
pub fn add(database: &Database) {
    let mut sql = FURNITURE.to_owned();
    for (id, code, name, class, price) in PRODUCTS {
        let _ = write!(
            sql,
            "CREATE TEMPORARY TABLE p AS SELECT * FROM wp7_posts WHERE ID = 10;
             UPDATE p SET ID = {id}, post_title = '{name}', post_name = 'p-{id}', guid = '';
             INSERT INTO wp7_posts SELECT * FROM p; DROP TEMPORARY TABLE p;
             INSERT INTO wp7_postmeta (post_id, meta_key, meta_value) VALUES ({id}, '_sku', '{code}'),
               ({id}, '_price', '{price}'), ({id}, '_regular_price', '{price}'), ({id}, '_tax_status', 'taxable'),
               ({id}, '_tax_class', '{class}'), ({id}, '_manage_stock', 'no'), ({id}, '_stock_status', 'instock');\n"
        );
    }
    let mut item = 9000;
    for (at, order) in orders().iter().enumerate() {
        write_order(&mut sql, at, order, &mut item);
    }
    database.execute(&sql).unwrap();
}

fn write_order(sql: &mut String, at: usize, order: &Derived, item: &mut u32) {
    let (number, of, email, country) = (order.number, order.copy_of, order.email, order.country);
    let (cost, cost_percent) = order.shipping;
    // Rounded per line, as this shop does; goods, and shipping, by rate.
    let mut vat: BTreeMap<Decimal, (Decimal, Decimal)> = BTreeMap::new();
    let mut total = cost;
    for (at, line) in order.lines.iter().enumerate() {
        let coupon = if at == 0 { order.coupon } else { dec!(0) };
        let net = line.net() - coupon;
        let tax = rounded(vat_of(net, line.percent), 2);
        vat.entry(line.percent).or_default().0 += tax;
        total += net + tax;
    }
    let cost_vat = rounded(vat_of(cost, cost_percent), 2);
    vat.entry(cost_percent).or_default().1 += cost_vat;
    vat.retain(|percent, _| !percent.is_zero());
    let total = rounded(total + cost_vat, 2);
    let all_vat: Decimal = vat.values().map(|(goods, shipping)| goods + shipping).sum();
    let coupon = order.coupon;
    let buyer = person(email).map_or_else(String::new, |(house, first, last)| {
        format!(
            "UPDATE wp7_wc_order_addresses SET first_name = '{first}', last_name = '{last}', address_1 = 'Zijstraat {house}',
               phone = '06000010{house:02}' WHERE order_id = {number};"
        )
    });
    let _ = write!(
        sql,
        "CREATE TEMPORARY TABLE o AS SELECT * FROM wp7_wc_orders WHERE id = {of};
         UPDATE o SET id = {number}, status = 'wc-processing', tax_amount = {all_vat}, total_amount = {total}, customer_id = 0,
           billing_email = '{email}', payment_method = 'bacs', payment_method_title = 'Bankoverschrijving',
           date_created_gmt = '2026-11-21 20:{at:02}:00', date_updated_gmt = '2026-11-21 20:{at:02}:30';
         INSERT INTO wp7_wc_orders SELECT * FROM o; DROP TEMPORARY TABLE o;
         INSERT INTO wp7_wc_order_addresses (order_id, address_type, first_name, last_name, company, address_1, city, postcode, country, email, phone)
           SELECT {number}, address_type, first_name, last_name, company, address_1, city, postcode, '{country}', '{email}', phone
           FROM wp7_wc_order_addresses WHERE order_id = {of};
         {buyer}
         INSERT INTO wp7_wc_order_operational_data (order_id, created_via, woocommerce_version, prices_include_tax,
             date_paid_gmt, shipping_tax_amount, shipping_total_amount, discount_tax_amount, discount_total_amount)
           VALUES ({number}, 'admin', '11.0.1', 1, '2026-11-21 20:{at:02}:00', {cost_vat}, {cost}, 0, {coupon});\n"
    );
    let vat_number = match of {
        BUSINESS => Some(("_wc_billing/proef/btw-nummer", VALID[0])),
        ABROAD => Some(("_vat_number", VALID[1])),
        _ => None,
    };
    if let Some((key, value)) = vat_number {
        let _ = writeln!(
            sql,
            "INSERT INTO wp7_wc_orders_meta (order_id, meta_key, meta_value) VALUES ({number}, '{key}', '{value}');"
        );
    }
    for (at, line) in order.lines.iter().enumerate() {
        let coupon = if at == 0 { order.coupon } else { dec!(0) };
        write_line(sql, number, country, line, coupon, next(item));
    }
    if !coupon.is_zero() {
        let id = next(item);
        write_item(
            sql,
            id,
            number,
            "coupon",
            "vast",
            &[("discount_amount", coupon.to_string())],
        );
    }
    if !cost.is_zero() {
        let raw = by_rate(country, cost_percent, vat_of(cost, cost_percent));
        let values = [
            ("method_id", "flat_rate".to_owned()),
            ("cost", cost.to_string()),
            ("total_tax", cost_vat.to_string()),
            ("taxes", format!("a:1:{{s:5:\"total\";{raw}}}")),
        ];
        write_item(
            sql,
            next(item),
            number,
            "shipping",
            "Verzendkosten",
            &values,
        );
    }
    for (percent, (goods, shipping)) in vat {
        let values = [
            ("rate_id", rate(country, percent).to_string()),
            ("label", format!("BTW {percent}%")),
            ("compound", String::new()),
            ("tax_amount", goods.to_string()),
            ("shipping_tax_amount", shipping.to_string()),
            ("rate_percent", percent.to_string()),
        ];
        write_item(sql, next(item), number, "tax", "btw", &values);
    }
}

fn next(item: &mut u32) -> u32 {
    *item += 1;
    *item
}

fn write_line(sql: &mut String, number: u32, country: &str, line: &Sold, coupon: Decimal, id: u32) {
    let (full, paid) = (line.net(), line.net() - coupon);
    let (full_vat, paid_vat) = (vat_of(full, line.percent), vat_of(paid, line.percent));
    let values = [
        ("_product_id", line.product.to_string()),
        ("_variation_id", "0".to_owned()),
        ("_qty", line.pieces.to_string()),
        ("_line_subtotal", full.to_string()),
        ("_line_subtotal_tax", rounded(full_vat, 2).to_string()),
        ("_line_total", paid.to_string()),
        ("_line_tax", rounded(paid_vat, 2).to_string()),
        (
            "_line_tax_data",
            format!(
                "a:2:{{s:5:\"total\";{}s:8:\"subtotal\";{}}}",
                by_rate(country, line.percent, paid_vat),
                by_rate(country, line.percent, full_vat)
            ),
        ),
    ];
    write_item(sql, id, number, "line_item", line.name, &values);
}

fn write_item(
    sql: &mut String,
    id: u32,
    order: u32,
    kind: &str,
    name: &str,
    values: &[(&str, String)],
) {
    let _ = writeln!(
        sql,
        "INSERT INTO wp7_woocommerce_order_items VALUES ({id}, '{name}', '{kind}', {order});"
    );
    for (key, value) in values {
        let _ = writeln!(
            sql,
            "INSERT INTO wp7_woocommerce_order_itemmeta (order_item_id, meta_key, meta_value) VALUES ({id}, '{key}', '{value}');"
        );
    }
}

fn rate(country: &str, percent: Decimal) -> u32 {
    let mut known = RATES.iter();
    let known = known.find(|(at, rate, _)| *at == country && *rate == percent);
    known.unwrap().2
}

/// VAT unrounded by the rate's id, as PHP writes a list down.
fn by_rate(country: &str, percent: Decimal, vat: Decimal) -> String {
    if percent.is_zero() {
        return "a:0:{}".to_owned();
    }
    let (id, vat) = (
        rate(country, percent),
        rounded(vat, 6).normalize().to_string(),
    );
    format!("a:1:{{i:{id};s:{}:\"{vat}\";}}", vat.len())
}

//! Values that plug-ins and owners keep in places of their own: what the bridge makes of them.

use std::fmt::Write as _;

use testbed::woocommerce::{RECORDED, TABLES};

use super::Scene;

impl Scene {
    /// Gives an order values, as a plug-in does.
    fn give(&self, id: u32, values: &[(&str, &str)]) {
        let (table, column) = if self.recorded.order_tables {
            ("wc_orders_meta", "order_id")
        } else {
            ("postmeta", "post_id")
        };
        let mut sql = String::new();
        for (name, value) in values {
            write!(sql, "INSERT INTO {{{table}}} ({column}, meta_key, meta_value) VALUES ({id}, '{name}', '{value}'); ").unwrap();
        }
        self.sql(&sql);
    }
}

/// Orders of the recorded shops that bear no values of plug-ins: in the two of 11.0 and in 7.9.
const PLAIN: [&str; 4] = ["93", "95", "96", "97"];

#[tokio::test(flavor = "multi_thread")]
async fn a_vat_number_is_found_under_the_names_of_plug_ins_and_in_a_field_an_owner_added() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        for (id, name, value) in [
            (93, "_billing_yweu_vat", "DE136695976"),
            (95, "yweu_billing_vat", "BE0403170701"),
            (96, "_billing_btw-nummer", "NL 8040.37.251.B01"),
            // Named like one, and none.
            (97, "_billing_vat_validated", "yes"),
            (97, "_billing_vat_note", "ORDER 12345"),
        ] {
            scene.give(id, &[(name, value)]);
        }
        let found: Vec<Option<String>> = scene
            .bodies(&PLAIN)
            .await
            .into_iter()
            .map(|order| order.customer.vat_number)
            .collect();
        let wanted = ["DE136695976", "BE0403170701", "NL 8040.37.251.B01"];
        let mut wanted: Vec<Option<String>> = wanted
            .iter()
            .map(|number| Some((*number).to_owned()))
            .collect();
        wanted.push(None);
        assert_eq!(found, wanted, "{}", recorded.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_number_kept_apart_joins_a_street_that_has_none_and_no_other() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    scene.sql("UPDATE {wc_order_addresses} SET address_1 = 'Dorpsstraat', address_2 = '' WHERE order_id IN (93, 95)");
    for id in [93, 97] {
        let house = [
            ("_billing_house_number", "7"),
            ("_billing_house_number_suffix", "A"),
        ];
        scene.give(id, &house);
    }
    let before = scene.bodies(&["96"]).await.remove(0).invoice_address.line1;
    let read = scene.bodies(&PLAIN).await;
    let streets: Vec<&str> = read
        .iter()
        .map(|order| order.invoice_address.line1.as_str())
        .collect();
    assert_eq!(
        streets,
        ["Dorpsstraat 7 A", "Dorpsstraat", &before, &before]
    );
    // Who is sent to the same street has its number there too.
    if let Some(delivery) = &read[0].delivery_address {
        assert_eq!(delivery.line1, "Dorpsstraat 7 A");
    }
}

/// The shop taxes it there, with a way of shipping or without one.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_goes_to_another_country_says_so_without_a_way_of_shipping_too() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        scene.sql("DELETE FROM {woocommerce_order_items} WHERE order_id = 93 AND order_item_type = 'shipping'");
        let country = async || {
            let read = scene.bodies(&["93"]).await;
            read[0].delivery_address.clone().map(|to| to.country)
        };
        assert_eq!(country().await, None, "{}", recorded.name);
        if recorded.order_tables {
            scene.sql(
                "UPDATE {wc_order_addresses} SET country = 'NL' WHERE order_id = 93;
                 DELETE FROM {wc_order_addresses} WHERE order_id = 93 AND address_type = 'shipping';
                 INSERT INTO {wc_order_addresses} (order_id, address_type, city, country) VALUES (93, 'shipping', 'Antwerpen', 'BE')",
            );
        } else {
            scene.sql("DELETE FROM {postmeta} WHERE post_id = 93 AND meta_key LIKE '_shipping_c%'");
            scene.give(
                93,
                &[("_shipping_city", "Antwerpen"), ("_shipping_country", "BE")],
            );
        }
        assert_eq!(country().await.as_deref(), Some("BE"), "{}", recorded.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_a_day_of_payment_is_paid_as_its_status_says_but_for_money_at_the_door() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    scene.sql(
        "UPDATE {wc_order_operational_data} SET date_paid_gmt = NULL WHERE order_id IN (75, 93)",
    );
    let read = scene.bodies(&["49", "50", "75", "93", "95"]).await;
    let paid: Vec<Option<bool>> = read.iter().map(|order| order.paid).collect();
    // On hold, cash on delivery, completed and processing without a day, paid.
    assert_eq!(paid, [Some(false), Some(false), None, None, Some(true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_stored_as_it_is_shown_is_told_in_words() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    let item = "(SELECT MIN(order_item_id) FROM {woocommerce_order_items} WHERE order_id = 93 AND order_item_type = 'line_item')";
    scene.sql(&format!("INSERT INTO {{woocommerce_order_itemmeta}} (order_item_id, meta_key, meta_value) SELECT {item}, 'Tekening', '<a href=\"https://voorbeeld.nl/a.pdf\" target=\"_blank\">a.pdf</a>'; INSERT INTO {{woocommerce_order_itemmeta}} (order_item_id, meta_key, meta_value) SELECT {item}, 'Tekst', 'a &lt;b&gt; 3 < 4'"));
    let line = scene.bodies(&["93"]).await.remove(0).lines.remove(0);
    let told: Vec<(&str, &str)> = line
        .options
        .iter()
        .map(|option| (option.name.as_str(), option.value.as_str()))
        .collect();
    assert_eq!(told, [("Tekening", "a.pdf"), ("Tekst", "a <b> 3 < 4")]);
}

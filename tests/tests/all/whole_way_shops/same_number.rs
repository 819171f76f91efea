//! A plug-in that numbers orders gave one number to two of them.

use testbed::{hosted::RecordedShop, scene::Scene, truth, woocommerce};

use super::of_tables;

#[test]
fn two_orders_of_one_number_are_both_shown_and_each_is_named_by_its_id() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let case = of_tables(&shared);
    let shop = woocommerce::TABLES.start(&shared).unwrap();
    let ids: Vec<&str> = case.orders.iter().map(|order| order.id.as_str()).collect();
    let [one, other] = [ids[0], ids[1]];
    let table = format!("`{}wc_orders_meta`", woocommerce::TABLES.prefix);
    for id in [one, other] {
        shop.database()
            .execute(&format!(
                "DELETE FROM {table} WHERE order_id = {id} AND meta_key = '_order_number'; \
                 INSERT INTO {table} (order_id, meta_key, meta_value) \
                 VALUES ({id}, '_order_number', 'W-777')"
            ))
            .unwrap();
    }
    let scene: Scene<RecordedShop> = case.scene(shop).ready().unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    let shown = scene.agent.run(&["order", "demo", "W-777"]).unwrap();
    let said = shown.ended(0).unwrap().said();
    for word in ["2 orders", &format!("id:{one}"), &format!("id:{other}")] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // A program, and a command that changes something, has to name one.
    for arguments in [
        &["order", "demo", "W-777", "--json"][..],
        &["retry", "demo", "W-777"],
    ] {
        let refused = scene.agent.run(arguments).unwrap().ended(2).unwrap();
        assert!(
            refused.said().contains(&format!("id:{one}")),
            "{}",
            refused.said()
        );
    }
    let id = format!("id:{one}");
    scene
        .agent
        .run(&["order", "demo", &id])
        .unwrap()
        .ended(0)
        .unwrap();
}

//! An order whose status is set over and over while the program works: it is one order all the same.

use std::thread;

use testbed::{
    agreement,
    opencart::{Buyer, Item, NewOrder, Status},
    scene::Scene,
};

/// How often the shop's own event of a changed status fires, all at once.
const EVENTS: usize = 50;

#[test]
fn an_order_whose_status_is_set_fifty_times_at_once_while_runs_go_on_is_booked_once() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let buyer = Buyer::guest("Storm", "Test", "storm@example.com", "1234 AB");
    let order = scene
        .shop
        .place_order(&NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]))
        .unwrap();
    let statuses = [Status::Processing, Status::Shipped, Status::Complete];
    let shop = &scene.shop;
    thread::scope(|threads| {
        let events: Vec<_> = statuses
            .iter()
            .cycle()
            .take(EVENTS)
            .map(|status| threads.spawn(move || shop.change_status(order, *status).unwrap()))
            .collect();
        // Whatever of it a run sees, and whether another is on its way already.
        for _ in 0..2 {
            let (one, other) = (
                threads.spawn(|| scene.agent.run(&["run", "demo"]).unwrap().ended(0)),
                threads.spawn(|| scene.agent.run(&["run", "demo"]).unwrap().ended(0)),
            );
            one.join().unwrap().unwrap();
            other.join().unwrap().unwrap();
        }
        for event in events {
            event.join().unwrap();
        }
    });
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let history = format!("SELECT COUNT(*) FROM `oc_order_history` WHERE order_id = {order}");
    let fired: usize = shop.query(&history).unwrap()[0][0].parse().unwrap();
    assert!(fired >= EVENTS, "{fired}");

    let listed = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
    let listed = listed.ended(0).unwrap().json().unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed[0]["state"], "written");
    assert_eq!(scene.books.orders().len(), 1);
    agreement::totals_agree(&scene, order).unwrap();
    agreement::requests_were_sound(&scene).unwrap();
}

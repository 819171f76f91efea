//! A shop on PHP that is no longer mended: the file for old PHP is taken by itself and brings the first
//! order into the books.
//!
//! PHP compiled for Node runs the bridge's file. Its database driver falls over where an answer comes in
//! several pieces, so the shop is a small one, and a run may want another try.

use testbed::{
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    scene::Scene,
    servers::OtherPhp,
};

/// How often a run is tried.
const TRIES: usize = 4;

#[test]
fn from_profile_to_the_first_order_on_php_5_6_and_7() {
    assert!(
        OtherPhp::installed(),
        "tests/php-versions is not installed: npm ci there, or cargo verify"
    );
    for version in ["7.1", "5.6", "7.0", "7.4"] {
        let mut scene = Scene::empty().unwrap();
        let buyer = Buyer::guest("Jo", "Test", "jo@example.com", "1234 AB");
        let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 1)]);
        scene.shop.place_order(&order).unwrap();
        let php = OtherPhp::serve(version, &scene.shop.folder(), &[]).unwrap();
        let url = format!("http://127.0.0.1:{}/", php.port());
        scene.profile.set("shop", "url", &text(&url));
        scene.add_profile().unwrap().ended(0).unwrap();
        let deployed = scene.agent.run(&["deploy", "demo"]).unwrap();
        deployed.ended(0).unwrap();
        let mut said = String::new();
        for _ in 0..TRIES {
            let ran = scene.agent.run(&["run", "demo"]).unwrap();
            said.push_str(&ran.said());
            if ran.code == Some(0) {
                break;
            }
        }
        assert_eq!(scene.books.orders().len(), 1, "PHP {version}: {said}");
    }
}

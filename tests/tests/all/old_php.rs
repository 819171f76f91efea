//! A shop on PHP that is no longer mended: the file for old PHP is taken by itself and brings the first
//! order into the books.
//!
//! PHP compiled for Node runs the bridge's file; its database driver dies now and then while it waits,
//! as the host of a small shop may, so a run may want another try.

use testbed::{
    opencart::{DEMO_ORDERS, Expectation},
    profile::text,
    scene::Scene,
    servers::OtherPhp,
};

/// How often a run is tried.
const TRIES: usize = 6;

#[test]
fn from_profile_to_first_orders_on_php_5_6_and_7() {
    assert!(
        OtherPhp::installed(),
        "tests/php-versions is not installed: npm ci there, or cargo verify"
    );
    for version in ["5.6", "7.0", "7.1", "7.4"] {
        let mut scene = Scene::demo().unwrap();
        let php = OtherPhp::serve(version, &scene.shop.folder(), &[]).unwrap();
        let url = format!("http://127.0.0.1:{}/", php.port());
        scene.profile.set("shop", "url", &text(&url));
        scene.add_profile().unwrap().ended(0).unwrap();
        let deployed = scene.agent.run(&["deploy", "demo"]).unwrap();
        deployed.ended(0).unwrap();
        let expected = DEMO_ORDERS
            .iter()
            .filter(|demo| demo.expect == Expectation::Written)
            .count();
        let mut said = String::new();
        for _ in 0..TRIES {
            let ran = scene.agent.run(&["run", "demo"]).unwrap();
            said.push_str(&ran.said());
            if ran.code == Some(0) {
                break;
            }
        }
        assert_eq!(scene.books.orders().len(), expected, "PHP {version}: {said}");
        testbed::agreement::demo_orders_are_right(&scene).unwrap();
    }
}

//! Which internet addresses the file answers to (`[shop] allow_from`), asked over IPv4, over IPv6 and
//! by an IPv4 address that the server writes as IPv6.

use testbed::servers::{Php, PhpOptions};

use crate::proof::Bed;

fn list(entries: &[&str]) -> String {
    let entries: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
    format!("[{}]", entries.join(", "))
}

#[test]
fn an_address_or_network_of_ipv6_lets_in_who_it_should_and_nobody_else() {
    let mut bed = Bed::new();
    // A web server that sees `::1` as who asks.
    let php = Php::start(&bed.scene.shop.folder(), &PhpOptions::default().at("[::1]")).unwrap();
    let url = format!("http://[::1]:{}/", php.port());
    for (entries, let_in) in [
        (&["::1"] as &[&str], true),
        (&["0:0:0:0:0:0:0:1"], true),
        (&["::/48"], true),
        (&["::/127"], true),
        (&["192.0.2.7", "::1/128"], true),
        (&["::2"], false),
        (&["::2/127"], false),
        (&["2001:db8::/48"], false),
        (&["127.0.0.1", "0.0.0.0/0"], false),
        // What IPv4 addresses look like in IPv6 is no other IPv6 address.
        (&["::ffff:0.0.0.1", "::ffff:0:0/96"], false),
    ] {
        bed.scene.profile.set("shop", "allow_from", &list(entries));
        if let_in {
            bed.at(&url);
            let deployed = bed.deploy(&[]);
            assert_eq!(deployed.code, Some(0), "{entries:?} {}", deployed.said());
            bed.scene
                .agent
                .run(&["check", "demo"])
                .unwrap()
                .ended(0)
                .unwrap();
        } else {
            let withdrawn = bed.scene.agent.run(&["withdraw", "demo"]).unwrap();
            withdrawn.ended(0).unwrap();
            bed.fails(&url, "bridge-refused", &["allow_from"]);
        }
    }
    bed.scene
        .profile
        .set("shop", "allow_from", &list(&["::/48"]));
    bed.works(&url);
}

#[test]
fn an_ipv4_address_that_the_server_writes_as_ipv6_is_still_itself() {
    let mut bed = Bed::new();
    // A socket for both: PHP's own server tells `::ffff:127.0.0.1` of who asks over IPv4.
    let php = Php::start(&bed.scene.shop.folder(), &PhpOptions::default().at("[::]")).unwrap();
    let url = format!("http://127.0.0.1:{}/", php.port());
    let seen = bed.scene.shop.folder().join("seen.php");
    std::fs::write(&seen, "<?php echo $_SERVER['REMOTE_ADDR'];").unwrap();
    let told = std::process::Command::new("curl")
        .args(["-s", &format!("{url}seen.php")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&told.stdout), "::ffff:127.0.0.1");
    for (entries, let_in) in [
        (&["127.0.0.1"] as &[&str], true),
        (&["127.0.0.0/8"], true),
        (&["::ffff:127.0.0.1"], true),
        (&["::ffff:127.0.0.0/104"], true),
        (&["127.0.0.2"], false),
        (&["::ffff:127.0.0.2"], false),
        (&["::ffff:126.0.0.0/104"], false),
        (&["::1", "::/48"], false),
    ] {
        bed.scene.profile.set("shop", "allow_from", &list(entries));
        if let_in {
            bed.at(&url);
            let deployed = bed.deploy(&[]);
            assert_eq!(deployed.code, Some(0), "{entries:?} {}", deployed.said());
        } else {
            let withdrawn = bed.scene.agent.run(&["withdraw", "demo"]).unwrap();
            withdrawn.ended(0).unwrap();
            bed.fails(&url, "bridge-refused", &["allow_from"]);
        }
    }
}

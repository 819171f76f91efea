//! Names, addresses and certificates that lead somewhere else than the shop.

use std::{path::Path, process::Command};

use testbed::servers::{Authority, Front, FrontOptions, free_port};

use super::Bed;

#[test]
fn names_addresses_and_certificates_that_lead_nowhere_are_told_apart() {
    let mut bed = Bed::new();
    bed.fails(
        "https://bestaat-niet.invalid/",
        "host-not-found",
        &["bestaat-niet.invalid"],
    );
    let nobody = free_port().unwrap();
    bed.fails(
        &format!("http://127.0.0.1:{nobody}/"),
        "connection-refused",
        &["127.0.0.1"],
    );
    bed.fails(
        &format!("http://[::1]:{nobody}/"),
        "ipv6-only",
        &["IPv6 address alone", "A record"],
    );
    // A certificate past its date, of an authority that is trusted.
    let authority = Authority::new().unwrap();
    let ca_file = bed.scene.agent.data().join("ca.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();
    bed.set("shop", "ca_file", ca_file.to_str().unwrap());
    let front = Front::with(
        &bed.scene.shop.url(),
        &FrontOptions {
            certificate: Some(authority.issue_expired().unwrap()),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    bed.fails(
        &front.url(),
        "certificate-expired",
        &["has expired", "renew"],
    );
}

/// The same command where `/etc/hosts` is this file.
fn with_hosts(command: &Command, hosts: &Path) -> Command {
    let mut inside = Command::new("unshare");
    if !testbed::servers::is_root() {
        inside.arg("--map-root-user");
    }
    inside
        .args([
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
        ])
        .arg(hosts)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        inside.env(name, value.unwrap_or_default());
    }
    inside
}

#[test]
fn a_name_that_leads_to_two_sites_over_ipv4_and_ipv6_is_named() {
    let mut bed = Bed::new();
    let hosts = bed.scene.agent.data().join("hosts");
    std::fs::write(&hosts, "127.0.0.1 localhost beide.test\n::1 beide.test\n").unwrap();
    let tried = with_hosts(&Command::new("true"), &hosts).output().unwrap();
    assert!(
        tried.status.success(),
        "this test wants a process with names of its own (unshare), as root or where the kernel lets \
         any user make one: {tried:?}"
    );
    let right = bed.front("");
    let wrong = FrontOptions {
        address: "[::1]".to_owned(),
        port: right.port(),
        server: "location / { return 404; }".to_owned(),
        ..FrontOptions::default()
    };
    let wrong = Front::with(&bed.scene.shop.url(), &wrong).unwrap();
    bed.scene.profile.set("shop", "allow_plain_http", "true");
    bed.at(&format!("http://beide.test:{}/", wrong.port()));
    let command = bed.scene.agent.command(&["deploy", "demo"]);
    let output = with_hosts(&command, &hosts).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("beide.test leads to the shop over IPv4") && said.contains("AAAA"),
        "{said}"
    );
    assert_eq!(bed.ours(), Vec::<String>::new());
}

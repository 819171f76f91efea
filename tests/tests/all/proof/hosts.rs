//! Shops on uncommon hosts: they work from deploy to run, or are told what they lack.

use testbed::{profile::text, servers::{Authority, Front, FrontOptions, OtherPhp}};

use super::Bed;

#[test]
fn shops_with_a_password_an_own_certificate_another_port_or_ipv6_work_from_deploy_to_run() {
    let mut bed = Bed::new();
    let shop = bed.scene.shop.url();
    // A password before the whole web site.
    let front = bed.front("auth_basic Test; auth_basic_user_file {here}/users;");
    // 'geheim' as htpasswd would keep it in plain form.
    std::fs::write(front.folder().join("users"), "proef:{PLAIN}geheim\n").unwrap();
    bed.fails(&front.url(), "basic-auth", &["user name and password"]);
    bed.set("shop", "basic_auth_user", "proef");
    bed.scene
        .profile
        .secrets
        .insert("basic_auth".to_owned(), "mis".to_owned());
    bed.fails(&front.url(), "basic-auth-refused", &["basic_auth_user"]);
    bed.scene
        .profile
        .secrets
        .insert("basic_auth".to_owned(), "geheim".to_owned());
    bed.works(&front.url());
    bed.scene.profile.leave_out("shop", "basic_auth_user");
    bed.scene.profile.secrets.remove("basic_auth");
    // A certificate of its own, by fingerprint and by authority.
    let authority = Authority::new().unwrap();
    let certificate = authority.issue().unwrap();
    let fingerprint = certificate.fingerprint().to_owned();
    let front = Front::with(
        &shop,
        &FrontOptions {
            certificate: Some(certificate),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    bed.fails(&front.url(), "certificate-not-trusted", &[&fingerprint]);
    bed.set("shop", "fingerprint", &fingerprint);
    bed.works(&front.url());
    bed.scene.profile.leave_out("shop", "fingerprint");
    let ca_file = bed.scene.agent.data().join("ca.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();
    bed.set("shop", "ca_file", ca_file.to_str().unwrap());
    bed.works(&front.url());
    bed.scene.profile.leave_out("shop", "ca_file");
    // IPv6, and a list of addresses the file answers to. A forged header opens nothing.
    let front = Front::with(
        &shop,
        &FrontOptions {
            address: "[::1]".to_owned(),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    bed.scene
        .profile
        .set("shop", "allow_from", "[\"127.0.0.1\"]");
    bed.works(&front.url());
    bed.scene
        .profile
        .set("shop", "allow_from", "[\"192.0.2.7\"]");
    let forging = bed
        .front("proxy_set_header X-Forwarded-For 192.0.2.7; proxy_set_header X-Real-IP 192.0.2.7;");
    bed.fails(&forging.url(), "bridge-refused", &["allow_from"]);
}

#[test]
fn old_php_gets_the_file_made_for_it_and_older_php_is_named() {
    let mut bed = Bed::new();
    // Older than anything there is a file for: every file gives an error.
    let front = bed.front(
        "location ~ \\.php$ { add_header X-Powered-By PHP/5.4.45 always; default_type text/html; \
         return 500 'Parse error: syntax error, unexpected x in y.php'; }",
    );
    bed.fails(&front.url(), "php-too-old", &["5.4", "5.6"]);
    if !OtherPhp::installed() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "tests/php-versions is missing"
        );
        eprintln!("not run: tests/php-versions is not installed (npm ci there)");
        return;
    }
    for version in ["5.6", "7.1"] {
        let php = OtherPhp::serve(version, &bed.scene.shop.folder(), &[]).unwrap();
        bed.at(&format!("http://127.0.0.1:{}/", php.port()));
        bed.deploy(&[]).ended(0).unwrap();
        let checked = bed
            .scene
            .agent
            .run(&["check", "demo"])
            .unwrap()
            .ended(0)
            .unwrap()
            .said();
        assert!(
            checked.contains(&format!("PHP {version}")) && checked.contains("file for old PHP"),
            "{checked}"
        );
        let again = bed.deploy(&[]).ended(0).unwrap().said();
        assert!(again.contains("nothing was changed"), "{again}");
        // php-wasm's own file system does not see what is deleted under it at once: withdraw by FTP.
        let _ = bed.scene.agent.run(&["withdraw", "demo"]).unwrap();
        assert_eq!(bed.ours(), Vec::<String>::new());
    }
}

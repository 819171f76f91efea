//! Folder and address are proved to belong together before anything is installed, and whatever stands
//! between them is named: each provoked by a real web server set up to do it.

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use testbed::{
    profile::text,
    program::Ran,
    scene::Scene,
    servers::{Authority, Front, FrontOptions, OtherPhp, free_port},
};

/// A shop whose profile is given anew for each case.
pub struct Bed {
    pub scene: Scene,
    cases: usize,
}

impl Bed {
    pub fn new() -> Self {
        let scene = Scene::empty().unwrap();
        scene.add_profile().unwrap().ended(0).unwrap();
        Self { scene, cases: 0 }
    }

    pub fn set(&mut self, table: &str, key: &str, value: &str) {
        self.scene.profile.set(table, key, &text(value));
    }

    /// Gives the profile with that address.
    pub fn at(&mut self, url: &str) {
        self.set("shop", "url", url);
        self.cases += 1;
        let file = self
            .scene
            .agent
            .data()
            .join(format!("case{}.toml", self.cases));
        std::fs::write(&file, self.scene.profile.toml()).unwrap();
        let add = [
            "profile",
            "add",
            "--replace",
            "--from",
            file.to_str().unwrap(),
            "--secrets",
            "-",
        ];
        let secrets = self.scene.profile.secrets_json();
        self.scene
            .agent
            .run_with(&add, &secrets)
            .unwrap()
            .ended(0)
            .unwrap();
    }

    pub fn deploy(&self, more: &[&str]) -> Ran {
        self.scene
            .agent
            .run(&[&["deploy", "demo"], more].concat())
            .unwrap()
    }

    /// What the shop's folder, or one inside it, holds of ours.
    pub fn ours(&self) -> Vec<String> {
        ours(&self.scene.shop.folder())
    }

    /// Deploying at that address must fail with this code and these words, in two languages, and leave
    /// nothing.
    pub fn fails(&mut self, url: &str, code: &str, words: &[&str]) -> Ran {
        self.at(url);
        let ran = self.deploy(&[]);
        assert_ne!(ran.code, Some(0), "{code}: {}", ran.said());
        for word in words {
            assert!(ran.said().contains(word), "{code}, {word}: {}", ran.said());
        }
        let json = self.deploy(&["--json"]);
        assert!(
            json.stderr.contains(&format!("\"{code}\""))
                || json.stdout.contains(&format!("\"{code}\"")),
            "{code}: {}",
            json.said()
        );
        let dutch = self.deploy(&["--lang", "nl"]).said();
        assert_ne!(dutch, ran.said());
        assert!(!dutch.contains(" the "), "{dutch}");
        assert_eq!(self.ours(), Vec::<String>::new(), "{code}");
        ran
    }

    pub fn works(&mut self, url: &str) -> String {
        self.at(url);
        let said = self.deploy(&[]).ended(0).unwrap().said();
        self.scene
            .agent
            .run(&["check", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        self.scene
            .agent
            .run(&["run", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        self.scene
            .agent
            .run(&["withdraw", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        assert_eq!(self.ours(), Vec::<String>::new());
        said
    }

    pub fn front(&self, server: &str) -> Front {
        Front::start(&self.scene.shop.url(), server).unwrap()
    }
}

/// The account may write there, whoever made it.
fn for_everybody(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
}

fn ours(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect()
}

#[test]
fn a_folder_that_is_not_the_addresss_is_named_before_anything_is_installed() {
    let mut bed = Bed::new();
    let account = bed.scene.shop.folder().parent().unwrap().to_owned();
    let other = account.join("oud");
    for folder in ["catalog", "system"] {
        std::fs::create_dir_all(other.join(folder)).unwrap();
    }
    for file in ["config.php", "index.php"] {
        std::fs::write(other.join(file), "").unwrap();
    }
    for_everybody(&other);
    let url = bed.scene.shop.url();
    bed.set("shop.upload", "folder", "oud");
    bed.fails(&url, "folder-not-of-url", &["oud", &url, "404"]);
    assert_eq!(ours(&other), Vec::<String>::new());
    bed.set("shop.upload", "folder", "public_html");
    bed.works(&url);

    // Another machine than the one with the files.
    let elsewhere = Front::with(
        &url,
        &FrontOptions {
            address: "127.0.0.2".to_owned(),
            server: "location / { return 404; }".to_owned(),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    bed.fails(
        &elsewhere.url(),
        "shop-on-other-host",
        &["127.0.0.1", "127.0.0.2", "another server"],
    );
}

#[test]
fn every_redirect_names_the_address_it_ends_at_and_what_differs() {
    let mut bed = Bed::new();
    let port = bed
        .scene
        .shop
        .url()
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    for (to, differs) in [
        (
            "https://www.anders.invalid$request_uri".to_owned(),
            "another domain",
        ),
        (
            format!("http://www.localhost:{port}$request_uri"),
            "with or without www",
        ),
        (
            "https://localhost:1$request_uri".to_owned(),
            "https instead of http",
        ),
    ] {
        let front = bed.front(&format!("return 301 {to};"));
        let url = format!("http://localhost:{}/", front.port());
        let end = to.replace("$request_uri", "/");
        bed.fails(
            &url,
            "shop-redirects",
            &[differs, &format!("url = \"{end}\"")],
        );
    }
    let front = bed
        .front("location /winkel/ { return 404; } location / { return 302 /winkel$request_uri; }");
    let end = format!("{}winkel/", front.url());
    bed.fails(
        &front.url(),
        "shop-redirects",
        &["another folder", &format!("url = \"{end}\"")],
    );
}

#[test]
fn what_stands_before_the_shop_has_words_of_its_own_each() {
    let mut bed = Bed::new();
    let page = |status: u16, page: &str| {
        format!("location / {{ default_type text/html; return {status} '{page}'; }}")
    };
    for (server, code, words) in [
        (
            page(503, "<title>Even geduld</title>We zijn bezig met onderhoud"),
            "shop-maintenance",
            ["maintenance", ".maintenance"],
        ),
        (
            page(200, "<html><title>Under maintenance</title></html>"),
            "shop-maintenance",
            ["maintenance", "left in the shop"],
        ),
        (
            page(403, "<h1>Forbidden</h1>"),
            "refused-in-front",
            ["403", "firewall"],
        ),
        (
            page(406, "Not Acceptable! Mod_Security"),
            "refused-in-front",
            ["406", "firewall"],
        ),
        (
            format!(
                "add_header cf-mitigated challenge always; {}",
                page(403, "x")
            ),
            "cloudflare-challenge",
            ["Cloudflare", "Bot Fight Mode"],
        ),
        (
            page(200, "<html>One moment, please... imunify360</html>"),
            "bot-check-page",
            ["Imunify360", "except"],
        ),
        (page(500, "oops"), "shop-server-error", ["500", "error"]),
    ] {
        let front = bed.front(&server);
        bed.fails(&front.url(), code, &words);
    }
}

#[test]
fn a_cache_that_gives_an_old_page_or_keeps_what_is_gone_is_named() {
    let mut bed = Bed::new();
    let options = |key: &str| FrontOptions {
        http: "proxy_cache_path {here}/cache keys_zone=c:1m;".to_owned(),
        server: format!(
            "add_header X-Cache-Status $upstream_cache_status always; \
             location / {{ proxy_pass {{target}}; proxy_cache c; proxy_cache_key {key}; \
             proxy_ignore_headers Cache-Control Expires Set-Cookie; proxy_cache_valid 200 10m; }}"
        ),
        ..FrontOptions::default()
    };
    let shop = bed.scene.shop.url();
    std::fs::write(
        bed.scene.shop.folder().join("oud.html"),
        "<html>de winkel van toen</html>",
    )
    .unwrap();
    let old = Front::with(&shop, &options("one")).unwrap();
    let warmed = Command::new("curl")
        .args(["-sf", &format!("{}oud.html", old.url())])
        .output()
        .unwrap();
    assert!(warmed.status.success());
    bed.fails(&old.url(), "cache-in-front", &["cache or CDN", "old page"]);
    let keeps = Front::with(&shop, &options("$request_uri")).unwrap();
    let said = bed.works(&keeps.url());
    assert!(
        said.contains("goes on showing a file that is gone"),
        "{said}"
    );
}

#[test]
fn a_web_server_that_does_not_run_our_file_is_told_from_a_wrong_folder() {
    let mut bed = Bed::new();
    let root = bed.scene.shop.folder().display().to_string();
    // It hands out the source.
    let front = bed.front(&format!("location / {{ root {root}; }}"));
    bed.fails(&front.url(), "bridge-source-visible", &["does not run PHP"]);
    // It admits no PHP but the shop's.
    for refused in ["deny all;", "return 404;"] {
        let front = bed.front(&format!("location ~ /winkelbrug-.*\\.php$ {{ {refused} }}"));
        bed.fails(
            &front.url(),
            "php-file-refused",
            &["The folder is right", "winkelbrug-"],
        );
    }
    // It keeps texts back, but nothing else.
    std::fs::write(
        bed.scene.shop.folder().join("robots.txt"),
        "User-agent: *\nDisallow: /admin\n",
    )
    .unwrap();
    let front = bed.front("location ~ /winkelbrug-.*\\.(txt|html)$ { deny all; }");
    bed.works(&front.url());
    // It sends every address to the shop.
    let front = bed.front(
        "location = /robots.txt { proxy_pass {target}; } \
         location / { rewrite ^ /index.php break; proxy_pass {target}; }",
    );
    bed.fails(
        &front.url(),
        "address-swallowed",
        &["robots.txt", "RewriteRule"],
    );
}

#[test]
fn the_nginx_rules_of_magento_2_are_named_with_the_line_they_need() {
    let mut bed = Bed::new();
    let account = bed.scene.shop.folder().parent().unwrap().to_owned();
    let pub_folder = account.join("magento/pub");
    for folder in ["magento/pub/static", "magento/app/etc", "magento/bin"] {
        std::fs::create_dir_all(account.join(folder)).unwrap();
    }
    for file in [
        "magento/pub/index.php",
        "magento/app/etc/env.php",
        "magento/bin/magento",
    ] {
        std::fs::write(account.join(file), "").unwrap();
    }
    for_everybody(&pub_folder);
    // The end of Magento's own nginx.conf.sample.
    let front = bed.front(&format!(
        "root {}; location / {{ try_files $uri $uri/ =404; }} \
         location ~ ^/(index|get|static|health_check)\\.php$ {{ return 200; }} \
         location ~* (\\.php$|\\.phtml$|\\.htaccess$|\\.git) {{ deny all; }}",
        pub_folder.display()
    ));
    for folder in ["magento", "magento/pub"] {
        bed.set("shop.upload", "folder", folder);
        bed.fails(
            &front.url(),
            "magento-php-refused",
            &[
                "nginx",
                "location ~ ^/winkelbrug-[0-9a-f]+\\.php$",
                "fastcgi_pass",
            ],
        );
        assert_eq!(ours(&pub_folder), Vec::<String>::new());
    }
}

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

#[test]
fn a_run_puts_back_what_a_restored_backup_took_but_only_into_the_same_shop() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let folder = scene.shop.folder();
    let first = ours(&folder);
    let old = std::fs::read(folder.join(&first[0])).unwrap();
    std::fs::write(folder.join(&first[0]), "<?php // changed").unwrap();
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    let second = ours(&folder);
    // The backup of yesterday: the old file is back, the new one gone.
    std::fs::remove_file(folder.join(&second[0])).unwrap();
    std::fs::write(folder.join(&first[0]), old).unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let third = ours(&folder);
    assert_eq!(third.len(), 1, "{third:?} {}", ran.said());
    assert!(third != first && third != second);
    scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    // Once a day: what goes on and on is for the owner.
    std::fs::remove_file(folder.join(&third[0])).unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_ne!(ran.code, Some(0));
    assert!(ran.said().contains(" deploy"), "{}", ran.said());
}

#[test]
fn a_run_puts_nothing_into_another_shop_than_the_one_that_was_proved() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let folder = scene.shop.folder();
    std::fs::remove_file(folder.join(&ours(&folder)[0])).unwrap();
    let config = folder.join("config.php");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(
        &config,
        text.replace("http://127.0.0.1", "http://127.0.0.2"),
    )
    .unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_ne!(ran.code, Some(0), "{}", ran.said());
    assert_eq!(ours(&folder), Vec::<String>::new(), "{}", ran.said());
}

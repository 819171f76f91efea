//! What stands between the program and the shop: redirects, logins, caches, rules of the web server.

use testbed::servers::{Front, FrontOptions};

use super::{Bed, for_everybody};

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

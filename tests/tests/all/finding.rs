//! The shop's folder found by itself on real accounts: which shop, which program, within which bounds.

use std::path::{Path, PathBuf};

use testbed::{
    profile::text,
    scene::Scene,
    servers::{
        FileServer, FtpOptions, SshLogin, SshdOptions, Vsftpd, is_root, may_be_root,
        throw_away_folder,
    },
};
use url::Url;
use winkelbrug::{
    failure::Result,
    profile::{Secret, settings},
    shop::{
        deploy::{
            finding::{self, Bound, LISTINGS, Search},
            platform::{self, Found, Platform},
            transport::{self, Access, Transport},
        },
        keys::Known,
    },
};

/// Writes empty files; a name that ends in a slash is a folder.
fn lay(root: &Path, names: &[&str]) {
    for name in names {
        let path = root.join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(&path).unwrap();
        } else {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
        }
    }
}

const OPENCART: &[&str] = &[
    "config.php",
    "index.php",
    "admin/",
    "catalog/",
    "system/",
    "image/",
];
const WOOCOMMERCE: &[&str] = &[
    "wp-config.php",
    "index.php",
    "wp-admin/",
    "wp-includes/",
    "wp-content/plugins/woocommerce/woocommerce.php",
];

fn at(folder: &str, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

fn lay_in(root: &Path, folder: &str, names: &[&str]) {
    let names = at(folder, names);
    lay(root, &names.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The two kinds of server an account is looked at through.
enum Server {
    Ftp(Vsftpd),
    Sftp(FileServer),
}

impl Server {
    fn both(root: &Path) -> Vec<Self> {
        let mut both = vec![Self::Ftp(
            Vsftpd::start(root, &FtpOptions::default()).unwrap(),
        )];
        if is_root() {
            let options = SshdOptions::of(SshLogin::Password);
            both.push(Self::Sftp(FileServer::sshd(root, &options).unwrap()));
        }
        both
    }

    async fn open(&self) -> Result<Box<dyn Transport>> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (protocol, port, user, password, known) = match self {
            Self::Ftp(ftp) => ("ftp", ftp.port(), ftp.user(), ftp.password(), ""),
            Self::Sftp(ssh) => (
                "sftp",
                ssh.port(),
                ssh.user(),
                ssh.password(),
                ssh.fingerprints()[0].as_str(),
            ),
        };
        let upload: settings::Upload = toml::from_str(&format!(
            "protocol = \"{protocol}\"\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"{user}\"\n"
        ))
        .unwrap();
        let access = Access {
            password: Some(Secret::new(password)),
            known: Known::named(known),
            ..Access::default()
        };
        transport::open(&upload, &access, "").await
    }

    async fn search(&self, url: &str) -> Search {
        let mut transport = self.open().await.unwrap();
        let url = Url::parse(url).unwrap();
        let search = finding::search(transport.as_mut(), Some(&url)).await;
        transport.close().await;
        search.unwrap()
    }
}

fn folders(search: &Search) -> Vec<String> {
    let mut folders: Vec<_> = search
        .shops
        .iter()
        .map(|shop| shop.folder.clone())
        .collect();
    folders.sort();
    folders
}

fn account() -> tempfile::TempDir {
    throw_away_folder("account").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_shop_is_looked_through_whole_and_one_shop_is_found_where_it_lies() {
    let empty = account();
    lay(
        empty.path(),
        &[
            "public_html/index.html",
            "mail/new/",
            "logs/a.log",
            "public_html/blog/wp-content/plugins/akismet/",
        ],
    );
    for server in Server::both(empty.path()) {
        let search = server.search("https://www.voorbeeld.nl/").await;
        assert!(
            search.shops.is_empty() && search.bound.is_none(),
            "{search:?}"
        );
        assert_eq!(search.wordpress_alone, ["public_html/blog"]);
        assert!(
            !search
                .looked
                .iter()
                .any(|folder| folder.starts_with("mail"))
        );
    }
    for place in [
        "public_html",
        "httpdocs",
        "domains/voorbeeld.nl/public_html",
        "voorbeeld.nl",
        "www/shop",
        "iets anders/nog iets",
    ] {
        let one = account();
        lay_in(one.path(), place, OPENCART);
        for server in Server::both(one.path()) {
            let search = server.search("https://www.voorbeeld.nl/").await;
            let found = search
                .the_one(None)
                .unwrap_or_else(|| panic!("{place}: {search:?}"));
            assert!(found.folder.ends_with(place), "{place}: {}", found.folder);
            assert_eq!(found.found.platform, Platform::OpenCart);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_shops_none_is_guessed_but_the_one_with_the_shops_name() {
    let root = account();
    lay_in(root.path(), "domains/voorbeeld.nl/public_html", OPENCART);
    lay_in(root.path(), "domains/anders.nl/public_html", WOOCOMMERCE);
    lay_in(root.path(), "domains/anders.nl/public_html/oud", OPENCART);
    std::fs::write(
        root.path()
            .join("domains/voorbeeld.nl/public_html/index.php"),
        "<?php\ndefine('VERSION', '3.0.3.8');",
    )
    .unwrap();
    for server in Server::both(root.path()) {
        let search = server.search("https://www.elders.nl/").await;
        assert_eq!(folders(&search).len(), 3, "{search:?}");
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(
            search
                .the_one(Some(&url("https://www.elders.nl/")))
                .is_none()
        );
        // Two are below that name.
        assert!(search.the_one(Some(&url("https://anders.nl/"))).is_none());
        let one = search
            .the_one(Some(&url("https://www.Voorbeeld.nl/")))
            .unwrap();
        assert!(one.folder.ends_with("domains/voorbeeld.nl/public_html"));
        assert_eq!(one.version.as_deref(), Some("3.0.3.8"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_name_of_the_same_folder_is_no_second_shop() {
    let root = account();
    lay_in(root.path(), "public_html", OPENCART);
    std::os::unix::fs::symlink("public_html", root.path().join("www")).unwrap();
    for server in Server::both(root.path()) {
        let search = server.search("https://www.voorbeeld.nl/").await;
        assert_eq!(search.shops.len(), 1, "{search:?}");
        assert!(search.shops[0].folder.ends_with("public_html"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_with_five_thousand_folders_is_searched_within_the_bounds() {
    let root = account();
    for number in 0..5000 {
        std::fs::create_dir(root.path().join(format!("map{number:04}"))).unwrap();
    }
    for server in Server::both(root.path()) {
        let search = server.search("https://www.voorbeeld.nl/").await;
        assert_eq!(search.bound, Some(Bound::Listings));
        assert!(search.listings <= LISTINGS + 8, "{}", search.listings);
    }
    // What lies in a usual place is found all the same.
    lay_in(root.path(), "zz/htdocs/winkel", OPENCART);
    lay_in(root.path(), "public_html/nieuw", WOOCOMMERCE);
    for server in Server::both(root.path()) {
        let search = server.search("https://www.voorbeeld.nl/").await;
        assert_eq!(folders(&search), ["public_html/nieuw"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_programs_layout_is_recognised() {
    let magento2: &[&str] = &[
        "app/etc/env.php",
        "bin/magento",
        "pub/index.php",
        "pub/static/",
        "composer.json",
    ];
    type Expected = (Platform, &'static str, &'static str, &'static str);
    let cases: &[(&str, &[&str], Expected)] = &[
        ("", OPENCART, (Platform::OpenCart, "", ".", "config.php")),
        (
            "",
            WOOCOMMERCE,
            (Platform::WooCommerce, "", ".", "wp-config.php"),
        ),
        (
            "public_html",
            &[
                "wp-content/plugins/woocommerce/",
                "index.php",
                "../wp-config.php",
            ],
            (Platform::WooCommerce, "", ".", "../wp-config.php"),
        ),
        (
            "web",
            &[
                "app/plugins/woocommerce/",
                "wp/wp-load.php",
                "wp-config.php",
                "../config/application.php",
            ],
            (Platform::WooCommerce, "", ".", "../config/application.php"),
        ),
        (
            "",
            &["classes/", "modules/", "config/settings.inc.php"],
            (Platform::PrestaShop, "", ".", "config/settings.inc.php"),
        ),
        (
            "",
            &[
                "classes/",
                "modules/",
                "config/",
                "app/config/parameters.php",
            ],
            (Platform::PrestaShop, "", ".", "app/config/parameters.php"),
        ),
        (
            "",
            &[
                "classes/",
                "modules/",
                "config/",
                "app/config/parameters.yml",
            ],
            (Platform::PrestaShop, "", ".", "app/config/parameters.yml"),
        ),
        (
            "",
            &["app/Mage.php", "app/etc/local.xml", "index.php"],
            (Platform::Magento1, "", ".", "app/etc/local.xml"),
        ),
        (
            "",
            magento2,
            (Platform::Magento2, "pub", "..", "app/etc/env.php"),
        ),
        (
            "pub",
            &["index.php", "static/", "../app/etc/env.php"],
            (Platform::Magento2, "", "..", "app/etc/env.php"),
        ),
    ];
    for (folder, names, (platform, below, shop_root, config)) in cases {
        let root = account();
        let site = root.path().join("site");
        lay(&site.join(folder), names);
        let wanted = Found {
            platform: *platform,
            below,
            root: shop_root,
            config,
        };
        let at = transport::path("site", folder);
        let at = at.trim_end_matches('/');
        for server in Server::both(root.path()) {
            let mut transport = server.open().await.unwrap();
            // Seen from where the account begins, and from the folder itself.
            let found = platform::find(transport.as_mut(), at, at).await.unwrap();
            assert_eq!(found, wanted, "{folder} {names:?}");
            transport.enter(at).await.unwrap();
            let found = platform::find(transport.as_mut(), "", at).await.unwrap();
            assert_eq!(found, wanted, "{folder} {names:?}");
            transport.close().await;
            // The search finds it once, wherever it begins.
            let search = server.search("https://www.voorbeeld.nl/").await;
            assert_eq!(search.shops.len(), 1, "{folder} {names:?} {search:?}");
            assert_eq!(search.shops[0].found.platform, *platform);
        }
    }
}

/// An account that begins beside the site and sees the whole server.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_sees_the_whole_server_is_searched_beside_its_home_too() {
    if !may_be_root() {
        return;
    }
    let root = account();
    lay(root.path(), &["home/"]);
    lay_in(root.path(), "srv/www/voorbeeld.nl/htdocs", OPENCART);
    let home = root.path().join("home");
    let ssh = FileServer::sshd(&home, &SshdOptions::of(SshLogin::Password)).unwrap();
    let server = Server::Sftp(ssh);
    // There is no shop in the usual places of this machine, but all of it could be seen.
    let mut transport = server.open().await.unwrap();
    assert!(
        transport.start().ends_with("/home"),
        "{}",
        transport.start()
    );
    let shop: PathBuf = root.path().join("srv/www/voorbeeld.nl/htdocs");
    let shop = shop.to_str().unwrap();
    let found = platform::find(transport.as_mut(), shop, shop)
        .await
        .unwrap();
    assert_eq!(found.platform, Platform::OpenCart);
    transport.enter(shop).await.unwrap();
    assert!(
        transport
            .list()
            .await
            .unwrap()
            .contains(&"config.php".to_owned())
    );
    let search = finding::search(transport.as_mut(), None).await.unwrap();
    transport.close().await;
    assert!(search.looked.contains(&"/".to_owned()), "{search:?}");
    assert!(search.looked.contains(&"/var".to_owned()), "{search:?}");
}

#[test]
fn a_profile_without_a_folder_finds_its_shop_remembers_it_and_searches_anew_when_it_moved() {
    let mut scene = Scene::empty().unwrap();
    scene.profile.set("shop.upload", "folder", &text(""));
    scene.add_profile().unwrap().ended(0).unwrap();
    let told = |arguments: &[&str], code: i32| {
        let ran = scene.agent.run(arguments).unwrap().ended(code).unwrap();
        ran.said()
    };
    let said = told(&["deploy", "demo"], 0);
    assert!(said.contains("public_html was found"), "{said}");
    assert!(told(&["check", "demo"], 0).contains("public_html was found"));
    // Another shop appears on the account: the one that was proved stays the one.
    let account = scene.shop.folder().parent().unwrap().to_owned();
    lay_in(&account, "tweede", OPENCART);
    let said = told(&["deploy", "demo"], 0);
    assert!(said.contains("nothing was changed"), "{said}");
    // The shop moves out of its folder: what is found now is not the address's.
    let moved = account.join("verplaatst");
    std::fs::create_dir(&moved).unwrap();
    std::fs::rename(
        scene.shop.folder().join("config.php"),
        moved.join("config.php"),
    )
    .unwrap();
    let said = told(&["check", "demo"], 2);
    assert!(said.contains("tweede was found"), "{said}");
}

#[test]
fn several_shops_are_listed_with_how_to_choose_and_none_says_where_was_looked() {
    let mut scene = Scene::empty().unwrap();
    scene.profile.set("shop.upload", "folder", &text(""));
    scene.add_profile().unwrap().ended(0).unwrap();
    let account = scene.shop.folder().parent().unwrap().to_owned();
    lay_in(&account, "tweede", WOOCOMMERCE);
    let ran = scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(2)
        .unwrap();
    let said = ran.said();
    assert!(
        said.contains("2 shops")
            && said.contains("public_html (OpenCart 3.0.5.1)")
            && said.contains("tweede (WooCommerce)")
            && said.contains("folder = \""),
        "{said}"
    );
    let dutch = scene
        .agent
        .run(&["deploy", "demo", "--lang", "nl"])
        .unwrap()
        .said();
    assert!(dutch.contains("staan 2 winkels"), "{dutch}");
    std::fs::remove_dir_all(account.join("tweede")).unwrap();
    std::fs::rename(account.join("public_html"), account.join("mail")).unwrap();
    let said = scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(2)
        .unwrap()
        .said();
    assert!(
        said.contains("No shop") && said.contains("4 deep"),
        "{said}"
    );
    std::fs::rename(account.join("mail"), account.join("public_html")).unwrap();
}

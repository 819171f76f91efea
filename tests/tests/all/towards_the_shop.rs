//! The way from a folder to its address: what web servers show of a folder, an address that redirects
//! and is adopted, and the choice among several shops.

use testbed::servers::{Certificate, Front, FrontOptions};

use crate::proof::Bed;

fn profile(bed: &Bed) -> String {
    let file = bed.scene.agent.data().join("profiles").join("demo.toml");
    std::fs::read_to_string(file).unwrap()
}

/// Gives the profile with that address, and a remark behind it.
fn remarked(bed: &mut Bed, url: &str) {
    bed.at(url);
    let file = bed.scene.agent.data().join("profiles").join("demo.toml");
    let text = profile(bed);
    let line = format!("url = \"{url}\"");
    assert!(text.contains(&line), "{text}");
    let text = text.replace(&line, &format!("{line} # de etalage"));
    std::fs::write(file, format!("# Van mij\n{text}")).unwrap();
}

fn has_moved(bed: &Bed, url: &str) {
    let text = profile(bed);
    let line = format!("url = \"{url}\" # de etalage");
    assert!(
        text.contains(&line) && text.starts_with("# Van mij\n"),
        "{text}"
    );
}

/// Sends everything outside a folder on into it.
const INTO_A_FOLDER: &str = "location /winkel/ { proxy_pass {target}/; } \
     location / { return 301 /winkel$request_uri; }";

#[test]
fn a_redirect_within_the_domain_is_adopted_by_its_flag_and_the_shop_works_there() {
    let mut bed = Bed::new();
    let front = bed.front(INTO_A_FOLDER);
    remarked(&mut bed, &front.url());
    let named = bed.deploy(&[]).ended(2).unwrap().said();
    assert!(named.contains("--use-redirect"), "{named}");
    let end = format!("{}winkel/", front.url());
    let deployed = bed.deploy(&["--use-redirect"]).ended(0).unwrap().said();
    assert!(deployed.contains(&end), "{deployed}");
    has_moved(&bed, &end);
    let run = bed.scene.agent.run(&["run", "demo"]).unwrap();
    run.ended(0).unwrap();
    let again = bed.deploy(&["--use-redirect", "--json"]).ended(0).unwrap();
    assert_eq!(again.json().unwrap()["outcome"], "unchanged");

    // To https, whose certificate is the owner's to trust too.
    let target = bed.scene.shop.url();
    let secure = Front::with(
        &target,
        &FrontOptions {
            certificate: Some(Certificate::self_signed().unwrap()),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    let plain = bed.front(&format!(
        "return 308 https://127.0.0.1:{}$request_uri;",
        secure.port()
    ));
    remarked(&mut bed, &plain.url());
    let refused = bed.deploy(&["--use-redirect"]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.said().contains("--trust-new-key"), "{refused:?}");
    remarked(&mut bed, &plain.url());
    let both = bed.deploy(&["--use-redirect", "--trust-new-key"]);
    both.ended(0).unwrap();
    has_moved(&bed, &secure.url());
    let run = bed.scene.agent.run(&["run", "demo"]).unwrap();
    run.ended(0).unwrap();
}

#[test]
fn no_flag_follows_a_redirect_to_another_domain_or_back_to_plain_http() {
    let mut bed = Bed::new();
    let port = bed.scene.shop.url();
    let port = port.trim_end_matches('/').rsplit(':').next().unwrap();
    let front = bed.front(&format!("return 301 http://localhost:{port}$request_uri;"));
    remarked(&mut bed, &front.url());
    let before = profile(&bed);
    let ran = bed.deploy(&["--use-redirect"]).ended(2).unwrap().said();
    assert!(
        ran.contains("another domain") && !ran.contains("--use-redirect"),
        "{ran}"
    );
    assert_eq!(profile(&bed), before);

    let certificate = Certificate::self_signed().unwrap();
    bed.set("shop", "fingerprint", certificate.fingerprint());
    let secure = FrontOptions {
        certificate: Some(certificate),
        server: format!("return 301 http://127.0.0.1:{port}$request_uri;"),
        ..FrontOptions::default()
    };
    let front = Front::with(&bed.scene.shop.url(), &secure).unwrap();
    remarked(&mut bed, &front.url());
    let before = profile(&bed);
    let ran = bed.deploy(&["--use-redirect"]).ended(2).unwrap().said();
    assert!(ran.contains("Nothing is encrypted there"), "{ran}");
    assert_eq!(profile(&bed), before);
    assert_eq!(bed.ours(), Vec::<String>::new());
}

const ASKED: &str = "put it into the profile?";

#[test]
fn on_a_terminal_the_final_address_is_offered_and_put_into_the_profile() {
    let mut bed = Bed::new();
    let port = bed.scene.shop.url();
    let port = port
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    let front = bed.front(&format!("return 301 http://localhost:{port}$request_uri;"));
    remarked(&mut bed, &front.url());
    let before = profile(&bed);
    let agent = &bed.scene.agent;
    let no = agent
        .on_a_terminal(&["deploy", "demo"], &[(ASKED, "n\r")])
        .unwrap();
    assert_eq!(no.code, Some(2), "{}", no.said());
    assert_eq!(profile(&bed), before);
    let yes = agent
        .on_a_terminal(&["deploy", "demo"], &[(ASKED, "y\r")])
        .unwrap();
    assert_eq!(yes.code, Some(0), "{}", yes.said());
    assert!(yes.said().contains("another domain"), "{}", yes.said());
    has_moved(&bed, &format!("http://localhost:{port}/"));
    agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
}

#[test]
fn on_a_terminal_check_offers_the_address_of_a_shop_that_redirects_since() {
    let mut bed = Bed::new();
    let front = bed.front("");
    remarked(&mut bed, &front.url());
    bed.deploy(&[]).ended(0).unwrap();
    let port = front.port();
    drop(front);
    let options = FrontOptions {
        port,
        server: INTO_A_FOLDER.to_owned(),
        ..FrontOptions::default()
    };
    let front = Front::with(&bed.scene.shop.url(), &options).unwrap();
    let agent = &bed.scene.agent;
    // Cost articles that are missing are asked about after it.
    let answers = [(ASKED, "y\r"), ("fill them into the profile?", "n\r")];
    let checked = agent.on_a_terminal(&["check", "demo"], &answers).unwrap();
    has_moved(&bed, &format!("{}winkel/", front.url()));
    // The file was proved at another address: it is placed anew.
    assert_eq!(checked.code, Some(2), "{}", checked.said());
    assert!(
        checked.words().contains(" deploy demo'"),
        "{}",
        checked.said()
    );
    bed.deploy(&[]).ended(0).unwrap();
    assert_eq!(bed.ours().len(), 1);
    agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
}

#[test]
fn on_a_terminal_one_of_several_shops_is_chosen_and_put_into_the_profile() {
    let mut bed = Bed::new();
    let account = bed.scene.shop.folder().parent().unwrap().to_owned();
    for folder in ["wp-admin", "wp-includes", "wp-content/plugins/woocommerce"] {
        std::fs::create_dir_all(account.join("tweede").join(folder)).unwrap();
    }
    for file in [
        "wp-config.php",
        "index.php",
        "wp-content/plugins/woocommerce/woocommerce.php",
    ] {
        std::fs::write(account.join("tweede").join(file), "").unwrap();
    }
    bed.set("shop.upload", "folder", "");
    let url = bed.scene.shop.url();
    remarked(&mut bed, &url);
    let agent = &bed.scene.agent;
    // What is typed narrows the list down, as a long one needs.
    let chosen = [("belongs to this profile?", "public_html\r")];
    let ran = agent.on_a_terminal(&["deploy", "demo"], &chosen).unwrap();
    assert_eq!(ran.code, Some(0), "{}", ran.said());
    for shown in ["tweede (WooCommerce)", "public_html (OpenCart 3.0.5.1)"] {
        assert!(ran.said().contains(shown), "{}", ran.said());
    }
    let text = profile(&bed);
    assert!(
        text.contains("folder = \"public_html\"") && text.contains("# de etalage"),
        "{text}"
    );
    agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    agent.run(&["deploy", "demo"]).unwrap().ended(0).unwrap();
}

#[test]
fn hosts_that_give_neither_texts_nor_pages_are_proved_by_what_they_do_give() {
    let mut bed = Bed::new();
    let to_the_shop = "location / { rewrite ^ /index.php break; proxy_pass {target}; }";
    for given in [
        // Scripts and pictures alone; PHP files of any name.
        "location ~* \\.(js|css|png|jpe?g)$ { proxy_pass {target}; }",
        "",
    ] {
        let front = bed.front(&format!(
            "{given} location ~ \\.php$ {{ proxy_pass {{target}}; }} {to_the_shop}"
        ));
        let said = bed.works(&front.url());
        assert!(said.contains("belongs to"), "{said}");
    }
    // A shop that sends visitors of what it does not know to its front page says nothing of the folder.
    let front = bed.front(
        "location ~ \\.php$ { proxy_pass {target}; } location / { return 302 /; } \
         location = / { proxy_pass {target}; }",
    );
    bed.works(&front.url());
    // And where a PHP file is not run either, the rule is named as before.
    std::fs::write(
        bed.scene.shop.folder().join("robots.txt"),
        "User-agent: *\n",
    )
    .unwrap();
    let front = bed.front(&format!(
        "location = /robots.txt {{ proxy_pass {{target}}; }} {to_the_shop}"
    ));
    bed.fails(&front.url(), "address-swallowed", &["robots.txt"]);
}

//! From a profile to the first imported orders, through the program's own commands, by each way of
//! upload; and what the owner reads when a key is new or has changed.

use std::path::Path;

use testbed::{
    agreement,
    opencart::{DEMO_ORDERS, Expectation, OpenCartShop, ShopOptions},
    profile::text,
    program::{Ran, Winkelbrug},
    scene::Scene,
    servers::{CutRelay, host_key},
    snelstart::Options,
};

use winkelbrug::profile::settings::UploadProtocol;

use super::bed::{Kind, PASSPHRASE, Running, With, protocol, start};

pub struct Way {
    pub scene: Scene,
    pub server: Running,
    relay: CutRelay,
    pub said: String,
    _jail: Option<tempfile::TempDir>,
}

/// A shop in an account that can be shut in: every folder above it must belong to root alone, which
/// those of the test bed do not.
fn jailed() -> (OpenCartShop, tempfile::TempDir) {
    let jail = tempfile::Builder::new()
        .prefix("winkelbrug-jail-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir_in("/run")
        .unwrap();
    let options = ShopOptions {
        inside: Some(jail.path().to_owned()),
        ..ShopOptions::default()
    };
    let shop = OpenCartShop::empty(options).unwrap();
    shop.place_demo_orders().unwrap();
    (shop, jail)
}

impl Way {
    pub fn new(kind: Kind) -> Self {
        let (shop, jail) = match kind {
            Kind::SshdJail => {
                let (shop, jail) = jailed();
                (shop, Some(jail))
            }
            _ => (OpenCartShop::demo().unwrap(), None),
        };
        let agent = Winkelbrug::under_test().unwrap();
        let mut scene = Scene::of(shop, Options::default(), agent).unwrap();
        if jail.is_some() {
            // Where the account begins is the jail: the shop is found by itself.
            scene.profile.set("shop.upload", "folder", &text(""));
        }
        let mut with = With::default();
        if let Kind::SshdKey(form) = kind {
            let (file, _) = host_key::make(scene.agent.data(), form, PASSPHRASE).unwrap();
            let path = text(file.to_str().unwrap());
            scene.profile.set("shop.upload", "key_file", &path);
            scene.profile.secrets.remove("upload");
            let passphrase = PASSPHRASE.to_owned();
            scene
                .profile
                .secrets
                .insert("key_passphrase".to_owned(), passphrase);
            with.key_file = Some(file);
        }
        let server = start(kind, scene.shop.account(), &with);
        let relay = CutRelay::start(server.port()).unwrap();
        let name = toml::Value::try_from(protocol(kind)).unwrap().to_string();
        scene
            .profile
            .set("shop.upload", "protocol", &name)
            .set("shop.upload", "port", &relay.port().to_string())
            .set("shop.upload", "user", &text(server.user()));
        if !matches!(kind, Kind::SshdKey(_)) {
            let password = server.password().to_owned();
            scene.profile.secrets.insert("upload".to_owned(), password);
        }
        Self {
            scene,
            server,
            relay,
            said: String::new(),
            _jail: jail,
        }
    }

    pub fn run(&mut self, arguments: &[&str], code: i32) -> Ran {
        let ran = self.scene.agent.run(arguments).unwrap();
        self.said.push_str(&ran.said());
        ran.ended(code).unwrap()
    }

    /// No secret in anything said, nor in any file of the data folder but the sealed ones.
    pub fn no_secret_shows(&self) {
        let mut texts = vec![self.said.clone()];
        gather(self.scene.agent.data(), &mut texts);
        for secret in self.scene.profile.secrets.values() {
            let found = texts.iter().find(|text| text.contains(secret.as_str()));
            assert!(found.is_none(), "a secret stands in {found:?}");
        }
    }
}

fn gather(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, texts);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// What any user of the machine sees of the program while it uses the secrets.
pub fn no_secret_in_the_process_list(way: &Way) {
    let arguments = ["check", "demo", "--secrets", "-"];
    let mut child = way
        .scene
        .agent
        .command(&arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, way.scene.profile.secrets_json().as_bytes()).unwrap();
    drop(input);
    let process = format!("/proc/{}", child.id());
    let mut looks = 0;
    while child.try_wait().unwrap().is_none() {
        for file in ["cmdline", "environ", "comm"] {
            let seen = std::fs::read(format!("{process}/{file}")).unwrap_or_default();
            let seen = String::from_utf8_lossy(&seen);
            for secret in way.scene.profile.secrets.values() {
                assert!(!seen.contains(secret.as_str()), "{file}: {seen}");
            }
        }
        looks += 1;
        std::thread::yield_now();
    }
    assert!(looks > 0);
}

/// From nothing to the demo shop's orders in the books, and the whole of it taken away again.
fn from_profile_to_orders(kind: Kind) {
    let mut way = imported(kind);
    way.run(&["withdraw", "demo"], 0);
    agreement::no_file_is_left(&way.scene).unwrap();
    way.no_secret_shows();
}

/// The same, where the server is another one in between.
fn from_profile_to_orders_and_another_server(kind: Kind) {
    let mut way = imported(kind);
    another_key(&mut way, kind);
    way.run(&["withdraw", "demo"], 0);
    way.no_secret_shows();
}

fn imported(kind: Kind) -> Way {
    let mut way = Way::new(kind);
    // Everything the libraries say goes to the log.
    way.scene.agent.set("RUST_LOG", "trace");
    way.scene.agent.set("WINKELBRUG_LOG", "trace");
    let added = way.scene.add_profile().unwrap();
    way.said.push_str(&added.said());
    added.ended(0).unwrap();

    if protocol(kind) == UploadProtocol::Ftp {
        let deployed = way.run(&["deploy", "demo"], 0);
        assert!(deployed.said().contains("readable"), "{deployed:?}");
    } else {
        let refused = way.run(&["deploy", "demo"], 3);
        let fingerprints = way.server.fingerprints().to_vec();
        let shown = |ran: &Ran| fingerprints.iter().any(|known| ran.said().contains(known));
        assert!(shown(&refused), "{refused:?}");
        assert!(refused.said().contains("--trust-new-key"), "{refused:?}");
        let deployed = way.run(&["deploy", "demo", "--trust-new-key"], 0);
        assert!(shown(&deployed), "{deployed:?}");
    }
    way.run(&["check", "demo"], 0);
    no_secret_in_the_process_list(&way);
    way.run(&["run", "demo"], 0);
    let expected = DEMO_ORDERS
        .iter()
        .filter(|demo| demo.expect == Expectation::Written);
    let written = agreement::demo_orders_are_right(&way.scene).unwrap();
    assert_eq!(written, expected.count());
    way
}

/// The server is replaced: the profile stops, and only the owner's word lets it go on.
fn another_key(way: &mut Way, kind: Kind) {
    let mut with = With::default();
    if let Kind::SshdKey(_) = kind {
        let keys = std::fs::read_dir(way.scene.agent.data()).unwrap();
        let public = keys
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "pub"));
        with.key_file = Some(public.unwrap().with_extension(""));
    }
    let other = start(kind, way.scene.shop.account(), &with);
    way.relay.retarget(other.port());
    let refused = way.run(&["deploy", "demo"], 4);
    assert!(refused.said().contains("has changed"), "{refused:?}");
    let status = way.run(&["status", "--json"], 0);
    assert!(
        status.stdout.contains("-changed"),
        "the profile stopped: {status:?}"
    );
    // The new server has an account of its own.
    way.scene
        .profile
        .set("shop.upload", "user", &text(other.user()));
    if !matches!(kind, Kind::SshdKey(_)) {
        let password = other.password().to_owned();
        way.scene
            .profile
            .secrets
            .insert("upload".to_owned(), password);
    }
    let file = way.scene.agent.data().with_extension("again.toml");
    std::fs::write(&file, way.scene.profile.toml()).unwrap();
    let name = file.to_str().unwrap().to_owned();
    let secrets = way.scene.profile.secrets_json();
    let replaced = way.scene.agent.run_with(
        &[
            "profile",
            "add",
            "--from",
            &name,
            "--replace",
            "--secrets",
            "-",
        ],
        &secrets,
    );
    replaced.unwrap().ended(0).unwrap();
    let trusted = way.run(&["check", "demo", "--trust-new-key", "--json"], 0);
    assert!(trusted.stdout.contains("ANOTHER key"), "{trusted:?}");
    let status = way.run(&["status", "--json"], 0);
    assert!(
        !status.stdout.contains("-changed"),
        "and goes on: {status:?}"
    );
    way.server = other;
}

#[test]
fn from_profile_to_first_orders_by_plain_ftp_at_vsftpd() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::VsftpdPlain);
}

#[test]
fn from_profile_to_first_orders_by_ftps() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders_and_another_server(Kind::VsftpdExplicit);
}

#[test]
fn from_profile_to_first_orders_by_ftps_at_vsftpd_that_wants_the_session_resumed() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::VsftpdReuse);
}

#[test]
fn from_profile_to_first_orders_by_implicit_ftps_at_vsftpd() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::VsftpdImplicit);
}

#[test]
fn from_profile_to_first_orders_by_ftps_at_proftpd() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::ProftpdExplicit);
}

#[test]
fn from_profile_to_first_orders_by_implicit_ftps_at_proftpd() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::ProftpdImplicit);
}

#[test]
fn from_profile_to_first_orders_by_ftps_at_pure_ftpd() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::PureFtpd);
}

#[test]
fn from_profile_to_first_orders_by_sftp_with_a_password() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders_and_another_server(Kind::ProftpdSftp);
}

#[test]
fn from_profile_to_first_orders_by_sftp_with_a_password_at_openssh() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::SshdPassword);
}

#[test]
fn from_profile_to_first_orders_by_sftp_with_questions() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::SshdQuestions);
}

#[test]
fn from_profile_to_first_orders_by_sftp_in_a_jail() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders(Kind::SshdJail);
}

#[test]
fn from_profile_to_first_orders_by_sftp_with_a_key() {
    if !super::runs_here() {
        return;
    }
    from_profile_to_orders_and_another_server(Kind::SshdKey("ed25519"));
}

#[test]
fn from_profile_to_first_orders_by_sftp_with_each_other_kind_of_key() {
    if !super::runs_here() {
        return;
    }
    for form in ["ecdsa", "rsa"] {
        from_profile_to_orders(Kind::SshdKey(form));
    }
}

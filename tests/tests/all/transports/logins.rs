//! Names, passwords, keys and folders as people have them.

use std::process::Command;

use testbed::servers::{Authority, FtpOptions, Vsftpd};
use winkelbrug::{
    failure::Result,
    profile::{
        Secret,
        secrets::name,
        settings::{Upload, UploadProtocol},
    },
    shop::deploy::{
        Outcome,
        transport::{self, Access, Transport},
    },
};

use super::bed::{Bed, Kind, PASSPHRASE, With};

async fn open(bed: &Bed) -> Result<Box<dyn Transport>> {
    let access = bed.side().access().unwrap();
    transport::open(&bed.settings.shop.upload, &access, "").await
}

#[tokio::test]
async fn names_and_passwords_of_any_characters_log_in() {
    if !super::runs_here() {
        return;
    }
    for kind in [Kind::ProftpdExplicit, Kind::ProftpdSftp] {
        for (user, password) in [
            ("BEDRIJF\\jan", "met spatie en \"aanhaling's\" tekens"),
            ("info@voorbeeld.nl", " p\u{e4}ss\u{20ac} w\u{f6}rd 日本 "),
            ("jan jansen", "$(reboot) `id` %s \\n {nl} \u{1}"),
        ] {
            let with = With {
                login: Some((user.to_owned(), password.to_owned())),
                ..With::default()
            };
            let bed = Bed::with(kind, with);
            let placed = bed.deploy().await;
            let placed = placed.unwrap_or_else(|failure| panic!("{kind:?} {user}: {failure:?}"));
            assert_eq!(placed.outcome, Outcome::Placed);
            assert_eq!(bed.withdraw().await.unwrap().outcome, Outcome::Withdrawn);
        }
    }
}

#[tokio::test]
async fn a_folder_with_spaces_and_letters_of_any_language_is_a_folder_like_any_other() {
    if !super::runs_here() {
        return;
    }
    for kind in [
        Kind::VsftpdExplicit,
        Kind::ProftpdExplicit,
        Kind::PureFtpd,
        Kind::SshdPassword,
    ] {
        for folder in ["Mijn w\u{ed}nkel 'nieuw' & zo", "\u{5e97} (2026)"] {
            let mut bed = Bed::new(kind);
            let link = bed.shop.account().join(folder);
            std::os::unix::fs::symlink("public_html", link).unwrap();
            bed.settings.shop.upload.folder = folder.to_owned();
            let placed = bed.deploy().await;
            let placed = placed.unwrap_or_else(|failure| panic!("{kind:?} {folder}: {failure:?}"));
            assert_eq!(placed.outcome, Outcome::Placed);
            assert_eq!(bed.withdraw().await.unwrap().outcome, Outcome::Withdrawn);
            assert!(bed.files().is_empty());
        }
    }
}

#[tokio::test]
async fn a_server_at_an_address_of_ipv6_is_reached_with_brackets_and_without() {
    if !super::runs_here() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let root = testbed::servers::throw_away_folder("six").unwrap();
    std::fs::write(root.path().join("there.txt"), "x").unwrap();
    let options = FtpOptions {
        configuration: "listen=NO\nlisten_ipv6=YES\n".to_owned(),
        ..FtpOptions::default()
    };
    let server = Vsftpd::start(root.path(), &options).unwrap();
    for host in ["::1", "[::1]"] {
        let upload = Upload {
            host: host.to_owned(),
            port: server.port(),
            user: server.user().to_owned(),
            protocol: UploadProtocol::Ftp,
            ..Upload::default()
        };
        let access = Access {
            password: Some(Secret::new(server.password())),
            ..Access::default()
        };
        let mut transport = transport::open(&upload, &access, "").await.unwrap();
        assert_eq!(transport.list().await.unwrap(), ["there.txt"], "{host}");
        transport.close().await;
    }
}

/// The same key in another form.
fn rewrite(file: &str, form: &str) {
    let rewritten = Command::new("ssh-keygen")
        .args([
            "-p", "-q", "-P", PASSPHRASE, "-N", PASSPHRASE, "-m", form, "-f", file,
        ])
        .output()
        .unwrap();
    assert!(rewritten.status.success(), "{form}");
}

#[tokio::test]
async fn keys_open_the_account_in_each_form_they_are_kept_in() {
    if !super::runs_here() {
        return;
    }
    for (kind, form, mark) in [
        ("rsa", "PEM", "BEGIN RSA PRIVATE KEY"),
        ("rsa", "PKCS8", "BEGIN ENCRYPTED PRIVATE KEY"),
        ("ecdsa", "PEM", "BEGIN EC PRIVATE KEY"),
        ("ecdsa", "PKCS8", "BEGIN ENCRYPTED PRIVATE KEY"),
        ("rsa", "RFC4716", "BEGIN OPENSSH PRIVATE KEY"),
        ("ed25519", "RFC4716", "BEGIN OPENSSH PRIVATE KEY"),
    ] {
        let bed = Bed::new(Kind::SshdKey(kind));
        let file = bed.settings.shop.upload.key_file.as_str();
        rewrite(file, form);
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(mark), "{kind} {form}: {text}");
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            std::fs::write(file, &text).unwrap();
            if let Err(failure) = open(&bed).await {
                panic!("{kind} {form}, {} lines: {failure:?}", text.lines().count());
            }
        }
        bed.secret(name::KEY_PASSPHRASE, "not-the-password");
        let Err(failure) = open(&bed).await else {
            panic!("logged in");
        };
        assert_eq!(
            failure.code, "key-passphrase-wrong",
            "{kind} {form} {failure:?}"
        );
    }
}

#[tokio::test]
async fn a_key_of_putty_is_called_one_with_the_way_to_convert_it() {
    if !super::runs_here() {
        return;
    }
    let mut bed = Bed::new(Kind::SshdKey("ed25519"));
    let file = bed.data.path().join("id.ppk");
    let text = "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nPublic-Lines: 2\r\n";
    std::fs::write(&file, text).unwrap();
    bed.settings.shop.upload.key_file = file.to_str().unwrap().to_owned();
    let failure = bed.deploy().await.unwrap_err();
    assert_eq!(failure.code, "key-file-unfit");
    assert!(failure.text.nl.contains("PuTTY") && failure.hint.nl.contains("Export OpenSSH key"));
}

#[tokio::test]
async fn a_certificate_of_ftps_past_its_date_is_named_and_nobody_logs_in() {
    if !super::runs_here() {
        return;
    }
    let authority = Authority::new().unwrap();
    let with = With {
        certificate: Some(authority.issue_expired().unwrap()),
        ..With::default()
    };
    let mut bed = Bed::with(Kind::VsftpdExplicit, with);
    let ca_file = bed.data.path().join("ca.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();
    bed.settings.shop.ca_file = ca_file.to_str().unwrap().to_owned();
    bed.settings.shop.upload.fingerprint = String::new();
    let failure = bed.deploy().await.unwrap_err();
    assert_eq!(failure.code, "certificate-expired", "{failure}");
    assert!(!bed.server.log().contains("USER "));
}

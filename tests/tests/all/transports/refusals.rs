//! What is wrong is named, in words of its own, and nothing stays.

use testbed::servers::host_key;
use winkelbrug::{
    failure::{Class, Failure},
    profile::{secrets::name, settings::UploadProtocol},
};

use super::bed::{Bed, Kind, PASSPHRASE, With};

/// The failure of a deploy: in both languages, with advice, without a secret, and nothing left.
async fn refused(bed: &Bed) -> Failure {
    let failure = bed.deploy().await.unwrap_err();
    assert!(!failure.text.nl.is_empty() && failure.text.nl != failure.text.en);
    assert!(!failure.hint.nl.is_empty(), "no advice: {failure}");
    let said = format!("{failure} {failure:?}");
    for secret in [bed.server.password(), PASSPHRASE, "not-the-password"] {
        assert!(!said.contains(secret), "{said}");
    }
    assert!(
        bed.files().is_empty(),
        "after {failure} {failure:?} {}",
        bed.server.log()
    );
    failure
}

#[tokio::test]
async fn a_wrong_password_is_named_at_every_kind_of_server() {
    if !super::runs_here() {
        return;
    }
    for (kind, code) in [
        (Kind::VsftpdExplicit, "ftp-password-refused"),
        (Kind::ProftpdImplicit, "ftp-password-refused"),
        (Kind::PureFtpd, "ftp-password-refused"),
        (Kind::ProftpdSftp, "sftp-password-refused"),
        (Kind::SshdPassword, "sftp-password-refused"),
        (Kind::SshdQuestions, "sftp-password-refused"),
    ] {
        let bed = Bed::new(kind);
        bed.secret(name::UPLOAD, "not-the-password");
        let failure = refused(&bed).await;
        assert_eq!(failure.code, code, "{kind:?} {failure}");
        assert_eq!(failure.class, Class::Credentials);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    if !super::runs_here() {
        return;
    }
    for (kind, codes) in [
        (Kind::VsftpdExplicit, ["ftp-host-not-found", "ftp-refused"]),
        (Kind::VsftpdImplicit, ["ftp-host-not-found", "ftp-refused"]),
        (Kind::SshdPassword, ["sftp-host-not-found", "sftp-refused"]),
    ] {
        let mut bed = Bed::new(kind);
        bed.settings.shop.upload.host = "nowhere.invalid".to_owned();
        let failure = refused(&bed).await;
        assert_eq!(failure.code, codes[0]);
        assert!(failure.connection);
        bed.settings.shop.upload.host = "127.0.0.1".to_owned();
        bed.settings.shop.upload.port = 9;
        let failure = refused(&bed).await;
        assert_eq!(failure.code, codes[1]);
        assert!(
            failure.connection && failure.text.en.contains("port 9"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn the_wrong_protocol_for_the_port_is_named_each_way_and_no_password_is_sent() {
    if !super::runs_here() {
        return;
    }
    use UploadProtocol::{Ftp, Ftps, FtpsImplicit, Sftp};
    const MISMATCH: &str = "upload-protocol-mismatch";
    for (kind, asked, code, speaks) in [
        (Kind::VsftpdPlain, Ftps, "ftps-not-offered", ""),
        (Kind::VsftpdPlain, FtpsImplicit, MISMATCH, "speaks FTP,"),
        (Kind::VsftpdPlain, Sftp, MISMATCH, "speaks FTP,"),
        (Kind::VsftpdExplicit, Ftp, "ftp-needs-tls", ""),
        (Kind::VsftpdExplicit, FtpsImplicit, MISMATCH, "speaks FTP,"),
        (Kind::VsftpdExplicit, Sftp, MISMATCH, "speaks FTP,"),
        (
            Kind::VsftpdImplicit,
            Ftp,
            MISMATCH,
            "speaks FTPS (implicit)",
        ),
        (
            Kind::VsftpdImplicit,
            Ftps,
            MISMATCH,
            "speaks FTPS (implicit)",
        ),
        (
            Kind::VsftpdImplicit,
            Sftp,
            MISMATCH,
            "speaks FTPS (implicit)",
        ),
        (Kind::ProftpdExplicit, Ftp, "ftp-needs-tls", ""),
        (Kind::PureFtpd, Ftp, "ftp-needs-tls", ""),
        (Kind::SshdPassword, Ftp, MISMATCH, "speaks SFTP"),
        (Kind::SshdPassword, Ftps, MISMATCH, "speaks SFTP"),
        (Kind::SshdPassword, FtpsImplicit, MISMATCH, "speaks SFTP"),
    ] {
        let mut bed = Bed::new(kind);
        bed.settings.shop.upload.protocol = asked;
        let failure = refused(&bed).await;
        assert_eq!(failure.code, code, "{kind:?} asked {asked:?}: {failure}");
        assert!(
            failure.text.en.contains(speaks),
            "{kind:?} asked {asked:?}: {failure}"
        );
        assert_eq!(failure.class, Class::Misconfigured);
        assert!(
            !bed.server.log().contains("PASS "),
            "{kind:?}: {}",
            bed.server.log()
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_key_file_is_named() {
    if !super::runs_here() {
        return;
    }
    let mut bed = Bed::new(Kind::SshdKey("ed25519"));
    let right = bed.settings.shop.upload.key_file.clone();
    let folder = bed.data.path().to_str().unwrap().to_owned();
    let (other, _) = host_key::make(bed.data.path(), "rsa", "").unwrap();
    for (file, code, class) in [
        (
            "/nowhere/id".to_owned(),
            "key-file-missing",
            Class::Misconfigured,
        ),
        (folder, "key-file-unreadable", Class::Misconfigured),
        (
            format!("{right}.pub"),
            "key-file-unfit",
            Class::Misconfigured,
        ),
        (
            other.to_str().unwrap().to_owned(),
            "sftp-key-refused",
            Class::Credentials,
        ),
    ] {
        bed.settings.shop.upload.key_file = file.clone();
        let failure = refused(&bed).await;
        assert_eq!(failure.code, code, "{file} {failure}");
        assert_eq!(failure.class, class);
        assert!(failure.text.en.contains(&file), "{failure}");
    }
    bed.settings.shop.upload.key_file = right;
    bed.secret(name::KEY_PASSPHRASE, "not-the-password");
    let failure = refused(&bed).await;
    assert_eq!(failure.code, "key-passphrase-wrong", "{failure}");
    use winkelbrug::profile::Secrets as _;
    bed.secrets.remove("demo", name::KEY_PASSPHRASE).unwrap();
    let failure = refused(&bed).await;
    assert_eq!(failure.code, "key-passphrase-missing");

    // A server for keys alone, asked with a password.
    bed.settings.shop.upload.key_file = String::new();
    assert_eq!(refused(&bed).await.code, "sftp-password-not-taken");
    // And the other way round.
    let mut bed = Bed::new(Kind::SshdQuestions);
    bed.settings.shop.upload.key_file = other.to_str().unwrap().to_owned();
    let code = refused(&bed).await.code;
    assert!(
        code == "key-file-missing" || code.starts_with("sftp-key-"),
        "{code}"
    );
}

#[tokio::test]
async fn a_folder_that_is_missing_full_or_closed_is_named() {
    if !super::runs_here() {
        return;
    }
    for (kind, server) in [
        (Kind::VsftpdExplicit, "ftp"),
        (Kind::ProftpdExplicit, "ftp"),
        (Kind::ProftpdSftp, "sftp"),
        (Kind::SshdPassword, "sftp"),
    ] {
        let mut bed = Bed::new(kind);
        bed.settings.shop.upload.folder = "nowhere".to_owned();
        let failure = refused(&bed).await;
        assert_eq!(
            failure.code,
            format!("{server}-folder-missing"),
            "{kind:?} {failure}"
        );
        assert!(failure.text.en.contains("nowhere"));

        bed.settings.shop.upload.folder = "public_html".to_owned();
        std::os::unix::fs::chown(bed.shop.folder(), Some(0), Some(0)).unwrap();
        let failure = refused(&bed).await;
        assert_eq!(
            failure.code,
            format!("{server}-no-write-right"),
            "{kind:?} {failure}"
        );
        drop(bed);

        let full = With {
            full: true,
            ..With::default()
        };
        let failure = refused(&Bed::with(kind, full)).await;
        assert_eq!(
            failure.code,
            format!("{server}-disk-full"),
            "{kind:?} {failure}"
        );
    }
}

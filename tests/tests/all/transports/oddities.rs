//! Servers that lack what others have, or stand behind a router.

use std::os::unix::ffi::OsStrExt;

use testbed::servers::{FileServer, FtpOptions, SshLogin, SshdOptions, Vsftpd};
use winkelbrug::{
    profile::{
        Secret,
        settings::{Upload, UploadProtocol},
    },
    shop::{
        deploy::transport::{self, Access, Transport},
        keys::Known,
    },
};

/// A file goes there and back, whatever else the server cannot do.
async fn there_and_back(transport: &mut dyn Transport) {
    assert!(!transport.exists("new.php").await.unwrap());
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    transport.put("new.php", &bytes).await.unwrap();
    assert!(transport.exists("new.php").await.unwrap());
    let size = transport.size("new.php").await.unwrap();
    assert!(size.is_none_or(|size| size == bytes.len() as u64));
    assert_eq!(transport.get("new.php").await.unwrap(), bytes);
    transport.delete("new.php").await.unwrap();
    transport.delete("new.php").await.unwrap();
    assert!(!transport.exists("new.php").await.unwrap());
}

async fn at_vsftpd(configuration: &str) -> Vec<String> {
    let root = testbed::servers::throw_away_folder("odd").unwrap();
    let latin = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    std::fs::write(root.path().join(latin), "x").unwrap();
    std::fs::create_dir(root.path().join("met spatie")).unwrap();
    let options = FtpOptions {
        configuration: configuration.to_owned(),
        ..FtpOptions::default()
    };
    let server = Vsftpd::start(root.path(), &options).unwrap();
    let upload = Upload {
        host: "127.0.0.1".to_owned(),
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
    there_and_back(transport.as_mut()).await;
    let found = transport.list_in("").await.unwrap();
    let spaced = found
        .iter()
        .find(|entry| entry.name == "met spatie")
        .unwrap();
    assert!(spaced.is_folder != Some(false));
    assert!(transport.list_in("met spatie").await.unwrap().is_empty());
    transport.close().await;
    found.into_iter().map(|entry| entry.name).collect()
}

#[tokio::test]
async fn a_server_behind_a_router_that_tells_its_inner_address_is_reached() {
    if !super::runs_here() {
        return;
    }
    at_vsftpd("pasv_address=192.0.2.9\n").await;
}

#[tokio::test]
async fn servers_without_one_command_or_another_do() {
    if !super::runs_here() {
        return;
    }
    at_vsftpd("cmds_denied=SIZE,MLSD,MLST,FEAT\n").await;
    at_vsftpd("cmds_denied=PASV\n").await;
    at_vsftpd("cmds_denied=EPSV,PWD\n").await;
}

#[tokio::test]
async fn names_that_are_no_utf_8_do_not_stop_a_listing() {
    if !super::runs_here() {
        return;
    }
    let names = at_vsftpd("").await;
    assert!(
        names.iter().any(|name| name.starts_with("caf")),
        "{names:?}"
    );
}

#[tokio::test]
async fn an_account_shut_into_its_own_folder_is_served_by_sftp() {
    if !super::runs_here() {
        return;
    }
    // Every folder above a jail must belong to root alone, which those of the test bed do not.
    let jail = tempfile::Builder::new()
        .prefix("winkelbrug-jail-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir_in("/run")
        .unwrap();
    let site = jail.path().join("site");
    std::fs::create_dir(&site).unwrap();
    let options = SshdOptions {
        jail: Some(jail.path().to_owned()),
        ..SshdOptions::of(SshLogin::Password)
    };
    let server = FileServer::sshd(&site, &options).unwrap();
    let upload = Upload {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        user: server.user().to_owned(),
        protocol: UploadProtocol::Sftp,
        ..Upload::default()
    };
    let access = Access {
        password: Some(Secret::new(server.password())),
        known: Known::named(&server.fingerprints()[0]),
        ..Access::default()
    };
    let mut transport = transport::open(&upload, &access, "site").await.unwrap();
    there_and_back(transport.as_mut()).await;
    let found = transport.list_in("").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].name.as_str(), found[0].is_folder),
        ("site", Some(true))
    );
    transport.close().await;
}

//! The whole life of a file at each kind of server.

use winkelbrug::shop::deploy::{Outcome, transport};

use super::bed::{Bed, Kind};

async fn whole_life(kind: Kind) {
    let mut bed = Bed::new(kind);
    let before = bed.tree();
    let placed = bed.deploy().await;
    let placed = placed.unwrap_or_else(|failure| panic!("{failure:?}\n{}", bed.server.log()));
    assert_eq!(placed.outcome, Outcome::Placed);
    assert!(bed.answers().await);
    let after = bed.tree();
    assert_eq!(after.len(), before.len() + 1);

    let again = bed.deploy().await.unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(bed.tree(), after, "a second deploy changes nothing");

    // An upgrade: more transfers over one connection than any other step.
    bed.settings.shop.table_prefix = "oc_".to_owned();
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    assert_eq!(bed.files().len(), 1);
    assert!(bed.answers().await);

    let withdrawn = bed.withdraw().await.unwrap();
    assert_eq!(withdrawn.outcome, Outcome::Withdrawn, "{withdrawn:?}");
    assert_eq!(bed.tree(), before, "byte for byte as before");
    looks_around(&bed).await;
}

/// Folders beside the shop's are seen, whatever the server's way of listing.
async fn looks_around(bed: &Bed) {
    let upload = &bed.settings.shop.upload;
    let access = bed.side().access().unwrap();
    let mut transport = transport::open(upload, &access, &upload.folder)
        .await
        .unwrap();
    let here = transport.list_in("").await.unwrap();
    let found = here
        .iter()
        .find(|entry| entry.name == upload.folder)
        .unwrap();
    assert_eq!(found.is_folder, Some(true), "{here:?}");
    let inside = transport.list_in(&upload.folder).await.unwrap();
    let told = |name: &str| {
        let found = inside.iter().find(|entry| entry.name == name);
        found
            .unwrap_or_else(|| panic!("{name}: {inside:?}"))
            .is_folder
    };
    assert_eq!(told("config.php"), Some(false));
    assert_eq!(told("catalog"), Some(true));
    let mut names = transport.list().await.unwrap();
    let mut same: Vec<String> = inside.into_iter().map(|entry| entry.name).collect();
    names.sort();
    same.sort();
    assert_eq!(names, same);
    transport.close().await;
}

#[tokio::test]
async fn plain_ftp_at_vsftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::VsftpdPlain).await;
}

#[tokio::test]
async fn explicit_ftps_at_vsftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::VsftpdExplicit).await;
}

#[tokio::test]
async fn explicit_ftps_at_vsftpd_that_wants_the_session_resumed() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::VsftpdReuse).await;
}

#[tokio::test]
async fn implicit_ftps_at_vsftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::VsftpdImplicit).await;
}

#[tokio::test]
async fn explicit_ftps_at_proftpd_that_wants_the_session_resumed() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::ProftpdExplicit).await;
}

#[tokio::test]
async fn implicit_ftps_at_proftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::ProftpdImplicit).await;
}

#[tokio::test]
async fn ftps_at_pure_ftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::PureFtpd).await;
}

#[tokio::test]
async fn servers_that_admit_tls_1_3_alone_are_reached_also_where_the_session_must_be_resumed() {
    if !super::runs_here() {
        return;
    }
    for kind in [
        Kind::VsftpdNewest,
        Kind::VsftpdNewestImplicit,
        Kind::ProftpdNewest,
        Kind::PureFtpdNewest,
    ] {
        whole_life(kind).await;
    }
}

#[tokio::test]
async fn sftp_at_proftpd() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::ProftpdSftp).await;
}

#[tokio::test]
async fn sftp_at_openssh_by_password() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::SshdPassword).await;
}

#[tokio::test]
async fn sftp_at_openssh_by_questions() {
    if !super::runs_here() {
        return;
    }
    whole_life(Kind::SshdQuestions).await;
}

#[tokio::test]
async fn sftp_at_openssh_by_each_kind_of_key_with_a_passphrase() {
    if !super::runs_here() {
        return;
    }
    for form in ["ed25519", "ecdsa", "rsa"] {
        whole_life(Kind::SshdKey(form)).await;
    }
}

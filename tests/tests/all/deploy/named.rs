//! What is wrong is named, and what is weaker is said.

use testbed::{
    opencart::ShopOptions,
    servers::{FtpOptions, PhpOptions},
};
use winkelbrug::{
    failure::{Class, Failure},
    profile::{Secret, Secrets as _, secrets},
    shop::deploy::{self, Outcome},
};

use super::bed::Bed;

async fn refused(change: impl FnOnce(&mut Bed)) -> (Failure, Bed) {
    let mut bed = Bed::new();
    change(&mut bed);
    let failure = bed.deploy().await.unwrap_err();
    assert!(bed.files().is_empty(), "nothing stays after {failure}");
    assert_eq!(bed.keys(), 0);
    (failure, bed)
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_stays() {
    let (failure, _bed) = refused(|bed| {
        let wrong = Secret::new("wrong");
        let name = secrets::name::UPLOAD;
        bed.secrets().set("demo", name, &wrong).unwrap();
    })
    .await;
    assert_eq!(failure.code, "ftp-password-refused");
    assert_eq!(failure.class, Class::Credentials);

    let (failure, _bed) = refused(|bed| bed.settings.shop.upload.folder = "nowhere".into()).await;
    assert_eq!(failure.code, "ftp-folder-missing");

    let (failure, _bed) = refused(|bed| bed.settings.shop.upload.folder = "/".into()).await;
    assert_eq!(failure.code, "not-the-shop-folder");

    let (failure, _bed) = refused(|bed| bed.settings.shop.upload.port = 9).await;
    assert_eq!(failure.code, "ftp-refused");
    assert!(failure.connection);

    let (failure, _bed) =
        refused(|bed| bed.settings.shop.upload.host = "nowhere.invalid".into()).await;
    assert_eq!(failure.code, "ftp-host-not-found");

    let (failure, _bed) = refused(|bed| bed.settings.shop.time_zone = "'.system(1)".into()).await;
    assert_eq!(failure.code, "setting-unfit");

    let (failure, _bed) = refused(|bed| {
        // The address of another folder: the file is not found there.
        bed.settings.shop.url.push_str("elsewhere");
    })
    .await;
    assert_eq!(failure.code, "folder-not-of-url");
}

#[tokio::test]
async fn what_the_shop_itself_lacks_is_named_and_nothing_stays() {
    let (failure, _bed) = refused(|bed| bed.settings.shop.table_prefix = "zz_".into()).await;
    assert_eq!(failure.code, "table-prefix");
    assert_eq!(failure.class, Class::Misconfigured);

    let (failure, _bed) = refused(|bed| bed.shop.database().lock_out().unwrap()).await;
    assert_eq!(failure.code, "shop-database-refused");

    let (failure, _bed) = refused(|bed| {
        let config = bed.shop.folder().join("config.php");
        let text = std::fs::read_to_string(&config).unwrap();
        let port = bed.shop.database().server().port().to_string();
        std::fs::write(&config, text.replace(&port, "9")).unwrap();
    })
    .await;
    assert_eq!(failure.code, "shop-database-down");
    assert_eq!(failure.class, Class::Transient);
}

#[tokio::test]
async fn the_bridge_answers_only_to_the_addresses_it_was_given() {
    // Exact addresses and networks; never by what they begin with.
    let (failure, _bed) =
        refused(|bed| bed.settings.shop.allow_from = vec!["127.0.0.10".into()]).await;
    assert_eq!(failure.code, "bridge-refused");
    let mut bed = Bed::new();
    bed.settings.shop.allow_from = vec!["10.0.0.1".into(), "127.0.0.0/8".into()];
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
}

#[tokio::test]
async fn an_account_that_may_not_write_is_named() {
    let bed = Bed::with(ShopOptions {
        ftp: FtpOptions {
            read_only: true,
            ..FtpOptions::default()
        },
        ..ShopOptions::default()
    });
    let failure = bed.deploy().await.unwrap_err();
    assert_eq!(failure.code, "ftp-no-write-right");
}

#[tokio::test]
async fn without_openssl_the_weaker_variant_is_placed_and_said_so() {
    let bed = Bed::new();
    bed.shop
        .restart_web(&PhpOptions::default().ini("disable_functions", "openssl_verify"))
        .unwrap();
    let report = bed.deploy().await.unwrap();
    assert_eq!(report.outcome, Outcome::Placed);
    assert_eq!(bed.active().unwrap().variant, "hmac");
    assert_eq!(bed.files().len(), 1);
    let said = report
        .steps
        .iter()
        .any(|step| step.hint.en.contains("openssl"));
    assert!(said);
    assert!(bed.answers().await);
}

#[tokio::test]
async fn the_test_of_the_connection_says_what_it_found() {
    let bed = Bed::new();
    let secrets = bed.secrets();
    let before = deploy::check(&bed.side(&secrets)).await;
    let failed: Vec<_> = before.iter().filter(|step| !step.ok).collect();
    assert_eq!(failed[0].code.as_deref(), Some("not-deployed"));
    bed.deploy().await.unwrap();
    let after = deploy::check(&bed.side(&secrets)).await;
    assert!(after.iter().all(|step| step.ok), "{after:?}");
    assert!(bed.files().len() == 1);
}

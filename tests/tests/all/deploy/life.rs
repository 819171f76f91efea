//! The life of the bridge's file on a real vsftpd and PHP: placed, proven, replaced, withdrawn.

use testbed::servers::PhpOptions;
use winkelbrug::shop::deploy::{self, Outcome, Why, template::Templates, uploads::State};

use super::bed::{BRIDGE, Bed, only};

#[tokio::test]
async fn a_file_is_placed_proven_and_withdrawn_without_a_trace() {
    let bed = Bed::new();
    let report = bed.deploy().await.unwrap();
    assert_eq!(report.outcome, Outcome::Placed);
    let files = bed.files();
    assert_eq!(files.len(), 1);
    let (random, php) = files[0]["winkelbrug-".len()..].split_at(16);
    assert!(random.bytes().all(|b| b.is_ascii_hexdigit()) && php == ".php");
    let active = bed.active().unwrap();
    assert_eq!(active.state, State::Active);
    assert_eq!(active.variant, "ecdsa");
    let content = std::fs::read_to_string(bed.shop.folder().join(&files[0])).unwrap();
    assert!(!content.contains("{{BRIDGE_ID"));
    let secret = bed.secrets().all()[&format!("bridge:{}", active.bridge_id)].clone();
    let secret: serde_json::Value = serde_json::from_str(&secret).unwrap();
    assert!(
        !content.contains(secret["request"].as_str().unwrap()),
        "the private key stays on this computer"
    );
    assert!(bed.answers().await);
    assert!(bed.has_table());

    let report = bed.withdraw().await.unwrap();
    assert_eq!(report.outcome, Outcome::Withdrawn, "{report:?}");
    assert!(bed.files().is_empty());
    assert!(!bed.has_table());
    assert_eq!(bed.keys(), 0);
    assert!(bed.active().is_none());
    let again = bed.withdraw().await.unwrap();
    assert_eq!(again.outcome, Outcome::Withdrawn);
}

#[tokio::test]
async fn a_second_deploy_with_nothing_new_changes_nothing() {
    let bed = Bed::new();
    bed.deploy().await.unwrap();
    let (before, files) = (bed.active(), bed.files());
    let report = bed.deploy().await.unwrap();
    assert_eq!(report.outcome, Outcome::Unchanged);
    assert_eq!((bed.active(), bed.files()), (before, files));
}

#[tokio::test]
async fn new_settings_a_new_program_or_a_near_end_date_place_a_new_file_and_remove_the_old() {
    let mut bed = Bed::new();
    bed.templates = only(&BRIDGE.replace("'0.1.0'", "'0.0.9'"));
    bed.deploy().await.unwrap();
    let first = bed.active().unwrap();

    bed.settings.shop.table_prefix = "oc_".into();
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    let second = bed.active().unwrap();
    assert_ne!(
        first.key_id, second.key_id,
        "a key of its own for each upload"
    );

    bed.templates = Templates::embedded().unwrap();
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    let third = bed.active().unwrap();

    let secrets = bed.secrets();
    assert!(!bed.side(&secrets).renewal_due().unwrap());
    let in_ten_days = bed.clock.now().as_second() + 10 * 24 * 3600;
    bed.journal
        .with(|connection| {
            connection.execute(
                "UPDATE bridge_uploads SET end_date = ?1 WHERE state = 'active'",
                [in_ten_days],
            )
        })
        .unwrap();
    let renewed = deploy::renew_when_due(&bed.side(&secrets)).await.unwrap();
    assert_eq!(renewed.unwrap().outcome, Outcome::Placed);
    let fourth = bed.active().unwrap();
    assert_ne!(third.key_id, fourth.key_id);
    let again = deploy::renew_when_due(&bed.side(&secrets)).await.unwrap();
    assert!(again.is_none());

    assert_eq!(bed.files().len(), 1);
    assert!(bed.files()[0].contains(&fourth.path[fourth.path.len() - 20..]));
    assert_eq!(bed.keys(), 1);
    assert!(bed.answers().await);
}

#[tokio::test]
async fn a_newer_program_brings_its_file_by_itself_and_without_a_gap() {
    let mut bed = Bed::new();
    bed.templates = only(&BRIDGE.replace("'0.1.0'", "'0.0.9'"));
    bed.deploy().await.unwrap();
    let before = bed.active().unwrap();
    let secrets = bed.secrets();
    assert!(bed.side(&secrets).renewal_due().unwrap());
    let renewed = deploy::renew_when_due(&bed.side(&secrets)).await.unwrap();
    assert_eq!(renewed.unwrap().outcome, Outcome::Placed);
    let after = bed.active().unwrap();
    assert_eq!(
        (before.version.as_str(), after.version.as_str()),
        ("0.0.9", "0.1.0")
    );
    assert!(bed.answers().await);
    assert!(!bed.side(&secrets).renewal_due().unwrap());
    assert_eq!(bed.files().len(), 1);
}

#[tokio::test]
async fn a_file_that_was_deleted_or_changed_by_others_is_replaced() {
    let bed = Bed::new();
    bed.deploy().await.unwrap();
    std::fs::remove_file(bed.shop.folder().join(&bed.files()[0])).unwrap();
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);

    let file = bed.shop.folder().join(&bed.files()[0]);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text + "// something more\n").unwrap();
    let secrets = bed.secrets();
    let failure = bed
        .side(&secrets)
        .open()
        .unwrap()
        .hello_checked()
        .await
        .unwrap_err();
    assert_eq!(failure.code, "bridge-changed");
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    assert!(bed.answers().await);
}

#[tokio::test]
async fn a_newer_file_is_not_replaced_by_an_older_program() {
    let mut bed = Bed::new();
    bed.templates = only(&BRIDGE.replace("'0.1.0'", "'0.10.0'"));
    bed.deploy().await.unwrap();
    let files = bed.files();
    bed.templates = Templates::embedded().unwrap();
    let failure = bed.deploy().await.unwrap_err();
    assert_eq!(failure.code, "bridge-newer");
    assert_eq!(bed.files(), files);
}

#[tokio::test]
async fn a_renewal_is_only_for_the_shop_that_was_proven_before() {
    let mut bed = Bed::new();
    bed.deploy().await.unwrap();
    let config = bed.shop.folder().join("config.php");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(
        &config,
        text.replace("http://127.0.0.1", "http://127.0.0.2"),
    )
    .unwrap();
    bed.settings.shop.table_prefix = "oc_".into();
    let (secrets, before) = (bed.secrets(), bed.active());
    let renewal = deploy::deploy(&bed.side(&secrets), &bed.templates, Why::Renewal).await;
    assert_eq!(renewal.unwrap_err().code, "shop-changed");
    assert_eq!(bed.active(), before);
    assert_eq!(bed.files().len(), 1);
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
}

#[tokio::test]
async fn a_file_that_cannot_be_removed_is_named_by_its_path_and_removed_later() {
    let mut bed = Bed::new();
    bed.deploy().await.unwrap();
    let path = bed.active().unwrap().path;
    let port = bed.settings.shop.upload.port;
    bed.settings.shop.upload.port = 9;
    bed.shop.stop_web();
    let report = bed.withdraw().await.unwrap();
    assert_eq!(report.outcome, Outcome::Left);
    assert_eq!(report.left, [path]);

    bed.settings.shop.upload.port = port;
    bed.shop.restart_web(&PhpOptions::default()).unwrap();
    let report = bed.withdraw().await.unwrap();
    assert!(report.left.is_empty());
    assert!(bed.files().is_empty());
    assert_eq!(bed.keys(), 0);
}

//! The life of the bridge's file on a real vsftpd and PHP: placed, proven, replaced, withdrawn,
//! and what is left when any of it is cut short.
use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc};

use testbed::{
    opencart::{OpenCartShop, ShopOptions, WEB_FOLDER},
    servers::{FtpOptions, PhpOptions},
};
use winkelbrug::{
    clock::{SharedClock, SystemClock},
    failure::{Class, Failure, Result},
    journal::Journal,
    profile::{DataDir, Secret, Secrets, Settings, secrets},
    shop::deploy::{
        self, Outcome, Report, Side, Why,
        platform::Platform,
        template::{Template, Templates},
        uploads::{self, State},
    },
};

/// That file for OpenCart, and none for others.
fn only(text: &str) -> Templates {
    Templates::of(Platform::OpenCart, Template::new(text).unwrap())
}

const BRIDGE: &str = include_str!("../../../bridge-php/dist/opencart.php");

/// Secrets in a file, so that they outlive a killed process.
struct FileSecrets(std::path::PathBuf);

impl FileSecrets {
    fn all(&self) -> BTreeMap<String, String> {
        std::fs::read(&self.0)
            .map(|bytes| serde_json::from_slice(&bytes).unwrap())
            .unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut all = self.all();
        change(&mut all);
        std::fs::write(&self.0, serde_json::to_vec(&all).unwrap()).unwrap();
    }
}

impl Secrets for FileSecrets {
    fn get(&self, _profile: &str, name: &str) -> Result<Option<Secret>> {
        Ok(self.all().get(name).map(Secret::new))
    }

    fn set(&self, _profile: &str, name: &str, secret: &Secret) -> Result<()> {
        self.change(|all| {
            all.insert(name.to_owned(), secret.expose().to_owned());
        });
        Ok(())
    }

    fn remove(&self, _profile: &str, name: &str) -> Result<()> {
        self.change(|all| {
            all.remove(name);
        });
        Ok(())
    }
}

/// A shop and an agent's data for it.
struct Bed {
    shop: OpenCartShop,
    data: tempfile::TempDir,
    settings: Settings,
    templates: Templates,
    journal: Journal,
    clock: SharedClock,
}

impl Bed {
    fn new() -> Self {
        Self::with(ShopOptions::default())
    }

    fn with(options: ShopOptions) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shop = OpenCartShop::empty(options).unwrap();
        let data = tempfile::tempdir().unwrap();
        let ftp = shop.ftp().unwrap();
        let toml = format!(
            "format = 1\nname = \"demo\"\n[shop]\nurl = \"{}\"\n[shop.upload]\nprotocol = \"ftp\"\n\
             host = \"127.0.0.1\"\nport = {}\nuser = \"{}\"\nfolder = \"{WEB_FOLDER}\"\n\
             [administration]\nkind = \"trial\"\n",
            shop.url(),
            ftp.port(),
            ftp.user(),
        );
        std::fs::write(data.path().join("profile.toml"), &toml).unwrap();
        std::fs::write(data.path().join("template.php"), BRIDGE).unwrap();
        let bed = Self {
            settings: toml::from_str(&toml).unwrap(),
            templates: Templates::embedded().unwrap(),
            journal: Journal::open(data.path()).unwrap(),
            clock: Arc::new(SystemClock),
            shop,
            data,
        };
        let password = Secret::new(bed.shop.ftp().unwrap().password());
        bed.secrets()
            .set("demo", secrets::name::UPLOAD, &password)
            .unwrap();
        bed
    }

    fn secrets(&self) -> FileSecrets {
        FileSecrets(self.data.path().join("secrets.json"))
    }

    async fn deploy(&self) -> Result<Report> {
        let secrets = self.secrets();
        deploy::deploy(&self.side(&secrets), &self.templates, Why::Asked).await
    }

    async fn withdraw(&self) -> Result<Report> {
        let secrets = self.secrets();
        deploy::withdraw(&self.side(&secrets)).await
    }

    fn side<'a>(&'a self, secrets: &'a FileSecrets) -> Side<'a> {
        Side {
            settings: &self.settings,
            secrets,
            journal: &self.journal,
            clock: self.clock.clone(),
        }
    }

    /// Bridge files in the shop's folder.
    fn files(&self) -> Vec<String> {
        bridge_files(&self.shop.folder())
    }

    /// Does the shop's database hold the bridge's table?
    fn has_table(&self) -> bool {
        let found = self
            .shop
            .database()
            .query("SHOW TABLES LIKE '%winkelbrug%'");
        !found.unwrap().is_empty()
    }

    /// Bridge keys on this computer.
    fn keys(&self) -> usize {
        let all = self.secrets().all();
        all.keys()
            .filter(|name| name.starts_with("bridge:"))
            .count()
    }

    fn active(&self) -> Option<uploads::Upload> {
        uploads::active(&self.journal, "demo").unwrap()
    }

    async fn answers(&self) -> bool {
        let secrets = self.secrets();
        let shop = self.side(&secrets).open().unwrap();
        shop.hello_checked().await.is_ok()
    }
}

fn bridge_files(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect()
}

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

/// Runs only as a process of its own, started by the test below.
#[tokio::test]
async fn child_that_deploys_or_withdraws() {
    let Some(folder) = std::env::var_os("WINKELBRUG_TEST_CHILD") else {
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = DataDir::new(folder);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let settings: Settings = toml::from_str(&read("profile.toml")).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let secrets = FileSecrets(folder.path().join("secrets.json"));
    let side = Side {
        settings: &settings,
        secrets: &secrets,
        journal: &journal,
        clock: Arc::new(SystemClock),
    };
    if std::env::var_os("WINKELBRUG_TEST_WITHDRAW").is_some() {
        deploy::withdraw(&side).await.unwrap();
    } else {
        let templates = only(&read("template.php"));
        deploy::deploy(&side, &templates, Why::Asked).await.unwrap();
    }
}

fn child(bed: &Bed, withdraw: bool, fault: Option<&str>) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "deploy::child_that_deploys_or_withdraws"])
        .env("WINKELBRUG_TEST_CHILD", bed.data.path());
    if withdraw {
        command.env("WINKELBRUG_TEST_WITHDRAW", "1");
    }
    if let Some(fault) = fault {
        command.env("WINKELBRUG_FAULT", format!("{fault}:1"));
    }
    command.output().unwrap().status.success()
}

#[tokio::test]
async fn killed_between_any_two_steps_the_next_deploy_mends_everything() {
    let bed = Bed::new();
    // A file in use, so that every step has something to break.
    assert!(child(&bed, false, None));
    let steps = [
        "probe:intended",
        "probe:put",
        "probe:deleted",
        "deploy:intended",
        "deploy:keys",
        "deploy:put",
        "deploy:read-back",
        "deploy:uploaded",
        "deploy:proven",
        "deploy:switched",
        "clear:deleted",
        "clear:keys",
        "clear:gone",
    ];
    for (number, step) in steps.iter().enumerate() {
        let text = BRIDGE.replace("'0.1.0'", &format!("'0.1.{}'", number + 1));
        std::fs::write(bed.data.path().join("template.php"), text).unwrap();
        assert!(!child(&bed, false, Some(step)), "{step} was not passed");
        assert!(bed.answers().await, "after {step} a proven file is in use");
        assert!(child(&bed, false, None), "deploy after {step}");
        assert_eq!(bed.files().len(), 1, "after {step}");
        assert_eq!(bed.keys(), 1, "after {step}");
        assert!(bed.answers().await, "after {step}");
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_the_next_withdrawal_leaves_nothing() {
    let steps = [
        "withdraw:removed",
        "withdraw:retired",
        "clear:deleted",
        "clear:keys",
        "clear:gone",
    ];
    let bed = Bed::new();
    for step in steps {
        assert!(child(&bed, false, None));
        assert!(!child(&bed, true, Some(step)), "{step} was not passed");
        assert!(child(&bed, true, None));
        assert!(bed.files().is_empty(), "after {step}");
        assert!(!bed.has_table(), "after {step}");
        assert_eq!(bed.keys(), 0, "after {step}");
        assert!(bed.active().is_none());
    }
}

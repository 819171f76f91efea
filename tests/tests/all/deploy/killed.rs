//! Killed between any two steps, the next one mends everything.

use std::{process::Command, sync::Arc};

use winkelbrug::{
    clock::SystemClock,
    journal::Journal,
    profile::{DataDir, Settings},
    shop::deploy::{self, Side, Why},
};

use super::bed::{BRIDGE, Bed, FileSecrets, only};

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
        .args(["--exact", "deploy::killed::child_that_deploys_or_withdraws"])
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

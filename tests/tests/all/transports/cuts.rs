//! The connection is cut at every command of an upload, an upgrade and a withdrawal: the file in
//! use answers all along, and the next run leaves no stray file.

use testbed::servers::CutRelay;
use winkelbrug::shop::deploy::{
    Outcome,
    platform::Platform,
    template::{Template, Templates},
};

use super::bed::{BRIDGE, Bed, Kind};

/// Where the connection is cut.
#[derive(Clone, Copy)]
enum Step {
    /// Before each message of the client: an FTP command each.
    Message,
    /// After so many bytes more each time: SFTP's commands cannot be told apart from outside.
    Bytes(u64),
}

fn cut(relay: &CutRelay, step: Step, number: u64) {
    match step {
        Step::Message => relay.cut_after_messages(number),
        Step::Bytes(size) => relay.cut_after_bytes(number * size),
    }
}

fn through_relay(bed: &mut Bed) -> CutRelay {
    let relay = CutRelay::start(bed.server.port()).unwrap();
    bed.settings.shop.upload.port = relay.port();
    relay
}

/// The bridge of another version, so that there is something to upgrade.
fn next_version(bed: &mut Bed, number: &mut u64) {
    *number += 1;
    let text = BRIDGE.replace("'0.1.0'", &format!("'0.1.{number}'"));
    bed.templates = Templates::of(Platform::OpenCart, Template::new(text).unwrap());
}

async fn upgrades(kind: Kind, step: Step) {
    let mut bed = Bed::new(kind);
    let relay = through_relay(&mut bed);
    bed.deploy().await.unwrap();
    let (mut version, mut whole) = (0, 0);
    for number in 1.. {
        next_version(&mut bed, &mut version);
        cut(&relay, step, number);
        let outcome = bed.deploy().await;
        relay.heal();
        assert!(bed.answers().await, "old or new works after cut {number}");
        let done = outcome.is_ok_and(|report| report.left.is_empty());
        bed.deploy().await.unwrap();
        assert_eq!(bed.files().len(), 1, "after cut {number}");
        assert!(bed.answers().await);
        if done {
            whole = number;
            break;
        }
    }
    assert!(whole > 10, "only {whole} cuts were tried");
}

async fn first_uploads(kind: Kind, step: Step) {
    let mut bed = Bed::new(kind);
    let relay = through_relay(&mut bed);
    let before = bed.tree();
    let mut whole = 0;
    for number in 1.. {
        cut(&relay, step, number);
        let outcome = bed.deploy().await;
        relay.heal();
        let done = outcome.is_ok_and(|report| report.left.is_empty());
        assert_eq!(bed.active().is_some(), done, "cut {number}");
        bed.deploy().await.unwrap();
        assert_eq!(bed.files().len(), 1, "after cut {number}");
        assert_eq!(bed.withdraw().await.unwrap().outcome, Outcome::Withdrawn);
        assert_eq!(bed.tree(), before, "after cut {number}");
        if done {
            whole = number;
            break;
        }
    }
    assert!(whole > 10, "only {whole} cuts were tried");
}

async fn withdrawals(kind: Kind, step: Step) {
    let mut bed = Bed::new(kind);
    let relay = through_relay(&mut bed);
    let before = bed.tree();
    for number in 1.. {
        bed.deploy().await.unwrap();
        cut(&relay, step, number);
        let outcome = bed.withdraw().await.unwrap().outcome;
        relay.heal();
        let again = bed.withdraw().await.unwrap();
        assert_eq!(
            again.outcome,
            Outcome::Withdrawn,
            "after cut {number}: {again:?}"
        );
        assert_eq!(bed.tree(), before, "after cut {number}");
        if outcome == Outcome::Withdrawn {
            assert!(number > 3, "only {number} cuts were tried");
            break;
        }
    }
}

#[tokio::test]
async fn ftps_cut_at_any_command_of_a_first_upload_leaves_no_stray_file() {
    if !super::runs_here() {
        return;
    }
    first_uploads(Kind::VsftpdExplicit, Step::Message).await;
}

#[tokio::test]
async fn ftps_cut_at_any_command_of_an_upgrade_leaves_the_old_or_the_new_file_at_work() {
    if !super::runs_here() {
        return;
    }
    upgrades(Kind::VsftpdExplicit, Step::Message).await;
}

#[tokio::test]
async fn ftps_cut_at_any_command_of_a_withdrawal_is_gone_on_with() {
    if !super::runs_here() {
        return;
    }
    withdrawals(Kind::VsftpdExplicit, Step::Message).await;
}

#[tokio::test]
async fn plain_ftp_cut_at_any_command_of_a_first_upload_leaves_no_stray_file() {
    if !super::runs_here() {
        return;
    }
    first_uploads(Kind::VsftpdPlain, Step::Message).await;
}

#[tokio::test]
async fn plain_ftp_cut_at_any_command_of_an_upgrade_leaves_the_old_or_the_new_file_at_work() {
    if !super::runs_here() {
        return;
    }
    upgrades(Kind::VsftpdPlain, Step::Message).await;
}

#[tokio::test]
async fn plain_ftp_cut_at_any_command_of_a_withdrawal_is_gone_on_with() {
    if !super::runs_here() {
        return;
    }
    withdrawals(Kind::VsftpdPlain, Step::Message).await;
}

/// Every few kilobytes with the large volumes; now and then without.
fn kilobytes() -> Step {
    let full = std::env::var_os("WINKELBRUG_FULL").is_some();
    Step::Bytes(if full { 5_000 } else { 15_000 })
}

#[tokio::test]
async fn sftp_cut_after_any_few_kilobytes_of_a_first_upload_leaves_no_stray_file() {
    if !super::runs_here() {
        return;
    }
    first_uploads(Kind::SshdKey("ed25519"), kilobytes()).await;
}

#[tokio::test]
async fn sftp_cut_after_any_few_kilobytes_of_an_upgrade_leaves_the_old_or_the_new_file_at_work() {
    if !super::runs_here() {
        return;
    }
    upgrades(Kind::SshdKey("ed25519"), kilobytes()).await;
}

#[tokio::test]
async fn sftp_cut_anywhere_in_a_withdrawal_is_gone_on_with() {
    if !super::runs_here() {
        return;
    }
    withdrawals(Kind::SshdKey("ed25519"), Step::Bytes(400)).await;
}

//! Folders with more in them than anybody looks through.

use std::time::{Duration, Instant};

use winkelbrug::shop::deploy::{Outcome, transport};

use super::bed::{Bed, Kind};

fn fill(folder: &std::path::Path, count: usize) {
    for number in 0..count {
        std::fs::File::create(folder.join(format!("a{number:06}"))).unwrap();
    }
}

#[tokio::test]
async fn a_server_that_cuts_long_listings_off_keeps_none_of_our_files() {
    if !super::runs_here() {
        return;
    }
    // pure-ftpd names ten thousand of a folder, and says no word in the listing on the rest.
    let bed = Bed::new(Kind::PureFtpd);
    fill(&bed.shop.folder(), 10_100);
    assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    assert_eq!(bed.files().len(), 1, "{:?}", bed.files());
    assert!(bed.answers().await);
    let withdrawn = bed.withdraw().await.unwrap();
    assert_eq!(withdrawn.outcome, Outcome::Withdrawn, "{withdrawn:?}");
    assert!(bed.files().is_empty(), "{:?}", bed.files());
}

#[tokio::test]
async fn a_folder_of_a_hundred_thousand_names_and_two_thousand_links_is_no_hindrance() {
    if !super::runs_here() {
        return;
    }
    for kind in [Kind::VsftpdPlain, Kind::SshdPassword] {
        let bed = Bed::new(kind);
        fill(&bed.shop.folder(), 100_000);
        for number in 0..2_000 {
            let link = bed.shop.folder().join(format!("link{number}"));
            std::os::unix::fs::symlink("catalog", link).unwrap();
        }
        let upload = &bed.settings.shop.upload;
        let access = bed.side().access().unwrap();
        let mut transport = transport::open(upload, &access, "").await.unwrap();
        let began = Instant::now();
        let found = transport.list_in(&upload.folder).await.unwrap();
        assert!(found.len() > 102_000, "{kind:?}: {}", found.len());
        assert!(began.elapsed() < Duration::from_secs(60), "{kind:?}");
        transport.close().await;
        assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
        assert_eq!(bed.files().len(), 1, "{kind:?}");
    }
}

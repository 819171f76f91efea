//! Uploads by every protocol to real servers: vsftpd, proftpd, pure-ftpd and OpenSSH.

mod bed;
mod cuts;
mod kinds;
mod oddities;
mod program;
mod refusals;
mod trust;

/// Accounts that are shut into their folders are root's to make. Where these servers must be there
/// (`CI=true`) a test that could not start them is no test.
fn runs_here() -> bool {
    if testbed::servers::is_root() {
        return true;
    }
    let must = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!must, "these tests want root");
    eprintln!("not run: only root can make the accounts of these servers");
    false
}

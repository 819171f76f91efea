//! Uploads by every protocol to real servers: vsftpd, proftpd, pure-ftpd and OpenSSH.

mod bed;
mod cuts;
mod kinds;
mod oddities;
mod program;
mod refusals;
mod secrets;
mod trust;

/// Accounts that are shut into their folders are root's to make.
fn runs_here() -> bool {
    testbed::servers::may_be_root()
}

//! Uploads by every protocol to real servers: vsftpd, proftpd, pure-ftpd and OpenSSH.

mod bed;
mod crowds;
mod cuts;
mod hostile;
mod kinds;
mod logins;
mod oddities;
mod program;
mod refusals;
mod secrets;
mod silence;
mod trust;

/// Accounts that are shut into their folders are root's to make.
fn runs_here() -> bool {
    testbed::servers::may_be_root()
}

//! `cargo demo`: a shop, an FTP server and a SnelStart stand-in on this machine, and the real
//! program between them, used as a newcomer would use it. Everything is checked on the way; the
//! demo fails when something is not as it should be.

mod look;
mod story;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut stay = false;
    for argument in std::env::args().skip(1) {
        if argument == "--stay" {
            stay = true;
        } else {
            eprintln!(
                "Usage: cargo demo [-- --stay]   (--stay leaves everything running to look around)"
            );
            return ExitCode::from(2);
        }
    }
    // Ctrl-C needs no handling: the servers' guards see this process end and clear everything away.
    match story::tell(stay) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demo stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

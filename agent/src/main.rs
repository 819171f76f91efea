//! The program `winkelbrug`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    winkelbrug::cli::main()
}

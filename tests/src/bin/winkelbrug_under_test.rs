//! The program itself, built with the places where a test may kill it (feature `fault-points` of
//! the agent). Cargo builds a package's programs before its tests, so this one is never stale.

fn main() -> std::process::ExitCode {
    winkelbrug::cli::main()
}

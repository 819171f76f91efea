//! Behind `cargo demo` and `cargo verify`: says what the machine lacks, installs it (Debian packages,
//! by name), then builds and runs the rest with the same cargo. No dependencies, so that it starts
//! at once on a fresh clone.

mod demo;
mod packages;
mod step;
mod verify;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

const USE: &str = "\
Usage: cargo demo [-- --stay]       a shop, its FTP server and a SnelStart stand-in, and Winkelbrug between them
       cargo verify [--full]        everything a contributor must pass (--full: large volumes too)";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|word| word != "--").collect();
    let result = match arguments.split_first() {
        Some((word, rest)) if word == "demo" => demo::run(&root(), rest),
        Some((word, rest)) if word == "verify" && rest.iter().all(|flag| flag == "--full") => {
            verify::run(&root(), !rest.is_empty())
        }
        _ => {
            eprintln!("{USE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

/// The repository, wherever in it cargo was called.
fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
}

//! `cargo verify`: everything a contributor must pass, quickest to fail first.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::{
    packages,
    step::{Steps, cargo, run as run_command},
};

/// Runs every step; with `full` the large volumes too.
///
/// # Errors
/// The first step that fails.
pub fn run(root: &Path, full: bool) -> Result<ExitCode, String> {
    let mut steps = Steps::new(root);
    steps.run("What the machine needs", || {
        packages::ensure(&[packages::DEMO, packages::TESTS])?;
        components(root)?;
        php_versions(&root.join("tests/php-versions"))
    })?;
    steps.cargo("Format", &["fmt", "--all", "--", "--check"])?;
    steps.run("PHP lint", || php_lint(&root.join("bridge-php")))?;
    steps.run("The bridge in dist/ is the one its sources build", || {
        bridge_is_built(root)
    })?;
    steps.run("PHP tests", || php_tests(root))?;
    steps.cargo(
        "Clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    steps.cargo("Build", &["build", "--workspace", "--bins"])?;
    steps.cargo(
        "Tests: unit, property, end to end",
        &["test", "--workspace", "--no-fail-fast"],
    )?;
    if full {
        large_volumes(root, &mut steps)?;
    }
    steps.close();
    Ok(ExitCode::SUCCESS)
}

/// PHP 5.6 to 8.5 compiled for Node, as the lock file names them; nothing to do when they are there.
fn php_versions(folder: &Path) -> Result<(), String> {
    let changed = |file: &str| {
        folder
            .join(file)
            .metadata()
            .and_then(|file| file.modified())
    };
    let installed = changed("node_modules/.package-lock.json");
    if matches!((installed, changed("package-lock.json")), (Ok(there), Ok(wanted)) if there >= wanted)
    {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.arg("ci").current_dir(folder);
    run_command(&mut npm)
}

/// rustfmt and clippy are not part of a minimal toolchain.
fn components(root: &Path) -> Result<(), String> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let there = cargo(root)
            .args([command, "--version"])
            .output()
            .is_ok_and(|output| output.status.success());
        if !there {
            run_command(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn php_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            files.extend(php_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "php") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn php_lint(folder: &Path) -> Result<(), String> {
    let files = php_files(folder)?;
    for file in &files {
        let output = Command::new("php")
            .args(["-d", "display_errors=1", "-d", "error_reporting=-1", "-l"])
            .arg(file)
            .output()
            .map_err(|error| format!("php: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || said.contains("Deprecated") {
            return Err(format!("{}:\n{said}", file.display()));
        }
    }
    println!("{} files", files.len());
    Ok(())
}

/// Builds it in memory and compares byte for byte.
fn bridge_is_built(root: &Path) -> Result<(), String> {
    run_command(
        Command::new("php")
            .current_dir(root)
            .args(["bridge-php/build.php", "--check"]),
    )
}

fn php_tests(root: &Path) -> Result<(), String> {
    run_command(
        Command::new("php")
            .current_dir(root)
            .arg("bridge-php/tests/run.php"),
    )
}

/// The tests that do more when `WINKELBRUG_FULL` is set; the others have just run.
const LARGE: [&str; 6] = [
    "bridge_orders",
    "little_room",
    "php_versions",
    "recognition_generated",
    "translate_generated",
    "transports::cuts",
];

fn large_volumes(root: &Path, steps: &mut Steps<'_>) -> Result<(), String> {
    steps.cargo(
        "Release build",
        &["build", "--release", "--workspace", "--bins"],
    )?;
    steps.run("Tests with large volumes", || {
        run_command(
            cargo(root)
                .env("WINKELBRUG_FULL", "1")
                .args([
                    "test",
                    "--release",
                    "-p",
                    "testbed",
                    "--test",
                    "all",
                    "--no-fail-fast",
                    "--",
                ])
                .args(LARGE),
        )
    })?;
    steps.cargo(
        "Benchmark",
        &["run", "--release", "-p", "testbed", "--bin", "benchmark"],
    )
}

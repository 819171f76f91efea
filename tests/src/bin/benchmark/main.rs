//! The figures of `docs/performance.md`, measured on this machine with real parts:
//! `cargo run --release -p testbed --bin benchmark` (`-- --quick` for a tenth of the volume).
//! Fails when a figure misses its aim.

mod books;
mod poll;
mod reading;

use std::process::ExitCode;

/// One figure with its aim.
pub struct Figure {
    /// What was measured.
    pub what: &'static str,
    /// What came out.
    pub measured: String,
    /// What it should be; empty when there is no aim.
    pub aim: &'static str,
    /// Is it?
    pub met: bool,
}

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub struct Volume {
    /// Orders where a thousand are asked for.
    pub orders: usize,
}

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let volume = Volume {
        orders: if quick { 100 } else { 1_000 },
    };
    if cfg!(debug_assertions) {
        println!("(an unoptimised build: times say little)");
    }
    let mut figures = Vec::new();
    for part in [poll::measure, reading::measure, books::measure] {
        match part(volume) {
            Ok(more) => figures.extend(more),
            Err(error) => {
                eprintln!("The benchmark stopped: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("| figure | measured | aim | |");
    println!("| --- | --- | --- | --- |");
    for figure in &figures {
        let met = match (figure.aim.is_empty(), figure.met) {
            (true, _) => "",
            (false, true) => "met",
            (false, false) => "MISSED",
        };
        println!(
            "| {} | {} | {} | {met} |",
            figure.what, figure.measured, figure.aim
        );
    }
    if figures.iter().all(|figure| figure.met) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

//! The figures of `docs/performance.md`, measured on this machine with real parts:
//! `cargo run --release -p testbed --bin benchmark`, with `-- poll`, `-- reading`, `-- books` or
//! `-- platforms` for one part (`--quick` for a tenth of the volume, `--platform magento` for one
//! platform's shops). Fails when a figure misses its aim.

mod books;
mod platforms;
mod poll;
mod reading;

use std::process::ExitCode;

/// One figure with its aim.
pub struct Figure {
    /// What was measured.
    pub what: String,
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

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// A poll that finds nothing.
    Poll,
    /// From the shop's database into the journal.
    Reading,
    /// Orders into the books.
    Books,
    /// Every platform's bridge against the database's own client.
    Platforms,
}

/// Figures, measured with real parts.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// Only this.
    part: Option<Part>,
    /// A tenth of the volume.
    #[arg(long)]
    quick: bool,
    /// Of `platforms`, only those whose file's name begins so, or whose name has this in it.
    #[arg(long)]
    platform: Option<String>,
    /// Of `platforms`, these numbers of orders instead.
    #[arg(long, value_delimiter = ',')]
    orders: Vec<usize>,
}

impl Arguments {
    fn measure(&self, part: Part) -> anyhow::Result<Vec<Figure>> {
        let volume = Volume {
            orders: if self.quick { 100 } else { 1_000 },
        };
        match part {
            Part::Poll => poll::measure(volume),
            Part::Reading => reading::measure(volume),
            Part::Books => books::measure(volume),
            Part::Platforms => platforms::measure(&self.numbers(), self.platform.as_deref()),
        }
    }

    fn numbers(&self) -> Vec<usize> {
        if !self.orders.is_empty() {
            return self.orders.clone();
        }
        let full = [1_000, 10_000, 100_000];
        full[..if self.quick { 2 } else { 3 }].to_vec()
    }
}

fn main() -> ExitCode {
    let arguments = <Arguments as clap::Parser>::parse();
    if cfg!(debug_assertions) {
        println!("(an unoptimised build: times say little)");
    }
    let all = [Part::Poll, Part::Reading, Part::Books, Part::Platforms];
    let mut figures = Vec::new();
    for part in all {
        if arguments.part.is_some_and(|only| only != part) {
            continue;
        }
        match arguments.measure(part) {
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

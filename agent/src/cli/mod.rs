//! The command line: one file a command, each asking the rooms below and showing what they say.

pub mod arguments;
pub mod ask;
pub mod exit;
pub mod log;
pub mod progress;
pub mod screen;
pub mod session;
pub mod table;
pub mod usage;
pub mod words;

mod background;
mod books;
mod cancel;
mod check;
mod cost_articles;
mod credit;
mod deploy;
mod file;
mod forget;
mod held;
mod hints;
mod keys;
mod link;
mod order;
mod orders;
mod plan;
mod planned;
mod profile;
mod question;
mod redirect;
mod retry;
mod run;
mod serve;
mod skip;
mod sold;
mod start;
mod status;
mod support_bundle;
mod watch;
mod withdraw;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::{CommandFactory, FromArgMatches, error::ErrorKind};

use self::{
    arguments::{Arguments, Command},
    exit::Exit,
    screen::Screen,
    session::Session,
};
use crate::{
    failure::{Failure, Result},
    text,
    text::Language,
};

/// Reads what was typed, does it, and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    leave_no_memory_behind();
    // Fails only when one is installed already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let language = language_typed(std::env::args());
    ask::questions_in(language);
    let command = words::in_language(Arguments::command(), language);
    let typed = usage::help_asked(std::env::args_os().collect());
    let matches = match command.try_get_matches_from(typed) {
        Ok(matches) => matches,
        Err(error) => return not_understood(&error, language).into(),
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error, language).into(),
    };
    let screen = Screen {
        language,
        json: arguments.global.json,
        folder: arguments.global.data_dir.as_deref().map(|folder| {
            // Once in the life of the program, for as long as it lives.
            &*Box::leak(hints::folder_typed(folder).into_boxed_str())
        }),
    };
    let ended = Session::new(screen, arguments.global.data_dir).and_then(|session| {
        let _log = log::begin(&session.data);
        runtime()?.block_on(obey(&session, arguments.command))
    });
    ended
        .unwrap_or_else(|failure| {
            tracing::warn!(%failure, "command failed");
            screen.failure(&failure);
            Exit::of(&failure)
        })
        .into()
}

/// Passwords and keys stand in memory: should the program die, the system writes none of it to a disk,
/// and no other program of the same user reads it. Where the kernel refuses, the program works as well.
#[cfg(target_os = "linux")]
fn leave_no_memory_behind() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Windows keeps no dump of a program that was not made to leave one.
#[cfg(not(target_os = "linux"))]
fn leave_no_memory_behind() {}

async fn obey(session: &Session, command: Option<Command>) -> Result<Exit> {
    let Some(command) = command else {
        return start::run(session).await;
    };
    match command {
        Command::Serve(arguments) => serve::run(session, &arguments).await,
        Command::Profile(arguments) => profile::run(session, arguments).await,
        Command::Check(arguments) => check::run(session, arguments).await,
        Command::Deploy(arguments) => deploy::run(session, arguments).await,
        Command::Withdraw(arguments) => withdraw::run(session, arguments).await,
        Command::Run(arguments) => run::run(session, arguments).await,
        Command::Orders(arguments) => orders::run(session, &arguments),
        Command::Order(arguments) => order::run(session, &arguments),
        Command::Retry(arguments) => retry::run(session, arguments).await,
        Command::Skip(arguments) => skip::run(session, arguments).await,
        Command::Link(arguments) => link::run(session, arguments).await,
        Command::Credit(arguments) => credit::run(session, arguments).await,
        Command::Cancel(arguments) => cancel::run(session, arguments).await,
        Command::Books(arguments) => books::run(session, &arguments).await,
        Command::Plan(arguments) => plan::run(session, arguments).await,
        Command::Status => status::run(session).await,
        Command::Watch => watch::run(session).await,
        Command::Forget(arguments) => forget::run(session, arguments).await,
        Command::SupportBundle(arguments) => support_bundle::run(session, &arguments),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::bug(
                "no-runtime",
                text!(
                    "Het programma kan niet starten.",
                    "The program cannot start."
                ),
            )
            .source(error)
        })
}

/// The language, looked for before anything is understood so that even wrong use is answered in
/// it: `--lang`, else `WINKELBRUG_LANG`, else Dutch.
fn language_typed(arguments: impl Iterator<Item = String>) -> Language {
    let mut arguments = arguments.skip(1);
    let mut typed = std::env::var("WINKELBRUG_LANG").ok();
    while let Some(argument) = arguments.next() {
        if argument == "--lang" {
            typed = arguments.next();
        } else if let Some(value) = argument.strip_prefix("--lang=") {
            typed = Some(value.to_owned());
        }
    }
    match typed.as_deref() {
        Some("en") => Language::English,
        _ => Language::Dutch,
    }
}

/// Help and version as asked; anything else is wrong use.
fn not_understood(error: &clap::Error, language: Language) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let help = error.render();
            let help = if io::stdout().is_terminal() {
                help.ansi().to_string()
            } else {
                help.to_string()
            };
            // A reader that hung up is no failure of ours.
            let _ = write!(io::stdout(), "{}", words::of_help(&help, language));
            Exit::Done
        }
        _ => {
            let json = std::env::args().any(|argument| argument == "--json");
            Screen::new(language, json).failure(&usage::failure(error));
            Exit::Usage
        }
    }
}

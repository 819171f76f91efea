//! How the program ends: the five fixed exit codes.

use std::process::ExitCode;

use crate::failure::{Class, Failure};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: something in this run was held or failed.
    Attention,
    /// 2: wrong use or settings.
    Usage,
    /// 3: could not connect.
    NoConnection,
    /// 4: credentials refused.
    Credentials,
}

impl Exit {
    /// How a command ends that was stopped by a failure.
    #[must_use]
    pub fn of(failure: &Failure) -> Self {
        Self::of_class(failure.class, failure.connection)
    }

    /// The same from class and connection alone, as a report keeps them.
    #[must_use]
    pub fn of_class(class: Class, no_connection: bool) -> Self {
        match class {
            Class::Credentials => Self::Credentials,
            _ if no_connection => Self::NoConnection,
            Class::Misconfigured => Self::Usage,
            Class::Transient | Class::Refused | Class::Bug => Self::Attention,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Attention => 1,
            Exit::Usage => 2,
            Exit::NoConnection => 3,
            Exit::Credentials => 4,
        })
    }
}

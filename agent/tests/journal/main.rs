//! The journal: what may follow what, what is unique, and what happens to its file.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod desk;
mod file;
mod states;
mod unique;

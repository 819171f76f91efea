//! The simulator's own behaviour, area by area, asked over plain HTTP as a client would.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod orders;

//! The program between a real shop and the simulator of the books, killed and cut off wherever it
//! can be: each order, relation and article is in the books exactly once, and no order is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod journal;
mod kill;
mod line;
mod stop;
mod town;

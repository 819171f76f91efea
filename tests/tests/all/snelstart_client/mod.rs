//! The SnelStart client, its limiter and the mirror against the simulator of the B2B API: whatever
//! the books leave open, either way.
mod check;
mod finding;
mod header;
mod house;
mod keys;
mod knobs;
mod pace;
mod reading;
mod trial;
mod trouble;
mod writing;

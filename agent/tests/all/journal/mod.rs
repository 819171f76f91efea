//! The journal: what may follow what, what is unique, and what happens to its file.

mod desk;
mod file;
mod states;
mod unique;

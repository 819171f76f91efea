//! The program between a real shop and the simulator of the books, killed and cut off wherever it
//! can be: each order, relation and article is in the books exactly once, and no order is lost.
mod journal;
mod kill;
mod line;
mod stop;
mod town;

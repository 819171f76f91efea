//! The books' own nouns as plain data: what every administration has, whichever kind it is.
//! No I/O, no rules. Dutch terms are SnelStart's.

pub mod booking;
pub mod draft;
pub mod eu;
pub mod fact;
pub mod marks;
pub mod payment;
pub mod plan;
pub mod registers;

pub use booking::*;
pub use draft::*;
pub use eu::*;
pub use fact::*;
pub use payment::*;
pub use registers::*;

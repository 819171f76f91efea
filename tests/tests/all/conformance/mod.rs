//! Each platform's bridge against the recorded database of a real shop: what it reads is what the
//! shop itself says, and what it writes is all that the shop would have changed.

mod prestashop;

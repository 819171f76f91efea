//! What crosses the wire between the agent and the bridge in the shop, and how it is signed.
//! No I/O here: bytes in, bytes out. `docs/protocol.md` is the prose; `vectors/` holds golden
//! messages that the Rust and the PHP tests both read.

pub mod operation;
pub mod record;

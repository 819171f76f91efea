//! What crosses the wire between the agent and the bridge in the shop, and how it is signed.
//! No I/O here: bytes in, bytes out. `docs/protocol.md` is the prose; `vectors/` holds golden
//! messages that the Rust and the PHP tests both read.

pub mod answer;
pub mod key;
pub mod operation;
pub mod record;
pub mod request;
pub mod seal;

/// Version of the messages: `"v"` in a request, `"winkelbrug"` in an answer's head.
pub const VERSION: u32 = 1;

/// Most bytes a request's body may have. Common web-application firewalls let 128 KiB through.
pub const MAX_BODY: usize = 64 * 1024;

/// Seconds a request's time may differ from the server's clock, either way.
pub const TIME_WINDOW: i64 = 300;

/// The one fixed refusal (status 403, `text/plain`): everything before a right signature gets this.
pub const REFUSAL: &str = "winkelbrug-bridge: refused\n";

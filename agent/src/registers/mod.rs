//! Public registers that translation needs an answer of: VAT numbers (VIES) and the euro's rates (ECB).
//! They are asked, never relied upon: whatever goes wrong is "not reached", and the order waits.

pub mod ecb;
mod http;
pub mod vies;

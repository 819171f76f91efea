//! VAT returns.

use super::{CLOSED, Known, bug, refused};

pub(super) const CODES: &[Known] = &[
    refused(
        1,
        "de btw-aangifte is al geaccepteerd",
        "the VAT return has been accepted already",
        CLOSED,
    ),
    bug(
        2,
        "de status van de btw-aangifte ontbreekt",
        "the VAT return's status is missing",
    ),
];

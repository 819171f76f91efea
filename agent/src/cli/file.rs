//! A file the owner names to have something written in: nothing of his is overwritten unasked.

use std::path::Path;

use crate::{
    failure::{Failure, Result},
    profile::{durable, store},
    text,
};

/// Writes it whole or not at all.
///
/// # Errors
/// It is there already and may not be replaced: `Misconfigured`, code `file-exists`. It cannot be written.
pub(super) fn write(file: &Path, bytes: &[u8], replace: bool) -> Result<()> {
    if !replace && file.exists() {
        let file = file.display();
        return Err(Failure::misconfigured(
            "file-exists",
            text!(
                "Het bestand {file} is er al; er is niets geschreven.",
                "The file {file} is there already; nothing was written."
            ),
        )
        .hint(text!(
            "Geef een andere naam, of vervang het met --replace.",
            "Give another name, or replace it with --replace."
        )));
    }
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    durable::replace(&whole, bytes).map_err(|error| store::disk("file-unwritable", file, error))
}

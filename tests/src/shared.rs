//! The folder of what is too large or not ours to keep in the repository: recorded shops, SnelStart's
//! own definition of its interface. `WINKELBRUG_SHARED` names it, else it is `shared` beside the
//! repository.

use std::path::{Path, PathBuf};

/// Where it is looked for.
#[must_use]
pub fn folder() -> PathBuf {
    std::env::var_os("WINKELBRUG_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    )
}

/// Must everything be there (`CI=true`), so that no run passes without it?
#[must_use]
pub fn must_be_there() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

/// The folder, where the recorded shops are in it. None when it is not there.
///
/// # Errors
/// It must be there and is not.
pub fn shops() -> anyhow::Result<Option<PathBuf>> {
    let folder = folder();
    if folder.join("shops").is_dir() {
        return Ok(Some(folder));
    }
    anyhow::ensure!(
        !must_be_there(),
        "{} is not there; set WINKELBRUG_SHARED",
        folder.display()
    );
    eprintln!(
        "not run: the recorded shops are not there ({})",
        folder.display()
    );
    Ok(None)
}

//! What real shops say about their own orders: each shop's `truth.json`, written by the shop's own
//! classes, as the canonical records a bridge would answer with; and small books to translate them
//! into.

pub mod books;
pub mod generated;
pub mod generated_recorded;
pub mod magento;
pub mod opencart;
mod opencart_products;
mod opencart_rows;
pub mod prestashop;
mod prestashop_money;
mod prestashop_rows;
pub mod woocommerce;
mod woocommerce_rows;

use std::path::PathBuf;

/// The folder with the recorded shops: `WINKELBRUG_SHARED`, or `shared` beside the repository.
/// None when it is not there; with `CI=true` that is an error, so that no run passes without them.
///
/// # Errors
/// `CI=true` and no such folder.
pub fn shared() -> anyhow::Result<Option<PathBuf>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("WINKELBRUG_SHARED").map_or(beside, PathBuf::from);
    if folder.join("shops").is_dir() {
        return Ok(Some(folder));
    }
    anyhow::ensure!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{} is not there; set WINKELBRUG_SHARED",
        folder.display()
    );
    eprintln!(
        "not run: the recorded shops are not there ({})",
        folder.display()
    );
    Ok(None)
}

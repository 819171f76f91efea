//! Which folder of the account is the shop's: the one the profile names, else the one where a file
//! was proved before, else the one that is found.

use rusqlite::{OptionalExtension, params};

use super::{
    Side,
    finding::{self, Bound, Search, ShopFound, shown},
    platform::{self, Found},
    transport::{self, Transport},
};
use crate::{
    failure::{Failure, Result},
    journal::Journal,
    shop::http::shop_address,
    step::Step,
    text,
};

/// A transport that is where the bridge's file goes.
pub(super) struct Located {
    pub(super) transport: Box<dyn Transport>,
    /// Where it is.
    pub(super) folder: String,
    /// The shop.
    pub(super) found: Found,
    /// The shop's folder as the owner knows it.
    pub(super) shown: String,
    /// Was it found without the profile's word?
    pub(super) by_itself: bool,
}

/// Why there is none.
pub(super) enum Missed {
    /// Not even logged in.
    Login(Failure),
    /// Logged in.
    Folder(Failure),
}

impl From<Missed> for Failure {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Login(failure) | Missed::Folder(failure) => failure,
        }
    }
}

/// Logs in and goes to the shop's folder.
pub(super) async fn open(side: &Side<'_>) -> std::result::Result<Located, Missed> {
    let set = side.settings.shop.upload.folder.as_str();
    let mut transport = side.transport(set).await.map_err(|failure| {
        if failure.code.ends_with("-folder-missing") {
            Missed::Folder(failure)
        } else {
            Missed::Login(failure)
        }
    })?;
    match find(side, transport.as_mut(), set).await {
        Ok((folder, found)) => Ok(Located {
            transport,
            shown: shown(&folder).to_owned(),
            folder: below(&folder, &found),
            found,
            by_itself: set.is_empty(),
        }),
        Err(failure) => {
            transport.close().await;
            Err(Missed::Folder(failure))
        }
    }
}

/// The shop's folder and the shop; the transport is then where the file goes.
async fn find(
    side: &Side<'_>,
    transport: &mut dyn Transport,
    set: &str,
) -> Result<(String, Found)> {
    if !set.is_empty() {
        let found = platform::find(transport, "", set).await?;
        if !found.below.is_empty() {
            transport.enter(&below(set, &found)).await?;
        }
        return Ok((set.to_owned(), found));
    }
    let (folder, found) = match known(side, transport).await? {
        Some(known) => known,
        None => one_of(side, transport).await?,
    };
    let there = below(&folder, &found);
    if !there.is_empty() {
        transport.enter(&there).await?;
    }
    Ok((folder, found))
}

/// Where the file goes, of a shop in that folder.
fn below(folder: &str, found: &Found) -> String {
    if found.below.is_empty() {
        folder.to_owned()
    } else {
        transport::path(folder, found.below)
    }
}

/// The folder of before, when the shop still is there.
async fn known(side: &Side<'_>, transport: &mut dyn Transport) -> Result<Option<(String, Found)>> {
    let Some(folder) = remembered(side)? else {
        return Ok(None);
    };
    match platform::find(transport, &folder, &folder).await {
        Ok(found) => Ok(Some((folder, found))),
        Err(failure) if failure.connection => Err(failure),
        Err(_) => Ok(None),
    }
}

async fn one_of(side: &Side<'_>, transport: &mut dyn Transport) -> Result<(String, Found)> {
    let url = shop_address(&side.settings.shop).ok();
    let search = finding::search(transport, url.as_ref()).await?;
    match search.the_one(url.as_ref()) {
        Some(one) => Ok((one.folder.clone(), one.found.clone())),
        None if search.shops.is_empty() => Err(none_found(&search)),
        None => Err(several(&search.shops)),
    }
}

/// Every shop on the account, for a choice.
///
/// # Errors
/// No login, or the connection fell away.
pub async fn shops(side: &Side<'_>) -> Result<Vec<ShopFound>> {
    let mut transport = side.transport("").await?;
    let url = shop_address(&side.settings.shop).ok();
    let found = finding::search(transport.as_mut(), url.as_ref()).await;
    transport.close().await;
    Ok(found?.shops)
}

/// Where this profile's file was last proved and put to use, on the server of now. A folder that was
/// found is thus only remembered once it was proved to be the right one.
pub(super) fn remembered(side: &Side<'_>) -> Result<Option<String>> {
    let server = transport::server(&side.settings.shop.upload);
    let path = last_path(side.journal, side.profile(), &server)?;
    Ok(path.map(|path| transport::split(&path).0.to_owned()))
}

/// The folder to begin from without looking for the shop: the profile's, or the one of before.
pub(super) fn likely(side: &Side<'_>) -> Result<String> {
    let set = &side.settings.shop.upload.folder;
    if set.is_empty() {
        Ok(remembered(side)?.unwrap_or_default())
    } else {
        Ok(set.clone())
    }
}

fn last_path(journal: &Journal, profile: &str, server: &str) -> Result<Option<String>> {
    journal.with(|connection| {
        connection
            .query_row(
                "SELECT path FROM bridge_uploads
                 WHERE profile = ?1 AND server = ?2 AND active_since IS NOT NULL
                 ORDER BY id DESC LIMIT 1",
                params![profile, server],
                |row| row.get(0),
            )
            .optional()
    })
}

/// The shop's folder, as a step.
pub(super) fn step(located: &Located) -> Step {
    let title = located.found.platform.title();
    let folder = &located.shown;
    let text = if located.by_itself {
        text!(
            "{folder} is gevonden als de map van een {title}-winkel",
            "{folder} was found to be the folder of a shop that runs {title}"
        )
    } else {
        text!(
            "{folder} is de map van een {title}-winkel",
            "{folder} is the folder of a shop that runs {title}"
        )
    };
    Step::passed("upload-folder", text)
}

/// One shop of several, in a line.
#[must_use]
pub fn line(shop: &ShopFound) -> String {
    let title = shop.found.platform.title();
    let version = shop.version.as_deref().unwrap_or_default();
    format!(
        "{} ({})",
        shown(&shop.folder),
        format!("{title} {version}").trim_end()
    )
}

fn several(shops: &[ShopFound]) -> Failure {
    let count = shops.len();
    let list = shops.iter().map(line).collect::<Vec<_>>().join(", ");
    let example = shops
        .first()
        .map_or(".", |shop| finding::as_setting(&shop.folder));
    Failure::misconfigured(
        "several-shops",
        text!(
            "Op dit account staan {count} winkels: {list}",
            "There are {count} shops on this account: {list}"
        ),
    )
    .hint(text!(
        "Zet bij [shop.upload] folder de map van de winkel die bij [shop] url hoort, bijvoorbeeld folder = \"{example}\"",
        "Give at [shop.upload] folder the folder of the shop that belongs to [shop] url, for example folder = \"{example}\""
    ))
}

fn none_found(search: &Search) -> Failure {
    let (count, deepest) = (search.listings, finding::DEEPEST);
    let looked = search.looked.join(", ");
    let (nl, en) = match search.bound {
        None => ("", ""),
        Some(Bound::Listings) => (
            "; daar is gestopt, want er zijn er te veel",
            "; it stopped there, for there are too many",
        ),
        Some(Bound::Time) => ("; na een minuut is gestopt", "; it stopped after a minute"),
    };
    let mut failure = Failure::misconfigured(
        "shop-not-found",
        text!(
            "Op dit account is geen winkel gevonden die Winkelbrug kent (OpenCart, WooCommerce, PrestaShop, Magento). Bekeken: {count} mappen, tot {deepest} diep ({looked}, …){nl}",
            "No shop that Winkelbrug knows (OpenCart, WooCommerce, PrestaShop, Magento) was found on this account. Looked into: {count} folders, {deepest} deep ({looked}, …){en}"
        ),
    )
    .hint(text!(
        "Zet bij [shop.upload] folder de map waarin index.php en de instellingen van de winkel staan, of gebruik het account van uw webhoster waarin de winkel te zien is",
        "Give at [shop.upload] folder the folder with the shop's index.php and configuration, or use the account of your web host that shows the shop"
    ));
    if let Some(alone) = search.wordpress_alone.first() {
        let alone = shown(alone);
        failure.text.nl.push_str(&format!(
            ". In {alone} staat WordPress, maar zonder WooCommerce"
        ));
        failure.text.en.push_str(&format!(
            ". {alone} holds WordPress, but without WooCommerce"
        ));
    }
    failure
}

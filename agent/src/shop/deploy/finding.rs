//! Finding the shop's folder on an account: the nearest folders first, those a shop usually is in
//! before others, within bounds on depth, listings and time. Only names are looked at; nothing is
//! written, and no configuration is read.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    time::{Duration, Instant},
};

use url::Url;

use super::{
    platform::{self, Found},
    transport::{Entry, Transport, path},
    usual, version,
};
use crate::failure::Result;

/// Folders below where the account begins.
pub const DEEPEST: usize = 4;
/// Folders asked for.
pub const LISTINGS: usize = 300;
/// For the whole search.
pub const TIME: Duration = Duration::from_secs(60);
/// So many folders of one folder count as one step further away: a crowd does not keep the search
/// from what is below the usual ones.
const CROWD: usize = 20;
/// Folders that are named when nothing was found.
const NAMED: usize = 12;

/// A shop on the account.
#[derive(Debug, Clone)]
pub struct ShopFound {
    /// Its folder, from where the account begins, or from the root; empty = where the account begins.
    pub folder: String,
    /// What it is.
    pub found: Found,
    /// The program's version, where it can be read without its configuration.
    pub version: Option<String>,
    names: BTreeSet<String>,
    by_link: bool,
}

/// What ended a search before everything was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`LISTINGS`].
    Listings,
    /// [`TIME`].
    Time,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Search {
    /// The shops, nearest first.
    pub shops: Vec<ShopFound>,
    /// Folders with WordPress but without WooCommerce.
    pub wordpress_alone: Vec<String>,
    /// The first folders looked into.
    pub looked: Vec<String>,
    /// How many folders were asked for.
    pub listings: usize,
    /// What ended it, if not that everything was seen.
    pub bound: Option<Bound>,
}

/// A folder still to be looked into; ordered by how far away it is, then by when it was seen.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ahead {
    far: usize,
    seen: usize,
    folder: String,
    depth: usize,
    by_link: bool,
    usual_only: bool,
}

struct Searcher<'a> {
    transport: &'a mut dyn Transport,
    host: Option<String>,
    ahead: BinaryHeap<Reverse<Ahead>>,
    seen: usize,
    search: Search,
}

/// Looks through the account for shops. The transport is where the account begins.
///
/// # Errors
/// The connection fell away, or not even the first folder can be listed.
pub async fn search(transport: &mut dyn Transport, url: Option<&Url>) -> Result<Search> {
    let begun = Instant::now();
    let begins_at_root = matches!(transport.start(), "" | "/");
    let mut searcher = Searcher {
        transport,
        host: url.and_then(Url::host_str).map(without_www),
        ahead: BinaryHeap::new(),
        seen: 0,
        search: Search::default(),
    };
    searcher.add(0, String::new(), 0, false, false);
    searcher.go(begun).await?;
    if searcher.search.shops.is_empty() && !begins_at_root && searcher.search.bound.is_none() {
        // An account that sees the whole server: the site may lie beside its home.
        searcher.add(0, "/".to_owned(), 0, false, true);
        searcher.go(begun).await?;
    }
    let mut search = searcher.search;
    search.shops = without_second_names(search.shops);
    if search.shops.len() > 1 {
        for shop in &mut search.shops {
            shop.version = version::read(transport, &shop.folder, &shop.found).await;
        }
    }
    Ok(search)
}

impl Searcher<'_> {
    fn add(&mut self, far: usize, folder: String, depth: usize, by_link: bool, usual_only: bool) {
        self.seen += 1;
        self.ahead.push(Reverse(Ahead {
            far,
            seen: self.seen,
            folder,
            depth,
            by_link,
            usual_only,
        }));
    }

    async fn go(&mut self, begun: Instant) -> Result<()> {
        while let Some(Reverse(next)) = self.ahead.pop() {
            if self.search.listings >= LISTINGS {
                self.search.bound = Some(Bound::Listings);
                return Ok(());
            }
            if begun.elapsed() >= TIME {
                self.search.bound = Some(Bound::Time);
                return Ok(());
            }
            self.look_into(next).await?;
        }
        Ok(())
    }

    async fn look_into(&mut self, next: Ahead) -> Result<()> {
        self.search.listings += 1;
        let entries = match self.transport.list_in(&next.folder).await {
            Ok(entries) => entries,
            // A folder that does not open holds no shop of this account.
            Err(failure) if !failure.connection && next.depth > 0 => {
                tracing::debug!(folder = next.folder, %failure, "not looked into");
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        if self.search.looked.len() < NAMED {
            self.search.looked.push(shown(&next.folder).to_owned());
        }
        let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
        let looked = platform::look(self.transport, &next.folder, &names).await?;
        self.search.listings += looked.asked;
        if looked.wordpress_alone {
            self.search.wordpress_alone.push(next.folder.clone());
        }
        for found in &looked.shops {
            self.search.shops.push(ShopFound {
                folder: next.folder.clone(),
                found: found.clone(),
                version: None,
                names: names.iter().cloned().collect(),
                by_link: next.by_link,
            });
        }
        if next.depth < DEEPEST {
            self.add_folders_of(&next, &entries, &looked.shops);
        }
        Ok(())
    }

    fn add_folders_of(&mut self, parent: &Ahead, entries: &[Entry], shops: &[Found]) {
        let mut others = 0;
        for entry in entries {
            let name = entry.name.as_str();
            let folder = entry
                .is_folder
                .unwrap_or_else(|| !usual::looks_like_a_file(name));
            let own = |shop: &Found| usual::belongs_to(shop.platform, name);
            if !folder || !usual::may_hold_a_shop(name) || shops.iter().any(own) {
                continue;
            }
            let usual = usual::is_usual(name) || self.is_the_shops_host(name);
            if parent.usual_only && !usual {
                continue;
            }
            let mut far = parent.far + 1;
            if !usual {
                far += 2 + others / CROWD;
                others += 1;
            }
            // What a link leads to is mostly seen under its own name too, and that name is better.
            if entry.is_link {
                far += 1;
            }
            self.add(
                far,
                path(&parent.folder, name),
                parent.depth + 1,
                parent.by_link || entry.is_link,
                parent.usual_only,
            );
        }
    }

    fn is_the_shops_host(&self, name: &str) -> bool {
        self.host.as_deref() == Some(without_www(name).as_str())
    }
}

impl Search {
    /// The one shop: the only one, or the only one whose path names the shop's host.
    #[must_use]
    pub fn the_one(&self, url: Option<&Url>) -> Option<&ShopFound> {
        if let [one] = self.shops.as_slice() {
            return Some(one);
        }
        let host = without_www(url?.host_str()?);
        let mut fitting = self
            .shops
            .iter()
            .filter(|shop| shop.folder.split('/').any(|part| without_www(part) == host));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// A folder as the owner reads it.
#[must_use]
pub fn shown(folder: &str) -> &str {
    if folder.is_empty() { "/" } else { folder }
}

/// A folder as `[shop.upload] folder` takes it; for where the account begins that is not always `/`.
#[must_use]
pub fn as_setting(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn without_www(host: &str) -> String {
    let host = host.to_lowercase();
    host.strip_prefix("www.").unwrap_or(&host).to_owned()
}

/// The same folder under a second name (a link, or a name that mostly is one) with the very same
/// files is one shop. That it is the right one is proved afterwards by its address.
fn without_second_names(shops: Vec<ShopFound>) -> Vec<ShopFound> {
    let (links, mut kept): (Vec<_>, Vec<_>) = shops.into_iter().partition(|shop| shop.by_link);
    for shop in std::mem::take(&mut kept).into_iter().chain(links) {
        let same = |other: &ShopFound| {
            other.names == shop.names
                && other.found == shop.found
                && other.folder != shop.folder
                && (shop.by_link || usual::are_aliases(&other.folder, &shop.folder))
        };
        if !kept.iter().any(same) {
            kept.push(shop);
        }
    }
    kept
}

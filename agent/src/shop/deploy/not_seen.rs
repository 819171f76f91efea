//! Why a file of the shop's folder is not seen at the shop's address: first what the reply says by
//! itself, then what a look at other files, addresses and ways tells.

use std::{collections::BTreeSet, net::IpAddr};

use tokio::net::lookup_host;
use url::{Host, Url};

use super::{
    finding::shown,
    probe::{self, Probe, Proof},
    transport::{Transport, bare_host},
};
use crate::{
    failure::{Failure, Result},
    shop::{
        bridge::diagnosis,
        http::{Family, Http, Reply},
    },
    text,
};

/// Files of an owner's own in the shop's folder: seen at the address, they show that it is the right one.
const OWN_FILES: [&str; 4] = ["robots.txt", "favicon.ico", "sitemap.xml", "ads.txt"];

/// A plain GET; that a shop with IPv6 alone cannot be reached is said so.
///
/// # Errors
/// As [`Http::get`], and `ipv6-only`.
pub(super) async fn get(http: &Http, url: &Url) -> Result<Reply> {
    match http.get(url).await {
        Err(failure)
            if matches!(failure.code.as_str(), "connection-refused" | "shop-timeout")
                && has_ipv6_alone(url).await =>
        {
            Err(ipv6_only(url, failure))
        }
        other => other,
    }
}

/// What the reply itself says.
pub(super) async fn plainly(probe: &Probe<'_>, url: &Url, reply: &Reply) -> Option<Failure> {
    let status = reply.status.as_u16();
    if reply.status.is_redirection() && diagnosis::is_of_the_whole_site(url, reply) {
        return Some(diagnosis::redirect(probe.http, url, reply).await);
    }
    if status == 401 {
        let named = !probe.side.settings.shop.basic_auth_user.is_empty();
        return Some(if named {
            diagnosis::password_refused()
        } else {
            diagnosis::protected()
        });
    }
    if let Some(failure) = diagnosis::bot_page(reply).or_else(|| diagnosis::maintenance(reply)) {
        return Some(failure);
    }
    if reply.status.is_server_error() {
        return Some(diagnosis::server_error(status));
    }
    let cached = reply.status.is_success() && diagnosis::is_from_a_cache(reply);
    cached.then(|| diagnosis::old_content(&diagnosis::cache_name(reply)))
}

/// What else can be found out once no ending was seen.
pub(super) async fn after_all(
    probe: &Probe<'_>,
    transport: &mut dyn Transport,
    reply: &Reply,
) -> Result<Proof> {
    let refused = matches!(
        reply.status.as_u16(),
        403 | 405 | 406 | 409 | 412 | 415 | 429
    );
    if let Some(name) = own_file_seen(probe, transport).await {
        if refused {
            return Ok(Proof::KeptBack);
        }
        return Err(swallowed(&name, probe.base));
    }
    if refused {
        return Err(diagnosis::in_front(reply));
    }
    if let Some(failure) = ipv6_differs(probe, transport).await {
        return Err(failure);
    }
    if let Some(failure) = other_host(probe, reply).await {
        return Err(failure);
    }
    Err(folder_not_of_url(probe, reply))
}

/// A file of the owner's that looks the same from both sides.
async fn own_file_seen(probe: &Probe<'_>, transport: &mut dyn Transport) -> Option<String> {
    let names = transport.list().await.ok()?;
    for name in OWN_FILES {
        if !names.iter().any(|found| found == name) {
            continue;
        }
        let here = transport.get(name).await.ok()?;
        let there = probe.http.get(&probe.address(name).ok()?).await.ok()?;
        if !here.is_empty() && there.status.is_success() && there.body == here {
            return Some(name.to_owned());
        }
    }
    None
}

/// Does one of the two ways to the shop lead elsewhere? A host's AAAA record often was forgotten when
/// the shop moved. A second file is needed, for the first is gone.
async fn ipv6_differs(probe: &Probe<'_>, transport: &mut dyn Transport) -> Option<Failure> {
    let addresses = addresses_of(probe.base).await;
    if !addresses.iter().any(IpAddr::is_ipv4) || !addresses.iter().any(IpAddr::is_ipv6) {
        return None;
    }
    let (four, six) = (
        probe.http.over(Family::Four).ok()?,
        probe.http.over(Family::Six).ok()?,
    );
    let (seen_by_four, seen_by_six) = probe.seen_by(transport, &four, &six).await?;
    (seen_by_four != seen_by_six).then(|| {
        let host = probe.base.host_str().unwrap_or_default();
        let (right, wrong) = if seen_by_four {
            ("IPv4", "IPv6")
        } else {
            ("IPv6", "IPv4")
        };
        Failure::misconfigured(
            "ipv6-other-site",
            text!(
                "{host} komt over {right} bij de winkel uit, maar over {wrong} bij een andere site",
                "{host} leads to the shop over {right}, but to another site over {wrong}"
            ),
        )
        .hint(text!(
            "Laat uw webhoster of domeinbeheerder het A- en het AAAA-record van {host} naar dezelfde server laten wijzen, of het verkeerde weghalen",
            "Have your web host or whoever keeps the domain point the A and the AAAA record of {host} to the same server, or remove the wrong one"
        ))
    })
}

/// Does the address lead to another machine than the account's? Behind a CDN nothing can be said.
async fn other_host(probe: &Probe<'_>, reply: &Reply) -> Option<Failure> {
    if diagnosis::is_behind_a_cdn(reply) {
        return None;
    }
    let upload = &probe.side.settings.shop.upload;
    let server = bare_host(upload);
    let of_files = resolved(server, 0).await;
    let of_web = addresses_of(probe.base).await;
    if of_files.is_empty() || of_web.is_empty() || !of_files.is_disjoint(&of_web) {
        return None;
    }
    let host = probe.base.host_str().unwrap_or_default();
    let list = |all: &BTreeSet<IpAddr>| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        all.join(", ")
    };
    let (web, files) = (list(&of_web), list(&of_files));
    Some(
        Failure::misconfigured(
            "shop-on-other-host",
            text!(
                "Het proefbestand is op {host} niet te vinden, en dat is een andere server ({web}) dan die van de bestanden, {server} ({files})",
                "The probe is not to be found at {host}, which is another server ({web}) than that of the files, {server} ({files})"
            ),
        )
        .hint(text!(
            "Is de winkel verhuisd, vraag dan het FTP- of SFTP-account van de nieuwe webhoster en zet dat bij [shop.upload]; wijst het domein nog naar de oude server, wacht dan tot het om is",
            "If the shop moved, ask for the FTP or SFTP account of the new web host and give it at [shop.upload]; if the domain still points to the old server, wait until it was changed"
        )),
    )
}

fn folder_not_of_url(probe: &Probe<'_>, reply: &Reply) -> Failure {
    let (folder, base, status) = (shown(probe.folder), probe.base, reply.status.as_u16());
    Failure::misconfigured(
        "folder-not-of-url",
        text!(
            "Een proefbestand in de map {folder} is op {base} niet te vinden: er kwam iets anders terug (status {status})",
            "A probe in the folder {folder} is not to be found at {base}: something else came back (status {status})"
        ),
    )
    .hint(text!(
        "[shop.upload] folder moet de map zijn die bij [shop] url hoort: die waarin index.php van de winkel staat. Klopt de map, vraag uw webbouwer dan of een regel (.htaccess, nginx) nieuwe bestanden tegenhoudt",
        "[shop.upload] folder must be the folder that belongs to [shop] url: the one with the shop's index.php. If it is, ask your web builder whether a rule (.htaccess, nginx) keeps new files back"
    ))
}

fn swallowed(name: &str, base: &Url) -> Failure {
    Failure::misconfigured(
        "address-swallowed",
        text!(
            "Een proefbestand is op {base} niet te zien, terwijl {name} uit dezelfde map daar wel te zien is: een regel van de webserver stuurt elk ander adres naar de winkel",
            "A probe is not to be seen at {base}, while {name} of the same folder is: a rule of the web server sends every other address to the shop"
        ),
    )
    .hint(text!(
        "Vraag uw webbouwer om bestanden die met 'winkelbrug-' beginnen uit te zonderen, bijvoorbeeld bovenaan .htaccess: RewriteRule ^winkelbrug- - [L]",
        "Ask your web builder to except files that begin with 'winkelbrug-', for example at the top of .htaccess: RewriteRule ^winkelbrug- - [L]"
    ))
}

fn ipv6_only(url: &Url, failure: Failure) -> Failure {
    let host = url.host_str().unwrap_or_default();
    Failure::transient(
        "ipv6-only",
        text!(
            "{host} heeft alleen een IPv6-adres, en daarmee komt vanaf deze computer geen verbinding tot stand",
            "{host} has an IPv6 address alone, and no connection to it comes about from this computer"
        ),
    )
    .hint(text!(
        "Zet IPv6 aan op deze computer of het modem, of vraag uw webhoster om ook een IPv4-adres (A-record)",
        "Switch IPv6 on at this computer or the router, or ask your web host for an IPv4 address (A record) too"
    ))
    .no_connection()
    .source(failure)
}

async fn has_ipv6_alone(url: &Url) -> bool {
    let addresses = addresses_of(url).await;
    !addresses.is_empty() && addresses.iter().all(IpAddr::is_ipv6)
}

async fn addresses_of(url: &Url) -> BTreeSet<IpAddr> {
    match url.host() {
        Some(Host::Ipv4(address)) => BTreeSet::from([address.into()]),
        Some(Host::Ipv6(address)) => BTreeSet::from([address.into()]),
        Some(Host::Domain(name)) => {
            resolved(name, url.port_or_known_default().unwrap_or(443)).await
        }
        None => BTreeSet::new(),
    }
}

async fn resolved(host: &str, port: u16) -> BTreeSet<IpAddr> {
    match lookup_host((host, port)).await {
        Ok(found) => found.map(|address| address.ip()).collect(),
        Err(_) => BTreeSet::new(),
    }
}

impl Probe<'_> {
    /// Is a fresh file seen by each of two ways? None when it cannot be put there.
    async fn seen_by(
        &self,
        transport: &mut dyn Transport,
        one: &Http,
        other: &Http,
    ) -> Option<(bool, bool)> {
        self.held(transport, async |url: &Url| {
            let seen = async |http: &Http| {
                http.get(url)
                    .await
                    .is_ok_and(|reply| probe::is_ours(&reply))
            };
            (seen(one).await, seen(other).await)
        })
        .await
        .ok()
    }
}

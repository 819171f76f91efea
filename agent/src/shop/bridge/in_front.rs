//! What stands between us and the shop and answers in its place: redirects, bot checks, maintenance
//! pages, caches. Facts: Cloudflare's `cf-mitigated`, Imunify360's and Sucuri's pages, `Age`
//! (RFC 9111 5.1), `CF-Cache-Status`, and the `X-Cache` of others.

use std::time::Duration;

use reqwest::header::LOCATION;
use url::Url;

use super::diagnosis::{BACK_OFF, contains};
use crate::{
    failure::Failure,
    shop::http::{Http, Reply},
    step::Step,
    text,
};

/// Words of pages that want to see a browser, and who shows them.
const BOT_PAGES: [(&str, &str); 7] = [
    ("imunify360", "Imunify360"),
    ("Sucuri WebSite Firewall", "Sucuri"),
    ("_Incapsula_Resource", "Imperva"),
    ("Just a moment...", "Cloudflare"),
    ("Checking your browser", "DDoS"),
    ("g-recaptcha", "reCAPTCHA"),
    ("h-captcha", "hCaptcha"),
];

/// A page that wants to see a browser with a person before it.
#[must_use]
pub fn bot_page(reply: &Reply) -> Option<Failure> {
    let status = reply.status.as_u16();
    if reply.headers.contains_key("cf-mitigated") {
        return Some(
            Failure::transient(
                "cloudflare-challenge",
                text!(
                    "Cloudflare houdt dit programma tegen ({status})",
                    "Cloudflare holds this program back ({status})"
                ),
            )
            .hint(text!(
                "Zet in Cloudflare 'Bot Fight Mode' uit: een uitzondering voor één adres helpt daar niet",
                "Switch 'Bot Fight Mode' off in Cloudflare: an exception for one address does not help there"
            ))
            .retry_after(Some(BACK_OFF)),
        );
    }
    let (_, who) = BOT_PAGES
        .into_iter()
        .find(|(mark, _)| contains(&reply.body, mark.as_bytes()))?;
    // A shop's own page may hold a captcha in its forms; it is not refused or delayed then.
    if reply.status.is_success() && who.to_lowercase().ends_with("captcha") {
        return None;
    }
    Some(
        Failure::transient(
            "bot-check-page",
            text!(
                "Vóór de winkel staat een controle op robots ({who}), die dit programma niet doorlaat ({status})",
                "A check for robots ({who}) stands before the shop and does not let this program pass ({status})"
            ),
        )
        .hint(text!(
            "Vraag uw webhoster om het internetadres van deze computer, of adressen die met /winkelbrug- beginnen, van die controle uit te zonderen",
            "Ask your web host to except the internet address of this computer, or addresses that begin with /winkelbrug-, from that check"
        ))
        .retry_after(Some(BACK_OFF)),
    )
}

/// A shop that is closed for a while: 503 with a page about it, or such a page as if all were well.
#[must_use]
pub fn maintenance(reply: &Reply) -> Option<Failure> {
    let status = reply.status.as_u16();
    let text = String::from_utf8_lossy(&reply.body).to_lowercase();
    let said = ["maintenance", "onderhoud"]
        .iter()
        .any(|word| text.contains(word));
    let titled = text
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .is_some_and(|(title, _)| title.contains("maintenance") || title.contains("onderhoud"));
    let wait = reply
        .header("retry-after")
        .parse()
        .map(Duration::from_secs)
        .ok();
    if !(titled || status == 503 && (said || wait.is_some())) {
        return None;
    }
    Some(
        Failure::transient(
            "shop-maintenance",
            text!(
                "De website staat in onderhoud ({status})",
                "The web site is closed for maintenance ({status})"
            ),
        )
        .hint(text!(
            "Wacht tot het onderhoud klaar is. Blijft de pagina staan, kijk dan of er een bestand .maintenance of maintenance.flag in de map van de winkel is achtergebleven",
            "Wait until the maintenance is over. If the page stays, see whether a file .maintenance or maintenance.flag was left in the shop's folder"
        ))
        .retry_after(Some(wait.unwrap_or(BACK_OFF))),
    )
}

/// The password of a protected web site was given, and refused.
#[must_use]
pub fn password_refused() -> Failure {
    Failure::credentials(
        "basic-auth-refused",
        text!(
            "De website weigert de gebruikersnaam van [shop] basic_auth_user of het wachtwoord daarbij",
            "The web site refuses the user name at [shop] basic_auth_user or its password"
        ),
    )
    .hint(text!(
        "Geef het wachtwoord opnieuw als geheim 'basic_auth'; het is dat van de website, niet dat van de winkel of van FTP",
        "Give the password anew as secret 'basic_auth'; it is that of the web site, not of the shop or of FTP"
    ))
}

/// Does the reply say that it was kept since before the question?
#[must_use]
pub fn is_from_a_cache(reply: &Reply) -> bool {
    let hit = |name| reply.header(name).to_uppercase().contains("HIT");
    hit("cf-cache-status")
        || hit("x-cache")
        || hit("x-cache-status")
        || hit("x-proxy-cache")
        || hit("x-litespeed-cache")
        || reply.header("age").parse::<u64>().is_ok_and(|age| age > 0)
}

/// Who keeps copies, as the reply tells it.
#[must_use]
pub fn cache_name(reply: &Reply) -> String {
    let server = reply.header("server");
    let named = ["via", "x-served-by", "x-cache"]
        .into_iter()
        .map(|name| reply.header(name))
        .find(|value| !value.is_empty());
    let name = named.unwrap_or(if server.is_empty() { "cache" } else { server });
    name.chars()
        .filter(|character| !character.is_control())
        .take(60)
        .collect()
}

/// Does the reply come by way of a network that hides where the shop really is?
#[must_use]
pub fn is_behind_a_cdn(reply: &Reply) -> bool {
    [
        "cf-ray",
        "x-sucuri-id",
        "x-amz-cf-id",
        "x-served-by",
        "x-iinfo",
        "x-bunny-server",
    ]
    .iter()
    .any(|name| reply.headers.contains_key(*name))
}

/// Something in front of the shop answers with what it kept.
#[must_use]
pub fn old_content(who: &str) -> Failure {
    Failure::misconfigured(
        "cache-in-front",
        text!(
            "Vóór de winkel staat een cache of CDN ({who}) die een oude pagina gaf in plaats van het bestand dat er net is neergezet",
            "A cache or CDN ({who}) stands before the shop and gave an old page instead of the file that was just put there"
        ),
    )
    .hint(cache_hint())
}

/// Something in front of the shop still shows a file that is gone.
#[must_use]
pub fn old_copies(who: &str) -> Step {
    Step::passed(
        "cache-in-front",
        text!(
            "Vóór de winkel staat een cache of CDN ({who}) die een bestand blijft tonen dat al weg is",
            "A cache or CDN ({who}) stands before the shop and goes on showing a file that is gone"
        ),
    )
    .hint(cache_hint())
}

fn cache_hint() -> crate::text::Text {
    text!(
        "Vraag uw webhoster om adressen die met /winkelbrug- beginnen niet te bewaren",
        "Ask your web host not to keep addresses that begin with /winkelbrug-"
    )
}

/// A redirect of a file at `base` (or of that address itself), named by where a browser would end.
pub async fn redirect(http: &Http, asked: &Url, reply: &Reply) -> Failure {
    let next = reply.header(LOCATION.as_str());
    // Where a browser would end cannot always be asked from here; the first step is known.
    let end = match http.way(asked).await {
        Some(mut way) if way.len() > 1 => {
            // Past the last address of the file itself a shop only sends on what it does not know.
            let last = way.iter().rposition(|at| file_of(at) == file_of(asked));
            Some(way.swap_remove(last.filter(|last| *last > 0).unwrap_or(way.len() - 1)))
        }
        _ => asked.join(next).ok().filter(|_| !next.is_empty()),
    };
    match end {
        Some(end) => redirected_from(&folder_of(asked), &folder_of(&end)),
        None => redirected((!next.is_empty()).then_some(next)),
    }
}

/// Does a redirect keep the file that was asked for, or lead to another machine? Else it is the shop's
/// own way with addresses it does not know.
#[must_use]
pub fn is_of_the_whole_site(asked: &Url, reply: &Reply) -> bool {
    let next = asked.join(reply.header(LOCATION.as_str()));
    next.is_ok_and(|next| file_of(&next) == file_of(asked) || next.origin() != asked.origin())
}

fn file_of(url: &Url) -> &str {
    url.path_segments()
        .and_then(Iterator::last)
        .unwrap_or_default()
}

/// The owner wants the shop's address, not that of our file.
fn folder_of(url: &Url) -> Url {
    let mut url = url.clone();
    let file = file_of(&url).starts_with("winkelbrug-");
    if file && let Ok(mut path) = url.path_segments_mut() {
        path.pop().push("");
    }
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A redirect from one address of a shop to another, with what differs.
#[must_use]
pub fn redirected_from(asked: &Url, end: &Url) -> Failure {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let weaker = asked.scheme() == "https" && end.scheme() != "https";
    let bare = |url: &Url| host(url).trim_start_matches("www.").to_owned();
    let (nl, en) = if bare(asked) != bare(end) {
        ("een ander domein", "another domain")
    } else if host(asked) != host(end) {
        ("met of zonder www", "with or without www")
    } else if asked.scheme() != end.scheme() {
        ("https in plaats van http", "https instead of http")
    } else if asked.path().trim_end_matches('/') != end.path().trim_end_matches('/') {
        ("een andere map", "another folder")
    } else {
        ("een andere schrijfwijze", "another spelling")
    };
    let failure = Failure::misconfigured(
        "shop-redirects",
        text!(
            "Het adres van de winkel, {asked}, stuurt door naar {end} ({nl})",
            "The shop's address, {asked}, redirects to {end} ({en})"
        ),
    );
    if weaker {
        return failure.hint(text!(
            "Daar is niets meer versleuteld, dus dat adres wordt niet gebruikt. Vraag uw webhoster waarom de winkel van https naar http doorstuurt",
            "Nothing is encrypted there, so that address is not used. Ask your web host why the shop redirects from https to http"
        ));
    }
    let hint = if bare(asked) == bare(end) {
        text!(
            "Zet bij [shop] url = \"{end}\", het adres waar een browser uitkomt, of neem het over met 'winkelbrug deploy' en --use-redirect",
            "Put at [shop] url = \"{end}\", the address a browser ends at, or adopt it with 'winkelbrug deploy' and --use-redirect"
        )
    } else {
        text!(
            "Is dat ook uw winkel, zet dan bij [shop] url = \"{end}\", het adres waar een browser uitkomt",
            "If that is your shop too, put at [shop] url = \"{end}\", the address a browser ends at"
        )
    };
    failure.hint(hint).leads_to(end.as_str())
}

/// A redirect of which only the first step is known, or nothing.
#[must_use]
pub fn redirected(to: Option<&str>) -> Failure {
    let place = to.unwrap_or("?");
    Failure::misconfigured(
        "shop-redirects",
        text!(
            "Het adres van de winkel stuurt door naar {place}",
            "The shop's address redirects to {place}"
        ),
    )
    .hint(text!(
        "Zet bij [shop] url het adres waar een browser uitkomt",
        "Put at [shop] url the address a browser ends at"
    ))
}

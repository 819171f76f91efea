//! What an answer that is none means: firewall, redirect, error page, catch-all, cut connection,
//! each in words of its own. Pure: status, headers and bytes in, [`Failure`] out.

use std::time::Duration;

use winkelbrug_protocol::answer::{BridgeError, Defect};

pub use super::in_front::*;
use crate::{failure::Failure, shop::http::Reply, text};

/// After a firewall's refusal: repeated hits get the address blocked, the owner's browser included.
pub(super) const BACK_OFF: Duration = Duration::from_secs(15 * 60);

/// An answer that is not our bridge's, or not a whole one. A redirect is named by the caller.
#[must_use]
pub fn unproven(reply: &Reply, defect: &Defect) -> Failure {
    match defect {
        Defect::Mac => altered(),
        Defect::Truncated => cut_off(),
        Defect::TooLarge(what) => too_large(what),
        Defect::Malformed(what) => malformed(what),
        Defect::Version => other_version(),
        Defect::Empty | Defect::Foreign => foreign(reply, defect),
    }
    .outcome_unknown()
}

fn foreign(reply: &Reply, defect: &Defect) -> Failure {
    let status = reply.status.as_u16();
    if shows_source(&reply.body) {
        return source_visible();
    }
    if let Some(failure) = bot_page(reply).or_else(|| maintenance(reply)) {
        return failure;
    }
    match status {
        401 => protected(),
        404 | 410 => missing(),
        403 | 405 | 406 | 409 | 412 | 415 | 429 | 503 => in_front(reply),
        _ if is_php_error(&reply.body) => php_error(status),
        500..=599 => server_error(status),
        _ if *defect == Defect::Empty => empty(),
        _ if is_html(reply) => html(),
        _ => not_ours(status),
    }
}

/// Is PHP source readable in the body?
#[must_use]
pub fn shows_source(body: &[u8]) -> bool {
    contains(body, b"<?php")
}

/// An error page of PHP itself, shown or not.
#[must_use]
pub fn is_php_error(body: &[u8]) -> bool {
    [
        b"Fatal error".as_slice(),
        b"Parse error",
        b"Uncaught ",
        b"<b>Warning</b>",
        b"<b>Notice</b>",
    ]
    .iter()
    .any(|mark| contains(body, mark))
}

fn is_html(reply: &Reply) -> bool {
    reply.header("content-type").contains("text/html")
        || reply.body.trim_ascii_start().starts_with(b"<")
}

pub(in crate::shop) fn contains(body: &[u8], what: &[u8]) -> bool {
    body.windows(what.len()).any(|window| window == what)
}

/// The bridge itself refused before it looked at the request: key, end date or address list.
#[must_use]
pub fn refusal() -> Failure {
    Failure::credentials(
        "bridge-refused",
        text!(
            "Het koppelbestand in de winkel weigert deze computer: het is verlopen, van een andere installatie, of laat dit internetadres niet toe",
            "The file in the shop refuses this computer: it has expired, belongs to another installation, or does not admit this internet address"
        ),
    )
    .hint(text!(
        "Staat er iets bij [shop] allow_from, zet dan het adres van deze pc (zoals de winkel het ziet) erbij of haal die regel weg; plaats het koppelbestand daarna opnieuw met 'winkelbrug deploy'",
        "If [shop] allow_from is set, add this PC's address (as the shop sees it) or remove that line; then place the file anew with 'winkelbrug deploy'"
    ))
}

/// A nonce of ours, never used before, was seen before: something repeats our requests.
#[must_use]
pub fn replayed() -> Failure {
    Failure::transient(
        "request-repeated",
        text!(
            "Iets tussen deze computer en de winkel stuurde dezelfde vraag twee keer",
            "Something between this computer and the shop sent the same request twice"
        ),
    )
    .outcome_unknown()
}

/// The two clocks differ by more than a day.
#[must_use]
pub fn clock_differs(seconds: i64) -> Failure {
    let hours = seconds.abs() / 3600;
    Failure::misconfigured(
        "clock-differs",
        text!(
            "De klok van deze computer en die van de winkel verschillen {hours} uur",
            "The clocks of this computer and of the shop differ by {hours} hours"
        ),
    )
    .hint(text!(
        "Zet de klok van deze computer goed; klopt die, vraag dan uw webhoster naar de klok van de server",
        "Set this computer's clock right; if it is, ask your web host about the server's clock"
    ))
}

/// Code of an answer that PHP cut off.
const CUT: &str = "bridge-cut";
/// Code of an answer that is larger than is read.
const TOO_LARGE: &str = "answer-too-large";

/// Code of a question that this bridge file does not take as it is asked.
pub const BAD_ARGUMENTS: &str = "bridge-arguments";

/// A failure the bridge reports under its seal.
#[must_use]
pub fn reported(error: &BridgeError) -> Failure {
    let place = &error.place;
    let code = &error.code;
    match code.as_str() {
        "no-state" => Failure::misconfigured(
            "bridge-no-state",
            text!(
                "Het koppelbestand kan in de database van de winkel niet bijhouden welke vragen al gesteld zijn",
                "The file cannot keep track, in the shop's database, of the requests it has seen"
            ),
        )
        .hint(text!(
            "Geef de databasegebruiker van de winkel het recht om tabellen te maken, of maak schijfruimte vrij",
            "Let the shop's database user create tables, or free disk space"
        )),
        "config-missing" | "config-unreadable" => Failure::misconfigured(
            "shop-config",
            text!(
                "Het koppelbestand vindt de instellingen van de winkel niet of kan ze niet lezen ({place})",
                "The file does not find the shop's configuration or cannot read it ({place})"
            ),
        )
        .hint(wrong_folder()),
        "database-down" => Failure::transient(
            "shop-database-down",
            text!("De database van de winkel is niet bereikbaar", "The shop's database cannot be reached"),
        )
        .hint(text!(
            "Werkt de winkel zelf ook niet? Vraag dan uw webhoster; anders gaat het vanzelf verder",
            "Is the shop itself down too? Ask your web host then; otherwise it goes on by itself"
        ))
        .no_connection(),
        "database-refused" => Failure::misconfigured(
            "shop-database-refused",
            text!(
                "De database van de winkel weigert de gegevens uit de instellingen van de winkel",
                "The shop's database refuses the login in the shop's own configuration"
            ),
        )
        .hint(text!("Vraag uw webhoster of de winkel zelf nog werkt", "Ask your web host whether the shop itself still works")),
        "prefix-wrong" => Failure::misconfigured(
            "table-prefix",
            text!(
                "De tabellen van de winkel beginnen niet met het opgegeven voorvoegsel",
                "The shop's tables do not begin with the prefix given"
            ),
        )
        .hint(text!(
            "Maak [shop] table_prefix leeg of verbeter het, en plaats het koppelbestand opnieuw",
            "Empty or correct [shop] table_prefix, and deploy anew"
        )),
        "not-a-shop" => Failure::misconfigured(
            "not-a-shop",
            text!(
                "In deze map of database staat geen winkel die Winkelbrug kent ({place})",
                "This folder or database holds no shop that Winkelbrug knows ({place})"
            ),
        )
        .hint(wrong_folder()),
        "not-in-scope" | "unknown-op" => Failure::misconfigured(
            "bridge-too-little",
            text!(
                "Het koppelbestand in de winkel mag of kan dit niet ({place})",
                "The file in the shop may not or cannot do this ({place})"
            ),
        )
        .hint(deploy_anew()),
        "busy" => Failure::transient(
            "bridge-busy",
            text!("De winkel is nog bezig met een vorige wijziging", "The shop is still busy with an earlier change"),
        ),
        "unsupported" => Failure::misconfigured(
            "shop-unsupported",
            text!("Deze winkel kan dit niet ({place})", "This shop cannot do this ({place})"),
        ),
        "zero-cap" => Failure::misconfigured(
            "stock-to-zero",
            text!(
                "De winkel weigert: te veel artikelen zouden in één keer op voorraad 0 komen",
                "The shop refuses: too many articles would go to stock 0 at once"
            ),
        )
        .hint(text!(
            "Controleer of de voorraad in SnelStart klopt",
            "Check whether the stock in the books is right"
        )),
        "internal" if place.ends_with("cut") => Failure::misconfigured(
            CUT,
            text!(
                "PHP brak het koppelbestand af bij {place}: het had niet genoeg geheugen of tijd",
                "PHP cut the file in the shop off at {place}: it had not enough memory or time"
            ),
        )
        .hint(text!(
            "Zet memory_limit (of max_execution_time) van PHP op de webserver hoger, of vraag dat uw webhoster",
            "Raise PHP's memory_limit (or max_execution_time) on the web server, or ask your web host to"
        ))
        .outcome_unknown(),
        "internal" => Failure::bug(
            "bridge-internal",
            text!("Het koppelbestand liep vast bij {place}", "The file in the shop failed at {place}"),
        )
        .outcome_unknown(),
        "bad-arguments" => Failure::bug(
            BAD_ARGUMENTS,
            text!(
                "Het koppelbestand in de winkel begrijpt deze vraag niet ({place})",
                "The file in the shop does not understand this question ({place})"
            ),
        )
        .hint(deploy_anew()),
        _ => Failure::bug(
            "bridge-error",
            text!(
                "Het koppelbestand in de winkel meldt {code} bij {place}",
                "The file in the shop reports {code} at {place}"
            ),
        ),
    }
}

fn wrong_folder() -> crate::text::Text {
    text!(
        "Kijk of [shop.upload] folder de map van de winkel is, en plaats het koppelbestand opnieuw",
        "See whether [shop.upload] folder is the shop's folder, and deploy anew"
    )
}

fn deploy_anew() -> crate::text::Text {
    text!(
        "Plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
        "Place the file anew with 'winkelbrug deploy'"
    )
}

/// The file that answers is not the one that was uploaded.
#[must_use]
pub fn file_changed() -> Failure {
    Failure::misconfigured(
        "bridge-changed",
        text!(
            "Het koppelbestand in de winkel is veranderd sinds het geplaatst is",
            "The file in the shop was changed since it was placed"
        ),
    )
    .hint(text!(
        "Iemand of iets wijzigde een bestand op uw server: laat dat uitzoeken, en plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
        "Somebody or something changed a file on your server: have that looked into, and place the file anew with 'winkelbrug deploy'"
    ))
}

/// The answer comes from a bridge whose major version this program does not know.
#[must_use]
pub fn unknown_major(version: &str) -> Failure {
    Failure::misconfigured(
        "bridge-version",
        text!(
            "Het koppelbestand in de winkel heeft versie {version}, die dit programma niet kent",
            "The file in the shop has version {version}, which this program does not know"
        ),
    )
    .hint(text!(
        "Werk Winkelbrug bij, of plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
        "Update Winkelbrug, or place the file anew with 'winkelbrug deploy'"
    ))
}

fn other_version() -> Failure {
    unknown_major("?")
}

fn altered() -> Failure {
    Failure::transient(
        "answer-altered",
        text!(
            "Het antwoord van de winkel is onderweg veranderd en is weggegooid",
            "The shop's answer was changed on the way and was thrown away"
        ),
    )
    .hint(text!(
        "Gebeurt dit steeds, dan verandert iets bij uw webhoster (cache, beveiliging) de antwoorden",
        "If this goes on, something at your web host (cache, security) alters the answers"
    ))
}

pub(in crate::shop) fn cut_off() -> Failure {
    Failure::transient(
        "answer-cut-off",
        text!(
            "Het antwoord van de winkel brak halverwege af en is weggegooid",
            "The shop's answer broke off halfway and was thrown away"
        ),
    )
}

/// Is an answer too large to be had, so that less should be asked for?
pub fn is_too_much(failure: &Failure) -> bool {
    failure.code == CUT || failure.code == TOO_LARGE
}

fn too_large(what: &str) -> Failure {
    Failure::bug(
        TOO_LARGE,
        text!(
            "Het antwoord van de winkel is veel groter dan het mag zijn ({what}) en is weggegooid",
            "The shop's answer is far larger than it may be ({what}) and was thrown away"
        ),
    )
}

pub(super) fn malformed(what: &str) -> Failure {
    Failure::bug(
        "answer-malformed",
        text!(
            "Het koppelbestand antwoordt anders dan afgesproken: {what}",
            "The file in the shop answers otherwise than agreed: {what}"
        ),
    )
    .hint(deploy_anew())
}

/// The server sends the file's source instead of running it.
#[must_use]
pub fn source_visible() -> Failure {
    Failure::misconfigured(
        "bridge-source-visible",
        text!(
            "De webserver voert PHP in deze map niet uit, maar laat de inhoud van het bestand zien",
            "The web server does not run PHP in this folder but shows the file's content"
        ),
    )
    .hint(text!(
        "Haal het koppelbestand weg met 'winkelbrug withdraw' en kies bij [shop.upload] folder de map waarin index.php van de winkel staat",
        "Remove the file with 'winkelbrug withdraw' and give at [shop.upload] folder the folder with the shop's index.php"
    ))
}

pub(in crate::shop) fn protected() -> Failure {
    Failure::credentials(
        "basic-auth",
        text!(
            "De winkel vraagt om een gebruikersnaam en wachtwoord voor de website",
            "The shop's web site asks for a user name and password"
        ),
    )
    .hint(text!(
        "Zet de naam bij [shop] basic_auth_user en geef het wachtwoord als geheim 'basic_auth'",
        "Put the name at [shop] basic_auth_user and give the password as secret 'basic_auth'"
    ))
}

fn missing() -> Failure {
    Failure::misconfigured(
        "bridge-missing",
        text!(
            "Het koppelbestand is op dit adres niet te vinden (404)",
            "The file is not to be found at this address (404)"
        ),
    )
    .hint(text!(
        "Is het weggehaald, plaats het dan opnieuw met 'winkelbrug deploy'; kijk ook of [shop] url en [shop.upload] folder bij dezelfde winkel horen",
        "If it was removed, place it anew with 'winkelbrug deploy'; see too whether [shop] url and [shop.upload] folder belong to the same shop"
    ))
}

/// 403, 406 and their like without our own body.
pub(in crate::shop) fn in_front(reply: &Reply) -> Failure {
    let status = reply.status.as_u16();
    let wait = reply
        .header("retry-after")
        .parse()
        .map_or(BACK_OFF, Duration::from_secs);
    Failure::transient(
            "refused-in-front",
            text!(
                "Iets vóór de winkel weigert de vraag ({status}): een firewall, ModSecurity of een grens van de webhoster",
                "Something in front of the shop refuses the request ({status}): a firewall, ModSecurity or a limit of the web host"
            ),
        )
        .hint(text!(
            "Vraag uw webhoster om verzoeken met 'Winkelbrug' als programmanaam door te laten",
            "Ask your web host to let requests with the program name 'Winkelbrug' pass"
        ))
        .retry_after(Some(wait))
}

pub(in crate::shop) fn php_error(status: u16) -> Failure {
    Failure::transient(
        "php-error-page",
        text!(
            "De winkel antwoordt met een foutmelding van PHP ({status})",
            "The shop answers with an error message of PHP ({status})"
        ),
    )
    .hint(text!(
        "Vraag uw webhoster naar de PHP-versie en naar het foutenlogboek",
        "Ask your web host about the PHP version and the error log"
    ))
}

pub(in crate::shop) fn server_error(status: u16) -> Failure {
    Failure::transient(
        "shop-server-error",
        text!(
            "De webserver van de winkel meldt een fout ({status})",
            "The shop's web server reports an error ({status})"
        ),
    )
}

pub(in crate::shop) fn empty() -> Failure {
    Failure::transient(
        "answer-empty",
        text!(
            "De winkel gaf een leeg antwoord",
            "The shop gave an empty answer"
        ),
    )
    .hint(text!(
        "Vraag uw webhoster naar het foutenlogboek van PHP als dit vaker gebeurt",
        "Ask your web host for PHP's error log if this happens again"
    ))
}

fn html() -> Failure {
    Failure::transient(
        "html-instead",
        text!(
            "Op het adres van het koppelbestand staat een gewone webpagina",
            "An ordinary web page is at the file's address"
        ),
    )
    .hint(text!(
        "Kijk of [shop] url en [shop.upload] folder bij dezelfde winkel horen, en plaats het koppelbestand opnieuw",
        "See whether [shop] url and [shop.upload] folder belong to the same shop, and deploy anew"
    ))
}

fn not_ours(status: u16) -> Failure {
    Failure::transient(
        "answer-not-ours",
        text!(
            "Het antwoord is niet van het koppelbestand (status {status})",
            "The answer is not the bridge's (status {status})"
        ),
    )
}

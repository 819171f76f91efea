//! What an answer that is none means, in the owner's words. Pure: status, headers and bytes in,
//! [`Failure`] out.

use crate::{
    failure::Failure,
    shop::{bridge::diagnosis as web, http::Reply},
    text,
};

pub use web::redirected;

/// Clocks that differ by more than this are worth a word.
pub const CLOCK: i64 = 300;

/// An answer that is not the API's at all.
#[must_use]
pub fn foreign(reply: &Reply) -> Option<Failure> {
    let status = reply.status.as_u16();
    let html = reply.body.trim_ascii_start().starts_with(b"<");
    Some(match status {
        401 => web::protected(),
        404 | 410 => missing(),
        403 | 405 | 406 | 409 | 412 | 415 | 429 | 503 => web::bot_page(reply)
            .or_else(|| web::maintenance(reply))
            .unwrap_or_else(|| web::in_front(reply)),
        _ if web::is_php_error(&reply.body) && !json_begins(reply) => web::php_error(status),
        500..=599 => web::server_error(status),
        _ if reply.body.trim_ascii().is_empty() => web::empty(),
        _ if html => html_instead(),
        200 => return None,
        _ => unexpected(status),
    })
}

fn json_begins(reply: &Reply) -> bool {
    matches!(reply.body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// The plug-in refuses: it says the same to a wrong token, an address that is not on its list and a
/// counter it has seen.
#[must_use]
pub fn refused(clock: i64) -> Failure {
    let failure = Failure::credentials(
        "sconnect-refused",
        text!(
            "De S-Connect-plug-in van de winkel weigert deze computer (403): het token is een ander dan in de winkel staat, of dit internetadres staat daar niet op de lijst",
            "The shop's S-Connect plug-in refuses this computer (403): the token is not the one in the shop, or this internet address is not on its list"
        ),
    );
    if clock.abs() > CLOCK {
        let minutes = clock.abs() / 60;
        return failure.hint(text!(
            "Zet eerst de klok van deze computer goed: hij verschilt {minutes} minuten van die van de winkel. Neem anders het token opnieuw over in de instellingen van de plug-in",
            "First set this computer's clock right: it differs from the shop's by {minutes} minutes. Else copy the token into the plug-in's settings again"
        ));
    }
    failure.hint(text!(
        "Plak het token in de instellingen van de plug-in en sla ze op, of geef het token dat daar staat als geheim 'shop'; kijk daar ook naar de lijst van toegestane adressen",
        "Paste the token into the plug-in's settings and save them, or give the token that is there as secret 'shop'; look there at the list of allowed addresses too"
    ))
}

/// There is no token to sign with.
#[must_use]
pub fn no_token() -> Failure {
    Failure::credentials(
        "sconnect-token-missing",
        text!(
            "Er is nog geen token voor de S-Connect-plug-in van de winkel",
            "There is no token for the shop's S-Connect plug-in yet"
        ),
    )
    .hint(text!(
        "Voer 'winkelbrug check' uit: dat maakt er een, of geef het als geheim 'shop'",
        "Run 'winkelbrug check', which makes one, or give it as secret 'shop'"
    ))
}

fn missing() -> Failure {
    Failure::misconfigured(
        "sconnect-missing",
        text!(
            "Op dit adres is geen S-Connect-plug-in te vinden (404)",
            "There is no S-Connect plug-in at this address (404)"
        ),
    )
    .hint(text!(
        "Staat de plug-in aan in de winkel? Ligt zijn adres ergens anders, zet dan bij [shop] url het hele adres, eindigend op /sconnect",
        "Is the plug-in switched on in the shop? If its address is elsewhere, put the whole address at [shop] url, ending with /sconnect"
    ))
}

fn html_instead() -> Failure {
    Failure::misconfigured(
        "sconnect-html",
        text!(
            "Op dit adres antwoordt een gewone webpagina in plaats van de S-Connect-plug-in",
            "An ordinary web page answers at this address, not the S-Connect plug-in"
        ),
    )
    .hint(text!(
        "Kijk of de plug-in in de winkel geïnstalleerd is en aanstaat, en of de winkel niet op onderhoud staat",
        "See whether the plug-in is installed and switched on in the shop, and whether the shop is not under maintenance"
    ))
}

fn unexpected(status: u16) -> Failure {
    Failure::transient(
        "sconnect-status",
        text!(
            "De winkel antwoordt met een onverwachte status ({status})",
            "The shop answers with an unexpected status ({status})"
        ),
    )
}

/// The answer broke off.
#[must_use]
pub fn cut_off() -> Failure {
    web::cut_off()
}

/// JSON that is none.
#[must_use]
pub fn malformed(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    Failure::transient(
        "answer-malformed",
        text!(
            "Het antwoord van de S-Connect-plug-in is niet te lezen (regel {line}, teken {column}) en is weggegooid",
            "The S-Connect plug-in's answer cannot be read (line {line}, character {column}) and was thrown away"
        ),
    )
    .hint(text!(
        "Gebeurt dit steeds, zet dan in de winkel het tonen van PHP-meldingen uit en werk de plug-in bij",
        "If this goes on, switch off the showing of PHP messages in the shop and update the plug-in"
    ))
}

/// A page without a list.
#[must_use]
pub fn no_records() -> Failure {
    Failure::transient(
        "answer-malformed",
        text!(
            "Het antwoord van de S-Connect-plug-in heeft geen lijst en is weggegooid",
            "The S-Connect plug-in's answer has no list and was thrown away"
        ),
    )
}

/// Larger than anything the shop can have.
#[must_use]
pub fn too_large(what: &str) -> Failure {
    Failure::bug(
        "answer-too-large",
        text!(
            "Het antwoord van de winkel is veel groter dan het mag zijn ({what}) en is weggegooid",
            "The shop's answer is far larger than it may be ({what}) and was thrown away"
        ),
    )
}

/// Nested deeper than anything the API says.
#[must_use]
pub fn too_deep() -> Failure {
    Failure::bug(
        "answer-too-deep",
        text!(
            "Het antwoord van de winkel is dieper genest dan het mag zijn en is weggegooid",
            "The shop's answer is nested deeper than it may be and was thrown away"
        ),
    )
}

/// Bytes that are no text.
#[must_use]
pub fn not_utf8() -> Failure {
    Failure::misconfigured(
        "answer-encoding",
        text!(
            "Het antwoord van de winkel is geen UTF-8 en is weggegooid: namen zouden verminkt worden",
            "The shop's answer is not UTF-8 and was thrown away: names would be garbled"
        ),
    )
    .hint(text!(
        "Vraag de maker van de plug-in of uw webhoster om antwoorden in UTF-8",
        "Ask the plug-in's maker or your web host for answers in UTF-8"
    ))
}

/// A list without an end.
#[must_use]
pub fn endless() -> Failure {
    Failure::bug(
        "list-endless",
        text!(
            "De lijst van de winkel houdt niet op",
            "The shop's list does not end"
        ),
    )
}

/// What this API has no command for.
#[must_use]
pub fn cannot(what: crate::text::Text) -> Failure {
    let crate::text::Text { nl, en } = what;
    Failure::misconfigured(
        "sconnect-cannot",
        text!(
            "Een winkel met S-Connect vertelt geen {nl}",
            "A shop with S-Connect does not tell {en}"
        ),
    )
}

/// Another plug-in version, or another shop program, that lacks a command.
#[must_use]
pub fn too_old(missing: &str) -> Failure {
    Failure::misconfigured(
        "sconnect-command-missing",
        text!(
            "De S-Connect-plug-in van de winkel kent niet: {missing}",
            "The shop's S-Connect plug-in does not know: {missing}"
        ),
    )
    .hint(text!(
        "Werk de plug-in in de winkel bij naar de nieuwste versie",
        "Update the plug-in in the shop to its newest version"
    ))
}

//! What stands between a file that is there and PHP that runs it: PHP that is too old, or a web server
//! that does not hand the file to PHP. Fact: Magento 2's `nginx.conf.sample` names the PHP files it
//! runs and refuses all others.

use super::{
    platform::Platform,
    template::{OLDEST_PHP, PHP_OF_THE_FILE},
};
use crate::{
    failure::Failure,
    shop::{bridge::diagnosis, http::Reply},
    text,
};

/// What a Magento 2 shop's nginx needs, before its own lines about `.php`. Without `try_files` PHP's
/// cache of scripts goes on answering for a file that is deleted.
pub const MAGENTO_LOCATION: &str = "location ~ ^/winkelbrug-[0-9a-f]+\\.php$ { try_files $uri =404; \
    fastcgi_pass fastcgi_backend; include fastcgi_params; fastcgi_param SCRIPT_FILENAME \
    $document_root$fastcgi_script_name; }";

/// Major and minor of a version (`7.1.33`, `PHP/5.6.40-0+deb8u12`).
pub(super) fn version(text: &str) -> Option<(u32, u32)> {
    let text = text.rsplit_once("PHP/").map_or(text, |(_, rest)| rest);
    let mut parts = text.split(|character: char| !character.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Is that PHP older than the ordinary file is made for?
pub(super) fn is_old(text: &str) -> bool {
    version(text).is_some_and(|version| version < PHP_OF_THE_FILE)
}

/// May a failure of the ordinary file be PHP's age? A server that hides its errors shows 500 and
/// nothing else; PHP 7.0 and 7.1 read the file, but their own functions refuse what newer ones take.
pub(super) fn may_be_old(failure: &Failure) -> bool {
    matches!(
        failure.code.as_str(),
        "php-too-old" | "php-error-page" | "shop-server-error" | "bridge-internal" | "bridge-cut"
    )
}

/// What a reply of the freshly placed file says about PHP; none when nothing.
pub(super) fn too_old_by(reply: &Reply) -> Option<Failure> {
    let shown = reply.header("x-powered-by");
    let parse_error = diagnosis::contains(&reply.body, b"Parse error")
        || diagnosis::contains(&reply.body, b"syntax error, unexpected");
    let fails = parse_error || reply.status.is_server_error();
    (fails && (is_old(shown) || parse_error)).then(|| {
        let shown = version(shown).map(|(major, minor)| format!("{major}.{minor}"));
        too_old(shown.as_deref())
    })
}

/// PHP is older than anything we have; `version` where it is known.
pub(super) fn too_old(version: Option<&str>) -> Failure {
    let (major, minor) = OLDEST_PHP;
    let shown = version.map_or_else(String::new, |version| format!(" ({version})"));
    Failure::misconfigured(
        "php-too-old",
        text!(
            "PHP op deze server is te oud voor het koppelbestand{shown}: de server geeft een foutmelding bij het lezen ervan",
            "PHP on this server is too old for the file{shown}: the server gives an error when reading it"
        ),
    )
    .hint(text!(
        "Winkelbrug werkt vanaf PHP {major}.{minor}. Kies in het configuratiescherm van uw webhoster een nieuwere PHP-versie voor deze website",
        "Winkelbrug works from PHP {major}.{minor} on. Choose a newer PHP version for this web site in your web host's control panel"
    ))
}

/// The folder is the right one and other files of it are seen, but the PHP file is not run.
pub(super) fn not_run(platform: Platform, status: u16) -> Failure {
    if platform == Platform::Magento2 {
        return Failure::misconfigured(
            "magento-php-refused",
            text!(
                "De map is de goede, maar de nginx-regels van Magento 2 laten alleen PHP-bestanden van Magento zelf toe (status {status})",
                "The folder is right, but the nginx rules of Magento 2 admit only PHP files of Magento itself (status {status})"
            ),
        )
        .hint(text!(
            "Laat uw webbouwer deze regel in de nginx-instellingen van de winkel zetten, vóór de regels over .php: {MAGENTO_LOCATION}",
            "Have your web builder put this line into the shop's nginx configuration, before the lines about .php: {MAGENTO_LOCATION}"
        ));
    }
    Failure::misconfigured(
        "php-file-refused",
        text!(
            "De map is de goede, maar de webserver laat het PHP-bestand van Winkelbrug niet toe (status {status}); andere bestanden uit die map wel",
            "The folder is right, but the web server does not admit Winkelbrug's PHP file (status {status}); other files of that folder it does"
        ),
    )
    .hint(text!(
        "Vraag uw webbouwer of webhoster om PHP-bestanden die met winkelbrug- beginnen in de map van de winkel uit te voeren: een regel (.htaccess, nginx) of een beveiliging houdt ze tegen",
        "Ask your web builder or web host to run PHP files in the shop's folder whose name begins with winkelbrug-: a rule (.htaccess, nginx) or a protection keeps them back"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_php_is_told_from_new_by_major_and_minor() {
        for old in [
            "5.6.40",
            "7.0.33",
            "7.1.33-1+deb9u1",
            "PHP/5.6.40-0+deb8u12",
        ] {
            assert!(is_old(old), "{old}");
        }
        for new in ["7.2.0", "7.4.33", "8.5.0", "PHP/10.0", "", "ASP.NET"] {
            assert!(!is_old(new), "{new}");
        }
    }
}

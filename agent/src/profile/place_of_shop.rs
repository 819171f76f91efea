//! When two addresses are one shop: however they are typed, they lead to the same orders.

use url::Url;

/// Are these the same shop? Scheme, capitals, `www.`, a slash or `index.php` at the end and what
/// follows a question mark make no other shop of it; another port or folder does. What is no
/// address is nobody's.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    normal(one).is_some_and(|one| Some(one) == normal(other))
}

/// Do both addresses lead to one domain, with or without `www.`? Two of one owner's domains do not.
#[must_use]
pub fn is_same_domain(one: &str, other: &str) -> bool {
    let host = |address| normal(address).map(|(host, _, _)| host);
    host(one).is_some_and(|one| Some(one) == host(other))
}

fn normal(address: &str) -> Option<(String, Option<u16>, String)> {
    let url = Url::parse(address.trim()).ok()?;
    let host = url.host_str()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/index.php").unwrap_or(path);
    Some((host, url.port(), path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{is_same, is_same_domain};

    #[test]
    fn one_shop_is_recognised_however_its_address_is_typed() {
        let shop = "https://www.winkel.nl/shop";
        for same in [
            "http://winkel.nl/shop/",
            "https://WWW.Winkel.NL:443/shop/index.php",
            "https://winkel.nl/shop?language=nl",
        ] {
            assert!(is_same(shop, same), "{same}");
        }
        for other in [
            "https://winkel.nl",
            "https://winkel.nl/shop2",
            "https://winkel.nl:8443/shop",
            "https://b.winkel.nl/shop",
            "winkel",
        ] {
            assert!(!is_same(shop, other), "{other}");
        }
        assert!(!is_same("", ""));
        for same in ["https://winkel.nl", "http://WWW.winkel.nl:81/nl/"] {
            assert!(is_same_domain(shop, same), "{same}");
        }
        for other in [
            "https://b.winkel.nl/shop",
            "https://winkel.nl.kwaad.nl/",
            "",
        ] {
            assert!(!is_same_domain(shop, other), "{other}");
        }
    }
}

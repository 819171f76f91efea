//! Which keys the two servers of a shop show that are not trusted yet: the upload's and the web
//! server's.

use url::Url;

use super::{Side, transport};
use crate::{
    failure::Result,
    profile::settings::UploadProtocol,
    shop::{
        http::shop_address,
        keys::{self, Kind, NewKey},
    },
};

/// Looks at both servers without logging in. One that cannot be reached shows nothing, and a key
/// whose fingerprint the profile names is not looked at: only the profile can change that.
///
/// # Errors
/// The journal or the secrets cannot be read.
pub async fn untrusted(side: &Side<'_>) -> Result<Vec<NewKey>> {
    let shop = &side.settings.shop;
    let mut found = Vec::new();
    if shop.upload.fingerprint.trim().is_empty() {
        let shown = transport::untrusted(&shop.upload, &side.access()?).await;
        let kind = match shop.upload.protocol {
            UploadProtocol::Sftp => Kind::HostKey,
            UploadProtocol::Ftp | UploadProtocol::Ftps | UploadProtocol::FtpsImplicit => {
                Kind::Certificate
            }
        };
        found.extend(shown.map(|shown| (kind, transport::place(&shop.upload), shown)));
    }
    if shop.fingerprint.trim().is_empty()
        && let Ok(url) = shop_address(shop)
        && url.scheme() == "https"
    {
        let shown = side.http()?.untrusted(&url).await;
        found.extend(shown.map(|shown| (Kind::Certificate, web_place(&url), shown)));
    }
    found
        .into_iter()
        .map(|(kind, place, fingerprint)| {
            Ok(NewKey {
                before: keys::trusted(side.journal, &place)?,
                place,
                kind,
                fingerprint,
            })
        })
        .collect()
}

/// Where a web server's certificate is trusted: `https://host:port`.
pub(super) fn web_place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}://{host}:{port}", url.scheme())
}

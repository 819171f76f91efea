//! Values of `[shop]` and `[shop.upload]`.

use std::net::IpAddr;

use jiff::tz::TimeZone;

use super::{expect, secure_address};
use crate::{
    failure::{Failure, Result},
    profile::settings::{Settings, Upload, UploadProtocol},
    text,
};

pub(super) fn shop(settings: &Settings) -> Result<()> {
    let shop = &settings.shop;
    secure_address("shop.url", &shop.url, shop.allow_plain_http)?;
    expect(
        shop.table_prefix
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        "shop.table_prefix",
        &shop.table_prefix,
        text!("letters, cijfers en _", "letters, digits and _"),
    )?;
    expect(
        shop.time_zone.is_empty() || TimeZone::get(&shop.time_zone).is_ok(),
        "shop.time_zone",
        &shop.time_zone,
        text!(
            "een tijdzone zoals Europe/Amsterdam",
            "a time zone such as Europe/Amsterdam"
        ),
    )?;
    for address in &shop.allow_from {
        expect(
            is_address(address),
            "shop.allow_from",
            address,
            text!(
                "adressen zoals 203.0.113.7 of 2001:db8::/48",
                "addresses such as 203.0.113.7 or 2001:db8::/48"
            ),
        )?;
    }
    for status in &shop.order_statuses {
        expect(
            !status.trim().is_empty(),
            "shop.order_statuses",
            status,
            text!(
                "namen of nummers van bestelstatussen",
                "names or ids of order statuses"
            ),
        )?;
    }
    for store in &shop.stores {
        expect(
            !store.trim().is_empty(),
            "shop.stores",
            store,
            text!(
                "namen of nummers van winkels (store) van de installatie",
                "names or ids of stores of the installation"
            ),
        )?;
    }
    Ok(())
}

pub(super) fn upload(settings: &Settings) -> Result<()> {
    let upload = &settings.shop.upload;
    if *upload == Upload::default() {
        return Err(no_upload());
    }
    expect(
        is_host(&upload.host),
        "shop.upload.host",
        &upload.host,
        text!(
            "de naam van de server, zoals ftp.voorbeeld.nl",
            "the server's name, such as ftp.example.com"
        ),
    )?;
    expect(
        !upload.user.is_empty(),
        "shop.upload.user",
        &upload.user,
        text!(
            "de gebruikersnaam op de server",
            "the user name on the server"
        ),
    )?;
    expect(
        !upload.folder.contains(['\r', '\n', '\0']),
        "shop.upload.folder",
        &upload.folder.escape_debug().to_string(),
        text!("een map op de server", "a folder on the server"),
    )?;
    expect(
        upload.key_file.is_empty() || upload.protocol == UploadProtocol::Sftp,
        "shop.upload.key_file",
        &upload.key_file,
        text!(
            "alleen bij protocol = \"sftp\"; anders leeg",
            "only with protocol = \"sftp\"; else empty"
        ),
    )?;
    fingerprint("shop.upload.fingerprint", &upload.fingerprint)?;
    fingerprint("shop.fingerprint", &settings.shop.fingerprint)
}

/// A name, or an address; one of IPv6 may stand in brackets.
fn is_host(host: &str) -> bool {
    let inside = host
        .strip_prefix('[')
        .and_then(|inside| inside.strip_suffix(']'));
    inside.unwrap_or(host).parse::<std::net::Ipv6Addr>().is_ok()
        || (!host.is_empty() && !host.contains(['/', ':', ' ', '@', '[', ']']))
}

/// A shop with Winkelbrug's file in it, and nothing said on how it gets there.
fn no_upload() -> Failure {
    Failure::misconfigured(
        "missing-key",
        text!(
            "De groep [shop.upload] ontbreekt: hoe Winkelbrug zijn bestand in de winkel zet.",
            "The table [shop.upload] is missing: how Winkelbrug puts its file into the shop."
        ),
    )
    .hint(text!(
        "Schrijf op een eigen regel [shop.upload], en eronder protocol = \"sftp\" (of \"ftps\", \"ftps-implicit\", \"ftp\"), host = \"ftp.voorbeeld.nl\" en user = \"…\". Heeft de winkel de S-Connect-plug-in, zet dan bij [shop] kind = \"sconnect\".",
        "Write [shop.upload] on a line of its own, and below it protocol = \"sftp\" (or \"ftps\", \"ftps-implicit\", \"ftp\"), host = \"ftp.example.com\" and user = \"…\". If the shop has the S-Connect plug-in, write kind = \"sconnect\" at [shop]."
    ))
}

/// Empty, or `SHA256:` and 43 characters of base64 (256 bits), as OpenSSH and this program show it.
fn fingerprint(key: &str, value: &str) -> Result<()> {
    let form = |digest: &str| {
        digest.len() == 43
            && digest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    };
    expect(
        value.trim().is_empty() || value.trim().strip_prefix("SHA256:").is_some_and(form),
        key,
        value,
        text!(
            "een vingerafdruk als SHA256:… met 43 tekens, zoals 'winkelbrug check' hem toont",
            "a fingerprint such as SHA256:… with 43 characters, as 'winkelbrug check' shows it"
        ),
    )
}

/// One address, or a network as address/bits.
fn is_address(text: &str) -> bool {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

//! The steps of a test of the shop's side, as the owner reads them.

use jiff::Timestamp;
use winkelbrug_protocol::record::Hello;

use super::{
    DAY, Side, foreign_bytes,
    located::{self, Missed},
    others, php, place,
    platform::{Found, Platform},
    side::not_deployed,
    template::Baked,
    transport,
    uploads::{self, Upload},
};
use crate::{
    failure::Failure, profile::settings::UploadProtocol, shop::http::shop_address, step::Step,
    text, text::Text,
};

/// Looks at everything of the shop's side, and changes nothing. The steps stop at the first one
/// the next ones rest on.
pub async fn check(side: &Side<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    match upload_side(side).await {
        Ok(found) => steps.extend(found),
        Err(found) => steps.extend(found),
    }
    steps.extend(bridge_side(side).await);
    steps
}

async fn upload_side(side: &Side<'_>) -> std::result::Result<Vec<Step>, Vec<Step>> {
    let mut located = match located::open(side).await {
        Ok(located) => located,
        Err(Missed::Login(failure)) => return Err(vec![Step::failed("upload-login", &failure)]),
        Err(Missed::Folder(failure)) => {
            return Err(vec![
                logged_in(side),
                Step::failed("upload-folder", &failure),
            ]);
        }
    };
    let folder = located.folder.clone();
    let others = others::noticed(side, located.transport.as_mut(), &folder).await;
    located.transport.close().await;
    let mut steps = vec![logged_in(side), located::step(&located)];
    steps.extend(others);
    steps.extend(not_deployed_yet(side, &located.found));
    Ok(steps)
}

/// Settings that stand in the file itself hold from the next deploy on: until then they are not in force.
fn not_deployed_yet(side: &Side<'_>, found: &Found) -> Option<Step> {
    let active = uploads::active(side.journal, side.profile()).ok()??;
    let baked = match Baked::new(&side.settings.shop, found) {
        Ok(baked) => baked,
        Err(failure) => return Some(Step::failed("bridge-settings", &failure)),
    };
    if active.settings == baked.digest() {
        return None;
    }
    let failure = Failure::misconfigured(
        "settings-not-deployed",
        text!(
            "Een instelling die in het koppelbestand staat (table_prefix, time_zone, allow_from) is veranderd en geldt nog niet",
            "A setting that stands in the file itself (table_prefix, time_zone, allow_from) was changed and does not hold yet"
        ),
    )
    .hint(text!(
        "Plaats het koppelbestand opnieuw met 'winkelbrug deploy'",
        "Place the file anew with 'winkelbrug deploy'"
    ));
    Some(Step::failed("bridge-settings", &failure))
}

async fn bridge_side(side: &Side<'_>) -> Vec<Step> {
    if let Err(failure) = shop_address(&side.settings.shop) {
        return vec![Step::failed("shop-address", &failure)];
    }
    let active = match uploads::active(side.journal, side.profile()) {
        Ok(Some(active)) => active,
        Ok(None) => return vec![Step::failed("bridge-file", &not_deployed())],
        Err(failure) => return vec![Step::failed("bridge-file", &failure)],
    };
    let shop = match side.open() {
        Ok(shop) => shop,
        Err(failure) => return vec![Step::failed("bridge-file", &failure)],
    };
    if let Err(failure) =
        place::seen_from_outside(shop.exchange().http(), shop.exchange().url()).await
    {
        return vec![Step::failed("bridge-file", &failure)];
    }
    let mut steps = Vec::new();
    // Only what answers as it should is said to work.
    match shop.hello_checked().await {
        Ok((hello, foreign)) => {
            steps.push(in_use(&active, side.now()));
            steps.push(answered(&hello).hint(both(foreign_bytes(foreign), old_php(&hello))));
            steps.extend(other_reader(&hello));
        }
        Err(failure) => steps.push(Step::failed("bridge-hello", &failure)),
    }
    steps
}

/// Logged in; plain FTP comes with a warning.
pub(super) fn logged_in(side: &Side<'_>) -> Step {
    let upload = &side.settings.shop.upload;
    let server = transport::server(upload);
    let hint = match upload.protocol {
        UploadProtocol::Ftp => text!(
            "Gewone FTP verstuurt uw wachtwoord leesbaar; kies FTPS of SFTP zodra dat kan",
            "Plain FTP sends your password readable; choose FTPS or SFTP as soon as you can"
        ),
        UploadProtocol::Ftps | UploadProtocol::FtpsImplicit | UploadProtocol::Sftp => {
            Text::default()
        }
    };
    let text = text!("Aangemeld bij {server}", "Logged in to {server}");
    warned("upload-login", text, hint)
}

/// It went well; with a warning it still asks for the owner's eyes.
fn warned(name: &str, text: Text, warning: Text) -> Step {
    if warning.is_empty() {
        Step::passed(name, text)
    } else {
        Step::attention(name, text).hint(warning)
    }
}

/// A file is in use until so many days from now.
pub(super) fn in_use(active: &Upload, now: Timestamp) -> Step {
    let path = &active.path;
    let version = &active.version;
    let days = (active.end_date - now.as_second()) / DAY;
    let text = text!(
        "Het koppelbestand {path} (versie {version}) werkt en geldt nog {days} dagen",
        "The file {path} (version {version}) works and holds for another {days} days"
    );
    warned("bridge-file", text, weaker(active))
}

/// A new file is in use.
pub(super) fn placed(upload: &Upload) -> Step {
    let path = &upload.path;
    let version = &upload.version;
    let text = text!(
        "Het koppelbestand {path} (versie {version}) is geplaatst en antwoordt goed",
        "The file {path} (version {version}) is placed and answers rightly"
    );
    warned("bridge-placed", text, weaker(upload))
}

fn weaker(upload: &Upload) -> Text {
    if upload.variant == "hmac" {
        text!(
            "PHP op deze server mist openssl: wie het bestand kan lezen, kan er ook vragen mee stellen. Vraag uw webhoster om openssl aan te zetten en plaats het daarna opnieuw",
            "PHP on this server lacks openssl: who can read the file can also ask questions with it. Ask your web host to switch openssl on, then deploy anew"
        )
    } else {
        Text::default()
    }
}

fn answered(hello: &Hello) -> Step {
    let name = &hello.shop.name;
    let platform = Platform::named(&hello.platform);
    let program = platform.map_or_else(|| hello.platform.clone(), |known| known.title().to_owned());
    let (version, php) = (&hello.platform_version, &hello.php);
    let orders = hello.counts.orders;
    let prefix = &hello.table_prefix;
    Step::passed(
        "bridge-hello",
        text!(
            "{name}: {program} {version}, PHP {php}, tabellen {prefix}*, {orders} bestellingen",
            "{name}: {program} {version}, PHP {php}, tables {prefix}*, {orders} orders"
        ),
    )
}

/// PHP that gets no more mending, and for which the other file is in use.
fn old_php(hello: &Hello) -> Text {
    if !php::is_old(&hello.php) {
        return Text::default();
    }
    let version = &hello.php;
    text!(
        "PHP {version} is te oud om nog veilig te zijn: kies bij uw webhoster een nieuwere. Tot die tijd werkt Winkelbrug met zijn bestand voor oude PHP",
        "PHP {version} is too old to be safe any more: choose a newer one at your web host. Until then Winkelbrug works with its file for old PHP"
    )
}

fn both(first: Text, second: Text) -> Text {
    if first.is_empty() {
        return second;
    }
    if second.is_empty() {
        return first;
    }
    Text {
        nl: format!("{}. {}", first.nl, second.nl),
        en: format!("{}. {}", first.en, second.en),
    }
}

fn other_reader(hello: &Hello) -> Option<Step> {
    let other = hello.other_reader.as_ref()?;
    let at = Text::moment(&other.at);
    let (nl, en) = (&at.nl, &at.en);
    Some(
        Step::attention(
            "other-reader",
            text!(
                "Een andere installatie van Winkelbrug las deze winkel ook (laatst: {nl})",
                "Another installation of Winkelbrug read this shop too (last: {en})"
            ),
        )
        .hint(text!(
            "Twee installaties op één winkel boeken alles dubbel: zet er één uit",
            "Two installations on one shop book everything twice: switch one off"
        )),
    )
}

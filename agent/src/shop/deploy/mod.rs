//! The life of the bridge's file on the web host: placed under a fresh name, proven, used,
//! replaced, withdrawn. `transport` gets files there by FTP, FTPS or SFTP, `uploads` is the journal's memory of them.

mod check;
mod clear;
pub mod exposure;
pub mod finding;
mod ftp;
mod ftp_listing;
mod ftp_secure;
mod keys;
mod located;
mod not_seen;
mod others;
mod php;
mod place;
pub mod platform;
mod probe;
mod reach;
mod refusals;
mod said;
mod sftp;
mod sftp_login;
mod side;
pub mod template;
pub mod transport;
pub mod uploads;
mod usual;
mod version;
mod withdraw;

use jiff::Timestamp;
use url::Url;
use winkelbrug_protocol::answer::Foreign;

pub use self::{
    check::check,
    keys::untrusted,
    located::{line as shop_line, shops},
    sftp_login::encrypted as key_is_encrypted,
    side::Side,
    withdraw::withdraw,
};
use self::{
    located::Located,
    template::{Baked, Template, Templates, release},
    uploads::Upload,
};
use crate::{
    failure::{Failure, Result},
    fault,
    shop::http::shop_address,
    step::Step,
    text,
};

/// How long a file serves.
const LIFE_DAYS: i64 = 400;
/// It is renewed when fewer days than this are left.
const RENEW_DAYS: i64 = 30;
const DAY: i64 = 24 * 3600;

/// Why a file is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The owner asked: a shop that changed (moved, other database) is accepted.
    Asked,
    /// The end date is near, or the file is gone: only for the shop that was proven before.
    Renewal,
}

/// What a deployment came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The file there is right and proven.
    Unchanged,
    /// A new file is in use.
    Placed,
    /// Nothing of ours is there any more.
    Withdrawn,
    /// Something of ours may still be there, see [`Report::left`].
    Left,
}

/// What was done, in order.
#[derive(Debug, Clone)]
pub struct Report {
    /// What it came to.
    pub outcome: Outcome,
    /// The steps, in the order the owner should read them.
    pub steps: Vec<Step>,
    /// What the owner must remove by hand: exact paths on the server.
    pub left: Vec<String>,
    /// Files of ours this data folder knows nothing of: exact paths on the server.
    pub others: Vec<String>,
}

fn ends_soon(upload: &Upload, now: Timestamp) -> bool {
    upload.end_date - now.as_second() < RENEW_DAYS * DAY
}

/// Sees to it that a proven, up-to-date file is in use: places one when needed, removes what
/// interrupted deployments left, and changes nothing when nothing is new.
///
/// # Errors
/// A named cause at every step; the file in use before stays in use.
pub async fn deploy(side: &Side<'_>, templates: &Templates, why: Why) -> Result<Report> {
    let base = shop_address(&side.settings.shop)?;
    let http = side.http()?;
    let mut steps = Vec::new();
    let located = located::open(side).await?;
    steps.push(check::logged_in(side));
    if located.by_itself {
        steps.push(located::step(&located));
    }
    let Located {
        mut transport,
        folder,
        found,
        ..
    } = located;
    let template = templates.get(found.platform)?;
    let baked = Baked::new(&side.settings.shop, &found)?;

    let mut left = clear::leftovers(side, &http, transport.as_mut(), &folder, &mut steps).await?;
    let mut others = others::notice(side, transport.as_mut(), &folder, &mut steps).await?;
    let active = uploads::active(side.journal, side.profile())?;
    if let Some(active) = &active {
        refuse_newer(active, template)?;
        let asked = Asked {
            template,
            old: templates.for_old_php(found.platform),
            baked: &baked,
            base: &base,
            folder: &folder,
        };
        let met = asked.is_met_by(active, side) && !exposure::is_exposed(side, active)?;
        if met && still_works(side, active).await? {
            steps.push(check::in_use(active, side.now()));
            transport.close().await;
            return Ok(finished(Outcome::Unchanged, steps, left).noticing(others));
        }
    }
    let probe = probe::Probe {
        side,
        http: &http,
        base: &base,
        folder: &folder,
    };
    let proof = probe.prove(transport.as_mut(), &mut steps).await?;
    let plan = place::Plan {
        side,
        platform: found.platform,
        proof,
        template,
        old: templates.for_old_php(found.platform),
        baked: &baked,
        base: &base,
        folder: &folder,
        http: &http,
        before: active.as_ref().filter(|_| why == Why::Renewal),
    };
    let placed = plan
        .place(transport.as_mut())
        .await
        .map_err(|failure| naming_prefix(failure, side))?;
    uploads::switch_over(side.journal, side.profile(), &placed.bridge_id, side.now())?;
    fault::point("deploy:switched");
    steps.push(check::placed(&placed));
    left.extend(clear::leftovers(side, &http, transport.as_mut(), &folder, &mut steps).await?);
    others::since(side, transport.as_mut(), &folder, &mut others, &mut steps).await;
    transport.close().await;
    left.sort();
    left.dedup();
    Ok(finished(Outcome::Placed, steps, left).noticing(others))
}

/// The bridge knows that the prefix is wrong; which one was given is known here.
fn naming_prefix(mut failure: Failure, side: &Side<'_>) -> Failure {
    let prefix = &side.settings.shop.table_prefix;
    if failure.code == "table-prefix" && !prefix.is_empty() {
        failure.text = text!(
            "De tabellen van de winkel beginnen niet met {prefix}",
            "The shop's tables do not begin with {prefix}"
        );
    }
    failure
}

/// Replaces the file in use when its end date is near or this program carries a newer one; to be
/// called with every run. Nothing to do is none.
///
/// # Errors
/// As [`deploy`]; the file in use stays in use, and there are days left to try again.
pub async fn renew_when_due(side: &Side<'_>) -> Result<Option<Report>> {
    if !side.renewal_due()? {
        return Ok(None);
    }
    deploy(side, &Templates::embedded()?, Why::Renewal)
        .await
        .map(Some)
}

/// May this failure of a run be mended by placing the file anew? The file is gone, as after a restored
/// backup or an update of the shop; one that was changed is for the owner to look at.
#[must_use]
pub fn is_mended_by_placing(code: &str) -> bool {
    matches!(code, "bridge-missing" | "html-instead")
}

/// Places the file anew because it is gone, without anybody being asked: only into the very shop that
/// was proved before.
///
/// # Errors
/// As [`deploy`].
pub async fn mend(side: &Side<'_>) -> Result<Report> {
    deploy(side, &Templates::embedded()?, Why::Renewal).await
}

fn finished(outcome: Outcome, steps: Vec<Step>, left: Vec<String>) -> Report {
    Report {
        outcome,
        steps,
        left,
        others: Vec::new(),
    }
}

impl Report {
    fn noticing(mut self, others: Vec<String>) -> Self {
        self.others = others;
        self
    }
}

/// Removes files of ours this data folder knows nothing of, which the owner said are nobody's.
///
/// # Errors
/// The server or the journal cannot be read. What could not be removed stands in the report.
pub async fn remove_others(side: &Side<'_>) -> Result<Report> {
    let folder = located::likely(side)?;
    let mut transport = side.transport(&folder).await?;
    let mut steps = Vec::new();
    let left = others::remove(side, transport.as_mut(), &folder, &mut steps).await?;
    transport.close().await;
    let outcome = if left.is_empty() {
        Outcome::Withdrawn
    } else {
        Outcome::Left
    };
    Ok(finished(outcome, steps, left))
}

/// What the file in use must be for nothing to be new.
struct Asked<'a> {
    template: &'a Template,
    old: Option<&'a Template>,
    baked: &'a Baked,
    base: &'a Url,
    folder: &'a str,
}

impl Asked<'_> {
    fn is_met_by(&self, active: &Upload, side: &Side<'_>) -> bool {
        let (folder, name) = transport::split(&active.path);
        let ours = |template: &Template| active.template == template.digest();
        (ours(self.template) || self.old.is_some_and(ours))
            && active.settings == self.baked.digest()
            && active.server == transport::server(&side.settings.shop.upload)
            && transport::path(folder, name) == transport::path(self.folder, name)
            && active.url == format!("{}{name}", self.base)
            && !ends_soon(active, side.now())
    }
}

/// Does the file in use answer as it should? What a new file would mend is a no; what it would not
/// (no connection, a firewall) is an error.
async fn still_works(side: &Side<'_>, active: &Upload) -> Result<bool> {
    let keys = match side.keys(&active.bridge_id) {
        Ok(keys) => keys,
        Err(failure) if failure.code == "bridge-keys-missing" => return Ok(false),
        Err(failure) => return Err(failure),
    };
    match side.bridge(active, keys)?.hello_checked().await {
        Ok(_) => Ok(true),
        Err(failure) => match failure.code.as_str() {
            "bridge-missing"
            | "bridge-refused"
            | "bridge-changed"
            | "shop-changed"
            | "bridge-source-visible"
            | "html-instead"
            | "answer-empty"
            | "php-error-page"
            | "answer-malformed"
            | "bridge-internal"
            | "bridge-cut" => Ok(false),
            _ => Err(failure),
        },
    }
}

/// A file made by a newer program is not replaced by an older one.
fn refuse_newer(active: &Upload, template: &Template) -> Result<()> {
    if release(&active.version) <= release(template.version()) {
        return Ok(());
    }
    let (there, ours) = (&active.version, template.version());
    Err(Failure::misconfigured(
        "bridge-newer",
        text!(
            "Het koppelbestand in de winkel ({there}) is nieuwer dan dat van dit programma ({ours})",
            "The file in the shop ({there}) is newer than this program's ({ours})"
        ),
    )
    .hint(text!("Werk Winkelbrug bij", "Update Winkelbrug")))
}

/// The bytes around an answer that are not ours, as a hint; empty when there were none.
fn foreign_bytes(foreign: Foreign) -> crate::text::Text {
    let Foreign { before, after } = foreign;
    if before + after == 0 {
        return crate::text::Text::default();
    }
    text!(
        "Uw webhoster zet {before} tekens voor en {after} tekens achter het antwoord (een melding of reclame); die worden genegeerd",
        "Your web host puts {before} characters before and {after} after the answer (a notice or an advert); they are ignored"
    )
}

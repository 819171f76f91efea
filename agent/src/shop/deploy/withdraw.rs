//! Taking everything of ours out of the shop again.

use super::{
    Outcome, Report, Side, clear, finished, located, others,
    uploads::{self, Upload},
};
use crate::{
    failure::{Failure, Result},
    fault,
    step::Step,
    text,
};

/// Takes the file and everything it left behind out of the shop: its table by a signed request,
/// every file ever uploaded, the keys from this computer.
///
/// # Errors
/// The journal or the secrets cannot be written. What could not be removed stands in the report.
pub async fn withdraw(side: &Side<'_>) -> Result<Report> {
    let mut steps = Vec::new();
    let active = uploads::active(side.journal, side.profile())?;
    if let Some(active) = &active {
        steps.push(match remove(side, active).await {
            Ok(step) => step,
            Err(failure) => Step::failed("bridge-remove", &failure).hint(text!(
                "De tabel winkelbrug_state (met het voorvoegsel van de winkel) kan nog in de database staan: plaats het koppelbestand opnieuw en trek het dan weer in",
                "The table winkelbrug_state (with the shop's prefix) may still be in the database: place the file anew and withdraw it again"
            )),
        });
        fault::point("withdraw:removed");
        uploads::retire(side.journal, &active.bridge_id)?;
        fault::point("withdraw:retired");
    }
    let left = clear_everything(side, &mut steps).await?;
    let others = others_that_stay(side, &mut steps).await;
    let outcome = if left.is_empty() && steps.iter().all(|step| step.ok) {
        Outcome::Withdrawn
    } else {
        Outcome::Left
    };
    Ok(finished(outcome, steps, left).noticing(others))
}

/// Whether there are any may not be seen without a password or server: that is said, and nothing
/// of ours stays because of it.
async fn others_that_stay(side: &Side<'_>, steps: &mut Vec<Step>) -> Vec<String> {
    let looked = others_in_the_likely_folder(side, steps).await;
    looked.unwrap_or_else(|failure| {
        let (nl, en) = (&failure.text.nl, &failure.text.en);
        steps.push(Step::attention(
            "other-file",
            text!(
                "Of er koppelbestanden van een andere installatie staan is niet te zien: {nl}",
                "Whether there are files of another installation cannot be seen: {en}"
            ),
        ));
        Vec::new()
    })
}

async fn others_in_the_likely_folder(
    side: &Side<'_>,
    steps: &mut Vec<Step>,
) -> Result<Vec<String>> {
    let folder = located::likely(side)?;
    let mut transport = side.transport(&folder).await?;
    let found = others::notice(side, transport.as_mut(), &folder, steps).await;
    transport.close().await;
    found
}

/// `remove`: drops the state table; PHP may or may not be allowed to delete its own file.
async fn remove(side: &Side<'_>, active: &Upload) -> Result<Step> {
    let keys = side.keys(&active.bridge_id)?;
    let removed = side.bridge(active, keys)?.remove().await?;
    if removed.table {
        Ok(Step::passed(
            "bridge-remove",
            text!(
                "De tabel van Winkelbrug is uit de database van de winkel",
                "Winkelbrug's table is out of the shop's database"
            ),
        ))
    } else {
        Err(Failure::refused(
            "bridge-table-left",
            text!(
                "De tabel van Winkelbrug kon niet uit de database van de winkel",
                "Winkelbrug's table could not be removed from the shop's database"
            ),
        ))
    }
}

async fn clear_everything(side: &Side<'_>, steps: &mut Vec<Step>) -> Result<Vec<String>> {
    let none_known = uploads::leftovers(side.journal, side.profile())?.is_empty();
    let http = match side.http() {
        Err(_) if none_known => return Ok(Vec::new()),
        other => other?,
    };
    let folder = located::likely(side)?;
    match side.transport(&folder).await {
        Ok(mut transport) => {
            let left = clear::leftovers(side, &http, transport.as_mut(), &folder, steps).await?;
            transport.close().await;
            Ok(left)
        }
        // Whether one came back with a backup cannot be seen: `others_that_stay` says so.
        Err(_) if none_known => Ok(Vec::new()),
        Err(failure) => {
            steps.push(Step::failed("upload-login", &failure));
            clear::without_transport(side, &http, steps).await
        }
    }
}

//! The profile's books, ready to be asked.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use super::{
    Administration,
    snelstart_online::{Keys, SnelStart},
    trial::Trial,
};
use crate::{
    clock::SharedClock,
    failure::{Failure, Result},
    journal::Journal,
    profile::{Secret, Secrets, Settings, secrets::name, settings::AdministrationKind},
    stop::Stop,
    text,
};

/// Opens the books a profile writes to. `folder` is the data folder: the trial administration
/// lives in it. `stop` ends a wait before a call. Nothing is asked of a foreign system yet.
///
/// # Errors
/// A key that is missing, an address that may not be called, a kind that is not there yet.
pub fn open(
    settings: &Settings,
    secrets: &dyn Secrets,
    journal: &Journal,
    folder: &Path,
    clock: SharedClock,
    stop: &Stop,
) -> Result<Arc<dyn Administration>> {
    let kind = match settings.administration.kind {
        AdministrationKind::SnelstartOnline => {
            let keys = keys(&settings.name, secrets)?;
            let books =
                SnelStart::new(&settings.administration, keys, journal, clock, stop.clone())?;
            return Ok(Arc::new(books));
        }
        AdministrationKind::Trial => {
            let trial = Trial::open(folder, &settings.name, clock)?;
            return Ok(Arc::new(trial.bearing(&settings.vat.foreign)));
        }
        AdministrationKind::SnelstartLocal => "snelstart-local",
        AdministrationKind::VismaNet => "visma-net",
        AdministrationKind::Files => "files",
    };
    Err(Failure::misconfigured(
        "not-yet-available",
        text!(
            "administration.kind = \"{kind}\" kan deze versie nog niet",
            "administration.kind = \"{kind}\" is not in this version yet"
        ),
    )
    .hint(text!(
        "Kies \"snelstart-online\", of \"trial\" voor de proefadministratie.",
        "Choose \"snelstart-online\", or \"trial\" for the trial administration."
    )))
}

/// Erases a customer from the trial administration of a profile, which is ours to erase from;
/// words as in [`crate::journal::retention::Forgotten`].
///
/// # Errors
/// Its file cannot be written.
pub fn forget_in_trial(
    folder: &Path,
    profile: &str,
    clock: SharedClock,
    words: &BTreeSet<String>,
) -> Result<()> {
    Trial::forget(folder, profile, clock, words)
}

fn keys(profile: &str, secrets: &dyn Secrets) -> Result<Keys> {
    let connection = filled(secrets.get(profile, name::ADMINISTRATION)?).ok_or_else(|| {
        Failure::credentials(
            "connection-key-missing",
            text!(
                "De koppelsleutel van SnelStart is nog niet ingevuld",
                "SnelStart's connection key has not been entered yet"
            ),
        )
        .hint(text!(
            "Maak in SnelStart Web onder Koppelingen een koppelsleutel en vul die in.",
            "Make a connection key in SnelStart Web under Connections and enter it."
        ))
    })?;
    let built_in = || option_env!("WINKELBRUG_SUBSCRIPTION_KEY").map(Secret::new);
    let subscription = filled(secrets.get(profile, name::SUBSCRIPTION)?)
        .or_else(|| filled(built_in()))
        .ok_or_else(|| {
            Failure::credentials(
                "subscription-key-missing",
                text!(
                    "De abonnementssleutel (subscription key) van SnelStart is nog niet ingevuld",
                    "SnelStart's subscription key has not been entered yet"
                ),
            )
            .hint(text!(
                "Vraag in de ontwikkelaarsportaal van SnelStart een sleutel aan en vul die in.",
                "Ask for a key in SnelStart's developer portal and enter it."
            ))
        })?;
    Ok(Keys {
        connection,
        subscription,
    })
}

fn filled(secret: Option<Secret>) -> Option<Secret> {
    secret.filter(|secret| !secret.expose().trim().is_empty())
}

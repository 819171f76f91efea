//! A file whose source was seen by a plain GET: the server did not run PHP for a while, and whoever
//! looked then has what stands in the file. Its keys are of no more use; only a new file mends it.

use super::{Side, place, uploads, uploads::Upload};
use crate::{
    failure::{Failure, Result},
    shop::http::Http,
    text,
};

/// What a look at the file in use, as any visitor has, came to.
#[derive(Debug)]
pub enum Look {
    /// Our refusal and nothing else, or no file in use.
    Quiet,
    /// Its source; from now on it is used no more.
    Exposed(Failure),
    /// Something else than our refusal.
    Strange(Failure),
    /// The shop could not be reached: nothing is known.
    Unknown,
}

/// Looks at the file in use without any key.
///
/// # Errors
/// The journal cannot be read or written.
pub async fn look(side: &Side<'_>) -> Result<Look> {
    let Some(active) = uploads::active(side.journal, side.profile())? else {
        return Ok(Look::Quiet);
    };
    let Ok(url) = url::Url::parse(&active.url) else {
        return Ok(Look::Unknown);
    };
    let http: Http = side.http()?;
    match place::seen_from_outside(&http, &url).await {
        Ok(()) => Ok(Look::Quiet),
        Err(failure) if failure.code == "bridge-source-visible" => {
            let now = side.now();
            side.journal
                .keep_moment(side.profile(), &mark(&active), now)?;
            Ok(Look::Exposed(exposed()))
        }
        Err(failure) if failure.connection => Ok(Look::Unknown),
        Err(failure) if failure.code == "folder-not-of-url" => Ok(Look::Strange(gone())),
        Err(failure) => Ok(Look::Strange(failure)),
    }
}

/// Was its source ever seen?
pub(super) fn is_exposed(side: &Side<'_>, upload: &Upload) -> Result<bool> {
    let seen = side.journal.moment(side.profile(), &mark(upload))?;
    Ok(seen.is_some())
}

fn mark(upload: &Upload) -> String {
    format!("bridge-exposed:{}", upload.bridge_id)
}

/// The keys are given up: the profile stops until its owner places a new file.
pub(super) fn exposed() -> Failure {
    Failure::credentials(
        "bridge-source-exposed",
        text!(
            "De inhoud van het koppelbestand was voor iedereen te lezen: de webserver voerde PHP niet uit. Het bestand en zijn sleutels worden niet meer gebruikt",
            "Anybody could read the content of the file in the shop: the web server did not run PHP. The file and its keys are used no more"
        ),
    )
    .hint(text!(
        "Laat uw webhoster PHP weer uitvoeren in de map van de winkel en vernieuw daarna bestand en sleutels met 'winkelbrug deploy'. Ook andere bestanden van de winkel, met het wachtwoord van haar database, waren zo te lezen",
        "Have your web host run PHP in the shop's folder again, then renew file and keys with 'winkelbrug deploy'. Other files of the shop, with the password of its database, could be read too"
    ))
}

fn gone() -> Failure {
    Failure::misconfigured(
        "bridge-missing",
        text!(
            "Het koppelbestand is op het adres van de winkel niet te vinden (404)",
            "The file is not to be found at the shop's address (404)"
        ),
    )
    .hint(text!(
        "Plaats het opnieuw met 'winkelbrug deploy'",
        "Place it anew with 'winkelbrug deploy'"
    ))
}

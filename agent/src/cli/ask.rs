//! Secrets come in three ways, never by the command line: as JSON on standard input, from the
//! environment, or typed unseen. They go straight into the vault.

use std::{collections::BTreeMap, io::Read};

use inquire::{
    Password, PasswordDisplayMode,
    ui::{RenderConfig, Styled},
};

use super::{arguments::SecretsFrom, screen::Screen, session::Session};
use crate::{
    failure::{Failure, Result},
    profile::{
        Secret, Secrets, Settings,
        secrets::name,
        settings::{AdministrationKind, ShopKind, Upload},
    },
    shop::sconnect::token,
    text,
    text::{Language, Text},
};

/// Most bytes of JSON that are read.
const LONGEST_INPUT: u64 = 64 * 1024;

/// Secrets that were given and may be kept.
pub type Given = BTreeMap<String, Secret>;

/// The secrets a profile cannot do without.
#[must_use]
pub fn needed(settings: &Settings) -> Vec<&'static str> {
    let mut names = Vec::new();
    match settings.shop.kind {
        ShopKind::Bridge => names.extend(for_the_upload(&settings.shop.upload)),
        ShopKind::Sconnect => names.push(name::SHOP),
        ShopKind::Files => {}
    }
    if !settings.shop.basic_auth_user.is_empty() {
        names.push(name::BASIC_AUTH);
    }
    match settings.administration.kind {
        AdministrationKind::SnelstartOnline => {
            names.extend([name::ADMINISTRATION, name::SUBSCRIPTION]);
        }
        AdministrationKind::VismaNet => names.push(name::ADMINISTRATION),
        AdministrationKind::SnelstartLocal
        | AdministrationKind::Files
        | AdministrationKind::Trial => {}
    }
    names
}

/// A key file takes the place of the password; it has a passphrase only when it is encrypted.
fn for_the_upload(upload: &Upload) -> Option<&'static str> {
    if upload.key_file.is_empty() {
        return Some(name::UPLOAD);
    }
    // A file that cannot be read is named when it is used.
    let encrypted = crate::shop::deploy::key_is_encrypted(&upload.key_file);
    encrypted.unwrap_or(false).then_some(name::KEY_PASSPHRASE)
}

/// Sets the words that stand where a question was left unanswered.
pub fn questions_in(language: Language) {
    let left = match language {
        Language::Dutch => "<afgebroken>",
        Language::English => "<cancelled>",
    };
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let form = if plain {
        RenderConfig::empty()
    } else {
        RenderConfig::default_colored()
    };
    inquire::set_global_render_config(form.with_canceled_prompt_indicator(Styled::new(left)));
}

/// What came together.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Secrets that were not kept yet.
    pub given: Given,
    /// The shop token among them, when it was made here: the owner has to see it, once.
    pub made: Option<Secret>,
    /// The variables of the environment some of them came from, where they are not kept yet.
    pub variables: Vec<String>,
}

/// May a shop token be made for an owner who has none?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Yes: he is about to be told.
    Make,
    /// No: it is asked for like any other secret.
    Ask,
}

/// Gathers what a profile needs: standard input first, then the environment, then what is kept
/// already, then the keyboard. Only new ones are returned.
///
/// # Errors
/// `Misconfigured`: JSON that cannot be read (`secrets-json`), a name no profile has
/// (`unknown-secret`), or a secret nobody gave (`secret-missing`).
pub fn gather(
    session: &Session,
    settings: &Settings,
    from: &SecretsFrom,
    may: Token,
) -> Result<Gathered> {
    let mut given = if from.from_input() {
        from_input(std::io::stdin().lock())?
    } else {
        Given::new()
    };
    let vault = session.vault();
    let (mut made, mut variables) = (None, Vec::new());
    for name in needed(settings) {
        if given.contains_key(name) {
            continue;
        }
        if let Some(secret) = from_environment(name) {
            let kept = vault.get(&settings.name, name)?;
            if kept.is_none_or(|kept| kept.expose() != secret.expose()) {
                variables.push(variable(name));
            }
            given.insert(name.to_owned(), secret);
            continue;
        }
        let kept = vault.get(&settings.name, name)?.is_some();
        if from.anew() || !kept {
            if name == name::SHOP && may == Token::Make && !kept {
                let secret = match typed_token(session.screen, &settings.name, from) {
                    Some(typed) => typed,
                    None => made.insert(token::make()).clone(),
                };
                given.insert(name.to_owned(), secret);
                continue;
            }
            let secret = typed(session.screen, &settings.name, name, !from.from_input())?;
            given.insert(name.to_owned(), secret);
        }
    }
    Ok(Gathered {
        given,
        made,
        variables,
    })
}

/// Shows a token that was just made, once, to people; programs find it in the answer.
pub fn show_made(screen: Screen, made: Option<&Secret>) {
    let Some(token) = made else { return };
    screen.say(&text!(
        "Token voor de S-Connect-plug-in van de winkel; het wordt maar één keer getoond:",
        "Token for the shop's S-Connect plug-in; it is shown only once:"
    ));
    screen.line(token.expose());
    screen.say(&text!(
        "Plak het in de instellingen van de plug-in en sla ze op. Hebt u al een token, geef dat dan als geheim 'shop'.",
        "Paste it into the plug-in's settings and save them. If you have a token already, give that as secret 'shop'."
    ));
}

/// Keeps them, and says so of what came from the environment: nobody expects that to stay.
///
/// # Errors
/// The vault cannot be written.
pub fn keep(session: &Session, profile: &str, gathered: &Gathered) -> Result<()> {
    let vault = session.vault();
    let mut given = gathered.given.iter();
    given.try_for_each(|(name, secret)| vault.set(profile, name, secret))?;
    if !gathered.variables.is_empty() {
        let names = gathered.variables.join(", ");
        session.screen.remark(&text!(
            "{names}: versleuteld bewaard op deze pc, tot u een ander opgeeft of profiel {profile} verwijdert; de variabele is niet meer nodig.",
            "{names}: kept encrypted on this PC, until you give another or remove profile {profile}; the variable is not needed any more."
        ));
    }
    Ok(())
}

/// Gathers and keeps in one go: what a command does before it connects. Gives the shop token when
/// one was made.
///
/// # Errors
/// As [`gather`] and [`keep`].
pub fn complete(
    session: &Session,
    profile: &str,
    from: &SecretsFrom,
    token: Token,
) -> Result<Option<Secret>> {
    let settings = session.data.profiles().get(profile)?.settings;
    let gathered = gather(session, &settings, from, token)?;
    keep(session, profile, &gathered)?;
    Ok(gathered.made)
}

/// What a trial run works with: the secrets that are kept. It keeps none itself, and says so of those
/// that were given with it.
///
/// # Errors
/// One the profile needs is not kept yet: `Misconfigured`, code `secret-missing`.
pub fn kept_already(session: &Session, profile: &str, from: &SecretsFrom) -> Result<()> {
    let settings = session.data.profiles().get(profile)?.settings;
    let vault = session.vault();
    let mut unused = Vec::new();
    if from.from_input() || from.anew() {
        unused.push("--secrets".to_owned());
    }
    for name in needed(&settings) {
        let Some(kept) = vault.get(profile, name)? else {
            return Err(missing(profile, name).hint(text!(
                "Proefdraaien bewaart geen geheimen; geef het eerst met: winkelbrug check {profile}",
                "A trial run keeps no secrets; give it first with: winkelbrug check {profile}"
            )));
        };
        if from_environment(name).is_some_and(|given| given.expose() != kept.expose()) {
            unused.push(variable(name));
        }
    }
    if !unused.is_empty() {
        let names = unused.join(", ");
        session.screen.remark(&text!(
            "{names}: niet gebruikt en niet bewaard; proefdraaien werkt met wat al bewaard is. Vervangen kan met: winkelbrug check {profile}",
            "{names}: not used and not kept; a trial run works with what is kept already. To replace it: winkelbrug check {profile}"
        ));
    }
    Ok(())
}

fn from_input(input: impl Read) -> Result<Given> {
    let unreadable = || {
        Failure::misconfigured(
            "secrets-json",
            text!(
                "De geheimen op de standaardinvoer zijn geen JSON zoals {{\"upload\":\"…\"}}.",
                "The secrets on standard input are not JSON such as {{\"upload\":\"…\"}}."
            ),
        )
        .hint(text!(
            "Geef één object met de namen upload, key_passphrase, administration, subscription, shop of basic_auth, elk met een tekst.",
            "Give one object with the names upload, key_passphrase, administration, subscription, shop or basic_auth, each with a text."
        ))
    };
    let mut text = String::new();
    input
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| unreadable())?;
    // The parser's own message could quote a secret.
    let texts: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|_| unreadable())?;
    let known = [
        name::UPLOAD,
        name::KEY_PASSPHRASE,
        name::ADMINISTRATION,
        name::SUBSCRIPTION,
        name::SHOP,
        name::BASIC_AUTH,
    ];
    if let Some(unknown) = texts.keys().find(|name| !known.contains(&name.as_str())) {
        let all = known.join(", ");
        return Err(Failure::misconfigured(
            "unknown-secret",
            text!(
                "Er is geen geheim {unknown}.",
                "There is no secret {unknown}."
            ),
        )
        .hint(text!("Er zijn: {all}.", "There are: {all}.")));
    }
    Ok(texts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name, Secret::new(text)))
        .collect())
}

fn from_environment(name: &str) -> Option<Secret> {
    std::env::var(variable(name))
        .ok()
        .filter(|text| !text.is_empty())
        .map(Secret::new)
}

/// The variable of the environment a secret may be given by.
fn variable(name: &str) -> String {
    format!("WINKELBRUG_SECRET_{}", name.to_uppercase())
}

fn typed(screen: Screen, profile: &str, name: &str, may_ask: bool) -> Result<Secret> {
    let words = words(name);
    let missing = || {
        let variable = variable(name);
        missing(profile, name).hint(text!(
            "Geef het in een terminal, met {variable}, of als JSON op de standaardinvoer met --secrets -",
            "Give it in a terminal, with {variable}, or as JSON on standard input with --secrets -"
        ))
    };
    if !may_ask || screen.json || !Screen::can_ask() {
        return Err(missing());
    }
    let question = format!("{} ({profile}):", screen.words(&words));
    match Password::new(&question)
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt()
    {
        Ok(text) if !text.is_empty() => Ok(Secret::new(text)),
        _ => Err(missing()),
    }
}

fn missing(profile: &str, name: &str) -> Failure {
    let Text { nl, en } = words(name);
    Failure::misconfigured(
        "secret-missing",
        text!(
            "Profiel {profile} heeft nog geen {nl} ({name}).",
            "Profile {profile} has no {en} yet ({name})."
        ),
    )
}

/// The token that is in the shop already, where there is one and a person to type it.
fn typed_token(screen: Screen, profile: &str, from: &SecretsFrom) -> Option<Secret> {
    if from.from_input() || screen.json || !Screen::can_ask() {
        return None;
    }
    let question = text!(
        "Token dat al in de S-Connect-plug-in staat; leeg voor een nieuw ({profile}):",
        "Token that is in the S-Connect plug-in already; empty for a new one ({profile}):"
    );
    Password::new(screen.words(&question))
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt()
        .ok()
        .filter(|typed| !typed.trim().is_empty())
        .map(Secret::new)
}

/// What a secret is, for people.
fn words(secret: &str) -> Text {
    match secret {
        name::UPLOAD => text!("wachtwoord voor het uploaden", "upload password"),
        name::KEY_PASSPHRASE => text!(
            "wachtwoordzin van het sleutelbestand",
            "passphrase of the key file"
        ),
        name::ADMINISTRATION => text!(
            "koppelsleutel van de administratie",
            "connection key of the administration"
        ),
        name::SUBSCRIPTION => text!(
            "abonnementssleutel van SnelStart",
            "SnelStart subscription key"
        ),
        name::SHOP => text!("sleutel van de webwinkel", "web shop's token"),
        name::BASIC_AUTH => text!(
            "wachtwoord waarmee de winkel is afgeschermd",
            "password the shop is shielded with"
        ),
        other => Text::same(other),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn secrets_are_read_from_one_json_object() {
        let given = from_input(&br#"{"upload":"a","administration":""}"#[..]).unwrap();
        assert_eq!(given.len(), 1);
        assert_eq!(given["upload"].expose(), "a");
    }

    #[test]
    fn what_is_no_such_object_is_refused_without_quoting_it() {
        for input in ["geheim", r#"["geheim"]"#, r#"{"upload":7}"#, ""] {
            let failure = from_input(input.as_bytes()).unwrap_err();
            assert_eq!(failure.code, "secrets-json");
            assert!(
                !format!("{failure:?} {failure}").contains("geheim\""),
                "{failure:?}"
            );
        }
        let failure = from_input(&br#"{"uplaod":"geheim"}"#[..]).unwrap_err();
        assert_eq!(failure.code, "unknown-secret");
        assert!(!format!("{failure:?}").contains("geheim\""));
    }
}

//! `profile …`: one shop joined to one administration.

mod add;
mod clone;
mod export;
mod import;
mod list;
mod remove;
mod replaced;
mod show;

use jiff::Timestamp;
use serde_json::json;

use super::{
    arguments::{self, SecretsFrom},
    ask,
    exit::Exit,
    session::Session,
};
use crate::{
    administration::{Mirror, cost_articles},
    failure::{Failure, Result},
    journal::Journal,
    profile::{
        Profile, Secret, Secrets, Settings,
        place_of_shop::is_same,
        secrets::name,
        settings::{AdministrationKind, ShopKind},
        store::of_disk,
    },
    shop::deploy::uploads,
    sync, text,
    text::Text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Profile) -> Result<Exit> {
    match arguments {
        arguments::Profile::Add(arguments) => add::run(session, &arguments),
        arguments::Profile::List => list::run(session),
        arguments::Profile::Show(arguments) => show::run(session, &arguments),
        arguments::Profile::Remove(arguments) => remove::run(session, arguments).await,
        arguments::Profile::Clone(arguments) => clone::run(session, &arguments),
        arguments::Profile::Export(arguments) => export::run(session, &arguments),
        arguments::Profile::Import(arguments) => import::run(session, &arguments),
    }
}

/// Reads a profile from a file.
fn read(file: &std::path::Path) -> Result<Profile> {
    let source = std::fs::read_to_string(file).map_err(|error| {
        let file = file.display();
        let Text { nl, en } = of_disk(&error);
        Failure::misconfigured(
            "file-unreadable",
            text!(
                "{file} is niet te lezen: {nl}.",
                "{file} cannot be read: {en}."
            ),
        )
        .hint(text!(
            "Controleer de naam van het bestand en of u het mag lezen.",
            "Check the file's name and whether you may read it."
        ))
    })?;
    Profile::read(source)
}

/// Keeps a new profile, or one that takes another's place, with its secrets.
fn keep(session: &Session, profile: Profile, secrets: &SecretsFrom, replace: bool) -> Result<Exit> {
    let profiles = session.data.profiles();
    let name = profile.settings.name.clone();
    let before = if profiles.has(&name) {
        if !replace {
            return Err(exists(&name));
        }
        // One that can no longer be read is no reason not to replace it.
        profiles.get(&name).ok()
    } else {
        None
    };
    let left_out = before.as_ref().map_or_else(Vec::new, |before| {
        cost_articles::left_out(&before.settings.sales, &profile.settings.sales)
    });
    let changed = before.as_ref().map_or_else(Vec::new, |before| {
        replaced::changes(&before.settings, &profile.settings)
    });
    let from = before.and_then(|before| before.settings.shop.orders_from);
    let profile = profile.with_orders_from(from.unwrap_or_else(Timestamp::now))?;
    let gathered = ask::gather(session, &profile.settings, secrets, ask::Token::Make)?;
    refuse_twice(session, &profile.settings, &gathered.given)?;
    session.data.make()?;
    ask::keep(session, &name, &gathered)?;
    profiles.save(&profile)?;
    Journal::open(session.data.path())?.resume_profile(&name)?;
    warn_of_equal_prefixes(session, &profile.settings)?;
    for change in &changed {
        session.screen.remark(&change.text);
    }
    tell(
        session,
        &profile,
        gathered.made.as_ref(),
        &left_out,
        &changed,
    );
    Ok(Exit::Done)
}

fn exists(name: &str) -> Failure {
    Failure::misconfigured(
        "profile-exists",
        text!(
            "Er is al een profiel {name}.",
            "There is already a profile {name}."
        ),
    )
    .hint(text!(
        "Kies een andere naam, of neem met --replace de plaats van het bestaande in.",
        "Choose another name, or take the existing one's place with --replace."
    ))
}

/// Two profiles for one shop and one administration would book every order twice.
fn refuse_twice(session: &Session, settings: &Settings, given: &ask::Given) -> Result<()> {
    let profiles = session.data.profiles();
    for name in profiles.names()? {
        let Ok(other) = profiles.get(&name) else {
            continue;
        };
        let other = other.settings;
        if name != settings.name
            && is_same(&settings.shop.url, &other.shop.url)
            && same_administration(session, settings, &other, given)?
        {
            return Err(sync::twice(&settings.name, &name));
        }
    }
    Ok(())
}

/// Two shops on one administration that number their orders alike would claim each other's
/// payment references.
fn warn_of_equal_prefixes(session: &Session, settings: &Settings) -> Result<()> {
    let profiles = session.data.profiles();
    let prefix = &settings.sales.payment_reference_prefix;
    for other in profiles.names()? {
        let Ok(other) = profiles.get(&other) else {
            continue;
        };
        let other = other.settings;
        if other.name != settings.name
            && other.sales.payment_reference_prefix == *prefix
            && same_administration(session, settings, &other, &ask::Given::new())?
        {
            let (name, other) = (&settings.name, &other.name);
            session.screen.remark(&text!(
                "Let op: {name} en {other} schrijven in dezelfde administratie met hetzelfde voorvoegsel \"{prefix}\". Geef een van beide een ander sales.payment_reference_prefix, anders kunnen gelijke bestelnummers niet uit elkaar worden gehouden.",
                "Mind: {name} and {other} write into the same administration with the same prefix \"{prefix}\". Give one of them another sales.payment_reference_prefix, else equal order numbers cannot be told apart."
            ));
        }
    }
    Ok(())
}

/// By whose books answered both, or by one connection key; `given` is what `one` does not have in
/// the vault yet. Every profile has a trial administration of its own.
fn same_administration(
    session: &Session,
    one: &Settings,
    other: &Settings,
    given: &ask::Given,
) -> Result<bool> {
    let (a, b) = (&one.administration, &other.administration);
    if a.kind != b.kind || a.kind == AdministrationKind::Trial {
        return Ok(false);
    }
    if a.api_url.trim_end_matches('/') != b.api_url.trim_end_matches('/') {
        return Ok(false);
    }
    let journal = session.journal()?;
    let known = |name| Mirror::known(&journal, name);
    if let (Some(one), Some(other)) = (known(&one.name)?, known(&other.name)?) {
        return Ok(one.administration() == other.administration());
    }
    let vault = session.vault();
    let kept = |name| vault.get(name, name::ADMINISTRATION);
    let (key, other) = match given.get(name::ADMINISTRATION) {
        Some(given) => (Some(given.clone()), kept(&other.name)?),
        None => (kept(&one.name)?, kept(&other.name)?),
    };
    let plain = |key: Option<Secret>| key.map(|key| key.expose().trim().to_owned());
    Ok(key.is_some() && plain(key) == plain(other))
}

/// Article codes of the profile before, which `check` may have filled in, and which the new file does
/// not have: as the lines that put them back.
fn tell_left_out(session: &Session, name: &str, left_out: &[(&str, String)]) {
    if left_out.is_empty() {
        return;
    }
    let screen = session.screen;
    screen.remark(&text!(
        "Let op: deze artikelcodes stonden in het vorige profiel en niet in dit bestand; ze gelden niet meer. Zet ze terug onder [sales] in uw bestand, of laat ze opnieuw zoeken en invullen met: winkelbrug check {name} --create-articles",
        "Mind: these article codes stood in the profile before and not in this file; they do not hold any more. Put them back under [sales] in your file, or have them found and filled in again with: winkelbrug check {name} --create-articles"
    ));
    for (_, line) in left_out {
        screen.remark(&Text::same(format!("  {line}")));
    }
}

/// Is the profile's file in the shop already? A profile that takes another's place keeps it.
fn has_file(session: &Session, name: &str) -> bool {
    let journal = session.journal();
    journal.is_ok_and(|journal| uploads::active(&journal, name).is_ok_and(|file| file.is_some()))
}

fn tell(
    session: &Session,
    profile: &Profile,
    made: Option<&Secret>,
    left_out: &[(&str, String)],
    changed: &[replaced::Changed],
) {
    let settings = &profile.settings;
    let name = &settings.name;
    tell_left_out(session, name, left_out);
    if session.screen.json {
        let mut answer = json!({
            "name": name,
            "shop": settings.shop.url,
            "administration": settings.administration.kind,
            "orders_from": settings.shop.orders_from,
            "left_out": left_out.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
            "changed": changed.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(),
        });
        if let Some(token) = made {
            answer["shop_token"] = token.expose().into();
        }
        session.screen.json(&answer);
        return;
    }
    ask::show_made(session.screen, made);
    let from = settings
        .shop
        .orders_from
        .map_or_else(|| "-".to_owned(), |from| session.screen.moment(from));
    // Nothing can be tested in a shop that lacks the file.
    let next = if settings.shop.kind == ShopKind::Bridge && !has_file(session, name) {
        text!(
            "Zet nu het koppelbestand in de winkel: winkelbrug deploy {name}",
            "Now put the file into the shop: winkelbrug deploy {name}"
        )
    } else {
        text!(
            "Test nu de verbinding: winkelbrug check {name}",
            "Now test the connection: winkelbrug check {name}"
        )
    };
    let (nl, en) = (next.nl, next.en);
    session.screen.say(&text!(
        "Profiel {name} is bewaard; bestellingen vanaf {from}. {nl}",
        "Profile {name} is kept; orders from {from} on. {en}"
    ));
}

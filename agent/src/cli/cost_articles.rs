//! Cost articles that are missing: shown, and made when the owner says yes.

use super::{
    check::show_steps,
    question,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
};
use crate::{
    administration::cost_articles::{Chosen, CostArticle, GroupFor, Offer, Unclear},
    books::VatKind,
    failure::Result,
    service::{Action, Outcome},
    step::Step,
    text,
};

/// Makes them and fills their codes into the profile; `groups` are those the owner chose.
pub(super) async fn make(session: &Session, profile: &str, groups: Chosen) -> Result<Vec<Step>> {
    let action = Action::MakeArticles {
        profile: profile.to_owned(),
        groups,
    };
    match session.perform(action).await? {
        Outcome::Checked { steps } => Ok(steps),
        _ => Err(unexpected()),
    }
}

/// On a terminal, where something is missing and the books answered: asks whether to make it.
/// True when something was made.
pub(super) async fn ask(session: &Session, profile: &str, steps: &[Step]) -> Result<bool> {
    let answered = steps
        .iter()
        .any(|step| step.name == "books-company" && step.ok);
    if session.screen.json || !Screen::can_ask() || !answered {
        return Ok(false);
    }
    let (screen, mut groups) = (session.screen, Chosen::new());
    let mut offer = offered(session, profile, &groups).await?;
    for unclear in std::mem::take(&mut offer.unclear) {
        match choose(screen, &unclear) {
            Some(group) => {
                groups.insert(unclear.what, group);
            }
            None if unclear.groups.is_empty() || unclear.what == GroupFor::Owed => {}
            None => return Ok(false),
        }
    }
    if !groups.is_empty() {
        offer = offered(session, profile, &groups).await?;
    }
    show_steps(screen, &offer.not);
    if offer.articles.is_empty() {
        return Ok(false);
    }
    show(screen, &offer.articles);
    let question = text!(
        "Maken wat er nog niet is (zonder voorraadcontrole) en alles in het profiel invullen?",
        "Make what is not there yet (without stock control) and fill them into the profile?"
    );
    if !question::agreed(screen, &question) {
        return Ok(false);
    }
    let made = make(session, profile, groups).await?;
    show_steps(screen, &made);
    Ok(true)
}

async fn offered(session: &Session, profile: &str, groups: &Chosen) -> Result<Offer> {
    let action = Action::OfferArticles {
        profile: profile.to_owned(),
        groups: groups.clone(),
    };
    match session.perform(action).await? {
        Outcome::Offered { offer } => Ok(*offer),
        _ => Err(unexpected()),
    }
}

/// The group the owner chooses, by its id; none when he chooses none.
fn choose(screen: Screen, unclear: &Unclear) -> Option<String> {
    if unclear.groups.is_empty() {
        return None;
    }
    let question = if unclear.what == GroupFor::Owed {
        text!(
            "Omzetgroep op een tussenrekening, voor cadeaubonnen en winkeltegoed:",
            "Revenue group on a clearing account, for gift cards and store credit:"
        )
    } else {
        let kind = kind(unclear.what.kind());
        text!(
            "Omzetgroep voor kostenartikelen met btw-soort {kind}:",
            "Revenue group for cost articles of VAT kind {kind}:"
        )
    };
    let names: Vec<String> = unclear.groups.iter().map(|(_, name)| clean(name)).collect();
    let at = question::chosen(screen, &question, names)?;
    unclear.groups.get(at).map(|(id, _)| id.clone())
}

/// One line for each: code, text, revenue group, VAT kind.
fn show(screen: Screen, articles: &[CostArticle]) {
    for article in articles {
        let (code, text, group) = (&article.code, &article.description, &article.group_name);
        let kind = kind(article.kind);
        let line = if article.there {
            text!(
                "  {code:<12} {text}, omzetgroep {group}, btw-soort {kind} (is er al, wordt ingevuld)",
                "  {code:<12} {text}, revenue group {group}, VAT kind {kind} (is there, will be filled in)"
            )
        } else {
            text!(
                "  {code:<12} {text}, omzetgroep {group}, btw-soort {kind}",
                "  {code:<12} {text}, revenue group {group}, VAT kind {kind}"
            )
        };
        screen.line(&clean(screen.words(&line)));
    }
}

const fn kind(kind: VatKind) -> &'static str {
    match kind {
        VatKind::Hoog => "Hoog",
        VatKind::Laag => "Laag",
        VatKind::Geen => "Geen",
        VatKind::Overig => "Overig",
    }
}

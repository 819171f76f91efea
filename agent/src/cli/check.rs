//! `check`: both sides step by step, and every name the settings use.

use serde_json::{Value, json};

use super::{
    arguments, ask, cost_articles,
    exit::Exit,
    keys, redirect,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
    table::wrap,
};
use crate::{
    administration::{ARTICLE_MISSING, UNSET, cost_articles::Chosen},
    failure::Result,
    profile::Secret,
    service::{Action, Outcome},
    shop::keys::is_about_a_key,
    step::Step,
    text,
    text::Text,
};

/// Width of a line of a step, after its sign.
const WIDTH: usize = 96;

pub(super) async fn run(session: &Session, arguments: arguments::Check) -> Result<Exit> {
    let connect = arguments.connect;
    let made = ask::complete(session, &connect.name, &connect.secrets, ask::Token::Make)?;
    ask::show_made(session.screen, made.as_ref());
    let (profile, told) = (connect.name, connect.use_redirect);
    let mut steps = Vec::new();
    if connect.trust_new_key {
        steps.extend(keys::trust_all(session, &profile).await?);
    }
    if arguments.create_articles {
        steps.extend(cost_articles::make(session, &profile, Chosen::new()).await?);
    }
    let mut found = look(session, &profile).await?;
    let about_a_key = |step: &Step| step.code.as_deref().is_some_and(is_about_a_key);
    if found.iter().any(about_a_key)
        && let Some(trusted) = keys::offer(session, &profile).await?
    {
        steps.extend(trusted);
        found = look(session, &profile).await?;
    }
    if let Some((said, url)) = found.iter().find_map(redirects)
        && let Some(adopted) = redirect::offer(session, &profile, said, url, told).await?
    {
        steps.push(adopted);
        found = look(session, &profile).await?;
    }
    if arguments.create_articles {
        found = found.into_iter().map(said_above).collect();
    }
    steps.extend(found);
    let screen = session.screen;
    if screen.json {
        screen.json(&for_programs(screen, &profile, &steps, made.as_ref()));
        return Ok(gravest(&steps));
    }
    show(screen, &steps);
    if cost_articles::ask(session, &profile, &steps).await? {
        steps = look(session, &profile).await?;
        steps = steps.into_iter().map(said_above).collect();
        show(screen, &steps);
    }
    Ok(gravest(&steps))
}

/// Articles were made just now: one that still misses could not be made, for a reason that was told.
/// Having it made once more is no advice then.
fn said_above(step: Step) -> Step {
    let is_missing = match step.code.as_deref() {
        Some(code) => step.name == "cost-articles" && code == ARTICLE_MISSING,
        None => step.name == UNSET,
    };
    if !is_missing {
        return step;
    }
    step.hint(text!(
        "Waarom er geen is gemaakt en wat u kunt doen, staat hierboven. Wat u niet nodig hebt, kan leeg blijven.",
        "Why none was made and what you can do stands above. What you do not need may stay empty."
    ))
}

/// What a step says of a shop that redirects, and where to.
fn redirects(step: &Step) -> Option<(&Text, &str)> {
    Some((&step.message, step.leads_to.as_deref()?))
}

async fn look(session: &Session, profile: &str) -> Result<Vec<Step>> {
    let profile = profile.to_owned();
    match session.perform(Action::Check { profile }).await? {
        Outcome::Checked { steps } => Ok(steps),
        _ => Err(unexpected()),
    }
}

/// The gravest failed step decides.
pub(super) fn gravest(steps: &[Step]) -> Exit {
    let gravity = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Attention => 1,
        Exit::Usage => 2,
        Exit::NoConnection => 3,
        Exit::Credentials => 4,
    };
    steps
        .iter()
        .filter(|step| !step.ok)
        .map(|step| {
            step.class.map_or(Exit::Attention, |class| {
                Exit::of_class(class, step.no_connection)
            })
        })
        .max_by_key(gravity)
        .unwrap_or(Exit::Done)
}

/// The steps as lines.
pub(super) fn show_steps(screen: Screen, steps: &[Step]) {
    for step in steps {
        let sign = match (step.ok, step.attention) {
            (false, _) => "✗",
            (true, true) => "!",
            (true, false) => "✓",
        };
        let message = clean(&screen.typed(screen.words(&step.message)));
        for (n, line) in wrap(&message, WIDTH).iter().enumerate() {
            screen.line(&format!("{} {line}", if n == 0 { sign } else { " " }));
        }
        let hint = clean(&screen.typed(screen.words(&step.hint)));
        if !hint.is_empty() {
            for (n, line) in wrap(&hint, WIDTH - 2).iter().enumerate() {
                screen.line(&format!("  {} {line}", if n == 0 { "→" } else { " " }));
            }
        }
    }
}

fn show(screen: Screen, steps: &[Step]) {
    show_steps(screen, steps);
    screen.say(&closing(steps));
}

/// How many failed, and how many ask for attention; all is well only when neither is left.
fn closing(steps: &[Step]) -> Text {
    let failed = steps.iter().filter(|step| !step.ok).count();
    let not_in_order = text!("{failed} niet in orde.", "{failed} not in order.");
    match (failed, attention(steps)) {
        (0, None) => text!("Alles in orde.", "Everything is in order."),
        (0, Some(attention)) => attention,
        (_, None) => not_in_order,
        (_, Some(attention)) => Text {
            nl: format!("{} {}", not_in_order.nl, attention.nl),
            en: format!("{} {}", not_in_order.en, attention.en),
        },
    }
}

/// How many steps ask for attention, in words; none when none does.
pub(super) fn attention(steps: &[Step]) -> Option<Text> {
    match steps.iter().filter(|step| step.attention).count() {
        0 => None,
        1 => Some(text!("1 punt vraagt aandacht.", "1 point needs attention.")),
        count => Some(text!(
            "{count} punten vragen aandacht.",
            "{count} points need attention."
        )),
    }
}

fn for_programs(screen: Screen, profile: &str, steps: &[Step], made: Option<&Secret>) -> Value {
    let mut answer = json!({
        "profile": profile,
        "ok": steps.iter().all(|step| step.ok),
        "steps": steps_for_programs(screen, steps),
    });
    if let Some(token) = made {
        answer["shop_token"] = token.expose().into();
    }
    answer
}

/// The steps for programs.
pub(super) fn steps_for_programs(screen: Screen, steps: &[Step]) -> Vec<Value> {
    steps
        .iter()
        .map(|step| {
            json!({
                "name": step.name,
                "ok": step.ok,
                "attention": step.attention,
                "message": screen.words(&step.message),
                "hint": screen.words(&step.hint),
                "code": step.code,
            })
        })
        .collect()
}

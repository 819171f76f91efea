//! `run`: one task now, or what it would do.

use serde_json::{Value, json};

use super::{
    arguments, ask,
    check::show_steps,
    exit::Exit,
    held,
    planned::{show_afterwards, show_planned},
    screen::{Screen, clean},
    session::Session,
    status::{STATES, reported},
};
use crate::{
    failure::{Failure, Result},
    journal::State,
    profile::{keys, read},
    service::{Action, Outcome},
    step::Step,
    sync::{
        RunOutcome, RunReport, Task,
        report::{AfterCounts, Afterwards, Created, Does, Warning},
    },
    text,
    text::{Text, counted},
};

pub(super) async fn run(session: &Session, arguments: arguments::Run) -> Result<Exit> {
    let task = match &arguments.task {
        Some(name) => task_named(name)?,
        None => Task::ImportOrders,
    };
    if arguments.dry_run {
        ask::kept_already(session, &arguments.name, &arguments.secrets)?;
    } else {
        let (name, secrets) = (&arguments.name, &arguments.secrets);
        ask::complete(session, name, secrets, ask::Token::Ask)?;
    }
    let mut counted = None;
    if arguments.stock_counted {
        let profile = arguments.name.clone();
        let outcome = session.perform(Action::StockCounted { profile }).await?;
        let Outcome::Orders { count } = outcome else {
            return Err(unexpected());
        };
        session.screen.say(&counted_after(count));
        counted = Some(count);
    }
    let outcome = session
        .perform(Action::Run {
            profile: arguments.name,
            task,
            dry_run: arguments.dry_run,
        })
        .await?;
    let Outcome::Ran { report } = outcome else {
        return Err(unexpected());
    };
    if session.screen.json {
        let mut answer = for_programs(session.screen, &report);
        answer["stock_counted"] = json!(counted);
        session.screen.json(&answer);
    } else {
        show(session.screen, &report);
        if !arguments.dry_run {
            needs_look(session, &report)?;
        }
    }
    Ok(exit(&report))
}

/// Which orders the stock was counted after.
fn counted_after(count: u64) -> Text {
    match count {
        0 => text!(
            "Voorraad geteld: er was geen bestelling (0) als verkoopboeking geschreven waarna de voorraad nog geteld moest worden.",
            "Stock counted: no order (0) was written as a booked invoice that the stock still had to be counted after."
        ),
        1 => text!(
            "Voorraad geteld: 1 bestelling die als verkoopboeking geschreven is, houdt de voorraad niet meer tegen.",
            "Stock counted: 1 order that was written as a booked invoice keeps the stock back no more."
        ),
        _ => text!(
            "Voorraad geteld: {count} bestellingen die als verkoopboeking geschreven zijn, houden de voorraad niet meer tegen.",
            "Stock counted: {count} orders that were written as booked invoices keep the stock back no more."
        ),
    }
}

/// How many orders wait for the owner and what he can do about them; what this run found about orders
/// in the books, and how many of those wait for a look.
fn needs_look(session: &Session, report: &RunReport) -> Result<()> {
    let (screen, profile) = (session.screen, &report.profile);
    let journal = session.journal()?;
    held::show(
        screen,
        profile,
        &journal.orders(profile, Some(State::Held))?,
    );
    let open = journal.attention(profile)?;
    // The journal keeps whole milliseconds.
    let started = report.started.as_millisecond();
    for item in &open {
        if item.at.as_millisecond() >= started {
            screen.line(&clean(&format!("! {}", screen.words(&item.text))));
        }
    }
    let mut orders: Vec<_> = open.iter().map(|item| item.order).collect();
    orders.sort_unstable();
    orders.dedup();
    match orders.len() {
        0 => {}
        1 => screen.say(&text!(
            "  1 bestelling in de boeken vraagt uw aandacht: winkelbrug orders {profile} --state attention",
            "  1 order in the books needs a look: winkelbrug orders {profile} --state attention"
        )),
        count => screen.say(&text!(
            "  {count} bestellingen in de boeken vragen uw aandacht: winkelbrug orders {profile} --state attention",
            "  {count} orders in the books need a look: winkelbrug orders {profile} --state attention"
        )),
    }
    Ok(())
}

/// The task of that name.
///
/// # Errors
/// `Misconfigured`: one that is not yet available, or none at all.
pub(super) fn task_named(name: &str) -> Result<Task> {
    if let Some(task) = Task::named(name) {
        return Ok(task);
    }
    if keys::TASKS.contains(&name) {
        return Err(Failure::misconfigured(
            "not-yet-available",
            text!(
                "De taak {name} is in deze versie nog niet beschikbaar.",
                "The task {name} is not yet available in this version."
            ),
        ));
    }
    let hint = match read::nearest(name, Task::ALL.iter().map(|task| task.name())) {
        Some(nearest) => text!("Bedoelt u {nearest}?", "Do you mean {nearest}?"),
        None => {
            let all = Task::ALL.map(Task::name).join(", ");
            text!("Er zijn: {all}.", "There are: {all}.")
        }
    };
    Err(Failure::misconfigured(
        "no-such-task",
        text!("Er is geen taak {name}.", "There is no task {name}."),
    )
    .hint(hint))
}

/// The agent answered something else than was asked: two versions of the program.
pub(super) fn unexpected() -> Failure {
    Failure::bug(
        "agent-answer",
        text!(
            "De draaiende Winkelbrug antwoordt iets anders dan gevraagd.",
            "The running Winkelbrug answers something else than was asked."
        ),
    )
    .hint(text!(
        "Stop Winkelbrug en start het opnieuw, zodat het dezelfde versie is.",
        "Stop Winkelbrug and start it again, so that it is the same version."
    ))
}

fn exit(report: &RunReport) -> Exit {
    if let Some(failure) = &report.failure {
        return match Exit::of_class(failure.class, failure.connection) {
            Exit::Done => Exit::Attention,
            exit => exit,
        };
    }
    match report.outcome {
        RunOutcome::Done | RunOutcome::AlreadyRunning => Exit::Done,
        RunOutcome::DryRun if !would_wait(report) => Exit::Done,
        RunOutcome::DryRun | RunOutcome::Attention | RunOutcome::Failed | RunOutcome::Stopped => {
            Exit::Attention
        }
    }
}

/// Would anything of a trial run wait for the owner?
fn would_wait(report: &RunReport) -> bool {
    let answered = |one: &Afterwards| {
        matches!(
            one.does,
            Does::Delete | Does::WriteCredit | Does::BookPayment
        )
    };
    report.plans.iter().any(|plan| plan.outcome == "held")
        || !report.afterwards.iter().all(answered)
}

/// How a run ended, in words.
pub(super) fn outcome_words(outcome: RunOutcome) -> Text {
    match outcome {
        RunOutcome::Done => text!("klaar", "done"),
        RunOutcome::Attention => text!(
            "klaar; er zijn punten die uw aandacht vragen",
            "done; some points need your attention"
        ),
        RunOutcome::Failed => text!("mislukt", "failed"),
        RunOutcome::Stopped => text!("gestopt", "stopped"),
        RunOutcome::AlreadyRunning => text!("is al bezig", "already running"),
        RunOutcome::DryRun => text!(
            "proefgedraaid: er is niets geschreven",
            "trial run: nothing was written"
        ),
    }
}

fn show(screen: Screen, report: &RunReport) {
    for planned in &report.plans {
        show_planned(screen, planned);
    }
    for one in &report.afterwards {
        show_afterwards(screen, one);
    }
    let outcome = outcome_words(report.outcome);
    screen.line(&format!("{}: {}", report.task, screen.words(&outcome)));
    for state in STATES {
        if let Some(count) = report.orders.get(state) {
            let words = if report.outcome == RunOutcome::DryRun {
                trial_words(state, *count)
            } else {
                super::progress::states_words(state, *count)
            };
            screen.line(&format!("  {count:>5} {}", screen.words(&words)));
        }
    }
    let dry_run = report.outcome == RunOutcome::DryRun;
    if let Some(Text { nl, en }) = created(&report.created) {
        screen.say(&if dry_run {
            text!("  Zou maken: {nl}.", "  Would create: {en}.")
        } else {
            text!("  Gemaakt: {nl}.", "  Created: {en}.")
        });
    }
    if let Some(Text { nl, en }) = done_after(report.after) {
        screen.say(&if dry_run {
            text!(
                "  Zou ook doen, na annulering of terugbetaling: {nl}.",
                "  Would also do, after a cancellation or refund: {en}."
            )
        } else {
            text!(
                "  Na annulering of terugbetaling: {nl}.",
                "  After a cancellation or refund: {en}."
            )
        });
    }
    if let Some(stock) = &report.stock {
        let (sent, same, unknown, not_kept, left) = (
            stock.sent,
            stock.unchanged,
            stock.unknown,
            stock.not_kept,
            stock.left,
        );
        let right = if same == 1 { "klopte al" } else { "klopten al" };
        screen.say(&text!(
            "  Voorraad: {sent} gewijzigd, {same} {right}, {unknown} onbekend in de administratie, {not_kept} zonder voorraad, {left} voor de volgende keer.",
            "  Stock: {sent} changed, {same} right already, {unknown} unknown in the books, {not_kept} not kept, {left} left for the next run."
        ));
    }
    if report.orders.contains_key("writing") && report.outcome != RunOutcome::DryRun {
        screen.say(&text!(
            "  Wat nog geschreven wordt, zoekt Winkelbrug zelf op in de boekhouding, de volgende keer dat deze taak draait; u hoeft niets te doen.",
            "  What is still being written Winkelbrug looks up in the books by itself, the next time this task runs; you need not do anything."
        ));
    }
    show_warnings(screen, &report.warnings);
    if let Some(failure) = &report.failure {
        screen.failure(&failure.clone().into());
    }
}

/// What came into the books; none when nothing did.
fn created(created: &Created) -> Option<Text> {
    // A profile writes sales orders or booked invoices; the other kind is named only where there is one. Payments
    // are booked beside booked invoices only.
    let booked = created.orders == 0 && (created.bookings > 0 || created.payments > 0);
    let parts: Vec<Text> = [
        (
            created.orders,
            !booked,
            ["verkooporder", "verkooporders"],
            ["sales order", "sales orders"],
        ),
        (
            created.bookings,
            booked || created.bookings > 0,
            ["verkoopboeking", "verkoopboekingen"],
            ["booked invoice", "booked invoices"],
        ),
        (
            created.payments,
            created.payments > 0,
            ["betaling", "betalingen"],
            ["payment", "payments"],
        ),
        (
            created.relations,
            true,
            ["relatie", "relaties"],
            ["relation", "relations"],
        ),
        (
            created.articles,
            true,
            ["artikel", "artikelen"],
            ["article", "articles"],
        ),
    ]
    .into_iter()
    .filter(|(_, shown, ..)| *shown)
    .map(|(count, _, dutch, english)| counted(count, dutch, english))
    .collect();
    let all = [
        created.orders,
        created.bookings,
        created.payments,
        created.relations,
        created.articles,
    ];
    all.iter().any(|count| *count > 0).then(|| listed(&parts))
}

/// What was done about orders that were in the books already; none when nothing was.
fn done_after(counts: AfterCounts) -> Option<Text> {
    let one = ["verkooporder", "verkooporders"];
    let english = ["sales order", "sales orders"];
    let credit = ["creditering", "crediteringen"];
    let english_credit = ["credit", "credits"];
    let parts: Vec<Text> = [
        (counts.blocked, one, english, ("geblokkeerd", "blocked")),
        (counts.deleted, one, english, ("verwijderd", "deleted")),
        (
            counts.credited,
            credit,
            english_credit,
            ("geschreven", "written"),
        ),
        (
            counts.proposed,
            credit,
            english_credit,
            ("ter goedkeuring", "for your yes"),
        ),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, dutch, english, (nl, en))| {
        let what = counted(count, dutch, english);
        let (what_nl, what_en) = (what.nl, what.en);
        text!("{what_nl} {nl}", "{what_en} {en}")
    })
    .collect();
    (!parts.is_empty()).then(|| listed(&parts))
}

fn listed(parts: &[Text]) -> Text {
    let join = |pick: fn(&Text) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text {
        nl: join(|text| &text.nl),
        en: join(|text| &text.en),
    }
}

/// What has to be looked at of the profile as a whole.
pub(super) fn show_warnings(screen: Screen, warnings: &[Warning]) {
    for warning in warnings {
        let steps =
            [Step::attention(warning.code.as_str(), warning.text.clone())
                .hint(warning.hint.clone())];
        show_steps(screen, &steps);
    }
}

/// The same for programs.
pub(super) fn warnings_for_programs(screen: Screen, warnings: &[Warning]) -> Vec<Value> {
    warnings
        .iter()
        .map(|warning| {
            json!({
                "code": warning.code,
                "message": screen.words(&warning.text),
                "hint": screen.words(&warning.hint),
            })
        })
        .collect()
}

/// What a real run would do with an order that ended a trial run in that state.
fn trial_words(state: &str, count: u64) -> Text {
    match state {
        "planned" if count == 1 => text!("zou worden geschreven", "would be written"),
        "written" if count == 1 => text!(
            "staat al in de boeken; aan die order zelf verandert niets",
            "in the books already; the order itself does not change"
        ),
        "writing" if count == 1 => text!(
            "zou eerst in de boeken worden opgezocht",
            "would first be looked up in the books"
        ),
        "held" if count == 1 => text!("zou op u wachten", "would wait for you"),
        "skipped" if count == 1 => text!("zou worden overgeslagen", "would be skipped"),
        "planned" => text!("zouden worden geschreven", "would be written"),
        "written" => text!(
            "staan al in de boeken; aan die orders zelf verandert niets",
            "in the books already; the orders themselves do not change"
        ),
        "writing" => text!(
            "zouden eerst in de boeken worden opgezocht",
            "would first be looked up in the books"
        ),
        "held" => text!("zouden op u wachten", "would wait for you"),
        "skipped" => text!("zouden worden overgeslagen", "would be skipped"),
        other => super::progress::states_words(other, count),
    }
}

/// A report for programs: one object with `task`, `outcome` and a count per state.
pub(super) fn for_programs(screen: Screen, report: &RunReport) -> Value {
    let mut object = json!({
        "profile": report.profile,
        "task": report.task,
        "outcome": report.outcome,
        "started": report.started,
        "ended": report.ended,
        "created": report.created,
        "stock": report.stock,
        "failure": report.failure.as_ref().map(|failure| reported(screen, failure)),
        "warnings": warnings_for_programs(screen, &report.warnings),
        "blocked": report.after.blocked,
        "deleted": report.after.deleted,
        "credited": report.after.credited,
        "credits_proposed": report.after.proposed,
    });
    if let Some(object) = object.as_object_mut() {
        for state in STATES {
            let count = report.orders.get(state).copied().unwrap_or_default();
            object.insert(state.to_owned(), json!(count));
        }
        if report.outcome == RunOutcome::DryRun {
            let plans = report.plans.iter().map(|planned| {
                json!({
                    "number": planned.number,
                    "outcome": planned.outcome,
                    "reason": planned.reason.as_ref().map(|reason| screen.words(reason)),
                    "plan": planned.plan,
                    "relation_of": planned.relation_of,
                    "made_before": planned.made_before,
                })
            });
            object.insert("plans".to_owned(), plans.collect());
            let afterwards = report.afterwards.iter().map(|one| {
                json!({
                    "number": one.number,
                    "does": one.does,
                    "text": screen.words(&one.text),
                    "plan": one.plan,
                })
            });
            object.insert("afterwards".to_owned(), afterwards.collect());
        }
    }
    object
}

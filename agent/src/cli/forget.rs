//! `forget`: a customer's personal data erased; numbers, amounts and decisions stay.

use serde_json::json;

use super::{
    arguments,
    exit::Exit,
    question,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
};
use crate::{
    failure::Result,
    service::{Action, Outcome},
    text,
    text::counted,
};

pub(super) async fn run(session: &Session, arguments: arguments::Forget) -> Result<Exit> {
    let screen = session.screen;
    if !arguments.yes && !screen.json && Screen::can_ask() {
        let customer = clean(&arguments.customer);
        let question = text!(
            "De persoonsgegevens van {customer} voorgoed van deze pc wissen? Zeker weten?",
            "Erase the personal data of {customer} from this PC for good? Are you sure?"
        );
        if !question::agreed(screen, &question) {
            screen.say(&text!("Er is niets gewist.", "Nothing was erased."));
            return Ok(Exit::Attention);
        }
    }
    let action = Action::Forget {
        profile: arguments.name.clone(),
        customer: arguments.customer,
    };
    let Outcome::Forgotten {
        orders,
        relations,
        copies,
        logs,
        waiting,
    } = session.perform(action).await?
    else {
        return Err(unexpected());
    };
    if screen.json {
        screen.json(&json!({
            "profile": arguments.name, "orders": orders, "relations": relations,
            "copies": copies, "logs": logs, "waiting": waiting,
        }));
        return Ok(Exit::Done);
    }
    if orders + relations + copies + logs == 0 {
        screen.say(&text!(
            "Van deze klant is hier niets bekend.",
            "Nothing is known here of this customer."
        ));
        return Ok(Exit::Done);
    }
    let erased = [
        counted(orders, ["bestelling", "bestellingen"], ["order", "orders"]),
        counted(
            relations,
            ["relatie", "relaties"],
            ["relation", "relations"],
        ),
        counted(copies, ["kopie", "kopieën"], ["copy", "copies"]),
        counted(
            logs,
            ["logbestand", "logbestanden"],
            ["log file", "log files"],
        ),
    ];
    let nl = erased.each_ref().map(|text| text.nl.as_str()).join(", ");
    let en = erased.each_ref().map(|text| text.en.as_str()).join(", ");
    screen.say(&text!(
        "Gewist: de persoonsgegevens in {nl} op deze pc. In uw boekhouding en de winkel is niets veranderd; in een proefadministratie zijn zij mee gewist.",
        "Erased: the personal data in {en} on this PC. Nothing was changed in your books and the shop; in a trial administration they are erased too."
    ));
    match waiting {
        0 => {}
        1 => screen.say(&text!(
            "1 bestelling van deze klant, of de betaling ervan, wacht nog; om die te boeken wordt zij opnieuw bij de winkel opgevraagd. Sla haar over (winkelbrug skip) en wis daarna nog eens als dat niet moet.",
            "1 order of this customer, or its payment, is still waiting; to book it the shop will be asked for it again. Skip it (winkelbrug skip) and then erase once more if that must not be."
        )),
        waiting => screen.say(&text!(
            "{waiting} bestellingen van deze klant, of hun betalingen, wachten nog; om die te boeken worden ze opnieuw bij de winkel opgevraagd. Sla ze over (winkelbrug skip) en wis daarna nog eens als dat niet moet.",
            "{waiting} orders of this customer, or their payments, are still waiting; to book them the shop will be asked for them again. Skip them (winkelbrug skip) and then erase once more if that must not be."
        )),
    }
    Ok(Exit::Done)
}

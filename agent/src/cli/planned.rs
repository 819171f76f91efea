//! A plan in words: whose order it becomes, what is made for it, its lines, its head and its total.

use super::{
    progress::order_line,
    screen::{Screen, clean},
    table::wrap,
};
use crate::{
    books::ProcessStage,
    sync::report::{Afterwards, Does, PlannedOrder},
    text,
    text::Text,
    translate::plan::{ArticleStep, Counted, OSS_RETURN as OSS, Plan, RelationStep},
};

/// Signs on a line of explanation.
const WIDTH: usize = 90;

/// What a trial run decided about an order.
pub(super) fn show_planned(screen: Screen, planned: &PlannedOrder) {
    let number = &planned.number;
    let line = match planned.outcome.as_str() {
        "plan" => order_line(number, "planned", planned.reason.as_ref()),
        "link" => text!(
            "{number} staat al in de boeken",
            "{number} in the books already"
        ),
        other => order_line(number, other, planned.reason.as_ref()),
    };
    screen.line(&clean(screen.words(&line)));
    if !planned.made_before.is_empty() {
        let codes = planned.made_before.join(", ");
        let line = text!(
            "    nieuw artikel uit een eerdere bestelling: {codes}",
            "    new article of an earlier order: {codes}"
        );
        screen.line(&clean(screen.words(&line)));
    }
    if let Some(plan) = &planned.plan {
        say(
            screen,
            &relation(&plan.relation, planned.relation_of.as_deref()),
        );
        if planned.relation_of.is_none() {
            explain(screen, &plan.relation);
        }
        show_rest(screen, plan, &planned.made_before, false);
    }
}

/// What would be done about an order in the books.
pub(super) fn show_afterwards(screen: Screen, one: &Afterwards) {
    let number = &one.number;
    let what = match one.does {
        Does::Block => text!("zou worden geblokkeerd", "would be blocked"),
        Does::Report => text!("zou worden gemeld", "would be reported"),
        Does::Delete => text!("zou worden verwijderd", "would be deleted"),
        Does::ProposeCredit => text!(
            "een creditering zou op uw akkoord wachten",
            "a credit would wait for your yes"
        ),
        Does::WriteCredit => text!(
            "een creditering zou worden geschreven",
            "a credit would be written"
        ),
        Does::HoldCredit => text!(
            "een creditering zou op u wachten",
            "a credit would wait for you"
        ),
        Does::BookPayment => text!("zou als betaald worden geboekt", "would be booked as paid"),
    };
    let (nl, en) = (&what.nl, &what.en);
    let line = text!("{number}: {nl}", "{number}: {en}");
    screen.line(&clean(screen.words(&line)));
    say(screen, &one.text);
    if let Some(plan) = &one.plan {
        show_plan(screen, plan);
    }
}

/// A plan, step by step.
pub(super) fn show_plan(screen: Screen, plan: &Plan) {
    say(screen, &relation(&plan.relation, None));
    explain(screen, &plan.relation);
    show_rest(screen, plan, &[], true);
}

/// Why this relation, and what changes of it.
fn explain(screen: Screen, step: &RelationStep) {
    let (RelationStep::Use { why, .. }
    | RelationStep::Update { why, .. }
    | RelationStep::Create { why, .. }) = step;
    let (nl, en) = (&why.nl, &why.en);
    say(screen, &text!("  want: {nl}", "  because: {en}"));
    if let RelationStep::Update { changes, .. } = step {
        for change in changes {
            let (nl, en) = (&change.field.nl, &change.field.en);
            let (from, to) = (&change.from, &change.to);
            say(
                screen,
                &text!(
                    "  {nl}: \"{from}\" wordt \"{to}\"",
                    "  {en}: \"{from}\" becomes \"{to}\""
                ),
            );
        }
    }
}

fn say(screen: Screen, text: &Text) {
    screen.line(&format!("    {}", clean(screen.words(text))));
}

/// Whose order it becomes. `first` is the order of the same run whose new relation it shares.
fn relation(step: &RelationStep, first: Option<&str>) -> Text {
    match (step, first) {
        (RelationStep::Use { code, .. }, _) => text!("relatie {code}", "relation {code}"),
        (RelationStep::Update { code, .. }, _) => {
            text!("relatie {code} bijwerken", "update relation {code}")
        }
        (RelationStep::Create { draft, .. }, Some(first)) => {
            let name = &draft.name;
            text!(
                "zelfde nieuwe relatie als bij bestelling {first}: {name}",
                "same new relation as of order {first}: {name}"
            )
        }
        (RelationStep::Create { draft, .. }, None) => {
            let name = &draft.name;
            text!("nieuwe relatie {name}", "new relation {name}")
        }
    }
}

/// Everything of a plan but its relation, and the articles that an order before it makes; with where
/// each line is counted, for whoever looks at one order.
fn show_rest(screen: Screen, plan: &Plan, made_before: &[String], counted: bool) {
    let say = |text: Text| say(screen, &text);
    for step in &plan.articles {
        let (ArticleStep::Create { draft, .. } | ArticleStep::Update { draft, .. }) = step;
        let (code, description) = (&draft.code, &draft.description);
        if made_before.contains(code) {
            continue;
        }
        match step {
            ArticleStep::Create { why, .. } => {
                let price = screen.amount(draft.price);
                say(text!(
                    "nieuw artikel {code} {description}, verkoopprijs {price}",
                    "new article {code} {description}, sales price {price}"
                ));
                for line in wrap(screen.words(why), WIDTH) {
                    say(Text::same(format!("  {line}")));
                }
            }
            ArticleStep::Update { .. } => {
                say(text!("artikel {code} bijwerken", "update article {code}"));
            }
        }
    }
    for line in &plan.order.lines {
        let (quantity, code, description) =
            (screen.number(line.quantity), &line.code, &line.description);
        let price = screen.amount(line.unit_price);
        say(Text::same(format!(
            "{quantity} × {price}  {code}  {description}"
        )));
        if let Some(counted) = plan.names.counted.get(code).filter(|_| counted) {
            say(where_counted(counted));
        }
    }
    for line in head(plan) {
        say(line);
    }
    let total = screen.amount(plan.expected.incl);
    let vat: Vec<String> = plan
        .expected
        .vat
        .iter()
        .map(|(rate, amount)| format!("{}% {}", screen.number_text(rate), screen.amount(*amount)))
        .collect();
    let vat = match vat.join(", ") {
        none if none.is_empty() => text!("zonder btw", "without VAT"),
        vat => text!("waarvan btw {vat}", "of which VAT {vat}"),
    };
    let (vat_nl, vat_en) = (vat.nl, vat.en);
    let reference = &plan.order.payment_reference;
    say(if reference.is_empty() {
        text!("totaal {total}, {vat_nl}", "total {total}, {vat_en}")
    } else {
        text!(
            "totaal {total}, {vat_nl}; betalingskenmerk {reference}",
            "total {total}, {vat_en}; payment reference {reference}"
        )
    });
    for note in &plan.notes {
        say(note.clone());
    }
}

/// `omzetgroep Omzet hoog, grootboek 8000 Omzet hoog, btw-aangifte rubriek 1a`
fn where_counted(counted: &Counted) -> Text {
    let group = &counted.group;
    let mut text = text!("  omzetgroep {group}", "  revenue group {group}");
    let mut add = |more: Text| {
        text.nl.push_str(&more.nl);
        text.en.push_str(&more.en);
    };
    if let Some(ledger) = &counted.ledger {
        add(text!(", grootboek {ledger}", ", ledger {ledger}"));
    }
    match counted.vat_box.as_deref() {
        Some(OSS) => add(text!(", OSS-aangifte", ", OSS return")),
        Some(name) => add(text!(
            ", btw-aangifte rubriek {name}",
            ", VAT return box {name}"
        )),
        None => {}
    }
    text
}

/// What the order's head says beside its references, as far as it says anything.
fn head(plan: &Plan) -> Vec<Text> {
    let (order, names) = (&plan.order, &plan.names);
    let named = |name: &Option<String>, id: &Option<String>| name.clone().or_else(|| id.clone());
    let mut lines = Vec::new();
    if let Some(centre) = named(&names.cost_centre, &order.cost_centre) {
        lines.push(text!("kostenplaats {centre}", "cost centre {centre}"));
    }
    // A booked invoice has none of what follows.
    if plan.booking.is_some() {
        return lines;
    }
    if let Some(template) = named(&names.template, &order.template) {
        lines.push(text!(
            "verkoopsjabloon {template}",
            "sales template {template}"
        ));
    }
    if order.stage != ProcessStage::Order {
        let stage = order.stage.name();
        lines.push(text!("processtap {stage}", "process stage {stage}"));
    }
    match order.blocked {
        Some(true) => lines.push(text!("geblokkeerd", "blocked")),
        Some(false) => lines.push(text!("niet geblokkeerd", "not blocked")),
        None => {}
    }
    let memo: Vec<&str> = order.memo.lines().filter(|line| !line.is_empty()).collect();
    if !memo.is_empty() {
        let memo = memo.join(" / ");
        lines.push(text!("memo: {memo}", "memo: {memo}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::RelationDraft;

    #[test]
    fn a_new_relation_that_an_order_before_it_makes_is_told_as_the_same_one() {
        let step = RelationStep::Create {
            draft: RelationDraft {
                name: "Anna de Wit".to_owned(),
                ..RelationDraft::default()
            },
            why: Text::default(),
        };
        assert_eq!(relation(&step, None).en, "new relation Anna de Wit");
        assert_eq!(
            relation(&step, Some("1")).en,
            "same new relation as of order 1: Anna de Wit"
        );
    }
}

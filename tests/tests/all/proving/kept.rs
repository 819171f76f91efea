//! The books of an owner as a run of the program finds them before each order: what he wrote before, what
//! somebody typed in by hand, and what the register of VAT numbers answers.

use std::collections::BTreeMap;

use jiff::civil::date;
use rust_decimal::dec;
use testbed::truth::books::Books;
use winkelbrug::{
    books::{VatCheck, Verdict},
    profile::Settings,
    translate::{
        self, Facts, Plan,
        plan::{ReferencedOrder, RelationStep},
    },
};
use winkelbrug_protocol::record::{Lookups, Order};

use super::{chart, derived};
use crate::translate::references;

/// Books between two orders.
#[derive(Debug, Clone)]
pub struct Kept {
    pub books: Books,
    /// Template of each relation's latest order.
    last_templates: BTreeMap<String, String>,
}

impl Kept {
    pub fn new(books: Books) -> Self {
        Self {
            books,
            last_templates: BTreeMap::new(),
        }
    }

    /// What the program would know for that order.
    pub fn facts(&self, order: &Order, settings: &Settings, shop: &Lookups) -> Facts {
        let mut facts = self.books.facts(order, settings, shop);
        facts.accounts = Some(chart::accounts());
        if settings.sales.template_follow_last {
            facts.last_templates.clone_from(&self.last_templates);
        }
        if order.number == derived::TYPED_BY_HAND {
            let other = references::booked(&order.number, "relation-10003", dec!(1));
            facts.same_reference.push(ReferencedOrder {
                order: other,
                bound_to: None,
            });
        }
        let asked = translate::vat_number_question(order, settings, &facts);
        facts.vat_check = asked.filter(|number| is_known(number)).map(known);
        facts
    }

    /// The next order finds what this one wrote.
    pub fn apply(&mut self, plan: &Plan) {
        self.books.apply(plan);
        let relation = match &plan.relation {
            RelationStep::Use { id, .. } | RelationStep::Update { id, .. } => Some(id.clone()),
            RelationStep::Create { .. } => self.books.relations.last().map(|made| made.id.clone()),
        };
        // Where the plan names none the administration's own default stands on it.
        let template = plan.order.template.clone();
        let template = template.unwrap_or_else(|| "template-1".to_owned());
        if let Some(relation) = relation {
            self.last_templates.insert(relation, template);
        }
    }
}

fn is_known(number: &str) -> bool {
    derived::VALID.contains(&number)
}

fn known(number: String) -> VatCheck {
    VatCheck {
        number,
        verdict: Verdict::Valid,
        day: date(2026, 11, 21),
        name: "Bedrijf".to_owned(),
        consultation: "WAPI-1".to_owned(),
    }
}

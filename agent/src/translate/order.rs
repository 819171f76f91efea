//! The way of an order, top to bottom.

use winkelbrug_protocol::record::Order;

use super::{
    eligible,
    plan::{Facts, Outcome, Plan, Reason},
};
use crate::{profile::Settings, text};

/// What is to be written for this order, or why nothing is.
#[must_use]
pub fn order(order: &Order, settings: &Settings, facts: &Facts) -> Outcome {
    match plan(order, settings, facts) {
        Ok(plan) => Outcome::Plan(Box::new(plan)),
        Err(outcome) => outcome,
    }
}

fn plan(order: &Order, settings: &Settings, facts: &Facts) -> Result<Plan, Outcome> {
    eligible::check(order, settings, facts)?;
    Err(Outcome::Held(Reason::new(
        "vertaling-onvolledig",
        text!(
            "Deze versie leest bestellingen wel, maar maakt er nog geen verkooporder van.",
            "This version reads orders but does not make sales orders of them yet."
        ),
        text!("Werk Winkelbrug bij.", "Update Winkelbrug."),
    )))
}

//! Why there is no credit.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Order, Refund};

use crate::{
    text,
    translate::{case::held, plan::Outcome},
};

/// All of an order beside a refund of it would give back too much.
pub(super) fn all_beside_a_part<T>(order: &Order) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-naast-terugbetaling",
        text!(
            "Bestelling {number} is geannuleerd, en er staat ook een terugbetaling van haar; alles crediteren en ook die terugbetaling zou te veel zijn.",
            "Order {number} was cancelled, and there is a refund of it too; crediting all of it and that refund as well would be too much."
        ),
        text!(
            "Geef akkoord op de creditering van de terugbetaling (winkelbrug credit PROFIEL {number}, met haar --number en --yes), crediteer wat er dan nog over is met de hand, en meld dit als bekeken (winkelbrug skip).",
            "Say yes to the credit of the refund (winkelbrug credit PROFILE {number}, with its --number and --yes), credit what is left then by hand, and report this as looked at (winkelbrug skip)."
        ),
    )
}

/// What is not above zero gives nothing back.
pub(super) fn gives_something(order: &Order, refund: &Refund) -> Result<(), Outcome> {
    let number = &order.number;
    if refund.total > Decimal::ZERO {
        return Ok(());
    }
    if refund.total.is_zero() {
        return held(
            "terugbetaling-nul",
            text!(
                "De terugbetaling van bestelling {number} is van 0,00; er is niets te crediteren.",
                "The refund of order {number} is of 0.00; there is nothing to credit."
            ),
            text!(
                "Meld dit als bekeken (winkelbrug skip).",
                "Report this as looked at (winkelbrug skip)."
            ),
        );
    }
    let total = text::Amount::money(refund.total);
    held(
        "terugbetaling-onder-nul",
        text!(
            "De terugbetaling van bestelling {number} is onder nul ({total}): daarmee is niets teruggegeven.",
            "The refund of order {number} is below zero ({total:#}): nothing was given back with it."
        ),
        text!(
            "Kijk in de winkel wat dat is; is er iets bijbetaald, boek dat met de hand en meld dit als bekeken (winkelbrug skip).",
            "Look in the shop what that is; if more was paid, book that by hand and report this as looked at (winkelbrug skip)."
        ),
    )
}

pub(super) fn nothing_known<T>(order: &Order) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-onbekend",
        text!(
            "Wat er van bestelling {number} geschreven is, is niet meer bekend; een creditering ervan kan niet worden voorbereid.",
            "What was written of order {number} is not known any more; a credit for it cannot be prepared."
        ),
        text!(
            "Maak de creditfactuur met de hand.",
            "Make the credit note by hand."
        ),
    )
}

pub(super) fn line_gone<T>(order: &Order, line: &str) -> Result<T, Outcome> {
    let number = &order.number;
    held(
        "credit-regel-onbekend",
        text!(
            "Er is iets terugbetaald van een regel ({line}) die bestelling {number} niet meer heeft.",
            "Something was given back of a line ({line}) that order {number} does not have any more."
        ),
        text!(
            "Maak de creditfactuur met de hand.",
            "Make the credit note by hand."
        ),
    )
}

//! What the owner does himself from now on: what Winkelbrug would have done about an order in the
//! books, had he not reported it as looked at.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    text,
    text::{Amount, Text},
};

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Credits that waited for him.
    pub credits: Vec<LeftCredit>,
    /// The invoice whose payment could not be booked.
    pub payment: Option<String>,
    /// Deleting the sales order of a cancelled order.
    pub deletion: bool,
}

/// A credit that is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftCredit {
    /// Which of the order's, from 1.
    pub number: u32,
    /// What it would have given back, above zero; none where it could not be prepared.
    pub amount: Option<Decimal>,
}

impl Left {
    /// In words; none where there is nothing.
    #[must_use]
    pub fn words(&self) -> Option<Text> {
        let mut all = Vec::new();
        for LeftCredit { number, amount } in &self.credits {
            all.push(match amount.map(Amount::money) {
                Some(amount) => text!(
                    "creditering {number} van {amount}",
                    "credit {number} of {amount:#}"
                ),
                None => text!("creditering {number}", "credit {number}"),
            });
        }
        if let Some(invoice) = &self.payment {
            all.push(text!(
                "de betaling op factuur {invoice}",
                "the payment on invoice {invoice}"
            ));
        }
        if self.deletion {
            all.push(text!(
                "het verwijderen van de geannuleerde verkooporder",
                "deleting the cancelled sales order"
            ));
        }
        if all.is_empty() {
            return None;
        }
        let (nl, en): (Vec<&str>, Vec<&str>) = all
            .iter()
            .map(|one| (one.nl.as_str(), one.en.as_str()))
            .unzip();
        let (nl, en) = (joined(&nl, " en "), joined(&en, " and "));
        Some(text!(
            "Winkelbrug doet dit nu niet meer, u doet het zelf: {nl}.",
            "Winkelbrug does not do this any more, you do it yourself: {en}."
        ))
    }
}

fn joined(parts: &[&str], and: &str) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{and}{last}", rest.join(", ")),
        _ => parts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn all_that_is_left_to_the_owner_is_one_sentence() {
        assert_eq!(Left::default().words(), None);
        let left = Left {
            credits: vec![
                LeftCredit {
                    number: 1,
                    amount: None,
                },
                LeftCredit {
                    number: 2,
                    amount: Some(dec!(15.95)),
                },
            ],
            payment: Some("B-39".to_owned()),
            deletion: false,
        };
        let words = left.words().unwrap_or_default();
        assert!(
            words.nl.ends_with(
                "creditering 1, creditering 2 van 15,95 en de betaling op factuur B-39."
            ),
            "{words:?}"
        );
        assert!(words.en.contains("credit 2 of 15.95 and the payment"));
    }
}

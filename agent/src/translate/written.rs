//! The lines of an order whose cents are settled: each item as one line or two, with its texts and
//! parts, and what every revenue group bears.

use rust_decimal::Decimal;

use super::{
    articles::TEXT_LENGTH,
    basket::{Basket, Finished, Item, Share},
    case::{Case, held},
    cents::{Piece, from_cents, pieces, round, vat_inside},
    explain::PerRate,
    plan::{NegativeLines, Outcome},
};
use crate::{
    books::{LineDraft, VatKind},
    text,
    text::Amount,
};

impl Basket {
    pub(super) fn lines(self, case: &Case<'_>, cents: &[i64]) -> Result<Finished, Outcome> {
        let decimals = decimals(case);
        let mut finished = Finished {
            lines: Vec::new(),
            vat: PerRate::new(),
            total: from_cents(cents.iter().sum()),
            shares: self.shares(cents),
        };
        for percent in self.percents() {
            let vat = self.vat_per_rate(cents, percent);
            finished.vat.insert(percent, vat);
        }
        for (item, cents) in self.items.into_iter().zip(cents) {
            if *cents == 0 && !item.goods {
                continue;
            }
            finished
                .lines
                .extend(item.above.iter().cloned().map(|text| text_line(text, true)));
            for piece in item.pieces(*cents, decimals) {
                finished.lines.push(line(case, &item, piece)?);
            }
            finished.lines.extend(item.parts);
            let below = item.below.into_iter();
            finished
                .lines
                .extend(below.map(|text| text_line(text, false)));
        }
        Ok(finished)
    }

    fn shares(&self, cents: &[i64]) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        for (item, cents) in self.items.iter().zip(cents) {
            let article = &item.article;
            let supply = item.supply || article.kind != VatKind::Geen;
            let known = shares.iter_mut().find(|share| {
                share.group == article.group
                    && share.percent == item.percent
                    && share.supply == supply
            });
            match known {
                Some(share) => share.cents += cents,
                None => shares.push(Share {
                    group: article.group.clone(),
                    kind: article.kind,
                    percent: item.percent,
                    supply,
                    cents: *cents,
                }),
            }
        }
        shares
    }
}

impl Item {
    /// Its lines; one piece of the whole amount where its quantity cannot be kept.
    fn pieces(&self, cents: i64, decimals: u32) -> Vec<Piece> {
        pieces(self.quantity, cents, decimals).unwrap_or_else(|| {
            vec![Piece {
                quantity: Decimal::ONE,
                unit_price: from_cents(cents),
                cents,
            }]
        })
    }

    pub(super) fn vat_per_line(&self, cents: i64, decimals: u32) -> Decimal {
        self.pieces(cents, decimals)
            .into_iter()
            .map(|piece| round(vat_inside(from_cents(piece.cents), self.percent)))
            .sum()
    }
}

/// Decimals a unit price may have where the quantity is a fraction.
pub(super) fn decimals(case: &Case<'_>) -> u32 {
    case.company.price_decimals.clamp(2, 6)
}

fn line(case: &Case<'_>, item: &Item, piece: Piece) -> Result<LineDraft, Outcome> {
    let mut description = item.text.clone();
    if item.quantity.normalize().scale() > 0 && piece.quantity != item.quantity {
        description = format!("{} × {description}", item.quantity.normalize());
        description = description.chars().take(TEXT_LENGTH).collect();
        let (code, quantity) = (&item.article.code, Amount::number(item.quantity));
        case.note(text!(
            "{quantity} van {code} komt met geen prijs op de cent uit; geschreven als 1 met het hele bedrag.",
            "No price of {quantity:#} of {code} comes to the cent; written as 1 at the whole amount."
        ));
    }
    let (mut quantity, mut unit_price) = (piece.quantity, piece.unit_price);
    if unit_price < Decimal::ZERO || quantity < Decimal::ZERO {
        match case.facts.negative_lines {
            NegativeLines::Allowed => {}
            NegativeLines::ByQuantity => {
                if unit_price < Decimal::ZERO {
                    (quantity, unit_price) = (-quantity, -unit_price);
                }
            }
            NegativeLines::Refused => return refused_below_zero(&description, piece),
        }
    }
    Ok(LineDraft {
        article: Some(item.article.reference.clone()),
        code: item.article.code.clone(),
        description,
        quantity: quantity.normalize(),
        unit_price,
        discount_percent: Decimal::ZERO,
        above: false,
    })
}

fn refused_below_zero<T>(what: &str, piece: Piece) -> Result<T, Outcome> {
    let amount = Amount::money(from_cents(piece.cents));
    held(
        "negatieve-regel-geweigerd",
        text!(
            "De administratie weigert regels onder nul, dus \"{what}\" van {amount} kan er niet op.",
            "The administration refuses lines below zero, so \"{what}\" of {amount:#} cannot stand on it."
        ),
        text!("Voer de order met de hand in.", "Enter the order by hand."),
    )
}

/// A line of text alone, above or below the line it goes with.
fn text_line(description: String, above: bool) -> LineDraft {
    LineDraft {
        article: None,
        code: String::new(),
        description,
        quantity: Decimal::ZERO,
        unit_price: Decimal::ZERO,
        discount_percent: Decimal::ZERO,
        above,
    }
}

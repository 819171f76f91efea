//! What the rows of the total block are where the shop itself recorded how each is shared over the
//! VAT rates: nothing is to be found out then.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{RatePart, TotalKind, TotalRow};

use super::{
    basket::CENT,
    case::Case,
    cost::Cost,
    explain::{CostPart, Discount, PerRate, Story, fee, is_rounding},
    goods::Good,
};

/// The story as recorded; none where a line or a row does not tell its rate, or a row has a sign its
/// kind cannot have: then the tax rows have to tell.
pub(super) fn story<'a>(case: &Case<'a>, goods: &[Good<'_>]) -> Option<Story<'a>> {
    let told = |good: &Good<'_>| good.line.percent.is_some() || good.percent.is_none();
    if !goods.iter().all(told) {
        return None;
    }
    let mut story = Story::default();
    for row in &case.order.totals {
        if !row.amount.is_zero() {
            add(&mut story, row)?;
        }
    }
    Some(story)
}

/// Takes the row as it is recorded; none where it does not tell its rate, or has a sign its kind cannot have.
pub(super) fn add<'a>(story: &mut Story<'a>, row: &'a TotalRow) -> Option<()> {
    let below_zero = row.amount.is_sign_negative();
    match row.kind {
        TotalKind::SubTotal | TotalKind::Tax | TotalKind::Total => {}
        TotalKind::Rounding => story.costs.push(rounding(row)),
        TotalKind::Other if is_rounding(row) => story.costs.push(rounding(row)),
        TotalKind::GiftCard | TotalKind::StoreCredit if below_zero && untaxed(row) => {
            story.payments.push(row);
        }
        _ if row.parts.is_empty() => return None,
        TotalKind::Shipping => story.costs.extend(costs(row, Cost::Shipping)),
        TotalKind::Levy => story.costs.extend(costs(row, Cost::Levy)),
        TotalKind::Fee => story.costs.extend(costs(row, fee(row))),
        TotalKind::Other if !below_zero => story.costs.extend(costs(row, fee(row))),
        _ if below_zero => story.discounts.push(discount(row)),
        _ => return None,
    }
    Some(())
}

/// Neither a rate nor VAT stands with it.
fn untaxed(row: &TotalRow) -> bool {
    row.parts
        .iter()
        .all(|part| part.percent.is_zero() && part.vat.is_zero())
}

fn rounding(row: &TotalRow) -> CostPart<'_> {
    CostPart {
        row,
        cost: Cost::Rounding,
        percent: Decimal::ZERO,
        gross: row.amount,
    }
}

fn costs(row: &TotalRow, cost: Cost) -> impl Iterator<Item = CostPart<'_>> {
    row.parts
        .iter()
        .filter(|part| !(part.net + part.vat).is_zero())
        .map(move |part| CostPart {
            row,
            cost,
            percent: part.percent.normalize(),
            gross: part.net + part.vat,
        })
}

/// A part that lowered no VAT stands without VAT, whatever the rate of the goods it is for (Magento
/// with VAT on the price before the discount).
fn discount(row: &TotalRow) -> Discount<'_> {
    let mut shares = PerRate::new();
    for part in &row.parts {
        let percent = if lowers_vat(part) {
            part.percent.normalize()
        } else {
            Decimal::ZERO
        };
        *shares.entry(percent).or_default() -= part.net + part.vat;
    }
    Discount { row, shares }
}

fn lowers_vat(part: &RatePart) -> bool {
    let vat = part.net * part.percent / Decimal::ONE_HUNDRED;
    // Less may have been rounded away.
    !part.vat.is_zero() || vat.abs() < CENT
}

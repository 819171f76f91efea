//! Which writes go together, and when they must not go at all. Pure.

use rust_decimal::Decimal;
use winkelbrug_protocol::operation::StockWrite;

use crate::{
    failure::{Failure, Result},
    shop::deploy::template::ZERO_CAP,
    text,
};

/// Most rows in one request.
const ROWS: usize = 500;
/// With more rows than this, no more than half of the stock may go to 0 in one run.
const FEW: u64 = 20;

/// Stops a run in which an improbable share of what is on sale would go to 0.
///
/// # Errors
/// `stock-to-zero`, `Misconfigured`.
pub fn not_all_to_zero(to_zero: u64, on_sale: u64) -> Result<()> {
    if on_sale <= FEW || to_zero * 2 <= on_sale {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "stock-to-zero",
        text!(
            "{to_zero} van de {on_sale} artikelen die te koop zijn, zouden in één keer op voorraad 0 komen; er is niets verstuurd",
            "{to_zero} of the {on_sale} articles on sale would go to stock 0 at once; nothing was sent"
        ),
    )
    .hint(text!(
        "Controleer de voorraad in de administratie en de instellingen [stock] source en buffer",
        "Check the stock in the books and the settings [stock] source and buffer"
    )))
}

/// Batches within the wire's limit and within the bridge's own cap on rows that go to 0.
#[must_use]
pub fn batches(writes: Vec<StockWrite>) -> Vec<Vec<StockWrite>> {
    let mut batches: Vec<Vec<StockWrite>> = Vec::new();
    let mut zeros = 0;
    for write in writes {
        let zero = write.target.parse::<Decimal>().is_ok_and(|t| t.is_zero());
        let full = batches.last().is_none_or(|batch| batch.len() >= ROWS);
        if full || (zero && zeros >= ZERO_CAP) {
            batches.push(Vec::new());
            zeros = 0;
        }
        zeros += u32::from(zero);
        if let Some(batch) = batches.last_mut() {
            batch.push(write);
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(count: usize, target: &str) -> Vec<StockWrite> {
        (0..count)
            .map(|n| StockWrite {
                key: format!("p:{n}"),
                read: "5".to_owned(),
                target: target.to_owned(),
            })
            .collect()
    }

    #[test]
    fn batches_hold_at_most_500_rows_and_250_that_go_to_zero() {
        let sizes = |writes| -> Vec<usize> { batches(writes).iter().map(Vec::len).collect() };
        assert_eq!(sizes(writes(1200, "3")), [500, 500, 200]);
        assert_eq!(sizes(writes(600, "0")), [250, 250, 100]);
        assert!(sizes(Vec::new()).is_empty());
    }

    #[test]
    fn half_of_the_stock_may_sell_out_at_once_but_not_more() {
        assert!(not_all_to_zero(20, 20).is_ok());
        assert!(not_all_to_zero(50, 100).is_ok());
        assert!(not_all_to_zero(51, 100).is_err());
        assert!(not_all_to_zero(0, 0).is_ok());
    }
}

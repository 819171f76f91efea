//! Pieces that were sold but that the books' chosen figure does not count yet. Pure.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{
    books::{ProcessStage, StockStage},
    profile::settings::StockSource,
    sync::stock_targets::counted,
};

/// An order of ours, of any profile on the administration, that may still weigh on stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// Where it stands in the books; none while it is not written (seen, planned, writing, held).
    pub booked: Option<Booked>,
    /// Pieces per article code.
    pub pieces: BTreeMap<String, Decimal>,
}

/// A written order's place in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Its stage.
    pub stage: ProcessStage,
    /// Invoiced: every figure counts it.
    pub invoiced: bool,
}

/// Pieces per article code that the chosen figure does not count.
#[must_use]
pub fn uncounted(
    orders: &[OpenOrder],
    source: StockSource,
    level: StockStage,
) -> BTreeMap<String, Decimal> {
    let mut pieces: BTreeMap<String, Decimal> = BTreeMap::new();
    let open = orders.iter().filter(|order| {
        order
            .booked
            .is_none_or(|booked| !booked.invoiced && !counted(source, level, booked.stage))
    });
    for (code, quantity) in open.flat_map(|order| &order.pieces) {
        *pieces.entry(code.clone()).or_default() += quantity;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn order(stage: Option<ProcessStage>, invoiced: bool, pieces: Decimal) -> OpenOrder {
        OpenOrder {
            booked: stage.map(|stage| Booked { stage, invoiced }),
            pieces: [("A".to_owned(), pieces)].into(),
        }
    }

    #[test]
    fn orders_not_written_yet_always_weigh() {
        let waiting = [order(None, false, dec!(2)), order(None, false, dec!(1))];
        for source in [StockSource::Free, StockSource::Technical] {
            let pieces = uncounted(&waiting, source, StockStage::Alle);
            assert_eq!(pieces["A"], dec!(3));
        }
    }

    #[test]
    fn written_orders_weigh_until_the_chosen_figure_counts_them() {
        use ProcessStage::{Bevestiging, Factuur, Order, Pakbon};
        let cases = [
            (StockSource::Free, StockStage::Alle, Order, false),
            (StockSource::Free, StockStage::Bevestiging, Order, true),
            (
                StockSource::Free,
                StockStage::Bevestiging,
                Bevestiging,
                false,
            ),
            (
                StockSource::Free,
                StockStage::FactuurEnContantbon,
                Pakbon,
                true,
            ),
            (StockSource::Technical, StockStage::Alle, Order, true),
            (StockSource::Technical, StockStage::Alle, Pakbon, false),
            (StockSource::Technical, StockStage::Alle, Factuur, false),
        ];
        for (source, level, stage, weighs) in cases {
            let pieces = uncounted(&[order(Some(stage), false, dec!(1))], source, level);
            assert_eq!(!pieces.is_empty(), weighs, "{source:?} {level:?} {stage:?}");
            let invoiced = uncounted(&[order(Some(stage), true, dec!(1))], source, level);
            assert!(invoiced.is_empty());
        }
    }
}

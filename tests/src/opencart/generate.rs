//! Orders by the thousand, the same ones at each run.

use anyhow::Result;

use super::{
    OpenCartShop,
    cart::{Buyer, Item, NewOrder, compute},
    catalogue::Catalogue,
    orders::{NextIds, Status, shop_now, write_order},
    rows::Rows,
};

/// Orders written to the database in one go.
const BATCH: usize = 2_000;

impl OpenCartShop {
    /// Adds `count` paid orders of `buyers` different guests, spread over the last hour, of one to
    /// four lines each. Stock is left as it is. Answers the first and the last number.
    ///
    /// # Errors
    /// The database refuses.
    pub fn generate_orders(&self, count: usize, buyers: usize) -> Result<(u64, u64)> {
        let _one_at_a_time = self
            .placing
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let catalogue = Catalogue::load(self)?;
        let mut ids: NextIds = self.next_ids()?;
        let first = ids.order;
        let now = shop_now();
        for start in (0..count).step_by(BATCH) {
            let mut rows = Rows::default();
            for at in start..count.min(start + BATCH) {
                let seconds = i64::try_from(3_600 * (count - at) / count)?;
                let mut order = generated(at, buyers);
                order.placed = Some(now.saturating_sub(jiff::Span::new().seconds(seconds)));
                let computed = compute(&order, &catalogue)?;
                write_order(&order, &computed, &catalogue, &mut ids, &mut rows, None)?;
            }
            self.query(&rows.into_sql())?;
        }
        Ok((first, ids.order.saturating_sub(1)))
    }
}

/// The `at`-th generated order: a fixed mix over the demo shop's products of all rates.
fn generated(at: usize, buyers: usize) -> NewOrder {
    const MODELS: &[&str] = &[
        "KOFFIE-1KG",
        "THEE-100",
        "MOK-WIT",
        "MOLEN-HAND",
        "BOEK-BARISTA",
        "POSTZEGEL-10",
        "FILTER-100",
    ];
    let who = at % buyers.max(1);
    let buyer = Buyer::guest(
        &format!("Koper{who}"),
        "van der Test",
        &format!("koper{who}@example.com"),
        &format!("{} AB", 1000 + who % 9000),
    );
    let lines = 1 + at % 4;
    let items = (0..lines)
        .map(|line| {
            let model = MODELS[(at * 3 + line) % MODELS.len()];
            Item::new(model, 1 + u32::try_from((at + line) % 3).unwrap_or(0))
        })
        .collect();
    NewOrder {
        status: Status::Processing,
        ..NewOrder::new(buyer, items)
    }
}

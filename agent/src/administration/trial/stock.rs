//! What orders do to the stock of these books.

use jiff::Timestamp;
use rusqlite::Connection;

use super::store;
use crate::{
    books::{Article, BookedOrder, ProcessStage},
    failure::Result,
};

/// An order that is taken out takes nothing any more.
pub(super) fn give_back(
    connection: &Connection,
    mut order: BookedOrder,
    now: Timestamp,
) -> Result<()> {
    for line in &mut order.lines {
        line.quantity = -line.quantity;
    }
    take(connection, &order, now)
}

/// Every order lowers the free stock; goods that leave lower the physical stock as well.
pub(super) fn take(connection: &Connection, order: &BookedOrder, now: Timestamp) -> Result<()> {
    let leaves = matches!(
        order.stage,
        Some(ProcessStage::Pakbon | ProcessStage::Afhaalbon)
    );
    for line in &order.lines {
        let Some(id) = &line.article else { continue };
        let Some(mut article) = store::get::<Article>(connection, id)? else {
            continue;
        };
        if !article.keeps_stock {
            continue;
        }
        article.free_stock -= line.quantity;
        if leaves {
            article.technical_stock -= line.quantity;
        }
        store::put(connection, &article, now)?;
    }
    Ok(())
}

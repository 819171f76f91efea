//! The shop and the books from within, past the program's own words.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use rust_decimal::Decimal;
use testbed::scene::Scene;

/// Shows each order in the books with its customer, total, VAT per rate and state.
pub fn show_books(scene: &Scene) {
    println!(
        "  {:<5} {:<19} {:>7}  {:<24} {:<9} payment reference",
        "order", "customer", "total", "VAT", "state"
    );
    let mut orders = scene.books.orders();
    orders.sort_by_key(|order| order.number);
    for order in orders {
        let customer = scene.books.relation_by_code(order.relation_code);
        let rates = order.vat.rows.iter().filter(|row| !row.vat.is_zero());
        let vat: Vec<String> = rates
            .map(|row| format!("{}% {:.2}", row.percent.normalize(), row.vat))
            .collect();
        println!(
            "  {:<5} {:<19} {:>7.2}  {:<24} {:<9} {}",
            order.number,
            customer.map(|customer| customer.name).unwrap_or_default(),
            order.vat.total_incl(),
            vat.join(", "),
            order.stage,
            order.payment_reference
        );
    }
    println!();
}

/// Stock in the shop by article code.
pub fn shop_stock(scene: &Scene) -> Result<BTreeMap<String, i64>> {
    scene
        .shop
        .query("SELECT model, quantity FROM `oc_product` WHERE subtract = 1")?
        .into_iter()
        .map(|row| {
            let [model, quantity] = &row[..] else {
                anyhow::bail!("two columns");
            };
            Ok((model.clone(), quantity.parse()?))
        })
        .collect()
}

/// Shows stock before and after, beside what the books say.
pub fn show_stock(scene: &Scene, before: &BTreeMap<String, i64>) -> Result<()> {
    let after = shop_stock(scene)?;
    println!(
        "  {:<14} {:>8} {:>8} {:>12}",
        "article", "before", "after", "free (books)"
    );
    let mut changed = 0;
    for (code, now) in &after {
        let was = before.get(code).copied().unwrap_or_default();
        let books = scene
            .books
            .article_by_code(code)
            .filter(|article| article.keeps_stock);
        let free = books.as_ref().map(|article| article.free_stock);
        let shown = free.map_or_else(|| "-".to_owned(), |free| free.normalize().to_string());
        println!("  {code:<14} {was:>8} {now:>8} {shown:>12}");
        changed += usize::from(was != *now);
        if let Some(free) = free {
            ensure!(
                Decimal::from(*now) == free.max(Decimal::ZERO),
                "stock of {code}: {now} in the shop, {free} free in the books"
            );
        }
    }
    ensure!(changed > 0, "no stock figure changed");
    Ok(())
}

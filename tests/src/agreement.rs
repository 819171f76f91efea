//! Does the shop agree with the books? Looked at from both sides, past the program's own words.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    hosted::Hosted,
    opencart::{DEMO_ORDERS, Expectation},
    scene::Scene,
};

/// Every demo order is where it belongs: written once with the shop's total and VAT per rate, or
/// left out. Answers how many are written.
///
/// # Errors
/// The first that is not.
pub fn demo_orders_are_right(scene: &Scene) -> Result<usize> {
    let list = scene.agent.run(&["orders", "demo", "--json"])?.json()?;
    let list = list.as_array().context("orders --json is a list")?;
    let mut right = 0;
    for (number, demo) in (1_u64..).zip(DEMO_ORDERS) {
        let text = number.to_string();
        let listed = list.iter().find(|order| order["number"] == text.as_str());
        let state = listed
            .and_then(|order| order["state"].as_str())
            .unwrap_or("unseen");
        let written = scene.books.orders_by_reference(&text);
        match demo.expect {
            Expectation::Written => {
                ensure!(
                    state == "written" && written.len() == 1,
                    "order {number} ({}) is {state}, {} times in the books: {listed:?}",
                    demo.shows,
                    written.len()
                );
                totals_agree(scene, number)?;
                right += 1;
            }
            Expectation::Skipped | Expectation::Unseen => ensure!(
                written.is_empty() && state != "held",
                "order {number} ({}) is {state}",
                demo.shows
            ),
        }
    }
    ensure!(
        scene.books.orders().len() == right,
        "orders in the books that nobody placed"
    );
    Ok(right)
}

/// An order's total to the cent, its VAT per rate within a cent.
///
/// # Errors
/// They differ, or it is not in the books.
pub fn totals_agree(scene: &Scene, number: u64) -> Result<()> {
    let written = scene
        .books
        .order_by_reference(&number.to_string())
        .context("not written")?;
    let total: Decimal = scene.shop.order_value(number, "total")?.parse()?;
    let in_books = written.vat.total_incl();
    ensure!(
        in_books == total.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
        "order {number}: {total} in the shop, {in_books} in the books"
    );
    let mut shop: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for row in scene.shop.query(&format!(
        "SELECT r.rate, t.value FROM `oc_order_total` t JOIN `oc_tax_rate` r ON r.name = t.title \
         AND r.type = 'P' WHERE t.code = 'tax' AND t.order_id = {number}"
    ))? {
        let [rate, amount] = &row[..] else {
            anyhow::bail!("two columns");
        };
        *shop
            .entry(rate.parse::<Decimal>()?.normalize())
            .or_default() += amount.parse::<Decimal>()?;
    }
    let mut books: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for row in &written.vat.rows {
        *books.entry(row.percent.normalize()).or_default() += row.vat;
    }
    let rates: BTreeSet<&Decimal> = shop.keys().chain(books.keys()).collect();
    for rate in rates {
        let (there, here) = (
            shop.get(rate).copied().unwrap_or_default(),
            books.get(rate).copied().unwrap_or_default(),
        );
        ensure!(
            (there - here).abs() <= Decimal::new(15, 3),
            "order {number}, VAT {rate}%: {there} in the shop, {here} in the books"
        );
    }
    Ok(())
}

/// Requests that change the books, so far.
#[must_use]
pub fn writes<S>(scene: &Scene<S>) -> usize {
    scene
        .books
        .requests()
        .all()
        .iter()
        .filter(|request| matches!(request.method.as_str(), "POST" | "PUT" | "DELETE"))
        .filter(|request| !request.path.contains("token"))
        .count()
}

/// No request broke the interface's definition.
///
/// # Errors
/// Those that did.
pub fn requests_were_sound<S>(scene: &Scene<S>) -> Result<()> {
    let violations = scene.books.violations();
    ensure!(
        violations.is_empty(),
        "requests that SnelStart would refuse: {violations:?}"
    );
    Ok(())
}

/// Neither file nor table of ours is in the shop.
///
/// # Errors
/// One is.
pub fn nothing_is_left(scene: &Scene) -> Result<()> {
    no_file_is_left(scene)?;
    let tables = scene.shop.query("SHOW TABLES LIKE '%winkelbrug%'")?;
    ensure!(tables.is_empty(), "{tables:?} is still in the database");
    Ok(())
}

/// No file of ours is in the folder that the shop serves.
///
/// # Errors
/// One is.
pub fn no_file_is_left<S: Hosted>(scene: &Scene<S>) -> Result<()> {
    for entry in std::fs::read_dir(scene.shop.folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(!name.contains("winkelbrug"), "{name} is still in the shop");
    }
    Ok(())
}

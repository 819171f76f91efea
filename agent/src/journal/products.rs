//! Products of a shop as last read, for orders to be translated with.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};
use winkelbrug_protocol::record::Product;

use super::{Journal, json};
use crate::{books::plan::ProductKeys, failure::Result};

impl Journal {
    /// Keeps products, in place of what was kept of them.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_products(&self, profile: &str, products: &[Product]) -> Result<()> {
        self.change("products", |transaction| {
            for product in products {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO shop_product (profile, id, record)
                         VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![profile, product.id, json(product)?])?;
            }
            Ok(())
        })
    }

    /// After a whole read: products the shop has no more go, but for those of orders that are still
    /// to be written (by id or by code), and what they are variants of.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_only_products(&self, profile: &str, ids: &BTreeSet<String>) -> Result<()> {
        let ids = json(ids)?;
        self.change("products-gone", |transaction| {
            transaction.execute(
                "WITH sold AS (SELECT json_extract(line.value, '$.product_id') AS id,
                        json_extract(line.value, '$.code') AS code
                    FROM orders o JOIN order_versions v ON v.id = o.version,
                        json_each(CASE WHEN json_valid(v.raw) THEN v.raw END, '$.lines') line
                    WHERE o.profile = ?1 AND o.state IN ('seen', 'planned', 'writing', 'held'))
                 DELETE FROM shop_product WHERE profile = ?1
                    AND id NOT IN (SELECT value FROM json_each(?2))
                    AND id NOT IN (SELECT id FROM sold WHERE id IS NOT NULL)
                    AND json_extract(record, '$.code') NOT IN
                        (SELECT code FROM sold WHERE code IS NOT NULL AND code != '')
                    AND id NOT IN (SELECT json_extract(record, '$.parent_id') FROM shop_product
                        WHERE profile = ?1 AND (id IN (SELECT id FROM sold)
                                OR json_extract(record, '$.code') IN (SELECT code FROM sold))
                            AND json_extract(record, '$.parent_id') IS NOT NULL)",
                [profile, &ids],
            )?;
            Ok(())
        })
    }

    /// The products of these ids and of these codes, and those they are variants of; what is not known
    /// is left out.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn products(&self, profile: &str, keys: &ProductKeys) -> Result<Vec<Product>> {
        self.read(|connection| {
            let mut wanted: Vec<String> = keys.ids.clone();
            let mut of_code = connection.prepare_cached(
                "SELECT id FROM shop_product
                 WHERE profile = ?1 AND json_extract(record, '$.code') = ?2",
            )?;
            for code in &keys.codes {
                let found = of_code.query_map([profile, code], |row| row.get(0))?;
                for id in found {
                    wanted.push(id?);
                }
            }
            let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
            while let Some(id) = wanted.pop() {
                if !seen.insert(id.clone()) {
                    continue;
                }
                let record: Option<String> = connection
                    .prepare_cached(
                        "SELECT record FROM shop_product WHERE profile = ?1 AND id = ?2",
                    )?
                    .query_row([profile, &id], |row| row.get(0))
                    .optional()?;
                let product: Option<Product> =
                    record.and_then(|record| serde_json::from_str(&record).ok());
                if let Some(product) = product {
                    wanted.extend(product.parent_id.clone());
                    found.push(product);
                }
            }
            found.sort_by(|a, b| a.id.cmp(&b.id));
            Ok(found)
        })
    }
}

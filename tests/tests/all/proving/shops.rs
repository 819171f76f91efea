//! Every order of every recorded database, and of two with derived orders, read through its bridge once for
//! all tests.

use testbed::{
    magento::Generation,
    opencart::recorded::{OPENCART_2, OPENCART_3, OPENCART_4},
    truth::books::Books,
    woocommerce::{OLDER, POSTS, TABLES},
};
use tokio::sync::OnceCell;

use super::derived;
use crate::translate_shops::{desk::Shop, magento, opencart, prestashop, woocommerce};

/// A database, and what its owner has to know to keep its books.
pub struct Database {
    /// Its name, as its folder has it.
    pub name: &'static str,
    /// Its orders and names.
    pub shop: Shop,
    /// Tax class -> revenue group.
    pub groups: &'static [(&'static str, &'static str)],
    /// The books compute the VAT of the country of delivery.
    pub foreign_vat: bool,
}

impl Database {
    /// Books in which none of its orders stands yet.
    pub fn books(&self) -> Books {
        if !self.foreign_vat {
            return Books::default();
        }
        let mut books = Books::default().with_foreign_vat();
        if self.name == derived::woocommerce::NAME {
            derived::woocommerce::with_its_countries(&mut books.lookups);
        }
        books
    }
}

/// All of them; none where the recorded databases are not there.
pub async fn every() -> &'static [Database] {
    static READ: OnceCell<Vec<Database>> = OnceCell::const_new();
    READ.get_or_init(async || read().await.unwrap_or_default())
        .await
}

async fn read() -> Option<Vec<Database>> {
    let database = |name, shop, groups, foreign_vat| Database {
        name,
        shop,
        groups,
        foreign_vat,
    };
    Some(vec![
        database(
            "magento1-20.0",
            magento::shop(Generation::One).await?,
            &magento::GROUPS,
            true,
        ),
        database(
            "magento2-2.4.7",
            magento::shop(Generation::Two).await?,
            &magento::GROUPS,
            true,
        ),
        database(
            "opencart-2.3.0.2",
            opencart::shop(OPENCART_2).await?,
            &opencart::GROUPS,
            false,
        ),
        database(
            "opencart-3.0.5.1",
            opencart::shop(OPENCART_3).await?,
            &opencart::GROUPS,
            // The shop does not, but for its owner's books to say so (order 5).
            true,
        ),
        database(
            "opencart-4.1.0.4",
            opencart::shop(OPENCART_4).await?,
            &opencart::GROUPS,
            false,
        ),
        database(
            "prestashop-8.2",
            prestashop::shop().await?,
            &prestashop::GROUPS,
            true,
        ),
        database(
            "woocommerce-11.0-hpos",
            woocommerce::shop(TABLES).await?,
            &woocommerce::GROUPS,
            true,
        ),
        database(
            "woocommerce-11.0-posts",
            woocommerce::shop(POSTS).await?,
            &woocommerce::GROUPS,
            true,
        ),
        database(
            "woocommerce-7.9-posts",
            woocommerce::shop(OLDER).await?,
            &woocommerce::GROUPS,
            true,
        ),
        database(
            derived::opencart::NAME,
            derived::alone(opencart::changed(OPENCART_3, derived::opencart::add).await?),
            &derived::opencart::GROUPS,
            false,
        ),
        database(
            derived::woocommerce::NAME,
            derived::alone(woocommerce::changed(TABLES, derived::woocommerce::add).await?),
            &derived::woocommerce::GROUPS,
            true,
        ),
    ])
}

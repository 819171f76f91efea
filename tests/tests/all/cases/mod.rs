//! The worked cases a bookkeeper is shown, each by its name: what is written, and when the order is
//! rather held. Orders with a number are those of the recorded databases.

mod abroad;
mod afterwards;
mod at_home;
mod paid_with;

use rust_decimal::Decimal;
use testbed::truth::books::{Books, Rounding};
use winkelbrug::{
    profile::Settings,
    translate::{Outcome, Plan},
};
use winkelbrug_protocol::record::{Lookups, Order};

use crate::{
    proving::shops,
    translate::desk::{self, planned},
    translate_shops::desk as shop_desk,
};

/// An order of a recorded database, translated after the ones before it.
pub struct Recorded {
    pub order: Order,
    pub outcome: Outcome,
    pub books: Books,
    pub settings: Settings,
    pub shop: Lookups,
}

/// None where the recorded databases are not there.
pub async fn recorded(database: &str, number: &str) -> Option<Recorded> {
    let databases = shops::every().await;
    let database = databases.iter().find(|known| known.name == database)?;
    let settings = shop_desk::settings(database.groups, "");
    let all = database.shop.translate(database.books(), &settings);
    let one = all.into_iter().find(|one| one.order.number == number);
    let one = one.unwrap_or_else(|| panic!("{} has no order {number}", database.name));
    Some(Recorded {
        order: one.order.clone(),
        outcome: one.outcome,
        books: one.books,
        settings,
        shop: database.shop.lookups.clone(),
    })
}

impl Recorded {
    pub fn plan(&self) -> Plan {
        planned(self.outcome.clone())
    }

    pub fn held(&self) -> String {
        desk::held(self.outcome.clone()).code
    }

    pub fn lines(&self) -> Vec<String> {
        desk::lines(&self.plan())
    }

    /// VAT of all rates as the books come to it.
    pub fn vat(&self) -> Decimal {
        self.books
            .vat(&self.plan(), Rounding::PerRate)
            .values()
            .sum()
    }

    pub fn total(&self) -> Decimal {
        self.books.total(&self.plan())
    }
}

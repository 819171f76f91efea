//! Each plan beside what the model of the rules demands.

use std::collections::BTreeMap;

use winkelbrug::translate::{self, Outcome};

use super::shops;
use crate::{
    model::{self, Agreed},
    translate_shops::desk,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_every_database_is_what_the_model_of_the_rules_demands() {
    let mut wrong = Vec::new();
    let mut agreed: BTreeMap<Agreed, usize> = BTreeMap::new();
    for database in shops::every().await {
        let settings = desk::settings(database.groups, "");
        let mut books = database.books();
        for order in &database.shop.orders {
            let facts = books.facts(order, &settings, &database.shop.lookups);
            let outcome = translate::order(order, &settings, &facts);
            let verdict = model::judge(order, &settings, &facts);
            match model::compare(&verdict, &outcome, &settings, &facts) {
                Ok(how) => *agreed.entry(how).or_default() += 1,
                Err(error) => wrong.push(format!("{} {}: {error}", database.name, order.number)),
            }
            if let Outcome::Plan(plan) = &outcome {
                books.apply(plan);
            }
        }
    }
    println!("{agreed:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whose each is, is told.
    assert_eq!(agreed.get(&Agreed::HeldByPoints), None);
}

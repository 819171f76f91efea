//! Fees, levies and reductions of recorded shops: each on its own article, at the rate the shop charged.

use testbed::{magento::Generation, truth::books::Books, woocommerce::TABLES};

use super::{
    desk::{self, Shop},
    magento, prestashop, woocommerce,
};

/// The articles of what is no product on that order.
fn costs(shop: &Shop, groups: &[(&str, &str)], number: &str) -> Vec<String> {
    let books = Books::default().with_foreign_vat();
    let all = shop.translate(books, &desk::settings(groups, ""));
    let one = all.iter().find(|one| one.order.number == number);
    let one = one.unwrap_or_else(|| panic!("{number} is not there"));
    let costs = ["TOESLAG", "BETAAL", "BIJDRAGE", "KORTING"];
    one.lines()
        .iter()
        .filter_map(|line| line.split(' ').next())
        .filter(|code| costs.iter().any(|cost| code.starts_with(cost)))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disposal_fee_of_magento_stands_on_the_levy_article_at_its_rate() {
    for (generation, number) in [
        (Generation::One, "100000042"),
        (Generation::Two, "000000040"),
    ] {
        let Some(shop) = magento::shop(generation).await else {
            return;
        };
        let costs = costs(&shop, &magento::GROUPS, number);
        assert!(
            costs.contains(&"BIJDRAGE-H".to_owned()),
            "{number}: {costs:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gift_wrapping_of_prestashop_stands_on_the_fee_article_at_its_rate() {
    let Some(shop) = prestashop::shop().await else {
        return;
    };
    let costs = costs(&shop, &prestashop::GROUPS, "15");
    assert!(costs.contains(&"TOESLAG-H".to_owned()), "{costs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_of_woocommerce_above_and_below_zero_stand_on_their_articles() {
    let Some(shop) = woocommerce::shop(TABLES).await else {
        return;
    };
    let costs = costs(&shop, &woocommerce::GROUPS, "65");
    for wanted in ["TOESLAG-H", "TOESLAG-G"] {
        assert!(costs.contains(&wanted.to_owned()), "{wanted}: {costs:?}");
    }
    assert!(
        costs.iter().any(|code| code.starts_with("KORTING")),
        "{costs:?}"
    );
}

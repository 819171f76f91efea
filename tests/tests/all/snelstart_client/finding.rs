//! Finding again what was written.

use rust_decimal::dec;
use testbed::snelstart::{BadFilter, Knobs, OrderFilter};
use winkelbrug::administration::Administration;

use crate::snelstart_client::house::{House, line, order};

#[tokio::test]
async fn an_order_is_found_by_its_reference_whatever_the_filter_does() {
    for order_filter in OrderFilter::ALL {
        for bad_filter in BadFilter::ALL {
            let house = House::with_knobs(Knobs {
                order_filter: *order_filter,
                bad_filter: *bad_filter,
                ..Knobs::default()
            });
            let relation = house.relation(41).await;
            let lamp = house.article("LAMP").await;
            for reference in ["100001", "100002", "O'Neill 3"] {
                let draft = order(reference, vec![line(&lamp.id, dec!(1), dec!(12.10))]);
                house
                    .client
                    .create_order(&relation.id, &draft)
                    .await
                    .unwrap();
            }
            for reference in ["100002", "O'Neill 3"] {
                let found = house.client.find_orders(reference).await.unwrap();
                assert_eq!(found.len(), 1, "{order_filter:?} {reference}");
                assert_eq!(found[0].payment_reference, reference);
            }
            assert!(house.client.find_orders("10000").await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn a_search_among_many_orders_is_complete_when_the_filter_is_ignored() {
    let house = House::with_knobs(Knobs {
        order_filter: OrderFilter::Ignored,
        ..Knobs::default()
    });
    let relation = house.relation(41).await;
    let lamp = house.article("LAMP").await;
    let first = order("eerste", vec![line(&lamp.id, dec!(1), dec!(1))]);
    house
        .client
        .create_order(&relation.id, &first)
        .await
        .unwrap();
    house.books.edit(|world, now| {
        let doc = world.orders.iter().next().unwrap().doc.clone();
        for number in 0..600 {
            let mut doc = doc.clone();
            doc.set("betalingskenmerk", format!("vul {number}").as_str());
            world.orders.add(doc, now);
        }
    });
    let last = order("laatste", vec![line(&lamp.id, dec!(1), dec!(1))]);
    house
        .client
        .create_order(&relation.id, &last)
        .await
        .unwrap();
    for reference in ["eerste", "laatste", "vul 499", "vul 500"] {
        assert_eq!(
            house.client.find_orders(reference).await.unwrap().len(),
            1,
            "{reference}"
        );
    }
}

#[tokio::test]
async fn relations_and_articles_are_found_by_their_codes() {
    let house = House::new();
    house.relation(41).await;
    house.article("D'ART 1").await;
    assert_eq!(
        house.client.find_relation(41).await.unwrap().unwrap().name,
        "A. Jansen"
    );
    assert!(house.client.find_relation(4711).await.unwrap().is_none());
    assert!(
        !house
            .client
            .find_relation(2)
            .await
            .unwrap()
            .unwrap()
            .is_customer
    );
    assert_eq!(
        house.client.find_articles("D'ART 1").await.unwrap().len(),
        1
    );
    assert!(
        house
            .client
            .find_articles("D'ART")
            .await
            .unwrap()
            .is_empty()
    );
}

//! The same story with every switch both ways.

use std::time::Duration;

use rust_decimal::{Decimal, dec};
use testbed::snelstart::{
    BadFilter, Bounds, Knobs, LongText, LookupFilter, Nulls, Omitted, OmittedPrice, OrderBy,
    OrderFilter, PathMiss, RefusalBody, RowOrder, StampZone, Take, TechnicalStock, Totals,
    UnknownReference, ZeroRated,
};
use winkelbrug::{
    administration::Administration,
    books::{LineDraft, RelationDraft, VatKind},
    failure::{Class, Effect},
};

use crate::snelstart_client::house::{House, address, article, buyer, line, order};

/// A customer, an article and an order are made, found, changed and read back.
async fn story(name: &str, change: impl FnOnce(&mut Knobs)) {
    let mut knobs = Knobs::default();
    change(&mut knobs);
    let house = House::with_knobs(knobs);
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    let code = mirror.next_relation_code(&[]).unwrap();
    let relation = house.relation(code).await;
    let group = house.group(VatKind::Hoog).await;
    let lamp = house
        .client
        .create_article(&article("LAMP", &group))
        .await
        .unwrap();
    let lines = vec![
        line(&lamp.id, dec!(2), dec!(3.34)),
        line(&lamp.id, dec!(1), dec!(3.33)),
    ];
    let draft = order("WEB-100001", lines);
    let booked = house
        .client
        .create_order(&relation.id, &draft)
        .await
        .unwrap();
    assert_eq!(booked.payment_reference, "WEB-100001", "{name}");
    assert!(
        booked.total_incl.is_none_or(|total| total == dec!(10.01)),
        "{name}"
    );
    let read_back = house.client.order(&booked.id).await.unwrap().unwrap();
    assert_eq!(read_back.lines.len(), 2, "{name}");
    assert_eq!(read_back.relation, relation.id, "{name}");
    let rename = RelationDraft {
        name: "B. Jansen".to_owned(),
        ..RelationDraft::default()
    };
    house
        .client
        .update_relation(&relation.id, &rename)
        .await
        .unwrap();
    house.client.block_order(&booked.id).await.unwrap();
    house.books.clock().advance(Duration::from_secs(120));
    assert_eq!(
        house.client.find_orders("WEB-100001").await.unwrap().len(),
        1,
        "{name}"
    );
    house.refresh(&mirror).await;
    assert_eq!(
        mirror.orders_by_reference("WEB-100001").unwrap().len(),
        1,
        "{name}"
    );
    assert!(
        mirror.orders_by_reference("WEB-100001").unwrap()[0].blocked,
        "{name}"
    );
    let known = mirror.relations_by_email(&relation.email).unwrap();
    assert_eq!(known[0].name, "B. Jansen", "{name}");
    assert_eq!(known[0].address, address(), "{name}");
    assert_eq!(mirror.articles_by_code("LAMP").unwrap().len(), 1, "{name}");
}

macro_rules! both_ways {
    ($($test:ident: $field:ident in $values:expr;)*) => {$(
        #[tokio::test]
        async fn $test() {
            for value in $values {
                let name = format!("{} = {value:?}", stringify!($field));
                story(&name, |knobs| knobs.$field = value.clone()).await;
            }
        }
    )*};
}

both_ways! {
    nulls_written_or_left_out: nulls in Nulls::ALL;
    a_missing_path_either_way: path_miss in PathMiss::ALL;
    bounds_either_way: bounds in Bounds::ALL;
    unknown_references_every_way: unknown_reference in UnknownReference::ALL;
    a_put_without_id: put_without_id in Take::ALL;
    bodies_of_refusals: refusal_body in RefusalBody::ALL;
    stamps_in_either_zone: stamp_zone in [StampZone::Utc, StampZone::Amsterdam];
    bad_filters_either_way: bad_filter in BadFilter::ALL;
    filters_on_look_ups: lookup_filter in LookupFilter::ALL;
    filters_on_orders: order_filter in OrderFilter::ALL;
    order_by_every_way: orderby in OrderBy::ALL;
    rows_in_any_order: row_order in RowOrder::ALL;
    articles_without_top: articles_without_top in [25, 500];
    a_smaller_page_of_articles_is_not_needed: article_cap in [25, 500];
    long_descriptions: long_description in LongText::ALL;
    long_references: long_payment_reference in LongText::ALL;
    prices_left_out: omitted_price in OmittedPrice::ALL;
    price_agreements: price_agreements in [true, false];
    addresses_left_out: omitted_addresses in Omitted::ALL;
    discounts_left_out: omitted_invoice_discount in Omitted::ALL;
    text_lines: text_lines in Take::ALL;
    negative_quantities: negative_quantity in Take::ALL;
    negative_prices: negative_price in Take::ALL;
    zero_quantities: zero_quantity in Take::ALL;
    orders_without_lines: no_lines in Take::ALL;
    totals_every_way: totals in Totals::ALL;
    lines_in_lists_or_not: lines_in_lists in [true, false];
    quotations_among_orders: quotations_among_orders in [true, false];
    whole_order_addresses: whole_order_addresses in [true, false];
    the_country_of_an_address: country_counts_in_address in [true, false];
    invoiced_orders: change_invoiced in Take::ALL;
    earlier_stages: earlier_stage in Take::ALL;
    orders_listed_late: order_listed_after in [Duration::ZERO, Duration::from_secs(60), Duration::from_secs(120)];
    zero_rated_orders: zero_rated in ZeroRated::ALL;
    technical_stock: technical_stock in TechnicalStock::ALL;
    stock_and_stamps: stock_moves_stamp in [true, false];
    a_new_token_and_the_old: new_token_ends_old in [true, false];
    short_tokens: token_life in [Duration::from_secs(3), Duration::from_secs(3599)];
}

fn text_line() -> LineDraft {
    LineDraft {
        article: None,
        code: String::new(),
        description: "Kleur: rood".to_owned(),
        quantity: Decimal::ZERO,
        unit_price: Decimal::ZERO,
        discount_percent: Decimal::ZERO,
        above: false,
    }
}

#[tokio::test]
async fn what_an_administration_may_refuse_on_a_line_is_refused_and_leaves_no_doubt() {
    type Switch = (fn(&mut Knobs), fn(&str) -> LineDraft);
    let switches: [Switch; 3] = [
        (
            |k| k.negative_price = Take::Refuse,
            |id| line(id, dec!(1), dec!(-5)),
        ),
        (
            |k| k.negative_quantity = Take::Refuse,
            |id| line(id, dec!(-1), dec!(5)),
        ),
        (|k| k.text_lines = Take::Refuse, |_| text_line()),
    ];
    for (switch, bad) in switches {
        let mut knobs = Knobs::default();
        switch(&mut knobs);
        let house = House::with_knobs(knobs);
        let relation = house.relation(41).await;
        let lamp = house.article("LAMP").await;
        let lines = vec![line(&lamp.id, dec!(1), dec!(10)), bad(&lamp.id)];
        let failure = house
            .client
            .create_order(&relation.id, &order("1", lines))
            .await
            .unwrap_err();
        assert_eq!(
            (failure.class, failure.effect),
            (Class::Refused, Effect::None)
        );
        assert!(house.books.orders().is_empty());
    }
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_or_a_text_that_is_too_long_holds_the_one_record() {
    for unknown_reference in UnknownReference::ALL {
        for bounds in Bounds::ALL {
            let mut house = House::with_knobs(Knobs {
                unknown_reference: *unknown_reference,
                bounds: *bounds,
                ..Knobs::default()
            });
            house.breaks_definition = true;
            let relation = house.relation(41).await;
            let nobody = "11111111-2222-3333-4444-555555555555";
            let lines = vec![line(nobody, dec!(1), dec!(10))];
            let failure = house
                .client
                .create_order(&relation.id, &order("1", lines))
                .await
                .unwrap_err();
            assert_eq!(
                (failure.class, failure.effect),
                (Class::Refused, Effect::None)
            );
            let mut long = buyer(42);
            long.name = "x".repeat(51);
            let failure = house.client.create_relation(&long).await.unwrap_err();
            assert_eq!(
                (failure.class, failure.effect),
                (Class::Refused, Effect::None)
            );
        }
    }
}

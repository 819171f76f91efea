//! Lists, look-ups and the mirror.

use jiff::SignedDuration;
use rust_decimal::dec;
use testbed::snelstart::{
    Knobs, NewArticle, NewRelation, Nulls, OrderFilter, RowOrder, StampZone, Trouble, When,
};
use winkelbrug::{
    administration::{Administration, Mirror, Part},
    books::{StockStage, VatKind},
    failure::Failure,
};

use crate::snelstart_client::house::{House, line, order};

fn fill(house: &House, articles: usize) {
    for number in 0..articles {
        let new = NewArticle::new(&format!("A{number:04}"), "Artikel", "Laag").stocked(5);
        house.books.add_article(new).unwrap();
    }
}

#[tokio::test]
async fn look_ups_are_read_whatever_is_left_out() {
    for nulls in Nulls::ALL {
        let house = House::with_knobs(Knobs {
            nulls: *nulls,
            ..Knobs::default()
        });
        let lookups = house.lookups().await;
        assert_eq!(lookups.revenue_groups.len(), 8);
        assert!(lookups.countries.len() > 240);
        assert!(
            lookups
                .countries
                .iter()
                .all(|country| country.code.len() == 2)
        );
        let templates: Vec<_> = lookups
            .templates
            .iter()
            .map(|t| (t.name.as_str(), t.active))
            .collect();
        assert!(
            templates.contains(&("Webshop", true)) && templates.contains(&("Oud sjabloon", false))
        );
        assert_eq!(lookups.cost_centres.len(), 2);
        let day = jiff::civil::date(2026, 1, 1);
        let high = lookups
            .vat_rates
            .iter()
            .find(|rate| rate.kind == VatKind::Hoog && rate.from <= day && day <= rate.until);
        assert_eq!(high.unwrap().percent, dec!(21));
        assert!(
            lookups.foreign_rates.iter().any(|rate| {
                rate.country == "DE" && rate.code == "SR" && rate.percent == dec!(19)
            })
        );
    }
}

#[tokio::test]
async fn foreign_rates_that_the_key_may_not_read_are_none() {
    let house = House::new();
    house.books.arm(
        When::new("GET", "/vatrates"),
        Trouble::StatusBefore(403, std::time::Duration::ZERO),
    );
    assert!(house.lookups().await.foreign_rates.is_empty());
}

#[tokio::test]
async fn company_settings_that_matter_are_read() {
    let house = House::new();
    house
        .books
        .set_company("verkooporderVoorraadVanafNiveau", "PakbonEnAfhaalbon");
    house.books.set_company("factureerBuitenlandsBtw", true);
    let company = house.client.company().await.unwrap();
    assert_eq!(company.stock_stage, StockStage::PakbonEnAfhaalbon);
    assert!(company.foreign_vat && !company.small_business_scheme);
}

#[tokio::test]
async fn every_row_of_a_long_list_arrives_once_whatever_their_order() {
    for row_order in RowOrder::ALL {
        let house = House::with_knobs(Knobs {
            row_order: *row_order,
            ..Knobs::default()
        });
        fill(&house, 60);
        let mut codes = Vec::new();
        let mut sink = |page: Vec<winkelbrug::books::Article>, _| {
            codes.extend(page.into_iter().map(|article| article.code));
            Ok(())
        };
        let read = house
            .client
            .articles(Part::default(), &mut sink)
            .await
            .unwrap();
        assert!(read.whole, "{row_order:?}");
        codes.sort();
        let all = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), all), (61, 61), "{row_order:?}");
    }
}

#[tokio::test]
async fn a_list_that_ends_on_a_full_page_asks_once_more_and_ends() {
    let house = House::new();
    fill(&house, 24);
    let (_, calls) = house
        .calls(async {
            house
                .client
                .articles(Part::default(), &mut |_, _| Ok(()))
                .await
                .unwrap()
        })
        .await;
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn placeholders_of_snelstart_are_no_customers() {
    let house = House::new();
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    let customers = mirror.relations().unwrap();
    assert_eq!(
        customers
            .iter()
            .map(|r| r.name.as_str())
            .collect::<Vec<_>>(),
        ["Vertrokken klant"]
    );
    // The supplier's code is taken all the same.
    assert_eq!(mirror.next_relation_code(&[]).unwrap(), 3);
}

#[tokio::test]
async fn a_refresh_that_finds_nothing_new_costs_three_calls() {
    let house = House::new();
    fill(&house, 60);
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    let later = house.clock.now() + SignedDuration::from_hours(4);
    house.refresh_at(&mirror, later).await;
    let much_later = later + SignedDuration::from_mins(15);
    let (_, calls) = house.calls(house.refresh_at(&mirror, much_later)).await;
    assert_eq!(calls, 3);
}

#[tokio::test]
async fn a_new_run_that_finds_nothing_new_costs_four_calls_whose_books_included() {
    let house = House::new();
    fill(&house, 30);
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    house
        .refresh_at(&mirror, house.clock.now() + SignedDuration::from_hours(4))
        .await;
    let later = house.clock.now() + SignedDuration::from_mins(4 * 60 + 15);
    let again = house.another_client();
    let (_, calls) = house
        .calls(async {
            let mirror = Mirror::open(&house.journal, "winkel", &again)
                .await
                .unwrap();
            mirror
                .refresh(&again, later, &mut |_, _| Ok(()))
                .await
                .unwrap()
        })
        .await;
    assert_eq!(calls, 4);
}

#[tokio::test]
async fn a_change_made_in_the_books_is_seen_by_the_next_refresh_in_either_zone() {
    for stamp_zone in [StampZone::Utc, StampZone::Amsterdam] {
        let house = House::with_knobs(Knobs {
            stamp_zone,
            ..Knobs::default()
        });
        let mirror = house.mirror().await;
        house.refresh(&mirror).await;
        house.books.add_relation(NewRelation {
            name: "Nieuwe klant".to_owned(),
            email: "Nieuw@Example.nl; ander@example.nl".to_owned(),
            ..NewRelation::default()
        });
        let new = NewArticle::new("NIEUW", "Nieuw artikel", "Hoog");
        house.books.add_article(new).unwrap();
        house.refresh(&mirror).await;
        assert_eq!(
            mirror.relations_by_email("nieuw@example.nl").unwrap().len(),
            1
        );
        assert_eq!(mirror.articles_by_code("NIEUW").unwrap().len(), 1);
        assert_eq!(mirror.articles_by_code("nieuw").unwrap().len(), 0);
    }
}

#[tokio::test]
async fn filters_that_are_ignored_or_refused_only_cost_calls() {
    for order_filter in OrderFilter::ALL {
        let house = House::with_knobs(Knobs {
            order_filter: *order_filter,
            ..Knobs::default()
        });
        let mirror = house.mirror().await;
        let relation = house.relation(41).await;
        let lamp = house.article("LAMP").await;
        house.refresh(&mirror).await;
        let draft = order("100001", vec![line(&lamp.id, dec!(1), dec!(12.10))]);
        let booked = house
            .client
            .create_order(&relation.id, &draft)
            .await
            .unwrap();
        house.refresh(&mirror).await;
        let known = mirror.orders_by_reference("100001").unwrap();
        assert_eq!(known.len(), 1, "{order_filter:?}");
        assert_eq!(known[0].id, booked.id);
    }
}

#[tokio::test]
async fn a_record_deleted_in_the_books_leaves_the_mirror_within_a_day() {
    let house = House::new();
    fill(&house, 30);
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    let gone = house.books.article_by_code("A0007").unwrap().id;
    house.books.edit(|world, _| world.articles.remove(gone));
    let tomorrow = house.clock.now() + SignedDuration::from_hours(25);
    house.refresh_at(&mirror, tomorrow).await;
    assert!(mirror.articles_by_code("A0007").unwrap().is_empty());
    assert_eq!(mirror.articles_by_code("A0008").unwrap().len(), 1);
}

#[tokio::test]
async fn a_read_cut_in_the_middle_goes_on_from_its_last_page() {
    let house = House::new();
    fill(&house, 99);
    let mirror = house.mirror().await;
    mirror
        .refresh_lookups(&house.client, house.clock.now(), true)
        .await
        .unwrap();
    let mut pages = 0;
    let failure = mirror
        .refresh(&house.client, house.clock.now(), &mut |_, _| {
            pages += 1;
            if pages == 3 {
                let text = winkelbrug::text!("Gestopt", "Stopped");
                return Err(Failure::transient("stopped", text));
            }
            Ok(())
        })
        .await
        .unwrap_err();
    assert_eq!(failure.code, "stopped");
    let (refreshed, calls) = house.calls(house.refresh(&mirror)).await;
    assert_eq!(refreshed.articles, 25);
    assert_eq!(calls, 2 + 1 + 1);
    assert_eq!(mirror.article_count().unwrap(), 100);
}

#[tokio::test]
async fn stock_is_read_whole_or_by_article() {
    let house = House::new();
    fill(&house, 30);
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    assert_eq!(house.client.stock_calls(None), 2);
    assert_eq!(house.client.stock_calls(Some(3)), 3);
    let all = house.client.stock(None).await.unwrap();
    assert_eq!(all.len(), 30);
    assert!(
        all.iter()
            .all(|stock| stock.keeps_stock && stock.free == dec!(5))
    );
    let one = house.article("A0003").await;
    house.books.set_stock("A0003", 2).unwrap();
    let (some, calls) = house
        .calls(house.client.stock(Some(std::slice::from_ref(&one.id))))
        .await;
    let some = some.unwrap();
    assert_eq!((some[0].technical, calls), (dec!(2), 1));
    mirror.keep_stock(&some).unwrap();
    let kept = mirror.stock().unwrap();
    let kept = kept.iter().find(|stock| stock.code == "A0003").unwrap();
    assert_eq!(kept.technical, dec!(2));
}

#[tokio::test]
async fn a_record_that_is_gone_is_none_in_either_shape() {
    for path_miss in testbed::snelstart::PathMiss::ALL {
        let house = House::with_knobs(Knobs {
            path_miss: *path_miss,
            ..Knobs::default()
        });
        let nobody = "11111111-2222-3333-4444-555555555555";
        assert_eq!(house.client.order(nobody).await.unwrap(), None);
        assert!(
            house
                .client
                .stock(Some(&[nobody.to_owned()]))
                .await
                .unwrap()
                .is_empty()
        );
    }
}

//! Whole lists through pages: nothing is skipped or doubled, whatever numbering, end and size the
//! shop has, and whatever comes or goes meanwhile.
use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use testbed::sconnect::{Flavour, Numbering, PastEnd, Sale, SconnectShop, Start};
use winkelbrug::shop::Shop;

use super::Desk;

fn listed(shop: &SconnectShop, count: usize) {
    shop.with(|world| {
        for n in 0..count {
            world.list(1_795_000_000 + n as i64, &Sale::new(&format!("S{n:04}")));
        }
    });
}

async fn numbers(desk: &Desk) -> Vec<String> {
    let page = desk.client().order_heads(None, None).await.unwrap();
    assert!(page.next.is_none());
    page.records.into_iter().map(|head| head.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_whole_and_once_with_every_numbering_end_and_size() {
    let shop = SconnectShop::start(Flavour::Magento).unwrap();
    for count in [0, 1, 9, 20, 21, 100, 250] {
        shop.with(|world| world.listed.clear());
        listed(&shop, count);
        for numbering in [
            Numbering::FromZero,
            Numbering::FromOne,
            Numbering::StrictlyFromOne,
        ] {
            for past_end in [PastEnd::Empty, PastEnd::LastAgain] {
                for cap in [20, usize::MAX] {
                    shop.with(|world| {
                        world.knobs.orders = numbering;
                        world.knobs.past_end = past_end;
                        world.knobs.cap = cap;
                        world.knobs.gaps = cap == 20;
                    });
                    let desk = Desk::new(&shop, "");
                    let got = numbers(&desk).await;
                    let unique: BTreeSet<&String> = got.iter().collect();
                    let what = format!("{count} {numbering:?} {past_end:?} {cap}");
                    assert_eq!((got.len(), unique.len()), (count, count), "{what}");
                }
            }
        }
    }
    assert!(shop.violations().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_come_or_go_between_two_pages_hide_no_other() {
    for newest_first in [false, true] {
        for numbering in [Numbering::FromZero, Numbering::FromOne] {
            let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
            shop.with(|world| {
                world.knobs.cap = 20;
                world.knobs.newest_first = newest_first;
                world.knobs.orders = numbering;
            });
            listed(&shop, 65);
            // On the third page: one of the first page is cancelled, and a new one is placed.
            shop.before("orders", 3, |world| {
                world.unlist("S0001");
                world.unlist("S0060");
                world.list(1_795_009_999, &Sale::new("NEW"));
            });
            let desk = Desk::new(&shop, "");
            let got: BTreeSet<String> = numbers(&desk).await.into_iter().collect();
            for n in (0..65).filter(|n| ![1, 60].contains(n)) {
                let number = format!("S{n:04}");
                assert!(
                    got.contains(&number),
                    "{number} {newest_first} {numbering:?}"
                );
            }
            assert!(got.contains("NEW"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_time_holds_to_the_second_with_either_kind_of_moment() {
    let start: Timestamp = "2026-11-20T11:00:00Z".parse().unwrap();
    for (flavour, heeds) in [
        (Flavour::Magento, Start::DateTime),
        (Flavour::WooCommerce, Start::UnixSeconds),
    ] {
        let shop = SconnectShop::start(flavour).unwrap();
        shop.with(|world| {
            world.knobs.start = heeds;
            world.list(start.as_second() - 1, &Sale::new("TE-VROEG"));
            world.list(start.as_second(), &Sale::new("OP-TIJD"));
        });
        let desk = Desk::new(&shop, "orders_from = 2026-11-20T12:00:00+01:00");
        let client = desk.client();
        let page = client
            .order_heads(Some(&start.to_string()), None)
            .await
            .unwrap();
        let got: Vec<String> = page.records.into_iter().map(|head| head.id).collect();
        assert_eq!(got, ["OP-TIJD"], "{flavour:?}");
        // Of that day the shop's list decides; the order is not thrown out for want of a time.
        let order = client.order_by_number("OP-TIJD").await.unwrap().unwrap();
        assert_eq!(order.order.unwrap().placed_at, start.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_and_articles_come_whole_and_without_a_start_time_for_stock() {
    let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
    shop.with(|world| {
        world.knobs.cap = 20;
        for n in 0..45 {
            world.stock.push((format!("A{n}"), Some(Decimal::from(n))));
            world.articles.push(serde_json::json!({
                "Artikelcode": format!("A{n}"), "Omschrijving": "Product", "Verkoopprijs": "1.00",
                "BtwId": n % 3, "Voorraadcontrole": true,
            }));
        }
        world.stock.push(("GEEN".to_owned(), None));
        world.stock.push((String::new(), Some(Decimal::ONE)));
    });
    let desk = Desk::new(&shop, "articles_from = 2026-11-01T00:00:00+01:00");
    let client = desk.client();
    let stock = client.stock_read(None).await.unwrap().records;
    assert_eq!(stock.len(), 46);
    assert!(
        stock
            .iter()
            .any(|level| level.code == "GEEN" && !level.tracked)
    );
    let products = client.products(None, None).await.unwrap().records;
    assert_eq!(products.len(), 45);
    assert_eq!(products[0].tax_class.name, "Geen");
    assert!(shop.violations().is_empty(), "{:?}", shop.violations());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_article_costs_is_told_with_or_without_vat_as_the_shops_orders_reckon() {
    let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
    shop.with(|world| {
        for (code, id) in [("HOOG", 2), ("LAAG", 1), ("GEEN", 0), ("OVERIG", 3)] {
            world.articles.push(serde_json::json!({
                "Artikelcode": code, "Omschrijving": "Product", "Verkoopprijs": "12.10",
                "BtwId": id,
            }));
        }
    });
    let prices = async |desk: &Desk| -> Vec<(Option<Decimal>, Option<Decimal>)> {
        let products = desk.client().products(None, None).await.unwrap().records;
        let prices = products.iter().map(|one| (one.price, one.price_incl));
        prices.collect()
    };
    let (none, full) = (None, Some(Decimal::new(1210, 2)));
    let unknown = prices(&Desk::new(&shop, "")).await;
    assert_eq!(unknown, [(none, none); 4], "no order says it");
    for inclusive in [true, false] {
        shop.with(|world| {
            world.listed.clear();
            let sale = Sale {
                inclusive,
                ..Sale::new("S1")
            };
            world.list(1_795_000_000, &sale);
        });
        let told = prices(&Desk::new(&shop, "")).await;
        let net = |amount: i64| Some(Decimal::new(amount, 6));
        let wanted = if inclusive {
            [
                (net(10_000_000), full),
                (net(11_100_917), full),
                (full, full),
                (none, none),
            ]
        } else {
            [(full, none); 4]
        };
        assert_eq!(told, wanted, "{inclusive}");
    }
    shop.with(|world| world.knobs.commands = "orders|voorraad".to_owned());
    let cannot = Desk::new(&shop, "").client().products(None, None).await;
    assert_eq!(cannot.unwrap_err().code, "sconnect-cannot");
    assert!(shop.violations().is_empty(), "{:?}", shop.violations());
}

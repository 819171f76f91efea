//! The trial administration computes and refuses as the simulator of SnelStart does.

use rust_decimal::{Decimal, dec};
use testbed::snelstart::Options;
use winkelbrug::{
    administration::{Administration, trial::Trial},
    books::{LineDraft, PriceMode, VatKind},
};

use crate::snelstart_client::house::{FREE, House, article, buyer, clock, order};

async fn kinds(books: &dyn Administration) -> Vec<String> {
    let groups = books.lookups().await.unwrap().revenue_groups;
    let mut ids = Vec::new();
    for (code, kind) in [
        ("H", VatKind::Hoog),
        ("L", VatKind::Laag),
        ("G", VatKind::Geen),
    ] {
        let group = groups.iter().find(|group| group.vat == kind).unwrap();
        ids.push(
            books
                .create_article(&article(code, &group.id))
                .await
                .unwrap()
                .id,
        );
    }
    ids
}

fn lines(ids: &[String]) -> Vec<LineDraft> {
    let amounts = [
        dec!(3.34),
        dec!(17.99),
        dec!(-4.05),
        dec!(0.05),
        dec!(129.95),
    ];
    let quantities = [dec!(1), dec!(2), dec!(1.25)];
    let articles = ids.iter().cycle();
    amounts
        .iter()
        .zip(quantities.iter().cycle())
        .zip(articles)
        .map(|((price, quantity), id)| crate::snelstart_client::house::line(id, *quantity, *price))
        .collect()
}

#[tokio::test]
async fn totals_and_vat_are_the_same_in_both() {
    let options = Options {
        foreign_vat: true,
        ..Options::default()
    };
    let house = House::with(options, FREE);
    let trial = Trial::open(house.folder.path(), "winkel", clock()).unwrap();
    let sides: [&dyn Administration; 2] = [&house.client, &trial];
    let buyers = [
        ("NL", "", "NL"),
        ("NL", "NL123456782B01", "NL"),
        ("BE", "", "NL"),
        ("NL", "", "DE"),
        ("CH", "", "CH"),
    ];
    let mut totals: Vec<Vec<(Option<Decimal>, Option<Decimal>)>> = Vec::new();
    for books in sides {
        let ids = kinds(books).await;
        let mut seen = Vec::new();
        for (code, (country, vat_number, delivery)) in (100..).zip(buyers) {
            let mut draft = buyer(code);
            draft.address.country = country.to_owned();
            draft.vat_number = vat_number.to_owned();
            let relation = books.create_relation(&draft).await.unwrap();
            for mode in [PriceMode::Inclusief, PriceMode::Exclusief] {
                let mut draft = order(&format!("{code}-{mode:?}"), lines(&ids));
                draft.price_mode = mode;
                if let Some(address) = &mut draft.delivery_address {
                    address.country = delivery.to_owned();
                }
                let booked = books.create_order(&relation.id, &draft).await.unwrap();
                seen.push((booked.total_excl, booked.total_incl));
            }
        }
        totals.push(seen);
    }
    assert_eq!(totals[0], totals[1]);
}

#[tokio::test]
async fn what_snelstart_refuses_the_trial_refuses_with_the_same_code() {
    let house = House::new();
    let trial = Trial::open(house.folder.path(), "winkel", clock()).unwrap();
    let sides: [&dyn Administration; 2] = [&house.client, &trial];
    let mut codes: Vec<Vec<String>> = Vec::new();
    for books in sides {
        let mut seen = Vec::new();
        let mut refused = |result: winkelbrug::failure::Result<()>| {
            seen.push(result.map_or_else(|failure| failure.code, |()| "taken".to_owned()));
        };
        let relation = books.create_relation(&buyer(41)).await.unwrap();
        refused(books.create_relation(&buyer(41)).await.map(drop));
        for spoil in [
            (|d| d.name = String::new()) as fn(&mut winkelbrug::books::RelationDraft),
            |d| d.phone = "0".repeat(26),
            |d| d.address.street = "x".repeat(51),
            |d| d.address.city = String::new(),
            |d| d.vat_number = "NL 1".to_owned(),
            |d| d.email = "geen adres".to_owned(),
            |d| d.payment_term = Some(1001),
        ] {
            let mut draft = buyer(42);
            spoil(&mut draft);
            refused(books.create_relation(&draft).await.map(drop));
        }
        let ids = kinds(books).await;
        let group = books.lookups().await.unwrap().revenue_groups.remove(0).id;
        refused(books.create_article(&article("H", &group)).await.map(drop));
        refused(books.create_article(&article("", &group)).await.map(drop));
        refused(books.create_article(&article("N", "")).await.map(drop));
        refused(
            books
                .create_article(&article(&"9".repeat(51), &group))
                .await
                .map(drop),
        );
        let mut draft = order("1", lines(&ids));
        draft.order_reference = "x".repeat(51);
        refused(books.create_order(&relation.id, &draft).await.map(drop));
        let nobody = "11111111-2222-3333-4444-555555555555";
        refused(
            books
                .create_order(nobody, &order("1", lines(&ids)))
                .await
                .map(drop),
        );
        let lost = vec![nobody.to_owned()];
        refused(
            books
                .create_order(&relation.id, &order("1", lines(&lost)))
                .await
                .map(drop),
        );
        codes.push(seen);
    }
    assert_eq!(codes[0], codes[1]);
}

#[tokio::test]
async fn the_trial_keeps_its_books_numbers_its_orders_and_counts_its_stock() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Trial::open(folder.path(), "winkel", clock()).unwrap();
    let trial = open();
    let relation = trial.create_relation(&buyer(41)).await.unwrap();
    let group = trial.lookups().await.unwrap().revenue_groups.remove(0).id;
    let lamp = trial
        .create_article(&article("LAMP", &group))
        .await
        .unwrap();
    let draft = |reference| {
        order(
            reference,
            vec![crate::snelstart_client::house::line(
                &lamp.id,
                dec!(3),
                dec!(12.10),
            )],
        )
    };
    let first = trial.create_order(&relation.id, &draft("a")).await.unwrap();
    drop(trial);
    let trial = open();
    let second = trial.create_order(&relation.id, &draft("b")).await.unwrap();
    assert_eq!((first.number.as_str(), second.number.as_str()), ("1", "2"));
    let stock = trial
        .stock(Some(std::slice::from_ref(&lamp.id)))
        .await
        .unwrap();
    assert_eq!((stock[0].technical, stock[0].free), (dec!(25), dec!(19)));
    assert_eq!(trial.find_orders("b").await.unwrap()[0].id, second.id);
    trial.block_order(&second.id).await.unwrap();
    assert!(trial.order(&second.id).await.unwrap().unwrap().blocked);
    assert_eq!(trial.find_articles("VERZEND-HOOG").await.unwrap().len(), 1);
    assert!(trial.company().await.unwrap().name.contains("winkel"));
}

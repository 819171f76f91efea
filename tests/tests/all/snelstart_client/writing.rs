//! What is written, field by field.

use rust_decimal::dec;
use testbed::snelstart::Json;
use winkelbrug::{
    administration::Administration,
    books::{BookAddress, PriceMode, ProcessStage, RelationDraft, VatKind},
    failure::Class,
};

use crate::snelstart_client::house::{House, article, buyer, line, order};

#[tokio::test]
async fn a_relation_an_article_and_an_order_arrive_as_they_were_planned() {
    let house = House::new();
    let relation = house.relation(41).await;
    assert_eq!((relation.code, relation.is_customer), (41, true));
    assert_eq!(relation.address.country, "NL");
    let group = house.group(VatKind::Hoog).await;
    let lamp = house
        .client
        .create_article(&article("LAMP", &group))
        .await
        .unwrap();
    assert_eq!(lamp.revenue_group, group);

    let mut draft = order("100001", vec![line(&lamp.id, dec!(2), dec!(12.10))]);
    draft.cost_centre = house
        .lookups()
        .await
        .cost_centres
        .first()
        .map(|c| c.id.clone());
    draft.payment_term = Some(30);
    draft.memo = "Graag voor vrijdag".to_owned();
    draft.stage = ProcessStage::Bevestiging;
    let booked = house
        .client
        .create_order(&relation.id, &draft)
        .await
        .unwrap();
    assert_eq!(booked.payment_reference, "100001");
    assert_eq!(booked.total_incl, Some(dec!(24.20)));
    assert_eq!(booked.total_excl, Some(dec!(20.00)));
    assert_eq!(booked.lines.len(), 1);

    let seen = house.books.order_by_reference("100001").unwrap();
    assert_eq!(seen.number.to_string(), booked.number);
    assert_eq!(seen.relation_code, 41);
    let customer = house.books.relations().into_iter().find(|r| r.code == 41);
    assert_eq!(customer.unwrap().doc.whole("krediettermijn"), Some(14));
    assert_eq!(seen.date.to_string(), "2026-11-21");
    assert_eq!(seen.stage, "Bevestiging");
    assert!(seen.inclusive && !seen.blocked);
    assert_eq!(seen.delivery_address.country, "NL");
    assert_eq!(seen.order_reference, "PO 77");
    assert_eq!(seen.doc.whole("krediettermijn"), Some(30));
    assert_eq!(seen.doc.text("memo"), Some("Graag voor vrijdag"));
    assert!(seen.doc.reference("kostenplaats").is_some());
}

#[tokio::test]
async fn discounts_of_nothing_are_sent_so_that_none_is_copied_from_the_card() {
    let house = House::with_knobs(testbed::snelstart::Knobs {
        omitted_invoice_discount: testbed::snelstart::Omitted::Copied,
        ..Default::default()
    });
    let relation = house.relation(41).await;
    house.books.edit(|world, _| {
        for row in world.relations.iter_mut() {
            row.doc
                .set("factuurkorting", Json::from(rust_decimal::Decimal::TEN));
        }
    });
    let lamp = house.article("LAMP").await;
    let draft = order("100001", vec![line(&lamp.id, dec!(1), dec!(121))]);
    let booked = house
        .client
        .create_order(&relation.id, &draft)
        .await
        .unwrap();
    assert_eq!(booked.total_incl, Some(dec!(121.00)));
    assert_eq!(booked.invoice_discount, Some(dec!(0)));
}

#[tokio::test]
async fn amounts_go_as_numbers_with_exactly_their_digits() {
    let house = House::new();
    let relation = house.relation(41).await;
    let lamp = house.article("LAMP").await;
    let mut draft = order("1", vec![line(&lamp.id, dec!(1.25), dec!(0.3350))]);
    draft.price_mode = PriceMode::Exclusief;
    house
        .client
        .create_order(&relation.id, &draft)
        .await
        .unwrap();
    let requests = house.books.requests();
    let post = requests.all().iter().rfind(|r| r.method == "POST").unwrap();
    assert!(
        post.body.contains(r#""stuksprijs":0.3350"#),
        "{}",
        post.body
    );
    assert!(post.body.contains(r#""aantal":1.25"#));
    assert!(post.body.contains(r#""datum":"2026-11-21T00:00:00""#));
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_blanks_nothing() {
    let house = House::new();
    let relation = house.relation(41).await;
    house.books.edit(|world, _| {
        let id = relation.id.parse().unwrap();
        let doc = &mut world.relations.get_mut(id).unwrap().doc;
        doc.set("kredietLimiet", Json::from(dec!(1500.50)));
        doc.set("mobieleTelefoon", "06-12345678");
    });
    let draft = RelationDraft {
        name: "B. Jansen".to_owned(),
        address: BookAddress {
            street: "Nieuwstraat 2".to_owned(),
            ..BookAddress::default()
        },
        ..RelationDraft::default()
    };
    let updated = house
        .client
        .update_relation(&relation.id, &draft)
        .await
        .unwrap();
    assert_eq!(updated.name, "B. Jansen");
    let seen = house.books.relation_by_code(41).unwrap();
    assert_eq!(seen.address.street, "Nieuwstraat 2");
    assert_eq!(seen.address.city, "Utrecht");
    assert_eq!(seen.address.country, "NL");
    assert_eq!(seen.doc.text("telefoon"), Some("030-1234567"));
    assert_eq!(seen.doc.text("memo"), Some("Uit de webwinkel"));
    assert_eq!(seen.doc.text("mobieleTelefoon"), Some("06-12345678"));
    assert_eq!(seen.doc.amount("kredietLimiet"), Some(dec!(1500.50)));
}

#[tokio::test]
async fn mail_settings_are_set_only_when_asked_for() {
    let house = House::new();
    house.relation(41).await;
    let mut draft = buyer(42);
    draft.invoice_email = Some("facturen@example.nl".to_owned());
    house.client.create_relation(&draft).await.unwrap();
    let sends = |code| {
        let seen = house.books.relation_by_code(code).unwrap();
        let mail = seen
            .doc
            .get("factuurEmailVersturen")
            .cloned()
            .unwrap_or_default();
        (
            mail.flag("shouldSend"),
            mail.text("email").map(str::to_owned),
        )
    };
    assert_ne!(sends(41).0, Some(true));
    assert_eq!(
        sends(42),
        (Some(true), Some("facturen@example.nl".to_owned()))
    );
}

#[tokio::test]
async fn an_order_is_blocked_and_keeps_everything_else() {
    let house = House::new();
    let relation = house.relation(41).await;
    let lamp = house.article("LAMP").await;
    let draft = order("100001", vec![line(&lamp.id, dec!(2), dec!(12.10))]);
    let booked = house
        .client
        .create_order(&relation.id, &draft)
        .await
        .unwrap();
    let before = house.books.order_by_reference("100001").unwrap();
    house.client.block_order(&booked.id).await.unwrap();
    let after = house.books.order_by_reference("100001").unwrap();
    assert!(after.blocked);
    assert_eq!(after.lines, before.lines);
    assert_eq!(after.delivery_address, before.delivery_address);
    assert_eq!((after.number, after.date), (before.number, before.date));
    assert!(
        house
            .client
            .order(&booked.id)
            .await
            .unwrap()
            .unwrap()
            .blocked
    );
}

#[tokio::test]
async fn an_article_is_brought_up_to_date() {
    let house = House::new();
    let lamp = house.article("LAMP").await;
    let mut draft = article("LAMP", &house.group(VatKind::Laag).await);
    draft.price = dec!(15.95);
    draft.description = "Lamp, groen".to_owned();
    house.client.update_article(&lamp.id, &draft).await.unwrap();
    let seen = house.books.article_by_code("LAMP").unwrap();
    assert_eq!((seen.price, seen.vat_kind.as_str()), (dec!(15.95), "Laag"));
    assert!(seen.keeps_stock);
}

#[tokio::test]
async fn what_snelstart_refuses_is_said_in_the_owners_words() {
    let house = House::new();
    house.relation(41).await;
    let failure = house.client.create_relation(&buyer(41)).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Refused, "REL-0008")
    );
    assert!(failure.text.nl.contains("klantcode"), "{}", failure.text.nl);

    let mut wrong = buyer(42);
    wrong.vat_number = "NL000000000B00".to_owned();
    let failure = house.client.create_relation(&wrong).await.unwrap_err();
    assert_eq!(failure.code, "REL-0088");

    let mut nowhere = buyer(43);
    nowhere.address.country = "QQ".to_owned();
    let failure = house.client.create_relation(&nowhere).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Refused, "country-unknown")
    );

    let group = house.group(VatKind::Hoog).await;
    house
        .client
        .create_article(&article("LAMP", &group))
        .await
        .unwrap();
    let failure = house
        .client
        .create_article(&article("LAMP", &group))
        .await
        .unwrap_err();
    assert_eq!(failure.code, "ART-0005");
}

#[tokio::test]
async fn an_order_whose_relation_and_articles_exist_costs_one_call() {
    let house = House::new();
    let relation = house.relation(41).await;
    let lamp = house.article("LAMP").await;
    for number in 0..5 {
        let draft = order(
            &number.to_string(),
            vec![line(&lamp.id, dec!(1), dec!(12.10))],
        );
        let (_, calls) = house
            .calls(async {
                house
                    .client
                    .create_order(&relation.id, &draft)
                    .await
                    .unwrap()
            })
            .await;
        assert_eq!(calls, 1);
    }
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::{
    administration::trial::Trial,
    books::{ArticleDraft, BookAddress, OrderDraft, PriceMode, ProcessStage, RelationDraft},
    clock::SystemClock,
};

struct House {
    _folder: TempDir,
    journal: Journal,
    trial: Trial,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let trial = Trial::open(folder.path(), "winkel", Arc::new(SystemClock)).unwrap();
        Self {
            _folder: folder,
            journal,
            trial,
        }
    }

    async fn mirror(&self) -> Mirror {
        let mirror = Mirror::open(&self.journal, "winkel", &self.trial)
            .await
            .unwrap();
        self.refresh(&mirror, Timestamp::now()).await;
        mirror
    }

    async fn refresh(&self, mirror: &Mirror, now: Timestamp) -> Refreshed {
        mirror
            .refresh(&self.trial, now, &mut |_, _| Ok(()))
            .await
            .unwrap()
    }

    async fn relation(&self, code: i64, email: &str) -> Relation {
        let draft = RelationDraft {
            code: Some(code),
            name: format!("Klant {code}"),
            email: email.to_owned(),
            address: BookAddress {
                street: "Dorpsstraat 1".to_owned(),
                postcode: "1234 AB".to_owned(),
                city: "Utrecht".to_owned(),
                country: "NL".to_owned(),
                contact: String::new(),
            },
            ..RelationDraft::default()
        };
        self.trial.create_relation(&draft).await.unwrap()
    }

    async fn order(&self, relation: &str, reference: &str) -> BookedOrder {
        let draft = OrderDraft {
            date: jiff::civil::date(2026, 11, 21),
            payment_reference: reference.to_owned(),
            order_reference: String::new(),
            description: String::new(),
            template: None,
            stage: ProcessStage::Order,
            blocked: None,
            cost_centre: None,
            payment_term: None,
            price_mode: PriceMode::Inclusief,
            invoice_address: None,
            delivery_address: None,
            memo: String::new(),
            invoice_discount: rust_decimal::Decimal::ZERO,
            lines: Vec::new(),
        };
        self.trial.create_order(relation, &draft).await.unwrap()
    }
}

#[tokio::test]
async fn customers_are_found_by_any_of_their_addresses_without_case_and_space() {
    let house = House::new();
    house.relation(7, "Info@Winkel.nl; Jan@Voorbeeld.nl").await;
    let mirror = house.mirror().await;
    for email in ["jan@voorbeeld.nl", " JAN@voorbeeld.nl ", "info@winkel.nl"] {
        assert_eq!(
            mirror.relations_by_email(email).unwrap().len(),
            1,
            "{email}"
        );
    }
    assert!(
        mirror
            .relations_by_email("an@voorbeeld.nl")
            .unwrap()
            .is_empty()
    );
    assert_eq!(mirror.relations_by_code(7).unwrap()[0].name, "Klant 7");
}

#[tokio::test]
async fn what_we_write_is_known_at_once() {
    let house = House::new();
    let mirror = house.mirror().await;
    let relation = house.relation(12, "a@b.nl").await;
    let order = house.order(&relation.id, " 100001 ").await;
    mirror.upsert_relation(&relation, Timestamp::now()).unwrap();
    mirror.upsert_order(&order, Timestamp::now()).unwrap();
    assert_eq!(mirror.relations_by_email("a@b.nl").unwrap(), [relation]);
    assert_eq!(mirror.orders_by_reference("100001").unwrap(), [order]);
}

#[tokio::test]
async fn a_new_customer_code_is_above_every_known_or_chosen_one() {
    let house = House::new();
    let mirror = house.mirror().await;
    assert_eq!(mirror.next_relation_code(&[]).unwrap(), 2);
    house.relation(41, "a@b.nl").await;
    house.refresh(&mirror, Timestamp::now()).await;
    assert_eq!(mirror.next_relation_code(&[]).unwrap(), 42);
    assert_eq!(mirror.next_relation_code(&[42, 43]).unwrap(), 44);
    assert_eq!(mirror.next_relation_code(&[-5]).unwrap(), 42);
}

#[tokio::test]
async fn the_highest_possible_code_leaves_the_first_gap() {
    let house = House::new();
    house.relation(i64::from(i32::MAX), "a@b.nl").await;
    house.relation(1, "c@d.nl").await;
    let mirror = house.mirror().await;
    assert_eq!(mirror.next_relation_code(&[2]).unwrap(), 3);
}

#[tokio::test]
async fn a_deleted_record_disappears_with_the_daily_read_and_not_before() {
    let house = House::new();
    let mirror = house.mirror().await;
    let relation = house.relation(3, "weg@b.nl").await;
    let long_ago = Timestamp::now() - SignedDuration::from_hours(2);
    let mut ghost = relation.clone();
    ghost.id = "er-niet-meer".to_owned();
    mirror.upsert_relation(&ghost, long_ago).unwrap();
    house.refresh(&mirror, Timestamp::now()).await;
    assert_eq!(mirror.relations_by_email("weg@b.nl").unwrap().len(), 2);
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(25);
    house.refresh(&mirror, tomorrow).await;
    assert_eq!(mirror.relations_by_email("weg@b.nl").unwrap(), [relation]);
}

#[tokio::test]
async fn what_was_just_written_survives_a_list_that_does_not_show_it_yet() {
    let house = House::new();
    let mirror = house.mirror().await;
    let relation = house.relation(3, "a@b.nl").await;
    let mut order = house.order(&relation.id, "100002").await;
    order.id = "nog-niet-in-de-lijst".to_owned();
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(25);
    mirror
        .upsert_order(&order, tomorrow - SignedDuration::from_mins(1))
        .unwrap();
    house.refresh(&mirror, tomorrow).await;
    assert_eq!(mirror.orders_by_reference("100002").unwrap().len(), 2);
}

#[tokio::test]
async fn an_interrupted_read_goes_on_where_it_stopped() {
    let house = House::new();
    let mirror = Mirror::open(&house.journal, "winkel", &house.trial)
        .await
        .unwrap();
    let stop = |_, _| Err(Failure::transient("stopped", text!("Gestopt", "Stopped")));
    let failure = mirror
        .refresh(&house.trial, Timestamp::now(), &mut { stop })
        .await
        .unwrap_err();
    assert_eq!(failure.code, "stopped");
    let first = house.refresh(&mirror, Timestamp::now()).await;
    assert_eq!(first.articles, 0);
    assert!(mirror.article_count().unwrap() > 10);
}

#[tokio::test]
async fn a_profile_keeps_to_its_administration() {
    let house = House::new();
    let mirror = house.mirror().await;
    let mut other = mirror.company().unwrap().unwrap();
    other.id = "een-andere".to_owned();
    other.name = "Bakkerij".to_owned();
    let failure = Mirror::bind(&house.journal, "winkel", &other).unwrap_err();
    assert_eq!(failure.code, "administration-changed");
    assert!(failure.text.nl.contains("Bakkerij"));
    Mirror::unbind(&house.journal, "winkel").unwrap();
    assert!(Mirror::bind(&house.journal, "winkel", &other).is_ok());
}

#[tokio::test]
async fn facts_hold_what_an_order_needs_and_nothing_else() {
    let house = House::new();
    let relation = house.relation(5, "koper@b.nl").await;
    house.relation(6, "ander@b.nl").await;
    let order = house.order(&relation.id, "WEB100").await;
    let mirror = house.mirror().await;
    let group = mirror.lookups().unwrap().revenue_groups[0].id.clone();
    let draft = ArticleDraft {
        code: "LAMP".to_owned(),
        description: "Lamp".to_owned(),
        revenue_group: group,
        price: rust_decimal::Decimal::TEN,
        keeps_stock: true,
        extra: Default::default(),
    };
    let article = house.trial.create_article(&draft).await.unwrap();
    mirror.upsert_article(&article, Timestamp::now()).unwrap();
    let needs = Needs {
        article_codes: vec![
            "LAMP".to_owned(),
            "VERZEND-HOOG".to_owned(),
            "lamp".to_owned(),
        ],
        emails: vec!["KOPER@b.nl".to_owned()],
        relation_codes: vec![5],
        payment_reference: Some("WEB100".to_owned()),
        unique_reference: Some("WEB100-20".to_owned()),
        customer_key: None,
        ..Needs::default()
    };
    let around = Around {
        bound_relation: Some(relation.id.clone()),
        linked: None,
        bound_to: &|id| Ok((id == order.id).then(|| "winkel/20".to_owned())),
        capabilities: house.trial.capabilities(),
        today: None,
        shop: &Default::default(),
    };
    let facts = mirror.facts(&needs, &around).unwrap();
    let codes: Vec<_> = facts.articles.iter().map(|a| a.code.as_str()).collect();
    assert_eq!(codes, ["LAMP", "VERZEND-HOOG"]);
    assert_eq!(facts.relations, [relation]);
    assert_eq!(facts.same_reference.len(), 1);
    assert_eq!(
        facts.same_reference[0].bound_to.as_deref(),
        Some("winkel/20")
    );
    assert!(facts.company.is_some() && !facts.lookups.countries.is_empty());
}

#[tokio::test]
async fn what_the_books_refused_once_is_remembered() {
    let house = House::new();
    let mirror = house.mirror().await;
    assert_eq!(mirror.negative_lines().unwrap(), NegativeLines::Allowed);
    mirror
        .learn_negative_lines(NegativeLines::ByQuantity)
        .unwrap();
    mirror.learn_text_lines(TextLines::Refused).unwrap();
    let again = Mirror::known(&house.journal, "winkel").unwrap().unwrap();
    assert_eq!(again.negative_lines().unwrap(), NegativeLines::ByQuantity);
    assert_eq!(again.text_lines().unwrap(), TextLines::Refused);
}

#[tokio::test]
async fn after_the_clock_was_set_back_everything_is_read_again() {
    let house = House::new();
    let mirror = Mirror::open(&house.journal, "winkel", &house.trial)
        .await
        .unwrap();
    let ahead = Timestamp::now() + SignedDuration::from_hours(10);
    house.refresh(&mirror, ahead).await;
    house.relation(9, "tussendoor@b.nl").await;
    house.refresh(&mirror, Timestamp::now()).await;
    assert_eq!(
        mirror.relations_by_email("tussendoor@b.nl").unwrap().len(),
        1
    );
}

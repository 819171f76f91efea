//! An order's own fields in the books: stage and free stock, the blocked flag, the template of the
//! customer's latest order.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::snelstart::RecipeStock;
use winkelbrug::{
    administration::{Administration, Capabilities, mirror::Around, trial::Trial},
    books::{BookedOrder, OrderDraft, ProcessStage},
    translate::Needs,
};
use winkelbrug_protocol::record::Lookups;

use crate::snelstart_client::house::{FREE, House, clock, line, order};

/// Each stage that may be written, and from which levels of the company on it lowers free stock.
const STAGES: [(ProcessStage, &[&str]); 6] = [
    (ProcessStage::Order, &["Alle"]),
    (ProcessStage::Offerte, &["Alle", "Offerte"]),
    (
        ProcessStage::Bevestiging,
        &["Alle", "Offerte", "BackOrder", "Bevestiging"],
    ),
    (
        ProcessStage::Werkbon,
        &["Alle", "Offerte", "BackOrder", "Bevestiging", "Werkbon"],
    ),
    (
        ProcessStage::Pakbon,
        &[
            "Alle",
            "Offerte",
            "BackOrder",
            "Bevestiging",
            "Werkbon",
            "PakbonEnAfhaalbon",
        ],
    ),
    (
        ProcessStage::Afhaalbon,
        &[
            "Alle",
            "Offerte",
            "BackOrder",
            "Bevestiging",
            "Werkbon",
            "PakbonEnAfhaalbon",
        ],
    ),
];

#[tokio::test]
async fn each_stage_lowers_free_stock_from_its_level_on() {
    for (stage, levels) in STAGES {
        let house = House::new();
        let relation = house.relation(41).await;
        let lamp = house.article("LAMP").await;
        let mut draft = order("100001", vec![line(&lamp.id, dec!(3), dec!(12.10))]);
        draft.stage = stage;
        let booked = house.client.create_order(&relation.id, &draft).await;
        assert_eq!(booked.unwrap().stage, Some(stage));
        for level in [
            "Alle",
            "Offerte",
            "BackOrder",
            "Bevestiging",
            "Werkbon",
            "PakbonEnAfhaalbon",
            "FactuurEnContantbon",
        ] {
            house
                .books
                .set_company("verkooporderVoorraadVanafNiveau", level);
            let free = house.article("LAMP").await.free_stock;
            let wanted = if levels.contains(&level) { 37 } else { 40 };
            assert_eq!(free, Decimal::from(wanted), "{stage:?} at {level}");
        }
    }
}

#[tokio::test]
async fn blocked_is_sent_only_where_the_owner_said_so() {
    let house = House::new();
    let relation = house.relation(41).await;
    let lamp = house.article("LAMP").await;
    let templates = house.lookups().await.templates;
    let id = |name: &str| {
        let mut templates = templates.iter();
        templates.find(|t| t.name == name).map(|t| t.id.clone())
    };
    for (template, blocked, is_blocked) in [
        ("Webshop", None, false),
        ("Geblokkeerd", None, true),
        ("Webshop", Some(true), true),
        ("Geblokkeerd", Some(false), false),
    ] {
        let reference = format!("{template} {blocked:?}");
        let mut draft = order(&reference, vec![line(&lamp.id, dec!(1), dec!(12.10))]);
        draft.template = id(template);
        draft.blocked = blocked;
        let booked = house
            .client
            .create_order(&relation.id, &draft)
            .await
            .unwrap();
        assert_eq!(booked.blocked, is_blocked, "{reference}");
        assert_eq!(booked.template, id(template));
    }
}

/// The template the mirror knows of a relation's latest order.
async fn last(house: &House, books: &dyn Administration, email: &str) -> Option<String> {
    let company = books.company().await.unwrap();
    let profile = format!("winkel-{}", company.id);
    let mirror =
        winkelbrug::administration::Mirror::bind(&house.journal, &profile, &company).unwrap();
    mirror
        .refresh(books, house.clock.now(), &mut |_, _| Ok(()))
        .await
        .unwrap();
    let needs = Needs {
        emails: vec![email.to_owned()],
        last_template: true,
        ..Needs::default()
    };
    let capabilities: Capabilities = books.capabilities();
    let around = Around {
        bound_relation: None,
        linked: None,
        bound_to: &|_| Ok(None),
        capabilities,
        today: None,
        shop: &Lookups::default(),
    };
    let facts = mirror.facts(&needs, &around).unwrap();
    let silent = Needs {
        last_template: false,
        ..needs
    };
    let without = mirror.facts(&silent, &around).unwrap();
    assert!(
        without.last_templates.is_empty(),
        "asked for only where it is followed"
    );
    facts.last_templates.into_values().next()
}

#[tokio::test]
async fn the_template_of_the_latest_order_is_known_of_customers_with_history() {
    let house = House::with(testbed::snelstart::Options::default(), FREE);
    let trial = Trial::open(house.folder.path(), "winkel", clock()).unwrap();
    let sides: [&dyn Administration; 2] = [&house.client, &trial];
    for books in sides {
        let lookups = books.lookups().await.unwrap();
        let templates: Vec<_> = lookups.templates.iter().filter(|t| t.active).collect();
        let (first, last_one) = (templates[0], templates[templates.len() - 1]);
        let draft = crate::snelstart_client::house::buyer(77);
        let relation = books.create_relation(&draft).await.unwrap();
        assert_eq!(last(&house, books, &draft.email).await, None);

        let group = &lookups.revenue_groups[0].id;
        let article = crate::snelstart_client::house::article("STOEL", group);
        let chair = books.create_article(&article).await.unwrap();
        let with = |reference: &str, day: i8, template: &str, stage| OrderDraft {
            date: date(2026, 11, day),
            template: Some(template.to_owned()),
            stage,
            ..order(reference, vec![line(&chair.id, dec!(1), dec!(12.10))])
        };
        // By date, whatever was typed in last; a quotation is no order.
        for draft in [
            with("1", 20, &last_one.id, ProcessStage::Order),
            with("2", 3, &first.id, ProcessStage::Order),
            with("3", 25, &first.id, ProcessStage::Offerte),
        ] {
            let booked: BookedOrder = books.create_order(&relation.id, &draft).await.unwrap();
            assert_eq!(booked.template, draft.template);
        }
        let known = last(&house, books, &draft.email).await;
        assert_eq!(known.as_ref(), Some(&last_one.id));
        // Of one day the highest number.
        let draft_2 = with("4", 20, &first.id, ProcessStage::Order);
        books.create_order(&relation.id, &draft_2).await.unwrap();
        let known = last(&house, books, &draft.email).await;
        assert_eq!(known.as_ref(), Some(&first.id));
    }
}

#[tokio::test]
async fn parts_on_lines_of_their_own_leave_the_stock_where_the_books_take_none_by_themselves() {
    for (recipes, by_itself, placed) in [(RecipeStock::Lines, 40, 36), (RecipeStock::Parts, 36, 32)]
    {
        let house = House::new();
        house.books.knobs(|knobs| knobs.recipes = recipes);
        let relation = house.relation(41).await;
        let set = house.article("SET").await;
        let cup = house.article("KOP").await;
        house.books.set_parts("SET", &[("KOP", dec!(2))]).unwrap();
        let read = house.article("SET").await;
        assert!(read.has_parts && read.recipe.is_none());
        assert_eq!(
            (
                read.parts[0].article.clone(),
                read.parts[0].code.as_str(),
                read.parts[0].quantity
            ),
            (cup.id.clone(), "KOP", dec!(2))
        );
        let mut lines = vec![line(&set.id, dec!(2), dec!(24.20))];
        let draft = order("1", lines.clone());
        let booked = house
            .client
            .create_order(&relation.id, &draft)
            .await
            .unwrap();
        assert_eq!(booked.total_incl, Some(dec!(48.40)));
        assert_eq!(
            house.article("KOP").await.free_stock,
            Decimal::from(by_itself)
        );
        house.books.edit(|world, _| {
            world.orders = Default::default();
        });
        lines.push(line(&cup.id, dec!(4), Decimal::ZERO));
        let draft = order("2", lines);
        let booked = house
            .client
            .create_order(&relation.id, &draft)
            .await
            .unwrap();
        assert_eq!(booked.total_incl, Some(dec!(48.40)), "at no price");
        assert_eq!(house.article("KOP").await.free_stock, Decimal::from(placed));
    }
}

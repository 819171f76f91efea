//! Testing the connection names everything that is missing.

use std::{sync::Arc, time::Duration};

use testbed::snelstart::{NewArticle, Trouble, When};
use winkelbrug::{
    administration::{self, Administration},
    books::{Recipe, VatKind},
    failure::Result,
    profile::{
        Profile, Settings,
        settings::{Form, Handling, InvoicedBy, Payment, PerVatKind, Recipes, TemplateRule},
    },
    step::Step,
};

use crate::snelstart_client::house::{House, article};

fn settings() -> Settings {
    let text = r#"
format = 1
name = "winkel"
[shop]
url = "https://www.voorbeeld.nl"
[shop.upload]
protocol = "ftp"
host = "ftp.voorbeeld.nl"
user = "u"
folder = "/"
[administration]
kind = "snelstart-online"
"#;
    Profile::read(text).unwrap().settings
}

async fn check(house: &House, settings: &Settings) -> Vec<Step> {
    let client: Arc<dyn Administration> = Arc::new(house.another_client());
    let books: Result<Arc<dyn Administration>> = Ok(client);
    administration::check(settings, &books, &house.journal).await
}

fn codes(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .filter_map(|step| step.code.as_deref())
        .collect()
}

#[tokio::test]
async fn everything_there_is_said_to_be_there() {
    let house = House::new();
    house
        .books
        .add_cost_articles("VERZEND", "Verzendkosten")
        .unwrap();
    house.relation(41).await;
    let mut settings = settings();
    settings.sales.template = "webshop".to_owned();
    settings.sales.cost_centre = "100".to_owned();
    settings.customers.default_code = "41".to_owned();
    let group = house.lookups().await.revenue_groups.remove(0);
    settings.articles.revenue_groups = [("Hoog".to_owned(), group.name)].into();
    settings.sales.shipping_article = PerVatKind::Each(
        [
            (VatKind::Hoog, "VERZEND-HOOG".to_owned()),
            (VatKind::Laag, "VERZEND-LAAG".to_owned()),
        ]
        .into(),
    );
    let steps = check(&house, &settings).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    assert!(steps[0].message.nl.contains("Voorbeeld BV"));
}

#[tokio::test]
async fn each_missing_name_is_named_before_the_first_order() {
    let house = House::new();
    house
        .books
        .add_article(NewArticle::new("KORTING", "Korting", "Hoog"))
        .unwrap();
    let mut settings = settings();
    settings.sales.template = "Oud sjabloon".to_owned();
    settings.sales.cost_centre = "900".to_owned();
    settings.customers.default_code = "2".to_owned();
    settings.articles.revenue_groups = [
        ("Hoog".to_owned(), "Bestaat niet".to_owned()),
        ("Laag".to_owned(), "99".to_owned()),
    ]
    .into();
    settings.sales.shipping_article = PerVatKind::One("VERZEND".to_owned());
    settings.sales.discount_article =
        PerVatKind::Each([(VatKind::Laag, "KORTING".to_owned())].into());
    settings.sales.fee_article = PerVatKind::One("99999".to_owned());
    let steps = check(&house, &settings).await;
    assert_eq!(
        codes(&steps),
        [
            "sjabloon-ontbreekt",
            "kostenplaats-ontbreekt",
            "omzetgroep-ontbreekt",
            "omzetgroep-ontbreekt",
            "artikel-ontbreekt",
            "artikel-verkeerde-btw",
            "artikel-niet-actief",
            "klant-ongeschikt"
        ]
    );
    assert!(
        steps
            .iter()
            .filter(|step| !step.ok)
            .all(|step| !step.hint.nl.is_empty())
    );
}

#[tokio::test]
async fn a_refused_key_ends_the_test_with_its_name() {
    let house = House::new();
    house.books.set_subscription_key_valid(false);
    let steps = check(&house, &settings()).await;
    assert_eq!(codes(&steps), ["subscription-key-refused"]);
}

#[tokio::test]
async fn another_administration_behind_the_same_profile_is_noticed() {
    let house = House::new();
    house.mirror().await;
    house.books.set_company(
        "administratieIdentifier",
        "11111111-2222-3333-4444-555555555555",
    );
    let steps = check(&house, &settings()).await;
    assert_eq!(codes(&steps), ["administration-changed"]);
}

#[tokio::test]
async fn each_right_the_connection_lacks_is_named() {
    let all = [
        "settings:read",
        "relaties:read",
        "relaties:write",
        "artikelen:read",
        "artikelen:write",
        "orders:read",
        "orders:write",
    ];
    for (missing, words) in [
        ("relaties:write", "relaties maken"),
        ("artikelen:write", "artikelen maken"),
        ("orders:read", "verkooporders lezen"),
        ("orders:write", "verkooporders schrijven"),
    ] {
        let house = House::new();
        let scopes: Vec<&str> = all.into_iter().filter(|scope| *scope != missing).collect();
        house.books.set_scopes(&scopes);
        let mut settings = settings();
        let steps = check(&house, &settings).await;
        let failed: Vec<&Step> = steps.iter().filter(|step| !step.ok).collect();
        assert_eq!(codes(&steps)[0], "right-missing", "{missing}");
        assert!(
            failed[0].message.nl.contains(words),
            "{}",
            failed[0].message.nl
        );
        assert!(failed[0].hint.nl.contains("pakket"));
        // Who enters customers and articles himself needs no right to make them.
        settings.customers.handling = Handling::Manual;
        settings.articles.handling = Handling::Manual;
        let steps = check(&house, &settings).await;
        let needed = missing.starts_with("orders");
        assert_eq!(
            codes(&steps).contains(&"right-missing"),
            needed,
            "{missing}"
        );
    }
    let house = House::new();
    house.books.set_scopes(&all);
    let steps = check(&house, &settings()).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
}

#[tokio::test]
async fn a_list_the_package_does_not_offer_is_named_whatever_the_key_says() {
    for (path, code) in [
        ("/verkooporders", "scope-missing"),
        ("/relaties", "scope-missing"),
        ("/artikelen", "scope-missing"),
        ("/kostenplaatsen", "kostenplaats-ontbreekt"),
    ] {
        let house = House::new();
        let refused = Trouble::StatusBefore(403, Duration::ZERO);
        house.books.arm(When::new("GET", path).always(), refused);
        let mut settings = settings();
        settings.sales.cost_centre = "100".to_owned();
        let steps = check(&house, &settings).await;
        let failed: Vec<&Step> = steps.iter().filter(|step| !step.ok).collect();
        assert_eq!(failed[0].code.as_deref(), Some(code), "{path}");
        assert!(
            failed[0].hint.nl.contains("pakket"),
            "{path}: {:?}",
            failed[0]
        );
    }
}

#[tokio::test]
async fn every_template_of_every_rule_is_looked_for() {
    let house = House::new();
    let mut settings = settings();
    settings.sales.template = "Webshop".to_owned();
    for template in ["Duits", "standaard", "Oud sjabloon"] {
        settings.sales.templates.push(TemplateRule {
            template: template.to_owned(),
            country: "DE".to_owned(),
            ..TemplateRule::default()
        });
    }
    let steps = check(&house, &settings).await;
    assert_eq!(codes(&steps), ["sjabloon-ontbreekt", "sjabloon-ontbreekt"]);
    let said: Vec<&str> = steps
        .iter()
        .filter(|step| !step.ok)
        .map(|step| step.message.nl.as_str())
        .collect();
    assert!(said[0].contains("Duits") && said[1].contains("Oud sjabloon"));
    assert!(said[0].contains("sales.templates"));
}

#[tokio::test]
async fn who_invoices_is_said_plainly_and_asked_for_where_it_was_not_chosen() {
    let house = House::new();
    for (chosen, attention, words) in [
        (None, true, "Nog niet gekozen wie factureert"),
        (Some(InvoicedBy::Snelstart), false, "SnelStart factureert"),
        (Some(InvoicedBy::Shop), false, "De winkel factureert"),
    ] {
        let mut settings = settings();
        settings.sales.invoiced_by = chosen;
        let steps = check(&house, &settings).await;
        let step = steps
            .iter()
            .find(|step| step.name == "who-invoices")
            .unwrap();
        assert!(step.ok && step.attention == attention, "{step:?}");
        assert!(step.message.nl.contains(words), "{step:?}");
    }
}

#[tokio::test]
async fn recipes_the_books_say_nothing_of_are_told_and_codes_that_are_none_named() {
    let house = House::new();
    for code in ["SET", "KOP"] {
        house.article(code).await;
    }
    house
        .books
        .set_parts("SET", &[("KOP", rust_decimal::Decimal::TWO)])
        .unwrap();
    let mirror = house.mirror().await;
    house.refresh(&mirror).await;
    let recipes = |steps: Vec<Step>| -> Vec<Step> {
        steps
            .into_iter()
            .filter(|step| step.name == "recipes")
            .collect()
    };
    let mut settings = settings();
    let steps = recipes(check(&house, &settings).await);
    assert_eq!(steps.len(), 1);
    assert!(steps[0].attention && steps[0].message.nl.contains("SET"));

    settings.sales.recipe = [("SET".to_owned(), Recipe::Never)].into();
    assert!(recipes(check(&house, &settings).await).is_empty());
    settings.sales.recipe = Default::default();
    settings.sales.recipes = Recipes::Each(Recipe::Always);
    assert!(recipes(check(&house, &settings).await).is_empty());

    settings.sales.recipe = [
        ("KOP".to_owned(), Recipe::Always),
        ("WEG".to_owned(), Recipe::Always),
    ]
    .into();
    let steps = recipes(check(&house, &settings).await);
    assert_eq!(codes(&steps), ["geen-recept", "artikel-ontbreekt"]);
}

#[tokio::test]
async fn bookings_ask_for_the_rights_of_the_ledgers_and_for_no_right_to_write_orders() {
    let rest = [
        "settings:read",
        "relaties:read",
        "relaties:write",
        "artikelen:read",
        "orders:read",
    ];
    let mut settings = settings();
    settings.sales.form = Form::Booking;
    for (scope, words) in [
        ("boekhouden:read", "boekhouding lezen"),
        ("boekhouden:write", "verkoopboekingen schrijven"),
    ] {
        let house = House::new();
        let ledgers = ["boekhouden:read", "boekhouden:write"].into_iter();
        let scopes = rest.into_iter().chain(ledgers.filter(|one| *one != scope));
        house.books.set_scopes(&scopes.collect::<Vec<_>>());
        let steps = check(&house, &settings).await;
        let missing: Vec<&Step> = steps
            .iter()
            .filter(|step| step.code.as_deref() == Some("right-missing"))
            .collect();
        assert_eq!(missing.len(), 1, "{steps:?}");
        assert!(missing[0].message.nl.contains(words));
    }
}

#[tokio::test]
async fn ledgers_and_articles_that_only_some_orders_need_are_looked_for() {
    let house = House::new();
    let mut settings = settings();
    settings.sales.form = Form::Booking;
    settings.sales.eu_ledger = "Bestaat niet".to_owned();
    settings.vat.reverse_charge = [("Telefoons".to_owned(), "VERLEGD".to_owned())].into();
    settings.vat.margin = [("Marge".to_owned(), "MARGE".to_owned())].into();
    let named = |steps: &[Step], name: &str| -> Vec<(bool, String)> {
        let steps = steps.iter().filter(|step| step.name == name);
        steps
            .map(|step| (step.ok, step.message.nl.clone()))
            .collect()
    };
    let steps = check(&house, &settings).await;
    let ledgers = named(&steps, "sales-ledgers");
    assert_eq!(ledgers.len(), 1, "{steps:?}");
    assert!(!ledgers[0].0 && ledgers[0].1.contains("sales.eu_ledger"));
    let articles = named(&steps, "vat-articles");
    assert!(articles.iter().all(|(ok, _)| !ok));
    assert!(articles[0].1.contains("vat.reverse_charge"));
    assert!(articles[1].1.contains("vat.margin"));

    let accounts = house.another_client().accounts().await.unwrap();
    settings.sales.eu_ledger = accounts.ledgers[0].number.to_string();
    settings.vat.reverse_charge.clear();
    settings.vat.margin.clear();
    let steps = check(&house, &settings).await;
    assert!(named(&steps, "sales-ledgers")[0].0, "{steps:?}");
    assert!(named(&steps, "vat-articles").is_empty());
}

/// What stands on margin goods is part of their price, and belongs where they stand.
#[tokio::test]
async fn an_article_for_shipping_on_margin_goods_in_another_group_than_they_is_named() {
    let house = House::new();
    let client = house.another_client();
    let groups = house.lookups().await.revenue_groups;
    let mut untaxed = groups.iter().filter(|group| group.vat == VatKind::Geen);
    let one = untaxed.next().unwrap();
    let mut elsewhere = groups.iter().filter(|group| group.ledger != one.ledger);
    let other = elsewhere.next().unwrap();
    let article = article("VERZEND-M", &one.id);
    client.create_article(&article).await.unwrap();
    let mut settings = settings();
    settings.vat.margin = [("Marge".to_owned(), "VERZEND-M".to_owned())].into();
    for (group, fits) in [(one, true), (other, false)] {
        settings.articles.revenue_groups = [("Marge".to_owned(), group.name.clone())].into();
        let steps = check(&house, &settings).await;
        let step = steps
            .iter()
            .find(|step| step.name == "vat-articles")
            .unwrap();
        assert_eq!(step.ok, fits, "{step:?}");
        if !fits {
            assert_eq!(step.code.as_deref(), Some("marge-andere-omzetgroep"));
            assert!(step.message.nl.contains(&one.name) && step.hint.nl.contains(&other.name));
        }
    }
}

#[tokio::test]
async fn payments_ask_for_the_rights_of_their_journals() {
    let mut settings = settings();
    settings.sales.form = Form::Booking;
    for (journal, scopes, words) in [
        (
            "Bank",
            ["kas:read", "kas:write"],
            ["bankboekingen lezen", "bankboekingen schrijven"],
        ),
        (
            "1",
            ["bankieren:read", "bankieren:write"],
            ["kasboekingen lezen", "kasboekingen schrijven"],
        ),
    ] {
        let house = House::new();
        let mut all = vec![
            "settings:read",
            "relaties:read",
            "relaties:write",
            "artikelen:read",
            "orders:read",
            "boekhouden:read",
            "boekhouden:write",
        ];
        all.extend(scopes);
        house.books.set_scopes(&all);
        let payment = Payment {
            journal: journal.to_owned(),
            ..Payment::default()
        };
        settings.sales.payment = [("ideal".to_owned(), payment)].into();
        let steps = check(&house, &settings).await;
        let missing: Vec<&str> = steps
            .iter()
            .filter(|step| step.code.as_deref() == Some("right-missing"))
            .map(|step| step.message.nl.as_str())
            .collect();
        assert_eq!(missing.len(), 2, "{steps:?}");
        for (missing, words) in missing.iter().zip(words) {
            assert!(missing.contains(words), "{missing}");
        }
    }
}

#[tokio::test]
async fn a_journal_that_is_missing_inactive_or_of_another_kind_is_named() {
    let house = House::new();
    house.books.add_journal(8, "Oud", "Bank");
    house.books.edit(|world, _| {
        let old = world.journals.iter_mut();
        let mut old = old.filter(|row| row.doc.text("omschrijving") == Some("Oud"));
        old.next().unwrap().doc.set("nonactief", true);
    });
    let mut settings = settings();
    settings.sales.form = Form::Booking;
    for (journal, words) in [
        ("Weg", "bestaat niet"),
        ("8", "niet meer actief"),
        ("memoriaal", "geen bank- of kasboek"),
        ("kas", "elk bestaat"),
    ] {
        let payment = Payment {
            journal: journal.to_owned(),
            ..Payment::default()
        };
        settings.sales.payment = [("ideal".to_owned(), payment)].into();
        let steps = check(&house, &settings).await;
        let mut named = steps.iter().filter(|step| step.name == "payment-journals");
        let step = named.next().unwrap();
        assert!(step.message.nl.contains(words), "{step:?}");
        assert_eq!(step.ok, journal == "kas", "{step:?}");
    }
}

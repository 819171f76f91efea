//! Which sales template an order gets, and what the shop says of an order in fields of its own.

use winkelbrug::{
    books::{CostCentre, Template},
    profile::Settings,
};
use winkelbrug_protocol::record::{CustomField, Named};

use crate::translate::{
    desk::{Desk, desk, desk_of, held, planned, settings, wish},
    vat::belgian_business,
};

const NAMES: [&str; 5] = ["Duits", "Zakelijk", "Export", "Belgen", "Oud"];

fn desk_with(settings: Settings) -> Desk {
    let mut desk = desk();
    desk.settings = settings;
    for name in NAMES {
        desk.books.lookups.templates.push(Template {
            id: name.to_lowercase(),
            name: name.to_owned(),
            active: name != "Oud",
        });
    }
    desk
}

fn to(desk: &mut Desk, country: &str) {
    desk.order.invoice_address.country = country.to_owned();
    if let Some(delivery) = &mut desk.order.delivery_address {
        delivery.country = country.to_owned();
    }
}

fn template(desk: &Desk) -> Option<String> {
    desk.plan().order.template
}

fn field(id: &str, name: &str, value: &str) -> CustomField {
    CustomField {
        id: id.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[test]
fn a_template_by_language_country_store_and_kind_of_sale_the_first_that_fits() {
    let rules = settings(
        "template = \"Webshop\"",
        r#"
        [[sales.templates]]
        store = "Zakelijke winkel"
        template = "Zakelijk"
        [[sales.templates]]
        vat = "eu-consumer"
        country = "de"
        template = "Duits"
        [[sales.templates]]
        language = "nl-BE"
        template = "Belgen"
        [[sales.templates]]
        language = "en"
        vat = "domestic"
        template = "Export"
        "#,
    );
    let desk = desk_with(rules);
    let of = |change: &dyn Fn(&mut Desk)| {
        let mut desk = desk.clone();
        change(&mut desk);
        template(&desk).unwrap()
    };
    let store = |id: &str, name: &str| Named {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    assert_eq!(of(&|_| {}), "template-1", "no rule fits: the one for all");
    assert_eq!(of(&|desk| to(desk, "DE")), "duits");
    assert_eq!(
        of(&|desk| desk.order.language = "nl_be".to_owned()),
        "belgen"
    );
    assert_eq!(
        of(&|desk| desk.order.language = "nl".to_owned()),
        "template-1"
    );
    assert_eq!(
        of(&|desk| desk.order.language = "en-gb".to_owned()),
        "export"
    );
    assert_eq!(
        of(&|desk| desk.order.language = "eng".to_owned()),
        "template-1"
    );
    let shop = |desk: &mut Desk| desk.order.store = store("4", "zakelijke winkel");
    assert_eq!(of(&shop), "zakelijk");
    assert_eq!(
        of(&|desk| {
            shop(desk);
            to(desk, "DE");
        }),
        "zakelijk",
        "the first rule that fits"
    );
    assert_eq!(
        of(&|desk| {
            to(desk, "DE");
            desk.order.language = "en-gb".to_owned();
        }),
        "duits"
    );
}

#[test]
fn every_kind_of_sale_has_its_word() {
    use testbed::truth::generated::{Buyer, Wish};
    let buyer = |buyer| desk_of(&Wish { buyer, ..wish() });
    let mut business = belgian_business();
    let relation = business.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = "8001".to_owned();
    relation.address.country = "BE".to_owned();
    relation.vat_number = "BE0123456749".to_owned();
    // What stands on the customer card counts as checked.
    business.settings.vat.vies_url.clear();
    let sales = [
        ("domestic", buyer(Buyer::Dutch)),
        ("eu-consumer", buyer(Buyer::German)),
        ("eu-business", business),
        ("export", buyer(Buyer::Swiss)),
    ];
    for (word, desk) in &sales {
        for (other, _) in &sales {
            let mut desk = desk.clone();
            let rule = format!("[[sales.templates]]\nvat = \"{other}\"\ntemplate = \"Webshop\"");
            desk.settings.sales.templates = settings("", &rule).sales.templates;
            let wanted = (word == other).then(|| "template-1".to_owned());
            assert_eq!(template(&desk), wanted, "{word} {other}");
        }
    }
}

#[test]
fn a_rule_whose_template_is_gone_stops_the_profile_only_where_it_fits() {
    let mut desk = desk_with(settings(
        "",
        "[[sales.templates]]\nlanguage = \"de\"\ntemplate = \"Oud\"",
    ));
    assert_eq!(template(&desk), None);
    desk.order.language = "de-de".to_owned();
    let reason = desk.stopped();
    assert_eq!(reason.code, "sjabloon-ontbreekt");
    assert!(reason.hint.en.contains("sales.templates"));
}

#[test]
fn the_template_of_the_customers_latest_order_wins_over_rule_and_default() {
    let mut desk = desk_with(settings(
        "template = \"Webshop\"\ntemplate_follow_last = true",
        "[[sales.templates]]\nlanguage = \"nl\"\ntemplate = \"Belgen\"",
    ));
    let email = desk.order.customer.email.clone();
    let postcode = desk.order.invoice_address.postcode.clone();
    let relation = desk.books.add_relation(8, "Jo Klant", &email);
    relation.address.postcode = postcode;
    relation.address.country = "NL".to_owned();
    let id = relation.id.clone();
    let with = |desk: &Desk, template: &str| {
        planned(desk.outcome_with(|facts| {
            facts.last_templates = [(id.clone(), template.to_owned())].into();
        }))
    };
    let plan = with(&desk, "zakelijk");
    assert_eq!(plan.order.template.as_deref(), Some("zakelijk"));
    assert!(plan.notes.iter().any(|note| note.nl.contains("Zakelijk")));
    let plan = with(&desk, "oud");
    assert_eq!(plan.order.template.as_deref(), Some("belgen"), "inactive");
    assert!(
        plan.notes
            .iter()
            .any(|note| note.nl.contains("niet meer actief"))
    );
    assert_eq!(template(&desk).as_deref(), Some("belgen"), "no order yet");

    desk.books.relations.retain(|relation| relation.id != id);
    let plan = with(&desk, "zakelijk");
    assert_eq!(
        plan.order.template.as_deref(),
        Some("belgen"),
        "a new customer"
    );

    desk.settings.sales.template_follow_last = false;
    let plan = with(&desk, "zakelijk");
    assert_eq!(plan.order.template.as_deref(), Some("belgen"));
    let before = plan.facts_digest;
    assert_ne!(before, with(&desk, "export").facts_digest);
}

#[test]
fn what_the_shop_says_of_an_order_wins_over_the_profile() {
    let fields = "[sales.order_fields]\ntemplate = \"Sjabloon\"\ncost_centre = \"afdeling\"\nseller = \"verkoper\"";
    let mut desk = desk_with(settings(
        "template = \"Webshop\"\ncost_centre = \"100\"",
        fields,
    ));
    for (number, name) in [(100, "Webwinkel"), (200, "Beurs")] {
        desk.books.lookups.cost_centres.push(CostCentre {
            id: format!("centre-{number}"),
            number,
            name: name.to_owned(),
            active: true,
        });
    }
    let header = |desk: &Desk| {
        let order = desk.plan().order;
        (
            order.template.unwrap(),
            order.cost_centre.unwrap(),
            order.memo,
        )
    };
    let plain = (
        "template-1".to_owned(),
        "centre-100".to_owned(),
        String::new(),
    );
    assert_eq!(header(&desk), plain, "the shop says nothing");

    // By name or by id, of the order or of the account; empty says nothing.
    desk.order.custom_fields = vec![
        field("17", "sjabloon", ""),
        field("_afdeling", "Afdeling", "beurs"),
        field("verkoper", "", "Kim de Wit"),
    ];
    desk.order.customer.custom_fields = vec![field("4", "Sjabloon", " Zakelijk ")];
    desk.order.comment = "Graag bellen".to_owned();
    assert_eq!(
        header(&desk),
        (
            "zakelijk".to_owned(),
            "centre-200".to_owned(),
            "Verkoper: Kim de Wit\nGraag bellen".to_owned()
        )
    );

    desk.order.customer.custom_fields.clear();
    desk.order.invoice_address.custom_fields = vec![field("5", "Sjabloon", "Oud")];
    let reason = held(desk.outcome());
    assert_eq!(reason.code, "sjabloon-ontbreekt");
    assert!(reason.hint.en.contains("Sjabloon"));
    desk.order.invoice_address.custom_fields.clear();
    desk.order.custom_fields[1].value = "300".to_owned();
    assert_eq!(held(desk.outcome()).code, "kostenplaats-ontbreekt");
}

//! Values of the shop that go to fields of the books.

use winkelbrug::{
    profile::mapping,
    translate::{
        Plan,
        plan::{ArticleStep, RelationStep},
    },
};
use winkelbrug_protocol::record::{Address, CustomField, LineOption, Method, Named};

use super::{Table, articles};
use crate::translate::desk::Desk;

pub fn tables() -> Vec<Table> {
    let mut tables = vec![from(), of_a_line(), to()];
    tables.push(change());
    tables
}

/// An order that says everything an order can say.
fn full(desk: &mut Desk) {
    articles::product(desk);
    let field = |value: &str| {
        vec![CustomField {
            id: "17".to_owned(),
            name: "Kleur".to_owned(),
            value: value.to_owned(),
        }]
    };
    let named = |name: &str| Named {
        id: "5".to_owned(),
        name: name.to_owned(),
    };
    let order = &mut desk.order;
    order.comment = "Graag bellen".to_owned();
    order.store = named("Hoofdwinkel");
    order.shop_reference = Some("XKBK".to_owned());
    order.invoice_number = Some("2026-7".to_owned());
    order.custom_fields = field("rood");
    order.shipping = Some(Method {
        code: "post".to_owned(),
        title: "Post".to_owned(),
    });
    let customer = &mut order.customer;
    customer.id = Some("40".to_owned());
    customer.group = named("Zakelijk");
    customer.telephone = "010-1234567".to_owned();
    customer.vat_number = Some("NL123456782B01".to_owned());
    customer.chamber_of_commerce = Some("12345678".to_owned());
    customer.custom_fields = field("blauw");
    order.invoice_address = address("F", "Jo", field("geel"));
    order.delivery_address = Some(address("A", "Ada", field("groen")));
    let line = &mut order.lines[0];
    line.sku = Some("SKU-R".to_owned());
    line.ean = Some("8711111111111".to_owned());
    line.custom_fields = field("paars");
    line.options = vec![LineOption {
        name: "Maat".to_owned(),
        value: "L".to_owned(),
        kind: "select".to_owned(),
        value_id: None,
        code: None,
    }];
    desk.books.products[0].custom_fields = field("zwart");
}

fn address(mark: &str, first: &str, custom_fields: Vec<CustomField>) -> Address {
    Address {
        first_name: first.to_owned(),
        last_name: format!("Naam {mark}"),
        company: format!("Firma {mark}"),
        line1: format!("Straat {mark} 1"),
        line2: format!("Hof {mark}"),
        postcode: "1234 AB".to_owned(),
        city: format!("Stad {mark}"),
        zone: format!("Zone {mark}"),
        country: "NL".to_owned(),
        custom_fields,
        ..Address::default()
    }
}

/// To the order's reference, which holds nothing but what is mapped.
fn from() -> Table {
    let values = [
        ("text:Webwinkel", "Webwinkel"),
        ("order.custom.kleur", "rood"),
        ("order.custom.17", "rood"),
        ("customer.custom.Kleur", "blauw"),
        ("invoice.custom.Kleur", "geel"),
        ("delivery.custom.Kleur", "groen"),
        ("order.number", "1"),
        ("order.date", "2026-05-01"),
        ("order.status", "Processing"),
        ("order.payment", "Overboeking"),
        ("order.shipping", "Post"),
        ("order.comment", "Graag bellen"),
        ("order.store", "Hoofdwinkel"),
        ("order.language", "nl-nl"),
        ("order.shop_reference", "XKBK"),
        ("order.invoice_number", "2026-7"),
        ("customer.id", "40"),
        ("customer.group", "Zakelijk"),
        ("customer.first_name", "Jo"),
        ("customer.last_name", "Klant"),
        ("customer.email", "jo@example.com"),
        ("customer.telephone", "010-1234567"),
        ("customer.vat_number", "NL123456782B01"),
        ("customer.chamber_of_commerce", "12345678"),
        ("invoice.first_name", "Jo"),
        ("invoice.last_name", "Naam F"),
        ("invoice.company", "Firma F"),
        ("invoice.street", "Straat F 1"),
        ("invoice.street2", "Hof F"),
        ("invoice.postcode", "1234 AB"),
        ("invoice.city", "Stad F"),
        ("invoice.zone", "Zone F"),
        ("invoice.country", "NL"),
        ("delivery.first_name", "Ada"),
        ("delivery.last_name", "Naam A"),
        ("delivery.company", "Firma A"),
        ("delivery.street", "Straat A 1"),
        ("delivery.street2", "Hof A"),
        ("delivery.postcode", "1234 AB"),
        ("delivery.city", "Stad A"),
        ("delivery.zone", "Zone A"),
        ("delivery.country", "NL"),
    ];
    let rows =
        values.map(|(from, value)| (rule(&[from], "order.reference", &[]), value.to_owned()));
    let mut table = Table::new(
        "mapping.from",
        full,
        |plan| plan.order.order_reference.clone(),
        &[],
    );
    table.rows = rows.into();
    // Of several the first that is not empty.
    let several = rule(
        &["order.custom.Weg", "invoice.city", "order.number"],
        "order.reference",
        &[],
    );
    table.rows.push((several, "Stad F".to_owned()));
    table.rows.push((String::new(), "XKBK".to_owned()));
    table
}

/// Behind the text of the line.
fn of_a_line() -> Table {
    let values = [
        ("line.custom.Kleur", "paars"),
        ("line.option.Maat", "L"),
        ("line.code", "9-0"),
        ("line.sku", "SKU-R"),
        ("line.ean", "8711111111111"),
        ("line.name", "Artikel 0"),
        ("product.custom.Kleur", "zwart"),
        ("product.code", "9-0"),
        ("product.sku", "SKU-P"),
        ("product.ean", "8712345678906"),
        ("product.name", "Mok"),
        ("product.weight", "0.35"),
        ("product.category", "Servies"),
    ];
    let look = |plan: &Plan| {
        let text = plan.order.lines[0].description.clone();
        text.strip_prefix("Artikel 0 ")
            .unwrap_or_default()
            .to_owned()
    };
    let rows = values.map(|(from, value)| {
        let lines = format!(
            "sales.options = 'ignore'\n{}",
            rule(&[from], "line.description", &[])
        );
        (lines, value.to_owned())
    });
    let mut table = Table::new("mapping.from", full, look, &[]);
    table.rows = rows.into();
    table
}

/// Where a word of the owner's comes to stand.
fn to() -> Table {
    let look = |plan: &Plan| {
        let (order, word) = (&plan.order, "MERKWOORD");
        let relation = match &plan.relation {
            RelationStep::Create { draft, .. } => draft.clone(),
            _ => Default::default(),
        };
        let article = match plan.articles.first() {
            Some(ArticleStep::Create { draft, .. }) => draft.extra.clone(),
            _ => Default::default(),
        };
        let extra = |name: &str| relation.extra.get(name).cloned().unwrap_or_default();
        let places = [
            ("memo", order.memo.clone()),
            ("description", order.description.clone()),
            ("reference", order.order_reference.clone()),
            ("line", order.lines[0].description.clone()),
            ("relation's memo", relation.memo.clone()),
            ("relation's field", extra("Afdeling")),
            (
                "article's field",
                article.get("Merk").cloned().unwrap_or_default(),
            ),
        ];
        let there = places.iter().filter(|(_, text)| text.contains(word));
        there
            .map(|(place, _)| *place)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let rows = [
        ("order.memo", "memo"),
        ("order.description", "description"),
        ("order.reference", "reference"),
        ("line.description", "line"),
        ("relation.memo", "relation's memo"),
        ("relation.extra.Afdeling", "relation's field"),
        ("article.extra.Merk", "article's field"),
    ]
    .map(|(to, place)| (rule(&["text:MERKWOORD"], to, &[]), place.to_owned()));
    let mut table = Table::new("mapping.to", full, look, &[]);
    table.rows = rows.into();
    table.rows.push((String::new(), String::new()));
    table
}

/// What is done to what the shop says: `Van Dijk, 26/11/2026`, or the part of it that fits.
fn change() -> Table {
    let rows = [
        ("comment", "upper", "VAN DIJK 1.234,50"),
        ("comment", "lower", "van dijk 1.234,50"),
        ("comment", "cut 3", "Van"),
        ("comment", "skip 9", "1.234,50"),
        ("comment", "replace Dijk => Dam", "Van Dam 1.234,50"),
        ("comment", "before Fam.", "Fam. Van Dijk 1.234,50"),
        ("comment", "after e.a.", "Van Dijk 1.234,50 e.a."),
        ("shop_reference", "number", "1234.5"),
        ("invoice_number", "date", "2026-11-26"),
        ("invoice_number", "date-nl", "26-11-2026"),
    ]
    .map(|(from, change, end)| {
        let lines = rule(&[&format!("order.{from}")], "order.description", &[change]);
        (lines, end.to_owned())
    });
    let scene: fn(&mut Desk) = |desk| {
        desk.order.comment = "Van Dijk 1.234,50".to_owned();
        desk.order.shop_reference = Some("1.234,50".to_owned());
        desk.order.invoice_number = Some("26/11/2026".to_owned());
    };
    let mut table = Table::new(
        "mapping.change",
        scene,
        |plan| plan.order.description.clone(),
        &[],
    );
    table.rows = rows.into();
    // One after the other.
    let several = rule(
        &["order.comment"],
        "order.description",
        &["skip 4", "cut 4", "upper"],
    );
    table.rows.push((several, "DIJK".to_owned()));
    table
}

fn rule(from: &[&str], to: &str, change: &[&str]) -> String {
    let quoted = |words: &[&str]| {
        let words = words.iter().map(|word| format!("'{word}'"));
        words.collect::<Vec<_>>().join(", ")
    };
    let mut lines = format!("[[mapping]]\nfrom = [{}]\nto = '{to}'\n", quoted(from));
    if !change.is_empty() {
        lines += &format!("change = [{}]\n", quoted(change));
    }
    lines
}

#[test]
fn every_source_of_a_mapping_has_its_row() {
    let tables = [from(), of_a_line()];
    let rows: Vec<&String> = tables
        .iter()
        .flat_map(|table| &table.rows)
        .map(|(lines, _)| lines)
        .collect();
    let custom = [
        "order", "customer", "invoice", "delivery", "line", "product",
    ];
    let custom = custom.map(|of| format!("{of}.custom."));
    let others = ["text:".to_owned(), "line.option.".to_owned()];
    let shown = |source: &str| {
        rows.iter()
            .any(|lines| lines.contains(&format!("'{source}")))
    };
    let mut sources: Vec<String> = mapping::sources().chain(custom).chain(others).collect();
    sources.retain(|source| !shown(source));
    assert!(sources.is_empty(), "no row shows {sources:?}");
}

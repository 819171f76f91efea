//! Extra values of the shop that the settings name, compared with those its latest orders and
//! products carry. One that none of them carries may be a slip of the pen, or a field nobody filled
//! lately: it is named, and nothing fails for it. So are the fields of `[sales.order_fields]`.

use std::collections::{BTreeMap, BTreeSet};

use winkelbrug_protocol::record::{CustomField, Order, Product};

use crate::{
    failure::Result,
    profile::{
        Settings,
        mapping::{Custom, Source, rules},
        read::nearest,
    },
    shop::{Shop, deploy::Side, open},
    step::Step,
    text,
    text::Text,
};

/// So many orders are looked at.
const ORDERS: usize = 50;

/// Extra values by where they stand, each by its name and its id.
type Seen = BTreeMap<Custom, BTreeSet<(String, String)>>;

/// Names of extra values in the settings, by where they stand.
type NamedThere = BTreeMap<Custom, BTreeSet<String>>;

/// One step for each place whose extra values the settings name.
pub async fn check(side: &Side<'_>) -> Vec<Step> {
    let named = named(side.settings);
    let fields: Vec<(&str, &str)> = side.settings.sales.order_fields.set().collect();
    if named.is_empty() && fields.is_empty() {
        return Vec::new();
    }
    match seen(side, named.contains_key(&Custom::Product)).await {
        Ok(seen) => named
            .iter()
            .map(|(place, names)| compared(*place, names, seen.get(place)))
            .chain(order_fields(&fields, &seen))
            .collect(),
        Err(failure) => vec![Step::failed("mapping-sources", &failure)],
    }
}

fn named(settings: &Settings) -> NamedThere {
    let mut named = NamedThere::new();
    // The profile was read, so its rules can be.
    let rules = rules(&settings.mapping).unwrap_or_default();
    for source in rules.into_iter().flat_map(|rule| rule.sources) {
        if let Source::Custom(place, name) = source {
            named.entry(place).or_default().insert(name);
        }
    }
    named
}

async fn seen(side: &Side<'_>, products: bool) -> Result<Seen> {
    let shop = open(side)?;
    let mut seen = Seen::new();
    for order in orders(side, shop.as_ref()).await? {
        of_order(&mut seen, &order);
    }
    if products {
        for product in shop.products(None, None).await?.records {
            of_product(&mut seen, &product);
        }
    }
    Ok(seen)
}

/// The latest the journal has; before the first run some of the shop's own.
async fn orders(side: &Side<'_>, shop: &dyn Shop) -> Result<Vec<Order>> {
    let latest = side.journal.latest(&side.settings.name, ORDERS)?;
    let mut read = Vec::new();
    for (id, version) in &latest {
        if let Some(raw) = side.journal.raw(*version)?
            && let Ok(order) = shop.read(&id.0, &raw)
        {
            read.push(*order);
        }
    }
    if !latest.is_empty() {
        return Ok(read);
    }
    let since = side.settings.shop.orders_from.map(|from| from.to_string());
    let heads = shop.order_heads(since.as_deref(), None).await?.records;
    let ids: Vec<String> = heads
        .iter()
        .rev()
        .take(ORDERS)
        .map(|head| head.id.clone())
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let bodies = shop.orders(&ids).await?;
    Ok(bodies
        .into_iter()
        .filter_map(|body| body.order.ok())
        .map(|order| *order)
        .collect())
}

fn of_order(seen: &mut Seen, order: &Order) {
    add(seen, Custom::Order, &order.custom_fields);
    add(seen, Custom::Customer, &order.customer.custom_fields);
    add(seen, Custom::Invoice, &order.invoice_address.custom_fields);
    let delivery = order
        .delivery_address
        .as_ref()
        .unwrap_or(&order.invoice_address);
    add(seen, Custom::Delivery, &delivery.custom_fields);
    for line in &order.lines {
        add(seen, Custom::Line, &line.custom_fields);
    }
}

fn of_product(seen: &mut Seen, product: &Product) {
    add(seen, Custom::Product, &product.custom_fields);
}

fn add(seen: &mut Seen, place: Custom, fields: &[CustomField]) {
    let names = seen.entry(place).or_default();
    let each = fields
        .iter()
        .map(|field| (field.name.clone(), field.id.clone()));
    names.extend(each);
}

/// Is there one of that name, whatever its case, or of that id?
fn is_among<'s>(mut seen: impl Iterator<Item = &'s (String, String)>, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    seen.any(|(name, id)| {
        name.trim().to_lowercase() == wanted || id.trim().to_lowercase() == wanted
    })
}

/// Fields that `[sales.order_fields]` names: an order says them itself, or its buyer's account, or
/// one of its addresses.
fn order_fields(named: &[(&str, &str)], seen: &Seen) -> Option<Step> {
    const STEP: &str = "order-fields";
    if named.is_empty() {
        return None;
    }
    let there = || {
        [
            Custom::Order,
            Custom::Customer,
            Custom::Invoice,
            Custom::Delivery,
        ]
        .iter()
        .filter_map(|place| seen.get(place))
        .flatten()
    };
    let strangers: Vec<&(&str, &str)> = named
        .iter()
        .filter(|(_, field)| !is_among(there(), field))
        .collect();
    let Some((_, first)) = strangers.first() else {
        let count = named.len();
        return Some(Step::passed(
            STEP,
            match count {
                1 => text!(
                    "De winkel kent het veld uit sales.order_fields",
                    "The shop knows the field of sales.order_fields"
                ),
                count => text!(
                    "De winkel kent alle {count} velden uit sales.order_fields",
                    "The shop knows all {count} fields of sales.order_fields"
                ),
            },
        ));
    };
    let each: Vec<String> = strangers
        .iter()
        .map(|(key, field)| format!("{field} ({key})"))
        .collect();
    let each = each.join(", ");
    let all: BTreeSet<&str> = there().map(|(name, _)| name.as_str()).collect();
    Some(
        Step::attention(
            STEP,
            text!(
                "Geen van de laatste bestellingen heeft een veld dat sales.order_fields noemt: {each}",
                "None of the latest orders has a field that sales.order_fields names: {each}"
            ),
        )
        .hint(nearest_of(first, &all)),
    )
}

fn nearest_of(wanted: &str, seen: &BTreeSet<&str>) -> Text {
    let meant = nearest(wanted, seen.iter().copied());
    let all: Vec<&str> = seen.iter().copied().collect();
    let all = if all.is_empty() {
        "-".to_owned()
    } else {
        all.join(", ")
    };
    match meant {
        Some(meant) => text!(
            "Bedoelt u {meant}? Wel gezien: {all}",
            "Do you mean {meant}? Seen: {all}"
        ),
        None => text!("Wel gezien: {all}", "Seen: {all}"),
    }
}

fn compared(
    place: Custom,
    names: &BTreeSet<String>,
    seen: Option<&BTreeSet<(String, String)>>,
) -> Step {
    let step = format!("mapping-{}", place.word());
    let none = BTreeSet::new();
    let seen = seen.unwrap_or(&none);
    let word = place.word();
    let is_seen = |name: &str| is_among(seen.iter(), name);
    let strangers: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !is_seen(name))
        .collect();
    if strangers.is_empty() {
        let count = names.len();
        return Step::passed(
            step,
            match count {
                1 => text!(
                    "De winkel kent de extra waarde uit {word}.custom",
                    "The shop knows the extra value of {word}.custom"
                ),
                count => text!(
                    "De winkel kent alle {count} extra waarden uit {word}.custom",
                    "The shop knows all {count} extra values of {word}.custom"
                ),
            },
        );
    }
    let named = strangers.join(", ");
    let all: BTreeSet<&str> = seen.iter().map(|(name, _)| name.as_str()).collect();
    let first = strangers.first().copied().unwrap_or_default();
    let hint = nearest_of(first, &all);
    Step::attention(
        step,
        text!(
            "Geen van de laatste bestellingen of producten heeft {word}.custom: {named}",
            "None of the latest orders or products has {word}.custom: {named}"
        ),
    )
    .hint(hint)
}

//! Where a mapped value comes from: a field of the order, of one of its lines, of the product, or
//! an extra value the shop keeps with any of them.

use winkelbrug_protocol::record::{Address, CustomField, Line, Product};

use super::super::{case::Case, product};
use crate::profile::mapping::{Custom, Place, Source};

/// What a source holds; empty when nothing.
pub(super) fn value(case: &Case<'_>, source: &Source, line: Option<&Line>) -> String {
    let product = line.and_then(|line| product::of_line(case, line));
    match source {
        Source::Fixed(text) => text.clone(),
        Source::Custom(of, name) => custom(case, *of, line, product, name),
        Source::Order(what) => of_order(case, what),
        Source::Customer(what) => of_customer(case, what),
        Source::Address(Place::Invoice, what) => of_address(&case.order.invoice_address, what),
        Source::Address(Place::Delivery, what) => of_address(case.destination(), what),
        Source::Line(what) => line.map(|line| of_line(line, what)).unwrap_or_default(),
        Source::Option(name) => line.map(|line| option(line, name)).unwrap_or_default(),
        Source::Product(what) => product
            .map(|product| of_product(product, what))
            .unwrap_or_default(),
    }
}

fn custom(
    case: &Case<'_>,
    of: Custom,
    line: Option<&Line>,
    product: Option<&Product>,
    name: &str,
) -> String {
    let order = case.order;
    let fields: &[CustomField] = match of {
        Custom::Order => &order.custom_fields,
        Custom::Customer => &order.customer.custom_fields,
        Custom::Invoice => &order.invoice_address.custom_fields,
        Custom::Delivery => &case.destination().custom_fields,
        Custom::Line => line.map_or(&[], |line| &line.custom_fields),
        Custom::Product => product.map_or(&[], |product| &product.custom_fields),
    };
    named(fields, name)
}

/// By name whatever its case, else by id; of several the first that is filled.
pub(in super::super) fn named(fields: &[CustomField], name: &str) -> String {
    let wanted = name.trim().to_lowercase();
    fields
        .iter()
        .filter(|field| field.name.trim().to_lowercase() == wanted || field.id == name)
        .map(|field| field.value.trim())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn of_order(case: &Case<'_>, what: &str) -> String {
    let order = case.order;
    match what {
        "number" => order.number.clone(),
        "status" => order.status.name.clone(),
        "payment" => order.payment.title.clone(),
        "shipping" => order
            .shipping
            .as_ref()
            .map(|method| method.title.clone())
            .unwrap_or_default(),
        "comment" => order.comment.clone(),
        "store" => order.store.name.clone(),
        "language" => order.language.clone(),
        "date" => case.date.to_string(),
        "shop_reference" => order.shop_reference.clone().unwrap_or_default(),
        "invoice_number" => order.invoice_number.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

fn of_customer(case: &Case<'_>, what: &str) -> String {
    let customer = &case.order.customer;
    match what {
        "id" => customer.id.clone().unwrap_or_default(),
        "group" => customer.group.name.clone(),
        "first_name" => customer.first_name.clone(),
        "last_name" => customer.last_name.clone(),
        "email" => customer.email.clone(),
        "telephone" => customer.telephone.clone(),
        "vat_number" => customer.vat_number.clone().unwrap_or_default(),
        "chamber_of_commerce" => customer.chamber_of_commerce.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

fn of_address(address: &Address, what: &str) -> String {
    let part = match what {
        "first_name" => &address.first_name,
        "last_name" => &address.last_name,
        "company" => &address.company,
        "street" => &address.line1,
        "street2" => &address.line2,
        "postcode" => &address.postcode,
        "city" => &address.city,
        "zone" => &address.zone,
        "country" => &address.country,
        _ => return String::new(),
    };
    part.clone()
}

fn of_line(line: &Line, what: &str) -> String {
    match what {
        "code" => line.code.clone(),
        "sku" => line.sku.clone().unwrap_or_default(),
        "ean" => line.ean.clone().unwrap_or_default(),
        "name" => line.name.clone(),
        _ => String::new(),
    }
}

fn option(line: &Line, name: &str) -> String {
    let wanted = name.trim().to_lowercase();
    let mut options = line.options.iter();
    options
        .find(|option| option.name.trim().to_lowercase() == wanted)
        .map(|option| option.value.clone())
        .unwrap_or_default()
}

fn of_product(product: &Product, what: &str) -> String {
    match what {
        "code" => product.code.clone(),
        "sku" => product.sku.clone().unwrap_or_default(),
        "ean" => product.ean.clone().unwrap_or_default(),
        "name" => product.name.clone(),
        "weight" => product
            .weight
            .map(|weight| weight.normalize().to_string())
            .unwrap_or_default(),
        "category" => product
            .categories
            .first()
            .map(|category| category.name.clone())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

//! A relation made or brought up to date from an order.

use winkelbrug_protocol::record::Address;

use super::{
    address::{
        book_address, clean, cut, normal_vat_number, person, short_person, vat_number, vat_prefix,
    },
    case::Case,
    plan::Outcome,
    vat::{Treatment, Vat},
    vat_number::is_plausible,
};
use crate::{
    books::{BookAddress, Relation, RelationDraft},
    text,
};

/// SnelStart B2B v2 (RelatieModel): longest name, e-mail and telephone.
const NAME: usize = 50;
const EMAIL: usize = 250;
const PHONE: usize = 25;

/// A new relation with the order's own data.
pub(super) fn draft(case: &Case<'_>, vat: &Vat) -> Result<RelationDraft, Outcome> {
    let customers = &case.settings.customers;
    let invoice = &case.order.invoice_address;
    let email = email(case);
    let mail = |wanted: bool| (wanted && !email.is_empty()).then(|| email.clone());
    let address = book_address(case, invoice, contact(case, invoice))?.unwrap_or_default();
    Ok(RelationDraft {
        code: None,
        name: name(case),
        phone: phone(case),
        vat_number: number(case, vat, &address),
        chamber_of_commerce: chamber_of_commerce(case),
        address,
        payment_term: Some(i64::from(customers.payment_term_days)),
        invoice_email: mail(customers.invoice_by_email),
        reminder_email: mail(customers.reminder_by_email),
        memo: String::new(),
        email,
    })
}

/// What the order knows better than the relation; none when nothing. A field the shop leaves empty
/// is never among it, nor is a VAT number: that is the owner's to check.
pub(super) fn update(
    case: &Case<'_>,
    relation: &Relation,
) -> Result<Option<RelationDraft>, Outcome> {
    let invoice = &case.order.invoice_address;
    let changed = |new: String, old: &str| if new == old { String::new() } else { new };
    let address = book_address(case, invoice, contact(case, invoice))?
        .filter(|address| *address != relation.address);
    let draft = RelationDraft {
        name: changed(name(case), &relation.name),
        phone: changed(phone(case), &relation.phone),
        chamber_of_commerce: changed(chamber_of_commerce(case), &relation.chamber_of_commerce),
        address: address.unwrap_or_default(),
        ..RelationDraft::default()
    };
    Ok((draft != RelationDraft::default()).then_some(draft))
}

/// The company, or else the person; never empty.
fn name(case: &Case<'_>) -> String {
    let invoice = &case.order.invoice_address;
    let customer = &case.order.customer;
    let company = clean(&invoice.company);
    if !company.is_empty() {
        return cut(case, &company, NAME);
    }
    for (first, last) in [
        (&invoice.first_name, &invoice.last_name),
        (&customer.first_name, &customer.last_name),
    ] {
        let name = short_person(case, first, last, NAME);
        if !name.is_empty() {
            return name;
        }
    }
    let email = email(case);
    let number = &case.order.number;
    if email.is_empty() {
        format!("Webshop {number}")
    } else {
        cut(case, &email, NAME)
    }
}

/// A company's person; a person needs no contact.
fn contact(case: &Case<'_>, invoice: &Address) -> String {
    if clean(&invoice.company).is_empty() {
        return String::new();
    }
    cut(case, &person(&invoice.first_name, &invoice.last_name), NAME)
}

fn email(case: &Case<'_>) -> String {
    let email = clean(&case.order.customer.email);
    if email.chars().count() <= EMAIL {
        return email;
    }
    case.note(text!(
        "Het e-mailadres is langer dan {EMAIL} tekens en is weggelaten.",
        "The e-mail address is longer than {EMAIL} characters and was left out."
    ));
    String::new()
}

fn phone(case: &Case<'_>) -> String {
    let phone = clean(&case.order.customer.telephone);
    if phone.chars().count() <= PHONE {
        return phone;
    }
    let packed: String = phone.chars().filter(|c| !c.is_whitespace()).collect();
    if packed.chars().count() <= PHONE {
        return packed;
    }
    case.note(text!(
        "Het telefoonnummer \"{phone}\" is te lang en is weggelaten.",
        "The telephone number \"{phone}\" is too long and was left out."
    ));
    String::new()
}

/// The VAT number, where SnelStart will take it: one it refuses would refuse the whole relation.
fn number(case: &Case<'_>, vat: &Vat, address: &BookAddress) -> String {
    let Some(number) = vat_number(case.order) else {
        return String::new();
    };
    let fits = number.starts_with(vat_prefix(&address.country));
    let wanted = matches!(
        vat.treatment,
        Treatment::EuBusiness { .. } | Treatment::Domestic
    );
    if wanted && fits && is_plausible(&number) {
        return normal_vat_number(&number);
    }
    case.note(text!(
        "Btw-nummer {number} klopt niet of past niet bij land en btw van de order, en is weggelaten.",
        "VAT number {number} is not right or does not fit country and VAT of the order, and was left out."
    ));
    String::new()
}

/// Eight digits; anything else is left out.
fn chamber_of_commerce(case: &Case<'_>) -> String {
    let Some(given) = &case.order.customer.chamber_of_commerce else {
        return String::new();
    };
    let number: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    if number.is_empty() || (number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit())) {
        return number;
    }
    case.note(text!(
        "KvK-nummer \"{given}\" heeft geen 8 cijfers en is weggelaten.",
        "Chamber of Commerce number \"{given}\" does not have 8 digits and was left out."
    ));
    String::new()
}

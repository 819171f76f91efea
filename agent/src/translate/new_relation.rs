//! A relation made or brought up to date from an order.

use std::collections::BTreeMap;

use winkelbrug_protocol::record::Address;

use super::{
    address::{
        book_address, clean, cut, normal_vat_number, person, short_person, vat_number, vat_prefix,
    },
    case::Case,
    mapping,
    names::{Likeness, compare, is_another_person, is_of_another_kind},
    plan::{FieldChange, Outcome},
    vat::{Treatment, Vat},
    vat_number::is_plausible,
};
use crate::{
    books::{
        BookAddress, Relation, RelationDraft, ReminderKind,
        marks::{is_email, plain},
    },
    text,
    text::Text,
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
        reminder_kind: mail(customers.reminder_by_email).map(|_| reminder_kind(case)),
        reminder_email: mail(customers.reminder_by_email),
        memo: mapping::relation_memo(case),
        email,
        extra: mapping::relation_extra(case),
    })
}

/// A private person has fourteen days more before a reminder may cost him anything (BW 6:96), and is
/// reminded in other words than a business.
fn reminder_kind(case: &Case<'_>) -> ReminderKind {
    let customer = &case.order.customer;
    let filled = |number: &Option<String>| {
        let text = number.as_deref().unwrap_or_default();
        !clean(text).is_empty()
    };
    if clean(&case.order.invoice_address.company).is_empty()
        && !filled(&customer.vat_number)
        && !filled(&customer.chamber_of_commerce)
    {
        ReminderKind::Consumer
    } else {
        ReminderKind::Business
    }
}

/// What the order knows better than the relation, and each change by itself; none when nothing. A
/// field the shop leaves empty is never among it, nor is a VAT number: that is the owner's to check.
pub(super) fn update(
    case: &Case<'_>,
    relation: &Relation,
) -> Result<Option<(RelationDraft, Vec<FieldChange>)>, Outcome> {
    let invoice = &case.order.invoice_address;
    let address = book_address(case, invoice, contact(case, invoice))?
        .map(|address| filled(address, &relation.address))
        .filter(|address| *address != relation.address);
    let mut changes = Changes::default();
    let name = changes.of(text!("naam", "name"), known_name(case), &relation.name);
    let phone = changes.of(text!("telefoon", "telephone"), phone(case), &relation.phone);
    let chamber_of_commerce = changes.of(
        text!("KvK-nummer", "Chamber of Commerce number"),
        chamber_of_commerce(case),
        &relation.chamber_of_commerce,
    );
    if let Some(address) = &address {
        let (to, from) = (shown(address), shown(&relation.address));
        changes.of(text!("adres", "address"), to, &from);
    }
    let extra = mapping::missing(mapping::relation_extra(case), &relation.extra, true);
    changes.of_extra(&extra, relation);
    let draft = RelationDraft {
        name,
        phone,
        chamber_of_commerce,
        address: address.unwrap_or_default(),
        extra,
        ..RelationDraft::default()
    };
    Ok(changes.unless_anothers(case, relation, draft))
}

/// Extra fields the books do not have filled yet, which a known relation gets even where it is left
/// as it is otherwise.
pub(super) fn fill(
    case: &Case<'_>,
    relation: &Relation,
) -> Option<(RelationDraft, Vec<FieldChange>)> {
    let extra = mapping::missing(mapping::relation_extra(case), &relation.extra, false);
    let mut changes = Changes::default();
    changes.of_extra(&extra, relation);
    let draft = RelationDraft {
        extra,
        ..RelationDraft::default()
    };
    changes.unless_anothers(case, relation, draft)
}

/// Is the relation somebody else's, whatever it was recognised by? A guest of another name is. An account
/// may be called otherwise since, but does not become another person, nor a business of a person.
fn is_anothers(case: &Case<'_>, relation: &Relation) -> bool {
    let order = case.order;
    let plainly = || is_another_person(order, relation) || is_of_another_kind(order, relation);
    compare(order, relation) == Likeness::Other && (order.customer.id.is_none() || plainly())
}

/// Field by field what an update changes.
#[derive(Default)]
struct Changes(Vec<FieldChange>);

impl Changes {
    /// What is to be written of a field: nothing where the shop has nothing or the same.
    fn of(&mut self, field: Text, new: String, old: &str) -> String {
        if new.is_empty() || new == old {
            return String::new();
        }
        self.0.push(FieldChange {
            field,
            from: old.to_owned(),
            to: new.clone(),
        });
        new
    }

    /// None where nothing changes, or the relation is somebody else's: that is noted.
    fn unless_anothers(
        self,
        case: &Case<'_>,
        relation: &Relation,
        draft: RelationDraft,
    ) -> Option<(RelationDraft, Vec<FieldChange>)> {
        if self.0.is_empty() {
            return None;
        }
        if !is_anothers(case, relation) {
            return Some((draft, self.0));
        }
        let (code, name) = (relation.code, &relation.name);
        let list = |pick: fn(&Text) -> &str| {
            let fields: Vec<&str> = self.0.iter().map(|change| pick(&change.field)).collect();
            fields.join(", ")
        };
        let (nl, en) = (list(|field| &field.nl), list(|field| &field.en));
        case.note(text!(
            "Relatie {code} ({name}) is niet bijgewerkt ({nl}): de bestelling is van iemand die anders heet.",
            "Relation {code} ({name}) was not brought up to date ({en}): the order is of somebody of another name."
        ));
        None
    }

    fn of_extra(&mut self, extra: &BTreeMap<String, String>, relation: &Relation) {
        for (name, value) in extra {
            let old = crate::books::extra(&relation.extra, name);
            self.of(Text::same(name.as_str()), value.clone(), old);
        }
    }
}

/// A part the shop does not have is no reason to blank it: the contact person stays. Nor is a
/// postcode typed another way (`6666ff`) another postcode: it keeps the form the books have.
fn filled(mut address: BookAddress, old: &BookAddress) -> BookAddress {
    if address.contact.is_empty() {
        address.contact.clone_from(&old.contact);
    }
    if plain(&address.postcode) == plain(&old.postcode) {
        address.postcode.clone_from(&old.postcode);
    }
    address
}

/// An address on one line.
fn shown(address: &BookAddress) -> String {
    let parts = [
        &address.contact,
        &address.street,
        &address.postcode,
        &address.city,
        &address.country,
    ];
    let filled: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    filled.join(", ")
}

/// The name a known relation may be given: never an e-mail address or an order's number.
fn known_name(case: &Case<'_>) -> String {
    let invoice = &case.order.invoice_address;
    let customer = &case.order.customer;
    let given = [
        &invoice.company,
        &invoice.first_name,
        &invoice.last_name,
        &customer.first_name,
        &customer.last_name,
    ];
    if given.iter().all(|part| clean(part).is_empty()) {
        String::new()
    } else {
        name(case)
    }
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

/// SnelStart refuses a relation with an address that cannot be one (`REL-0061`, `REL-0084`).
fn email(case: &Case<'_>) -> String {
    let email = clean(&case.order.customer.email);
    if !email.is_empty() && !is_email(&email) {
        case.note(text!(
            "\"{email}\" is geen e-mailadres en is weggelaten.",
            "\"{email}\" is no e-mail address and was left out."
        ));
        return String::new();
    }
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

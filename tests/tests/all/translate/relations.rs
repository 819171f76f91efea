//! Whose order it is.

use winkelbrug::{
    books::{Relation, RelationDraft, ReminderKind},
    profile::settings::{Guests, Handling, Recognition},
    translate::{Linked, may_be_the_buyer, plan::RelationStep},
};

use crate::translate::desk::{Desk, desk};

fn created(desk: &Desk) -> RelationDraft {
    match desk.plan().relation {
        RelationStep::Create { draft, .. } => draft,
        other => panic!("{other:?}"),
    }
}

fn used(desk: &Desk) -> i64 {
    match desk.plan().relation {
        RelationStep::Use { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// The buyer's relation, in his own postcode.
fn known() -> Desk {
    let mut desk = desk();
    let relation = desk
        .books
        .add_relation(7, "Jo Klant", "info@example.com; JO@Example.com ");
    relation.address.postcode = "1234ab".to_owned();
    relation.phone = "010".to_owned();
    desk
}

#[test]
fn an_unknown_buyer_gets_a_relation() {
    let draft = created(&desk());
    assert_eq!(draft.code, None);
    assert_eq!(draft.name, "Jo Klant");
    assert_eq!(draft.email, "jo@example.com");
    assert_eq!(draft.address.street, "Dorpsstraat 1");
    assert_eq!(draft.address.country, "NL");
    assert_eq!(draft.payment_term, Some(14));
    assert_eq!((draft.invoice_email, draft.reminder_email), (None, None));
}

#[test]
fn e_mail_and_postcode_recognise_whatever_their_case_and_spaces() {
    assert_eq!(used(&known()), 7);
}

#[test]
fn an_invoice_that_is_in_the_books_already_is_the_buyers_only_with_a_relation_that_can_be_his() {
    let his = known();
    let can_be = |change: fn(&mut Relation)| {
        let mut relations = his.books.relations.iter();
        let mut relation = relations.find(|one| one.code == 7).unwrap().clone();
        change(&mut relation);
        may_be_the_buyer(&his.order, &relation)
    };
    assert!(can_be(|_| {}));
    assert!(can_be(|relation| relation.email.clear()), "by his name");
    assert!(
        can_be(|relation| relation.name = "Jo's winkel".to_owned()),
        "by his e-mail address"
    );
    assert!(!can_be(|relation| {
        relation.name = "Bakkerij Stuifmeel".to_owned();
        relation.email.clear();
    }));
    assert!(!can_be(|relation| {
        relation.name = "Piet Klant".to_owned();
        relation.email.clear();
    }));
}

#[test]
fn the_same_e_mail_with_another_postcode_is_somebody_else() {
    let mut desk = known();
    desk.order.delivery_address.as_mut().unwrap().postcode = "9999 ZZ".to_owned();
    created(&desk);
    desk.settings.customers.recognition = Recognition::Email;
    assert_eq!(used(&desk), 7);
}

#[test]
fn several_equal_candidates_are_held_naming_them() {
    let mut desk = known();
    let relation = desk.books.add_relation(8, "Jo de Tweede", "jo@example.com");
    relation.address.postcode = "1234 AB".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "klant-niet-eenduidig");
    for part in ["Jo Klant", "7", "Jo de Tweede", "8"] {
        assert!(reason.text.nl.contains(part));
    }
}

#[test]
fn suppliers_inactive_ones_and_the_own_company_are_never_chosen() {
    for change in [0, 1, 2] {
        let mut desk = known();
        let relation = desk.books.relations.last_mut().unwrap();
        match change {
            0 => relation.is_customer = false,
            1 => relation.active = false,
            _ => relation.code = -2,
        }
        created(&desk);
    }
}

#[test]
fn a_bound_relation_comes_first() {
    let mut desk = known();
    desk.books
        .add_relation(9, "Verbonden", "anders@example.com");
    desk.order.customer.id = Some("3".to_owned());
    desk.books
        .bound
        .insert("account:3".to_owned(), "relation-9".to_owned());
    assert_eq!(used(&desk), 9);
    desk.books.relations.last_mut().unwrap().active = false;
    assert_eq!(used(&desk), 7);
}

#[test]
fn a_guest_who_was_bound_is_found_again_by_e_mail_and_delivery_postcode() {
    let mut desk = desk();
    desk.order.invoice_address.postcode = "5555 EE".to_owned();
    let plan = desk.plan();
    desk.books.apply(&plan);
    assert!(used(&desk) > 0);
    let key = plan.customer_key.unwrap();
    assert!(!key.contains("jo@") && !key.contains("1234"));
    desk.order.delivery_address.as_mut().unwrap().postcode = "9999 ZZ".to_owned();
    created(&desk);
}

/// A business with numbers of its own behind the e-mail address and the postcode of the guest before.
fn yilmaz(desk: &mut Desk) {
    desk.order.invoice_address.company = "Yilmaz BV".to_owned();
    desk.order.customer.vat_number = Some("NL123456782B01".to_owned());
    desk.order.customer.chamber_of_commerce = Some("12345678".to_owned());
}

#[test]
fn a_guest_of_another_name_is_not_bound_by_anothers_address_and_postcode() {
    let mut desk = desk();
    desk.settings.customers.recognition = Recognition::Smart;
    let first = desk.plan();
    desk.books.apply(&first);
    let code = used(&desk);
    desk.order.invoice_address.last_name = "KLANT".to_owned();
    assert_eq!(used(&desk), code, "the same name, written otherwise");
    yilmaz(&mut desk);
    assert_eq!(desk.held().code, "klant-twijfel");
    assert_ne!(translate_key(&desk), first.customer_key);
    // Nor by what was said by hand of the other.
    let key = first.customer_key.unwrap();
    desk.books.linked.insert(key, Linked::New);
    assert_eq!(desk.held().code, "klant-twijfel");
    // Said of him, it is his, and stays so.
    let key = translate_key(&desk).unwrap();
    desk.books.linked.insert(key, Linked::New);
    let plan = desk.plan();
    desk.books.apply(&plan);
    assert_eq!(used(&desk), code + 1);
    // Another number under the same name is another business.
    desk.order.customer.chamber_of_commerce = Some("87654321".to_owned());
    assert_eq!(desk.held().code, "klant-twijfel");
}

fn translate_key(desk: &Desk) -> Option<String> {
    let facts = winkelbrug::translate::needs(&desk.order, &desk.settings, 50);
    facts.customer_key
}

#[test]
fn an_order_of_a_guest_changes_nothing_of_a_relation_of_another_name_and_says_so() {
    let mut desk = known();
    desk.settings.customers.handling = Handling::AddAndUpdate;
    desk.order.customer.id = None;
    desk.order.customer.telephone = "06-12345678".to_owned();
    yilmaz(&mut desk);
    assert_eq!(used(&desk), 7, "found by e-mail and postcode, as set");
    let notes = desk.plan().notes;
    let note = notes
        .iter()
        .find(|note| note.nl.contains("niet bijgewerkt"));
    let note = &note.unwrap().nl;
    for part in ["Relatie 7 (Jo Klant)", "naam", "telefoon", "adres"] {
        assert!(note.contains(part), "{note}");
    }
    // Somebody else of the house.
    desk.order.invoice_address.company = String::new();
    desk.order.invoice_address.first_name = "Piet".to_owned();
    assert_eq!(used(&desk), 7);
    desk.order.invoice_address.first_name = "Jo".to_owned();
    assert!(matches!(desk.plan().relation, RelationStep::Update { .. }));
}

#[test]
fn an_account_may_get_another_name_but_never_becomes_another_person_or_kind() {
    let mut desk = known();
    desk.settings.customers.handling = Handling::AddAndUpdate;
    desk.order.customer.id = Some("3".to_owned());
    let named = |desk: &mut Desk, relation: &str, first: &str, last: &str, company: &str| {
        desk.books.relations.last_mut().unwrap().name = relation.to_owned();
        let invoice = &mut desk.order.invoice_address;
        invoice.first_name = first.to_owned();
        invoice.last_name = last.to_owned();
        invoice.company = company.to_owned();
        match desk.plan().relation {
            RelationStep::Update { draft, .. } => draft.name,
            RelationStep::Use { .. } => "nothing".to_owned(),
            RelationStep::Create { .. } => "new".to_owned(),
        }
    };
    for (relation, first, last, company, name) in [
        ("Anna Klant", "Anna", "de Wit", "", "Anna de Wit"),
        ("A. Klant", "Anna", "Klant", "", "Anna Klant"),
        (
            "Wit Bouw B.V.",
            "Anna",
            "de Wit",
            "Groen Bouw B.V.",
            "Groen Bouw B.V.",
        ),
        ("Jan Klant", "Piet", "Klant", "", "nothing"),
        ("Jan Klant", "Piet", "Bakker", "", "nothing"),
        ("Jan Klant", "Jan", "Klant", "Bakker Bouw B.V.", "nothing"),
        ("Hotel Zicht B.V.", "Anna", "de Wit", "", "nothing"),
    ] {
        assert_eq!(
            named(&mut desk, relation, first, last, company),
            name,
            "{relation}"
        );
    }
}

#[test]
fn handling_add_leaves_a_relation_as_it_is_and_update_never_blanks() {
    let mut desk = known();
    desk.order.customer.telephone = String::new();
    used(&desk);
    desk.settings.customers.handling = Handling::AddAndUpdate;
    match desk.plan().relation {
        RelationStep::Update { draft, .. } => {
            assert_eq!(draft.phone, "");
            assert_eq!(draft.name, "");
            assert_eq!(draft.address.street, "Dorpsstraat 1");
        }
        other => panic!("{other:?}"),
    }
    desk.books.relations.last_mut().unwrap().address = created_address();
    assert_eq!(used(&desk), 7);
}

#[test]
fn a_postcode_typed_another_way_keeps_the_form_the_books_have() {
    let mut desk = known();
    desk.settings.customers.handling = Handling::AddAndUpdate;
    let mut address = created_address();
    address.postcode = "1234 AB".to_owned();
    desk.books.relations.last_mut().unwrap().address = address;
    desk.order.invoice_address.postcode = "1234ab".to_owned();
    let before = desk.order.invoice_address.line1.clone();
    let changed = match desk.plan().relation {
        RelationStep::Update { changes, .. } => {
            changes.iter().any(|change| change.field.en == "address")
        }
        _ => false,
    };
    assert!(!changed);
    desk.order.invoice_address.line1 = format!("{before} bis");
    match desk.plan().relation {
        RelationStep::Update { draft, .. } => assert_eq!(draft.address.postcode, "1234 AB"),
        other => panic!("{other:?}"),
    }
}

fn created_address() -> winkelbrug::books::BookAddress {
    created(&desk()).address
}

#[test]
fn manual_handling_uses_the_default_code_or_holds() {
    let mut desk = known();
    desk.settings.customers.handling = Handling::Manual;
    assert_eq!(used(&desk), 7);
    desk.order.customer.email = "nieuw@example.com".to_owned();
    assert_eq!(desk.held().code, "klant-niet-gevonden");
    desk.books.add_relation(12, "Webklanten", "");
    desk.settings.customers.default_code = "12".to_owned();
    assert_eq!(used(&desk), 12);
    desk.order.customer.email = "jo@example.com".to_owned();
    assert_eq!(used(&desk), 12);
}

#[test]
fn an_unrecognised_buyer_goes_on_the_default_code_if_there_is_one() {
    let mut desk = known();
    desk.books.add_relation(12, "Webklanten", "");
    desk.settings.customers.default_code = "12".to_owned();
    assert_eq!(used(&desk), 7);
    assert!(desk.plan().customer_key.is_some());
    desk.order.customer.email = "nieuw@example.com".to_owned();
    assert_eq!(used(&desk), 12);
    assert_eq!(
        desk.plan().customer_key,
        None,
        "nobody is joined to it for good"
    );
}

#[test]
fn a_default_code_that_cannot_be_used_stops_the_profile() {
    for (code, reason) in [
        ("A12", "klantcode-geen-getal"),
        ("999", "klantcode-ontbreekt"),
        ("0", "klantcode-niet-bruikbaar"),
    ] {
        let mut desk = desk();
        desk.settings.customers.default_code = code.to_owned();
        assert_eq!(desk.stopped().code, reason, "{code}");
    }
}

#[test]
fn guests_by_recognition_on_one_relation_or_always_new() {
    let mut desk = known();
    desk.books.add_relation(12, "Gasten", "");
    desk.settings.customers.guests = Guests::OneRelation;
    desk.settings.customers.default_code = "12".to_owned();
    assert_eq!(used(&desk), 12);
    desk.settings.customers.default_code = String::new();
    desk.settings.customers.guests = Guests::AlwaysNew;
    created(&desk);
    assert_eq!(desk.plan().customer_key, None);
    desk.order.customer.id = Some("3".to_owned());
    assert_eq!(used(&desk), 7);
}

#[test]
fn a_company_is_named_and_its_person_is_the_contact() {
    let mut desk = desk();
    desk.order.invoice_address.company = "De Vries & Zn. B.V.".to_owned();
    desk.order.customer.vat_number = Some("NL 1234.56.782.B01".to_owned());
    desk.order.customer.chamber_of_commerce = Some("12345678".to_owned());
    let draft = created(&desk);
    assert_eq!(draft.name, "De Vries & Zn. B.V.");
    assert_eq!(draft.address.contact, "Jo Klant");
    assert_eq!(draft.vat_number, "NL123456782B01");
    assert_eq!(draft.chamber_of_commerce, "12345678");
}

#[test]
fn numbers_that_are_not_right_are_left_out_and_noted() {
    let mut desk = desk();
    desk.order.customer.vat_number = Some("NL123456789B01".to_owned());
    desk.order.customer.chamber_of_commerce = Some("1234".to_owned());
    let plan = desk.plan();
    let draft = created(&desk);
    assert_eq!(
        (
            draft.vat_number.as_str(),
            draft.chamber_of_commerce.as_str()
        ),
        ("", "")
    );
    assert_eq!(plan.notes.len(), 2);
}

#[test]
fn a_long_name_becomes_initials_before_anything_is_cut() {
    let mut desk = desk();
    desk.order.invoice_address.first_name = "Maria Wilhelmina Johanna Catharina".to_owned();
    desk.order.invoice_address.last_name = "van den Bergh-Oosterhuis".to_owned();
    assert_eq!(created(&desk).name, "M.W.J.C. van den Bergh-Oosterhuis");
    desk.order.invoice_address.company = "x".repeat(60);
    assert_eq!(created(&desk).name.chars().count(), 50);
    assert!(!desk.plan().notes.is_empty());
}

#[test]
fn every_field_keeps_to_its_length() {
    let mut desk = desk();
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.line1 = "s".repeat(128);
        address.line2 = "t".repeat(128);
        address.city = "c".repeat(128);
        address.postcode = "1".repeat(30);
        address.first_name = "f".repeat(32);
        address.last_name = "l".repeat(32);
    }
    desk.order.customer.telephone = "1 ".repeat(32);
    desk.order.customer.email = format!("{}@example.com", "e".repeat(250));
    let draft = created(&desk);
    let length = |text: &str| text.chars().count();
    assert!(length(&draft.name) <= 50 && length(&draft.phone) <= 25 && draft.email.is_empty());
    let plan = desk.plan();
    for address in [&draft.address]
        .into_iter()
        .chain(&plan.order.invoice_address)
        .chain(&plan.order.delivery_address)
    {
        assert!(length(&address.street) <= 50 && length(&address.city) <= 50);
        assert!(length(&address.postcode) <= 25 && length(&address.contact) <= 50);
    }
}

#[test]
fn a_second_address_line_that_does_not_fit_is_left_out_and_noted() {
    let mut desk = desk();
    desk.order.invoice_address.line1 = "Industrieweg 100".to_owned();
    desk.order.invoice_address.line2 = "Hal 3".to_owned();
    assert_eq!(created(&desk).address.street, "Industrieweg 100 Hal 3");
    desk.order.invoice_address.line2 = "x".repeat(40);
    assert_eq!(created(&desk).address.street, "Industrieweg 100");
    assert!(!desk.plan().notes.is_empty());
}

#[test]
fn an_address_is_filled_whole_or_not_at_all() {
    let mut desk = desk();
    desk.order.invoice_address.postcode = String::new();
    assert_eq!(created(&desk).address.postcode, "-");
    desk.order.invoice_address.line1 = String::new();
    desk.order.invoice_address.city = String::new();
    assert_eq!(
        created(&desk).address,
        winkelbrug::books::BookAddress::default()
    );
}

#[test]
fn a_country_the_books_do_not_have_is_held() {
    let mut desk = desk();
    desk.order.invoice_address.country = "AQ".to_owned();
    assert_eq!(desk.held().code, "land-onbekend");
}

#[test]
fn e_mail_ticks_and_term_of_a_new_relation() {
    let mut desk = desk();
    desk.settings.customers.invoice_by_email = true;
    desk.settings.customers.reminder_by_email = true;
    desk.settings.customers.payment_term_days = 30;
    let draft = created(&desk);
    assert_eq!(draft.payment_term, Some(30));
    assert_eq!(draft.invoice_email.as_deref(), Some("jo@example.com"));
    assert_eq!(draft.reminder_email.as_deref(), Some("jo@example.com"));
    assert_eq!(draft.reminder_kind, Some(ReminderKind::Consumer));
    desk.order.invoice_address.company = "Klant BV".to_owned();
    assert_eq!(created(&desk).reminder_kind, Some(ReminderKind::Business));
    desk.settings.customers.reminder_by_email = false;
    assert_eq!(created(&desk).reminder_kind, None);
}

#[test]
fn a_buyer_without_e_mail_is_never_recognised_by_it() {
    let mut desk = known();
    desk.books.relations.last_mut().unwrap().email = String::new();
    desk.order.customer.email = " ".to_owned();
    let draft = created(&desk);
    assert_eq!(draft.email, "");
    assert_eq!(desk.plan().customer_key, None);
}

#[test]
fn what_is_typed_where_there_is_no_e_mail_address_is_left_out_and_recognises_nobody() {
    for typed in ["nvt", "-", "geen @ geen", "@winkel.nl", "jo@"] {
        for way in [
            Recognition::Email,
            Recognition::EmailAndPostcode,
            Recognition::Smart,
        ] {
            let mut desk = known();
            desk.settings.customers.recognition = way;
            typed.clone_into(&mut desk.books.relations.last_mut().unwrap().email);
            typed.clone_into(&mut desk.order.customer.email);
            desk.order.invoice_address.last_name = "Bakker".to_owned();
            assert_eq!(created(&desk).email, "", "{typed} {way:?}");
            let plan = desk.plan();
            assert_eq!(plan.customer_key, None, "{typed}: a neighbour is another");
            let told = plan.notes.iter().any(|note| note.nl.contains(typed));
            assert!(told, "{:?}", plan.notes);
        }
    }
    let mut desk = desk();
    desk.order.customer.email = "jo@example.com; kantoor@example.com".to_owned();
    assert_eq!(created(&desk).email, desk.order.customer.email);
}

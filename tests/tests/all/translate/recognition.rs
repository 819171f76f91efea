//! Who the buyer is, in each way of recognising: one table for the six ways, then what each of them
//! has of its own.

use winkelbrug::{
    books::{BookAddress, Relation},
    profile::settings::{Handling, Recognition},
    translate::{Linked, plan::RelationStep},
};
use winkelbrug_protocol::record::CustomField;

use crate::translate::desk::{Desk, desk, settings};

/// Jo Klant has an account (shop's id 40), and the books know him as 7.
fn known() -> Desk {
    let mut desk = desk();
    desk.order.customer.id = Some("40".to_owned());
    let relation = desk.books.add_relation(7, "Jo Klant", "jo@example.com");
    relation.phone = "010".to_owned();
    relation.address = BookAddress {
        contact: String::new(),
        street: "Dorpsstraat 1".to_owned(),
        postcode: "1234AB".to_owned(),
        city: "Ons Dorp".to_owned(),
        country: "NL".to_owned(),
    };
    desk
}

fn field(name: &str, value: &str) -> CustomField {
    CustomField {
        id: "9".to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// The code of the relation, `new`, or why the order is held.
fn end(desk: &Desk) -> String {
    match desk.outcome() {
        winkelbrug::translate::Outcome::Plan(plan) => match plan.relation {
            RelationStep::Use { code, .. } | RelationStep::Update { code, .. } => code.to_string(),
            RelationStep::Create { draft, .. } => match draft.code {
                Some(code) => format!("new {code}"),
                None => "new".to_owned(),
            },
        },
        winkelbrug::translate::Outcome::Held(reason) => reason.code,
        other => panic!("{other:?}"),
    }
}

const WAYS: [Recognition; 6] = [
    Recognition::Code,
    Recognition::Email,
    Recognition::CodeOrEmail,
    Recognition::EmailAndPostcode,
    Recognition::CodeOrEmailAndPostcode,
    Recognition::Smart,
];

#[test]
fn each_way_of_recognising_finds_what_it_says() {
    type Change = fn(&mut Desk);
    // By code, e-mail, code or e-mail, e-mail and postcode, code or both, smart.
    let table: [(&str, Change, [&str; 6]); 6] = [
        (
            "e-mail and postcode are his",
            |_| {},
            ["new 40", "7", "7", "7", "7", "7"],
        ),
        (
            "the shop's code is his code in the books",
            |desk| desk.books.relations.last_mut().unwrap().code = 40,
            ["40", "40", "40", "40", "40", "40"],
        ),
        (
            "he moved",
            |desk| {
                let relation = desk.books.relations.last_mut().unwrap();
                relation.address.postcode = "9999ZZ".to_owned();
            },
            ["new 40", "7", "7", "new", "new 40", "7"],
        ),
        (
            "another e-mail address",
            |desk| desk.order.customer.email = "nieuw@example.com".to_owned(),
            ["new 40", "new", "new 40", "new", "new 40", "new"],
        ),
        (
            "nobody like him",
            |desk| {
                desk.books.relations.pop();
            },
            ["new 40", "new", "new 40", "new", "new 40", "new"],
        ),
        (
            "the code leads to him, the e-mail address to another",
            |desk| {
                desk.books.relations.last_mut().unwrap().email = String::new();
                desk.books.relations.last_mut().unwrap().code = 40;
                let other = desk.books.add_relation(8, "Jo Klant", "jo@example.com");
                other.address.postcode = "1234 AB".to_owned();
            },
            ["40", "8", "40", "8", "40", "8"],
        ),
    ];
    for (what, change, ends) in table {
        for (way, wanted) in WAYS.into_iter().zip(ends) {
            let mut desk = known();
            change(&mut desk);
            desk.settings.customers.recognition = way;
            assert_eq!(end(&desk), wanted, "{what}, {way:?}");
        }
    }
}

#[test]
fn the_code_may_stand_in_an_extra_field_of_the_shop_by_its_name() {
    let mut desk = known();
    desk.settings = settings(
        "",
        "[customers]\nrecognition = \"code\"\ncode_field = \"SnelStart code\"",
    );
    assert_eq!(end(&desk), "new", "an empty field is no code");
    desk.order.custom_fields = vec![field("snelstart CODE", " 7 ")];
    assert_eq!(end(&desk), "7");
    desk.order.customer.custom_fields = vec![field("SnelStart code", "8")];
    assert_eq!(end(&desk), "new 8", "the account's own goes first");
}

#[test]
fn a_code_that_is_no_number_or_the_companys_own_is_held_naming_it() {
    for code in ["A12", "0", "1", "-5", "99999999999"] {
        let mut desk = known();
        desk.settings = settings(
            "",
            "[customers]\nrecognition = \"code-or-email\"\ncode_field = \"Code\"",
        );
        desk.order.customer.custom_fields = vec![field("Code", code)];
        let reason = desk.held();
        assert_eq!(reason.code, "klantcode-onbruikbaar");
        assert!(reason.text.nl.contains(code), "{}", reason.text.nl);
    }
}

#[test]
fn the_shops_first_customer_is_not_the_company_itself() {
    let mut desk = known();
    desk.settings.customers.recognition = Recognition::CodeOrEmail;
    desk.order.customer.id = Some("1".to_owned());
    desk.books.add_relation(1, "Wij zelf", "wij@example.com");
    assert_eq!(end(&desk), "7");
    desk.order.customer.email = "ander@example.com".to_owned();
    assert_eq!(end(&desk), "new", "and never with code 1");
}

/// Writes the order of this account (none: a guest) of that name.
fn buys(desk: &mut Desk, account: Option<&str>, name: &str) -> String {
    desk.order.customer.id = account.map(str::to_owned);
    desk.order.customer.email = format!("{name}@example.com").to_lowercase();
    desk.order.invoice_address.last_name = name.to_owned();
    let end = end(desk);
    let plan = desk.plan();
    desk.books.apply(&plan);
    end
}

#[test]
fn a_code_given_to_somebody_else_here_recognises_nobody_in_either_order() {
    for way in [
        Recognition::Code,
        Recognition::CodeOrEmail,
        Recognition::CodeOrEmailAndPostcode,
    ] {
        let mut desk = desk();
        desk.settings.customers.recognition = way;
        desk.settings.customers.handling = Handling::AddAndUpdate;
        // The shop's first customer and a guest get the next free codes, which are others' numbers.
        assert_eq!(buys(&mut desk, Some("1"), "Smit"), "new", "{way:?}: code 2");
        assert_eq!(buys(&mut desk, None, "Gast"), "new", "{way:?}: code 3");
        assert_eq!(buys(&mut desk, Some("2"), "Bakker"), "new", "{way:?}: 4");
        assert_eq!(buys(&mut desk, Some("2"), "Bakker"), "4", "{way:?}");
        assert_eq!(buys(&mut desk, Some("1"), "Smit"), "2", "{way:?}");
        let names = desk.books.relations.iter().map(|r| r.name.as_str());
        let names: Vec<&str> = names.skip(1).collect();
        assert_eq!(names, ["Jo Smit", "Jo Gast", "Jo Bakker"], "{way:?}");
    }
    let mut desk = desk();
    desk.settings.customers.recognition = Recognition::Code;
    assert_eq!(buys(&mut desk, Some("2"), "Bakker"), "new 2");
    assert_eq!(buys(&mut desk, None, "Gast"), "new");
    assert_eq!(buys(&mut desk, Some("1"), "Smit"), "new");
    assert_eq!(buys(&mut desk, Some("2"), "Bakker"), "2");
    let plan = {
        desk.order.customer.id = Some("3".to_owned());
        desk.plan()
    };
    let note = plan
        .notes
        .iter()
        .find(|note| note.nl.contains("Klantcode 3"));
    assert!(note.unwrap().nl.contains("Jo Gast"), "{:?}", plan.notes);
}

#[test]
fn a_code_the_owner_entered_is_shared_by_one_name_only_where_the_relation_was_made_here() {
    let mut desk = desk();
    desk.settings = settings(
        "",
        "[customers]\nrecognition = \"code\"\ncode_field = \"Code\"",
    );
    desk.order.customer.custom_fields = vec![field("Code", "12")];
    assert_eq!(buys(&mut desk, Some("40"), "Bakker"), "new 12");
    desk.order.customer.id = Some("41".to_owned());
    assert_eq!(end(&desk), "12", "a second account of his");
    desk.order.invoice_address.last_name = "Smit".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "klantcode-van-ander");
    assert!(reason.hint.nl.contains("winkelbrug link winkel 41 12"));
}

#[test]
fn a_new_relation_said_by_hand_has_the_shops_code_where_recognition_goes_by_it() {
    let mut desk = desk();
    desk.settings.customers.recognition = Recognition::Code;
    desk.order.customer.id = Some("40".to_owned());
    let linked = &mut desk.books.linked;
    linked.insert("account:40".to_owned(), Linked::New);
    assert_eq!(end(&desk), "new 40");
}

#[test]
fn a_code_of_somebody_no_order_may_be_written_on_is_held() {
    for change in [0, 1] {
        let mut desk = known();
        desk.settings.customers.recognition = Recognition::Code;
        let relation = desk.books.relations.last_mut().unwrap();
        relation.code = 40;
        if change == 0 {
            relation.active = false;
        } else {
            relation.is_customer = false;
        }
        assert_eq!(end(&desk), "klantcode-niet-bruikbaar");
    }
}

#[test]
fn smart_explains_itself_in_the_plan() {
    let mut desk = known();
    desk.settings.customers.recognition = Recognition::Smart;
    match desk.plan().relation {
        RelationStep::Use { why, .. } => {
            assert_eq!(
                why.nl,
                "slim herkend: Jo Klant (7, 1234AB) 105 punten: e-mailadres 50, postcode en huisnummer 25, naam 30"
            );
        }
        other => panic!("{other:?}"),
    }
}

/// The last relation with the order's e-mail address, telephone and house.
fn of_one_house(desk: &mut Desk) -> &mut Relation {
    desk.order.customer.telephone = "0612345678".to_owned();
    let email = desk.order.customer.email.clone();
    let relation = desk.books.relations.last_mut().unwrap();
    relation.email = email;
    relation.phone = "0612345678".to_owned();
    relation.address.postcode = "1234 AB".to_owned();
    relation.address.street = "Dorpsstraat 1".to_owned();
    relation
}

#[test]
fn those_of_one_house_and_mailbox_each_get_their_own_relation_under_smart_and_the_plan_says_why() {
    let mut desk = desk();
    desk.settings.customers.recognition = Recognition::Smart;
    let mut buys = |first: &str, last: &str| {
        desk.order.customer.id = None;
        desk.order.customer.telephone = "0612345678".to_owned();
        desk.order.invoice_address.first_name = first.to_owned();
        desk.order.invoice_address.last_name = last.to_owned();
        let (end, plan) = (end(&desk), desk.plan());
        desk.books.apply(&plan);
        (end, plan.notes)
    };
    assert_eq!(buys("Jan", "de Vries").0, "new", "code 2");
    let (end, notes) = buys("Piet", "de Vries");
    assert_eq!(end, "new", "code 3");
    let told = notes.iter().find(|note| note.nl.contains("iemand anders"));
    assert!(
        told.unwrap().nl.contains(
            "Jan de Vries (2, 1234 AB) 80 punten: e-mailadres 50, telefoon 25, postcode en huisnummer 25, andere naam -20"
        ),
        "{notes:?}"
    );
    assert_eq!(buys("Anna", "Bakker").0, "new", "code 4");
    for (first, last, code) in [
        ("Piet", "de Vries", "3"),
        ("Jan", "de Vries", "2"),
        ("Anna", "Bakker", "4"),
    ] {
        assert_eq!(buys(first, last).0, code, "{first}");
    }
}

#[test]
fn smart_looks_at_vat_number_kvk_telephone_and_a_code_the_owner_named() {
    type Change = fn(&mut Desk);
    let table: [(&str, Change, &str); 8] = [
        (
            "VAT number alone, whatever the name",
            |desk| {
                desk.order.customer.vat_number = Some("NL123456782B01".to_owned());
                desk.order.invoice_address.company = "De Vries Beheer".to_owned();
                let relation = desk.books.relations.last_mut().unwrap();
                relation.vat_number = "NL 1234.56.782 B01".to_owned();
            },
            "7",
        ),
        (
            "Chamber of Commerce number alone",
            |desk| {
                desk.order.customer.chamber_of_commerce = Some("12345678".to_owned());
                let relation = desk.books.relations.last_mut().unwrap();
                relation.chamber_of_commerce = "12345678".to_owned();
            },
            "7",
        ),
        (
            "telephone and name, and nothing else: a person has to say",
            |desk| {
                desk.order.customer.telephone = "+31 (0)6 12345678".to_owned();
                let relation = desk.books.relations.last_mut().unwrap();
                relation.phone = "06-12345678".to_owned();
                relation.name = "Jo Klant".to_owned();
            },
            "klant-twijfel",
        ),
        (
            "a code of the field the owner named",
            |desk| {
                desk.settings.customers.code_field = "Code".to_owned();
                desk.order.customer.custom_fields = vec![field("Code", "7")];
            },
            "7",
        ),
        (
            "the shop's own id is no evidence",
            |desk| desk.order.customer.id = Some("7".to_owned()),
            "new",
        ),
        (
            "all he has, but perhaps a name of before her marriage",
            |desk| of_one_house(desk).name = "Jo Bakker".to_owned(),
            "klant-twijfel",
        ),
        (
            "the same of another of one surname: plainly another person",
            |desk| of_one_house(desk).name = "Piet Klant".to_owned(),
            "new",
        ),
        (
            "a business of that house and mailbox",
            |desk| of_one_house(desk).name = "Piet Klant Bouw B.V.".to_owned(),
            "klant-twijfel",
        ),
    ];
    for (what, change, wanted) in table {
        let mut desk = known();
        desk.settings.customers.recognition = Recognition::Smart;
        // Nothing of him in the books yet.
        let relation = desk.books.relations.last_mut().unwrap();
        relation.name = String::new();
        relation.email = String::new();
        relation.address = BookAddress {
            country: "NL".to_owned(),
            street: "Elders 9".to_owned(),
            postcode: "9999 ZZ".to_owned(),
            ..BookAddress::default()
        };
        change(&mut desk);
        assert_eq!(end(&desk), wanted, "{what}");
    }
}

#[test]
fn a_smart_tie_is_held_and_shown_with_its_candidates_and_the_command_that_settles_it() {
    let mut desk = known();
    desk.settings.customers.recognition = Recognition::Smart;
    let second = desk.books.add_relation(8, "Jo Klant", "jo@example.com");
    second.address.postcode = "1234AB".to_owned();
    second.address.street = "Dorpsstraat 1".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "klant-twijfel");
    for part in [
        "Jo Klant (7, 1234AB) 105",
        "Jo Klant (8, 1234AB) 105",
        "naam 30",
    ] {
        assert!(reason.text.nl.contains(part), "{}", reason.text.nl);
    }
    assert!(reason.hint.nl.contains("winkelbrug link winkel 40 7"));
}

#[test]
fn what_the_owner_linked_goes_before_everything() {
    let mut desk = known();
    desk.books
        .add_relation(9, "Jo bij de buren", "anders@example.com");
    let link = Linked::Relation {
        id: "relation-9".to_owned(),
        code: 9,
    };
    desk.books.linked.insert("account:40".to_owned(), link);
    for way in WAYS {
        desk.settings.customers.recognition = way;
        assert_eq!(end(&desk), "9", "{way:?}");
    }
    desk.settings.customers.handling = Handling::Manual;
    desk.settings.customers.default_code = "7".to_owned();
    assert_eq!(end(&desk), "9");
    desk.order.customer.email = "heel-anders@example.com".to_owned();
    assert_eq!(end(&desk), "9", "whatever his e-mail address");
    desk.books.relations.last_mut().unwrap().active = false;
    assert_eq!(end(&desk), "koppeling-vervallen");
    desk.books
        .linked
        .insert("account:40".to_owned(), Linked::New);
    assert_eq!(end(&desk), "new");
}

#[test]
fn the_fixed_code_follows_where_the_goods_go_and_never_takes_an_eu_business() {
    let mut desk = known();
    desk.books.relations.pop();
    for code in [10, 11, 12, 13] {
        desk.books.add_relation(code, "Vast", "").address.country = match code {
            10 => "NL",
            11 => "DE",
            12 => "FR",
            _ => "CH",
        }
        .to_owned();
    }
    desk.settings = settings(
        "",
        "[customers]\ndefault_code = \"10\"\n[customers.default_codes]\nDE = \"11\"\nEU = \"12\"\noutside-EU = \"13\"",
    );
    assert_eq!(end(&desk), "10");
    for (country, code) in [("DE", "11"), ("FR", "12")] {
        let mut desk = desk.clone();
        for address in [&mut desk.order.invoice_address]
            .into_iter()
            .chain(&mut desk.order.delivery_address)
        {
            address.country = country.to_owned();
        }
        assert_eq!(end(&desk), code, "{country}");
    }
}

#[test]
fn an_update_shows_each_field_it_changes() {
    let mut desk = known();
    desk.settings.customers.handling = Handling::AddAndUpdate;
    desk.order.customer.telephone = "06-12345678".to_owned();
    match desk.plan().relation {
        RelationStep::Update { changes, draft, .. } => {
            let told: Vec<(&str, &str, &str)> = changes
                .iter()
                .map(|change| {
                    (
                        change.field.en.as_str(),
                        change.from.as_str(),
                        change.to.as_str(),
                    )
                })
                .collect();
            assert!(
                told.contains(&("telephone", "010", "06-12345678")),
                "{told:?}"
            );
            assert_eq!(draft.name, "", "what is the same is not written");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn company_or_person_with_or_without_numbers() {
    for (company, kvk, vat) in [
        ("", None, None),
        ("De Vries B.V.", None, None),
        ("De Vries B.V.", Some("12345678"), None),
        ("De Vries B.V.", Some("12345678"), Some("NL123456782B01")),
    ] {
        let mut desk = desk();
        desk.order.invoice_address.company = company.to_owned();
        desk.order.customer.chamber_of_commerce = kvk.map(str::to_owned);
        desk.order.customer.vat_number = vat.map(str::to_owned);
        match desk.plan().relation {
            RelationStep::Create { draft, .. } => {
                let name = if company.is_empty() {
                    "Jo Klant"
                } else {
                    company
                };
                let contact = if company.is_empty() { "" } else { "Jo Klant" };
                assert_eq!(
                    (draft.name.as_str(), draft.address.contact.as_str()),
                    (name, contact)
                );
                assert_eq!(draft.chamber_of_commerce, kvk.unwrap_or_default());
                assert_eq!(draft.vat_number, vat.unwrap_or_default());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_too_long_is_shortened_at_the_end_of_a_word_and_a_street_keeps_its_number() {
    let mut desk = desk();
    let invoice = &mut desk.order.invoice_address;
    invoice.company = "Stichting tot Bevordering van de Nederlandse Koffiecultuur".to_owned();
    invoice.line1 = "Burgemeester van der Zanden tot Brouwershavenlaan 1234 bis".to_owned();
    match desk.plan().relation {
        RelationStep::Create { draft, .. } => {
            assert_eq!(draft.name, "Stichting tot Bevordering van de Nederlandse");
            assert_eq!(
                draft.address.street,
                "Burgemeester van der Zanden tot 1234 bis"
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(desk.plan().notes.len() >= 2);
}

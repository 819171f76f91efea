//! Is the buyer the one a card is called by? Told by the words of both names, as far as these say so for
//! certain; where they say too little, either is right.

use std::collections::BTreeSet;

use winkelbrug::books::Relation;
use winkelbrug_protocol::record::Order;

/// The words of the buyer's name: his company's, or his own.
fn of_buyer(order: &Order) -> BTreeSet<String> {
    let invoice = &order.invoice_address;
    let company = words(&invoice.company);
    if !company.is_empty() {
        return company;
    }
    let own = if words(&invoice.last_name).is_empty() {
        [&order.customer.first_name, &order.customer.last_name]
    } else {
        [&invoice.first_name, &invoice.last_name]
    };
    own.into_iter().flat_map(|part| words(part)).collect()
}

fn words(name: &str) -> BTreeSet<String> {
    let name = name.to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Letter for letter the same words.
pub fn same(order: &Order, relation: &Relation) -> bool {
    of_buyer(order) == words(&relation.name)
}

/// For certain another name: of no word the first letter is alike.
pub fn other(order: &Order, relation: &Relation) -> bool {
    let letters = |words: BTreeSet<String>| -> BTreeSet<char> {
        let first = |word: &String| word.chars().next();
        words.iter().filter_map(first).collect()
    };
    let surname = words(&order.invoice_address.last_name);
    let named = !surname.is_empty() || !words(&order.invoice_address.company).is_empty();
    let (ours, theirs) = (letters(of_buyer(order)), letters(words(&relation.name)));
    named && !theirs.is_empty() && ours.is_disjoint(&theirs)
}

/// For certain two persons: no business by company, number, contact or legal form, both with a given name
/// and a surname.
pub fn strangers(order: &Order, relation: &Relation) -> bool {
    let invoice = &order.invoice_address;
    let a_person = words(&invoice.company).is_empty() && !words(&invoice.first_name).is_empty();
    let theirs = words(&relation.name);
    let long = theirs.iter().filter(|word| word.chars().count() > 4);
    let none = [
        &relation.vat_number,
        &relation.chamber_of_commerce,
        &relation.address.contact,
    ];
    let a_card_of_one = none.iter().all(|text| text.trim().is_empty())
        && theirs.len() > 1
        && long.count() == theirs.len();
    a_person && a_card_of_one && other(order, relation)
}

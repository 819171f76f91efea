//! One record of the shop is one record of the books, both ways.

use jiff::Timestamp;
use tempfile::TempDir;
use winkelbrug::{
    journal::{AdministrationId, Journal, Kind, bindings::Binding},
    translate::Linked,
};

fn bind(journal: &Journal, profile: &str, shop: &str, foreign: &str) -> Result<(), String> {
    journal
        .bind(
            &Binding {
                profile,
                kind: Kind::Order,
                shop_id: shop,
                administration: &AdministrationId("boeken".into()),
                foreign_id: foreign,
                code: "1",
            },
            Timestamp::UNIX_EPOCH,
        )
        .map_err(|failure| failure.code)
}

#[test]
fn neither_side_can_be_bound_twice() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(bind(&journal, "a", "1", "x"), Ok(()));
    assert_eq!(bind(&journal, "a", "1", "x"), Ok(()), "the same again");
    let taken = Err("already-bound".to_owned());
    assert_eq!(bind(&journal, "a", "1", "y"), taken, "the shop's side");
    assert_eq!(bind(&journal, "a", "2", "x"), taken, "the books' side");
    assert_eq!(bind(&journal, "b", "1", "x"), taken, "from another profile");
    assert_eq!(bind(&journal, "b", "1", "y"), Ok(()));
}

#[test]
fn that_a_buyer_is_a_new_relation_undoes_what_he_was_bound_to() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let (books, now) = (AdministrationId("boeken".into()), Timestamp::UNIX_EPOCH);
    let bind = |buyer, foreign_id| {
        let binding = Binding {
            profile: "a",
            kind: Kind::Relation,
            shop_id: buyer,
            administration: &books,
            foreign_id,
            code: "7",
        };
        journal.bind(&binding, now).unwrap();
    };
    let bound = |buyer| {
        let found = journal.bound_to("a", Kind::Relation, buyer).unwrap();
        found.map(|(_, id)| id)
    };
    bind("account:1", "x");
    bind("account:2", "y");
    let to = Linked::Relation {
        id: "z".to_owned(),
        code: 9,
    };
    journal.link("a", "account:1", &books, &to, now).unwrap();
    assert_eq!(bound("account:1").as_deref(), Some("x"));
    let new = Linked::New;
    journal.link("a", "account:1", &books, &new, now).unwrap();
    assert_eq!(bound("account:1"), None);
    assert_eq!(bound("account:2").as_deref(), Some("y"), "no other's");
    bind("account:1", "made");
    assert_eq!(bound("account:1").as_deref(), Some("made"));
}

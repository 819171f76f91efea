//! One record of the shop is one record of the books, both ways.

use jiff::Timestamp;
use tempfile::TempDir;
use winkelbrug::journal::{AdministrationId, Journal, Kind, bindings::Binding};

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

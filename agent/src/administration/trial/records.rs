//! New records of these books, and what a draft changes of one.

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::{seed, store};
use crate::{
    books::{Article, ArticleDraft, Relation, RelationDraft},
    failure::Result,
};

/// Pieces a new article starts with, so that a stock export has something to show.
const FIRST_STOCK: Decimal = Decimal::from_parts(25, 0, 0, false, 0);

pub(super) fn new_relation(code: i64) -> Relation {
    Relation {
        id: seed::id(),
        code,
        is_customer: true,
        active: true,
        name: String::new(),
        email: String::new(),
        phone: String::new(),
        vat_number: String::new(),
        chamber_of_commerce: String::new(),
        address: Default::default(),
        correspondence: Default::default(),
        payment_term: None,
        invoice_discount: None,
        invoiced_elsewhere: false,
        extra: Default::default(),
        modified: None,
    }
}

/// One more than the highest, as SnelStart assigns codes.
pub(super) fn next_code(connection: &Connection) -> Result<i64> {
    let codes = store::all::<Relation>(connection)?.into_iter();
    Ok(codes
        .map(|(relation, _)| relation.code)
        .max()
        .unwrap_or(0)
        .max(0)
        + 1)
}

/// Only what the draft fills is changed.
pub(super) fn merge_relation(relation: &mut Relation, draft: &RelationDraft) {
    let fill = |old: &mut String, new: &String| {
        if !new.is_empty() {
            old.clone_from(new);
        }
    };
    fill(&mut relation.name, &draft.name);
    fill(&mut relation.email, &draft.email);
    fill(&mut relation.phone, &draft.phone);
    fill(&mut relation.vat_number, &draft.vat_number);
    fill(
        &mut relation.chamber_of_commerce,
        &draft.chamber_of_commerce,
    );
    fill(&mut relation.address.contact, &draft.address.contact);
    fill(&mut relation.address.street, &draft.address.street);
    fill(&mut relation.address.postcode, &draft.address.postcode);
    fill(&mut relation.address.city, &draft.address.city);
    fill(&mut relation.address.country, &draft.address.country);
    relation.payment_term = draft.payment_term.or(relation.payment_term);
}

pub(super) fn new_article(draft: &ArticleDraft) -> Article {
    let stock = if draft.keeps_stock {
        FIRST_STOCK
    } else {
        Decimal::ZERO
    };
    Article {
        id: seed::id(),
        code: draft.code.clone(),
        description: String::new(),
        revenue_group: String::new(),
        price: draft.price,
        unit: String::new(),
        active: true,
        keeps_stock: draft.keeps_stock,
        technical_stock: stock,
        free_stock: stock,
        has_parts: false,
        parts: Vec::new(),
        recipe: None,
        extra: Default::default(),
        modified: None,
    }
}

//! Refunds that were changed or removed at the shop after their credit was written: told, never
//! written over.

use winkelbrug_protocol::record::{Order, Refund};

use crate::{
    failure::Result,
    journal::{
        OrderId,
        credits::{CANCELLED, Credit},
    },
    sync::place::Place,
    text,
    text::{Amount, Text},
    translate::{Change, refund_digest},
};

/// Code of the item.
pub(super) const REFUND_CHANGED: &str = "refund-changed";

/// Compares the credits of an order that are in the books with what the shop says now. What the owner
/// looked at is told again only when the shop says something else again.
pub(super) fn compare(place: &Place<'_>, id: OrderId, order: &Order) -> Result<()> {
    let journal = place.journal;
    let mut texts = Vec::new();
    for credit in journal.credits_of(id)? {
        if credit.refund == CANCELLED || !credit.is_in_books() {
            continue;
        }
        let refund = order.refunds.iter().find(|one| one.id == credit.refund);
        if !refund.is_some_and(|refund| same(&credit, refund)) {
            texts.push(told(order, &credit, refund));
        }
    }
    if texts.is_empty() {
        return journal.settle_item(id, REFUND_CHANGED, "klopt weer", place.now());
    }
    let profile = place.profile();
    let typed = text::typed(&order.number, &order.id);
    texts.push(text!(
        "Verbeter dat zo nodig in de administratie en meld het als bekeken: winkelbrug skip {profile} {typed} --why \"verbeterd\"",
        "Correct that in the administration where needed and report it as looked at: winkelbrug skip {profile} {typed} --why \"corrected\""
    ));
    let join = |words: fn(&Text) -> &str| texts.iter().map(words).collect::<Vec<_>>().join(" ");
    let text = Text {
        nl: join(|text| &text.nl),
        en: join(|text| &text.en),
    };
    if journal.was_told(id, REFUND_CHANGED, &text)? {
        return Ok(());
    }
    place.note(id, "attention", &text, None)?;
    let change = Change {
        code: REFUND_CHANGED.to_owned(),
        text,
    };
    journal.need_attention(id, &change, place.now())
}

fn same(credit: &Credit, refund: &Refund) -> bool {
    match &credit.content {
        Some(content) => *content == refund_digest(refund),
        // Written before that was kept: by its amount, as far as that is known.
        None => credit
            .gives_back()
            .is_none_or(|back| back == refund.total.round_dp(2)),
    }
}

fn told(order: &Order, credit: &Credit, refund: Option<&Refund>) -> Text {
    let (number, name) = (&order.number, credit.name());
    let written = Amount::money(credit.gives_back().unwrap_or_default());
    let Some(refund) = refund else {
        return text!(
            "Creditering {name} van bestelling {number} is geschreven ({written}), maar die terugbetaling is in de winkel verwijderd.",
            "Credit {name} of order {number} is written ({written:#}), but that refund was removed from the shop."
        );
    };
    let now = Amount::money(refund.total);
    text!(
        "Creditering {name} van bestelling {number} is geschreven ({written}), maar die terugbetaling is in de winkel gewijzigd: nu {now}.",
        "Credit {name} of order {number} is written ({written:#}), but that refund was changed in the shop: now {now:#}."
    )
}

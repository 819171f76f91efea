//! What a trial run would bring into the books: a buyer who occurs twice is one new relation, a
//! code that occurs twice one new article, as in a run that writes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{
    place::Place,
    report::{Created, PlannedOrder},
};
use crate::{
    books::{RelationDraft, marks::plain},
    failure::Result,
    journal::{OrderId, State},
    profile::{Settings, settings::Recognition},
    shop::Shop,
    translate::{
        Plan, is_received, payment_journal,
        plan::{ArticleStep, RelationStep},
    },
};

/// Counts what the plans create, and marks in each what an earlier one creates already.
pub(super) fn would_create(plans: &mut [PlannedOrder], settings: &Settings) -> Created {
    let mut created = Created::default();
    let mut relations: BTreeMap<String, String> = BTreeMap::new();
    let mut articles: BTreeMap<String, String> = BTreeMap::new();
    for planned in plans {
        let Some(plan) = &planned.plan else {
            continue;
        };
        if plan.booking.is_some() {
            created.bookings += 1;
        } else {
            created.orders += 1;
        }
        if let RelationStep::Create { draft, .. } = &plan.relation {
            let keys = keys(plan, draft, settings.customers.recognition);
            planned.relation_of = keys.iter().find_map(|key| relations.get(key)).cloned();
            if planned.relation_of.is_none() {
                created.relations += 1;
            }
            let first = planned.relation_of.as_ref().unwrap_or(&planned.number);
            for key in keys {
                relations.entry(key).or_insert_with(|| first.clone());
            }
        }
        for step in &plan.articles {
            let ArticleStep::Create { draft, .. } = step else {
                continue;
            };
            if articles.contains_key(&draft.code) {
                planned.made_before.push(draft.code.clone());
            } else {
                created.articles += 1;
                articles.insert(draft.code.clone(), planned.number.clone());
            }
        }
    }
    created
}

/// By what a later order would find the relation this plan creates: bound to the same customer, or
/// recognised. A buyer who gets a new relation each time is bound to none.
fn keys(plan: &Plan, draft: &RelationDraft, recognition: Recognition) -> Vec<String> {
    let Some(key) = &plan.customer_key else {
        return Vec::new();
    };
    let mut keys = vec![key.clone()];
    let email = draft.email.trim().to_lowercase();
    if email.is_empty() {
        return keys;
    }
    let (postcode, name) = (plain(&draft.address.postcode), plain(&draft.name));
    let known_by = match recognition {
        Recognition::Code => return keys,
        Recognition::Email | Recognition::CodeOrEmail => email,
        Recognition::EmailAndPostcode | Recognition::CodeOrEmailAndPostcode => {
            format!("{email}\n{postcode}")
        }
        // Those of one house and mailbox are each their own.
        Recognition::Smart => format!("{email}\n{postcode}\n{name}"),
    };
    keys.push(format!("email:{known_by}"));
    keys
}

/// How many of the booked invoices a trial run plans have their payment booked with them.
pub(super) fn would_be_paid(place: &Place<'_>, shop: &dyn Shop, orders: &[OrderId]) -> Result<u64> {
    let mut count = 0;
    for order in orders {
        let work = place.journal.order_at_work(*order)?;
        let plan = work.plan.filter(|_| work.state == State::Planned);
        let amount = plan.and_then(|plan| plan.booking).map(|one| one.amount);
        if amount.is_none_or(|amount| amount <= Decimal::ZERO) {
            continue;
        }
        let raw = place.journal.raw(work.version)?.unwrap_or_default();
        let is_booked =
            |sold: &Order| payment_journal(sold, place.settings).is_some() && is_received(sold);
        let sold = shop.read(&work.shop_id.0, &raw);
        count += u64::from(sold.is_ok_and(|sold| is_booked(&sold)));
    }
    Ok(count)
}

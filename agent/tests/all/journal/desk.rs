//! Orders, plans and intents to try the journal with.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::date};
use rust_decimal::dec;
use winkelbrug::{
    books::{OrderDraft, PriceMode, ProcessStage},
    journal::{
        AdministrationId, Journal, Kind, OrderId, ShopOrderId,
        intents::{Begun, Intent, IntentDraft, Written},
        orders::{Basis, Booked},
        versions::Incoming,
    },
    text::Text,
    translate::{
        Plan, Reason,
        plan::{Expected, Names, RelationStep},
    },
};

pub const PROFILE: &str = "winkel";

pub fn start() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

pub fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

pub fn books() -> AdministrationId {
    AdministrationId("boeken".into())
}

pub fn incoming(id: &str, hash: &str) -> Incoming {
    Incoming {
        shop_id: ShopOrderId(id.into()),
        number: format!("N{id}"),
        hash: hash.into(),
        raw: format!("{{\"id\":\"{id}\",\"hash\":\"{hash}\"}}"),
        status: "2".into(),
        placed_at: Some(start()),
        placed_day: "2026-03-02".into(),
        changed_at: Some(start()),
        total: "12.10".into(),
        currency: "EUR".into(),
    }
}

pub fn keep(journal: &Journal, id: &str, hash: &str) -> OrderId {
    journal
        .keep_orders(PROFILE, &[incoming(id, hash)], start())
        .unwrap()[0]
        .order
}

pub fn basis(journal: &Journal, order: OrderId) -> Basis {
    Basis {
        version: journal.order_at_work(order).unwrap().version,
        settings_digest: "s".into(),
        facts_digest: "f".into(),
        at: start(),
    }
}

pub fn reason(code: &str) -> Reason {
    Reason::new(code, Text::same("waarom"), Text::default())
}

pub fn plan(reference: &str) -> Plan {
    Plan {
        shop_id: "1".into(),
        number: "N1".into(),
        relation: RelationStep::Use {
            id: "r".into(),
            code: 1,
            why: Text::default(),
        },
        articles: Vec::new(),
        names: Names::default(),
        order: OrderDraft {
            date: date(2026, 3, 2),
            payment_reference: reference.into(),
            order_reference: String::new(),
            description: String::new(),
            template: None,
            stage: ProcessStage::Order,
            blocked: None,
            cost_centre: None,
            payment_term: None,
            price_mode: PriceMode::Inclusief,
            invoice_address: None,
            delivery_address: None,
            memo: String::new(),
            invoice_discount: dec!(0),
            lines: Vec::new(),
        },
        booking: None,
        expected: Expected {
            incl: dec!(12.10),
            excl: dec!(10),
            vat: BTreeMap::new(),
            shop_vat: BTreeMap::new(),
            pieces: BTreeMap::new(),
            kinds: Vec::new(),
        },
        customer_key: None,
        negative_lines: false,
        text_lines: false,
        notes: Vec::new(),
        settings_digest: "s".into(),
        facts_digest: "f".into(),
    }
}

pub fn intent(order: OrderId, kind: Kind, key: &str) -> IntentDraft {
    IntentDraft {
        order,
        profile: PROFILE.into(),
        administration: books(),
        kind,
        key: key.into(),
        again: kind != Kind::Relation,
        about: "{}".into(),
        party: if kind == Kind::Relation {
            format!("party-{key}")
        } else {
            String::new()
        },
        facts_at: start(),
        credit: None,
    }
}

/// Planned, and an intent for it committed.
pub fn writing(journal: &Journal, id: &str) -> (OrderId, Intent) {
    let order = keep(journal, id, "a");
    journal
        .plan_order(order, &plan(id), &basis(journal, order))
        .unwrap();
    let begun = journal
        .begin_intent(&intent(order, Kind::Order, id), start())
        .unwrap();
    assert!(matches!(begun, Begun::Begun(_)), "{begun:?}");
    (order, journal.open_intent(order).unwrap().unwrap())
}

pub fn written(id: &str) -> Written<'_> {
    Written {
        id,
        code: "17",
        bind: None,
    }
}

pub fn booked(id: &str) -> Booked {
    Booked {
        administration: books(),
        id: id.into(),
        number: "17".into(),
        relation: "r".into(),
        relation_code: Some(1),
        payment_reference: "1".into(),
        total: dec!(12.10),
        total_excl: None,
        stage: Some(ProcessStage::Order),
        linked: false,
        form: winkelbrug::profile::settings::Form::Order,
        awaits_payment: false,
    }
}

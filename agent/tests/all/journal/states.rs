//! Which state may follow which, whoever asks in whatever order.

use proptest::prelude::*;
use tempfile::TempDir;
use winkelbrug::{
    journal::{
        Journal, Kind, OrderId, State,
        intents::{BETWEEN_SEARCHES, Begun, SETTLES_WITHIN},
    },
    sync::report::ReportedFailure,
    text::Text,
};

use crate::journal::desk::{
    PROFILE, after, basis, booked, incoming, intent, keep, plan, reason, start, writing, written,
};

fn state(journal: &Journal, order: OrderId) -> State {
    journal.order_at_work(order).unwrap().state
}

fn passing() -> ReportedFailure {
    ReportedFailure {
        class: winkelbrug::failure::Class::Transient,
        code: "down".into(),
        text: Text::default(),
        hint: Text::default(),
        leads_to: None,
        connection: true,
    }
}

#[test]
fn an_order_being_written_is_neither_skipped_nor_offered_again_nor_forgotten() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let (order, _) = writing(&journal, "1");
    for refused in [
        journal.skip_for_good(order, &reason("by-owner"), start()),
        journal.offer_again(order, false, start()),
    ] {
        assert_eq!(refused.unwrap_err().code, "order-not-waiting");
    }
    assert_eq!(state(&journal, order), State::Writing);
}

#[test]
fn what_a_run_has_in_hand_is_not_taken_from_it_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let order = keep(&journal, "1", "a");
    let basis = basis(&journal, order);
    journal.plan_order(order, &plan("1"), &basis).unwrap();
    // It is about to be written: between being planned and its first intent.
    let refused = journal.offer_again(order, true, start()).unwrap_err();
    assert_eq!(refused.code, "order-not-waiting");
    assert!(
        refused.text.en.contains("being written just now"),
        "{refused}"
    );
    let command = format!("winkelbrug order {PROFILE} ");
    assert!(refused.hint.en.contains(&command), "{refused}");
    assert_eq!(state(&journal, order), State::Planned);
    journal
        .begin_intent(&intent(order, Kind::Order, "1"), start())
        .unwrap();
    assert_eq!(state(&journal, order), State::Writing);
    // Without a run a planned order may be taken back to its beginning.
    let order = keep(&journal, "2", "a");
    let basis = self::basis(&journal, order);
    journal.plan_order(order, &plan("2"), &basis).unwrap();
    journal.offer_again(order, false, start()).unwrap();
    assert_eq!(state(&journal, order), State::Seen);
}

#[test]
fn with_a_write_of_unknown_outcome_nothing_else_can_happen_to_an_order() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let (order, _) = writing(&journal, "1");
    let basis = basis(&journal, order);
    for refused in [
        journal.hold_order(order, &reason("refused"), None, None),
        journal.keep_place(order, &passing()),
        journal.order_written(order, &booked("b"), start()),
        journal
            .begin_intent(&intent(order, Kind::Order, "1"), start())
            .map(drop),
    ] {
        assert_eq!(refused.unwrap_err().code, "intent-open");
    }
    let linked = journal.link_order(order, &booked("b"), &basis, &Default::default(), start());
    assert_eq!(linked.unwrap_err().code, "intent-open");
    journal
        .hold_order(order, &reason("outcome-unknown"), None, None)
        .unwrap();
}

#[test]
fn an_intent_is_repeated_only_after_ten_minutes_and_two_searches_a_minute_apart() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let (order, intent) = writing(&journal, "1");
    let open = || journal.open_intent(order).unwrap().unwrap();
    assert!(!intent.may_be_repeated(start() + SETTLES_WITHIN));
    journal.search_found_nothing(intent.id, after(2)).unwrap();
    assert!(!open().may_be_repeated(after(2) + BETWEEN_SEARCHES));
    assert!(open().may_be_repeated(start() + SETTLES_WITHIN));
    assert_eq!(
        journal.intent_lost(&open(), after(9)).unwrap_err().code,
        "repeated-too-early"
    );
    journal.intent_lost(&open(), after(10)).unwrap();
    assert!(journal.open_intent(order).unwrap().is_none());
}

#[test]
fn a_write_of_the_same_record_by_another_order_is_waited_for_and_then_looked_at() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let (_, first) = writing(&journal, "1");
    let other = keep(&journal, "2", "a");
    journal
        .plan_order(other, &plan("1"), &basis(&journal, other))
        .unwrap();
    let draft = intent(other, Kind::Order, "1");
    assert_eq!(journal.begin_intent(&draft, start()).unwrap(), Begun::Busy);
    journal
        .intent_done(first.id, &written("b1"), after(1))
        .unwrap();
    assert_eq!(
        journal.begin_intent(&draft, after(2)).unwrap(),
        Begun::Outdated
    );
    let fresh = winkelbrug::journal::intents::IntentDraft {
        facts_at: after(2),
        credit: None,
        ..draft
    };
    assert!(matches!(
        journal.begin_intent(&fresh, after(2)).unwrap(),
        Begun::Begun(_)
    ));
}

#[test]
fn a_relation_code_is_never_intended_twice() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for id in ["1", "2"] {
        let order = keep(&journal, id, "a");
        journal
            .plan_order(order, &plan(id), &basis(&journal, order))
            .unwrap();
    }
    let (one, two) = (
        journal.find_order(PROFILE, "N1").unwrap(),
        journal.find_order(PROFILE, "N2").unwrap(),
    );
    let begun = journal
        .begin_intent(&intent(one, Kind::Relation, "100"), start())
        .unwrap();
    assert!(matches!(begun, Begun::Begun(_)));
    let mut same = intent(two, Kind::Relation, "100");
    same.party = "somebody else".into();
    assert_eq!(
        journal.begin_intent(&same, start()).unwrap(),
        Begun::Outdated
    );
    let taken = journal
        .codes_intended(&crate::journal::desk::books())
        .unwrap();
    assert_eq!(taken, [100]);
}

/// What may happen to an order.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Change,
    Plan,
    Hold,
    HoldUnknown,
    Skip,
    SkipForGood,
    Offer,
    Begin(Kind),
    Done,
    NotDone,
    Search,
    Lost,
    Written,
    Link,
    KeepPlace,
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed, i64)>> {
    let deed = prop_oneof![
        Just(Deed::Change),
        Just(Deed::Plan),
        Just(Deed::Plan),
        Just(Deed::Hold),
        Just(Deed::HoldUnknown),
        Just(Deed::Skip),
        Just(Deed::SkipForGood),
        Just(Deed::Offer),
        Just(Deed::Begin(Kind::Relation)),
        Just(Deed::Begin(Kind::Article)),
        Just(Deed::Begin(Kind::Order)),
        Just(Deed::Begin(Kind::Order)),
        Just(Deed::Done),
        Just(Deed::Done),
        Just(Deed::NotDone),
        Just(Deed::Search),
        Just(Deed::Lost),
        Just(Deed::Written),
        Just(Deed::Link),
        Just(Deed::KeepPlace),
    ];
    proptest::collection::vec((0_usize..3, deed, 0_i64..8), 1..60)
}

/// Does it; refusals are what this is about and no failure.
fn act(journal: &Journal, order: OrderId, at: usize, deed: Deed, step: usize, minute: i64) {
    let now = after(minute);
    let basis = basis(journal, order);
    let open = journal.open_intent(order).unwrap();
    let id = format!("booked-{step}");
    let _ = match deed {
        Deed::Change => journal
            .keep_orders(PROFILE, &[incoming(&at.to_string(), &id)], now)
            .map(drop),
        Deed::Plan => journal.plan_order(order, &plan(&at.to_string()), &basis),
        Deed::Hold => journal.hold_order(order, &reason("x"), Some(&basis), None),
        Deed::HoldUnknown => journal.hold_order(order, &reason("outcome-unknown"), None, None),
        Deed::Skip => journal.skip_order(order, &reason("x"), &basis),
        Deed::SkipForGood => journal.skip_for_good(order, &reason("by-owner"), now),
        Deed::Offer => journal.offer_again(order, false, now),
        Deed::Begin(kind) => journal
            .begin_intent(&intent(order, kind, &format!("{at}{step}")), now)
            .map(drop),
        Deed::Done => open.map_or(Ok(()), |open| {
            journal.intent_done(open.id, &written(&id), now)
        }),
        Deed::NotDone => open.map_or(Ok(()), |open| journal.intent_none(open.id, now)),
        Deed::Search => open.map_or(Ok(()), |open| journal.search_found_nothing(open.id, now)),
        Deed::Lost => open.map_or(Ok(()), |open| journal.intent_lost(&open, now)),
        Deed::Written => {
            let booked_id = journal.order_at_work(order).unwrap().booked;
            journal.order_written(order, &booked(&booked_id.unwrap_or_default()), now)
        }
        Deed::Link => journal.link_order(order, &booked(&id), &basis, &Default::default(), now),
        Deed::KeepPlace => journal.keep_place(order, &passing()),
    };
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_asked_the_journal_stays_true_to_itself(deeds in deeds()) {
        let folder = TempDir::new().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let orders: Vec<OrderId> = (0..3).map(|id| keep(&journal, &id.to_string(), "a")).collect();
        let mut minute = 0;
        for (step, (at, deed, pause)) in deeds.into_iter().enumerate() {
            minute += pause;
            let order = orders[at];
            let before = journal.order_at_work(order).unwrap();
            let open_before = journal.open_intent(order).unwrap();
            act(&journal, order, at, deed, step, minute);
            let now = journal.order_at_work(order).unwrap();
            let open = journal.open_intent(order).unwrap();
            if now.state != before.state {
                prop_assert!(before.state.may_become(now.state), "{:?}", (before.state, now.state));
            }
            // In the books once, and for ever the same record.
            prop_assert!(before.booked.is_none() || before.booked == now.booked);
            prop_assert!(before.state != State::Written || now.state == State::Written);
            if now.state == State::Written {
                let bound = journal.bound_to(PROFILE, Kind::Order, &at.to_string()).unwrap();
                prop_assert_eq!(bound.map(|(_, id)| id), now.booked.clone());
                prop_assert!(open.is_none());
            }
            // An unknown outcome is known to the order's state, and goes away by an outcome only.
            if open.is_some() {
                prop_assert!(matches!(now.state, State::Writing | State::Held));
            }
            if let Some(was) = open_before && open.is_none() {
                let allowed = match deed {
                    Deed::Done | Deed::NotDone => true,
                    Deed::Lost => was.may_be_repeated(after(minute)),
                    Deed::Offer | Deed::SkipForGood => before.state == State::Held,
                    _ => false,
                };
                prop_assert!(allowed, "{:?}", deed);
            }
            if matches!(now.state, State::Planned | State::Writing) {
                prop_assert!(now.plan.is_some());
            }
        }
    }
}

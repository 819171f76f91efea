//! An order's way through its states. Each change is one method that commits; a change that is
//! not allowed is refused by the state itself, whoever asks.

mod owner;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use rust_decimal::Decimal;

pub(super) use self::owner::waiting;
use super::{
    AdministrationId, Journal, OrderId, State, VersionId, bindings, json, millis,
    report::ReportedFailure,
};
use crate::{
    books::{
        ProcessStage,
        plan::{Plan, Reason},
    },
    failure::{Failure, Result},
    profile::settings::Form,
    text,
};

/// Code of the refusal to decide on an order that its owner skipped.
pub const SKIPPED_BY_OWNER: &str = "skipped-by-owner";

/// What a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The version decided on.
    pub version: VersionId,
    /// Digest of the settings.
    pub settings_digest: String,
    /// Digest of the facts.
    pub facts_digest: String,
    /// When.
    pub at: Timestamp,
}

/// What the books hold of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The administration.
    pub administration: AdministrationId,
    /// Id there.
    pub id: String,
    /// Number there.
    pub number: String,
    /// Relation id.
    pub relation: String,
    /// Customer code of the relation, when known.
    pub relation_code: Option<i64>,
    /// Payment reference.
    pub payment_reference: String,
    /// Total with VAT, as the books say or the plan computes.
    pub total: Decimal,
    /// Total without VAT.
    pub total_excl: Option<Decimal>,
    /// Stage it was written in.
    pub stage: Option<ProcessStage>,
    /// It was there already; nothing was written.
    pub linked: bool,
    /// As what it stands there.
    pub form: Form,
    /// A booking whose payment is booked once the shop says paid.
    pub awaits_payment: bool,
}

impl Journal {
    /// There is a plan for it.
    ///
    /// # Errors
    /// The order is written: `Bug`. Its owner skipped it: `Refused`, [`SKIPPED_BY_OWNER`].
    pub fn plan_order(&self, order: OrderId, plan: &Plan, basis: &Basis) -> Result<()> {
        let (text, pieces) = (json(plan)?, json(&plan.expected.pieces)?);
        self.change("planned", |transaction| {
            not_left_out(transaction, order)?;
            enter(transaction, order, State::Planned)?;
            decided(transaction, order, basis)?;
            transaction
                .prepare_cached(
                    "UPDATE orders SET plan = ?2, pieces = ?3, reason = NULL,
                        payment_reference = ?4 WHERE id = ?1",
                )?
                .execute(params![order, text, pieces, plan.order.payment_reference])?;
            Ok(())
        })
    }

    /// The plan of an order whose state stays: what an interrupted write is finished by.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn plan_order_again(&self, order: OrderId, plan: &Plan) -> Result<()> {
        let (text, pieces) = (json(plan)?, json(&plan.expected.pieces)?);
        self.change("plan", |transaction| {
            transaction
                .prepare_cached("UPDATE orders SET plan = ?2, pieces = ?3 WHERE id = ?1")?
                .execute(params![order, text, pieces])?;
            Ok(())
        })
    }

    /// It waits for a person. `pieces` are what it would take from stock, where that is known.
    ///
    /// # Errors
    /// The order is written, or a write of it has an unknown outcome and the reason is another:
    /// `Bug`. Its owner skipped it: `Refused`, [`SKIPPED_BY_OWNER`].
    pub fn hold_order(
        &self,
        order: OrderId,
        reason: &Reason,
        basis: Option<&Basis>,
        pieces: Option<&BTreeMap<String, Decimal>>,
    ) -> Result<()> {
        let text = json(reason)?;
        let pieces = pieces.map(json).transpose()?;
        self.change("held", |transaction| {
            not_left_out(transaction, order)?;
            enter(transaction, order, State::Held)?;
            if reason.code != super::intents::OUTCOME_UNKNOWN {
                no_open_intent(transaction, order)?;
            }
            if let Some(basis) = basis {
                decided(transaction, order, basis)?;
            }
            transaction
                .prepare_cached(
                    "UPDATE orders SET reason = ?2, failure = NULL,
                        pieces = coalesce(?3, pieces) WHERE id = ?1",
                )?
                .execute(params![order, text, pieces])?;
            Ok(())
        })
    }

    /// It is not for the books (now).
    ///
    /// # Errors
    /// The order is being written or written: `Bug`. Its owner skipped it: `Refused`,
    /// [`SKIPPED_BY_OWNER`].
    pub fn skip_order(&self, order: OrderId, reason: &Reason, basis: &Basis) -> Result<()> {
        let text = json(reason)?;
        self.change("skipped", |transaction| {
            not_left_out(transaction, order)?;
            enter(transaction, order, State::Skipped)?;
            decided(transaction, order, basis)?;
            transaction
                .prepare_cached(
                    "UPDATE orders SET reason = ?2, plan = NULL, pieces = NULL, failure = NULL
                     WHERE id = ?1",
                )?
                .execute(params![order, text])?;
            Ok(())
        })
    }

    /// A write certainly did not take effect and nothing is wrong with the order: it keeps its
    /// place for the next run. One its owner skipped has none.
    ///
    /// # Errors
    /// A write of it has an unknown outcome: `Bug`.
    pub fn keep_place(&self, order: OrderId, failure: &ReportedFailure) -> Result<()> {
        let text = json(failure)?;
        self.change("place-kept", |transaction| {
            if left_out(transaction, order)? {
                return Ok(());
            }
            if state(transaction, order)? == State::Writing {
                enter(transaction, order, State::Planned)?;
            }
            transaction
                .prepare_cached("UPDATE orders SET failure = ?2 WHERE id = ?1")?
                .execute(params![order, text])?;
            Ok(())
        })
    }

    /// It is in the books, was compared with the plan, and is done.
    ///
    /// # Errors
    /// It is not being written, a write has an unknown outcome, or it is bound to nothing: `Bug`.
    pub fn order_written(&self, order: OrderId, booked: &Booked, now: Timestamp) -> Result<()> {
        self.change("written", |transaction| {
            let before = state(transaction, order)?;
            enter(transaction, order, State::Written)?;
            if bindings::of_order(transaction, order)?.as_deref() != Some(booked.id.as_str()) {
                return Err(illegal(before, State::Written));
            }
            written(transaction, order, booked, now)
        })
    }

    /// The shop has thrown it away: it counts in no day's total, and is new if it comes back.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note_deleted(&self, order: OrderId) -> Result<()> {
        self.change("deleted", |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE orders SET status = 'deleted', placed_day = '', hash = ''
                     WHERE id = ?1",
                )?
                .execute([order])?;
            Ok(())
        })
    }

    /// It was in the books already: bound to what is there, nothing written.
    ///
    /// # Errors
    /// The booked order is bound to another order of ours: `Bug`, code `already-bound`. Its owner
    /// skipped it: `Refused`, [`SKIPPED_BY_OWNER`].
    pub fn link_order(
        &self,
        order: OrderId,
        booked: &Booked,
        basis: &Basis,
        pieces: &BTreeMap<String, Decimal>,
        now: Timestamp,
    ) -> Result<()> {
        let pieces = json(pieces)?;
        self.change("linked", |transaction| {
            not_left_out(transaction, order)?;
            enter(transaction, order, State::Written)?;
            decided(transaction, order, basis)?;
            bindings::bind_order(transaction, order, booked, now)?;
            transaction
                .prepare_cached("UPDATE orders SET pieces = ?2 WHERE id = ?1")?
                .execute(params![order, pieces])?;
            written(transaction, order, booked, now)
        })
    }
}

/// Back to the beginning, with nothing decided.
pub(super) fn to_seen(transaction: &Transaction<'_>, order: OrderId) -> Result<()> {
    enter(transaction, order, State::Seen)?;
    transaction
        .prepare_cached(
            "UPDATE orders SET reason = NULL, plan = NULL, settings_digest = NULL,
                facts_digest = NULL, planned_at = NULL, failure = NULL WHERE id = ?1",
        )?
        .execute([order])?;
    Ok(())
}

/// The one place where a state is changed.
pub(super) fn enter(transaction: &Transaction<'_>, order: OrderId, next: State) -> Result<()> {
    let now = state(transaction, order)?;
    if !now.may_become(next) {
        return Err(illegal(now, next));
    }
    if !matches!(next, State::Writing | State::Held) {
        no_open_intent(transaction, order)?;
    }
    transaction
        .prepare_cached("UPDATE orders SET state = ?2 WHERE id = ?1")?
        .execute(params![order, next])?;
    Ok(())
}

pub(super) fn state(connection: &Connection, order: OrderId) -> Result<State> {
    connection
        .prepare_cached("SELECT state FROM orders WHERE id = ?1")?
        .query_row([order], |row| row.get(0))
        .optional()?
        .ok_or_else(no_such)
}

/// Did a person skip it?
pub(super) fn left_out(connection: &Connection, order: OrderId) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT state = 'skipped' AND by_owner FROM orders WHERE id = ?1")?
        .query_row([order], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

/// What a person skipped is decided on by nobody else, whatever was under way when he did.
fn not_left_out(connection: &Connection, order: OrderId) -> Result<()> {
    if left_out(connection, order)? {
        let command = command(connection, "retry", order);
        return Err(Failure::refused(
            SKIPPED_BY_OWNER,
            text!(
                "U hebt deze bestelling overgeslagen.",
                "You skipped this order."
            ),
        )
        .hint(text!(
            "Toch in de boeken? Bied de bestelling opnieuw aan met: {command}",
            "Into the books after all? Offer the order again with: {command}"
        )));
    }
    Ok(())
}

fn no_open_intent(connection: &Connection, order: OrderId) -> Result<()> {
    if has_open_intent(connection, order)? {
        return Err(Failure::bug(
            "intent-open",
            text!(
                "Van een schrijfopdracht voor deze bestelling is de afloop nog onbekend.",
                "The outcome of a write for this order is not known yet."
            ),
        ));
    }
    Ok(())
}

/// Is the outcome of a write of this order unknown?
pub(super) fn has_open_intent(connection: &Connection, order: OrderId) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM intents WHERE order_id = ?1 AND outcome IS NULL)",
        )?
        .query_row([order], |row| row.get(0))?)
}

fn decided(transaction: &Transaction<'_>, order: OrderId, basis: &Basis) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE orders SET planned_version = ?2, checked_version = ?2, settings_digest = ?3,
                facts_digest = ?4, planned_at = ?5, updated_at = ?5 WHERE id = ?1",
        )?
        .execute(params![
            order,
            basis.version,
            basis.settings_digest,
            basis.facts_digest,
            millis(basis.at),
        ])?;
    Ok(())
}

fn written(
    transaction: &Transaction<'_>,
    order: OrderId,
    booked: &Booked,
    now: Timestamp,
) -> Result<()> {
    let stage = booked.stage.map(|stage| format!("{stage:?}"));
    transaction
        .prepare_cached(
            "UPDATE orders SET reason = NULL, failure = NULL, administration = ?2, booked = ?3,
                booked_number = ?4, booked_stage = ?5, linked = ?6, relation = ?7,
                relation_code = ?8, payment_reference = ?9, total = ?10, total_excl = ?11,
                written_at = ?12, updated_at = ?12, form = ?13
             WHERE id = ?1",
        )?
        .execute(params![
            order,
            booked.administration,
            booked.id,
            booked.number,
            stage,
            booked.linked,
            booked.relation,
            booked.relation_code,
            booked.payment_reference,
            booked.total.to_string(),
            booked.total_excl.map(|total| total.to_string()),
            millis(now),
            match booked.form {
                Form::Order => "order",
                Form::Booking => "booking",
            },
        ])?;
    if booked.awaits_payment {
        super::payments::awaits(transaction, order)?;
    }
    Ok(())
}

pub(super) fn no_such() -> Failure {
    Failure::bug(
        "no-such-order",
        text!(
            "Deze bestelling is niet bekend.",
            "This order is not known."
        ),
    )
}

fn illegal(now: State, next: State) -> Failure {
    Failure::bug(
        "illegal-state-change",
        text!(
            "Een bestelling in stand {now} kan niet naar {next}.",
            "An order in state {now} cannot become {next}."
        ),
    )
}

/// A command about that order, as it can be typed.
fn command(connection: &Connection, command: &str, order: OrderId) -> String {
    let named = connection
        .query_row(
            "SELECT profile, number, shop_id FROM orders WHERE id = ?1",
            [order],
            |row| {
                let (number, id) = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
                Ok((row.get::<_, String>(0)?, text::typed(&number, &id)))
            },
        )
        .map(|(profile, order)| format!("{profile} {order}"));
    format!("winkelbrug {command} {}", named.unwrap_or_default())
}

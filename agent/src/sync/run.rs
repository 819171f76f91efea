//! A run: fetch, decide, write, compare, tidy up, and after a clean import the stock.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use super::{
    Phase, RunOutcome, RunReport, Task,
    after::{self, After, Done},
    after_import::no_stock_with_bookings,
    attention,
    books::Books,
    decide::Decider,
    import, names,
    place::{Place, STOPPED},
    products,
    report::{Created, PlannedOrder, ReportedFailure, StockCounts, Warning},
    statuses, tidy, totals, warnings,
    would_create::{would_be_paid, would_create},
    write::{Ended, Writer},
};
use crate::{
    administration::Administration,
    failure::{Class, Failure, Result},
    journal::{OrderId, State, cursors::name, versions::Kept},
    profile::settings::Form,
    shop::{Shop, bridge::diagnosis::is_too_much},
    text,
    translate::settings_digest,
};

/// After so many orders in a row that the books would not take, the run stops: they are down.
const TROUBLES_IN_A_ROW: u32 = 3;
/// A text older than this is read again before it is decided on.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// How often held orders are all decided again, whatever changed.
const HELD_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Both sides of a profile, opened.
pub struct Sides<'a> {
    /// The shop.
    pub shop: &'a dyn Shop,
    /// The books.
    pub administration: &'a dyn Administration,
}

/// A run on its way.
pub(super) struct Run<'a> {
    pub place: Place<'a>,
    pub sides: &'a Sides<'a>,
    pub task: Task,
    pub dry_run: bool,
    touched: Mutex<BTreeMap<OrderId, State>>,
    created: Mutex<Created>,
    after: Mutex<Done>,
    unsettled: AtomicBool,
    warnings: Mutex<Vec<Warning>>,
    asked_who_else: AtomicBool,
    books: OnceCell<Books<'a>>,
    started: Timestamp,
}

impl<'a> Run<'a> {
    pub(super) fn new(place: Place<'a>, sides: &'a Sides<'a>, task: Task, dry_run: bool) -> Self {
        Self {
            place,
            sides,
            task,
            dry_run,
            touched: Mutex::default(),
            created: Mutex::default(),
            after: Mutex::default(),
            unsettled: AtomicBool::new(false),
            warnings: Mutex::default(),
            asked_who_else: AtomicBool::new(false),
            books: OnceCell::new(),
            started: place.now(),
        }
    }

    /// All of it; a failure is part of the report.
    pub(super) async fn whole(&self) -> RunReport {
        match self.task_itself().await {
            Ok(stock) => self.report(stock, None),
            Err(failure) => self.report(None, Some(failure)),
        }
    }

    async fn task_itself(&self) -> Result<Option<StockCounts>> {
        self.look_around().await?;
        match self.task {
            Task::ImportOrders => self.import().await.map(|()| None),
            Task::ImportOrdersExportStock => self.import_and_export().await,
        }
    }

    /// What the owner has to know of shop and journal before anything is done with them.
    async fn look_around(&self) -> Result<()> {
        let anew = warnings::made_anew(&self.place)?;
        locked(&self.warnings).extend(anew);
        if warnings::is_due(&self.place)? {
            return self.ask_who_else().await;
        }
        let other = warnings::remembered(&self.place)?;
        locked(&self.warnings).extend(other);
        Ok(())
    }

    /// Does another installation read this shop? Asked once in a run, and always before anything is
    /// written into the books.
    async fn ask_who_else(&self) -> Result<()> {
        if self.asked_who_else.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let other = warnings::ask(&self.place, self.sides.shop).await?;
        let mut told = locked(&self.warnings);
        told.retain(|warning| warning.code != warnings::OTHER_INSTALLATION);
        told.extend(other);
        Ok(())
    }

    /// What was done until it was cut off.
    pub(super) fn cut_off(&self) -> RunReport {
        self.report(None, self.place.go_on().err())
    }

    async fn import_and_export(&self) -> Result<Option<StockCounts>> {
        let export = self.stock_export();
        if self.place.settings.sales.form == Form::Booking {
            return Err(no_stock_with_bookings());
        }
        // First of all, so that a sale during the run is not overwritten.
        let stock = export.read_shop().await?;
        self.place.go_on()?;
        self.import().await?;
        self.place.go_on()?;
        let imported = self.imported(&stock).await?;
        export.push(stock, &imported, self.dry_run).await.map(Some)
    }

    /// Orders from the shop into the books.
    async fn import(&self) -> Result<()> {
        let (place, shop) = (&self.place, self.sides.shop);
        let mut news = import::fetch(place, shop).await?;
        news.extend(totals::daily(place, shop).await?);
        self.touch_all(&news);
        let found = attention::compare(place, shop)?;
        if found > 0 {
            self.unsettled();
        }
        if self.anything_to_do()? {
            self.write_into_books().await?;
        }
        if !self.dry_run {
            tidy::daily(place)?;
        }
        Ok(())
    }

    /// A poll that finds nothing leaves the books alone.
    fn anything_to_do(&self) -> Result<bool> {
        let (journal, profile) = (self.place.journal, self.place.profile());
        let counts = journal.order_counts(profile)?;
        let waiting = ["seen", "planned", "writing", "held"];
        if waiting
            .iter()
            .any(|state| counts.get(*state).is_some_and(|count| *count > 0))
        {
            return Ok(true);
        }
        if after::anything(&self.place)? {
            return Ok(true);
        }
        let digest = settings_digest(self.place.settings);
        Ok(!journal
            .skipped_under_other_settings(profile, &digest)?
            .is_empty())
    }

    async fn write_into_books(&self) -> Result<()> {
        let place = self.place;
        place.go_on()?;
        self.ask_who_else().await?;
        let lookups = self.sides.shop.lookups().await?;
        statuses::check(&place, &lookups)?;
        names::has_chosen_stores(place.settings, &lookups)?;
        products::refresh(&place, self.sides.shop).await?;
        let books = self.books().await?;
        books.refresh().await?;
        books.has_named_groups().await?;
        let decider = Decider {
            place,
            shop: self.sides.shop,
            books,
            lookups: &lookups,
            products: OnceCell::new(),
        };
        self.decide(&decider).await?;
        if !self.dry_run {
            self.write_planned(&decider).await?;
        }
        let after = After {
            place,
            decider: &decider,
            books,
            dry_run: self.dry_run,
            done: Mutex::default(),
        };
        let waits = after.all().await;
        let done = locked(&after.done).clone();
        locked(&self.created).payments = done.paid;
        *locked(&self.after) = done;
        if waits? {
            self.unsettled();
        }
        Ok(())
    }

    async fn write_planned(&self, decider: &Decider<'_>) -> Result<()> {
        let (place, books) = (self.place, decider.books);
        let writer = Writer {
            place,
            decider,
            books,
            beside_another: locked(&self.warnings)
                .iter()
                .any(|warning| warning.code == warnings::OTHER_INSTALLATION),
            created: Mutex::default(),
        };
        let written = self.write(&writer).await;
        *locked(&self.created) = locked(&writer.created).clone();
        written
    }

    /// The books, opened when they are first needed.
    pub(super) async fn books(&self) -> Result<&Books<'a>> {
        self.books
            .get_or_try_init(|| Books::open(self.place, self.sides.administration))
            .await
    }

    async fn decide(&self, decider: &Decider<'_>) -> Result<()> {
        let (journal, profile) = (self.place.journal, self.place.profile());
        let held = journal.held_orders(profile)?;
        let mut fresh = journal.orders_in(profile, State::Seen)?;
        let digest = settings_digest(self.place.settings);
        fresh.extend(journal.skipped_under_other_settings(profile, &digest)?);
        if self.dry_run {
            fresh.extend(journal.orders_in(profile, State::Planned)?);
        }
        self.read_again(&fresh).await?;
        let total = fresh.len() as u64;
        for (done, order) in fresh.into_iter().enumerate() {
            self.place.go_on()?;
            self.place
                .progress(Phase::Translate, done as u64, Some(total));
            let now = journal.order_at_work(order)?;
            if now.deleted && now.state == State::Skipped {
                continue;
            }
            let state = decider.decide(order).await?;
            self.became(order, state)?;
        }
        self.decide_held(decider, &held).await
    }

    /// A text fetched a while ago may name a tax class the product has lost since, and such a
    /// change moves no order's stamp: orders that are decided on late are read again first.
    async fn read_again(&self, orders: &[OrderId]) -> Result<()> {
        let (journal, now) = (self.place.journal, self.place.now());
        let stale = journal.stale(orders, now - STALE_AFTER)?;
        let ids: Vec<String> = stale.iter().map(|(_, id)| id.0.clone()).collect();
        let (_, gone) = import::fetch_again(&self.place, self.sides.shop, &ids).await?;
        for (order, id) in stale {
            if gone.contains(&id.0) {
                let state = journal.order_at_work(order)?.state;
                totals::deleted(&self.place, order, state)?;
                self.became(order, State::Skipped)?;
            }
        }
        Ok(())
    }

    async fn decide_held(&self, decider: &Decider<'_>, held: &[OrderId]) -> Result<()> {
        let (journal, profile, now) = (self.place.journal, self.place.profile(), self.place.now());
        let last = journal.moment(profile, name::HELD)?;
        let anyway = last.is_none_or(|last| now.duration_since(last) >= HELD_AGAIN);
        if anyway {
            match self.read_again(held).await {
                // They are held as it is, and must not keep the others from going on.
                Err(failure) if is_too_much(&failure) => {}
                ended => ended?,
            }
        }
        for order in held {
            self.place.go_on()?;
            if journal.order_at_work(*order)?.state != State::Held {
                continue;
            }
            if let Some(state) = decider.decide_again(*order, anyway).await? {
                self.became(*order, state)?;
            }
        }
        if anyway && !self.dry_run {
            journal.keep_moment(profile, name::HELD, now)?;
        }
        Ok(())
    }

    /// What was begun first, then what is planned, oldest first. One that fails holds back no
    /// other.
    async fn write(&self, writer: &Writer<'_>) -> Result<()> {
        let (journal, profile) = (self.place.journal, self.place.profile());
        let mut orders = journal.orders_in(profile, State::Writing)?;
        orders.extend(journal.orders_in(profile, State::Planned)?);
        let total = orders.len() as u64;
        let mut troubles = 0;
        for (done, order) in orders.into_iter().enumerate() {
            self.place.go_on()?;
            self.place
                .progress(Phase::WriteOrders, done as u64, Some(total));
            let ended = writer.write(order).await;
            let trouble = self.ended(writer, order, ended)?;
            troubles = if trouble.is_some() { troubles + 1 } else { 0 };
            if let Some(failure) = trouble.filter(|_| troubles >= TROUBLES_IN_A_ROW) {
                return Err(failure);
            }
        }
        self.place.progress(Phase::WriteOrders, total, Some(total));
        Ok(())
    }

    /// Takes note of how an order's writing ended; gives the trouble, if it was one that may pass.
    fn ended(
        &self,
        writer: &Writer<'_>,
        order: OrderId,
        ended: Result<Ended>,
    ) -> Result<Option<Failure>> {
        let outcome = match ended {
            Ok(Ended::Settled) => Ok(None),
            Ok(Ended::Waits(text)) => {
                self.unsettled();
                self.place.note(order, "waits", &text, None)?;
                Ok(None)
            }
            Ok(Ended::Unknown(failure)) => {
                self.unsettled();
                self.looked_up_later(order, &failure)?;
                Ok(Some(failure))
            }
            Err(failure) if failure.code == STOPPED => Err(failure),
            Err(failure) => {
                writer.keep_place(order, &failure)?;
                self.place.note(order, "failed", &failure.text, None)?;
                self.unsettled();
                let passes = failure.class == Class::Transient
                    && !failure.connection
                    && failure.retry_after.is_none();
                if passes {
                    Ok(Some(failure))
                } else {
                    Err(failure)
                }
            }
        };
        let now = self.place.journal.order_at_work(order)?;
        self.became(order, now.state)?;
        outcome
    }

    /// Whether a write arrived is not known yet: says who finds out, and when.
    fn looked_up_later(&self, order: OrderId, failure: &Failure) -> Result<()> {
        let number = self.place.journal.order_at_work(order)?.number;
        let (nl, en) = (&failure.text.nl, &failure.text.en);
        let text = text!(
            "Bestelling {number}: of zij in de boekhouding is aangekomen, is nog niet bekend ({nl}). U hoeft niets te doen: de volgende keer dat deze taak draait wordt zij daar opgezocht, en pas als zij na tien minuten en twee keer zoeken niet gevonden is opnieuw geschreven.",
            "Order {number}: whether it arrived in the books is not known yet ({en}). You need not do anything: it is looked up there the next time this task runs, and only when it is not found after ten minutes and two searches is it written again."
        );
        self.place.note(order, "waits", &text, None)?;
        self.place.tell(text);
        Ok(())
    }

    fn touch_all(&self, news: &[Kept]) {
        for order in news {
            self.touch(order.order, order.state);
        }
    }

    /// Something of this run is not as it should be.
    fn unsettled(&self) {
        self.unsettled.store(true, Ordering::Relaxed);
    }

    fn touch(&self, order: OrderId, state: State) {
        locked(&self.touched).insert(order, state);
    }

    /// What became of an order is decided for this run: the log has it by number and code, without
    /// anything personal.
    fn became(&self, order: OrderId, state: State) -> Result<()> {
        self.touch(order, state);
        let work = self.place.journal.order_at_work(order)?;
        let reason = work.reason.as_ref().map(|reason| reason.code.as_str());
        tracing::info!(
            profile = self.place.profile(),
            order = work.number,
            state = state.name(),
            reason = reason.unwrap_or_default(),
            trial = self.dry_run,
            "order"
        );
        Ok(())
    }

    /// Orders this run touched.
    pub(super) fn touched(&self) -> Vec<OrderId> {
        locked(&self.touched).keys().copied().collect()
    }

    fn report(&self, stock: Option<StockCounts>, failure: Option<Failure>) -> RunReport {
        let mut orders: BTreeMap<String, u64> = BTreeMap::new();
        for state in locked(&self.touched).values() {
            *orders.entry(state.name().to_owned()).or_default() += 1;
        }
        let stopped = failure.as_ref().is_some_and(|f| f.code == STOPPED);
        let failure = failure.filter(|_| !stopped);
        let held = orders.contains_key(State::Held.name());
        let outcome = if failure.is_some() {
            RunOutcome::Failed
        } else if stopped {
            RunOutcome::Stopped
        } else if self.dry_run {
            RunOutcome::DryRun
        } else if held || self.unsettled.load(Ordering::Relaxed) {
            RunOutcome::Attention
        } else {
            RunOutcome::Done
        };
        let after = locked(&self.after).clone();
        let (mut plans, mut created) = (Vec::new(), locked(&self.created).clone());
        if self.dry_run {
            plans = self.plans().unwrap_or_default();
            let touched = self.touched();
            let paid = would_be_paid(&self.place, self.sides.shop, &touched).unwrap_or_default();
            created = Created {
                payments: created.payments + paid,
                ..would_create(&mut plans, self.place.settings)
            };
        }
        RunReport {
            profile: self.place.profile().to_owned(),
            task: self.task,
            outcome,
            started: self.started,
            ended: self.place.now(),
            orders,
            created,
            stock,
            failure: failure.as_ref().map(ReportedFailure::from),
            warnings: locked(&self.warnings).clone(),
            plans,
            after: after.counts,
            afterwards: after.afterwards,
        }
    }

    /// What was decided in a trial run, order by order.
    fn plans(&self) -> Result<Vec<PlannedOrder>> {
        self.touched()
            .into_iter()
            .map(|order| {
                let work = self.place.journal.order_at_work(order)?;
                let (outcome, reason) = match work.state {
                    State::Planned | State::Writing => ("plan", None),
                    State::Written => (
                        "link",
                        Some(text!(
                            "Staat al in de boekhouding.",
                            "Is in the books already."
                        )),
                    ),
                    State::Seen | State::Held => ("held", work.reason.map(|reason| reason.text)),
                    State::Skipped => ("skipped", work.reason.map(|reason| reason.text)),
                };
                Ok(PlannedOrder {
                    number: work.number,
                    outcome: outcome.to_owned(),
                    reason,
                    plan: work.plan.filter(|_| outcome == "plan"),
                    relation_of: None,
                    made_before: Vec::new(),
                })
            })
            .collect()
    }
}

fn locked<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

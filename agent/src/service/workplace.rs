//! Where actions are done: the data folder with its profiles, secrets and journal, and a clock.
//! The running agent has one; a command makes one when no agent runs.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Action, Outcome,
    action::{BridgeReport, ShopChoice, Which},
    cost_articles, links, lock, logs, owner, rates,
    status::slots,
};
use crate::{
    clock::SharedClock,
    failure::{Class, Failure, Result},
    journal::{Journal, credits::Left, retention::Forgotten},
    profile::{DataDir, Secrets, Settings, Vault},
    shop::{
        deploy::Side,
        keys::{self, NewKey},
    },
    step::Step,
    stop::Stop,
    sync::{
        Event, Observer, RunOutcome, RunReport, Task,
        report::{AfterCounts, Created, ReportedFailure},
    },
    text,
};

/// What the actions need of shop and books. The program's own is `work::Connected`;
/// tests of the agent bring one without network.
#[async_trait]
pub trait Work: Send + Sync {
    /// Runs a task; a failure is part of the report.
    async fn run(
        &self,
        place: &Workplace,
        settings: &Settings,
        task: Task,
        dry_run: bool,
    ) -> RunReport;
    /// Tests both sides.
    async fn check(&self, place: &Workplace, settings: &Settings) -> Vec<Step>;
    /// Puts the bridge into the shop or brings it up to date.
    async fn deploy(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport>;
    /// The shops on the account of the upload.
    async fn shops(&self, place: &Workplace, settings: &Settings) -> Result<Vec<ShopChoice>>;
    /// Keys of the shop's servers that are not trusted yet.
    async fn untrusted_keys(&self, place: &Workplace, settings: &Settings) -> Result<Vec<NewKey>>;
    /// Takes the bridge out of the shop.
    async fn withdraw(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport>;
    /// Removes files of ours from the shop that this data folder knows nothing of.
    async fn remove_others(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport>;
    /// Offers orders again; how many.
    async fn retry(&self, place: &Workplace, profile: &str, which: &Which) -> Result<u64>;
    /// Skips an order for good; what is left to its owner.
    async fn skip(&self, place: &Workplace, profile: &str, order: &str, why: &str) -> Result<Left>;
    /// Erases a customer; how many orders were his.
    async fn forget(&self, place: &Workplace, profile: &str, customer: &str) -> Result<Forgotten>;
}

/// A data folder at work.
#[derive(Clone)]
pub struct Workplace {
    /// The folder.
    pub data: DataDir,
    /// Secrets.
    pub secrets: Arc<dyn Secrets>,
    /// Journal.
    pub journal: Journal,
    /// Clock.
    pub clock: SharedClock,
    /// The wish to stop.
    pub stop: Stop,
    /// Who is told what happens.
    pub observer: Arc<dyn Observer>,
    /// Shop and books.
    pub work: Arc<dyn Work>,
}

impl Workplace {
    /// Opens the data folder.
    ///
    /// # Errors
    /// Folder or journal cannot be opened: `Misconfigured`.
    pub fn open(
        data: &DataDir,
        clock: SharedClock,
        observer: Arc<dyn Observer>,
        work: Arc<dyn Work>,
    ) -> Result<Self> {
        data.make()?;
        Ok(Self {
            data: data.clone(),
            secrets: Arc::new(Vault::new(data)),
            journal: Journal::open(data.path())?,
            clock,
            stop: Stop::new(),
            observer,
            work,
        })
    }

    /// Does it.
    ///
    /// # Errors
    /// What stopped it; a run that fails is no error but an outcome.
    pub async fn perform(&self, action: Action) -> Result<Outcome> {
        match action {
            Action::Run {
                profile,
                task,
                dry_run,
            } => {
                let report = Box::new(self.run(&profile, task, dry_run).await?);
                Ok(Outcome::Ran { report })
            }
            Action::StockCounted { profile } => {
                let settings = self.settings(&profile)?;
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                let profiles = self.data.profiles();
                let all = profiles.names()?.into_iter();
                let all: Vec<Settings> = all
                    .map(|name| Ok(profiles.get(&name)?.settings))
                    .collect::<Result<_>>()?;
                let count = owner::stock_counted(&self.journal, &settings, &all)?;
                Ok(Outcome::Orders { count })
            }
            Action::Check { profile } => self.check(&profile).await,
            Action::OfferArticles { profile, groups } => {
                let settings = self.settings(&profile)?;
                let offer = Box::new(cost_articles::offer(self, &settings, &groups).await?);
                Ok(Outcome::Offered { offer })
            }
            Action::MakeArticles { profile, groups } => {
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                let steps = cost_articles::make(self, &profile, &groups).await?;
                Ok(Outcome::Checked { steps })
            }
            Action::Deploy {
                profile,
                remove_others,
            } => {
                let settings = self.settings(&profile)?;
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                match self.work.deploy(self, &settings).await {
                    Ok(report) => {
                        self.journal.resume_profile(&profile)?;
                        self.without_others(&settings, report, remove_others).await
                    }
                    Err(failure) => {
                        self.stop_at_changed_key(&profile, &ReportedFailure::from(&failure))?;
                        Err(failure)
                    }
                }
            }
            Action::Shops { profile } => {
                let settings = self.settings(&profile)?;
                let shops = self.work.shops(self, &settings).await?;
                Ok(Outcome::Shops { shops })
            }
            Action::UseFolder { profile, folder } => {
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                let profiles = self.data.profiles();
                profiles.save(&profiles.get(&profile)?.with_folder(&folder)?)?;
                Ok(Outcome::Shops { shops: Vec::new() })
            }
            Action::UseAddress { profile, url } => {
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                let profiles = self.data.profiles();
                profiles.save(&profiles.get(&profile)?.with_url(&url)?)?;
                Ok(Outcome::AddressKept)
            }
            Action::Keys { profile } => {
                let settings = self.settings(&profile)?;
                let keys = self.work.untrusted_keys(self, &settings).await?;
                Ok(Outcome::Keys { keys })
            }
            Action::TrustKeys {
                profile,
                fingerprints,
            } => self.trust(&profile, &fingerprints).await,
            Action::Withdraw {
                profile,
                remove_others,
            } => {
                let settings = self.settings(&profile)?;
                let _lock = lock::profile_patiently(&self.data, &profile).await?;
                let report = self.work.withdraw(self, &settings).await?;
                self.without_others(&settings, report, remove_others).await
            }
            Action::Retry { profile, which } => self.retry(&profile, &which).await,
            Action::Skip {
                profile,
                order,
                why,
            } => {
                self.settings(&profile)?;
                let left = self.work.skip(self, &profile, &order, &why).await?;
                Ok(Outcome::Skipped { left })
            }
            Action::Link {
                profile,
                buyer,
                code,
                sure,
            } => {
                let settings = self.settings(&profile)?;
                let relation = links::link(self, &settings, &buyer, code, sure).await?;
                Ok(Outcome::Linked { relation })
            }
            Action::Unlink { profile, buyer } => {
                let settings = self.settings(&profile)?;
                let was_linked = links::unlink(self, &settings, &buyer)?;
                Ok(Outcome::Unlinked { was_linked })
            }
            Action::Credit {
                profile,
                order,
                number,
                rate,
                yes,
                no_money,
            } => {
                let settings = self.settings(&profile)?;
                if let Some(rate) = rate {
                    rates::known(self, &settings, rate).await?;
                }
                let word = owner::Word {
                    number,
                    rate,
                    yes,
                    no_money,
                };
                let now = self.clock.now();
                let count = owner::credit(&self.journal, &profile, &order, word, now)?;
                Ok(Outcome::Orders { count })
            }
            Action::Cancel { profile, order } => {
                self.settings(&profile)?;
                owner::cancel(&self.journal, &profile, &order, self.clock.now())?;
                Ok(Outcome::Orders { count: 1 })
            }
            Action::Plan {
                profile,
                task,
                next,
            } => self.plan(&profile, task, next),
            Action::Forget { profile, customer } => {
                self.settings(&profile)?;
                let forgotten = self.work.forget(self, &profile, &customer).await?;
                let logs = logs::forget(&self.data, &forgotten.words)?;
                Ok(Outcome::Forgotten {
                    orders: forgotten.orders,
                    relations: forgotten.relations,
                    copies: forgotten.copies,
                    logs,
                    waiting: forgotten.waiting,
                })
            }
        }
    }

    /// The settings of a profile as they are now.
    ///
    /// # Errors
    /// There is none of that name, or it cannot be read.
    pub fn settings(&self, profile: &str) -> Result<Settings> {
        Ok(self.data.profiles().get(profile)?.settings)
    }

    /// The shop's side of a profile.
    #[must_use]
    pub fn side<'a>(&'a self, settings: &'a Settings) -> Side<'a> {
        Side {
            settings,
            secrets: self.secrets.as_ref(),
            journal: &self.journal,
            clock: self.clock.clone(),
        }
    }

    /// Runs a task under the profile's lock. A refused key stops the profile, anything else lets
    /// it go on.
    ///
    /// # Errors
    /// The profile or the journal cannot be read; what happens during the run is in the report.
    pub async fn run(&self, profile: &str, task: Task, dry_run: bool) -> Result<RunReport> {
        let settings = self.settings(profile)?;
        let Some(_lock) = lock::profile(&self.data, profile)? else {
            return Ok(self.already_running(profile, task));
        };
        tracing::info!(profile, %task, trial = dry_run, "run started");
        self.observer.tell(Event::RunStarted {
            at: self.clock.now(),
            profile: profile.to_owned(),
            task,
            dry_run,
        });
        let report = self.work.run(self, &settings, task, dry_run).await;
        log_ended(&report);
        self.take_note(&report)?;
        self.observer.tell(Event::RunEnded {
            report: Box::new(report.clone()),
        });
        Ok(report)
    }

    fn take_note(&self, report: &RunReport) -> Result<()> {
        if report.outcome == RunOutcome::DryRun {
            return Ok(());
        }
        match &report.failure {
            Some(failure) if failure.class == Class::Credentials => {
                self.journal
                    .stop_profile(&report.profile, report.ended, failure)
            }
            _ => self.journal.resume_profile(&report.profile),
        }
    }

    fn already_running(&self, profile: &str, task: Task) -> RunReport {
        let now = self.clock.now();
        RunReport {
            profile: profile.to_owned(),
            task,
            outcome: RunOutcome::AlreadyRunning,
            started: now,
            ended: now,
            orders: std::collections::BTreeMap::new(),
            created: Created::default(),
            stock: None,
            failure: None,
            warnings: Vec::new(),
            plans: Vec::new(),
            after: AfterCounts::default(),
            afterwards: Vec::new(),
        }
    }

    async fn without_others(
        &self,
        settings: &Settings,
        report: BridgeReport,
        remove: bool,
    ) -> Result<Outcome> {
        if !remove || report.others.is_empty() {
            return Ok(Outcome::Bridge(report));
        }
        let removed = self.work.remove_others(self, settings).await?;
        Ok(Outcome::Bridge(report.and(removed)))
    }

    /// Only what the servers show again now is trusted, and nothing that was not named.
    async fn trust(&self, profile: &str, fingerprints: &[String]) -> Result<Outcome> {
        let settings = self.settings(profile)?;
        let mut keys = self.work.untrusted_keys(self, &settings).await?;
        keys.retain(|key| fingerprints.contains(&key.fingerprint));
        for key in &keys {
            keys::trust(&self.journal, key, self.clock.now())?;
        }
        Ok(Outcome::Keys { keys })
    }

    /// A server that shows another key than before may be an impostor: nothing runs by itself until
    /// the owner has looked.
    fn stop_at_changed_key(&self, profile: &str, failure: &ReportedFailure) -> Result<()> {
        if keys::is_a_change(&failure.code) {
            let now = self.clock.now();
            self.journal.stop_profile(profile, now, failure)?;
        }
        Ok(())
    }

    async fn check(&self, profile: &str) -> Result<Outcome> {
        let settings = self.settings(profile)?;
        let steps = self.work.check(self, &settings).await;
        let refused = steps
            .iter()
            .any(|step| step.class == Some(Class::Credentials));
        if !refused {
            self.journal.resume_profile(profile)?;
        }
        for failure in steps.iter().filter_map(failure_of) {
            self.stop_at_changed_key(profile, &failure)?;
        }
        Ok(Outcome::Checked { steps })
    }

    async fn retry(&self, profile: &str, which: &Which) -> Result<Outcome> {
        self.settings(profile)?;
        let count = self.work.retry(self, profile, which).await?;
        self.journal.resume_profile(profile)?;
        Ok(Outcome::Orders { count })
    }

    fn plan(&self, profile: &str, task: Task, next: Timestamp) -> Result<Outcome> {
        let settings = self.settings(profile)?;
        let slots = slots(&self.journal, &settings, self.clock.now())?;
        let Some(mut slot) = slots.into_iter().find(|slot| slot.task == task) else {
            return Err(Failure::misconfigured(
                "task-not-planned",
                text!(
                    "Taak {task} staat niet in de planning van {profile}.",
                    "Task {task} is not in the planning of {profile}."
                ),
            )
            .hint(text!(
                "Zet {task} onder [planning] in het profiel, of voer de taak nu uit met: winkelbrug run {profile} {task}",
                "Put {task} under [planning] in the profile, or run it now with: winkelbrug run {profile} {task}"
            )));
        };
        slot.next = next;
        slot.edited = true;
        self.journal.keep_next_run(profile, task, &slot.kept())?;
        self.observer.tell(Event::Planned {
            profile: profile.to_owned(),
            task,
            next,
        });
        Ok(Outcome::Planned { task, next })
    }
}

/// How a run ended, for the log: counts and codes, nothing personal.
fn log_ended(report: &RunReport) {
    let (profile, task, outcome) = (report.profile.as_str(), report.task, report.outcome);
    let (orders, created) = (&report.orders, &report.created);
    let warnings: Vec<&str> = report
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    tracing::info!(
        profile, %task, ?outcome, ?orders, ?warnings,
        orders_made = created.orders,
        bookings_made = created.bookings,
        payments_made = created.payments,
        relations_made = created.relations,
        articles_made = created.articles,
        "run ended"
    );
    if let Some(stock) = &report.stock {
        let (sent, unchanged, left) = (stock.sent, stock.unchanged, stock.left);
        let (unknown, not_kept) = (stock.unknown, stock.not_kept);
        tracing::info!(profile, sent, unchanged, unknown, not_kept, left, "stock");
    }
    if let Some(failure) = &report.failure {
        let class = failure.class;
        tracing::warn!(profile, %task, code = failure.code, ?class, why = %failure.text.en, "run failed");
    }
}

/// The failure a step reports; none when it went well.
fn failure_of(step: &Step) -> Option<ReportedFailure> {
    Some(ReportedFailure {
        class: step.class?,
        code: step.code.clone()?,
        text: step.message.clone(),
        hint: step.hint.clone(),
        connection: step.no_connection,
        leads_to: step.leads_to.clone(),
    })
}

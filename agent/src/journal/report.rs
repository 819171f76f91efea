//! Which tasks there are, and what a run reports: what the journal keeps of it, and everybody shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    books::plan::Plan,
    failure::{Class, Failure},
    text::Text,
};

/// A task of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Orders into the books.
    ImportOrders,
    /// Orders into the books, then stock to the shop.
    ImportOrdersExportStock,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::ImportOrders, Self::ImportOrdersExportStock];

    /// Its name, as in the settings and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImportOrders => "import-orders",
            Self::ImportOrdersExportStock => "import-orders-export-stock",
        }
    }

    /// The task of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Everything done.
    Done,
    /// Done, but something is held or failed.
    Attention,
    /// Stopped by a failure; nothing lost.
    Failed,
    /// Stopped on request; nothing lost.
    Stopped,
    /// Another run is going.
    AlreadyRunning,
    /// Trial run: nothing was written.
    DryRun,
}

/// What a run did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunReport {
    /// Profile.
    pub profile: String,
    /// Task.
    pub task: Task,
    /// Outcome.
    pub outcome: RunOutcome,
    /// Started.
    pub started: Timestamp,
    /// Ended.
    pub ended: Timestamp,
    /// Orders this run touched, by the state they ended in (`written`, `held`, …).
    pub orders: BTreeMap<String, u64>,
    /// Relations and articles created, orders written; in a trial run those that would be.
    pub created: Created,
    /// Stock: sent, unchanged, unknown, not kept, busy, refused.
    pub stock: Option<StockCounts>,
    /// What stopped it.
    pub failure: Option<ReportedFailure>,
    /// What its owner has to look at of the profile as a whole; the run went on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Plans, in a trial run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlannedOrder>,
    /// What was done about orders that were in the books already; in a trial run what would be.
    #[serde(default)]
    pub after: AfterCounts,
    /// The same in a trial run, order by order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub afterwards: Vec<Afterwards>,
}

/// What was done about orders that were in the books already, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterCounts {
    /// Sales orders of cancelled orders that were blocked.
    pub blocked: u64,
    /// Sales orders of cancelled orders that were deleted.
    pub deleted: u64,
    /// Credits that were written.
    pub credited: u64,
    /// Credits that were prepared and wait for the owner's yes.
    pub proposed: u64,
}

/// What a run would do about an order that is in the books already.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Afterwards {
    /// Its number.
    pub number: String,
    /// What.
    pub does: Does,
    /// What the owner reads of it.
    pub text: Text,
    /// The credit.
    pub plan: Option<Plan>,
}

/// See [`Afterwards`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// Block the sales order of a cancelled order.
    Block,
    /// Report what a person has to look at: a cancelled order, a payment that cannot be booked.
    Report,
    /// Delete the sales order of a cancelled order, which the owner said yes to.
    Delete,
    /// Prepare a credit that waits for the owner's yes.
    ProposeCredit,
    /// Write a credit.
    WriteCredit,
    /// Say why a credit cannot be prepared yet.
    HoldCredit,
    /// Book the payment of a booked invoice.
    BookPayment,
}

/// Something about the whole profile that no failure shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable, kebab-case: `other-installation`.
    pub code: String,
    /// What was found.
    pub text: Text,
    /// What to do.
    pub hint: Text,
}

/// What came into the books.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Created {
    /// Relations.
    pub relations: u64,
    /// Articles.
    pub articles: u64,
    /// Sales orders.
    pub orders: u64,
    /// Booked invoices.
    #[serde(default)]
    pub bookings: u64,
    /// Payments booked on them.
    #[serde(default)]
    pub payments: u64,
}

/// What became of the stock figures.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StockCounts {
    /// Written to the shop.
    pub sent: u64,
    /// Right already.
    pub unchanged: u64,
    /// In the shop, unknown in the books.
    pub unknown: u64,
    /// Not kept by shop or books.
    pub not_kept: u64,
    /// Left for the next run.
    pub left: u64,
    /// What was left alone, and why, for a person to put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<StockRemark>,
}

/// A shop figure that was left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRemark {
    /// The shop's key (`p:42`).
    pub key: String,
    /// Code or name a person knows it by.
    pub name: String,
    /// Stable, kebab-case: `stock-unknown-code`.
    pub code: String,
    /// Why.
    pub text: Text,
}

/// A failure as the report keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportedFailure {
    /// Class.
    pub class: Class,
    /// Code.
    pub code: String,
    /// What is wrong.
    pub text: Text,
    /// What to do.
    pub hint: Text,
    /// The other side could not be reached.
    pub connection: bool,
    /// The address a shop that redirects may be given instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}

impl RunReport {
    /// A run that failed before it had begun.
    #[must_use]
    pub fn failed(profile: &str, task: Task, at: Timestamp, failure: &Failure) -> Self {
        Self {
            profile: profile.to_owned(),
            task,
            outcome: RunOutcome::Failed,
            started: at,
            ended: at,
            orders: BTreeMap::new(),
            created: Created::default(),
            stock: None,
            failure: Some(ReportedFailure::from(failure)),
            warnings: Vec::new(),
            plans: Vec::new(),
            after: AfterCounts::default(),
            afterwards: Vec::new(),
        }
    }
}

impl From<&Failure> for ReportedFailure {
    fn from(failure: &Failure) -> Self {
        Self {
            class: failure.class,
            code: failure.code.clone(),
            text: failure.text.clone(),
            hint: failure.hint.clone(),
            connection: failure.connection,
            leads_to: failure.leads_to.clone(),
        }
    }
}

impl From<ReportedFailure> for Failure {
    fn from(reported: ReportedFailure) -> Self {
        let mut failure =
            Self::new(reported.class, reported.code, reported.text).hint(reported.hint);
        failure.connection = reported.connection;
        failure.leads_to = reported.leads_to;
        failure
    }
}

/// One order of a trial run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// Number.
    pub number: String,
    /// `plan`, `link`, `held`, `skipped`.
    pub outcome: String,
    /// Why it is held or skipped.
    pub reason: Option<Text>,
    /// The plan.
    pub plan: Option<Plan>,
    /// Number of the earlier order whose new relation is this order's too.
    #[serde(default)]
    pub relation_of: Option<String>,
    /// Codes of new articles that an earlier order makes already.
    #[serde(default)]
    pub made_before: Vec<String>,
}

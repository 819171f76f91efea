//! What changes something, as data: the command line sends it to the running agent, or does the
//! same itself when none runs.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    administration::cost_articles::{Chosen, Offer},
    journal::credits::Left,
    shop::keys::NewKey,
    step::Step,
    sync::{RunReport, Task},
    translate::DifferenceChoice,
};

/// What is to be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Run a task now.
    Run {
        /// Profile.
        profile: String,
        /// Task.
        task: Task,
        /// Write nothing.
        dry_run: bool,
    },
    /// The owner counted the stock in the books since the last order was booked as an invoice.
    StockCounted {
        /// Profile.
        profile: String,
    },
    /// Test both sides.
    Check {
        /// Profile.
        profile: String,
    },
    /// Look which cost articles are missing and what would be made.
    OfferArticles {
        /// Profile.
        profile: String,
        /// Revenue groups the owner chose.
        groups: Chosen,
    },
    /// Make them and fill their codes into the profile.
    MakeArticles {
        /// Profile.
        profile: String,
        /// Revenue groups the owner chose.
        groups: Chosen,
    },
    /// Put the bridge into the shop or bring it up to date.
    Deploy {
        /// Profile.
        profile: String,
        /// Also remove files of ours this data folder knows nothing of.
        #[serde(default)]
        remove_others: bool,
    },
    /// Look which shops are on the account.
    Shops {
        /// Profile.
        profile: String,
    },
    /// Put a shop's folder into the profile.
    UseFolder {
        /// Profile.
        profile: String,
        /// As [`ShopChoice::folder`].
        folder: String,
    },
    /// Put the shop's address, where a redirect ends, into the profile.
    UseAddress {
        /// Profile.
        profile: String,
        /// As [`crate::failure::Failure::leads_to`].
        url: String,
    },
    /// Look at the keys the shop's servers show that are not trusted yet.
    Keys {
        /// Profile.
        profile: String,
    },
    /// Trust those of them that have one of these fingerprints.
    TrustKeys {
        /// Profile.
        profile: String,
        /// `SHA256:…`
        fingerprints: Vec<String>,
    },
    /// Take the bridge out of the shop.
    Withdraw {
        /// Profile.
        profile: String,
        /// Also remove files of ours this data folder knows nothing of.
        #[serde(default)]
        remove_others: bool,
    },
    /// Offer orders again.
    Retry {
        /// Profile.
        profile: String,
        /// Which.
        which: Which,
    },
    /// Skip an order for good.
    Skip {
        /// Profile.
        profile: String,
        /// Number or `id:N`.
        order: String,
        /// Why.
        why: String,
    },
    /// Say by hand which relation a buyer is.
    Link {
        /// Profile.
        profile: String,
        /// The shop's customer id, or `order:NUMBER` for the buyer of that order.
        buyer: String,
        /// Customer code, or none for a new relation.
        code: Option<i64>,
        /// Also what is most likely a slip.
        #[serde(default)]
        sure: bool,
    },
    /// Forget what was said by hand of a buyer.
    Unlink {
        /// Profile.
        profile: String,
        /// As in [`Action::Link`].
        buyer: String,
    },
    /// The owner's word on credits of an order.
    Credit {
        /// Profile.
        profile: String,
        /// Number or `id:N`.
        order: String,
        /// Which of its credits; none = all that wait.
        number: Option<u32>,
        /// Rate of an amount without one.
        rate: Option<rust_decimal::Decimal>,
        /// Write it.
        yes: bool,
        /// Book nothing as paid back on it.
        no_money: bool,
    },
    /// Delete the sales order of a cancelled order.
    Cancel {
        /// Profile.
        profile: String,
        /// Number or `id:N`.
        order: String,
    },
    /// Choose when a task runs next.
    Plan {
        /// Profile.
        profile: String,
        /// Task.
        task: Task,
        /// When.
        next: Timestamp,
    },
    /// Erase a customer's personal data.
    Forget {
        /// Profile.
        profile: String,
        /// E-mail or `id:N`.
        customer: String,
    },
}

impl Action {
    /// Whose.
    #[must_use]
    pub fn profile(&self) -> &str {
        match self {
            Self::Run { profile, .. }
            | Self::StockCounted { profile }
            | Self::Check { profile }
            | Self::OfferArticles { profile, .. }
            | Self::MakeArticles { profile, .. }
            | Self::Deploy { profile, .. }
            | Self::Keys { profile }
            | Self::TrustKeys { profile, .. }
            | Self::Withdraw { profile, .. }
            | Self::Retry { profile, .. }
            | Self::Skip { profile, .. }
            | Self::Link { profile, .. }
            | Self::Unlink { profile, .. }
            | Self::Credit { profile, .. }
            | Self::Cancel { profile, .. }
            | Self::Plan { profile, .. }
            | Self::Shops { profile, .. }
            | Self::UseFolder { profile, .. }
            | Self::UseAddress { profile, .. }
            | Self::Forget { profile, .. } => profile,
        }
    }
}

/// A shop on the account, to be chosen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShopChoice {
    /// Its folder, as `[shop.upload] folder` takes it.
    pub folder: String,
    /// Folder, program and version, as the owner reads it.
    pub line: String,
}

/// Which orders are offered again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// One, by number or `id:N`.
    Order(String),
    /// All that are held.
    Held,
    /// One that is held for its total difference, with what the owner chose.
    Decided {
        /// Number or `id:N`.
        order: String,
        /// How the difference is booked.
        difference: DifferenceChoice,
    },
    /// One that is not in euro, with the rate its owner entered.
    Rated {
        /// Number or `id:N`.
        order: String,
        /// Units of the order's currency for one euro.
        rate: Decimal,
        /// He saw what it comes to: needed where there is no published rate to compare it with.
        #[serde(default)]
        yes: bool,
    },
}

/// What came of putting the bridge into the shop, or taking it out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BridgeReport {
    /// What it came to.
    pub end: BridgeEnd,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Exact paths on the server that must be removed by hand.
    pub left: Vec<String>,
    /// Files of ours this data folder knows nothing of: exact paths on the server.
    #[serde(default)]
    pub others: Vec<String>,
}

impl BridgeReport {
    /// With what removing the others came to.
    #[must_use]
    pub fn and(mut self, removed: Self) -> Self {
        // What was named as somebody else's is told as removed, or as staying.
        self.steps.retain(|step| step.name != OTHER_FILE);
        self.steps.extend(removed.steps);
        self.left.extend(removed.left);
        self.others.clear();
        if !self.left.is_empty() && self.end == BridgeEnd::Withdrawn {
            self.end = BridgeEnd::Left;
        }
        self
    }
}

/// Name of the step that tells of a file somebody else placed.
pub const OTHER_FILE: &str = "other-file";

/// What it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BridgeEnd {
    /// The file there is right and proven.
    Unchanged,
    /// A new file is in use.
    Placed,
    /// Nothing of ours is there any more.
    Withdrawn,
    /// Something of ours may still be there.
    Left,
    /// A shop of this kind needs no file of ours.
    NotNeeded,
}

/// What was done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Outcome {
    /// A task ran.
    Ran {
        /// What it did.
        report: Box<RunReport>,
    },
    /// Both sides were tested.
    Checked {
        /// The steps, in order.
        steps: Vec<Step>,
    },
    /// What is missing of the cost articles.
    Offered {
        /// What would be made.
        offer: Box<Offer>,
    },
    /// The keys that are not trusted yet, or those that are trusted now.
    Keys {
        /// Each with its place.
        keys: Vec<NewKey>,
    },
    /// The shops on the account; nothing where one was chosen.
    Shops {
        /// Nearest first.
        shops: Vec<ShopChoice>,
    },
    /// The shop's address stands in the profile.
    AddressKept,
    /// The bridge was put into the shop, or taken out.
    Bridge(BridgeReport),
    /// An order was skipped, or looked at.
    Skipped {
        /// What its owner does himself now.
        left: Left,
    },
    /// Orders were offered again, or said something of.
    Orders {
        /// How many.
        count: u64,
    },
    /// A buyer was linked.
    Linked {
        /// The relation's name and code; none = a new one.
        relation: Option<(String, i64)>,
    },
    /// What was said by hand of a buyer was forgotten.
    Unlinked {
        /// Was there anything?
        was_linked: bool,
    },
    /// A task's next run was chosen.
    Planned {
        /// Task.
        task: Task,
        /// When.
        next: Timestamp,
    },
    /// A customer was erased.
    Forgotten {
        /// Orders of his that were stripped of personal data.
        orders: u64,
        /// Relations of the books of which the mirror keeps only what recognises them.
        relations: u64,
        /// Copies of the journal he was erased from.
        copies: u64,
        /// Log files he was erased from.
        logs: u64,
        /// Orders of his that are still on their way.
        waiting: u64,
    },
}

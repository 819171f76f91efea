//! What can be typed. The remarks here are the English help; [`super::words`] has the Dutch.

mod profile;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use rust_decimal::Decimal;

pub use self::profile::{
    Profile, ProfileAdd, ProfileClone, ProfileExport, ProfileImport, ProfileName, ProfileRemove,
};
use crate::{text::Language, translate::DifferenceChoice};

/// Brings each web-shop order into the books exactly once and to the cent, and sends the true stock back to the shop
#[derive(Debug, Parser)]
#[command(
    name = "winkelbrug",
    version,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// Options that hold for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; nothing = start the agent in the background if it does not run, and tell how
    /// things are.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder in which Winkelbrug keeps its data
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of the screen: nl or en
    #[arg(
        long,
        value_name = "LANG",
        global = true,
        value_enum,
        hide_possible_values = true
    )]
    pub lang: Option<LanguageName>,
    /// Show this help
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    pub help: Option<bool>,
    /// Show the version
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    pub version: Option<bool>,
}

/// `--lang`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LanguageName {
    /// Dutch
    Nl,
    /// English
    En,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Nl => Self::Dutch,
            LanguageName::En => Self::English,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the tasks when they are due, until you stop it (Ctrl-C); in the background: winkelbrug alone
    Serve(Serve),
    /// Add, show and remove profiles: one shop joined to one administration
    #[command(subcommand)]
    Profile(Profile),
    /// Test both sides step by step, and every name the settings use
    Check(Check),
    /// Upload Winkelbrug's file to the shop, or bring it up to date
    Deploy(Deploy),
    /// Remove Winkelbrug's file and table from the shop
    Withdraw(Withdraw),
    /// Run one task now
    Run(Run),
    /// What happened to each order
    Orders(Orders),
    /// All about one order
    Order(Order),
    /// Offer an order that waits for you again, once its cause is solved
    Retry(Retry),
    /// Skip an order for good, or report that you looked at one that is in the books
    Skip(Skip),
    /// Say which relation a customer is; without a customer: the links there are
    Link(Link),
    /// See or write the credit for what was given back on an order
    Credit(Credit),
    /// Delete a cancelled order from the administration, while it is not invoiced
    Cancel(Cancel),
    /// What the administration holds, as Winkelbrug sees it
    Books(Books),
    /// Choose when a task runs next
    Plan(Plan),
    /// Profiles, tasks, last and next runs, and what waits for you
    Status,
    /// Follow the running agent live
    Watch,
    /// Erase a customer's personal data
    Forget(Forget),
    /// Gather logs and settings, without secrets and personal data
    SupportBundle(SupportBundle),
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address on this PC to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7414")]
    pub listen: String,
    /// Stop the Winkelbrug that runs on this data folder
    #[arg(long)]
    pub stop: bool,
    /// How the bare program starts it: where the address is taken any other will do.
    #[arg(long, hide = true)]
    pub background: bool,
}

/// Where secrets come from, beside the environment and the keyboard.
#[derive(Debug, Clone, Args)]
pub struct SecretsFrom {
    /// Read the secrets as JSON from standard input (--secrets -), or be asked for all of them anew (--secrets ask); a variable WINKELBRUG_SECRET_UPLOAD and so on gives one too. Once given they are kept, encrypted
    #[arg(long, value_name = "-|ask", value_parser = ["-", "ask"], hide_possible_values = true)]
    pub secrets: Option<String>,
}

impl SecretsFrom {
    /// Do they come as JSON on standard input?
    #[must_use]
    pub fn from_input(&self) -> bool {
        self.secrets.as_deref() == Some("-")
    }

    /// Is each asked for, also one that is kept already?
    #[must_use]
    pub fn anew(&self) -> bool {
        self.secrets.as_deref() == Some("ask")
    }
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// What it shares with `deploy`.
    #[command(flatten)]
    pub connect: Connect,
    /// Make the cost articles that are missing, and fill their codes into the profile
    #[arg(long)]
    pub create_articles: bool,
}

/// `check` and `deploy`
#[derive(Debug, Args)]
pub struct Connect {
    /// Name of the profile
    pub name: String,
    /// Trust a host key or certificate that was not seen before
    #[arg(long)]
    pub trust_new_key: bool,
    /// Where the shop's address redirects within its own domain, put the final address into the profile
    #[arg(long)]
    pub use_redirect: bool,
    /// Secrets.
    #[command(flatten)]
    pub secrets: SecretsFrom,
}

/// `deploy`
#[derive(Debug, Args)]
pub struct Deploy {
    /// Profile and secrets.
    #[command(flatten)]
    pub connect: Connect,
    /// Also remove files of an earlier installation or of another PC
    #[arg(long)]
    pub remove_others: bool,
}

/// `withdraw`
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Name of the profile
    pub name: String,
    /// Also remove files of an earlier installation or of another PC
    #[arg(long)]
    pub remove_others: bool,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub yes: bool,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// Name of the profile
    pub name: String,
    /// Task: import-orders (the default) or import-orders-export-stock
    pub task: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The stock in the books was counted and put right since the last booked invoice: from now on it
    /// goes to the shop again
    #[arg(long, conflicts_with = "dry_run")]
    pub stock_counted: bool,
    /// Secrets.
    #[command(flatten)]
    pub secrets: SecretsFrom,
}

/// `orders`
#[derive(Debug, Args)]
pub struct Orders {
    /// Name of the profile
    pub name: String,
    /// Only this state: held (waits for you), written (in the books), skipped, seen, planned or writing; or attention (in the books, and something needs a look)
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
}

/// `order`
#[derive(Debug, Args)]
pub struct Order {
    /// Name of the profile
    pub name: String,
    /// Order number, or id:N with the shop's own id
    #[arg(value_name = "NUMBER|id:N")]
    pub order: String,
}

/// `retry`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["order", "held"]))]
pub struct Retry {
    /// Name of the profile
    pub name: String,
    /// Order number, or id:N with the shop's own id
    #[arg(value_name = "NUMBER|id:N")]
    pub order: Option<String>,
    /// All orders that wait for you
    #[arg(long)]
    pub held: bool,
    /// Book the order's total difference: as a discount with VAT in proportion, or untaxed
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        conflicts_with = "held",
        hide_possible_values = true
    )]
    pub difference: Option<DifferenceHow>,
    /// Write an order that is not in euro at this rate: units of its currency for one euro
    #[arg(
        long,
        value_name = "RATE",
        value_parser = number_typed,
        conflicts_with_all = ["held", "difference"]
    )]
    pub rate: Option<Decimal>,
    /// Yes, at that rate: needed where no rate of the ECB is on hand to compare it with
    #[arg(long, requires = "rate")]
    pub yes: bool,
}

/// A number as people type it, with a comma or a point; one with both could be either.
fn number_typed(typed: &str) -> Result<Decimal, String> {
    let point = typed.trim().replace(',', ".");
    point.parse().map_err(|_| "0,8653".to_owned())
}

/// `--difference`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DifferenceHow {
    /// With VAT in proportion
    #[value(alias = "korting")]
    Discount,
    /// Without VAT
    #[value(alias = "onbelast")]
    Untaxed,
}

impl From<DifferenceHow> for DifferenceChoice {
    fn from(how: DifferenceHow) -> Self {
        match how {
            DifferenceHow::Discount => Self::Discount,
            DifferenceHow::Untaxed => Self::Untaxed,
        }
    }
}

/// `skip`
#[derive(Debug, Args)]
pub struct Skip {
    /// Name of the profile
    pub name: String,
    /// Order number, or id:N with the shop's own id
    #[arg(value_name = "NUMBER|id:N")]
    pub order: String,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}

/// `link`
#[derive(Debug, Args)]
pub struct Link {
    /// Name of the profile
    pub name: String,
    /// The customer's number in the shop, or order:NUMBER for the customer of that order
    #[arg(value_name = "CUSTOMER|order:NUMBER")]
    pub buyer: Option<String>,
    /// Customer code in the administration, or new for a new relation
    #[arg(value_name = "CODE|new", requires = "buyer", conflicts_with = "unlink")]
    pub code: Option<String>,
    /// Recognise the customer again as the settings say
    #[arg(long, requires = "buyer")]
    pub unlink: bool,
    /// Yes, also a customer no order is known of, or a new relation for one who has one already
    #[arg(long, requires = "code")]
    pub yes: bool,
}

/// `credit`
#[derive(Debug, Args)]
pub struct Credit {
    /// Name of the profile
    pub name: String,
    /// Order number, or id:N with the shop's own id
    #[arg(value_name = "NUMBER|id:N")]
    pub order: String,
    /// Which of its credits: the N of its reference …-CN; without it all that wait
    #[arg(long, value_name = "N")]
    pub number: Option<u32>,
    /// VAT rate of an amount given back without one, in percent
    #[arg(long, value_name = "PERCENT", value_parser = number_typed)]
    pub rate: Option<rust_decimal::Decimal>,
    /// Write it
    #[arg(long)]
    pub yes: bool,
    /// No money went back (a voucher, store credit), or you book it yourself: book nothing as paid back
    #[arg(long, requires = "yes")]
    pub no_money: bool,
}

/// `cancel`
#[derive(Debug, Args)]
pub struct Cancel {
    /// Name of the profile
    pub name: String,
    /// Order number, or id:N with the shop's own id
    #[arg(value_name = "NUMBER|id:N")]
    pub order: String,
    /// Delete it
    #[arg(long)]
    pub yes: bool,
}

/// `books`
#[derive(Debug, Args)]
pub struct Books {
    /// Name of the profile
    pub name: String,
    /// What to show: orders, bookings, relations or articles; bookings where the profile writes those,
    /// else orders
    #[arg(value_enum, hide_possible_values = true)]
    pub what: Option<BookPart>,
}

/// What `books` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BookPart {
    /// Sales orders
    #[value(alias = "bestellingen")]
    Orders,
    /// Booked invoices
    #[value(alias = "boekingen")]
    Bookings,
    /// Relations
    #[value(alias = "relaties")]
    Relations,
    /// Articles
    #[value(alias = "artikelen")]
    Articles,
}

/// `plan`
#[derive(Debug, Args)]
pub struct Plan {
    /// Name of the profile
    pub name: String,
    /// Task
    pub task: String,
    /// When: 17:00, "2026-12-31 17:00", now, or 2026-12-31T17:00:00+01:00
    #[arg(long, value_name = "TIME")]
    pub next: String,
}

/// `forget`
#[derive(Debug, Args)]
pub struct Forget {
    /// Name of the profile
    pub name: String,
    /// The customer's e-mail address, or id:N with the shop's own id
    pub customer: String,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub yes: bool,
}

/// `support-bundle`
#[derive(Debug, Args)]
pub struct SupportBundle {
    /// Text file to write, such as help.txt
    pub file: PathBuf,
    /// Take the place of a file that is there
    #[arg(long)]
    pub replace: bool,
}

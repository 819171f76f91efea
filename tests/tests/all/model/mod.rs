//! What the books must come to for an order, told a second time: slowly, from the rules alone, and
//! without a line of the translation it is compared with. What stands on the lines is in `goods` and `rows`, the
//! order's own fields in `header`.
//!
//! A rule that demands holding is only noted; an order has to be held when any rule demands it, for
//! one of the reasons noted. Whose order it is stands in `relation`; who is meant by the points of `smart`
//! is not told here, but has tests of its own.

mod booking;
mod business;
mod card;
mod cents;
pub mod compare;
mod elsewhere;
mod every_split;
mod goods;
mod header;
mod in_pounds;
mod margin;
mod names;
mod new_articles;
mod recipes;
mod relation;
mod rows;
mod sale;
mod sharp;
mod standing;
mod texts;
mod vat;
mod vat_number;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, dec};
use winkelbrug::{
    books::VatKind,
    profile::{
        Settings,
        settings::{BookingDate, Form},
    },
    translate::Facts,
};
use winkelbrug_protocol::record::Order;

pub use compare::{Agreed, compare, could_not_be_written};

/// Amounts per percentage.
pub type PerRate = BTreeMap<Decimal, Decimal>;

/// What the rules demand of an order.
#[derive(Debug, Clone)]
pub struct Told {
    verdict: Verdict,
    /// Whose it is, where it came to that.
    whose: Option<relation::Whose>,
}

/// What becomes of it.
#[derive(Debug, Clone)]
enum Verdict {
    /// No order for the books, with this reason.
    Skipped(&'static str),
    /// Has to wait (or stop the profile), for one of these reasons.
    Held(BTreeSet<&'static str>),
    /// One of these; or held for one of the reasons, where the rules leave that open.
    Written {
        /// Ways to write it, all equally right.
        ways: Vec<Due>,
        /// Reasons that are as right.
        or_held: BTreeSet<&'static str>,
        /// What stands in the order's own fields, either way.
        header: Box<header::Header>,
        /// What is to be read on its lines.
        texts: Box<texts::Texts>,
        /// Pieces that stand on it at no price.
        parts: recipes::Pieces,
    },
}

/// One way in which the order may stand in the books.
#[derive(Debug, Clone)]
pub struct Due {
    /// Total in cents, in the order's price mode.
    pub total: i64,
    /// Written without VAT (business elsewhere in the EU, export).
    pub without_vat: bool,
    /// The shop's VAT per rate: what the books have to come to within a cent.
    pub vat: PerRate,
    /// What has to stand on it.
    pub entries: Vec<Entry>,
    /// What may stand without VAT besides, where no cent of any rate comes to the shop's VAT: the limit for
    /// differences, less the difference that stands within it.
    pub spare: Decimal,
    /// Where it stands as a booked invoice.
    pub account: Option<booking::Account>,
}

/// An amount on an article.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Article code.
    pub code: String,
    /// Kind of its revenue group.
    pub kind: VatKind,
    /// Ledger of its revenue group for sales at home.
    pub ledger: Option<String>,
    /// What the books compute on it.
    pub percent: Decimal,
    /// Amount in the order's price mode.
    pub exact: Decimal,
    /// How far `exact` may be off, because the shop's own rows are rounded.
    pub slack: Decimal,
    /// In cents, where it is settled without sharing out remainders.
    pub settled: Option<i64>,
    /// Pieces of goods; 1 of anything else.
    pub quantity: Decimal,
    /// Goods of the shop.
    pub goods: bool,
    /// Sold, or paid for what is sold.
    pub sold: bool,
    /// Counts to the price of goods under the margin scheme.
    pub margin: bool,
}

/// An order with all that may be looked at, and the reasons to hold it found so far.
pub struct Case<'a> {
    pub order: &'a Order,
    pub settings: &'a Settings,
    pub facts: &'a Facts,
    pub held: BTreeSet<&'static str>,
    /// Reasons that are as right as writing it.
    pub open: BTreeSet<&'static str>,
}

impl Case<'_> {
    /// A rule demands holding.
    fn hold(&mut self, code: &'static str) {
        self.held.insert(code);
    }
}

/// What the rules demand for that order.
pub fn judge(order: &Order, settings: &Settings, facts: &Facts) -> Told {
    let foreign = !order.money.code.eq_ignore_ascii_case("EUR");
    if let Some(rate) = facts.exchange_rate.filter(|_| foreign) {
        if in_pounds::is_nothing(order, rate) {
            return Told {
                verdict: Verdict::Held(["koers-onwaarschijnlijk"].into()),
                whose: None,
            };
        }
        let (order, facts) = in_pounds::in_euro(order, facts, rate);
        return judge(&order, settings, &facts);
    }
    let mut case = Case {
        order,
        settings,
        facts,
        held: BTreeSet::new(),
        open: BTreeSet::new(),
    };
    let mut whose = None;
    let verdict = verdict(&mut case, &mut whose);
    Told { verdict, whose }
}

/// The day by which VAT of a sale goes: that of the shop's invoice where it is booked as one, unless the
/// owner wants the order's.
fn day_in_the_books(case: &Case<'_>) -> Date {
    let (order, sales) = (case.order, &case.settings.sales);
    let invoiced = sales.form == Form::Booking && sales.booking_date == BookingDate::InvoiceDate;
    let day = order.invoice_date.as_ref().filter(|_| invoiced);
    let text = day.unwrap_or(&order.placed_local);
    text[..10].parse().unwrap()
}

fn verdict(case: &mut Case<'_>, whose: &mut Option<relation::Whose>) -> Verdict {
    if let Some(skipped) = sale::skipped(case) {
        return Verdict::Skipped(skipped);
    }
    // The shop owes the buyer: no sale.
    if case.order.total < dec!(0) {
        case.hold("totaal-negatief");
    }
    if !case.order.money.code.eq_ignore_ascii_case("EUR") {
        case.hold("geen-euro");
        return Verdict::Held(case.held.clone());
    }
    let Some(sale) = vat::sale(case) else {
        return Verdict::Held(case.held.clone());
    };
    let buyer = relation::whose(case, &sale);
    typed_by_hand(case, &buyer);
    *whose = Some(buyer);
    let goods = goods::goods(case, &sale);
    let parts = recipes::parts(case);
    if !case.held.is_empty() {
        return Verdict::Held(case.held.clone());
    }
    let ways = rows::ways(case, &sale, &goods);
    if ways.is_empty() {
        return Verdict::Held(case.held.clone());
    }
    let mut or_held = case.held.clone();
    or_held.extend(&case.open);
    if ways.iter().any(|due| !cents::come_out(due)) {
        or_held.insert("btw-wijkt-af");
    }
    if let Some(code) = booking::refused(case) {
        or_held.insert(code);
        return Verdict::Held(or_held);
    }
    let header = Box::new(header::header(case, &sale));
    Verdict::Written {
        ways,
        or_held,
        header,
        texts: Box::new(texts::texts(case)),
        parts,
    }
}

/// Under this order's reference somebody typed in another: with neither its total nor its customer nobody can
/// tell whether the sale stands there already. None of those here agrees in either.
fn typed_by_hand(case: &mut Case<'_>, buyer: &relation::Whose) {
    let reference = header::reference(case).unwrap_or_default();
    let total = Some(Decimal::new(whole(case.order.total), 2));
    let others = case
        .facts
        .same_reference
        .iter()
        .filter(|known| known.bound_to.is_none() && known.order.payment_reference == reference);
    let others: Vec<_> = others.collect();
    let strange = others
        .iter()
        .any(|known| known.order.total_incl != total && !buyer.is(&known.order.relation));
    if strange && case.settings.sales.payment_reference_unique {
        case.hold("kenmerk-bestaat-al");
    }
}

/// Half a cent: less nobody can tell from nothing.
pub const HALF: Decimal = dec!(0.005);

/// In whole cents, halves away from zero.
pub fn whole(amount: Decimal) -> i64 {
    let cents = (amount * dec!(100))
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .to_string();
    cents.parse().unwrap()
}

/// The VAT inside an amount, rounded to cents.
pub fn vat_inside(cents: i64, percent: Decimal) -> Decimal {
    let gross = Decimal::new(cents, 2);
    (gross * percent / (dec!(100) + percent))
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// An amount without VAT, with it.
pub fn with_vat(net: Decimal, percent: Decimal) -> Decimal {
    net + net * percent / dec!(100)
}

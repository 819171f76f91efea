//! Totals and VAT as the books compute them: a line's rate follows from its article's revenue
//! group, the order's date, and what kind of supply it is.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::{
    books::{Company, LineDraft, Lookups, MEMBER_STATES, OrderDraft, PriceMode, Relation, VatKind},
    money::cents,
};

/// First day of the EU's rules for distance sales (OSS).
const OSS: Date = date(2021, 7, 1);

/// What an order is computed from.
pub(super) struct Basis<'a> {
    pub company: &'a Company,
    pub lookups: &'a Lookups,
    pub relation: &'a Relation,
    pub order: &'a OrderDraft,
}

/// A line's total in the order's VAT mode.
pub(super) fn line_total(line: &LineDraft) -> Decimal {
    cents(line.unit_price * line.quantity * left_of(line.discount_percent))
}

fn left_of(discount: Decimal) -> Decimal {
    (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED
}

impl Basis<'_> {
    /// Totals without and with VAT; `kinds` are the VAT kinds of the lines' articles, each with the
    /// code of the rate abroad its group bears, if the owner named it.
    pub fn totals(&self, kinds: &[(VatKind, Option<&str>)]) -> (Decimal, Decimal) {
        let mut by_rate: BTreeMap<(VatKind, Decimal), Decimal> = BTreeMap::new();
        for (line, (kind, code)) in self.order.lines.iter().zip(kinds) {
            *by_rate
                .entry((*kind, self.percent(*kind, *code)))
                .or_default() += line_total(line);
        }
        let left = left_of(self.order.invoice_discount);
        let (mut excl, mut incl) = (Decimal::ZERO, Decimal::ZERO);
        for ((_, percent), total) in by_rate {
            let total = cents(total * left);
            match self.order.price_mode {
                PriceMode::Inclusief => {
                    let vat = cents(total * percent / (Decimal::ONE_HUNDRED + percent));
                    excl += total - vat;
                    incl += total;
                }
                PriceMode::Exclusief => {
                    excl += total;
                    incl += total + cents(total * percent / Decimal::ONE_HUNDRED);
                }
            }
        }
        (excl, incl)
    }

    /// The rate of a kind on this order: none for EU businesses and outside the EU, the country's
    /// own for private persons in the EU, else the domestic one.
    fn percent(&self, kind: VatKind, code: Option<&str>) -> Decimal {
        let card = country(&self.relation.address.country);
        if self.company.small_business_scheme || !MEMBER_STATES.contains(&card) {
            return Decimal::ZERO;
        }
        if !self.relation.vat_number.is_empty() {
            return if card == "NL" {
                self.domestic(kind)
            } else {
                Decimal::ZERO
            };
        }
        let delivery = self.order.delivery_address.as_ref();
        let delivered = delivery.map_or(card, |address| country(&address.country));
        let abroad = delivered != "NL" && MEMBER_STATES.contains(&delivered);
        if abroad && self.company.foreign_vat && self.order.date >= OSS {
            self.foreign(delivered, kind, code)
        } else {
            self.domestic(kind)
        }
    }

    fn domestic(&self, kind: VatKind) -> Decimal {
        let day = self.order.date;
        let mut rates = self.lookups.vat_rates.iter();
        let found = rates.find(|rate| rate.kind == kind && rate.from <= day && day <= rate.until);
        found.map_or(Decimal::ZERO, |rate| rate.percent)
    }

    /// A group bears the rate of its code; else a group Hoog the country's standard rate, and a group
    /// Laag its first reduced one.
    fn foreign(&self, country: &str, kind: VatKind, code: Option<&str>) -> Decimal {
        let named = self
            .lookups
            .foreign_rates
            .iter()
            .find(|rate| rate.country == country && code == Some(rate.code.as_str()));
        if let Some(rate) = named {
            return rate.percent;
        }
        let mut rates = self.lookups.foreign_rates.iter();
        let found = match kind {
            VatKind::Geen | VatKind::Overig => None,
            VatKind::Hoog => rates.find(|rate| rate.country == country && rate.code == "SR"),
            VatKind::Laag => rates.find(|rate| rate.country == country && rate.code != "SR"),
        };
        found.map_or(Decimal::ZERO, |rate| rate.percent)
    }
}

/// A country left out means the Netherlands.
fn country(code: &str) -> &str {
    if code.is_empty() { "NL" } else { code }
}

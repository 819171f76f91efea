//! The total difference: what the shop's own total is more or less than its rows. Up to the limit
//! it stands on its article without VAT; above it the order is held until the owner chooses.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{TotalKind, TotalRow};

use super::{
    articles::Articles,
    basket::{Basket, Item, whole_cents},
    case::{Case, held},
    cents::{NOTHING, apportion, from_cents, vat_inside},
    charged::Charged,
    cost::Cost,
    costs::item,
    discounts::{Part, inside},
    lines::UNTAXED,
    plan::{DifferenceChoice, NegativeLines, Outcome, TOTAL_DIFFERENCE},
    vat::Vat,
};
use crate::{text, text::Amount};

/// The difference line's text: it stands in the books, which are Dutch.
const DIFFERENCE: &str = "Ordertotaalverschil";

/// What is left once the difference is settled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// For the open items, in cents.
    pub goal: i64,
    /// Of the limit, for a rounding that stands without VAT as well: nobody who set a limit means it twice.
    pub limit: Decimal,
}

/// Settles the difference. Where the owner chose VAT in proportion, `charged` becomes what the books
/// then have to come to.
pub(super) fn difference(
    case: &Case<'_>,
    vat: &Vat,
    articles: &Articles<'_, '_>,
    charged: &mut Charged,
    basket: &mut Basket,
) -> Result<Left, Outcome> {
    let total = whole_cents(case, case.order.total)?;
    let rows: Vec<Decimal> = shop_rows(case).collect();
    let off = case.order.total - rows.iter().sum::<Decimal>();
    let own_prices = basket.items.iter().any(has_own_price);
    let (goal, cents) = if own_prices {
        let goal = whole_cents(case, basket.open_sum())?;
        (goal, total - goal - basket.settled_cents())
    } else if off.abs() <= NOTHING || is_rounding(case, basket, &rows, total)? {
        // Less than half a cent is the rounding of the total itself.
        (total - basket.settled_cents(), 0)
    } else {
        let cents = total - whole_cents(case, case.order.total - off)?;
        (total - cents - basket.settled_cents(), cents)
    };
    let limit = case.settings.sales.total_difference_limit;
    if cents == 0 {
        return Ok(Left { goal, limit });
    }
    let amount = from_cents(cents);
    // A line without VAT is counted at home: not with the VAT of another country.
    if amount.abs() <= limit && own_prices && vat.is_abroad() && in_a_price(case, basket, cents) {
        return Ok(Left { goal, limit });
    }
    if amount.abs() <= limit {
        untaxed(case, articles, basket, cents)?;
        let limit = limit - amount.abs();
        return Ok(Left { goal, limit });
    }
    match case.facts.difference {
        None => above_limit(case, amount, limit),
        Some(DifferenceChoice::Untaxed) => {
            untaxed(case, articles, basket, cents)?;
            Ok(Left { goal, limit })
        }
        Some(DifferenceChoice::Discount) => {
            let shares = Shares::of(vat, basket, off);
            for part in &shares.of_total {
                charged.lower(part.percent, -vat_inside(part.exact, part.percent));
            }
            if amount < Decimal::ZERO && case.facts.negative_lines == NegativeLines::Refused {
                shares.inside(case, vat, basket)?;
                let goal = total - basket.settled_cents();
                return Ok(Left { goal, limit });
            }
            shares.book(case, articles, basket, cents)?;
            Ok(Left { goal, limit })
        }
    }
}

/// One line without VAT.
fn untaxed(
    case: &Case<'_>,
    articles: &Articles<'_, '_>,
    basket: &mut Basket,
    cents: i64,
) -> Result<(), Outcome> {
    let amount = from_cents(cents);
    let article = articles.cost(Cost::TotalDifference, &UNTAXED, DIFFERENCE)?;
    let mut row = item(case, article, DIFFERENCE, Decimal::ZERO, amount);
    row.cents = Some(cents);
    basket.items.push(row);
    let amount = Amount::money(amount);
    case.note(text!(
        "Een ordertotaalverschil van {amount} staat op het artikel daarvoor.",
        "A total difference of {amount:#} stands on its article."
    ));
    Ok(())
}

/// Adds so many cents to the largest of the lines at the books' own prices; false where there is none that
/// bears VAT.
fn in_a_price(case: &Case<'_>, basket: &mut Basket, cents: i64) -> bool {
    let taxed = |item: &&mut Item| has_own_price(item) && !item.percent.is_zero();
    let lines = basket.items.iter_mut().filter(taxed);
    let Some(largest) = lines.max_by_key(|item| item.cents) else {
        return false;
    };
    largest.cents = largest.cents.map(|own| own + cents);
    let (amount, code) = (Amount::money(from_cents(cents)), &largest.article.code);
    case.note(text!(
        "Het verschil van {amount} met de prijzen van de boekhouding zit in de prijs van {code}.",
        "The difference of {amount:#} from the books' prices is inside the price of {code}."
    ));
    true
}

/// Does the line bear the books' own price instead of the shop's?
fn has_own_price(item: &Item) -> bool {
    item.goods && item.cents.is_some()
}

/// The difference shared over the rates, each share with its sign.
struct Shares {
    /// What the books' own prices differ by: of the rate of each line itself.
    of_prices: Vec<Part>,
    /// What the shop's total differs by: by the share each rate has in the order. What only pays
    /// (gift cards, credit) has none.
    of_total: Vec<Part>,
}

impl Shares {
    fn of(vat: &Vat, basket: &Basket, off: Decimal) -> Self {
        let of_prices = parts(vat, basket, |item| {
            item.cents
                .filter(|_| item.goods)
                .map(|cents| item.exact - from_cents(cents))
        });
        let mut of_total = if off.abs() <= NOTHING {
            Vec::new()
        } else {
            parts(vat, basket, |item| {
                (item.goods || item.cents.is_none()).then_some(item.exact)
            })
        };
        of_total.retain(|part| part.exact > Decimal::ZERO);
        let all: Decimal = of_total.iter().map(|part| part.exact).sum();
        for part in &mut of_total {
            part.exact = (off * part.exact).checked_div(all).unwrap_or_default();
        }
        Self {
            of_prices,
            of_total,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Part> {
        self.of_prices
            .iter()
            .chain(&self.of_total)
            .filter(|part| !part.exact.is_zero())
    }

    /// Where lines below zero are refused.
    fn inside(&self, case: &Case<'_>, vat: &Vat, basket: &mut Basket) -> Result<(), Outcome> {
        self.all().try_for_each(|part| {
            let part = Part {
                percent: part.percent,
                kinds: part.kinds.clone(),
                exact: -part.exact,
            };
            inside(case, vat, basket, &part)
        })
    }

    /// Each share on the discount article of its kind; what is above zero is a fee.
    fn book(
        &self,
        case: &Case<'_>,
        articles: &Articles<'_, '_>,
        basket: &mut Basket,
        difference: i64,
    ) -> Result<(), Outcome> {
        let exact: Vec<Decimal> = self.all().map(|part| part.exact).collect();
        let Some(shares) = apportion(&exact, difference) else {
            return above_limit(
                case,
                from_cents(difference),
                case.settings.sales.total_difference_limit,
            );
        };
        for (part, cents) in self.all().zip(shares) {
            if cents == 0 {
                continue;
            }
            let cost = if cents < 0 { Cost::Discount } else { Cost::Fee };
            let article = articles.cost_at(cost, &part.kinds, part.percent, DIFFERENCE)?;
            let mut row = item(case, article, DIFFERENCE, part.percent, from_cents(cents));
            row.cents = Some(cents);
            basket.items.push(row);
        }
        let amount = Amount::money(from_cents(difference));
        case.note(text!(
            "Het ordertotaalverschil van {amount} is naar uw keuze geboekt met btw naar verhouding.",
            "The total difference of {amount:#} is booked with VAT in proportion, as you chose."
        ));
        Ok(())
    }
}

/// Sums per rate; where nothing bears VAT, per kind.
fn parts(vat: &Vat, basket: &Basket, amount: impl Fn(&Item) -> Option<Decimal>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for item in &basket.items {
        let Some(exact) = amount(item) else {
            continue;
        };
        let kinds = if vat.zero_rated() {
            vec![item.article.kind]
        } else {
            vat.kinds(item.percent)
        };
        let known = parts
            .iter_mut()
            .find(|part| part.percent == item.percent && part.kinds == kinds);
        match known {
            Some(part) => part.exact += exact,
            None => parts.push(Part {
                percent: item.percent,
                kinds,
                exact,
            }),
        }
    }
    parts
}

/// Everything that makes up the shop's total.
fn shop_rows<'c>(case: &Case<'c>) -> impl Iterator<Item = Decimal> + use<'c> {
    let counts = |row: &&TotalRow| !matches!(row.kind, TotalKind::SubTotal | TotalKind::Total);
    let order = case.order;
    let rows = order.totals.iter().filter(counts).map(|row| row.amount);
    let lines = order.lines.iter().map(|line| line.total);
    let cards = order.gift_cards.iter().map(|card| card.amount);
    rows.chain(lines).chain(cards)
}

/// Is the total only rounded otherwise than the sum of its rows? A shop may add what it rounded to cents
/// row by row (WooCommerce, where VAT is rounded on each line); or the amounts with VAT in them come to
/// the total, and only net and VAT apart do not.
fn is_rounding(
    case: &Case<'_>,
    basket: &Basket,
    rows: &[Decimal],
    total: i64,
) -> Result<bool, Outcome> {
    let mut each = 0;
    for row in rows {
        each += whole_cents(case, *row)?;
    }
    let with_vat = basket.open_sum() + from_cents(basket.settled_cents());
    Ok(each == total || (case.order.total - with_vat).abs() <= NOTHING)
}

fn above_limit<T>(case: &Case<'_>, amount: Decimal, limit: Decimal) -> Result<T, Outcome> {
    let total = Amount::money(case.order.total);
    let profile = &case.settings.name;
    let number = text::typed(&case.order.number, &case.order.id);
    let (nl, en) = if amount < Decimal::ZERO {
        ("korting", "discount")
    } else {
        ("toeslag", "surcharge")
    };
    let (amount, limit) = (Amount::money(amount), Amount::exact(limit));
    held(
        TOTAL_DIFFERENCE,
        text!(
            "Het totaal van de winkel ({total}) is {amount} anders dan regels, kosten, kortingen en btw samen; uw grens is {limit}.",
            "The shop's total ({total:#}) differs by {amount:#} from lines, costs, discounts and VAT together; your limit is {limit:#}."
        ),
        text!(
            "Kies: verbeter de bestelling in de winkel en bied haar opnieuw aan (winkelbrug retry {profile} {number}); boek het verschil als {nl}, met btw naar verhouding (winkelbrug retry {profile} {number} --difference discount); of boek het zonder btw (winkelbrug retry {profile} {number} --difference untaxed).",
            "Choose: correct the order in the shop and offer it again (winkelbrug retry {profile} {number}); book the difference as a {en}, with VAT in proportion (winkelbrug retry {profile} {number} --difference discount); or book it without VAT (winkelbrug retry {profile} {number} --difference untaxed)."
        ),
    )
}

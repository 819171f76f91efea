//! Everything that has to stand on the order: the goods, and what each row of the total block comes to
//! on which article.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{RevenueGroup, VatKind},
    profile::settings::{Form, PerVatKind},
    translate::DifferenceChoice,
};
use winkelbrug_protocol::record::{TotalKind, TotalRow};

use super::{
    Case, Due, Entry, HALF, PerRate, booking,
    goods::{Good, bearing, knows, named},
    margin,
    rows::{Meaning, is_rounding},
    vat::{Sale, Treatment, class_percent},
    whole,
};

/// Everything that has to stand on the order; none where an article is missing or the total does
/// not add up.
pub fn due(
    case: &mut Case<'_>,
    sale: &Sale,
    goods: &[Good],
    rows: &[&TotalRow],
    story: &[Meaning],
) -> Option<Due> {
    let mut entries: Vec<Entry> = goods.iter().filter_map(|good| good.entry.clone()).collect();
    let levies = goods.iter().filter_map(|good| good.levy.clone());
    let levies: Vec<Entry> = levies.collect();
    let goods = entries.clone();
    entries.extend(levies);
    let sales = case.settings.sales.clone();
    for (row, meaning) in rows.iter().zip(story) {
        if let Meaning::Cost(shares) = meaning {
            for (percent, gross) in shares {
                if !gross.is_zero() {
                    entries.push(cost(case, sale, &goods, row, *percent, *gross)?);
                }
            }
        }
    }
    for (title, amount, _) in &sale.levies {
        if !amount.is_zero() {
            let _ = title;
            entries.push(untaxed(case, &sales.levy_article, *amount, false)?);
        }
    }
    for card in &case.order.gift_cards {
        entries.push(untaxed(case, &sales.gift_card_article, card.amount, true)?);
    }
    let everything = entries.clone();
    for meaning in story {
        if let Meaning::KnownDiscount(shares, slack) = meaning {
            entries.extend(discount(case, sale, (&goods, &everything), shares, slack)?);
        }
    }
    for (row, meaning) in rows.iter().zip(story) {
        if matches!(meaning, Meaning::Payment) {
            let setting = match row.kind {
                TotalKind::GiftCard => &sales.gift_card_article,
                TotalKind::StoreCredit => &sales.store_credit_article,
                _ => &sales.discount_article,
            };
            entries.push(untaxed(case, setting, row.amount, true)?);
        }
    }
    if entries.is_empty() && case.order.lines.iter().all(|line| line.total.is_zero()) {
        case.hold("geen-regels");
        return None;
    }
    let mut vat = sale.vat.clone();
    let mut spare = difference(case, sale, &mut entries, &mut vat)?;
    if sale.treatment == Treatment::Oss {
        // Without VAT is at home, and this sale is not.
        spare = dec!(0);
    }
    let account = match case.settings.sales.form {
        Form::Order => None,
        Form::Booking => Some(booking::account(case, sale, &entries)?),
    };
    Some(Due {
        total: whole(case.order.total),
        without_vat: sale.without_vat(),
        vat,
        entries,
        spare,
        account,
    })
}

/// What the shop's total is more or less than its own rows, or than the books' own prices; gives what of
/// the limit is left.
fn difference(
    case: &mut Case<'_>,
    sale: &Sale,
    entries: &mut Vec<Entry>,
    vat: &mut PerRate,
) -> Option<Decimal> {
    let order = case.order;
    let mut all: Vec<Decimal> = order.lines.iter().map(|line| line.total).collect();
    all.extend(order.gift_cards.iter().map(|card| card.amount));
    for row in &order.totals {
        if !matches!(row.kind, TotalKind::SubTotal | TotalKind::Total) {
            all.push(row.amount);
        }
    }
    let sum: Decimal = all.iter().sum();
    let of_cents: i64 = all.iter().map(|amount| whole(*amount)).sum();
    let standing: Decimal = entries
        .iter()
        .map(|entry| match entry.settled {
            Some(cents) => Decimal::new(cents, 2),
            None => entry.exact,
        })
        .sum();
    let rounded_otherwise =
        of_cents == whole(order.total) || (order.total - standing).abs() <= HALF;
    let own_prices = entries.iter().any(|e| e.goods && e.settled.is_some());
    let cents = if own_prices {
        let open: Decimal = entries
            .iter()
            .filter(|entry| entry.settled.is_none())
            .map(|entry| entry.exact)
            .sum();
        let settled: i64 = entries.iter().filter_map(|entry| entry.settled).sum();
        whole(order.total) - whole(open) - settled
    } else if (order.total - sum).abs() <= HALF || rounded_otherwise {
        0
    } else {
        whole(order.total) - whole(sum)
    };
    let amount = Decimal::new(cents, 2);
    let limit = case.settings.sales.total_difference_limit;
    if cents == 0 {
        return Some(limit);
    }
    let within = amount.abs() <= limit;
    if within && own_prices && sale.treatment == Treatment::Oss {
        let priced = entries
            .iter_mut()
            .filter(|entry| entry.goods && entry.settled.is_some());
        let taxed = priced.filter(|entry| !entry.percent.is_zero());
        if let Some(largest) = taxed.max_by_key(|entry| entry.settled) {
            largest.settled = largest.settled.map(|own| own + cents);
            return Some(limit);
        }
    }
    if !within {
        match case.facts.difference {
            None => {
                case.hold("totaal-verschil");
                return None;
            }
            Some(DifferenceChoice::Discount) => {
                in_proportion(case, sale, entries, vat, order.total - sum)?;
                return Some(limit);
            }
            Some(DifferenceChoice::Untaxed) => {}
        }
    }
    let setting = case.settings.sales.total_difference_article.clone();
    entries.push(untaxed(case, &setting, amount, true)?);
    // What the owner chose himself takes nothing from the limit.
    Some(if within { limit - amount.abs() } else { limit })
}

/// Each rate bears its share of what is sold, with the VAT in it; which cents go to which is left open.
fn in_proportion(
    case: &mut Case<'_>,
    sale: &Sale,
    entries: &mut Vec<Entry>,
    vat: &mut PerRate,
    off: Decimal,
) -> Option<()> {
    let sales = case.settings.sales.clone();
    let setting = if off < dec!(0) {
        &sales.discount_article
    } else {
        &sales.fee_article
    };
    let mut sold = PerRate::new();
    for entry in entries.iter().filter(|entry| entry.settled.is_none()) {
        *sold.entry(entry.percent).or_default() += entry.exact;
    }
    sold.retain(|_, amount| *amount > dec!(0));
    let all: Decimal = sold.values().sum();
    for (percent, amount) in sold {
        let share = off * amount / all;
        let bearing = bearing(case, sale, percent);
        let fits = |group: &RevenueGroup| bearing.contains(&group.id);
        let (code, group) = named(case, setting, fits)?;
        if !percent.is_zero() {
            *vat.entry(percent).or_default() += share * percent / (dec!(100) + percent);
        }
        entries.push(Entry {
            slack: dec!(0.01),
            ..entry(code, &group, percent, share)
        });
    }
    Some(())
}

fn cost(
    case: &mut Case<'_>,
    sale: &Sale,
    goods: &[Entry],
    row: &TotalRow,
    percent: Decimal,
    gross: Decimal,
) -> Option<Entry> {
    let sales = case.settings.sales.clone();
    let setting = if is_rounding(row) {
        &sales.rounding_article
    } else {
        match row.kind {
            TotalKind::Shipping => &sales.shipping_article,
            TotalKind::Levy => &sales.levy_article,
            TotalKind::Fee if is_for_paying(row) => &sales.payment_cost_article,
            _ => &sales.fee_article,
        }
    };
    let sold = !is_rounding(row) && row.kind != TotalKind::Levy;
    if sold && let Some(article) = margin::article(case) {
        if percent.is_zero() || sale.without_vat() {
            return on_margin(case, sale, article, gross);
        }
        if margin::only(case) {
            case.hold("btw-wijkt-af");
            return None;
        }
    }
    if !sale.without_vat() {
        if !knows(case, sale, percent) {
            case.hold("btw-tarief-onbekend");
        }
        let bearing = bearing(case, sale, percent);
        let fits = |group: &RevenueGroup| bearing.contains(&group.id);
        let (code, group) = named(case, setting, fits)?;
        return Some(Entry {
            sold,
            ..entry(code, &group, percent, gross)
        });
    }
    // Without VAT: the kind the cost has at home, else that of the goods.
    let class = row.tax_class.as_ref();
    let at_home = class.and_then(|class| class_percent(case, class, &sale.home));
    let kinds: Vec<VatKind> = match at_home {
        Some(percent) => [VatKind::Hoog, VatKind::Laag, VatKind::Geen, VatKind::Overig]
            .into_iter()
            .filter(|kind| sale.is_domestic(*kind, percent))
            .collect(),
        None => goods.iter().map(|good| good.kind).collect(),
    };
    let (code, group) = named(case, setting, |group| kinds.contains(&group.vat))?;
    Some(Entry {
        sold,
        ..entry(code, &group, dec!(0), gross)
    })
}

/// Part of the price of margin goods; on an article whose group bears nothing.
fn on_margin(case: &mut Case<'_>, sale: &Sale, article: String, amount: Decimal) -> Option<Entry> {
    let bears = |group: &RevenueGroup| sale.percent(group) == Some(dec!(0));
    let (code, group) = named(case, &PerVatKind::One(article), bears)?;
    Some(Entry {
        margin: true,
        sold: true,
        ..entry(code, &group, dec!(0), amount)
    })
}

fn is_for_paying(row: &TotalRow) -> bool {
    let name = format!("{} {}", row.code, row.title).to_lowercase();
    "payment paypal betaal transact cod_fee rembours"
        .split(' ')
        .any(|word| name.contains(word))
}

/// A discount per rate; without VAT, per kind of the goods it is for.
fn discount(
    case: &mut Case<'_>,
    sale: &Sale,
    (goods, everything): (&[Entry], &[Entry]),
    shares: &PerRate,
    slack: &PerRate,
) -> Option<Vec<Entry>> {
    let setting = case.settings.sales.discount_article.clone();
    let mut entries = Vec::new();
    if sale.without_vat() {
        let total: Decimal = shares.values().sum();
        // Of what was taken back nothing can be taken off.
        let kinds = [VatKind::Hoog, VatKind::Laag, VatKind::Geen, VatKind::Overig];
        let sold = |of: &[Entry]| {
            let mut sold: Vec<(VatKind, Decimal)> = Vec::new();
            for kind in kinds {
                let of_kind = of.iter().filter(|entry| entry.kind == kind);
                sold.push((kind, of_kind.map(|entry| entry.exact).sum()));
            }
            sold.retain(|(_, amount)| *amount > dec!(0));
            sold
        };
        let bearing = if sold(goods).is_empty() {
            sold(everything)
        } else {
            sold(goods)
        };
        let all: Decimal = bearing.iter().map(|(_, amount)| amount).sum();
        for (kind, amount) in bearing {
            let part = total * amount / all;
            let of_kind = |entry: &&Entry| entry.kind == kind;
            let part = match on_margin_goods(case, sale, everything, of_kind, part)? {
                Some(lowered) => {
                    let left = part + lowered.exact;
                    entries.push(lowered);
                    left
                }
                None => part,
            };
            if part >= HALF {
                let (code, group) = named(case, &setting, |group| group.vat == kind)?;
                entries.push(Entry {
                    sold: true,
                    ..entry(code, &group, dec!(0), -part)
                });
            }
        }
        return Some(entries);
    }
    for (percent, gross) in shares {
        let mut gross = *gross;
        if gross.abs() < HALF {
            continue;
        }
        if percent.is_zero() {
            let untaxed = |entry: &&Entry| entry.percent.is_zero();
            if let Some(lowered) = on_margin_goods(case, sale, everything, untaxed, gross)? {
                gross += lowered.exact;
                entries.push(Entry {
                    slack: slack.get(percent).copied().unwrap_or_default(),
                    ..lowered
                });
            }
            if gross.abs() < HALF {
                continue;
            }
        }
        let bearing = bearing(case, sale, *percent);
        let fits = |group: &RevenueGroup| bearing.contains(&group.id);
        let (code, group) = named(case, &setting, fits)?;
        entries.push(Entry {
            sold: true,
            slack: slack.get(percent).copied().unwrap_or_default(),
            ..entry(code, &group, *percent, -gross)
        });
    }
    Some(entries)
}

/// What of a discount lowers the price of margin goods: as they are to all that bears none; the inner none
/// where there are none.
#[expect(clippy::option_option, reason = "an article may be missing besides")]
fn on_margin_goods(
    case: &mut Case<'_>,
    sale: &Sale,
    all: &[Entry],
    among: impl Fn(&&Entry) -> bool,
    discount: Decimal,
) -> Option<Option<Entry>> {
    let open = || {
        all.iter()
            .filter(|entry| entry.settled.is_none() && entry.exact > dec!(0))
    };
    let whole: Decimal = open().filter(&among).map(|entry| entry.exact).sum();
    let theirs = open().filter(&among).filter(|entry| entry.margin);
    let theirs: Decimal = theirs.map(|entry| entry.exact).sum();
    let Some(article) = margin::article(case).filter(|_| !theirs.is_zero()) else {
        return Some(None);
    };
    on_margin(case, sale, article, -discount * theirs / whole).map(Some)
}

/// What is no sale bears no VAT, wherever the goods go.
fn untaxed(
    case: &mut Case<'_>,
    setting: &PerVatKind,
    amount: Decimal,
    settled: bool,
) -> Option<Entry> {
    let (code, group) = named(case, setting, |group| group.vat == VatKind::Geen)?;
    Some(Entry {
        settled: settled.then(|| whole(amount)),
        ..entry(code, &group, dec!(0), amount)
    })
}

pub fn entry(code: String, group: &RevenueGroup, percent: Decimal, exact: Decimal) -> Entry {
    Entry {
        code,
        kind: group.vat,
        ledger: group.ledger.clone(),
        percent,
        exact,
        slack: dec!(0),
        settled: None,
        quantity: dec!(1),
        goods: false,
        sold: false,
        margin: false,
    }
}

//! What the rows of the total block are, and so everything that stands on the order besides the
//! goods: every meaning a row may have is tried, and those that come to the shop's tax rows are kept.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{RevenueGroup, VatKind},
    profile::settings::PerVatKind,
    translate::DifferenceChoice,
};
use winkelbrug_protocol::record::{RatePart, TotalKind, TotalRow};

use super::{
    Case, Due, Entry, HALF, PerRate,
    goods::{Good, bearing, knows, named},
    vat::{Sale, class_percent},
    whole, with_vat,
};

/// What one row is taken for.
#[derive(Debug, Clone)]
enum Meaning {
    /// Bears these shares (with VAT) at these rates.
    Cost(PerRate),
    /// Lowers the VAT, by shares still to be found.
    Discount,
    /// Lowers it by these shares, with VAT and above zero; each may be off by so much, because it was
    /// found from rounded rows.
    KnownDiscount(PerRate, PerRate),
    /// Lowers only what is paid.
    Payment,
}

/// A meaning, and whether it doubts what the row's code or the shop's settings say.
type Guess = (Meaning, Doubt);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Doubt {
    settings: bool,
    codes: bool,
}

/// All ways the rules allow; when there is none, the reasons are noted.
pub fn ways(case: &mut Case<'_>, sale: &Sale, goods: &[Good]) -> Vec<Due> {
    let rows: Vec<&TotalRow> = case
        .order
        .totals
        .iter()
        .filter(|row| !is_information(row) && !row.amount.is_zero())
        .collect();
    let stories = match recorded(&rows, goods) {
        Some(story) => vec![story],
        None => {
            let plain = guessed(case, sale, goods, &rows, false);
            match plain {
                Some(stories) if stories.is_empty() => {
                    guessed(case, sale, goods, &rows, true).unwrap_or_default()
                }
                Some(stories) => stories,
                None => return Vec::new(),
            }
        }
    };
    if stories.is_empty() {
        case.hold("btw-wijkt-af");
        if rows.iter().any(|row| row.kind == TotalKind::Other) {
            case.hold("totaalregel-onbekend");
        }
    }
    if stories.len() > 1 {
        // Several as good as each other: a person may be asked.
        case.hold("btw-wijkt-af");
        case.hold("totaalregel-onbekend");
    }
    stories
        .iter()
        .filter_map(|story| due(case, sale, goods, &rows, story))
        .collect()
}

fn is_information(row: &TotalRow) -> bool {
    matches!(
        row.kind,
        TotalKind::SubTotal | TotalKind::Total | TotalKind::Tax
    )
}

fn is_rounding(row: &TotalRow) -> bool {
    let name = format!("{} {}", row.code, row.title).to_lowercase();
    let says = name.contains("round") || name.contains("afrond");
    row.kind == TotalKind::Rounding
        || (row.kind == TotalKind::Other && row.amount.abs() <= dec!(0.05) && says)
}

/// Where the shop recorded the rates of all lines and rows, nothing is to be found out.
fn recorded(rows: &[&TotalRow], goods: &[Good]) -> Option<Vec<Meaning>> {
    if !goods.iter().all(|good| good.told) {
        return None;
    }
    rows.iter().map(|row| recorded_row(row)).collect()
}

fn recorded_row(row: &TotalRow) -> Option<Meaning> {
    if is_rounding(row) {
        return Some(Meaning::Cost([(dec!(0), row.amount)].into()));
    }
    let below = row.amount < dec!(0);
    let bare = |part: &RatePart| part.percent.is_zero() && part.vat.is_zero();
    let pays = matches!(row.kind, TotalKind::GiftCard | TotalKind::StoreCredit);
    if pays && below && row.parts.iter().all(bare) {
        return Some(Meaning::Payment);
    }
    if row.parts.is_empty() {
        return None;
    }
    let cost = matches!(
        row.kind,
        TotalKind::Shipping | TotalKind::Levy | TotalKind::Fee
    );
    let mut shares = PerRate::new();
    if cost || (row.kind == TotalKind::Other && !below) {
        for part in &row.parts {
            *shares.entry(part.percent.normalize()).or_default() += part.net + part.vat;
        }
        return Some(Meaning::Cost(shares));
    }
    if !below {
        return None;
    }
    for part in &row.parts {
        // A part whose VAT stayed what it was lowered none.
        let would = (part.net * part.percent / dec!(100)).abs();
        let lowered = !part.vat.is_zero() || would < dec!(0.01);
        let percent = if lowered {
            part.percent.normalize()
        } else {
            dec!(0)
        };
        *shares.entry(percent).or_default() -= part.net + part.vat;
    }
    Some(Meaning::KnownDiscount(shares, PerRate::new()))
}

/// Every combination of guesses that comes to the tax rows, of those that doubt least; none where a
/// row holds the order by itself. `spread`: costs may also follow the goods.
fn guessed(
    case: &mut Case<'_>,
    sale: &Sale,
    goods: &[Good],
    rows: &[&TotalRow],
    spread: bool,
) -> Option<Vec<Vec<Meaning>>> {
    let mut all: Vec<Vec<Guess>> = vec![Vec::new()];
    for row in rows {
        let guesses = guesses(case, sale, goods, row, spread)?;
        all = all
            .iter()
            .flat_map(|before| {
                guesses.iter().map(move |guess| {
                    let mut next = before.clone();
                    next.push(guess.clone());
                    next
                })
            })
            .collect();
    }
    let doubt = |guesses: &[Guess]| Doubt {
        settings: guesses.iter().any(|(_, doubt)| doubt.settings),
        codes: guesses.iter().any(|(_, doubt)| doubt.codes),
    };
    let mut found: Vec<(Doubt, Vec<Meaning>)> = all
        .iter()
        .filter_map(|guesses| Some((doubt(guesses), fits(sale, goods, rows, guesses)?)))
        .collect();
    let least = found.iter().map(|(doubt, _)| *doubt).min();
    found.retain(|(doubt, _)| Some(*doubt) == least);
    Some(found.into_iter().map(|(_, story)| story).collect())
}

fn guesses(
    case: &mut Case<'_>,
    sale: &Sale,
    goods: &[Good],
    row: &TotalRow,
    spread: bool,
) -> Option<Vec<Guess>> {
    let sure = Doubt::default();
    let wrong_code = Doubt {
        codes: true,
        ..sure
    };
    let below = row.amount < dec!(0);
    if is_rounding(row) {
        let all = [(dec!(0), row.amount)].into();
        return Some(vec![(Meaning::Cost(all), sure)]);
    }
    Some(match row.kind {
        TotalKind::Discount | TotalKind::Reward if below => {
            vec![(Meaning::Discount, sure), (Meaning::Payment, wrong_code)]
        }
        TotalKind::GiftCard | TotalKind::StoreCredit if below => {
            vec![(Meaning::Payment, sure), (Meaning::Discount, wrong_code)]
        }
        TotalKind::Other if below && !sale.without_vat() => vec![(Meaning::Discount, sure)],
        TotalKind::Shipping | TotalKind::Fee | TotalKind::Levy => {
            cost_guesses(case, sale, goods, row, spread)
        }
        TotalKind::Other if !below => cost_guesses(case, sale, goods, row, false),
        _ => {
            case.hold("totaalregel-onbekend");
            return None;
        }
    })
}

fn cost_guesses(
    case: &Case<'_>,
    sale: &Sale,
    goods: &[Good],
    row: &TotalRow,
    spread: bool,
) -> Vec<Guess> {
    let class = row.tax_class.as_ref();
    let setting = class.and_then(|class| class_percent(case, class, &sale.country));
    let mut percents: Vec<Decimal> = setting.into_iter().collect();
    percents.extend(sale.charged());
    percents.extend(goods.iter().map(|good| good.percent));
    percents.push(dec!(0));
    if sale.without_vat() {
        percents = vec![dec!(0)];
    }
    let mut guesses: Vec<Guess> = Vec::new();
    let mut seen = Vec::new();
    for percent in percents {
        if seen.contains(&percent) {
            continue;
        }
        seen.push(percent);
        let doubt = Doubt {
            settings: !sale.without_vat() && setting.is_some_and(|setting| setting != percent),
            codes: false,
        };
        let all = [(percent, with_vat(row.amount, percent))].into();
        guesses.push((Meaning::Cost(all), doubt));
    }
    let base = nets(goods);
    let all: Decimal = base.values().sum();
    if spread && row.kind != TotalKind::Levy && base.len() > 1 && !all.is_zero() {
        let share = |(percent, net): (&Decimal, &Decimal)| {
            (*percent, with_vat(row.amount * net / all, *percent))
        };
        let doubt = Doubt {
            settings: setting.is_some(),
            codes: false,
        };
        guesses.push((Meaning::Cost(base.iter().map(share).collect()), doubt));
    }
    guesses
}

/// Goods without VAT, per rate.
fn nets(goods: &[Good]) -> PerRate {
    let mut nets = PerRate::new();
    for good in goods {
        *nets.entry(good.percent).or_default() += good.net;
    }
    nets
}

/// A rate's VAT may be a cent off, and the rounding of the row.
const ROW: Decimal = dec!(0.015);

/// A discount may move a rate's VAT by less than a cent.
const ROOM: Decimal = dec!(0.008);

/// Do these meanings come to the tax rows? Then with the shares of the discounts.
fn fits(
    sale: &Sale,
    goods: &[Good],
    rows: &[&TotalRow],
    guesses: &[Guess],
) -> Option<Vec<Meaning>> {
    let mut story: Vec<Meaning> = guesses.iter().map(|(meaning, _)| meaning.clone()).collect();
    let mut nets = nets(goods);
    let untaxed = nets.get(&dec!(0)).copied().unwrap_or_default();
    let mut discounts = Vec::new();
    for (row, meaning) in rows.iter().zip(&story) {
        match meaning {
            Meaning::Cost(shares) => {
                for (percent, gross) in shares {
                    *nets.entry(*percent).or_default() += *gross / (dec!(1) + *percent / dec!(100));
                }
            }
            Meaning::Discount => discounts.push(*row),
            Meaning::KnownDiscount(..) | Meaning::Payment => {}
        }
    }
    let total: Decimal = discounts.iter().map(|row| -row.amount).sum();
    let mut rates: Vec<Decimal> = nets.keys().copied().chain(sale.charged()).collect();
    rates.retain(|percent| !percent.is_zero());
    rates.sort();
    rates.dedup();
    let mut shares = PerRate::new();
    if sale.without_vat() {
        shares.insert(dec!(0), total);
    } else {
        for percent in rates {
            let rate = percent / dec!(100);
            let net = nets.get(&percent).copied().unwrap_or_default();
            let charged = sale.vat.get(&percent).copied().unwrap_or_default();
            if discounts.is_empty() {
                if (net * rate - charged).abs() > ROW {
                    return None;
                }
                continue;
            }
            let room = ROOM / rate;
            let share = net - charged / rate;
            if share < -room || share > net + room {
                return None;
            }
            let noise = if in_cents(sale) { dec!(0.05) } else { HALF };
            let nothing = share < dec!(0) || share < noise.min(room);
            shares.insert(percent, if nothing { dec!(0) } else { share });
        }
        let left = total - shares.values().sum::<Decimal>();
        let rooms: Decimal = shares
            .iter()
            .filter(|(_, share)| !share.is_zero())
            .map(|(percent, _)| ROOM / (percent / dec!(100)))
            .sum();
        if untaxed > dec!(0) && left > HALF && left <= untaxed + HALF {
            shares.insert(dec!(0), left);
        } else if left.abs() > rooms.max(HALF) {
            return None;
        } else if !rooms.is_zero() {
            // What the rows' rounding leaves over is spread by what each rate can take.
            for (percent, share) in &mut shares {
                if !share.is_zero() {
                    *share += left * (ROOM / (*percent / dec!(100))) / rooms;
                }
            }
        }
    }
    if !shows_strange(&discounts, &shares) {
        return None;
    }
    for (row, meaning) in rows.iter().zip(&mut story) {
        if matches!(meaning, Meaning::Discount) {
            let part = -row.amount / total;
            let of_row = shares
                .iter()
                .map(|(percent, net)| (*percent, with_vat(*net * part, *percent)));
            let of_row: PerRate = of_row.collect();
            let slack = of_row
                .keys()
                .map(|percent| (*percent, slack(sale, *percent)));
            *meaning = Meaning::KnownDiscount(of_row.clone(), slack.collect());
        }
    }
    Some(story)
}

/// How far a discount found from a tax row may be off, with VAT.
fn slack(sale: &Sale, percent: Decimal) -> Decimal {
    let rounding = if in_cents(sale) { ROW } else { dec!(0.0002) };
    let rate = percent / dec!(100);
    if percent.is_zero() {
        return rounding;
    }
    rounding / rate * (dec!(1) + rate)
}

/// A reduction under a name nobody knows is a discount only where the VAT shows it.
fn shows_strange(discounts: &[&TotalRow], shares: &PerRate) -> bool {
    let strange = |row: &&TotalRow| row.kind == TotalKind::Other;
    let lowered = shares
        .iter()
        .any(|(percent, share)| !percent.is_zero() && *share > HALF);
    let untaxed = shares.get(&dec!(0)).copied().unwrap_or_default();
    !discounts.iter().any(strange)
        || (lowered && (untaxed.is_zero() || discounts.iter().all(strange)))
}

/// Keeps the shop its tax in whole cents?
fn in_cents(sale: &Sale) -> bool {
    sale.vat.values().all(|vat| vat.normalize().scale() <= 2)
}

/// Everything that has to stand on the order; none where an article is missing or the total does
/// not add up.
fn due(
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
    for meaning in story {
        if let Meaning::KnownDiscount(shares, slack) = meaning {
            entries.extend(discount(case, sale, &goods, shares, slack)?);
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
    difference(case, sale, &mut entries, &mut vat)?;
    Some(Due {
        total: whole(case.order.total),
        without_vat: sale.without_vat(),
        vat,
        entries,
    })
}

/// What the shop's total is more or less than its own rows, or than the books' own prices.
fn difference(
    case: &mut Case<'_>,
    sale: &Sale,
    entries: &mut Vec<Entry>,
    vat: &mut PerRate,
) -> Option<()> {
    let order = case.order;
    let rows: Decimal = order
        .totals
        .iter()
        .filter(|row| !matches!(row.kind, TotalKind::SubTotal | TotalKind::Total))
        .map(|row| row.amount)
        .sum();
    let lines: Decimal = order.lines.iter().map(|line| line.total).sum();
    let cards: Decimal = order.gift_cards.iter().map(|card| card.amount).sum();
    let sum = rows + lines + cards;
    let own_prices = entries.iter().any(|e| e.goods && e.settled.is_some());
    let cents = if own_prices {
        let open: Decimal = entries
            .iter()
            .filter(|entry| entry.settled.is_none())
            .map(|entry| entry.exact)
            .sum();
        let settled: i64 = entries.iter().filter_map(|entry| entry.settled).sum();
        whole(order.total) - whole(open) - settled
    } else if (order.total - sum).abs() <= HALF {
        0
    } else {
        whole(order.total) - whole(sum)
    };
    if cents == 0 {
        return Some(());
    }
    let amount = Decimal::new(cents, 2);
    if amount.abs() > case.settings.sales.total_difference_limit {
        match case.facts.difference {
            None => {
                case.hold("totaal-verschil");
                return None;
            }
            Some(DifferenceChoice::Discount) => {
                return in_proportion(case, sale, entries, vat, order.total - sum);
            }
            Some(DifferenceChoice::Untaxed) => {}
        }
    }
    let setting = case.settings.sales.total_difference_article.clone();
    entries.push(untaxed(case, &setting, amount, true)?);
    Some(())
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
            ..entry(code, group.vat, percent, share)
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
    if !sale.without_vat() {
        if !knows(case, sale, percent) {
            case.hold("btw-tarief-onbekend");
        }
        let bearing = bearing(case, sale, percent);
        let fits = |group: &RevenueGroup| bearing.contains(&group.id);
        let (code, group) = named(case, setting, fits)?;
        return Some(entry(code, group.vat, percent, gross));
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
    Some(entry(code, group.vat, dec!(0), gross))
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
    goods: &[Entry],
    shares: &PerRate,
    slack: &PerRate,
) -> Option<Vec<Entry>> {
    let setting = case.settings.sales.discount_article.clone();
    let mut entries = Vec::new();
    if sale.without_vat() {
        let total: Decimal = shares.values().sum();
        let all: Decimal = goods.iter().map(|good| good.exact).sum();
        for kind in [VatKind::Hoog, VatKind::Laag, VatKind::Geen, VatKind::Overig] {
            let of_kind = goods.iter().filter(|good| good.kind == kind);
            let part = total * of_kind.map(|good| good.exact).sum::<Decimal>() / all;
            if part >= HALF {
                let (code, group) = named(case, &setting, |group| group.vat == kind)?;
                entries.push(entry(code, group.vat, dec!(0), -part));
            }
        }
        return Some(entries);
    }
    for (percent, gross) in shares {
        if *gross < HALF {
            continue;
        }
        let bearing = bearing(case, sale, *percent);
        let fits = |group: &RevenueGroup| bearing.contains(&group.id);
        let (code, group) = named(case, &setting, fits)?;
        entries.push(Entry {
            slack: slack.get(percent).copied().unwrap_or_default(),
            ..entry(code, group.vat, *percent, -*gross)
        });
    }
    Some(entries)
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
        ..entry(code, group.vat, dec!(0), amount)
    })
}

fn entry(code: String, kind: VatKind, percent: Decimal, exact: Decimal) -> Entry {
    Entry {
        code,
        kind,
        percent,
        exact,
        slack: dec!(0),
        settled: None,
        quantity: dec!(1),
        goods: false,
    }
}

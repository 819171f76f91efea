//! What the rows of the total block are: every meaning a row may have is tried, and those that come to the shop's tax rows are kept.

use rust_decimal::{Decimal, dec};
use winkelbrug_protocol::record::{RatePart, TotalKind, TotalRow};

use super::{
    Case, Due, HALF, PerRate,
    goods::Good,
    standing::due,
    vat::{Sale, class_percent},
    with_vat,
};

/// What one row is taken for.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// Bears these shares (with VAT) at these rates.
    Cost(PerRate),
    /// Lowers the VAT, by shares still to be found.
    Discount,
    /// Lowers it by these shares, with VAT, below zero for what was taken back; each may be off by so much,
    /// because it was found from rounded rows.
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
            let mut found = Vec::new();
            for beyond in [Beyond::Nothing, Beyond::Spread, Beyond::Free] {
                if found.is_empty() {
                    match guessed(case, sale, goods, &rows, beyond) {
                        Some(stories) => found = stories,
                        None => return Vec::new(),
                    }
                }
            }
            found
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

/// What is thought of only when all else fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    Nothing,
    /// The VAT of a cost goes with the goods.
    Spread,
    /// A discount takes from costs that happen to bear no VAT.
    Free,
}

pub(super) fn is_rounding(row: &TotalRow) -> bool {
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
/// row holds the order by itself.
fn guessed(
    case: &mut Case<'_>,
    sale: &Sale,
    goods: &[Good],
    rows: &[&TotalRow],
    beyond: Beyond,
) -> Option<Vec<Vec<Meaning>>> {
    let mut all: Vec<Vec<Guess>> = vec![Vec::new()];
    for row in rows {
        let guesses = guesses(case, sale, goods, row, beyond == Beyond::Spread)?;
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
        .filter_map(|guesses| {
            let free = free(case, sale, rows, guesses, beyond);
            Some((doubt(guesses), fits(sale, goods, rows, guesses, free)?))
        })
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
        TotalKind::Other if !below => {
            let class = row.tax_class.as_ref();
            let said = class.and_then(|class| class_percent(case, class, &sale.country));
            if sale.without_vat() && said.is_none() {
                case.hold("totaalregel-onbekend");
                return None;
            }
            let mut guesses = cost_guesses(case, sale, goods, row, false);
            // Where it bears no VAT, nothing shows that it is a surcharge.
            let bare = |meaning: &Meaning| matches!(meaning, Meaning::Cost(shares) if shares.contains_key(&dec!(0)));
            guesses.retain(|(meaning, _)| {
                !bare(meaning) || said == Some(dec!(0)) || sale.without_vat()
            });
            guesses
        }
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
    // A share of less than nothing is none.
    let even = base.values().all(|net| *net >= dec!(0));
    if spread && even && row.kind != TotalKind::Levy && base.len() > 1 && !all.is_zero() {
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

/// What of the costs bears no VAT and may have been discounted: because the shop's settings say so.
fn free(
    case: &Case<'_>,
    sale: &Sale,
    rows: &[&TotalRow],
    guesses: &[Guess],
    beyond: Beyond,
) -> Decimal {
    let mut free = dec!(0);
    for (row, (meaning, _)) in rows.iter().zip(guesses) {
        let class = row.tax_class.as_ref();
        let said = class.and_then(|class| class_percent(case, class, &sale.country));
        let by_right = said == Some(dec!(0)) || beyond == Beyond::Free;
        if let Meaning::Cost(shares) = meaning
            && by_right
            && !is_rounding(row)
        {
            free += shares.get(&dec!(0)).copied().unwrap_or_default();
        }
    }
    free
}

/// Do these meanings come to the tax rows? Then with the shares of the discounts.
fn fits(
    sale: &Sale,
    goods: &[Good],
    rows: &[&TotalRow],
    guesses: &[Guess],
    free: Decimal,
) -> Option<Vec<Meaning>> {
    let mut story: Vec<Meaning> = guesses.iter().map(|(meaning, _)| meaning.clone()).collect();
    let mut nets = nets(goods);
    let untaxed = nets.get(&dec!(0)).copied().unwrap_or_default() + free;
    let mut discounts = Vec::new();
    let mut bearing = dec!(0);
    for (row, meaning) in rows.iter().zip(&story) {
        match meaning {
            Meaning::Cost(shares) => {
                for (percent, gross) in shares {
                    let net = *gross / (dec!(1) + *percent / dec!(100));
                    *nets.entry(*percent).or_default() += net;
                    bearing += if percent.is_zero() { dec!(0) } else { net };
                }
            }
            Meaning::Discount => discounts.push(*row),
            Meaning::KnownDiscount(..) | Meaning::Payment => {}
        }
    }
    let total: Decimal = discounts.iter().map(|row| -row.amount).sum();
    // Where the shop wrote down no row of VAT nothing bore any, but what was given back whole.
    if sale.no_rows && !bearing.is_zero() && (bearing - total).abs() >= HALF {
        return None;
    }
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
                    *share = (*share).max(dec!(0));
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

//! Is what translation answered what the rules demand?

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, dec};
use testbed::truth::books::line_total;
use winkelbrug::{
    books::{ArticleRef, BookingLine, LineDraft, PriceMode, VatKind},
    profile::Settings,
    translate::{Facts, Outcome, Plan, Reason},
};

use super::{
    Due, Entry, Told, Verdict, booking,
    cents::{come_out, down, no_way, remainder, tied},
    header, new_articles,
    recipes::Pieces,
    relation, texts, vat_inside, whole,
};

/// How far they agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreed {
    /// Written, to the cent by largest remainder.
    ToTheCent,
    /// Written, with cents where the rules leave them free.
    WithinItsCents,
    /// Held as demanded.
    Held,
    /// Held although it might have been written, where the rules leave that open.
    HeldAsAllowed,
    /// Held because the points of `smart` leave open who the buyer is, or who it is does not fit.
    HeldByPoints,
    /// Left out as demanded.
    Skipped,
}

/// Compares; the error says what differs.
///
/// # Errors
/// They differ.
pub fn compare(
    told: &Told,
    outcome: &Outcome,
    settings: &Settings,
    facts: &Facts,
) -> Result<Agreed, String> {
    let Told { verdict, whose } = told;
    let by_points = |reason: &Reason| {
        let mut whose = whose.iter();
        whose.any(|whose| relation::may_hold(whose, reason))
    };
    match (verdict, outcome) {
        (Verdict::Skipped(code), Outcome::Skipped(reason)) if reason.code == *code => {
            Ok(Agreed::Skipped)
        }
        (Verdict::Held(codes), Outcome::Held(reason) | Outcome::Stop(reason))
            if codes.contains(reason.code.as_str()) =>
        {
            Ok(Agreed::Held)
        }
        (Verdict::Held(_) | Verdict::Written { .. }, Outcome::Held(reason))
            if by_points(reason) =>
        {
            Ok(Agreed::HeldByPoints)
        }
        (Verdict::Written { or_held, .. }, Outcome::Held(reason))
            if or_held.contains(reason.code.as_str()) =>
        {
            Ok(Agreed::HeldAsAllowed)
        }
        (
            Verdict::Written {
                ways,
                header,
                texts,
                parts,
                ..
            },
            Outcome::Plan(plan),
        ) => {
            let Some(whose) = whose else {
                return Err("it does not come to whose order it is".to_owned());
            };
            relation::agrees(whose, plan)?;
            header::agrees(header, plan)?;
            texts::agrees(texts, plan)?;
            new_articles::agrees(plan, facts)?;
            let mut wrong = Vec::new();
            for due in ways {
                let agreed = as_due(due, plan, settings, facts);
                match agreed.and_then(|agreed| at_no_price(due, plan, parts).map(|()| agreed)) {
                    Ok(agreed) => return Ok(agreed),
                    Err(error) => wrong.push(error),
                }
            }
            Err(wrong.join("; or "))
        }
        (Verdict::Skipped(code), other) => Err(format!("skipped {code}; not {}", short(other))),
        (Verdict::Held(codes), other) => Err(format!("held {codes:?}; not {}", short(other))),
        (Verdict::Written { or_held, .. }, other) => Err(format!(
            "written (or held {or_held:?}); not {}",
            short(other)
        )),
    }
}

/// Was an order held that nobody could have written: no way to share its cents comes to the shop's total and VAT?
pub fn could_not_be_written(told: &Told, outcome: &Outcome) -> bool {
    let Outcome::Held(reason) = outcome else {
        return false;
    };
    // A cent of rounding, and what may move for the VAT: one cent, or half a cent a piece.
    let room = |entry: &Entry| {
        let of_pieces = entry.quantity.abs().ceil() * dec!(0.005);
        dec!(0.01) + entry.slack + of_pieces.max(dec!(0.01))
    };
    match &told.verdict {
        Verdict::Written { ways, .. } if reason.code == "btw-wijkt-af" => {
            ways.iter().all(|due| no_way(due, room))
        }
        _ => false,
    }
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Plan(_) => "written".to_owned(),
        Outcome::Held(reason) => format!("held {}: {}", reason.code, reason.text.en),
        Outcome::Skipped(reason) => format!("skipped {}", reason.code),
        Outcome::Stop(reason) => format!("stopped {}", reason.code),
        Outcome::Link { .. } => "linked".to_owned(),
    }
}

/// What stands on an article.
#[derive(Debug, Default)]
struct Stands {
    cents: i64,
    lines: Vec<i64>,
    quantity: Decimal,
    kind: Option<VatKind>,
}

fn as_due(due: &Due, plan: &Plan, settings: &Settings, facts: &Facts) -> Result<Agreed, String> {
    let mode = if due.without_vat {
        PriceMode::Exclusief
    } else {
        PriceMode::Inclusief
    };
    if plan.order.price_mode != mode {
        return Err(format!("{mode:?}, not {:?}", plan.order.price_mode));
    }
    let stands = stands(plan, facts);
    let total: i64 = stands.values().map(|stands| stands.cents).sum();
    if total != due.total || whole(plan.expected.incl) != due.total {
        return Err(format!("total {}, not {total}", due.total));
    }
    let exact = come_out(due);
    let sure = due.entries.iter().all(|entry| entry.slack.is_zero()) && !tied(due);
    let mut wanted: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in &due.entries {
        wanted.entry(&entry.code).or_default().push(entry);
    }
    rate_by_rate(due, &stands, &wanted)?;
    let nothing = Stands::default();
    let codes: BTreeSet<&str> = wanted
        .keys()
        .copied()
        .chain(stands.keys().map(String::as_str))
        .collect();
    for code in codes {
        let stands = stands.get(code).unwrap_or(&nothing);
        match wanted.get(code) {
            Some(entries) => {
                let moved = cents_moved(exact, sure);
                let spare = if !exact && is_for_rounding(code, settings) {
                    due.spare
                } else {
                    dec!(0)
                };
                on_article(code, entries, stands, moved, spare + alike(due, entries))?;
            }
            None if stands.lines.iter().all(|cents| *cents == 0) => {}
            None if !exact
                && is_for_rounding(code, settings)
                && Decimal::new(stands.cents, 2).abs() <= due.spare => {}
            None => return Err(format!("{code} {} too much", stands.cents)),
        }
    }
    match (&due.account, &plan.booking) {
        (None, None) => {}
        (Some(account), Some(booking)) => {
            let moved = cents_moved(exact, sure);
            let ledgers = rounding_ledgers(settings, facts);
            let spare = |line: &BookingLine| {
                !exact && ledgers.contains(&line.ledger) && line.amount.abs() <= due.spare
            };
            let of_rounding = |entry: &Entry| {
                let mut ledger = entry.ledger.iter();
                !exact && ledger.any(|ledger| ledgers.contains(ledger))
            };
            let room = |entry: &Entry| {
                let spare = if of_rounding(entry) {
                    due.spare
                } else {
                    dec!(0)
                };
                room(entry, moved) + spare + alike(due, &[entry])
            };
            booking::compare(due, account, booking, room, spare)?;
        }
        (wanted, _) => return Err(format!("booked: {}", wanted.is_some())),
    }
    if !exact {
        return Ok(Agreed::WithinItsCents);
    }
    if sure {
        largest_remainders(due, &wanted, &stands)?;
    }
    Ok(Agreed::ToTheCent)
}

/// What stands there besides what is sold, at no price: those pieces and no others.
fn at_no_price(due: &Due, plan: &Plan, parts: &Pieces) -> Result<(), String> {
    let sold: BTreeSet<&str> = due
        .entries
        .iter()
        .map(|entry| entry.code.as_str())
        .collect();
    let mut pieces = Pieces::new();
    for line in plan
        .order
        .lines
        .iter()
        .filter(|line| line.article.is_some())
    {
        if line.unit_price.is_zero() && !sold.contains(line.code.as_str()) {
            *pieces.entry(line.code.clone()).or_default() += line.quantity;
        }
    }
    let wanted = parts
        .iter()
        .filter(|(code, _)| !sold.contains(code.as_str()));
    let wanted: Pieces = wanted
        .map(|(code, pieces)| (code.clone(), *pieces))
        .collect();
    if pieces == wanted {
        return Ok(());
    }
    Err(format!("at no price {wanted:?}, not {pieces:?}"))
}

fn stands(plan: &Plan, facts: &Facts) -> BTreeMap<String, Stands> {
    let mut all: BTreeMap<String, Stands> = BTreeMap::new();
    let lines = plan.order.lines.iter();
    for line in lines.filter(|line| line.article.is_some()) {
        let cents = whole(line_total(line));
        let stands = all.entry(line.code.clone()).or_default();
        stands.cents += cents;
        stands.lines.push(cents);
        stands.quantity += line.quantity;
        stands.kind = kind(plan, facts, line);
    }
    all
}

fn kind(plan: &Plan, facts: &Facts, line: &LineDraft) -> Option<VatKind> {
    use winkelbrug::books::plan::ArticleStep::Create;
    let group = match line.article.as_ref()? {
        ArticleRef::Existing(id) => {
            let mut articles = facts.articles.iter();
            articles.find(|a| a.id == *id)?.revenue_group.clone()
        }
        ArticleRef::Planned(code) => plan.articles.iter().find_map(|step| match step {
            Create { draft, .. } if draft.code == *code => Some(draft.revenue_group.clone()),
            _ => None,
        })?,
    };
    let mut groups = facts.lookups.revenue_groups.iter();
    Some(groups.find(|known| known.id == group)?.vat)
}

/// VAT of every rate within a cent of the shop's, rounded once or on every line.
fn rate_by_rate(
    due: &Due,
    stands: &BTreeMap<String, Stands>,
    wanted: &BTreeMap<&str, Vec<&Entry>>,
) -> Result<(), String> {
    if due.without_vat {
        return Ok(());
    }
    let mut per_rate: BTreeMap<Decimal, Vec<i64>> = BTreeMap::new();
    for (code, stands) in stands {
        let percent = wanted.get(code.as_str()).map_or(dec!(0), |e| e[0].percent);
        per_rate.entry(percent).or_default().extend(&stands.lines);
    }
    due.vat.keys().for_each(|percent| {
        per_rate.entry(*percent).or_default();
    });
    for (percent, lines) in per_rate.iter().filter(|(percent, _)| !percent.is_zero()) {
        let shop = due.vat.get(percent).copied().unwrap_or_default();
        let once = vat_inside(lines.iter().sum(), *percent);
        let each: Decimal = lines.iter().map(|cents| vat_inside(*cents, *percent)).sum();
        if (once - shop).abs() > dec!(0.01) || (each - shop).abs() > dec!(0.01) {
            return Err(format!("VAT {shop} at {percent}%, not {once} or {each}"));
        }
    }
    Ok(())
}

/// `spare`: what may stand on it besides.
fn on_article(
    code: &str,
    entries: &[&Entry],
    stands: &Stands,
    moved: Moved,
    spare: Decimal,
) -> Result<(), String> {
    if stands.kind.is_some_and(|kind| kind != entries[0].kind) {
        return Err(format!(
            "{code} {:?}, not {:?}",
            entries[0].kind, stands.kind
        ));
    }
    let sum: Decimal = entries
        .iter()
        .map(|e| e.settled.map_or(e.exact, |cents| Decimal::new(cents, 2)))
        .sum();
    let room: Decimal = entries.iter().map(|entry| room(entry, moved)).sum();
    if (Decimal::new(stands.cents, 2) - sum).abs() > room + spare {
        return Err(format!("{code} {sum}, not {} cents", stands.cents));
    }
    let pieces: Decimal = entries.iter().map(|entry| entry.quantity).sum();
    let whole = entries
        .iter()
        .all(|e| e.goods && e.quantity.normalize().scale() == 0);
    if whole && stands.quantity != pieces {
        return Err(format!("{pieces} × {code}, not {}", stands.quantity));
    }
    Ok(())
}

/// Which cents may have moved besides those of the largest remainders.
#[derive(Debug, Clone, Copy)]
enum Moved {
    /// None.
    No,
    /// Two an entry, as many as may move within a rate: what a discount found from rounded rows comes to
    /// nobody knows to the last digit, and so not whose remainder was the largest, nor whether the VAT was
    /// right with it. The same where remainders are alike.
    Perhaps,
    /// So many as the VAT asked for.
    ForTheVat,
}

const fn cents_moved(exact: bool, sure: bool) -> Moved {
    match (exact, sure) {
        (true, true) => Moved::No,
        (true, false) => Moved::Perhaps,
        (false, _) => Moved::ForTheVat,
    }
}

/// How far an entry's cents may be from its exact amount: a cent; and where cents had to move for the
/// VAT, as many as a shop that rounds every piece may have moved.
fn room(entry: &Entry, moved: Moved) -> Decimal {
    if entry.settled.is_some() {
        return dec!(0);
    }
    let moved = match moved {
        Moved::No => dec!(0),
        Moved::Perhaps => dec!(0.02),
        Moved::ForTheVat => dec!(0.02) + entry.quantity.abs().ceil() * dec!(0.005),
    };
    dec!(0.01) + entry.slack + moved
}

fn is_for_rounding(code: &str, settings: &Settings) -> bool {
    let mut named = settings.sales.rounding_article.codes();
    named.any(|named| named == code)
}

/// Ledgers of the articles that rounding goes on.
fn rounding_ledgers(settings: &Settings, facts: &Facts) -> BTreeSet<String> {
    let codes: Vec<&str> = settings.sales.rounding_article.codes().collect();
    let articles = facts.articles.iter();
    let groups = articles
        .filter(|article| codes.contains(&article.code.as_str()))
        .map(|article| &article.revenue_group);
    groups
        .filter_map(|id| {
            let mut known = facts.lookups.revenue_groups.iter();
            known.find(|group| group.id == *id)?.ledger.clone()
        })
        .collect()
}

/// Cents every open entry gets alike, before remainders are looked at: none, unless a shop's own
/// amounts do not come to its total.
fn for_everyone(due: &Due) -> i64 {
    let settled: i64 = due.entries.iter().filter_map(|entry| entry.settled).sum();
    let open = || due.entries.iter().filter(|entry| entry.settled.is_none());
    let rest = due.total - settled - open().map(|entry| down(entry.exact)).sum::<i64>();
    rest.div_euclid(i64::try_from(open().count().max(1)).unwrap())
}

/// How far that carries these entries together.
fn alike(due: &Due, entries: &[&Entry]) -> Decimal {
    let open = entries.iter().filter(|entry| entry.settled.is_none());
    let open = i64::try_from(open.count()).unwrap();
    Decimal::new(for_everyone(due).abs() * open, 2)
}

/// Nothing was rounded up while a larger remainder was rounded down. Where an article bears several
/// amounts only their sum is looked at; where a discount was found from rounded rows nobody knows its
/// remainder.
fn largest_remainders(
    due: &Due,
    wanted: &BTreeMap<&str, Vec<&Entry>>,
    stands: &BTreeMap<String, Stands>,
) -> Result<(), String> {
    let each = for_everyone(due);
    let (mut up, mut down_) = (Vec::new(), Vec::new());
    for (code, entries) in wanted {
        let [entry] = entries[..] else { continue };
        if entry.settled.is_some() {
            continue;
        }
        let cents = stands.get(*code).map_or(0, |stands| stands.cents);
        let remainder = remainder(entry.exact);
        match cents - down(entry.exact) - each {
            0 => down_.push((remainder, *code)),
            1 => up.push((remainder, *code)),
            other => return Err(format!("{code} is {other} cents above rounding down")),
        }
    }
    match (up.iter().min(), down_.iter().max()) {
        (Some(up), Some(down)) if up.0 < down.0 => Err(format!("{} up, {} down", up.1, down.1)),
        _ => Ok(()),
    }
}

//! Which of the books' stock figures to read in this run: all of them when that fits into stock's
//! share of the hourly allowance of calls, otherwise what orders touched first, then whatever was
//! read longest ago. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::administration::Budget;

/// Stock's share of the hourly allowance, in percent: orders go before.
const SHARE: u32 = 40;

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Everything.
    All,
    /// These articles, by id.
    Some(Vec<String>),
}

/// An article whose figure the shop could use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id in the books.
    pub id: String,
    /// Touched by an order of this run?
    pub touched: bool,
    /// When its figure was last read; none = never.
    pub read_at: Option<Timestamp>,
}

/// Calls that reading stock may cost now, `spent` of this hour's share being gone.
#[must_use]
pub fn allowance(budget: Option<Budget>, spent: u32) -> u32 {
    budget.map_or(u32::MAX, |budget| {
        let share = u64::from(budget.per_hour) * u64::from(SHARE) / 100;
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        share.saturating_sub(spent).min(budget.left)
    })
}

/// Chooses within `allowance` calls; `calls` tells what so many articles (none = all) cost.
#[must_use]
pub fn choose(
    mut candidates: Vec<Candidate>,
    allowance: u32,
    calls: impl Fn(Option<usize>) -> u32,
) -> Reading {
    let some = calls(Some(candidates.len()));
    let all = calls(None);
    if all <= allowance && all <= some {
        return Reading::All;
    }
    candidates.sort_by(|a, b| (!a.touched, a.read_at, &a.id).cmp(&(!b.touched, b.read_at, &b.id)));
    let fitting = largest(candidates.len(), |count| calls(Some(count)) <= allowance);
    candidates.truncate(fitting);
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| seen.insert(candidate.id.clone()));
    Reading::Some(candidates.into_iter().map(|article| article.id).collect())
}

/// The largest count up to `most` that fits; costs never fall as the count grows.
fn largest(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let read = |second| Timestamp::from_second(second).ok();
        [
            ("new", false, None),
            ("old", false, read(100)),
            ("fresh", false, read(900)),
            ("sold", true, read(990)),
        ]
        .map(|(id, touched, read_at)| Candidate {
            id: id.to_owned(),
            touched,
            read_at,
        })
        .into()
    }

    /// One call per article, three for all.
    fn calls(articles: Option<usize>) -> u32 {
        articles.map_or(3, |count| count as u32)
    }

    #[test]
    fn everything_is_read_when_it_fits_and_costs_no_more() {
        assert_eq!(choose(candidates(), 3, calls), Reading::All);
        let two = candidates().into_iter().take(2).collect();
        assert!(matches!(choose(two, 9, calls), Reading::Some(ids) if ids.len() == 2));
    }

    #[test]
    fn otherwise_what_was_sold_comes_first_and_then_what_was_read_longest_ago() {
        let chosen = |allowance| match choose(candidates(), allowance, calls) {
            Reading::Some(ids) => ids,
            Reading::All => Vec::new(),
        };
        assert_eq!(chosen(2), ["sold", "new"]);
        assert_eq!(chosen(1), ["sold"]);
        assert!(chosen(0).is_empty());
    }

    #[test]
    fn stock_takes_at_most_two_fifths_of_the_hour() {
        let budget = |left| {
            Some(Budget {
                left,
                per_hour: 1000,
            })
        };
        assert_eq!(allowance(budget(1000), 0), 400);
        assert_eq!(allowance(budget(1000), 390), 10);
        assert_eq!(allowance(budget(1000), 500), 0);
        assert_eq!(allowance(budget(7), 0), 7);
        assert_eq!(allowance(None, 0), u32::MAX);
    }
}

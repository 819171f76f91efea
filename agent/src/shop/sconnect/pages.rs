//! Reading a whole list through numbered pages, which have traps: some shops number from 0 and some
//! from 1, some give the last page again past the end, some cap the page's size, `aantal` is the
//! page's count or the list's, and what leaves the list meanwhile shifts what comes after it.
//!
//! So no page's length is believed: reading goes on until a page brings nothing, and a list of more
//! than one page is read again until nothing is new.

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

use super::{
    answer, diagnosis,
    wire::{Question, Wire},
};
use crate::failure::Result;

/// Records asked for at once.
pub const PAGE: usize = 100;
/// The smallest page size a plug-in has by default (WooCommerce): a first page that is shorter is
/// the whole list.
const SMALLEST: usize = 10;
/// A page given again at this number does not end the list: where pages count from 1, page 0 is
/// page 1.
const FIRST_REAL: usize = 2;
/// Most pages.
const PAGES: usize = 20_000;
/// Most readings of one list.
const PASSES: usize = 5;

/// Records by key, in the list's order.
#[derive(Debug, Default)]
pub struct Listed {
    /// Key and record.
    pub records: Vec<(String, Box<RawValue>)>,
    /// The shop's clock minus ours, in seconds.
    pub offset: i64,
    at: HashMap<String, usize>,
}

impl Listed {
    /// Puts a record in, in place of an older one of that key; says whether the key is new.
    fn put(&mut self, key: String, record: Box<RawValue>) -> bool {
        match self.at.get(&key).copied() {
            Some(at) => {
                if let Some(place) = self.records.get_mut(at) {
                    place.1 = record;
                }
                false
            }
            None => {
                self.at.insert(key.clone(), self.records.len());
                self.records.push((key, record));
                true
            }
        }
    }
}

/// The whole list of a command. `key` tells records apart; a record without a key is left out.
///
/// # Errors
/// As [`Wire::ask`]; a list that does not end.
pub async fn whole(
    wire: &Wire,
    command: &'static str,
    since: Option<&str>,
    key: impl Fn(&RawValue) -> Option<String>,
) -> Result<Listed> {
    let mut listed = Listed::default();
    for _ in 0..PASSES {
        let read = pass(wire, command, since, &key, &mut listed).await?;
        if read.settled {
            break;
        }
    }
    Ok(listed)
}

/// One page, as it is.
///
/// # Errors
/// As [`Wire::ask`].
pub async fn page(
    wire: &Wire,
    command: &'static str,
    since: Option<&str>,
    number: usize,
) -> Result<(Vec<Box<RawValue>>, i64)> {
    let mut query = vec![("start", number.to_string()), ("aantal", PAGE.to_string())];
    query.extend(since.map(|since| ("vanaf_datum_tijd", since.to_owned())));
    let answer = wire.ask(&Question::get(command, query)).await?;
    Ok((answer::records(&answer.text)?, answer.offset))
}

struct Read {
    /// Another reading would bring nothing.
    settled: bool,
}

async fn pass(
    wire: &Wire,
    command: &'static str,
    since: Option<&str>,
    key: &impl Fn(&RawValue) -> Option<String>,
    listed: &mut Listed,
) -> Result<Read> {
    let mut seen = HashSet::new();
    let again = !listed.records.is_empty();
    let (mut news, mut pages, mut first) = (0, 0, 0);
    for number in 0..PAGES {
        let (records, offset) = page(wire, command, since, number).await?;
        listed.offset = offset;
        if number == 0 {
            first = records.len();
        }
        // Page 0 of a shop that counts from 1 may be nothing.
        if records.is_empty() && number > 0 {
            return Ok(done(again, news, pages, first));
        }
        let mut brought = false;
        for record in records {
            // Without a key it cannot be told from others, but it is still part of the page.
            let name = key(&record);
            brought |= seen.insert(name.clone().unwrap_or_else(|| record.get().to_owned()));
            if let Some(name) = name {
                news += usize::from(listed.put(name, record));
            }
        }
        pages += usize::from(brought);
        if !brought && number >= FIRST_REAL {
            return Ok(done(again, news, pages, first));
        }
    }
    Err(diagnosis::endless())
}

fn done(again: bool, news: usize, pages: usize, first: usize) -> Read {
    Read {
        settled: news == 0 || (!again && pages <= 1 && first < SMALLEST),
    }
}

//! Lists in pages. SnelStart B2B v2: bare lists without a count; the next page is asked for only
//! when this one came back full; `$skip` moves by the size asked for; no order of rows is
//! promised, so doubles are dropped, and a read that saw doubles has missed as many rows.

use std::collections::HashSet;

use super::{
    SnelStart,
    fields::Fields,
    refusal::{Attempt, unreadable},
};
use crate::failure::{Failure, Result};

/// Rows of a page of articles: a larger `$top` is refused.
pub const ARTICLES: usize = 25;
/// Rows of a page of anything else.
pub const OTHERS: usize = 500;
/// Passes over a list whose rows move between pages.
const PASSES: usize = 24;

/// One list, how it is paged, and which of its rows are wanted.
pub struct List<'a> {
    /// `artikelen`
    pub path: &'a str,
    /// Rows a page.
    pub size: usize,
    /// Filter; it may be ignored or refused.
    pub filter: Option<&'a str>,
    /// Rows to leave out at the beginning (they were read before).
    pub skip: usize,
    /// What the owner reads when it fails.
    pub attempt: Attempt,
}

/// How a read went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Every row there is was given to the sink.
    pub whole: bool,
}

impl SnelStart {
    /// Reads a list page by page. A refused filter is left out: the sink checks every row itself.
    ///
    /// # Errors
    /// What SnelStart or the sink says.
    pub(super) async fn pages(
        &self,
        list: List<'_>,
        sink: &mut (dyn FnMut(Vec<Fields>, usize) -> Result<()> + Send),
    ) -> Result<Seen> {
        let mut list = list;
        let mut seen: HashSet<String> = HashSet::new();
        for _ in 0..PASSES {
            let (rows, fresh) = match self.pass(&list, &mut seen, sink).await {
                Err(failure) if list.filter.is_some() && is_filter_refused(&failure) => {
                    tracing::info!(
                        list.path,
                        code = failure.code,
                        "filter refused: reading all"
                    );
                    list.filter = None;
                    self.pass(&list, &mut seen, sink).await?
                }
                other => other?,
            };
            // A read that began in the middle cannot tell; the next whole read can.
            if list.skip > 0 || seen.len() >= rows {
                return Ok(Seen { whole: true });
            }
            tracing::debug!(
                list.path,
                rows,
                fresh,
                "rows moved between pages: reading again"
            );
        }
        Ok(Seen { whole: false })
    }

    /// One pass over all pages; returns how many rows came and how many of them were new.
    async fn pass(
        &self,
        list: &List<'_>,
        seen: &mut HashSet<String>,
        sink: &mut (dyn FnMut(Vec<Fields>, usize) -> Result<()> + Send),
    ) -> Result<(usize, usize)> {
        let (mut skip, mut rows, mut fresh) = (list.skip, 0, 0);
        loop {
            let page = self.page(list, skip).await?;
            let count = page.len();
            let new: Vec<Fields> = page
                .into_iter()
                .filter(|row| row.id().is_some_and(|id| seen.insert(id)))
                .collect();
            rows += count;
            fresh += new.len();
            skip += list.size;
            sink(new, skip)?;
            // More than asked for: `$top` was ignored and everything came at once.
            if count != list.size {
                return Ok((rows, fresh));
            }
        }
    }

    /// One page, with every row of it.
    ///
    /// # Errors
    /// What SnelStart says.
    pub(super) async fn page(&self, list: &List<'_>, skip: usize) -> Result<Vec<Fields>> {
        let (top, skip) = (list.size.to_string(), skip.to_string());
        let mut query = vec![("$top", top.as_str()), ("$skip", skip.as_str())];
        if let Some(filter) = list.filter {
            query.push(("$filter", filter));
        }
        let answer = self.api.get(list.path, &query, list.attempt).await?;
        Fields::read_list(&answer.body).ok_or_else(|| unreadable(list.attempt))
    }
}

/// Was it the filter that SnelStart did not like (`ALG-0104`, `{"Message"}` of its OData layer)?
pub(super) fn is_filter_refused(failure: &Failure) -> bool {
    matches!(
        failure.code.as_str(),
        "ALG-0104" | "snelstart-400" | "model-state"
    )
}

//! Records found by what a person knows them by: an order by its payment reference, a relation or an
//! article by its code. A filter may be ignored or refused, so every row is looked at here as well.

use jiff::SignedDuration;

use super::{
    SnelStart,
    attempts::{ARTICLES, ORDERS, RELATIONS},
    fields::Fields,
    odata,
    pages::{self, List, is_filter_refused},
    read,
    refusal::{Attempt, unreadable},
};
use crate::{
    books::{Article, BookedOrder, Relation},
    failure::Result,
};

/// How far back a list is read when SnelStart cannot be asked for one record of it.
const SEARCH_BACK: SignedDuration = SignedDuration::from_hours(24 * 3);

/// Records of one list that a filter finds.
pub(super) struct Search<'a, T> {
    /// The list.
    pub path: &'static str,
    /// The filter.
    pub filter: &'a str,
    /// What is asked.
    pub attempt: Attempt,
    /// A row as a record.
    pub read: fn(&Fields) -> Option<T>,
}

impl SnelStart {
    /// The records that fit. Where the filter works, a page holds all of them; where it is ignored or
    /// refused, what changed lately is read and looked through.
    pub(super) async fn searched<T: Send>(
        &self,
        search: Search<'_, T>,
        fits: impl Fn(&T) -> bool + Send + Sync,
    ) -> Result<Vec<T>> {
        let Search {
            path,
            filter,
            attempt,
            read,
        } = search;
        let top = pages::OTHERS.to_string();
        let query = [("$filter", filter), ("$top", top.as_str())];
        match self.api.get(path, &query, attempt).await {
            Ok(answer) => {
                let rows = Fields::read_list(&answer.body).ok_or_else(|| unreadable(attempt))?;
                let found: Vec<T> = rows.iter().filter_map(read).collect();
                // A page that is not full is all there is, whether the filter was honoured or not;
                // a full page of what was asked for cannot be, since the filter works then.
                if rows.len() < pages::OTHERS || found.iter().all(&fits) {
                    return Ok(found.into_iter().filter(|one| fits(one)).collect());
                }
            }
            Err(failure) if is_filter_refused(&failure) => {}
            Err(failure) => return Err(failure),
        }
        let since = self.clock.now().saturating_sub(SEARCH_BACK).ok();
        let lately = since.map(odata::modified_after);
        let mut found = Vec::new();
        let mut sink = |rows: Vec<Fields>, _: usize| {
            found.extend(rows.iter().filter_map(read).filter(|one| fits(one)));
            Ok(())
        };
        let list = List {
            path,
            size: pages::OTHERS,
            filter: lately.as_deref(),
            skip: 0,
            attempt,
        };
        self.pages(list, &mut sink).await?;
        Ok(found)
    }

    /// Orders with that payment reference.
    pub(super) async fn orders_with(&self, payment_reference: &str) -> Result<Vec<BookedOrder>> {
        let wanted = payment_reference.trim();
        let filter = format!("Betalingskenmerk eq {}", odata::text(wanted));
        let search = Search {
            path: "verkooporders",
            filter: &filter,
            attempt: ORDERS,
            read: read::order,
        };
        let fits = |order: &BookedOrder| order.payment_reference.trim() == wanted;
        self.searched(search, fits).await
    }

    /// The relation with that code.
    pub(super) async fn relation_coded(&self, code: i64) -> Result<Option<Relation>> {
        let countries = self.countries().await?;
        let filter = format!("Relatiecode eq {code}");
        let mut found = None;
        let mut sink = |rows: Vec<Fields>, _: usize| {
            let mut relations = rows.iter().filter_map(|row| read::relation(row, countries));
            found = found
                .take()
                .or_else(|| relations.find(|relation| relation.code == code));
            Ok(())
        };
        let list = List {
            path: "relaties",
            size: pages::OTHERS,
            filter: Some(&filter),
            skip: 0,
            attempt: RELATIONS,
        };
        self.pages(list, &mut sink).await?;
        Ok(found)
    }

    /// Articles with exactly that code.
    pub(super) async fn articles_coded(&self, code: &str) -> Result<Vec<Article>> {
        let filter = format!("Artikelcode eq {}", odata::text(code));
        let mut found = Vec::new();
        let mut sink = |rows: Vec<Fields>, _: usize| {
            let articles = rows.iter().filter_map(read::article);
            found.extend(articles.filter(|article| article.code == code));
            Ok(())
        };
        let list = List {
            path: "artikelen",
            size: pages::ARTICLES,
            filter: Some(&filter),
            skip: 0,
            attempt: ARTICLES,
        };
        self.pages(list, &mut sink).await?;
        Ok(found)
    }
}

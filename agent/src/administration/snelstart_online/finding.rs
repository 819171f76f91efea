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
    refusal::unreadable,
};
use crate::{
    administration::{Administration, Part},
    books::{Article, BookedOrder, Relation},
    failure::Result,
};

/// How far back a list is read when SnelStart cannot be asked for one record of it.
pub(super) const SEARCH_BACK: SignedDuration = SignedDuration::from_hours(24 * 3);

impl SnelStart {
    /// Orders with that payment reference.
    pub(super) async fn orders_with(&self, payment_reference: &str) -> Result<Vec<BookedOrder>> {
        let wanted = payment_reference.trim();
        let filter = format!("Betalingskenmerk eq {}", odata::text(wanted));
        let top = pages::OTHERS.to_string();
        let query = [("$filter", filter.as_str()), ("$top", top.as_str())];
        let fits = |order: &BookedOrder| order.payment_reference.trim() == wanted;
        match self.api.get("verkooporders", &query, ORDERS).await {
            Ok(answer) => {
                let rows = Fields::read_list(&answer.body).ok_or_else(|| unreadable(ORDERS))?;
                let orders: Vec<_> = rows.iter().filter_map(read::order).collect();
                // A page that is not full is all there is, whether the filter was honoured or not;
                // a full page of what was asked for cannot be, since the filter works then.
                if rows.len() < pages::OTHERS || orders.iter().all(fits) {
                    return Ok(orders.into_iter().filter(fits).collect());
                }
            }
            Err(failure) if is_filter_refused(&failure) => {}
            Err(failure) => return Err(failure),
        }
        // The filter is ignored or refused: what changed lately is read and looked through.
        let since = self.clock.now().saturating_sub(SEARCH_BACK).ok();
        let mut found = Vec::new();
        let mut sink = |orders: Vec<BookedOrder>, _: usize| {
            found.extend(orders.into_iter().filter(fits));
            Ok(())
        };
        let part = Part { since, skip: 0 };
        self.orders(part, &mut sink).await?;
        Ok(found)
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

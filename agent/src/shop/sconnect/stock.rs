//! Stock figures and products. The API sets a figure and does not compare: so the figure is computed
//! from what the shop has just before, and read back after. A sale in the seconds between that
//! reading and the writing is overwritten; the next export puts it right, because by then the sale
//! is an order in the books.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{json, value::RawValue};
use winkelbrug_protocol::{
    operation::StockWrite,
    record::{Named, Product, StockLevel, StockOutcome, StockResult},
};

use super::{
    SconnectShop, answer, diagnosis, holds, order,
    records::{Article, Code, Stock},
    vat::Prices,
    wire::Question,
};
use crate::{failure::Result, fault};

/// Rows in one request.
const ROWS: usize = 100;
/// Decimals of a price of which the VAT was taken off.
const NET_DECIMALS: u32 = 6;

/// What was sent under one id: key, figure before, figure sent.
pub(super) type Sent = BTreeMap<String, (Decimal, Decimal)>;

/// An article to be created or changed in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ArticleWrite {
    /// SKU; never empty.
    pub artikelcode: String,
    /// Text.
    pub omschrijving: String,
    /// Price, in the shop's own VAT mode.
    pub verkoopprijs: Decimal,
    /// Cost price.
    pub inkoopprijs: Decimal,
    /// 0 none, 1 low, 2 high.
    pub btw_id: u8,
    /// Not for sale.
    pub nonactief: bool,
    /// Is stock kept?
    pub voorraadcontrole: bool,
    /// Pieces for sale.
    pub voorraad_web: Decimal,
    /// Least pieces of an order.
    pub minimum_bestelaantal: u32,
    /// Pieces go by so many.
    pub besteleenheid: u32,
}

/// A record's code: what tells it apart, and what is sent back. None when it has none.
pub(super) fn key(raw: &RawValue) -> Option<String> {
    let Code { code } = serde_json::from_str(raw.get()).ok()?;
    (!code.trim().is_empty()).then_some(code)
}

/// A stock figure.
///
/// # Errors
/// It cannot be read: the whole list is not believed then.
pub(super) fn level(raw: &str) -> Result<StockLevel> {
    let stock: Stock = serde_json::from_str(raw).map_err(|error| diagnosis::malformed(&error))?;
    Ok(StockLevel {
        key: stock.code.clone(),
        code: stock.code.trim().to_owned(),
        sku: None,
        name: stock.code.trim().to_owned(),
        tracked: stock.quantity.is_some(),
        quantity: stock.quantity.unwrap_or_default(),
        parent: None,
    })
}

/// A product. The list does not say whether its prices are with VAT: the shop's orders do.
///
/// # Errors
/// It cannot be read.
pub(super) fn product(raw: &str, now: &str, prices: Option<Prices>) -> Result<Product> {
    let article: Article =
        serde_json::from_str(raw).map_err(|error| diagnosis::malformed(&error))?;
    let class = order::id(&article.vat_id).unwrap_or("3");
    let name = order::CLASSES.iter().find(|(id, _)| *id == class);
    let (price, price_incl) = match prices {
        None => (None, None),
        Some(Prices::Without) => (article.price, None),
        Some(Prices::With) => {
            let rate = order::class_rate(class);
            let net = article.price.zip(rate).map(|(price, rate)| {
                let one = Decimal::ONE + rate / Decimal::ONE_HUNDRED;
                (price / one).round_dp(NET_DECIMALS)
            });
            (net, article.price.filter(|_| net.is_some()))
        }
    };
    Ok(Product {
        id: article.code.clone(),
        changed_at: now.to_owned(),
        stamp: String::new(),
        code: article.code.trim().to_owned(),
        sku: None,
        ean: None,
        name: article.text,
        price,
        tax_class: Named {
            id: class.to_owned(),
            name: name.map_or("", |(_, name)| *name).to_owned(),
        },
        quantity: None,
        active: true,
        options: Vec::new(),
        kind: String::new(),
        parent_id: None,
        price_incl,
        weight: None,
        categories: Vec::new(),
        custom_fields: Vec::new(),
    })
}

/// What is to become of a row.
enum Next {
    /// Nothing is sent.
    Settled(StockResult),
    /// From this figure to that.
    Write(Decimal, Decimal),
}

impl SconnectShop {
    /// Creates or changes articles; gives the codes the shop did not take.
    ///
    /// # Errors
    /// As every question; whether it took effect may then be unknown.
    pub async fn update_articles(&self, articles: &[ArticleWrite]) -> Result<Vec<String>> {
        let mut missing = Vec::new();
        for articles in articles.chunks(ROWS) {
            let body = json!({"aantal": articles.len(), "data": articles}).to_string();
            let answer = self
                .wire
                .ask(&Question::post("artikelen_bijwerken", body))
                .await?;
            let taken = codes(&answer.text)?;
            missing.extend(
                articles
                    .iter()
                    .map(|article| article.artikelcode.clone())
                    .filter(|code| !taken.contains(code)),
            );
        }
        Ok(missing)
    }

    pub(super) async fn set_stock(
        &self,
        idempotency: &str,
        rows: &[StockWrite],
    ) -> Result<Vec<StockResult>> {
        let decimals = self
            .introduced()
            .await?
            .who
            .api_configuratie
            .voorraad_decimalen;
        let before = by_key(self.stock_list().await?);
        let earlier = self.sent.lock().await.get(idempotency).cloned();
        let (mut results, mut writes) = (Vec::new(), Sent::new());
        for row in rows {
            let tried = earlier.as_ref().and_then(|sent| sent.get(&row.key));
            match next(row, before.get(&row.key), tried, decimals) {
                Next::Settled(result) => results.push(result),
                Next::Write(from, to) => {
                    writes.insert(row.key.clone(), (from, to));
                }
            }
        }
        if writes.is_empty() {
            return Ok(results);
        }
        // Remembered first: after a lost answer nothing is reckoned twice.
        let all = earlier.into_iter().flatten().chain(writes.clone());
        self.sent
            .lock()
            .await
            .insert(idempotency.to_owned(), all.collect());
        let echoed = self.send_stock(&writes).await?;
        fault::point("sconnect:stock-sent");
        let after = by_key(self.stock_list().await?);
        results.extend(writes.iter().map(|(key, (from, to))| {
            let found = after.get(key).map(|level| level.quantity);
            outcome(key, *from, *to, found, echoed.contains(key))
        }));
        Ok(results)
    }

    /// Gives the codes the shop says it wrote: one plug-in leaves out what it does not know, the
    /// other says every code again.
    async fn send_stock(&self, writes: &Sent) -> Result<Vec<String>> {
        let rows: Vec<serde_json::Value> = writes
            .iter()
            .map(|(key, (_, to))| json!({"Artikelcode": key, "Aantal": number(*to)}))
            .collect();
        let mut echoed = Vec::new();
        for rows in rows.chunks(ROWS) {
            let body = json!({"aantal": rows.len(), "data": rows}).to_string();
            let answer = self
                .wire
                .ask(&Question::post("voorraad_bijwerken", body))
                .await?;
            echoed.extend(codes(&answer.text).map_err(crate::failure::Failure::outcome_unknown)?);
        }
        Ok(echoed)
    }
}

fn by_key(levels: Vec<StockLevel>) -> HashMap<String, StockLevel> {
    levels
        .into_iter()
        .map(|level| (level.key.clone(), level))
        .collect()
}

/// Whole figures as whole numbers, others by their digits.
fn number(figure: Decimal) -> serde_json::Value {
    let figure = figure.normalize();
    i64::try_from(figure)
        .ok()
        .filter(|_| figure.scale() == 0)
        .map_or_else(|| json!(figure.to_string()), |whole| json!(whole))
}

fn codes(text: &str) -> Result<Vec<String>> {
    answer::records(text)?
        .iter()
        .map(|raw| {
            serde_json::from_str::<Code>(raw.get())
                .map(|code| code.code)
                .map_err(|error| diagnosis::malformed(&error))
        })
        .collect()
}

fn settled(key: &str, outcome: StockOutcome, figure: Option<Decimal>) -> Next {
    Next::Settled(StockResult {
        key: key.to_owned(),
        outcome,
        before: figure,
        after: figure,
    })
}

/// What is to become of a row, `tried` being what was sent for it before its answer was lost.
fn next(
    row: &StockWrite,
    level: Option<&StockLevel>,
    tried: Option<&(Decimal, Decimal)>,
    decimals: Option<Decimal>,
) -> Next {
    let key = row.key.as_str();
    let Some(level) = level else {
        return settled(key, StockOutcome::Unknown, None);
    };
    if !level.tracked {
        return settled(key, StockOutcome::NotTracked, None);
    }
    let now = level.quantity;
    if let Some((from, to)) = tried {
        return match now {
            now if now == *to => Next::Settled(StockResult {
                key: key.to_owned(),
                outcome: StockOutcome::Done,
                before: Some(*from),
                after: Some(now),
            }),
            now if now == *from => Next::Write(*from, *to),
            // Sold meanwhile, and nobody knows from which of the two.
            now => settled(key, StockOutcome::Busy, Some(now)),
        };
    }
    let (Ok(read), Ok(target)) = (row.read.parse::<Decimal>(), row.target.parse::<Decimal>())
    else {
        return settled(key, StockOutcome::Refused, Some(now));
    };
    let wanted = (now + target - read).max(Decimal::ZERO);
    if wanted == now {
        settled(key, StockOutcome::Done, Some(now))
    } else if holds(decimals, wanted) {
        Next::Write(now, wanted)
    } else {
        settled(key, StockOutcome::Refused, Some(now))
    }
}

/// What became of a row that was sent: what the shop has afterwards decides, not what it says.
fn outcome(
    key: &str,
    from: Decimal,
    to: Decimal,
    found: Option<Decimal>,
    echoed: bool,
) -> StockResult {
    let outcome = match found {
        None => StockOutcome::Unknown,
        Some(found) if found == to => StockOutcome::Done,
        Some(found) if found == from && echoed => StockOutcome::Refused,
        Some(found) if found == from => StockOutcome::Unknown,
        // Sold or changed right after: what was written took its effect.
        Some(_) if echoed => StockOutcome::Done,
        Some(_) => StockOutcome::Busy,
    };
    StockResult {
        key: key.to_owned(),
        outcome,
        before: Some(from),
        after: found,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn after(found: Option<Decimal>, echoed: bool) -> StockOutcome {
        outcome("A", dec!(5), dec!(8), found, echoed).outcome
    }

    #[test]
    fn what_the_shop_has_afterwards_decides() {
        assert_eq!(after(Some(dec!(8)), true), StockOutcome::Done);
        assert_eq!(after(Some(dec!(8)), false), StockOutcome::Done);
        assert_eq!(
            after(Some(dec!(7)), true),
            StockOutcome::Done,
            "sold at once"
        );
        assert_eq!(
            after(Some(dec!(5)), true),
            StockOutcome::Refused,
            "only said"
        );
        assert_eq!(after(Some(dec!(5)), false), StockOutcome::Unknown);
        assert_eq!(after(None, true), StockOutcome::Unknown);
    }
}

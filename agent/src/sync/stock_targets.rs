//! What the shop's stock should be: pure figures, no I/O. The books lead; pieces that their
//! chosen figure does not yet count are taken off, so that a sale the books have still to notice
//! is not put on sale again.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};
use winkelbrug_protocol::{operation::StockWrite, record::StockLevel};

use crate::{
    books::{ArticleStock, ProcessStage, StockStage},
    profile::settings::{Stock, StockSource},
};

/// Does an order in that stage already lower the chosen figure? Free stock falls from the
/// administration's level on (SnelStart B2B v2, companyInfo `verkooporderVoorraadVanafNiveau`);
/// physical stock only when goods leave: packing slip, pick-up slip, receipt or invoice.
#[must_use]
pub fn counted(source: StockSource, level: StockStage, stage: ProcessStage) -> bool {
    let from = match source {
        StockSource::Free => level,
        StockSource::Technical => level.max(StockStage::PakbonEnAfhaalbon),
    };
    reached(stage) >= from
}

/// The level an order in that stage has reached. A plain order is a concept: it counts only
/// where every order counts.
fn reached(stage: ProcessStage) -> StockStage {
    match stage {
        ProcessStage::Order => StockStage::Alle,
        ProcessStage::Offerte => StockStage::Offerte,
        ProcessStage::Bevestiging => StockStage::Bevestiging,
        ProcessStage::Werkbon => StockStage::Werkbon,
        ProcessStage::Pakbon | ProcessStage::Afhaalbon => StockStage::PakbonEnAfhaalbon,
        ProcessStage::Contantbon | ProcessStage::Factuur => StockStage::FactuurEnContantbon,
    }
}

/// Why a shop figure is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Left {
    /// No article with that code (or SKU) in the books.
    Unknown,
    /// Several articles carry the code, or several products the SKU.
    Ambiguous,
    /// The books keep no stock of the article.
    NotKeptInBooks,
    /// The shop keeps no stock of the product.
    NotKeptInShop,
    /// The books' figure was not read (again) in this run.
    NotReadYet,
}

/// What to send, and what is left alone and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    /// Differences to write.
    pub writes: Vec<StockWrite>,
    /// Figures that are right already.
    pub unchanged: u64,
    /// Keys left alone, with the code or name a person knows them by.
    pub left: Vec<(String, String, Left)>,
    /// Of the writes, how many bring a figure above zero down to zero.
    pub to_zero: u64,
}

/// What the computation rests on.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The shop's stock, read before the orders were.
    pub shop: &'a [StockLevel],
    /// Every article code of the books with its number of articles and whether stock is kept;
    /// from the mirror.
    pub known: &'a HashMap<String, KnownArticle>,
    /// The books' figures read after this run's import, by article code.
    pub books: &'a HashMap<String, ArticleStock>,
    /// Pieces per article code that the chosen figure does not count yet.
    pub uncounted: &'a BTreeMap<String, Decimal>,
    /// Decimals a figure for the shop may have; 0 for whole pieces.
    pub decimals: u32,
}

/// What the mirror knows of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownArticle {
    /// Articles with this code.
    pub articles: u32,
    /// Is stock kept?
    pub keeps_stock: bool,
}

/// Compares shop and books, key by key.
#[must_use]
pub fn targets(figures: Figures<'_>, settings: &Stock) -> Targets {
    let products_with_sku = count_skus(figures.shop);
    let mut result = Targets::default();
    for level in figures.shop {
        match target(level, figures, settings, &products_with_sku) {
            Err(why) => {
                let name = if level.code.is_empty() {
                    &level.name
                } else {
                    &level.code
                };
                result.left.push((level.key.clone(), name.clone(), why));
            }
            Ok(target) if target == level.quantity => result.unchanged += 1,
            Ok(target) => {
                result.to_zero += u64::from(target.is_zero() && level.quantity > Decimal::ZERO);
                result.writes.push(StockWrite {
                    key: level.key.clone(),
                    read: level.quantity.normalize().to_string(),
                    target: target.normalize().to_string(),
                });
            }
        }
    }
    result
}

fn count_skus(shop: &[StockLevel]) -> HashMap<&str, u32> {
    let mut counts = HashMap::new();
    for sku in shop.iter().filter_map(|level| level.sku.as_deref()) {
        *counts.entry(sku).or_default() += 1;
    }
    counts
}

fn target(
    level: &StockLevel,
    figures: Figures<'_>,
    settings: &Stock,
    products_with_sku: &HashMap<&str, u32>,
) -> Result<Decimal, Left> {
    if !level.tracked {
        return Err(Left::NotKeptInShop);
    }
    let (code, known) = article(level, figures.known, products_with_sku)?;
    if known.articles > 1 {
        return Err(Left::Ambiguous);
    }
    if !known.keeps_stock {
        return Err(Left::NotKeptInBooks);
    }
    let stock = figures.books.get(code).ok_or(Left::NotReadYet)?;
    let figure = match settings.source {
        StockSource::Free => stock.free,
        StockSource::Technical => stock.technical,
    };
    let uncounted = figures.uncounted.get(code).copied().unwrap_or_default();
    Ok(offered(figure - uncounted, settings, figures.decimals))
}

/// The article a shop figure belongs to: by code, else by a SKU that only one product has.
fn article<'a>(
    level: &'a StockLevel,
    known: &HashMap<String, KnownArticle>,
    products_with_sku: &HashMap<&str, u32>,
) -> Result<(&'a str, KnownArticle), Left> {
    if let Some(found) = known.get(&level.code)
        && !level.code.is_empty()
    {
        return Ok((&level.code, *found));
    }
    let sku = level
        .sku
        .as_deref()
        .filter(|sku| !sku.is_empty())
        .ok_or(Left::Unknown)?;
    let found = known.get(sku).ok_or(Left::Unknown)?;
    if products_with_sku.get(sku).copied().unwrap_or_default() > 1 {
        return Err(Left::Ambiguous);
    }
    Ok((sku, *found))
}

/// What is offered for sale of so much stock: the buffer kept back, never below zero, never above
/// the maximum, and no more decimals than that, since what the shop cannot count it cannot sell.
fn offered(stock: Decimal, settings: &Stock, decimals: u32) -> Decimal {
    let counted =
        |figure: Decimal| figure.round_dp_with_strategy(decimals, RoundingStrategy::ToZero);
    let rest = counted((stock - settings.buffer).max(Decimal::ZERO));
    if settings.maximum > Decimal::ZERO {
        rest.min(counted(settings.maximum))
    } else {
        rest
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use rust_decimal::dec;

    use super::*;

    fn level(code: &str, quantity: Decimal) -> StockLevel {
        StockLevel {
            key: format!("p:{code}"),
            code: code.to_owned(),
            sku: None,
            name: format!("Product {code}"),
            quantity,
            tracked: true,
            parent: None,
        }
    }

    fn stock(code: &str, free: Decimal, technical: Decimal) -> ArticleStock {
        ArticleStock {
            article: format!("id-{code}"),
            code: code.to_owned(),
            keeps_stock: true,
            technical,
            free,
            read_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn run(
        shop: &[StockLevel],
        books: &[ArticleStock],
        uncounted: &[(&str, Decimal)],
        settings: &Stock,
    ) -> Targets {
        run_counting(0, shop, books, uncounted, settings)
    }

    fn run_counting(
        decimals: u32,
        shop: &[StockLevel],
        books: &[ArticleStock],
        uncounted: &[(&str, Decimal)],
        settings: &Stock,
    ) -> Targets {
        let known = books
            .iter()
            .map(|s| {
                (
                    s.code.clone(),
                    KnownArticle {
                        articles: 1,
                        keeps_stock: s.keeps_stock,
                    },
                )
            })
            .collect();
        let books = books.iter().map(|s| (s.code.clone(), s.clone())).collect();
        let uncounted = uncounted
            .iter()
            .map(|(code, n)| ((*code).to_owned(), *n))
            .collect();
        targets(
            Figures {
                shop,
                known: &known,
                books: &books,
                uncounted: &uncounted,
                decimals,
            },
            settings,
        )
    }

    fn target_of(
        shop: Decimal,
        free: Decimal,
        uncounted: Decimal,
        settings: &Stock,
    ) -> Option<String> {
        let result = run(
            &[level("A", shop)],
            &[stock("A", free, free)],
            &[("A", uncounted)],
            settings,
        );
        result.writes.first().map(|write| write.target.clone())
    }

    #[test]
    fn only_differences_are_sent() {
        let result = run(
            &[level("A", dec!(5)), level("B", dec!(7))],
            &[
                stock("A", dec!(5.00), dec!(5)),
                stock("B", dec!(4), dec!(4)),
            ],
            &[],
            &Stock::default(),
        );
        assert_eq!(result.unchanged, 1);
        assert_eq!(result.writes.len(), 1);
        assert_eq!(
            (
                result.writes[0].key.as_str(),
                result.writes[0].target.as_str()
            ),
            ("p:B", "4")
        );
    }

    #[test]
    fn pieces_of_waiting_orders_are_taken_off() {
        assert_eq!(
            target_of(dec!(10), dec!(10), dec!(3), &Stock::default()).as_deref(),
            Some("7")
        );
    }

    #[test]
    fn buffer_maximum_negative_and_half_pieces() {
        let buffer = Stock {
            buffer: dec!(2),
            ..Stock::default()
        };
        assert_eq!(
            target_of(dec!(99), dec!(5), dec!(0), &buffer).as_deref(),
            Some("3")
        );
        assert_eq!(
            target_of(dec!(99), dec!(1), dec!(0), &buffer).as_deref(),
            Some("0")
        );
        let maximum = Stock {
            maximum: dec!(4),
            ..Stock::default()
        };
        assert_eq!(
            target_of(dec!(99), dec!(50), dec!(0), &maximum).as_deref(),
            Some("4")
        );
        assert_eq!(
            target_of(dec!(99), dec!(-3), dec!(0), &Stock::default()).as_deref(),
            Some("0")
        );
        assert_eq!(
            target_of(dec!(99), dec!(2.5), dec!(0), &Stock::default()).as_deref(),
            Some("2")
        );
    }

    #[test]
    fn part_of_a_piece_is_kept_as_far_as_the_shop_counts() {
        for (decimals, stock_now, target) in [
            (0, dec!(2.5), "2"),
            (2, dec!(2.5), "2.5"),
            (2, dec!(2.999), "2.99"),
            (4, dec!(0.25), "0.25"),
            (2, dec!(-3), "0"),
            (2, dec!(-0.5), "0"),
        ] {
            let result = run_counting(
                decimals,
                &[level("A", dec!(99))],
                &[stock("A", stock_now, stock_now)],
                &[],
                &Stock::default(),
            );
            assert_eq!(result.writes[0].target, target, "{stock_now}");
        }
    }

    #[test]
    fn technical_stock_when_the_owner_chose_it() {
        let technical = Stock {
            source: StockSource::Technical,
            ..Stock::default()
        };
        let result = run(
            &[level("A", dec!(1))],
            &[stock("A", dec!(3), dec!(8))],
            &[],
            &technical,
        );
        assert_eq!(result.writes[0].target, "8");
    }

    #[test]
    fn unknown_ambiguous_and_unkept_stock_is_left_alone_and_named() {
        let mut untracked = level("A", dec!(1));
        untracked.tracked = false;
        let mut twin_one = level("X1", dec!(1));
        twin_one.sku = Some("S".to_owned());
        let mut twin_two = level("X2", dec!(1));
        twin_two.sku = Some("S".to_owned());
        let mut unkept = stock("N", dec!(1), dec!(1));
        unkept.keeps_stock = false;
        let result = run(
            &[
                untracked,
                twin_one,
                twin_two,
                level("Q", dec!(1)),
                level("N", dec!(2)),
                level("", dec!(1)),
            ],
            &[
                stock("A", dec!(1), dec!(1)),
                stock("S", dec!(1), dec!(1)),
                unkept,
            ],
            &[],
            &Stock::default(),
        );
        let left: Vec<Left> = result.left.iter().map(|(_, _, why)| *why).collect();
        assert_eq!(
            left,
            [
                Left::NotKeptInShop,
                Left::Ambiguous,
                Left::Ambiguous,
                Left::Unknown,
                Left::NotKeptInBooks,
                Left::Unknown
            ]
        );
        assert!(result.writes.is_empty());
    }

    #[test]
    fn a_sku_that_only_one_product_has_names_the_article() {
        let mut by_sku = level("MODEL", dec!(1));
        by_sku.sku = Some("S".to_owned());
        let result = run(
            &[by_sku],
            &[stock("S", dec!(6), dec!(6))],
            &[],
            &Stock::default(),
        );
        assert_eq!(result.writes[0].target, "6");
    }

    #[test]
    fn free_stock_counts_orders_from_the_administrations_level_on() {
        use ProcessStage as P;
        use StockStage as L;
        let counts = |level| {
            [
                P::Order,
                P::Offerte,
                P::Bevestiging,
                P::Werkbon,
                P::Pakbon,
                P::Afhaalbon,
                P::Factuur,
            ]
            .map(|stage| counted(StockSource::Free, level, stage))
        };
        assert_eq!(counts(L::Alle), [true; 7]);
        assert_eq!(
            counts(L::Offerte),
            [false, true, true, true, true, true, true]
        );
        assert_eq!(
            counts(L::BackOrder),
            [false, false, true, true, true, true, true]
        );
        assert_eq!(
            counts(L::Bevestiging),
            [false, false, true, true, true, true, true]
        );
        assert_eq!(
            counts(L::Werkbon),
            [false, false, false, true, true, true, true]
        );
        assert_eq!(
            counts(L::PakbonEnAfhaalbon),
            [false, false, false, false, true, true, true]
        );
        assert_eq!(
            counts(L::FactuurEnContantbon),
            [false, false, false, false, false, false, true]
        );
    }

    #[test]
    fn physical_stock_counts_only_what_has_left() {
        use ProcessStage as P;
        for level in [StockStage::Alle, StockStage::Werkbon] {
            assert!(!counted(StockSource::Technical, level, P::Order));
            assert!(!counted(StockSource::Technical, level, P::Werkbon));
            assert!(counted(StockSource::Technical, level, P::Pakbon));
            assert!(counted(StockSource::Technical, level, P::Factuur));
        }
    }
}

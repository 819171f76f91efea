//! What became of the stock figures, counted and in words.

use std::collections::HashMap;

use winkelbrug_protocol::record::{StockLevel, StockOutcome, StockResult};

use crate::{
    sync::{
        report::{StockCounts, StockRemark},
        stock_targets::{Left, Targets},
    },
    text,
    text::Text,
};

/// Counts before anything is sent, and what a person can put right.
pub(super) fn counts(targets: &Targets) -> StockCounts {
    let mut counts = StockCounts {
        unchanged: targets.unchanged,
        ..StockCounts::default()
    };
    for (key, name, why) in &targets.left {
        match why {
            Left::Unknown | Left::Ambiguous => counts.unknown += 1,
            Left::NotKeptInBooks | Left::NotKeptInShop => counts.not_kept += 1,
            Left::NotReadYet => counts.left += 1,
        }
        if let Some((code, text)) = remark(*why, name) {
            counts.reported.push(StockRemark {
                key: key.clone(),
                name: name.clone(),
                code: code.to_owned(),
                text,
            });
        }
    }
    counts
}

/// What a person can put right; a figure that waits its turn is nothing of the kind.
fn remark(why: Left, name: &str) -> Option<(&'static str, Text)> {
    match why {
        Left::Unknown => Some((
            "stock-unknown-code",
            text!(
                "{name}: geen artikel met deze code in de administratie",
                "{name}: no article with this code in the books"
            ),
        )),
        Left::Ambiguous => Some((
            "stock-ambiguous-code",
            text!(
                "{name}: deze code komt vaker voor",
                "{name}: this code occurs more than once"
            ),
        )),
        Left::NotKeptInBooks => Some((
            "stock-not-kept-in-books",
            text!(
                "{name}: de administratie houdt hiervan geen voorraad bij",
                "{name}: the books keep no stock of this"
            ),
        )),
        Left::NotKeptInShop => Some((
            "stock-not-kept-in-shop",
            text!(
                "{name}: de winkel houdt hiervan geen voorraad bij",
                "{name}: the shop keeps no stock of this"
            ),
        )),
        Left::NotReadYet => None,
    }
}

/// Adds what became of one write.
pub(super) fn tally(
    result: &StockResult,
    names: &HashMap<&str, &StockLevel>,
    counts: &mut StockCounts,
) {
    let name = names
        .get(result.key.as_str())
        .map_or(result.key.as_str(), |level| level.name.as_str());
    let mut report = |code: &str, text: Text| {
        counts.reported.push(StockRemark {
            key: result.key.clone(),
            name: name.to_owned(),
            code: code.to_owned(),
            text,
        });
    };
    match result.outcome {
        StockOutcome::Done => counts.sent += 1,
        StockOutcome::Busy => counts.left += 1,
        StockOutcome::Unknown => {
            report(
                "stock-gone-in-shop",
                text!(
                    "{name}: staat niet meer in de winkel",
                    "{name}: is no longer in the shop"
                ),
            );
            counts.unknown += 1;
        }
        StockOutcome::NotTracked => {
            report(
                "stock-not-kept-in-shop",
                text!(
                    "{name}: de winkel houdt hiervan geen voorraad bij",
                    "{name}: the shop keeps no stock of this"
                ),
            );
            counts.not_kept += 1;
        }
        StockOutcome::Refused => {
            report(
                "stock-refused-by-shop",
                text!(
                    "{name}: dit aantal past niet in de winkel",
                    "{name}: the shop cannot hold this figure"
                ),
            );
            counts.left += 1;
        }
    }
}

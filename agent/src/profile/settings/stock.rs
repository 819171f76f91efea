//! `[stock]`: which figure of the books goes to the shop.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// `[stock]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stock {
    /// Which figure.
    pub source: StockSource,
    /// Kept back.
    pub buffer: Decimal,
    /// Never more than this; 0 = no maximum.
    pub maximum: Decimal,
    /// What becomes of part of a piece.
    pub decimals: StockDecimals,
}

impl Default for Stock {
    fn default() -> Self {
        Self {
            source: StockSource::Free,
            buffer: Decimal::ZERO,
            maximum: Decimal::ZERO,
            decimals: StockDecimals::Floor,
        }
    }
}

/// `stock.decimals`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockDecimals {
    /// Whole pieces: 2.5 is 2.
    Floor,
    /// As many decimals as the shop counts in; what is below them is left off.
    Keep,
}

/// `stock.source`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockSource {
    /// Free stock (vrije voorraad).
    Free,
    /// Physical stock (technische voorraad).
    Technical,
}

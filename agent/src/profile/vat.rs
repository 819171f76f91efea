//! `[vat]`: what neither shop nor books say about VAT, and where numbers and rates are looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `[vat]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vat {
    /// Revenue group (omzetgroep, name or number) -> code of the rate its ledger for distance sales
    /// (afstandsverkopen) bears: the API does not show which ledger stands behind a group.
    pub foreign: BTreeMap<String, RateCode>,
    /// Shop tax class (name or id) -> code of the article that bears sales of that class with VAT
    /// reverse-charged at home (btw verlegd).
    pub reverse_charge: BTreeMap<String, String>,
    /// Shop tax class (name or id) of goods under the margin scheme (margeregeling) -> code of the
    /// article that bears shipping and fees on them.
    pub margin: BTreeMap<String, String>,
    /// Write EU supplies although the register of VAT numbers could not be asked.
    pub accept_unchecked: bool,
    /// The EU's register of VAT numbers (VIES); empty = a number that stands on the customer card
    /// counts as checked.
    pub vies_url: String,
    /// The ECB's reference rates of the last 90 days; empty = no rate is offered.
    pub ecb_url: String,
}

impl Default for Vat {
    fn default() -> Self {
        Self {
            foreign: BTreeMap::new(),
            reverse_charge: BTreeMap::new(),
            margin: BTreeMap::new(),
            accept_unchecked: false,
            vies_url: VIES.to_owned(),
            ecb_url: ECB.to_owned(),
        }
    }
}

/// European Commission, VIES REST API.
const VIES: &str = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number";

/// European Central Bank, euro foreign exchange reference rates, last 90 days.
const ECB: &str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml";

/// SnelStart B2B v2 (`vatRateCode` of a ledger, `rateCode` of a country's rate).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RateCode {
    /// Standard rate.
    #[serde(rename = "SR")]
    Standard,
    /// Higher reduced rate.
    #[serde(rename = "RRH")]
    ReducedHigh,
    /// Lower reduced rate.
    #[serde(rename = "RRL")]
    ReducedLow,
    /// Parking rate.
    #[serde(rename = "PR")]
    Parking,
    /// Super-reduced rate.
    #[serde(rename = "SRR")]
    SuperReduced,
}

impl RateCode {
    /// As SnelStart writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "SR",
            Self::ReducedHigh => "RRH",
            Self::ReducedLow => "RRL",
            Self::Parking => "PR",
            Self::SuperReduced => "SRR",
        }
    }
}

/// What the owner set for a tax class or category of the shop, by its name or else its id; "no class" is `""` or `"0"`.
#[must_use]
pub fn set_for<'s, T>(map: &'s BTreeMap<String, T>, id: &str, name: &str) -> Option<&'s T> {
    let same = |wanted: &str, is: &str| wanted.trim().to_lowercase() == is.trim().to_lowercase();
    map.iter()
        .find(|(class, _)| same(class, name))
        .or_else(|| map.iter().find(|(class, _)| same(class, id)))
        .map(|(_, value)| value)
}

//! What a customer card says of VAT, and what a sale asks of it.

use jiff::civil::Date;

use super::vat::{self, Treatment};

/// What a customer card says of VAT.
#[derive(Debug, Clone)]
pub struct Card {
    pub code: i64,
    pub country: String,
    /// The country it may have instead: the order's, where nobody can say whether the name is the buyer's.
    pub or_country: Option<String>,
    pub vat_number: String,
    /// It is somebody else's for certain, and stays as it is.
    pub anothers: bool,
    /// It is another person's for certain: no points make him the buyer.
    pub strangers: bool,
}

impl Card {
    /// The ways in which it may stand.
    pub fn ways(&self) -> Vec<Self> {
        let other = self.or_country.iter().map(|country| Self {
            country: country.clone(),
            ..self.clone()
        });
        [self.clone()].into_iter().chain(other).collect()
    }
}

/// What a sale asks of the card of its buyer.
#[derive(Debug, Clone)]
pub struct Asked {
    pub treatment: Treatment,
    pub home: String,
    pub day: Date,
    /// The number it stands on, where VAT is left out because of one.
    pub number: Option<String>,
    /// Is it taxed at home for want of any address?
    pub nowhere: bool,
    /// The member state it goes to, where that place is outside for VAT.
    pub outside_of: Option<String>,
}

impl Asked {
    /// The reason why a card fits in none of its ways.
    pub fn refuses(&self, card: &Card) -> Option<&'static str> {
        let ways = card.ways();
        let refused: Vec<_> = ways
            .iter()
            .filter_map(|way| self.refuses_as_is(way))
            .collect();
        (refused.len() == ways.len()).then(|| refused[0])
    }

    pub fn refuses_as_is(&self, card: &Card) -> Option<&'static str> {
        let number = card.vat_number.as_str();
        let country = match card.country.as_str() {
            "" => self.home.as_str(),
            country => country,
        };
        let (here, in_the_eu) = (country == self.home, vat::in_the_eu(country, self.day));
        let abroad = !number.is_empty() && !number.starts_with(prefix(&self.home));
        let carries = self.number.as_deref() == Some(number);
        let wrong = match self.treatment {
            // Reverse-charged at home: only to the card that carries the number, in its own country.
            Treatment::Domestic if self.number.is_some() && !abroad && here => {
                return (!carries).then_some("relatie-btw-nummer");
            }
            Treatment::Domestic if self.nowhere && !here => true,
            Treatment::Domestic | Treatment::EuAtHomeRates => abroad || !(here || in_the_eu),
            Treatment::Oss => !number.is_empty() || !(here || in_the_eu),
            Treatment::Export if self.outside_of.as_deref() == Some(country) => false,
            Treatment::Export => here || in_the_eu,
            Treatment::EuBusiness => {
                let right = carries && !here && number.starts_with(prefix(country));
                return (!right).then_some("relatie-btw-nummer");
            }
        };
        let elsewhere = self.treatment == Treatment::Domestic && self.number.is_some() && !here;
        if elsewhere && !wrong {
            return Some("relatie-btw-nummer");
        }
        wrong.then_some("btw-wijkt-af")
    }
}

/// Of the VAT numbers of a country.
pub fn prefix(country: &str) -> &str {
    if country == "GR" { "EL" } else { country }
}

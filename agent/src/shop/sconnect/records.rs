//! The API's own records. PHP writes numbers as numbers or texts, and nothing as `""`, `null` or not
//! at all; the two plug-ins differ in capitals. Amounts are read from their digits, never as floats.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, value::RawValue};

/// No shop has an amount or a count beyond this; arithmetic on larger ones could fail.
const LARGEST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// Answer of `koppeling_maken`.
#[derive(Debug, Clone, Deserialize)]
pub struct Introduction {
    /// Who is there.
    pub api_informatie: Information,
    /// What it can do.
    #[serde(default)]
    pub api_configuratie: Configuration,
}

/// Who is there.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Information {
    /// `SConnect.API.Magento`, ….
    #[serde(default, deserialize_with = "text")]
    pub naam: String,
    /// Version of the plug-in.
    #[serde(default, alias = "versie", deserialize_with = "text")]
    pub version: String,
}

/// What it can do.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Configuration {
    /// Commands, joined by `|`.
    #[serde(default, deserialize_with = "text")]
    pub methoden: String,
    /// Does the shop keep stock by default? None when it does not say.
    #[serde(default, deserialize_with = "flag")]
    pub voorraad_bijhouden: Option<bool>,
    /// Decimals of a stock figure.
    #[serde(default, deserialize_with = "amount")]
    pub voorraad_decimalen: Option<Decimal>,
}

/// An order on the shop's list.
#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    /// The shop's order number.
    #[serde(rename = "Betalingskenmerk", default, deserialize_with = "text")]
    pub number: String,
    /// Day of placing.
    #[serde(rename = "Datum", default, deserialize_with = "text")]
    pub date: String,
    /// The customer's note.
    #[serde(rename = "Ordermemo", default, deserialize_with = "text")]
    pub memo: String,
    /// `InclusiefBtw`, `ExclusiefBtw` or nothing.
    #[serde(
        rename = "SoortPrijzen",
        alias = "Soortprijzen",
        default,
        deserialize_with = "text"
    )]
    pub prices: String,
    /// Who bought.
    #[serde(rename = "Klant", default)]
    pub customer: Customer,
    /// Everything on it, in order. `Kortingspercentage` of the header is left alone: the plug-ins
    /// fill it with an amount.
    #[serde(rename = "Regels", default)]
    pub lines: Vec<Line>,
}

/// Who bought.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Customer {
    /// Delivery address.
    #[serde(rename = "VerzendAdres", default)]
    pub delivery: Option<Address>,
    /// Invoice address.
    #[serde(rename = "FactuurAdres", default)]
    pub invoice: Option<Address>,
    /// Telephone.
    #[serde(rename = "Telefoon", default, deserialize_with = "text")]
    pub telephone: String,
    /// Mobile telephone.
    #[serde(rename = "MobieleTelefoon", default, deserialize_with = "text")]
    pub mobile: String,
    /// E-mail.
    #[serde(rename = "Emailadres", default, deserialize_with = "text")]
    pub email: String,
    /// VAT number.
    #[serde(rename = "BtwNummer", default, deserialize_with = "text")]
    pub vat_number: String,
    /// Chamber of Commerce number.
    #[serde(rename = "KvkNummer", default, deserialize_with = "text")]
    pub chamber_of_commerce: String,
}

/// An address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Address {
    /// Company.
    #[serde(rename = "Naam", default, deserialize_with = "text")]
    pub company: String,
    /// Person.
    #[serde(rename = "Contactpersoon", default, deserialize_with = "text")]
    pub person: String,
    /// Street, with or without the number.
    #[serde(rename = "Straat", default, deserialize_with = "text")]
    pub street: String,
    /// Number, where it is apart.
    #[serde(rename = "Huisnummer", default, deserialize_with = "text")]
    pub number: String,
    /// Postcode.
    #[serde(rename = "Postcode", default, deserialize_with = "text")]
    pub postcode: String,
    /// City.
    #[serde(rename = "Plaats", default, deserialize_with = "text")]
    pub city: String,
    /// ISO two letters.
    #[serde(rename = "Landcode", default, deserialize_with = "text")]
    pub country: String,
}

/// One entry of `Regels`.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// `Artikel`, `Tekst`, `Verzendkosten`, `Kortingsbedrag`, `Totaal`, ….
    #[serde(rename = "Type", default, deserialize_with = "text")]
    pub kind: String,
    /// SKU.
    #[serde(rename = "Artikelcode", default, deserialize_with = "text")]
    pub code: String,
    /// What the shop knows of the product today.
    #[serde(rename = "Artikel", default)]
    pub article: Option<LineArticle>,
    /// Text.
    #[serde(rename = "Omschrijving", default, deserialize_with = "text")]
    pub text: String,
    /// Options chosen.
    #[serde(rename = "Opties", default)]
    pub options: Option<Vec<LineOption>>,
    /// Quantity.
    #[serde(rename = "Aantal", default, deserialize_with = "amount")]
    pub quantity: Option<Decimal>,
    /// Price of one, in the order's price mode.
    #[serde(rename = "Verkoopprijs", default, deserialize_with = "amount")]
    pub price: Option<Decimal>,
    /// VAT of one.
    #[serde(rename = "BtwBedrag", default, deserialize_with = "amount")]
    pub vat: Option<Decimal>,
    /// Discount on the line, percent.
    #[serde(rename = "KortingPercentage", default, deserialize_with = "amount")]
    pub discount: Option<Decimal>,
}

/// The product behind a line.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct LineArticle {
    /// Its text.
    #[serde(rename = "Omschrijving", default, deserialize_with = "text")]
    pub text: String,
    /// 0 to 3, or `Geen`, `Laag`, `Hoog`, `Overig` (WooCommerce).
    #[serde(rename = "BtwSoort", default, deserialize_with = "text")]
    pub vat_kind: String,
    /// Percentage charged (Magento).
    #[serde(rename = "BtwPercentage", default, deserialize_with = "amount")]
    pub percent: Option<Decimal>,
}

/// An option.
#[derive(Debug, Clone, Deserialize)]
pub struct LineOption {
    /// Label.
    #[serde(rename = "Label", alias = "label", default, deserialize_with = "text")]
    pub label: String,
    /// Value.
    #[serde(
        rename = "Waarde",
        alias = "waarde",
        default,
        deserialize_with = "text"
    )]
    pub value: String,
}

/// A figure of `voorraad`, and of the answer of `voorraad_bijwerken`.
#[derive(Debug, Clone, Deserialize)]
pub struct Stock {
    /// SKU.
    #[serde(rename = "Artikelcode", default, deserialize_with = "text")]
    pub code: String,
    /// Pieces; none where the shop keeps no stock of it.
    #[serde(rename = "Aantal", default, deserialize_with = "amount")]
    pub quantity: Option<Decimal>,
}

/// A product of `artikelen`, and of the answer of `artikelen_bijwerken`.
#[derive(Debug, Clone, Deserialize)]
pub struct Article {
    /// SKU.
    #[serde(rename = "Artikelcode", default, deserialize_with = "text")]
    pub code: String,
    /// Text.
    #[serde(rename = "Omschrijving", default, deserialize_with = "text")]
    pub text: String,
    /// Price. Whether with VAT is the shop's setting, which the API does not tell.
    #[serde(rename = "Verkoopprijs", default, deserialize_with = "amount")]
    pub price: Option<Decimal>,
    /// 0 none, 1 low, 2 high, 3 other.
    #[serde(rename = "BtwId", default, deserialize_with = "text")]
    pub vat_id: String,
}

/// The code of a record, whatever else is in it.
#[derive(Debug, Clone, Deserialize)]
pub struct Code {
    /// SKU.
    #[serde(rename = "Artikelcode", default, deserialize_with = "text")]
    pub code: String,
}

/// A text, whatever it was written as.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        Value::Array(list) if list.is_empty() => String::new(),
        Value::Array(_) | Value::Object(_) => return Err(D::Error::custom("a text is a list")),
    })
}

/// An amount by its digits; none when nothing is there.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let digits = match raw.get() {
        "null" | "false" => return Ok(None),
        quoted if quoted.starts_with('"') => {
            serde_json::from_str::<String>(quoted).map_err(D::Error::custom)?
        }
        plain => plain.to_owned(),
    };
    let digits = digits.trim();
    if digits.is_empty() {
        return Ok(None);
    }
    decimal(digits)
        .filter(|amount| amount.abs() <= LARGEST)
        .map(Some)
        .ok_or_else(|| {
            let shown: String = digits.chars().take(40).collect();
            D::Error::custom(format!("\"{shown}\" is no amount"))
        })
}

/// Digits with a point, or as PHP shortens very small floats.
fn decimal(digits: &str) -> Option<Decimal> {
    if digits.len() > 64 {
        return None;
    }
    let amount = if digits.contains(['e', 'E']) {
        Decimal::from_scientific(digits)
    } else {
        Decimal::from_str(digits)
    };
    amount.ok().map(|amount| amount.round_dp(12))
}

/// Yes or no, however it was written; none when it does not say.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::Number(number) => Some(number.as_f64() != Some(0.0)),
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "1" | "true" | "ja" | "yes" | "parent" => Some(true),
            "0" | "false" | "nee" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rust_decimal::dec;

    use super::*;

    fn quantity(text: &str) -> Result<Option<Decimal>, serde_json::Error> {
        let record = format!("{{\"Artikelcode\":\"A\",\"Aantal\":{text}}}");
        serde_json::from_str::<Stock>(&record).map(|stock| stock.quantity)
    }

    #[test]
    fn amounts_are_read_from_digits_in_numbers_and_texts() {
        for (text, wanted) in [
            ("12.10", Some(dec!(12.10))),
            ("\"12.1000\"", Some(dec!(12.1))),
            ("4.132231404958677", Some(dec!(4.132231404959))),
            ("1.0e-7", Some(dec!(0.0000001))),
            ("-5", Some(dec!(-5))),
            ("\"\"", None),
            ("null", None),
            ("\" 3 \"", Some(dec!(3))),
        ] {
            assert_eq!(quantity(text).unwrap(), wanted, "{text}");
        }
        for text in ["\"12,50\"", "\"nee\"", "1e30", "[1]", "99999999999"] {
            assert!(quantity(text).is_err(), "{text}");
        }
    }
}

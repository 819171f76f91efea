//! An order as a shop keeps it, and as each plug-in tells it.

use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Value, json};

use super::knobs::Flavour;

/// Goods of a sale.
#[derive(Debug, Clone)]
pub struct Goods {
    /// SKU; empty = none.
    pub code: String,
    /// Text.
    pub name: String,
    /// Pieces.
    pub quantity: u32,
    /// Price of one with VAT.
    pub price: Decimal,
    /// VAT percentage charged.
    pub percent: Decimal,
    /// VAT percentage of the product's class at home.
    pub class: Decimal,
    /// Options chosen.
    pub options: Vec<(String, String)>,
}

/// A sale.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Order number.
    pub number: String,
    /// Day, `YYYY-MM-DD`.
    pub date: String,
    /// Buyer.
    pub name: String,
    /// Company.
    pub company: String,
    /// Country.
    pub country: String,
    /// VAT number.
    pub vat_number: String,
    /// Goods.
    pub goods: Vec<Goods>,
    /// Shipping with VAT, and its percentage.
    pub shipping: (Decimal, Decimal),
    /// Discount with VAT over all goods alike.
    pub discount: Decimal,
    /// Prices are given with VAT.
    pub inclusive: bool,
}

impl Sale {
    /// Of one product at 21%.
    #[must_use]
    pub fn new(number: &str) -> Self {
        Self {
            number: number.to_owned(),
            date: "2026-11-20".to_owned(),
            name: format!("Jan Koper{number}"),
            company: String::new(),
            country: "NL".to_owned(),
            vat_number: String::new(),
            goods: vec![Goods::new("MOK-WIT", 2, dec!(12.10), dec!(21))],
            shipping: (dec!(6.05), dec!(21)),
            discount: Decimal::ZERO,
            inclusive: true,
        }
    }

    /// With other goods.
    #[must_use]
    pub fn of(mut self, goods: Vec<Goods>) -> Self {
        self.goods = goods;
        self
    }

    fn discounts(&self) -> Vec<Decimal> {
        let all: Decimal = self.goods.iter().map(Goods::gross).sum();
        let mut left = self.discount;
        let last = self.goods.len().saturating_sub(1);
        self.goods
            .iter()
            .enumerate()
            .map(|(n, goods)| {
                let share = if n == last {
                    left
                } else {
                    cents(self.discount * goods.gross() / all)
                };
                left -= share;
                share
            })
            .collect()
    }

    /// Total with VAT.
    #[must_use]
    pub fn total(&self) -> Decimal {
        let goods: Decimal = self.goods.iter().map(Goods::gross).sum();
        goods + self.shipping.0 - self.discount
    }

    /// VAT at that percentage, as the shop rounds it: line by line.
    #[must_use]
    pub fn vat(&self, percent: Decimal) -> Decimal {
        let goods: Decimal = self
            .goods
            .iter()
            .zip(self.discounts())
            .filter(|(goods, _)| goods.percent == percent)
            .map(|(goods, off)| vat(goods.gross() - off, percent))
            .sum();
        let shipping = self.shipping.1 == percent;
        goods
            + if shipping {
                vat(self.shipping.0, percent)
            } else {
                Decimal::ZERO
            }
    }

    /// All VAT.
    #[must_use]
    pub fn all_vat(&self) -> Decimal {
        let mut percents: Vec<Decimal> = self.goods.iter().map(|goods| goods.percent).collect();
        percents.push(self.shipping.1);
        percents.sort_unstable();
        percents.dedup();
        percents.into_iter().map(|percent| self.vat(percent)).sum()
    }

    /// As the plug-in tells it.
    #[must_use]
    pub fn json(&self, flavour: Flavour) -> Value {
        let magento = flavour == Flavour::Magento;
        let mut lines: Vec<Value> = self
            .goods
            .iter()
            .zip(self.discounts())
            .map(|(goods, off)| self.goods_line(goods, off, flavour))
            .collect();
        if !self.shipping.0.is_zero() || !magento {
            let tax = vat(self.shipping.0, self.shipping.1);
            // Magento's shipping amount never has VAT in it.
            let with = self.inclusive && !magento;
            let price = if with {
                self.shipping.0
            } else {
                self.shipping.0 - tax
            };
            lines.push(json!({
                "Type": "Verzendkosten", "Artikelcode": "",
                "Artikel": {"Omschrijving": "PostNL", "BtwSoort": kind(if self.shipping.1.is_zero() { dec!(21) } else { self.shipping.1 }, flavour)},
                "Omschrijving": if magento { "PostNL" } else { "" }, "Aantal": 1,
                "Verkoopprijs": number(price, flavour), "BtwBedrag": number(tax, flavour),
                "KortingPercentage": 0,
            }));
        }
        if magento && !self.discount.is_zero() {
            let off = if self.inclusive {
                self.discount
            } else {
                self.goods
                    .iter()
                    .zip(self.discounts())
                    .map(|(goods, off)| off - vat(off, goods.percent))
                    .sum()
            };
            lines.push(json!({
                "Type": "Kortingsbedrag", "Verkoopprijs": number(-off, flavour), "BtwBedrag": "",
                "KortingPercentage": 0,
            }));
        }
        lines.push(json!({
            "Type": "Totaal", "Verkoopprijs": number(self.total(), flavour),
            "BtwBedrag": number(self.all_vat(), flavour), "KortingPercentage": 0,
        }));
        let address = json!({
            "Naam": if self.company.is_empty() { Value::Null } else { json!(self.company) },
            "Contactpersoon": self.name, "Straat": "Dorpsstraat 1", "Huisnummer": "",
            "Postcode": "4811 AA", "Plaats": "Breda", "Landcode": self.country,
        });
        let email = format!("koper{}@example.com", self.number.to_lowercase());
        json!({
            "Betalingskenmerk": self.number, "Datum": self.date,
            "Kortingspercentage": number(-self.discount, flavour), "Omschrijving": "Van webshop",
            "Ordermemo": "", "VerkoperLoginnaam": "", "Kostenplaatsnummer": "",
            "SoortPrijzen": if self.inclusive { "InclusiefBtw" } else { "ExclusiefBtw" },
            "Klantcode": email,
            "Klant": {
                "VerzendAdres": address, "FactuurAdres": address, "Telefoon": "0761234567",
                "MobieleTelefoon": "", "Fax": "", "Emailadres": email, "Website": "", "Memo": "",
                "BtwNummer": if magento { self.vat_number.clone() } else { String::new() },
                "KvkNummer": "",
            },
            "Regels": lines,
        })
    }

    fn goods_line(&self, goods: &Goods, off: Decimal, flavour: Flavour) -> Value {
        let magento = flavour == Flavour::Magento;
        let pieces = Decimal::from(goods.quantity);
        let charged = goods.gross() - off;
        let tax = vat(charged, goods.percent);
        let full = vat(goods.gross(), goods.percent);
        let price = match (magento, self.inclusive) {
            (true, true) => goods.price,
            (true, false) => (goods.gross() - full) / pieces,
            (false, true) => charged / pieces,
            (false, false) => (charged - tax) / pieces,
        };
        let (label, value) = if magento {
            ("Label", "Waarde")
        } else {
            ("label", "waarde")
        };
        let options: Vec<Value> = goods
            .options
            .iter()
            .map(|(name, chosen)| json!({label: name, value: chosen}))
            .collect();
        json!({
            "Type": "Artikel",
            "Artikelcode": if goods.code.is_empty() { "NIET GEVONDEN" } else { &goods.code },
            "Artikel": {
                "Omschrijving": goods.name, "Verkoopprijs": number(goods.price, flavour),
                "BtwSoort": kind(goods.class, flavour),
                "BtwPercentage": if magento { number(goods.percent, flavour) } else { json!("") },
                "Voorraadcontrole": true,
            },
            "Omschrijving": goods.name,
            "Opties": if options.is_empty() && !magento { Value::Null } else { json!(options) },
            "Aantal": number(pieces, flavour),
            "Verkoopprijs": number(price, flavour),
            "BtwBedrag": number(tax / pieces, flavour),
            "KortingPercentage": 0,
        })
    }
}

impl Goods {
    /// Some of a product.
    #[must_use]
    pub fn new(code: &str, quantity: u32, price: Decimal, percent: Decimal) -> Self {
        Self {
            code: code.to_owned(),
            name: format!("Product {code}"),
            quantity,
            price,
            percent,
            class: percent,
            options: Vec::new(),
        }
    }

    fn gross(&self) -> Decimal {
        self.price * Decimal::from(self.quantity)
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn vat(gross: Decimal, percent: Decimal) -> Decimal {
    cents(gross * percent / (dec!(100) + percent))
}

/// A product's VAT kind. Magento says "high" of a class it does not know.
fn kind(percent: Decimal, flavour: Flavour) -> Value {
    let (id, name) = if percent == dec!(9) {
        (1, "Laag")
    } else if percent.is_zero() {
        (0, "Geen")
    } else {
        (2, "Hoog")
    };
    match flavour {
        Flavour::Magento => json!(id),
        Flavour::WooCommerce => json!(name),
    }
}

/// Magento's database texts, WooCommerce's floats.
fn number(amount: Decimal, flavour: Flavour) -> Value {
    match flavour {
        Flavour::Magento => json!(format!("{:.4}", amount.round_dp(4))),
        Flavour::WooCommerce => {
            serde_json::from_str(&amount.round_dp(14).normalize().to_string()).unwrap_or_default()
        }
    }
}

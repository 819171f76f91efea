//! Orders of a kind the recorded shops hold none of: VAT reverse-charged at home, goods under the margin
//! scheme, countries with many rates, articles made of others, fields of the shop's own. They are copies of
//! recorded ones with other goods and amounts, written into the test's own copy of the database as the
//! shop's program writes its orders.

pub mod opencart;
pub mod woocommerce;

use rust_decimal::{Decimal, RoundingStrategy, dec};

use crate::translate_shops::desk::Shop;

/// VAT numbers the register knows: of a business at home, and of one in Germany.
pub const VALID: [&str; 2] = ["NL004495445B01", "DE136695976"];

/// Number of the order whose payment reference somebody typed in by hand, for another sale.
pub const TYPED_BY_HAND: &str = "1010";

/// Ids of derived orders begin here.
const FIRST: u64 = 1001;

/// The shop with its derived orders alone.
pub fn alone(shop: Shop) -> Shop {
    let is_derived = |id: &str| id.parse::<u64>().is_ok_and(|id| id >= FIRST);
    let orders = shop.orders.into_iter();
    Shop {
        orders: orders.filter(|order| is_derived(&order.id)).collect(),
        ..shop
    }
}

/// Buyers of derived orders who are private persons: e-mail address, first and last name.
const PEOPLE: [(&str, &str, &str); 17] = [
    ("marge1@example.com", "Bram", "Jansen"),
    ("marge2@example.com", "Cora", "Visser"),
    ("marge3@example.com", "Daan", "Smit"),
    ("pakket1@example.com", "Eva", "Meijer"),
    ("pakket2@example.com", "Floor", "Mulder"),
    ("pakket3@example.com", "Gijs", "Bakker"),
    ("velden@example.com", "Anna", "Bos"),
    ("nogeens@example.com", "Hanna", "Vos"),
    ("ideal@example.com", "Ids", "Peters"),
    ("lux1@example.com", "Jean", "Weber"),
    ("lux2@example.com", "Karin", "Hoffmann"),
    ("eten@example.com", "Luc", "Maes"),
    ("gezond@example.com", "Mia", "Claes"),
    ("bank1@example.com", "Noor", "Dekker"),
    ("bank2@example.com", "Otto", "Kok"),
    ("bank3@example.com", "Pim", "Schouten"),
    ("frei@example.com", "Steuer", "Frei"),
];

/// His place in that list, and his name; none of a business.
fn person(email: &str) -> Option<(usize, &'static str, &'static str)> {
    let at = PEOPLE.iter().position(|(known, ..)| *known == email)?;
    Some((at, PEOPLE[at].1, PEOPLE[at].2))
}

/// Goods of a derived order; prices are without VAT.
#[derive(Debug, Clone, Copy)]
struct Sold {
    product: u32,
    code: &'static str,
    name: &'static str,
    pieces: u32,
    price: Decimal,
    percent: Decimal,
}

impl Sold {
    fn net(&self) -> Decimal {
        self.price * Decimal::from(self.pieces)
    }
}

fn rounded(amount: Decimal, decimals: u32) -> Decimal {
    let mut amount =
        amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    amount.rescale(decimals);
    amount
}

fn vat_of(net: Decimal, percent: Decimal) -> Decimal {
    net * percent / dec!(100)
}

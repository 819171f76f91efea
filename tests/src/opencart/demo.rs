//! The demo shop's orders: each shows one thing a shop does, and what must become of it.

use anyhow::Result;
use rust_decimal::Decimal;

use super::{
    OpenCartShop,
    cart::{Buyer, Coupon, GiftCardSold, GiftCardUsed, Item, NewOrder, Payment, PostalAddress},
    orders::{Status, shop_now},
};

/// What must become of a demo order at its first import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// It arrives.
    Written,
    /// It is left out, and why.
    Skipped,
    /// The bridge never shows it: an abandoned checkout.
    Unseen,
}

/// One of the demo's orders.
pub struct DemoOrder {
    /// What it shows.
    pub shows: &'static str,
    /// What must become of it.
    pub expect: Expectation,
    make: fn() -> NewOrder,
}

/// The demo's orders in the order they are placed: the first has number 1.
pub const DEMO_ORDERS: &[DemoOrder] = &[
    DemoOrder {
        shows: "21% and 9% in one order, account",
        expect: Expectation::Written,
        make: || {
            NewOrder::new(
                anna(),
                vec![Item::new("KOFFIE-1KG", 2), Item::new("MOK-WIT", 4)],
            )
        },
    },
    DemoOrder {
        shows: "21%, 9% and 0%, guest, cents that do not divide",
        expect: Expectation::Written,
        make: || {
            NewOrder::new(
                Buyer::guest("Kees", "van 't Hof", "kees@example.com", "9401 AA"),
                vec![
                    Item::new("THEE-100", 3),
                    Item::new("FILTER-100", 3),
                    Item::new("POSTZEGEL-10", 1),
                ],
            )
        },
    },
    DemoOrder {
        shows: "options with a surcharge and a text, order in English",
        expect: Expectation::Written,
        make: || NewOrder {
            language: 1,
            ..NewOrder::new(
                Buyer::guest("Olivia", "O'Neill", "olivia@example.com", "1012 JS"),
                vec![Item::new("SHIRT", 2).choose(33).text(22, "Coffee & <3")],
            )
        },
    },
    DemoOrder {
        shows: "10% coupon over 21% and 9%",
        expect: Expectation::Written,
        make: || NewOrder {
            coupon: Some(Coupon::Percent("LENTE10".into(), Decimal::from(10))),
            ..NewOrder::new(
                Buyer::guest("Fatima", "El Amrani", "fatima@example.com", "2512 GX"),
                vec![Item::new("MOLEN-HAND", 1), Item::new("KOFFIE-1KG", 1)],
            )
        },
    },
    DemoOrder {
        shows: "fixed coupon of 5, spread over the lines",
        expect: Expectation::Written,
        make: || NewOrder {
            coupon: Some(Coupon::Fixed("WELKOM5".into(), Decimal::from(5))),
            ..NewOrder::new(
                Buyer::guest("Jan", "Jansen", "jan@example.com", "7411 AB"),
                vec![
                    Item::new("BOEK-BARISTA", 1),
                    Item::new("MOK-WIT", 1),
                    Item::new("THEE-100", 1),
                ],
            )
        },
    },
    DemoOrder {
        shows: "a gift card sold",
        expect: Expectation::Written,
        make: || NewOrder {
            gift_cards: vec![GiftCardSold {
                amount: Decimal::from(25),
                to: "Oma & Opa".into(),
            }],
            ..NewOrder::new(anna(), vec![Item::new("MOK-WIT", 1)])
        },
    },
    DemoOrder {
        shows: "paid in part with a gift card",
        expect: Expectation::Written,
        make: || NewOrder {
            gift_card: Some(GiftCardUsed {
                code: "BON25".into(),
                balance: Decimal::from(25),
            }),
            ..NewOrder::new(
                Buyer::guest("Oma", "de Wit", "oma@example.com", "3511 AB"),
                vec![Item::new("MOLEN-HAND", 1)],
            )
        },
    },
    DemoOrder {
        shows: "paid in part with store credit, company with KvK and VAT number",
        expect: Expectation::Written,
        make: || NewOrder {
            store_credit: Decimal::from(10),
            ..NewOrder::new(
                bakker(),
                vec![Item::new("KOFFIE-1KG", 3), Item::new("FILTER-100", 5)],
            )
        },
    },
    DemoOrder {
        shows: "a levy per piece next to 21%",
        expect: Expectation::Written,
        make: || {
            NewOrder::new(
                Buyer::guest("Sven", "Licht", "sven@example.com", "3011 AD"),
                vec![Item::new("LAMP-LED", 3)],
            )
        },
    },
    DemoOrder {
        shows: "a small order with a fee, delivered elsewhere",
        expect: Expectation::Written,
        make: || {
            let mut buyer = Buyer::guest("Noor", "Smit", "noor@example.com", "8911 AA");
            buyer.delivery = Some(PostalAddress {
                first_name: "Teun".into(),
                street: "Haven 3".into(),
                postcode: "8861 XA".into(),
                city: "Harlingen".into(),
                ..buyer.invoice.clone()
            });
            NewOrder::new(buyer, vec![Item::new("FILTER-100", 1)])
        },
    },
    DemoOrder {
        shows: "unpaid bank transfer: comes in at once",
        expect: Expectation::Written,
        make: || NewOrder {
            payment: Payment::BankTransfer,
            status: Status::Pending,
            ..NewOrder::new(bakker(), vec![Item::new("KOFFIE-1KG", 6)])
        },
    },
    DemoOrder {
        shows: "iDEAL not paid yet: waits",
        expect: Expectation::Skipped,
        make: || NewOrder {
            status: Status::Pending,
            ..NewOrder::new(
                Buyer::guest("Bram", "Wacht", "bram@example.com", "1013 AA"),
                vec![Item::new("CADEAUSET", 1)],
            )
        },
    },
    DemoOrder {
        shows: "cancelled",
        expect: Expectation::Skipped,
        make: || NewOrder {
            status: Status::Cancelled,
            ..NewOrder::new(anna(), vec![Item::new("MOLEN-HAND", 2)])
        },
    },
    DemoOrder {
        shows: "an abandoned checkout",
        expect: Expectation::Unseen,
        make: || NewOrder {
            status: Status::Abandoned,
            ..NewOrder::new(
                Buyer::guest("Niet", "Af", "nietaf@example.com", "1014 AA"),
                vec![Item::new("THEE-100", 1)],
            )
        },
    },
];

fn anna() -> Buyer {
    Buyer {
        customer_id: Some(1),
        telephone: "06-11111111".into(),
        invoice: PostalAddress {
            first_name: "Anna".into(),
            last_name: "de Wit".into(),
            company: String::new(),
            street: "Kerkstraat 12".into(),
            postcode: "3511 AB".into(),
            city: "Utrecht".into(),
            country: "NL",
        },
        ..Buyer::guest("Anna", "de Wit", "anna.dewit@example.com", "3511 AB")
    }
}

fn bakker() -> Buyer {
    Buyer {
        customer_id: Some(2),
        group: 2,
        telephone: "020-2222222".into(),
        numbers: Some(("NL123456782B90".into(), "12345678".into())),
        invoice: PostalAddress {
            first_name: "Piet".into(),
            last_name: "Bakker".into(),
            company: "Bakker & Zn. B.V.".into(),
            street: "Industrieweg 4".into(),
            postcode: "1505 HX".into(),
            city: "Zaandam".into(),
            country: "NL",
        },
        ..Buyer::guest("Piet", "Bakker", "inkoop@bakker-zn.example", "1505 HX")
    }
}

impl OpenCartShop {
    /// Places [`DEMO_ORDERS`], an hour apart, the last one an hour ago.
    ///
    /// # Errors
    /// The database refuses.
    pub fn place_demo_orders(&self) -> Result<()> {
        let now = shop_now();
        for (at, demo) in DEMO_ORDERS.iter().enumerate() {
            let hours = i64::try_from(DEMO_ORDERS.len() - at)?;
            let mut order = (demo.make)();
            order.placed = Some(now.saturating_sub(jiff::Span::new().hours(hours)));
            self.place_order(&order)?;
        }
        Ok(())
    }
}

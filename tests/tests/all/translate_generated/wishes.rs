//! Orders as buyers may wish them, in every form that a shop's own arithmetic gives them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use testbed::truth::generated::{Bought, Buyer, Class, Coupon, Strange, Wish};

/// Are the shop's prices entered with VAT?
#[derive(Debug, Clone, Copy)]
pub enum Prices {
    With,
    Without,
    Either,
}

impl Prices {
    fn with_vat(self) -> BoxedStrategy<bool> {
        match self {
            Self::With => Just(true).boxed(),
            Self::Without => Just(false).boxed(),
            Self::Either => any::<bool>().boxed(),
        }
    }
}

fn bought() -> impl Strategy<Value = Bought> {
    let quantity = prop_oneof![
        80 => (1_i64..=12).prop_map(|pieces| pieces * 1000),
        10 => Just(1_250),
        10 => 1_i64..=9_999,
        // Taken back at the desk.
        1 => (-2_i64..=-1).prop_map(|pieces| pieces * 1000),
    ];
    let paid =
        (0_u32..=6).prop_flat_map(|decimals| (Just(decimals), 0..=(200 * 10_i64.pow(decimals))));
    // Now and then something free.
    let price = prop_oneof![24 => paid, 1 => Just((0, 0))];
    (price, quantity, prop::sample::select(Class::ALL.to_vec())).prop_map(
        |((decimals, price), quantity, class)| Bought {
            price,
            decimals,
            quantity,
            class,
        },
    )
}

fn coupon() -> impl Strategy<Value = Option<Coupon>> {
    prop_oneof![
        3 => Just(None),
        2 => (1_u32..=100).prop_map(|percent| Some(Coupon::Percent(percent))),
        2 => (1_i64..=5_000).prop_map(|cents| Some(Coupon::Fixed(cents))),
        1 => Just(Some(Coupon::FreeShipping)),
    ]
}

pub fn wish() -> impl Strategy<Value = Wish> {
    wish_of(Prices::Either)
}

pub fn wish_of(prices: Prices) -> impl Strategy<Value = Wish> {
    let sometimes = |cents: std::ops::RangeInclusive<i64>| prop::option::weighted(0.15, cents);
    let strange = prop_oneof![
        12 => Just(None),
        1 => (1_i64..=500).prop_map(|cents| Some(Strange::Deduction(cents))),
        1 => (1_i64..=500).prop_map(|cents| Some(Strange::Surcharge(cents))),
        1 => (1_i64..=500).prop_map(|cents| Some(Strange::Untaxed(cents))),
    ];
    let buyer = prop_oneof![
        6 => Just(Buyer::Dutch),
        1 => Just(Buyer::German),
        1 => Just(Buyer::Swiss),
    ];
    let shipping_class = prop_oneof![
        8 => Just(Class::High),
        1 => Just(Class::Low),
        1 => Just(Class::Zero),
    ];
    let reward = prop::option::weighted(0.1, 1_u32..=30);
    let hidden = prop_oneof![12 => Just(0_i64), 1 => -10_i64..=10];
    (
        (
            prop::collection::vec(bought(), 1..=12),
            prices.with_vat(),
            prop::bool::weighted(0.3),
            buyer,
            (
                prop_oneof![Just(0_i64), Just(495), 1_i64..=1_500],
                shipping_class,
            ),
        ),
        (
            sometimes(1..=900),
            (coupon(), reward),
            sometimes(1..=4_000),
            sometimes(1..=4_000),
        ),
        (sometimes(500..=10_000), strange, hidden),
    )
        .prop_map(
            |(
                (goods, prices_with_vat, whole_cents, buyer, (shipping, shipping_class)),
                (fee, (coupon, reward), gift_card, credit),
                (sold_card, strange, hidden),
            )| Wish {
                goods,
                prices_with_vat,
                whole_cents,
                buyer,
                shipping,
                shipping_class,
                fee,
                coupon,
                reward,
                gift_card,
                credit,
                sold_card,
                strange,
                hidden,
            },
        )
}

/// Nothing in it that a bookkeeper would want to look at first.
pub fn is_plain(wish: &Wish) -> bool {
    wish.strange.is_none() && wish.hidden.abs() <= 5 && !takes_back(wish)
}

/// Is more taken back than sold at some rate? Then the shop owes the buyer, or a discount over all goods
/// would be one below nothing there: no rule says what to write.
fn takes_back(wish: &Wish) -> bool {
    let mut sold: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for good in &wish.goods {
        let amount = Decimal::new(good.price, good.decimals) * Decimal::new(good.quantity, 3);
        *sold.entry(good.class.percent()).or_default() += amount;
    }
    sold.values()
        .any(|amount| amount.is_sign_negative() && !amount.is_zero())
}

//! Orders as a shop would compute them, from a handful of wishes: the shop's own arithmetic,
//! written without a look at how orders are translated.

use rust_decimal::{Decimal, RoundingStrategy, dec};
use winkelbrug_protocol::record::{
    Address, Customer, GiftCard, Line, Lookups, Method, Money, Named, Order, RateKind, RowRate,
    Status, StatusKind, TaxClass, TaxRate, TotalKind, TotalRow,
};

/// What is bought.
#[derive(Debug, Clone)]
pub struct Bought {
    /// Price of a piece in units of the last decimal.
    pub price: i64,
    /// Decimals of the price, 0 to 6.
    pub decimals: u32,
    /// Pieces, in thousandths.
    pub quantity: i64,
    /// Which class.
    pub class: Class,
}

/// The shop's tax classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 21%.
    High,
    /// 9%.
    Low,
    /// 0%.
    Zero,
    /// 21% and a levy of 0.05 a piece.
    Levy,
}

/// A discount on the goods.
#[derive(Debug, Clone)]
pub enum Coupon {
    /// Percent.
    Percent(u32),
    /// Cents, without VAT.
    Fixed(i64),
    /// The whole shipping.
    FreeShipping,
}

/// A row out of the ordinary, and what the shop did with its VAT.
#[derive(Debug, Clone)]
pub enum Strange {
    /// A surcharge of so many cents with 21% VAT.
    Surcharge(i64),
    /// A fee below zero of so many cents with 21% VAT.
    Deduction(i64),
    /// A discount of so many cents that lowers nothing: a payment, or a mistake.
    Untaxed(i64),
}

/// Where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// Home.
    Dutch,
    /// A private person in Germany; the shop charges Dutch VAT.
    German,
    /// Outside the EU, without VAT.
    Swiss,
}

/// A whole order as wished.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Goods.
    pub goods: Vec<Bought>,
    /// Prices are entered with VAT.
    pub prices_with_vat: bool,
    /// The shop keeps its rows in whole cents, not in four decimals.
    pub whole_cents: bool,
    /// Who buys.
    pub buyer: Buyer,
    /// Shipping in cents, without VAT.
    pub shipping: i64,
    /// What its VAT goes by.
    pub shipping_class: Class,
    /// A fee in cents, without VAT.
    pub fee: Option<i64>,
    /// A discount.
    pub coupon: Option<Coupon>,
    /// Reward points after it: so many percent of what it left of the goods, for no shop takes off more than
    /// there is.
    pub reward: Option<u32>,
    /// A gift card redeemed, in cents.
    pub gift_card: Option<i64>,
    /// Store credit used, in cents.
    pub credit: Option<i64>,
    /// A gift card sold, in cents.
    pub sold_card: Option<i64>,
    /// Something no shop program knows.
    pub strange: Option<Strange>,
    /// The shop's total is off by so many cents.
    pub hidden: i64,
}

/// The shop's names and rates.
#[must_use]
pub fn lookups() -> Lookups {
    let rate = |id: &str, name: &str, rate, kind| TaxRate {
        id: id.to_owned(),
        name: name.to_owned(),
        rate,
        kind,
        countries: vec!["NL".to_owned(), "DE".to_owned()],
    };
    let class = |class: Class, rates: &[&str]| TaxClass {
        id: class.id().to_owned(),
        name: class.name().to_owned(),
        rate_ids: rates.iter().map(|&id| id.to_owned()).collect(),
    };
    Lookups {
        tax_classes: vec![
            class(Class::High, &["1"]),
            class(Class::Low, &["2"]),
            class(Class::Zero, &[]),
            class(Class::Levy, &["1", "3"]),
        ],
        tax_rates: vec![
            rate("1", "BTW 21%", dec!(21), RateKind::Percent),
            rate("2", "BTW 9%", dec!(9), RateKind::Percent),
            rate("3", "Bijdrage", dec!(0.05), RateKind::Fixed),
        ],
        country: "NL".to_owned(),
        ..Lookups::default()
    }
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::High, Self::Low, Self::Zero, Self::Levy];

    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::High => "9",
            Self::Low => "11",
            Self::Zero => "0",
            Self::Levy => "13",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::High => "Hoog",
            Self::Low => "Laag",
            Self::Zero => "",
            Self::Levy => "Hoog met bijdrage",
        }
    }

    /// Its VAT.
    #[must_use]
    pub const fn percent(self) -> Decimal {
        match self {
            Self::High | Self::Levy => dec!(21),
            Self::Low => dec!(9),
            Self::Zero => dec!(0),
        }
    }

    pub(super) fn levy(self) -> Decimal {
        if self == Self::Levy {
            dec!(0.05)
        } else {
            dec!(0)
        }
    }

    pub(super) fn named(self) -> Named {
        Named {
            id: self.id().to_owned(),
            name: self.name().to_owned(),
        }
    }
}

/// The running sums of a shop that computes an order.
struct Till {
    digits: u32,
    charges: bool,
    high: Decimal,
    low: Decimal,
    levies: Decimal,
    rows: Vec<TotalRow>,
}

impl Till {
    fn row(&mut self, code: &str, kind: TotalKind, amount: Decimal, class: Option<Class>) {
        if !amount.is_zero() {
            self.rows.push(TotalRow {
                code: code.to_owned(),
                kind,
                title: code.to_owned(),
                amount: self.kept(amount),
                rate: None,
                tax_class: class.map(Class::named),
                parts: Vec::new(),
            });
        }
    }

    fn tax(&mut self, class: Class, net: Decimal) {
        if !self.charges {
            return;
        }
        let tax = net * class.percent() / dec!(100);
        match class {
            Class::High | Class::Levy => self.high += tax,
            Class::Low => self.low += tax,
            Class::Zero => {}
        }
    }

    fn kept(&self, amount: Decimal) -> Decimal {
        let mut kept =
            amount.round_dp_with_strategy(self.digits, RoundingStrategy::MidpointAwayFromZero);
        kept.rescale(self.digits);
        kept
    }
}

/// The order as the shop keeps it.
#[must_use]
pub fn order(wish: &Wish) -> Order {
    let mut till = Till {
        digits: if wish.whole_cents { 2 } else { 4 },
        charges: wish.buyer != Buyer::Swiss,
        high: dec!(0),
        low: dec!(0),
        levies: dec!(0),
        rows: Vec::new(),
    };
    let lines: Vec<Line> = (0..)
        .zip(&wish.goods)
        .map(|(at, good)| line(&mut till, wish, at, good))
        .collect();
    let goods: Decimal = lines.iter().map(|line| line.total).sum();
    let shipping = Decimal::new(wish.shipping, 2);
    till.row(
        "shipping",
        TotalKind::Shipping,
        shipping,
        Some(wish.shipping_class),
    );
    till.tax(wish.shipping_class, shipping);
    if let Some(fee) = wish.fee {
        let fee = Decimal::new(fee, 2);
        till.row("handling", TotalKind::Fee, fee, Some(Class::High));
        till.tax(Class::High, fee);
    }
    let off = coupon(&mut till, wish, &lines, goods, shipping);
    reward(&mut till, wish, &lines, goods, off);
    match wish.strange {
        Some(Strange::Surcharge(cents)) => {
            let amount = Decimal::new(cents, 2);
            till.row("xfee", TotalKind::Other, amount, None);
            till.tax(Class::High, amount);
        }
        Some(Strange::Deduction(cents)) => {
            let amount = -Decimal::new(cents, 2);
            till.row("handling", TotalKind::Fee, amount, Some(Class::High));
            till.tax(Class::High, amount);
        }
        Some(Strange::Untaxed(cents)) => {
            till.row("xdiscount", TotalKind::Other, -Decimal::new(cents, 2), None);
        }
        None => {}
    }
    let gift_cards: Vec<GiftCard> = wish
        .sold_card
        .map(|cents| GiftCard {
            id: "card".to_owned(),
            description: "Cadeaubon".to_owned(),
            amount: Decimal::new(cents, 2),
        })
        .into_iter()
        .collect();
    taxes(&mut till);
    let mut total: Decimal = goods
        + till.rows.iter().map(|row| row.amount).sum::<Decimal>()
        + gift_cards.iter().map(|card| card.amount).sum::<Decimal>();
    for (code, kind, cents) in [
        ("credit", TotalKind::StoreCredit, wish.credit),
        ("voucher", TotalKind::GiftCard, wish.gift_card),
    ] {
        let used = Decimal::new(cents.unwrap_or_default(), 2).min(total.max(dec!(0)));
        till.row(code, kind, -used, None);
        total -= till.kept(used);
    }
    total += Decimal::new(wish.hidden, 2);
    bare(wish, lines, gift_cards, till.rows, total)
}

fn line(till: &mut Till, wish: &Wish, at: usize, good: &Bought) -> Line {
    let entered = Decimal::new(good.price, good.decimals);
    let percent = good.class.percent();
    let net = if wish.prices_with_vat {
        entered * dec!(100) / (dec!(100) + percent)
    } else {
        entered
    };
    let net = net.round_dp(4);
    let quantity = Decimal::new(good.quantity, 3).normalize();
    let total = till.kept(net * quantity);
    till.tax(good.class, net * quantity);
    let mut tax = dec!(0);
    if till.charges {
        till.levies += good.class.levy() * quantity;
        tax = (net * percent / dec!(100) + good.class.levy()).round_dp(4);
    }
    Line {
        id: at.to_string(),
        product_id: Some(at.to_string()),
        code: format!("{}-{at}", good.class.id()),
        sku: None,
        ean: None,
        name: format!("Artikel {at}"),
        quantity,
        price: net,
        tax,
        total,
        tax_class: Some(good.class.named()),
        options: Vec::new(),
        percent: None,
        total_incl: None,
        levy: None,
        heading: false,
        custom_fields: Vec::new(),
    }
}

/// A percentage or an amount over the goods in proportion, or the shipping: it lowers the VAT. Gives
/// what it takes off the goods.
fn coupon(
    till: &mut Till,
    wish: &Wish,
    lines: &[Line],
    goods: Decimal,
    shipping: Decimal,
) -> Decimal {
    let amount = match wish.coupon {
        None => return dec!(0),
        Some(Coupon::FreeShipping) => {
            till.row("coupon", TotalKind::Discount, -shipping, None);
            till.tax(wish.shipping_class, -shipping);
            return dec!(0);
        }
        Some(Coupon::Percent(percent)) => goods * Decimal::from(percent) / dec!(100),
        Some(Coupon::Fixed(cents)) => Decimal::new(cents, 2).min(goods),
    };
    over_the_goods(
        till,
        wish,
        lines,
        goods,
        ("coupon", TotalKind::Discount, amount),
    );
    amount
}

/// Reward points, which a shop takes off after the coupon, which took `off`.
fn reward(till: &mut Till, wish: &Wish, lines: &[Line], goods: Decimal, off: Decimal) {
    if let Some(percent) = wish.reward {
        let amount = (goods - off) * Decimal::from(percent) / dec!(100);
        over_the_goods(
            till,
            wish,
            lines,
            goods,
            ("reward", TotalKind::Reward, amount),
        );
    }
}

fn over_the_goods(
    till: &mut Till,
    wish: &Wish,
    lines: &[Line],
    goods: Decimal,
    (code, kind, amount): (&str, TotalKind, Decimal),
) {
    if goods <= dec!(0) {
        return;
    }
    for (line, good) in lines.iter().zip(&wish.goods) {
        till.tax(good.class, -(amount * line.total / goods));
    }
    till.row(code, kind, -amount, None);
}

fn taxes(till: &mut Till) {
    for (title, amount, rate, kind) in [
        ("BTW 21%", till.high, dec!(21), RateKind::Percent),
        ("BTW 9%", till.low, dec!(9), RateKind::Percent),
        ("Bijdrage", till.levies, dec!(0.05), RateKind::Fixed),
    ] {
        let amount = till.kept(amount);
        if amount.is_zero() {
            continue;
        }
        till.rows.push(TotalRow {
            code: "tax".to_owned(),
            kind: TotalKind::Tax,
            title: title.to_owned(),
            amount,
            rate: Some(RowRate { rate, kind }),
            tax_class: None,
            parts: Vec::new(),
        });
    }
}

pub(super) fn bare(
    wish: &Wish,
    lines: Vec<Line>,
    gift_cards: Vec<GiftCard>,
    totals: Vec<TotalRow>,
    total: Decimal,
) -> Order {
    let (country, postcode) = match wish.buyer {
        Buyer::Dutch => ("NL", "1234 AB"),
        Buyer::German => ("DE", "70173"),
        Buyer::Swiss => ("CH", "8001"),
    };
    let address = Address {
        first_name: "Jo".to_owned(),
        last_name: "Klant".to_owned(),
        line1: "Dorpsstraat 1".to_owned(),
        postcode: postcode.to_owned(),
        city: "Stad".to_owned(),
        country: country.to_owned(),
        ..Address::default()
    };
    Order {
        id: "1".to_owned(),
        number: "1".to_owned(),
        hash: String::new(),
        store: Named::default(),
        placed_at: "2026-05-01T10:00:00Z".to_owned(),
        placed_local: "2026-05-01T12:00:00".to_owned(),
        changed_at: "2026-05-01T10:00:00Z".to_owned(),
        status: Status {
            id: "2".to_owned(),
            name: "Processing".to_owned(),
            kind: StatusKind::Processing,
        },
        language: "nl-nl".to_owned(),
        money: Money {
            code: "EUR".to_owned(),
            order_code: "EUR".to_owned(),
            rate: dec!(1),
            order_total: total.round_dp(2),
        },
        customer: Customer {
            id: None,
            group: Named::default(),
            first_name: "Jo".to_owned(),
            last_name: "Klant".to_owned(),
            email: "jo@example.com".to_owned(),
            telephone: String::new(),
            vat_number: None,
            chamber_of_commerce: None,
            custom_fields: Vec::new(),
        },
        invoice_address: address.clone(),
        delivery_address: Some(address),
        payment: Method {
            code: "bank_transfer".to_owned(),
            title: "Overboeking".to_owned(),
        },
        shipping: Some(Method::default()),
        comment: String::new(),
        invoice_number: None,
        invoice_date: None,
        shop_reference: None,
        lines,
        gift_cards,
        totals,
        total,
        history: Vec::new(),
        remarks: Vec::new(),
        refunds: Vec::new(),
        replaces: None,
        paid: None,
        paid_on: None,
        received: None,
        custom_fields: Vec::new(),
    }
}

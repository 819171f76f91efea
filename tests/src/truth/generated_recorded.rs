//! The generated orders as shops keep them that record the rate and the VAT of every line and of every
//! share of a row (WooCommerce, PrestaShop, Magento), each with its own rounding.

use rust_decimal::{Decimal, RoundingStrategy, dec};
use winkelbrug_protocol::record::{Line, Order, RateKind, RatePart, RowRate, TotalKind, TotalRow};

use super::generated::{Bought, Buyer, Class, Coupon, Strange, Wish, bare};

/// Where a shop rounds its VAT to cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// On every piece.
    Piece,
    /// On every line.
    Line,
    /// Once per rate, on the total.
    Total,
}

/// How a shop keeps its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Where VAT is rounded.
    pub rounds: Rounds,
    /// Decimals of amounts without VAT: 2 (Magento, PrestaShop), 4, 6 (WooCommerce).
    pub decimals: u32,
}

/// An amount without VAT, and its VAT.
type Split = (Decimal, Decimal);

struct Till {
    keeping: Keeping,
    prices_with_vat: bool,
    charges: bool,
    rows: Vec<TotalRow>,
    taxes: Vec<(Decimal, Decimal)>,
}

/// The order as that shop keeps it. Gift cards sold are left out: these shops have none of their own.
#[must_use]
pub fn order(wish: &Wish, keeping: Keeping) -> Order {
    let mut till = Till {
        keeping,
        prices_with_vat: wish.prices_with_vat,
        charges: wish.buyer != Buyer::Swiss,
        rows: Vec::new(),
        taxes: vec![(dec!(21), dec!(0)), (dec!(9), dec!(0))],
    };
    let lines: Vec<Line> = (0..)
        .zip(&wish.goods)
        .map(|(at, good)| till.line(at, good))
        .collect();
    for good in &wish.goods {
        till.levy(good);
    }
    let cost = |till: &mut Till, code: &str, kind, class, cents: i64| {
        let split = till.split(Decimal::new(cents, 2), class, dec!(1));
        till.row(code, kind, &[(class, split)]);
        split
    };
    let shipping = (wish.shipping_class, wish.shipping);
    let shipping = cost(
        &mut till,
        "flat_rate",
        TotalKind::Shipping,
        shipping.0,
        shipping.1,
    );
    if let Some(fee) = wish.fee {
        cost(&mut till, "fee", TotalKind::Fee, Class::High, fee);
    }
    let left = coupon(&mut till, wish, shipping);
    if let Some(percent) = wish.reward {
        let shares = percent_of(&left, percent);
        off(&mut till, wish, ("reward", TotalKind::Reward), shares);
    }
    match wish.strange {
        Some(Strange::Surcharge(cents)) => {
            cost(&mut till, "xfee", TotalKind::Other, Class::High, cents);
        }
        Some(Strange::Deduction(cents)) => {
            cost(&mut till, "fee", TotalKind::Fee, Class::High, -cents);
        }
        Some(Strange::Untaxed(cents)) => {
            let split = (-Decimal::new(cents, 2), dec!(0));
            till.row("xdiscount", TotalKind::Other, &[(Class::Zero, split)]);
        }
        None => {}
    }
    till.tax_rows();
    let goods: Decimal = lines.iter().map(|line| line.total).sum();
    let mut total = cents(goods + till.rows.iter().map(|row| row.amount).sum::<Decimal>());
    for (code, kind, paid) in [
        ("credit", TotalKind::StoreCredit, wish.credit),
        ("gift_card", TotalKind::GiftCard, wish.gift_card),
    ] {
        let used = Decimal::new(paid.unwrap_or_default(), 2).min(total.max(dec!(0)));
        till.rows.extend(row(code, kind, -used));
        total -= used;
    }
    total += Decimal::new(wish.hidden, 2);
    bare(wish, lines, Vec::new(), till.rows, total)
}

impl Till {
    fn percent(&self, class: Class) -> Decimal {
        if self.charges {
            class.percent()
        } else {
            dec!(0)
        }
    }

    /// So many pieces of an amount as it is entered: without VAT, and its VAT.
    fn split(&self, entered: Decimal, class: Class, pieces: Decimal) -> Split {
        let Keeping { rounds, decimals } = self.keeping;
        let (each, amount) = match rounds {
            Rounds::Piece => (cents(entered), cents(cents(entered) * pieces)),
            Rounds::Line | Rounds::Total if decimals == 2 => (entered, cents(entered * pieces)),
            Rounds::Line | Rounds::Total => (entered, entered * pieces),
        };
        let vat = |amount: Decimal| amount * class.percent() / self.base(class);
        let vat = match rounds {
            Rounds::Piece => cents(cents(vat(each)) * pieces),
            Rounds::Line => cents(vat(amount)),
            Rounds::Total => round(vat(amount), 6),
        };
        let net = if self.prices_with_vat && decimals == 2 {
            amount - cents(vat)
        } else if self.prices_with_vat {
            round(amount * dec!(100) / self.base(class), decimals)
        } else {
            round(amount, decimals)
        };
        (net, if self.charges { vat } else { dec!(0) })
    }

    /// What an amount as it is entered is so many hundredths of.
    fn base(&self, class: Class) -> Decimal {
        if self.prices_with_vat {
            dec!(100) + class.percent()
        } else {
            dec!(100)
        }
    }

    fn line(&mut self, at: usize, good: &Bought) -> Line {
        let quantity = Decimal::new(good.quantity, 3).normalize();
        let entered = Decimal::new(good.price, good.decimals);
        let (net, vat) = self.split(entered, good.class, quantity);
        self.charge(good.class, vat);
        Line {
            id: at.to_string(),
            product_id: Some(at.to_string()),
            code: format!("{}-{at}", good.class.id()),
            sku: None,
            ean: None,
            name: format!("Artikel {at}"),
            quantity,
            price: round(net / quantity, 4),
            tax: round(vat / quantity, 4),
            total: net,
            tax_class: Some(good.class.named()),
            options: Vec::new(),
            percent: Some(self.percent(good.class)),
            total_incl: Some(net + vat),
            levy: None,
            heading: false,
            custom_fields: Vec::new(),
        }
    }

    /// A levy a piece, with VAT on it.
    fn levy(&mut self, good: &Bought) {
        let levy = good.class.levy();
        if levy.is_zero() {
            return;
        }
        let split = self.split(levy * Decimal::new(good.quantity, 3), Class::Levy, dec!(1));
        self.row("weee", TotalKind::Levy, &[(Class::Levy, split)]);
    }

    fn charge(&mut self, class: Class, vat: Decimal) {
        let percent = self.percent(class);
        for (known, amount) in &mut self.taxes {
            if *known == percent {
                *amount += vat;
            }
        }
    }

    /// A row with its shares, one a rate.
    fn row(&mut self, code: &str, kind: TotalKind, shares: &[(Class, Split)]) {
        let mut parts: Vec<RatePart> = Vec::new();
        for (class, (net, vat)) in shares {
            self.charge(*class, *vat);
            let percent = self.percent(*class);
            match parts.iter_mut().find(|part| part.percent == percent) {
                Some(part) => {
                    part.net += net;
                    part.vat += vat;
                }
                None => parts.push(RatePart {
                    percent,
                    net: *net,
                    vat: *vat,
                }),
            }
        }
        let amount = parts.iter().map(|part| part.net).sum();
        self.rows
            .extend(row(code, kind, amount).map(|row| TotalRow { parts, ..row }));
    }

    fn tax_rows(&mut self) {
        for (percent, amount) in self.taxes.clone() {
            let rate = Some(RowRate {
                rate: percent,
                kind: RateKind::Percent,
            });
            self.rows.extend(
                row(&format!("BTW {percent}%"), TotalKind::Tax, cents(amount))
                    .map(|row| TotalRow { rate, ..row }),
            );
        }
    }
}

/// What the shop takes off each line, in the way it keeps the line itself. Gives what it leaves of each.
fn coupon(till: &mut Till, wish: &Wish, shipping: Split) -> Vec<Decimal> {
    let entered: Vec<Decimal> = wish.goods.iter().map(price).collect();
    let goods: Decimal = entered.iter().sum();
    let shares: Vec<Decimal> = match wish.coupon {
        None => return entered,
        Some(Coupon::FreeShipping) => {
            let back = (-shipping.0, -shipping.1);
            let back = [(wish.shipping_class, back)];
            till.row("coupon", TotalKind::Discount, &back);
            return entered;
        }
        Some(Coupon::Percent(percent)) => percent_of(&entered, percent),
        Some(Coupon::Fixed(amount)) => {
            // Each line what is left for it and those after it, so that no cent is lost.
            let (mut left, mut base) = (Decimal::new(amount, 2).min(cents(goods)), goods);
            let share = |price: &Decimal| {
                let share = cents((left * price).checked_div(base).unwrap_or_default());
                left -= share;
                base -= price;
                share
            };
            entered.iter().map(share).collect()
        }
    };
    let left = entered.iter().zip(&shares).map(|(price, off)| price - off);
    let left = left.collect();
    off(till, wish, ("coupon", TotalKind::Discount), shares);
    left
}

fn percent_of(prices: &[Decimal], percent: u32) -> Vec<Decimal> {
    let share = |price: &Decimal| cents(price * Decimal::from(percent) / dec!(100));
    prices.iter().map(share).collect()
}

/// So much off each line.
fn off(till: &mut Till, wish: &Wish, (code, kind): (&str, TotalKind), shares: Vec<Decimal>) {
    let shares: Vec<(Class, Split)> = wish
        .goods
        .iter()
        .zip(shares)
        .map(|(good, share)| (good.class, till.split(-share, good.class, dec!(1))))
        .collect();
    till.row(code, kind, &shares);
}

fn price(good: &Bought) -> Decimal {
    cents(Decimal::new(good.price, good.decimals) * Decimal::new(good.quantity, 3))
}

fn row(code: &str, kind: TotalKind, amount: Decimal) -> Option<TotalRow> {
    (!amount.is_zero()).then(|| TotalRow {
        code: code.to_owned(),
        kind,
        title: code.to_owned(),
        amount,
        rate: None,
        tax_class: None,
        parts: Vec::new(),
    })
}

fn round(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

fn cents(amount: Decimal) -> Decimal {
    round(amount, 2)
}

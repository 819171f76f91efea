//! What a buyer orders, and what OpenCart 3 makes of it: the total modules in their order, every
//! amount without VAT in the base currency, stored with four decimals. OpenCart 3.0.5.1
//! (`extension/total/*`): a coupon and reward points lower the percentage taxes, a gift card and
//! store credit are taken off the total after tax.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    catalogue::{Catalogue, OptionChoice, Product},
    orders::Status,
};

/// Country of a buyer, ISO two letters.
pub type Country = &'static str;

/// Someone who buys.
#[derive(Debug, Clone)]
pub struct Buyer {
    /// Account; none for a guest.
    pub customer_id: Option<u64>,
    /// 1 consumer, 2 business, 3 business in another EU country (no VAT).
    pub group: u32,
    /// E-mail.
    pub email: String,
    /// Telephone.
    pub telephone: String,
    /// VAT number and Chamber of Commerce number, as custom fields of the account.
    pub numbers: Option<(String, String)>,
    /// Invoice address.
    pub invoice: PostalAddress,
    /// Delivery address, when it is another.
    pub delivery: Option<PostalAddress>,
}

/// An address.
#[derive(Debug, Clone)]
pub struct PostalAddress {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Company.
    pub company: String,
    /// Street and number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// Country.
    pub country: Country,
}

impl Buyer {
    /// A guest in the Netherlands.
    #[must_use]
    pub fn guest(first_name: &str, last_name: &str, email: &str, postcode: &str) -> Self {
        Self {
            customer_id: None,
            group: 1,
            email: email.to_owned(),
            telephone: "06-12345678".to_owned(),
            numbers: None,
            invoice: PostalAddress {
                first_name: first_name.to_owned(),
                last_name: last_name.to_owned(),
                company: String::new(),
                street: "Dorpsstraat 1".to_owned(),
                postcode: postcode.to_owned(),
                city: "Ons Dorp".to_owned(),
                country: "NL",
            },
            delivery: None,
        }
    }

    /// Where it goes.
    #[must_use]
    pub fn delivery(&self) -> &PostalAddress {
        self.delivery.as_ref().unwrap_or(&self.invoice)
    }
}

/// A product put in the cart.
#[derive(Debug, Clone)]
pub struct Item {
    /// Product model.
    pub model: String,
    /// Pieces.
    pub quantity: u32,
    /// Ids of option values chosen.
    pub choices: Vec<u64>,
    /// Texts typed, by product option id.
    pub texts: Vec<(u64, String)>,
}

impl Item {
    /// So many of a product.
    #[must_use]
    pub fn new(model: &str, quantity: u32) -> Self {
        Self {
            model: model.to_owned(),
            quantity,
            choices: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// With an option value.
    #[must_use]
    pub fn choose(mut self, product_option_value: u64) -> Self {
        self.choices.push(product_option_value);
        self
    }

    /// With a text typed for an option.
    #[must_use]
    pub fn text(mut self, product_option: u64, text: &str) -> Self {
        self.texts.push((product_option, text.to_owned()));
        self
    }
}

/// A coupon over the whole cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coupon {
    /// So many percent.
    Percent(String, Decimal),
    /// A fixed amount without VAT, spread over the products.
    Fixed(String, Decimal),
}

/// A gift card sold.
#[derive(Debug, Clone)]
pub struct GiftCardSold {
    /// Its value.
    pub amount: Decimal,
    /// Whom it is for.
    pub to: String,
}

/// A gift card used to pay with.
#[derive(Debug, Clone)]
pub struct GiftCardUsed {
    /// Code.
    pub code: String,
    /// What is left on it.
    pub balance: Decimal,
}

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shipping {
    /// At the shop's flat rate, or free from the shop's amount on; nothing for a service.
    #[default]
    ByShop,
    /// Free of charge.
    Free,
}

/// How it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Payment {
    /// Bank transfer: the order waits as pending.
    BankTransfer,
    /// iDEAL.
    #[default]
    Ideal,
    /// Cash on delivery.
    Cash,
    /// Nothing to pay.
    Free,
}

impl Payment {
    /// Code and title as on the order.
    #[must_use]
    pub fn code_and_title(self) -> (&'static str, &'static str) {
        match self {
            Self::BankTransfer => ("bank_transfer", "Bankoverschrijving"),
            Self::Ideal => ("ideal", "iDEAL"),
            Self::Cash => ("cod", "Rembours"),
            Self::Free => ("free_checkout", "Gratis bestelling"),
        }
    }
}

/// An order to be placed.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Who.
    pub buyer: Buyer,
    /// What.
    pub items: Vec<Item>,
    /// Gift cards sold.
    pub gift_cards: Vec<GiftCardSold>,
    /// Coupon.
    pub coupon: Option<Coupon>,
    /// Gift card used.
    pub gift_card: Option<GiftCardUsed>,
    /// Store credit used, at most.
    pub store_credit: Decimal,
    /// Shipping.
    pub shipping: Shipping,
    /// Payment.
    pub payment: Payment,
    /// Status it ends in.
    pub status: Status,
    /// 1 English, 2 Dutch.
    pub language: u32,
    /// Currency the buyer sees, and units of it for one euro.
    pub currency: (&'static str, Decimal),
    /// Local time of placing; none = now.
    pub placed: Option<jiff::civil::DateTime>,
    /// The buyer's note.
    pub comment: String,
}

impl NewOrder {
    /// A paid order in Dutch, by iDEAL, sent at the shop's rate.
    #[must_use]
    pub fn new(buyer: Buyer, items: Vec<Item>) -> Self {
        Self {
            buyer,
            items,
            gift_cards: Vec::new(),
            coupon: None,
            gift_card: None,
            store_credit: Decimal::ZERO,
            shipping: Shipping::ByShop,
            payment: Payment::Ideal,
            status: Status::Processing,
            language: 2,
            currency: ("EUR", Decimal::ONE),
            placed: None,
            comment: String::new(),
        }
    }
}

/// A line as computed.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub product: &'a Product,
    pub quantity: u32,
    pub price: Decimal,
    pub total: Decimal,
    pub tax: Decimal,
    pub choices: Vec<&'a OptionChoice>,
    pub texts: Vec<(&'a OptionChoice, String)>,
}

/// A row of the total block: code, title, amount, place.
#[derive(Debug, Clone)]
pub(super) struct Total {
    pub code: &'static str,
    pub title: String,
    pub amount: Decimal,
    pub place: u32,
}

/// An order as the checkout computed it.
#[derive(Debug)]
pub(super) struct Computed<'a> {
    pub lines: Vec<Line<'a>>,
    pub totals: Vec<Total>,
    pub shipped: bool,
    pub free_shipping: bool,
    pub total: Decimal,
}

/// The shop stores four decimals; MariaDB rounds half away from zero.
pub(super) fn stored(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)
}

/// Taxes per rate, and the arithmetic on them.
struct Taxes<'a> {
    catalogue: &'a Catalogue,
    country: &'static str,
    group: u32,
    amounts: BTreeMap<u32, Decimal>,
}

impl Taxes<'_> {
    /// Tax on one piece.
    fn per_piece(&self, price: Decimal, class: u32) -> Decimal {
        self.catalogue
            .rates_for(class, self.country, self.group)
            .iter()
            .map(|rate| part(rate.fixed, rate.rate, price))
            .sum()
    }

    fn add(&mut self, price: Decimal, quantity: u32, class: u32) {
        for rate in self.catalogue.rates_for(class, self.country, self.group) {
            *self.amounts.entry(rate.id).or_default() +=
                part(rate.fixed, rate.rate, price) * Decimal::from(quantity);
        }
    }

    /// A discount lowers the percentages only.
    fn lower(&mut self, discount: Decimal, class: u32) {
        for rate in self.catalogue.rates_for(class, self.country, self.group) {
            if !rate.fixed {
                *self.amounts.entry(rate.id).or_default() -= part(false, rate.rate, discount);
            }
        }
    }
}

fn part(fixed: bool, rate: Decimal, price: Decimal) -> Decimal {
    if fixed {
        rate
    } else {
        price * rate / Decimal::ONE_HUNDRED
    }
}

/// Computes an order.
pub(super) fn compute<'a>(order: &NewOrder, catalogue: &'a Catalogue) -> Result<Computed<'a>> {
    let mut taxes = Taxes {
        catalogue,
        country: order.buyer.delivery().country,
        group: order.buyer.group,
        amounts: BTreeMap::new(),
    };
    let lines = order
        .items
        .iter()
        .map(|item| line(item, catalogue, &mut taxes))
        .collect::<Result<Vec<_>>>()?;
    let goods: Decimal = lines.iter().map(|line| line.total).sum();
    let cards: Decimal = order.gift_cards.iter().map(|card| card.amount).sum();
    let mut totals = vec![row("sub_total", "Subtotaal", goods + cards, 1)];

    let shipped = lines.iter().any(|line| line.product.shipping);
    let free_from = catalogue.number("shipping_free_total");
    let free_shipping =
        order.shipping == Shipping::Free || (free_from > Decimal::ZERO && goods >= free_from);
    if shipped {
        let (title, cost) = if free_shipping {
            ("Gratis verzending", Decimal::ZERO)
        } else {
            ("Verzendkosten", catalogue.number("shipping_flat_cost"))
        };
        let class = class_setting(catalogue, "shipping_flat_tax_class_id");
        taxes.add(cost, 1, class);
        totals.push(row("shipping", title, cost, 3));
    }
    if let Some(coupon) = &order.coupon {
        totals.push(apply_coupon(coupon, &lines, goods, &mut taxes));
    }
    let low_below = catalogue.number("total_low_order_fee_total");
    if goods + cards > Decimal::ZERO && goods + cards < low_below {
        let fee = catalogue.number("total_low_order_fee_fee");
        let class = class_setting(catalogue, "total_low_order_fee_tax_class_id");
        taxes.add(fee, 1, class);
        totals.push(row("low_order_fee", "Toeslag kleine bestelling", fee, 4));
    }
    for (id, amount) in &taxes.amounts {
        if *amount > Decimal::ZERO {
            let rate = catalogue.rates.iter().find(|rate| rate.id == *id);
            let name = rate.map(|rate| rate.name.clone()).unwrap_or_default();
            totals.push(row("tax", &name, *amount, 5));
        }
    }
    pay_with_credit(order, &mut totals);
    let total = sum(&totals).max(Decimal::ZERO);
    totals.push(row("total", "Totaal", total, 9));
    for total in &mut totals {
        total.amount = stored(total.amount);
    }
    Ok(Computed {
        lines,
        totals,
        shipped,
        free_shipping,
        total: stored(total),
    })
}

fn line<'a>(item: &Item, catalogue: &'a Catalogue, taxes: &mut Taxes<'a>) -> Result<Line<'a>> {
    let product = catalogue.product(&item.model)?;
    let of_product = |choice: &&'a OptionChoice| choice.product == product.id;
    let choices = item
        .choices
        .iter()
        .map(|id| {
            catalogue
                .choices
                .iter()
                .filter(of_product)
                .find(|choice| choice.product_option_value == *id)
                .with_context(|| format!("{} has no option value {id}", item.model))
        })
        .collect::<Result<Vec<_>>>()?;
    let texts = item
        .texts
        .iter()
        .map(|(option, text)| {
            catalogue
                .choices
                .iter()
                .filter(of_product)
                .find(|choice| choice.product_option == *option)
                .map(|choice| (choice, text.clone()))
                .with_context(|| format!("{} has no option {option}", item.model))
        })
        .collect::<Result<Vec<_>>>()?;
    let price = product.price + choices.iter().map(|choice| choice.price).sum::<Decimal>();
    let tax = taxes.per_piece(price, product.tax_class);
    taxes.add(price, item.quantity, product.tax_class);
    Ok(Line {
        product,
        quantity: item.quantity,
        price,
        total: price * Decimal::from(item.quantity),
        tax,
        choices,
        texts,
    })
}

fn apply_coupon(
    coupon: &Coupon,
    lines: &[Line<'_>],
    goods: Decimal,
    taxes: &mut Taxes<'_>,
) -> Total {
    let mut taken = Decimal::ZERO;
    for line in lines {
        let discount = match coupon {
            Coupon::Percent(_, percent) => line.total * percent / Decimal::ONE_HUNDRED,
            Coupon::Fixed(_, amount) if goods > Decimal::ZERO => {
                *amount.min(&goods) * line.total / goods
            }
            Coupon::Fixed(..) => Decimal::ZERO,
        };
        taxes.lower(discount, line.product.tax_class);
        taken += discount;
    }
    let (Coupon::Percent(code, _) | Coupon::Fixed(code, _)) = coupon;
    row("coupon", &format!("Kortingscode ({code})"), -taken, 4)
}

fn pay_with_credit(order: &NewOrder, totals: &mut Vec<Total>) {
    let credit = order.store_credit.min(sum(totals));
    if credit > Decimal::ZERO {
        totals.push(row("credit", "Winkeltegoed", -credit, 7));
    }
    if let Some(card) = &order.gift_card {
        let used = card.balance.min(sum(totals));
        if used > Decimal::ZERO {
            totals.push(row(
                "voucher",
                &format!("Cadeaubon ({})", card.code),
                -used,
                8,
            ));
        }
    }
}

fn class_setting(catalogue: &Catalogue, key: &str) -> u32 {
    u32::try_from(catalogue.number(key)).unwrap_or_default()
}

fn sum(totals: &[Total]) -> Decimal {
    totals.iter().map(|total| total.amount).sum()
}

fn row(code: &'static str, title: &str, amount: Decimal, place: u32) -> Total {
    Total {
        code,
        title: title.to_owned(),
        amount,
        place,
    }
}

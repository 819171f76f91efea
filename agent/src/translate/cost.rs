//! The settings that name an article for something that is no product: shipping, discounts, fees.

use super::case::Case;
use crate::{
    profile::settings::PerVatKind,
    text,
    text::{Text, clean},
};

/// A setting that names an article for something that is no product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    Shipping,
    Discount,
    Payment,
    Fee,
    Levy,
    GiftCard,
    StoreCredit,
    Rounding,
    TotalDifference,
    Default,
}

impl Cost {
    /// Is it part of what is sold, and not what pays for it or rounds it?
    pub fn is_sold(self) -> bool {
        matches!(
            self,
            Self::Shipping | Self::Discount | Self::Payment | Self::Fee | Self::Default
        )
    }

    /// What it is called: its own title, else what it is.
    pub fn called(self, title: &str) -> Text {
        match clean(title) {
            name if name.is_empty() => self.words(),
            name => Text::same(name),
        }
    }

    /// What it is called where the shop gives it no name.
    fn words(self) -> Text {
        match self {
            Self::Shipping => text!("verzendkosten", "shipping"),
            Self::Discount => text!("korting", "discount"),
            Self::Payment => text!("betaalkosten", "payment cost"),
            Self::Fee => text!("toeslag", "fee"),
            Self::Levy => text!("heffing", "levy"),
            Self::GiftCard => text!("cadeaubon", "gift card"),
            Self::StoreCredit => text!("tegoed", "store credit"),
            Self::Rounding => text!("afronding", "rounding"),
            Self::TotalDifference => text!("totaalverschil", "total difference"),
            Self::Default => text!("een regel zonder code", "a line without a code"),
        }
    }

    /// The setting's key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Shipping => "sales.shipping_article",
            Self::Discount => "sales.discount_article",
            Self::Payment => "sales.payment_cost_article",
            Self::Fee => "sales.fee_article",
            Self::Levy => "sales.levy_article",
            Self::GiftCard => "sales.gift_card_article",
            Self::StoreCredit => "sales.store_credit_article",
            Self::Rounding => "sales.rounding_article",
            Self::TotalDifference => "sales.total_difference_article",
            Self::Default => "sales.default_article",
        }
    }

    /// Its value.
    pub const fn setting<'s>(self, case: &Case<'s>) -> &'s PerVatKind {
        let sales = &case.settings.sales;
        match self {
            Self::Shipping => &sales.shipping_article,
            Self::Discount => &sales.discount_article,
            Self::Payment => &sales.payment_cost_article,
            Self::Fee => &sales.fee_article,
            Self::Levy => &sales.levy_article,
            Self::GiftCard => &sales.gift_card_article,
            Self::StoreCredit => &sales.store_credit_article,
            Self::Rounding => &sales.rounding_article,
            Self::TotalDifference => &sales.total_difference_article,
            Self::Default => &sales.default_article,
        }
    }
}

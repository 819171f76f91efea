//! The articles for what is no product (shipping, discounts, fees): which there must be, which are
//! missing, what may be made for them, and making it.
//!
//! SnelStart B2B v2: an order line has no VAT field, the article's revenue group decides. So a cost
//! that can bear any rate needs an article for each VAT kind; what is no sale needs one without.

mod codes;
mod existing;
mod groups;
mod make;
mod offer;

use crate::{
    books::VatKind,
    profile::settings::{PerVatKind, Sales},
};

pub use self::{
    groups::{Chosen, GroupFor, Unclear},
    make::make,
    offer::{CostArticle, Offer, offer},
};

/// A setting that names articles for something that is no product.
pub(super) struct CostSetting {
    /// Its key in `[sales]`.
    pub key: &'static str,
    /// What a new code begins with.
    pub stem: &'static str,
    /// Text of a new article: it stands in the books, which are Dutch.
    pub description: &'static str,
    /// What an owner may have called such an article himself, in small letters: the whole of its text
    /// or of its code, but for the words of a VAT rate.
    pub called: &'static [&'static str],
    /// The VAT kinds that are needed.
    pub kinds: &'static [VatKind],
    /// It is owed to a buyer and no sale: its group stands on a balance ledger.
    pub owed: bool,
    /// Its value.
    pub value: fn(&Sales) -> &PerVatKind,
}

const ALL: &[VatKind] = &[VatKind::Hoog, VatKind::Laag, VatKind::Geen];
const UNTAXED: &[VatKind] = &[VatKind::Geen];

/// All of them.
pub(super) const COST_SETTINGS: [CostSetting; 10] = [
    CostSetting {
        key: "shipping_article",
        stem: "VERZEND",
        description: "Verzendkosten",
        called: &[
            "verzendkosten",
            "verzending",
            "verzend",
            "portokosten",
            "porto",
            "vrachtkosten",
            "bezorgkosten",
            "shipping",
        ],
        kinds: ALL,
        owed: false,
        value: |sales| &sales.shipping_article,
    },
    CostSetting {
        key: "discount_article",
        stem: "KORTING",
        description: "Korting",
        called: &["korting", "kortingen", "discount"],
        kinds: ALL,
        owed: false,
        value: |sales| &sales.discount_article,
    },
    CostSetting {
        key: "payment_cost_article",
        stem: "BETAAL",
        description: "Betaalkosten",
        called: &[
            "betaalkosten",
            "betalingskosten",
            "transactiekosten",
            "betaal",
        ],
        kinds: ALL,
        owed: false,
        value: |sales| &sales.payment_cost_article,
    },
    CostSetting {
        key: "fee_article",
        stem: "TOESLAG",
        description: "Toeslag",
        called: &["toeslag", "toeslagen", "servicekosten", "fee"],
        kinds: ALL,
        owed: false,
        value: |sales| &sales.fee_article,
    },
    CostSetting {
        key: "levy_article",
        stem: "HEFFING",
        description: "Heffing per stuk",
        called: &[
            "heffing",
            "heffing per stuk",
            "verwijderingsbijdrage",
            "bijdrage",
            "statiegeld",
        ],
        kinds: UNTAXED,
        owed: false,
        value: |sales| &sales.levy_article,
    },
    CostSetting {
        key: "gift_card_article",
        stem: "KADOBON",
        description: "Cadeaubon",
        called: &[
            "cadeaubon",
            "cadeaubonnen",
            "kadobon",
            "kadobonnen",
            "cadeaukaart",
            "giftcard",
            "gift card",
        ],
        kinds: UNTAXED,
        owed: true,
        value: |sales| &sales.gift_card_article,
    },
    CostSetting {
        key: "store_credit_article",
        stem: "TEGOED",
        description: "Winkeltegoed",
        called: &["winkeltegoed", "tegoed", "klanttegoed", "store credit"],
        kinds: UNTAXED,
        owed: true,
        value: |sales| &sales.store_credit_article,
    },
    CostSetting {
        key: "rounding_article",
        stem: "AFROND",
        description: "Afronding",
        called: &["afronding", "afrondingen", "afrondingsverschil", "afrond"],
        kinds: UNTAXED,
        owed: false,
        value: |sales| &sales.rounding_article,
    },
    CostSetting {
        key: "total_difference_article",
        stem: "VERSCHIL",
        description: "Ordertotaalverschil",
        called: &["ordertotaalverschil", "totaalverschil", "verschil"],
        kinds: UNTAXED,
        owed: false,
        value: |sales| &sales.total_difference_article,
    },
    CostSetting {
        key: "default_article",
        stem: "DIVERS",
        description: "Diverse artikelen",
        called: &["diverse artikelen", "diversen", "divers"],
        kinds: ALL,
        owed: false,
        value: |sales| &sales.default_article,
    },
];

/// Codes that stood in `[sales]` and that other settings leave out, each as the line that puts it
/// back: key and line.
#[must_use]
pub fn left_out(before: &Sales, now: &Sales) -> Vec<(&'static str, String)> {
    let lost = |setting: &&CostSetting| {
        let (then, now) = ((setting.value)(before), (setting.value)(now));
        match then {
            PerVatKind::One(code) => !code.is_empty() && now.codes().next().is_none(),
            PerVatKind::Each(codes) => codes
                .iter()
                .any(|(kind, code)| !code.is_empty() && now.get(*kind).is_none()),
        }
    };
    let line = |setting: &CostSetting| {
        let value = match (setting.value)(before) {
            PerVatKind::One(code) => format!("{code:?}"),
            PerVatKind::Each(codes) => {
                let codes: Vec<String> = codes
                    .iter()
                    .map(|(kind, code)| format!("{} = {code:?}", kind_key(*kind)))
                    .collect();
                format!("{{ {} }}", codes.join(", "))
            }
        };
        (setting.key, format!("{} = {value}", setting.key))
    };
    COST_SETTINGS.iter().filter(lost).map(line).collect()
}

/// The kind as the settings write it.
const fn kind_key(kind: VatKind) -> &'static str {
    match kind {
        VatKind::Hoog => "hoog",
        VatKind::Laag => "laag",
        VatKind::Geen => "geen",
        VatKind::Overig => "overig",
    }
}

impl CostSetting {
    /// The codes it names, each with the VAT kind it is for (none = whatever kind).
    pub(super) fn codes<'s>(&self, sales: &'s Sales) -> Vec<(Option<VatKind>, &'s str)> {
        let all = match (self.value)(sales) {
            PerVatKind::One(code) => vec![(None, code.as_str())],
            PerVatKind::Each(codes) => codes
                .iter()
                .map(|(kind, code)| (Some(*kind), code.as_str()))
                .collect(),
        };
        all.into_iter()
            .filter(|(_, code)| !code.is_empty())
            .collect()
    }

    /// The one VAT kind it can be for, where there is but one.
    pub(super) const fn only_kind(&self) -> Option<VatKind> {
        match self.kinds {
            [kind] => Some(*kind),
            _ => None,
        }
    }

    /// The needed kinds for which it names nothing.
    pub(super) fn unset(&self, sales: &Sales) -> Vec<VatKind> {
        let value = (self.value)(sales);
        self.kinds
            .iter()
            .copied()
            .filter(|kind| value.get(*kind).is_none())
            .collect()
    }

    /// Text of a new article of that kind.
    fn described(&self, kind: VatKind) -> String {
        let what = self.description;
        match kind {
            _ if self.kinds.len() == 1 => what.to_owned(),
            VatKind::Hoog => format!("{what} (btw hoog)"),
            VatKind::Laag => format!("{what} (btw laag)"),
            VatKind::Geen => format!("{what} (geen btw)"),
            VatKind::Overig => format!("{what} (btw overig)"),
        }
    }
}

//! Which revenue group a cost article goes into. What is owed to a buyer (a gift card, credit) is no
//! sale yet: it belongs in a group without VAT that stands on a balance ledger (tussenrekening).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CostSetting;
use crate::{
    administration::check::{same, word},
    books::{Accounts, Lookups, RevenueGroup, VatKind},
    failure::Failure,
    profile::Settings,
    step::Step,
    text,
};

/// What a revenue group is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupFor {
    /// Costs of VAT kind Hoog.
    Hoog,
    /// Laag.
    Laag,
    /// Geen.
    Geen,
    /// Overig.
    Overig,
    /// What is owed to a buyer: gift cards and store credit.
    Owed,
}

/// Revenue groups (by id) a person chose.
pub type Chosen = BTreeMap<GroupFor, String>;

impl GroupFor {
    /// What a cost setting needs for that VAT kind.
    pub(super) const fn of(cost: &CostSetting, kind: VatKind) -> Self {
        match kind {
            VatKind::Geen if cost.owed => Self::Owed,
            VatKind::Geen => Self::Geen,
            VatKind::Hoog => Self::Hoog,
            VatKind::Laag => Self::Laag,
            VatKind::Overig => Self::Overig,
        }
    }

    /// The VAT kind of such a group.
    #[must_use]
    pub const fn kind(self) -> VatKind {
        match self {
            Self::Hoog => VatKind::Hoog,
            Self::Laag => VatKind::Laag,
            Self::Geen | Self::Owed => VatKind::Geen,
            Self::Overig => VatKind::Overig,
        }
    }
}

/// What several revenue groups would do for, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclear {
    /// What for.
    pub what: GroupFor,
    /// The groups to choose from: id and name.
    pub groups: Vec<(String, String)>,
}

/// The administration's groups and what is known of their ledgers.
pub(super) struct Groups<'a> {
    pub settings: &'a Settings,
    pub lookups: &'a Lookups,
    /// None where the connection may not read ledgers, or none was asked for.
    pub accounts: Option<Accounts>,
    pub chosen: &'a Chosen,
}

impl<'a> Groups<'a> {
    /// The group for that: as chosen, else for costs the one the profile uses for goods of that kind,
    /// else the only one there is. Several: a person must say which.
    pub fn group(&self, what: GroupFor) -> Result<&'a RevenueGroup, Unclear> {
        let fitting: Vec<&RevenueGroup> = self
            .lookups
            .revenue_groups
            .iter()
            .filter(|group| self.fits(what, group))
            .collect();
        if let Some(id) = self.chosen.get(&what)
            && let Some(group) = fitting.iter().find(|group| group.id == *id)
        {
            return Ok(group);
        }
        let used: Vec<&RevenueGroup> = match what {
            GroupFor::Owed => Vec::new(),
            _ => (fitting.iter().copied())
                .filter(|group| self.is_used(group))
                .collect(),
        };
        let candidates = if used.is_empty() { fitting } else { used };
        match candidates.as_slice() {
            [only] if what != GroupFor::Owed || self.accounts.is_some() => Ok(only),
            _ => Err(Unclear {
                what,
                groups: candidates
                    .iter()
                    .map(|group| (group.id.clone(), group.name.clone()))
                    .collect(),
            }),
        }
    }

    /// May an article that is there in this group already be taken for that? What is owed only where the
    /// group is seen to stand on a balance ledger: an unseen one may be a sale.
    pub fn takes(&self, what: GroupFor, group: &RevenueGroup) -> bool {
        self.fits(what, group) && (what != GroupFor::Owed || self.on_balance(group) == Some(true))
    }

    /// May an article for that stand in this group?
    fn fits(&self, what: GroupFor, group: &RevenueGroup) -> bool {
        group.vat == what.kind()
            && (what != GroupFor::Owed || self.on_balance(group).unwrap_or(true))
    }

    /// Does it stand on a balance ledger? None where that is not known.
    fn on_balance(&self, group: &RevenueGroup) -> Option<bool> {
        let accounts = self.accounts.as_ref()?;
        let found = |id: &String| accounts.ledgers.iter().find(|ledger| ledger.id == *id);
        Some(
            group
                .ledger
                .as_ref()
                .and_then(found)
                .is_some_and(|ledger| ledger.balance),
        )
    }

    fn is_used(&self, group: &RevenueGroup) -> bool {
        let mut mapped = self.settings.articles.revenue_groups.values();
        mapped.any(|name| same(name, &group.name) || name.trim() == group.number.to_string())
    }
}

impl Unclear {
    /// The same as a step, where nobody can be asked.
    #[must_use]
    pub fn into_step(self) -> Step {
        let names: Vec<String> = self.groups.into_iter().map(|(_, name)| name).collect();
        let names = names.join(", ");
        if self.what == GroupFor::Owed {
            return owed(&names);
        }
        let kind = word(self.what.kind());
        let failure = if names.is_empty() {
            Failure::misconfigured(
                "omzetgroep-geen",
                text!(
                    "De administratie heeft geen omzetgroep met btw-soort {kind}; kostenartikelen daarvoor zijn niet te maken",
                    "The administration has no revenue group of VAT kind {kind}; no cost articles can be made for it"
                ),
            )
            .hint(text!(
                "Maak in SnelStart een omzetgroep met btw-soort {kind}.",
                "Make a revenue group of VAT kind {kind} in SnelStart."
            ))
        } else {
            Failure::misconfigured(
                "omzetgroep-onduidelijk",
                text!(
                    "Voor kostenartikelen met btw-soort {kind} passen meer omzetgroepen: {names}",
                    "Several revenue groups would do for cost articles of VAT kind {kind}: {names}"
                ),
            )
            .hint(text!(
                "Gebruik er één van in [articles.revenue_groups], of kies haar in een terminal met: winkelbrug check",
                "Use one of them in [articles.revenue_groups], or choose it on a terminal with: winkelbrug check"
            ))
        };
        Step::failed("cost-articles", &failure)
    }
}

/// Many a shop knows no gift cards: that is no fault, and never a reason to count them as a sale.
fn owed(names: &str) -> Step {
    let step = if names.is_empty() {
        Step::attention(
            "cost-articles",
            text!(
                "Voor cadeaubonnen en winkeltegoed is geen artikel gemaakt: de administratie heeft geen omzetgroep zonder btw op een balansrekening, en zij zijn geen omzet",
                "No article was made for gift cards and store credit: the administration has no revenue group without VAT on a balance ledger, and they are no sale"
            ),
        )
    } else {
        Step::attention(
            "cost-articles",
            text!(
                "Voor cadeaubonnen en winkeltegoed is geen artikel gemaakt: welke omzetgroep op een tussenrekening staat, is niet te zien of niet duidelijk: {names}",
                "No article was made for gift cards and store credit: which revenue group stands on a clearing account cannot be seen or is not clear: {names}"
            ),
        )
    };
    step.hint(text!(
        "Verkoopt u ze, maak dan in SnelStart een omzetgroep met btw-soort Geen die op een tussenrekening staat, en doe dit nog eens, of vul zelf een artikel in bij sales.gift_card_article en sales.store_credit_article.",
        "If you sell them, make a revenue group of VAT kind Geen on a clearing account in SnelStart and do this again, or enter an article yourself at sales.gift_card_article and sales.store_credit_article."
    ))
}

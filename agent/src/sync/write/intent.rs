//! What an intent says about the record it is for, so that ours is told from a stranger's.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    books::{Relation, RelationDraft},
    failure::{Failure, Result},
    text,
};

/// Kept with an intent. No personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sync) struct About {
    /// Orders: the relation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Orders: total with VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Orders with the same reference that were there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Orders: it is a booked invoice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub booking: bool,
    /// Articles: revenue group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Relations and articles: bind under this key of the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind: Option<String>,
}

impl About {
    pub(in crate::sync) fn written(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| broken(&error))
    }

    pub(in crate::sync) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| broken(&error))
    }
}

fn broken(error: &serde_json::Error) -> Failure {
    Failure::bug(
        "journal-value",
        text!(
            "Een waarde in journal.db is niet te lezen: {error}",
            "A value in journal.db cannot be read: {error}"
        ),
    )
}

/// Who a new relation is, as a hash: by e-mail address, without one by name and postcode.
pub(super) fn party(draft: &RelationDraft) -> String {
    match emails(&draft.email).next() {
        Some(email) => hash(&email),
        None => hash(&format!("{}\n{}", draft.name, draft.address.postcode)),
    }
}

/// Is this relation that party?
pub(super) fn is_party(relation: &Relation, party: &str) -> bool {
    emails(&relation.email).any(|email| hash(&email) == party)
        || hash(&format!("{}\n{}", relation.name, relation.address.postcode)) == party
}

fn emails(field: &str) -> impl Iterator<Item = String> + '_ {
    field
        .split(';')
        .map(|email| email.trim().to_lowercase())
        .filter(|email| !email.is_empty())
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

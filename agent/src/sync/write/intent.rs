//! What an intent says about the record it is for, so that ours is told from a stranger's.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    books::{BookAddress, Relation, RelationDraft, marks},
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
    /// Relations: as what it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
}

/// A new relation as it was sent, each part as a hash: by it ours is told from a stranger's that has the
/// code we wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sync) struct Sent {
    name: String,
    email: String,
    place: String,
}

impl Sent {
    pub(super) fn of(draft: &RelationDraft) -> Self {
        Self {
            name: hash(&marks::plain(&draft.name)),
            email: emails(&draft.email)
                .next()
                .map_or_else(String::new, |email| hash(&email)),
            place: place(&draft.address),
        }
    }

    /// Its name is ours, and its e-mail address or its place too: those who share an address have names
    /// of their own, and an owner may have changed one of them meanwhile.
    fn is(&self, relation: &Relation) -> bool {
        let email = || emails(&relation.email).any(|email| hash(&email) == self.email);
        let place = !self.place.is_empty() && place(&relation.address) == self.place;
        hash(&marks::plain(&relation.name)) == self.name && (place || email())
    }
}

fn place(address: &BookAddress) -> String {
    let (street, postcode) = (&address.street, &address.postcode);
    match marks::plain(&format!("{postcode} {street}")) {
        nothing if nothing.is_empty() => nothing,
        place => hash(&place),
    }
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

/// Is the relation under the code we wanted the one we sent? Of what an earlier version sent, or whose texts
/// were erased since, only the party is known.
pub(super) fn is_ours(relation: &Relation, about: &About, party: &str) -> bool {
    match &about.sent {
        Some(sent) => sent.is(relation),
        None => is_party(relation, party),
    }
}

fn is_party(relation: &Relation, party: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, email: &str, postcode: &str) -> RelationDraft {
        RelationDraft {
            name: name.to_owned(),
            email: email.to_owned(),
            address: BookAddress {
                street: "Dorpsstraat 1".to_owned(),
                postcode: postcode.to_owned(),
                ..BookAddress::default()
            },
            ..RelationDraft::default()
        }
    }

    fn relation(name: &str, email: &str, postcode: &str) -> Relation {
        let RelationDraft { address, .. } = draft(name, email, postcode);
        Relation {
            id: "r1".to_owned(),
            code: 7,
            is_customer: true,
            active: true,
            name: name.to_owned(),
            email: email.to_owned(),
            phone: String::new(),
            vat_number: String::new(),
            chamber_of_commerce: String::new(),
            address,
            correspondence: BookAddress::default(),
            payment_term: None,
            invoice_discount: None,
            invoiced_elsewhere: false,
            extra: std::collections::BTreeMap::new(),
            modified: None,
        }
    }

    #[test]
    fn what_we_sent_is_told_from_a_strangers_of_one_e_mail_address() {
        let sent = draft("Jan de Vries", "thuis@example.com", "1234 AB");
        let about = About {
            sent: Some(Sent::of(&sent)),
            ..About::default()
        };
        for (found, ours) in [
            (("Jan de Vries", "thuis@example.com", "1234AB"), true),
            // The owner mended it meanwhile.
            (("Jan de Vries", "jan@example.com", "1234 AB"), true),
            (
                ("JAN DE VRIES", "Thuis@example.com; w@e.nl", "9999 ZZ"),
                true,
            ),
            // Of one house and mailbox, and somebody of his name elsewhere.
            (("Piet de Vries", "thuis@example.com", "1234 AB"), false),
            (("Jan de Vries", "", "5555 EE"), false),
        ] {
            let (name, email, postcode) = found;
            let known = relation(name, email, postcode);
            assert_eq!(is_ours(&known, &about, &party(&sent)), ours, "{found:?}");
        }
        let nameless = About {
            sent: Some(Sent::of(&draft("Jan", "", "1234 AB"))),
            ..About::default()
        };
        let stranger = relation("Jan", "", "5555 EE");
        assert!(!is_ours(&stranger, &nameless, ""));
        // Of an intent of before, and only by what it has.
        let known = relation("Jan", "thuis@example.com", "");
        assert!(is_ours(&known, &About::default(), &party(&sent)));
    }
}

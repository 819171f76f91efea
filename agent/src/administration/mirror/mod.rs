//! What the books hold, as last read: it answers the look-ups of a translation, so that an order
//! whose relation and articles exist costs one foreign call. Kept in the journal's file, per
//! administration, for all profiles that write to it.

mod kept;
mod prices;
mod records;
mod refresh;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use rusqlite::{OptionalExtension, params};

pub use self::refresh::{Kind, Refreshed, Watch};
use super::{Administration, Capabilities};
use crate::{
    books::{
        Article, BookedOrder, Company, Lookups, Relation,
        plan::{Facts, Linked, Needs, NegativeLines, ReferencedOrder, TextLines},
    },
    failure::{Failure, Result},
    journal::{
        Journal,
        forgotten::{self, Buyer},
    },
    text,
};

/// The mirror of one administration.
#[derive(Debug, Clone)]
pub struct Mirror {
    journal: Journal,
    administration: String,
}

/// What a translation needs beside the books.
pub struct Around<'a> {
    /// Relation id this buyer is bound to.
    pub bound_relation: Option<String>,
    /// What the owner said of this buyer by hand.
    pub linked: Option<Linked>,
    /// The shop order of ours (`profile/shop id`) that a booked order is bound to.
    pub bound_to: &'a dyn Fn(&str) -> Result<Option<String>>,
    /// What the administration can hold.
    pub capabilities: Capabilities,
    /// Today in the owner's zone.
    pub today: Option<Date>,
    /// The shop's own lookups.
    pub shop: &'a winkelbrug_protocol::record::Lookups,
}

impl Mirror {
    /// Asks whose books these are, binds the profile to them at first contact and compares ever
    /// after, and opens their mirror. One foreign call.
    ///
    /// # Errors
    /// What the administration says; another administration than before
    /// (`administration-changed`, misconfigured).
    pub async fn open(
        journal: &Journal,
        profile: &str,
        admin: &dyn Administration,
    ) -> Result<Self> {
        let company = admin.company().await?;
        Self::bind(journal, profile, &company)
    }

    /// The mirror of the administration that answered.
    ///
    /// # Errors
    /// Another administration than this profile had before: `administration-changed`.
    pub fn bind(journal: &Journal, profile: &str, company: &Company) -> Result<Self> {
        if let Some(known) = Self::known(journal, profile)?
            && known.administration != company.id
        {
            return Err(another(&known, company));
        }
        let record = kept::json(company)?;
        journal.with(|connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "INSERT INTO books_profile (profile, administration) VALUES (?1, ?2)
                 ON CONFLICT (profile) DO NOTHING",
                params![profile, company.id],
            )?;
            transaction.execute(
                "INSERT INTO books_mirror (administration, company) VALUES (?1, ?2)
                 ON CONFLICT (administration) DO UPDATE SET company = excluded.company
                 WHERE company <> excluded.company",
                params![company.id, record],
            )?;
            transaction.commit()
        })?;
        Ok(Self {
            journal: journal.clone(),
            administration: company.id.clone(),
        })
    }

    /// The mirror of the administration this profile was bound to, without a foreign call.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn known(journal: &Journal, profile: &str) -> Result<Option<Self>> {
        let administration: Option<String> = journal.with(|connection| {
            connection
                .query_row(
                    "SELECT administration FROM books_profile WHERE profile = ?1",
                    [profile],
                    |row| row.get(0),
                )
                .optional()
        })?;
        Ok(administration.map(|administration| Self {
            journal: journal.clone(),
            administration,
        }))
    }

    /// The profile may be joined to another administration from now on.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn unbind(journal: &Journal, profile: &str) -> Result<()> {
        journal
            .with(|connection| {
                connection.execute("DELETE FROM books_profile WHERE profile = ?1", [profile])
            })
            .map(drop)
    }

    /// The administration's identity.
    #[must_use]
    pub fn administration(&self) -> &str {
        &self.administration
    }

    /// The administration itself.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn company(&self) -> Result<Option<Company>> {
        self.column("company")
    }

    /// Its small lists, as last read; empty before the first refresh.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn lookups(&self) -> Result<Lookups> {
        Ok(self.column("lookups")?.unwrap_or_default())
    }

    /// What it did with lines below zero so far.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn negative_lines(&self) -> Result<NegativeLines> {
        Ok(self.column("negative_lines")?.unwrap_or_default())
    }

    /// It refused such lines: from now on they are written that way.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn learn_negative_lines(&self, learned: NegativeLines) -> Result<()> {
        self.set_column("negative_lines", &kept::json(&learned)?)
    }

    /// What it did with lines without an article so far.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn text_lines(&self) -> Result<TextLines> {
        Ok(self.column("text_lines")?.unwrap_or_default())
    }

    /// It refused such lines.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn learn_text_lines(&self, learned: TextLines) -> Result<()> {
        self.set_column("text_lines", &kept::json(&learned)?)
    }

    fn column<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text: Option<Option<String>> = self.journal.with(|connection| {
            connection
                .query_row(
                    &format!("SELECT {name} FROM books_mirror WHERE administration = ?1"),
                    [&self.administration],
                    |row| row.get(0),
                )
                .optional()
        })?;
        // What an older version wrote otherwise is read anew from the books.
        Ok(text
            .flatten()
            .and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn set_column(&self, name: &str, value: &str) -> Result<()> {
        self.journal
            .with(|connection| {
                connection.execute(
                    &format!("UPDATE books_mirror SET {name} = ?2 WHERE administration = ?1"),
                    params![self.administration, value],
                )
            })
            .map(drop)
    }

    /// Everything translation may look at for an order with these needs.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn facts(&self, needs: &Needs, around: &Around<'_>) -> Result<Facts> {
        let mut articles = Vec::new();
        for code in &needs.article_codes {
            articles.extend(self.articles_by_code(code)?);
            if let Some(field) = &needs.article_field {
                articles.extend(self.articles_by_field(field, code)?);
            }
        }
        articles.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
        articles.dedup_by(|a, b| a.id == b.id);
        self.add_parts(&mut articles)?;
        let relations = self.relations_for(needs, around)?;
        Ok(Facts {
            company: self.company()?,
            lookups: self.lookups()?,
            articles,
            last_templates: self.last_templates(needs, &relations)?,
            relations,
            bound_relation: around.bound_relation.clone(),
            made_for_others: BTreeSet::new(),
            linked: around.linked.clone(),
            same_reference: self.same_reference(needs, around)?,
            payment_reference_length: around.capabilities.payment_reference_length,
            description_length: around.capabilities.description_length,
            today: around.today,
            shop: around.shop.clone(),
            negative_lines: self.negative_lines()?,
            text_lines: self.text_lines()?,
            difference: None,
            intended_reference: None,
            prices: Vec::new(),
            products: Vec::new(),
            accounts: None,
            vat_check: None,
            exchange_rate: None,
            offered_rate: None,
            booked_for: None,
        })
    }

    /// The articles that articles among these are made of.
    fn add_parts(&self, articles: &mut Vec<Article>) -> Result<()> {
        let parts: BTreeSet<String> = articles
            .iter()
            .flat_map(|article| &article.parts)
            .map(|part| part.article.clone())
            .collect();
        for id in parts {
            if articles.iter().all(|known| known.id != id) {
                articles.extend(self.article(&id)?);
            }
        }
        Ok(())
    }

    /// Template of the latest order of each of these, where the owner follows it.
    fn last_templates(
        &self,
        needs: &Needs,
        relations: &[Relation],
    ) -> Result<BTreeMap<String, String>> {
        let mut templates = BTreeMap::new();
        if needs.last_template {
            for relation in relations {
                if let Some(template) = self.last_template(&relation.id)? {
                    templates.insert(relation.id.clone(), template);
                }
            }
        }
        Ok(templates)
    }

    fn relations_for(&self, needs: &Needs, around: &Around<'_>) -> Result<Vec<Relation>> {
        let mut found: Vec<Relation> = Vec::new();
        for email in &needs.emails {
            found.extend(self.relations_by_email(email)?);
        }
        for code in &needs.relation_codes {
            found.extend(self.relations_by_code(*code)?);
        }
        for mark in &needs.marks {
            found.extend(self.relations_by_mark(mark)?);
        }
        if let Some(id) = &around.bound_relation {
            found.extend(self.relation(id)?);
        }
        if let Some(Linked::Relation { id, .. }) = &around.linked {
            found.extend(self.relation(id)?);
        }
        found.sort_by(|a, b| (a.code, &a.id).cmp(&(b.code, &b.id)));
        found.dedup_by(|a, b| a.id == b.id);
        let buyer = Buyer {
            emails: &needs.emails,
            postcode: &needs.postcode,
            vat_number: &needs.vat_number,
        };
        for relation in &mut found {
            self.journal.with(|connection| {
                forgotten::recall(connection, &self.administration, relation, buyer)
            })?;
        }
        Ok(found)
    }

    fn same_reference(&self, needs: &Needs, around: &Around<'_>) -> Result<Vec<ReferencedOrder>> {
        let references = needs
            .payment_reference
            .iter()
            .chain(&needs.unique_reference);
        let mut found: Vec<BookedOrder> = Vec::new();
        for reference in references {
            for order in self.orders_by_reference(reference)? {
                if found.iter().all(|known| known.id != order.id) {
                    found.push(order);
                }
            }
        }
        found
            .into_iter()
            .map(|order| {
                Ok(ReferencedOrder {
                    bound_to: (around.bound_to)(&order.id)?,
                    order,
                })
            })
            .collect()
    }
}

fn another(known: &Mirror, company: &Company) -> Failure {
    let old = known
        .company()
        .ok()
        .flatten()
        .map_or_else(|| known.administration.clone(), |company| company.name);
    let new = &company.name;
    Failure::misconfigured(
        "administration-changed",
        text!(
            "De koppelsleutel hoort bij administratie {new}, maar dit profiel schreef tot nu toe in {old}",
            "The connection key belongs to administration {new}, but so far this profile wrote to {old}"
        ),
    )
    .hint(text!(
        "Vul de koppelsleutel van {old} in, of maak een nieuw profiel voor {new}.",
        "Enter the connection key of {old}, or make a new profile for {new}."
    ))
}

/// A moment as it is stored; text sorts as time does.
fn stored(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests;

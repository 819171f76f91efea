//! Working in the books from a test, as a bookkeeper in the program would: adding articles and
//! customers, counting stock, invoicing, changing settings, turning keys.

use std::sync::MutexGuard;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    Simulator,
    faults::{Trouble, When},
    gateway::lock,
    json::{Json, maybe_reference, object, reference},
    models,
    rules::{article, relation},
    seed,
    world::{Agreement, World},
};

/// An article to add.
#[derive(Debug, Clone)]
pub struct NewArticle {
    /// Code.
    pub code: String,
    /// Text.
    pub description: String,
    /// VAT kind, which chooses the first group of it: Hoog, Laag, Geen, Overig.
    pub vat_kind: String,
    /// Sales price.
    pub price: Decimal,
    /// Stock to count; none = no stock is kept.
    pub stock: Option<Decimal>,
}

impl NewArticle {
    /// An article without price or stock.
    #[must_use]
    pub fn new(code: &str, description: &str, vat_kind: &str) -> NewArticle {
        NewArticle {
            code: code.to_string(),
            description: description.to_string(),
            vat_kind: vat_kind.to_string(),
            price: Decimal::ZERO,
            stock: None,
        }
    }

    /// With so much in stock.
    #[must_use]
    pub fn stocked(mut self, count: impl Into<Decimal>) -> NewArticle {
        self.stock = Some(count.into());
        self
    }

    /// At that price.
    #[must_use]
    pub fn priced(mut self, price: Decimal) -> NewArticle {
        self.price = price;
        self
    }
}

/// A customer to add.
#[derive(Debug, Clone, Default)]
pub struct NewRelation {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Street, postcode, city; all empty = no address.
    pub address: (String, String, String),
    /// Country, two letters; empty = none.
    pub country: String,
    /// VAT number; not checked here.
    pub vat_number: String,
    /// Customer code; none = the next.
    pub code: Option<i64>,
}

impl Simulator {
    /// Changes the administration in any way, by hand; gets the moment for stamps.
    pub fn edit<T>(&self, change: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.office.clock.now();
        change(&mut self.office.open_books().world, now)
    }

    /// Arms trouble.
    pub fn arm(&self, when: When, trouble: Trouble) {
        lock(&self.office.faults).arm(when, trouble);
    }

    /// Trouble armed and not used up, to look at or clear.
    pub fn faults(&self) -> MutexGuard<'_, super::faults::Faults> {
        lock(&self.office.faults)
    }

    /// Adds an article.
    ///
    /// # Errors
    /// No group of that VAT kind.
    pub fn add_article(&self, new: NewArticle) -> anyhow::Result<Uuid> {
        self.edit(|world, now| {
            let group =
                seed::group_of_kind(world, &new.vat_kind).context("no group of that kind")?;
            let body = object! {
                "artikelcode": new.code,
                "omschrijving": new.description,
                "artikelOmzetgroep": group,
                "verkoopprijs": new.price,
                "voorraadControle": new.stock.is_some(),
            };
            let mut doc = models::ARTICLE.read(&body, &mut Vec::new());
            article::fill_defaults(&mut doc);
            let id = world.articles.add(doc, now);
            if let Some(count) = new.stock {
                world.counted.insert(id, count);
            }
            Ok(id)
        })
    }

    /// Adds the cost articles a profile may name, one a VAT kind: `VERZEND-HOOG`, `VERZEND-LAAG`,
    /// `VERZEND-GEEN` for the prefix `VERZEND`; where codes are numeric, digits in their place
    /// (prefix `91`: `911`, `912`, `913`). Returns the codes by kind, in the order hoog, laag, geen.
    ///
    /// # Errors
    /// As [`Simulator::add_article`].
    pub fn add_cost_articles(&self, prefix: &str, text: &str) -> anyhow::Result<[String; 3]> {
        let numeric = prefix.bytes().all(|byte| byte.is_ascii_digit());
        let mut codes = [String::new(), String::new(), String::new()];
        let kinds = ["Hoog", "Laag", "Geen"];
        for (at, (kind, code)) in kinds.iter().zip(codes.iter_mut()).enumerate() {
            *code = match numeric {
                true => format!("{prefix}{}", at + 1),
                false => format!("{prefix}-{}", kind.to_uppercase()),
            };
            self.add_article(NewArticle::new(code, &format!("{text} {kind}"), kind))?;
        }
        Ok(codes)
    }

    /// Adds a customer.
    pub fn add_relation(&self, new: NewRelation) -> Uuid {
        self.edit(|world, now| {
            let code = new.code.unwrap_or_else(|| relation::next_code(world));
            let country = world.country(&new.country);
            let (street, postcode, city) = new.address;
            let body = object! {
                "relatiesoort": vec![Json::from("Klant")],
                "relatiecode": code,
                "naam": new.name,
                "email": new.email,
                "btwNummer": Some(new.vat_number).filter(|number| !number.is_empty()),
                "vestigingsAdres": object! {
                    "straat": street,
                    "postcode": postcode,
                    "plaats": city,
                    "land": maybe_reference("landen", country),
                },
            };
            let mut doc = models::RELATION.read(&body, &mut Vec::new());
            relation::fill_defaults(&mut doc);
            world.relations.add(doc, now)
        })
    }

    /// Counts stock: from now on the article has so much technical stock. Whether its stamp moves is
    /// a knob.
    ///
    /// # Errors
    /// No such article.
    pub fn set_stock(&self, code: &str, count: impl Into<Decimal>) -> anyhow::Result<()> {
        let count = count.into();
        let knobs = self.knobs_now();
        self.edit(|world, now| {
            let mut rows = world.articles.iter();
            let found = rows.find(|row| row.doc.text("artikelcode") == Some(code));
            let id = found
                .map(|row| row.id)
                .with_context(|| format!("no article {code}"))?;
            drop(rows);
            let taken = super::stock::taken(world, &knobs);
            let (technical, _) = super::stock::of_article(world, &taken, id);
            *world.counted.entry(id).or_default() += count - technical;
            if let Some(article) = world.articles.get_mut(id) {
                article.doc.set("voorraadControle", true);
                if knobs.stock_moves_stamp {
                    article.modified = now;
                }
            }
            Ok(())
        })
    }

    /// Makes an article of others (a recipe): so many pieces of each in one piece of it.
    ///
    /// # Errors
    /// No such article.
    pub fn set_parts(&self, code: &str, parts: &[(&str, Decimal)]) -> anyhow::Result<()> {
        self.edit(|world, now| {
            let find = |code: &str| {
                let mut rows = world.articles.iter();
                let found = rows.find(|row| row.doc.text("artikelcode") == Some(code));
                found
                    .map(|row| row.id)
                    .with_context(|| format!("no article {code}"))
            };
            let list: Vec<Json> = parts
                .iter()
                .map(|(code, count)| {
                    Ok(object! {
                        "artikelcode": *code,
                        "aantal": *count,
                        "id": find(code)?.to_string(),
                    })
                })
                .collect::<anyhow::Result<_>>()?;
            let whole = find(code)?;
            if let Some(article) = world.articles.get_mut(whole) {
                article.doc.set("subartikelen", list);
                article.modified = now;
            }
            Ok(())
        })
    }

    /// A journal (dagboek) more; `kind` is its soort.
    pub fn add_journal(&self, number: i64, name: &str, kind: &str) {
        self.edit(|world, now| {
            let journal = object! {
                "nummer": number, "omschrijving": name, "soort": kind, "nonactief": false
            };
            world.journals.add(journal, now);
        });
    }

    /// Gives a customer a price for an article.
    pub fn add_price_agreement(&self, agreement: Agreement) {
        self.edit(|world, _| world.agreements.push(agreement));
    }

    /// Changes a setting of the company (companyInfo), such as `verkooporderVoorraadVanafNiveau`.
    pub fn set_company(&self, name: &str, value: impl Into<Json>) {
        self.edit(|world, _| world.company.set(name, value));
    }

    /// Makes the register say of a VAT number that it is valid, or invalid, whatever it looks like.
    pub fn set_vat_number(&self, number: &str, is_valid: bool) {
        self.edit(|world, _| {
            let register = &mut world.vat_numbers;
            register.valid.retain(|known| known != number);
            register.invalid.retain(|known| known != number);
            let list = if is_valid {
                &mut register.valid
            } else {
                &mut register.invalid
            };
            list.push(number.to_string());
        });
    }

    /// Invoices an order as the program does: invoice and booking are made, the order gets stage
    /// Factuur and a new stamp. Returns the invoice.
    ///
    /// # Errors
    /// No such order, or it is invoiced already.
    pub fn invoice(&self, order: Uuid) -> anyhow::Result<Uuid> {
        let knobs = self.knobs_now();
        self.edit(|world, now| {
            let doc = world
                .orders
                .get(order)
                .context("no such order")?
                .doc
                .clone();
            if doc.reference("verkoopfactuur").is_some() {
                return Err(anyhow!("the order is invoiced already"));
            }
            let total = super::vat::of_order(world, &doc, &knobs).total_incl();
            let number = world.company.whole("volgendFactuurnummer").unwrap_or(1);
            world.company.set("volgendFactuurnummer", number + 1);
            let term = doc.whole("krediettermijn").unwrap_or(14);
            let invoice = super::resources::invoices::add(
                world,
                now,
                super::resources::invoices::New {
                    number: number.to_string(),
                    relation: doc.reference("relatie"),
                    date: super::vat::order_date(&doc),
                    term,
                    amount: total,
                    orders: vec![order],
                },
            );
            if let Some(record) = world.orders.get_mut(order) {
                record
                    .doc
                    .set("verkoopfactuur", reference("verkoopfacturen", invoice));
                record.doc.set("procesStatus", "Factuur");
                record.modified = now;
            }
            Ok(invoice)
        })
    }

    /// Revokes or restores the connection key; revoking ends all tokens.
    pub fn set_connection_key_valid(&self, valid: bool) {
        lock(&self.office.keys).set_connection_valid(valid);
    }

    /// Expires or restores the subscription key.
    pub fn set_subscription_key_valid(&self, valid: bool) {
        lock(&self.office.keys).set_subscription_valid(valid);
    }

    /// Scopes of tokens from now on.
    pub fn set_scopes(&self, scopes: &[&str]) {
        lock(&self.office.keys).set_scopes(scopes);
    }

    /// Ends all tokens before their time.
    pub fn end_tokens(&self) {
        lock(&self.office.keys).end_tokens();
    }
}

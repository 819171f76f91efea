//! Saying by hand which relation a buyer is. Such a link holds for all orders of his to come,
//! whatever his e-mail address, until it is taken back.

use std::collections::{BTreeMap, BTreeSet};

use winkelbrug_protocol::record::Order;

use super::Workplace;
use crate::{
    administration,
    failure::{Failure, Result},
    journal::{AdministrationId, links::Link},
    profile::Settings,
    shop::{self, deploy::Side},
    text,
    translate::{self, Linked},
};

/// Links a buyer to the relation of that code (none = to a new one); gives the relation's name and
/// code. What is most likely a slip is done only when the owner is `sure`.
///
/// # Errors
/// No such buyer or order; a code that is no active customer's: `Refused`, code `no-such-customer`;
/// what is most likely a slip: `Misconfigured`, code `unknown-customer` (no order of his is known) or
/// `has-relation` (a new relation for one who has one); what the books say.
pub async fn link(
    place: &Workplace,
    settings: &Settings,
    buyer: &str,
    code: Option<i64>,
    sure: bool,
) -> Result<Option<(String, i64)>> {
    if !sure {
        refuse_doubtful(place, settings, buyer, code)?;
    }
    let key = key(place, settings, buyer)?;
    let books = administration::open(
        settings,
        place.secrets.as_ref(),
        &place.journal,
        place.data.path(),
        place.clock.clone(),
        &place.stop,
    )?;
    let company = AdministrationId(books.company().await?.id);
    let (to, relation) = match code {
        None => (Linked::New, None),
        Some(code) => {
            let found = books.find_relation(code).await?;
            let usable = found
                .filter(|relation| relation.is_customer && relation.active && relation.code > 0);
            let relation = usable.ok_or_else(|| no_such_customer(&settings.name, code))?;
            let to = Linked::Relation {
                id: relation.id,
                code,
            };
            (to, Some((relation.name, code)))
        }
    };
    let now = place.clock.now();
    place
        .journal
        .link(&settings.name, &key, &company, &to, now)?;
    Ok(relation)
}

/// What is most likely a slip: a customer no order is known of, and a new relation for one who has
/// one.
fn refuse_doubtful(
    place: &Workplace,
    settings: &Settings,
    buyer: &str,
    code: Option<i64>,
) -> Result<()> {
    let (journal, profile) = (&place.journal, settings.name.as_str());
    let buyer = buyer.trim();
    if let Some(number) = buyer.strip_prefix("order:") {
        let known = journal.order(profile, number)?.listed.relation_code;
        return match known {
            Some(known) if code.is_none() => Err(has_relation(profile, number, known)),
            _ => Ok(()),
        };
    }
    let account = buyer.strip_prefix("account:").unwrap_or(buyer);
    let key = format!("account:{account}");
    let listed = journal.links(profile)?;
    if listed
        .iter()
        .any(|link| link.buyer == buyer || link.buyer == key)
    {
        return Ok(());
    }
    let wanted = Link {
        buyer: key,
        to: Linked::New,
        at: place.clock.now(),
    };
    if buyers(&place.side(settings), &[wanted])?.is_empty() {
        return Err(unknown(profile, account));
    }
    Ok(())
}

/// Takes a link back; was there one?
///
/// # Errors
/// No such buyer or order; the journal cannot be written.
pub fn unlink(place: &Workplace, settings: &Settings, buyer: &str) -> Result<bool> {
    let key = key(place, settings, buyer)?;
    place.journal.unlink(&settings.name, &key)
}

/// What a buyer is linked by: his account, or what an order of his is known by; or a key of a link
/// there is, as the list has it.
fn key(place: &Workplace, settings: &Settings, buyer: &str) -> Result<String> {
    let buyer = buyer.trim();
    let mut links = place.journal.links(&settings.name)?.into_iter();
    if let Some(listed) = links.find(|link| link.buyer == buyer) {
        return Ok(listed.buyer);
    }
    let Some(number) = buyer.strip_prefix("order:") else {
        let buyer = buyer.strip_prefix("account:").unwrap_or(buyer);
        return if buyer.is_empty() || buyer.contains(char::is_whitespace) {
            Err(no_such_buyer(buyer))
        } else {
            Ok(format!("account:{buyer}"))
        };
    };
    let order = order(place, settings, number)?;
    translate::link_keys(&order, settings)
        .into_iter()
        .next()
        .ok_or_else(|| no_such_buyer(buyer))
}

/// Who a linked buyer is, as his latest order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// His name, or his company's.
    pub name: String,
    /// Where he lives.
    pub place: String,
    /// The order's number.
    pub order: String,
    /// Its id in the shop.
    pub shop_id: String,
}

/// So many of the latest orders are looked through.
const LOOKED_THROUGH: usize = 5_000;

/// Who the buyers of these links are, as far as an order of theirs is still kept.
///
/// # Errors
/// The journal cannot be read.
pub fn buyers(side: &Side<'_>, links: &[Link]) -> Result<BTreeMap<String, Buyer>> {
    let mut found = BTreeMap::new();
    if links.is_empty() {
        return Ok(found);
    }
    let wanted: BTreeSet<&str> = links.iter().map(|link| link.buyer.as_str()).collect();
    // Without a key of its own the shop cannot be opened, and its orders are read as they came.
    let shop = shop::open(side).ok();
    let journal = side.journal;
    for (id, version) in journal.latest(&side.settings.name, LOOKED_THROUGH)? {
        let Some(raw) = journal.raw(version)? else {
            continue;
        };
        let read = match &shop {
            Some(shop) => shop.read(&id.0, &raw),
            None => shop::read_order(&raw),
        };
        let Ok(order) = read else { continue };
        for key in translate::link_keys(&order, side.settings) {
            if wanted.contains(key.as_str()) {
                found.entry(key).or_insert_with(|| buyer(&order));
            }
        }
        if found.len() == wanted.len() {
            break;
        }
    }
    Ok(found)
}

fn buyer(order: &Order) -> Buyer {
    let (customer, address) = (&order.customer, &order.invoice_address);
    let company = address.company.trim();
    let first_or = |own: &str, other: &str| {
        let own = own.trim();
        if own.is_empty() { other.trim() } else { own }.to_owned()
    };
    let name = [
        first_or(&customer.first_name, &address.first_name),
        first_or(&customer.last_name, &address.last_name),
    ];
    Buyer {
        name: if company.is_empty() {
            name.join(" ").trim().to_owned()
        } else {
            company.to_owned()
        },
        place: address.city.trim().to_owned(),
        order: order.number.clone(),
        shop_id: order.id.clone(),
    }
}

/// The order as the journal keeps it.
fn order(place: &Workplace, settings: &Settings, number: &str) -> Result<Box<Order>> {
    let journal = &place.journal;
    let work = journal.order_at_work(journal.find_order(&settings.name, number)?)?;
    let side = place.side(settings);
    let raw = journal.raw(work.version)?;
    let read = match &raw {
        Some(raw) => shop::open(&side)?.read(&work.shop_id.0, raw).ok(),
        None => None,
    };
    read.ok_or_else(|| {
        Failure::refused(
            "order-erased",
            text!(
                "De gegevens van bestelling {number} worden hier niet meer bewaard.",
                "The data of order {number} are no longer kept here."
            ),
        )
        .hint(text!(
            "Koppel de klant met zijn eigen nummer in de winkel.",
            "Link the customer by his own number in the shop."
        ))
    })
}

fn no_such_buyer(buyer: &str) -> Failure {
    Failure::misconfigured(
        "wrong-use",
        text!(
            "\"{buyer}\" is geen klantnummer van de winkel.",
            "\"{buyer}\" is no customer number of the shop."
        ),
    )
    .hint(text!(
        "Geef het klantnummer in de winkel, of order:NUMMER voor de klant van die bestelling.",
        "Give the customer's number in the shop, or order:NUMBER for the customer of that order."
    ))
}

fn no_such_customer(profile: &str, code: i64) -> Failure {
    Failure::refused(
        "no-such-customer",
        text!(
            "Klantcode {code} is in de administratie geen actieve klant.",
            "Customer code {code} is no active customer in the administration."
        ),
    )
    .hint(text!(
        "Zie de klanten met: winkelbrug books {profile} relations",
        "See the customers with: winkelbrug books {profile} relations"
    ))
}

fn has_relation(profile: &str, number: &str, known: i64) -> Failure {
    let typed = text::typed_again(number);
    Failure::misconfigured(
        "has-relation",
        text!(
            "De klant van bestelling {number} is al relatie {known}.",
            "The customer of order {number} is relation {known} already."
        ),
    )
    .hint(text!(
        "Toch een nieuwe relatie? winkelbrug link {profile} order:{typed} nieuw --yes",
        "A new relation all the same? winkelbrug link {profile} order:{typed} new --yes"
    ))
}

fn unknown(profile: &str, account: &str) -> Failure {
    let typed = text::typed_again(account);
    Failure::misconfigured(
        "unknown-customer",
        text!(
            "Van klant {account} is geen bestelling bekend.",
            "No order of customer {account} is known."
        ),
    )
    .hint(text!(
        "Bedoelt u de klant van bestelling {account}? Schrijf dan order:{typed}, zoals in: winkelbrug link {profile} order:{typed} 10027. Is het echt klant {account} van de winkel, zet er dan --yes achter.",
        "Do you mean the customer of order {account}? Then write order:{typed}, as in: winkelbrug link {profile} order:{typed} 10027. If it really is customer {account} of the shop, add --yes."
    ))
}

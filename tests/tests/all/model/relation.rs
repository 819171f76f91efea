//! Whose order it is, and whether that relation may bear this sale, told a second time. Who is meant
//! by the points of `smart` is not told here; whoever it is has to fit the sale all the same.

use std::collections::BTreeMap;

use winkelbrug::{
    books::{Relation, Verdict, plan::RelationStep},
    profile::settings::{Guests, Handling, Recognition},
    translate::{Linked, Plan, Reason},
};
use winkelbrug_protocol::record::Address;

use super::{
    Case,
    card::{Asked, Card, prefix},
    names,
    vat::{self, Sale, Treatment},
};

/// Who the buyer is among the relations.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    /// This one, by its id.
    Known(String),
    /// None of them; a new one, with this code where the shop gives one.
    New(Option<i64>),
    /// The points of `smart` decide.
    ByPoints,
    /// Nobody can be told: that is noted.
    Nobody,
}

/// Whose order it may be.
#[derive(Debug, Clone)]
pub struct Whose {
    who: Who,
    /// Where relations stand once the order is written, by id.
    cards: BTreeMap<String, Card>,
    /// The customer card a new relation would be.
    new: Card,
    /// What the sale asks of a card.
    asked: Asked,
}

impl Whose {
    /// Is it surely that relation?
    pub fn is(&self, id: &str) -> bool {
        self.who == Who::Known(id.to_owned())
    }
}

/// Tells whose it is; what holds the order is noted.
pub fn whose(case: &mut Case<'_>, sale: &Sale) -> Whose {
    let who = who(case, sale);
    let asked = Asked {
        treatment: sale.treatment,
        home: sale.home.clone(),
        day: super::day_in_the_books(case),
        number: match sale.treatment {
            Treatment::EuBusiness => vat::vat_number(case),
            _ => sale.reverse_charged.clone(),
        },
        nowhere: vat::names_no_place(case),
        outside_of: (sale.treatment == Treatment::Export).then(|| sale.country.clone()),
    };
    let relations = case.facts.relations.iter().filter(|r| is_customer(r));
    let cards = relations.map(|relation| (relation.id.clone(), known(case, relation)));
    let whose = Whose {
        who,
        cards: cards.collect(),
        new: new(case, sale),
        asked,
    };
    let card = match &whose.who {
        Who::Known(id) => Some(&whose.cards[id]),
        Who::New(_) => Some(&whose.new),
        Who::ByPoints | Who::Nobody => None,
    };
    let refused = card.and_then(|card| whose.asked.refuses(card));
    for way in card.iter().flat_map(|card| card.ways()) {
        case.open.extend(whose.asked.refuses_as_is(&way));
    }
    let is_new = matches!(whose.who, Who::New(_));
    match refused {
        // Whether the number of a new relation can be one, and so stands on it, is told by others.
        Some(code) if is_new && !sale.without_vat() && !whose.new.vat_number.is_empty() => {
            case.open.insert(code);
        }
        Some(code) => case.hold(code),
        None => {}
    }
    let on_a_number = sale.treatment == Treatment::EuBusiness || sale.reverse_charged.is_some();
    if on_a_number && (is_new || refused.is_some()) {
        unproved(case, refused.is_some());
    }
    whose
}

/// A number that stands only on another's card is no proof; one that cannot be one is refused first.
fn unproved(case: &mut Case<'_>, refused: bool) {
    let check = case.facts.vat_check.as_ref();
    let asked = check.is_some_and(|check| check.verdict != Verdict::Unreachable);
    if !asked && !case.settings.vat.accept_unchecked {
        case.hold("btw-nummer-niet-gecontroleerd");
        case.hold("btw-nummer-ongeldig");
    } else if refused {
        case.hold("btw-nummer-ongeldig");
    }
}

/// The owner's word goes first, then his fixed codes, then what was bound before, then recognition.
fn who(case: &mut Case<'_>, sale: &Sale) -> Who {
    let (facts, customers) = (case.facts, &case.settings.customers);
    let manual = customers.handling == Handling::Manual;
    let guest = case.order.customer.id.is_none();
    let of_id = |id: &str| {
        let mut relations = facts.relations.iter();
        let found = relations.find(|relation| relation.id == id && is_customer(relation));
        found.map(|relation| Who::Known(relation.id.clone()))
    };
    let bound = facts.bound_relation.as_deref().and_then(of_id);
    match &facts.linked {
        Some(Linked::Relation { id, .. }) => {
            return of_id(id).unwrap_or_else(|| nobody(case, "koppeling-vervallen"));
        }
        Some(Linked::New) => return bound.unwrap_or_else(|| Who::New(free_code(case))),
        None => {}
    }
    let fixed = fixed_code(case, sale);
    let all_on_it = manual || (guest && customers.guests == Guests::OneRelation);
    if let Some(code) = fixed.as_ref().filter(|_| all_on_it) {
        return with_fixed(case, code);
    }
    if guest && customers.guests == Guests::AlwaysNew && !manual {
        return Who::New(None);
    }
    if let Some(bound) = bound {
        return bound;
    }
    match recognised(case) {
        Who::New(_) if fixed.is_some() => with_fixed(case, &fixed.unwrap_or_default()),
        Who::New(_) if manual => nobody(case, "klant-niet-gevonden"),
        who => who,
    }
}

fn nobody(case: &mut Case<'_>, code: &'static str) -> Who {
    case.hold(code);
    Who::Nobody
}

/// An active customer of the books; never a fixture below zero.
fn is_customer(relation: &Relation) -> bool {
    relation.active && relation.is_customer && relation.code >= 1
}

/// By where the goods go: the country, then the rest of the EU or of the world, then for all.
fn fixed_code(case: &Case<'_>, sale: &Sale) -> Option<String> {
    if sale.treatment == Treatment::EuBusiness {
        return None;
    }
    let customers = &case.settings.customers;
    let area = match sale.treatment {
        Treatment::Domestic => "",
        Treatment::Export => "outside-EU",
        Treatment::EuAtHomeRates | Treatment::Oss | Treatment::EuBusiness => "EU",
    };
    let mut named = [sale.country.as_str(), area].into_iter();
    let code = named.find_map(|name| customers.default_codes.get(name));
    let code = code.unwrap_or(&customers.default_code).trim();
    (!code.is_empty()).then(|| code.to_owned())
}

fn with_fixed(case: &mut Case<'_>, code: &str) -> Who {
    let Ok(number) = code.parse::<i64>() else {
        return nobody(case, "klantcode-geen-getal");
    };
    let mut relations = case.facts.relations.iter();
    match relations.find(|relation| relation.code == number) {
        None => nobody(case, "klantcode-ontbreekt"),
        Some(relation) if is_customer(relation) => Who::Known(relation.id.clone()),
        Some(_) => nobody(case, "klantcode-niet-bruikbaar"),
    }
}

fn recognised(case: &mut Case<'_>) -> Who {
    let recognition = case.settings.customers.recognition;
    let (by_code, by_email, with_postcode) = match recognition {
        Recognition::Code => (true, false, false),
        Recognition::Email => (false, true, false),
        Recognition::CodeOrEmail => (true, true, false),
        Recognition::EmailAndPostcode => (false, true, true),
        Recognition::CodeOrEmailAndPostcode => (true, true, true),
        Recognition::Smart => return by_points(case),
    };
    let mut free = None;
    if by_code {
        match code(case) {
            Err(()) => return nobody(case, "klantcode-onbruikbaar"),
            Ok(Some(code)) => {
                let mut relations = case.facts.relations.iter();
                match relations.find(|relation| relation.code == code) {
                    // A number of the shop's own says nothing of a relation made for another.
                    Some(found) if is_customer(found) && is_made_for_another(case, found) => {
                        if !case.settings.customers.code_field.trim().is_empty() {
                            case.open.insert("klantcode-van-ander");
                            return Who::Known(found.id.clone());
                        }
                    }
                    Some(found) if is_customer(found) => return Who::Known(found.id.clone()),
                    Some(_) => return nobody(case, "klantcode-niet-bruikbaar"),
                    None => free = Some(code),
                }
            }
            Ok(None) => {}
        }
    }
    let order = case.order;
    let to = order.delivery_address.as_ref();
    let postcode = packed(&to.unwrap_or(&order.invoice_address).postcode);
    let relations = case.facts.relations.iter();
    let like: Vec<&Relation> = relations
        .filter(|relation| by_email && is_customer(relation) && has_email(case, relation))
        .filter(|relation| {
            let theirs = [
                &relation.address.postcode,
                &relation.correspondence.postcode,
            ];
            let same = theirs.iter().any(|theirs| packed(theirs) == postcode);
            !with_postcode || (!postcode.is_empty() && same)
        })
        .collect();
    match like[..] {
        [] => Who::New(free),
        [one] => Who::Known(one.id.clone()),
        _ => nobody(case, "klant-niet-eenduidig"),
    }
}

fn is_made_for_another(case: &Case<'_>, relation: &Relation) -> bool {
    case.facts.made_for_others.contains(&relation.id)
}

/// What a new relation said by hand gets as its code.
fn free_code(case: &Case<'_>) -> Option<i64> {
    let by_code = matches!(
        case.settings.customers.recognition,
        Recognition::Code | Recognition::CodeOrEmail | Recognition::CodeOrEmailAndPostcode
    );
    let code = code(case).ok().flatten().filter(|_| by_code)?;
    let mut relations = case.facts.relations.iter();
    relations.all(|known| known.code != code).then_some(code)
}

/// With no customer in the books there is nobody to give points to.
fn by_points(case: &Case<'_>) -> Who {
    if case.facts.relations.iter().any(is_customer) {
        Who::ByPoints
    } else {
        Who::New(None)
    }
}

/// The code the shop gives him; an error where it can be none.
fn code(case: &Case<'_>) -> Result<Option<i64>, ()> {
    let (order, field) = (case.order, case.settings.customers.code_field.trim());
    let given = if field.is_empty() {
        order.customer.id.clone()
    } else {
        let mut fields = order.customer.custom_fields.iter().collect::<Vec<_>>();
        fields.extend(&order.invoice_address.custom_fields);
        fields.extend(&order.custom_fields);
        fields.retain(|known| {
            let named =
                known.id == field || known.name.trim().to_lowercase() == field.to_lowercase();
            named && !known.value.trim().is_empty()
        });
        fields.first().map(|known| known.value.clone())
    };
    let given = given.unwrap_or_default();
    match (given.trim(), given.trim().parse::<i32>()) {
        ("", _) => Ok(None),
        // The shop's own first customer.
        ("0" | "1", _) if field.is_empty() => Ok(None),
        (_, Ok(code)) if code >= 2 => Ok(Some(i64::from(code))),
        _ => Err(()),
    }
}

fn has_email(case: &Case<'_>, relation: &Relation) -> bool {
    let wanted = case.order.customer.email.trim().to_lowercase();
    let theirs = relation.email.to_lowercase().replace(',', ";");
    let mut theirs = theirs.split(';').map(str::trim);
    // "nvt" is nobody's.
    wanted.contains('@') && theirs.any(|email| email == wanted)
}

fn packed(text: &str) -> String {
    let text = text.to_uppercase();
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A known card; its address is the order's where the owner wants it brought up to date, unless it is
/// somebody else's.
fn known(case: &Case<'_>, relation: &Relation) -> Card {
    let order = case.order;
    let invoice = &order.invoice_address;
    let asked = case.settings.customers.handling == Handling::AddAndUpdate && is_filled(invoice);
    let anothers = match &order.customer.id {
        None => names::other(order, relation),
        Some(_) => names::strangers(order, relation),
    };
    let capitals = |country: &str| country.trim().to_uppercase();
    let (own, new) = (
        capitals(&relation.address.country),
        capitals(&invoice.country),
    );
    let (country, or_country) = if !asked || anothers {
        (own, None)
    } else if names::same(order, relation) {
        (new, None)
    } else {
        (own, Some(new))
    };
    let coded = !case.settings.customers.code_field.trim().is_empty()
        && code(case) == Ok(Some(relation.code));
    let number = relation.vat_number.to_uppercase();
    Card {
        code: relation.code,
        country,
        or_country,
        vat_number: number.chars().filter(char::is_ascii_alphanumeric).collect(),
        anothers,
        strangers: names::strangers(order, relation) && !coded,
    }
}

/// A new one: the order's own, with its number only where the sale has to do with it.
fn new(case: &Case<'_>, sale: &Sale) -> Card {
    let invoice = &case.order.invoice_address;
    let country = if is_filled(invoice) {
        invoice.country.trim().to_uppercase()
    } else {
        String::new()
    };
    let of_the_sale = matches!(sale.treatment, Treatment::Domestic | Treatment::EuBusiness);
    let number = vat::vat_number(case).filter(|number| {
        let fits = !country.is_empty() && number.starts_with(prefix(&country));
        of_the_sale && fits
    });
    Card {
        code: 0,
        country,
        or_country: None,
        vat_number: number.unwrap_or_default(),
        anothers: false,
        strangers: false,
    }
}

fn is_filled(address: &Address) -> bool {
    [
        &address.line1,
        &address.line2,
        &address.postcode,
        &address.city,
    ]
    .iter()
    .any(|part| !super::header::tidy(part).is_empty())
}

/// Is it on the relation it belongs to, and does that one fit?
///
/// # Errors
/// It is not, or does not.
pub fn agrees(whose: &Whose, plan: &Plan) -> Result<(), String> {
    let (found, card) = match &plan.relation {
        RelationStep::Use { id, code, .. } | RelationStep::Update { id, code, .. } => {
            let card = whose.cards.get(id).cloned();
            let card = card.ok_or_else(|| format!("relation {id} is no customer"))?;
            if card.code != *code {
                return Err(format!("relation {id} has code {}, not {code}", card.code));
            }
            let updated = matches!(plan.relation, RelationStep::Update { .. });
            if updated && card.anothers {
                return Err(format!("relation {code} is somebody else's, but changed"));
            }
            if whose.who == Who::ByPoints && card.strangers {
                return Err(format!("relation {code} is another person's"));
            }
            (Who::Known(id.clone()), card)
        }
        RelationStep::Create { draft, .. } => {
            let card = Card {
                country: draft.address.country.clone(),
                vat_number: draft.vat_number.clone(),
                ..whose.new.clone()
            };
            let number = &card.vat_number;
            let own = number.is_empty() || *number == whose.new.vat_number;
            if !own || card.country != whose.new.country {
                return Err(format!("a relation as {:?}, not {card:?}", whose.new));
            }
            (Who::New(draft.code), card)
        }
    };
    if whose.who != Who::ByPoints && whose.who != found {
        return Err(format!("relation {:?}, not {found:?}", whose.who));
    }
    match whose.asked.refuses(&card) {
        Some(code) => Err(format!("{code}: the sale is not for {card:?}")),
        None => Ok(()),
    }
}

/// Where points decide, a person may have to say who it is, and whoever it is may not fit: then it is
/// the one the reason names.
pub fn may_hold(whose: &Whose, reason: &Reason) -> bool {
    if whose.who != Who::ByPoints {
        return false;
    }
    let text = &reason.text.en;
    let named = |card: &&Card| {
        let code = card.code;
        text.contains(&format!("({code})")) || text.contains(&format!("({code}, "))
    };
    let fits = |card: &Card| {
        let ways = card.ways();
        let mut refused = ways.iter().filter_map(|way| whose.asked.refuses_as_is(way));
        refused.all(|code| code != reason.code)
    };
    match reason.code.as_str() {
        "klant-twijfel" => {
            let mut near = whose.cards.values().filter(|card| !card.strangers);
            near.any(|card| named(&card))
        }
        _ => {
            let mut named = whose.cards.values().filter(named);
            named.any(|card| !fits(card)) || (!fits(&whose.new))
        }
    }
}

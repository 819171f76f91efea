//! `recognition = "smart"`: every relation that has anything in common with the buyer gets points;
//! the best is taken above a clear margin. What nobody can decide is held with its candidates.
//!
//! The points stand in `docs/translation.md`; change them there too.

use super::{
    case::Case,
    customer_code,
    names::{Likeness, compare, is_another_person},
    recognise::{called, same_email, same_postcode, usable},
};
use crate::books::marks::{Marks, is_email};
use crate::{books::Relation, text, text::Text};

/// The customer code of the field the owner named: enough by itself.
const CODE: i32 = 80;
/// A VAT number names one business: enough by itself.
const VAT_NUMBER: i32 = 80;
/// So does a Chamber of Commerce number.
const CHAMBER_OF_COMMERCE: i32 = 80;
const EMAIL: i32 = 50;
/// Both have one, and they differ: people change theirs, and father and son share all but it.
const OTHER_EMAIL: i32 = -10;
const PHONE: i32 = 25;
const PLACE: i32 = 25;
const SAME_NAME: i32 = 30;
const LIKE_NAME: i32 = 15;
const OTHER_NAME: i32 = -20;

/// From here on a relation can be the buyer.
const ENOUGH: i32 = 75;
/// From here on he may be, and a person has to say so.
const DOUBT: i32 = 50;
/// So many points the best has to be ahead of the second.
const MARGIN: i32 = 20;

/// What a relation has in common with the buyer.
#[derive(Debug, Clone)]
struct Candidate<'a> {
    relation: &'a Relation,
    points: i32,
    /// Something says that it is somebody else, or may be, whatever the points.
    contradicted: bool,
    /// Plainly another person, who shares a house or an address with him: no candidate.
    another_person: bool,
    parts: Vec<(Text, i32)>,
}

/// What came of it.
pub(super) enum Found<'a> {
    /// Nobody.
    Nobody,
    /// This one.
    One(&'a Relation, Text),
    /// A person has to say: which relations, and what speaks for them.
    Doubt(Vec<&'a Relation>, Text),
}

/// Looks for the buyer.
pub(super) fn find<'a>(case: &Case<'a>) -> Found<'a> {
    let marks = Marks::of_order(case.order);
    let named = !case.settings.customers.code_field.trim().is_empty();
    let code = customer_code::number(case.order, &case.settings.customers).filter(|_| named);
    let mut near: Vec<Candidate<'a>> = case
        .facts
        .relations
        .iter()
        .filter(|relation| usable(relation))
        .map(|relation| weigh(case, &marks, code, relation))
        .filter(|candidate| candidate.points >= DOUBT)
        .collect();
    near.sort_by_key(|candidate| (-candidate.points, candidate.relation.code));
    let (others, candidates): (Vec<_>, Vec<_>) = near
        .into_iter()
        .partition(|candidate| candidate.another_person);
    if !others.is_empty() {
        let Text { nl, en } = explain(&others);
        case.note(text!(
            "Niet gekozen, want duidelijk iemand anders met gegevens van deze klant: {nl}.",
            "Not taken, being plainly another person with data of this customer: {en}."
        ));
    }
    decide(&candidates)
}

fn decide<'a>(candidates: &[Candidate<'a>]) -> Found<'a> {
    let Some(best) = candidates.first() else {
        return Found::Nobody;
    };
    let second = candidates.get(1).map_or(0, |second| second.points);
    if best.points >= ENOUGH && !best.contradicted && best.points - second >= MARGIN {
        return Found::One(best.relation, explain(candidates));
    }
    let near = candidates
        .iter()
        .filter(|candidate| best.points - candidate.points < MARGIN)
        .map(|candidate| candidate.relation);
    Found::Doubt(near.collect(), explain(candidates))
}

fn weigh<'a>(
    case: &Case<'_>,
    marks: &Marks,
    code: Option<i64>,
    relation: &'a Relation,
) -> Candidate<'a> {
    let order = case.order;
    let theirs = Marks::of_relation(relation);
    let mut candidate = Candidate {
        relation,
        points: 0,
        contradicted: false,
        another_person: false,
        parts: Vec::new(),
    };
    if code == Some(relation.code) {
        candidate.add(text!("klantcode", "customer code"), CODE);
    }
    let vat = number(&marks.vat_number, &theirs.vat_number);
    let kvk = number(&marks.chamber_of_commerce, &theirs.chamber_of_commerce);
    for (same, what, points) in [
        (vat, text!("btw-nummer", "VAT number"), VAT_NUMBER),
        (
            kvk,
            text!("KvK-nummer", "Chamber of Commerce number"),
            CHAMBER_OF_COMMERCE,
        ),
    ] {
        match same {
            Some(true) => candidate.add(what, points),
            Some(false) => candidate.contradict(Text {
                nl: format!("ander {}", what.nl),
                en: format!("another {}", what.en),
            }),
            None => {}
        }
    }
    let same_business = vat == Some(true) || kvk == Some(true);
    let both_have_email = is_email(&order.customer.email) && is_email(&relation.email);
    if same_email(relation, order) {
        candidate.add(text!("e-mailadres", "e-mail address"), EMAIL);
    } else if both_have_email && !same_business {
        candidate.add(
            text!("ander e-mailadres", "another e-mail address"),
            OTHER_EMAIL,
        );
    }
    if !marks.phone.is_empty() && marks.phone == theirs.phone {
        candidate.add(text!("telefoon", "telephone"), PHONE);
    }
    let same_place = marks
        .places
        .iter()
        .any(|place| theirs.places.contains(place));
    // Of a relation whose data were erased only the postcode can be confirmed.
    if same_place || (relation.address.street.is_empty() && same_postcode(case, relation)) {
        candidate.add(
            text!("postcode en huisnummer", "postcode and house number"),
            PLACE,
        );
    }
    let same_code = code == Some(relation.code);
    candidate.name(compare(order, relation), same_business, same_code);
    candidate.another_person = !same_business && !same_code && is_another_person(order, relation);
    candidate
}

/// Are two numbers the same; none where one is missing.
fn number(ours: &str, theirs: &str) -> Option<bool> {
    (!ours.is_empty() && !theirs.is_empty()).then(|| ours == theirs)
}

impl Candidate<'_> {
    fn add(&mut self, what: Text, points: i32) {
        self.points += points;
        self.parts.push((what, points));
    }

    fn contradict(&mut self, what: Text) {
        self.contradicted = true;
        self.parts.push((what, 0));
    }

    /// One business may trade under several names. A name that says too little is no proof: two of
    /// one household share all the rest.
    fn name(&mut self, likeness: Likeness, same_business: bool, same_code: bool) {
        match likeness {
            Likeness::Same => self.add(text!("naam", "name"), SAME_NAME),
            Likeness::Alike => self.add(
                text!("bijna dezelfde naam", "nearly the same name"),
                LIKE_NAME,
            ),
            Likeness::Other if !same_business => {
                self.contradicted = true;
                self.add(text!("andere naam", "another name"), OTHER_NAME);
            }
            Likeness::Unknown if !same_business && !same_code => {
                self.contradict(text!("naam zegt te weinig", "name says too little"));
            }
            Likeness::Other | Likeness::Unknown | Likeness::Nameless => {}
        }
    }
}

/// So many candidates are shown.
const SHOWN: usize = 4;

/// `Jo Klant (7) 105 punten: e-mailadres 50, telefoon 25, naam 30; …`
fn explain(candidates: &[Candidate<'_>]) -> Text {
    let shown: Vec<Text> = candidates.iter().take(SHOWN).map(one).collect();
    let join = |pick: fn(&Text) -> &str| {
        let all: Vec<&str> = shown.iter().map(pick).collect();
        all.join("; ")
    };
    Text {
        nl: join(|text| &text.nl),
        en: join(|text| &text.en),
    }
}

fn one(candidate: &Candidate<'_>) -> Text {
    let (called, points) = (called(candidate.relation), candidate.points);
    let list = |pick: fn(&Text) -> &str| {
        let all: Vec<String> = candidate
            .parts
            .iter()
            .map(|(what, points)| match points {
                0 => pick(what).to_owned(),
                points => format!("{} {points}", pick(what)),
            })
            .collect();
        all.join(", ")
    };
    let (nl, en) = (list(|text| &text.nl), list(|text| &text.en));
    let points = text::counted(
        u64::from(points.unsigned_abs()),
        ["punt", "punten"],
        ["point", "points"],
    );
    let (points_nl, points_en) = (points.nl, points.en);
    text!("{called} {points_nl}: {nl}", "{called} {points_en}: {en}")
}

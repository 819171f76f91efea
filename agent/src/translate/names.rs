//! Do two names mean one customer? Companies by likeness without their legal form; persons by
//! surname and given name apart, since a household shares the first.

use winkelbrug_protocol::record::Order;

use crate::books::Relation;

/// How a relation's name compares with the buyer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same.
    Same,
    /// A slip of the pen apart.
    Alike,
    /// Too little to tell two of one household apart: initials, a surname alone, nearly the same
    /// given name.
    Unknown,
    /// There is no name to compare.
    Nameless,
    /// Somebody else.
    Other,
}

/// From here on two companies' names are alike.
const ALIKE: f64 = 0.93;

/// Compares the buyer of an order with a relation.
pub(super) fn compare(order: &Order, relation: &Relation) -> Likeness {
    let invoice = &order.invoice_address;
    let theirs = words(&relation.name);
    if theirs.is_empty() {
        return Likeness::Nameless;
    }
    let company = words(&invoice.company);
    if !company.is_empty() {
        return companies(&company, &theirs);
    }
    let (first, last) = person_of(order);
    persons(&words(first), &words(last), &theirs)
}

/// Is it plainly another person of one house, telephone or e-mail address, and not a name written another
/// way? Of two persons, neither a business: those of one surname whose given names begin with different
/// letters, and those who have no name alike.
pub(super) fn is_another_person(order: &Order, relation: &Relation) -> bool {
    let (first, last) = person_of(order);
    !is_of_business(order)
        && !is_business(relation)
        && are_two(&words(first), &words(last), &words(&relation.name))
}

/// Is one of them a business, and the other a person?
pub(super) fn is_of_another_kind(order: &Order, relation: &Relation) -> bool {
    is_of_business(order) != is_business(relation)
}

fn is_of_business(order: &Order) -> bool {
    !words(&order.invoice_address.company).is_empty()
}

/// By what only a business has: a number of its own, somebody to ask for, a legal form in its name.
fn is_business(relation: &Relation) -> bool {
    let name = words(&relation.name);
    let has = |text: &str| !text.trim().is_empty();
    has(&relation.vat_number)
        || has(&relation.chamber_of_commerce)
        || has(&relation.address.contact)
        || without_form(&name) != name.join(" ")
}

fn are_two(first: &[String], last: &[String], theirs: &[String]) -> bool {
    if first.is_empty() || last.is_empty() || theirs.len() < 2 {
        return false;
    }
    let split = theirs.len().saturating_sub(last.len());
    let (given, surname) = theirs.split_at(split);
    if !given.is_empty() && is_like(&last.join(" "), &surname.join(" ")) {
        let initial = |name: &String| name.chars().next();
        return first
            .iter()
            .all(|ours| given.iter().all(|known| initial(ours) != initial(known)));
    }
    let mut ours = first.iter().chain(last);
    !ours.any(|word| !PARTICLES.contains(&word.as_str()) && theirs.iter().any(|t| is_like(word, t)))
}

/// The same, a slip of the pen apart, or one the other's initial.
fn is_like(ours: &str, theirs: &str) -> bool {
    let single = ours.chars().count() == 1 || theirs.chars().count() == 1;
    let long = ours.chars().count() > 3 && theirs.chars().count() > 3;
    ours == theirs
        || (single && ours.chars().next() == theirs.chars().next())
        || (long && strsim::osa_distance(ours, theirs) == 1)
}

/// Small words of surnames, which many share.
const PARTICLES: [&str; 14] = [
    "de", "den", "der", "het", "t", "van", "te", "ten", "ter", "von", "la", "le", "du", "el",
];

/// The buyer's name in one form, however it is written: a company without its legal form, a person's
/// words in any order.
pub(super) fn of_order(order: &Order) -> String {
    let invoice = &order.invoice_address;
    let company = words(&invoice.company);
    if !company.is_empty() {
        return without_form(&company);
    }
    let (first, last) = person_of(order);
    let mut all = words(first);
    all.extend(words(last));
    all.sort_unstable();
    all.join(" ")
}

fn person_of(order: &Order) -> (&str, &str) {
    let invoice = &order.invoice_address;
    if words(&invoice.last_name).is_empty() {
        (&order.customer.first_name, &order.customer.last_name)
    } else {
        (&invoice.first_name, &invoice.last_name)
    }
}

fn companies(ours: &[String], theirs: &[String]) -> Likeness {
    let (ours, theirs) = (without_form(ours), without_form(theirs));
    if ours == theirs {
        return Likeness::Same;
    }
    if strsim::jaro_winkler(&ours, &theirs) >= ALIKE {
        Likeness::Alike
    } else {
        Likeness::Other
    }
}

fn persons(first: &[String], last: &[String], theirs: &[String]) -> Likeness {
    if last.is_empty() {
        return Likeness::Nameless;
    }
    let mut all: Vec<&String> = first.iter().chain(last).collect();
    let mut their_all: Vec<&String> = theirs.iter().collect();
    if !first.is_empty() && all == their_all {
        return Likeness::Same;
    }
    let Some(split) = theirs.len().checked_sub(last.len()) else {
        return Likeness::Other;
    };
    let (given, surname) = theirs.split_at(split);
    let (ours, surname) = (last.join(" "), surname.join(" "));
    let surnames = if ours == surname {
        Likeness::Same
    } else if ours.chars().count() > 4 && strsim::osa_distance(&ours, &surname) == 1 {
        Likeness::Alike
    } else {
        // Written the other way round: "Vries, Jan de".
        all.sort_unstable();
        their_all.sort_unstable();
        return if !first.is_empty() && all == their_all {
            Likeness::Same
        } else {
            Likeness::Other
        };
    };
    match given_names(first, given) {
        Likeness::Same => surnames,
        Likeness::Alike if surnames == Likeness::Alike => Likeness::Unknown,
        other => other,
    }
}

/// By the first of the given names: a letter alone says too little to tell two of one household
/// apart, and a name that is nearly the same may be a sister's.
fn given_names(all_ours: &[String], all_theirs: &[String]) -> Likeness {
    let (Some(ours), Some(theirs)) = (all_ours.first(), all_theirs.first()) else {
        return Likeness::Unknown;
    };
    let single = ours.chars().count() == 1 || theirs.chars().count() == 1;
    let same_initial = single && ours.chars().next() == theirs.chars().next();
    let long = !single && ours.chars().count() > 3;
    let nearly = long && strsim::osa_distance(ours, theirs) == 1;
    if !single && all_ours == all_theirs {
        Likeness::Same
    } else if !single && ours == theirs {
        Likeness::Alike
    } else if same_initial || nearly {
        Likeness::Unknown
    } else {
        Likeness::Other
    }
}

/// How people are addressed, which is no part of their names.
const TITLES: [&str; 16] = [
    "dhr", "heer", "mevr", "mevrouw", "mw", "mr", "mrs", "ms", "herr", "frau", "fam", "familie",
    "dr", "drs", "ing", "ir",
];

/// Legal forms, as they stand behind (or before) a company's name.
const FORMS: [&str; 16] = [
    "bv",
    "nv",
    "vof",
    "cv",
    "bvba",
    "srl",
    "sprl",
    "gmbh",
    "ag",
    "kg",
    "ltd",
    "sa",
    "sarl",
    "inc",
    "eenmanszaak",
    "zn",
];

fn without_form(words: &[String]) -> String {
    let joined = words.join(" ");
    // "B.V." and "v.o.f." come apart into letters.
    let spaced = joined.replace("b v b a", "bvba").replace("v o f", "vof");
    let spaced =
        [("b v", "bv"), ("n v", "nv"), ("c v", "cv")]
            .iter()
            .fold(spaced, |text, (apart, form)| {
                match text.strip_suffix(apart) {
                    Some(rest) if rest.ends_with(' ') => format!("{rest}{form}"),
                    _ => text,
                }
            });
    let kept: Vec<&str> = spaced
        .split(' ')
        .filter(|word| !FORMS.contains(word))
        .collect();
    if kept.is_empty() {
        spaced
    } else {
        kept.join(" ")
    }
}

/// The words of a name: small letters without accents, no titles.
fn words(name: &str) -> Vec<String> {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(without_accent)
        .collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !TITLES.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Letters of Dutch, German and French names as they stand without their accents.
const fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first: &str, last: &str, relation: &str) -> Likeness {
        persons(&words(first), &words(last), &words(relation))
    }

    #[test]
    fn persons_are_told_apart_by_their_given_names() {
        for (first, last, relation, is) in [
            ("Jan", "de Vries", "Jan de Vries", Likeness::Same),
            ("Jan", "de Vries", "Dhr. Jan de Vries", Likeness::Same),
            ("Jan", "de Vries", "Vries, Jan de", Likeness::Same),
            ("Zoë", "Müller", "Zoe Muller", Likeness::Same),
            ("Jan Willem", "de Vries", "Jan de Vries", Likeness::Alike),
            ("Jan", "Jansen", "Jan Janssen", Likeness::Alike),
            ("Jan", "de Vries", "J. de Vries", Likeness::Unknown),
            ("Jan", "de Vries", "de Vries", Likeness::Unknown),
            ("Marie", "de Vries", "Maria de Vries", Likeness::Unknown),
            ("Jan", "de Vries", "P. de Vries", Likeness::Other),
            ("Jan", "de Vries", "Piet de Vries", Likeness::Other),
            ("Jan", "de Vries", "Jan Bakker", Likeness::Other),
        ] {
            assert_eq!(
                person(first, last, relation),
                is,
                "{first} {last} / {relation}"
            );
        }
    }

    #[test]
    fn two_persons_are_told_from_one_whose_name_is_written_another_way() {
        for (first, last, relation, are) in [
            ("Piet", "de Vries", "Jan de Vries", true),
            ("Piet", "de Vries", "J. de Vries", true),
            ("Piet", "de Vries", "Anna Bakker", true),
            ("Piet", "van den Berg", "Anna van der Meer", true),
            // Perhaps one: a nickname, an initial, a name after marriage, a surname alone.
            ("Jan", "de Vries", "Johannes de Vries", false),
            ("Jan", "de Vries", "J. Bakker", false),
            ("Anna", "de Vries", "Anna Bakker", false),
            ("Piet", "de Vries", "Vries, Jan de", false),
            ("Piet", "de Vries", "de Vries", false),
            ("Piet", "de Vries", "Bakker", false),
            ("Jan", "Jansen", "Jan Janssen", false),
            ("Jan Piet", "de Vries", "Piet de Vries", false),
            ("", "de Vries", "Jan de Vries", false),
        ] {
            let two = are_two(&words(first), &words(last), &words(relation));
            assert_eq!(two, are, "{first} {last} / {relation}");
        }
    }

    #[test]
    fn companies_are_compared_without_their_legal_form() {
        for (ours, theirs, is) in [
            ("De Vries B.V.", "De Vries BV", Likeness::Same),
            (
                "Bakkerij De Vries",
                "Bakkerij de Vries v.o.f.",
                Likeness::Same,
            ),
            ("Bakkerij De Vries", "Bakkerij de Vris", Likeness::Alike),
            ("Bakkerij De Vries", "Slagerij Jansen", Likeness::Other),
        ] {
            assert_eq!(
                companies(&words(ours), &words(theirs)),
                is,
                "{ours} / {theirs}"
            );
        }
    }
}

//! The VAT matrix: country, buyer, VAT number, rate class, foreign VAT of the administration, and what
//! the shop charged, each with each, as an order and as a booked invoice, beside the model of the rules.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::{Books, Rounding},
    generated::{self, Class},
};
use winkelbrug::{
    books::{Ledger, VatCheck, Verdict},
    profile::settings::Form,
    translate::{self, Linked, Outcome},
};
use winkelbrug_protocol::record::{Order, TotalKind};

use crate::{
    model::{self, Agreed},
    proving::paper::box_of_each,
    translate::desk::{good, settings, tax, wish},
};

/// Countries, and where it tells more than they do, how the postcode begins.
const COUNTRIES: [&str; 10] = [
    "NL",
    "BE",
    "DE",
    "FR",
    "CH",
    "GB",
    "GB BT1 5GS",
    "ES 35001",
    "FR 97400",
    "MC",
];

/// What the shop charges on goods of 100.00 without VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charged {
    Nothing,
    AtHome,
    Standard,
    Reduced,
    /// A rate nobody has.
    Odd,
}

const CHARGED: [Charged; 5] = [
    Charged::Nothing,
    Charged::AtHome,
    Charged::Standard,
    Charged::Reduced,
    Charged::Odd,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    /// A private person, or a business that gives none.
    None,
    /// Right in form, and nobody asked the register.
    Unchecked,
    /// The register knows it.
    Valid,
    /// It does not.
    Unknown,
    /// It could not be asked.
    Unreachable,
    /// The register knows it, and it stands on the customer card.
    OnTheCard,
    /// The register knows it, and the owner joined the buyer to a card without one.
    LinkedWithout,
    /// It cannot be one.
    Impossible,
}

const NUMBERS: [Number; 8] = [
    Number::None,
    Number::Unchecked,
    Number::Valid,
    Number::Unknown,
    Number::Unreachable,
    Number::OnTheCard,
    Number::LinkedWithout,
    Number::Impossible,
];

#[derive(Debug, Clone, Copy)]
struct Cell {
    country: &'static str,
    business: bool,
    number: Number,
    class: Class,
    foreign_vat: bool,
    charged: Charged,
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for country in COUNTRIES {
        for business in [false, true] {
            for number in NUMBERS {
                for class in [Class::High, Class::Low, Class::Zero] {
                    for foreign_vat in [false, true] {
                        for charged in CHARGED {
                            cells.push(Cell {
                                country,
                                business,
                                number,
                                class,
                                foreign_vat,
                                charged,
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

impl Cell {
    /// The country, and the postcode where it tells more than that.
    fn place(self) -> (&'static str, Option<&'static str>) {
        let place = self.country.split_once(' ');
        place.map_or((self.country, None), |(country, code)| {
            (country, Some(code))
        })
    }

    fn vat_number(self) -> Option<String> {
        let right = match self.country {
            "NL" => "NL004495445B01",
            "BE" => "BE0428759497",
            "DE" => "DE136695976",
            "FR" | "FR 97400" | "MC" => "FR40303265045",
            "ES 35001" => "ESB58378431",
            "GB BT1 5GS" => "XI123456782",
            _ => "CHE123456788",
        };
        match self.number {
            Number::None => None,
            Number::Impossible => Some(format!("{}0", &right[..4])),
            _ => Some(right.to_owned()),
        }
    }

    fn percent(self) -> Decimal {
        let at_home = match self.class {
            Class::Low => dec!(9),
            Class::Zero => dec!(0),
            Class::High | Class::Levy => dec!(21),
        };
        match (self.charged, self.place().0) {
            (Charged::Nothing, _) => dec!(0),
            (Charged::AtHome, _) => at_home,
            (Charged::Odd, _) => dec!(13),
            (Charged::Standard, "DE") => dec!(19),
            (Charged::Standard, "FR" | "GB") => dec!(20),
            (Charged::Standard, _) => dec!(21),
            (Charged::Reduced, "DE") => dec!(7),
            (Charged::Reduced, "FR") => dec!(5.5),
            (Charged::Reduced, "BE") => dec!(6),
            (Charged::Reduced, _) => dec!(9),
        }
    }

    fn order(self) -> Order {
        let mut order = generated::order(&testbed::truth::generated::Wish {
            goods: vec![good(5_000, 2, self.class)],
            shipping: 0,
            ..wish()
        });
        let percent = self.percent();
        let vat = percent;
        let line = &mut order.lines[0];
        line.percent = Some(percent);
        line.tax = vat / dec!(2);
        line.total_incl = Some(dec!(100) + vat);
        order.totals.retain(|row| row.kind != TotalKind::Tax);
        if !vat.is_zero() {
            order.totals.push(tax(percent, vat));
        }
        order.total = dec!(100) + vat;
        order.customer.vat_number = self.vat_number();
        let delivery = order.delivery_address.iter_mut();
        for address in [&mut order.invoice_address].into_iter().chain(delivery) {
            let (country, postcode) = self.place();
            address.country = country.to_owned();
            if let Some(postcode) = postcode {
                postcode.clone_into(&mut address.postcode);
            }
            if self.business {
                "Bedrijf".clone_into(&mut address.company);
            }
        }
        order
    }

    fn check(self) -> Option<VatCheck> {
        let verdict = match self.number {
            Number::None | Number::Unchecked | Number::Impossible => return None,
            Number::Valid | Number::OnTheCard | Number::LinkedWithout => Verdict::Valid,
            Number::Unknown => Verdict::Invalid,
            Number::Unreachable => Verdict::Unreachable,
        };
        Some(VatCheck {
            number: self.vat_number()?,
            verdict,
            day: date(2026, 5, 1),
            name: "Bedrijf".to_owned(),
            consultation: "WAPI-1".to_owned(),
        })
    }

    fn books(self) -> Books {
        let mut books = Books::default();
        if self.foreign_vat {
            books = books.with_foreign_vat();
        }
        // Books with every country there is.
        books.lookups.countries.clear();
        if self.number == Number::LinkedWithout {
            let relation = books.add_relation(1002, "Zonder nummer", "");
            self.place().0.clone_into(&mut relation.address.country);
            let (id, code) = (relation.id.clone(), 1002);
            let key = format!("order:{}", self.order().id);
            books.linked.insert(key, Linked::Relation { id, code });
        }
        if self.number == Number::OnTheCard {
            let number = self.vat_number().unwrap();
            let relation = books.add_relation(1001, "Bedrijf", "jo@example.com");
            relation.vat_number = number;
            self.place().0.clone_into(&mut relation.address.country);
            "1234 AB".clone_into(&mut relation.address.postcode);
        }
        books
    }
}

#[test]
fn every_cell_of_the_vat_matrix_is_what_the_model_of_the_rules_demands() {
    let booked = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    let (orders, shop) = (settings("", ""), generated::lookups());
    let mut wrong = Vec::new();
    let mut agreed: BTreeMap<Agreed, usize> = BTreeMap::new();
    let mut boxes = BTreeSet::new();
    for (cell, settings) in cells()
        .into_iter()
        .flat_map(|cell| [(cell, &orders), (cell, &booked)])
    {
        let (order, books) = (cell.order(), cell.books());
        let mut facts = books.facts(&order, settings, &shop);
        facts.vat_check = cell.check();
        if let Some(accounts) = &mut facts.accounts {
            accounts.ledgers.push(untaxed());
        }
        let outcome = translate::order(&order, settings, &facts);
        let verdict = model::judge(&order, settings, &facts);
        match model::compare(&verdict, &outcome, settings, &facts) {
            Ok(how) => *agreed.entry(how).or_default() += 1,
            Err(error) => wrong.push(format!("{cell:?}: {error}")),
        }
        // Whatever both say: no VAT of the shop is lost or made. (A booking names no articles to tell it by.)
        if let Outcome::Plan(plan) = &outcome
            && settings.sales.form == Form::Order
        {
            let vat: Decimal = books.vat(plan, Rounding::PerRate).values().sum();
            if vat != cell.percent() {
                wrong.push(format!("{cell:?}: VAT of {vat}"));
            }
            // What the screen says of the return is what a bookkeeper makes of the order.
            let shown = plan.names.counted.iter();
            let shown: BTreeMap<String, Option<String>> = shown
                .map(|(code, one)| (code.clone(), one.vat_box.clone()))
                .collect();
            let paper = box_of_each(&order, plan, &books);
            if shown != paper {
                wrong.push(format!("{cell:?}: boxes {shown:?}, not {paper:?}"));
            }
            boxes.extend(shown.into_values());
        }
    }
    println!("{agreed:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(agreed.get(&Agreed::HeldByPoints), None);
    assert!(agreed[&Agreed::ToTheCent] > 0 && agreed[&Agreed::Held] > 0);
    let seen: Vec<&str> = boxes.iter().flatten().map(String::as_str).collect();
    assert_eq!(seen, ["1a", "1b", "1e", "3a", "3b", "OSS"]);
}

/// The ledger behind the group without VAT, as one the return asks for.
fn untaxed() -> Ledger {
    Ledger {
        id: "ledger-3".to_owned(),
        number: 8300,
        name: "Omzet onbelast".to_owned(),
        function: "VerkopenOmzetOnbelastVerlegd".to_owned(),
        rate_code: String::new(),
        balance: false,
        active: true,
    }
}

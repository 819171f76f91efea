//! A desk to translate one order on: a plain order, plain settings and books, each to be changed
//! by the test in one line.

use rust_decimal::Decimal;
use testbed::truth::{
    books::{Books, COST_SETTINGS},
    generated::{self, Bought, Buyer, Class, Wish},
};
use winkelbrug::{
    profile::Settings,
    translate::{self, Facts, Outcome, Plan, Reason},
};
use winkelbrug_protocol::record::{
    Lookups, Named, Order, RateKind, RowRate, Status, StatusKind, TotalKind, TotalRow,
};

/// Order, settings, books and shop.
#[derive(Debug, Clone)]
pub struct Desk {
    pub order: Order,
    pub settings: Settings,
    pub books: Books,
    pub shop: Lookups,
}

/// Two pieces of 21% for 12.10 each with VAT, shipping 4.95 + 21%; status Processing, bank
/// transfer, a Dutch guest.
pub fn desk() -> Desk {
    desk_of(&wish())
}

pub fn wish() -> Wish {
    Wish {
        goods: vec![good(1_000, 2, Class::High)],
        prices_with_vat: false,
        whole_cents: false,
        buyer: Buyer::Dutch,
        shipping: 495,
        shipping_class: Class::High,
        fee: None,
        coupon: None,
        reward: None,
        gift_card: None,
        credit: None,
        sold_card: None,
        strange: None,
        hidden: 0,
    }
}

/// So many pieces of so many cents without VAT.
pub fn good(cents: i64, pieces: i64, class: Class) -> Bought {
    Bought {
        price: cents,
        decimals: 2,
        quantity: pieces * 1000,
        class,
    }
}

pub fn desk_of(wish: &Wish) -> Desk {
    Desk {
        order: generated::order(wish),
        settings: settings("", ""),
        books: Books::default(),
        shop: generated::lookups(),
    }
}

/// Settings with extra lines for `[sales]`, and whole extra tables.
pub fn settings(sales: &str, tables: &str) -> Settings {
    let groups = if tables.contains("[articles.revenue_groups]") {
        ""
    } else {
        r#"
        [articles.revenue_groups]
        "Hoog" = "Omzet hoog"
        "11" = "2"
        "" = "omzet geen"
        "Hoog met bijdrage" = "Omzet hoog"
        "#
    };
    let text = format!(
        r#"
        format = 1
        name = "winkel"
        [shop]
        url = "https://winkel.example.com"
        [administration]
        kind = "trial"
        [sales]
        {sales}
        {COST_SETTINGS}
        {groups}
        {tables}
        "#
    );
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

impl Desk {
    pub fn facts(&self) -> Facts {
        self.books.facts(&self.order, &self.settings, &self.shop)
    }

    pub fn outcome(&self) -> Outcome {
        translate::order(&self.order, &self.settings, &self.facts())
    }

    pub fn outcome_with(&self, change: impl FnOnce(&mut Facts)) -> Outcome {
        let mut facts = self.facts();
        change(&mut facts);
        translate::order(&self.order, &self.settings, &facts)
    }

    pub fn plan(&self) -> Plan {
        planned(self.outcome())
    }

    pub fn held(&self) -> Reason {
        held(self.outcome())
    }

    pub fn skipped(&self) -> String {
        match self.outcome() {
            Outcome::Skipped(reason) => reason.code,
            other => panic!("not skipped: {other:#?}"),
        }
    }

    pub fn stopped(&self) -> Reason {
        match self.outcome() {
            Outcome::Stop(reason) => reason,
            other => panic!("not stopped: {other:#?}"),
        }
    }

    /// The plan's lines as `code quantity × price`.
    pub fn lines(&self) -> Vec<String> {
        lines(&self.plan())
    }

    pub fn status(&mut self, kind: StatusKind, name: &str) {
        self.order.status = Status {
            id: "77".to_owned(),
            name: name.to_owned(),
            kind,
        };
    }

    pub fn payment(&mut self, code: &str, title: &str) {
        self.order.payment.code = code.to_owned();
        self.order.payment.title = title.to_owned();
    }
}

pub fn planned(outcome: Outcome) -> Plan {
    match outcome {
        Outcome::Plan(plan) => *plan,
        other => panic!("not planned: {other:#?}"),
    }
}

pub fn held(outcome: Outcome) -> Reason {
    match outcome {
        Outcome::Held(reason) => {
            assert!(!reason.text.nl.is_empty() && !reason.hint.nl.is_empty());
            assert!(!reason.text.en.is_empty() && !reason.hint.en.is_empty());
            reason
        }
        other => panic!("not held: {other:#?}"),
    }
}

pub fn lines(plan: &Plan) -> Vec<String> {
    plan.order
        .lines
        .iter()
        .map(|line| match &line.article {
            Some(_) => format!("{} {} × {}", line.code, line.quantity, line.unit_price),
            None => format!("\"{}\"", line.description),
        })
        .collect()
}

/// A row of the total block.
pub fn row(code: &str, kind: TotalKind, amount: Decimal) -> TotalRow {
    TotalRow {
        code: code.to_owned(),
        kind,
        title: code.to_owned(),
        amount,
        rate: None,
        tax_class: None,
        parts: Vec::new(),
    }
}

pub fn tax(percent: Decimal, amount: Decimal) -> TotalRow {
    TotalRow {
        rate: Some(RowRate {
            rate: percent,
            kind: RateKind::Percent,
        }),
        ..row(&format!("BTW {percent}%"), TotalKind::Tax, amount)
    }
}

pub fn class(id: &str, name: &str) -> Option<Named> {
    Some(Named {
        id: id.to_owned(),
        name: name.to_owned(),
    })
}

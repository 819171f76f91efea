//! What the shops have in common: reading one through its bridge, translating its orders one after
//! another, and holding what was written to the shop's own figures.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Value, json};
use testbed::{
    bridge_file::{PlacedBridge, records},
    truth::books::{Books, COST_SETTINGS, Rounding},
};
use winkelbrug::{
    books::PriceMode,
    profile::Settings,
    translate::{Outcome, Plan},
};
use winkelbrug_protocol::{
    answer::Next,
    record::{Lookups, Order, OrderHead, Product, RateKind, TotalKind},
};

/// How an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With VAT inside the prices.
    Written,
    /// Outside the EU or to an EU business: without VAT.
    WithoutVat,
    /// Waits for a person, for that reason.
    Held(&'static str),
    /// No order for the books (yet).
    Skipped(&'static str),
}

/// What a bridge says of a whole shop.
pub struct Shop {
    /// Every order, in the order in which they were placed.
    pub orders: Vec<Order>,
    /// The names behind its codes.
    pub lookups: Lookups,
    /// Every product.
    pub products: Vec<Product>,
}

impl Shop {
    /// Asks the bridge, page by page.
    pub async fn read(bridge: &PlacedBridge) -> Self {
        let (mut ids, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"after": after, "limit": 50});
            let page = bridge.page("orders", args).await.unwrap();
            let heads: Vec<OrderHead> = records(&page).unwrap();
            ids.extend(heads.into_iter().map(|head| head.id));
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => break,
            }
        }
        let mut orders = Vec::new();
        for ids in ids.chunks(25) {
            let some: Vec<Order> = bridge.ask("orders", json!({"ids": ids})).await.unwrap();
            orders.extend(some);
        }
        assert_eq!(orders.len(), ids.len());
        orders.sort_by_key(|order| (order.placed_at.clone(), order.id.parse::<u64>().unwrap()));
        let mut lookups: Vec<Lookups> = bridge.ask("lookups", json!({})).await.unwrap();
        Self {
            orders,
            lookups: lookups.pop().unwrap(),
            products: Self::products(bridge).await,
        }
    }

    async fn products(bridge: &PlacedBridge) -> Vec<Product> {
        let (mut products, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"after": after, "limit": 50});
            let page = bridge.page("products", args).await.unwrap();
            products.extend(records::<Product>(&page).unwrap());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => return products,
            }
        }
    }

    /// All orders, each on the books the ones before it left.
    pub fn translate(&self, mut books: Books, settings: &Settings) -> Vec<Translated<'_>> {
        let mut all = Vec::new();
        for order in &self.orders {
            let outcome = books.translate(order, settings, &self.lookups);
            let before = books.clone();
            if let Outcome::Plan(plan) = &outcome {
                books.apply(plan);
            }
            all.push(Translated {
                order,
                outcome,
                books: before,
            });
        }
        all
    }
}

/// An order, what became of it, and the books at that moment.
pub struct Translated<'a> {
    /// The order.
    pub order: &'a Order,
    /// What became of it.
    pub outcome: Outcome,
    /// The books before it.
    pub books: Books,
}

impl Translated<'_> {
    fn is(&self, end: End) -> bool {
        match (&self.outcome, end) {
            (Outcome::Plan(plan), End::Written) => plan.order.price_mode == PriceMode::Inclusief,
            (Outcome::Plan(plan), End::WithoutVat) => plan.order.price_mode == PriceMode::Exclusief,
            (Outcome::Held(reason), End::Held(code))
            | (Outcome::Skipped(reason), End::Skipped(code)) => reason.code == code,
            _ => false,
        }
    }

    /// What is written of it.
    pub fn lines(&self) -> Vec<String> {
        let Outcome::Plan(plan) = &self.outcome else {
            panic!("{}", self.shown())
        };
        let lines = plan.order.lines.iter();
        lines
            .map(|line| match &line.article {
                Some(_) => format!("{} {} × {}", line.code, line.quantity, line.unit_price),
                None => format!("\"{}\"", line.description),
            })
            .collect()
    }

    /// Pieces it takes from stock, by article.
    pub fn pieces(&self) -> BTreeMap<String, Decimal> {
        match &self.outcome {
            Outcome::Plan(plan) => plan.expected.pieces.clone(),
            _ => panic!("{}", self.shown()),
        }
    }

    /// Its line of a table, and what a person is told.
    fn shown(&self) -> String {
        let number = &self.order.number;
        match &self.outcome {
            Outcome::Plan(plan) if plan.order.price_mode == PriceMode::Exclusief => {
                format!("(\"{number}\", WithoutVat),")
            }
            Outcome::Plan(_) => format!("(\"{number}\", Written),"),
            Outcome::Held(reason) => {
                let (code, text) = (&reason.code, &reason.text.en);
                format!("(\"{number}\", Held(\"{code}\")), // {text}")
            }
            Outcome::Skipped(reason) => format!("(\"{number}\", Skipped(\"{}\")),", reason.code),
            other => format!("{number}: {other:?}"),
        }
    }

    /// Total to the cent, VAT per rate within a cent however the books round.
    fn check_figures(&self, plan: &Plan) -> Result<(), String> {
        let number = &self.order.number;
        let total = cents(self.order.total);
        let in_books = self.books.total(plan);
        if in_books != total || plan.expected.incl != total {
            return Err(format!("{number}: {in_books} instead of {total}"));
        }
        for rounding in [Rounding::PerRate, Rounding::PerLine] {
            let mut vat = self.books.vat(plan, rounding);
            for (percent, tax) in shop_vat(self.order) {
                let ours = vat.remove(&percent).unwrap_or_default();
                if (ours - tax).abs() > dec!(0.01) {
                    return Err(format!(
                        "{number}: {ours} instead of {tax} at {percent}% ({rounding:?})"
                    ));
                }
            }
            if let Some((percent, ours)) = vat.iter().find(|(_, vat)| vat.abs() > dec!(0.01)) {
                return Err(format!("{number}: {ours} at {percent}% ({rounding:?})"));
            }
        }
        Ok(())
    }
}

/// Each order ends as the table says, the table names every order, and what is written has the shop's
/// figures. The share held of the orders that are for the books has to be `held` of `wanted`, and stands
/// with its reasons in `docs/translation.md`.
pub fn check(name: &str, all: &[Translated<'_>], ends: &[(&str, End)], share: (usize, usize)) {
    let table: BTreeMap<&str, End> = ends.iter().copied().collect();
    assert_eq!(
        table.len(),
        ends.len(),
        "{name}: an order stands twice in the table"
    );
    let mut wrong = Vec::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut held, mut wanted) = (0, 0);
    for one in all {
        let end = table.get(one.order.number.as_str()).copied();
        if !end.is_some_and(|end| one.is(end)) {
            wrong.push(one.shown());
        }
        match &one.outcome {
            Outcome::Plan(plan) => {
                wanted += 1;
                wrong.extend(one.check_figures(plan).err());
            }
            Outcome::Held(reason) => {
                held += 1;
                wanted += 1;
                *reasons.entry(&reason.code).or_default() += 1;
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    assert_eq!(
        all.len(),
        table.len(),
        "{name}: the table names orders that are not there"
    );
    assert_eq!((held, wanted), share, "{name}");
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(code, times)| match times {
            1 => format!("`{code}`"),
            times => format!("`{code}` {times}×"),
        })
        .collect();
    let shop = name.trim_start_matches("shops/").split(' ').next();
    let row = format!(
        "| {} | {held} of {wanted} | {} |",
        shop.unwrap_or(name),
        reasons.join(", ")
    );
    let page = include_str!("../../../../docs/translation.md");
    assert!(
        page.contains(&row),
        "docs/translation.md has another row than:\n{row}"
    );
}

/// A profile as an owner would fill it in: an article for every kind of cost, and a revenue group for
/// every tax class of goods. `more` goes into `[sales]`.
pub fn settings(groups: &[(&str, &str)], more: &str) -> Settings {
    let groups: String = groups
        .iter()
        .map(|(class, group)| format!("\"{class}\" = \"Omzet {group}\"\n"))
        .collect();
    let text = format!(
        r#"
        format = 1
        name = "winkel"
        [shop]
        url = "https://winkel.example.com"
        orders_from = 2020-01-01T00:00:00+01:00
        [administration]
        kind = "trial"
        [sales]
        {COST_SETTINGS}
        {more}
        [articles.revenue_groups]
        {groups}
        "#
    );
    toml::from_str(&text).unwrap()
}

/// The shop's own tax rows, per percentage.
pub fn shop_vat(order: &Order) -> BTreeMap<Decimal, Decimal> {
    let mut vat = BTreeMap::new();
    for row in order.totals.iter().filter(|row| row.kind == TotalKind::Tax) {
        let rate = row.rate.as_ref().unwrap();
        if rate.kind == RateKind::Percent {
            *vat.entry(rate.rate.normalize()).or_default() += row.amount;
        }
    }
    vat
}

/// In whole cents.
pub fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

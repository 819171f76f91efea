//! Orders placed, changed, cancelled and edited as the shop's own checkout and admin do it, stock
//! included. OpenCart 3.0.5.1 (`model/checkout/order.php`): stock is taken when the status enters
//! the processing or complete group and put back when it leaves them; an edit deletes the lines
//! and writes new ones.

use std::sync::PoisonError;

use anyhow::{Context, Result};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    OpenCartShop,
    cart::{Computed, Item, NewOrder, PostalAddress, compute},
    catalogue::Catalogue,
    rows::{Rows, Value},
};

/// Order statuses of OpenCart's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// 0: an abandoned checkout.
    Abandoned,
    /// Waits for payment.
    Pending,
    /// Paid.
    #[default]
    Processing,
    /// Shipped.
    Shipped,
    /// Complete.
    Complete,
    /// Cancelled.
    Cancelled,
    /// Refunded.
    Refunded,
}

impl Status {
    /// The shop's id.
    #[must_use]
    pub fn id(self) -> u32 {
        match self {
            Self::Abandoned => 0,
            Self::Pending => 1,
            Self::Processing => 2,
            Self::Shipped => 3,
            Self::Complete => 5,
            Self::Cancelled => 7,
            Self::Refunded => 11,
        }
    }

    /// Is stock taken in this status? (The groups of the shop's settings.)
    fn takes_stock(id: u32) -> bool {
        matches!(id, 1 | 2 | 3 | 5 | 12)
    }
}

/// Local time of the shop now.
pub(super) fn shop_now() -> DateTime {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    Timestamp::now().to_zoned(zone).datetime()
}

fn sql_time(time: DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Ids the next order takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct NextIds {
    pub order: u64,
    pub line: u64,
}

impl OpenCartShop {
    /// Places an order as a buyer does; answers its number.
    ///
    /// # Errors
    /// The order names what the shop does not have.
    pub fn place_order(&self, order: &NewOrder) -> Result<u64> {
        let _one_at_a_time = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        let catalogue = Catalogue::load(self)?;
        let mut ids = self.next_ids()?;
        let number = ids.order;
        let mut rows = Rows::default();
        write_order(
            order,
            &compute(order, &catalogue)?,
            &catalogue,
            &mut ids,
            &mut rows,
            None,
        )?;
        self.query(&rows.into_sql())?;
        if Status::takes_stock(order.status.id()) {
            self.move_stock(number, "-")?;
        }
        Ok(number)
    }

    /// Somebody buys so many of a product, and pays.
    ///
    /// # Errors
    /// There is no such product.
    pub fn sell(&self, model: &str, quantity: u32) -> Result<u64> {
        let buyer = super::Buyer::guest("Jan", "Koper", "jan.koper@example.com", "1234 AB");
        self.place_order(&NewOrder::new(buyer, vec![Item::new(model, quantity)]))
    }

    /// Gives an order another status, with its history and its stock.
    ///
    /// # Errors
    /// There is no such order.
    pub fn change_status(&self, order: u64, status: Status) -> Result<()> {
        let before: u32 = self.order_value(order, "order_status_id")?.parse()?;
        let now = sql_time(shop_now());
        self.query(&format!(
            "UPDATE `oc_order` SET order_status_id = {0}, date_modified = '{now}' \
             WHERE order_id = {order};\n\
             INSERT INTO `oc_order_history` (order_id, order_status_id, notify, comment, date_added) \
             VALUES ({order}, {0}, 0, '', '{now}')",
            status.id()
        ))?;
        match (
            Status::takes_stock(before),
            Status::takes_stock(status.id()),
        ) {
            (false, true) => self.move_stock(order, "-"),
            (true, false) => self.move_stock(order, "+"),
            _ => Ok(()),
        }
    }

    /// Edits an order: other items, everything computed again, new line ids.
    ///
    /// # Errors
    /// There is no such order, or an item names what the shop does not have.
    pub fn edit_order(&self, number: u64, order: &NewOrder) -> Result<()> {
        let _one_at_a_time = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        let status: u32 = self.order_value(number, "order_status_id")?.parse()?;
        let placed = self.order_value(number, "date_added")?;
        if Status::takes_stock(status) {
            self.move_stock(number, "+")?;
        }
        let catalogue = Catalogue::load(self)?;
        let mut ids = NextIds {
            order: number,
            ..self.next_ids()?
        };
        let mut rows = Rows::default();
        let edited = NewOrder {
            placed: Some(placed.replace(' ', "T").parse()?),
            ..order.clone()
        };
        let computed = compute(&edited, &catalogue)?;
        write_order(
            &edited,
            &computed,
            &catalogue,
            &mut ids,
            &mut rows,
            Some(shop_now()),
        )?;
        for table in [
            "order",
            "order_product",
            "order_option",
            "order_total",
            "order_voucher",
        ] {
            self.query(&format!(
                "DELETE FROM `oc_{table}` WHERE order_id = {number}"
            ))?;
        }
        self.query(&rows.into_sql())?;
        self.query(&format!(
            "UPDATE `oc_order` SET order_status_id = {status} WHERE order_id = {number}"
        ))?;
        if Status::takes_stock(status) {
            self.move_stock(number, "-")?;
        }
        Ok(())
    }

    /// Deletes an order, as the admin's delete button does.
    ///
    /// # Errors
    /// The database refuses.
    pub fn delete_order(&self, number: u64) -> Result<()> {
        for table in [
            "order",
            "order_product",
            "order_option",
            "order_total",
            "order_voucher",
            "order_history",
        ] {
            self.query(&format!(
                "DELETE FROM `oc_{table}` WHERE order_id = {number}"
            ))?;
        }
        Ok(())
    }

    /// A column of an order.
    ///
    /// # Errors
    /// There is no such order.
    pub fn order_value(&self, number: u64, column: &str) -> Result<String> {
        self.query(&format!(
            "SELECT {column} FROM `oc_order` WHERE order_id = {number}"
        ))?
        .into_iter()
        .flatten()
        .next()
        .with_context(|| format!("no order {number}"))
    }

    /// Stock of a product.
    ///
    /// # Errors
    /// There is no such product.
    pub fn stock(&self, model: &str) -> Result<i64> {
        Ok(self
            .query(&format!(
                "SELECT quantity FROM `oc_product` WHERE model = '{model}'"
            ))?
            .into_iter()
            .flatten()
            .next()
            .with_context(|| format!("no product {model}"))?
            .parse()?)
    }

    /// Takes an order's pieces from stock (`-`) or puts them back (`+`).
    fn move_stock(&self, order: u64, sign: &str) -> Result<()> {
        self.query(&format!(
            "UPDATE `oc_product` p JOIN (SELECT product_id, SUM(quantity) AS n FROM \
             `oc_order_product` WHERE order_id = {order} GROUP BY product_id) l USING (product_id) \
             SET p.quantity = p.quantity {sign} l.n WHERE p.subtract = 1;\n\
             UPDATE `oc_product_option_value` v JOIN (SELECT o.product_option_value_id, \
             SUM(l.quantity) AS n FROM `oc_order_option` o JOIN `oc_order_product` l \
             USING (order_product_id) WHERE o.order_id = {order} AND o.product_option_value_id > 0 \
             GROUP BY o.product_option_value_id) l USING (product_option_value_id) \
             SET v.quantity = v.quantity {sign} l.n WHERE v.subtract = 1"
        ))?;
        Ok(())
    }

    pub(super) fn next_ids(&self) -> Result<NextIds> {
        let next = |table: &str, column: &str| -> Result<u64> {
            Ok(self
                .query(&format!(
                    "SELECT IFNULL(MAX({column}), 0) + 1 FROM `oc_{table}`"
                ))?
                .into_iter()
                .flatten()
                .next()
                .context("no id")?
                .parse()?)
        };
        Ok(NextIds {
            order: next("order", "order_id")?,
            line: next("order_product", "order_product_id")?,
        })
    }
}

/// OpenCart keeps what came in through a form with these four characters escaped.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Adds an order's rows and moves the ids on; `edited` is the moment of an edit.
pub(super) fn write_order(
    order: &NewOrder,
    computed: &Computed<'_>,
    catalogue: &Catalogue,
    ids: &mut NextIds,
    rows: &mut Rows,
    edited: Option<DateTime>,
) -> Result<()> {
    let number = ids.order;
    let placed = order.placed.unwrap_or_else(shop_now);
    rows.push(
        "order",
        header(
            order,
            computed,
            catalogue,
            number,
            placed,
            edited.unwrap_or(placed),
        )?,
    );
    for line in &computed.lines {
        let name = line
            .product
            .names
            .get(&order.language)
            .cloned()
            .unwrap_or_default();
        rows.push(
            "order_product",
            vec![
                ids.line.into(),
                number.into(),
                line.product.id.into(),
                name.into(),
                line.product.model.as_str().into(),
                line.quantity.into(),
                super::cart::stored(line.price).into(),
                super::cart::stored(line.total).into(),
                super::cart::stored(line.tax).into(),
                0_u32.into(),
            ],
        );
        let chosen = line.choices.iter().map(|choice| (*choice, None));
        let typed = line
            .texts
            .iter()
            .map(|(choice, text)| (*choice, Some(text)));
        for (choice, text) in chosen.chain(typed) {
            let (name, value) = choice
                .names
                .get(&order.language)
                .cloned()
                .unwrap_or_default();
            rows.push(
                "order_option",
                vec![
                    number.into(),
                    ids.line.into(),
                    choice.product_option.into(),
                    choice.product_option_value.into(),
                    name.into(),
                    text.map_or(value, |text| escaped(text)).into(),
                    choice.kind.as_str().into(),
                ],
            );
        }
        ids.line += 1;
    }
    for (at, card) in order.gift_cards.iter().enumerate() {
        rows.push(
            "order_voucher",
            vec![
                number.into(),
                0_u32.into(),
                format!("€ {:.2} cadeaubon voor {}", card.amount, escaped(&card.to)).into(),
                format!("BON{number}{at}").into(),
                card.amount.into(),
            ],
        );
    }
    for total in &computed.totals {
        rows.push(
            "order_total",
            vec![
                number.into(),
                total.code.into(),
                total.title.as_str().into(),
                total.amount.into(),
                total.place.into(),
            ],
        );
    }
    if edited.is_none() && order.status != Status::Abandoned {
        rows.push(
            "order_history",
            vec![
                number.into(),
                order.status.id().into(),
                1_u32.into(),
                "".into(),
                sql_time(placed).into(),
            ],
        );
    }
    ids.order += 1;
    Ok(())
}

fn header(
    order: &NewOrder,
    computed: &Computed<'_>,
    catalogue: &Catalogue,
    number: u64,
    placed: DateTime,
    changed: DateTime,
) -> Result<Vec<Value>> {
    let buyer = &order.buyer;
    let name = catalogue
        .settings
        .get("config_name")
        .cloned()
        .unwrap_or_default();
    let numbers = buyer.numbers.as_ref().map_or_else(
        || "[]".to_owned(),
        |(vat, chamber)| serde_json::json!({"1": vat, "2": chamber}).to_string(),
    );
    let mut values: Vec<Value> = vec![
        number.into(),
        0_u32.into(),
        "F-".into(),
        0_u32.into(),
        name.into(),
        "http://127.0.0.1/".into(),
        buyer.customer_id.unwrap_or_default().into(),
        buyer.group.into(),
        escaped(&buyer.invoice.first_name).into(),
        escaped(&buyer.invoice.last_name).into(),
        escaped(&buyer.email).into(),
        buyer.telephone.as_str().into(),
        numbers.into(),
    ];
    let (code, title) = order.payment.code_and_title();
    values.extend(address(Some(&buyer.invoice), catalogue, title, code)?);
    let shipping = match (computed.shipped, computed.free_shipping) {
        (false, _) => ("", ""),
        (true, true) => ("Gratis verzending", "free.free"),
        (true, false) => ("Verzendkosten", "flat.flat"),
    };
    let delivery = computed.shipped.then(|| buyer.delivery());
    values.extend(address(delivery, catalogue, shipping.0, shipping.1)?);
    let (currency, rate) = order.currency;
    values.extend([
        escaped(&order.comment).into(),
        computed.total.into(),
        order.status.id().into(),
        "".into(),
        order.language.into(),
        1_u32.into(),
        currency.into(),
        rate.into(),
        sql_time(placed).into(),
        sql_time(changed).into(),
    ]);
    Ok(values)
}

fn address(
    address: Option<&PostalAddress>,
    catalogue: &Catalogue,
    method: &str,
    code: &str,
) -> Result<Vec<Value>> {
    let Some(address) = address else {
        // Nothing to ship: every column of the address is empty.
        let mut values: Vec<Value> = vec![Value::from(""); 8];
        values.extend([
            0_u32.into(),
            "".into(),
            0_u32.into(),
            "[]".into(),
            "".into(),
            "".into(),
        ]);
        return Ok(values);
    };
    let (country_id, country) = catalogue
        .countries
        .get(address.country)
        .with_context(|| format!("the shop has no country {}", address.country))?;
    Ok(vec![
        escaped(&address.first_name).into(),
        escaped(&address.last_name).into(),
        escaped(&address.company).into(),
        escaped(&address.street).into(),
        "".into(),
        escaped(&address.city).into(),
        address.postcode.as_str().into(),
        country.as_str().into(),
        (*country_id).into(),
        "".into(),
        0_u32.into(),
        "[]".into(),
        method.into(),
        code.into(),
    ])
}

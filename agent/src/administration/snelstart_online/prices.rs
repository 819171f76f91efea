//! Price agreements and promotions. SnelStart B2B v2, `/prijsafspraken`: one row for the article,
//! relation, quantity and date of the filter, which must name the article; the quantity is
//! "mandatory" and the sample's is whole.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    SnelStart,
    attempts::PRICES,
    fields::Fields,
    pages::{self, List},
};
use crate::{books::PriceQuestion, failure::Result};

impl SnelStart {
    /// The price by agreement or promotion; none when the article file's holds.
    ///
    /// # Errors
    /// What SnelStart says.
    pub(super) async fn agreed_price(&self, question: &PriceQuestion) -> Result<Option<Decimal>> {
        let filter = filter(question);
        let list = List {
            path: "prijsafspraken",
            size: pages::OTHERS,
            filter: Some(&filter),
            skip: 0,
            attempt: PRICES,
        };
        let rows = self.page(&list, 0).await?;
        // A filter that was not honoured brings the rows of others.
        let ours = rows.iter().filter(|row| answers(row, question));
        let row = ours.max_by_key(|row| row.amount("aantal").unwrap_or_default());
        Ok(row.and_then(price))
    }
}

fn filter(question: &PriceQuestion) -> String {
    let PriceQuestion {
        article,
        relation,
        quantity,
        day,
    } = question;
    let relation = relation
        .as_ref()
        .map(|relation| format!(" and Relatie/Id eq guid'{relation}'"))
        .unwrap_or_default();
    let quantity = quantity.normalize();
    format!(
        "Artikel/Id eq guid'{article}'{relation} and Aantal eq {quantity} and Datum eq datetime'{day}'"
    )
}

/// Is the row about what was asked?
fn answers(row: &Fields, question: &PriceQuestion) -> bool {
    let same = |name, id: &str| {
        row.reference(name)
            .is_none_or(|named| named.eq_ignore_ascii_case(id))
    };
    let of_customer = match &question.relation {
        Some(relation) => same("relatie", relation),
        None => row.reference("relatie").is_none(),
    };
    let day = |name| -> Option<Date> { row.moment(name).map(|moment| moment.date()) };
    same("artikel", &question.article)
        && of_customer
        && row
            .amount("aantal")
            .is_none_or(|from| from <= question.quantity)
        && day("datumVanaf").is_none_or(|from| from <= question.day)
        && day("datumTotEnMet").is_none_or(|until| question.day <= until)
}

/// Whether the discount is within the price already is not documented: where the two prices are
/// the same it is not.
fn price(row: &Fields) -> Option<Decimal> {
    let price = row.amount("verkoopprijs")?;
    let discount = row.amount("korting").unwrap_or_default();
    if row.amount("basisprijs") != Some(price) {
        return Some(price);
    }
    Some(price * (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rust_decimal::dec;

    use super::*;

    const ARTICLE: &str = "11111111-0000-0000-0000-000000000000";
    const RELATION: &str = "22222222-0000-0000-0000-000000000000";

    fn question() -> PriceQuestion {
        PriceQuestion {
            article: ARTICLE.to_owned(),
            relation: Some(RELATION.to_owned()),
            quantity: dec!(6),
            day: "2026-03-01".parse().unwrap(),
        }
    }

    fn rows(text: &str) -> Vec<Fields> {
        Fields::read_list(text).unwrap()
    }

    #[test]
    fn the_filter_names_article_customer_quantity_and_day() {
        assert_eq!(
            filter(&question()),
            format!(
                "Artikel/Id eq guid'{ARTICLE}' and Relatie/Id eq guid'{RELATION}' and Aantal eq 6 \
                 and Datum eq datetime'2026-03-01'"
            )
        );
        let anybody = PriceQuestion {
            relation: None,
            ..question()
        };
        assert!(!filter(&anybody).contains("Relatie"));
    }

    #[test]
    fn rows_of_others_other_quantities_and_other_days_do_not_answer() {
        let row = |relation: &str, from: u32, until: &str| {
            format!(
                r#"[{{"artikel":{{"id":"{ARTICLE}"}},"relatie":{{"id":"{relation}"}},"aantal":{from},
                   "verkoopprijs":8,"basisprijs":10,"datumVanaf":null,"datumTotEnMet":{until}}}]"#
            )
        };
        for (text, is_answer) in [
            (row(RELATION, 6, "null"), true),
            (row(RELATION, 7, "null"), false),
            (row(ARTICLE, 1, "null"), false),
            (row(RELATION, 1, r#""2026-02-28T00:00:00""#), false),
            (row(RELATION, 1, r#""2026-03-01T00:00:00""#), true),
        ] {
            assert_eq!(answers(&rows(&text)[0], &question()), is_answer, "{text}");
        }
    }

    #[test]
    fn a_discount_counts_where_the_price_does_not_show_it() {
        for (text, wanted) in [
            (
                r#"[{"verkoopprijs":8,"basisprijs":10,"korting":20}]"#,
                dec!(8),
            ),
            (
                r#"[{"verkoopprijs":10,"basisprijs":10,"korting":20}]"#,
                dec!(8),
            ),
            (
                r#"[{"verkoopprijs":10,"basisprijs":10,"korting":0}]"#,
                dec!(10),
            ),
        ] {
            assert_eq!(price(&rows(text)[0]), Some(wanted), "{text}");
        }
    }
}

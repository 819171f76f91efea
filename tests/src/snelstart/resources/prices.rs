//! Price agreements and promotions.

use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules, bad_filter},
    json::{Json, object, reference},
    models,
    odata::Filter,
    routes::Call,
};

/// GET /prijsafspraken: a filter on `Artikel/Id` is mandatory. The price for that article, customer,
/// quantity and day.
pub fn agreements(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let text = call.query.get("$filter").unwrap_or_default();
    if !text.is_empty() {
        let filter = Filter::new(text, &models::AGREEMENT);
        filter.map_err(|error| bad_filter(error, call.knobs))?;
    }
    if !text.contains("Artikel/Id") {
        return Err(Refusal::Answer(Answer::message(
            400,
            "Artikel/Id is verplicht in het filter.",
        )));
    }
    let asked = Asked::read(text);
    collection::list(
        asked.row(call).into_iter().collect(),
        &models::AGREEMENT,
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
}

/// What a filter on agreements asks: properties that are parameters rather than conditions.
struct Asked {
    article: Option<Uuid>,
    relation: Option<Uuid>,
    quantity: Decimal,
    day: Option<Date>,
}

impl Asked {
    fn read(filter: &str) -> Asked {
        // Name, `eq`, literal; `guid'…'` and `datetime'…'` without their wrapping.
        let literal = |name: &str| {
            let (_, rest) = filter.split_once(&format!("{name} eq "))?;
            let literal = rest.split_whitespace().next()?;
            Some(literal.split('\'').nth(1).unwrap_or(literal))
        };
        let id = |name| literal(name).and_then(|id| id.parse().ok());
        Asked {
            article: id("Artikel/Id"),
            relation: id("Relatie/Id"),
            quantity: literal("Aantal")
                .and_then(|count| count.parse().ok())
                .unwrap_or(Decimal::ONE),
            day: literal("Datum").and_then(|day| day.get(..10)?.parse().ok()),
        }
    }

    /// The one price that holds: the agreement of the highest quantity reached, else the article's
    /// own, as a row or as none.
    fn row(&self, call: &Call<'_>) -> Option<Json> {
        let article = call.world.articles.get(self.article?)?;
        let base = article.doc.amount("verkoopprijs").unwrap_or_default();
        let agreed = call
            .world
            .agreements
            .iter()
            .filter(|a| a.article == article.id && Some(a.relation) == self.relation)
            .filter(|a| a.from <= self.quantity)
            .filter(|a| self.day.is_none() || a.until.is_none() || self.day <= a.until)
            .max_by_key(|a| a.from);
        if agreed.is_none() && !call.knobs.normal_price_row {
            return None;
        }
        let moment = |day: Option<Date>| day.map(|day| format!("{day}T00:00:00"));
        Some(object! {
            "relatie": self.relation.map(|id| reference("relaties", id)),
            "artikel": reference("artikelen", article.id),
            "datum": moment(self.day),
            "aantal": self.quantity,
            "korting": Decimal::ZERO,
            "verkoopprijs": agreed.map_or(base, |agreement| agreement.price),
            "basisprijs": base,
            "datumVanaf": Json::Null,
            "datumTotEnMet": moment(agreed.and_then(|agreement| agreement.until)),
            "prijsBepalingSoort": if agreed.is_some() {
                "AfspraakPerArtikelklant"
            } else {
                "NormaleVerkoopprijs"
            },
        })
    }
}

/// GET /artikelen/prijsafspraken.
pub fn by_article(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let rows = call.world.articles.iter().filter_map(|article| {
        let all = call
            .world
            .agreements
            .iter()
            .filter(|a| a.article == article.id);
        let customers: Vec<Json> = all
            .map(|agreement| {
                let relation = call.world.relations.get(agreement.relation);
                object! {
                    "relatiePublicIdentifier": agreement.relation,
                    "relatieCode": relation.and_then(|row| row.doc.whole("relatiecode")),
                    "relatieNaam": relation.and_then(|row| row.doc.text("naam")),
                    "startdatum": Json::Null,
                    "einddatum": Json::Null,
                    "prijsIngave": "Bedrag",
                    "status": "Actief",
                    "prijsAfspraken": vec![object! {
                        "vanaf": Decimal::ONE,
                        "korting": Decimal::ZERO,
                        "verkoopprijs": agreement.price,
                    }],
                }
            })
            .collect();
        (!customers.is_empty()).then(|| {
            object! {
                "artikelCode": article.doc.text("artikelcode"),
                "artikelOmschrijving": article.doc.text("omschrijving"),
                "basisprijs": article.doc.amount("verkoopprijs"),
                "klantAfspraken": customers,
            }
        })
    });
    let cap = call.knobs.article_cap;
    let rules = Rules {
        filter: true,
        cap,
        without_top: cap,
    };
    collection::list(
        rows.collect(),
        &models::ARTICLE_AGREEMENTS,
        &call.query,
        &rules,
        call.knobs,
    )
}

/// GET /actieprijzen: this administration has none.
pub fn promotions(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(200, &Json::List(Vec::new())))
}

//! Price agreements and promotions.

use rust_decimal::Decimal;

use super::super::{
    answer::{Answer, Refusal},
    collection::{self, Rules, bad_filter},
    json::{Json, object, reference},
    models,
    odata::Filter,
    routes::Call,
};

/// GET /prijsafspraken: a filter on `Artikel/Id` is mandatory.
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
    let base = |id| {
        call.world
            .articles
            .get(id)
            .and_then(|row| row.doc.amount("verkoopprijs"))
    };
    let rows = call.world.agreements.iter().map(|agreement| {
        object! {
            "relatie": reference("relaties", agreement.relation),
            "artikel": reference("artikelen", agreement.article),
            "datum": Json::Null,
            "aantal": Decimal::ONE,
            "korting": Decimal::ZERO,
            "verkoopprijs": agreement.price,
            "basisprijs": base(agreement.article).unwrap_or_default(),
            "datumVanaf": Json::Null,
            "datumTotEnMet": Json::Null,
            "prijsBepalingSoort": "AfspraakPerArtikelklant",
        }
    });
    collection::list(
        rows.collect(),
        &models::AGREEMENT,
        &call.query,
        &Rules::ODATA,
        call.knobs,
    )
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

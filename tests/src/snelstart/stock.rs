//! Stock of articles: what was counted, less what orders took. Free stock falls from the stage on
//! that the company set (`verkooporderVoorraadVanafNiveau`), technical stock on delivery or invoice.

use std::collections::HashMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    json::Json,
    knobs::{Knobs, RecipeStock, TechnicalStock},
    world::World,
};

/// Pieces orders took, per article.
#[derive(Debug, Default)]
pub struct Taken {
    free: HashMap<Uuid, Decimal>,
    technical: HashMap<Uuid, Decimal>,
}

/// How far an order has come; a level counts an order that came at least as far.
fn stage_rank(stage: &str) -> u8 {
    match stage {
        "Offerte" => 1,
        "Bevestiging" => 3,
        "Werkbon" => 4,
        "Pakbon" | "Afhaalbon" => 5,
        "Contantbon" | "Factuur" => 6,
        _ => 0,
    }
}

fn level_rank(level: &str) -> u8 {
    match level {
        "Offerte" => 1,
        "BackOrder" => 2,
        "Bevestiging" => 3,
        "Werkbon" => 4,
        "PakbonEnAfhaalbon" => 5,
        "FactuurEnContantbon" => 6,
        _ => 0,
    }
}

/// What all orders together took.
#[must_use]
pub fn taken(world: &World, knobs: &Knobs) -> Taken {
    let level = world
        .company
        .text("verkooporderVoorraadVanafNiveau")
        .unwrap_or("Alle");
    let free_from = level_rank(level);
    let technical_from = match knobs.technical_stock {
        TechnicalStock::AtPackingSlip => 5,
        TechnicalStock::AtInvoice => 6,
    };
    let mut taken = Taken::default();
    for order in world.orders.iter() {
        let stage = stage_rank(order.doc.text("procesStatus").unwrap_or("Order"));
        for line in order.doc.list("regels") {
            let Some(article) = line.reference("artikel") else {
                continue;
            };
            let quantity = line.amount("aantal").unwrap_or_default();
            let taken_by = match knobs.recipes {
                RecipeStock::Parts => parts(world, article, quantity),
                RecipeStock::Lines => vec![(article, quantity)],
            };
            for (id, pieces) in taken_by {
                if stage >= free_from {
                    *taken.free.entry(id).or_default() += pieces;
                }
                if stage >= technical_from {
                    *taken.technical.entry(id).or_default() += pieces;
                }
            }
        }
    }
    taken
}

/// An article made of others takes its parts from stock, any other itself.
fn parts(world: &World, article: Uuid, quantity: Decimal) -> Vec<(Uuid, Decimal)> {
    let made_of = world
        .articles
        .get(article)
        .map(|row| row.doc.list("subartikelen"));
    let parts: Vec<(Uuid, Decimal)> = made_of
        .unwrap_or_default()
        .iter()
        .filter_map(|part| {
            let id = part.text("id")?.parse().ok()?;
            Some((id, quantity * part.amount("aantal").unwrap_or(Decimal::ONE)))
        })
        .collect();
    if parts.is_empty() {
        vec![(article, quantity)]
    } else {
        parts
    }
}

/// Technical and free stock of an article.
#[must_use]
pub fn of_article(world: &World, taken: &Taken, id: Uuid) -> (Decimal, Decimal) {
    let counted = world.counted.get(&id).copied().unwrap_or_default();
    let less = |from: &HashMap<Uuid, Decimal>| counted - from.get(&id).copied().unwrap_or_default();
    (less(&taken.technical), less(&taken.free))
}

/// Articles of an order that keep stock, for moving their stamp.
#[must_use]
pub fn articles_of(world: &World, order: &Json) -> Vec<Uuid> {
    let lines = order
        .list("regels")
        .iter()
        .filter_map(|line| line.reference("artikel"));
    lines
        .flat_map(|id| parts(world, id, Decimal::ONE))
        .map(|(id, _)| id)
        .collect()
}

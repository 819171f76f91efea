//! The steps of a test of the shop's side, as the owner reads them. Nothing is changed.

use jiff::SignedDuration;

use super::{
    SconnectShop, diagnosis, pages,
    records::Introduction,
    wire::{PATH, Question, WOOCOMMERCE_PATH},
};
use crate::{
    failure::{Class, Failure, Result},
    shop::deploy::Side,
    step::Step,
    text,
    text::Text,
};

/// Commands no task can do without.
const NEEDED: [&str; 3] = ["orders", "voorraad", "voorraad_bijwerken"];

/// Looks at everything; the steps stop at the first one the next ones rest on.
pub async fn check(side: &Side<'_>) -> Vec<Step> {
    let shop = match SconnectShop::open(side) {
        Ok(shop) => shop,
        Err(failure) => return vec![Step::failed("shop-address", &failure)],
    };
    let mut steps = Vec::new();
    let who = match introduction(&shop).await {
        Ok(who) => who,
        Err(failure) => return vec![Step::failed("sconnect-hello", &failure)],
    };
    steps.push(answered(&who.0));
    steps.extend(clock(who.1));
    let commands = commands(&who.0);
    let complete = commands.ok;
    steps.push(commands);
    if complete {
        steps.push(step("sconnect-orders", orders(&shop).await));
        steps.push(step("sconnect-stock", stock(&shop).await));
        if let Some(from) = shop.articles_from {
            let from = from.to_string();
            steps.push(step("sconnect-articles", articles(&shop, &from).await));
        }
    }
    steps
}

fn step(name: &str, found: Result<Step>) -> Step {
    found.unwrap_or_else(|failure| Step::failed(name, &failure))
}

/// Who is there; where nobody is, or we are refused, what can be found out about why.
async fn introduction(shop: &SconnectShop) -> Result<(Introduction, i64)> {
    let question = Question::get("koppeling_maken", Vec::new());
    let failure = match shop.introduced().await {
        Ok(introduced) => return Ok((introduced.who.clone(), introduced.offset)),
        Err(failure) => failure,
    };
    if failure.class == Class::Credentials && shop.wire.accepts_ticks(&question).await? {
        let introduced = shop.introduced().await?;
        return Ok((introduced.who.clone(), introduced.offset));
    }
    if matches!(failure.code.as_str(), "sconnect-missing" | "sconnect-html") {
        return Err(elsewhere(shop, failure, &question).await);
    }
    Err(failure)
}

/// The API at the other path it is known to have.
async fn elsewhere(shop: &SconnectShop, failure: Failure, question: &Question) -> Failure {
    let here = shop.wire.url().path();
    let other = if here.ends_with(WOOCOMMERCE_PATH) {
        return failure;
    } else {
        WOOCOMMERCE_PATH
    };
    debug_assert!(here.ends_with(PATH));
    match shop.wire.found_at(other, question).await {
        Some(url) => failure.hint(text!(
            "De plug-in antwoordt wel op {url}: zet dat adres bij [shop] url",
            "The plug-in does answer at {url}: put that address at [shop] url"
        )),
        None => failure,
    }
}

fn answered(who: &Introduction) -> Step {
    let name = &who.api_informatie.naam;
    let version = &who.api_informatie.version;
    Step::passed(
        "sconnect-hello",
        text!(
            "De S-Connect-plug-in {name} {version} antwoordt",
            "The S-Connect plug-in {name} {version} answers"
        ),
    )
}

fn clock(offset: i64) -> Option<Step> {
    if offset.abs() <= diagnosis::CLOCK {
        return None;
    }
    let minutes = offset.abs() / 60;
    Some(
        Step::passed(
            "clock",
            text!(
                "De klok van deze computer verschilt {minutes} minuten van die van de winkel",
                "This computer's clock differs from the shop's by {minutes} minutes"
            ),
        )
        .hint(text!(
            "Zet de klok van deze computer goed",
            "Set this computer's clock right"
        )),
    )
}

fn commands(who: &Introduction) -> Step {
    let known: Vec<&str> = who
        .api_configuratie
        .methoden
        .split('|')
        .map(str::trim)
        .collect();
    let missing: Vec<&str> = NEEDED
        .into_iter()
        .filter(|command| !known.contains(command))
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Step::failed("sconnect-commands", &diagnosis::too_old(&missing));
    }
    let hint = if who.api_configuratie.voorraad_bijhouden == Some(false) {
        text!(
            "De winkel houdt volgens zijn instellingen standaard geen voorraad bij",
            "By its settings the shop keeps no stock by default"
        )
    } else {
        Text::default()
    };
    Step::passed(
        "sconnect-commands",
        text!(
            "De plug-in kan bestellingen geven en voorraad lezen en schrijven",
            "The plug-in can give orders, and read and write stock"
        ),
    )
    .hint(hint)
}

/// The list of orders, and whether the shop keeps to the moment it is asked for: in an hour's time
/// there is nothing yet.
async fn orders(shop: &SconnectShop) -> Result<Step> {
    let from = shop.moment(shop.since(None).await?).await?;
    let (records, offset) = pages::page(&shop.wire, "orders", Some(&from), 0).await?;
    let later = shop
        .wire
        .shop_now(offset)
        .checked_add(SignedDuration::from_hours(1))
        .unwrap_or(shop.clock.now());
    let later = shop.moment(later).await?;
    let (future, _) = pages::page(&shop.wire, "orders", Some(&later), 0).await?;
    let count = records.len();
    let shown = if count >= pages::PAGE {
        format!("{count}+")
    } else {
        count.to_string()
    };
    let step = Step::passed(
        "sconnect-orders",
        text!(
            "Bestellingen op de lijst van de winkel vanaf het begin dat u koos: {shown}",
            "Orders on the shop's list from the start you chose: {shown}"
        ),
    );
    Ok(if future.is_empty() {
        step
    } else {
        step.hint(text!(
            "De winkel let niet op het begintijdstip: van de dag zelf komen alle bestellingen mee, van eerdere dagen geen",
            "The shop does not heed the start time: all orders of that day itself come along, none of earlier days"
        ))
    })
}

async fn stock(shop: &SconnectShop) -> Result<Step> {
    let (records, _) = pages::page(&shop.wire, "voorraad", None, 0).await?;
    for record in &records {
        super::stock::level(record.get())?;
    }
    let count = records.len();
    Ok(Step::passed(
        "sconnect-stock",
        text!(
            "De winkel geeft voorraad ({count} artikelen op de eerste pagina)",
            "The shop gives stock ({count} articles on the first page)"
        ),
    ))
}

async fn articles(shop: &SconnectShop, from: &str) -> Result<Step> {
    let products = crate::shop::Shop::products(shop, Some(from), None).await?;
    let count = products.records.len();
    Ok(Step::passed(
        "sconnect-articles",
        text!(
            "Artikelen die de winkel geeft vanaf {from}: {count}",
            "Articles the shop gives from {from} on: {count}"
        ),
    ))
}

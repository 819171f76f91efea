//! What testing the connection says of an order's own fields: its template in every case, its cost
//! centre, who invoices, and articles made of others.

use super::{
    Administration, Mirror,
    check::{missing, same, there_are},
};
use crate::{
    books::Lookups,
    failure::Result,
    journal::Journal,
    profile::{
        Settings,
        settings::{Form, InvoicedBy, Recipes},
    },
    step::Step,
    text,
    text::Text,
};

/// Is every template the settings name in the books?
pub(crate) fn has_templates(settings: &Settings, lookups: &Lookups) -> bool {
    let mut wanted = named_templates(settings).into_iter();
    wanted.all(|(_, name)| is_template(lookups, name))
}

/// Key and name of each template of the settings.
fn named_templates(settings: &Settings) -> Vec<(&'static str, &str)> {
    let sales = &settings.sales;
    let one = [("sales.template", sales.template.trim())];
    let rules = sales.templates.iter();
    let rules = rules.map(|rule| ("sales.templates", rule.template.trim()));
    let mut wanted: Vec<(&str, &str)> = one.into_iter().chain(rules).collect();
    wanted.retain(|(_, name)| !name.is_empty());
    wanted.dedup();
    wanted
}

fn is_template(lookups: &Lookups, name: &str) -> bool {
    let mut active = lookups.templates.iter().filter(|template| template.active);
    active.any(|known| same(&known.name, name) || same(&known.id, name))
}

/// Every template the settings name, each missing one by its key.
pub(super) fn templates(settings: &Settings, lookups: &Lookups) -> Vec<Step> {
    let sales = &settings.sales;
    let active = || lookups.templates.iter().filter(|template| template.active);
    let wanted = named_templates(settings);
    let mut steps: Vec<Step> = wanted
        .iter()
        .filter(|(_, name)| !is_template(lookups, name))
        .map(|(key, name)| {
            missing(
                "sales-template",
                "sjabloon-ontbreekt",
                text!(
                    "Het verkoopsjabloon \"{name}\" ({key}) bestaat niet in de administratie",
                    "The sales template \"{name}\" ({key}) does not exist in the administration"
                ),
                there_are(active().map(|template| template.name.clone())),
            )
        })
        .collect();
    // Booked invoices have no template.
    let needs_none = wanted.is_empty() && sales.form == Form::Booking;
    if steps.is_empty() && !needs_none {
        steps.push(Step::passed("sales-template", found(&wanted)));
    }
    steps
}

fn found(wanted: &[(&str, &str)]) -> Text {
    match wanted {
        [] => text!(
            "Verkooporders krijgen het standaardsjabloon",
            "Sales orders get the default template"
        ),
        [(_, name)] => text!(
            "Het verkoopsjabloon \"{name}\" bestaat",
            "The sales template \"{name}\" exists"
        ),
        several => {
            let count = several.len();
            match count {
                1 => text!(
                    "Het verkoopsjabloon uit de instellingen bestaat",
                    "The sales template of the settings exists"
                ),
                count => text!(
                    "Alle {count} verkoopsjablonen uit de instellingen bestaan",
                    "All {count} sales templates of the settings exist"
                ),
            }
        }
    }
}

/// The cost centre of the settings.
pub(super) fn cost_centre(settings: &Settings, lookups: &Lookups) -> Option<Step> {
    let wanted = settings.sales.cost_centre.trim();
    if wanted.is_empty() {
        return None;
    }
    let name = "cost-centre";
    let active = || lookups.cost_centres.iter().filter(|centre| centre.active);
    let is_there =
        active().any(|centre| same(&centre.name, wanted) || centre.number.to_string() == wanted);
    if is_there {
        return Some(Step::passed(
            name,
            text!(
                "De kostenplaats \"{wanted}\" bestaat",
                "The cost centre \"{wanted}\" exists"
            ),
        ));
    }
    let hint = if lookups.cost_centres.is_empty() {
        text!(
            "De administratie geeft geen enkele kostenplaats: maak hem in de administratie, of kijk of uw pakket en de rechten van de koppeling kostenplaatsen bevatten.",
            "The administration gives no cost centre at all: make it there, or see whether your package and the connection's rights include cost centres."
        )
    } else {
        there_are(active().map(|centre| format!("{} {}", centre.number, centre.name)))
    };
    Some(missing(
        name,
        "kostenplaats-ontbreekt",
        text!(
            "De kostenplaats \"{wanted}\" (sales.cost_centre) bestaat niet in de administratie",
            "The cost centre \"{wanted}\" (sales.cost_centre) does not exist in the administration"
        ),
        hint,
    ))
}

/// Who invoices, said plainly; not chosen asks for the owner's eyes: a shop that mails invoices
/// itself would have every sale invoiced twice.
pub(super) fn who_invoices(settings: &Settings) -> Step {
    let sales = &settings.sales;
    let name = "who-invoices";
    match sales.invoiced_by {
        _ if sales.form == Form::Booking => Step::passed(
            name,
            text!(
                "Verkoopboekingen (sales.form = \"booking\"): de facturen van de winkel zelf worden geboekt",
                "Verkoopboekingen (sales.form = \"booking\"): the shop's own invoices are booked"
            ),
        ),
        Some(InvoicedBy::Snelstart) => Step::passed(
            name,
            text!(
                "SnelStart factureert de verkooporders",
                "SnelStart invoices the sales orders"
            ),
        ),
        Some(InvoicedBy::Shop) => Step::passed(
            name,
            text!(
                "De winkel factureert; elke verkooporder wordt geblokkeerd en gemerkt, zodat niemand haar nog eens factureert",
                "The shop invoices; every sales order is blocked and marked, so that nobody invoices it again"
            ),
        ),
        None => Step::attention(
            name,
            text!(
                "Nog niet gekozen wie factureert: orders staan klaar om in de administratie gefactureerd te worden",
                "Who invoices was not chosen yet: orders stand ready to be invoiced in the administration"
            ),
        )
        .hint(text!(
            "Schrijf in [sales] invoiced_by = \"snelstart\", of \"shop\" als uw winkel zelf facturen verstuurt.",
            "Write invoiced_by = \"snelstart\" in [sales], or \"shop\" if your shop sends invoices itself."
        )),
    }
}

/// Articles made of others: those the settings name, and that the books do not say what becomes of
/// the rest.
pub(super) async fn recipes(
    settings: &Settings,
    books: &dyn Administration,
    journal: &Journal,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for code in settings.sales.recipe.keys() {
        match books.find_articles(code.trim()).await {
            Ok(found) if found.iter().any(|article| article.has_parts) => {}
            Ok(found) => steps.push(no_recipe(code, found.is_empty())),
            Err(failure) => {
                steps.push(Step::failed("recipes", &failure));
                return steps;
            }
        }
    }
    match unsaid(settings, journal) {
        Ok(Some(step)) => steps.push(step),
        Ok(None) => {}
        Err(failure) => steps.push(Step::failed("recipes", &failure)),
    }
    steps
}

fn no_recipe(code: &str, is_missing: bool) -> Step {
    let hint = text!(
        "Haal \"{code}\" uit [sales.recipe], of verbeter de code.",
        "Remove \"{code}\" from [sales.recipe], or correct the code."
    );
    if is_missing {
        return missing(
            "recipes",
            "artikel-ontbreekt",
            text!(
                "Artikel \"{code}\" (sales.recipe) bestaat niet in de administratie",
                "Article \"{code}\" (sales.recipe) does not exist in the administration"
            ),
            hint,
        );
    }
    missing(
        "recipes",
        "geen-recept",
        text!(
            "Artikel \"{code}\" (sales.recipe) is niet uit andere artikelen samengesteld",
            "Article \"{code}\" (sales.recipe) is not made of other articles"
        ),
        hint,
    )
}

/// Articles with parts for which neither the books nor the owner say what becomes of them, as the
/// mirror knows them.
fn unsaid(settings: &Settings, journal: &Journal) -> Result<Option<Step>> {
    let sales = &settings.sales;
    if sales.recipes != Recipes::Respected(true) {
        return Ok(None);
    }
    let Some(mirror) = Mirror::known(journal, &settings.name)? else {
        return Ok(None);
    };
    let is_said = |code: &str| sales.recipe.keys().any(|known| known.trim() == code);
    let mut codes: Vec<String> = mirror
        .articles()?
        .into_iter()
        .filter(|article| article.active && article.has_parts && article.recipe.is_none())
        .map(|article| article.code)
        .filter(|code| !is_said(code))
        .collect();
    let count = codes.len();
    if count == 0 {
        return Ok(None);
    }
    codes.truncate(5);
    let mut codes = codes.join(", ");
    if count > 5 {
        codes.push_str(", …");
    }
    Ok(Some(
        Step::attention(
            "recipes",
            text!(
                "{count} artikelen zijn samengesteld ({codes}); deze administratie zegt niet of hun delen op de order horen, en zij komen er alleen op",
                "{count} articles are made of others ({codes}); this administration does not say whether their parts belong on the order, and they go onto it alone"
            ),
        )
        .hint(text!(
            "Kijk na een eerste order of de voorraad van de delen daalde. Zo niet, schrijf dan in [sales] recipes = \"always\", of per artikel in [sales.recipe].",
            "See after a first order whether the stock of the parts fell. If not, write recipes = \"always\" in [sales], or per article in [sales.recipe]."
        )),
    ))
}

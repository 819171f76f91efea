//! Extra fields the settings name, compared with those the administration has.

use super::Administration;
use crate::{
    failure::Failure,
    profile::{
        Settings,
        mapping::{Target, rules},
        read::nearest,
    },
    step::Step,
    text,
};

/// Names of extra fields in the settings, each with the setting it stands in.
struct Named {
    setting: &'static str,
    name: String,
}

/// One step for articles, one for customers; none where the settings name no extra field.
pub(super) async fn check(settings: &Settings, books: &dyn Administration) -> Vec<Step> {
    // The profile was read, so its rules can be.
    let rules = rules(&settings.mapping).unwrap_or_default();
    let (mut articles, mut relations) = (Vec::new(), Vec::new());
    for rule in rules {
        let setting = "mapping.to";
        match rule.target {
            Target::ArticleExtra(name) => articles.push(Named { setting, name }),
            Target::RelationExtra(name) => relations.push(Named { setting, name }),
            _ => {}
        }
    }
    if settings.articles.code_in_extra_field() {
        articles.push(Named {
            setting: "articles.code_field",
            name: settings.articles.code_field.clone(),
        });
    }
    if articles.is_empty() && relations.is_empty() {
        return Vec::new();
    }
    let there = match books.extra_fields().await {
        Ok(there) => there,
        Err(failure) => return vec![Step::failed("extra-fields", &failure)],
    };
    let lists = [
        ("extra-fields-articles", articles, there.articles),
        ("extra-fields-customers", relations, there.relations),
    ];
    lists
        .into_iter()
        .filter_map(|(step, named, known)| compared(step, &named, known.as_deref()))
        .collect()
}

fn compared(step: &str, named: &[Named], known: Option<&[String]>) -> Option<Step> {
    if named.is_empty() {
        return None;
    }
    let Some(known) = known else {
        return Some(Step::attention(
            step,
            text!(
                "De extra velden zijn nog niet te vergelijken: de administratie noemt ze pas als er een artikel of klant is",
                "The extra fields cannot be compared yet: the administration only tells them once there is an article or customer"
            ),
        ));
    };
    let has = |name: &str| {
        known
            .iter()
            .any(|known| known.trim().to_lowercase() == name.trim().to_lowercase())
    };
    let Some(stranger) = named.iter().find(|named| !has(&named.name)) else {
        let count = named.len();
        return Some(Step::passed(
            step,
            text!(
                "Alle {count} extra velden uit de instellingen bestaan",
                "All {count} extra fields of the settings exist"
            ),
        ));
    };
    let (name, setting) = (&stranger.name, stranger.setting);
    let all = known.join(", ");
    let meant = nearest(name, known.iter().map(String::as_str));
    let failure = Failure::misconfigured(
        "extra-field-unknown",
        text!(
            "Het extra veld \"{name}\" ({setting}) bestaat niet in de administratie",
            "The extra field \"{name}\" ({setting}) does not exist in the administration"
        ),
    )
    .hint(match meant {
        Some(meant) => text!(
            "Bedoelt u {meant}? Er zijn: {all}.",
            "Do you mean {meant}? There are: {all}."
        ),
        None => text!("Er zijn: {all}.", "There are: {all}."),
    });
    Some(Step::failed(step, &failure))
}

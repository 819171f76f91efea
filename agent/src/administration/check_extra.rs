//! Extra fields the settings name, compared with those the administration has.

use super::{Administration, another_target};
use crate::{
    failure::Failure,
    profile::{
        Settings,
        mapping::{Target, rules},
        read::nearest,
    },
    step::Step,
    text,
    text::Text,
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
        ("extra-fields-articles", articles, &there.articles),
        ("extra-fields-customers", relations, &there.relations),
    ];
    lists
        .into_iter()
        .filter_map(|(step, named, known)| compared(step, &named, known.as_deref(), there.never))
        .collect()
}

fn compared(step: &str, named: &[Named], known: Option<&[String]>, never: bool) -> Option<Step> {
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
    let Some(stranger) = named.iter().find(|named| !has(known, &named.name)) else {
        return Some(Step::passed(
            step,
            match named.len() {
                1 => text!(
                    "Het extra veld uit de instellingen bestaat",
                    "The extra field of the settings exists"
                ),
                count => text!(
                    "Alle {count} extra velden uit de instellingen bestaan",
                    "All {count} extra fields of the settings exist"
                ),
            },
        ));
    };
    let wrong = |text| Failure::misconfigured(UNKNOWN, text);
    let failure = unknown(&stranger.name, stranger.setting, known, never, wrong);
    Some(Step::failed(step, &failure))
}

/// The first of these names no extra field has, as it is said to the owner; none where all are there,
/// or where nobody can tell. `never`: none can be made there.
pub(crate) fn first_unknown<'n>(
    mut names: impl Iterator<Item = &'n String>,
    known: Option<&[String]>,
    never: bool,
) -> Option<Failure> {
    let known = known?;
    let stranger = names.find(|name| !has(known, name))?;
    let refused = |text| Failure::refused(UNKNOWN, text);
    Some(unknown(
        stranger,
        "[[mapping]], articles.code_field",
        known,
        never,
        refused,
    ))
}

fn has(known: &[String], name: &str) -> bool {
    known
        .iter()
        .any(|known| known.trim().to_lowercase() == name.trim().to_lowercase())
}

const UNKNOWN: &str = "extra-field-unknown";

fn unknown(
    name: &str,
    setting: &str,
    known: &[String],
    never: bool,
    failure: impl FnOnce(Text) -> Failure,
) -> Failure {
    let all = known.join(", ");
    let meant = nearest(name, known.iter().map(String::as_str));
    failure(text!(
        "Het extra veld \"{name}\" ({setting}) bestaat niet in de administratie",
        "The extra field \"{name}\" ({setting}) does not exist in the administration"
    ))
    .hint(match meant {
        Some(meant) => text!(
            "Bedoelt u {meant}? Er zijn: {all}.",
            "Do you mean {meant}? There are: {all}."
        ),
        None if never => another_target(),
        None if known.is_empty() => text!(
            "Er zijn daar geen extra velden. Maak het veld in de administratie aan, of kies in het profiel een ander doel.",
            "There are no extra fields there. Make the field in the administration, or choose another target in the profile."
        ),
        None => text!("Er zijn: {all}.", "There are: {all}."),
    })
}

//! The cost articles of a profile: what is missing, and having it made. The profile names each code
//! before it is written, so that a repeat finds what was begun.

use std::sync::Arc;

use jiff::Timestamp;

use super::Workplace;
use crate::{
    administration::{
        self, Administration, Mirror,
        cost_articles::{self, Chosen, Offer, Unclear},
    },
    books::Company,
    failure::Result,
    profile::{Settings, edit::NewCode},
    step::Step,
    text,
};

/// A profile's books, opened.
struct Opened {
    books: Arc<dyn Administration>,
    company: Company,
    mirror: Option<Mirror>,
}

impl Opened {
    async fn of(place: &Workplace, settings: &Settings) -> Result<Self> {
        let books = administration::open(
            settings,
            place.secrets.as_ref(),
            &place.journal,
            place.data.path(),
            place.clock.clone(),
            &place.stop,
        )?;
        let company = books.company().await?;
        // Another administration than the one this profile wrote to so far is refused here.
        let known = Mirror::known(&place.journal, &settings.name)?;
        if known.is_some() {
            Mirror::bind(&place.journal, &settings.name, &company)?;
        }
        Ok(Self {
            books,
            company,
            mirror: known,
        })
    }

    async fn offer(&self, settings: &Settings, now: Timestamp, groups: &Chosen) -> Result<Offer> {
        let lookups = self.books.lookups().await?;
        let (books, mirror) = (self.books.as_ref(), self.mirror.as_ref());
        let company = &self.company;
        cost_articles::offer(settings, company, &lookups, books, mirror, now, groups).await
    }
}

/// What is missing. Nothing is changed.
///
/// # Errors
/// What the books say.
pub(super) async fn offer(
    place: &Workplace,
    settings: &Settings,
    groups: &Chosen,
) -> Result<Offer> {
    let opened = Opened::of(place, settings).await?;
    opened.offer(settings, place.clock.now(), groups).await
}

/// Fills the codes into the profile and makes the articles.
///
/// # Errors
/// What the books say before anything was changed; the profile or the journal cannot be written.
pub(super) async fn make(place: &Workplace, profile: &str, groups: &Chosen) -> Result<Vec<Step>> {
    let profiles = place.data.profiles();
    let profile = profiles.get(profile)?;
    let opened = Opened::of(place, &profile.settings).await?;
    let now = place.clock.now();
    let offer = opened.offer(&profile.settings, now, groups).await?;
    let mut steps = Vec::new();
    let codes = new_codes(&offer);
    if !codes.is_empty() {
        profiles.save(&profile.with_codes(&codes)?)?;
        steps.push(filled(&codes));
    }
    let made = cost_articles::make(
        &offer.articles,
        opened.books.as_ref(),
        &opened.company.id,
        &place.journal,
        opened.mirror.as_ref(),
        &place.clock,
    )
    .await?;
    steps.extend(made);
    steps.extend(offer.not);
    steps.extend(offer.unclear.into_iter().map(Unclear::into_step));
    if steps.is_empty() {
        steps.push(Step::passed(
            "cost-articles",
            text!(
                "Er ontbreekt geen kostenartikel",
                "No cost article is missing"
            ),
        ));
    }
    Ok(steps)
}

fn new_codes(offer: &Offer) -> Vec<NewCode> {
    let unnamed = offer.articles.iter().filter(|article| !article.named);
    unnamed
        .map(|article| NewCode {
            setting: article.setting.clone(),
            kind: (!article.alone).then_some(article.kind),
            code: article.code.clone(),
        })
        .collect()
}

fn filled(codes: &[NewCode]) -> Step {
    let count = codes.len();
    Step::passed(
        "settings-filled",
        match count {
            1 => text!(
                "1 artikelcode in het profiel ingevuld (onder [sales])",
                "1 article code filled into the profile (under [sales])"
            ),
            count => text!(
                "{count} artikelcodes in het profiel ingevuld (onder [sales])",
                "{count} article codes filled into the profile (under [sales])"
            ),
        },
    )
}

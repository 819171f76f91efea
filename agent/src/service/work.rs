//! The actions as they are: the profile's shop and books over the network.

use async_trait::async_trait;

use super::{
    Workplace,
    action::{BridgeEnd, BridgeReport, ShopChoice, Which},
    lock, owner, renewal, sources, watchman,
    workplace::Work,
};
use crate::{
    administration,
    failure::Result,
    journal::{credits::Left, retention::Forgotten},
    profile::{Settings, settings::ShopKind},
    shop::{
        self,
        deploy::{self, Side, Why, template::Templates},
        keys::{self, NewKey},
    },
    step::Step,
    sync::{self, RunOptions, RunReport, Task, names},
};

/// Works on the real shop and the real books.
#[derive(Debug, Default, Clone, Copy)]
pub struct Connected;

#[async_trait]
impl Work for Connected {
    async fn run(
        &self,
        place: &Workplace,
        settings: &Settings,
        task: Task,
        dry_run: bool,
    ) -> RunReport {
        if !dry_run && let Err(failure) = renewal::when_due(place, &place.side(settings)).await {
            tracing::warn!(%failure, "the file in the shop was not renewed");
            if keys::is_a_change(&failure.code) {
                return RunReport::failed(&settings.name, task, place.clock.now(), &failure);
            }
        }
        if !dry_run
            && let Err(failure) = watchman::look_when_due(place, &place.side(settings)).await
        {
            tracing::warn!(%failure, "the file in the shop was not looked at");
        }
        let at_work = sync::Place {
            settings,
            data: &place.data,
            secrets: place.secrets.as_ref(),
            journal: &place.journal,
            clock: &place.clock,
            observer: place.observer.as_ref(),
            stop: &place.stop,
        };
        let report = sync::run(&at_work, task, RunOptions { dry_run }).await;
        let Some(code) = report.failure.as_ref().map(|failure| &failure.code) else {
            return report;
        };
        if dry_run || !needs_file(settings) {
            return report;
        }
        match renewal::mended(place, &place.side(settings), code).await {
            Ok(true) => sync::run(&at_work, task, RunOptions { dry_run }).await,
            Ok(false) => report,
            Err(failure) => {
                tracing::warn!(%failure, "the file in the shop was not placed anew");
                report
            }
        }
    }

    async fn check(&self, place: &Workplace, settings: &Settings) -> Vec<Step> {
        let side = place.side(settings);
        let mut steps = shop::check(&side).await;
        if steps.iter().all(|step| step.ok) {
            steps.extend(shop_names(&side).await);
            steps.extend(sources::check(&side).await);
        }
        let books = administration::open(
            settings,
            place.secrets.as_ref(),
            &place.journal,
            place.data.path(),
            place.clock.clone(),
            &place.stop,
        );
        steps.extend(administration::check(settings, &books, &place.journal).await);
        steps
    }

    async fn deploy(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport> {
        if !needs_file(settings) {
            return Ok(not_needed());
        }
        let templates = Templates::embedded()?;
        let report = deploy::deploy(&place.side(settings), &templates, Why::Asked).await?;
        Ok(bridge_report(report))
    }

    async fn shops(&self, place: &Workplace, settings: &Settings) -> Result<Vec<ShopChoice>> {
        let found = deploy::shops(&place.side(settings)).await?;
        let choice = |shop: &deploy::finding::ShopFound| ShopChoice {
            folder: deploy::finding::as_setting(&shop.folder).to_owned(),
            line: deploy::shop_line(shop),
        };
        Ok(found.iter().map(choice).collect())
    }

    async fn untrusted_keys(&self, place: &Workplace, settings: &Settings) -> Result<Vec<NewKey>> {
        deploy::untrusted(&place.side(settings)).await
    }

    async fn withdraw(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport> {
        if !needs_file(settings) {
            return Ok(not_needed());
        }
        let report = deploy::withdraw(&place.side(settings)).await?;
        Ok(bridge_report(report))
    }

    async fn remove_others(&self, place: &Workplace, settings: &Settings) -> Result<BridgeReport> {
        if !needs_file(settings) {
            return Ok(not_needed());
        }
        let report = deploy::remove_others(&place.side(settings)).await?;
        Ok(bridge_report(report))
    }

    async fn retry(&self, place: &Workplace, profile: &str, which: &Which) -> Result<u64> {
        // Held while it lasts, so that no run begins in between; where one is going on already it has
        // the lock, and what it has in hand is not touched.
        let lock = lock::profile(&place.data, profile)?;
        let under_way = lock.is_none();
        owner::retry(&place.journal, profile, which, under_way, place.clock.now())
    }

    async fn skip(&self, place: &Workplace, profile: &str, order: &str, why: &str) -> Result<Left> {
        owner::skip(&place.journal, profile, order, why, place.clock.now())
    }

    async fn forget(&self, place: &Workplace, profile: &str, customer: &str) -> Result<Forgotten> {
        let forgotten = place.journal.forget(profile, customer, place.clock.now())?;
        administration::forget_in_trial(
            place.data.path(),
            profile,
            place.clock.clone(),
            &forgotten.words,
        )?;
        Ok(forgotten)
    }
}

/// Only asked once the shop's side is known to work.
async fn shop_names(side: &Side<'_>) -> Vec<Step> {
    let lookups = match shop::open(side) {
        Ok(shop) => shop.lookups().await,
        Err(failure) => Err(failure),
    };
    match lookups {
        Ok(lookups) => names::check(side.settings, &lookups),
        Err(failure) => vec![Step::failed("shop-names", &failure)],
    }
}

/// Is a file of ours in a shop of that kind?
fn needs_file(settings: &Settings) -> bool {
    settings.shop.kind == ShopKind::Bridge
}

fn not_needed() -> BridgeReport {
    BridgeReport {
        end: BridgeEnd::NotNeeded,
        steps: Vec::new(),
        left: Vec::new(),
        others: Vec::new(),
    }
}

fn bridge_report(report: deploy::Report) -> BridgeReport {
    BridgeReport {
        end: match report.outcome {
            deploy::Outcome::Unchanged => BridgeEnd::Unchanged,
            deploy::Outcome::Placed => BridgeEnd::Placed,
            deploy::Outcome::Withdrawn => BridgeEnd::Withdrawn,
            deploy::Outcome::Left => BridgeEnd::Left,
        },
        steps: report.steps,
        left: report.left,
        others: report.others,
    }
}

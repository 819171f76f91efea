//! How a run gets on: bars on a terminal, plain lines elsewhere, nothing when a program reads.

use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

use super::screen::{Screen, clean};
use crate::{
    service::AgentClient,
    sync::{Event, Observer, Phase},
    text,
    text::Text,
};

/// Draws or prints what happens.
pub struct Progress {
    screen: Screen,
    drawn: Mutex<Drawn>,
}

#[derive(Default)]
struct Drawn {
    phase: Option<Phase>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// On that screen.
    #[must_use]
    pub fn new(screen: Screen) -> Self {
        Self {
            screen,
            drawn: Mutex::default(),
        }
    }

    /// Takes away what was drawn.
    pub fn clear(&self) {
        if let Some(bar) = self.drawn().bar.take() {
            bar.finish_and_clear();
        }
    }

    fn drawn(&self) -> std::sync::MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, phase: Phase, done: u64, total: Option<u64>) {
        let mut drawn = self.drawn();
        let words = phase_words(phase);
        let words = self.screen.words(&words);
        if self.screen.draws() {
            if drawn.phase != Some(phase) {
                if let Some(bar) = drawn.bar.take() {
                    bar.finish_and_clear();
                }
                drawn.bar = Some(new_bar(total, words));
            }
            if let Some(bar) = &drawn.bar {
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(done);
            }
        } else if drawn.phase != Some(phase) {
            self.screen.line(&format!("… {words}"));
        }
        drawn.phase = Some(phase);
    }

    /// A line above the bar.
    fn line(&self, text: &Text) {
        let words = clean(self.screen.words(text));
        match &self.drawn().bar {
            Some(bar) => bar.suspend(|| self.screen.line(&words)),
            None => self.screen.line(&words),
        }
    }
}

impl Observer for Progress {
    fn tell(&self, event: Event) {
        if self.screen.json {
            return;
        }
        match event {
            Event::Progress {
                phase, done, total, ..
            } => self.progress(phase, done, total),
            Event::Order {
                number,
                state,
                reason,
                ..
            } if has_arrived(&state) => self.line(&order_line(&number, &state, reason.as_ref())),
            Event::Note { text, .. } => self.line(&text),
            Event::Order { .. }
            | Event::RunStarted { .. }
            | Event::RunEnded { .. }
            | Event::Planned { .. }
            | Event::Stopping { .. } => {}
        }
    }
}

/// Is that where an order ends in this run? What lies between is for programs.
fn has_arrived(state: &str) -> bool {
    matches!(state, "written" | "held" | "skipped")
}

fn new_bar(total: Option<u64>, words: &str) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let form = if total.is_some() {
        "{msg:32} {wide_bar} {pos}/{len}"
    } else {
        "{msg:32} {spinner} {pos}"
    };
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.set_message(words.to_owned());
    bar
}

/// What a run is busy with, in words.
#[must_use]
pub fn phase_words(phase: Phase) -> Text {
    match phase {
        Phase::ReadBooks => text!("administratie bekijken", "reading the books"),
        Phase::ReadShopStock => text!("voorraad van de winkel lezen", "reading the shop's stock"),
        Phase::ReadOrders => text!("bestellingen ophalen", "fetching orders"),
        Phase::Translate => text!("bestellingen vertalen", "translating orders"),
        Phase::WriteOrders => text!("in de boekhouding schrijven", "writing into the books"),
        Phase::ReadBookStock => text!(
            "voorraad van de administratie lezen",
            "reading the books' stock"
        ),
        Phase::SendStock => text!(
            "voorraad naar de winkel sturen",
            "sending stock to the shop"
        ),
        Phase::TidyUp => text!("opruimen", "tidying up"),
    }
}

/// An order's state in words.
#[must_use]
pub fn state_words(state: &str) -> Text {
    match state {
        "seen" => text!("gezien", "seen"),
        "planned" => text!("gepland", "planned"),
        "writing" => text!("wordt geschreven", "writing"),
        "written" => text!("in de boeken", "written"),
        "held" => text!("wacht op u", "held"),
        "skipped" => text!("overgeslagen", "skipped"),
        "deleted" => text!("verwijderd uit de boeken", "deleted from the books"),
        other => Text::same(other),
    }
}

/// The state of that many orders in words.
#[must_use]
pub fn states_words(state: &str, count: u64) -> Text {
    match state {
        "held" if count != 1 => text!("wachten op u", "held"),
        "writing" if count != 1 => text!("worden geschreven", "writing"),
        one => state_words(one),
    }
}

/// An order and what became of it, as one line.
#[must_use]
pub fn order_line(number: &str, state: &str, reason: Option<&Text>) -> Text {
    let words = state_words(state);
    let because = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!(": {text}")
        }
    };
    let (nl, en) = reason.map_or_else(Default::default, |reason| {
        (because(&reason.nl), because(&reason.en))
    });
    Text {
        nl: format!("{number} {}{nl}", words.nl),
        en: format!("{number} {}{en}", words.en),
    }
}

/// Shows the running agent's events until it stops. A stream that cannot be had is no reason for
/// a command not to go on: then this waits for ever.
pub async fn follow(
    agent: &AgentClient,
    observer: std::sync::Arc<Progress>,
) -> std::convert::Infallible {
    if observer.screen.json {
        return std::future::pending().await;
    }
    if let Ok(mut events) = agent.events().await {
        while let Some(event) = events.next().await {
            observer.tell(event);
        }
    }
    std::future::pending().await
}
